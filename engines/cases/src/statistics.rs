//! Reports over a span of time, with numerator and denominator for each rate.
//!
//! Pure: counts come in, numbers go out. A rate that the records cannot give says so and is never shown as zero.

use baotu_vocabulary::Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{Grouping, Tally};

/// Days that one report may span.
pub const REPORT_DAYS_MAX: i64 = 1_100;
/// What is said of a rate that imported records cannot give.
const NOT_IN_SOURCE: &str = "not in source";

/// A share: how many of how many. Without a denominator there is no rate.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Rate {
    /// Those counted.
    pub numerator: i64,
    /// Those that could have been.
    pub denominator: i64,
    /// The one by the other, 0 to 1 in four decimals; nothing when there was nothing to count.
    pub rate: Option<f64>,
    /// Why there is no rate, when the records cannot give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

impl Rate {
    /// `numerator` of `denominator`.
    pub fn new(numerator: i64, denominator: i64) -> Self {
        let rate = (denominator > 0).then(|| {
            #[expect(clippy::cast_precision_loss, reason = "counts of cases are far below 2^52")]
            let share = numerator as f64 / denominator as f64;
            (share * 10_000.0).round() / 10_000.0
        });
        Self { numerator, denominator, rate, note: None }
    }

    /// The same, saying so when there is nothing to count because cases came from a source that does not tell.
    fn told_by(self, imported: i64) -> Self {
        let note = (self.denominator == 0 && imported > 0).then_some(NOT_IN_SOURCE);
        Self { note, ..self }
    }
}

/// An average and what it is of.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Mean {
    /// The sum over all.
    pub sum: i64,
    /// How many.
    pub count: i64,
    /// The one by the other in four decimals; nothing when there was nothing to count.
    pub mean: Option<f64>,
    /// Why there is no mean, when the records cannot give it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<&'static str>,
}

impl Mean {
    fn new(sum: i64, count: i64, imported: i64) -> Self {
        let Rate { rate, note, .. } = Rate::new(sum, count).told_by(imported);
        Self { sum, count, mean: rate, note }
    }
}

/// One group of a report.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReportGroup {
    /// A unit's code, a district, a category or a day; nothing where a case has none, and for the group of all.
    pub key: Option<String>,
    /// Its name.
    pub title: Option<String>,
    /// How many.
    pub counts: ReportCounts,
    /// Shares.
    pub rates: ReportRates,
    /// Averages.
    pub means: ReportMeans,
}

/// The counts of a group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReportCounts {
    /// Cases opened in the span; all other counts are of these.
    pub opened: i64,
    /// Of these, taken over from another system.
    pub imported: i64,
    /// Given to a unit.
    pub dispatched: i64,
    /// Whose result was recorded.
    pub resolved: i64,
    /// Closed.
    pub closed: i64,
    /// Not ended yet.
    pub open: i64,
    /// Past their due time, open or closed.
    pub overdue: i64,
    /// Left out of the rates (剔除).
    pub excluded: i64,
    /// Returns by units, each counted.
    pub returns: i64,
    /// Supervisions, each counted.
    pub supervisions: i64,
    /// Rated by their reporters.
    pub rated: i64,
}

/// The rates of a group (cases-12345 §6); excluded cases are in none of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReportRates {
    /// 按期办结率: closed by the due time, of those closed that had one.
    pub on_time: Rate,
    /// 响应率: the reporter was contacted in time, of those handled.
    pub response: Rate,
    /// 解决率: solved in the reporter's words, of those called back with an answer.
    pub solved: Rate,
    /// 满意率: satisfied, of those called back with an answer.
    pub satisfied: Rate,
    /// 派单准确率: dispatches that were not returned, of all dispatches.
    pub dispatch_accuracy: Rate,
    /// 延期率: extended, of those dispatched.
    pub extension: Rate,
    /// 重办率: done again, of those dispatched.
    pub rework: Rate,
    /// 督办率: supervised, of those dispatched.
    pub supervision: Rate,
}

/// The averages of a group.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ReportMeans {
    /// Hours from opening to closing, of those of which it is known.
    pub closing_hours: Mean,
    /// Whole days from opening to closing, of those of which it is known.
    pub closing_days: Mean,
    /// Whole days from opening to the result, of those that have one.
    pub resolving_days: Mean,
    /// How often a case was passed on to another unit, of those of which it is known.
    pub transfers: Mean,
    /// The grade that reporters gave, 1 to 5.
    pub grade: Mean,
}

impl ReportGroup {
    pub(crate) fn new(tally: &Tally, key: Option<String>, title: Option<String>) -> Self {
        let rate = |numerator, denominator| Rate::new(numerator, denominator).told_by(tally.imported);
        let counts = ReportCounts {
            opened: tally.opened,
            imported: tally.imported,
            dispatched: tally.dispatched,
            resolved: tally.resolved,
            closed: tally.closed,
            open: tally.open,
            overdue: tally.overdue,
            excluded: tally.excluded,
            returns: tally.returns,
            supervisions: tally.supervisions,
            rated: tally.rated,
        };
        let rates = ReportRates {
            on_time: rate(tally.on_time, tally.due),
            response: rate(tally.in_contact, tally.to_contact),
            solved: rate(tally.solved, tally.asked_solved),
            satisfied: rate(tally.satisfied, tally.asked_satisfied),
            dispatch_accuracy: rate(tally.dispatches - tally.dispatches_returned, tally.dispatches),
            extension: rate(tally.extended, tally.own_dispatched),
            rework: rate(tally.redone, tally.own_dispatched),
            supervision: rate(tally.supervised, tally.own_dispatched),
        };
        let mean = |sum, count| Mean::new(sum, count, tally.imported);
        let means = ReportMeans {
            closing_hours: mean(tally.closing_seconds / 3_600, tally.closing_known),
            closing_days: mean(tally.closing_days, tally.closing_known),
            resolving_days: mean(tally.resolving_days, tally.resolved),
            transfers: mean(tally.transfers, tally.transfers_known),
            grade: mean(tally.grades, tally.rated),
        };
        Self { key, title, counts, rates, means }
    }
}

/// The key of a group as it is told: the store counts days from 1970.
pub(crate) fn group_key(grouping: Grouping, key: Option<String>) -> Option<String> {
    match grouping {
        Grouping::Day => Some(day_of(key?.parse().ok()?)?.to_string()),
        _ => key,
    }
}

/// The day so many days after the first of 1970.
pub(crate) fn day_of(days: i64) -> Option<Date> {
    Date::constant(1970, 1, 1).checked_add(jiff::Span::new().try_days(days).ok()?).ok()
}

/// The moment at which a day begins in the city's zone.
pub(crate) fn day_begins(day: Date, zone: &TimeZone) -> Option<Moment> {
    Some(zone.to_timestamp(day.at(0, 0, 0, 0)).ok()?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_that_the_source_cannot_give_says_so() {
        let tally = Tally { opened: 3, imported: 3, closed: 3, due: 2, on_time: 1, ..Tally::default() };
        let group = ReportGroup::new(&tally, None, None);
        assert_eq!(group.rates.on_time.rate, Some(0.5));
        assert_eq!(group.rates.solved.note, Some("not in source"));
        assert_eq!(group.rates.solved.rate, None);
        let own = ReportGroup::new(&Tally { opened: 3, ..Tally::default() }, None, None);
        assert_eq!(own.rates.solved, Rate { numerator: 0, denominator: 0, rate: None, note: None });
    }

    #[test]
    fn a_second_dispatch_after_a_return_counts_as_one_more() {
        let tally = Tally { dispatched: 8, dispatches: 10, dispatches_returned: 2, ..Tally::default() };
        assert_eq!(ReportGroup::new(&tally, None, None).rates.dispatch_accuracy, Rate::new(8, 10));
    }

    #[test]
    fn days_are_told_as_dates() {
        assert_eq!(group_key(Grouping::Day, Some("20781".to_owned())).as_deref(), Some("2026-11-24"));
        assert_eq!(group_key(Grouping::Unit, None), None);
    }
}
