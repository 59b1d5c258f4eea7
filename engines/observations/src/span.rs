//! The hours by which readings are kept in files.

use std::fmt;
use std::path::Path;

use baotu_vocabulary::Moment;

/// How long a file covers, in seconds.
pub const SPAN_SECONDS: i64 = 3_600;
/// A file is sealed so long after its hour is over, in seconds: most of what is late has come by then.
pub const SEAL_AFTER_SECONDS: i64 = 600;

const SPAN_MICROS: i64 = SPAN_SECONDS * 1_000_000;

/// An hour, counted from 1970 in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Span(i64);

impl Span {
    /// The hour in which a moment lies.
    pub(crate) const fn of(at: Moment) -> Self {
        Self(at.micros().div_euclid(SPAN_MICROS))
    }

    /// The hour with this number.
    pub(crate) const fn numbered(number: i64) -> Self {
        Self(number)
    }

    /// Its number: 0 is the first of 1970.
    pub(crate) const fn number(self) -> i64 {
        self.0
    }

    /// The hour so many hours later.
    pub(crate) const fn plus(self, hours: i64) -> Self {
        Self(self.0.saturating_add(hours))
    }

    /// How many hours later it is than another.
    pub(crate) const fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The first hour that begins at this moment or later.
    pub(crate) const fn from(at: Moment) -> Self {
        let within = Self::of(at);
        if within.begins().micros() == at.micros() { within } else { within.plus(1) }
    }

    /// Where it begins.
    pub(crate) const fn begins(self) -> Moment {
        Moment::from_micros(self.0.saturating_mul(SPAN_MICROS))
    }

    /// The first hour whose files may not be sealed yet at `now`.
    pub(crate) const fn not_over(now: Moment) -> Self {
        Self::of(now.plus_seconds(-SEAL_AFTER_SECONDS))
    }
}

/// One file of readings: its hour, and the how manieth of that hour it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileKey {
    pub(crate) span: Span,
    pub(crate) generation: u32,
}

impl fmt::Display for FileKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let begins = self.span.begins().timestamp();
        write!(f, "{}.{}.sqlite", begins.strftime("%Y-%m-%dT%H"), self.generation)
    }
}

impl FileKey {
    /// The key of a file by its name; nothing for what is no file of readings.
    pub(crate) fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_str()?.strip_suffix(".sqlite")?;
        let (hour, generation) = name.split_once('.')?;
        let begins: Moment = format!("{hour}:00:00Z").parse().ok()?;
        Some(Self { span: Span::of(begins), generation: generation.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_file_is_named_after_its_hour() {
        let at: Moment = "2026-11-28T16:59:59.999999+08:00".parse().expect("a time");
        let key = FileKey { span: Span::of(at), generation: 2 };
        assert_eq!(key.to_string(), "2026-11-28T08.2.sqlite");
        assert_eq!(Span::not_over(at.plus_seconds(SEAL_AFTER_SECONDS)), key.span);
        assert!(Span::not_over(at.plus_seconds(SEAL_AFTER_SECONDS + 1)) > key.span);
        for other in
            ["", "x.sqlite", "2026-11-28T08.sqlite", "2026-11-28T25.0.sqlite", "2026-11-28T08.2.sqlite-wal"]
        {
            assert_eq!(FileKey::of(Path::new(other)), None, "{other}");
        }
    }

    proptest! {
        #[test]
        fn names_lead_back_to_their_hour(at in -2_000_000_000_000_000_i64..4_000_000_000_000_000, generation: u32) {
            let key = FileKey { span: Span::of(Moment::from_micros(at)), generation };
            prop_assert_eq!(FileKey::of(Path::new(&key.to_string())), Some(key));
            prop_assert!(key.span.begins().micros() <= at);
        }
    }
}
