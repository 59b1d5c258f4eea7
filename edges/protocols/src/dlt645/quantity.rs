//! What a meter replies: values of known data identifiers with their decimals and unit; the bytes of all others.

use jiff::civil::Time;

use super::{ADDRESS_BYTES, Frame, MeterAddress};
use crate::bcd;

/// C bit 7: a reply.
const REPLY: u8 = 0x80;
/// C bit 6: an error.
const ERROR: u8 = 0x40;
/// C bit 5: more to come, to be read with C 12.
const MORE: u8 = 0x20;
const FUNCTION: u8 = 0x1F;
const READ: u8 = 0x11;
const READ_NEXT: u8 = 0x12;
const READ_ADDRESS: u8 = 0x13;

/// DI3 DI2 DI1 DI0: which value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(pub u32);

impl Identifier {
    /// Total forward active energy, XXXXXX.XX kWh.
    pub const FORWARD_ENERGY: Self = Self(0x0001_0000);
    /// Voltage of phase A, XXX.X V.
    pub const VOLTAGE_A: Self = Self(0x0201_0100);
    /// Current of phase A, XXX.XXX A.
    pub const CURRENT_A: Self = Self(0x0202_0100);
    /// Total active power, XX.XXXX kW.
    pub const POWER: Self = Self(0x0203_0000);
    /// The meter's time of day; three bytes hhmmss as public implementations have it, not checked against the print.
    pub const TIME: Self = Self(0x0400_0102);
}

impl std::fmt::Debug for Identifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:08X}", self.0)
    }
}

/// The units of known values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Kilowatt hours.
    KilowattHours,
    /// Volts.
    Volts,
    /// Amperes.
    Amperes,
    /// Kilowatts.
    Kilowatts,
}

/// A decimal number with its unit: `digits` / 10^`decimals`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The digits as one number.
    pub digits: u64,
    /// How many of them stand behind the point.
    pub decimals: u8,
    /// The unit.
    pub unit: Unit,
}

impl Quantity {
    /// As a floating-point number, in the unit.
    #[expect(clippy::cast_precision_loss, reason = "at most eight digits")]
    pub fn number(self) -> f64 {
        self.digits as f64 / 10_f64.powi(i32::from(self.decimals))
    }
}

/// What a value says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A quantity.
    Quantity(Quantity),
    /// A time of day, without date and zone.
    Time(Time),
    /// The bytes without the 33, lowest first: the identifier is not known, or they are not what it says (other length,
    /// no digits, as with a sign or FF for no value).
    Raw(Vec<u8>),
}

/// What a frame says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A value.
    Value {
        /// Which.
        identifier: Identifier,
        /// What it says.
        value: Value,
        /// More is to come under the same identifier.
        has_more: bool,
    },
    /// The meter's address.
    Address(MeterAddress),
    /// The meter refuses; the error byte as sent, less 33.
    Error {
        /// The function asked for: 11 read, 13 address and so on.
        function: u8,
        /// The error byte, one bit for each reason; absent in a frame without data.
        error: Option<u8>,
    },
    /// A request, or a reply to something else than reading.
    Other,
}

/// What a frame says.
pub fn interpret(frame: &Frame) -> Reply {
    let function = frame.control & FUNCTION;
    if frame.control & REPLY == 0 {
        return Reply::Other;
    }
    if frame.control & ERROR != 0 {
        return Reply::Error { function, error: frame.data.first().copied() };
    }
    match (function, frame.data.split_first_chunk::<4>()) {
        (READ | READ_NEXT, Some((identifier, bytes))) => {
            let identifier = Identifier(u32::from_le_bytes(*identifier));
            let has_more = frame.control & MORE != 0;
            // The bytes of a later part have a serial number behind them and are never a whole value.
            let is_whole = function == READ && !has_more;
            let value = if is_whole { value(identifier, bytes) } else { Value::Raw(bytes.to_vec()) };
            Reply::Value { identifier, value, has_more }
        }
        (READ_ADDRESS, _) => match <[u8; ADDRESS_BYTES]>::try_from(frame.data.as_slice()) {
            Ok(address) => Reply::Address(MeterAddress::from_bytes(address)),
            Err(_) => Reply::Other,
        },
        _ => Reply::Other,
    }
}

fn value(identifier: Identifier, bytes: &[u8]) -> Value {
    let quantity = |length: usize, decimals, unit| {
        let digits = bcd::number(bytes).filter(|_| bytes.len() == length)?;
        Some(Value::Quantity(Quantity { digits, decimals, unit }))
    };
    let known = match identifier {
        Identifier::FORWARD_ENERGY => quantity(4, 2, Unit::KilowattHours),
        Identifier::VOLTAGE_A => quantity(2, 1, Unit::Volts),
        Identifier::CURRENT_A => quantity(3, 3, Unit::Amperes),
        Identifier::POWER => quantity(3, 4, Unit::Kilowatts),
        Identifier::TIME => time(bytes).map(Value::Time),
        _ => None,
    };
    known.unwrap_or_else(|| Value::Raw(bytes.to_vec()))
}

/// ss mm hh in BCD.
fn time(bytes: &[u8]) -> Option<Time> {
    let [second, minute, hour] = *bytes else { return None };
    let part = |byte| bcd::pair(byte).and_then(|number| i8::try_from(number).ok());
    Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()
}
