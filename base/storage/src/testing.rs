//! A fresh, migrated store on each engine, for the tests of every crate.
//!
//! Tests run on both engines from one body:
//!
//! ```no_run
//! # async fn test() {
//! for test in baotu_storage::testing::stores().await {
//!     let store = &test.store;
//!     // … the same assertions, whatever the engine
//! #   let _ = store;
//! }
//! # }
//! ```
//!
//! PostgreSQL is a real server, given by [`POSTGRES_VARIABLE`]. Without it the tests fail; they never skip.
//! This module is for tests only: it panics where production code answers with a fault.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use baotu_vocabulary::Moment;
use tokio_postgres::NoTls;

use crate::{Database, Engine, Store, StoreConfig};

/// The environment variable with the URL of a server on which the tests may make and drop databases, for example
/// `postgres://postgres@127.0.0.1:5432/postgres`.
pub const POSTGRES_VARIABLE: &str = "BAOTU_TEST_POSTGRES";

/// When the stores of tests were migrated: 2026-01-01T00:00:00Z.
pub const MIGRATED_AT: Moment = Moment::from_micros(1_767_225_600_000_000);

/// Tells the folders and databases of one test process apart.
static PLACES: AtomicU32 = AtomicU32::new(0);

/// A store of its own for one test; its data is removed when it is dropped.
#[derive(Debug)]
pub struct TestStore {
    /// The store, migrated.
    pub store: Store,
    /// What it was opened with, for a test that opens it once more.
    pub config: StoreConfig,
    place: Place,
}

/// What a test store leaves behind, removed when it is dropped.
#[derive(Debug)]
struct Place {
    folder: PathBuf,
    /// The server and the database made on it.
    database: Option<(String, String)>,
}

impl TestStore {
    /// The folder that holds the store's files and may hold the test's own.
    pub fn folder(&self) -> &Path {
        &self.place.folder
    }
}

/// A fresh store on each engine: the embedded one first.
pub async fn stores() -> Vec<TestStore> {
    vec![open(Engine::Sqlite).await, open(Engine::Postgres).await]
}

/// A fresh store on one engine.
pub async fn open(engine: Engine) -> TestStore {
    let unmigrated = open_unmigrated(engine).await;
    unmigrated.store.migrate(MIGRATED_AT).await.expect("the migrations apply to an empty database");
    unmigrated
}

/// A fresh store on one engine, without any table.
pub async fn open_unmigrated(engine: Engine) -> TestStore {
    let mut place = Place { folder: make_folder(), database: None };
    let config = match engine {
        Engine::Sqlite => StoreConfig::embedded(&place.folder),
        Engine::Postgres => {
            let server = server();
            let name =
                format!("baotu_test_{}_{}", std::process::id(), PLACES.fetch_add(1, Ordering::Relaxed));
            let url = make_database(&server, &name).await;
            place.database = Some((server, name));
            StoreConfig::new(Database::Postgres(url), place.folder.join("blobs"))
        }
    };
    let store = Store::open(&config).await.expect("a fresh store opens");
    TestStore { store, config, place }
}

fn server() -> String {
    std::env::var(POSTGRES_VARIABLE).unwrap_or_else(|_| {
        panic!(
            "{POSTGRES_VARIABLE} is not set: the tests need a PostgreSQL server on which they may make databases.\n\
             `cargo xtask postgres -- COMMAND` starts one for COMMAND, for example\n    \
             cargo xtask postgres -- cargo nextest run"
        )
    })
}

fn make_folder() -> PathBuf {
    loop {
        let number = PLACES.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("baotu-test-{}-{number}", std::process::id()));
        match std::fs::create_dir(&folder) {
            Ok(()) => return folder,
            // Left by a process that had the same number and was killed.
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => panic!("{}: {error}", folder.display()),
        }
    }
}

/// Makes a database that sorts text as SQLite does; its URL.
async fn make_database(server: &str, name: &str) -> String {
    // The name may be left over from a process that had the same number and was killed.
    administer(server, &[format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")]).await;
    let make = format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'");
    administer(server, &[make]).await;
    let (rest, options) =
        server.split_once('?').map_or((server, None), |(rest, options)| (rest, Some(options)));
    let authority_end = rest.find("://").map_or(0, |place| place + 3);
    let base = rest[authority_end..].find('/').map_or(rest, |place| &rest[..authority_end + place]);
    options.map_or_else(|| format!("{base}/{name}"), |options| format!("{base}/{name}?{options}"))
}

async fn administer(server: &str, statements: &[String]) {
    let (client, connection) = tokio_postgres::connect(server, NoTls)
        .await
        .unwrap_or_else(|error| panic!("the server of {POSTGRES_VARIABLE} cannot be reached: {error}"));
    let driver = tokio::spawn(connection);
    for statement in statements {
        client.batch_execute(statement).await.unwrap_or_else(|error| panic!("{statement}: {error}"));
    }
    drop(client);
    driver.await.expect("the connection's task ends").expect("the connection ends in order");
}

impl Drop for Place {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
        let Some((server, name)) = self.database.take() else { return };
        // `drop` cannot wait on the test's runtime, so the database is dropped on a thread with one of its own.
        let remove = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let statement = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            runtime.expect("a runtime starts").block_on(administer(&server, &[statement]));
        };
        let removed = std::thread::spawn(remove).join();
        if !std::thread::panicking() {
            removed.expect("the test's database is dropped");
        }
    }
}
