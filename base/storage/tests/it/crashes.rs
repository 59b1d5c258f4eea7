//! Power cuts and broken connections: what was answered is there, once; what was not is there whole or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use baotu_storage::testing;
use baotu_storage::{CommitError, Engine, Position, Store, StoreConfig, Work, params};

use crate::given::{count, event, job, notes};

/// Set for the process that is killed: the folder of its store.
const VICTIM: &str = "BAOTU_TEST_VICTIM";

/// Writes a note, an event and a job; the name of all three is `id`.
fn unit(id: &str) -> Work {
    let mut work = Work::new();
    work.run("INSERT INTO tests_note (id, version, text) VALUES ($1, 1, NULL)", params![id]);
    work.event(event(id));
    work.job(job("tests.unit", Some(id)));
    work
}

/// The names of the units that the store holds; each is there with all its parts, once.
async fn stored(store: &Store) -> BTreeSet<String> {
    // One statement, so that a unit stored meanwhile is seen whole or not at all.
    let sql = "SELECT id AS name, 'note' AS part FROM tests_note
               UNION ALL SELECT subject, 'event' FROM storage_event
               UNION ALL SELECT key, 'job' FROM storage_job";
    let mut parts = BTreeMap::<String, Vec<String>>::new();
    for row in store.query(sql, vec![]).await.expect("rows") {
        parts.entry(row.text("name").expect("a name")).or_default().push(row.text("part").expect("a part"));
    }
    for (name, parts) in &mut parts {
        parts.sort();
        assert_eq!(*parts, ["event", "job", "note"], "{name}");
    }
    parts.into_keys().collect()
}

/// A process that stores units on many tasks and says each answered one is killed again and again at points it does
/// not choose. The same test is the victim when it is started with [`VICTIM`].
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_answered_survives_kill_9() {
    const KILLS: u32 = 24;
    if let Ok(folder) = std::env::var(VICTIM) {
        return be_killed(Path::new(&folder)).await;
    }
    let test = testing::open(Engine::Sqlite).await;
    notes(&test.store).await;
    let folder = test.folder().to_owned();
    // Nobody else may have the file open, or the victim's death would leave nothing to recover.
    drop(test.store);
    let mut answered = BTreeSet::new();
    for kill in 0..KILLS {
        let mut victim = Command::new(std::env::current_exe().expect("this executable"))
            .args(["--exact", "crashes::what_was_answered_survives_kill_9", "--nocapture"])
            .env(VICTIM, &folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the victim starts");
        let mut lines = BufReader::new(victim.stdout.take().expect("its output")).lines();
        // 1, 38, 75 … answers: early in the first group, and at all distances from a checkpoint.
        let answers = 1 + kill * 37;
        let mut heard = 0;
        while heard < answers {
            let line = lines.next().expect("the victim lives").expect("a line");
            if let Some(id) = line.strip_prefix("answered ") {
                answered.insert(id.to_owned());
                heard += 1;
            }
        }
        victim.kill().expect("killed");
        // What it said before it died was answered as well; its last line may be cut off.
        let mut rest = lines.map_while(Result::ok).collect::<Vec<_>>();
        rest.pop();
        answered.extend(rest.iter().filter_map(|line| line.strip_prefix("answered ").map(str::to_owned)));
        victim.wait().expect("it is dead");

        let store = Store::open(&test.config).await.expect("it opens again");
        let stored = stored(&store).await;
        let lost = answered.difference(&stored).collect::<Vec<_>>();
        assert!(lost.is_empty(), "kill {kill}: answered and lost: {lost:?}");
        // At most the units that were under way are there without an answer.
        assert!(stored.len() <= answered.len() + (kill as usize + 1) * (2 * TASKS + 1), "{}", stored.len());
    }
    assert!(answered.len() > KILLS as usize * 37);
}

/// Tasks of the victim that store units at once.
const TASKS: usize = 16;

async fn be_killed(folder: &Path) {
    let store = Store::open(&StoreConfig::embedded(folder)).await.expect("it opens");
    let tasks = (0..TASKS).map(|task| {
        let store = store.clone();
        tokio::spawn(async move {
            for number in 0.. {
                let id = format!("{}-{task}-{number}", std::process::id());
                store.commit(unit(&id)).await.expect("stored");
                // One write for a line: the pipe takes it whole.
                std::io::stdout().lock().write_all(format!("answered {id}\n").as_bytes()).expect("heard");
            }
        })
    });
    futures::future::join_all(tasks).await;
}

/// An answered unit is durable at the moment of its answer: another process already sees it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_comes_after_the_commit() {
    for test in &testing::stores().await {
        notes(&test.store).await;
        let other = Store::open(&test.config).await.expect("a second node opens");
        let units = (0..64).map(|number| {
            let (store, other) = (test.store.clone(), other.clone());
            tokio::spawn(async move {
                let id = format!("n{number}");
                store.commit(unit(&id)).await.expect("stored");
                let sql = "SELECT id FROM tests_note WHERE id = $1";
                other.query_one(sql, params![id]).await.expect("seen from outside");
            })
        });
        for unit in futures::future::join_all(units).await {
            unit.expect("the task ends");
        }
    }
}

/// Units that the same task stores one after the other stand in the log in that order, however they were grouped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_keeps_the_order_of_answers() {
    for test in &testing::stores().await {
        let tasks = (0..8).map(|_| {
            let store = test.store.clone();
            tokio::spawn(async move {
                let mut last = Position::START;
                for _ in 0..30 {
                    let mut work = Work::new();
                    work.event(event("step"));
                    let position = store.commit(work).await.expect("stored").events[0];
                    assert!(position > last);
                    last = position;
                }
            })
        });
        for task in futures::future::join_all(tasks).await {
            task.expect("the task ends");
        }
    }
}

/// A caller that goes away in the middle leaves no transaction open and no connection lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_caller_that_goes_away_breaks_nothing() {
    for test in &testing::stores().await {
        notes(&test.store).await;
        for number in 0..60_u64 {
            let id = format!("n{number}");
            let patience = std::time::Duration::from_micros(number * 50);
            // Whether it was stored is not known here, and must not matter.
            tokio::time::timeout(patience, test.store.commit(unit(&id))).await.ok();
        }
        let mut last = unit("last");
        last.run("UPDATE tests_note SET version = 2", vec![]);
        test.store.commit(last).await.expect("no lock is left behind");
        assert!(stored(&test.store).await.contains("last"));
    }
}

/// The server ends all sessions under load, as a restart does. Nothing answered is lost, nothing is stored twice, and
/// the store goes on by itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_ends_all_sessions_loses_nothing() {
    const CUTS: usize = 8;
    let test = testing::open(Engine::Postgres).await;
    notes(&test.store).await;
    let axe = Store::open(&test.config).await.expect("a second node opens");
    let done = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let writers: Vec<_> = (0..6)
        .map(|writer| {
            let (store, done) = (test.store.clone(), done.clone());
            tokio::spawn(async move {
                let mut answered = Vec::new();
                for number in 0.. {
                    if done.load(std::sync::atomic::Ordering::Relaxed) {
                        break;
                    }
                    let id = format!("{writer}-{number}");
                    match store.commit(unit(&id)).await {
                        Ok(_) => answered.push(id),
                        Err(CommitError::Fault(_)) => {}
                        Err(error) => panic!("{id}: {error}"),
                    }
                }
                answered
            })
        })
        .collect();
    for cut in 1..=CUTS {
        while count(&axe, "tests_note").await < 40 * cut as i64 {
            tokio::task::yield_now().await;
        }
        let sql = "SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
                   WHERE datname = current_database() AND pid <> pg_backend_pid()";
        axe.query(sql, vec![]).await.expect("the sessions are ended");
    }
    done.store(true, std::sync::atomic::Ordering::Relaxed);
    let mut answered = BTreeSet::new();
    for writer in writers {
        answered.extend(writer.await.expect("the writer ends"));
    }
    let stored = stored(&test.store).await;
    assert!(answered.is_subset(&stored), "{:?}", answered.difference(&stored).collect::<Vec<_>>());
    test.store.ping().await.expect("it goes on");
}

/// Two units lock the same rows in opposite order; the server ends one, and it is tried again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deadlock_is_tried_again() {
    let test = testing::open(Engine::Postgres).await;
    notes(&test.store).await;
    test.store.commit(unit("a")).await.expect("stored");
    test.store.commit(unit("b")).await.expect("stored");
    let both = |order: [&'static str; 2]| {
        let mut work = Work::new();
        let sql = "UPDATE tests_note SET version = version + 1 WHERE id = $1";
        work.run_expecting(sql, params![order[0]], 1, "tests.first");
        work.run("SELECT 1 AS one FROM pg_sleep(0.1)", vec![]);
        work.run_expecting(sql, params![order[1]], 1, "tests.second");
        let store = test.store.clone();
        async move { store.commit(work).await }
    };
    let (one, other) = tokio::join!(both(["a", "b"]), both(["b", "a"]));
    one.expect("stored");
    other.expect("stored");
    let rows = test.store.query("SELECT version FROM tests_note", vec![]).await.expect("rows");
    assert_eq!(rows.iter().map(|row| row.int("version")).collect::<Vec<_>>(), [Ok(3), Ok(3)]);
}

/// The disk is full: units fail, nothing that was answered is lost, and the store goes on when there is room again.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_loses_nothing() {
    let test = testing::open(Engine::Sqlite).await;
    let store = &test.store;
    notes(store).await;
    let room = async |pages: i64| {
        let mut work = Work::new();
        work.run(format!("PRAGMA max_page_count = {pages}"), vec![]);
        store.commit(work).await.expect("set");
    };
    room(60).await;
    let mut answered = BTreeSet::new();
    let mut refused = 0;
    while refused < 5 {
        let ids =
            (0..16).map(|number| format!("{}-{number}", answered.len() + 100 * refused)).collect::<Vec<_>>();
        let units = futures::future::join_all(ids.iter().map(|id| store.commit(unit(id)))).await;
        for (id, outcome) in ids.into_iter().zip(units) {
            match outcome {
                Ok(_) => drop(answered.insert(id)),
                Err(CommitError::Fault(fault)) => {
                    assert!(fault.to_string().contains("full"), "{fault}");
                    refused += 1;
                }
                Err(error) => panic!("{id}: {error}"),
            }
        }
    }
    assert!(!answered.is_empty());
    assert_eq!(stored(store).await, answered);
    room(10_000).await;
    store.commit(unit("after")).await.expect("there is room again");
    assert!(stored(store).await.contains("after"));
}

#[tokio::test]
async fn with_the_last_handle_the_write_ahead_log_is_folded_in() {
    let test = testing::open(Engine::Sqlite).await;
    notes(&test.store).await;
    test.store.commit(unit("last")).await.expect("stored");
    let log = test.folder().join("baotu.sqlite-wal");
    let length = || std::fs::metadata(&log).map_or(0, |log| log.len());
    assert!(length() > 0);
    drop(test.store.clone());
    assert!(length() > 0, "another handle is still there");
    drop(test.store);
    assert_eq!(length(), 0);
    let store = Store::open(&test.config).await.expect("it opens");
    assert!(stored(&store).await.contains("last"));
}
