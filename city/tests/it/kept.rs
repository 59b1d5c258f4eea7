//! What a city keeps, looked at from beside it: so that a story can tell that nothing was lost or half-written.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use baotu_storage::{Position, Store, StoreConfig};
use tokio::runtime::Runtime;

/// Tables that a refusal may write to: the trail of who tried what, sessions, kept answers, drawn numbers.
const MAY_GROW: [&str; 4] = ["access_", "storage_number", "storage_follower", "sqlite_"];

/// How long a city may take to do what it has to do by itself.
const COMING_TO_REST: Duration = Duration::from_secs(60);
/// Nothing moves for so long in a city at rest.
const LOOKING_AGAIN: Duration = Duration::from_millis(300);

/// A second look into the database of a city, whether it runs or not.
pub(crate) struct Beside {
    runtime: Runtime,
    store: Store,
    blobs: PathBuf,
}

/// What is kept: where the log ends, rows by table, files of photos.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) log: Position,
    pub(crate) rows: BTreeMap<String, i64>,
    pub(crate) photos: usize,
}

impl Beside {
    /// Beside the city with this data folder.
    pub(crate) fn of(data: &Path) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let store = runtime.block_on(Store::open(&StoreConfig::embedded(data))).expect("the database opens");
        Self { runtime, store, blobs: data.join("blobs") }
    }

    /// What is kept now.
    pub(crate) fn kept(&self) -> Kept {
        let rows = self.tables().into_iter().map(|table| {
            let count = self.number(&format!("SELECT count(*) AS n FROM {table}"));
            (table, count)
        });
        let rows = rows.collect();
        let log = self.runtime.block_on(self.store.last_position()).expect("a position");
        Kept { log, rows, photos: files(&self.blobs) }
    }

    /// The number `n` that a question gives.
    pub(crate) fn number(&self, sql: &str) -> i64 {
        let row = self.runtime.block_on(self.store.query_one(sql.to_owned(), Vec::new())).expect("a row");
        row.int("n").expect("a number")
    }

    /// What is kept once the city has done all that it had to do by itself.
    pub(crate) fn at_rest(&self) -> Kept {
        let (begun, mut before) = (Instant::now(), self.kept());
        loop {
            std::thread::sleep(LOOKING_AGAIN);
            let now = self.kept();
            if now == before && now.rows["storage_job"] == 0 {
                return now;
            }
            assert!(begun.elapsed() < COMING_TO_REST, "the city does not come to rest: {before:?}, {now:?}");
            before = now;
        }
    }

    fn tables(&self) -> Vec<String> {
        let sql = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        let rows = self.runtime.block_on(self.store.query(sql, Vec::new())).expect("tables");
        let names = rows.iter().map(|row| row.text("name").expect("a name"));
        names.filter(|name| !MAY_GROW.iter().any(|prefix| name.starts_with(prefix))).collect()
    }
}

/// The files below a folder.
fn files(folder: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(folder) else { return 0 };
    let count = |entry: std::fs::DirEntry| {
        let path = entry.path();
        if path.is_dir() { files(&path) } else { 1 }
    };
    entries.map_while(Result::ok).map(count).sum()
}
