//! HJ 212: what pollutant monitors tell a platform, and what it asks of them (versions of 2005, 2017 and 2025 by Flag).
//!
//! `splitter` cuts a connection into frames, [`judge`] reads one, `reading` says what it reports, `parts` joins packets,
//! `conversation` says what must be answered, `order` and `encode` write. The text of HJ 212-2025 has not been read: what
//! is only reported of it (other lengths, keys, RF) is kept as sent and told as odd, never assumed.

mod code;
mod conversation;
mod crc;
mod encode;
mod frame;
mod message;
mod oddity;
mod order;
mod parts;
mod reading;
mod segment;
mod splitter;
mod stamp;
mod text;

pub use code::{
    Command, DeviceId, ExecutionResult, Flag, PASSWORD_CHARACTERS, Packet, Password, RequestId, RequestReply,
    SystemCode, Version,
};
pub use conversation::{
    Asked, Knows, Meaning, Step, acknowledged, device_hears, platform_hears, request_acknowledged,
    request_ended,
};
pub use crc::crc;
pub use encode::{EncodeRefused, PACKETS_MAX, frame};
pub use frame::{Frame, Refused, SEGMENT_BYTES_MAX, SEGMENT_BYTES_STANDARD};
pub use message::{Item, Judgement, Message, Pair, judge, read_segment};
pub use oddity::{ODDITIES_MAX, Oddity, OddityKind};
pub use order::{History, MINUTE_INTERVALS, Order, OrderRefused, REALTIME_INTERVAL_SECONDS, Recipient};
pub use parts::{Joined, WAITING_BYTES_MAX, WAITING_MESSAGES_MAX, Waiting};
pub use reading::{DataFlag, Kind, Reading, Report, TimeMeaning, report};
pub use segment::PARAMETERS_BYTES_MAX;
pub use splitter::{BUFFER_BYTES_MAX, Splitter, Tally};
pub use stamp::Stamp;
pub use text::Text;
