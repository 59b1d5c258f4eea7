//! What the tests are given: a table, moments, ids that never repeat, events and jobs.

use std::sync::atomic::{AtomicU64, Ordering};

use baotu_storage::{NewJob, Store, Work};
use baotu_vocabulary::{Chance, Event, EventId, JobId, Moment};

/// The present of all tests: 2026-11-24T01:00:00Z.
pub(crate) const NOW: Moment = Moment::from_micros(1_795_482_000_000_000);

/// A chance that no other call gets, also not in another process.
pub(crate) fn chance() -> Chance {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let mut chance = [0; 10];
    chance[..4].copy_from_slice(&std::process::id().to_be_bytes());
    chance[4..].copy_from_slice(&count.to_be_bytes()[2..]);
    chance
}

/// An event about `subject`.
pub(crate) fn event(subject: &str) -> Event {
    Event {
        id: EventId::new(NOW, chance()),
        source: "tests".to_owned(),
        kind: "tests.noted".to_owned(),
        subject: subject.to_owned(),
        time: NOW,
        data: serde_json::json!({"subject": subject}),
    }
}

/// A job of a kind, due now.
pub(crate) fn job(kind: &str, key: Option<&str>) -> NewJob {
    NewJob {
        id: JobId::new(NOW, chance()),
        kind: kind.to_owned(),
        key: key.map(str::to_owned),
        payload: serde_json::json!({"kind": kind}),
        run_at: NOW,
    }
}

/// Makes the table `tests_note (id, version, text)`.
pub(crate) async fn notes(store: &Store) {
    let mut work = Work::new();
    work.run(
        "CREATE TABLE tests_note (id TEXT NOT NULL PRIMARY KEY, version BIGINT NOT NULL, text TEXT)",
        vec![],
    );
    store.commit(work).await.expect("the table is made");
}

/// How many rows a table has.
pub(crate) async fn count(store: &Store, table: &str) -> i64 {
    let row = store.query_one(format!("SELECT count(*) AS n FROM {table}"), vec![]).await.expect("a count");
    row.int("n").expect("a number")
}
