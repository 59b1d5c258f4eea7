//! Telling a series by the minute, the hour and the day.

use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::aggregate::{Aggregate, Aggregated, AggregatedPage, Bucket, whole_hours};
use crate::reading::SeriesNumber;
use crate::service::{HISTORY_ROWS_MAX, Readings, blocking};
use crate::span::Span;
use crate::store::ReadingsFault;

/// Buckets of one page at most.
pub const BUCKETS_MAX: usize = 10_000;
/// Hours that are looked at together.
const HOURS_AT_ONCE: usize = 2_000;
/// Readings that one page of minutes is told from, at most; it is shorter then.
const PAGE_READINGS_MAX: usize = 1_000_000;

impl Readings {
    /// A series by the minute, the hour or the day of the city's clock: the buckets that begin from `from` on (moved
    /// back to where its bucket begins) and before `to`, each whole; a page of at most `buckets_max`.
    ///
    /// A bucket without a reading is absent. Hours and days are told from what was written when their hours were
    /// sealed, the hours that still run from memory; minutes, and hours and days of a clock that differs from UTC by a
    /// part of an hour, from the readings themselves. Hours outlive the readings they were made of.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub async fn aggregates(
        &self,
        series: SeriesNumber,
        (from, to): (Moment, Moment),
        bucket: Bucket,
        zone: &TimeZone,
        buckets_max: usize,
    ) -> Result<AggregatedPage, ReadingsFault> {
        let mut page = Filling {
            bucket,
            zone,
            buckets_max: buckets_max.clamp(1, BUCKETS_MAX),
            page: AggregatedPage::default(),
            open_until: Moment::from_micros(i64::MIN),
        };
        let Some((first, end)) = self.extent() else { return Ok(page.page) };
        // Nothing was taken before and after: what is asked without a limit costs nothing there.
        let from = bucket.begins(from.max(first.begins()), zone);
        let to = to.min(end.begins());
        if from >= to {
            return Ok(page.page);
        }
        let until = bucket.ends(bucket.begins(to.plus_micros(-1), zone), zone);
        let from_hours = bucket != Bucket::Minute && whole_hours(from, zone) && whole_hours(until, zone);
        if from_hours {
            self.tell_hours(series, (from, until), &mut page).await?;
        } else {
            self.tell_readings(series, (from, until), &mut page).await?;
        }
        Ok(page.page)
    }

    fn extent(&self) -> Option<(Span, Span)> {
        match (self.memory(crate::memory::Memory::extent), self.shared.rollups.extent()) {
            (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
            (one, other) => one.or(other),
        }
    }

    async fn tell_readings(
        &self,
        series: SeriesNumber,
        (mut from, until): (Moment, Moment),
        page: &mut Filling<'_>,
    ) -> Result<(), ReadingsFault> {
        let mut left = PAGE_READINGS_MAX;
        loop {
            let of_history = self.history(series, from, until, HISTORY_ROWS_MAX).await?;
            left = left.saturating_sub(of_history.readings.len());
            for one in &of_history.readings {
                let mut aggregate = Aggregate::default();
                aggregate.take((one.at, one.value, one.quality));
                if !page.take(one.at, aggregate) {
                    return Ok(());
                }
            }
            match of_history.next {
                // The bucket that is not complete is told by the next page.
                Some(_) if left == 0 && page.page.buckets.len() > 1 => {
                    page.page.next = page.page.buckets.pop().map(|last| last.begins);
                    return Ok(());
                }
                Some(next) => from = next,
                None => return Ok(()),
            }
        }
    }

    async fn tell_hours(
        &self,
        series: SeriesNumber,
        (from, until): (Moment, Moment),
        page: &mut Filling<'_>,
    ) -> Result<(), ReadingsFault> {
        let (mut first, end) = (Span::of(from), Span::from(until));
        while first < end {
            let next = first.plus(i64::try_from(HOURS_AT_ONCE).unwrap_or(i64::MAX)).min(end);
            let _reading = self.shared.reading.read().await;
            let fresh = self.memory(|memory| memory.not_rolled_up(first, next));
            let shared = std::sync::Arc::clone(&self.shared);
            let mut hours =
                blocking(move || shared.rollups.read(series, (first, next), HOURS_AT_ONCE)).await?;
            if !fresh.is_empty() {
                let mut known = std::collections::BTreeMap::from_iter(std::mem::take(&mut hours));
                for span in fresh {
                    if let Some(aggregate) = self.fresh_hour(series, span, known.contains_key(&span)).await? {
                        known.insert(span, aggregate);
                    }
                }
                hours = known.into_iter().collect();
            }
            for (span, aggregate) in hours {
                if !aggregate.is_nothing() && !page.take(span.begins(), aggregate) {
                    return Ok(());
                }
            }
            first = next;
        }
        Ok(())
    }

    /// An hour with readings that no aggregate knows yet; nothing when what is written is still to be told, because
    /// retention has dropped what it was made of.
    async fn fresh_hour(
        &self,
        series: SeriesNumber,
        span: Span,
        is_written: bool,
    ) -> Result<Option<Aggregate>, ReadingsFault> {
        let (part, stretches) =
            self.memory(|memory| (memory.part_of(span).cloned(), memory.stretches(span, span)));
        if let Some(part) = part.filter(|part| is_written && part.thinned) {
            if part.not_rolled_up.iter().flatten().any(|known| *known == series.number()) {
                return Ok(None);
            }
            let shared = std::sync::Arc::clone(&self.shared);
            if !blocking(move || shared.lake.has(&part, series)).await? {
                return Ok(None);
            }
        }
        let mut aggregate = Aggregate::default();
        for stretch in stretches {
            let during = (span.begins(), span.plus(1).begins());
            let told = self.stretch(stretch, series, during, usize::MAX).await?;
            told.into_iter().for_each(|told| aggregate.take(told));
        }
        Ok(Some(aggregate))
    }
}

/// A page that is being filled, by time.
struct Filling<'z> {
    bucket: Bucket,
    zone: &'z TimeZone,
    buckets_max: usize,
    page: AggregatedPage,
    /// Where its last bucket ends.
    open_until: Moment,
}

impl Filling<'_> {
    /// Takes in what begins at this moment; false when the page is full.
    fn take(&mut self, at: Moment, aggregate: Aggregate) -> bool {
        if at < self.open_until
            && let Some(last) = self.page.buckets.last_mut()
        {
            last.aggregate.join(aggregate);
            return true;
        }
        let begins = self.bucket.begins(at, self.zone);
        if self.page.buckets.len() >= self.buckets_max {
            self.page.next = Some(begins);
            return false;
        }
        self.page.buckets.push(Aggregated { begins, aggregate });
        self.open_until = self.bucket.ends(begins, self.zone);
        true
    }
}
