//! The live page for everybody: how the city stands now, or stood at a moment of the last weeks.
//!
//! One count serves all who look at the same moment, whatever part of the city they look at. A moment that has passed
//! is counted once; a handful are kept.

use std::collections::VecDeque;
use std::sync::{Arc, OnceLock};

use baotu_access::Failure;
use baotu_storage::{Position, StoreFault};
use baotu_vocabulary::{Actor, CaseId, DivisionCode, Moment, Point, ProcedureName, UnitCode};
use serde::Serialize;
use tokio::sync::Mutex;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases};
use crate::standing::{
    CityPart, DayBrought, LIVE_MILLIS, LiveCounts, LiveNumbers, PAST_DAYS, TREND_DAYS_MAX, WAITING,
    days_brought,
};
use crate::store::{self, LiveKind, LiveListed, LiveQuestion, OnDay, PlacedCase, Span};
use crate::view::{Named, Names};

/// Rows of a list behind a number at most.
pub const LIVE_ROWS_MAX: u32 = 200;
/// Moments of the past whose counts are kept.
const MOMENTS_KEPT: usize = 64;
/// Seconds of a day.
const DAY_SECONDS: i64 = 86_400;
/// How long a trend may be shown before its days are counted again, in microseconds.
const TREND_MICROS: i64 = 300_000_000;

/// What was counted lately; held while counting, so that all who look at the same time cost one count.
#[derive(Default)]
pub(super) struct Counted {
    now: Mutex<Option<Arc<LiveCounts>>>,
    /// The last asked last.
    past: Mutex<VecDeque<Arc<LiveCounts>>>,
    trend: Mutex<Option<Arc<Trend>>>,
    /// Since when there are records.
    recorded_from: OnceLock<Moment>,
}

/// What the days before one brought, of every district and procedure.
struct Trend {
    counted_at: Moment,
    /// The number of the day that they come before.
    end: i64,
    opened: Vec<OnDay>,
    closed: Vec<OnDay>,
}

/// Which part of the city somebody looks at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartAsked {
    /// Only the procedures of this system.
    pub system: Option<String>,
    /// Only this district, six digits.
    pub district: Option<String>,
}

/// A moment at which somebody looks: now when absent.
pub type CityStood = Option<Moment>;

/// The cases behind a number: no person, no words, none that is confidential.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveCases {
    /// The moment they are of.
    #[schema(value_type = String, format = DateTime)]
    pub now: Moment,
    /// How many there are, with those that are not listed.
    pub total: i64,
    /// The first of them.
    pub rows: Vec<LiveCase>,
}

/// A case as everybody may know of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LiveCase {
    /// Its number.
    pub number: String,
    /// Its procedure.
    pub procedure: String,
    /// What it is about.
    pub category: Named,
    /// Its level then; empty where its procedure has none.
    pub level: String,
    /// Its public status then.
    pub status: String,
    /// The street or district of its place, at most nine digits.
    pub division: Option<String>,
    /// Whether it was supervised by then.
    pub supervised: bool,
    /// Whether it was past its due time then, or was closed past it.
    pub overdue: bool,
    /// When it was opened.
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Moment,
    /// When it was due, as known then.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub due_at: Option<Moment>,
    /// When it was closed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub closed_at: Option<Moment>,
}

/// An open case with its place, for the map: never a confidential one.
#[derive(Clone, Debug, PartialEq)]
pub struct PlacedOpen {
    /// The case.
    pub id: CaseId,
    /// Where it is.
    pub point: Point,
    /// Its level.
    pub level: String,
    /// Its public status.
    pub status: String,
    /// Its procedure.
    pub procedure: ProcedureName,
    /// The division of its place.
    pub division: Option<DivisionCode>,
    /// The units that have it in hand; not known of the past.
    pub units: Vec<UnitCode>,
}

impl Cases {
    /// Whether the actor may follow the public feed.
    ///
    /// # Errors
    /// No right.
    pub fn may_follow(&self, actor: &Actor) -> Result<(), CaseFailure> {
        self.permit_known(actor, "statistics.read-public")
    }

    /// The numbers of the live page for a part of the city, at most [`LIVE_MILLIS`] old, or as of a moment.
    ///
    /// # Errors
    /// No right, or no such moment or part; or a fault.
    pub async fn live_numbers(
        &self,
        at: CityStood,
        part: &PartAsked,
        actor: &Actor,
    ) -> Result<LiveNumbers, CaseFailure> {
        self.permit_known(actor, "statistics.read-public")?;
        let part = self.part(part)?;
        let counts = match self.moment(at)? {
            None => self.counted_now().await?,
            Some(at) => self.counted_at(at).await?,
        };
        let day = self.pack().calendar().date_of(counts.at);
        let city = self.pack().city().division.as_deref();
        let districts = city
            .into_iter()
            .flat_map(|city| self.pack().divisions().children(city))
            .filter(|district| district.in_force(day))
            .map(|district| (district.code.clone(), district.name.clone()))
            .collect();
        let recorded = at.is_none() || self.recorded_from().await?.is_some_and(|from| from <= counts.at);
        Ok(LiveNumbers::new(&counts, &part, &self.levels(&part), recorded, &districts))
    }

    /// The cases behind a number of the live page, as everybody may know of them.
    ///
    /// # Errors
    /// As for [`Cases::live_numbers`].
    pub async fn live_cases(
        &self,
        kind: LiveKind,
        at: CityStood,
        part: &PartAsked,
        limit: u32,
        actor: &Actor,
    ) -> Result<LiveCases, CaseFailure> {
        self.permit_known(actor, "statistics.read-public")?;
        let part = self.part(part)?;
        let at = self.moment(at)?.unwrap_or_else(|| self.now());
        let question = LiveQuestion {
            kind,
            at,
            midnight: self.midnight(self.pack().calendar().date_of(at))?,
            levels: self.levels(&part),
            procedures: part.procedures,
            district: part.district,
            waiting: WAITING.to_vec(),
            limit: limit.clamp(1, LIVE_ROWS_MAX),
        };
        let (listed, total) = store::live_cases(&self.shared.store, &question).await?;
        let rows = listed.into_iter().map(|case| self.live_case(case, at)).collect();
        Ok(LiveCases { now: at, total, rows })
    }

    /// What each of the last `days` before today, or before a moment's day, brought a part of the city.
    ///
    /// # Errors
    /// As for [`Cases::live_numbers`].
    pub async fn days_brought(
        &self,
        days: u16,
        at: CityStood,
        part: &PartAsked,
        actor: &Actor,
    ) -> Result<Vec<DayBrought>, CaseFailure> {
        self.permit_known(actor, "statistics.read-public")?;
        let part = self.part(part)?;
        let at = self.moment(at)?.unwrap_or_else(|| self.now());
        let trend = self.trend(at).await?;
        let first = trend.end - i64::from(days.clamp(1, TREND_DAYS_MAX));
        Ok(days_brought(&trend.opened, &trend.closed, &part, first, trend.end))
    }

    /// The open cases with a place, now or as of a moment, for the city's own map: nobody's rights are asked.
    ///
    /// # Errors
    /// No such moment; or a fault.
    pub async fn placed_open(&self, at: CityStood) -> Result<Vec<PlacedOpen>, CaseFailure> {
        let placed = match self.moment(at)? {
            None => store::placed_now(&self.shared.store).await?,
            Some(at) => store::placed_at(&self.shared.store, at).await?,
        };
        Ok(placed.into_iter().filter_map(placed_open).collect())
    }

    /// Forgets how cases stood longer ago than the live page can be asked for.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn forget_old_standings(&self) -> Result<(), StoreFault> {
        let before = self.now().plus_seconds(-PAST_DAYS * DAY_SECONDS);
        while store::forget_standings(&self.shared.store, before).await? {}
        Ok(())
    }

    /// Since when there are records: the first thing that was ever told.
    async fn recorded_from(&self) -> Result<Option<Moment>, StoreFault> {
        if let Some(from) = self.shared.counted.recorded_from.get() {
            return Ok(Some(*from));
        }
        let first = self.shared.store.events_of_kind_after("cases.", Position::START, 1).await?;
        let Some(first) = first.first() else { return Ok(None) };
        Ok(Some(*self.shared.counted.recorded_from.get_or_init(|| first.event.time)))
    }

    async fn counted_now(&self) -> Result<Arc<LiveCounts>, CaseFailure> {
        let mut last = self.shared.counted.now.lock().await;
        let now = self.now();
        let fresh = |counts: &&Arc<LiveCounts>| {
            let age = now.micros_since(counts.at);
            (0..i64::try_from(LIVE_MILLIS * 1_000).unwrap_or(0)).contains(&age)
        };
        if let Some(counts) = last.as_ref().filter(fresh) {
            return Ok(Arc::clone(counts));
        }
        let counts = Arc::new(self.count(now).await?);
        *last = Some(Arc::clone(&counts));
        Ok(counts)
    }

    async fn counted_at(&self, at: Moment) -> Result<Arc<LiveCounts>, CaseFailure> {
        let mut kept = self.shared.counted.past.lock().await;
        let found = kept.iter().position(|counts| counts.at == at).and_then(|found| kept.remove(found));
        if let Some(counts) = found {
            kept.push_back(Arc::clone(&counts));
            return Ok(counts);
        }
        let counts = Arc::new(self.count(at).await?);
        if kept.len() == MOMENTS_KEPT {
            kept.pop_front();
        }
        kept.push_back(Arc::clone(&counts));
        Ok(counts)
    }

    async fn count(&self, at: Moment) -> Result<LiveCounts, CaseFailure> {
        let store = &self.shared.store;
        let midnight = self.midnight(self.pack().calendar().date_of(at))?;
        let (open, closed) =
            tokio::try_join!(store::open_at(store, at, midnight), store::closed_at(store, at, midnight))?;
        Ok(LiveCounts { at, open, closed })
    }

    async fn trend(&self, at: Moment) -> Result<Arc<Trend>, CaseFailure> {
        let mut last = self.shared.counted.trend.lock().await;
        let now = self.now();
        let today = self.pack().calendar().date_of(at);
        let to = self.midnight(today)?;
        let offset = i64::from(self.pack().calendar().zone().to_offset(to.timestamp()).seconds());
        let end = (to.micros() / 1_000_000 + offset).div_euclid(DAY_SECONDS);
        let fresh = |trend: &&Arc<Trend>| {
            trend.end == end && (0..TREND_MICROS).contains(&now.micros_since(trend.counted_at))
        };
        if let Some(trend) = last.as_ref().filter(fresh) {
            return Ok(Arc::clone(trend));
        }
        let from = to.plus_seconds(-i64::from(TREND_DAYS_MAX) * DAY_SECONDS);
        let span = Span { from, to, procedure: None, source: None, offset_seconds: offset };
        let store = &self.shared.store;
        let (opened, closed) =
            tokio::try_join!(store::opened_by_day(store, &span), store::closed_by_day(store, &span))?;
        let trend = Arc::new(Trend { counted_at: now, end, opened, closed });
        *last = Some(Arc::clone(&trend));
        Ok(trend)
    }

    /// The moment asked for: one that has passed, and is not forgotten yet.
    fn moment(&self, at: CityStood) -> Result<CityStood, CaseFailure> {
        let now = self.now();
        let known = now.plus_seconds(-PAST_DAYS * DAY_SECONDS)..=now;
        match at {
            Some(at) if !known.contains(&at) => Err(Failure::Refused(CaseRefused::QueryInvalid("at"))),
            at => Ok(at),
        }
    }

    fn part(&self, asked: &PartAsked) -> Result<CityPart, CaseFailure> {
        let invalid = |field| Failure::Refused(CaseRefused::QueryInvalid(field));
        let mut procedures: Vec<ProcedureName> = Vec::new();
        if let Some(system) = &asked.system {
            let of_system =
                self.pack().procedures(self.today()).filter(|one| one.system().as_str() == system);
            procedures.extend(of_system.map(|procedure| procedure.name().clone()));
            if procedures.is_empty() {
                return Err(invalid("system"));
            }
        }
        if asked.district.as_ref().is_some_and(|code| self.pack().divisions().get(code.as_str()).is_none()) {
            return Err(invalid("district"));
        }
        Ok(CityPart { procedures, district: asked.district.clone() })
    }

    /// The levels of the procedures of a part, mildest first.
    fn levels(&self, part: &CityPart) -> Vec<String> {
        let mut levels: Vec<String> = Vec::new();
        for procedure in self.pack().procedures(self.today()) {
            if !part.procedures.is_empty() && !part.procedures.contains(procedure.name()) {
                continue;
            }
            for level in &procedure.head().levels {
                if !levels.contains(level) {
                    levels.push(level.clone());
                }
            }
        }
        levels
    }

    fn live_case(&self, case: LiveListed, at: Moment) -> LiveCase {
        /// Digits of the most precise division that is told in public: a community would tell a reporter's home.
        const DIVISION_DIGITS_MAX: usize = 9;
        let day = self.pack().calendar().date_of(case.opened_at);
        let procedure = self.pack().procedure(&case.procedure, day);
        let table = procedure.map_or("", |procedure| procedure.head().categories.as_str());
        let category = Names(self.pack()).category(table, case.category.as_str());
        let late = case.open && case.due_at.is_some_and(|due| due < at);
        LiveCase {
            number: case.number,
            procedure: case.procedure.to_string(),
            category: Named { code: category.code, name: category.name },
            level: case.level,
            status: case.status,
            division: case.division.map(|code| code.chars().take(DIVISION_DIGITS_MAX).collect()),
            supervised: case.supervised,
            overdue: late || case.on_time == Some(false),
            opened_at: case.opened_at,
            due_at: case.due_at,
            closed_at: case.closed_at,
        }
    }
}

fn placed_open(placed: PlacedCase) -> Option<PlacedOpen> {
    Some(PlacedOpen {
        id: placed.id,
        point: Point::new(placed.point.0, placed.point.1).ok()?,
        level: placed.level,
        status: placed.status,
        procedure: placed.procedure,
        division: placed.division.and_then(|code| code.parse().ok()),
        units: placed.units,
    })
}
