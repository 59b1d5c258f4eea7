//! Packets to bytes.

use bytes::{BufMut, BytesMut};

use super::packet::{
    Ack, AckKind, Connack, Connect, Disconnect, Packet, Protocol, PublishPacket, Qos, Suback,
};
use super::property::Properties;
use super::wire::{put_binary, put_text, put_varint};

/// Writes `packet` as `protocol` has it.
pub(crate) fn encode(packet: &Packet, protocol: Protocol, out: &mut BytesMut) {
    match packet {
        Packet::Connect(connect) => framed(out, 0x10, |body| write_connect(connect, body)),
        Packet::Connack(connack) => framed(out, 0x20, |body| write_connack(connack, protocol, body)),
        Packet::Publish(publish) => write_publish(publish, protocol, out),
        Packet::Ack(ack) => write_ack(ack, protocol, out),
        Packet::Subscribe(subscribe) => framed(out, 0x82, |body| {
            body.put_u16(subscribe.packet_id);
            subscribe.properties.write(body, protocol);
            for filter in &subscribe.filters {
                put_text(body, &filter.filter);
                body.put_u8(
                    filter.qos.number()
                        | u8::from(filter.no_local) << 2
                        | u8::from(filter.retain_as_published) << 3
                        | filter.retain_handling << 4,
                );
            }
        }),
        Packet::Suback(suback) => framed(out, 0x90, |body| write_suback(suback, protocol, body)),
        Packet::Unsubscribe(unsubscribe) => framed(out, 0xA2, |body| {
            body.put_u16(unsubscribe.packet_id);
            Properties::default().write(body, protocol);
            for filter in &unsubscribe.filters {
                put_text(body, filter);
            }
        }),
        Packet::Unsuback(unsuback) => framed(out, 0xB0, |body| write_suback(unsuback, protocol, body)),
        Packet::Pingreq => out.put_slice(&[0xC0, 0]),
        Packet::Pingresp => out.put_slice(&[0xD0, 0]),
        Packet::Disconnect(disconnect) => write_disconnect(disconnect, protocol, out),
        Packet::Auth => out.put_slice(&[0xF0, 0]),
    }
}

/// Writes a packet whose length is known once its body is.
fn framed(out: &mut BytesMut, first: u8, write: impl FnOnce(&mut BytesMut)) {
    let mut body = BytesMut::new();
    write(&mut body);
    out.put_u8(first);
    put_varint(out, body.len());
    out.put_slice(&body);
}

fn write_connect(connect: &Connect, body: &mut BytesMut) {
    put_text(body, "MQTT");
    body.put_u8(if connect.protocol == Protocol::V5 { 5 } else { 4 });
    let will =
        connect.will.as_ref().map_or(0, |will| 4 | will.qos.number() << 3 | u8::from(will.retain) << 5);
    let (username, password) = (connect.username.is_some(), connect.password.is_some());
    body.put_u8(u8::from(connect.clean) << 1 | will | u8::from(password) << 6 | u8::from(username) << 7);
    body.put_u16(connect.keep_alive);
    connect.properties.write(body, connect.protocol);
    put_text(body, &connect.client_id);
    if let Some(will) = &connect.will {
        will.properties.write(body, connect.protocol);
        put_text(body, &will.topic);
        put_binary(body, &will.payload);
    }
    if let Some(username) = &connect.username {
        put_text(body, username);
    }
    if let Some(password) = &connect.password {
        put_binary(body, password);
    }
}

fn write_connack(connack: &Connack, protocol: Protocol, body: &mut BytesMut) {
    body.put_slice(&[u8::from(connack.session_present), connack.code]);
    connack.properties.write(body, protocol);
}

/// Everything of a PUBLISH but its payload, whose length is `payload`; so that a caller learns the whole length before
/// it writes the payload.
pub(crate) fn publish_head(publish: &PublishPacket, payload: usize, protocol: Protocol, out: &mut BytesMut) {
    let mut variable = BytesMut::new();
    put_text(&mut variable, &publish.topic);
    if let (Some(id), true) = (publish.packet_id, publish.qos != Qos::AtMostOnce) {
        variable.put_u16(id);
    }
    publish.properties.write(&mut variable, protocol);
    let duplicate = publish.duplicate && publish.qos != Qos::AtMostOnce;
    out.put_u8(0x30 | u8::from(duplicate) << 3 | publish.qos.number() << 1 | u8::from(publish.retain));
    put_varint(out, variable.len() + payload);
    out.put_slice(&variable);
}

fn write_publish(publish: &PublishPacket, protocol: Protocol, out: &mut BytesMut) {
    publish_head(publish, publish.payload.len(), protocol, out);
    out.put_slice(&publish.payload);
}

fn write_ack(ack: &Ack, protocol: Protocol, out: &mut BytesMut) {
    let first = (ack.kind as u8) << 4 | if ack.kind == AckKind::Pubrel { 2 } else { 0 };
    framed(out, first, |body| {
        body.put_u16(ack.packet_id);
        if protocol == Protocol::V5 && (ack.code != 0 || ack.reason_string.is_some()) {
            body.put_u8(ack.code);
            if ack.reason_string.is_some() {
                let reason_string = ack.reason_string.clone();
                Properties { reason_string, ..Properties::default() }.write(body, protocol);
            }
        }
    });
}

fn write_suback(suback: &Suback, protocol: Protocol, body: &mut BytesMut) {
    body.put_u16(suback.packet_id);
    Properties::default().write(body, protocol);
    body.put_slice(&suback.codes);
}

fn write_disconnect(disconnect: &Disconnect, protocol: Protocol, out: &mut BytesMut) {
    framed(out, 0xE0, |body| {
        let bare = disconnect.properties == Properties::default();
        if protocol == Protocol::V5 && (disconnect.code != 0 || !bare) {
            body.put_u8(disconnect.code);
            disconnect.properties.write(body, protocol);
        }
    });
}
