//! The register of things, and the way by which what they say becomes readings.

mod accept;
mod book;
mod changes;
mod commands;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use baotu_pack::Pack;
use baotu_pack::sensing::ThingType;
use baotu_storage::{Store, StoreFault, Work};
use baotu_vocabulary::{
    DivisionCode, FactFault, Facts, Figure, MethodRefused, Methods, Moment, PropertyName, Surroundings,
    ThingId,
};
use jiff::civil::Date;
use jiff::tz::TimeZone;

pub use accept::{AcceptFailure, AcceptRefused, Accepted};
pub(crate) use book::{Book, Entry, Presence};
pub use changes::{Change, RegisterFailure, Registered};
pub use commands::{COMMANDS_ROWS_MAX, Carrier, CommandFailure};

use crate::contracts::{LATEST, LatestAnswer, LatestQuestion};
use crate::mishap::{Mishap, Mishaps};
use crate::reading::{Reading, SeriesNumber};
use crate::retention::Keep;
use crate::service::Readings;
use crate::store::{ReadingsFault, register as store};
use crate::thing::{SecretDigest, SignInRefused, Thing, ThingState};
use crate::transfer::{Imported, TransferFault};

/// Rows that are written in one unit at most.
const ROWS_AT_A_TIME: usize = 500;

/// Whoever wants to know what was stored, at once; it is told after the acknowledgement may be given and never waited
/// for.
pub trait Hearer: Send + Sync {
    /// These readings are durable.
    fn heard(&self, readings: &[Reading], now: Moment);

    /// These things are registered or changed; it is told before they may speak under what is new.
    fn changed(&self, _things: &[Standing]) {}

    /// What a thing has signed in with is worth nothing any more: it is no longer in use, or has another secret.
    fn signed_out(&self, _thing: &Thing) {}
}

/// What the register is made of.
#[derive(Clone)]
pub struct Parts {
    /// Where things are kept.
    pub store: Store,
    /// What the city declares.
    pub pack: Pack,
    /// Where readings are kept.
    pub readings: Readings,
    /// Time and chance.
    pub surroundings: Arc<dyn Surroundings>,
    /// Who calculates figures.
    pub methods: Arc<dyn Methods>,
    /// Who knows where places are.
    pub facts: Arc<dyn Facts>,
}

/// The things of a city. Cheap to clone.
#[derive(Clone)]
pub struct Things {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    pack: Pack,
    readings: Readings,
    surroundings: Arc<dyn Surroundings>,
    methods: Arc<dyn Methods>,
    facts: Arc<dyn Facts>,
    zone: TimeZone,
    book: RwLock<Book>,
    mishaps: Mishaps,
    hearer: OnceLock<Arc<dyn Hearer>>,
    carrier: OnceLock<Arc<dyn Carrier>>,
}

/// A thing, and how it is now.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The thing.
    pub thing: Thing,
    /// When it was last heard.
    pub seen_at: Option<Moment>,
    /// Whether it was heard lately, as its type declares.
    pub online: bool,
    /// The series of its properties.
    pub series: Vec<(PropertyName, SeriesNumber)>,
}

/// Which things are asked for.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// Of this type.
    pub kind: Option<String>,
    /// Whose unit is this.
    pub unit: Option<String>,
    /// In this division or below it.
    pub division: Option<String>,
    /// In this state.
    pub state: Option<ThingState>,
    /// Heard lately, or not.
    pub online: Option<bool>,
    /// With this in the code, the name or the address.
    pub text: Option<String>,
}

impl Things {
    /// Loads the register; properties that the pack has added since get their series.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn open(parts: Parts) -> Result<Self, StoreFault> {
        let Parts { store, pack, readings, surroundings, methods, facts } = parts;
        let mut series: HashMap<ThingId, Vec<(PropertyName, SeriesNumber)>> = HashMap::new();
        for (number, thing, property) in store::series(&store).await? {
            series.entry(thing).or_default().push((property, number));
        }
        let mut book = Book::default();
        let mut work = Work::new();
        let mut rows = 0;
        for kept in store::things(&store).await? {
            let id = kept.thing.id;
            let mut own = series.remove(&id).unwrap_or_default();
            let declared = pack.thing_type(&kept.thing.kind).map_or(&[][..], |kind| &kind.properties);
            for property in declared {
                if !own.iter().any(|(name, _)| name == property) {
                    let number = next_number(&store).await?;
                    store::insert_series(&mut work, id, property, number);
                    own.push((property.clone(), number));
                    rows += 1;
                }
            }
            if rows >= ROWS_AT_A_TIME {
                store.commit(std::mem::take(&mut work)).await?;
                rows = 0;
            }
            let presence = Arc::new(Presence::new(kept.seen_at));
            book.put(Entry { thing: kept.thing, secret: kept.secret, series: own, presence });
        }
        if !work.is_empty() {
            store.commit(work).await?;
        }
        let zone = pack.calendar().zone().clone();
        let shared = Shared {
            store,
            pack,
            readings,
            surroundings,
            methods,
            facts,
            zone,
            book: RwLock::new(book),
            mishaps: Mishaps::default(),
            hearer: OnceLock::new(),
            carrier: OnceLock::new(),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Tells `hearer` of everything that is stored from now on; the first one stays.
    pub fn tell(&self, hearer: Arc<dyn Hearer>) {
        self.shared.hearer.set(hearer).ok();
    }

    /// The readings themselves.
    pub fn readings(&self) -> &Readings {
        &self.shared.readings
    }

    /// The pack by which things are understood.
    pub fn pack(&self) -> &Pack {
        &self.shared.pack
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.shared.surroundings.now()
    }

    /// Calculates by a method, in the edition that held when the figures were taken.
    pub(crate) fn calculate(
        &self,
        method: &str,
        inputs: &BTreeMap<String, f64>,
        at: Moment,
    ) -> Result<Figure, MethodRefused> {
        self.shared.methods.calculate(method, inputs, self.day(at))
    }

    /// The time zone of the city.
    pub fn zone(&self) -> &TimeZone {
        &self.shared.zone
    }

    /// Lets a thing in by the code that stands on it and its secret.
    ///
    /// # Errors
    /// When one of both is wrong, or the thing is not in use.
    pub fn sign_in(&self, code: &str, secret: &str) -> Result<ThingId, SignInRefused> {
        let entry = self.book(|book| book.by_code(code)).ok_or(SignInRefused::WrongCredentials)?;
        if SecretDigest::of(entry.thing.id, secret) != entry.secret {
            self.mishap(entry.thing.id, SignInRefused::WrongCredentials.code(), "");
            return Err(SignInRefused::WrongCredentials);
        }
        if entry.thing.state != ThingState::InUse {
            self.mishap(entry.thing.id, SignInRefused::NotInUse.code(), "");
            return Err(SignInRefused::NotInUse);
        }
        Ok(entry.thing.id)
    }

    /// A thing by its id.
    pub fn thing(&self, id: ThingId) -> Option<Standing> {
        self.book(|book| book.by_id(id)).map(|entry| self.standing(&entry))
    }

    /// A thing by its code.
    pub fn by_code(&self, code: &str) -> Option<Standing> {
        self.book(|book| book.by_code(code)).map(|entry| self.standing(&entry))
    }

    /// The type of a thing; none when the pack no longer declares it.
    pub fn kind_of(&self, thing: &Thing) -> Option<&ThingType> {
        self.shared.pack.thing_type(&thing.kind)
    }

    /// Of which property of which thing a series is.
    pub fn of_series(&self, number: SeriesNumber) -> Option<(ThingId, PropertyName)> {
        self.book(|book| book.of_series(number).cloned())
    }

    /// All things as they stand now, by code.
    pub fn all(&self) -> Vec<Standing> {
        let entries: Vec<_> = self.book(|book| book.entries().cloned().collect());
        entries.iter().map(|entry| self.standing(entry)).collect()
    }

    /// The things that are wanted and that `may_know` lets through, by code, after the code `after`; at most
    /// `rows_max`, and whether there are more.
    pub fn list(
        &self,
        wanted: &Wanted,
        may_know: impl Fn(&Thing) -> bool,
        after: &str,
        rows_max: usize,
    ) -> (Vec<Standing>, bool) {
        let mut found = Vec::new();
        let entries: Vec<_> = self.book(|book| book.after(after).cloned().collect());
        for entry in &entries {
            let standing = self.standing(entry);
            if wanted.takes(&standing) && may_know(&standing.thing) {
                if found.len() == rows_max {
                    return (found, true);
                }
                found.push(standing);
            }
        }
        (found, false)
    }

    /// Answers a fact of this engine.
    ///
    /// # Errors
    /// When the name or the question is none.
    pub fn answer(&self, name: &str, question: serde_json::Value) -> Result<serde_json::Value, FactFault> {
        let fault = |reason: String| FactFault { name: name.to_owned(), reason };
        if name != LATEST {
            return Err(fault("no such fact".to_owned()));
        }
        let asked: LatestQuestion =
            serde_json::from_value(question).map_err(|error| fault(error.to_string()))?;
        let entry = self.book(|book| book.by_id(asked.thing_id));
        let series = entry.and_then(|entry| entry.series(&asked.property));
        let newest = series.and_then(|series| self.shared.readings.newest(series));
        let property = self.shared.pack.property(&asked.property);
        let answer = newest.zip(property).map(|(reading, property)| LatestAnswer {
            value: reading.value,
            unit: property.unit.clone(),
            at: reading.at.timestamp().to_string(),
            quality: reading.quality.name().to_owned(),
        });
        serde_json::to_value(answer).map_err(|error| fault(error.to_string()))
    }

    /// Counts a message of a thing that was refused or flagged.
    pub fn mishap(&self, thing: ThingId, code: &str, detail: &str) {
        let now = self.shared.surroundings.now();
        self.shared.mishaps.count(thing, code, detail, self.day(now), now);
    }

    /// Notes that a thing was heard.
    pub fn seen(&self, thing: ThingId, now: Moment) {
        if let Some(entry) = self.book(|book| book.by_id(thing)) {
            entry.presence.seen(now);
        }
    }

    /// What was refused or flagged of a thing since a day, those that are not written yet joined in.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn mishaps(&self, thing: ThingId, since: Date) -> Result<Vec<Mishap>, StoreFault> {
        let fresh = self.shared.mishaps.of(thing);
        let mut mishaps = store::mishaps(&self.shared.store, thing, since).await?;
        for one in fresh.into_iter().filter(|mishap| mishap.day >= since) {
            match mishaps.iter_mut().find(|kept| kept.day == one.day && kept.code == one.code) {
                Some(kept) => {
                    let count = kept.count + one.count;
                    *kept = Mishap { count, ..one };
                }
                None => mishaps.push(one),
            }
        }
        mishaps.sort_by(|one, other| other.day.cmp(&one.day).then_with(|| one.code.cmp(&other.code)));
        Ok(mishaps)
    }

    /// Writes what is kept in memory of mishaps and of when things were heard.
    ///
    /// # Errors
    /// When the database cannot answer; what was not written is written the next time.
    pub async fn write_down(&self) -> Result<(), StoreFault> {
        let seen: Vec<(ThingId, Moment)> = self.book(|book| {
            let to_write = book.entries().map(|entry| (entry.thing.id, entry.presence.to_write()));
            to_write.filter_map(|(thing, seen_at)| Some((thing, seen_at?))).collect()
        });
        for some in seen.chunks(ROWS_AT_A_TIME) {
            let mut work = Work::new();
            some.iter().for_each(|(thing, seen_at)| store::write_seen(&mut work, *thing, *seen_at));
            if let Err(error) = self.shared.store.commit(work).await {
                // They count as unwritten again, with all of those that follow.
                seen.iter().for_each(|(thing, seen_at)| self.seen(*thing, *seen_at));
                return Err(error.into());
            }
        }
        let mut mishaps = self.shared.mishaps.take();
        while !mishaps.is_empty() {
            let rest = mishaps.split_off(mishaps.len().min(ROWS_AT_A_TIME));
            let mut work = Work::new();
            mishaps.iter().for_each(|(thing, mishap)| store::add_mishap(&mut work, *thing, mishap));
            if let Err(error) = self.shared.store.commit(work).await {
                self.shared.mishaps.give_back(mishaps);
                self.shared.mishaps.give_back(rest);
                return Err(error.into());
            }
            mishaps = rest;
        }
        Ok(())
    }

    /// The code of the thing and the name of the property of a series, as the lake sorts them.
    fn described(&self, series: SeriesNumber) -> Option<(String, String)> {
        let (thing, property) = self.of_series(series)?;
        let entry = self.book(|book| book.by_id(thing))?;
        Some((entry.thing.code.clone(), property.to_string()))
    }

    /// Brings in the readings of a CSV file, however old they are, as [`Readings::import`] does, by the codes of things.
    ///
    /// # Errors
    /// When the file cannot be read or readings cannot be stored; what was stored before stays.
    pub async fn import<R: std::io::Read + Send>(
        &self,
        file: R,
        now: Moment,
    ) -> Result<Imported, TransferFault> {
        let number = |code: &str, property: &str| {
            self.book(|book| book.by_code(code)).and_then(|entry| entry.series(&PropertyName::from(property)))
        };
        self.shared
            .readings
            .import(file, now, &self.shared.zone, number, |series| self.described(series))
            .await
    }

    /// Moves days that are over to the lake and drops what has been kept long enough, as the properties declare.
    ///
    /// # Errors
    /// When files cannot be read or written; it is tried again the next time.
    pub async fn keep_up(&self, now: Moment) -> Result<(), ReadingsFault> {
        let describe = |series| self.described(series);
        let compacted = self.shared.readings.compact(now, &self.shared.zone, describe).await?;
        if compacted.days > 0 {
            tracing::info!(
                days = compacted.days,
                readings = compacted.readings,
                "days of readings went to the lake"
            );
        }
        let keep = |series| {
            let property =
                self.of_series(series).and_then(|(_, property)| self.shared.pack.property(&property));
            Keep { readings_days: property.map(|property| property.keep_days), aggregates_days: None }
        };
        self.shared.readings.retain(now, keep, describe).await.map(drop)
    }

    /// The day of the city at a moment.
    pub fn day(&self, at: Moment) -> Date {
        at.timestamp().to_zoned_datetime(self.shared.zone.clone()).date()
    }

    fn standing(&self, entry: &Entry) -> Standing {
        let seen_at = entry.presence.seen_at();
        let now = self.shared.surroundings.now();
        let limit = self.shared.pack.thing_type(&entry.thing.kind).map(|kind| kind.offline_after_seconds);
        let online = seen_at
            .zip(limit)
            .is_some_and(|(seen_at, limit)| now.micros_since(seen_at) <= i64::from(limit) * 1_000_000);
        Standing { thing: entry.thing.clone(), seen_at, online, series: entry.series.clone() }
    }

    fn book<T>(&self, ask: impl FnOnce(&Book) -> T) -> T {
        // Nobody panics while holding it.
        ask(&self.shared.book.read().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wanted {
    fn takes(&self, standing: &Standing) -> bool {
        let thing = &standing.thing;
        let has = |text: &str| {
            let address = thing.address.as_deref().unwrap_or_default();
            [thing.code.as_str(), thing.name.as_str(), address].iter().any(|own| own.contains(text))
        };
        let is_in = |code: &str| {
            let wanted: Option<DivisionCode> = code.parse().ok();
            wanted.zip(thing.division).is_some_and(|(wanted, own)| wanted.contains(own))
        };
        self.kind.as_ref().is_none_or(|kind| thing.kind.as_str() == kind)
            && self
                .unit
                .as_ref()
                .is_none_or(|unit| thing.unit.as_ref().is_some_and(|own| own.as_str() == unit))
            && self.division.as_ref().is_none_or(|code| is_in(code))
            && self.state.is_none_or(|state| thing.state == state)
            && self.online.is_none_or(|online| standing.online == online)
            && self.text.as_ref().is_none_or(|text| has(text))
    }
}

/// A number under which no series was ever kept.
async fn next_number(store: &Store) -> Result<SeriesNumber, StoreFault> {
    let number = store.next_number(store::SERIES_NUMBERS).await?;
    u32::try_from(number)
        .map(SeriesNumber::new)
        .map_err(|_| StoreFault::OwnUnit("the numbers of series are used up".to_owned()))
}
