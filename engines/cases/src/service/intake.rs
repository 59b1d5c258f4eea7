//! Cases of other systems: taken over with their own times, open or ended, each once.
//!
//! What a source does not tell is left out, never made up: rates that need it say so.

use baotu_access::Failure;
use baotu_storage::Work;
use baotu_vocabulary::calendar::LIMIT_AMOUNT_MAX;
use baotu_vocabulary::{
    Actor, CaseId, CategoryCode, ClockName, DecisionId, Due, Event, EventId, Limit, Moment, Point,
    ProcedureName, StepName, TaskId, UnitCode, WorkUnit,
};
use serde_json::Map;
use uuid::Uuid;

use super::opening::GivenPlace;
use super::{CaseFailure, CaseRefused, Cases, derived};
use crate::case::{
    CasePlace, CaseState, CategoryReference, Handlers, Party, ProcedureReference, Resolution, Source, Task,
};
use crate::clock::{ClockRun, Timer};
use crate::contracts::CaseTold;
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, DecisionRecord, Gathered, Outcome};
use crate::refusal::{OpenRefused, TEXT_CHARACTERS_MAX, TITLE_CHARACTERS_MAX};
use crate::store::{self, SOURCE_TRANSFERS};

/// The ids of imported cases follow from their source and number within this name space.
const SOURCES: Uuid = Uuid::from_u128(0x6f0b_9d3e_52c1_5a1e_9b7d_3c5e_0a86_77f4);
/// The clock of a due time that a source gave.
const SOURCE_CLOCK: &str = "source";
/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;

/// A case of another system, in the city's words and with its own times.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedCase {
    /// The system it comes from.
    pub source: String,
    /// Its number there; unique together with `source`.
    pub external_id: String,
    /// One line.
    pub title: String,
    /// In full.
    pub text: Option<String>,
    /// Its category in the procedure's table.
    pub category: CategoryCode,
    /// Its kind.
    pub kind: Option<String>,
    /// How it came in.
    pub channel: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it had to be done, where the source says so.
    pub due_at: Option<Moment>,
    /// When it was closed, where the source says so.
    pub closed_at: Option<Moment>,
    /// How it ended; nothing while it is open.
    pub ended: Option<Ended>,
    /// The unit in charge.
    pub unit: Option<UnitCode>,
    /// Where it is.
    pub position: Option<Point>,
    /// Where it is, in words.
    pub address: Option<String>,
    /// How often it was passed on to another unit.
    pub transfers: Option<u32>,
    /// Days from opening to the last answer.
    pub days_to_reply: Option<u32>,
    /// What was answered.
    pub reply: Option<String>,
}

/// How an imported case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Done or answered.
    Closed,
    /// As a duplicate of another.
    Merged,
    /// Taken back by the reporter.
    Withdrawn,
    /// Not for this city.
    NotAccepted,
}

impl Ended {
    const fn outcome(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Merged => "merged",
            Self::Withdrawn => "withdrawn",
            Self::NotAccepted => "not-accepted",
        }
    }
}

/// What is said of one imported case.
#[derive(Clone, Debug)]
pub enum ImportAnswer {
    /// Not known yet: this stores it, or fails as a duplicate when somebody else has.
    New(Work),
    /// Stored already.
    Known,
    /// It cannot be a case of this city.
    Refused {
        /// The field that is wrong: `category`, `unit`, `title`, `text` or `closed_at`.
        field: &'static str,
        /// Why, for a person.
        reason: String,
    },
}

impl Cases {
    /// What to store for each of `cases` of `procedure`, in their order.
    ///
    /// # Errors
    /// No such procedure; or a fault. What is wrong with one case is its own answer.
    pub async fn import(
        &self,
        procedure: &ProcedureName,
        cases: &[ImportedCase],
        now: Moment,
    ) -> Result<Vec<ImportAnswer>, CaseFailure> {
        let unknown = || OpenRefused::UnknownProcedure(procedure.to_string());
        let declaration = Declaration::in_force(self.pack(), procedure, now)
            .ok_or_else(|| Failure::Refused(CaseRefused::Open(unknown())))?;
        let mut known: Vec<(String, String)> = Vec::new();
        let mut sources: Vec<&str> = cases.iter().map(|case| case.source.as_str()).collect();
        sources.sort_unstable();
        sources.dedup();
        for source in sources {
            let of_source = cases.iter().filter(|case| case.source == source);
            let ids: Vec<String> = of_source.map(|case| case.external_id.clone()).collect();
            let stored = store::known_of_source(&self.shared.store, source, &ids).await?;
            known.extend(stored.into_iter().map(|id| (source.to_owned(), id)));
        }
        let mut answers = Vec::with_capacity(cases.len());
        for case in cases {
            let is_known = known.iter().any(|(source, id)| *source == case.source && *id == case.external_id);
            answers.push(if is_known {
                ImportAnswer::Known
            } else {
                self.import_one(&declaration, case, now).await?
            });
        }
        Ok(answers)
    }

    async fn import_one(
        &self,
        declaration: &Declaration<'_>,
        case: &ImportedCase,
        now: Moment,
    ) -> Result<ImportAnswer, CaseFailure> {
        let refused = |field, reason: String| -> Result<ImportAnswer, CaseFailure> {
            Ok(ImportAnswer::Refused { field, reason })
        };
        let table = &declaration.procedure.head().categories;
        let row = self.pack().code_table(table).and_then(|table| table.newest(case.category.as_str()));
        let Some(row) = row else {
            return refused("category", format!("分类表“{table}”中没有“{}”", case.category));
        };
        if case.title.trim().is_empty() || case.title.chars().count() > TITLE_CHARACTERS_MAX {
            return refused("title", format!("标题应为 1 至 {TITLE_CHARACTERS_MAX} 个字"));
        }
        if case.text.as_ref().is_some_and(|text| text.chars().count() > TEXT_CHARACTERS_MAX) {
            return refused("text", format!("内容最多 {TEXT_CHARACTERS_MAX} 个字"));
        }
        if let Some(unit) = case.unit.as_ref().filter(|unit| self.pack().units().get(unit.as_str()).is_none())
        {
            return refused("unit", format!("没有代码为“{unit}”的单位"));
        }
        if case.closed_at.is_some_and(|closed| closed < case.opened_at) {
            return refused("closed_at", "办结时间早于立案时间".to_owned());
        }
        let place = self.import_place(case).await?;
        let category = CategoryReference {
            table: table.clone(),
            code: row.code.clone(),
            name: row.name.clone(),
            valid_from: row.valid_from,
        };
        let state = imported(declaration, case, category, place, now);
        let decisions = history(declaration, case, &state);
        let event = Event {
            id: EventId::from(id_of(case, "event", now)),
            source: "cases".to_owned(),
            kind: "cases.imported".to_owned(),
            subject: state.id.to_string(),
            time: now,
            data: serde_json::to_value(CaseTold::of(&state)).map_err(Failure::fault)?,
        };
        let outcome = Outcome { state, decisions, events: vec![event], opens: Vec::new(), request: None };
        let prepared = self.stored(outcome, None, &[], &Actor::city("import"))?;
        Ok(ImportAnswer::New(prepared.work))
    }

    /// Where an imported case is. What the source says stands as it is, also a point outside the city or in no division.
    async fn import_place(&self, case: &ImportedCase) -> Result<Option<CasePlace>, CaseFailure> {
        if case.position.is_none() && case.address.is_none() {
            return Ok(None);
        }
        let given = GivenPlace {
            lon: case.position.map(Point::lon),
            lat: case.position.map(Point::lat),
            address: case.address.clone(),
        };
        match self.located(&given).await {
            Ok(place) => Ok(Some(place)),
            Err(Failure::Refused(_)) => Ok(Some(CasePlace {
                point: case.position,
                address: case.address.clone(),
                ..CasePlace::default()
            })),
            Err(fault) => Err(fault),
        }
    }
}

/// The id of something of an imported case, the same whenever it is imported.
fn id_of(case: &ImportedCase, what: &str, at: Moment) -> Uuid {
    derived(SOURCES, &format!("{}/{}/{what}", case.source, case.external_id), at)
}

fn party(case: &ImportedCase) -> Party {
    Party::from(&Actor::city(format!("import:{}", case.source)))
}

fn imported(
    declaration: &Declaration<'_>,
    case: &ImportedCase,
    category: CategoryReference,
    place: Option<CasePlace>,
    now: Moment,
) -> CaseState {
    let procedure = declaration.procedure;
    let opened = case.opened_at;
    let after = |days: u32| opened.plus_micros(i64::from(days) * DAY_MICROS);
    let replied_at = case.days_to_reply.map(after).or(case.closed_at);
    // Of an end that the source doesn't date, only what was heard last.
    let closed_at = case.ended.map(|_| case.closed_at.or(replied_at).unwrap_or(opened));
    let step = match case.ended {
        None => procedure.entry(),
        Some(_) => last_step(declaration),
    };
    let declared = procedure.step(step);
    let task = Task {
        id: TaskId::from(id_of(case, "task", opened)),
        step: step.clone(),
        unit: case.unit.clone().filter(|_| case.ended.is_none()),
        role: declared.and_then(|step| step.who.as_ref()).and_then(|who| who.role.clone()),
        person: None,
        since: closed_at.unwrap_or(opened),
        timer: None,
        overdue_at: None,
        timed_exits: Vec::new(),
        ended_at: closed_at,
    };
    let resolution = case.reply.as_ref().map(|reply| Resolution {
        result: None,
        public_reply: Some(reply.clone()),
        photos: Vec::new(),
        by: party(case),
        at: replied_at.unwrap_or(opened),
    });
    let transfers = case.transfers.map(|transfers| u16::try_from(transfers).unwrap_or(u16::MAX));
    CaseState {
        id: CaseId::from(id_of(case, "case", opened)),
        number: format!("{}-{}", case.source, case.external_id),
        version: 1,
        procedure: ProcedureReference {
            name: procedure.name().clone(),
            version: procedure.version(),
            hash: procedure.hash().to_owned(),
            system: procedure.system().clone(),
        },
        category,
        level: procedure.head().levels.first().cloned().unwrap_or_default(),
        kind: case.kind.clone(),
        channel: case.channel.clone(),
        title: case.title.clone(),
        text: case.text.clone().unwrap_or_default(),
        form: Map::new(),
        form_hash: procedure.intake().hash().to_owned(),
        place,
        opened_by: party(case),
        reporter: None,
        confidential: false,
        synthetic: false,
        intake_unit: None,
        lead_unit: case.unit.clone(),
        lead_since: case.unit.as_ref().map(|_| opened),
        lead_why: None,
        co_units: Vec::new(),
        designated: false,
        returned_by: Vec::new(),
        handlers: Handlers::default(),
        status: declared.map(|step| step.shows.clone()).unwrap_or_default(),
        outcome: case.ended.map(|ended| ended.outcome().to_owned()),
        opened_at: opened,
        dispatched_at: case.unit.as_ref().map(|_| opened),
        contacted_at: None,
        resolved_at: resolution.as_ref().and(replied_at),
        closed_at,
        tasks: vec![task],
        joins: Vec::new(),
        visits: [(step.clone(), 1)].into(),
        counters: transfers.map(|transfers| (SOURCE_TRANSFERS.to_owned(), transfers)).into_iter().collect(),
        clocks: case.due_at.map(|due| source_clock(case, due, closed_at, now)).into_iter().collect(),
        requests: Vec::new(),
        cards: Vec::new(),
        supervisions: Vec::new(),
        callbacks: Vec::new(),
        supporters: Vec::new(),
        rating: None,
        resolution,
        exclusions: Vec::new(),
        links: Vec::new(),
        lead_case: None,
        transfers: transfers.unwrap_or(0),
        redone: 0,
        extensions: 0,
        source: Some(Source {
            system: case.source.clone(),
            id: case.external_id.clone(),
            end_untold: case.ended.is_some() && case.closed_at.is_none(),
        }),
    }
}

/// The due time of a source as a clock: what its limit was in whole days is only told, never computed with.
fn source_clock(case: &ImportedCase, due: Moment, closed_at: Option<Moment>, now: Moment) -> ClockRun {
    let days = due.micros_since(case.opened_at).div_euclid(DAY_MICROS).clamp(1, LIMIT_AMOUNT_MAX.into());
    let amount = u32::try_from(days).unwrap_or(1);
    let limit = Limit::new(amount, WorkUnit::CalendarDays).expect("an amount from 1 to the most is a limit");
    let ended_or_now = if case.ended.is_some() { case.closed_at } else { Some(now) };
    let late = ended_or_now.is_some_and(|at| at > due);
    ClockRun {
        name: ClockName::from(SOURCE_CLOCK),
        timer: Timer {
            limit,
            basis: case.source.clone(),
            started_at: case.opened_at,
            due: Due { at: due, provisional: false },
            changes: Vec::new(),
        },
        warn_before: None,
        warned_at: None,
        // Cards that the source gave or did not give are not told again.
        overdue_at: late.then_some(due),
        ended_at: closed_at,
        fulfilled: closed_at.is_some(),
    }
}

/// The final step in which imported cases that have ended stand: the procedure's last one.
fn last_step<'a>(declaration: &Declaration<'a>) -> &'a StepName {
    let steps = &declaration.procedure.declared().steps;
    let ended = steps.iter().rfind(|step| step.exits.is_empty());
    ended.map_or_else(|| declaration.procedure.entry(), |step| &step.name)
}

/// The two rows of a timeline that a source tells: opened, and ended.
fn history(declaration: &Declaration<'_>, case: &ImportedCase, state: &CaseState) -> Vec<DecisionRecord> {
    let row = |what: &str, kind, title: &str, at, to: Vec<StepName>| DecisionRecord {
        id: DecisionId::from(id_of(case, what, at)),
        at,
        by: party(case),
        kind,
        take: what.to_owned(),
        title: title.to_owned(),
        from: Vec::new(),
        to,
        task: None,
        request: None,
        form: Map::new(),
        form_name: None,
        form_hash: None,
        declaration: declaration.procedure.version(),
        gathered: Gathered::default(),
        opinion: None,
        why: None,
        seconds: at.micros_since(case.opened_at) / 1_000_000,
        purpose: None,
        public: true,
    };
    let entry = vec![declaration.procedure.entry().clone()];
    let mut rows = vec![row("open", DecisionKind::Open, "立案", case.opened_at, entry)];
    if let (Some(ended), Some(at)) = (case.ended, state.closed_at) {
        let step = state.tasks.iter().map(|task| task.step.clone()).collect();
        let title = if case.closed_at.is_some() { "办结" } else { "办结（来源未记时间）" };
        rows.push(row(ended.outcome(), DecisionKind::Exit, title, at, step));
    }
    rows
}
