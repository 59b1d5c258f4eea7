//! What is brought in of days that are over goes straight to the lake, whatever stands there, and survives a kill.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use baotu_observations::{Bucket, HISTORY_ROWS_MAX, Keep, Reading, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::given::{again, all_of, buckets_of, eight, lines, names, nothing, number, reading};

/// Names the folder of the victim.
const VICTIM: &str = "BAOTU_TEST_IMPORT_VICTIM";
/// Names the number of its first import.
const FIRST: &str = "BAOTU_TEST_IMPORT_FIRST";
/// How often it is killed.
const KILLS: i64 = 16;
/// Days that each import has readings of.
const DAYS: i64 = 6;
/// Series that each import has readings of.
const SERIES: u32 = 3;
/// The reading of each day and series that each import corrects, in seconds of the day.
const CORRECTED: i64 = 43_200;
const DAY_SECONDS: i64 = 86_400;

async fn bring_in(readings: &Readings, some: &[Reading], now: Moment) {
    let imported = readings.import(lines(some).as_bytes(), now, &TimeZone::UTC, number, names).await;
    assert_eq!(imported.expect("imported").stored, some.len() as u64);
}

fn hour_files(folder: &Path) -> usize {
    let names =
        std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
    names
        .filter(|name| name.to_string_lossy().contains('T') && name.to_string_lossy().ends_with(".sqlite"))
        .count()
}

async fn counts(readings: &Readings, series: u32, bucket: Bucket) -> Vec<u64> {
    let told = buckets_of(readings, series, bucket, &TimeZone::UTC, 100).await;
    told.iter().filter_map(|(_, aggregate)| Some(aggregate.figures?.count)).collect()
}

#[tokio::test]
async fn days_that_are_over_go_to_the_lake_and_correct_what_stands_there() {
    let (folder, readings) = nothing();
    let later = eight().plus_seconds(2 * DAY_SECONDS);
    // The first day has nothing, the second a part and a file that is late for it, the third is not over.
    readings.store(vec![reading(1, 0, 1.0), reading(2, 60, 1.0)], eight()).await.expect("stored");
    readings.seal(later).await.expect("sealed");
    assert_eq!(readings.compact(later, &TimeZone::UTC, names).await.expect("compacted").days, 1);
    readings.store(vec![reading(1, 0, 2.0), reading(1, 10, 2.0)], later).await.expect("late");
    let some = [
        reading(1, -DAY_SECONDS, 3.0),
        reading(1, 10, 3.0),
        reading(1, 20, 3.0),
        reading(1, 2 * DAY_SECONDS, 3.0),
        reading(1, 20, 4.0),
    ];
    bring_in(&readings, &some, later).await;
    assert_eq!(hour_files(folder.path()), 1, "of the day that is not over");
    readings.store(vec![reading(1, 20, 5.0)], later).await.expect("late again");
    for turn in 0..2 {
        let readings = if turn == 0 { readings.clone() } else { again(&folder, readings.clone()) };
        let expected = [(-DAY_SECONDS, 3.0), (0, 2.0), (10, 3.0), (20, 5.0)];
        assert_eq!(all_of(&readings, 1, 9).await, expected);
        assert_eq!(all_of(&readings, 2, 9).await, [(60, 1.0)]);
        assert_eq!(counts(&readings, 1, Bucket::Day).await, [1, 3, 1]);
        assert_eq!(readings.newest(SeriesNumber::new(1)).map(|one| one.at), Some(later));
    }
}

#[tokio::test]
async fn what_a_stop_left_out_of_the_aggregates_is_written_at_the_next_start() {
    let (folder, readings) = nothing();
    let later = eight().plus_seconds(2 * DAY_SECONDS);
    bring_in(&readings, &[reading(1, -DAY_SECONDS, 1.0), reading(1, 0, 2.0), reading(2, 5, 2.0)], later)
        .await;
    drop(readings);
    // As if the city had stopped between the manifest and the aggregates.
    let manifest = folder.path().join("lake/observations/_manifest.json");
    let text = std::fs::read_to_string(&manifest).expect("the manifest");
    let begun = text.replace("\"thinned\": false", "\"thinned\": false, \"not_rolled_up\": []");
    std::fs::write(&manifest, begun).expect("written");
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_file() {
            std::fs::remove_file(path).expect("removed");
        }
    }
    let readings = Readings::open(folder.path()).expect("it opens");
    assert_eq!(counts(&readings, 1, Bucket::Hour).await, [1, 1]);
    assert_eq!(counts(&readings, 2, Bucket::Day).await, [1]);
    assert_eq!(readings.newest(SeriesNumber::new(1)).map(|one| one.value), Some(2.0));
    assert_eq!(std::fs::read_to_string(&manifest).expect("the manifest"), text);
}

#[tokio::test]
async fn what_is_brought_in_does_not_take_the_place_of_hours_whose_readings_were_dropped() {
    let (folder, readings) = nothing();
    let later = eight().plus_seconds(2 * DAY_SECONDS);
    bring_in(&readings, &[reading(1, 0, 1.0), reading(1, 5, 2.0), reading(2, 5, 2.0)], later).await;
    let keep = |series: SeriesNumber| Keep {
        readings_days: (series.number() == 1).then_some(1),
        aggregates_days: None,
    };
    assert_eq!(readings.retain(later, keep, names).await.expect("dropped").readings, 2);
    bring_in(&readings, &[reading(1, 7, 9.0), reading(2, 7, 9.0)], later).await;
    for turn in 0..2 {
        let readings = if turn == 0 { readings.clone() } else { again(&folder, readings.clone()) };
        assert_eq!(all_of(&readings, 1, 9).await, [(7, 9.0)]);
        assert_eq!(counts(&readings, 1, Bucket::Hour).await, [2], "known before");
        assert_eq!(counts(&readings, 2, Bucket::Hour).await, [2]);
    }
}

/// When the reading of a day was taken.
fn at(day: i64, seconds: i64) -> Moment {
    let first: Moment = "2015-02-01T00:00:00Z".parse().expect("a time");
    first.plus_seconds(day * DAY_SECONDS + seconds)
}

/// What an import brings: of each day and series a reading of its own, and one that each import corrects.
fn of_import(import: i64) -> Vec<Reading> {
    let mut some = Vec::new();
    for day in 0..DAYS {
        for series in 0..SERIES {
            let mut one = reading(series, 0, 1.0);
            one.at = at(day, import % 24 * 3_600).plus_micros(1 + import);
            some.push(one);
            #[expect(clippy::cast_precision_loss, reason = "small")]
            let value = import as f64;
            some.push(Reading { at: at(day, CORRECTED), value, ..one });
        }
    }
    some
}

/// The same test is the victim when it is started with [`VICTIM`]; readings are stored and days compacted under it as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_said_to_be_brought_in_survives_kill_9() {
    if let Ok(folder) = std::env::var(VICTIM) {
        return be_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (mut imported, mut stored, mut half) = (BTreeSet::new(), BTreeSet::new(), 0);
    for kill in 0..KILLS {
        let mut victim = Command::new(std::env::current_exe().expect("this executable"))
            .args(["--exact", "bulk::what_was_said_to_be_brought_in_survives_kill_9", "--nocapture"])
            .env(VICTIM, folder.path())
            .env(FIRST, (kill * 1_000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the victim starts");
        let mut output = BufReader::new(victim.stdout.take().expect("its output")).lines();
        let mut heard = 0;
        let mut hear = |line: &str| {
            if let Some(import) = line.strip_prefix("imported ") {
                imported.insert(import.parse::<i64>().expect("a number"));
                heard += 1;
            } else if let Some(one) = line.strip_prefix("stored ") {
                stored.insert(one.parse::<i64>().expect("a number"));
            }
            heard
        };
        while hear(&output.next().expect("the victim lives").expect("a line")) < 1 + kill % 4 {}
        // No race is waited out: each kill falls into another step of the import that follows.
        std::thread::sleep(Duration::from_millis(u64::try_from(kill * 13 % 67).expect("small")));
        victim.kill().expect("killed");
        // What it said before it died counts as well; its last line may be cut off.
        let mut rest = output.map_while(Result::ok).collect::<Vec<_>>();
        rest.pop();
        for line in &rest {
            hear(line);
        }
        victim.wait().expect("it is dead");
        let manifest = std::fs::read_to_string(folder.path().join("lake/observations/_manifest.json"));
        half += usize::from(manifest.expect("the manifest").contains("not_rolled_up"));

        let readings = Readings::open(folder.path()).expect("it opens again");
        for series in 0..SERIES {
            let told = told(&readings, series).await;
            for import in &imported {
                for one in of_import(*import).iter().filter(|one| one.series.number() == series) {
                    let value = told.get(&one.at).copied();
                    assert!(
                        value >= Some(one.value),
                        "kill {kill}: {one:?} was lost, {value:?} stands there"
                    );
                }
            }
        }
        let of_first = told(&readings, 0).await;
        let lost: Vec<_> = stored.iter().filter(|one| !of_first.contains_key(&late(**one).at)).collect();
        assert!(lost.is_empty(), "kill {kill}: acknowledged and lost: {lost:?}");
    }
    println!("{KILLS} kills, {half} before the aggregates, {} imports and none lost", imported.len());
}

/// All of a series; its aggregates know each reading once.
async fn told(readings: &Readings, series: u32) -> BTreeMap<Moment, f64> {
    let (series, during) = (SeriesNumber::new(series), (at(0, 0), at(DAYS, 0)));
    let page = readings.history(series, during.0, during.1, HISTORY_ROWS_MAX).await.expect("a page");
    let hours =
        readings.aggregates(series, during, Bucket::Hour, &TimeZone::UTC, 1_000).await.expect("a page");
    let counts = hours.buckets.iter().filter_map(|one| Some(one.aggregate.figures?.count));
    assert_eq!(counts.sum::<u64>(), page.readings.len() as u64, "{series:?}");
    assert_eq!(readings.newest(series), page.readings.last().copied());
    page.readings.iter().map(|one| (one.at, one.value)).collect()
}

/// A reading that is stored between two imports, for a day that is in the lake.
fn late(import: i64) -> Reading {
    let mut one = reading(0, 0, 1.0);
    one.at = at(import % DAYS, 1_800).plus_micros(import);
    one
}

async fn be_killed(folder: &Path) {
    let readings = Readings::open(folder).expect("it opens");
    let first: i64 = std::env::var(FIRST).expect("a number").parse().expect("a number");
    let now = at(DAYS + 2, 0);
    // One write for a line: the pipe takes it whole.
    let say = |line: String| std::io::stdout().lock().write_all(line.as_bytes()).expect("heard");
    for import in first.. {
        readings.store(vec![late(import)], now).await.expect("stored");
        say(format!("stored {import}\n"));
        bring_in(&readings, &of_import(import), now).await;
        say(format!("imported {import}\n"));
        if import % 3 == 0 {
            readings.store(vec![late(import + 500)], now).await.expect("stored");
            say(format!("stored {}\n", import + 500));
            readings.seal(now).await.expect("sealed");
            readings.compact(now, &TimeZone::UTC, names).await.expect("compacted");
        }
    }
}
