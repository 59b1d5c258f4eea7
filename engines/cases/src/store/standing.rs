//! How cases stood at a moment: a row per case from one decision to the next that changes what the live page shows.
//!
//! The same questions answer for now and for any moment of the last weeks; both are covered by partial indexes, so
//! that a moment costs what was open then and what has changed since, and no case is read.

use std::fmt::Write as _;

use baotu_storage::{Row, RowError, Store, StoreFault, Work, params};
use baotu_vocabulary::{CaseId, CategoryCode, Moment, Point, ProcedureName, UnitCode};
use serde::Deserialize;
use utoipa::ToSchema;

use super::case::district;
use super::counts::all;
use super::list::Question;
use super::outcome::{due_now, kept_time};
use crate::case::CaseState;

/// `until` of how a case stands now.
const END_OF_TIME: i64 = i64::MAX;
/// Microseconds of an hour.
const HOUR_MICROS: i64 = 3_600_000_000;
/// The hour of what was opened before the day began.
const EARLIER: i64 = -1;
/// Rows that are forgotten in one unit of work.
const FORGOTTEN_ROWS: u32 = 5_000;

/// What the live page shows of a case.
#[derive(Clone, Debug, PartialEq)]
struct Standing<'c> {
    open: bool,
    district: Option<&'c str>,
    status: &'c str,
    level: &'c str,
    supervised: bool,
    due_at: Option<Moment>,
    closed_at: Option<Moment>,
    on_time: Option<bool>,
    point: Option<Point>,
}

impl<'c> Standing<'c> {
    fn of(case: &'c CaseState) -> Self {
        let place = case.place.as_ref();
        Self {
            open: case.is_open(),
            district: place.and_then(|place| place.division.as_deref()).and_then(district),
            status: &case.status,
            level: &case.level,
            supervised: !case.supervisions.is_empty(),
            due_at: due_now(case),
            closed_at: case.closing_told(),
            on_time: kept_time(case),
            point: place.and_then(|place| place.point),
        }
    }
}

/// Notes how a new case stands.
pub(super) fn begin(work: &mut Work, case: &CaseState, at: Moment) {
    let standing = Standing::of(case);
    work.run(
        "INSERT INTO cases_standing (case_id, version, since, until, open, procedure, district, status, level,
             supervised, confidential, opened_at, due_at, closed_at, on_time, lon, lat)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
        params![
            case.id,
            case.version,
            at,
            END_OF_TIME,
            standing.open,
            &case.procedure.name,
            standing.district,
            standing.status,
            standing.level,
            standing.supervised,
            case.confidential,
            case.opened_at,
            standing.due_at,
            standing.closed_at,
            standing.on_time,
            standing.point.map(Point::lon),
            standing.point.map(Point::lat),
        ],
    );
}

/// Notes how a case stands after a decision, when that is shown at all.
pub(super) fn go_on(work: &mut Work, before: &CaseState, after: &CaseState, at: Moment) {
    if Standing::of(before) == Standing::of(after) {
        return;
    }
    work.run(
        "UPDATE cases_standing SET until = $2 WHERE case_id = $1 AND until = $3",
        params![after.id, at, END_OF_TIME],
    );
    begin(work, after, at);
}

/// Forgets how cases stood before `before`, as far as they stand otherwise since; whether there is more.
pub(crate) async fn forget_standings(store: &Store, before: Moment) -> Result<bool, StoreFault> {
    let sql = "SELECT case_id, version FROM cases_standing
               WHERE until < 9223372036854775807 AND until < $1 ORDER BY until LIMIT $2";
    let rows = store.query(sql, params![before, FORGOTTEN_ROWS]).await?;
    let mut work = Work::new();
    for row in &rows {
        let (case, version) = (row.text("case_id")?, row.int("version")?);
        work.run("DELETE FROM cases_standing WHERE case_id = $1 AND version = $2", params![case, version]);
    }
    store.commit(work).await.map_err(StoreFault::from)?;
    Ok(rows.len() == FORGOTTEN_ROWS as usize)
}

/// Cases that were open at a moment and have all of this in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpenCount {
    /// Six digits; nothing for cases without a place.
    pub(crate) district: Option<String>,
    pub(crate) procedure: ProcedureName,
    pub(crate) status: String,
    pub(crate) level: String,
    /// The hour of the moment's day in which they were opened; nothing when earlier.
    pub(crate) hour: Option<usize>,
    pub(crate) cases: i64,
    /// Of these: past their due time.
    pub(crate) overdue: i64,
    /// Of these: supervised.
    pub(crate) supervised: i64,
}

/// Cases that had been closed on a moment's day by that moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClosedCount {
    /// Six digits; nothing for cases without a place.
    pub(crate) district: Option<String>,
    pub(crate) procedure: ProcedureName,
    /// The hour of that day in which they were opened; nothing when earlier.
    pub(crate) hour: Option<usize>,
    pub(crate) cases: i64,
    /// Those that had a due time.
    pub(crate) with_due: i64,
    /// Those closed by it.
    pub(crate) on_time: i64,
}

/// What was open at `at`, a moment of the day that began at `midnight`.
pub(crate) async fn open_at(
    store: &Store,
    at: Moment,
    midnight: Moment,
) -> Result<Vec<OpenCount>, StoreFault> {
    let mut question = Question::default();
    question.add(
        "SELECT district, procedure, status, level, hour, count(*) AS cases,
                CAST(sum(overdue) AS BIGINT) AS overdue, CAST(sum(supervised) AS BIGINT) AS supervised
         FROM (SELECT district, procedure, status, level, supervised,
                      CASE WHEN opened_at >= ? THEN (opened_at - ?) / ? ELSE ? END AS hour,
                      CASE WHEN due_at < ? THEN 1 ELSE 0 END AS overdue
               FROM cases_standing WHERE open = 1 AND until > ? AND since <= ?) AS standing
         GROUP BY district, procedure, status, level, hour",
        [
            midnight.into(),
            midnight.into(),
            HOUR_MICROS.into(),
            EARLIER.into(),
            at.into(),
            at.into(),
            at.into(),
        ],
    );
    let row = |row: &Row| -> Result<OpenCount, RowError> {
        Ok(OpenCount {
            district: row.opt_text("district")?,
            procedure: row.name("procedure")?,
            status: row.text("status")?,
            level: row.text("level")?,
            hour: usize::try_from(row.int("hour")?).ok(),
            cases: row.int("cases")?,
            overdue: row.int("overdue")?,
            supervised: row.int("supervised")?,
        })
    };
    all(store, question, row).await
}

/// What had been closed by `at` since `midnight`.
pub(crate) async fn closed_at(
    store: &Store,
    at: Moment,
    midnight: Moment,
) -> Result<Vec<ClosedCount>, StoreFault> {
    let mut question = Question::default();
    question.add(
        "SELECT district, procedure, hour, count(*) AS cases, count(on_time) AS with_due,
                CAST(coalesce(sum(on_time), 0) AS BIGINT) AS on_time
         FROM (SELECT district, procedure, on_time,
                      CASE WHEN opened_at >= ? THEN (opened_at - ?) / ? ELSE ? END AS hour
               FROM cases_standing
               WHERE open = 0 AND closed_at >= ? AND since <= ? AND until > ?) AS standing
         GROUP BY district, procedure, hour",
        [
            midnight.into(),
            midnight.into(),
            HOUR_MICROS.into(),
            EARLIER.into(),
            midnight.into(),
            at.into(),
            at.into(),
        ],
    );
    let row = |row: &Row| -> Result<ClosedCount, RowError> {
        Ok(ClosedCount {
            district: row.opt_text("district")?,
            procedure: row.name("procedure")?,
            hour: usize::try_from(row.int("hour")?).ok(),
            cases: row.int("cases")?,
            with_due: row.int("with_due")?,
            on_time: row.int("on_time")?,
        })
    };
    all(store, question, row).await
}

/// Which cases behind a number are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LiveKind {
    /// Those that go on, the newest first.
    Open,
    /// Those opened on the day, the newest first.
    Opened,
    /// Those closed on the day, the last first.
    Closed,
    /// Those that nobody has taken in or dispatched, the oldest first.
    Waiting,
    /// Those past their due time, the worst level and the longest overdue first.
    Overdue,
    /// Those closed on the day past their due time, the last first.
    Late,
    /// Those that need attention: overdue, supervised or of the worst level, the worst first.
    Alerts,
}

/// Which cases are listed as of a moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LiveQuestion {
    pub(crate) kind: LiveKind,
    pub(crate) at: Moment,
    /// When the moment's day began.
    pub(crate) midnight: Moment,
    /// Only these procedures; empty for all.
    pub(crate) procedures: Vec<ProcedureName>,
    /// Only this district.
    pub(crate) district: Option<String>,
    /// The public statuses in which a case waits.
    pub(crate) waiting: Vec<&'static str>,
    /// The levels, mildest first.
    pub(crate) levels: Vec<String>,
    pub(crate) limit: u32,
}

/// A case behind a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LiveListed {
    pub(crate) number: String,
    pub(crate) procedure: ProcedureName,
    pub(crate) category: CategoryCode,
    pub(crate) level: String,
    pub(crate) status: String,
    pub(crate) division: Option<String>,
    pub(crate) open: bool,
    pub(crate) supervised: bool,
    pub(crate) opened_at: Moment,
    pub(crate) due_at: Option<Moment>,
    pub(crate) closed_at: Option<Moment>,
    pub(crate) on_time: Option<bool>,
}

/// The cases behind a number that everybody may know of, and how many there are with the confidential ones.
pub(crate) async fn live_cases(
    store: &Store,
    asked: &LiveQuestion,
) -> Result<(Vec<LiveListed>, i64), StoreFault> {
    let mut count = Question::default();
    count.sql.push_str("SELECT count(*) AS cases FROM cases_standing AS s WHERE ");
    add_live(&mut count, asked);
    let total = store.query_one(count.sql, count.params).await?.int("cases")?;

    let mut question = Question::default();
    question.sql.push_str(
        "SELECT c.number AS number, c.category AS category, c.division AS division, p.procedure AS procedure,
                p.level AS level, p.status AS status, p.open AS open, p.supervised AS supervised,
                p.opened_at AS opened_at, p.due_at AS due_at, p.closed_at AS closed_at, p.on_time AS on_time
         FROM (SELECT s.*, ",
    );
    add_rank(&mut question, &asked.levels);
    question.sql.push_str(" AS rank FROM cases_standing AS s WHERE ");
    add_live(&mut question, asked);
    let order = |alias: &str| match asked.kind {
        LiveKind::Open | LiveKind::Opened => format!("{alias}opened_at DESC, {alias}case_id"),
        LiveKind::Closed | LiveKind::Late => format!("{alias}closed_at DESC, {alias}case_id"),
        LiveKind::Waiting => format!("{alias}opened_at, {alias}case_id"),
        LiveKind::Overdue | LiveKind::Alerts => {
            format!("rank DESC, coalesce({alias}due_at, {alias}opened_at), {alias}case_id")
        }
    };
    question.add(&format!(" AND s.confidential = 0 ORDER BY {} LIMIT ?", order("s.")), [asked.limit.into()]);
    let _ = write!(question.sql, ") AS p JOIN cases_case AS c ON c.id = p.case_id ORDER BY {}", order("p."));
    let row = |row: &Row| -> Result<LiveListed, RowError> {
        Ok(LiveListed {
            number: row.text("number")?,
            procedure: row.name("procedure")?,
            category: row.name("category")?,
            level: row.text("level")?,
            status: row.text("status")?,
            division: row.opt_text("division")?,
            open: row.flag("open")?,
            supervised: row.flag("supervised")?,
            opened_at: row.moment("opened_at")?,
            due_at: row.opt_moment("due_at")?,
            closed_at: row.opt_moment("closed_at")?,
            on_time: row.opt_int("on_time")?.map(|kept| kept == 1),
        })
    };
    Ok((all(store, question, row).await?, total))
}

/// Adds how bad a case's level is, the mildest 0.
fn add_rank(question: &mut Question, levels: &[String]) {
    question.sql.push_str("CASE s.level");
    for (level, rank) in levels.iter().zip(0_i64..) {
        question.add(" WHEN ? THEN ?", [level.into(), rank.into()]);
    }
    question.sql.push_str(" ELSE -1 END");
}

/// Adds which standings a list holds.
fn add_live(question: &mut Question, asked: &LiveQuestion) {
    let open = match asked.kind {
        LiveKind::Opened => None,
        LiveKind::Closed | LiveKind::Late => Some(false),
        _ => Some(true),
    };
    match open {
        Some(true) => question.sql.push_str("s.open = 1 AND "),
        Some(false) => question.add("s.open = 0 AND s.closed_at >= ? AND ", [asked.midnight.into()]),
        // Found by the cases: no index of standings holds both the open and the closed ones.
        None => question.add(
            "s.case_id IN (SELECT id FROM cases_case WHERE opened_at >= ? AND opened_at <= ?) AND ",
            [asked.midnight.into(), asked.at.into()],
        ),
    }
    question.add("s.until > ? AND s.since <= ?", [asked.at.into(), asked.at.into()]);
    match asked.kind {
        LiveKind::Open | LiveKind::Opened | LiveKind::Closed => {}
        LiveKind::Waiting => question.add_among("s.status", asked.waiting.iter().copied()),
        LiveKind::Overdue => question.add(" AND s.due_at < ?", [asked.at.into()]),
        LiveKind::Late => question.sql.push_str(" AND s.on_time = 0"),
        LiveKind::Alerts => {
            question.add(" AND (s.due_at < ? OR s.supervised = 1", [asked.at.into()]);
            if let Some(worst) = asked.levels.last() {
                question.add(" OR s.level = ?", [worst.into()]);
            }
            question.sql.push(')');
        }
    }
    question.add_among("s.procedure", &asked.procedures);
    if let Some(district) = &asked.district {
        question.add(" AND s.district = ?", [district.into()]);
    }
}

/// A case with a place that everybody may know of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PlacedCase {
    pub(crate) id: CaseId,
    pub(crate) point: (f64, f64),
    pub(crate) level: String,
    pub(crate) status: String,
    pub(crate) procedure: ProcedureName,
    pub(crate) division: Option<String>,
    /// The units in whose hands it is: intake, lead, co-handling.
    pub(crate) units: Vec<UnitCode>,
}

/// The cases with a place that were open at a moment; the units that had them in hand are not kept.
pub(crate) async fn placed_at(store: &Store, at: Moment) -> Result<Vec<PlacedCase>, StoreFault> {
    let mut question = Question::default();
    question.add(
        "SELECT case_id, lon, lat, level, status, procedure, district FROM cases_standing
         WHERE open = 1 AND until > ? AND since <= ? AND confidential = 0 AND lon IS NOT NULL AND lat IS NOT NULL",
        [at.into(), at.into()],
    );
    let row = |row: &Row| -> Result<PlacedCase, RowError> {
        Ok(PlacedCase {
            id: row.parse("case_id")?,
            point: (row.real("lon")?, row.real("lat")?),
            level: row.text("level")?,
            status: row.text("status")?,
            procedure: row.name("procedure")?,
            division: row.opt_text("district")?,
            units: Vec::new(),
        })
    };
    all(store, question, row).await
}

/// The cases with a place that are open, with the units that have them in hand.
pub(crate) async fn placed_now(store: &Store) -> Result<Vec<PlacedCase>, StoreFault> {
    let mut question = Question::default();
    question.sql.push_str(
        "SELECT id, lon, lat, level, status, procedure, division, intake_unit, lead_unit,
                run ->> 'co_units' AS co_units
         FROM cases_case WHERE open = 1 AND confidential = 0 AND lon IS NOT NULL AND lat IS NOT NULL",
    );
    let row = |row: &Row| -> Result<PlacedCase, RowError> {
        let helping: Vec<UnitCode> =
            row.opt_text("co_units")?.and_then(|units| serde_json::from_str(&units).ok()).unwrap_or_default();
        let in_charge = [row.opt_name("intake_unit")?, row.opt_name("lead_unit")?];
        Ok(PlacedCase {
            id: row.parse("id")?,
            point: (row.real("lon")?, row.real("lat")?),
            level: row.opt_text("level")?.unwrap_or_default(),
            status: row.text("status")?,
            procedure: row.name("procedure")?,
            division: row.opt_text("division")?,
            units: in_charge.into_iter().flatten().chain(helping).collect(),
        })
    };
    all(store, question, row).await
}
