//! What the readings of a span of time come to (pure).
//!
//! Only readings that are *usable* count: taken in normal operation or entered by hand (HJ 212-2017 data flags `N`, `S`).
//! The others are set aside and told beside, so that nobody takes a stopped source for a clean one.

use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::memory::Told;
use crate::span::SPAN_SECONDS;

const MICROS: i64 = 1_000_000;
const MINUTE_MICROS: i64 = 60 * MICROS;
const HOUR_MICROS: i64 = SPAN_SECONDS * MICROS;

/// How long the spans are over which readings are told together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Bucket {
    /// A minute of the clock.
    Minute,
    /// An hour of the city's clock.
    Hour,
    /// A day of the city's calendar.
    Day,
}

/// The figures of the usable readings of a span; there is at least one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Figures {
    /// How many.
    pub count: u64,
    /// Their sum, in the unit of the series.
    pub sum: f64,
    /// The smallest.
    pub min: f64,
    /// The largest.
    pub max: f64,
    /// The earliest: when it was taken, and its value.
    pub first: (Moment, f64),
    /// The latest: when it was taken, and its value.
    pub last: (Moment, f64),
}

impl Figures {
    /// The mean, in the unit of the series.
    #[expect(clippy::cast_precision_loss, reason = "no bucket holds 2^53 readings")]
    pub fn mean(&self) -> f64 {
        self.sum / self.count as f64
    }
}

/// What the readings of a span come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Aggregate {
    /// Of the usable readings; nothing when there is none.
    pub figures: Option<Figures>,
    /// How many readings are not usable.
    pub set_aside: u64,
}

impl Aggregate {
    /// Takes in a reading that is later than those before.
    pub(crate) fn take(&mut self, (at, value, quality): Told) {
        if quality.is_usable() {
            let one = Figures {
                count: 1,
                sum: value,
                min: value,
                max: value,
                first: (at, value),
                last: (at, value),
            };
            self.join(Self { figures: Some(one), set_aside: 0 });
        } else {
            self.set_aside += 1;
        }
    }

    /// Takes in a later span.
    pub(crate) fn join(&mut self, later: Self) {
        self.set_aside += later.set_aside;
        self.figures = match (self.figures, later.figures) {
            (Some(one), Some(other)) => Some(Figures {
                count: one.count + other.count,
                sum: one.sum + other.sum,
                min: one.min.min(other.min),
                max: one.max.max(other.max),
                first: one.first,
                last: other.last,
            }),
            (one, other) => one.or(other),
        };
    }

    /// Whether no reading at all was taken in.
    pub(crate) const fn is_nothing(&self) -> bool {
        self.figures.is_none() && self.set_aside == 0
    }
}

/// One bucket in which there are readings.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aggregated {
    /// Where it begins.
    pub begins: Moment,
    /// What its readings come to.
    pub aggregate: Aggregate,
}

/// A page of buckets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AggregatedPage {
    /// By time. A bucket without a reading is absent: a gap is a gap.
    pub buckets: Vec<Aggregated>,
    /// From where the next page goes on; nothing at the end.
    pub next: Option<Moment>,
}

impl Bucket {
    /// Where the bucket begins in which a moment lies.
    pub(crate) fn begins(self, at: Moment, zone: &TimeZone) -> Moment {
        match self {
            Self::Minute => Moment::from_micros(floor(at.micros(), MINUTE_MICROS)),
            Self::Hour => {
                let offset = offset_micros(at, zone);
                Moment::from_micros(floor(at.micros().saturating_add(offset), HOUR_MICROS) - offset)
            }
            Self::Day => day(at, zone).1,
        }
    }

    /// Where the bucket ends that begins there.
    pub(crate) fn ends(self, begins: Moment, zone: &TimeZone) -> Moment {
        match self {
            Self::Minute => begins.plus_micros(MINUTE_MICROS),
            Self::Hour => begins.plus_micros(HOUR_MICROS),
            Self::Day => day(begins, zone).2,
        }
    }
}

/// The day of the city in which a moment lies, where it begins and where it ends.
pub(crate) fn day(at: Moment, zone: &TimeZone) -> (jiff::civil::Date, Moment, Moment) {
    let date = at.timestamp().to_zoned_datetime(zone.clone()).date();
    let begins =
        |date: jiff::civil::Date| date.to_zoned_datetime(zone.clone()).map(|zoned| zoned.timestamp().into());
    // Only the first and the last days of jiff's calendar have no begin or end; no reading is of them.
    let first = begins(date).unwrap_or(at);
    let end = date.tomorrow().and_then(begins).unwrap_or(Moment::from_micros(i64::MAX));
    (date, first, end)
}

/// Whether the hours of the city's clock are those of UTC at this moment.
pub(crate) fn whole_hours(at: Moment, zone: &TimeZone) -> bool {
    offset_micros(at, zone) % HOUR_MICROS == 0
}

fn offset_micros(at: Moment, zone: &TimeZone) -> i64 {
    i64::from(zone.to_offset(at.timestamp()).seconds()) * MICROS
}

fn floor(micros: i64, length: i64) -> i64 {
    micros.saturating_sub(micros.rem_euclid(length))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::Quality;

    fn at(text: &str) -> Moment {
        text.parse().expect("a time")
    }

    #[test]
    fn buckets_begin_and_end_by_the_clock_of_the_city() {
        let table = [
            (
                "Asia/Shanghai",
                Bucket::Day,
                "2026-11-28T15:59:59Z",
                "2026-11-27T16:00:00Z",
                "2026-11-28T16:00:00Z",
            ),
            (
                "Asia/Shanghai",
                Bucket::Day,
                "2026-11-28T16:00:00Z",
                "2026-11-28T16:00:00Z",
                "2026-11-29T16:00:00Z",
            ),
            (
                "Asia/Shanghai",
                Bucket::Hour,
                "2026-11-28T16:59:59Z",
                "2026-11-28T16:00:00Z",
                "2026-11-28T17:00:00Z",
            ),
            (
                "Asia/Kolkata",
                Bucket::Hour,
                "2026-11-28T16:29:59Z",
                "2026-11-28T15:30:00Z",
                "2026-11-28T16:30:00Z",
            ),
            (
                "Asia/Kolkata",
                Bucket::Day,
                "2026-11-28T18:30:00Z",
                "2026-11-28T18:30:00Z",
                "2026-11-29T18:30:00Z",
            ),
            // The day on which the clock is put back is longer by an hour.
            (
                "Europe/Berlin",
                Bucket::Day,
                "2026-10-25T12:00:00Z",
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z",
            ),
            (
                "Asia/Kolkata",
                Bucket::Minute,
                "1969-12-31T23:59:59Z",
                "1969-12-31T23:59:00Z",
                "1970-01-01T00:00:00Z",
            ),
        ];
        for (zone, bucket, moment, begins, ends) in table {
            let zone = TimeZone::get(zone).expect("a zone");
            let begun = bucket.begins(at(moment), &zone);
            assert_eq!((begun, bucket.ends(begun, &zone)), (at(begins), at(ends)), "{bucket:?} {moment}");
        }
        assert!(whole_hours(at("2026-11-28T16:00:00Z"), &TimeZone::get("Asia/Shanghai").expect("a zone")));
        assert!(!whole_hours(at("2026-11-28T16:00:00Z"), &TimeZone::get("Asia/Kolkata").expect("a zone")));
    }

    #[test]
    fn what_is_not_usable_is_set_aside() {
        let mut all = Aggregate::default();
        assert!(all.is_nothing());
        let told = [
            (3.0, Quality::Normal),
            (99.0, Quality::Fault),
            (-1.0, Quality::Manual),
            (0.0, Quality::Stopped),
        ];
        for (second, (value, quality)) in (0..).zip(told) {
            all.take((Moment::from_micros(second), value, quality));
        }
        let (first, last) = ((Moment::from_micros(0), 3.0), (Moment::from_micros(2), -1.0));
        let figures = Figures { count: 2, sum: 2.0, min: -1.0, max: 3.0, first, last };
        assert_eq!(all, Aggregate { figures: Some(figures), set_aside: 2 });
        assert!((figures.mean() - 1.0).abs() < f64::EPSILON);
    }
}
