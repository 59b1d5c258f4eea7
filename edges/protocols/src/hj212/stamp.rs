//! Times as HJ 212 writes them: `YYYYMMDDhhmmss`, in a QN with three digits of milliseconds. The zone is not said.

use std::fmt;

use baotu_vocabulary::Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::text::decimal;

/// Digits of a time to the second.
const SECOND_DIGITS: usize = 14;
/// Digits of a time to the millisecond.
const MILLISECOND_DIGITS: usize = 17;

/// A time of the device's calendar and clock, to the millisecond, without a zone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Stamp(DateTime);

impl Stamp {
    /// This time, cut to whole milliseconds.
    pub fn new(time: DateTime) -> Self {
        let nanosecond = i32::from(time.millisecond()) * 1_000_000;
        let cut = DateTime::new(
            time.year(),
            time.month(),
            time.day(),
            time.hour(),
            time.minute(),
            time.second(),
            nanosecond,
        );
        Self(cut.unwrap_or(time))
    }

    /// The time that 14 digits (to the second) or 17 (to the millisecond) say; nothing for any other text or a time
    /// that no calendar has.
    pub fn parse(digits: &[u8]) -> Option<Self> {
        if !matches!(digits.len(), SECOND_DIGITS | MILLISECOND_DIGITS) {
            return None;
        }
        let part = |from: usize, to: usize| digits.get(from..to).and_then(decimal);
        let small = |from, to| part(from, to).and_then(|number| i8::try_from(number).ok());
        let year = part(0, 4).and_then(|year| i16::try_from(year).ok())?;
        let milliseconds = if digits.len() == MILLISECOND_DIGITS { part(14, 17)? } else { 0 };
        let nanosecond = i32::try_from(milliseconds * 1_000_000).ok()?;
        let time = DateTime::new(
            year,
            small(4, 6)?,
            small(6, 8)?,
            small(8, 10)?,
            small(10, 12)?,
            small(12, 14)?,
            nanosecond,
        );
        time.ok().map(Self)
    }

    /// Calendar and clock.
    pub const fn time(self) -> DateTime {
        self.0
    }

    /// The moment this is in `zone`; nothing at the ends of the calendar.
    pub fn moment(self, zone: &TimeZone) -> Option<Moment> {
        zone.to_timestamp(self.0).ok().map(Moment::from)
    }

    /// 17 digits, to the millisecond, as in a QN.
    pub fn to_milliseconds(self) -> String {
        format!("{self}{:03}", self.0.millisecond())
    }
}

impl fmt::Display for Stamp {
    /// 14 digits, to the second.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = self.0;
        let (year, month, day) = (time.year(), time.month(), time.day());
        write!(f, "{year:04}{month:02}{day:02}{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
    }
}

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_times_of_the_calendar_are_read() {
        let shown = |text: &str| Stamp::parse(text.as_bytes()).map(Stamp::to_milliseconds);
        assert_eq!(shown("20160801085857223").as_deref(), Some("20160801085857223"));
        assert_eq!(shown("20240229000000").as_deref(), Some("20240229000000000"));
        for wrong in
            ["", "2016080108585", "20160801085857x", "20230229000000", "20160801245857", "201608010858572"]
        {
            assert_eq!(shown(wrong), None, "{wrong}");
        }
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let moment = Stamp::parse(b"20160801085857223").and_then(|stamp| stamp.moment(&zone));
        assert_eq!(moment.map(|moment| moment.to_string()).as_deref(), Some("2016-08-01T00:58:57.223Z"));
    }
}
