//! The files of readings: one SQLite database for an hour, written by one thread, read beside it.
//!
//! A file is appended to without an index, which costs least; it gets one when it is sealed. No more than a handful are
//! open for writing at a time.

mod file;
pub(crate) mod register;
mod rollups;
mod writer;

use std::path::{Path, PathBuf};

pub(crate) use file::{
    Found, OpenReading, mark_rolled_up, put_right, read_file, read_series, seal, write_sealed,
};
pub(crate) use rollups::{RollUps, RolledUp};
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
    /// A part of the lake cannot be read or written.
    #[error("{path}: {reason}")]
    Part {
        /// The part.
        path: PathBuf,
        /// What the reader or writer of Parquet said.
        reason: parquet::errors::ParquetError,
    },
    /// What says which parts there are in the lake cannot be read.
    #[error("{path}: {reason}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        reason: serde_json::Error,
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

    /// Where a file is made that will take the place of another.
    pub(crate) fn joining(&self) -> PathBuf {
        self.0.join("joining")
    }

    /// Where readings are sorted that memory does not hold.
    pub(crate) fn sorting(&self) -> PathBuf {
        self.0.join("sorting")
    }

    /// The folder itself.
    pub(crate) fn root(&self) -> &Path {
        &self.0
    }

    /// Removes what was begun when the city stopped.
    pub(crate) fn clear(&self) -> Result<(), ReadingsFault> {
        let fault = |reason| ReadingsFault::Folder { path: self.0.clone(), reason };
        for name in ["joining", "joining-wal", "joining-shm", "joining-journal"] {
            absent(std::fs::remove_file(self.0.join(name))).map_err(fault)?;
        }
        absent(std::fs::remove_dir_all(self.sorting())).map_err(fault)
    }

    /// Removes a file of readings whose readings stand elsewhere.
    pub(crate) fn remove(&self, key: FileKey) {
        let path = self.path(key);
        if let Err(reason) = absent(std::fs::remove_file(&path)) {
            // The next start removes it.
            tracing::warn!(%reason, path = %path.display(), "a file that stands elsewhere is left");
        }
    }
}

/// It is no failure that what should be gone is gone.
fn absent(removed: std::io::Result<()>) -> std::io::Result<()> {
    match removed {
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// Readings of one file, in the order in which they arrived.
pub(crate) type Portion = (FileKey, Vec<Reading>);
