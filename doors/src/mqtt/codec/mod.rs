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

#[cfg(test)]
mod tests {
    use bytes::BytesMut;
    use proptest::prelude::*;

    use super::*;

    /// A packet of some type with a body that is likely to get far into its reader.
    fn packets() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::collection::vec(any::<u8>(), 0..12),
            Just(b"\x00\x04MQTT\x05\x02\x00\x3c\x00".to_vec()),
            Just(b"\x00\x04MQTT\x04\xc6\x00\x3c".to_vec()),
            Just(b"\x00\x03a/b".to_vec()),
            Just(b"\x00\x01".to_vec()),
            Just(b"\x05\x02\x00\x00\x00\x09".to_vec()),
            Just(b"\x07\x26\x00\x01k\x00\x01v".to_vec()),
        ];
        (any::<u8>(), prop::collection::vec(piece, 0..5)).prop_map(|(first, pieces)| {
            let body = pieces.concat();
            let mut bytes = vec![first, body.len() as u8];
            bytes.extend(body);
            bytes
        })
    }

    proptest! {
        #[test]
        fn bytes_are_refused_by_name_or_read_and_what_is_read_is_written_the_same(
            bytes in prop_oneof![packets(), prop::collection::vec(any::<u8>(), 0..48)]
        ) {
            for protocol in [Protocol::V311, Protocol::V5] {
                let frame = match frame(&bytes, 1_000) {
                    Ok(Some(frame)) => frame,
                    Ok(None) => continue,
                    Err(broken) => {
                        prop_assert!(broken.reason() >= 0x80 && !broken.name().is_empty());
                        continue;
                    }
                };
                let Ok(packet) = decode(bytes[0], &bytes[frame.header..frame.length], protocol) else { continue };
                let mut written = BytesMut::new();
                encode(&packet, protocol, &mut written);
                let again = super::frame(&written, u32::MAX).expect("well formed").expect("whole");
                prop_assert_eq!(again.length, written.len());
                prop_assert_eq!(decode(written[0], &written[again.header..], protocol), Ok(packet));
            }
        }
    }
}
