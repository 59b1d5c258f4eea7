//! Packets from bytes: a frame is cut out of the stream, then read strictly.

use bytes::Bytes;

use super::broken::Broken;
use super::packet::{
    Ack, AckKind, Connack, Connect, Disconnect, Filter, Packet, Protocol, PublishPacket, Qos, Suback,
    Subscribe, Unsubscribe, WillPacket,
};
use super::property::{Properties, place};
use super::wire::{Reader, varint};

/// A whole packet at the start of a buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// Bytes of the fixed header.
    pub(crate) header: usize,
    /// Bytes of the whole packet.
    pub(crate) length: usize,
}

/// The packet that begins at the start of `bytes`; none when it is not whole yet.
///
/// What can be refused from the first bytes is refused from them: a type that doesn't exist, flags that are reserved, a
/// packet longer than `bytes_max` (header included).
pub(crate) fn frame(bytes: &[u8], bytes_max: u32) -> Result<Option<Frame>, Broken> {
    let Some((&first, rest)) = bytes.split_first() else { return Ok(None) };
    check_first(first)?;
    let Some((body, length_bytes)) = varint(rest)? else { return Ok(None) };
    let header = 1 + length_bytes;
    let length = body as usize + header;
    if length > bytes_max as usize {
        return Err(Broken::FrameTooLarge { bytes: body, bytes_max });
    }
    Ok((bytes.len() >= length).then_some(Frame { header, length }))
}

fn check_first(first: u8) -> Result<(), Broken> {
    let flags = first & 0x0F;
    match first >> 4 {
        0 => Err(Broken::TypeReserved),
        3 if flags & 0x06 == 0x06 => Err(Broken::QosThree),
        3 if flags & 0x0E == 0x08 => Err(Broken::DuplicateQos0),
        3 => Ok(()),
        6 | 8 | 10 if flags != 2 => Err(Broken::FlagsReserved),
        6 | 8 | 10 => Ok(()),
        _ if flags != 0 => Err(Broken::FlagsReserved),
        _ => Ok(()),
    }
}

/// The packet with the first byte `first` and what follows its fixed header, on a connection that speaks `protocol`
/// (which CONNECT tells itself).
pub(crate) fn decode(first: u8, body: &[u8], protocol: Protocol) -> Result<Packet, Broken> {
    check_first(first)?;
    let mut reader = Reader::new(body);
    let r = &mut reader;
    let v5 = protocol == Protocol::V5;
    let packet = match first >> 4 {
        1 => Packet::Connect(Box::new(connect(r)?)),
        2 => Packet::Connack(Box::new(connack(r, protocol)?)),
        3 => Packet::Publish(Box::new(publish(first, r, protocol)?)),
        4 => Packet::Ack(ack(AckKind::Puback, r, protocol)?),
        5 => Packet::Ack(ack(AckKind::Pubrec, r, protocol)?),
        6 => Packet::Ack(ack(AckKind::Pubrel, r, protocol)?),
        7 => Packet::Ack(ack(AckKind::Pubcomp, r, protocol)?),
        8 => Packet::Subscribe(subscribe(r, protocol)?),
        9 => Packet::Suback(suback(r, protocol)?),
        10 => Packet::Unsubscribe(unsubscribe(r, protocol)?),
        11 => Packet::Unsuback(suback(r, protocol)?),
        12 => Packet::Pingreq,
        13 => Packet::Pingresp,
        14 => Packet::Disconnect(disconnect(r, protocol)?),
        15 if v5 => auth(r)?,
        _ => return Err(Broken::TypeReserved),
    };
    reader.end()?;
    Ok(packet)
}

fn connect(r: &mut Reader<'_>) -> Result<Connect, Broken> {
    if r.binary()? != b"MQTT" {
        return Err(Broken::ProtocolName);
    }
    let protocol = match r.byte()? {
        4 => Protocol::V311,
        5 => Protocol::V5,
        level => return Err(Broken::ProtocolLevel { level }),
    };
    let flags = r.byte()?;
    let (clean, will_qos) = (flags & 2 != 0, flags >> 3 & 3);
    let (has_will, will_retain) = (flags & 4 != 0, flags & 32 != 0);
    let (has_password, has_username) = (flags & 64 != 0, flags & 128 != 0);
    let qos = Qos::from_number(will_qos).ok_or(Broken::QosThree)?;
    if flags & 1 != 0 || !has_will && (will_qos != 0 || will_retain) {
        return Err(Broken::ConnectFlags);
    }
    // MQTT-3.1.2-22 of 3.1.1; 5 allows a password alone (3.1.2.9).
    if protocol == Protocol::V311 && has_password && !has_username {
        return Err(Broken::ConnectFlags);
    }
    let keep_alive = r.two()?;
    let properties = Properties::read(r, protocol, place::CONNECT)?;
    let client_id = r.text()?.to_owned();
    let will = if has_will {
        let properties = Properties::read(r, protocol, place::WILL)?;
        let topic = r.text()?.to_owned();
        let payload = Bytes::copy_from_slice(r.binary()?);
        Some(WillPacket { topic, payload, qos, retain: will_retain, properties })
    } else {
        None
    };
    let username = has_username.then(|| r.text().map(str::to_owned)).transpose()?;
    let password = has_password.then(|| r.binary().map(Bytes::copy_from_slice)).transpose()?;
    Ok(Connect { protocol, client_id, clean, keep_alive, will, username, password, properties })
}

fn connack(r: &mut Reader<'_>, protocol: Protocol) -> Result<Connack, Broken> {
    let flags = r.byte()?;
    if flags > 1 {
        return Err(Broken::FlagsReserved);
    }
    let code = r.byte()?;
    let properties = Properties::read(r, protocol, place::CONNACK)?;
    Ok(Connack { session_present: flags == 1, code, properties })
}

fn publish(first: u8, r: &mut Reader<'_>, protocol: Protocol) -> Result<PublishPacket, Broken> {
    let qos = Qos::from_number(first >> 1 & 3).ok_or(Broken::QosThree)?;
    let topic = r.text()?.to_owned();
    let packet_id = if qos == Qos::AtMostOnce { None } else { Some(r.packet_id()?) };
    let properties = Properties::read(r, protocol, place::PUBLISH)?;
    let payload = Bytes::copy_from_slice(r.rest());
    let (retain, duplicate) = (first & 1 != 0, first & 8 != 0);
    Ok(PublishPacket { topic, packet_id, qos, retain, duplicate, payload, properties })
}

fn ack(kind: AckKind, r: &mut Reader<'_>, protocol: Protocol) -> Result<Ack, Broken> {
    let mut ack = Ack { kind, packet_id: r.packet_id()?, code: 0, reason_string: None };
    // 3.4.2.1: the code may be left out when it is 0 and there are no properties, and the properties' length too.
    if protocol == Protocol::V5 && !r.is_empty() {
        ack.code = r.byte()?;
        let known = match kind {
            AckKind::Puback | AckKind::Pubrec => {
                matches!(ack.code, 0 | 0x10 | 0x80 | 0x83 | 0x87 | 0x90 | 0x91 | 0x97 | 0x99)
            }
            AckKind::Pubrel | AckKind::Pubcomp => matches!(ack.code, 0 | 0x92),
        };
        if !known {
            return Err(Broken::ReasonUnknown);
        }
        if !r.is_empty() {
            ack.reason_string = Properties::read(r, protocol, place::ACK)?.reason_string;
        }
    }
    Ok(ack)
}

fn subscribe(r: &mut Reader<'_>, protocol: Protocol) -> Result<Subscribe, Broken> {
    let packet_id = r.packet_id()?;
    let properties = Properties::read(r, protocol, place::SUBSCRIBE)?;
    let mut filters = Vec::new();
    while !r.is_empty() {
        let filter = r.text()?.to_owned();
        let options = r.byte()?;
        let reserved = if protocol == Protocol::V5 { 0xC0 } else { 0xFC };
        let retain_handling = options >> 4 & 3;
        if options & reserved != 0 || retain_handling == 3 {
            return Err(Broken::SubscribeOptions);
        }
        let qos = Qos::from_number(options & 3).ok_or(Broken::SubscribeOptions)?;
        let (no_local, retain_as_published) = (options & 4 != 0, options & 8 != 0);
        filters.push(Filter { filter, qos, no_local, retain_as_published, retain_handling });
    }
    if filters.is_empty() {
        Err(Broken::FiltersMissing)
    } else {
        Ok(Subscribe { packet_id, filters, properties })
    }
}

fn suback(r: &mut Reader<'_>, protocol: Protocol) -> Result<Suback, Broken> {
    let packet_id = r.packet_id()?;
    Properties::read(r, protocol, place::SUBACK)?;
    Ok(Suback { packet_id, codes: r.rest().to_vec() })
}

fn unsubscribe(r: &mut Reader<'_>, protocol: Protocol) -> Result<Unsubscribe, Broken> {
    let packet_id = r.packet_id()?;
    Properties::read(r, protocol, place::UNSUBSCRIBE)?;
    let mut filters = Vec::new();
    while !r.is_empty() {
        filters.push(r.text()?.to_owned());
    }
    if filters.is_empty() { Err(Broken::FiltersMissing) } else { Ok(Unsubscribe { packet_id, filters }) }
}

fn disconnect(r: &mut Reader<'_>, protocol: Protocol) -> Result<Disconnect, Broken> {
    let mut read = Disconnect::default();
    if protocol == Protocol::V5 && !r.is_empty() {
        read.code = r.byte()?;
        if !matches!(read.code, 0 | 4 | 0x80..=0x83 | 0x87 | 0x89 | 0x8B | 0x8D..=0x90 | 0x93..=0xA2) {
            return Err(Broken::ReasonUnknown);
        }
        if !r.is_empty() {
            read.properties = Properties::read(r, protocol, place::DISCONNECT)?;
        }
    }
    Ok(read)
}

fn auth(r: &mut Reader<'_>) -> Result<Packet, Broken> {
    if !r.is_empty() {
        if !matches!(r.byte()?, 0 | 0x18 | 0x19) {
            return Err(Broken::ReasonUnknown);
        }
        if !r.is_empty() {
            Properties::read(r, Protocol::V5, place::AUTH)?;
        }
    }
    Ok(Packet::Auth)
}
