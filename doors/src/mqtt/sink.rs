//! The one who takes what devices publish. In a city, the engine of observations.

use std::error::Error;
use std::sync::Arc;

use baotu_vocabulary::Moment;
use bytes::Bytes;
use futures::future::BoxFuture;

use super::codec::{Qos, UserProperties, reason};
use super::gate::Principal;

/// A message as it was published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Publish {
    /// The topic name, well formed; an alias is resolved.
    pub topic: String,
    /// The payload.
    pub payload: Bytes,
    /// How surely it is to be delivered.
    pub qos: Qos,
    /// Whether it stays for those who subscribe later.
    pub retain: bool,
    /// Whether its client says that it sent it before.
    pub duplicate: bool,
    /// What MQTT 5 passes on with it; empty in 3.1.1.
    pub extras: Extras,
    /// When the broker had the whole packet.
    pub received: Moment,
}

/// What MQTT 5 passes on with a message, unread (3.3.2.3).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extras {
    /// Whether the payload is said to be text. That it is one is not checked by the broker.
    pub payload_is_text: Option<bool>,
    /// Seconds that it is worth delivering.
    pub expiry_seconds: Option<u32>,
    /// What the payload is, in its publisher's words.
    pub content_type: Option<String>,
    /// Where an answer is awaited.
    pub response_topic: Option<String>,
    /// What the answer must carry.
    pub correlation: Option<Bytes>,
    /// Names and values.
    pub user: UserProperties,
}

/// A message that the sink answers for: what must be durable is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted;

/// Why a sink doesn't take a message.
///
/// The first three are for good: sending it again would not help. MQTT 5 is told the reason code. MQTT 3.1.1 has no word
/// for it: the broker "MUST either make a positive acknowledgement, according to the normal QoS rules, or close the
/// Network Connection" (MQTT-3.3.5-2), and closing would have the device send the same message for ever; so it is
/// acknowledged, not routed, and counted.
///
/// The last two pass: MQTT 5 is told the reason code, and the connection of MQTT 3.1.1 is closed without an
/// acknowledgement, so that the device sends the message again (MQTT-4.4.0-1). Neither is ever acknowledged as taken.
#[derive(Debug, thiserror::Error)]
pub enum PublishRefused {
    /// Not this principal, not this topic (0x87).
    #[error("不允许发布到这个主题")]
    NotAuthorised,
    /// The payload can't be read (0x99); the words are told to the client.
    #[error("内容无法识别：{0}")]
    Payload(String),
    /// Nobody takes this topic (0x90).
    #[error("没有这个主题")]
    Topic,
    /// Too much, for now (0x97).
    #[error("超过限额，请稍后再发")]
    Quota,
    /// A fault of ours (0x80); told in the log only.
    #[error("暂时无法保存")]
    Fault(#[source] Box<dyn Error + Send + Sync>),
}

impl PublishRefused {
    /// Its name, for counting.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotAuthorised => "publish_not_authorised",
            Self::Payload(_) => "payload_invalid",
            Self::Topic => "topic_unknown",
            Self::Quota => "quota",
            Self::Fault(_) => "sink_fault",
        }
    }

    /// The reason code of PUBACK or PUBREC in MQTT 5 (3.4.2.1).
    #[must_use]
    pub fn reason(&self) -> u8 {
        match self {
            Self::NotAuthorised => reason::NOT_AUTHORISED,
            Self::Payload(_) => reason::PAYLOAD,
            Self::Topic => reason::TOPIC,
            Self::Quota => reason::QUOTA,
            Self::Fault(_) => reason::UNSPECIFIED,
        }
    }

    /// Whether sending the message again may help.
    #[must_use]
    pub fn passes(&self) -> bool {
        matches!(self, Self::Quota | Self::Fault(_))
    }
}

/// Takes messages. Several of one connection are under way at once, so that a sink may make many durable together.
pub trait Sink: Send + Sync {
    /// Takes `publish` of `principal`. PUBACK (QoS 1) or PUBREC (QoS 2) is sent, and subscribers are served, after the
    /// future has answered `Accepted`, in the order in which the messages came.
    ///
    /// A message of QoS 2 comes once: a client that sends it again after a lost connection finds its packet identifier
    /// taken (4.3.3). One of QoS 1 may come again.
    ///
    /// The future is not dropped when the connection ends; it is awaited, with the broker's patience
    /// (`Limits::settle_seconds_max` times six).
    ///
    /// # Errors
    /// Why it was not taken.
    fn accept(
        &self,
        principal: &Principal,
        publish: &Arc<Publish>,
    ) -> BoxFuture<'static, Result<Accepted, PublishRefused>>;
}
