//! Writing messages as frames, in one or, when CP is over its limit, in several.

use std::fmt;

use super::code::{Flag, Packet, RequestId};
use super::crc::crc;
use super::frame::SEGMENT_BYTES_STANDARD;
use super::message::{Item, Message, Pair};
use super::segment::{PARAMETERS_BYTES_MAX, is_named};
use super::stamp::Stamp;
use super::text::{find, trimmed};

/// Packets that one message is written in at most, and that are waited for at most.
pub const PACKETS_MAX: u32 = 128;
/// Bytes of the marks around CP's items.
const MARKS_BYTES: usize = 4;

/// Why a message cannot be written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EncodeRefused {
    /// A name or value holds a sign that separates, or cannot be read back as it is.
    Separator {
        /// The name of the field or pair.
        name: String,
    },
    /// CP is over [`PARAMETERS_BYTES_MAX`]: to be written in packets.
    ParametersTooLong {
        /// Bytes of CP.
        bytes: usize,
    },
    /// One item alone is over the limit.
    ItemTooLong {
        /// Bytes of the item.
        bytes: usize,
    },
    /// More than [`PACKETS_MAX`] packets.
    TooManyPackets,
    /// The data segment is over [`SEGMENT_BYTES_STANDARD`].
    SegmentTooLong {
        /// Bytes of the data segment.
        bytes: usize,
    },
}

impl fmt::Display for EncodeRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Separator { name } => write!(f, "{name} holds a sign that separates fields"),
            Self::ParametersTooLong { bytes } => {
                write!(f, "CP has {bytes} bytes, over {PARAMETERS_BYTES_MAX}")
            }
            Self::ItemTooLong { bytes } => {
                write!(f, "an item of CP has {bytes} bytes, too many for one packet")
            }
            Self::TooManyPackets => write!(f, "more than {PACKETS_MAX} packets"),
            Self::SegmentTooLong { bytes } => {
                write!(f, "the data segment has {bytes} bytes, over {SEGMENT_BYTES_STANDARD}")
            }
        }
    }
}

impl std::error::Error for EncodeRefused {}

/// The frame around a data segment: `##`, four digits of length, checksum, CR LF (HJ 212-2017). A segment over
/// 9999 bytes gets a length that no reader takes for right; [`Message::encode`] never writes one.
pub fn frame(segment: &[u8]) -> Vec<u8> {
    let mut frame = format!("##{:04}", segment.len()).into_bytes();
    frame.extend_from_slice(segment);
    frame.extend_from_slice(format!("{:04X}\r\n", crc(segment)).as_bytes());
    frame
}

impl Message {
    /// The data segment.
    ///
    /// # Errors
    /// A value that holds a separator, or a CP or segment over the standard's limit.
    pub fn encode_segment(&self) -> Result<Vec<u8>, EncodeRefused> {
        let mut segment = Vec::new();
        let mut field = |name: &str, value: &[u8]| {
            segment.extend_from_slice(name.as_bytes());
            segment.push(b'=');
            segment.extend_from_slice(value);
            segment.push(b';');
        };
        if let Some(request_id) = &self.request_id {
            field("QN", request_id.as_str().as_bytes());
        }
        if let Some(system) = self.system {
            field("ST", system.to_string().as_bytes());
        }
        field("CN", self.command.to_string().as_bytes());
        if let Some(password) = &self.password {
            plain("PW", password.reveal())?;
            field("PW", password.reveal());
        }
        if let Some(device) = &self.device {
            field("MN", device.as_str().as_bytes());
        }
        if let Some(flag) = self.flag {
            field("Flag", flag.0.to_string().as_bytes());
        }
        if let Some(Packet { total, number }) = self.packet {
            field("PNUM", total.to_string().as_bytes());
            field("PNO", number.to_string().as_bytes());
        }
        for other in &self.others {
            check(other)?;
            if is_named(&other.name) {
                return Err(EncodeRefused::Separator { name: other.name.shown() });
            }
            field(&other.name.shown(), other.value.bytes());
        }
        let mut items = Vec::new();
        for item in &self.items {
            items.push(item_bytes(item)?);
        }
        let parameters = items.join(&b';');
        let bytes = parameters.len() + MARKS_BYTES;
        if bytes > PARAMETERS_BYTES_MAX {
            return Err(EncodeRefused::ParametersTooLong { bytes });
        }
        segment.extend_from_slice(b"CP=&&");
        segment.extend_from_slice(&parameters);
        segment.extend_from_slice(b"&&");
        if segment.len() > SEGMENT_BYTES_STANDARD {
            return Err(EncodeRefused::SegmentTooLong { bytes: segment.len() });
        }
        Ok(segment)
    }

    /// The frame.
    ///
    /// # Errors
    /// As [`Message::encode_segment`].
    pub fn encode(&self) -> Result<Vec<u8>, EncodeRefused> {
        self.encode_segment().map(|segment| frame(&segment))
    }

    /// The message in as few packets as CP's limit allows: itself when it fits, else parts that each have their own QN
    /// from `next_request_id`, repeat DataTime, and say D, PNUM and PNO (HJ 212-2017).
    ///
    /// # Errors
    /// A value that holds a separator, an item that is too long for a packet, or over [`PACKETS_MAX`] packets.
    pub fn packets(&self, next_request_id: &mut dyn FnMut() -> Stamp) -> Result<Vec<Self>, EncodeRefused> {
        let (times, items): (Vec<&Item>, Vec<&Item>) = self.items.iter().partition(|item| is_data_time(item));
        let time = times.first().copied();
        let mut total_bytes = MARKS_BYTES;
        for item in &self.items {
            total_bytes += item_bytes(item)?.len() + 1;
        }
        if total_bytes <= PARAMETERS_BYTES_MAX + 1 {
            return Ok(vec![self.clone()]);
        }
        let time_bytes = time.map(item_bytes).transpose()?.map_or(0, |bytes| bytes.len() + 1);
        let mut parts: Vec<Vec<Item>> = Vec::new();
        let mut bytes_left = 0;
        for item in items {
            let bytes = item_bytes(item)?.len() + 1;
            if bytes > bytes_left {
                bytes_left = PARAMETERS_BYTES_MAX + 1
                    - MARKS_BYTES
                    - time_bytes.min(PARAMETERS_BYTES_MAX - MARKS_BYTES);
                parts.push(time.cloned().into_iter().collect());
            }
            bytes_left =
                bytes_left.checked_sub(bytes).ok_or(EncodeRefused::ItemTooLong { bytes: bytes - 1 })?;
            if let Some(part) = parts.last_mut() {
                part.push(item.clone());
            }
        }
        let total = u32::try_from(parts.len()).unwrap_or(u32::MAX);
        if total > PACKETS_MAX {
            return Err(EncodeRefused::TooManyPackets);
        }
        let numbered = (1..=total).zip(parts).map(|(number, items)| Self {
            request_id: RequestId::new(&next_request_id().to_milliseconds()),
            flag: Some(Flag::new(self.version(), true, self.wants_answer())),
            packet: Some(Packet { total, number }),
            items,
            ..self.clone()
        });
        Ok(numbered.collect())
    }
}

/// Whether an item is nothing but the DataTime.
pub(crate) fn is_data_time(item: &Item) -> bool {
    matches!(item.pairs.as_slice(), [pair] if pair.name.is("DataTime"))
}

fn item_bytes(item: &Item) -> Result<Vec<u8>, EncodeRefused> {
    let mut pairs = Vec::new();
    for pair in &item.pairs {
        check(pair)?;
        pairs.push([pair.name.bytes(), b"=", pair.value.bytes()].concat());
    }
    Ok(pairs.join(&b','))
}

/// Whether a pair is read back as it is. A log text between `//` may hold separators.
fn check(pair: &Pair) -> Result<(), EncodeRefused> {
    let name = pair.name.shown();
    if pair.name.is_empty()
        || pair.name.bytes().iter().any(|byte| b"=; ,&#\r\n\t".contains(byte))
        || !name.is_ascii()
    {
        return Err(EncodeRefused::Separator { name });
    }
    let value = pair.value.bytes();
    if !name.to_ascii_uppercase().ends_with("-INFO") || !value.starts_with(b"//") {
        return plain(&name, value);
    }
    // The text ends at the first `//` behind it, and CP at `&&`.
    let closes = find(value, b"//", 2).is_some_and(|at| at + 2 == value.len());
    let has_mark = find(value, b"&&", 0).is_some() || value.iter().any(|byte| b"#\r\n".contains(byte));
    if closes && !has_mark { Ok(()) } else { Err(EncodeRefused::Separator { name }) }
}

/// Whether a value holds nothing that separates.
fn plain(name: &str, value: &[u8]) -> Result<(), EncodeRefused> {
    let blanks_around = trimmed(value).1.len() != value.len();
    if blanks_around || value.iter().any(|byte| b";,&#\r\n".contains(byte)) {
        return Err(EncodeRefused::Separator { name: name.to_owned() });
    }
    Ok(())
}
