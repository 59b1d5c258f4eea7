//! The frame: found among what comes before it, checked, and its data without the 33. What the data mean is not known here.

use super::quantity::Identifier;
use super::{ADDRESS_BYTES, MeterAddress};
use crate::bcd;
use crate::line::{Decoded, Found, PREAMBLE, Refused, first_frame};

/// Bytes of DATA that L can say.
pub const DATA_BYTES_MAX: usize = 255;
/// What is added to each byte of DATA on the line.
const OFFSET: u8 = 0x33;
const START: u8 = 0x68;
const END: u8 = 0x16;
/// Bytes of FE in front of what we send; meters send up to four.
const PREAMBLE_BYTES: usize = 4;
/// Bytes of `68 A0…A5 68 C L`.
const HEAD_BYTES: usize = ADDRESS_BYTES + 4;

/// C of a request to read.
const READ: u8 = 0x11;
/// C of a request for the meter's address.
const READ_ADDRESS: u8 = 0x13;

/// A frame whose checksum is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Whose it is.
    pub address: MeterAddress,
    /// C: bit 7 a reply, bit 6 an error, bit 5 more to come, bits 4 to 0 the function.
    pub control: u8,
    /// DATA without the 33.
    pub data: Vec<u8>,
}

/// A request to read one value: C 11 of DL/T 645-2007.
pub fn read_request(address: MeterAddress, identifier: Identifier) -> Vec<u8> {
    let frame = Frame { address, control: READ, data: identifier.0.to_le_bytes().to_vec() };
    encode(&frame).unwrap_or_default()
}

/// A request for the address of the one meter on the line: C 13 of DL/T 645-2007.
pub fn address_request() -> Vec<u8> {
    let frame = Frame { address: MeterAddress::ANY, control: READ_ADDRESS, data: Vec::new() };
    encode(&frame).unwrap_or_default()
}

/// The bytes of a frame, without a preamble; nothing when DATA is over [`DATA_BYTES_MAX`].
pub fn encode(frame: &Frame) -> Option<Vec<u8>> {
    let length = u8::try_from(frame.data.len()).ok()?;
    let mut bytes = vec![START];
    bytes.extend_from_slice(&frame.address.bytes());
    bytes.extend_from_slice(&[START, frame.control, length]);
    bytes.extend(frame.data.iter().map(|byte| byte.wrapping_add(OFFSET)));
    bytes.push(bcd::sum(&bytes));
    bytes.push(END);
    Some(bytes)
}

/// The same bytes behind a preamble of four FE, which wakes some meters.
pub fn with_preamble(bytes: &[u8]) -> Vec<u8> {
    [&[PREAMBLE; PREAMBLE_BYTES], bytes].concat()
}

/// Finds the first whole frame in `bytes`.
///
/// # Errors
/// There is none; the refusal tells how many bytes are of no use any more.
pub fn decode(bytes: &[u8]) -> Result<Decoded<Frame>, Refused> {
    first_frame(bytes, frame_at)
}

/// What stands at the front of `bytes`.
fn frame_at(bytes: &[u8]) -> Found<Frame> {
    if bytes.first() != Some(&START) {
        return Found::Nothing;
    }
    let Some((head, rest)) = bytes.split_first_chunk::<HEAD_BYTES>() else {
        let second = bytes.get(ADDRESS_BYTES + 1);
        return if second.is_none_or(|byte| *byte == START) { Found::Beginning } else { Found::Nothing };
    };
    let [_, a0, a1, a2, a3, a4, a5, second, control, length] = *head;
    if second != START {
        return Found::Nothing;
    }
    let length = usize::from(length);
    let Some((data, [sent, end, ..])) = rest.split_at_checked(length) else {
        return Found::Beginning;
    };
    let computed = bcd::sum(bytes.get(..HEAD_BYTES + length).unwrap_or_default());
    if *sent != computed || *end != END {
        return Found::Wrong { sent: *sent, computed };
    }
    let data = data.iter().map(|byte| byte.wrapping_sub(OFFSET)).collect();
    let address = MeterAddress::from_bytes([a0, a1, a2, a3, a4, a5]);
    Found::Frame(Frame { address, control, data }, HEAD_BYTES + length + 2)
}
