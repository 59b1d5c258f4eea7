//! The play: residents ask, officials act, some late, some return; the same for the same seed.
//!
//! Who does what and when is drawn from a generator that belongs to the one thing drawn for (a request, a task), so
//! that nothing depends on the order in which the machine gets to it. Everything is done through the engines' own
//! services, in the city's simulated time; what reactions and clocks do is taken from the log like anybody would.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, anyhow};
use baotu_access::Failure;
use baotu_cases::case::{RequestRun, Task};
use baotu_cases::service::{Act, RequestAnswer, RequestAsk};
use baotu_cases::{CaseState, Cases, Declaration, Place, suggest};
use baotu_pack::Pack;
use baotu_pack::procedure::Who;
use baotu_storage::{EVENTS_MAX, Position};
use baotu_vocabulary::{Actor, CaseId, DecisionId, Moment, RequestId, Surroundings, TaskId, UnitCode};
use jiff::civil::Date;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use super::devices::Fleet;
use super::habits::{Habit, Habits, filled, unit_fields};
use super::people::{Cast, Official};
use super::scenery::Scenery;
use crate::city::City;
use crate::surroundings::SimulatedSurroundings;

/// The shares of the day's hours in what comes in, from midnight on.
const HOURS: [u32; 24] =
    [8, 5, 4, 3, 3, 6, 14, 34, 66, 82, 78, 66, 44, 52, 66, 68, 62, 52, 46, 42, 36, 28, 20, 12];
/// What is due within so many microseconds is done side by side.
const BATCH_MICROS: i64 = 10_000_000;
/// Things done side by side at most.
const BATCH_MAX: usize = 64;
/// How often another way is tried for the same task before it is left alone.
const ATTEMPTS_MAX: u32 = 6;
/// The field of a form that holds photos, in every system of the pack.
const PHOTOS: &str = "photos";
/// Microseconds of an hour.
const HOUR_MICROS: i64 = 3_600_000_000;

/// What a play has done so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Cases opened by residents and officials.
    pub opened: u64,
    /// Decisions taken, requests asked and answered.
    pub decided: u64,
    /// What an engine refused: another way is tried then.
    pub refused: u64,
}

/// A play in a city.
pub struct Play {
    city: City,
    cases: Cases,
    pack: Pack,
    habits: Habits,
    cast: Cast,
    scenery: Scenery,
    surroundings: Arc<SimulatedSurroundings>,
    seed: u64,
    /// Requests that come in on a day.
    per_day: u32,
    /// Openings are planned up to here.
    planned_to: Moment,
    /// How many openings were planned.
    openings: u64,
    waiting: BinaryHeap<Reverse<Entry>>,
    /// Orders entries of the same moment.
    serial: u64,
    /// The newest entry of each task or request that waits.
    planned: HashMap<Uuid, u64>,
    /// What was done in a task: few things are done twice.
    done: HashSet<(Uuid, String)>,
    /// Up to where the log was followed.
    followed: Position,
    tally: Tally,
}

/// Something that will be done.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    at: Moment,
    serial: u64,
    what: What,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// The request of this number comes in.
    Open(u64),
    /// Somebody acts on a task.
    Act { case: CaseId, task: TaskId, attempt: u32 },
    /// Somebody decides a request.
    Answer { case: CaseId, request: RequestId },
}

/// What came of an entry.
enum Came {
    Opened,
    Decided { task: Option<(Uuid, String)> },
    Refused { retry: Option<(CaseId, TaskId, u32)> },
    Nothing,
}

impl Play {
    /// The devices that belong to this play.
    pub fn fleet(&self, count: usize) -> Fleet {
        Fleet::of(&self.scenery, self.seed, count)
    }

    /// A play that begins at the surroundings' moment.
    ///
    /// # Errors
    /// Habits that cannot be read; a database that does not answer.
    pub async fn new(
        city: City,
        habits: Habits,
        cast: Cast,
        surroundings: Arc<SimulatedSurroundings>,
        seed: u64,
        per_day: u32,
    ) -> anyhow::Result<Self> {
        let now = surroundings.now();
        let pack = city.pack.clone();
        let today = pack.calendar().date_of(now);
        let followed = city.store.last_position().await?;
        Ok(Self {
            cases: city.cases.clone(),
            scenery: Scenery::of(&pack, today),
            pack,
            city,
            habits,
            cast,
            surroundings,
            seed,
            per_day,
            planned_to: now,
            openings: 0,
            waiting: BinaryHeap::new(),
            serial: 0,
            planned: HashMap::new(),
            done: HashSet::new(),
            followed,
            tally: Tally::default(),
        })
    }

    /// What was done so far.
    pub fn tally(&self) -> Tally {
        self.tally
    }

    /// Moves the city's time to `end`, doing on the way whatever is due.
    ///
    /// # Errors
    /// A fault; refusals are part of the play.
    pub async fn advance(&mut self, end: Moment) -> anyhow::Result<()> {
        while self.surroundings.now() < end {
            let next = self.next_at().await?.unwrap_or(end).min(end);
            let until = next.plus_micros(BATCH_MICROS).min(end);
            self.surroundings.move_to(until);
            self.perform(until).await?;
        }
        Ok(())
    }

    /// Does whatever is due by now, in a time that runs by itself.
    ///
    /// # Errors
    /// As for [`Play::advance`].
    pub async fn catch_up(&mut self) -> anyhow::Result<()> {
        let now = self.surroundings.now();
        self.perform(now).await
    }

    /// When something is due next: an entry, or a clock of a case.
    async fn next_at(&mut self) -> anyhow::Result<Option<Moment>> {
        let now = self.surroundings.now();
        self.plan_openings(now.plus_micros(HOUR_MICROS));
        let clock = self.cases.next_clock().await?;
        let entry = self.waiting.peek().map(|Reverse(entry)| entry.at);
        Ok(clock.into_iter().chain(entry).min().map(|at| at.max(now)))
    }

    /// Does everything that is due at `until`, with what it draws after it.
    async fn perform(&mut self, until: Moment) -> anyhow::Result<()> {
        self.plan_openings(until.plus_micros(HOUR_MICROS));
        let mut due = Vec::new();
        while let Some(Reverse(entry)) = self.waiting.peek() {
            if entry.at > until {
                break;
            }
            due.extend(self.waiting.pop().map(|Reverse(entry)| entry));
        }
        let (openings, acts): (Vec<Entry>, Vec<Entry>) =
            due.into_iter().partition(|entry| matches!(entry.what, What::Open(_)));
        // Requests come in one after the other, so that their numbers are the same in every run.
        let opened = async {
            let mut came = Vec::with_capacity(openings.len());
            for entry in &openings {
                came.push((entry.serial, self.done(entry).await?));
            }
            anyhow::Ok(came)
        };
        let acted = async {
            let mut came = Vec::with_capacity(acts.len());
            for batch in acts.chunks(BATCH_MAX) {
                let outcomes = futures::future::join_all(batch.iter().map(|entry| self.done(entry))).await;
                for (entry, outcome) in batch.iter().zip(outcomes) {
                    came.push((entry.serial, outcome?));
                }
            }
            anyhow::Ok(came)
        };
        let (opened, acted) = futures::future::try_join(opened, acted).await?;
        for (serial, came) in opened.into_iter().chain(acted) {
            self.note(serial, came);
        }
        self.city.settle().await?;
        self.follow().await
    }

    fn note(&mut self, serial: u64, came: Came) {
        match came {
            Came::Opened => self.tally.opened += 1,
            Came::Decided { task } => {
                self.tally.decided += 1;
                if let Some((task, take)) = task {
                    self.unplan(task, serial);
                    self.done.insert((task, take));
                }
            }
            Came::Refused { retry } => {
                self.tally.refused += 1;
                if let Some((case, task, attempt)) = retry
                    && attempt < ATTEMPTS_MAX
                {
                    self.unplan(task.uuid(), serial);
                    let at = self.surroundings.now().plus_seconds(60);
                    self.put(at, task.uuid(), What::Act { case, task, attempt: attempt + 1 });
                }
            }
            Came::Nothing => {}
        }
    }

    fn unplan(&mut self, thing: Uuid, serial: u64) {
        if self.planned.get(&thing) == Some(&serial) {
            self.planned.remove(&thing);
        }
    }

    fn put(&mut self, at: Moment, thing: Uuid, what: What) {
        self.serial += 1;
        self.planned.insert(thing, self.serial);
        self.waiting.push(Reverse(Entry { at, serial: self.serial, what }));
    }

    /// Plans what comes in until `to`, hour by hour of the city's day.
    fn plan_openings(&mut self, to: Moment) {
        let total: u32 = HOURS.iter().sum();
        while self.planned_to < to {
            let hour =
                self.planned_to.timestamp().to_zoned_datetime(self.pack.calendar().zone().clone()).hour();
            let share = HOURS[usize::try_from(hour).unwrap_or_default() % HOURS.len()];
            let mut chance = self.chance("hour", &self.planned_to.micros().to_be_bytes());
            // The remainder of a division is drawn, so that the day comes to its number on the average.
            let exact = f64::from(self.per_day) * f64::from(share) / f64::from(total);
            let (whole, rest) = (exact.floor(), exact.fract());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "requests of an hour"
            )]
            let count = whole as u32 + u32::from(chance.random::<f64>() < rest);
            let mut moments: Vec<i64> = (0..count).map(|_| chance.random_range(0..HOUR_MICROS)).collect();
            moments.sort_unstable();
            for within in moments {
                self.openings += 1;
                self.serial += 1;
                let at = self.planned_to.plus_micros(within);
                self.waiting.push(Reverse(Entry {
                    at,
                    serial: self.serial,
                    what: What::Open(self.openings),
                }));
            }
            self.planned_to = self.planned_to.plus_micros(HOUR_MICROS);
        }
    }

    /// A generator that belongs to one thing.
    fn chance(&self, what: &str, of: &[u8]) -> ChaCha12Rng {
        let name = [what.as_bytes(), b":", of].concat();
        let space = Uuid::from_u64_pair(self.seed, 0x6261_6f74_7564_656d);
        let (high, low) = Uuid::new_v5(&space, &name).as_u64_pair();
        let mut seed = [0; 32];
        seed[..8].copy_from_slice(&high.to_be_bytes());
        seed[8..16].copy_from_slice(&low.to_be_bytes());
        ChaCha12Rng::from_seed(seed)
    }

    fn today(&self) -> Date {
        self.pack.calendar().date_of(self.surroundings.now())
    }

    /// Does one thing.
    async fn done(&self, entry: &Entry) -> anyhow::Result<Came> {
        match &entry.what {
            What::Open(number) => self.open(*number, entry.at).await,
            What::Act { case, task, attempt } => {
                if self.planned.get(&task.uuid()) != Some(&entry.serial) {
                    return Ok(Came::Nothing);
                }
                self.act(*case, *task, *attempt).await
            }
            What::Answer { case, request } => self.answer(*case, *request).await,
        }
    }

    async fn open(&self, number: u64, at: Moment) -> anyhow::Result<Came> {
        let mut chance = self.chance("open", &number.to_be_bytes());
        let Some(opening) = self.habits.opening(&mut chance) else { return Ok(Came::Nothing) };
        let today = self.today();
        let Some(mut request) = self.scenery.request(&self.pack, opening, today, &mut chance) else {
            return Ok(Came::Nothing);
        };
        request.id = Some(CaseId::new(at, chance.random()));
        let photo = opening.photos.choose(&mut chance);
        let resident = self.cast.resident(&mut chance);
        let actor = if opening.by == "resident" {
            Actor::resident(resident.person)
        } else {
            request.contact = Some(baotu_cases::view::Contact {
                name: Some(resident.name.clone()),
                phone: Some(resident.telephone.clone()),
            });
            let role = opening.by.as_str().into();
            let official = self.cast.somebody(&role, &[], &mut chance);
            official.with_context(|| format!("nobody has the role {role}"))?.actor()
        };
        if let Some(photo) = photo {
            request.form.insert(PHOTOS.to_owned(), self.taken_photo(photo, &actor).await?);
        }
        match self.cases.open(request, &actor).await {
            Ok(_) => Ok(Came::Opened),
            Err(failure) => self.refused(failure, "open", None),
        }
    }

    async fn act(&self, id: CaseId, task: TaskId, attempt: u32) -> anyhow::Result<Came> {
        let Some(state) = self.cases.state(id).await? else { return Ok(Came::Nothing) };
        let Some(held) = state.open_tasks().find(|open| open.id == task) else { return Ok(Came::Nothing) };
        let Some(declaration) = Declaration::of_case(&self.pack, &state) else { return Ok(Came::Nothing) };
        let mut chance = self.chance(
            "act",
            &[&task.uuid().as_bytes()[..], &attempt.to_be_bytes(), &state.version.to_be_bytes()].concat(),
        );
        let retry = Some((id, task, attempt));
        let Some(habit) = self.habit(&declaration, &state, held, attempt) else {
            return Ok(Came::Nothing);
        };
        let Some((who, form)) = taken(&declaration, held, habit) else { return Ok(Came::Nothing) };
        let Some(actor) = self.somebody(&declaration, &state, who, held, &mut chance) else {
            return Ok(Came::Refused { retry });
        };
        let mut filled_in = filled(form.as_ref(), &habit.form, &mut chance);
        // Whoever has to name a unit names the one that the function lists suggest.
        for field in form.as_ref().map(unit_fields).unwrap_or_default() {
            if !filled_in.contains_key(&field)
                && let Some(first) = suggest(&declaration, &state, self.surroundings.now()).first()
            {
                filled_in.insert(field, first.unit.as_str().into());
            }
        }
        if let Some(photo) = habit.photos.choose(&mut chance) {
            filled_in.insert(PHOTOS.to_owned(), self.taken_photo(photo, &actor).await?);
        }
        let form = filled_in;
        let decision = Some(DecisionId::new(self.surroundings.now(), chance.random()));
        let key = id.to_string();
        let is_request = declaration.procedure.request(&habit.take.as_str().into()).is_some();
        let outcome = if is_request {
            let ask = RequestAsk { request: habit.take.as_str().into(), version: None, form, id: decision };
            self.cases.request(&key, ask, &actor).await
        } else {
            let act = Act { take: habit.take.clone(), task: Some(task), version: None, form, id: decision };
            self.cases.decide(&key, act, &actor).await
        };
        match outcome {
            Ok(_) => {
                let again = if habit.repeats { String::new() } else { habit.take.clone() };
                Ok(Came::Decided { task: Some((task.uuid(), again)) })
            }
            Err(failure) => self.refused(failure, &habit.take, retry),
        }
    }

    /// Brings a photo as a phone would; what a form holds of it.
    async fn taken_photo(&self, file: &Path, actor: &Actor) -> anyhow::Result<Value> {
        let bytes = tokio::fs::read(file).await.with_context(|| file.display().to_string())?;
        let kept = self.cases.keep_photo(bytes, actor).await.map_err(|failure| match failure {
            Failure::Refused(refused) => anyhow!("{}: {refused}", file.display()),
            Failure::Fault(fault) => anyhow!(fault),
        })?;
        Ok(json!([kept.id]))
    }

    async fn answer(&self, id: CaseId, request: RequestId) -> anyhow::Result<Came> {
        let Some(state) = self.cases.state(id).await? else { return Ok(Came::Nothing) };
        let Some(asked) = state.open_requests().find(|open| open.id == request) else {
            return Ok(Came::Nothing);
        };
        let Some(declaration) = Declaration::of_case(&self.pack, &state) else { return Ok(Came::Nothing) };
        let Some(declared) = declaration.procedure.request(&asked.name) else { return Ok(Came::Nothing) };
        let mut chance = self.chance("answer", request.uuid().as_bytes());
        let Some(habit) = self.habits.on_request(declared_name(&state), asked.name.as_str(), &mut chance)
        else {
            return Ok(Came::Nothing);
        };
        let Some(actor) = self.decider(&declaration, &state, &declared.decided_by, &mut chance) else {
            return Ok(Came::Nothing);
        };
        let rule = declaration.procedure.request_rule(&asked.name);
        let schema = rule.and_then(|rule| rule.decision_form.as_ref()).map(|form| form.schema().clone());
        let form = filled(schema.as_ref(), &habit.form, &mut chance);
        let decision = Some(DecisionId::new(self.surroundings.now(), chance.random()));
        let answer = RequestAnswer { grant: habit.grant.unwrap_or(true), version: None, form, id: decision };
        match self.cases.decide_request(&id.to_string(), request, answer, &actor).await {
            Ok(_) => Ok(Came::Decided { task: None }),
            Err(failure) => self.refused(failure, asked.name.as_str(), None),
        }
    }

    /// A refusal is part of the play; a fault ends it.
    fn refused(
        &self,
        failure: baotu_cases::CaseFailure,
        take: &str,
        retry: Option<(CaseId, TaskId, u32)>,
    ) -> anyhow::Result<Came> {
        match failure {
            Failure::Refused(refused) => {
                tracing::debug!(take, %refused, "refused in the play");
                Ok(Came::Refused { retry })
            }
            Failure::Fault(fault) => Err(anyhow::anyhow!(fault)),
        }
    }

    /// What is usually done with a task; on a later attempt something else.
    fn habit(
        &self,
        declaration: &Declaration<'_>,
        state: &CaseState,
        task: &Task,
        attempt: u32,
    ) -> Option<&Habit> {
        let mut drawn = None;
        // Each attempt skips what the earlier ones drew, since that was refused.
        let mut tried: HashSet<String> = HashSet::new();
        let mut draws = self.chance("habit", task.id.uuid().as_bytes());
        for _ in 0..=attempt {
            drawn = self.habits.in_step(
                declared_name(state),
                task.step.as_str(),
                |take| {
                    !tried.contains(take)
                        && !self.done.contains(&(task.id.uuid(), take.to_owned()))
                        && exists(declaration, task, take)
                },
                &mut draws,
            );
            tried.insert(drawn?.take.clone());
        }
        drawn
    }

    /// Somebody who may take it: of the seat that the declaration names, or the reporter.
    fn somebody(
        &self,
        declaration: &Declaration<'_>,
        state: &CaseState,
        who: Option<&Who>,
        task: &Task,
        chance: &mut ChaCha12Rng,
    ) -> Option<Actor> {
        match who {
            Some(who) => self.decider(declaration, state, who, chance),
            None => match (&task.role, task.person) {
                (Some(role), _) => {
                    let units: Vec<UnitCode> = task.unit.iter().cloned().collect();
                    self.cast.somebody(role, &units, chance).map(Official::actor)
                }
                (None, Some(person)) => Some(Actor::resident(person)),
                (None, None) => None,
            },
        }
    }

    fn decider(
        &self,
        declaration: &Declaration<'_>,
        state: &CaseState,
        who: &Who,
        chance: &mut ChaCha12Rng,
    ) -> Option<Actor> {
        let seat = declaration.seat(who, state);
        match (&seat.role, &seat.place) {
            (_, Place::Reporter(reporter)) => reporter.map(Actor::resident),
            (Some(role), Place::AnyUnit) => self.cast.somebody(role, &[], chance).map(Official::actor),
            (Some(role), Place::Units(units)) if !units.is_empty() => {
                self.cast.somebody(role, units, chance).map(Official::actor)
            }
            _ => None,
        }
    }

    /// Follows the log and plans what will be done with every case that something happened to.
    async fn follow(&mut self) -> anyhow::Result<()> {
        loop {
            let events = self.city.store.events_of_kind_after("cases.", self.followed, EVENTS_MAX).await?;
            let Some(last) = events.last() else { return Ok(()) };
            self.followed = last.position;
            let mut seen = HashSet::new();
            for logged in &events {
                if let Ok(id) = logged.event.subject.parse::<CaseId>()
                    && seen.insert(id)
                    && let Some(state) = self.cases.state(id).await?
                {
                    self.plan(&state);
                }
            }
        }
    }

    /// Plans what will be done with the open tasks and requests of a case, each once.
    fn plan(&mut self, state: &CaseState) {
        if !state.is_open() {
            return;
        }
        let pack = self.pack.clone();
        let Some(declaration) = Declaration::of_case(&pack, state) else { return };
        let now = self.surroundings.now();
        let tasks: Vec<Task> =
            state.open_tasks().filter(|task| !self.planned.contains_key(&task.id.uuid())).cloned().collect();
        for task in tasks {
            let mut chance =
                self.chance("when", &[&task.id.uuid().as_bytes()[..], &state.version.to_be_bytes()].concat());
            let habit = self.habit(&declaration, state, &task, 0);
            let Some(after) = habit.map(|habit| habit.takes_micros(&mut chance)) else { continue };
            self.put(
                now.plus_micros(after),
                task.id.uuid(),
                What::Act { case: state.id, task: task.id, attempt: 0 },
            );
        }
        let requests: Vec<RequestRun> = state
            .open_requests()
            .filter(|open| !self.planned.contains_key(&open.id.uuid()))
            .cloned()
            .collect();
        for request in requests {
            let mut chance = self.chance("answer", request.id.uuid().as_bytes());
            let habit = self.habits.on_request(declared_name(state), request.name.as_str(), &mut chance);
            let Some(after) = habit.map(|habit| habit.takes_micros(&mut chance)) else { continue };
            let what = What::Answer { case: state.id, request: request.id };
            self.put(now.plus_micros(after), request.id.uuid(), what);
        }
    }
}

fn declared_name(state: &CaseState) -> &str {
    state.procedure.name.as_str()
}

/// Whether the task's step knows `take`: an exit that people take, an act or a request.
fn exists(declaration: &Declaration<'_>, task: &Task, take: &str) -> bool {
    let procedure = declaration.procedure;
    let exit = procedure.exit(&task.step, &take.into()).is_some_and(|exit| exit.after.is_none());
    exit || procedure.acts_in(&task.step).any(|act| act.name.as_str() == take)
        || procedure.requests_in(&task.step).any(|request| request.name.as_str() == take)
}

/// Who may take what the habit names, where it is not just whoever holds the task, and the form to fill in.
fn taken<'a>(
    declaration: &Declaration<'a>,
    task: &Task,
    habit: &Habit,
) -> Option<(Option<&'a Who>, Option<Value>)> {
    let procedure = declaration.procedure;
    let take = habit.take.as_str();
    if let Some(exit) = procedure.exit(&task.step, &take.into()) {
        let rule = procedure.exit_rule(&task.step, &take.into())?;
        return Some((exit.who.as_ref(), rule.form.as_ref().map(|form| form.schema().clone())));
    }
    if let Some(act) = procedure.act(&take.into()) {
        let rule = procedure.act_rule(&take.into())?;
        return Some((Some(&act.who), rule.form.as_ref().map(|form| form.schema().clone())));
    }
    let request = procedure.request(&take.into())?;
    let rule = procedure.request_rule(&take.into())?;
    Some((Some(&request.who), Some(rule.form.schema().clone())))
}
