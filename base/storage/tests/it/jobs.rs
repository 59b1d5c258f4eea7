//! A job runs until its effect is stored, and its effect is stored once.

use std::collections::BTreeSet;

use baotu_storage::testing::{self, TestStore};
use baotu_storage::{ClaimedJob, CommitError, JOB_CLAIM_LOST, JobState, NewJob, Store, Work, params};
use baotu_vocabulary::Moment;

use crate::given::{NOW, count, job, notes};

const LEASE_SECONDS: u32 = 30;

async fn ask(store: &Store, jobs: impl IntoIterator<Item = NewJob>) {
    let mut work = Work::new();
    jobs.into_iter().for_each(|job| work.job(job));
    store.commit(work).await.expect("stored");
}

async fn claim(store: &Store, worker: &str, now: Moment) -> Vec<ClaimedJob> {
    store.claim_jobs(&["tests.a", "tests.b"], worker, now, LEASE_SECONDS, 10).await.expect("an answer")
}

fn effect(job: &ClaimedJob, worker: &str) -> Work {
    let mut work = Work::new();
    work.run("INSERT INTO tests_note (id, version, text) VALUES ($1, 1, $2)", params![job.id, worker]);
    work.complete_job(job);
    work
}

#[tokio::test]
async fn jobs_are_claimed_when_due_by_kind_and_the_longest_due_first() {
    for TestStore { store, .. } in &testing::stores().await {
        let late = NewJob { run_at: NOW.plus_seconds(60), ..job("tests.a", None) };
        let early = NewJob { run_at: NOW.plus_seconds(-60), ..job("tests.b", None) };
        let due = job("tests.a", None);
        ask(store, [late.clone(), due.clone(), early.clone(), job("tests.other", None)]).await;

        assert_eq!(store.next_run_at().await.expect("an answer"), Some(early.run_at));
        let claimed = claim(store, "w", NOW).await;
        assert_eq!(claimed.iter().map(|job| job.id).collect::<Vec<_>>(), [early.id, due.id]);
        assert_eq!(claimed[0].payload, early.payload);
        assert_eq!((claimed[0].attempts, claimed[0].run_at), (1, early.run_at));
        assert_eq!(claimed[0].claimed_until, NOW.plus_seconds(LEASE_SECONDS.into()));
        assert_eq!(claim(store, "w", NOW).await, vec![]);
        assert_eq!(store.claim_jobs(&[], "w", NOW, LEASE_SECONDS, 10).await.expect("an answer"), vec![]);
        assert_eq!(
            claim(store, "w", late.run_at).await.len(),
            3,
            "the late one, and two whose leases ran out"
        );
    }
}

#[tokio::test]
async fn a_key_is_asked_for_once_until_its_job_is_done() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        ask(store, [job("tests.a", Some("case-7:remind")), job("tests.a", Some("case-7:remind"))]).await;
        ask(store, [job("tests.a", Some("case-7:remind")), job("tests.a", None), job("tests.a", None)]).await;
        let claimed = claim(store, "w", NOW).await;
        assert_eq!(claimed.len(), 3);
        for job in &claimed {
            store.commit(effect(job, "w")).await.expect("stored");
        }
        ask(store, [job("tests.a", Some("case-7:remind"))]).await;
        assert_eq!(claim(store, "w", NOW).await.len(), 1);
    }
}

/// Workers on two nodes take from one queue; each job's effect is stored by exactly one of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn workers_share_the_jobs_and_each_runs_once() {
    const JOBS: usize = 120;
    for test in &testing::stores().await {
        let store = &test.store;
        notes(store).await;
        ask(store, (0..JOBS).map(|_| job("tests.a", None))).await;
        let nodes =
            [store.clone(), store.clone(), Store::open(&test.config).await.expect("a second node opens")];
        let workers = nodes.into_iter().enumerate().map(|(number, store)| {
            tokio::spawn(async move {
                let worker = format!("w{number}");
                let mut done = 0;
                loop {
                    let claimed = claim(&store, &worker, NOW).await;
                    if claimed.is_empty() {
                        return done;
                    }
                    for job in claimed {
                        store.commit(effect(&job, &worker)).await.expect("the lease holds");
                        done += 1;
                    }
                }
            })
        });
        let mut done = 0;
        for worker in futures::future::join_all(workers).await {
            done += worker.expect("the worker ends");
        }
        // A worker may have found the queue locked by the others and left; what it left is still there.
        assert_eq!(done, JOBS);
        assert_eq!(count(store, "tests_note").await, JOBS as i64);
        assert_eq!(count(store, "storage_job").await, 0);
    }
}

#[tokio::test]
async fn who_has_lost_the_lease_stores_nothing() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        ask(store, [job("tests.a", None)]).await;
        let slow = claim(store, "slow", NOW).await.remove(0);
        let later = NOW.plus_seconds(LEASE_SECONDS.into());
        let quick = claim(store, "quick", later).await.remove(0);
        assert_eq!((quick.id, quick.attempts), (slow.id, 2));

        let lost = store.commit(effect(&slow, "slow")).await;
        assert!(matches!(lost, Err(CommitError::Conflict(JOB_CLAIM_LOST))), "{lost:?}");
        let lost = store.fail_job(&slow, "too slow", None).await;
        assert!(matches!(lost, Err(CommitError::Conflict(JOB_CLAIM_LOST))), "{lost:?}");
        store.commit(effect(&quick, "quick")).await.expect("the lease holds");
        let twice = store.commit(effect(&quick, "quick")).await;
        assert!(matches!(twice, Err(CommitError::Duplicate { .. })), "{twice:?}");
        let rows = store.query("SELECT text FROM tests_note", vec![]).await.expect("rows");
        assert_eq!(rows.iter().map(|row| row.text("text")).collect::<Vec<_>>(), [Ok("quick".to_owned())]);
    }
}

#[tokio::test]
async fn a_failed_job_waits_or_is_stuck_until_a_person_retries_it() {
    for TestStore { store, .. } in &testing::stores().await {
        notes(store).await;
        ask(store, [job("tests.a", None), job("tests.b", None)]).await;
        let claimed = claim(store, "w", NOW).await;
        let held = store.jobs(None, None, 10).await.expect("jobs");
        assert_eq!(
            held.iter().map(|job| job.claimed_by.as_deref()).collect::<BTreeSet<_>>(),
            [Some("w")].into()
        );
        assert!(!store.retry_job(claimed[0].id, NOW).await.expect("an answer"), "a worker holds it");

        let again_at = NOW.plus_seconds(5);
        store.fail_job(&claimed[0], "the gateway is down\0", Some(again_at)).await.expect("recorded");
        store.fail_job(&claimed[1], "no such template", None).await.expect("recorded");
        assert_eq!(store.next_run_at().await.expect("an answer"), Some(again_at));
        assert_eq!(claim(store, "w", NOW).await, vec![]);
        let second = claim(store, "w", again_at).await;
        assert_eq!((second.len(), second[0].id, second[0].attempts), (1, claimed[0].id, 2));

        let stuck = store.jobs(Some(JobState::Stuck), None, 10).await.expect("jobs");
        assert_eq!(stuck.len(), 1);
        assert_eq!(stuck[0].id, claimed[1].id);
        assert_eq!((stuck[0].attempts, stuck[0].last_error.as_deref()), (1, Some("no such template")));
        assert!(store.retry_job(stuck[0].id, again_at).await.expect("an answer"));
        assert!(
            !store.retry_job(job("tests.a", None).id, again_at).await.expect("an answer"),
            "there is no such job"
        );
        let retried = claim(store, "w", again_at).await;
        assert_eq!((retried.len(), retried[0].id, retried[0].attempts), (1, claimed[1].id, 1));

        // The error of the first attempt stays to be seen, and its lease does not hold any more.
        let lost = store.commit(effect(&claimed[0], "w")).await;
        assert!(matches!(lost, Err(CommitError::Conflict(JOB_CLAIM_LOST))), "{lost:?}");
        let waiting = store.jobs(Some(JobState::Waiting), None, 10).await.expect("jobs");
        assert!(
            waiting.iter().any(|job| job.last_error.as_deref() == Some("the gateway is down")),
            "{waiting:?}"
        );
    }
}

#[tokio::test]
async fn jobs_are_paged_by_id() {
    for TestStore { store, .. } in &testing::stores().await {
        let mut asked = (0..5).map(|_| job("tests.a", None)).collect::<Vec<_>>();
        ask(store, asked.clone()).await;
        asked.sort_by_key(|job| job.id);
        let first = store.jobs(None, None, 2).await.expect("jobs");
        let rest = store.jobs(None, Some(first[1].id), 10).await.expect("jobs");
        let ids = first.iter().chain(&rest).map(|job| job.id).collect::<Vec<_>>();
        assert_eq!(ids, asked.iter().map(|job| job.id).collect::<Vec<_>>());
    }
}
