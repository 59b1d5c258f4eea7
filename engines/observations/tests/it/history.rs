//! Whatever arrives in whatever order and wherever it stands, a series is told as a plain map of moments would tell it.

use std::collections::BTreeMap;

use baotu_observations::{Aggregate, Bucket, Figures, Quality, Reading, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::{TimeZone, offset};
use proptest::prelude::*;

use crate::given::{SECOND, again, all_of, buckets_of, eight, lines, names, nothing, number, reading};

/// What happens to a city's readings.
#[derive(Clone, Debug)]
enum Happening {
    /// A batch of (series, seconds after eight, value, whether it is usable).
    Batch(Vec<(u32, i64, i16, bool)>),
    /// The same, brought in so many hours after eight.
    Import(i64, Vec<(u32, i64, i16, bool)>),
    /// Sealing so many seconds after eight.
    Seal(i64),
    /// Sealing and compacting so many hours after eight.
    Compact(i64),
    /// A restart.
    Restart,
}

fn happening() -> impl Strategy<Value = Happening> {
    let usable = || proptest::bool::weighted(0.8);
    let one = (0..3_u32, -4_000..9_000_i64, any::<i16>(), usable());
    // Few moments, so that many meet.
    let crowded = (0..3_u32, (-4..9_i64).prop_map(|step| step * 1_000), any::<i16>(), usable());
    let batch = || proptest::collection::vec(prop_oneof![one.clone(), crowded.clone()], 1..12);
    prop_oneof![
        6 => batch().prop_map(Happening::Batch),
        3 => (3..100_i64, batch()).prop_map(|(hours, batch)| Happening::Import(hours, batch)),
        2 => (0..20_000_i64).prop_map(Happening::Seal),
        2 => (4..200_i64).prop_map(Happening::Compact),
        1 => Just(Happening::Restart),
    ]
}

/// The days of this city begin at eight in UTC, in the middle of what is stored.
fn zone() -> TimeZone {
    TimeZone::fixed(offset(16))
}

fn readings_of(batch: Vec<(u32, i64, i16, bool)>) -> Vec<Reading> {
    let readings = batch.into_iter().map(|(series, at, value, usable)| {
        let mut one = reading(series, at, value.into());
        one.quality = if usable { Quality::Manual } else { Quality::Calibrating };
        one
    });
    readings.collect()
}

type Series = BTreeMap<i64, (f64, bool)>;

/// The same as a plain recomputation tells it: of each bucket of so many seconds, begun at this offset.
fn recomputed(series: &Series, seconds: i64, offset: i64) -> Vec<(Moment, Aggregate)> {
    let mut buckets = BTreeMap::<i64, Vec<(Moment, f64, bool)>>::new();
    for (at, (value, usable)) in series {
        let moment = eight().plus_seconds(*at);
        let begins = (moment.micros() / SECOND + offset).div_euclid(seconds) * seconds - offset;
        buckets.entry(begins).or_default().push((moment, *value, *usable));
    }
    let told = buckets.into_iter().map(|(begins, all)| {
        let usable: Vec<_> =
            all.iter().filter(|(.., usable)| *usable).map(|(at, value, _)| (*at, *value)).collect();
        let values = || usable.iter().map(|(_, value)| *value);
        let figures = usable.first().zip(usable.last()).map(|(first, last)| Figures {
            count: usable.len() as u64,
            sum: values().sum(),
            min: values().fold(f64::INFINITY, f64::min),
            max: values().fold(f64::NEG_INFINITY, f64::max),
            first: *first,
            last: *last,
        });
        let set_aside = (all.len() - usable.len()) as u64;
        (Moment::from_micros(begins * SECOND), Aggregate { figures, set_aside })
    });
    told.collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn a_series_is_told_as_a_map_would_tell_it(
        happenings in proptest::collection::vec(happening(), 1..16),
        rows_max in 1..9_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (folder, mut readings) = nothing();
            let now = eight().plus_seconds(9_000);
            let mut model = BTreeMap::<u32, Series>::new();
            for happening in happenings {
                if let Happening::Batch(batch) | Happening::Import(_, batch) = &happening {
                    for &(series, at, value, usable) in batch {
                        model.entry(series).or_default().insert(at, (f64::from(value), usable));
                    }
                }
                match happening {
                    Happening::Batch(batch) => {
                        readings.store(readings_of(batch), now).await.expect("stored");
                    }
                    Happening::Import(hours, batch) => {
                        let (text, at) = (lines(&readings_of(batch)), eight().plus_seconds(hours * 3_600));
                        let imported = readings.import(text.as_bytes(), at, &zone(), number, names).await;
                        assert_eq!(imported.expect("imported").problems, []);
                    }
                    Happening::Seal(at) => drop(readings.seal(eight().plus_seconds(at)).await.expect("sealed")),
                    Happening::Compact(hours) => {
                        let at = eight().plus_seconds(hours * 3_600);
                        readings.seal(at).await.expect("sealed");
                        readings.compact(at, &zone(), names).await.expect("compacted");
                    }
                    Happening::Restart => readings = again(&folder, readings),
                }
            }
            for number in 0..3 {
                let series = model.remove(&number).unwrap_or_default();
                let expected: Vec<_> = series.iter().map(|(at, (value, _))| (*at, *value)).collect();
                assert_eq!(all_of(&readings, number, rows_max).await, expected);
                let newest = readings.newest(SeriesNumber::new(number));
                assert_eq!(newest.map(|newest| newest.value), expected.last().map(|last| last.1));
                let half = TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).expect("an offset"));
                for (bucket, seconds) in [(Bucket::Minute, 60), (Bucket::Hour, 3_600), (Bucket::Day, 86_400)] {
                    for (zone, of_zone) in [(zone(), 16 * 3_600), (TimeZone::UTC, 0), (half.clone(), 19_800)] {
                        let told = buckets_of(&readings, number, bucket, &zone, rows_max).await;
                        assert_eq!(told, recomputed(&series, seconds, of_zone), "{bucket:?} {of_zone}");
                    }
                }
            }
        });
    }
}
