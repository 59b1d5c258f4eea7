//! Mishaps (异常): what of a thing was refused or flagged, counted by name, for whoever keeps it.
//!
//! They are counted in memory and written now and then, so that a flood of bad frames costs no write each.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use baotu_vocabulary::{Moment, ThingId};
use jiff::civil::Date;

/// Characters of a detail that are kept.
const DETAIL_CHARACTERS_MAX: usize = 200;
/// Counters of which the next writing is waited for at most; further ones are joined under [`OTHERS`].
const COUNTERS_MAX: usize = 200_000;
/// The name of what is no longer told apart.
pub const OTHERS: &str = "others";

/// What happened to a thing's messages on a day, by one name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mishap {
    /// Its name, for example `clock-ahead`.
    pub code: String,
    /// On which day of the city.
    pub day: Date,
    /// How often.
    pub count: u64,
    /// When it last happened.
    pub last_at: Moment,
    /// What was wrong the last time; never a secret and nothing of a person.
    pub detail: String,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Counter {
    thing: ThingId,
    day: Date,
    code: String,
}

#[derive(Clone, Debug)]
struct Counted {
    count: u64,
    last_at: Moment,
    detail: String,
}

/// The mishaps that are not written yet.
#[derive(Debug, Default)]
pub(crate) struct Mishaps(Mutex<BTreeMap<Counter, Counted>>);

impl Mishaps {
    /// Counts one.
    pub(crate) fn count(&self, thing: ThingId, code: &str, detail: &str, day: Date, now: Moment) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counter = Counter { thing, day, code: code.to_owned() };
        if counters.len() >= COUNTERS_MAX && !counters.contains_key(&counter) {
            counter.code = OTHERS.to_owned();
        }
        let detail: String = detail.chars().take(DETAIL_CHARACTERS_MAX).collect();
        let counted =
            counters.entry(counter).or_insert(Counted { count: 0, last_at: now, detail: String::new() });
        counted.count += 1;
        counted.last_at = now;
        counted.detail = detail;
    }

    /// Takes what is not written yet.
    pub(crate) fn take(&self) -> Vec<(ThingId, Mishap)> {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = std::mem::take(&mut *counters);
        drop(counters);
        taken.into_iter().map(told).collect()
    }

    /// What is not written yet of one thing.
    pub(crate) fn of(&self, thing: ThingId) -> Vec<Mishap> {
        let counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = counters.iter().filter(|(counter, _)| counter.thing == thing);
        own.map(|(counter, counted)| told((counter.clone(), counted.clone())).1).collect()
    }

    /// Gives back what could not be written.
    pub(crate) fn give_back(&self, mishaps: Vec<(ThingId, Mishap)>) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (thing, mishap) in mishaps {
            let counter = Counter { thing, day: mishap.day, code: mishap.code };
            let (last_at, detail) = (mishap.last_at, mishap.detail);
            let counted = counters.entry(counter).or_insert(Counted { count: 0, last_at, detail });
            counted.count += mishap.count;
        }
    }
}

fn told((counter, counted): (Counter, Counted)) -> (ThingId, Mishap) {
    let Counted { count, last_at, detail } = counted;
    (counter.thing, Mishap { code: counter.code, day: counter.day, count, last_at, detail })
}
