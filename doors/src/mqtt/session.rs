//! What the broker keeps of one client: messages that wait, messages under way, and the connection that speaks for it.
//!
//! A connection *pulls*: it asks its session for packets when its socket has room, so that a slow client holds back its
//! own queue and nobody else's. Nothing here reads a clock or a socket.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use bytes::{BufMut, BytesMut};
use tokio::sync::Notify;
use tokio::time::Instant;

use super::codec::{
    Ack, AckKind, Broken, Packet, Properties, Protocol, PublishPacket, Qos, encode, publish_head, reason,
};
use super::gate::Principal;
use super::limits::Limits;
use super::sink::Publish;

/// A message on its way to one session.
#[derive(Clone, Debug)]
pub(crate) struct Queued {
    pub(crate) publish: Arc<Publish>,
    pub(crate) expires: Option<Instant>,
    pub(crate) qos: Qos,
    pub(crate) retain: bool,
    /// The identifiers of the subscriptions that asked for it (MQTT-3.3.4-3).
    pub(crate) ids: Option<Box<[u32]>>,
}

/// A message of QoS 1 or 2 that its client has not acknowledged.
#[derive(Debug)]
struct Flying {
    packet_id: u16,
    /// None once PUBREC has come: only PUBREL is left to send (4.3.3).
    message: Option<Queued>,
    qos: Qos,
    /// Whether it was sent on the present connection.
    is_sent: bool,
}

/// Why a connection is to end, told to it from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    /// Another connection speaks for the session (MQTT-3.1.4-3).
    TakenOver,
    /// The principal is no longer allowed.
    Revoked,
}

/// A will that was told at CONNECT.
#[derive(Clone, Debug)]
pub(crate) struct Will {
    pub(crate) principal: Principal,
    /// `received` is set when it is published.
    pub(crate) publish: Publish,
    /// Seconds after the end of the connection (3.1.3.2.2).
    pub(crate) delay_seconds: u32,
}

/// The connection that speaks for a session.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) protocol: Protocol,
    /// Told when there is something to pull, or an order.
    pub(crate) wake: Arc<Notify>,
    /// Told when this link is no more; the next connection of the session waits for it.
    pub(crate) gone: Arc<Notify>,
    pub(crate) order: Option<Order>,
    pub(crate) will: Option<Box<Will>>,
    /// Messages of QoS 1 and 2 that may still be sent (4.9).
    quota: u16,
    quota_max: u16,
    /// Bytes of a packet that the client takes (3.1.2.11.4).
    packet_bytes_max: u32,
    /// Topic aliases that the client takes (3.1.2.11.5), and those that were given.
    aliases_max: u16,
    aliases: HashMap<String, u16>,
    /// Messages under way that were not sent on this connection yet.
    unsent: usize,
}

/// What a connection agreed on at CONNECT.
#[derive(Clone, Debug)]
pub(crate) struct Agreed {
    /// Whether a session that is there is to be ended first (Clean Start).
    pub(crate) is_clean: bool,
    /// Seconds that the session is to outlive its connection.
    pub(crate) expiry_seconds: u32,
    pub(crate) protocol: Protocol,
    pub(crate) receive_maximum: u16,
    pub(crate) packet_bytes_max: u32,
    pub(crate) aliases_max: u16,
    pub(crate) will: Option<Box<Will>>,
}

/// One client's session (4.1).
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) name: Arc<str>,
    pub(crate) principal: Principal,
    /// Its subscriptions; how each is wanted stands in the tree.
    pub(crate) filters: BTreeSet<Box<str>>,
    /// Packet identifiers of messages of QoS 2 that were taken from it and are not completed.
    pub(crate) taken: BTreeSet<u16>,
    pub(crate) link: Option<Link>,
    /// Seconds that it outlives its connection.
    pub(crate) expiry_seconds: u32,
    /// When it ends, unless it is connected again.
    pub(crate) ends: Option<Instant>,
    /// A will that waits for its delay.
    pub(crate) will: Option<(Instant, Box<Will>)>,
    queue: VecDeque<Queued>,
    queue_bytes: usize,
    flying: VecDeque<Flying>,
    last_packet_id: u16,
}

/// Messages that a pull left out, by why.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct LeftOut {
    pub(crate) expired: u64,
    pub(crate) too_large: u64,
}

impl Session {
    /// A session that holds nothing yet.
    pub(crate) fn new(name: Arc<str>, principal: Principal) -> Self {
        Self {
            name,
            principal,
            filters: BTreeSet::new(),
            taken: BTreeSet::new(),
            link: None,
            expiry_seconds: 0,
            ends: None,
            will: None,
            queue: VecDeque::new(),
            queue_bytes: 0,
            flying: VecDeque::new(),
            last_packet_id: 0,
        }
    }

    /// Puts a connection on the session; what was under way is sent again (MQTT-4.4.0-1).
    pub(crate) fn attach(&mut self, agreed: Agreed, limits: &Limits) -> Arc<Notify> {
        let quota = agreed.receive_maximum.min(limits.deliveries_in_flight_max);
        for flying in &mut self.flying {
            flying.is_sent = false;
        }
        let wake = Arc::new(Notify::new());
        self.link = Some(Link {
            protocol: agreed.protocol,
            wake: Arc::clone(&wake),
            gone: Arc::new(Notify::new()),
            order: None,
            will: agreed.will,
            quota,
            quota_max: quota,
            packet_bytes_max: agreed.packet_bytes_max,
            aliases_max: agreed.aliases_max,
            aliases: HashMap::new(),
            unsent: self.flying.len(),
        });
        (self.ends, self.will) = (None, None);
        wake
    }

    /// Lets a message wait. False when there is no room, or when it is of QoS 0 and nobody is connected.
    pub(crate) fn push(&mut self, queued: Queued, messages_max: usize, bytes_max: usize) -> bool {
        let bytes = self.queue_bytes + queued.publish.payload.len();
        if self.link.is_none() && queued.qos == Qos::AtMostOnce {
            return false;
        }
        if self.queue.len() >= messages_max || bytes > bytes_max && !self.queue.is_empty() {
            return false;
        }
        self.queue_bytes = bytes;
        self.queue.push_back(queued);
        if let Some(link) = &self.link {
            link.wake.notify_one();
        }
        true
    }

    /// Drops messages of QoS 0 that wait: their client is gone.
    pub(crate) fn forget_unsure(&mut self) {
        self.queue.retain(|queued| queued.qos != Qos::AtMostOnce);
        self.queue_bytes = self.queue.iter().map(|queued| queued.publish.payload.len()).sum();
        if self.queue.is_empty() {
            self.queue = VecDeque::new();
        }
    }

    /// Writes packets for the client until `out` holds `bytes_max`, the client's receive maximum is reached, or nothing
    /// is left.
    pub(crate) fn pull(&mut self, now: Instant, out: &mut BytesMut, bytes_max: usize) -> LeftOut {
        let mut left_out = LeftOut::default();
        let Some(link) = &mut self.link else { return left_out };
        let mut at = 0;
        while link.unsent > 0 && at < self.flying.len() && out.len() < bytes_max {
            let flying = &mut self.flying[at];
            at += 1;
            if flying.is_sent {
                continue;
            }
            match &flying.message {
                Some(_) if link.quota == 0 => break,
                Some(message) => {
                    // One that the client would not take now is completed unsent (3.1.2.11.4).
                    if !link.write(message, Some(flying.packet_id), true, now, out) {
                        left_out.too_large += 1;
                        link.unsent -= 1;
                        at -= 1;
                        self.flying.remove(at);
                        continue;
                    }
                    link.quota -= 1;
                }
                None => pubrel(flying.packet_id, reason::SUCCESS, link.protocol, out),
            }
            flying.is_sent = true;
            link.unsent -= 1;
        }
        while out.len() < bytes_max && link.unsent == 0 {
            let Some(next) = self.queue.front() else { break };
            let is_sure = next.qos != Qos::AtMostOnce;
            if is_sure && link.quota == 0 {
                break;
            }
            let packet_id = is_sure.then(|| free_packet_id(&self.flying, self.last_packet_id));
            let is_expired = next.expires.is_some_and(|expires| expires <= now);
            let is_written = !is_expired && link.write(next, packet_id, false, now, out);
            let Some(message) = self.queue.pop_front() else { break };
            self.queue_bytes -= message.publish.payload.len();
            match packet_id {
                _ if is_expired => left_out.expired += 1,
                _ if !is_written => left_out.too_large += 1,
                Some(packet_id) => {
                    self.last_packet_id = packet_id;
                    link.quota -= 1;
                    let qos = message.qos;
                    let message = Some(message);
                    self.flying.push_back(Flying { packet_id, message, qos, is_sent: true });
                }
                None => {}
            }
        }
        if self.queue.is_empty() && self.queue.capacity() > 0 {
            self.queue = VecDeque::new();
        }
        left_out
    }

    /// Takes the client's acknowledgement of a message that was sent to it, or its PUBREL; writes the answer.
    ///
    /// # Errors
    /// An acknowledgement of the wrong kind for its message.
    pub(crate) fn acknowledged(&mut self, ack: &Ack, out: &mut BytesMut) -> Result<(), Broken> {
        let Some(link) = &mut self.link else { return Ok(()) };
        let (protocol, packet_id) = (link.protocol, ack.packet_id);
        if ack.kind == AckKind::Pubrel {
            let code =
                if self.taken.remove(&packet_id) { reason::SUCCESS } else { reason::PACKET_ID_UNKNOWN };
            let pubcomp = Ack { kind: AckKind::Pubcomp, packet_id, code, reason_string: None };
            encode(&Packet::Ack(pubcomp), protocol, out);
            return Ok(());
        }
        let Some(at) = self.flying.iter().position(|flying| flying.packet_id == packet_id) else {
            if ack.kind == AckKind::Pubrec && ack.code < 0x80 {
                pubrel(packet_id, reason::PACKET_ID_UNKNOWN, protocol, out);
            }
            return Ok(());
        };
        let flying = &mut self.flying[at];
        let is_released = flying.message.is_none();
        match (ack.kind, flying.qos) {
            (AckKind::Pubrec, Qos::ExactlyOnce) if ack.code < 0x80 => {
                // It may come again for a message whose PUBREL was lost.
                flying.message = None;
                pubrel(packet_id, reason::SUCCESS, protocol, out);
                if !flying.is_sent {
                    flying.is_sent = true;
                    link.unsent -= 1;
                }
                return Ok(());
            }
            (AckKind::Puback, Qos::AtLeastOnce) | (AckKind::Pubrec, Qos::ExactlyOnce) => {}
            (AckKind::Pubcomp, Qos::ExactlyOnce) if is_released => {}
            _ => return Err(Broken::AckMismatch),
        }
        if !flying.is_sent {
            link.unsent -= 1;
        }
        self.flying.remove(at);
        if self.flying.is_empty() {
            self.flying = VecDeque::new();
        }
        link.quota = link.quota.saturating_add(1).min(link.quota_max);
        Ok(())
    }
}

fn pubrel(packet_id: u16, code: u8, protocol: Protocol, out: &mut BytesMut) {
    encode(&Packet::Ack(Ack { kind: AckKind::Pubrel, packet_id, code, reason_string: None }), protocol, out);
}

/// The next packet identifier that no message under way has (2.2.1); there are fewer of these than identifiers.
fn free_packet_id(flying: &VecDeque<Flying>, last: u16) -> u16 {
    let mut id = last;
    loop {
        id = id.wrapping_add(1).max(1);
        if !flying.iter().any(|flying| flying.packet_id == id) {
            return id;
        }
    }
}

impl Link {
    /// Writes a message; false, and nothing is written, when it is larger than the client takes (MQTT-3.1.2-24).
    fn write(
        &mut self,
        queued: &Queued,
        packet_id: Option<u16>,
        duplicate: bool,
        now: Instant,
        out: &mut BytesMut,
    ) -> bool {
        let publish = &queued.publish;
        let mut packet = PublishPacket {
            topic: publish.topic.clone(),
            packet_id,
            qos: queued.qos,
            retain: queued.retain,
            duplicate,
            payload: publish.payload.clone(),
            properties: Properties::default(),
        };
        if self.protocol == Protocol::V5 {
            packet.properties = properties(queued, now);
        }
        let alias = self.alias(&publish.topic);
        if let Some((alias, is_known)) = alias {
            packet.properties.topic_alias = Some(alias);
            if is_known {
                packet.topic.clear();
            }
        }
        let mut head = BytesMut::new();
        publish_head(&packet, packet.payload.len(), self.protocol, &mut head);
        if head.len() + packet.payload.len() > self.packet_bytes_max as usize {
            return false;
        }
        if let Some((alias, false)) = alias {
            self.aliases.insert(publish.topic.clone(), alias);
        }
        out.put_slice(&head);
        out.put_slice(&packet.payload);
        true
    }

    /// The alias of a topic, and whether the client knows it; none when all are given.
    fn alias(&self, topic: &str) -> Option<(u16, bool)> {
        if let Some(&alias) = self.aliases.get(topic) {
            return Some((alias, true));
        }
        let next = u16::try_from(self.aliases.len() + 1).ok()?;
        (next <= self.aliases_max).then_some((next, false))
    }
}

fn properties(queued: &Queued, now: Instant) -> Properties {
    let extras = &queued.publish.extras;
    Properties {
        payload_is_text: extras.payload_is_text,
        // MQTT-3.3.2-6: what is left of it, rounded up so that it is not dead on arrival.
        message_expiry: queued.expires.map(|expires| {
            let left = expires.saturating_duration_since(now).as_millis().div_ceil(1_000);
            u32::try_from(left).unwrap_or(u32::MAX)
        }),
        content_type: extras.content_type.clone(),
        response_topic: extras.response_topic.clone(),
        correlation: extras.correlation.clone(),
        subscription_ids: queued.ids.as_deref().unwrap_or_default().to_vec(),
        user: extras.user.clone(),
        ..Properties::default()
    }
}
