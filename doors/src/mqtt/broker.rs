//! The broker: what its connections share, the server's own publishes, and the housekeeping of sessions and wills.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use baotu_vocabulary::Surroundings;
use bytes::Bytes;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::time::{Instant, sleep_until, timeout};

use super::codec::{Broken, Qos};
use super::gate::Gate;
use super::limits::Limits;
use super::session::Will;
use super::sessions::{Delivered, Sessions};
use super::sink::{Extras, Publish, Sink};
use super::topic::{is_topic, is_within};

/// Seconds that a client is given to read the last word of a connection.
const SAY_LAST_SECONDS: u64 = 2;

/// Seconds in which a client that was told the end may still be sending.
const LINGER_SECONDS: u64 = 2;

/// What a broker is made of.
pub struct BrokerParts {
    /// Who may come in.
    pub gate: Arc<dyn Gate>,
    /// Who takes what is published.
    pub sink: Arc<dyn Sink>,
    /// The time of messages, and chance for client identifiers.
    pub surroundings: Arc<dyn Surroundings>,
    /// What is allowed.
    pub limits: Limits,
}

/// How much a broker holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Clients that are connected.
    pub connected: usize,
    /// Sessions, connected or not.
    pub sessions: usize,
    /// Topics with a retained message.
    pub retained: usize,
    /// What was refused or dropped since the start, by name.
    pub refused: BTreeMap<&'static str, u64>,
}

/// An MQTT 3.1.1 and 5 broker. Clones are the same broker.
///
/// Sessions, queues and retained messages are in memory: they outlive connections, not the process. A device's message
/// that was acknowledged is with the [`Sink`], whatever becomes of the process; a device that finds no session after a
/// restart (Session Present 0) subscribes anew, as every client must be able to (MQTT-3.2.2-4, -5).
#[derive(Clone)]
pub struct Broker(pub(super) Arc<Shared>);

/// What all connections of a broker share.
pub(crate) struct Shared {
    pub(crate) gate: Arc<dyn Gate>,
    pub(crate) sink: Arc<dyn Sink>,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) limits: Limits,
    /// A permit for each connection.
    pub(crate) room: Arc<Semaphore>,
    /// True when the broker closes.
    pub(crate) closing: watch::Sender<bool>,
    sessions: Mutex<Sessions>,
    /// Told when something may be due earlier than housekeeping knows.
    due: Arc<Notify>,
}

impl Broker {
    /// A broker that listens nowhere yet; see [`Broker::serve`].
    ///
    /// # Panics
    /// Outside a tokio runtime, in which sessions are kept tidy.
    #[must_use]
    pub fn new(parts: BrokerParts) -> Self {
        let BrokerParts { gate, sink, surroundings, limits } = parts;
        let room = Arc::new(Semaphore::new(limits.connections_max.min(Semaphore::MAX_PERMITS)));
        let sessions = Mutex::new(Sessions::new(limits.clone()));
        let (closing, due) = (watch::Sender::new(false), Arc::new(Notify::new()));
        let shared = Arc::new(Shared { gate, sink, surroundings, limits, room, closing, sessions, due });
        tokio::spawn(keep_tidy(Arc::downgrade(&shared), Arc::clone(&shared.due), shared.closing.subscribe()));
        Self(shared)
    }

    /// Publishes a message of the server itself, such as a command to a device. It passes neither gate nor sink: whoever
    /// calls has made durable what must be.
    ///
    /// # Errors
    /// A topic that is none, or longer or deeper than allowed.
    pub fn publish(
        &self,
        topic: &str,
        payload: impl Into<Bytes>,
        qos: Qos,
        retain: bool,
    ) -> Result<Delivered, Broken> {
        self.publish_with(topic, payload, qos, retain, Extras::default())
    }

    /// As [`Broker::publish`], with what MQTT 5 passes on: an expiry for a command, where its answer is awaited.
    ///
    /// # Errors
    /// A topic that is none, or longer or deeper than allowed.
    pub fn publish_with(
        &self,
        topic: &str,
        payload: impl Into<Bytes>,
        qos: Qos,
        retain: bool,
        extras: Extras,
    ) -> Result<Delivered, Broken> {
        if !is_topic(topic) || !is_within(topic, &self.0.limits) {
            return Err(Broken::TopicInvalid);
        }
        let (payload, received, topic) = (payload.into(), self.0.surroundings.now(), topic.to_owned());
        let publish = Publish { topic, payload, qos, retain, duplicate: false, extras, received };
        Ok(self.0.sessions().route(&Arc::new(publish), None, Instant::now()))
    }

    /// Ends the connections of a principal whose credentials no longer hold (MQTT 5 is told 0x87); how many there were.
    #[must_use = "0 says that it was not connected"]
    pub fn revoke(&self, principal: &str) -> usize {
        self.0.sessions().revoke(principal)
    }

    /// How much the broker holds, and what it refused.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let sessions = self.0.sessions();
        let (count, connected, retained) = sessions.sizes();
        Counts { connected, sessions: count, retained, refused: sessions.tally.clone() }
    }

    /// Lets nobody in any more, tells every client that the server shuts down (0x8B), waits until what they published
    /// has settled with the sink. Afterwards the broker can't be used again.
    pub async fn close(&self) {
        self.0.closing.send_replace(true);
        let all = u32::try_from(self.0.limits.connections_max).unwrap_or(u32::MAX);
        // The permits come back as the connections end; the semaphore is never closed.
        let _ = self.0.room.acquire_many(all).await;
    }
}

impl Shared {
    /// The sessions, locked; nothing that waits may be done while holding them.
    pub(crate) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A client identifier for a client that sent none (3.1.3.1).
    pub(crate) fn fresh_client_id(&self) -> String {
        let chance = self.surroundings.chance();
        chance.iter().fold("baotu-".to_owned(), |id, byte| format!("{id}{byte:02x}"))
    }

    /// How long a client is given to read the last word.
    pub(crate) fn say_last(&self) -> Duration {
        Duration::from_secs(SAY_LAST_SECONDS)
    }

    /// How long a client that was told the end is heard.
    pub(crate) fn linger(&self) -> Duration {
        Duration::from_secs(LINGER_SECONDS)
    }

    /// How long a message that is with the sink is awaited after its connection has ended.
    pub(crate) fn patience(&self) -> Duration {
        Duration::from_secs(self.limits.settle_seconds_max.saturating_mul(6))
    }

    /// Tells housekeeping that something may be due earlier.
    pub(crate) fn due_changed(&self) {
        self.due.notify_one();
    }

    /// Publishes a will, as if its client had published it now: through the sink, then to those who asked.
    pub(crate) async fn publish_will(&self, will: Will) {
        let Will { principal, mut publish, .. } = will;
        publish.received = self.surroundings.now();
        let publish = Arc::new(publish);
        match timeout(self.patience(), self.sink.accept(&principal, &publish)).await {
            Ok(Ok(_)) => {
                self.sessions().route(&publish, None, Instant::now());
            }
            Ok(Err(refused)) => self.sessions().count(refused.name(), 1),
            Err(_) => self.sessions().count("sink_slow", 1),
        }
    }
}

/// Ends sessions and sends wills when their time has come, for as long as the broker lives.
async fn keep_tidy(shared: Weak<Shared>, due: Arc<Notify>, mut closing: watch::Receiver<bool>) {
    loop {
        let next = {
            let Some(shared) = shared.upgrade() else { return };
            let wills = shared.sessions().sweep(Instant::now());
            for will in wills {
                let shared = Arc::clone(&shared);
                tokio::spawn(async move { shared.publish_will(will).await });
            }
            shared.sessions().next_due()
        };
        let wait = async {
            match next {
                Some(at) => sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = due.notified() => {}
            _ = closing.changed() => return,
        }
    }
}
