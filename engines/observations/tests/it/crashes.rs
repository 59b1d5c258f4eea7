//! A process that is killed with −9 again and again loses nothing that it has acknowledged and doubles nothing, whatever
//! of it was being sealed, rolled up, joined, compacted or folded in.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use baotu_observations::{Bucket, HISTORY_ROWS_MAX, Readings, SEAL_AFTER_SECONDS, SeriesNumber};
use jiff::tz::TimeZone;

use crate::given::{SECOND, buckets_of, eight, names, reading};

/// Names the folder of the victim.
const VICTIM: &str = "BAOTU_TEST_READINGS_VICTIM";
/// Names the number of its first reading.
const FIRST: &str = "BAOTU_TEST_READINGS_FIRST";
/// Readings acknowledged between two sealings.
const SEALED_EACH: usize = 200;
/// How often it is killed.
const KILLS: i64 = 24;
/// Tasks of the victim that store at once, each a series of its own.
const TASKS: u32 = 8;

/// The same test is the victim when it is started with [`VICTIM`]; hours are sealed and days compacted under it as well.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_kill_9() {
    if let Ok(folder) = std::env::var(VICTIM) {
        return be_killed(Path::new(&folder)).await;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let (mut acknowledged, mut parts_seen) = (BTreeSet::new(), 0);
    for kill in 0..KILLS {
        let mut victim = Command::new(std::env::current_exe().expect("this executable"))
            .args(["--exact", "crashes::what_was_acknowledged_survives_kill_9", "--nocapture"])
            .env(VICTIM, folder.path())
            .env(FIRST, (kill * 1_000_000).to_string())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the victim starts");
        let mut lines = BufReader::new(victim.stdout.take().expect("its output")).lines();
        let mut heard = 0;
        while heard < 1 + kill * 29 {
            let line = lines.next().expect("the victim lives").expect("a line");
            if let Some(id) = line.strip_prefix("stored ") {
                acknowledged.insert(id.to_owned());
                heard += 1;
            }
        }
        victim.kill().expect("killed");
        // What it said before it died counts as well; its last line may be cut off.
        let mut rest = lines.map_while(Result::ok).collect::<Vec<_>>();
        rest.pop();
        acknowledged.extend(rest.iter().filter_map(|line| line.strip_prefix("stored ").map(str::to_owned)));
        victim.wait().expect("it is dead");

        let readings = Readings::open(folder.path()).expect("it opens again");
        let mut stored = BTreeSet::new();
        for task in 0..TASKS {
            let (from, to) = (eight(), eight().plus_seconds(4 * 3_600));
            let page =
                readings.history(SeriesNumber::new(task), from, to, HISTORY_ROWS_MAX).await.expect("a page");
            assert_eq!(page.next, None);
            // Aggregates know each reading once, those of half-done hours too.
            let hours = buckets_of(&readings, task, Bucket::Hour, &TimeZone::UTC, 100).await;
            let counts = hours.iter().filter_map(|(_, aggregate)| Some(aggregate.figures?.count));
            assert_eq!(counts.sum::<u64>(), page.readings.len() as u64, "kill {kill}, task {task}");
            stored.extend(page.readings.iter().map(|one| format!("{task} {}", one.at.micros_since(eight()))));
        }
        parts_seen += usize::from(folder.path().join("lake/observations/dt=2026-11-28").exists());
        let lost: Vec<_> = acknowledged.difference(&stored).collect();
        assert!(lost.is_empty(), "kill {kill}: acknowledged and lost: {lost:?}");
    }
    assert!(parts_seen > 0, "nothing was ever compacted");
    println!(
        "{KILLS} kills, {parts_seen} with a part in the lake, {} acknowledged readings, none lost",
        acknowledged.len()
    );
}

async fn be_killed(folder: &Path) {
    let readings = Readings::open(folder).expect("it opens");
    let first: i64 = std::env::var(FIRST).expect("a number").parse().expect("a number");
    let now = eight().plus_seconds(4 * 3_600);
    let (said, mut acknowledged) = tokio::sync::mpsc::channel(SEALED_EACH);
    let tasks = (0..TASKS).map(|task| {
        let (readings, said) = (readings.clone(), said.clone());
        tokio::spawn(async move {
            for number in first.. {
                // Another moment for each, by turns in each of four hours.
                let at = number % 4 * 3_600 * SECOND + number;
                let mut one = reading(task, 0, 1.0);
                one.at = eight().plus_micros(at);
                readings.store(vec![one], now).await.expect("stored");
                // One write for a line: the pipe takes it whole.
                let line = format!("stored {task} {at}\n");
                std::io::stdout().lock().write_all(line.as_bytes()).expect("heard");
                said.send(()).await.expect("the sealing goes on");
            }
        })
    });
    let storing: Vec<_> = tasks.collect();
    // The hours are sealed each time so many more are acknowledged: every sealing leaves files behind.
    loop {
        for _ in 0..SEALED_EACH {
            acknowledged.recv().await.expect("the storing goes on");
        }
        readings.seal(now.plus_seconds(SEAL_AFTER_SECONDS)).await.expect("sealed");
        // The day is long over for this, so that all that was sealed goes to the lake again and again.
        readings.compact(now.plus_seconds(2 * 86_400), &TimeZone::UTC, names).await.expect("compacted");
        assert!(!storing.iter().any(tokio::task::JoinHandle::is_finished), "a task has ended");
    }
}
