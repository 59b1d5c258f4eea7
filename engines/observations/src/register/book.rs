//! The register in memory: every thing by its id and code, every series by its number.
//!
//! It is read for each message, so that a database that is away for a while stops nobody from reporting.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use baotu_vocabulary::{Moment, PropertyName, ThingId};

use crate::reading::SeriesNumber;
use crate::thing::{SecretDigest, Thing};

/// A thing as the register has it.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) thing: Thing,
    pub(crate) secret: SecretDigest,
    /// The series of its properties, in the order of its type.
    pub(crate) series: Vec<(PropertyName, SeriesNumber)>,
    pub(crate) presence: Arc<Presence>,
}

impl Entry {
    pub(crate) fn series(&self, property: &PropertyName) -> Option<SeriesNumber> {
        self.series.iter().find(|(name, _)| name == property).map(|(_, number)| *number)
    }
}

/// When a thing was last heard.
#[derive(Debug)]
pub(crate) struct Presence {
    seen_at: AtomicI64,
    is_written: AtomicBool,
}

/// What stands for "never".
const NEVER: i64 = i64::MIN;

impl Presence {
    pub(crate) fn new(seen_at: Option<Moment>) -> Self {
        Self {
            seen_at: AtomicI64::new(seen_at.map_or(NEVER, Moment::micros)),
            is_written: AtomicBool::new(true),
        }
    }

    pub(crate) fn seen_at(&self) -> Option<Moment> {
        let micros = self.seen_at.load(Ordering::Relaxed);
        (micros != NEVER).then(|| Moment::from_micros(micros))
    }

    pub(crate) fn seen(&self, now: Moment) {
        self.seen_at.fetch_max(now.micros(), Ordering::Relaxed);
        self.is_written.store(false, Ordering::Relaxed);
    }

    /// When it was last heard, if that is not written yet; from now on it counts as written.
    pub(crate) fn to_write(&self) -> Option<Moment> {
        let was_written = self.is_written.swap(true, Ordering::Relaxed);
        if was_written { None } else { self.seen_at() }
    }
}

/// All entries.
#[derive(Debug, Default)]
pub(crate) struct Book {
    by_id: HashMap<ThingId, Arc<Entry>>,
    by_code: BTreeMap<String, Arc<Entry>>,
    by_series: HashMap<SeriesNumber, (ThingId, PropertyName)>,
}

impl Book {
    /// Puts an entry in the place of the one before it.
    pub(crate) fn put(&mut self, entry: Entry) {
        for (property, number) in &entry.series {
            self.by_series.insert(*number, (entry.thing.id, property.clone()));
        }
        let entry = Arc::new(entry);
        self.by_code.insert(entry.thing.code.clone(), Arc::clone(&entry));
        self.by_id.insert(entry.thing.id, entry);
    }

    pub(crate) fn by_id(&self, id: ThingId) -> Option<Arc<Entry>> {
        self.by_id.get(&id).cloned()
    }

    pub(crate) fn by_code(&self, code: &str) -> Option<Arc<Entry>> {
        self.by_code.get(code).cloned()
    }

    pub(crate) fn of_series(&self, number: SeriesNumber) -> Option<&(ThingId, PropertyName)> {
        self.by_series.get(&number)
    }

    /// The entries whose code comes after `after`, by code.
    pub(crate) fn after<'a>(&'a self, after: &str) -> impl Iterator<Item = &'a Arc<Entry>> {
        use std::ops::Bound::{Excluded, Unbounded};
        self.by_code.range::<str, _>((Excluded(after), Unbounded)).map(|(_, entry)| entry)
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Arc<Entry>> {
        self.by_code.values()
    }
}
