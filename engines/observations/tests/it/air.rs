//! The readings of twelve stations in Beijing, with their gaps: hours and days equal a plain recomputation, before and
//! after they move to the lake.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use baotu_observations::{Bucket, ExportSeries, HISTORY_ROWS_MAX, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::given::nothing;

/// Days that are brought in: each hour is a file, and the disk is asked several times for each.
const DAYS: usize = 8;
/// What a station measures, as the columns of the file are called.
const PROPERTIES: [&str; 11] =
    ["pm25", "pm10", "so2", "no2", "co", "o3", "temp", "pres", "dewp", "rain", "wspm"];

type Series = BTreeMap<Moment, f64>;
/// By station and property.
type Stations = BTreeMap<(String, String), Series>;

/// The first days of the file by station and property, and the lines they come from; nothing when the data are absent.
fn stations() -> Option<(Stations, usize)> {
    let folder = PathBuf::from(std::env::var_os("BAOTU_DATA")?);
    let packed = std::fs::File::open(folder.join("air-beijing-12stations-hourly/hourly.csv.gz"));
    let required = std::env::var_os("BAOTU_DATA_REQUIRED").is_some();
    let packed = packed.inspect_err(|reason| assert!(!required, "{reason}")).ok()?;
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("the file is whole");
    let mut rows = csv::Reader::from_reader(text.as_bytes());
    let head = rows.headers().expect("a head").clone();
    let place = |name: &str| head.iter().position(|column| column == name).expect("a column");
    let (mut all, mut lines) = (Stations::new(), 0);
    for row in rows.records() {
        let row = row.expect("a row");
        // February of 2015 has gaps in all that is measured.
        if !(row[1].starts_with("2015-02-0") && row[1] < *"2015-02-09") {
            continue;
        }
        lines += 1;
        let at: Moment = row[1].parse().expect("a time");
        for property in PROPERTIES {
            if let Ok(value) = row[place(property)].parse() {
                all.entry((row[0].to_owned(), property.to_owned())).or_default().insert(at, value);
            }
        }
    }
    Some((all, lines))
}

/// What a plain recomputation tells of each bucket of so many hours in Beijing: count, sum, smallest, largest.
fn recomputed(series: &Series, hours: i64) -> Vec<(Moment, (u64, f64, f64, f64))> {
    let mut buckets = BTreeMap::<i64, (u64, f64, f64, f64)>::new();
    let (length, offset) = (hours * 3_600_000_000, 8 * 3_600_000_000);
    for (at, value) in series {
        let begins = (at.micros() + offset).div_euclid(length) * length - offset;
        let bucket = buckets.entry(begins).or_insert((0, 0.0, f64::INFINITY, f64::NEG_INFINITY));
        *bucket = (bucket.0 + 1, bucket.1 + value, bucket.2.min(*value), bucket.3.max(*value));
    }
    buckets.into_iter().map(|(begins, told)| (Moment::from_micros(begins), told)).collect()
}

async fn told(
    readings: &Readings,
    number: u32,
    bucket: Bucket,
    zone: &TimeZone,
) -> Vec<(Moment, (u64, f64, f64, f64))> {
    let (from, to) = (Moment::from_micros(0), Moment::from_micros(i64::MAX));
    let page = readings
        .aggregates(SeriesNumber::new(number), (from, to), bucket, zone, 10_000)
        .await
        .expect("a page");
    assert_eq!(page.next, None);
    let told = page.buckets.iter().filter_map(|one| {
        let figures = one.aggregate.figures?;
        Some((one.begins, (figures.count, figures.sum, figures.min, figures.max)))
    });
    told.collect()
}

#[tokio::test]
async fn hours_and_days_of_real_stations_equal_a_plain_recomputation() {
    let Some((stations, lines)) = stations() else { return };
    assert_eq!(lines, 12 * 24 * DAYS);
    assert!(stations.values().any(|series| series.len() < 24 * DAYS), "the file has gaps");
    let numbers: BTreeMap<_, _> = stations.keys().cloned().zip(0..).collect();
    let (_folder, readings) = nothing();
    let now: Moment = "2015-02-20T00:00:00+08:00".parse().expect("a time");
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let mut text = "thing,property,time,value\n".to_owned();
    for ((thing, property), series) in &stations {
        for (at, value) in series {
            text.push_str(&format!("{thing},{property},{at},{value}\n"));
        }
    }
    let number = |thing: &str, property: &str| {
        numbers.get(&(thing.to_owned(), property.to_owned())).copied().map(SeriesNumber::new)
    };
    let expected: u64 = stations.values().map(|series| series.len() as u64).sum();
    let imported = readings.import(text.as_bytes(), now, number).await.expect("imported");
    assert_eq!((imported.stored, imported.problems.as_slice()), (expected, &[][..]));
    for step in ["as brought in", "sealed", "in the lake"] {
        if step == "sealed" {
            readings.seal(now).await.expect("sealed");
        } else if step == "in the lake" {
            let name = |series: SeriesNumber| {
                numbers.iter().find(|(_, number)| **number == series.number()).map(|(name, _)| name.clone())
            };
            let compacted = readings.compact(now, &zone, name).await.expect("compacted");
            assert_eq!((compacted.days, compacted.readings), (DAYS, expected));
        }
        for (name, series) in &stations {
            let number = numbers[name];
            assert_eq!(
                told(&readings, number, Bucket::Hour, &zone).await,
                recomputed(series, 1),
                "{step}: {name:?}"
            );
            for (told, expected) in
                told(&readings, number, Bucket::Day, &zone).await.into_iter().zip(recomputed(series, 24))
            {
                // The sum of sums of hours is not rounded as the sum of all.
                let near = (told.1.1 - expected.1.1).abs() <= 1e-9 * expected.1.1.abs();
                assert!(near, "{step}: {name:?} {told:?} {expected:?}");
                let but_sum = |of: (Moment, (u64, f64, f64, f64))| (of.0, of.1.0, of.1.2, of.1.3);
                assert_eq!(but_sum(told), but_sum(expected), "{step}: {name:?}");
            }
            let page = readings
                .history(SeriesNumber::new(number), Moment::from_micros(0), now, HISTORY_ROWS_MAX)
                .await
                .expect("a page");
            let all: Series = page.readings.iter().map(|one| (one.at, one.value)).collect();
            assert_eq!(&all, series, "{step}: {name:?}");
        }
    }
    let all: Vec<_> = numbers
        .iter()
        .map(|((thing, property), number)| ExportSeries {
            series: SeriesNumber::new(*number),
            thing: thing.clone(),
            property: property.clone(),
        })
        .collect();
    let written =
        readings.export(&all, (Moment::from_micros(0), now), std::io::sink()).await.expect("exported");
    assert_eq!(written, expected);
}
