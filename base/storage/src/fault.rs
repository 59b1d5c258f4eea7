//! What can go wrong below the engines: faults, which are ours, and the two outcomes of a commit that a caller
//! decides about (a conflict, a duplicate).
//!
//! No message repeats a stored value: PostgreSQL's DETAIL is dropped, since a log must not hold personal data.

use std::path::PathBuf;

use crate::RowError;

/// A fault of storage: nothing that an actor could mend.
#[derive(Debug, thiserror::Error)]
pub enum StoreFault {
    /// The database could not be opened or reached.
    #[error("the database {database} cannot be opened: {reason}")]
    Open {
        /// The file, or the server without its password.
        database: String,
        /// What the engine said.
        reason: String,
    },
    /// The engine refused a statement.
    #[error("{reason}{} in “{}”", code_in_brackets(.code.as_deref()), opening(.sql))]
    Statement {
        /// The statement.
        sql: String,
        /// SQLSTATE, or SQLite's result code.
        code: Option<String>,
        /// What the engine said.
        reason: String,
    },
    /// The statement has other parameters than those given.
    #[error("{given} parameters given, {wanted} wanted in “{}”", opening(.sql))]
    Parameters {
        /// The statement.
        sql: String,
        /// How many `$n` it has.
        wanted: usize,
        /// How many came.
        given: usize,
    },
    /// A value that not every engine can keep, told apart before it reaches one.
    #[error("{0} cannot be stored")]
    Unstorable(&'static str),
    /// A row is not what the reading code expects.
    #[error(transparent)]
    Row(#[from] RowError),
    /// `query_one` met none or several rows.
    #[error("{rows} rows where one was expected in “{}”", opening(.sql))]
    NotOne {
        /// The statement.
        sql: String,
        /// How many came.
        rows: usize,
    },
    /// A migration that this database has applied now reads differently.
    #[error("migration {0} was changed after this database applied it; write a new one instead")]
    MigrationChanged(String),
    /// The database is ahead of the program.
    #[error("this database has applied migration {0}, which this program does not know: it is too old")]
    MigrationUnknown(String),
    /// A migration failed and was rolled back.
    #[error("migration {name} failed and was rolled back: {source}")]
    Migration {
        /// The file.
        name: String,
        /// What the engine said.
        source: Box<StoreFault>,
    },
    /// The units that were to be committed together were all rolled back.
    #[error("a group of units was not stored: {reason}")]
    GroupLost {
        /// What the engine said.
        reason: String,
    },
    /// The answer to COMMIT was lost: the unit is stored whole or not at all, and which is not known.
    #[error("the connection broke during COMMIT; whether the unit was stored is not known")]
    CommitUnknown,
    /// The connection broke before the unit was stored.
    #[error("the connection to the database broke: {0}")]
    Disconnected(String),
    /// A unit that storage made itself was refused.
    #[error("a unit of the store's own was refused: {0}")]
    OwnUnit(String),
    /// A writer or a task of storage has ended.
    #[error("the store is closed")]
    Closed,
    /// The file system refused.
    #[error("{}: {source}", .path.display())]
    File {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A blob whose bytes no longer have its digest.
    #[error("blob {0} is damaged on disk")]
    BlobDamaged(crate::Digest),
    /// A backup or a restore that cannot be done this way.
    #[error("{0}")]
    Backup(String),
}

/// Why a unit of work was not stored. Nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// An expectation failed: somebody else was first. The name is that of the expectation.
    #[error("{0} has changed meanwhile")]
    Conflict(&'static str),
    /// A primary key or unique constraint holds the value already.
    #[error("{constraint} is taken")]
    Duplicate {
        /// The columns, the same on every engine: `cases_case.number`, or `a.x, a.y` for several.
        constraint: String,
    },
    /// Anything else.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

impl StoreFault {
    /// A file-system fault at `path`.
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }
}

impl From<RowError> for CommitError {
    fn from(error: RowError) -> Self {
        Self::Fault(error.into())
    }
}

impl From<CommitError> for StoreFault {
    /// For units that storage makes itself, where neither a conflict nor a duplicate can be the caller's doing.
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Fault(fault) => fault,
            other => Self::OwnUnit(other.to_string()),
        }
    }
}

/// Enough of a statement to find it in the source.
fn opening(sql: &str) -> String {
    const CHARACTERS_MAX: usize = 120;
    let mut words = sql.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = words.char_indices().nth(CHARACTERS_MAX) {
        words.truncate(end);
        words.push('…');
    }
    words
}

fn code_in_brackets(code: Option<&str>) -> String {
    code.map(|code| format!(" ({code})")).unwrap_or_default()
}
