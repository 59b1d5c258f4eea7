//! Days that are over move to the lake; what came late for them is folded in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use baotu_vocabulary::Moment;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::aggregate::day;
use crate::lake::{Manifest, Named, Part, Sorter};
use crate::memory::Memory;
use crate::reading::{Reading, SeriesNumber};
use crate::sealing::ranked;
use crate::service::{Readings, Shared, blocking};
use crate::span::{FileKey, Span};
use crate::store::{OpenReading, ReadingsFault};

/// A day moves to the lake so long after it is over, in seconds: what a device kept through the night has come by then.
pub const COMPACT_AFTER_SECONDS: i64 = 6 * 3_600;
/// What came late for a day in the lake is folded in so long after the part was written, in seconds.
pub const FOLD_AFTER_SECONDS: i64 = 24 * 3_600;
/// It is folded in earlier once it is this share of the part: one of so many.
const FOLD_SHARE: u64 = 50;

/// What compaction came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compacted {
    /// Parts written.
    pub days: usize,
    /// Readings in them.
    pub readings: u64,
    /// Bytes of their files.
    pub bytes: u64,
}

/// A part that is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Due {
    pub(crate) dt: Date,
    /// Its hours, from the first to before the second.
    pub(crate) hours: (Span, Span),
    /// What it takes the place of.
    pub(crate) part: Option<Arc<Part>>,
    /// What goes into it, by hour and then in the order in which it was written.
    pub(crate) files: Vec<FileKey>,
    /// What comes last, in the order in which it arrived: it stands in no aggregate yet.
    pub(crate) imported: Vec<Reading>,
}

impl Readings {
    /// Moves the days of the city that are over at `now`, all of whose hours are sealed, to the lake, and folds in what
    /// came late for earlier ones. An hour belongs to the day in which it begins. `describe` tells the names of the thing
    /// and the property of a series, by which a part is sorted; readings of a series without names are kept with empty
    /// ones. History and aggregates are the same before and after.
    ///
    /// # Errors
    /// When files cannot be read or written: the days that were written before stay so, the others are tried again the
    /// next time.
    pub async fn compact(
        &self,
        now: Moment,
        zone: &TimeZone,
        describe: impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync,
    ) -> Result<Compacted, ReadingsFault> {
        let mut manifest = self.upkeep().await?;
        let mut compacted = Compacted::default();
        for due in self.memory(|memory| due(memory, now, zone)) {
            for part in self.write(&mut manifest, vec![due], now, &describe, BTreeSet::new()).await? {
                compacted.days += 1;
                compacted.readings += part.rows;
                compacted.bytes += part.bytes;
            }
        }
        Ok(compacted)
    }

    /// Writes parts without the readings of some series, makes them those that count, all at once, and removes what they
    /// take the place of. Parts with imported readings are to be rolled up afterwards.
    pub(crate) async fn write(
        &self,
        manifest: &mut Manifest,
        all: Vec<Due>,
        now: Moment,
        describe: &(impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync),
        without: BTreeSet<SeriesNumber>,
    ) -> Result<Vec<Part>, ReadingsFault> {
        let without = Arc::new(without);
        let mut written = Vec::with_capacity(all.len());
        for due in all {
            match self.prepare(manifest, due, now, describe, Arc::clone(&without)).await {
                Ok(one) => written.push(one),
                Err(fault) => {
                    written.iter().for_each(|(_, part)| self.shared.lake.discard(part));
                    return Err(fault);
                }
            }
        }
        let (shared, mut next) = (Arc::clone(&self.shared), manifest.clone());
        let begins: BTreeSet<Moment> = written.iter().map(|(_, part)| part.begins).collect();
        next.parts.retain(|known| !begins.contains(&known.begins));
        next.parts.extend(written.iter().map(|(_, part)| part.clone()));
        next.parts.sort_by_key(|part| part.begins);
        *manifest = blocking(move || shared.lake.commit(&next).map(|()| next)).await?;
        {
            let _nobody_reads = self.shared.reading.write().await;
            self.shared.remember(|memory| {
                for (due, part) in &written {
                    memory.compacted(part.clone(), &due.files);
                }
            });
        }
        let shared = Arc::clone(&self.shared);
        blocking(move || {
            for (due, _) in &written {
                due.part.iter().for_each(|part| shared.lake.remove(part));
                due.files.iter().for_each(|key| shared.folder.remove(*key));
            }
            Ok(written.into_iter().map(|(_, part)| part).collect())
        })
        .await
    }

    /// Writes a part, which does not count yet.
    async fn prepare(
        &self,
        manifest: &mut Manifest,
        due: Due,
        now: Moment,
        describe: &(impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync),
        without: Arc<BTreeSet<SeriesNumber>>,
    ) -> Result<(Due, Part), ReadingsFault> {
        let shared = Arc::clone(&self.shared);
        let (due, series) = blocking(move || series_of(&shared, &due).map(|series| (due, series))).await?;
        let mut order: Vec<Named> = series
            .into_iter()
            .map(|series| {
                let (thing, property) = describe(series).unwrap_or_default();
                Named { series, thing, property }
            })
            .collect();
        order.sort_by(|one, other| {
            (&one.thing, &one.property, one.series).cmp(&(&other.thing, &other.property, other.series))
        });
        // A version that failed is not used again: its file may be there.
        manifest.version += 1;
        let (shared, version) = (Arc::clone(&self.shared), manifest.version);
        blocking(move || {
            let part = merge(&shared, &due, &order, version, now, &without)?;
            Ok((Due { imported: Vec::new(), ..due }, part))
        })
        .await
    }
}

/// The parts that are to be written at `now`.
fn due(memory: &Memory, now: Moment, zone: &TimeZone) -> Vec<Due> {
    let mut all = BTreeMap::<Span, (Due, Ready)>::new();
    for (key, known) in &memory.files {
        let begins = hours_of(memory, key.span, zone);
        let (due, ready) = all.entry(begins.1.0).or_insert_with(|| {
            let (dt, hours) = begins;
            let due = Due {
                dt,
                hours,
                part: memory.part_of(key.span).cloned(),
                files: Vec::new(),
                imported: Vec::new(),
            };
            (due, Ready::default())
        });
        let last = ready.last.replace(key.span);
        if last != Some(key.span) {
            // Of an hour, what stands before a file that is still written goes in.
            ready.goes_on = true;
            ready.whole &= known.rolled_up;
        }
        ready.goes_on &= known.rolled_up;
        if ready.goes_on {
            ready.rows += known.rows;
            due.files.push(*key);
        }
    }
    let late = |due: &Due, ready: &Ready| match &due.part {
        None => ready.whole && due.hours.1.begins().plus_seconds(COMPACT_AFTER_SECONDS) <= now,
        Some(part) => {
            part.written.plus_seconds(FOLD_AFTER_SECONDS) <= now || ready.rows >= part.rows / FOLD_SHARE
        }
    };
    all.into_values()
        .filter(|(due, ready)| !due.files.is_empty() && late(due, ready))
        .map(|(due, _)| due)
        .collect()
}

/// How far the files of a day are.
struct Ready {
    /// The hour of the last file.
    last: Option<Span>,
    goes_on: bool,
    /// Whether each hour has something that goes in.
    whole: bool,
    rows: u64,
}

impl Default for Ready {
    fn default() -> Self {
        Self { last: None, goes_on: true, whole: true, rows: 0 }
    }
}

/// The day in which an hour begins and the hours of its part: those of the part that there is, or all that no other has.
pub(crate) fn hours_of(memory: &Memory, span: Span, zone: &TimeZone) -> (Date, (Span, Span)) {
    if let Some(part) = memory.part_of(span) {
        return (part.dt, part.hours());
    }
    let (dt, begins, ends) = day(span.begins(), zone);
    let (mut first, mut end) = (Span::from(begins), Span::from(ends));
    // Only where the zone of the city was changed do parts begin elsewhere than days.
    if let Some((_, part)) = memory.parts.range(..=span).next_back() {
        first = first.max(part.hours().1);
    }
    if let Some((next, _)) = memory.parts.range(span..).next() {
        end = end.min(*next);
    }
    (dt, (first, end))
}

/// The series of a part that is to be written.
pub(crate) fn series_of(shared: &Shared, due: &Due) -> Result<BTreeSet<SeriesNumber>, ReadingsFault> {
    let mut all = BTreeSet::new();
    if let Some(part) = &due.part {
        all.extend(shared.lake.list(part)?.iter().map(|rows| rows.series));
    }
    for key in &due.files {
        let newest = OpenReading::open(&shared.folder.path(*key))?.newest()?;
        all.extend(newest.iter().map(|reading| reading.series));
    }
    all.extend(due.imported.iter().map(|reading| reading.series));
    Ok(all)
}

/// Writes the part, which does not count yet.
fn merge(
    shared: &Shared,
    due: &Due,
    order: &[Named],
    version: u64,
    now: Moment,
    without: &BTreeSet<SeriesNumber>,
) -> Result<Part, ReadingsFault> {
    let fault = |reason| ReadingsFault::Folder { path: shared.folder.sorting(), reason };
    let ranks: HashMap<SeriesNumber, u32> =
        (0..).zip(order).map(|(rank, named)| (named.series, rank)).collect();
    let rank = |series| ranks.get(&series).copied().unwrap_or(u32::MAX);
    let mut sorter = Sorter::new(&shared.folder.sorting());
    if let Some(part) = &due.part {
        shared.lake.all(part, |reading| sorter.take(ranked(&reading, rank(reading.series))))?;
    }
    for key in &due.files {
        let file = OpenReading::open(&shared.folder.path(*key))?;
        file.all(|reading| sorter.take(ranked(&reading, rank(reading.series))))?;
    }
    for reading in &due.imported {
        sorter.take(ranked(reading, rank(reading.series))).map_err(fault)?;
    }
    let mut sorted = sorter.sorted().map_err(fault)?;
    let prepared =
        shared.lake.prepare((due.dt, version), order, &mut sorted, |series| !without.contains(&series))?;
    let mut folded: Vec<u32> = (due.hours.0.number()..due.hours.1.number())
        .map(|hour| due.part.as_ref().map_or(0, |part| part.folded_before(Span::numbered(hour))))
        .collect();
    for key in &due.files {
        let hour = usize::try_from(key.span.since(due.hours.0)).ok();
        if let Some(before) = hour.and_then(|hour| folded.get_mut(hour)) {
            *before = key.generation.saturating_add(1);
        }
    }
    let not_rolled_up =
        if due.imported.is_empty() { None } else { Some(known_by_aggregates(shared, due, order)?) };
    Ok(prepared.part(Part {
        dt: due.dt,
        file: None,
        list: None,
        begins: due.hours.0.begins(),
        ends: due.hours.1.begins(),
        rows: 0,
        bytes: 0,
        earliest: None,
        latest: None,
        written: now,
        folded,
        thinned: !without.is_empty() || due.part.as_ref().is_some_and(|part| part.thinned),
        not_rolled_up,
    }))
}

/// The numbers of the series whose readings of this day may have been dropped, so that the aggregates know more than what
/// comes now.
fn known_by_aggregates(shared: &Shared, due: &Due, order: &[Named]) -> Result<Vec<u32>, ReadingsFault> {
    let Some(part) = due.part.as_ref().filter(|part| part.thinned) else { return Ok(Vec::new()) };
    let left: BTreeSet<SeriesNumber> = shared.lake.list(part)?.iter().map(|rows| rows.series).collect();
    let dropped = order.iter().filter(|named| !left.contains(&named.series));
    Ok(dropped.map(|named| named.series.number()).collect())
}
