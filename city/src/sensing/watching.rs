//! Rules watch what things say: things of the register as rules see them, readings as they come, readings of the past.

use std::collections::HashSet;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use baotu_doors::mqtt::Broker;
use baotu_geo::Atlas;
use baotu_observations::{Hearer, Reading, Readings, SeriesNumber, Standing, Thing, ThingState};
use baotu_rules::{BoxFuture, History, HistoryFault, Observed, Rules, Watched};
use baotu_vocabulary::{Moment, ZoneCode};

/// Readings of the past that are asked for at a time.
const PAGE_READINGS: usize = 50_000;
/// Readings that rules weigh without letting others in between.
const WEIGHED_AT_A_TIME: usize = 2_000;

/// A reading as rules see it. What a thing itself does not trust neither raises nor ends an alarm.
fn observed(reading: &Reading) -> Observed {
    let usable = reading.quality.is_usable();
    Observed { series: reading.series.number(), at: reading.at, value: reading.value, usable }
}

/// A thing as rules see it; none when it does not speak.
pub(super) fn watched(standing: &Standing, atlas: &Atlas) -> Option<Watched> {
    let thing = &standing.thing;
    if thing.state != ThingState::InUse {
        return None;
    }
    let located = thing.place.and_then(|place| atlas.locate_degrees(place.lon(), place.lat()).ok());
    let zones: Vec<ZoneCode> = located
        .map(|located| located.zones().into_iter().map(|zone| zone.code.clone()).collect())
        .unwrap_or_default();
    Some(Watched {
        thing: thing.id,
        kind: thing.kind.clone(),
        name: thing.name.clone(),
        unit: thing.unit.clone(),
        place: thing.place,
        division: thing.division,
        zones,
        series: standing
            .series
            .iter()
            .map(|(property, number)| (property.clone(), number.number()))
            .collect(),
    })
}

/// Hands what is stored to the rules that watch it.
pub(super) struct Watching {
    rules: Rules,
    atlas: Arc<Atlas>,
    /// Where a thing loses its connection; set when the broker stands.
    pub(super) broker: OnceLock<Broker>,
    /// The series that matter; all others are passed over quickly.
    series: RwLock<Arc<HashSet<u32>>>,
}

impl Watching {
    pub(super) fn new(rules: Rules, atlas: Arc<Atlas>) -> Self {
        let watching = Self { rules, atlas, broker: OnceLock::new(), series: RwLock::default() };
        watching.renew();
        watching
    }

    /// Learns which series matter, after things or rules have changed.
    pub(super) fn renew(&self) {
        let series: HashSet<u32> = self.rules.watched_series().into_iter().collect();
        *self.series.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(series);
    }
}

impl Hearer for Watching {
    fn heard(&self, readings: &[Reading], now: Moment) {
        let series = Arc::clone(&self.series.read().unwrap_or_else(PoisonError::into_inner));
        let matter = readings.iter().filter(|reading| series.contains(&reading.series.number()));
        let observed: Vec<Observed> = matter.map(observed).collect();
        for some in observed.chunks(WEIGHED_AT_A_TIME) {
            self.rules.observe(some, now);
        }
    }

    fn changed(&self, things: &[Standing]) {
        for standing in things {
            match watched(standing, &self.atlas) {
                Some(watched) => self.rules.watch(watched),
                None => self.rules.forget(standing.thing.id),
            }
        }
        self.renew();
    }

    fn signed_out(&self, thing: &Thing) {
        let ended = self.broker.get().map_or(0, |broker| broker.revoke(&thing.code));
        tracing::debug!(ended, "a thing must sign in anew");
    }
}

/// The readings of the past, for rules that go on after a restart or are replayed.
pub(super) struct Past(pub(super) Readings);

impl History for Past {
    fn newest<'a>(&'a self, series: &'a [u32]) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        let newest = series.iter().filter_map(|number| self.0.newest(SeriesNumber::new(*number)));
        let found = newest.map(|reading| observed(&reading)).filter(|reading| reading.usable).collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn readings<'a>(
        &'a self,
        series: &'a [u32],
        from: Moment,
        to: Moment,
    ) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        Box::pin(async move {
            let mut all = Vec::new();
            for number in series {
                let mut next = Some(from);
                while let Some(at) = next {
                    let page = self.0.history(SeriesNumber::new(*number), at, to, PAGE_READINGS).await;
                    let page = page.map_err(|fault| HistoryFault(Box::new(fault)))?;
                    all.extend(page.readings.iter().map(observed));
                    next = page.next;
                }
            }
            all.sort_by_key(|reading| reading.at);
            Ok(all)
        })
    }
}
