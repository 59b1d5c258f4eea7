//! Counts over cases: what a span of time amounts to by unit, place or kind, and what its days brought.
//!
//! A report reads the rows of its span once; what days brought is covered by indexes.

use std::fmt::Write as _;

use baotu_storage::{Row, RowError, Store, StoreFault};
use baotu_vocabulary::{Moment, ProcedureName};

use super::list::Question;

/// Microseconds of a day.
const DAY_MICROS: i64 = 86_400_000_000;
/// Groups that a report tells at most.
const GROUPS_MAX: u32 = 5_000;

/// By what a report is grouped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    /// One group of all.
    None,
    /// The unit in charge.
    Unit,
    /// The district of the place, six digits.
    District,
    /// The category.
    Category,
    /// The day on which they were opened, in the city's zone.
    Day,
}

/// Which cases a report is about: those opened in a span of time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) from: Moment,
    pub(crate) to: Moment,
    pub(crate) procedure: Option<ProcedureName>,
    /// Only those taken over from this other system.
    pub(crate) source: Option<String>,
    /// Added to a moment (UTC) to get the city's wall clock, in seconds.
    pub(crate) offset_seconds: i64,
}

macro_rules! tallies {
    ($($(#[$doc:meta])* $name:ident = $sql:literal;)*) => {
        /// What the cases of one group amount to. Rates count each case as often as their definition says.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub(crate) struct Tally {
            /// What they have in common: a unit, a district, a category, a day; empty when they have none.
            pub(crate) key: Option<String>,
            $($(#[$doc])* pub(crate) $name: i64,)*
        }

        impl Tally {
            fn columns() -> String {
                let mut columns = String::new();
                $(let _ = write!(columns, ", CAST(coalesce(sum({}), 0) AS BIGINT) AS {}", $sql, stringify!($name));)*
                columns
            }

            fn read(row: &Row) -> Result<Self, RowError> {
                Ok(Self { key: row.opt_text("grouped")?, $($name: row.int(stringify!($name))?,)* })
            }
        }
    };
}

tallies! {
    /// Opened.
    opened = "1";
    /// Taken over from another system, which gives less than this one records.
    imported = "CASE WHEN source IS NULL THEN 0 ELSE 1 END";
    /// Given to a unit.
    dispatched = "CASE WHEN dispatched_at IS NULL THEN 0 ELSE 1 END";
    /// Whose result was recorded.
    resolved = "CASE WHEN resolved_at IS NULL THEN 0 ELSE 1 END";
    /// Closed.
    closed = "1 - open";
    /// Of which it is known when they were closed.
    closing_known = "CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END";
    /// Not ended yet.
    open = "open";
    /// Left out of the rates (剔除).
    excluded = "excluded";
    /// Returned by a unit, each return counted.
    returns = "returns";
    /// Passed on to another unit, where that is known, each time counted.
    transfers = "coalesce(transfers, 0)";
    /// Of which it is known how often they were passed on.
    transfers_known = "CASE WHEN transfers IS NULL THEN 0 ELSE 1 END";
    /// Whole days from opening to the result, of the resolved ones.
    resolving_days = "CASE WHEN resolved_at IS NULL THEN 0 ELSE (resolved_at - opened_at) / 86400000000 END";
    /// Seconds from opening to closing, where that is known.
    closing_seconds = "CASE WHEN closed_at IS NULL THEN 0 ELSE (closed_at - opened_at) / 1000000 END";
    /// Whole days from opening to closing, where that is known.
    closing_days = "CASE WHEN closed_at IS NULL THEN 0 ELSE (closed_at - opened_at) / 86400000000 END";
    /// Supervised, each supervision counted.
    supervisions = "supervisions";
    /// Closed with a due time, not excluded.
    due = "CASE WHEN on_time IS NOT NULL AND excluded = 0 THEN 1 ELSE 0 END";
    /// Of `due`: closed by it.
    on_time = "CASE WHEN on_time = 1 AND excluded = 0 THEN 1 ELSE 0 END";
    /// Open or closed past the due time.
    overdue = "CASE WHEN overdue_at IS NOT NULL OR on_time = 0 THEN 1 ELSE 0 END";
    /// Handled and not excluded, from our own records: the reporter had to be contacted.
    to_contact = "CASE WHEN dispatched_at IS NOT NULL AND resolved_at IS NOT NULL AND excluded = 0
                   AND source IS NULL THEN 1 ELSE 0 END";
    /// Of `to_contact`: contacted by the due time, or said so when called back.
    in_contact = "CASE WHEN dispatched_at IS NOT NULL AND resolved_at IS NOT NULL AND excluded = 0
                   AND source IS NULL AND (contacted = 1 OR (contacted IS NULL AND contacted_at IS NOT NULL
                   AND (due_at IS NULL OR contacted_at <= due_at))) THEN 1 ELSE 0 END";
    /// Called back with an answer whether it is solved, not excluded.
    asked_solved = "CASE WHEN solved IS NOT NULL AND excluded = 0 THEN 1 ELSE 0 END";
    /// Of `asked_solved`: solved.
    solved = "CASE WHEN solved = 1 AND excluded = 0 THEN 1 ELSE 0 END";
    /// Called back with an answer whether they are satisfied, not excluded.
    asked_satisfied = "CASE WHEN satisfied IS NOT NULL AND excluded = 0 THEN 1 ELSE 0 END";
    /// Of `asked_satisfied`: satisfied.
    satisfied = "CASE WHEN satisfied = 1 AND excluded = 0 THEN 1 ELSE 0 END";
    /// Dispatches from our own records, a second one after each return.
    dispatches = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL THEN 1 + returns ELSE 0 END";
    /// Of `dispatches`: those that came back.
    dispatches_returned = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL THEN returns ELSE 0 END";
    /// Dispatched, from our own records.
    own_dispatched = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL THEN 1 ELSE 0 END";
    /// Of `own_dispatched`: whose time was extended.
    extended = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL AND extensions > 0 THEN 1 ELSE 0 END";
    /// Of `own_dispatched`: done again.
    redone = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL AND redone > 0 THEN 1 ELSE 0 END";
    /// Of `own_dispatched`: supervised.
    supervised = "CASE WHEN dispatched_at IS NOT NULL AND source IS NULL AND supervisions > 0 THEN 1 ELSE 0 END";
    /// Rated by the reporter.
    rated = "CASE WHEN grade IS NULL THEN 0 ELSE 1 END";
    /// The sum of the grades.
    grades = "coalesce(grade, 0)";
}

/// What the cases opened in a span amount to, by group, the largest group first.
pub(crate) async fn tallies(
    store: &Store,
    span: &Span,
    grouping: Grouping,
) -> Result<Vec<Tally>, StoreFault> {
    let grouped = match grouping {
        Grouping::None => "CAST(NULL AS TEXT)".to_owned(),
        Grouping::Unit => "lead_unit".to_owned(),
        Grouping::District => "district".to_owned(),
        Grouping::Category => "category".to_owned(),
        // The number of the day since 1970 on the city's wall clock.
        Grouping::Day => {
            format!("CAST((opened_at + {}) / {DAY_MICROS} AS TEXT)", span.offset_seconds * 1_000_000)
        }
    };
    let mut question = Question::default();
    let _ = write!(question.sql, "SELECT {grouped} AS grouped{} FROM cases_case WHERE ", Tally::columns());
    question.add("opened_at >= ? AND opened_at < ?", [span.from.into(), span.to.into()]);
    if let Some(procedure) = &span.procedure {
        question.add(" AND procedure = ?", [procedure.into()]);
    }
    if let Some(source) = &span.source {
        question.add(" AND source = ?", [source.as_str().into()]);
    }
    if grouping != Grouping::None {
        let _ = write!(question.sql, " GROUP BY {grouped}");
    }
    question.add(" ORDER BY opened DESC, grouped LIMIT ?", [GROUPS_MAX.into()]);
    all(store, question, Tally::read).await
}

/// What was opened or closed on one day, of one district and procedure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OnDay {
    /// The number of the day since 1970 on the city's wall clock.
    pub(crate) day: i64,
    /// Six digits; nothing for cases without a place.
    pub(crate) district: Option<String>,
    pub(crate) procedure: ProcedureName,
    pub(crate) cases: i64,
    /// Of the closed ones: those that had a due time.
    pub(crate) with_due: i64,
    /// Of these: those that kept it.
    pub(crate) on_time: i64,
}

/// What was opened on each day of a span.
pub(crate) async fn opened_by_day(store: &Store, span: &Span) -> Result<Vec<OnDay>, StoreFault> {
    by_day(store, span, "opened_at", "CAST(NULL AS BIGINT)").await
}

/// What was closed on each day of a span and has stayed so.
pub(crate) async fn closed_by_day(store: &Store, span: &Span) -> Result<Vec<OnDay>, StoreFault> {
    by_day(store, span, "closed_at", "on_time").await
}

async fn by_day(store: &Store, span: &Span, at: &str, on_time: &str) -> Result<Vec<OnDay>, StoreFault> {
    let mut question = Question::default();
    let _ = write!(
        question.sql,
        "SELECT day, district, procedure, count(*) AS cases, count(on_time) AS with_due,
                CAST(coalesce(sum(on_time), 0) AS BIGINT) AS on_time
         FROM (SELECT ({at} + {}) / {DAY_MICROS} AS day, district, procedure, {on_time} AS on_time
               FROM cases_case WHERE {at} IS NOT NULL",
        span.offset_seconds * 1_000_000
    );
    question.add(&format!(" AND {at} >= ? AND {at} < ?"), [span.from.into(), span.to.into()]);
    question.sql.push_str(") AS days GROUP BY day, district, procedure");
    let row = |row: &Row| -> Result<OnDay, RowError> {
        Ok(OnDay {
            day: row.int("day")?,
            district: row.opt_text("district")?,
            procedure: row.name("procedure")?,
            cases: row.int("cases")?,
            with_due: row.int("with_due")?,
            on_time: row.int("on_time")?,
        })
    };
    all(store, question, row).await
}

pub(super) async fn all<T>(
    store: &Store,
    question: Question,
    read: impl Fn(&Row) -> Result<T, RowError>,
) -> Result<Vec<T>, StoreFault> {
    let rows = store.query(question.sql, question.params).await?;
    rows.iter().map(|row| read(row).map_err(StoreFault::from)).collect()
}
