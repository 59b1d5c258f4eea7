//! What happens when an hour is over: its files get their indexes, its aggregates are written, small files are joined.
//!
//! Each step can be begun again: a file says itself how far it came (sealed, then rolled up), and is found so at the next
//! start. An hour with a file that is not rolled up is told from its readings until it is.

use std::collections::BTreeSet;
use std::sync::Arc;

use baotu_vocabulary::Moment;

use crate::aggregate::Aggregate;
use crate::lake::{Part, Ranked, Sorter, sync_folder};
use crate::reading::{Quality, Reading, SeriesNumber};
use crate::service::{Readings, Shared, blocking, merge};
use crate::span::{FileKey, Span};
use crate::store::{OpenReading, ReadingsFault, RolledUp, mark_rolled_up, seal, write_sealed};

/// What sealing came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sealed {
    /// Files sealed.
    pub files: usize,
    /// Hours whose aggregates were written.
    pub hours: usize,
    /// Files that went into another of the same hour, because an hour had too many.
    pub joined: usize,
}

impl Readings {
    /// Seals the files of the hours that are over at `now`; what comes for them later stands in files of its own. Their
    /// hourly aggregates are written. To be called each minute or so.
    ///
    /// # Errors
    /// When a file cannot be sealed; it is tried again the next time.
    pub async fn seal(&self, now: Moment) -> Result<Sealed, ReadingsFault> {
        let _upkeep = self.upkeep().await?;
        self.seal_over(now).await
    }

    /// The same for whoever holds `upkeep`.
    pub(crate) async fn seal_over(&self, now: Moment) -> Result<Sealed, ReadingsFault> {
        let mut sealed = Sealed::default();
        let over = Span::not_over(now);
        for key in self.shared.writer.release(over).await? {
            let path = self.shared.folder.path(key);
            blocking(move || seal(&path)).await?;
            self.shared.remember(|memory| {
                memory.sealed(key);
            });
            sealed.files += 1;
        }
        for span in self.memory(|memory| memory.to_roll_up(over)) {
            let shared = Arc::clone(&self.shared);
            blocking(move || roll_up(&shared, span)).await?;
            sealed.hours += 1;
        }
        for keys in self.memory(crate::memory::Memory::to_join) {
            let (shared, those) = (Arc::clone(&self.shared), keys.clone());
            let rows = blocking(move || join(&shared, &those)).await?;
            {
                let _nobody_reads = self.shared.reading.write().await;
                self.shared.remember(|memory| memory.joined(&keys, rows));
            }
            let others = keys.split_last().map_or(&[][..], |(_, others)| others);
            others.iter().for_each(|key| self.shared.folder.remove(*key));
            sealed.joined += others.len();
        }
        Ok(sealed)
    }
}

/// Writes the aggregates of an hour, and the newest readings of its series.
fn roll_up(shared: &Shared, span: Span) -> Result<(), ReadingsFault> {
    let (part, files) = shared.memory(|memory| {
        let sealed = memory.files_of(span).filter(|(_, known)| known.sealed);
        let files: Vec<_> = sealed.map(|(key, known)| (key, known.rolled_up)).collect();
        (memory.part_of(span).cloned(), files)
    });
    let mut open = Vec::with_capacity(files.len());
    for (key, _) in &files {
        open.push(OpenReading::open(&shared.folder.path(*key))?);
    }
    let mut newest = Vec::new();
    for (file, _) in open.iter().zip(&files).filter(|(_, (_, rolled_up))| !rolled_up) {
        newest.extend(file.newest()?);
    }
    let is_new = part.is_none() && files.iter().all(|(_, rolled_up)| !rolled_up);
    let rolled_up = if is_new {
        all_of_hour(shared, span, &open)?
    } else {
        let touched = newest.iter().map(|reading| reading.series).collect();
        some_of_hour(shared, span, part.as_deref(), &open, touched)?
    };
    drop(open);
    shared.rollups.keep_newest(&newest)?;
    shared.rollups.write(rolled_up)?;
    let fresh: Vec<FileKey> = files.iter().filter(|(_, rolled_up)| !rolled_up).map(|(key, _)| *key).collect();
    for key in &fresh {
        mark_rolled_up(&shared.folder.path(*key))?;
    }
    shared.remember(|memory| memory.rolled_up(&fresh));
    Ok(())
}

/// The aggregates of all series of an hour, from files read once from end to end.
fn all_of_hour(shared: &Shared, span: Span, files: &[OpenReading]) -> Result<Vec<RolledUp>, ReadingsFault> {
    let fault = |reason| ReadingsFault::Folder { path: shared.folder.sorting(), reason };
    let mut sorter = Sorter::new(&shared.folder.sorting());
    for file in files {
        file.all(|reading| sorter.take(ranked(&reading, reading.series.number())))?;
    }
    let mut sorted = sorter.sorted().map_err(fault)?;
    let mut all: Vec<RolledUp> = Vec::new();
    while let Some(reading) = sorted.next().map_err(fault)? {
        let series = SeriesNumber::new(reading.rank);
        let told =
            (Moment::from_micros(reading.at), reading.value, Quality::from_code(i64::from(reading.quality)));
        match all.last_mut() {
            Some(last) if last.series == series => last.aggregate.take(told),
            _ => {
                let mut aggregate = Aggregate::default();
                aggregate.take(told);
                all.push(RolledUp { series, span, aggregate, only_if_absent: false });
            }
        }
    }
    Ok(all)
}

/// The aggregates of some series of an hour: those that what is late touches.
fn some_of_hour(
    shared: &Shared,
    span: Span,
    part: Option<&Part>,
    files: &[OpenReading],
    touched: BTreeSet<SeriesNumber>,
) -> Result<Vec<RolledUp>, ReadingsFault> {
    let during = (span.begins(), span.plus(1).begins());
    let mut all = Vec::with_capacity(touched.len());
    for series in touched {
        let mut sources = Vec::with_capacity(files.len() + 1);
        let mut dropped = false;
        if let Some(part) = part {
            dropped = part.thinned && !shared.lake.has(part, series)?;
            sources.push(shared.lake.series(part, series, during, usize::MAX)?);
        }
        for file in files {
            sources.push(file.series(series, during, usize::MAX)?);
        }
        let mut aggregate = Aggregate::default();
        merge(sources).into_iter().for_each(|told| aggregate.take(told));
        all.push(RolledUp { series, span, aggregate, only_if_absent: dropped });
    }
    Ok(all)
}

/// Puts the readings of files of one hour into the last of them; how many they are. The others are to be removed.
fn join(shared: &Shared, keys: &[FileKey]) -> Result<u64, ReadingsFault> {
    let Some(last) = keys.last() else { return Ok(0) };
    let fault = |reason| ReadingsFault::Folder { path: shared.folder.root().to_owned(), reason };
    let mut sorter = Sorter::new(&shared.folder.sorting());
    for key in keys {
        let file = OpenReading::open(&shared.folder.path(*key))?;
        file.all(|reading| sorter.take(ranked(&reading, reading.series.number())))?;
    }
    let mut sorted = sorter.sorted().map_err(fault)?;
    let joining = shared.folder.joining();
    let rows = write_sealed(&joining, || {
        Ok(sorted.next()?.map(|one| Reading {
            series: SeriesNumber::new(one.rank),
            at: Moment::from_micros(one.at),
            value: one.value,
            quality: Quality::from_code(i64::from(one.quality)),
        }))
    })?;
    // What it takes the place of stands in it: whoever reads both meanwhile is told the same.
    std::fs::rename(&joining, shared.folder.path(*last)).map_err(fault)?;
    sync_folder(shared.folder.root()).map_err(fault)?;
    Ok(rows)
}

/// A reading of a series with this place.
pub(crate) fn ranked(reading: &Reading, rank: u32) -> Ranked {
    let quality = u8::try_from(reading.quality.code()).unwrap_or_default();
    Ranked { rank, at: reading.at.micros(), value: reading.value, quality }
}
