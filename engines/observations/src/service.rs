//! Storing readings and reading them back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use baotu_vocabulary::Moment;

use crate::bulk::roll_up_parts;
use crate::lake::{Lake, Manifest};
use crate::memory::{Memory, Stretch, Told};
use crate::reading::{Arrival, Reading, ReadingRefused, SeriesNumber, judge};
use crate::span::{FileKey, Span};
use crate::store::{Folder, Found, ReadingsFault, RollUps, Writer, put_right, read_file, read_series};

/// Readings of one batch at most.
pub const BATCH_READINGS_MAX: usize = 100_000;
/// Readings of one page of history at most.
pub const HISTORY_ROWS_MAX: usize = 100_000;

/// Why a batch was not stored.
#[derive(Debug, thiserror::Error)]
pub enum ReadingsFailure {
    /// One of its readings cannot be right.
    #[error(transparent)]
    Refused(#[from] ReadingRefused),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] ReadingsFault),
}

/// A page of the history of a series.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// By time, one for each moment.
    pub readings: Vec<Reading>,
    /// From where the next page goes on; nothing at the end.
    pub next: Option<Moment>,
}

/// The readings of a city. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Readings {
    pub(crate) shared: Arc<Shared>,
}

#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) folder: Folder,
    pub(crate) lake: Lake,
    pub(crate) rollups: RollUps,
    pub(crate) memory: Arc<RwLock<Memory>>,
    pub(crate) writer: Writer,
    /// Held by whoever changes which files and parts there are: one at a time seals, compacts, brings in or drops.
    pub(crate) upkeep: tokio::sync::Mutex<Manifest>,
    /// Held for reading from when somebody has learned which files there are until they are read; for writing before
    /// files are removed.
    pub(crate) reading: tokio::sync::RwLock<()>,
}

impl Readings {
    /// Opens or makes the folder, with the lake in it, and reads what is known of it; it blocks while it reads.
    ///
    /// # Errors
    /// When the folder or a file cannot be used.
    pub fn open(folder: &Path) -> Result<Self, ReadingsFault> {
        Self::open_with_lake(folder, &folder.join("lake"))
    }

    /// The same with the lake elsewhere: its table is the folder `observations` in `lake`. Both folders belong together:
    /// what was compacted is found in that lake only.
    ///
    /// # Errors
    /// When a folder or a file cannot be used.
    pub fn open_with_lake(folder: &Path, lake: &Path) -> Result<Self, ReadingsFault> {
        let folder = Folder::open(folder)?;
        folder.clear()?;
        let (lake, mut manifest) = Lake::open(&lake.join("observations"))?;
        let rollups = RollUps::open(folder.root())?;
        roll_up_parts(&lake, &rollups, &mut manifest)?;
        let mut memory = Memory::default();
        for part in &manifest.parts {
            memory.parts.insert(part.hours().0, Arc::new(part.clone()));
        }
        rollups.newest(|reading| memory.told(&[reading]))?;
        for key in folder.files()? {
            put_right(&folder.path(key))?;
            if memory.part_of(key.span).is_some_and(|part| part.has_folded(key)) {
                // The city stopped between the part and this.
                folder.remove(key);
                continue;
            }
            let found = read_file(&folder.path(key), |found, readings| match found {
                Found::Sealed { .. } => memory.told(readings),
                Found::Open => memory.stored(key, readings.iter()),
            })?;
            if let Found::Sealed { rolled_up, rows } = found {
                let known = memory.sealed(key);
                (known.rolled_up, known.rows) = (rolled_up, rows);
            }
        }
        let memory = Arc::new(RwLock::new(memory));
        let writer = Writer::start(folder.clone(), Arc::clone(&memory))?;
        let (upkeep, reading) = (tokio::sync::Mutex::new(manifest), tokio::sync::RwLock::new(()));
        Ok(Self { shared: Arc::new(Shared { folder, lake, rollups, memory, writer, upkeep, reading }) })
    }

    /// Stores a batch that arrives at `now`; it is durable when this answers. After a fault some of it may be stored:
    /// sending it again doubles nothing.
    ///
    /// # Errors
    /// A reading that cannot be right: nothing of the batch is stored then. Or a fault.
    pub async fn store(&self, batch: Vec<Reading>, now: Moment) -> Result<(), ReadingsFailure> {
        self.arrived(batch, now, Arrival::Reported).await
    }

    pub(crate) async fn arrived(
        &self,
        batch: Vec<Reading>,
        now: Moment,
        arrival: Arrival,
    ) -> Result<(), ReadingsFailure> {
        judge(&batch, now, arrival, BATCH_READINGS_MAX)?;
        if !batch.is_empty() {
            self.shared.writer.store(batch).await?;
        }
        Ok(())
    }

    /// The newest reading of a series.
    pub fn newest(&self, series: SeriesNumber) -> Option<Reading> {
        self.memory(|memory| memory.newest(series))
    }

    /// The readings of a series from `from` to before `to`, by time; a page of at most `rows_max`.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn history(
        &self,
        series: SeriesNumber,
        from: Moment,
        to: Moment,
        rows_max: usize,
    ) -> Result<Page, ReadingsFault> {
        let rows_max = rows_max.clamp(1, HISTORY_ROWS_MAX);
        let _reading = self.shared.reading.read().await;
        let stretches = self.memory(|memory| memory.stretches(Span::of(from), Span::of(to)));
        let mut readings = Vec::new();
        // Stretch by stretch, so that a page never reads more than it needs.
        for stretch in stretches {
            let told = self.stretch(stretch, series, (from, to), rows_max + 1).await?;
            readings.extend(told.into_iter().map(|(at, value, quality)| Reading {
                series,
                at,
                value,
                quality,
            }));
            if readings.len() > rows_max {
                let next = readings.get(rows_max).map(|reading| reading.at);
                readings.truncate(rows_max);
                return Ok(Page { readings, next });
            }
        }
        Ok(Page { readings, next: None })
    }

    /// The readings of a series in a stretch, by time, of each moment the one that arrived last; at least the first
    /// `rows_max` of them. Whoever asks holds `reading`.
    pub(crate) async fn stretch(
        &self,
        stretch: Stretch,
        series: SeriesNumber,
        during: (Moment, Moment),
        rows_max: usize,
    ) -> Result<Vec<Told>, ReadingsFault> {
        let mut in_memory = Vec::with_capacity(stretch.files.len());
        let mut on_disk = stretch.part.is_some();
        for key in &stretch.files {
            let kept = self.memory(|memory| kept(memory, *key, series, during));
            on_disk |= kept.is_none();
            in_memory.push((*key, kept));
        }
        let shared = Arc::clone(&self.shared);
        let merged = move || {
            let mut sources = Vec::with_capacity(in_memory.len() + 1);
            if let Some(part) = &stretch.part {
                sources.push(shared.lake.series(part, series, during, rows_max)?);
            }
            for (key, kept) in in_memory {
                sources.push(match kept {
                    Some(kept) => kept,
                    None => read_series(&shared.folder.path(key), series, during, rows_max)?,
                });
            }
            Ok(merge(sources))
        };
        if on_disk { blocking(merged).await } else { merged() }
    }

    pub(crate) fn memory<T>(&self, ask: impl FnOnce(&Memory) -> T) -> T {
        self.shared.memory(ask)
    }
}

impl Shared {
    pub(crate) fn memory<T>(&self, ask: impl FnOnce(&Memory) -> T) -> T {
        // Nobody panics while holding it.
        ask(&self.memory.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn remember<T>(&self, tell: impl FnOnce(&mut Memory) -> T) -> T {
        tell(&mut self.memory.write().unwrap_or_else(PoisonError::into_inner))
    }
}

/// What memory keeps of a series in a file, by time and then by arrival; nothing when it does not keep the file.
fn kept(
    memory: &Memory,
    key: FileKey,
    series: SeriesNumber,
    (from, to): (Moment, Moment),
) -> Option<Vec<Told>> {
    let kept = memory.files.get(&key)?.kept.as_ref()?;
    let of_series = kept.get(&series).into_iter().flatten();
    let mut told: Vec<_> = of_series.filter(|told| told.0 >= from && told.0 < to).copied().collect();
    // A stable sort keeps the order of arrival.
    told.sort_by_key(|told| told.0);
    Some(told)
}

/// By time, of each moment what the last source tells of it.
pub(crate) fn merge(mut sources: Vec<Vec<Told>>) -> Vec<Told> {
    sources.retain(|told| !told.is_empty());
    // Most stretches have one source, whose moments may still be doubled.
    if let [_] = sources.as_slice() {
        let mut told = sources.remove(0);
        told.dedup_by(|later, earlier| {
            let same = later.0 == earlier.0;
            if same {
                *earlier = *later;
            }
            same
        });
        return told;
    }
    let mut at = BTreeMap::new();
    for told in sources.into_iter().flatten() {
        at.insert(told.0, told);
    }
    at.into_values().collect()
}

/// Does what waits for the disk beside the tasks.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadingsFault> + Send + 'static,
) -> Result<T, ReadingsFault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ReadingsFault::Closed)?
}
