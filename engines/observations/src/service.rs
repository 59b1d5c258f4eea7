//! Storing readings and reading them back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use baotu_vocabulary::Moment;

use crate::memory::{Memory, Told};
use crate::reading::{Reading, ReadingRefused, SeriesNumber, judge};
use crate::span::{FileKey, Span};
use crate::store::{Folder, Found, ReadingsFault, Writer, read_file, read_series, seal};

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

/// What sealing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Files sealed.
    pub files: usize,
}

/// The readings of a city. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Readings {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    folder: Folder,
    memory: Arc<RwLock<Memory>>,
    writer: Writer,
}

impl Readings {
    /// Opens or makes the folder and reads what is known of it; it blocks while it reads.
    ///
    /// # Errors
    /// When the folder or a file cannot be used.
    pub fn open(folder: &Path) -> Result<Self, ReadingsFault> {
        let folder = Folder::open(folder)?;
        let mut memory = Memory::default();
        for key in folder.files()? {
            let found = read_file(&folder.path(key), |found, readings| match found {
                Found::Sealed => memory.told(readings),
                Found::Open => memory.stored(key, readings.iter()),
            })?;
            if found == Found::Sealed {
                memory.sealed(key);
            }
        }
        let memory = Arc::new(RwLock::new(memory));
        let writer = Writer::start(folder.clone(), Arc::clone(&memory))?;
        Ok(Self { shared: Arc::new(Shared { folder, memory, writer }) })
    }

    /// Stores a batch that arrives at `now`; it is durable when this answers. After a fault some of it may be stored:
    /// sending it again doubles nothing.
    ///
    /// # Errors
    /// A reading that cannot be right: nothing of the batch is stored then. Or a fault.
    pub async fn store(&self, batch: Vec<Reading>, now: Moment) -> Result<(), ReadingsFailure> {
        judge(&batch, now, BATCH_READINGS_MAX)?;
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
        let (first, last) = (Span::of(from), Span::of(to));
        let keys: Vec<FileKey> = self.memory(|memory| {
            let end = FileKey { span: last, generation: u32::MAX };
            let all = memory.files.range(FileKey { span: first, generation: 0 }..=end);
            all.map(|(key, _)| *key).collect()
        });
        let mut readings = Vec::new();
        // Hour by hour, so that a page never reads more than it needs.
        for of_hour in keys.chunk_by(|one, other| one.span == other.span) {
            let mut at = BTreeMap::new();
            for key in of_hour {
                for told in self.portion(*key, series, (from, to), rows_max + 1).await? {
                    // What arrived later corrects what stands there.
                    at.insert(told.0, told);
                }
            }
            readings.extend(at.into_values().map(|(at, value, quality)| Reading {
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

    /// Seals the files of the hours that are over at `now`; what comes for them later stands in files of its own.
    ///
    /// # Errors
    /// When a file cannot be sealed; it is tried again the next time.
    pub async fn seal(&self, now: Moment) -> Result<Sealed, ReadingsFault> {
        let mut sealed = Sealed::default();
        for key in self.shared.writer.release(Span::not_over(now)).await? {
            let path = self.shared.folder.path(key);
            blocking(move || seal(&path)).await?;
            self.shared.memory.write().unwrap_or_else(PoisonError::into_inner).sealed(key);
            sealed.files += 1;
        }
        Ok(sealed)
    }

    /// What one file has of a series, in the order of time and then of arrival.
    async fn portion(
        &self,
        key: FileKey,
        series: SeriesNumber,
        (from, to): (Moment, Moment),
        rows_max: usize,
    ) -> Result<Vec<Told>, ReadingsFault> {
        let in_memory = self.memory(|memory| {
            let kept = memory.files.get(&key)?.kept.as_ref()?;
            let of_series = kept.get(&series).into_iter().flatten();
            Some(of_series.filter(|told| told.0 >= from && told.0 < to).copied().collect::<Vec<_>>())
        });
        if let Some(mut told) = in_memory {
            // A stable sort keeps the order of arrival.
            told.sort_by_key(|told| told.0);
            return Ok(told);
        }
        let path = self.shared.folder.path(key);
        blocking(move || read_series(&path, series, (from, to), rows_max)).await
    }

    fn memory<T>(&self, ask: impl FnOnce(&Memory) -> T) -> T {
        // Nobody panics while holding it.
        ask(&self.shared.memory.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Does what waits for the disk beside the tasks.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ReadingsFault> + Send + 'static,
) -> Result<T, ReadingsFault> {
    tokio::task::spawn_blocking(work).await.map_err(|_| ReadingsFault::Closed)?
}
