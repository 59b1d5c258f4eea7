//! The readings of twelve stations in Beijing, with their gaps: all of it is brought in at once, and hours and days
//! equal a plain recomputation.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Instant;

use baotu_observations::{BUCKETS_MAX, Bucket, Compacted, HISTORY_ROWS_MAX, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::given::nothing;

/// Lines of the file: twelve stations by the hour from 2014-07-01 to 2015-12-31.
const LINES: usize = 158_112;
/// Days of the file.
const DAYS: usize = 549;
/// What a station measures, as the columns of the file are called.
const PROPERTIES: [&str; 11] =
    ["pm25", "pm10", "so2", "no2", "co", "o3", "temp", "pres", "dewp", "rain", "wspm"];

type Series = BTreeMap<Moment, f64>;
/// By station and property.
type Stations = BTreeMap<(String, String), Series>;

/// The file: in `BAOTU_DATA`, else in `../shared/data` beside the repository; why it cannot be read.
///
/// With `BAOTU_DATA_REQUIRED=1` it is a failure that it is absent.
fn file() -> Result<impl Read, String> {
    let folder = std::env::var_os("BAOTU_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let path = folder.join("air-beijing-12stations-hourly/hourly.csv.gz");
    let file = std::fs::File::open(&path).map_err(|error| format!("{} is missing: {error}", path.display()));
    let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
    assert!(file.is_ok() || !is_required, "BAOTU_DATA_REQUIRED=1, but {:?}", file.err());
    file.map(flate2::read::GzDecoder::new)
}

/// The file by station and property, and how many lines it has.
fn stations(file: impl Read) -> (Stations, usize) {
    let mut rows = csv::Reader::from_reader(file);
    let head = rows.headers().expect("a head").clone();
    let place = |name: &str| head.iter().position(|column| column == name).expect("a column");
    let places = PROPERTIES.map(place);
    let (mut all, mut lines) = (Stations::new(), 0);
    for row in rows.records() {
        let row = row.expect("a row");
        lines += 1;
        let at: Moment = row[1].parse().expect("a time");
        for (property, place) in PROPERTIES.into_iter().zip(places) {
            if let Ok(value) = row[place].parse() {
                all.entry((row[0].to_owned(), property.to_owned())).or_default().insert(at, value);
            }
        }
    }
    (all, lines)
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
    let (mut from, to) = (Moment::from_micros(0), Moment::from_micros(i64::MAX));
    let mut told = Vec::new();
    loop {
        let page = readings
            .aggregates(SeriesNumber::new(number), (from, to), bucket, zone, BUCKETS_MAX)
            .await
            .expect("a page");
        told.extend(page.buckets.iter().filter_map(|one| {
            let figures = one.aggregate.figures?;
            Some((one.begins, (figures.count, figures.sum, figures.min, figures.max)))
        }));
        match page.next {
            Some(next) => from = next,
            None => return told,
        }
    }
}

/// The bytes of the files of a folder, and of the folders in it.
fn bytes(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry"));
    let sizes = entries.map(|entry| {
        let known = entry.metadata().expect("its size");
        if known.is_dir() { bytes(&entry.path()) } else { known.len() }
    });
    sizes.sum()
}

#[tokio::test]
async fn hours_and_days_of_real_stations_equal_a_plain_recomputation() {
    let file = match file() {
        Ok(file) => file,
        Err(reason) => return println!("not run: {reason}"),
    };
    let begun = Instant::now();
    let (stations, lines) = stations(file);
    assert_eq!((lines, stations.len()), (LINES, 12 * PROPERTIES.len()));
    assert!(stations.values().all(|series| series.len() < 24 * DAYS), "the file has gaps everywhere");
    let numbers: BTreeMap<_, _> = stations.keys().cloned().zip(0..).collect();
    let names: Vec<_> = stations.keys().cloned().collect();
    let (folder, readings) = nothing();
    let now: Moment = "2026-11-28T00:00:00+08:00".parse().expect("a time");
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    let mut text = "thing,property,time,value\n".to_owned();
    for ((thing, property), series) in &stations {
        for (at, value) in series {
            writeln!(text, "{thing},{property},{at},{value}").expect("written");
        }
    }
    let number = |thing: &str, property: &str| {
        numbers.get(&(thing.to_owned(), property.to_owned())).copied().map(SeriesNumber::new)
    };
    let name = |series: SeriesNumber| names.get(usize::try_from(series.number()).ok()?).cloned();
    let expected: u64 = stations.values().map(|series| series.len() as u64).sum();
    let read = begun.elapsed();
    let imported = readings.import(text.as_bytes(), now, &zone, number, name).await.expect("imported");
    let brought_in = begun.elapsed() - read;
    assert_eq!((imported.stored, imported.problems.as_slice()), (expected, &[][..]));
    let lake = folder.path().join("lake/observations");
    let days = std::fs::read_dir(&lake).expect("the lake").filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.file_name().to_string_lossy().starts_with("dt="))
    });
    assert_eq!(days.count(), DAYS);
    println!(
        "{expected} readings brought in after {:.1} s in {:.1} s; {} bytes in the lake, {} in all",
        read.as_secs_f64(),
        brought_in.as_secs_f64(),
        bytes(&lake),
        bytes(folder.path())
    );
    let compacted = readings.compact(now, &zone, name).await.expect("nothing to do");
    assert_eq!(compacted, Compacted::default());
    for (name, series) in &stations {
        let number = numbers[name];
        assert_eq!(told(&readings, number, Bucket::Hour, &zone).await, recomputed(series, 1), "{name:?}");
        let (days, expected) = (told(&readings, number, Bucket::Day, &zone).await, recomputed(series, 24));
        assert_eq!(days.len(), expected.len(), "{name:?}");
        for (told, expected) in days.into_iter().zip(expected) {
            // The sum of sums of hours is not rounded as the sum of all.
            let near = (told.1.1 - expected.1.1).abs() <= 1e-9 * expected.1.1.abs();
            assert!(near, "{name:?} {told:?} {expected:?}");
            let but_sum = |of: (Moment, (u64, f64, f64, f64))| (of.0, of.1.0, of.1.2, of.1.3);
            assert_eq!(but_sum(told), but_sum(expected), "{name:?}");
        }
    }
    println!("aggregates compared after {:.1} s", begun.elapsed().as_secs_f64());
    // A series lies in each of the parts, so that one of each station is read from end to end.
    let mut written = 0;
    for (place, (name, series)) in stations.iter().enumerate().step_by(PROPERTIES.len() + 1) {
        let of = SeriesNumber::new(numbers[name]);
        let page = readings.history(of, Moment::from_micros(0), now, HISTORY_ROWS_MAX).await.expect("a page");
        let all: Series = page.readings.iter().map(|one| (one.at, one.value)).collect();
        assert_eq!(&all, series, "{place}: {name:?}");
        written += page.readings.len();
    }
    assert!(written > 11 * 12_000);
    println!("all after {:.1} s", begun.elapsed().as_secs_f64());
}
