//! Dropping what need not be kept any longer, series by series.

use std::collections::BTreeSet;
use std::sync::Arc;

use baotu_vocabulary::Moment;

use crate::compaction::{Due, series_of};
use crate::reading::SeriesNumber;
use crate::service::{Readings, blocking};
use crate::span::Span;
use crate::store::ReadingsFault;

const DAY_SECONDS: i64 = 86_400;

/// How long a series is kept, in days; without end when absent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// Its readings.
    pub readings_days: Option<u32>,
    /// Its hourly aggregates, which tell its hours and days when its readings are gone.
    pub aggregates_days: Option<u32>,
}

/// What retention came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Dropped {
    /// Parts of the lake that were rewritten or removed.
    pub days: usize,
    /// Readings dropped with them.
    pub readings: u64,
    /// Hourly aggregates dropped.
    pub hours: u64,
}

impl Readings {
    /// Drops what is older at `now` than `keep` says: readings by whole days that are in the lake, aggregates by the
    /// hour, and the newest reading of a series that is older than its readings are kept. A day that is not compacted
    /// yet keeps its readings until it is. `describe` is that of [`Readings::compact`].
    ///
    /// # Errors
    /// When files cannot be read or written; what was dropped before stays so, the rest is tried again the next time.
    pub async fn retain(
        &self,
        now: Moment,
        keep: impl Fn(SeriesNumber) -> Keep + Send + Sync,
        describe: impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync,
    ) -> Result<Dropped, ReadingsFault> {
        let before = |days: Option<u32>| days.map(|days| now.plus_seconds(-i64::from(days) * DAY_SECONDS));
        let mut manifest = self.upkeep().await?;
        let mut dropped = Dropped::default();
        let parts: Vec<_> = self.memory(|memory| memory.parts.values().cloned().collect());
        for part in parts {
            let hours = part.hours();
            let files = self.memory(|memory| memory.go_in(hours));
            let due = Due { dt: part.dt, hours, part: Some(part), files, imported: Vec::new() };
            let (shared, of) = (Arc::clone(&self.shared), due.clone());
            let series = blocking(move || series_of(&shared, &of)).await?;
            let is_over = |series: &SeriesNumber| {
                before(keep(*series).readings_days).is_some_and(|before| due.hours.1.begins() <= before)
            };
            let without: BTreeSet<_> = series.into_iter().filter(is_over).collect();
            if without.is_empty() {
                continue;
            }
            let had = due.part.as_ref().map_or(0, |part| part.rows);
            let left = self.write(&mut manifest, vec![due], now, &describe, without).await?;
            dropped.days += 1;
            dropped.readings += had.saturating_sub(left.iter().map(|part| part.rows).sum());
        }
        let newest = self.memory(crate::memory::Memory::all_newest);
        let older: Vec<_> = newest
            .into_iter()
            .filter_map(|(series, at)| {
                Some((series, before(keep(series).readings_days).filter(|before| at < *before)?))
            })
            .collect();
        let shared = Arc::clone(&self.shared);
        let known = blocking(move || {
            if !older.is_empty() {
                shared.rollups.forget_newest(&older)?;
                shared.remember(|memory| memory.forget_newest(&older));
            }
            shared.rollups.series_before(Span::of(now))
        })
        .await?;
        let older: Vec<_> = known
            .into_iter()
            .filter_map(|series| Some((series, Span::of(before(keep(series).aggregates_days)?))))
            .collect();
        let shared = Arc::clone(&self.shared);
        let (hours, empty) = blocking(move || shared.rollups.forget(&older)).await?;
        dropped.hours = hours;
        if !empty.is_empty() {
            let _nobody_reads = self.shared.reading.write().await;
            self.shared.rollups.remove(&empty);
        }
        Ok(dropped)
    }
}
