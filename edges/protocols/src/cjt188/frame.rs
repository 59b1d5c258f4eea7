//! The frame: found among what comes before it and checked. What its data mean is not known here.

use super::{ADDRESS_BYTES, Identifier, MeterAddress, MeterType, WireOrder};
use crate::bcd;
use crate::line::{Decoded, Found, Refused, first_frame};

/// Bytes of data that L can say.
pub const DATA_BYTES_MAX: usize = 255;
const START: u8 = 0x68;
const END: u8 = 0x16;
/// Bytes of `68 T A0…A6 C L`.
const HEAD_BYTES: usize = ADDRESS_BYTES + 4;

/// C of a request to read.
const READ: u8 = 0x01;
/// C of a request to write, as the valve is moved by.
const WRITE: u8 = 0x04;

/// A frame whose checksum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// What kind of meter.
    pub meter_type: MeterType,
    /// Whose it is.
    pub address: MeterAddress,
    /// C: bit 7 a reply, bit 6 an error, the rest the function.
    pub control: u8,
    /// All behind L: identifier, serial number, values.
    pub data: Vec<u8>,
}

/// What a valve is told to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ValveMove {
    /// 55.
    Open,
    /// 99.
    Close,
}

/// A request to read the current data: C 01, identifier 901F.
pub fn read_request(meter_type: MeterType, address: MeterAddress, order: WireOrder, serial: u8) -> Vec<u8> {
    request(meter_type, address, READ, Identifier::CURRENT, order, &[serial])
}

/// A command to a valve: C 04, identifier A017. Whoever sends it answers for somebody's water or gas: only on a decision.
pub fn valve_command(
    meter_type: MeterType,
    address: MeterAddress,
    order: WireOrder,
    serial: u8,
    valve: ValveMove,
) -> Vec<u8> {
    let value = match valve {
        ValveMove::Open => 0x55,
        ValveMove::Close => 0x99,
    };
    request(meter_type, address, WRITE, Identifier::VALVE, order, &[serial, value])
}

fn request(
    meter_type: MeterType,
    address: MeterAddress,
    control: u8,
    identifier: Identifier,
    order: WireOrder,
    rest: &[u8],
) -> Vec<u8> {
    let data = [&identifier.bytes(order), rest].concat();
    encode(&Frame { meter_type, address, control, data }).unwrap_or_default()
}

/// The bytes of a frame, without a preamble; nothing when its data are over [`DATA_BYTES_MAX`].
pub fn encode(frame: &Frame) -> Option<Vec<u8>> {
    let length = u8::try_from(frame.data.len()).ok()?;
    let mut bytes = vec![START, frame.meter_type.0];
    bytes.extend_from_slice(&frame.address.bytes());
    bytes.extend_from_slice(&[frame.control, length]);
    bytes.extend_from_slice(&frame.data);
    bytes.push(bcd::sum(&bytes));
    bytes.push(END);
    Some(bytes)
}

/// Finds the first whole frame in `bytes`.
///
/// # Errors
/// There is none; the refusal tells how many bytes are of no use any more.
pub fn decode(bytes: &[u8]) -> Result<Decoded<Frame>, Refused> {
    first_frame(bytes, frame_at)
}

/// What stands at the front of `bytes`. The head has no second mark, so the type of the meter tells chance starts apart.
fn frame_at(bytes: &[u8]) -> Found<Frame> {
    if bytes.first() != Some(&START) {
        return Found::Nothing;
    }
    if bytes.get(1).is_some_and(|meter_type| !(0x10..=0x49).contains(meter_type)) {
        return Found::Nothing;
    }
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        return Found::Beginning;
    };
    let [_, meter_type, a0, a1, a2, a3, a4, a5, a6, control, length] = *head;
    let length = usize::from(length);
    let Some((data, [sent, end, ..])) = rest.split_at_checked(length) else {
        return Found::Beginning;
    };
    let computed = bcd::sum(bytes.get(..HEAD_BYTES + length).unwrap_or_default());
    if *sent != computed || *end != END {
        return Found::Wrong { sent: *sent, computed };
    }
    let address = MeterAddress::from_bytes([a0, a1, a2, a3, a4, a5, a6]);
    let frame = Frame { meter_type: MeterType(meter_type), address, control, data: data.to_vec() };
    Found::Frame(frame, HEAD_BYTES + length + 2)
}
