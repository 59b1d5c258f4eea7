//! Joining messages that came in several packets (Flag D, PNUM, PNO): by device, command and DataTime, since each packet
//! has a QN of its own.
//!
//! Nothing here reads a clock: who holds the set says when packets are too old to be waited for.

use std::collections::{BTreeMap, HashMap};
use std::fmt;

use baotu_vocabulary::Moment;

use super::code::{Command, DeviceId, Flag};
use super::encode::{PACKETS_MAX, is_data_time};
use super::message::Message;
use super::text::Text;

/// Messages that one set waits for at most; the one that has waited longest gives way.
pub const WAITING_MESSAGES_MAX: usize = 256;
/// Bytes of names and values that one set keeps at most; the message that has waited longest gives way.
pub const WAITING_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Bytes that a pair costs beside its name and value, roughly.
const PAIR_BYTES: usize = 64;

/// Messages whose packets have not all come yet.
#[derive(Default)]
pub struct Waiting {
    messages: HashMap<Key, Parts>,
    bytes: usize,
    /// Counts up with each message begun, so that the oldest is known.
    next: u64,
    given_up: u64,
}

#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    device: Option<DeviceId>,
    command: Command,
    data_time: Option<Text>,
}

struct Parts {
    order: u64,
    since: Moment,
    total: u32,
    bytes: usize,
    came: BTreeMap<u32, Message>,
}

/// What became of a message that was added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Joined {
    /// A whole message: one that was never in packets, or the last packet has come. It has the QN of the first packet
    /// and neither D, PNUM nor PNO.
    Whole(Message),
    /// More packets are awaited.
    Waits {
        /// Packets that have come.
        came: usize,
        /// Packets in all.
        total: u32,
    },
    /// The same packet has come before; the earlier one is kept.
    Doubled,
    /// Over [`PACKETS_MAX`] packets, or a packet that is too large to be kept.
    TooLarge,
}

impl Waiting {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a message that came at `now`.
    ///
    /// A packet that says another number of packets than those before it begins the message anew.
    pub fn add(&mut self, message: Message, now: Moment) -> Joined {
        let Some(packet) = message.packet.filter(|packet| packet.total > 1) else {
            return Joined::Whole(undivided(message));
        };
        let bytes = cost(&message);
        if packet.total > PACKETS_MAX
            || !(1..=packet.total).contains(&packet.number)
            || bytes > WAITING_BYTES_MAX
        {
            return Joined::TooLarge;
        }
        let data_time = message.value("DataTime").cloned();
        let key = Key { device: message.device.clone(), command: message.command, data_time };
        if self.messages.get(&key).is_some_and(|parts| parts.total != packet.total) {
            self.give_up(&key);
        }
        if self.messages.get(&key).is_some_and(|parts| parts.came.contains_key(&packet.number)) {
            return Joined::Doubled;
        }
        self.make_room(bytes, &key);
        self.next += 1;
        let order = self.next;
        let parts = self.messages.entry(key.clone()).or_insert_with(|| Parts {
            order,
            since: now,
            total: packet.total,
            bytes: 0,
            came: BTreeMap::new(),
        });
        parts.came.insert(packet.number, message);
        parts.bytes += bytes;
        self.bytes += bytes;
        let came = parts.came.len();
        if u32::try_from(came).is_ok_and(|came| came < packet.total) {
            return Joined::Waits { came, total: packet.total };
        }
        let whole = self.remove(&key).and_then(|parts| joined(parts.came));
        whole.map_or(Joined::TooLarge, Joined::Whole)
    }

    /// Gives up the messages that began before `moment`, and tells how many.
    pub fn give_up_before(&mut self, moment: Moment) -> usize {
        let old: Vec<Key> = self
            .messages
            .iter()
            .filter(|(_, parts)| parts.since < moment)
            .map(|(key, _)| key.clone())
            .collect();
        for key in &old {
            self.give_up(key);
        }
        old.len()
    }

    /// Messages that are waited for; at most [`WAITING_MESSAGES_MAX`].
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether nothing is waited for.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// Bytes kept; at most [`WAITING_BYTES_MAX`].
    pub const fn kept_bytes(&self) -> usize {
        self.bytes
    }

    /// Messages that were given up so far.
    pub const fn given_up(&self) -> u64 {
        self.given_up
    }

    /// Gives up what has waited longest until there is room for `bytes` more of the message `key`.
    fn make_room(&mut self, bytes: usize, key: &Key) {
        loop {
            let is_full = !self.messages.contains_key(key) && self.messages.len() >= WAITING_MESSAGES_MAX;
            if !is_full && self.bytes + bytes <= WAITING_BYTES_MAX {
                return;
            }
            let oldest =
                self.messages.iter().min_by_key(|(_, parts)| parts.order).map(|(key, _)| key.clone());
            let Some(oldest) = oldest else { return };
            self.give_up(&oldest);
        }
    }

    fn give_up(&mut self, key: &Key) {
        self.given_up += u64::from(self.remove(key).is_some());
    }

    fn remove(&mut self, key: &Key) -> Option<Parts> {
        let parts = self.messages.remove(key)?;
        self.bytes -= parts.bytes;
        Some(parts)
    }
}

impl fmt::Debug for Waiting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting")
            .field("messages", &self.messages.len())
            .field("bytes", &self.bytes)
            .field("given_up", &self.given_up)
            .finish_non_exhaustive()
    }
}

/// The parts in the order of their numbers; the DataTime that each repeats is kept once.
fn joined(came: BTreeMap<u32, Message>) -> Option<Message> {
    let mut parts = came.into_values();
    let mut whole = parts.next()?;
    for part in parts {
        whole.items.extend(part.items.into_iter().filter(|item| !is_data_time(item)));
    }
    Some(undivided(whole))
}

/// The message without the signs of a packet: D, PNUM and PNO.
fn undivided(message: Message) -> Message {
    let flag = message.flag.map(|flag| Flag::new(flag.version(), false, flag.wants_answer()));
    Message { flag, packet: None, ..message }
}

fn cost(message: &Message) -> usize {
    let pairs = message.pairs().chain(&message.others);
    pairs.map(|pair| pair.name.bytes().len() + pair.value.bytes().len() + PAIR_BYTES).sum::<usize>()
        + PAIR_BYTES
}
