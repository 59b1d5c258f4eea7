//! Birmingham's car parks: the stated occupancy comes out, and the counters' real faults are told by kind.

use std::collections::BTreeMap;

use baotu_methods::parking::{CarPark, Count, CounterFault, series};
use baotu_vocabulary::Moment;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Assumed, for the data don't tell lanes: one lane each way for every 200 places begun …
const PLACES_PER_LANE: i64 = 200;
/// … that lets 300 cars through in an hour.
const CARS_PER_LANE_HOUR: u32 = 300;
/// Readings come every half hour: three hours of one number.
const FROZEN_READINGS: usize = 6;
const FROZEN_MINUTES: i64 = 120;

#[test]
fn every_reading_is_the_stated_occupancy_or_a_fault_with_a_name() {
    let Some(rows) = crate::real_data::rows("parking-birmingham/occupancy.csv.gz") else { return };
    let london = TimeZone::get("Europe/London").expect("a bundled zone");
    let mut parks: BTreeMap<(String, i64), Vec<Count>> = BTreeMap::new();
    let (mut negative, mut over_capacity) = (0, 0);
    for row in &rows {
        let number = |column: &str| row[column].trim().parse::<i64>().expect("a whole number");
        let (cars, places) = (number("occupancy"), number("capacity"));
        negative += usize::from(cars < 0);
        over_capacity += usize::from(cars > places);
        let local: DateTime = row["updated"].trim().parse().expect("a local time");
        let at = Moment::from(london.to_timestamp(local).expect("a time"));
        parks.entry((row["car_park"].clone(), places)).or_default().push(Count { at, cars });
    }

    let (mut rates, mut faults) = (0, BTreeMap::<&str, usize>::new());
    for ((name, places), counts) in &parks {
        let lanes = u32::try_from((places + PLACES_PER_LANE - 1) / PLACES_PER_LANE).expect("few lanes");
        let park = CarPark {
            places: *places,
            cars_per_hour: Some(lanes * CARS_PER_LANE_HOUR),
            frozen_readings: FROZEN_READINGS,
            frozen_minutes: FROZEN_MINUTES,
        };
        let mut here = BTreeMap::<&str, usize>::new();
        for (count, judged) in counts.iter().zip(series(&park, counts)) {
            match judged {
                Ok(occupancy) => {
                    rates += 1;
                    assert_eq!(occupancy.rate(), count.cars as f64 / *places as f64, "{name} {:?}", count.at);
                }
                Err(fault) => {
                    *faults.entry(fault.name()).or_default() += 1;
                    *here.entry(fault.name()).or_default() += 1;
                    if matches!(fault, CounterFault::Jump { .. }) {
                        println!("{name} {}: {fault}", count.at);
                    }
                }
            }
        }
        if !here.is_empty() {
            println!("{name} ({places} places, {} readings): {here:?}", counts.len());
        }
    }
    println!("{} readings of {} car parks: {rates} rates, faults {faults:?}", rows.len(), parks.len());

    assert_eq!(rates + faults.values().sum::<usize>(), rows.len());
    let told = |kind: &str| faults.get(kind).copied().unwrap_or_default();
    assert_eq!(
        (told("negative"), told("over-capacity")),
        (negative, over_capacity),
        "counted in the bare file"
    );
    assert!(negative > 0 && over_capacity > 0, "the data are known to hold both");
}
