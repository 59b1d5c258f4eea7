//! Readings and cities to keep them in.

use baotu_observations::{Aggregate, Bucket, Quality, Reading, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;
use tempfile::TempDir;

/// Microseconds of a second.
pub(crate) const SECOND: i64 = 1_000_000;

/// When the tests take place: 2026-11-28T08:00Z, the beginning of an hour.
pub(crate) fn eight() -> Moment {
    "2026-11-28T08:00:00Z".parse().expect("a time")
}

/// A reading so many seconds after eight.
pub(crate) fn reading(series: u32, seconds: i64, value: f64) -> Reading {
    let (series, at) = (SeriesNumber::new(series), eight().plus_seconds(seconds));
    Reading { series, at, value, quality: Quality::Normal }
}

/// A folder with nothing in it, opened.
pub(crate) fn nothing() -> (TempDir, Readings) {
    let folder = tempfile::tempdir().expect("a folder");
    let readings = Readings::open(folder.path()).expect("it opens");
    (folder, readings)
}

/// The same folder opened again, as after a restart.
pub(crate) fn again(folder: &TempDir, readings: Readings) -> Readings {
    drop(readings);
    Readings::open(folder.path()).expect("it opens again")
}

/// All of a series that was taken within a day of eight, by seconds after eight.
pub(crate) async fn all_of(readings: &Readings, series: u32, rows_max: usize) -> Vec<(i64, f64)> {
    let (mut from, to) = (eight().plus_seconds(-86_400), eight().plus_seconds(86_400));
    let mut all = Vec::new();
    loop {
        let page = readings.history(SeriesNumber::new(series), from, to, rows_max).await.expect("a page");
        assert!(page.readings.len() <= rows_max);
        all.extend(page.readings.iter().map(|one| (one.at.micros_since(eight()) / SECOND, one.value)));
        match page.next {
            Some(next) => from = next,
            None => return all,
        }
    }
}

/// The names of a series: in another order than the numbers.
#[expect(clippy::unnecessary_wraps, reason = "what compaction asks for")]
pub(crate) fn names(series: SeriesNumber) -> Option<(String, String)> {
    Some((format!("thing-{}", 9 - series.number() % 10), format!("property-{}", series.number())))
}

/// A series by the bucket, within two days of eight.
pub(crate) async fn buckets_of(
    readings: &Readings,
    series: u32,
    bucket: Bucket,
    zone: &TimeZone,
    buckets_max: usize,
) -> Vec<(Moment, Aggregate)> {
    let (mut from, to) = (eight().plus_seconds(-2 * 86_400), eight().plus_seconds(2 * 86_400));
    let mut all = Vec::new();
    loop {
        let series = SeriesNumber::new(series);
        let page = readings.aggregates(series, (from, to), bucket, zone, buckets_max).await.expect("a page");
        assert!(page.buckets.len() <= buckets_max);
        all.extend(page.buckets.iter().map(|one| (one.begins, one.aggregate)));
        match page.next {
            Some(next) => from = next,
            None => return all,
        }
    }
}

/// Readings as lines that are brought in; the property is called as the number of the series.
pub(crate) fn lines(readings: &[Reading]) -> String {
    let mut text = "thing,property,time,value,quality\n".to_owned();
    for one in readings {
        let (series, quality) = (one.series.number(), one.quality.letter());
        text.push_str(&format!("thing,{series},{},{},{quality}\n", one.at, one.value));
    }
    text
}

/// The number of a series of [`lines`].
pub(crate) fn number(_thing: &str, property: &str) -> Option<SeriesNumber> {
    property.parse().ok().map(SeriesNumber::new)
}
