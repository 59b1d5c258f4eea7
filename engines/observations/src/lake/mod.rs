//! The readings of days that are over, as a table of the lake: `observations/dt=2026-11-28/part-7.parquet`.
//!
//! | file | what it holds |
//! |---|---|
//! | `manifest` | which parts there are; replaced whole, durably |
//! | `part` | one Parquet file: written from sorted readings, read row by row or whole |
//! | `index` | which rows of a part are those of a series |
//! | `sorter` | readings of many files in one order with bounded memory |
//!
//! Whatever reads Hive partitions reads the folder as it is (columns `thing`, `property`, `series`, `at`, `value`,
//! `quality`; `dt` by the folder). What is not for it has a name that begins with `_`. The manifest decides: a part that
//! it does not name does not exist, and is removed at the next start.

mod index;
mod manifest;
mod part;
mod sorter;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use baotu_vocabulary::Moment;
use jiff::civil::Date;
use parquet::errors::ParquetError;

pub(crate) use index::Rows;
pub(crate) use manifest::{Manifest, Part, sync_folder};
pub(crate) use part::Named;
pub(crate) use sorter::{Ranked, Sorted, Sorter};

use crate::memory::Told;
use crate::reading::{Reading, SeriesNumber};
use crate::store::ReadingsFault;

/// Parts of which is remembered where their pages lie: some 20 bytes for each page, a megabyte for 50 million rows.
const FOOTERS_MAX: usize = 48;

/// The table of readings in the lake.
#[derive(Debug)]
pub(crate) struct Lake {
    folder: PathBuf,
    /// By their file, the one used last at the end.
    footers: Mutex<Vec<(String, Arc<part::Footer>)>>,
}

/// A part before the manifest names it.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    file: String,
    list: String,
    rows: u64,
    bytes: u64,
    extent: Option<(Moment, Moment)>,
}

impl Prepared {
    /// The part with these contents.
    pub(crate) fn part(self, stands_for: Part) -> Part {
        let (earliest, latest) = self.extent.unzip();
        Part {
            file: (self.rows > 0).then_some(self.file),
            list: (self.rows > 0).then_some(self.list),
            rows: self.rows,
            bytes: self.bytes,
            earliest,
            latest,
            ..stands_for
        }
    }
}

impl Lake {
    /// Opens or makes the table, finishes what was begun when the city stopped, and says which parts there are.
    pub(crate) fn open(folder: &Path) -> Result<(Self, Manifest), ReadingsFault> {
        let lake = Self { folder: folder.to_owned(), footers: Mutex::new(Vec::new()) };
        std::fs::create_dir_all(folder).map_err(lake.folder_fault())?;
        let manifest = manifest::read(folder)?;
        lake.clear(&manifest).map_err(lake.folder_fault())?;
        Ok((lake, manifest))
    }

    fn folder_fault(&self) -> impl Fn(io::Error) -> ReadingsFault + use<> {
        let path = self.folder.clone();
        move |reason| ReadingsFault::Folder { path: path.clone(), reason }
    }

    /// Gives the parts that the manifest names their names, and removes all others.
    fn clear(&self, manifest: &Manifest) -> io::Result<()> {
        let mut known = std::collections::HashSet::new();
        for part in &manifest.parts {
            if let Some(file) = &part.file {
                self.show(file)?;
                known.insert(self.folder.join(file));
            }
            known.extend(part.list.as_ref().map(|list| self.folder.join(list)));
        }
        for day in std::fs::read_dir(&self.folder)? {
            let day = day?.path();
            let of_day =
                day.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("dt="));
            if of_day && day.is_dir() {
                for file in std::fs::read_dir(&day)? {
                    let file = file?.path();
                    if !known.contains(&file) {
                        std::fs::remove_file(&file)?;
                    }
                }
                // Only an empty folder is removed.
                std::fs::remove_dir(&day).ok();
            }
        }
        Ok(())
    }

    /// Lets engines that read the folder see a part that the manifest names.
    fn show(&self, file: &str) -> io::Result<()> {
        let (waiting, path) = (manifest::waiting(&self.folder, file), self.folder.join(file));
        if !path.exists() {
            std::fs::rename(waiting, &path)?;
            sync_folder(path.parent().unwrap_or(&self.folder))?;
        }
        Ok(())
    }

    /// Writes the part of a day, which nobody sees yet; what `kept` does not want is left out.
    pub(crate) fn prepare(
        &self,
        (dt, version): (Date, u64),
        order: &[Named],
        sorted: &mut Sorted,
        kept: impl Fn(SeriesNumber) -> bool,
    ) -> Result<Prepared, ReadingsFault> {
        let (of_day, file, list) = manifest::names(dt, version);
        let path = manifest::waiting(&self.folder, &file);
        let prepare = || {
            std::fs::create_dir_all(self.folder.join(&of_day))?;
            let mut written = part::write(&path, order, sorted, kept)?;
            index::write(&self.folder.join(&list), &mut written.series)?;
            if written.rows == 0 {
                std::fs::remove_file(&path)?;
                std::fs::remove_file(self.folder.join(&list))?;
                return Ok(Prepared { file, list, rows: 0, bytes: 0, extent: None });
            }
            sync_folder(&self.folder.join(&of_day))?;
            let bytes = std::fs::metadata(&path)?.len();
            Ok(Prepared { file, list, rows: written.rows, bytes, extent: written.extent })
        };
        prepare().map_err(part_fault(&path))
    }

    /// Makes a manifest the one that counts, and lets the parts that it names be seen.
    pub(crate) fn commit(&self, manifest: &Manifest) -> Result<(), ReadingsFault> {
        // The folders of the days are durable before the manifest names what is in them.
        sync_folder(&self.folder).map_err(self.folder_fault())?;
        manifest::replace(&self.folder, manifest)?;
        for file in manifest.parts.iter().filter_map(|part| part.file.as_ref()) {
            self.show(file).map_err(self.folder_fault())?;
        }
        Ok(())
    }

    /// Removes the files of a part that no manifest has named.
    pub(crate) fn discard(&self, part: &Part) {
        let waiting = part.file.iter().map(|file| manifest::waiting(&self.folder, file));
        for path in waiting.chain(part.list.iter().map(|list| self.folder.join(list))) {
            // The next start removes it.
            std::fs::remove_file(path).ok();
        }
    }

    /// Removes the files of a part that the manifest names no more.
    pub(crate) fn remove(&self, part: &Part) {
        for file in part.file.iter().chain(&part.list) {
            let path = self.folder.join(file);
            if let Err(reason) = std::fs::remove_file(&path) {
                // The next start removes it.
                tracing::warn!(%reason, path = %path.display(), "what was replaced in the lake is left");
            }
        }
        std::fs::remove_dir(self.folder.join(format!("dt={}", part.dt))).ok();
    }

    /// The readings of a series in a part, by time; at most `rows_max`.
    pub(crate) fn series(
        &self,
        part: &Part,
        series: SeriesNumber,
        during: (Moment, Moment),
        rows_max: usize,
    ) -> Result<Vec<Told>, ReadingsFault> {
        let (Some(file), Some(list)) = (&part.file, &part.list) else { return Ok(Vec::new()) };
        let path = self.folder.join(file);
        let read = || match index::find(&self.folder.join(list), series)? {
            Some(rows) => part::read_rows(&path, &*self.footer(file)?, rows, during, rows_max),
            None => Ok(Vec::new()),
        };
        read().map_err(part_fault(&path))
    }

    /// Whether a part has readings of a series.
    pub(crate) fn has(&self, part: &Part, series: SeriesNumber) -> Result<bool, ReadingsFault> {
        let Some(list) = &part.list else { return Ok(false) };
        let path = self.folder.join(list);
        let found = index::find(&path, series);
        found.map(|found| found.is_some()).map_err(|reason| ReadingsFault::Folder { path, reason })
    }

    /// The series of a part.
    pub(crate) fn list(&self, part: &Part) -> Result<Vec<Rows>, ReadingsFault> {
        let Some(list) = &part.list else { return Ok(Vec::new()) };
        let path = self.folder.join(list);
        index::all(&path).map_err(|reason| ReadingsFault::Folder { path, reason })
    }

    /// Hands out all readings of a part.
    pub(crate) fn all(
        &self,
        part: &Part,
        told_of: impl FnMut(Reading) -> io::Result<()>,
    ) -> Result<(), ReadingsFault> {
        let Some(file) = &part.file else { return Ok(()) };
        let path = self.folder.join(file);
        let read = || part::read_all(&path, &*self.footer(file)?, told_of);
        read().map_err(part_fault(&path))
    }

    fn footer(&self, file: &str) -> Result<Arc<part::Footer>, ParquetError> {
        // Nobody panics while holding it.
        let footers = || self.footers.lock().unwrap_or_else(PoisonError::into_inner);
        let known = {
            let mut footers = footers();
            footers.iter().position(|(name, _)| name == file).map(|place| {
                let used = footers.remove(place);
                let footer = Arc::clone(&used.1);
                footers.push(used);
                footer
            })
        };
        if let Some(footer) = known {
            return Ok(footer);
        }
        let footer = Arc::new(part::footer(&self.folder.join(file))?);
        let mut footers = footers();
        if footers.len() >= FOOTERS_MAX {
            footers.remove(0);
        }
        footers.push((file.to_owned(), Arc::clone(&footer)));
        Ok(footer)
    }
}

fn part_fault(path: &Path) -> impl Fn(ParquetError) -> ReadingsFault + use<> {
    let path = path.to_owned();
    move |reason| ReadingsFault::Part { path: path.clone(), reason }
}
