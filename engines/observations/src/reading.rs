//! A reading, and which readings are refused.

use baotu_vocabulary::Moment;

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

/// How far a reading can be trusted, as the device itself says (HJ 212-2017, 附录 data flags).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quality {
    /// In normal operation (`N`).
    #[default]
    Normal,
    /// While the source was stopped (`F`).
    Stopped,
    /// During maintenance (`M`).
    Maintenance,
    /// Entered by hand (`S`).
    Manual,
    /// From a device that says it is broken (`D`).
    Fault,
    /// During calibration (`C`).
    Calibrating,
    /// Beyond what the device can measure (`T`).
    OverRange,
    /// While the device did not reach its sensor (`B`).
    OutOfContact,
}

impl Quality {
    pub(crate) const ALL: [Self; 8] = [
        Self::Normal,
        Self::Stopped,
        Self::Maintenance,
        Self::Manual,
        Self::Fault,
        Self::Calibrating,
        Self::OverRange,
        Self::OutOfContact,
    ];

    /// Whether a reading counts: taken in normal operation, or entered by hand. What a device sends while it is stopped,
    /// maintained, calibrated or broken says nothing of what it measures.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Normal | Self::Manual)
    }

    /// Its letter (HJ 212-2017, data flags).
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Stopped => "F",
            Self::Maintenance => "M",
            Self::Manual => "S",
            Self::Fault => "D",
            Self::Calibrating => "C",
            Self::OverRange => "T",
            Self::OutOfContact => "B",
        }
    }

    /// From its letter; what this version does not know is taken as broken.
    pub(crate) fn from_letter(letter: &[u8]) -> Self {
        Self::ALL.into_iter().find(|quality| quality.letter().as_bytes() == letter).unwrap_or(Self::Fault)
    }

    /// As it is kept.
    pub(crate) fn code(self) -> i64 {
        self as i64
    }

    /// From how it is kept; what this version does not know is taken as broken.
    pub(crate) fn from_code(code: i64) -> Self {
        usize::try_from(code).ok().and_then(|code| Self::ALL.get(code)).copied().unwrap_or(Self::Fault)
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

    #[test]
    fn qualities_are_read_as_they_were_kept() {
        for quality in Quality::ALL {
            assert_eq!(Quality::from_code(quality.code()), quality);
            assert_eq!(Quality::from_letter(quality.letter().as_bytes()), quality);
        }
        assert_eq!(Quality::from_letter(b"?"), Quality::Fault);
        assert_eq!(Quality::from_code(99), Quality::Fault);
    }
}
