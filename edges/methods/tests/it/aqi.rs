//! The air quality index: every breakpoint of both editions, the rules around it, and what must hold for any concentration.

use baotu_methods::aqi::{
    AqiRefused, Averaging, Concentration, DailyMeans, EDITIONS, Edition, HourlyMeans, IAQI_STEPS, Index,
    LEVELS, Level, Pollutant, Report, Sample, daily, hourly,
};
use jiff::civil::{Date, date};
use proptest::prelude::*;

/// A day of each edition.
const IN_2020: Date = date(2020, 4, 1);
const IN_2026: Date = date(2026, 11, 28);

fn mean(value: f64) -> Sample {
    Sample::mean(value).unwrap_or_else(|error| panic!("{error}"))
}

fn edition(date: Date) -> &'static Edition {
    Edition::on(date).expect("an edition")
}

fn iaqi(date: Date, pollutant: Pollutant, averaging: Averaging, value: f64) -> Option<u32> {
    edition(date).iaqi(pollutant, averaging, Concentration::new(value).expect("a concentration"))
}

/// SO2, NO2, CO, ozone, PM10, PM2.5.
fn hour(date: Date, means: [Sample; 6]) -> Report {
    let [so2, no2, co, o3, pm10, pm25] = means;
    hourly(date, &HourlyMeans { so2, no2, co, o3, pm10, pm25, so2_day: Sample::Missing }).expect("a report")
}

fn hour_of(date: Date, means: [f64; 6]) -> Report {
    hour(date, means.map(mean))
}

/// SO2, NO2, CO, ozone over eight hours, PM10, PM2.5.
fn day_of(date: Date, means: [f64; 6]) -> Report {
    let [so2, no2, co, o3_eight_hours, pm10, pm25] = means.map(mean);
    let means = DailyMeans { so2, no2, co, o3_eight_hours, pm10, pm25, o3_hour: Sample::Missing };
    daily(date, &means).expect("a report")
}

fn index(report: &Report) -> &Index {
    report.index.as_ref().expect("an index")
}

#[test]
fn the_day_decides_the_edition() {
    let name = |date| Edition::on(date).map(|edition| edition.name);
    assert_eq!(name(date(2026, 2, 28)), Ok("HJ 633-2012"));
    assert_eq!(name(date(2026, 3, 1)), Ok("HJ 633-2026"));
    assert_eq!(name(date(2012, 2, 28)), Err(AqiRefused::NoEdition(date(2012, 2, 28))));
}

/// HJ 633-2012 table 1, row by row as printed; “-” where a note stands. SO2 day, hour, NO2 day, hour, PM10, CO day, hour,
/// ozone hour, eight hours, PM2.5.
const TABLE_2012: &str = "
    0 0 0 0 0 0 0 0 0 0 0
    50 50 150 40 100 50 2 5 160 100 35
    100 150 500 80 200 150 4 10 200 160 75
    150 475 650 180 700 250 14 35 300 215 115
    200 800 800 280 1200 350 24 60 400 265 150
    300 1600 - 565 2340 420 36 90 800 800 250
    400 2100 - 750 3090 500 48 120 1000 - 350
    500 2620 - 940 3840 600 60 150 1200 - 500";

/// HJ 633-2026 table 3, row by row as printed. SO2 day, hour, NO2 day, hour, CO day, hour, ozone eight hours, hour, PM10, PM2.5.
const TABLE_2026: &str = "
    0 0 0 0 0 0 0 0 0 0 0
    50 50 150 40 100 2 5 100 160 50 35
    100 150 500 80 200 4 10 160 200 120 60
    150 475 650 180 700 14 35 215 300 250 115
    200 800 800 280 1200 24 60 265 400 350 150
    300 1600 - 565 2340 36 90 800 800 420 250
    400 2100 - 750 3090 48 120 - 1000 500 350
    500 2620 - 940 3840 60 150 - 1200 600 500";

#[test]
fn the_tables_are_those_of_the_standards() {
    use Averaging::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    let columns_2012 = [
        (So2, Day),
        (So2, Hour),
        (No2, Day),
        (No2, Hour),
        (Pm10, Day),
        (Co, Day),
        (Co, Hour),
        (O3, Hour),
        (O3, EightHours),
        (Pm25, Day),
    ];
    let columns_2026 = [
        (So2, Day),
        (So2, Hour),
        (No2, Day),
        (No2, Hour),
        (Co, Day),
        (Co, Hour),
        (O3, EightHours),
        (O3, Hour),
        (Pm10, Day),
        (Pm25, Day),
    ];
    for (date, table, columns) in [(IN_2020, TABLE_2012, columns_2012), (IN_2026, TABLE_2026, columns_2026)] {
        let rows: Vec<Vec<_>> = table.trim().lines().map(|row| row.split_whitespace().collect()).collect();
        assert_eq!(
            rows.iter().map(|row| row[0].to_owned()).collect::<Vec<_>>(),
            IAQI_STEPS.map(|iaqi| iaqi.to_string())
        );
        for (column, (pollutant, averaging)) in columns.into_iter().enumerate() {
            let printed: Vec<u32> = rows.iter().filter_map(|row| row[column + 1].parse().ok()).collect();
            let scale = edition(date).scale(pollutant, averaging).expect("a scale");
            assert_eq!(scale.limits, printed, "{} {pollutant:?} {averaging:?}", edition(date).name);
        }
    }
}

#[test]
fn each_breakpoint_has_its_index_and_one_step_more_has_a_higher_one() {
    for edition in &EDITIONS {
        for scale in &edition.scales {
            let step = if scale.pollutant == Pollutant::Co { 0.1 } else { 1.0 };
            let at = |value: f64| {
                let concentration = Concentration::new(value).expect("a concentration");
                edition.iaqi(scale.pollutant, scale.averaging, concentration)
            };
            for (position, (&limit, &expected)) in scale.limits.iter().zip(&IAQI_STEPS).enumerate() {
                let told = format!("{} {:?} {:?} at {limit}", edition.name, scale.pollutant, scale.averaging);
                assert_eq!(at(f64::from(limit)), Some(expected), "{told}");
                if position + 1 < scale.limits.len() {
                    assert!(scale.limits[position + 1] > limit, "{told}");
                    assert!(at(f64::from(limit) + step) > Some(expected), "{told}");
                }
            }
        }
    }
}

#[test]
fn the_sheets_vector_comes_out_in_both_editions() {
    // SO2, NO2, CO, O3 over eight hours, PM10, PM2.5.
    let means = [12.0, 38.0, 0.9, 172.0, 135.0, 68.0];
    for (date, indices) in [(IN_2020, [12, 48, 23, 111, 93, 92]), (IN_2026, [12, 48, 23, 111, 106, 108])] {
        let report = day_of(date, means);
        let parts: Vec<_> = report.parts.iter().filter_map(|part| part.iaqi).collect();
        assert_eq!(parts, indices, "{}", report.edition.name);
        assert_eq!((index(&report).aqi, index(&report).level), (111, Level::LightlyPolluted));
        assert_eq!(index(&report).primary, [Pollutant::O3]);
    }
    for (date, aqi, level) in [(IN_2020, 92, "良"), (IN_2026, 108, "轻度污染")] {
        let report = day_of(date, [0.0, 0.0, 0.0, 0.0, 0.0, 68.0]);
        assert_eq!((index(&report).aqi, index(&report).level.row().name), (aqi, level));
    }
}

#[test]
fn above_its_last_breakpoint_each_edition_does_as_it_says() {
    use Averaging::{Day, EightHours, Hour};
    use Pollutant::{Co, No2, O3, Pm10, Pm25, So2};
    for (pollutant, averaging, value, by_2012, by_2026) in [
        (So2, Hour, 800.0, Some(200), Some(200)),
        // 800.5 is rounded to 800 (even) before it is compared.
        (So2, Hour, 800.5, Some(200), Some(200)),
        (So2, Hour, 801.0, None, Some(200)),
        (O3, EightHours, 801.0, None, Some(300)),
        (So2, Day, 2_621.0, Some(500), Some(500)),
        (No2, Hour, 1e300, Some(500), Some(500)),
        (Co, Day, 60.1, Some(500), Some(500)),
        (O3, Hour, 1_201.0, Some(500), Some(500)),
        (Pm10, Hour, 2_000.0, Some(500), Some(500)),
        (Pm25, Day, f64::MAX, Some(500), Some(500)),
        // What no table has.
        (No2, EightHours, 40.0, None, None),
    ] {
        let found = [IN_2020, IN_2026].map(|date| iaqi(date, pollutant, averaging, value));
        assert_eq!(found, [by_2012, by_2026], "{pollutant:?} {averaging:?} {value}");
    }
}

#[test]
fn in_2012_the_other_time_takes_the_place_of_what_is_beyond_its_scale() {
    let mut means = HourlyMeans { so2: mean(900.0), pm25: mean(40.0), ..HourlyMeans::default() };
    let report = hourly(IN_2020, &means).expect("a report");
    assert_eq!(
        report.missing,
        [Pollutant::So2, Pollutant::No2, Pollutant::Co, Pollutant::O3, Pollutant::Pm10]
    );
    assert_eq!(index(&report).aqi, 57);
    means.so2_day = mean(475.0);
    let report = hourly(IN_2020, &means).expect("a report");
    assert_eq!((index(&report).aqi, &*index(&report).primary), (150, &[Pollutant::So2][..]));
    assert!(!report.missing.contains(&Pollutant::So2));
    // By the later edition the hour stands for itself.
    assert_eq!(index(&hourly(IN_2026, &means).expect("a report")).aqi, 200);

    let ozone = DailyMeans { o3_eight_hours: mean(900.0), o3_hour: mean(1_000.0), ..DailyMeans::default() };
    assert_eq!(index(&daily(IN_2020, &ozone).expect("a report")).aqi, 400);
    assert_eq!(index(&daily(IN_2026, &ozone).expect("a report")).aqi, 300);
    // Seven items in 2012: the hour of ozone counts below 800 too. Six in 2026.
    let ozone = DailyMeans { o3_eight_hours: mean(100.0), o3_hour: mean(300.0), ..DailyMeans::default() };
    assert_eq!(index(&daily(IN_2020, &ozone).expect("a report")).aqi, 150);
    assert_eq!(daily(IN_2026, &ozone).expect("a report").index, None);
}

#[test]
fn a_missing_pollutant_hides_an_index_of_100_or_less_since_2026() {
    let with = |pm25: f64| [mean(10.0), Sample::Missing, mean(0.5), mean(80.0), mean(60.0), mean(pm25)];
    let report = hour(IN_2026, with(60.0));
    assert_eq!((report.missing, report.index), (vec![Pollutant::No2], None));
    assert!(report.parts.iter().filter(|part| part.iaqi.is_some()).count() == 5, "the parts are still told");
    assert_eq!(index(&hour(IN_2026, with(61.0))).aqi, 101);
    assert_eq!(index(&hour(IN_2020, with(60.0))).aqi, 82, "HJ 633-2012 has no such rule");
    // What is not monitored there, and was never a trouble, hides nothing (5.3.2).
    let report =
        hour(IN_2026, [mean(10.0), Sample::NotMonitored, mean(0.5), mean(80.0), mean(60.0), mean(20.0)]);
    assert_eq!((index(&report).aqi, report.missing), (58, vec![]));
    for nothing in [Sample::Missing, Sample::NotMonitored] {
        assert_eq!(hour(IN_2026, [nothing; 6]).index, None);
        assert_eq!(hour(IN_2020, [nothing; 6]).index, None);
    }
}

#[test]
fn concentrations_are_rounded_first_and_the_index_up() {
    // PM2.5 of an hour: 35.5 → 36 (even) → 52; 34.5 → 34 → 49; 35.4 → 35 → 50.
    for (pm25, aqi) in [(35.5, 52), (34.5, 49), (35.4, 50), (36.0, 52), (0.4, 1)] {
        let report = hour_of(IN_2026, [0.0, 0.0, 0.0, 0.0, 0.0, pm25]);
        assert_eq!(index(&report).aqi, aqi, "PM2.5 {pm25}");
    }
    // CO of an hour: 5.05 → 5.0 → 50; 5.15 → 5.2 → 52.
    for (co, told, aqi) in [(5.05, 5.0, 50), (5.15, 5.2, 52)] {
        let report = hour_of(IN_2026, [0.0, 0.0, co, 0.0, 0.0, 0.0]);
        assert_eq!((report.parts[2].concentration, index(&report).aqi), (Some(told), aqi), "CO {co}");
    }
}

#[test]
fn primary_pollutants_are_all_that_share_the_largest_index_above_50() {
    let primary = |means| index(&hour_of(IN_2026, means)).primary.clone();
    assert_eq!(primary([150.0, 0.0, 0.0, 0.0, 50.0, 35.0]), []);
    assert_eq!(primary([0.0, 0.0, 0.0, 0.0, 120.0, 60.0]), [Pollutant::Pm10, Pollutant::Pm25]);
    assert_eq!(primary([0.0, 0.0, 0.0, 0.0, 121.0, 60.0]), [Pollutant::Pm10]);
}

#[test]
fn the_index_runs_from_1_since_2026_and_from_0_before() {
    assert_eq!(
        index(&hour_of(IN_2026, [0.0; 6])),
        &Index { aqi: 1, level: Level::Excellent, primary: vec![] }
    );
    assert_eq!(index(&hour_of(IN_2020, [0.0; 6])).aqi, 0);
    assert_eq!(index(&hour_of(IN_2026, [9e9; 6])).aqi, 500);
}

#[test]
fn a_level_is_the_row_of_its_index() {
    for (position, row) in LEVELS.iter().enumerate() {
        assert_eq!(row.level as usize, position);
        assert_eq!(row.level.row(), row);
        assert_eq!(Level::of(row.up_to), row.level);
        assert_eq!(Level::of(if position == 0 { 0 } else { LEVELS[position - 1].up_to + 1 }), row.level);
    }
}

#[test]
fn what_cannot_be_is_refused_and_never_taken_for_zero() {
    for value in [-0.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -f64::MIN_POSITIVE] {
        assert!(matches!(Sample::mean(value), Err(AqiRefused::Concentration(_))), "{value}");
        assert!(Sample::of(Some(value)).is_err(), "{value}");
    }
    assert_eq!(Sample::of(None), Ok(Sample::Missing));
    assert_eq!(iaqi(IN_2026, Pollutant::Co, Averaging::Hour, -0.0), Some(0));
}

fn any_sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        1 => Just(Sample::Missing),
        1 => Just(Sample::NotMonitored),
        8 => (0.0_f64..4_000.0).prop_map(mean),
        4 => any::<f64>().prop_map(|value| Sample::mean(value).unwrap_or_default()),
    ]
}

fn any_date() -> impl Strategy<Value = Date> {
    prop_oneof![Just(IN_2020), Just(IN_2026)]
}

proptest! {
    #[test]
    fn any_number_gives_a_report_whose_index_is_its_largest_part(
        date in any_date(), samples in proptest::array::uniform7(any_sample()), is_hour in any::<bool>(),
    ) {
        let [so2, no2, co, o3, pm10, pm25, other] = samples;
        let report = if is_hour {
            hourly(date, &HourlyMeans { so2, no2, co, o3, pm10, pm25, so2_day: other })
        } else {
            daily(date, &DailyMeans { so2, no2, co, o3_eight_hours: o3, pm10, pm25, o3_hour: other })
        };
        let report = report.expect("a report");
        let largest = report.parts.iter().filter_map(|part| part.iaqi).max();
        let is_held_back = report.edition.withholds_incomplete && !report.missing.is_empty();
        match (&report.index, largest) {
            (Some(index), Some(largest)) => {
                prop_assert_eq!(index.aqi, largest.max(report.edition.lowest));
                prop_assert!((report.edition.lowest..=500).contains(&index.aqi));
                prop_assert_eq!(index.level, Level::of(index.aqi));
                prop_assert_eq!(index.primary.is_empty(), index.aqi <= 50);
                prop_assert!(!is_held_back || index.aqi > 100);
            }
            (None, Some(largest)) => prop_assert!(is_held_back && largest <= 100),
            (index, None) => prop_assert_eq!(index, &None),
        }
    }

    #[test]
    fn more_of_a_pollutant_never_has_a_smaller_index(
        edition in 0_usize..2, scale in 0_usize..10, one in 0.0_f64..5_000.0, other in 0.0_f64..5_000.0,
    ) {
        let (edition, scale) = (&EDITIONS[edition], &EDITIONS[edition].scales[scale]);
        let at = |value| {
            edition.iaqi(scale.pollutant, scale.averaging, Concentration::new(value).expect("a concentration"))
        };
        match (at(one.min(other)), at(one.max(other))) {
            (Some(low), Some(high)) => prop_assert!(low <= high),
            // HJ 633-2012 alone ends some scales, and what is higher has none either.
            (_, high) => prop_assert!(high.is_none() && edition.name == "HJ 633-2012"),
        }
    }

    #[test]
    fn more_of_a_pollutant_never_makes_the_air_better(
        means in proptest::array::uniform6(0.0_f64..3_000.0), which in 0_usize..6, more in 0.0_f64..3_000.0,
    ) {
        let mut worse = means;
        worse[which] += more;
        prop_assert!(index(&hour_of(IN_2026, means)).aqi <= index(&hour_of(IN_2026, worse)).aqi);
        prop_assert!(index(&day_of(IN_2026, means)).aqi <= index(&day_of(IN_2026, worse)).aqi);
    }
}
