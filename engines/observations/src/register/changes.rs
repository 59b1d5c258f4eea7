//! Things are registered and changed: judged, written with what took place, then known.

use std::sync::{Arc, PoisonError};

use baotu_storage::{CommitError, StoreFault, Work};
use baotu_vocabulary::{DivisionCode, Event, EventId, Moment, Point, ThingId, ThingTypeName, UnitCode};
use serde_json::{Map, Value as Json, json};

use super::{Entry, Presence, ROWS_AT_A_TIME, Standing, Things, next_number, store};
use crate::contracts::{REGISTERED, THING_CHANGED, ThingTold};
use crate::thing::{NewThing, SecretDigest, Thing, ThingRefused, ThingState, judge, new_secret};

/// The fact that tells in which division a place lies.
const CELL_AT: &str = "geo.cell_at";

/// A thing that was registered.
#[derive(Clone, Debug)]
pub struct Registered {
    /// The thing.
    pub thing: Thing,
    /// Its secret, told this once: only a digest is kept.
    pub secret: String,
}

/// What is changed of a thing; what is absent stays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// Its name.
    pub name: Option<String>,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Where it stands.
    pub place: Option<Point>,
    /// The same in words.
    pub address: Option<String>,
    /// The division in which it stands.
    pub division: Option<DivisionCode>,
    /// Whether it may speak.
    pub state: Option<ThingState>,
    /// What else is known of it.
    pub attributes: Option<Map<String, Json>>,
}

/// Why a thing was not registered or changed.
#[derive(Debug, thiserror::Error)]
pub enum RegisterFailure {
    /// What was asked is wrong.
    #[error(transparent)]
    Refused(#[from] ThingRefused),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

impl Things {
    /// Registers things; all of them or, when one is refused, none of its group of some hundreds and of those after it.
    /// `by` names who does it, for the log.
    ///
    /// # Errors
    /// The first refusal, or a fault.
    pub async fn register(&self, new: Vec<NewThing>, by: &str) -> Result<Vec<Registered>, RegisterFailure> {
        let mut registered = Vec::with_capacity(new.len());
        let mut new = new.into_iter().peekable();
        while new.peek().is_some() {
            let some: Vec<NewThing> = new.by_ref().take(ROWS_AT_A_TIME).collect();
            registered.extend(self.register_some(some, by).await?);
        }
        Ok(registered)
    }

    async fn register_some(&self, some: Vec<NewThing>, by: &str) -> Result<Vec<Registered>, RegisterFailure> {
        let now = self.shared.surroundings.now();
        let mut work = Work::new();
        let (mut entries, mut registered) = (Vec::new(), Vec::new());
        for new in some {
            judge(&new)?;
            let kind = ThingTypeName::new(new.kind);
            let declared = self.shared.pack.thing_type(&kind);
            let declared = declared.ok_or_else(|| ThingRefused::TypeUnknown(kind.to_string()))?;
            self.want_unit(new.unit.as_ref())?;
            if self.book(|book| book.by_code(&new.code)).is_some() {
                return Err(ThingRefused::CodeTaken(new.code).into());
            }
            let id = ThingId::new(now, self.shared.surroundings.chance());
            let name = if new.name.trim().is_empty() { new.code.clone() } else { new.name };
            let thing = Thing {
                id,
                code: new.code,
                kind,
                name,
                unit: new.unit,
                place: new.place,
                address: new.address,
                division: match new.division {
                    Some(division) => Some(division),
                    None => self.division_of(new.place).await?,
                },
                state: ThingState::InUse,
                attributes: new.attributes,
                registered_at: now,
                version: 1,
            };
            let secret = new.secret.unwrap_or_else(|| new_secret(self.shared.surroundings.chance()));
            let digest = SecretDigest::of(id, &secret);
            store::insert_thing(&mut work, &thing, &digest);
            let mut series = Vec::with_capacity(declared.properties.len());
            for property in &declared.properties {
                let number = next_number(&self.shared.store).await?;
                store::insert_series(&mut work, id, property, number);
                series.push((property.clone(), number));
            }
            work.event(self.event(REGISTERED, &thing, by, now));
            registered.push(Registered { thing: thing.clone(), secret });
            entries.push(Entry { thing, secret: digest, series, presence: Arc::new(Presence::new(None)) });
        }
        self.commit(work, entries).await?;
        Ok(registered)
    }

    /// Changes a thing that stands at `version`.
    ///
    /// # Errors
    /// When it does not, when what is told cannot be, or a fault.
    pub async fn change(
        &self,
        id: ThingId,
        version: i64,
        change: Change,
        by: &str,
    ) -> Result<Standing, RegisterFailure> {
        let entry = self.book(|book| book.by_id(id)).ok_or(ThingRefused::NotFound)?;
        if entry.thing.version != version {
            return Err(ThingRefused::Stale.into());
        }
        if entry.thing.state == ThingState::Retired {
            return Err(ThingRefused::Retired.into());
        }
        self.want_unit(change.unit.as_ref())?;
        let now = self.shared.surroundings.now();
        let mut entry = Entry::clone(&entry);
        let thing = &mut entry.thing;
        thing.version += 1;
        thing.name = change.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| thing.name.clone());
        thing.unit = change.unit.or_else(|| thing.unit.clone());
        thing.place = change.place.or(thing.place);
        thing.address = change.address.or_else(|| thing.address.clone());
        thing.division = match (change.division, change.place) {
            (Some(division), _) => Some(division),
            // Where it was moved to, its old division tells nothing.
            (None, Some(place)) => self.division_of(Some(place)).await?,
            (None, None) => thing.division,
        };
        thing.state = change.state.unwrap_or(thing.state);
        thing.attributes = change.attributes.unwrap_or_else(|| thing.attributes.clone());
        let shape = NewThing {
            code: thing.code.clone(),
            name: thing.name.clone(),
            address: thing.address.clone(),
            ..NewThing::default()
        };
        judge(&shape)?;
        let mut work = Work::new();
        store::update_thing(&mut work, &entry.thing, &entry.secret, now);
        work.event(self.event(THING_CHANGED, &entry.thing, by, now));
        let thing = entry.thing.clone();
        self.commit(work, vec![entry]).await?;
        if thing.state != ThingState::InUse {
            self.sign_out(&thing);
        }
        self.thing(id).ok_or_else(|| ThingRefused::NotFound.into())
    }

    /// Gives a thing another secret; the old one is worth nothing from now on.
    ///
    /// # Errors
    /// When there is no such thing or it is retired, or a fault.
    pub async fn renew_secret(&self, id: ThingId, by: &str) -> Result<Registered, RegisterFailure> {
        let entry = self.book(|book| book.by_id(id)).ok_or(ThingRefused::NotFound)?;
        if entry.thing.state == ThingState::Retired {
            return Err(ThingRefused::Retired.into());
        }
        let now = self.shared.surroundings.now();
        let secret = new_secret(self.shared.surroundings.chance());
        let mut entry = Entry::clone(&entry);
        entry.thing.version += 1;
        entry.secret = SecretDigest::of(id, &secret);
        let thing = entry.thing.clone();
        let mut work = Work::new();
        store::update_thing(&mut work, &thing, &entry.secret, now);
        work.event(self.event(THING_CHANGED, &thing, by, now));
        self.commit(work, vec![entry]).await?;
        self.sign_out(&thing);
        Ok(Registered { thing, secret })
    }

    fn sign_out(&self, thing: &Thing) {
        if let Some(hearer) = self.shared.hearer.get() {
            hearer.signed_out(thing);
        }
    }

    /// Stores a unit and takes its entries into the book.
    async fn commit(&self, work: Work, entries: Vec<Entry>) -> Result<(), RegisterFailure> {
        match self.shared.store.commit(work).await {
            Ok(_) => {}
            Err(CommitError::Duplicate { constraint }) if constraint == store::CODE_TAKEN => {
                let codes: Vec<String> = entries.into_iter().map(|entry| entry.thing.code).collect();
                return Err(ThingRefused::CodeTaken(codes.join("、")).into());
            }
            Err(CommitError::Conflict(what)) if what == store::THING_MOVED => {
                return Err(ThingRefused::Stale.into());
            }
            Err(error) => return Err(StoreFault::from(error).into()),
        }
        if let Some(hearer) = self.shared.hearer.get() {
            let standings: Vec<Standing> = entries.iter().map(|entry| self.standing(entry)).collect();
            hearer.changed(&standings);
        }
        let mut book = self.shared.book.write().unwrap_or_else(PoisonError::into_inner);
        entries.into_iter().for_each(|entry| book.put(entry));
        Ok(())
    }

    /// The division in which a place lies; none for a place outside the city.
    async fn division_of(&self, place: Option<Point>) -> Result<Option<DivisionCode>, StoreFault> {
        let Some(place) = place else { return Ok(None) };
        let question = json!({ "lon": place.lon(), "lat": place.lat() });
        let answer = self.shared.facts.ask(CELL_AT, question).await;
        let answer = answer.map_err(|fault| StoreFault::OwnUnit(fault.to_string()))?;
        Ok(answer["division"].as_str().and_then(|code| code.parse().ok()))
    }

    fn want_unit(&self, unit: Option<&UnitCode>) -> Result<(), ThingRefused> {
        match unit {
            Some(unit) if self.shared.pack.units().get(unit.as_str()).is_none() => {
                Err(ThingRefused::UnitUnknown(unit.to_string()))
            }
            _ => Ok(()),
        }
    }

    fn event(&self, kind: &str, thing: &Thing, by: &str, now: Moment) -> Event {
        Event {
            id: EventId::new(now, self.shared.surroundings.chance()),
            source: "observations".to_owned(),
            kind: kind.to_owned(),
            subject: thing.id.to_string(),
            time: now,
            data: ThingTold::of(thing, by).to_json(),
        }
    }
}
