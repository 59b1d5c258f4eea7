//! What a meter replies: its current data, or the bytes of what is not known.

use jiff::civil::DateTime;

use super::{Frame, Identifier, MeterAddress, WireOrder};
use crate::bcd;

/// C bit 7: a reply.
const REPLY: u8 = 0x80;
/// C bit 6: an error.
const ERROR: u8 = 0x40;
const FUNCTION: u8 = 0x3F;
const READ: u8 = 0x01;
const READ_ADDRESS: u8 = 0x03;
/// Bytes of the current data of a water or gas meter, behind identifier and serial number.
const CURRENT_BYTES: usize = 19;

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Current data (901F) of a meter that counts one volume.
    Current(CurrentData),
    /// The address of the meter.
    Address(MeterAddress),
    /// Values that are not known: another identifier, or another length, as of heat meters.
    Raw {
        /// Which.
        identifier: Identifier,
        /// In which order it stood.
        order: WireOrder,
        /// The serial number of the question.
        serial: u8,
        /// The bytes behind it.
        bytes: Vec<u8>,
    },
    /// The meter refuses.
    Error {
        /// The function asked for: 01 read, 04 write and so on.
        function: u8,
        /// The bytes it sends with it.
        bytes: Vec<u8>,
    },
    /// A request, or too few bytes.
    Other,
}

/// The current data of a meter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurrentData {
    /// The order in which the identifier stood; ask in the same.
    pub order: WireOrder,
    /// The serial number of the question.
    pub serial: u8,
    /// Counted so far.
    pub cumulative: Volume,
    /// Counted up to the day of settlement.
    pub settled: Volume,
    /// The meter's calendar and clock, without a zone; nothing when it has none (all zero) or says no time.
    pub time: Option<DateTime>,
    /// The valve.
    pub valve: Valve,
    /// The battery is low.
    pub is_battery_low: bool,
    /// The two bytes of status as sent; what the maker puts into the other bits is not known.
    pub status: [u8; 2],
}

/// A volume in hundredths of its unit, with the unit as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Hundredths of the unit; nothing when the bytes are no digits.
    pub hundredths: Option<u64>,
    /// The unit.
    pub unit: VolumeUnit,
}

/// The unit byte behind a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum VolumeUnit {
    /// 2C.
    CubicMetres,
    /// Another byte, as sent.
    Other(u8),
}

/// Status bits D0 and D1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Valve {
    /// 00.
    Open,
    /// 01.
    Closed,
    /// 11.
    Fault,
    /// 10, which the standard does not use.
    Unknown,
}

impl Volume {
    /// As a floating-point number, in its unit.
    #[expect(clippy::cast_precision_loss, reason = "at most eight digits")]
    pub fn number(self) -> Option<f64> {
        self.hundredths.map(|hundredths| hundredths as f64 / 100.0)
    }
}

/// What a frame says.
pub fn interpret(frame: &Frame) -> Reply {
    let function = frame.control & FUNCTION;
    if frame.control & REPLY == 0 {
        return Reply::Other;
    }
    if frame.control & ERROR != 0 {
        return Reply::Error { function, bytes: frame.data.clone() };
    }
    if function == READ_ADDRESS {
        return Reply::Address(frame.address);
    }
    let [first, second, serial, bytes @ ..] = frame.data.as_slice() else {
        return Reply::Other;
    };
    let (identifier, order) = Identifier::read([*first, *second]);
    if function == READ
        && identifier == Identifier::CURRENT
        && let Ok(bytes) = <[u8; CURRENT_BYTES]>::try_from(bytes)
    {
        return Reply::Current(current(order, *serial, bytes));
    }
    Reply::Raw { identifier, order, serial: *serial, bytes: bytes.to_vec() }
}

fn current(order: WireOrder, serial: u8, bytes: [u8; CURRENT_BYTES]) -> CurrentData {
    let [
        c0,
        c1,
        c2,
        c3,
        unit,
        s0,
        s1,
        s2,
        s3,
        settled_unit,
        second,
        minute,
        hour,
        day,
        month,
        year,
        century,
        status,
        more,
    ] = bytes;
    let valve = match status & 0b11 {
        0b00 => Valve::Open,
        0b01 => Valve::Closed,
        0b11 => Valve::Fault,
        _ => Valve::Unknown,
    };
    CurrentData {
        order,
        serial,
        cumulative: volume([c0, c1, c2, c3], unit),
        settled: volume([s0, s1, s2, s3], settled_unit),
        time: time([century, year, month, day, hour, minute, second]),
        valve,
        is_battery_low: status & 0b100 != 0,
        status: [status, more],
    }
}

fn volume(bytes: [u8; 4], unit: u8) -> Volume {
    let unit = if unit == 0x2C { VolumeUnit::CubicMetres } else { VolumeUnit::Other(unit) };
    Volume { hundredths: bcd::number(&bytes), unit }
}

/// CC YY MM DD hh mm ss in BCD.
fn time(bytes: [u8; 7]) -> Option<DateTime> {
    let [century, year, month, day, hour, minute, second] =
        bytes.map(|byte| bcd::pair(byte).and_then(|n| i8::try_from(n).ok()));
    let year = i16::from(century?) * 100 + i16::from(year?);
    DateTime::new(year, month?, day?, hour?, minute?, second?, 0).ok()
}
