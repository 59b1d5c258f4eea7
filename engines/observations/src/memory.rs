//! What is known without a file: the newest reading of each series, the readings of hours that are still written, and
//! which files and parts there are.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use baotu_vocabulary::Moment;

use crate::lake::Part;
use crate::reading::{Quality, Reading, SeriesNumber};
use crate::span::{FileKey, Span};

/// Readings of hours that are still written are kept in memory up to so many; beyond it their file is read instead.
const KEPT_READINGS_MAX: usize = 4_000_000;

/// A file is written no more once it has so many readings: it gets its index while its hour still runs, so that what
/// memory does not keep is never looked for without one.
const FILE_READINGS_MAX: u64 = 1_000_000;
/// Files of an hour that hold little, at most; more are joined into one.
const SMALL_FILES_MAX: usize = 4;
/// What such a file holds at most, in readings.
const SMALL_FILE_READINGS_MAX: u64 = 200_000;

/// A value at a moment.
pub(crate) type Told = (Moment, f64, Quality);

/// What is known of a file.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Whether it is never written again.
    pub(crate) released: bool,
    /// Whether it has its index as well.
    pub(crate) sealed: bool,
    /// Whether its readings stand in the aggregates as well.
    pub(crate) rolled_up: bool,
    /// Its readings, doubled ones counted twice.
    pub(crate) rows: u64,
    /// Its readings by series in the order in which they arrived; nothing when they are not kept in memory.
    pub(crate) kept: Option<HashMap<SeriesNumber, Vec<Told>>>,
}

/// What has readings of some hours: a part, files, or both.
#[derive(Clone, Debug, Default)]
pub(crate) struct Stretch {
    pub(crate) part: Option<Arc<Part>>,
    /// By hour, and of an hour in the order in which they were written: they correct the part.
    pub(crate) files: Vec<FileKey>,
}

/// What is known without a file.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    newest: HashMap<SeriesNumber, Told>,
    pub(crate) files: BTreeMap<FileKey, Known>,
    /// The parts of the lake by their first hour; no two have an hour in common.
    pub(crate) parts: BTreeMap<Span, Arc<Part>>,
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
            known.rows += 1;
        }
        known.released |= known.rows >= FILE_READINGS_MAX;
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
    pub(crate) fn sealed(&mut self, key: FileKey) -> &mut Known {
        let known = self.files.entry(key).or_default();
        (known.released, known.sealed) = (true, true);
        if let Some(kept) = known.kept.take() {
            self.kept -= kept.values().map(Vec::len).sum::<usize>();
        }
        known
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
            None => {
                FileKey { span, generation: self.part_of(span).map_or(0, |part| part.folded_before(span)) }
            }
        }
    }

    /// Files of hours before this one are written no more; which files are still to be sealed, those among them that
    /// are full.
    pub(crate) fn release(&mut self, before: Span) -> Vec<FileKey> {
        let mut unsealed = Vec::new();
        for (key, known) in self.files.iter_mut().filter(|(_, known)| !known.sealed) {
            known.released |= key.span < before;
            if known.released {
                unsealed.push(*key);
            }
        }
        unsealed
    }

    /// Whether a file is written no more.
    pub(crate) fn is_released(&self, key: FileKey) -> bool {
        self.files.get(&key).is_some_and(|known| known.released)
    }

    /// The part that stands for an hour.
    pub(crate) fn part_of(&self, span: Span) -> Option<&Arc<Part>> {
        self.parts.range(..=span).next_back().map(|(_, part)| part).filter(|part| span < part.hours().1)
    }

    /// The files of an hour, in the order in which they were written.
    pub(crate) fn files_of(&self, span: Span) -> impl Iterator<Item = (FileKey, &Known)> {
        let (first, last) = (FileKey { span, generation: 0 }, FileKey { span, generation: u32::MAX });
        self.files.range(first..=last).map(|(key, known)| (*key, known))
    }

    /// What has readings of the hours from `first` to `last`, by time; a part is told whole with all that corrects it
    /// in these hours.
    pub(crate) fn stretches(&self, first: Span, last: Span) -> Vec<Stretch> {
        let mut stretches = BTreeMap::<Span, Stretch>::new();
        for (begins, part) in self.parts.range(..=last).rev().take_while(|(_, part)| first < part.hours().1) {
            stretches.insert(*begins, Stretch { part: Some(Arc::clone(part)), files: Vec::new() });
        }
        let end = FileKey { span: last, generation: u32::MAX };
        for (key, _) in self.files.range(FileKey { span: first, generation: 0 }..=end) {
            let begins = self.part_of(key.span).map_or(key.span, |part| part.hours().0);
            stretches.entry(begins).or_default().files.push(*key);
        }
        stretches.into_values().collect()
    }

    /// The hours from `first` to before `end` of which some readings do not stand in the aggregates.
    pub(crate) fn not_rolled_up(&self, first: Span, end: Span) -> BTreeSet<Span> {
        let files =
            self.files.range(FileKey { span: first, generation: 0 }..FileKey { span: end, generation: 0 });
        let mut hours: BTreeSet<Span> =
            files.filter(|(_, known)| !known.rolled_up).map(|(key, _)| key.span).collect();
        let parts = self.parts.range(..end).rev().take_while(|(_, part)| first < part.hours().1);
        for (begins, part) in parts.filter(|(_, part)| part.not_rolled_up.is_some()) {
            let (begins, ends) = ((*begins).max(first), part.hours().1.min(end));
            hours.extend((begins.number()..ends.number()).map(Span::numbered));
        }
        hours
    }

    /// The files of the hours from the first to before the second that go into the part of their day: of each hour,
    /// those before the first that is not rolled up.
    pub(crate) fn go_in(&self, hours: (Span, Span)) -> Vec<FileKey> {
        let end = FileKey { span: hours.1, generation: 0 };
        let mut all = Vec::new();
        let mut stopped = None;
        for (key, known) in self.files.range(FileKey { span: hours.0, generation: 0 }..end) {
            if !known.rolled_up {
                stopped = Some(key.span);
            }
            if stopped != Some(key.span) {
                all.push(*key);
            }
        }
        all
    }

    /// The hours before this one with sealed files that do not stand in the aggregates.
    pub(crate) fn to_roll_up(&self, before: Span) -> BTreeSet<Span> {
        let files = self.files.range(..FileKey { span: before, generation: 0 });
        files.filter(|(_, known)| known.sealed && !known.rolled_up).map(|(key, _)| key.span).collect()
    }

    /// These files stand in the aggregates.
    pub(crate) fn rolled_up(&mut self, keys: &[FileKey]) {
        for key in keys {
            if let Some(known) = self.files.get_mut(key) {
                known.rolled_up = true;
            }
        }
    }

    /// Files that hold little and are too many for their hour, hour by hour: always the last ones, in order.
    pub(crate) fn to_join(&self) -> Vec<Vec<FileKey>> {
        let mut all = Vec::new();
        let mut small: Vec<FileKey> = Vec::new();
        for (key, known) in &self.files {
            let fits = known.rolled_up && known.rows <= SMALL_FILE_READINGS_MAX;
            let same_hour = small.last().is_some_and(|last| last.span == key.span);
            if !same_hour && small.len() > SMALL_FILES_MAX {
                all.push(std::mem::take(&mut small));
            }
            // A file that is still written stays behind those that are joined.
            if !same_hour || (known.sealed && !fits) {
                small.clear();
            }
            if fits {
                small.push(*key);
            }
        }
        if small.len() > SMALL_FILES_MAX {
            all.push(small);
        }
        all
    }

    /// The readings of all these files stand in the last of them.
    pub(crate) fn joined(&mut self, keys: &[FileKey], rows: u64) {
        if let Some((last, others)) = keys.split_last() {
            for key in others {
                self.files.remove(key);
            }
            if let Some(known) = self.files.get_mut(last) {
                known.rows = rows;
            }
        }
    }

    /// A part takes the place of another, and of files.
    pub(crate) fn compacted(&mut self, part: Part, files: &[FileKey]) {
        for key in files {
            self.files.remove(key);
        }
        self.parts.insert(part.hours().0, Arc::new(part));
    }

    /// Forgets the newest readings of these series when they are older than this.
    pub(crate) fn forget_newest(&mut self, older: &[(SeriesNumber, Moment)]) {
        for (series, before) in older {
            if self.newest.get(series).is_some_and(|told| told.0 < *before) {
                self.newest.remove(series);
            }
        }
    }

    /// The newest readings of all series that have one.
    pub(crate) fn all_newest(&self) -> Vec<(SeriesNumber, Moment)> {
        self.newest.iter().map(|(series, told)| (*series, told.0)).collect()
    }

    /// The first and the last hour of which there are readings outside the aggregates.
    pub(crate) fn extent(&self) -> Option<(Span, Span)> {
        let files = self.files.first_key_value().zip(self.files.last_key_value());
        let parts = self.parts.first_key_value().zip(self.parts.last_key_value());
        let files = files.map(|((first, _), (last, _))| (first.span, last.span.plus(1)));
        let parts = parts.map(|((first, _), (_, last))| (*first, last.hours().1));
        match (files, parts) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        }
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

    #[test]
    fn small_files_are_joined_behind_what_came_before_and_before_what_is_still_written() {
        let span = Span::of(Moment::default());
        let file = |generation, rows, sealed| {
            (
                FileKey { span, generation },
                Known { sealed, released: sealed, rolled_up: sealed, rows, kept: None },
            )
        };
        let joins = |files: &[(u32, u64, bool)]| {
            let files =
                files.iter().map(|(generation, rows, sealed)| file(*generation, *rows, *sealed)).collect();
            let all = Memory { files, ..Memory::default() }.to_join();
            all.into_iter().flatten().map(|key| key.generation).collect::<Vec<_>>()
        };
        let small = |from: u32, to: u32| (from..to).map(|number| (number, 1, true)).collect::<Vec<_>>();
        assert_eq!(joins(&small(0, 4)), [] as [u32; 0]);
        assert_eq!(joins(&small(0, 5)), [0, 1, 2, 3, 4]);
        assert_eq!(joins(&[small(0, 5), vec![(5, 1, false)]].concat()), [0, 1, 2, 3, 4]);
        assert_eq!(joins(&[vec![(0, 900_000, true)], small(1, 6)].concat()), [1, 2, 3, 4, 5]);
        assert_eq!(joins(&[small(0, 5), vec![(5, 900_000, true)], small(6, 10)].concat()), [] as [u32; 0]);
    }

    #[test]
    fn a_file_that_is_full_is_written_no_more_while_its_hour_runs() {
        let mut memory = Memory::default();
        let span = Span::of(Moment::default());
        let some = vec![reading(1, 5, 1.0); 1_000];
        for _ in 0..FILE_READINGS_MAX / 1_000 {
            memory.stored(memory.writable(span), some.iter());
        }
        assert_eq!(memory.writable(span), FileKey { span, generation: 1 });
        assert_eq!(memory.release(span), [FileKey { span, generation: 0 }]);
    }

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
