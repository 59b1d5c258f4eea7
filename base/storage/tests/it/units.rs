//! A unit of work is stored whole or not at all, and never takes others with it.

use baotu_storage::testing::{self, TestStore};
use baotu_storage::{CommitError, Position, Work, params};

use crate::given::{count, event, job, notes};

fn note(id: &str) -> Work {
    let mut work = Work::new();
    work.run("INSERT INTO tests_note (id, version, text) VALUES ($1, 1, NULL)", params![id]);
    work
}

#[tokio::test]
async fn an_own_write_is_readable_at_once() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        for number in 0..50 {
            store.commit(note(&format!("n{number}"))).await.expect("stored");
            assert_eq!(count(store, "tests_note").await, number + 1);
        }
    }
}

#[tokio::test]
async fn a_failed_expectation_rolls_back_the_whole_unit() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        store.commit(note("kept")).await.expect("stored");

        let mut work = note("lost");
        let sql = "UPDATE tests_note SET version = version + 1 WHERE id = $1 AND version = $2";
        work.run_expecting(sql, params!["kept", 1], 1, "first");
        work.run_expecting(sql, params!["kept", 1], 1, "tests.version");
        work.event(event("lost"));
        work.job(job("tests.lost", None));
        let refused = store.commit(work).await;

        assert!(matches!(refused, Err(CommitError::Conflict("tests.version"))), "{refused:?}");
        let rows = store.query("SELECT id, version FROM tests_note", vec![]).await.expect("rows");
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].int("version"), Ok(1));
        assert_eq!(store.events_after(Position::START, 10).await.expect("events"), vec![]);
        assert_eq!(count(store, "storage_job").await, 0);
    }
}

/// Good and bad units reach the writer together; each bad one, whatever its reason, fails alone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_unit_takes_no_other_with_it() {
    const UNITS: usize = 120;
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        store.commit(note("taken")).await.expect("stored");
        let units = (0..UNITS).map(|number| {
            let mut work = note(&format!("n{number}"));
            work.event(event(&format!("n{number}")));
            match number % 4 {
                0 => {}
                1 => work.append(note("taken")),
                2 => work.run_expecting(
                    "UPDATE tests_note SET version = 2 WHERE id = 'nobody'",
                    vec![],
                    1,
                    "tests.nobody",
                ),
                _ => work.run("INSERT INTO tests_nowhere (id) VALUES (1)", vec![]),
            }
            let store = store.clone();
            tokio::spawn(async move { (number, store.commit(work).await) })
        });
        for unit in futures::future::join_all(units).await {
            let (number, outcome) = unit.expect("the task ends");
            match (number % 4, outcome) {
                (0, Ok(committed)) => assert_eq!(committed.events.len(), 1),
                (1, Err(CommitError::Duplicate { constraint })) => assert_eq!(constraint, "tests_note.id"),
                (2, Err(CommitError::Conflict("tests.nobody"))) | (3, Err(CommitError::Fault(_))) => {}
                (_, outcome) => panic!("unit {number}: {outcome:?}"),
            }
        }
        assert_eq!(count(store, "tests_note").await, 1 + UNITS as i64 / 4);
        assert_eq!(count(store, "storage_event").await, UNITS as i64 / 4);
    }
}

#[tokio::test]
async fn a_constraint_of_several_columns_has_one_name_on_all_engines() {
    for TestStore { store, .. } in &testing::stores().await {
        let mut work = Work::new();
        work.run("CREATE TABLE tests_pair (a TEXT NOT NULL, b BIGINT NOT NULL, PRIMARY KEY (a, b))", vec![]);
        store.commit(work).await.expect("the table is made");
        let pair = || {
            let mut work = Work::new();
            work.run("INSERT INTO tests_pair (a, b) VALUES ($1, $2)", params!["secret)=(", 1]);
            work
        };
        store.commit(pair()).await.expect("stored");
        let error = store.commit(pair()).await.expect_err("a duplicate");
        assert_eq!(error.to_string(), "tests_pair.a, tests_pair.b is taken");
    }
}

/// Two people decide on the same version at once: one decision stands, the other is told.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_decisions_on_one_version_one_stands() {
    const ROUNDS: i64 = 40;
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        store.commit(note("n")).await.expect("stored");
        for version in 1..=ROUNDS {
            let decide = |who: &'static str| {
                let store = store.clone();
                let mut work = Work::new();
                let sql =
                    "UPDATE tests_note SET version = version + 1, text = $3 WHERE id = $1 AND version = $2";
                work.run_expecting(sql, params!["n", version, who], 1, "tests.version");
                work.event(event(who));
                async move { store.commit(work).await }
            };
            let (one, other) = tokio::join!(decide("one"), decide("other"));
            let conflicts = [&one, &other]
                .iter()
                .filter(|end| matches!(end, Err(CommitError::Conflict("tests.version"))))
                .count();
            assert_eq!(
                (conflicts, one.is_ok() as usize + other.is_ok() as usize),
                (1, 1),
                "{one:?} {other:?}"
            );
        }
        assert_eq!(count(store, "storage_event").await, ROUNDS);
    }
}

#[tokio::test]
async fn a_query_cannot_write() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        let sql = "INSERT INTO tests_note (id, version) VALUES ('n', 1) RETURNING id";
        let refused = store.query(sql, vec![]).await.expect_err("a query reads").to_string();
        assert!(refused.contains("read"), "{refused}");
        assert_eq!(count(store, "tests_note").await, 0);
        store.commit(note("n")).await.expect("a unit writes");
    }
}

#[tokio::test]
async fn a_store_that_answers_is_well() {
    for TestStore { store, .. } in &testing::stores().await {
        store.ping().await.expect("it answers");
        assert_eq!(store.commit(Work::new()).await.expect("nothing to store").events, vec![]);
    }
}
