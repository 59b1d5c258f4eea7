//! Occupancy and the faults of counters: each kind by a small story, and what must hold for any numbers.

use baotu_methods::parking::{CarPark, Count, CounterFault, occupancy, series};
use baotu_vocabulary::Moment;
use proptest::prelude::*;

const PARK: CarPark =
    CarPark { places: 200, cars_per_hour: Some(300), frozen_readings: 4, frozen_minutes: 90 };

/// A count of so many cars at so many minutes.
fn count(&(minutes, cars): &(i64, i64)) -> Count {
    Count { at: Moment::default().plus_seconds(minutes * 60), cars }
}

/// What is said of each reading: percent, or the fault's name.
fn told(readings: &[(i64, i64)]) -> String {
    let counts: Vec<_> = readings.iter().map(count).collect();
    let words = series(&PARK, &counts).into_iter().map(|judged| match judged {
        Ok(occupancy) => format!("{}", occupancy.rate() * 100.0),
        Err(fault) => fault.name().to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

#[test]
fn a_count_is_a_rate_or_a_fault() {
    assert_eq!(occupancy(50, 200).map(|occupancy| occupancy.rate()), Ok(0.25));
    assert_eq!(occupancy(0, 200).map(|occupancy| occupancy.rate()), Ok(0.0));
    assert_eq!(occupancy(200, 200).map(|occupancy| occupancy.rate()), Ok(1.0));
    assert_eq!(occupancy(201, 200), Err(CounterFault::OverCapacity { cars: 201, places: 200 }));
    assert_eq!(occupancy(-1, 200), Err(CounterFault::Negative { cars: -1 }));
    assert_eq!(occupancy(0, 0), Err(CounterFault::NoPlaces { places: 0 }));
    assert_eq!(occupancy(1, -5), Err(CounterFault::NoPlaces { places: -5 }));
}

#[test]
fn each_fault_is_told_where_it_is() {
    for (readings, expected) in [
        // An ordinary morning.
        (&[(0, 20), (30, 50), (60, 90)][..], "10 25 45"),
        (&[(0, 190), (30, 203), (60, 198)], "95 over-capacity 99"),
        (&[(0, 4), (30, -2), (60, 0)], "2 negative 0"),
        // Five cars a minute at most: 150 in half an hour, not 151. The same overnight is nothing.
        (&[(0, 10), (30, 160), (60, 10)], "5 80 5"),
        (&[(0, 10), (30, 161)], "5 jump"),
        (&[(0, 180), (930, 10)], "90 5"),
        // A counter that is set back while the park is full.
        (&[(0, 198), (30, 12), (60, 20)], "99 jump 10"),
        // Four equal readings over an hour and a half; three are no proof, nor are four in an hour.
        (&[(0, 38), (30, 38), (60, 38), (90, 38), (120, 50)], "19 frozen frozen frozen 25"),
        (&[(0, 38), (30, 38), (60, 38), (90, 50)], "19 19 19 25"),
        (&[(0, 38), (20, 38), (40, 38), (60, 38)], "19 19 19 19"),
        // Empty and full may last; more than full is the other fault.
        (&[(0, 0), (60, 0), (120, 0), (180, 0), (240, 0)], "0 0 0 0 0"),
        (&[(0, 200), (60, 200), (120, 200), (180, 200)], "100 100 100 100"),
        (
            &[(0, 202), (60, 202), (120, 202), (180, 202)],
            "over-capacity over-capacity over-capacity over-capacity",
        ),
        // A reading that comes late is not measured against, and does not end a run.
        (&[(30, 20), (0, 10), (30, 20), (60, 24)], "10 out-of-order out-of-order 12"),
        (&[(0, 38), (60, 38), (30, 50), (120, 38), (180, 38)], "19 frozen out-of-order frozen frozen"),
        (&[], ""),
    ] {
        assert_eq!(told(readings), expected, "{readings:?}");
    }
}

#[test]
fn a_fault_is_worded_for_the_operator() {
    let counts = [(0, 198), (30, 12)].map(|reading| count(&reading));
    let told = series(&PARK, &counts)[1].map(|_| ()).expect_err("a jump").to_string();
    assert_eq!(told, "1800 秒内由 198 辆变为 12 辆，出入口无法通过");
}

proptest! {
    #[test]
    fn any_counts_are_rates_or_faults(
        readings in proptest::collection::vec((any::<i64>(), prop_oneof![any::<i64>(), -5_i64..230]), 0..30),
        places in prop_oneof![any::<i64>(), Just(200)], cars_per_hour in any::<Option<u32>>(),
        frozen_readings in 0_usize..6, frozen_minutes in any::<i64>(),
    ) {
        let park = CarPark { places, cars_per_hour, frozen_readings, frozen_minutes };
        let counts: Vec<_> =
            readings.iter().map(|&(micros, cars)| Count { at: Moment::from_micros(micros), cars }).collect();
        let judged = series(&park, &counts);
        prop_assert_eq!(judged.len(), counts.len());
        for (count, judged) in counts.iter().zip(judged) {
            match judged {
                Ok(occupancy) => {
                    prop_assert!((0.0..=1.0).contains(&occupancy.rate()));
                    prop_assert!((0..=places).contains(&count.cars));
                }
                Err(CounterFault::Negative { cars }) => prop_assert!(cars < 0),
                Err(CounterFault::OverCapacity { cars, .. }) => prop_assert!(cars > places),
                Err(_) => {}
            }
        }
    }

    #[test]
    fn more_cars_are_a_higher_rate(places in 1_i64..100_000, one in 0_i64..100_000, other in 0_i64..100_000) {
        let (low, high) = (one.min(other) % (places + 1), one.max(other) % (places + 1));
        let rate = |cars| occupancy(cars, places).expect("a rate").rate();
        prop_assert_eq!(low <= high, rate(low) <= rate(high));
    }
}
