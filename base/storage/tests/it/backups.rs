//! A backup of a running store holds whole units only, and all that were answered before it began.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use baotu_storage::testing::{self, TestStore};
use baotu_storage::{Digest, Engine, Store, StoreConfig, Work, params};

use crate::given::{count, event, notes};

/// Stores units of two rows and an event until told to stop; how many.
async fn write_until(store: Store, stop: Arc<AtomicBool>, writer: usize) -> i64 {
    let mut units = 0;
    while !stop.load(Ordering::Relaxed) {
        let mut work = Work::new();
        for part in 0..2 {
            let id = format!("{writer}-{units}-{part}");
            work.run("INSERT INTO tests_note (id, version, text) VALUES ($1, 1, $1)", params![id]);
        }
        work.event(event("unit"));
        store.commit(work).await.expect("stored");
        units += 1;
    }
    units
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_running_store_is_backed_up_and_restored() {
    const WRITERS: usize = 4;
    let test = testing::open(Engine::Sqlite).await;
    let store = &test.store;
    notes(store).await;
    let photo = store.put_blob(b"a photo".to_vec(), "image/jpeg").await.expect("kept");

    let stop = Arc::new(AtomicBool::new(false));
    let writers: Vec<_> =
        (0..WRITERS).map(|writer| tokio::spawn(write_until(store.clone(), stop.clone(), writer))).collect();
    while count(store, "storage_event").await < 200 {
        tokio::task::yield_now().await;
    }
    let before = count(store, "storage_event").await;
    let folder = test.folder().join("backup");
    store.backup(&folder).await.expect("backed up");
    stop.store(true, Ordering::Relaxed);
    let mut written = 0;
    for writer in writers {
        written += writer.await.expect("the writer ends");
    }
    assert_eq!(count(store, "storage_event").await, written);

    let restored_config = StoreConfig::embedded(&test.folder().join("restored"));
    Store::restore(&folder, &restored_config).await.expect("restored");
    let restored = Store::open(&restored_config).await.expect("it opens");
    let events = count(&restored, "storage_event").await;
    assert!((before..=written).contains(&events), "{before} ≤ {events} ≤ {written}");
    assert_eq!(count(&restored, "tests_note").await, 2 * events, "no unit is half there");
    assert_eq!(restored.get_blob(photo.digest).await.expect("an answer"), Some(b"a photo".to_vec()));
    let check = restored.query_one("PRAGMA integrity_check", vec![]).await.expect("an answer");
    assert_eq!(check.text("integrity_check"), Ok("ok".to_owned()));
    restored
        .commit({
            let mut work = Work::new();
            work.event(event("after"));
            work
        })
        .await
        .expect("it goes on");

    let taken = Store::restore(&folder, &restored_config).await.expect_err("the folder is taken").to_string();
    assert!(taken.contains("is not empty"), "{taken}");
    let taken = store.backup(&folder).await.expect_err("the folder is taken").to_string();
    assert!(taken.contains("is not empty"), "{taken}");
}

#[tokio::test]
async fn an_unfinished_or_damaged_backup_is_not_restored() {
    let test = testing::open(Engine::Sqlite).await;
    test.store.put_blob(b"a photo".to_vec(), "image/jpeg").await.expect("kept");
    let folder = test.folder().join("backup");
    test.store.backup(&folder).await.expect("backed up");
    let target = |name: &str| StoreConfig::embedded(&test.folder().join(name));

    let blob = Digest::of(b"a photo").to_string();
    std::fs::remove_file(folder.join("blobs").join(&blob[..2]).join(&blob)).expect("removed");
    let lost = Store::restore(&folder, &target("first")).await.expect_err("a blob is lost").to_string();
    assert_eq!(lost, "0 of 1 blobs are in the backup");

    std::fs::remove_file(folder.join("backup.json")).expect("removed");
    let unfinished = Store::restore(&folder, &target("second")).await.expect_err("no note").to_string();
    assert!(unfinished.contains("not finished"), "{unfinished}");
    assert!(!test.folder().join("second").exists());
}

#[tokio::test]
async fn a_server_is_backed_up_by_its_own_tools() {
    let TestStore { store, config, .. } = &testing::open(Engine::Postgres).await;
    let folder = config.blobs.join("backup");
    let refused = store.backup(&folder).await.expect_err("not this way").to_string();
    assert!(refused.contains("pg_dump"), "{refused}");
    let refused = Store::restore(&folder, config).await.expect_err("not this way").to_string();
    assert!(refused.contains("pg_restore"), "{refused}");
}
