//! Whatever arrives in whatever order, a series is told as a plain map of moments would tell it.

use std::collections::BTreeMap;

use proptest::prelude::*;

use crate::given::{again, all_of, eight, nothing, reading};

/// What happens to a city's readings.
#[derive(Clone, Debug)]
enum Happening {
    /// A batch of (series, seconds after eight, value).
    Batch(Vec<(u32, i64, i16)>),
    /// Sealing so many seconds after eight.
    Seal(i64),
    /// A restart.
    Restart,
}

fn happening() -> impl Strategy<Value = Happening> {
    let one = (0..3_u32, -4_000..9_000_i64, any::<i16>());
    // Few moments, so that many meet.
    let crowded = (0..3_u32, (-4..9_i64).prop_map(|step| step * 1_000), any::<i16>());
    prop_oneof![
        6 => proptest::collection::vec(prop_oneof![one, crowded], 1..12).prop_map(Happening::Batch),
        2 => (0..20_000_i64).prop_map(Happening::Seal),
        1 => Just(Happening::Restart),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_series_is_told_as_a_map_would_tell_it(
        happenings in proptest::collection::vec(happening(), 1..14),
        rows_max in 1..9_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async {
            let (folder, mut readings) = nothing();
            let now = eight().plus_seconds(9_000);
            let mut model = BTreeMap::<u32, BTreeMap<i64, f64>>::new();
            for happening in happenings {
                match happening {
                    Happening::Batch(batch) => {
                        for &(series, at, value) in &batch {
                            model.entry(series).or_default().insert(at, f64::from(value));
                        }
                        let batch = batch.into_iter().map(|(series, at, value)| reading(series, at, value.into()));
                        readings.store(batch.collect(), now).await.expect("stored");
                    }
                    Happening::Seal(at) => drop(readings.seal(eight().plus_seconds(at)).await.expect("sealed")),
                    Happening::Restart => readings = again(&folder, readings),
                }
            }
            for series in 0..3 {
                let expected: Vec<_> = model.remove(&series).unwrap_or_default().into_iter().collect();
                assert_eq!(all_of(&readings, series, rows_max).await, expected);
                let newest = readings.newest(baotu_observations::SeriesNumber::new(series));
                assert_eq!(newest.map(|newest| newest.value), expected.last().map(|last| last.1));
            }
        });
    }
}
