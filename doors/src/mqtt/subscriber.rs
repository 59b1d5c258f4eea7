//! One connection to a broker elsewhere: CONNECT, SUBSCRIBE, messages to the sink and their acknowledgements.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::accepting::{Accepting, Settled, Step, Verdict};
use super::codec::{
    Ack, AckKind, Broken, Connect, Disconnect, Filter, Packet, Properties, Protocol, PublishPacket, Qos,
    Subscribe, encode, reason,
};
use super::entrance::extras;
use super::line::{Line, Moved};
use super::sink::Publish;
use super::topic::is_topic;
use super::upstream::{Ended, Lasting, Outgoing, Upstream, UpstreamRefused};

/// Seconds that the broker is given to hear the last word of a connection.
const SAY_LAST_SECONDS: u64 = 5;
/// Seconds of keep alive; something is sent twice as often.
const KEEP_ALIVE_SECONDS: u16 = 30;
/// Seconds that the broker is asked to keep what comes while this node is away.
const SESSION_SECONDS: u32 = 24 * 3_600;
/// Messages that may be with the sink at once (Receive Maximum).
const IN_FLIGHT_MAX: u16 = 512;
/// Messages of ours that may wait for the broker's acknowledgement.
const AWAITING_MAX: usize = 64;
/// Bytes of a packet of the broker's.
const PACKET_BYTES_MAX: u32 = 1024 * 1024;
/// Seconds that the sink is awaited when the node closes.
const SETTLE_SECONDS_MAX: u64 = 60;

/// One connection.
pub(super) struct Talk<'a, S> {
    upstream: &'a Upstream,
    line: Line<S>,
    accepting: FuturesOrdered<Accepting>,
    lasting: &'a mut Lasting,
    /// Who waits for the broker's acknowledgement of a message of ours, by packet identifier.
    awaiting: HashMap<u16, oneshot::Sender<Result<(), UpstreamRefused>>>,
    last_packet_id: u16,
    /// What the broker agreed to: messages at once, bytes of a packet, keep alive.
    awaiting_max: usize,
    packet_bytes_max: usize,
    keep_alive: Duration,
    heard_at: Instant,
    pinged_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite> Talk<'a, S> {
    /// A connection over `stream` that has said nothing yet.
    pub(super) fn new(upstream: &'a Upstream, stream: S, lasting: &'a mut Lasting) -> Self {
        let now = Instant::now();
        Self {
            upstream,
            line: Line::new(stream),
            accepting: FuturesOrdered::new(),
            lasting,
            awaiting: HashMap::new(),
            last_packet_id: 1,
            awaiting_max: AWAITING_MAX,
            packet_bytes_max: usize::MAX,
            keep_alive: Duration::from_secs(KEEP_ALIVE_SECONDS.into()),
            heard_at: now,
            pinged_at: now,
        }
    }

    /// CONNECT and SUBSCRIBE, answered. Messages of a session that goes on may come before SUBACK.
    pub(super) async fn enter(&mut self) -> Result<(), Ended> {
        let parts = &self.upstream.parts;
        let connect = Connect {
            protocol: parts.protocol,
            client_id: parts.client_id.clone(),
            clean: false,
            keep_alive: KEEP_ALIVE_SECONDS,
            will: None,
            username: parts.username.clone(),
            password: parts.password.clone().map(Bytes::from),
            properties: Properties {
                session_expiry: Some(SESSION_SECONDS),
                receive_maximum: Some(IN_FLIGHT_MAX),
                maximum_packet: Some(PACKET_BYTES_MAX),
                ..Properties::default()
            },
        };
        self.say(&Packet::Connect(Box::new(connect)));
        match self.next().await? {
            Packet::Connack(connack) if connack.code == 0 => {
                if !connack.session_present {
                    self.lasting.taken.clear();
                }
                let agreed = &connack.properties;
                self.awaiting_max =
                    agreed.receive_maximum.map_or(AWAITING_MAX, usize::from).min(AWAITING_MAX);
                self.packet_bytes_max = agreed.maximum_packet.map_or(usize::MAX, |bytes| bytes as usize);
                // MQTT-3.2.2-21.
                let keep_alive = agreed.server_keep_alive.unwrap_or(KEEP_ALIVE_SECONDS).max(1);
                self.keep_alive = Duration::from_secs(keep_alive.into());
            }
            Packet::Connack(connack) => return Err(Ended::Refused(connack.code)),
            _ => return Err(Broken::Direction.into()),
        }
        let filters: Vec<Filter> = parts.filters.iter().map(|filter| self.filter(filter)).collect();
        let names: Vec<String> = filters.iter().map(|filter| filter.filter.clone()).collect();
        self.say(&Packet::Subscribe(Subscribe { packet_id: 1, filters, properties: Properties::default() }));
        loop {
            match self.next().await? {
                Packet::Suback(suback) => {
                    let refused = suback.codes.iter().zip(names).find(|(code, _)| **code >= 0x80);
                    return refused.map_or(Ok(()), |(code, name)| Err(Ended::NotSubscribed(name, *code)));
                }
                packet => self.handle(packet)?,
            }
        }
    }

    fn filter(&self, filter: &str) -> Filter {
        let parts = &self.upstream.parts;
        let filter =
            parts.group.as_ref().map_or(filter.to_owned(), |group| format!("$share/{group}/{filter}"));
        Filter { filter, qos: parts.qos, no_local: false, retain_as_published: false, retain_handling: 0 }
    }

    /// Takes messages until the connection ends; why it did.
    pub(super) async fn listen(&mut self, closing: &mut watch::Receiver<bool>) -> Ended {
        loop {
            if let Err(ended) = self.turn(closing).await {
                return ended;
            }
        }
    }

    async fn turn(&mut self, closing: &mut watch::Receiver<bool>) -> Result<(), Ended> {
        while self.accepting.len() <= usize::from(IN_FLIGHT_MAX)
            && let Some(packet) = self.line.packet(self.upstream.parts.protocol, PACKET_BYTES_MAX)?
        {
            self.handle(packet)?;
        }
        let may_hear = self.accepting.len() <= usize::from(IN_FLIGHT_MAX);
        if !may_hear {
            // Who is not heard is not silent.
            self.heard_at = Instant::now();
        }
        let ping_at = self.pinged_at + self.keep_alive / 2;
        let silent_at = self.heard_at + self.keep_alive * 3 / 2;
        tokio::select! {
            moved = self.line.moved(may_hear) => match moved? {
                Moved::Heard => {
                    self.heard_at = Instant::now();
                    Ok(())
                }
                Moved::Said => Ok(()),
                Moved::Closed => Err(Ended::Closed),
            },
            Some(settled) = self.accepting.next(), if !self.accepting.is_empty() => self.settle(settled, true),
            Some(outgoing) = self.lasting.outgoing.recv(), if self.awaiting.len() < self.awaiting_max => {
                self.send(outgoing);
                Ok(())
            }
            () = sleep_until(ping_at.min(silent_at)) => {
                if Instant::now() >= silent_at {
                    return Err(Ended::Silent);
                }
                self.pinged_at = Instant::now();
                self.say(&Packet::Pingreq);
                Ok(())
            }
            _ = closing.wait_for(|is_closing| *is_closing) => Err(Ended::Closing),
        }
    }

    fn handle(&mut self, packet: Packet) -> Result<(), Ended> {
        match packet {
            Packet::Publish(publish) => self.publish(*publish),
            Packet::Ack(Ack { kind: AckKind::Pubrel, packet_id, .. }) => {
                let code = if self.lasting.taken.remove(&packet_id) {
                    reason::SUCCESS
                } else {
                    reason::PACKET_ID_UNKNOWN
                };
                let kind = AckKind::Pubcomp;
                self.say(&Packet::Ack(Ack { kind, packet_id, code, reason_string: None }));
                Ok(())
            }
            Packet::Ack(Ack { kind: AckKind::Puback, packet_id, code, .. }) => {
                if let Some(told) = self.awaiting.remove(&packet_id) {
                    // Who asked may have left.
                    let _ = told.send(if code < 0x80 { Ok(()) } else { Err(UpstreamRefused::Refused(code)) });
                }
                Ok(())
            }
            Packet::Pingresp => Ok(()),
            Packet::Disconnect(disconnect) => Err(Ended::Dismissed(disconnect.code)),
            _ => Err(Broken::Direction.into()),
        }
    }

    fn publish(&mut self, packet: PublishPacket) -> Result<(), Ended> {
        if !is_topic(&packet.topic) {
            return Err(Broken::TopicInvalid.into());
        }
        let (packet_id, qos) = (packet.packet_id, packet.qos);
        if qos == Qos::ExactlyOnce && packet_id.is_some_and(|id| self.lasting.taken.contains(&id)) {
            let step = Step::Known(Some(Verdict::Again));
            self.accepting.push_back(Accepting { publish: None, packet_id, qos, step });
            return Ok(());
        }
        let parts = &self.upstream.parts;
        let publish = Arc::new(Publish {
            extras: extras(&packet.properties),
            topic: packet.topic,
            payload: packet.payload,
            qos,
            retain: packet.retain,
            duplicate: packet.duplicate,
            received: parts.surroundings.now(),
        });
        let step = Step::Sink(parts.sink.accept(&parts.principal, &publish));
        self.accepting.push_back(Accepting { publish: None, packet_id, qos, step });
        Ok(())
    }

    /// Publishes a message of ours; when the connection ends before its acknowledgement, its sender is told by the end of `told`.
    fn send(&mut self, outgoing: Outgoing) {
        let Outgoing { topic, payload, retain, told } = outgoing;
        loop {
            self.last_packet_id = self.last_packet_id.wrapping_add(1).max(1);
            if !self.awaiting.contains_key(&self.last_packet_id) {
                break;
            }
        }
        let packet = Packet::Publish(Box::new(PublishPacket {
            topic,
            packet_id: Some(self.last_packet_id),
            qos: Qos::AtLeastOnce,
            retain,
            duplicate: false,
            payload,
            properties: Properties::default(),
        }));
        let before = self.line.said.len();
        self.say(&packet);
        if self.line.said.len() - before > self.packet_bytes_max {
            self.line.said.truncate(before);
            let _ = told.send(Err(UpstreamRefused::Refused(reason::PACKET_TOO_LARGE)));
            return;
        }
        self.awaiting.insert(self.last_packet_id, told);
    }

    /// Answers a message that the sink has answered, when `is_answered`; remembers it in any case.
    fn settle(&mut self, settled: Settled, is_answered: bool) -> Result<(), Ended> {
        let Settled { packet_id, qos, verdict, .. } = settled;
        let v5 = self.upstream.parts.protocol == Protocol::V5;
        let code = match verdict {
            Verdict::Accepted => {
                self.upstream.status.send_modify(|status| status.accepted += 1);
                reason::SUCCESS
            }
            Verdict::Again | Verdict::InUse => reason::SUCCESS,
            Verdict::Refused(refused) => {
                metrics::counter!("baotu_mqtt_upstream_refused_total", "reason" => refused.name())
                    .increment(1);
                if refused.passes() && qos != Qos::AtMostOnce {
                    // Any acknowledgement, with whatever reason, would end it for the broker (MQTT-4.4.0-1).
                    return Err(Ended::Unsaved(refused.to_string()));
                }
                self.upstream.status.send_modify(|status| status.refused += 1);
                if v5 { refused.reason() } else { reason::SUCCESS }
            }
        };
        let Some(packet_id) = packet_id else { return Ok(()) };
        if qos == Qos::ExactlyOnce && code == reason::SUCCESS {
            self.lasting.taken.insert(packet_id);
        }
        if is_answered {
            let kind = if qos == Qos::AtLeastOnce { AckKind::Puback } else { AckKind::Pubrec };
            self.say(&Packet::Ack(Ack { kind, packet_id, code, reason_string: None }));
        }
        Ok(())
    }

    /// Settles what is with the sink, says what is left to say, and goodbye. Acknowledgements keep the order of their
    /// messages (MQTT-4.6.0-2): after one that the sink could not keep, none is sent.
    pub(super) async fn leave(&mut self, ended: &Ended) {
        let patience = Duration::from_secs(SETTLE_SECONDS_MAX);
        let mut is_answered = matches!(ended, Ended::Closing);
        let settling = async {
            while let Some(settled) = self.accepting.next().await {
                is_answered &= self.settle(settled, is_answered).is_ok();
            }
            is_answered
        };
        match timeout(patience, settling).await {
            Ok(true) => self.say(&Packet::Disconnect(Disconnect::default())),
            Ok(false) => {}
            Err(_) => {
                tracing::warn!(host = %self.upstream.parts.host, "MQTT: the sink did not settle in time")
            }
        }
        // A broker that does not hear it sends again what it has no acknowledgement for.
        let _ = timeout(Duration::from_secs(SAY_LAST_SECONDS), self.line.finish()).await;
    }

    async fn next(&mut self) -> Result<Packet, Ended> {
        loop {
            if let Some(packet) = self.line.packet(self.upstream.parts.protocol, PACKET_BYTES_MAX)? {
                return Ok(packet);
            }
            if self.line.moved(true).await? == Moved::Closed {
                return Err(Ended::Closed);
            }
        }
    }

    fn say(&mut self, packet: &Packet) {
        encode(packet, self.upstream.parts.protocol, &mut self.line.said);
    }
}
