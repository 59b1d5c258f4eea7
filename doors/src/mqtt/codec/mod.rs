//! The bytes of MQTT 3.1.1 and MQTT 5 (OASIS), read strictly and written.
//!
//! | file | what it holds |
//! |---|---|
//! | `broken` | every way in which bytes can be wrong, by name, with the reason code of MQTT 5 |
//! | `wire` | numbers, texts and lengths (chapter 1.5) |
//! | `property` | the properties of MQTT 5 and where each may stand (chapter 2.2.2) |
//! | `packet` | the control packets as types, one set for both versions |
//! | `decode`, `encode` | packets from bytes and to bytes; `decode` also cuts frames out of a stream |
//!
//! It knows no socket, no session and no topic tree. Nothing here allocates more than the packet it was given is long
//! (times a small factor), and a frame that is longer than allowed is refused from its header, before its body is read.

mod broken;
mod decode;
mod encode;
mod packet;
mod property;
mod wire;

pub use broken::Broken;
pub use packet::{Protocol, Qos};
pub use property::UserProperties;

pub(crate) use decode::{decode, frame};
pub(crate) use encode::{encode, publish_head};
pub(crate) use packet::{
    Ack, AckKind, Connack, Connect, Disconnect, Filter, Packet, PublishPacket, Suback, Subscribe,
    Unsubscribe, reason,
};
pub(crate) use property::Properties;
