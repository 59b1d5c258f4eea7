//! The files of readings: one SQLite database for an hour, written by one thread, read beside it.
//!
//! A file is appended to without an index, which costs least; it gets one when it is sealed. No more than a handful are
//! open for writing at a time.

mod file;
pub(crate) mod register;
mod writer;

use std::path::{Path, PathBuf};

pub(crate) use file::{Found, read_file, read_series, seal};
pub(crate) use writer::Writer;

use crate::reading::Reading;
use crate::span::FileKey;

/// Why readings were not stored or read.
#[derive(Debug, thiserror::Error)]
pub enum ReadingsFault {
    /// The folder of the readings cannot be used.
    #[error("{path}: {reason}")]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// A file of readings cannot be read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: PathBuf,
        /// What the database said.
        reason: rusqlite::Error,
    },
    /// A batch, or some of it, was not stored; what else is in it may be.
    #[error("the readings were not stored: {0}")]
    NotStored(String),
    /// The writing thread has ended.
    #[error("the readings are closed")]
    Closed,
}

/// The folder of the files of readings.
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Opens or makes it.
    pub(crate) fn open(path: &Path) -> Result<Self, ReadingsFault> {
        let fault = |reason| ReadingsFault::Folder { path: path.to_owned(), reason };
        std::fs::create_dir_all(path).map_err(fault)?;
        Ok(Self(path.to_owned()))
    }

    /// The files in it, the oldest hour first.
    pub(crate) fn files(&self) -> Result<Vec<FileKey>, ReadingsFault> {
        let fault = |reason| ReadingsFault::Folder { path: self.0.clone(), reason };
        let mut keys = Vec::new();
        for entry in std::fs::read_dir(&self.0).map_err(fault)? {
            keys.extend(FileKey::of(&entry.map_err(fault)?.path()));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    pub(crate) fn path(&self, key: FileKey) -> PathBuf {
        self.0.join(key.to_string())
    }
}

/// Readings of one file, in the order in which they arrived.
pub(crate) type Portion = (FileKey, Vec<Reading>);
