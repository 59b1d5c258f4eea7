//! The embedded engine: one writer thread that owns the only writing connection, and a pool of readers beside it.
//!
//! What the statements mean is not known here.

mod reader;
mod statement;
mod writer;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};

use self::reader::Readers;
use self::writer::Writer;
use crate::work::Statement;
use crate::{CommitError, Outcome, Row, StoreFault, Value};

/// How long a connection waits for a lock that another process holds, in seconds.
const BUSY_SECONDS: u64 = 10;

/// Prepared statements that a connection keeps.
const STATEMENTS_CACHED_MAX: usize = 256;

/// The database file with its writer and its readers.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    /// Opens or makes the file.
    pub(crate) fn open(path: &Path) -> Result<Self, StoreFault> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(StoreFault::file(folder))?;
        }
        // The writer first: it makes the file and turns on the write-ahead log, which readers cannot.
        let writer = Writer::start(open_writing(path)?)?;
        Ok(Self { path: path.to_owned(), readers: Readers::new(path), writer })
    }

    pub(crate) async fn query(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreFault> {
        self.readers.query(sql, params).await
    }

    pub(crate) async fn commit(&self, mut statements: Vec<Statement>) -> Result<Vec<Outcome>, CommitError> {
        // Documents are put into words here: the writer has no time for it.
        for value in statements.iter_mut().flat_map(|statement| &mut statement.params) {
            if let Value::Json(document) = value {
                *value = Value::Text(document.to_string());
            }
        }
        self.writer.commit(statements).await
    }

    /// Copies the database as it stands now into a new file, while units are being stored.
    pub(crate) fn copy_to(&self, target: &Path) -> Result<(), StoreFault> {
        let source = open_reading(&self.path)?;
        let mut target = Connection::open(target).map_err(|error| open_fault(target, &error))?;
        let mut copy = || {
            // All pages in one step: it reads one snapshot of the write-ahead log and keeps no writer waiting.
            // In several steps, every unit stored in between would start it anew.
            rusqlite::backup::Backup::new(&source, &mut target)?.step(-1)
        };
        match copy() {
            Ok(rusqlite::backup::StepResult::Done) => Ok(()),
            Ok(other) => Err(StoreFault::Backup(format!("the database could not be copied: {other:?}"))),
            Err(error) => Err(fault("backup", error)),
        }
    }
}

fn open_writing(path: &Path) -> Result<Connection, StoreFault> {
    let flags =
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
        connection.pragma_update(None, "journal_mode", "WAL")?;
        // An answered unit survives a power cut: each commit waits for the disk.
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // 4,000 pages of 4 KiB: a checkpoint for each 16 MB written; the log shrinks back after a long reader.
        connection.pragma_update(None, "wal_autocheckpoint", 4_000)?;
        connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
        connection.pragma_update(None, "cache_size", -65_536)?;
        keep_plans(&connection)?;
        Ok(connection)
    };
    open().map_err(|error| open_fault(path, &error))
}

fn open_reading(path: &Path) -> Result<Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let open = || {
        let connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(Duration::from_secs(BUSY_SECONDS))?;
        connection.set_prepared_statement_cache_capacity(STATEMENTS_CACHED_MAX);
        connection.pragma_update(None, "cache_size", -16_384)?;
        keep_plans(&connection)?;
        Ok(connection)
    };
    open().map_err(|error| open_fault(path, &error))
}

/// Has a statement keep the plan with which it was prepared, whatever is bound to it: else it is prepared anew for
/// other values of a parameter that chose an index.
fn keep_plans(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn open_fault(path: &Path, error: &rusqlite::Error) -> StoreFault {
    StoreFault::Open { database: path.display().to_string(), reason: error.to_string() }
}

fn fault(sql: &str, error: rusqlite::Error) -> StoreFault {
    let (code, reason) = match error {
        rusqlite::Error::SqlInputError { error, msg, .. } => (Some(error.extended_code), msg),
        rusqlite::Error::SqliteFailure(error, message) => {
            (Some(error.extended_code), message.unwrap_or_else(|| error.to_string()))
        }
        other => (None, other.to_string()),
    };
    StoreFault::Statement { sql: sql.to_owned(), code: code.map(|code| code.to_string()), reason }
}

/// A failed statement as the outcome of its unit.
fn commit_error(sql: &str, error: rusqlite::Error) -> CommitError {
    const PREFIX: &str = "UNIQUE constraint failed: ";
    match &error {
        rusqlite::Error::SqliteFailure(failure, Some(message))
            if failure.code == ErrorCode::ConstraintViolation && message.starts_with(PREFIX) =>
        {
            CommitError::Duplicate { constraint: message[PREFIX.len()..].to_owned() }
        }
        _ => CommitError::Fault(fault(sql, error)),
    }
}
