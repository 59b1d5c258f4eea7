//! Imported readings of days that are over go straight to the lake: a part for a day, many days at once.
//!
//! A part of imported readings counts from when the manifest names it; only then its aggregates are written, and the
//! manifest says so. Until it does, the hours of the part are told from its readings, and whoever keeps files and parts
//! next (a start as well) writes the aggregates first: a stop in between leaves neither hours without their readings nor
//! readings without their hours.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::aggregate::Aggregate;
use crate::compaction::{COMPACT_AFTER_SECONDS, Due, hours_of};
use crate::lake::{Lake, Manifest, Part};
use crate::memory::Memory;
use crate::reading::{Reading, SeriesNumber};
use crate::service::{BATCH_READINGS_MAX, Readings, blocking};
use crate::span::Span;
use crate::store::{ReadingsFault, RollUps, RolledUp};

/// Readings that an import holds at most before it writes them; 24 bytes each, and as much again while it does.
pub const IMPORT_READINGS_MAX: usize = 4_000_000;
/// Aggregates that are written together; some 130 bytes each.
const ROLL_UPS_AT_ONCE: usize = 500_000;

impl Readings {
    /// Stores imported readings, all of them durably when it answers: those of days that are over in the lake, where they
    /// correct what stands there, the others in the files of their hours.
    pub(crate) async fn bring_in(
        &self,
        mut readings: Vec<Reading>,
        now: Moment,
        zone: &TimeZone,
        describe: &(impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync),
    ) -> Result<(), ReadingsFault> {
        // A stable sort keeps the order of arrival.
        readings.sort_by_key(|reading| reading.at);
        let others = {
            let mut manifest = self.upkeep().await?;
            // What was stored before is corrected, so that it has to go in first.
            self.seal_over(now).await?;
            let (days, others) = self.memory(|memory| by_day(memory, &readings, now, zone));
            drop(readings);
            let newest = newest(days.iter().flat_map(|due| &due.imported));
            if !days.is_empty() {
                self.write(&mut manifest, days, now, describe, std::collections::BTreeSet::new()).await?;
                self.shared.remember(|memory| memory.told(&newest));
                self.finish(&mut manifest).await?;
            }
            others
        };
        for batch in others.chunks(BATCH_READINGS_MAX) {
            self.shared.writer.store(batch.to_vec()).await?;
        }
        Ok(())
    }

    /// The right to change which files and parts there are; all parts are rolled up.
    pub(crate) async fn upkeep(&self) -> Result<tokio::sync::MutexGuard<'_, Manifest>, ReadingsFault> {
        let mut manifest = self.shared.upkeep.lock().await;
        self.finish(&mut manifest).await?;
        Ok(manifest)
    }

    async fn finish(&self, manifest: &mut Manifest) -> Result<(), ReadingsFault> {
        if manifest.parts.iter().all(|part| part.not_rolled_up.is_none()) {
            return Ok(());
        }
        let (shared, mut next) = (Arc::clone(&self.shared), manifest.clone());
        let (next, parts) = blocking(move || {
            let parts = roll_up_parts(&shared.lake, &shared.rollups, &mut next)?;
            Ok((next, parts))
        })
        .await?;
        *manifest = next;
        self.shared.remember(|memory| {
            memory.parts.extend(parts.into_iter().map(|part| (part.hours().0, Arc::new(part))));
        });
        Ok(())
    }
}

/// The parts that readings, by time, go to at `now`, and those that go to none.
fn by_day(memory: &Memory, readings: &[Reading], now: Moment, zone: &TimeZone) -> (Vec<Due>, Vec<Reading>) {
    let (mut days, mut others) = (Vec::new(), Vec::new());
    let mut left = readings;
    while let Some(first) = left.first() {
        let span = Span::of(first.at);
        let (dt, hours) = hours_of(memory, span, zone);
        let end = left.partition_point(|reading| Span::of(reading.at) < hours.1).max(1);
        let (of_day, later) = left.split_at(end);
        let part = memory.part_of(span).cloned();
        let is_over = hours.1 <= Span::not_over(now);
        if is_over && (part.is_some() || hours.1.begins().plus_seconds(COMPACT_AFTER_SECONDS) <= now) {
            days.push(Due { dt, hours, part, files: memory.go_in(hours), imported: of_day.to_vec() });
        } else {
            others.extend_from_slice(of_day);
        }
        left = later;
    }
    (days, others)
}

/// The newest of each series, of two of one moment the later.
fn newest<'r>(readings: impl Iterator<Item = &'r Reading>) -> Vec<Reading> {
    let mut newest = HashMap::<SeriesNumber, Reading>::new();
    for reading in readings {
        newer(&mut newest, *reading);
    }
    newest.into_values().collect()
}

fn newer(newest: &mut HashMap<SeriesNumber, Reading>, reading: Reading) {
    let known = newest.entry(reading.series).or_insert(reading);
    if reading.at >= known.at {
        *known = reading;
    }
}

/// Writes the aggregates of the parts that are not rolled up, and the newest readings of their series, and says so in the
/// manifest; which parts they are.
///
/// Files that came after such a part are not rolled up either: that is done by whoever has asked for this first.
pub(crate) fn roll_up_parts(
    lake: &Lake,
    rollups: &RollUps,
    manifest: &mut Manifest,
) -> Result<Vec<Part>, ReadingsFault> {
    let mut some: Vec<RolledUp> = Vec::new();
    let mut newest = HashMap::new();
    for part in &manifest.parts {
        let Some(known_more) = &part.not_rolled_up else { continue };
        lake.all(part, |reading| {
            newer(&mut newest, reading);
            let (series, span) = (reading.series, Span::of(reading.at));
            let told = (reading.at, reading.value, reading.quality);
            match some.last_mut() {
                Some(last) if last.series == series && last.span == span => last.aggregate.take(told),
                _ => {
                    if some.len() >= ROLL_UPS_AT_ONCE {
                        rollups.write(std::mem::take(&mut some)).map_err(io::Error::other)?;
                    }
                    let mut aggregate = Aggregate::default();
                    aggregate.take(told);
                    let only_if_absent = known_more.contains(&series.number());
                    some.push(RolledUp { series, span, aggregate, only_if_absent });
                }
            }
            Ok(())
        })?;
    }
    rollups.write(some)?;
    rollups.keep_newest(&newest.into_values().collect::<Vec<_>>())?;
    let mut finished = Vec::new();
    for part in &mut manifest.parts {
        if part.not_rolled_up.take().is_some() {
            finished.push(part.clone());
        }
    }
    if !finished.is_empty() {
        lake.commit(manifest)?;
    }
    Ok(finished)
}
