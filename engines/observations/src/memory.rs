//! What is known without a file: the newest reading of each series, and the readings of hours that are still written.

use std::collections::{BTreeMap, HashMap};

use baotu_vocabulary::Moment;

use crate::reading::{Quality, Reading, SeriesNumber};
use crate::span::{FileKey, Span};

/// Readings of hours that are still written are kept in memory up to so many; beyond it their file is read instead.
const KEPT_READINGS_MAX: usize = 4_000_000;

/// A value at a moment.
pub(crate) type Told = (Moment, f64, Quality);

/// What is known of a file.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Whether it is never written again.
    pub(crate) released: bool,
    /// Whether it has its index as well.
    pub(crate) sealed: bool,
    /// Its readings by series in the order in which they arrived; nothing when they are not kept in memory.
    pub(crate) kept: Option<HashMap<SeriesNumber, Vec<Told>>>,
}

/// What is known without a file.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    newest: HashMap<SeriesNumber, Told>,
    pub(crate) files: BTreeMap<FileKey, Known>,
    /// Readings kept in `files`.
    kept: usize,
}

impl Memory {
    /// Takes in what has become durable in a file, in the order in which it arrived.
    pub(crate) fn stored<'r>(&mut self, key: FileKey, readings: impl Iterator<Item = &'r Reading>) {
        let known =
            self.files.entry(key).or_insert_with(|| Known { kept: Some(HashMap::new()), ..Known::default() });
        for reading in readings {
            let told = (reading.at, reading.value, reading.quality);
            if let Some(kept) = &mut known.kept {
                kept.entry(reading.series).or_default().push(told);
                self.kept += 1;
            }
            newer(&mut self.newest, reading.series, told);
        }
        if self.kept > KEPT_READINGS_MAX {
            self.forget_oldest();
        }
    }

    /// Takes in newest readings of a sealed file.
    pub(crate) fn told(&mut self, readings: &[Reading]) {
        for reading in readings {
            newer(&mut self.newest, reading.series, (reading.at, reading.value, reading.quality));
        }
    }

    /// A file is never written again.
    pub(crate) fn sealed(&mut self, key: FileKey) {
        let known = self.files.entry(key).or_default();
        (known.released, known.sealed) = (true, true);
        if let Some(kept) = known.kept.take() {
            self.kept -= kept.values().map(Vec::len).sum::<usize>();
        }
    }

    /// The file to which readings of an hour go: its last one, or the next when that is written no more.
    pub(crate) fn writable(&self, span: Span) -> FileKey {
        let first = FileKey { span, generation: 0 };
        let last = self.files.range(first..=FileKey { span, generation: u32::MAX }).next_back();
        match last {
            Some((key, known)) if known.released => {
                FileKey { span, generation: key.generation.saturating_add(1) }
            }
            Some((key, _)) => *key,
            None => first,
        }
    }

    /// Files of hours before this one are written no more; which of them are still to be sealed.
    pub(crate) fn release(&mut self, before: Span) -> Vec<FileKey> {
        let end = FileKey { span: before, generation: 0 };
        let mut unsealed = Vec::new();
        for (key, known) in self.files.range_mut(..end).filter(|(_, known)| !known.sealed) {
            known.released = true;
            unsealed.push(*key);
        }
        unsealed
    }

    /// The newest reading of a series.
    pub(crate) fn newest(&self, series: SeriesNumber) -> Option<Reading> {
        let (at, value, quality) = *self.newest.get(&series)?;
        Some(Reading { series, at, value, quality })
    }

    /// Lets go of the readings of the files that are written least: the oldest hours.
    fn forget_oldest(&mut self) {
        for known in self.files.values_mut() {
            if self.kept <= KEPT_READINGS_MAX / 2 {
                return;
            }
            if let Some(kept) = known.kept.take() {
                self.kept -= kept.values().map(Vec::len).sum::<usize>();
            }
        }
    }
}

/// A correction of the newest replaces it.
fn newer(newest: &mut HashMap<SeriesNumber, Told>, series: SeriesNumber, told: Told) {
    let known = newest.entry(series).or_insert(told);
    if told.0 >= known.0 {
        *known = told;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(series: u32, at: i64, value: f64) -> Reading {
        let (series, at) = (SeriesNumber::new(series), Moment::from_micros(at));
        Reading { series, at, value, quality: Quality::Normal }
    }

    #[test]
    fn the_newest_is_the_latest_taken_and_of_two_the_one_that_came_last() {
        let mut memory = Memory::default();
        let key = FileKey { span: Span::of(Moment::default()), generation: 0 };
        memory.stored(key, [reading(1, 5, 1.0), reading(1, 3, 2.0), reading(2, 1, 9.0)].iter());
        assert_eq!(memory.newest(SeriesNumber::new(1)).map(|one| one.value), Some(1.0));
        memory.stored(key, [reading(1, 5, 4.0)].iter());
        assert_eq!(memory.newest(SeriesNumber::new(1)).map(|one| one.value), Some(4.0));
        assert_eq!(memory.newest(SeriesNumber::new(3)), None);
    }

    #[test]
    fn what_is_late_for_an_hour_that_is_over_goes_to_another_file() {
        let mut memory = Memory::default();
        let span = Span::of(Moment::default());
        let key = |generation| FileKey { span, generation };
        assert_eq!(memory.writable(span), key(0));
        memory.stored(key(0), [reading(1, 5, 1.0)].iter());
        assert_eq!(memory.writable(span), key(0));
        assert_eq!(memory.release(span), []);
        let next = Span::of(Moment::from_micros(3_600_000_000));
        assert_eq!(memory.release(next), [key(0)]);
        assert_eq!(memory.release(next), [key(0)], "until it is sealed");
        assert_eq!(memory.writable(span), key(1));
        memory.sealed(key(0));
        memory.stored(key(1), [reading(1, 6, 1.0)].iter());
        assert_eq!((memory.writable(span), memory.release(next)), (key(1), vec![key(1)]));
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_oldest_hours_go_first() {
        let mut memory = Memory::default();
        let key =
            |hour: i64| FileKey { span: Span::of(Moment::from_micros(hour * 3_600_000_000)), generation: 0 };
        let some: Vec<Reading> = (0..KEPT_READINGS_MAX / 2).map(|n| reading(1, n as i64, 0.0)).collect();
        memory.stored(key(1), some.iter());
        memory.stored(key(2), some.iter());
        assert!(memory.files[&key(1)].kept.is_some());
        memory.stored(key(2), some[..1].iter());
        assert!(memory.files[&key(1)].kept.is_none() && memory.files[&key(2)].kept.is_none());
        memory.stored(key(3), some[..1].iter());
        assert!(memory.files[&key(3)].kept.is_some());
        memory.sealed(key(3));
        assert_eq!(memory.kept, 0);
    }
}
