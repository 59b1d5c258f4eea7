//! All sessions of a broker, who asked for what, and what is retained: the state that every connection shares.
//!
//! Pure: no socket and no clock; the present instant is passed in. It is held under one lock, and nothing in here waits.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::sync::futures::OwnedNotified;
use tokio::time::Instant;

use super::codec::{Filter, Qos, reason};
use super::gate::Principal;
use super::limits::Limits;
use super::retained::{Kept, Retained};
use super::session::{Agreed, Order, Queued, Session, Will};
use super::sink::Publish;
use super::topic::shared;
use super::tree::{Asked, Tree};

/// How many clients a message went to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Delivered {
    /// Sessions that the message waits in or was sent to.
    pub sessions: usize,
    /// How many of these are connected.
    pub connected: usize,
}

/// What became of a connection's wish to speak for a session.
pub(crate) enum Attached {
    /// It does.
    Done {
        /// Whether there was a session to go on with.
        present: bool,
        /// Told when there is something to pull, or an order.
        wake: Arc<Notify>,
    },
    /// Another connection speaks for it and was told to go.
    Wait(OwnedNotified),
    /// The session belongs to another principal.
    OfAnother,
    /// There are as many sessions as allowed.
    Full,
}

/// How a connection ended, for its session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Detached {
    /// Whether its will is dropped (MQTT-3.14.4-3).
    pub(crate) drops_will: bool,
    /// Seconds that the session lives on, when DISCONNECT told it (3.14.2.2.2).
    pub(crate) expiry_seconds: Option<u32>,
}

/// The state that all connections share.
#[derive(Debug)]
pub(crate) struct Sessions {
    limits: Limits,
    by_name: HashMap<Arc<str>, Session>,
    tree: Tree,
    retained: Retained,
    /// When a session has a will to send or ends.
    due: BTreeSet<(Instant, Arc<str>)>,
    connected: usize,
    /// What was refused or dropped, by name.
    pub(crate) tally: BTreeMap<&'static str, u64>,
}

impl Sessions {
    /// No session yet.
    pub(crate) fn new(limits: Limits) -> Self {
        Self {
            limits,
            by_name: HashMap::new(),
            tree: Tree::default(),
            retained: Retained::default(),
            due: BTreeSet::new(),
            connected: 0,
            tally: BTreeMap::new(),
        }
    }

    /// Counts one thing that was refused or dropped.
    pub(crate) fn count(&mut self, name: &'static str, times: u64) {
        if times > 0 {
            *self.tally.entry(name).or_default() += times;
            metrics::counter!("baotu_mqtt_refused_total", "reason" => name).increment(times);
        }
    }

    /// Sessions, connections among them, topics with a retained message.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        (self.by_name.len(), self.connected, self.retained.len())
    }

    /// The session of a client.
    pub(crate) fn get(&mut self, name: &str) -> Option<&mut Session> {
        self.by_name.get_mut(name)
    }

    /// Lets a connection speak for the session `name` of `principal`. A will that waits is dropped when its session goes
    /// on (MQTT-3.1.3-9), and handed out in `wills` when the session ends here; one that is past its time does (4.1.0-2).
    pub(crate) fn attach(
        &mut self,
        name: &Arc<str>,
        principal: &Principal,
        agreed: Agreed,
        now: Instant,
        wills: &mut Vec<Will>,
    ) -> Attached {
        if let Some(session) = self.by_name.get_mut(name) {
            if session.principal != *principal {
                return Attached::OfAnother;
            }
            if let Some(link) = &mut session.link {
                let waiting = Arc::clone(&link.gone).notified_owned();
                link.order = Some(Order::TakenOver);
                link.wake.notify_one();
                return Attached::Wait(waiting);
            }
            let is_over = session.ends.is_some_and(|ends| ends <= now);
            self.forget_due(name);
            if agreed.is_clean || is_over {
                wills.extend(self.end(name));
            }
        }
        let present = self.by_name.contains_key(name);
        if !present && self.by_name.len() >= self.limits.sessions_max {
            return Attached::Full;
        }
        let session = self
            .by_name
            .entry(Arc::clone(name))
            .or_insert_with(|| Session::new(Arc::clone(name), Arc::clone(principal)));
        session.expiry_seconds = agreed.expiry_seconds.min(self.limits.session_seconds_max);
        let wake = session.attach(agreed, &self.limits);
        self.connected += 1;
        Attached::Done { present, wake }
    }

    /// Takes the connection off its session; the will that is to be published at once, if any.
    pub(crate) fn detach(&mut self, name: &str, detached: Detached, now: Instant) -> Option<Will> {
        let session = self.by_name.get_mut(name)?;
        let link = session.link.take()?;
        self.connected -= 1;
        link.gone.notify_waiters();
        if let Some(seconds) = detached.expiry_seconds {
            session.expiry_seconds = seconds.min(self.limits.session_seconds_max);
        }
        let will = link.will.filter(|_| !detached.drops_will);
        if session.expiry_seconds == 0 {
            self.end(name);
            return will.map(|will| *will);
        }
        session.forget_unsure();
        let ends = now + Duration::from_secs(session.expiry_seconds.into());
        session.ends = Some(ends);
        self.due.insert((ends, Arc::clone(&session.name)));
        match will {
            Some(will) if will.delay_seconds > 0 => {
                let at = now + Duration::from_secs(will.delay_seconds.into());
                self.due.insert((at, Arc::clone(&session.name)));
                session.will = Some((at, will));
                None
            }
            will => will.map(|will| *will),
        }
    }

    /// Tells the connections of `principal` to end; how many were told. Its sessions stay until they expire.
    pub(crate) fn revoke(&mut self, principal: &str) -> usize {
        let links = self.by_name.values_mut().filter(|session| &*session.principal == principal);
        links
            .filter_map(|session| session.link.as_mut())
            .map(|link| {
                link.order = Some(Order::Revoked);
                link.wake.notify_one();
            })
            .count()
    }

    fn forget_due(&mut self, name: &Arc<str>) {
        let Some(session) = self.by_name.get(name) else { return };
        let instants = [session.ends, session.will.as_ref().map(|(at, _)| *at)];
        for at in instants.into_iter().flatten() {
            self.due.remove(&(at, Arc::clone(name)));
        }
    }

    /// Ends a session; the will that waited for its delay, which is due no later than now (3.1.3.2.2).
    fn end(&mut self, name: &str) -> Option<Will> {
        let session = self.by_name.remove(name)?;
        for filter in &session.filters {
            self.tree.unsubscribe(name, filter);
        }
        session.will.map(|(_, will)| *will)
    }

    /// When the next will is to be sent or the next session ends.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.due.first().map(|(at, _)| *at)
    }

    /// Ends the sessions whose time has come; the wills to be published now.
    pub(crate) fn sweep(&mut self, now: Instant) -> Vec<Will> {
        let mut wills = Vec::new();
        while self.due.first().is_some_and(|(at, _)| *at <= now) {
            let Some((_, name)) = self.due.pop_first() else { break };
            let Some(session) = self.by_name.get_mut(&name) else { continue };
            if session.link.is_some() {
                continue;
            }
            if session.ends.is_some_and(|ends| ends <= now) {
                self.forget_due(&name);
                wills.extend(self.end(&name));
            } else if session.will.as_ref().is_some_and(|(at, _)| *at <= now) {
                wills.extend(session.will.take().map(|(_, will)| *will));
            }
        }
        wills
    }

    /// Enters a subscription of `name`; the code of SUBACK. Retained messages follow as the options say (3.3.1.3).
    pub(crate) fn subscribe(&mut self, name: &str, filter: &Filter, id: Option<u32>, now: Instant) -> u8 {
        let Some(session) = self.by_name.get_mut(name) else { return reason::UNSPECIFIED };
        let is_new = !session.filters.contains(filter.filter.as_str());
        if is_new && session.filters.len() >= self.limits.subscriptions_max {
            return reason::QUOTA;
        }
        session.filters.insert(filter.filter.as_str().into());
        let Filter { qos, no_local, retain_as_published, .. } = *filter;
        let asked = Asked { qos, no_local, retain_as_published, id };
        self.tree.subscribe(&session.name, &filter.filter, asked);
        let wants_retained = match filter.retain_handling {
            0 => true,
            1 => is_new,
            _ => false,
        };
        if wants_retained && shared(&filter.filter).is_none() {
            let room = self.limits.queue_messages_max + self.limits.retained_max;
            let bytes = self.limits.queue_bytes_max + self.limits.retained_bytes_max;
            let ids = id.map(|id| Box::from([id]));
            let mut dropped = 0;
            for Kept { publish, expires } in self.retained.asked(&filter.filter, now) {
                let (publish, expires, ids) = (Arc::clone(publish), *expires, ids.clone());
                let qos = qos.min(publish.qos);
                let is_pushed =
                    session.push(Queued { publish, expires, qos, retain: true, ids }, room, bytes);
                dropped += u64::from(!is_pushed);
            }
            self.count("queue_full", dropped);
        }
        qos.number()
    }

    /// Ends a subscription of `name`; the code of UNSUBACK.
    pub(crate) fn unsubscribe(&mut self, name: &str, filter: &str) -> u8 {
        let removed = self.by_name.get_mut(name).is_some_and(|session| session.filters.remove(filter));
        if removed && self.tree.unsubscribe(name, filter) { reason::SUCCESS } else { reason::NO_SUBSCRIPTION }
    }

    /// Gives a message to everyone who asked for its topic and keeps it when it is to stay; `from` is the session that
    /// published it. A session that asked twice gets it once, with the greatest QoS and all identifiers (MQTT-3.3.4-2).
    pub(crate) fn route(&mut self, publish: &Arc<Publish>, from: Option<&str>, now: Instant) -> Delivered {
        let expires = publish.extras.expiry_seconds.map(|seconds| now + Duration::from_secs(seconds.into()));
        if publish.retain && !self.retained.keep(Kept { publish: Arc::clone(publish), expires }, &self.limits)
        {
            self.count("retained_full", 1);
        }
        let by_name = &self.by_name;
        let is_connected = |name: &str| by_name.get(name).is_some_and(|session| session.link.is_some());
        let mut asking: Vec<(Arc<str>, Asked)> = Vec::new();
        self.tree.asking(&publish.topic, &is_connected, &mut |name, asked| {
            if !(asked.no_local && from == Some(&**name)) {
                asking.push((Arc::clone(name), asked));
            }
        });
        asking.sort_by(|one, other| one.0.cmp(&other.0));
        let mut delivered = Delivered::default();
        let mut full = 0;
        for same in asking.chunk_by(|one, other| one.0 == other.0) {
            let Some(session) = self.by_name.get_mut(&same[0].0) else { continue };
            let greatest = same.iter().map(|(_, asked)| asked.qos).max().unwrap_or(Qos::AtMostOnce);
            let ids: Vec<u32> = same.iter().filter_map(|(_, asked)| asked.id).collect();
            let queued = Queued {
                publish: Arc::clone(publish),
                expires,
                qos: greatest.min(publish.qos),
                retain: publish.retain && same.iter().any(|(_, asked)| asked.retain_as_published),
                ids: (!ids.is_empty()).then(|| ids.into_boxed_slice()),
            };
            let (is_connected, is_sure) = (session.link.is_some(), queued.qos != Qos::AtMostOnce);
            if session.push(queued, self.limits.queue_messages_max, self.limits.queue_bytes_max) {
                delivered.sessions += 1;
                delivered.connected += usize::from(is_connected);
            } else if is_connected || is_sure {
                // A client that is away gets no message of QoS 0, which is no loss to count.
                full += 1;
            }
        }
        self.count("queue_full", full);
        delivered
    }
}
