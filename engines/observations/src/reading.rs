//! A reading, and which readings are refused.

use baotu_vocabulary::Moment;
pub use baotu_vocabulary::Quality;

/// A clock may be ahead of the city's by so much, in seconds.
const AHEAD_SECONDS_MAX: i64 = 600;
/// A reading may be so old when it arrives, in days: a logger that was out of reach for a year is taken back in.
const BEHIND_DAYS_MAX: i64 = 400;
const DAY_SECONDS: i64 = 86_400;
/// No reading is older, wherever it comes from: 1850-01-01, before the first systematic records of weather in China.
const EARLIEST: Moment = Moment::from_micros(-3_786_825_600_000_000);

/// The number under which the readings of one property of one thing are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SeriesNumber(u32);

impl SeriesNumber {
    /// The series with this number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// What a property of a thing was at a moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// Of which property of which thing.
    pub series: SeriesNumber,
    /// When it was taken, by the device's clock.
    pub at: Moment,
    /// In the unit of the series.
    pub value: f64,
    /// How far it can be trusted.
    pub quality: Quality,
}

/// Why a batch is refused: the first reading that cannot be right, counted from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadingRefused {
    /// Not a number, or an infinite one.
    #[error("第 {0} 个读数不是有限的数值")]
    NotFinite(usize),
    /// Taken later than now.
    #[error("第 {0} 个读数的时间在未来，请校准设备时钟")]
    Ahead(usize),
    /// Taken so long ago that the clock must be wrong.
    #[error("第 {0} 个读数的时间过早，请校准设备时钟")]
    Behind(usize),
    /// More readings than a batch may hold.
    #[error("一批读数过多：{0} 个")]
    TooMany(usize),
}

impl ReadingRefused {
    /// The same as one word for counters and interfaces.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotFinite(_) => "value-not-finite",
            Self::Ahead(_) => "clock-ahead",
            Self::Behind(_) => "clock-behind",
            Self::TooMany(_) => "batch-too-large",
        }
    }
}

/// How a batch arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// From devices: what is too old has a wrong clock.
    Reported,
    /// From another system or an archive: it may be as old as it likes.
    Imported,
}

/// Judges a batch as it arrives at `now`.
pub(crate) fn judge(
    batch: &[Reading],
    now: Moment,
    arrival: Arrival,
    readings_max: usize,
) -> Result<(), ReadingRefused> {
    if batch.len() > readings_max {
        return Err(ReadingRefused::TooMany(batch.len()));
    }
    let earliest = match arrival {
        Arrival::Reported => now.plus_seconds(-BEHIND_DAYS_MAX * DAY_SECONDS),
        Arrival::Imported => EARLIEST,
    };
    let latest = now.plus_seconds(AHEAD_SECONDS_MAX);
    for (index, reading) in batch.iter().enumerate() {
        if !reading.value.is_finite() {
            return Err(ReadingRefused::NotFinite(index));
        }
        if reading.at > latest {
            return Err(ReadingRefused::Ahead(index));
        }
        if reading.at < earliest {
            return Err(ReadingRefused::Behind(index));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(at: i64, value: f64) -> Reading {
        Reading {
            series: SeriesNumber::new(1),
            at: Moment::from_micros(at * 1_000_000),
            value,
            quality: Quality::Normal,
        }
    }

    #[test]
    fn what_cannot_be_right_is_refused_by_name_and_place() {
        let now = Moment::from_micros(1_800_000_000_000_000);
        let at = now.micros() / 1_000_000;
        let good = reading(at, 1.0);
        let table = [
            (vec![good], Ok(())),
            (vec![good, reading(at, f64::NAN)], Err(ReadingRefused::NotFinite(1))),
            (vec![reading(at, f64::NEG_INFINITY)], Err(ReadingRefused::NotFinite(0))),
            (vec![reading(at + 600, 1.0)], Ok(())),
            (vec![reading(at + 601, 1.0)], Err(ReadingRefused::Ahead(0))),
            (vec![good, good, reading(at - 400 * 86_400, 1.0)], Ok(())),
            (vec![good, good, reading(at - 400 * 86_400 - 1, 1.0)], Err(ReadingRefused::Behind(2))),
            (vec![good; 4], Err(ReadingRefused::TooMany(4))),
        ];
        for (batch, judged) in table {
            assert_eq!(judge(&batch, now, Arrival::Reported, 3), judged, "{batch:?}");
        }
        let old = |at| judge(&[reading(at, 1.0)], now, Arrival::Imported, 3);
        assert_eq!(old(EARLIEST.micros() / 1_000_000), Ok(()));
        assert_eq!(old(EARLIEST.micros() / 1_000_000 - 1), Err(ReadingRefused::Behind(0)));
        assert_eq!(old(at + 601), Err(ReadingRefused::Ahead(0)));
    }
}
