//! One client's connection, from CONNECT to its end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use futures::stream::FuturesOrdered;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::accepting::{Accepting, Settled, Verdict};
use super::broker::Shared;
use super::codec::{Ack, AckKind, Broken, Disconnect, Packet, Properties, Protocol, Qos, encode, reason};
use super::entrance::{Entered, Origin, enter};
use super::line::{Line, Moved};
use super::session::Order;
use super::sessions::Detached;

/// Bytes that may wait to be said before the session is asked for more, and before the client is no longer heard.
const SAID_BYTES_MAX: (usize, usize) = (32 * 1024, 256 * 1024);

/// Why a connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// DISCONNECT of the client.
    Disconnect { with_will: bool, expiry_seconds: Option<u32> },
    /// The client closed, or the network failed.
    Lost,
    /// What the client sent is wrong, or late.
    Broken(Broken),
    /// Told from outside.
    Ordered(Order),
    /// The broker closes.
    Shutdown,
    /// The sink did not take a message now, and MQTT 3.1.1 has no word for it.
    Unsaved,
}

impl Ending {
    /// Its name, for counting.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Disconnect { .. } => "disconnect",
            Self::Lost => "lost",
            Self::Broken(broken) => broken.name(),
            Self::Ordered(Order::TakenOver) => "taken_over",
            Self::Ordered(Order::Revoked) => "revoked",
            Self::Shutdown => "shutdown",
            Self::Unsaved => "unsaved",
        }
    }

    /// The reason code that the client is told, when it is there to hear it.
    fn reason(self) -> Option<u8> {
        match self {
            Self::Disconnect { .. } | Self::Lost => None,
            Self::Broken(broken) => Some(broken.reason()),
            Self::Ordered(Order::TakenOver) => Some(reason::TAKEN_OVER),
            Self::Ordered(Order::Revoked) => Some(reason::NOT_AUTHORISED),
            Self::Shutdown => Some(reason::SHUTDOWN),
            Self::Unsaved => Some(reason::IMPLEMENTATION),
        }
    }

    fn detached(self) -> Detached {
        match self {
            Self::Disconnect { with_will, expiry_seconds } => {
                Detached { drops_will: !with_will, expiry_seconds }
            }
            _ => Detached { drops_will: false, expiry_seconds: None },
        }
    }
}

impl From<Broken> for Ending {
    fn from(broken: Broken) -> Self {
        Self::Broken(broken)
    }
}

/// Speaks with one client until it is gone, and settles what it left.
pub(crate) async fn speak<S: AsyncRead + AsyncWrite>(shared: Arc<Shared>, stream: S, origin: Origin) {
    let mut line = Line::new(stream);
    // What is needed to let a client in is given back before it may be idle for days.
    let Some(entered) = Box::pin(enter(&shared, &mut line, origin)).await else { return };
    let mut connection = Connection::new(&shared, &mut line, &entered);
    let ending = connection.talk().await;
    Box::pin(connection.wind_up(ending)).await;
}

/// A client that is in.
pub(crate) struct Connection<'a, S> {
    pub(crate) shared: &'a Shared,
    pub(crate) line: &'a mut Line<S>,
    pub(crate) entered: &'a Entered,
    /// Its messages that are not answered.
    pub(crate) accepting: FuturesOrdered<Accepting>,
    /// Bytes of their payloads.
    pub(crate) accepting_bytes: usize,
    /// Packet identifiers of its messages that are not completed: not answered, or (QoS 2) waiting for PUBREL.
    pub(crate) open: BTreeSet<u16>,
    /// Topics that it gave aliases, from alias 1.
    pub(crate) aliases: Vec<Option<String>>,
    heard_at: Instant,
    begun_at: Option<Instant>,
}

impl<'a, S: AsyncRead + AsyncWrite> Connection<'a, S> {
    fn new(shared: &'a Shared, line: &'a mut Line<S>, entered: &'a Entered) -> Self {
        Self {
            shared,
            line,
            entered,
            accepting: FuturesOrdered::new(),
            accepting_bytes: 0,
            open: BTreeSet::new(),
            aliases: Vec::new(),
            heard_at: Instant::now(),
            begun_at: None,
        }
    }

    async fn talk(&mut self) -> Ending {
        let mut closing = self.shared.closing.subscribe();
        loop {
            if let Err(ending) = self.turn(&mut closing).await {
                return ending;
            }
        }
    }

    /// Does what can be done, then waits for the next thing to happen.
    async fn turn(&mut self, closing: &mut watch::Receiver<bool>) -> Result<(), Ending> {
        self.read_packets()?;
        self.pull()?;
        let silent_at = self.entered.silence_max.map(|silence| (self.heard_at + silence, Broken::KeepAlive));
        let frame_max = Duration::from_secs(self.shared.limits.frame_seconds_max);
        let unfinished_at = self.begun_at.map(|begun| (begun + frame_max, Broken::FrameUnfinished));
        let deadline = silent_at.into_iter().chain(unfinished_at).min_by_key(|(at, _)| *at);
        let late = async {
            match deadline {
                Some((at, broken)) => {
                    sleep_until(at).await;
                    broken
                }
                None => std::future::pending().await,
            }
        };
        let may_hear = self.has_room();
        tokio::select! {
            moved = self.line.moved(may_hear) => match moved {
                Ok(Moved::Heard | Moved::Said) => Ok(()),
                Ok(Moved::Closed) | Err(_) => Err(Ending::Lost),
            },
            Some(settled) = self.accepting.next(), if !self.accepting.is_empty() => self.settle(settled, true),
            () = self.entered.wake.notified() => Ok(()),
            broken = late => Err(broken.into()),
            _ = closing.wait_for(|is_closing| *is_closing) => Err(Ending::Shutdown),
        }
    }

    /// Whether more packets of the client may be read now. One more than the receive maximum is read, so that a client
    /// that goes beyond it is told.
    fn has_room(&self) -> bool {
        self.accepting.len() <= usize::from(self.shared.limits.publishes_in_flight_max)
            && self.accepting_bytes <= self.shared.limits.in_flight_bytes_max
            && self.line.said.len() < SAID_BYTES_MAX.1
    }

    fn read_packets(&mut self) -> Result<(), Ending> {
        while self.has_room() {
            let bytes_max = self.shared.limits.packet_bytes_max;
            let Some(packet) = self.line.packet(self.entered.protocol, bytes_max)? else {
                let is_begun = !self.line.heard().is_empty();
                self.begun_at = is_begun.then(|| self.begun_at.unwrap_or_else(Instant::now));
                return Ok(());
            };
            self.begun_at = None;
            self.heard_at = Instant::now();
            self.handle(packet)?;
        }
        // What waits here waits for us, not for the client.
        self.begun_at = None;
        self.heard_at = Instant::now();
        Ok(())
    }

    fn handle(&mut self, packet: Packet) -> Result<(), Ending> {
        match packet {
            Packet::Publish(publish) => self.publish(*publish),
            Packet::Ack(ack) => {
                if ack.kind == AckKind::Pubrel {
                    self.open.remove(&ack.packet_id);
                }
                let mut sessions = self.shared.sessions();
                let session = sessions.get(&self.entered.name);
                Ok(session.map_or(Ok(()), |session| session.acknowledged(&ack, &mut self.line.said))?)
            }
            Packet::Subscribe(subscribe) => self.subscribe(&subscribe),
            Packet::Unsubscribe(unsubscribe) => self.unsubscribe(&unsubscribe),
            Packet::Pingreq => {
                self.say(&Packet::Pingresp);
                Ok(())
            }
            Packet::Disconnect(disconnect) => Err(self.disconnect(&disconnect)),
            Packet::Auth => Err(Broken::AuthUnexpected.into()),
            Packet::Connect(_) => Err(Broken::ConnectTwice.into()),
            Packet::Connack(_) | Packet::Suback(_) | Packet::Unsuback(_) | Packet::Pingresp => {
                Err(Broken::Direction.into())
            }
        }
    }

    fn disconnect(&self, disconnect: &Disconnect) -> Ending {
        let expiry_seconds = disconnect.properties.session_expiry;
        if disconnect.properties.server_reference.is_some() {
            // 3.14.2.2.5: only a server sends it.
            return Broken::PropertyMisplaced.into();
        }
        if self.entered.is_passing && expiry_seconds.is_some_and(|seconds| seconds > 0) {
            return Broken::ExpiryRaised.into();
        }
        // 3.1.2.5: only a normal disconnection, code 0, drops the will.
        Ending::Disconnect { with_will: disconnect.code != reason::SUCCESS, expiry_seconds }
    }

    /// Takes from the session what the client is ready for, and its orders.
    fn pull(&mut self) -> Result<(), Ending> {
        let mut sessions = self.shared.sessions();
        let Some(session) = sessions.get(&self.entered.name) else { return Ok(()) };
        if let Some(order) = session.link.as_ref().and_then(|link| link.order) {
            return Err(Ending::Ordered(order));
        }
        let left_out = session.pull(Instant::now(), &mut self.line.said, SAID_BYTES_MAX.0);
        sessions.count("message_expired", left_out.expired);
        sessions.count("message_too_large_for_client", left_out.too_large);
        Ok(())
    }

    /// Routes a message that the sink answered for, and answers its client when `is_answered`.
    fn settle(&mut self, settled: Settled, is_answered: bool) -> Result<(), Ending> {
        let Settled { publish, packet_id, qos, verdict } = settled;
        self.accepting_bytes -= publish.as_ref().map_or(0, |publish| publish.payload.len());
        let v5 = self.entered.protocol == Protocol::V5;
        let (code, words) = match &verdict {
            Verdict::Accepted | Verdict::Again => (reason::SUCCESS, None),
            Verdict::InUse => (reason::PACKET_ID_IN_USE, None),
            Verdict::Refused(refused) => {
                self.tell_refused(refused);
                if !v5 && refused.passes() && qos != Qos::AtMostOnce {
                    return Err(Ending::Unsaved);
                }
                // MQTT-3.3.5-2 of 3.1.1: what is refused for good is acknowledged, see `PublishRefused`.
                (if v5 { refused.reason() } else { reason::SUCCESS }, Some(refused.to_string()))
            }
        };
        let mut sessions = self.shared.sessions();
        if let (Qos::ExactlyOnce, Some(id), true) = (qos, packet_id, code == reason::SUCCESS)
            && let Some(session) = sessions.get(&self.entered.name)
        {
            session.taken.insert(id);
        }
        if let (Verdict::Accepted, Some(publish)) = (&verdict, &publish) {
            sessions.route(publish, Some(&self.entered.name), Instant::now());
        }
        drop(sessions);
        let Some(packet_id) = packet_id.filter(|_| is_answered) else { return Ok(()) };
        if qos == Qos::AtLeastOnce || code >= 0x80 && !matches!(verdict, Verdict::InUse) {
            self.open.remove(&packet_id);
        }
        let kind = if qos == Qos::AtLeastOnce { AckKind::Puback } else { AckKind::Pubrec };
        let reason_string = words.filter(|_| v5 && self.entered.wants_words);
        self.say(&Packet::Ack(Ack { kind, packet_id, code, reason_string }));
        Ok(())
    }

    /// Says what is left to say, waits for the sink, takes the connection off the session, sends the will.
    async fn wind_up(&mut self, ending: Ending) {
        if let Some(code) = ending.reason() {
            self.shared.sessions().count(ending.name(), 1);
            tracing::debug!(client_id = %self.entered.name, reason = ending.name(), "an MQTT connection is ended");
            if self.entered.protocol == Protocol::V5 {
                let words = if let Ending::Broken(broken) = ending { Some(broken.to_string()) } else { None };
                let reason_string = words.filter(|_| self.entered.wants_words);
                let properties = Properties { reason_string, ..Properties::default() };
                self.say(&Packet::Disconnect(Disconnect { code, properties }));
            }
        }
        // A client that doesn't read the last word does without it.
        let _ = timeout(self.shared.say_last(), self.line.finish()).await;
        let patience = Instant::now() + self.shared.patience();
        while !self.accepting.is_empty() {
            match timeout_at(patience, self.accepting.next()).await {
                Ok(Some(settled)) => {
                    // It is over for this connection either way.
                    let _ = self.settle(settled, false);
                }
                Ok(None) => break,
                Err(_) => {
                    self.shared.sessions().count("sink_slow", 1);
                    break;
                }
            }
        }
        let name = &self.entered.name;
        let will = self.shared.sessions().detach(name, ending.detached(), Instant::now());
        self.shared.due_changed();
        self.shared.gate.disconnected(&self.entered.principal, name, ending.name());
        if let Some(will) = will {
            self.shared.publish_will(will).await;
        }
        if ending.reason().is_some() {
            // A client that doesn't close is not waited for.
            let _ = timeout(self.shared.linger(), self.line.linger()).await;
        }
    }

    /// Lets a packet be said.
    pub(crate) fn say(&mut self, packet: &Packet) {
        encode(packet, self.entered.protocol, &mut self.line.said);
    }
}
