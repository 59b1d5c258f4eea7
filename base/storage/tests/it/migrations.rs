//! One history, applied once, and never changed behind the database's back.

use baotu_storage::testing::{self, MIGRATED_AT};
use baotu_storage::{Engine, Store, StoreFault, Work, params};

use crate::given::{NOW, count};

const ENGINES: [Engine; 2] = [Engine::Sqlite, Engine::Postgres];

#[tokio::test]
async fn all_files_are_applied_once() {
    for engine in ENGINES {
        let test = testing::open_unmigrated(engine).await;
        let first = test.store.migrate(NOW).await.expect("applied");
        assert_eq!(first.applied.first(), Some(&"0001-storage.sql"));
        assert!(first.applied.is_sorted() && first.already == 0);
        let second = test.store.migrate(NOW.plus_seconds(1)).await.expect("nothing to do");
        assert_eq!((second.applied.len(), second.already), (0, first.applied.len()));
        let row = test
            .store
            .query_one("SELECT DISTINCT applied_at FROM storage_migration", vec![])
            .await
            .expect("one");
        assert_eq!(row.moment("applied_at"), Ok(NOW));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_start_together_apply_each_file_once() {
    for engine in ENGINES {
        let test = testing::open_unmigrated(engine).await;
        let mut nodes = vec![test.store.clone()];
        for _ in 0..3 {
            nodes.push(Store::open(&test.config).await.expect("it opens"));
        }
        let migrated = futures::future::join_all(nodes.iter().map(|store| store.migrate(MIGRATED_AT))).await;
        let applied = migrated.into_iter().map(|end| end.expect("migrated").applied.len()).sum::<usize>();
        assert_eq!(applied as i64, count(&test.store, "storage_migration").await);
    }
}

#[tokio::test]
async fn a_changed_file_and_a_newer_database_are_named() {
    for test in testing::stores().await {
        let mut work = Work::new();
        let other = baotu_storage::Digest::of(b"the text as it was");
        work.run("UPDATE storage_migration SET sha256 = $1 WHERE name = '0001-storage.sql'", params![other]);
        test.store.commit(work).await.expect("stored");
        let fault = test.store.migrate(NOW).await.expect_err("the file was changed");
        assert!(
            matches!(&fault, StoreFault::MigrationChanged(name) if name == "0001-storage.sql"),
            "{fault}"
        );

        let mut work = Work::new();
        let sql = "INSERT INTO storage_migration (name, sha256, applied_at) VALUES ('9999-later.sql', $1, 0)";
        work.run(sql, params![other]);
        test.store.commit(work).await.expect("stored");
        let fault = test.store.migrate(NOW).await.expect_err("the database is newer");
        assert!(matches!(&fault, StoreFault::MigrationUnknown(name) if name == "9999-later.sql"), "{fault}");
    }
}

#[tokio::test]
async fn a_file_that_fails_leaves_no_trace() {
    for engine in ENGINES {
        let test = testing::open_unmigrated(engine).await;
        // The last table of the file is there already, so the file fails after having made others.
        let mut work = Work::new();
        work.run("CREATE TABLE storage_number (name TEXT)", vec![]);
        test.store.commit(work).await.expect("made");
        let fault = test.store.migrate(NOW).await.expect_err("the file fails");
        assert!(
            matches!(&fault, StoreFault::Migration { name, .. } if name == "0001-storage.sql"),
            "{fault}"
        );
        assert_eq!(count(&test.store, "storage_migration").await, 0);
        let mut work = Work::new();
        work.run("DROP TABLE storage_number", vec![]);
        test.store.commit(work).await.expect("removed");
        test.store.migrate(NOW).await.expect("applied");
    }
}
