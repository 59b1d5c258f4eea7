//! The log hands every reader every event once, in one order, whatever commits at the same time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use baotu_storage::testing::{self, TestStore};
use baotu_storage::{
    CommitError, Committed, Engine, FOLLOWER_MOVED, LoggedEvent, Position, Store, Work, params,
};
use futures::future::join_all;

use crate::given::event;

async fn say(store: &Store, subjects: &[&str]) -> Vec<Position> {
    let mut work = Work::new();
    for subject in subjects {
        work.event(event(subject));
    }
    store.commit(work).await.expect("stored").events
}

fn subjects(events: &[LoggedEvent]) -> Vec<&str> {
    events.iter().map(|logged| logged.event.subject.as_str()).collect()
}

#[tokio::test]
async fn events_come_back_in_their_order() {
    for TestStore { store, .. } in &testing::stores().await {
        assert_eq!(store.last_position().await.expect("a position"), Position::START);
        let first = say(store, &["a", "b", "c"]).await;
        let second = say(store, &["a"]).await;
        assert!(first.is_sorted() && first[2] < second[0]);

        let all = store.events_after(Position::START, 10).await.expect("events");
        assert_eq!(subjects(&all), ["a", "b", "c", "a"]);
        assert_eq!(
            all.iter().map(|logged| logged.position).collect::<Vec<_>>(),
            [first, second.clone()].concat()
        );
        let page = store.events_after(all[0].position, 2).await.expect("events");
        assert_eq!(subjects(&page), ["b", "c"]);
        assert_eq!(store.last_position().await.expect("a position"), second[0]);
        assert_eq!(subjects(&store.events_about("a", 10).await.expect("events")), ["a", "a"]);
    }
}

#[tokio::test]
async fn an_event_survives_with_all_its_attributes_and_is_said_once() {
    for TestStore { store, .. } in &testing::stores().await {
        let said = event("案件");
        let mut work = Work::new();
        work.event(said.clone());
        store.commit(work.clone()).await.expect("stored");
        let logged = store.events_after(Position::START, 1).await.expect("events");
        assert_eq!(logged[0].event, said);

        let again = store.commit(work).await.expect_err("the id is taken");
        assert_eq!(again.to_string(), "storage_event.id is taken");
    }
}

#[tokio::test]
async fn kinds_are_chosen_by_their_beginning() {
    for TestStore { store, .. } in &testing::stores().await {
        let mut work = Work::new();
        for kind in ["cases.opened", "cases_.opened", "notices.sent", "cases.closed"] {
            let mut said = event(kind);
            said.kind = kind.to_owned();
            work.event(said);
        }
        store.commit(work).await.expect("stored");
        let cases = store.events_of_kind_after("cases.", Position::START, 10).await.expect("events");
        assert_eq!(subjects(&cases), ["cases.opened", "cases.closed"]);
    }
}

#[tokio::test]
async fn a_follower_moves_only_from_where_it_stands() {
    for TestStore { store, .. } in &testing::stores().await {
        let said = say(store, &["a", "b"]).await;
        let step = async |from, to| {
            let mut work = Work::new();
            work.advance("tests", from, to);
            store.commit(work).await
        };
        assert_eq!(store.follower_position("tests").await.expect("a position"), Position::START);
        let early = step(said[0], said[1]).await;
        assert!(matches!(early, Err(CommitError::Conflict(FOLLOWER_MOVED))), "{early:?}");
        step(Position::START, said[0]).await.expect("the first step");
        let twice = step(Position::START, said[1]).await;
        assert!(matches!(twice, Err(CommitError::Conflict(FOLLOWER_MOVED))), "{twice:?}");
        step(said[0], said[1]).await.expect("the second step");
        assert_eq!(store.follower_position("tests").await.expect("a position"), said[1]);
    }
}

/// Eight writers, some of them slow between their first write and their commit, and two nodes that share a follower.
/// Each event is followed once, in the order of the log, and none is skipped.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_is_skipped_and_none_comes_twice() {
    const WRITERS: usize = 8;
    const UNITS: usize = 60;
    const EVENTS: usize = WRITERS * UNITS * 3 / 2;
    for test in &testing::stores().await {
        let store = &test.store;
        let mut work = Work::new();
        work.run("CREATE TABLE tests_write (id TEXT NOT NULL PRIMARY KEY)", vec![]);
        work.run(
            "CREATE TABLE tests_seen (id TEXT NOT NULL PRIMARY KEY, place BIGINT NOT NULL UNIQUE, node TEXT NOT NULL)",
            vec![],
        );
        store.commit(work).await.expect("the tables are made");
        let other_node = Store::open(&test.config).await.expect("a second node opens");

        let writers = (0..WRITERS).map(|writer| {
            let store = store.clone();
            tokio::spawn(async move {
                for unit in 0..UNITS {
                    let id = format!("{writer}-{unit}");
                    let mut work = Work::new();
                    work.run("INSERT INTO tests_write (id) VALUES ($1)", params![&id]);
                    if store.engine() == Engine::Postgres && (writer + unit) % 3 == 0 {
                        // The transaction has its number and is overtaken by others before it commits.
                        work.run("SELECT 1 AS one FROM pg_sleep(0.02)", vec![]);
                    }
                    for part in 0..1 + unit % 2 {
                        work.event(event(&format!("{id}-{part}")));
                    }
                    store.commit(work).await.expect("stored");
                }
            })
        });
        let writers = tokio::spawn(join_all(writers));
        let written = Arc::new(AtomicBool::new(false));
        let nodes = [("one", store.clone()), ("other", other_node)].map(|(node, store)| {
            let written = written.clone();
            tokio::spawn(async move { follow(node, &store, &written).await })
        });
        for writer in writers.await.expect("the writers end") {
            writer.expect("each writer ends");
        }
        written.store(true, Ordering::Release);
        for node in nodes {
            node.await.expect("the node ends");
        }

        let seen = store.query("SELECT id FROM tests_seen ORDER BY place", vec![]).await.expect("rows");
        let seen = seen.iter().map(|row| row.text("id").expect("an id")).collect::<Vec<_>>();
        assert_eq!(seen.len(), EVENTS);
        let log = store.events_after(Position::START, EVENTS as u32).await.expect("events");
        assert_eq!(seen, log.iter().map(|logged| logged.event.id.to_string()).collect::<Vec<_>>());
    }
}

/// Follows the log until all is `written` and nothing is left.
async fn follow(node: &str, store: &Store, written: &AtomicBool) {
    loop {
        let all_written = written.load(Ordering::Acquire);
        let from = store.follower_position("tests").await.expect("a position");
        let page = store.events_after(from, 25).await.expect("events");
        let Some(last) = page.last() else {
            let more = store.wait_for_events(from, Duration::from_millis(300)).await.expect("an answer");
            if all_written && !more {
                return;
            }
            continue;
        };
        let mut work = Work::new();
        for logged in &page {
            // A repeated event would break the primary key, and fail the test.
            let sql = "INSERT INTO tests_seen (id, place, node)
                       VALUES ($1, (SELECT count(*) FROM tests_seen), $2)";
            work.run(sql, params![logged.event.id, node]);
        }
        work.advance("tests", from, last.position);
        match store.commit(work).await {
            // The other node was first; both names say so, depending on which is met first.
            Ok(_) | Err(CommitError::Conflict(FOLLOWER_MOVED)) => {}
            Err(CommitError::Duplicate { .. }) if follower_moved(store, from).await => {}
            Err(error) => panic!("{node}: {error}"),
        }
    }
}

async fn follower_moved(store: &Store, from: Position) -> bool {
    store.follower_position("tests").await.expect("a position") != from
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_ends_with_an_event_of_any_node_or_with_patience() {
    for test in &testing::stores().await {
        let store = &test.store;
        let other_node = Store::open(&test.config).await.expect("a second node opens");
        assert!(!store.wait_for_events(Position::START, Duration::from_millis(50)).await.expect("an answer"));
        let mut after = Position::START;
        for (speaker, patience) in [(store, 5), (&other_node, 5)] {
            let began = Instant::now();
            let waiting = store.wait_for_events(after, Duration::from_secs(patience));
            let (waited, said) = tokio::join!(waiting, say(speaker, &["news"]));
            assert!(waited.expect("an answer") && began.elapsed() < Duration::from_secs(patience));
            after = said[0];
        }
    }
}

/// A unit on its way.
struct Slow(tokio::task::JoinHandle<Committed>);

/// A transaction that is under way has a place in the log, so what was said after it waits for it; a transaction of
/// another database on the same server has none.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_an_older_transaction_of_the_same_database_holds_back_the_log() {
    let test = testing::open(Engine::Postgres).await;
    let neighbour = testing::open(Engine::Postgres).await;
    let slow_unit = async |store: &Store| {
        let mut work = Work::new();
        work.run("CREATE TABLE tests_slow (id BIGINT)", vec![]);
        work.run("SELECT 1 AS one FROM pg_sleep(0.6)", vec![]);
        work.event(event("slow"));
        let slow = tokio::spawn({
            let store = store.clone();
            async move { store.commit(work).await.expect("stored") }
        });
        let begun = "SELECT count(*) AS n FROM pg_stat_activity
                     WHERE datname = current_database() AND backend_xid IS NOT NULL";
        while store.query_one(begun, vec![]).await.expect("a count").int("n") == Ok(0) {
            tokio::task::yield_now().await;
        }
        Slow(slow)
    };

    let foreign = slow_unit(&neighbour.store).await;
    let first = say(&test.store, &["quick"]).await[0];
    // The server's own housekeeping in this database may have to end first.
    while test.store.last_position().await.expect("a position") != first {
        assert!(!foreign.0.is_finished(), "the neighbour was still at it");
        tokio::task::yield_now().await;
    }

    let own = slow_unit(&test.store).await;
    say(&test.store, &["waits"]).await;
    assert_eq!(subjects(&test.store.events_after(first, 10).await.expect("events")), [""; 0]);
    assert!(!own.0.is_finished(), "the slow unit was still at it");
    own.0.await.expect("it ends");
    assert!(test.store.wait_for_events(first, Duration::from_secs(5)).await.expect("an answer"));
    assert_eq!(subjects(&test.store.events_after(first, 10).await.expect("events")), ["slow", "waits"]);
    foreign.0.await.expect("it ends");
}

/// The tables of a server were restored into one whose transaction ids are far behind those of the log.
#[tokio::test]
async fn a_log_restored_into_another_server_goes_on() {
    let test = testing::open(Engine::Postgres).await;
    let mut work = Work::new();
    let sql = "INSERT INTO storage_event (tx, seq, id, source, kind, subject, time, data)
               VALUES (1000000000000, 0, $1, 'tests', 'tests.noted', 'old', 0, $2)";
    let old = event("old");
    work.run(sql, params![old.id, &old.data]);
    test.store.commit(work).await.expect("stored");

    let store = Store::open(&test.config).await.expect("it opens");
    let said = say(&store, &["new"]).await;
    let events = store.events_after(Position::START, 10).await.expect("events");
    assert_eq!(subjects(&events), ["old", "new"]);
    assert_eq!(store.last_position().await.expect("a position"), said[0]);
    // Opening once more lifts nothing.
    let reopened = Store::open(&test.config).await.expect("it opens");
    assert_eq!(subjects(&reopened.events_after(said[0], 10).await.expect("events")), [""; 0]);
    say(&reopened, &["newer"]).await;
    assert_eq!(subjects(&store.events_after(said[0], 10).await.expect("events")), ["newer"]);
}
