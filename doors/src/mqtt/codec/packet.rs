//! The control packets of MQTT as types, one set for both versions.

use bytes::Bytes;

use super::property::Properties;

/// The version that a connection speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// MQTT 3.1.1 (protocol level 4).
    V311,
    /// MQTT 5 (protocol level 5).
    V5,
}

/// How surely a message is delivered (4.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qos {
    /// 0: at most once.
    AtMostOnce,
    /// 1: at least once.
    AtLeastOnce,
    /// 2: exactly once.
    ExactlyOnce,
}

impl Qos {
    /// From its number; none for 3 and above.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        [Self::AtMostOnce, Self::AtLeastOnce, Self::ExactlyOnce].get(usize::from(number)).copied()
    }

    /// Its number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }
}

/// Reason codes of MQTT 5 (2.4) that this door uses.
pub(crate) mod reason {
    /// Success, normal disconnection, granted QoS 0.
    pub(crate) const SUCCESS: u8 = 0x00;
    /// UNSUBACK of a filter that was not subscribed.
    pub(crate) const NO_SUBSCRIPTION: u8 = 0x11;
    /// Unspecified error; the one failure that a SUBACK of MQTT 3.1.1 knows.
    pub(crate) const UNSPECIFIED: u8 = 0x80;
    /// Implementation specific error.
    pub(crate) const IMPLEMENTATION: u8 = 0x83;
    /// Client identifier not valid.
    pub(crate) const CLIENT_ID: u8 = 0x85;
    /// Bad user name or password.
    pub(crate) const CREDENTIALS: u8 = 0x86;
    /// Not authorised.
    pub(crate) const NOT_AUTHORISED: u8 = 0x87;
    /// Server unavailable.
    pub(crate) const UNAVAILABLE: u8 = 0x88;
    /// Server busy.
    pub(crate) const BUSY: u8 = 0x89;
    /// Server shutting down.
    pub(crate) const SHUTDOWN: u8 = 0x8B;
    /// Bad authentication method.
    pub(crate) const AUTH_METHOD: u8 = 0x8C;
    /// Session taken over.
    pub(crate) const TAKEN_OVER: u8 = 0x8E;
    /// Topic filter invalid.
    pub(crate) const FILTER: u8 = 0x8F;
    /// Topic name invalid.
    pub(crate) const TOPIC: u8 = 0x90;
    /// Packet identifier in use.
    pub(crate) const PACKET_ID_IN_USE: u8 = 0x91;
    /// Packet identifier not found.
    pub(crate) const PACKET_ID_UNKNOWN: u8 = 0x92;
    /// Packet too large.
    pub(crate) const PACKET_TOO_LARGE: u8 = 0x95;
    /// Quota exceeded.
    pub(crate) const QUOTA: u8 = 0x97;
    /// Payload format invalid.
    pub(crate) const PAYLOAD: u8 = 0x99;
}

/// A control packet.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Packet {
    Connect(Box<Connect>),
    Connack(Box<Connack>),
    Publish(Box<PublishPacket>),
    Ack(Ack),
    Subscribe(Subscribe),
    Suback(Suback),
    Unsubscribe(Unsubscribe),
    Unsuback(Suback),
    Pingreq,
    Pingresp,
    Disconnect(Disconnect),
    Auth,
}

/// CONNECT (3.1).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connect {
    pub(crate) protocol: Protocol,
    pub(crate) client_id: String,
    /// Clean Session of 3.1.1, Clean Start of 5.
    pub(crate) clean: bool,
    /// Seconds; 0 for none.
    pub(crate) keep_alive: u16,
    pub(crate) will: Option<WillPacket>,
    pub(crate) username: Option<String>,
    pub(crate) password: Option<Bytes>,
    pub(crate) properties: Properties,
}

/// The will in CONNECT (3.1.2.5, 3.1.3.2 to 3.1.3.4).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WillPacket {
    pub(crate) topic: String,
    pub(crate) payload: Bytes,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    pub(crate) properties: Properties,
}

/// CONNACK (3.2).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Connack {
    pub(crate) session_present: bool,
    /// A reason code of MQTT 5 or a return code of 3.1.1, as the connection speaks.
    pub(crate) code: u8,
    pub(crate) properties: Properties,
}

/// PUBLISH (3.3).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PublishPacket {
    pub(crate) topic: String,
    /// Present with QoS 1 and 2.
    pub(crate) packet_id: Option<u16>,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    pub(crate) duplicate: bool,
    pub(crate) payload: Bytes,
    pub(crate) properties: Properties,
}

/// The four acknowledgements of PUBLISH.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AckKind {
    Puback = 4,
    Pubrec = 5,
    Pubrel = 6,
    Pubcomp = 7,
}

/// PUBACK, PUBREC, PUBREL or PUBCOMP (3.4 to 3.7).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Ack {
    pub(crate) kind: AckKind,
    pub(crate) packet_id: u16,
    /// Always 0 in MQTT 3.1.1.
    pub(crate) code: u8,
    pub(crate) reason_string: Option<String>,
}

/// A filter with its options in SUBSCRIBE (3.8.3).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Filter {
    pub(crate) filter: String,
    pub(crate) qos: Qos,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    /// 0: send retained messages, 1: only for a new subscription, 2: never.
    pub(crate) retain_handling: u8,
}

/// SUBSCRIBE (3.8).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Subscribe {
    pub(crate) packet_id: u16,
    pub(crate) filters: Vec<Filter>,
    pub(crate) properties: Properties,
}

/// SUBACK or UNSUBACK (3.9, 3.11): a code for each filter; no codes in an UNSUBACK of 3.1.1.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Suback {
    pub(crate) packet_id: u16,
    pub(crate) codes: Vec<u8>,
}

/// UNSUBSCRIBE (3.10).
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unsubscribe {
    pub(crate) packet_id: u16,
    pub(crate) filters: Vec<String>,
}

/// DISCONNECT (3.14).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Disconnect {
    /// Always 0 in MQTT 3.1.1.
    pub(crate) code: u8,
    pub(crate) properties: Properties,
}
