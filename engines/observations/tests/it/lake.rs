//! What moves to the lake, what comes late for it, and what is dropped.

use std::path::{Path, PathBuf};

use baotu_observations::{
    Bucket, COMPACT_AFTER_SECONDS, Compacted, Dropped, FOLD_AFTER_SECONDS, Keep, Quality, Readings,
    SeriesNumber,
};
use jiff::tz::{TimeZone, offset};
use tempfile::TempDir;

use crate::given::{again, all_of, buckets_of, eight, names, nothing, reading};

/// The days of this city begin at eight in UTC.
fn zone() -> TimeZone {
    TimeZone::fixed(offset(16))
}

/// The files below a folder whose names end like this.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, end));
        } else if path.to_string_lossy().ends_with(end) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The files of hours.
fn hours(folder: &TempDir) -> usize {
    files(folder.path(), ".sqlite").iter().filter(|path| path.to_string_lossy().contains("T0")).count()
}

/// Two series over two hours of a day, sealed and in the lake.
async fn a_day() -> (TempDir, Readings) {
    let (folder, readings) = nothing();
    let mut broken = reading(2, 30, 99.0);
    broken.quality = Quality::Fault;
    let batch =
        vec![reading(1, 0, 1.0), reading(1, 3_600, 2.0), reading(2, 20, 3.0), broken, reading(1, 60, 4.0)];
    readings.store(batch, eight()).await.expect_err("an hour ahead");
    let at = eight().plus_seconds(86_400);
    let batch =
        vec![reading(1, 0, 1.0), reading(1, 3_600, 2.0), reading(2, 20, 3.0), broken, reading(1, 60, 4.0)];
    readings.store(batch, at).await.expect("stored");
    readings.seal(at).await.expect("sealed");
    let early = at.plus_seconds(COMPACT_AFTER_SECONDS - 1);
    assert_eq!(readings.compact(early, &zone(), names).await.expect("too early"), Compacted::default());
    let compacted = readings.compact(early.plus_seconds(1), &zone(), names).await.expect("compacted");
    assert_eq!((compacted.days, compacted.readings), (1, 5));
    (folder, readings)
}

#[tokio::test]
async fn a_day_in_the_lake_is_one_part_and_is_told_as_before() {
    let (folder, readings) = a_day().await;
    let parts = files(&folder.path().join("lake"), ".parquet");
    assert_eq!(parts, [folder.path().join("lake/observations/dt=2026-11-29/part-1.parquet")]);
    assert_eq!(hours(&folder), 0);
    for turn in 0..2 {
        let readings = if turn == 0 { readings.clone() } else { again(&folder, readings.clone()) };
        assert_eq!(all_of(&readings, 1, 2).await, [(0, 1.0), (60, 4.0), (3_600, 2.0)]);
        assert_eq!(all_of(&readings, 2, 9).await, [(20, 3.0), (30, 99.0)]);
        assert_eq!(all_of(&readings, 3, 9).await, []);
        assert_eq!(readings.newest(SeriesNumber::new(1)).map(|one| one.value), Some(2.0));
        assert_eq!(readings.newest(SeriesNumber::new(2)).map(|one| one.quality), Some(Quality::Fault));
        let days = buckets_of(&readings, 2, Bucket::Day, &zone(), 9).await;
        assert_eq!(days.iter().map(|(at, all)| (*at, all.set_aside)).collect::<Vec<_>>(), [(eight(), 1)]);
    }
}

#[tokio::test]
async fn what_comes_late_for_the_lake_is_told_at_once_and_folded_in_later() {
    let (folder, readings) = a_day().await;
    let later = eight().plus_seconds(2 * 86_400);
    readings.store(vec![reading(1, 60, 5.0), reading(7, 70, 6.0)], later).await.expect("late");
    let expected = [(0, 1.0), (60, 5.0), (3_600, 2.0)];
    for step in 0..4 {
        match step {
            1 => drop(readings.seal(later).await.expect("sealed")),
            2 => {
                // Two of five are more than one of fifty: they need not wait.
                let folded = readings.compact(later, &zone(), names).await.expect("folded");
                assert_eq!((folded.days, folded.readings), (1, 6));
            }
            _ => {}
        }
        let readings = if step == 3 { again(&folder, readings.clone()) } else { readings.clone() };
        assert_eq!(all_of(&readings, 1, 9).await, expected, "{step}");
        assert_eq!(all_of(&readings, 7, 9).await, [(70, 6.0)], "{step}");
        let sums = buckets_of(&readings, 1, Bucket::Hour, &zone(), 9).await;
        let sums: Vec<_> = sums.iter().filter_map(|(_, all)| Some(all.figures?.sum)).collect();
        assert_eq!(sums, [6.0, 2.0], "{step}");
    }
    assert_eq!((files(folder.path(), ".parquet").len(), hours(&folder)), (1, 0));
    let again = readings.compact(later.plus_seconds(FOLD_AFTER_SECONDS), &zone(), names).await;
    assert_eq!(again.expect("nothing to do"), Compacted::default());
}

#[tokio::test]
async fn what_was_left_by_a_stop_is_cleared_and_a_folded_file_does_not_come_back() {
    let (folder, readings) = nothing();
    let at = eight().plus_seconds(86_400);
    readings.store(vec![reading(1, 0, 1.0)], at).await.expect("stored");
    readings.seal(at).await.expect("sealed");
    let hour = folder.path().join("2026-11-28T08.0.sqlite");
    let bytes = std::fs::read(&hour).expect("its file");
    readings.compact(at.plus_seconds(COMPACT_AFTER_SECONDS), &zone(), names).await.expect("compacted");
    readings.store(vec![reading(1, 0, 2.0)], at).await.expect("corrected");
    // As if the city had stopped between the manifest and the removal, and in the middle of another part.
    std::fs::write(&hour, bytes).expect("put back");
    let of_day = folder.path().join("lake/observations/dt=2026-11-29");
    std::fs::rename(of_day.join("part-1.parquet"), of_day.join("_part-1.parquet")).expect("not shown yet");
    std::fs::write(of_day.join("_part-2.parquet"), "half").expect("left");
    std::fs::write(of_day.join("part-0.parquet"), "old").expect("left");
    let readings = again(&folder, readings);
    assert_eq!(all_of(&readings, 1, 9).await, [(0, 2.0)]);
    assert!(!hour.exists());
    assert_eq!(files(&of_day, ".parquet"), [of_day.join("part-1.parquet")]);
}

#[tokio::test]
async fn trickling_late_readings_do_not_make_files_without_end() {
    let (folder, readings) = nothing();
    let later = eight().plus_seconds(10_000);
    for turn in 0..30 {
        readings.store(vec![reading(1, turn, 1.0)], later).await.expect("stored");
        readings.seal(later).await.expect("sealed");
        assert!(hours(&folder) <= 5, "{turn}");
    }
    assert_eq!(all_of(&readings, 1, 100).await.len(), 30);
    let readings = again(&folder, readings);
    assert_eq!(all_of(&readings, 1, 100).await.len(), 30);
    let hours = buckets_of(&readings, 1, Bucket::Hour, &zone(), 9).await;
    assert_eq!(hours.first().and_then(|(_, all)| Some(all.figures?.count)), Some(30));
}

#[tokio::test]
async fn each_series_is_kept_as_long_as_is_said_and_its_hours_outlive_its_readings() {
    let (folder, readings) = a_day().await;
    let keep = |series: SeriesNumber| {
        if series.number() == 1 {
            Keep { readings_days: Some(30), aggregates_days: Some(60) }
        } else {
            Keep::default()
        }
    };
    let after = |days: i64| eight().plus_seconds(days * 86_400);
    assert_eq!(readings.retain(after(30), keep, names).await.expect("nothing"), Dropped::default());
    let dropped = readings.retain(after(31), keep, names).await.expect("dropped");
    assert_eq!(dropped, Dropped { days: 1, readings: 3, hours: 0 });
    for turn in 0..2 {
        let readings = if turn == 0 { readings.clone() } else { again(&folder, readings.clone()) };
        assert_eq!(all_of(&readings, 1, 9).await, []);
        assert_eq!(all_of(&readings, 2, 9).await.len(), 2);
        assert_eq!(readings.newest(SeriesNumber::new(1)), None);
        let hours = buckets_of(&readings, 1, Bucket::Hour, &zone(), 9).await;
        assert_eq!(hours.iter().filter_map(|(_, all)| Some(all.figures?.count)).collect::<Vec<_>>(), [2, 1]);
    }
    // What is late for readings that are gone does not take the place of what is known of their hour.
    readings.store(vec![reading(1, 90, 77.0)], after(31)).await.expect("late");
    for _ in 0..2 {
        let hours = buckets_of(&readings, 1, Bucket::Hour, &zone(), 9).await;
        assert_eq!(hours.iter().filter_map(|(_, all)| Some(all.figures?.count)).collect::<Vec<_>>(), [2, 1]);
        readings.seal(after(31)).await.expect("sealed");
    }
    let all_gone = |_: SeriesNumber| Keep { readings_days: Some(1), aggregates_days: Some(1) };
    let dropped = readings.retain(after(61), all_gone, names).await.expect("dropped");
    assert_eq!((dropped.days, dropped.hours), (1, 3));
    assert_eq!(files(folder.path(), ".parquet"), [] as [PathBuf; 0]);
    assert_eq!(files(folder.path(), "-11.sqlite"), [] as [PathBuf; 0]);
    let readings = again(&folder, readings);
    for series in 1..3 {
        assert_eq!(all_of(&readings, series, 9).await, []);
        assert_eq!(buckets_of(&readings, series, Bucket::Hour, &zone(), 9).await, []);
    }
}
