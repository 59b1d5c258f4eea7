//! One connection to a broker elsewhere: CONNECT, SUBSCRIBE, messages to the sink and their acknowledgements.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesOrdered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
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
use super::upstream::{Ended, Upstream};

/// Seconds that the broker is given to hear the last word of a connection.
const SAY_LAST_SECONDS: u64 = 5;
/// Seconds of keep alive; something is sent twice as often.
const KEEP_ALIVE_SECONDS: u16 = 30;
/// Seconds that the broker is asked to keep what comes while this node is away.
const SESSION_SECONDS: u32 = 24 * 3_600;
/// Messages that may be with the sink at once (Receive Maximum).
const IN_FLIGHT_MAX: u16 = 512;
/// Bytes of a packet of the broker's.
const PACKET_BYTES_MAX: u32 = 1024 * 1024;
/// Seconds that the sink is awaited when the node closes.
const SETTLE_SECONDS_MAX: u64 = 60;

/// One connection.
pub(super) struct Talk<'a, S> {
    upstream: &'a Upstream,
    line: Line<S>,
    accepting: FuturesOrdered<Accepting>,
    /// Packet identifiers of messages of QoS 2 that the sink took and whose PUBREL has not come.
    taken: &'a mut BTreeSet<u16>,
    heard_at: Instant,
    pinged_at: Instant,
}

impl<'a, S: AsyncRead + AsyncWrite> Talk<'a, S> {
    /// A connection over `stream` that has said nothing yet; `taken` outlives it.
    pub(super) fn new(upstream: &'a Upstream, stream: S, taken: &'a mut BTreeSet<u16>) -> Self {
        let (now, line) = (Instant::now(), Line::new(stream));
        let accepting = FuturesOrdered::new();
        Self { upstream, line, accepting, taken, heard_at: now, pinged_at: now }
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
                    self.taken.clear();
                }
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
        let keep_alive = Duration::from_secs(KEEP_ALIVE_SECONDS.into());
        let ping_at = self.pinged_at + keep_alive / 2;
        let silent_at = self.heard_at + keep_alive * 3 / 2;
        tokio::select! {
            moved = self.line.moved(self.accepting.len() <= usize::from(IN_FLIGHT_MAX)) => match moved? {
                Moved::Heard => {
                    self.heard_at = Instant::now();
                    Ok(())
                }
                Moved::Said => Ok(()),
                Moved::Closed => Err(Ended::Closed),
            },
            Some(settled) = self.accepting.next(), if !self.accepting.is_empty() => self.settle(settled, true),
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
                let code =
                    if self.taken.remove(&packet_id) { reason::SUCCESS } else { reason::PACKET_ID_UNKNOWN };
                let kind = AckKind::Pubcomp;
                self.say(&Packet::Ack(Ack { kind, packet_id, code, reason_string: None }));
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
        if qos == Qos::ExactlyOnce && packet_id.is_some_and(|id| self.taken.contains(&id)) {
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
            self.taken.insert(packet_id);
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
