//! The properties of MQTT 5 (2.2.2): what each is, and in which packets it may stand.

use bytes::{BufMut, Bytes, BytesMut};

use super::broken::Broken;
use super::packet::Protocol;
use super::wire::{Reader, put_binary, put_text, put_varint};

/// User properties in one packet.
pub(crate) const USER_PROPERTIES_MAX: usize = 64;

/// Names and values that the protocol passes on unread (MQTT-3.3.2-17, -18); the order is kept.
pub type UserProperties = Vec<(String, String)>;

/// Packets in which a property may stand, a bit each.
pub(crate) mod place {
    /// CONNECT.
    pub(crate) const CONNECT: u16 = 1;
    /// CONNACK.
    pub(crate) const CONNACK: u16 = 2;
    /// PUBLISH.
    pub(crate) const PUBLISH: u16 = 4;
    /// The will in CONNECT.
    pub(crate) const WILL: u16 = 8;
    /// PUBACK, PUBREC, PUBREL, PUBCOMP.
    pub(crate) const ACK: u16 = 16;
    /// SUBSCRIBE.
    pub(crate) const SUBSCRIBE: u16 = 32;
    /// SUBACK and UNSUBACK.
    pub(crate) const SUBACK: u16 = 64;
    /// UNSUBSCRIBE.
    pub(crate) const UNSUBSCRIBE: u16 = 128;
    /// DISCONNECT.
    pub(crate) const DISCONNECT: u16 = 256;
    /// AUTH.
    pub(crate) const AUTH: u16 = 512;
    /// Everywhere.
    pub(crate) const ALL: u16 = 1023;
}

/// The properties of one packet. In MQTT 3.1.1 all are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Properties {
    /// Whether the payload is said to be text.
    pub(crate) payload_is_text: Option<bool>,
    /// Seconds that a message lives.
    pub(crate) message_expiry: Option<u32>,
    pub(crate) content_type: Option<String>,
    pub(crate) response_topic: Option<String>,
    pub(crate) correlation: Option<Bytes>,
    pub(crate) subscription_ids: Vec<u32>,
    /// Seconds that a session outlives its connection.
    pub(crate) session_expiry: Option<u32>,
    pub(crate) assigned_client_id: Option<String>,
    /// Seconds.
    pub(crate) server_keep_alive: Option<u16>,
    pub(crate) auth_method: Option<String>,
    pub(crate) auth_data: Option<Bytes>,
    pub(crate) request_problem: Option<bool>,
    /// Seconds between the end of a connection and its will.
    pub(crate) will_delay: Option<u32>,
    pub(crate) request_response: Option<bool>,
    pub(crate) response_information: Option<String>,
    pub(crate) server_reference: Option<String>,
    pub(crate) reason_string: Option<String>,
    pub(crate) receive_maximum: Option<u16>,
    pub(crate) topic_alias_maximum: Option<u16>,
    pub(crate) topic_alias: Option<u16>,
    pub(crate) maximum_qos: Option<bool>,
    pub(crate) retain_available: Option<bool>,
    pub(crate) user: UserProperties,
    /// Bytes.
    pub(crate) maximum_packet: Option<u32>,
    pub(crate) wildcard_available: Option<bool>,
    pub(crate) subscription_id_available: Option<bool>,
    pub(crate) shared_available: Option<bool>,
}

fn places(id: u32) -> Result<u16, Broken> {
    use place::{ACK, ALL, AUTH, CONNACK, CONNECT, DISCONNECT, PUBLISH, SUBACK, SUBSCRIBE, WILL};
    Ok(match id {
        0x01 | 0x02 | 0x03 | 0x08 | 0x09 => PUBLISH | WILL,
        0x0B => PUBLISH | SUBSCRIBE,
        0x11 => CONNECT | CONNACK | DISCONNECT,
        0x12 | 0x13 | 0x1A | 0x24 | 0x25 | 0x28 | 0x29 | 0x2A => CONNACK,
        0x15 | 0x16 => CONNECT | CONNACK | AUTH,
        0x17 | 0x19 => CONNECT,
        0x18 => WILL,
        0x1C => CONNACK | DISCONNECT,
        0x1F => CONNACK | ACK | SUBACK | DISCONNECT | AUTH,
        0x21 | 0x22 | 0x27 => CONNECT | CONNACK,
        0x23 => PUBLISH,
        0x26 => ALL,
        _ => return Err(Broken::PropertyUnknown),
    })
}

fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Broken> {
    if slot.is_some() {
        return Err(Broken::PropertyTwice);
    }
    *slot = Some(value);
    Ok(())
}

fn flag(reader: &mut Reader<'_>) -> Result<bool, Broken> {
    match reader.byte()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Broken::PropertyValue),
    }
}

fn positive<T: Default + PartialEq>(value: T) -> Result<T, Broken> {
    if value == T::default() { Err(Broken::PropertyValue) } else { Ok(value) }
}

impl Properties {
    /// The properties that stand next in a packet of `protocol`; none are read in MQTT 3.1.1.
    pub(crate) fn read(reader: &mut Reader<'_>, protocol: Protocol, place: u16) -> Result<Self, Broken> {
        let mut read = Self::default();
        if protocol == Protocol::V311 {
            return Ok(read);
        }
        let mut section = reader.section()?;
        while !section.is_empty() {
            let id = section.varint()?;
            if places(id)? & place == 0 {
                return Err(Broken::PropertyMisplaced);
            }
            read.one(id, &mut section, place)?;
        }
        if read.auth_data.is_some() && read.auth_method.is_none() {
            // 3.1.2.11.10: data without a method is a protocol error.
            return Err(Broken::PropertyValue);
        }
        Ok(read)
    }

    fn one(&mut self, id: u32, section: &mut Reader<'_>, place: u16) -> Result<(), Broken> {
        let s = section;
        match id {
            0x01 => once(&mut self.payload_is_text, flag(s)?),
            0x02 => once(&mut self.message_expiry, s.four()?),
            0x03 => once(&mut self.content_type, s.text()?.to_owned()),
            0x08 => once(&mut self.response_topic, s.text()?.to_owned()),
            0x09 => once(&mut self.correlation, Bytes::copy_from_slice(s.binary()?)),
            0x0B => {
                if place == place::SUBSCRIBE && !self.subscription_ids.is_empty() {
                    return Err(Broken::PropertyTwice);
                }
                self.subscription_ids.push(positive(s.varint()?)?);
                Ok(())
            }
            0x11 => once(&mut self.session_expiry, s.four()?),
            0x12 => once(&mut self.assigned_client_id, s.text()?.to_owned()),
            0x13 => once(&mut self.server_keep_alive, s.two()?),
            0x15 => once(&mut self.auth_method, s.text()?.to_owned()),
            0x16 => once(&mut self.auth_data, Bytes::copy_from_slice(s.binary()?)),
            0x17 => once(&mut self.request_problem, flag(s)?),
            0x18 => once(&mut self.will_delay, s.four()?),
            0x19 => once(&mut self.request_response, flag(s)?),
            0x1A => once(&mut self.response_information, s.text()?.to_owned()),
            0x1C => once(&mut self.server_reference, s.text()?.to_owned()),
            0x1F => once(&mut self.reason_string, s.text()?.to_owned()),
            0x21 => once(&mut self.receive_maximum, positive(s.two()?)?),
            0x22 => once(&mut self.topic_alias_maximum, s.two()?),
            0x23 => once(&mut self.topic_alias, s.two()?),
            0x24 => once(&mut self.maximum_qos, flag(s)?),
            0x25 => once(&mut self.retain_available, flag(s)?),
            0x26 => {
                if self.user.len() >= USER_PROPERTIES_MAX {
                    return Err(Broken::PropertiesTooMany);
                }
                self.user.push((s.text()?.to_owned(), s.text()?.to_owned()));
                Ok(())
            }
            0x27 => once(&mut self.maximum_packet, positive(s.four()?)?),
            0x28 => once(&mut self.wildcard_available, flag(s)?),
            0x29 => once(&mut self.subscription_id_available, flag(s)?),
            0x2A => once(&mut self.shared_available, flag(s)?),
            _ => Err(Broken::PropertyUnknown),
        }
    }

    /// Writes the properties with their length; nothing in MQTT 3.1.1.
    pub(crate) fn write(&self, out: &mut BytesMut, protocol: Protocol) {
        if protocol == Protocol::V311 {
            return;
        }
        let mut section = BytesMut::new();
        self.write_all(&mut section);
        put_varint(out, section.len());
        out.put_slice(&section);
    }

    fn write_all(&self, out: &mut BytesMut) {
        let flags = [
            (0x01, self.payload_is_text),
            (0x17, self.request_problem),
            (0x19, self.request_response),
            (0x24, self.maximum_qos),
            (0x25, self.retain_available),
            (0x28, self.wildcard_available),
            (0x29, self.subscription_id_available),
            (0x2A, self.shared_available),
        ];
        for (id, value) in flags.into_iter().filter_map(|(id, value)| Some((id, value?))) {
            out.put_slice(&[id, u8::from(value)]);
        }
        let twos = [
            (0x13, self.server_keep_alive),
            (0x21, self.receive_maximum),
            (0x22, self.topic_alias_maximum),
            (0x23, self.topic_alias),
        ];
        for (id, value) in twos.into_iter().filter_map(|(id, value)| Some((id, value?))) {
            out.put_u8(id);
            out.put_u16(value);
        }
        let fours = [
            (0x02, self.message_expiry),
            (0x11, self.session_expiry),
            (0x18, self.will_delay),
            (0x27, self.maximum_packet),
        ];
        for (id, value) in fours.into_iter().filter_map(|(id, value)| Some((id, value?))) {
            out.put_u8(id);
            out.put_u32(value);
        }
        let texts = [
            (0x03, &self.content_type),
            (0x08, &self.response_topic),
            (0x12, &self.assigned_client_id),
            (0x15, &self.auth_method),
            (0x1A, &self.response_information),
            (0x1C, &self.server_reference),
            (0x1F, &self.reason_string),
        ];
        for (id, value) in texts.into_iter().filter_map(|(id, value)| Some((id, value.as_ref()?))) {
            out.put_u8(id);
            put_text(out, value);
        }
        for (id, value) in [(0x09, &self.correlation), (0x16, &self.auth_data)] {
            if let Some(value) = value {
                out.put_u8(id);
                put_binary(out, value);
            }
        }
        for &id in &self.subscription_ids {
            out.put_u8(0x0B);
            put_varint(out, id as usize);
        }
        for (name, value) in &self.user {
            out.put_u8(0x26);
            put_text(out, name);
            put_text(out, value);
        }
    }
}
