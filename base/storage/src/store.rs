//! The store: one handle to the database, the event log, the jobs and the blobs of a node.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::sync::{Mutex, watch};

use crate::blob::BlobFolder;
use crate::number::Blocks;
use crate::postgres::Postgres;
use crate::sqlite::Sqlite;
use crate::work::{Committed, Expected, Statement, Work};
use crate::{CommitError, Row, StoreFault, Value, log};

/// Which database a store stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Engine {
    /// The embedded default.
    Sqlite,
    /// A server that speaks PostgreSQL's protocol.
    Postgres,
}

/// Where the database is.
#[derive(Clone, PartialEq, Eq)]
pub enum Database {
    /// A file of the embedded engine.
    Embedded(PathBuf),
    /// The URL of a server, with its password.
    Postgres(String),
}

impl Database {
    /// Reads `postgres://…` or `postgresql://…` as a server, anything else (also `sqlite:PATH`) as a file.
    pub fn parse(text: &str) -> Self {
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Self::Postgres(text.to_owned());
        }
        let path = text.strip_prefix("sqlite:").unwrap_or(text);
        Self::Embedded(path.strip_prefix("//").unwrap_or(path).into())
    }
}

impl std::fmt::Debug for Database {
    /// Without the server's URL, which holds a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Embedded(path) => f.debug_tuple("Embedded").field(path).finish(),
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}

/// What a store is opened with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreConfig {
    /// The database.
    pub database: Database,
    /// The folder of the blobs.
    pub blobs: PathBuf,
    /// Connections to a server at most; the embedded engine has its own number of readers.
    pub connections_max: usize,
}

/// Connections of a node to its server unless it is told otherwise.
pub const CONNECTIONS: usize = 16;

impl StoreConfig {
    /// The database and the folder of blobs, all else as it comes.
    pub fn new(database: Database, blobs: impl Into<PathBuf>) -> Self {
        Self { database, blobs: blobs.into(), connections_max: CONNECTIONS }
    }

    /// Everything in one data folder, on the embedded engine.
    pub fn embedded(folder: &Path) -> Self {
        Self::new(Database::Embedded(folder.join("baotu.sqlite")), folder.join("blobs"))
    }
}

/// The store of a node; clones share it. Dropping the last one stores what is queued and waits for the embedded
/// writer to end.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    database: OpenDatabase,
    blobs: BlobFolder,
    blocks: Mutex<Blocks>,
    /// Changes whenever this node has committed events.
    said: watch::Sender<()>,
}

#[derive(Debug)]
enum OpenDatabase {
    Sqlite(Sqlite),
    Postgres(Postgres),
}

/// What one statement did.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Rows that it touched, or returned.
    pub(crate) touched: u64,
    pub(crate) rows: Vec<Row>,
}

impl Outcome {
    /// This outcome, when it is the expected one.
    pub(crate) fn checked(self, expected: Option<Expected>) -> Result<Self, CommitError> {
        match expected {
            Some(expected) if expected.rows != self.touched => Err(CommitError::Conflict(expected.what)),
            _ => Ok(self),
        }
    }
}

impl Store {
    /// Opens the database, making an embedded one that is not there yet. Tables come with [`Store::migrate`].
    ///
    /// # Errors
    /// When the file or the server cannot be opened.
    pub async fn open(config: &StoreConfig) -> Result<Self, StoreFault> {
        std::fs::create_dir_all(&config.blobs).map_err(StoreFault::file(&config.blobs))?;
        let database = match &config.database {
            Database::Embedded(path) => {
                let path = path.clone();
                let open = tokio::task::spawn_blocking(move || Sqlite::open(&path));
                OpenDatabase::Sqlite(open.await.map_err(|_| StoreFault::Closed)??)
            }
            Database::Postgres(url) => {
                OpenDatabase::Postgres(Postgres::open(url, config.connections_max).await?)
            }
        };
        let shared = Shared {
            database,
            blobs: BlobFolder(config.blobs.clone()),
            blocks: Mutex::default(),
            said: watch::Sender::new(()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Which database this is.
    pub fn engine(&self) -> Engine {
        match self.shared.database {
            OpenDatabase::Sqlite(_) => Engine::Sqlite,
            OpenDatabase::Postgres(_) => Engine::Postgres,
        }
    }

    /// The rows of a query. What this node has committed is seen at once.
    ///
    /// # Errors
    /// When the engine refuses the statement or cannot be reached.
    pub async fn query(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreFault> {
        if let Some(what) = params.iter().find_map(Value::unstorable) {
            return Err(StoreFault::Unstorable(what));
        }
        match &self.shared.database {
            OpenDatabase::Sqlite(sqlite) => sqlite.query(sql.into(), params).await,
            OpenDatabase::Postgres(postgres) => postgres.query(sql.into(), params).await,
        }
    }

    /// The row of a query that finds one or none.
    ///
    /// # Errors
    /// Like [`Store::query`], and when there are several rows.
    pub async fn query_optional(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Option<Row>, StoreFault> {
        let sql = sql.into();
        let mut rows = self.query(sql.clone(), params).await?;
        if rows.len() > 1 {
            return Err(StoreFault::NotOne { sql: sql.into_owned(), rows: rows.len() });
        }
        Ok(rows.pop())
    }

    /// The row of a query that always finds one, such as a count.
    ///
    /// # Errors
    /// Like [`Store::query`], and when there is none or several rows.
    pub async fn query_one(
        &self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
    ) -> Result<Row, StoreFault> {
        let sql = sql.into();
        self.query_optional(sql.clone(), params)
            .await?
            .ok_or_else(|| StoreFault::NotOne { sql: sql.into_owned(), rows: 0 })
    }

    /// Stores a unit of work: all of it, durably, or nothing.
    ///
    /// Once begun, it runs to its end even when the caller stops waiting for it.
    ///
    /// # Errors
    /// A conflict (an expectation failed), a duplicate, or a fault; see [`CommitError`].
    pub async fn commit(&self, work: Work) -> Result<Committed, CommitError> {
        let (statements, events) = work.into_statements(self.engine());
        if statements.is_empty() {
            return Ok(Committed::default());
        }
        let outcomes = self.run_together(statements).await?;
        // Events are the last statements of a unit.
        let said = &outcomes[outcomes.len() - events..];
        let positions =
            said.iter().flat_map(|outcome| &outcome.rows).map(log::position).collect::<Result<_, _>>()?;
        if events > 0 {
            self.shared.said.send_replace(());
        }
        Ok(Committed { events: positions })
    }

    /// Whether the database answers and takes writes.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), StoreFault> {
        self.query_one("SELECT 1 AS one", Vec::new()).await?;
        // A unit without statements passes through the writer and writes nothing.
        self.run_together(Vec::new()).await?;
        Ok(())
    }

    /// Runs one statement as a unit of its own.
    pub(crate) async fn run_alone(&self, statement: Statement) -> Result<Outcome, CommitError> {
        let outcomes = self.run_together(vec![statement]).await?;
        Ok(outcomes.into_iter().next().unwrap_or_default())
    }

    /// Runs statements as one unit; an outcome for each.
    pub(crate) async fn run_together(&self, statements: Vec<Statement>) -> Result<Vec<Outcome>, CommitError> {
        let params = statements.iter().flat_map(|statement| &statement.params);
        if let Some(what) = params.into_iter().find_map(Value::unstorable) {
            return Err(StoreFault::Unstorable(what).into());
        }
        match &self.shared.database {
            OpenDatabase::Sqlite(sqlite) => sqlite.commit(statements).await,
            OpenDatabase::Postgres(postgres) => postgres.commit(statements).await,
        }
    }

    /// The embedded database, when this is one.
    pub(crate) fn embedded(&self) -> Option<&Sqlite> {
        match &self.shared.database {
            OpenDatabase::Sqlite(sqlite) => Some(sqlite),
            OpenDatabase::Postgres(_) => None,
        }
    }

    pub(crate) fn blob_folder(&self) -> &BlobFolder {
        &self.shared.blobs
    }

    pub(crate) fn blocks(&self) -> &Mutex<Blocks> {
        &self.shared.blocks
    }

    pub(crate) fn said(&self) -> watch::Receiver<()> {
        self.shared.said.subscribe()
    }
}
