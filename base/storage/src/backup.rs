//! Backup of an embedded store while it runs, and restore into an empty data folder.
//!
//! The database is copied first and the blobs after it: a blob is put before the unit that names it, so every blob
//! that the copied database names is there. The note is written last; without it a folder is no backup. A server is
//! backed up by its own tools (`pg_dump`, or its archive), which know better.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::blob::{sync_folder, write_durably};
use crate::{Database, Store, StoreConfig, StoreFault};

const DATABASE: &str = "baotu.sqlite";
const BLOBS: &str = "blobs";
const NOTE: &str = "backup.json";

/// The layout of a backup folder.
const LAYOUT: u32 = 1;

/// What says that a backup is complete.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    layout: u32,
    blobs: u64,
}

impl Store {
    /// Copies the database and the blobs into `folder`, which must be empty or absent, while units are being stored.
    ///
    /// # Errors
    /// [`StoreFault::Backup`] when the folder holds something or the store stands on a server; a file fault.
    pub async fn backup(&self, folder: &Path) -> Result<(), StoreFault> {
        if self.embedded().is_none() {
            return Err(StoreFault::Backup(
                "a PostgreSQL database is backed up with pg_dump, and the folder of blobs by copying it after that"
                    .to_owned(),
            ));
        }
        let store = self.clone();
        let folder = folder.to_owned();
        let copy = move || {
            let database = store.embedded().ok_or(StoreFault::Closed)?;
            must_be_empty(&folder)?;
            fs::create_dir_all(&folder).map_err(StoreFault::file(&folder))?;
            let copied = folder.join(DATABASE);
            database.copy_to(&copied)?;
            let blobs = copy_blobs(&store.blob_folder().0, &folder.join(BLOBS))?;
            let note = serde_json::to_vec(&Note { layout: LAYOUT, blobs })
                .map_err(|error| StoreFault::Backup(error.to_string()))?;
            write_durably(&folder.join(NOTE), &note)?;
            sync_folder(&folder)
        };
        tokio::task::spawn_blocking(copy).await.map_err(|_| StoreFault::Closed)?
    }

    /// Puts a backup in the place where `config` will look for its data; nothing may be there yet.
    ///
    /// # Errors
    /// [`StoreFault::Backup`] when `folder` is no complete backup, when the place is taken, or when the store is to
    /// stand on a server; a file fault.
    pub async fn restore(folder: &Path, config: &StoreConfig) -> Result<(), StoreFault> {
        let Database::Embedded(path) = config.database.clone() else {
            return Err(StoreFault::Backup(
                "a PostgreSQL database is restored with pg_restore; this backup is of an embedded one"
                    .to_owned(),
            ));
        };
        let folder = folder.to_owned();
        let blobs = config.blobs.clone();
        let copy = move || {
            let note = fs::read(folder.join(NOTE)).map_err(|_| {
                StoreFault::Backup(format!("{} is no backup, or one that was not finished", folder.display()))
            })?;
            let note: Note = serde_json::from_slice(&note)
                .map_err(|error| StoreFault::Backup(format!("{}: {error}", folder.join(NOTE).display())))?;
            if note.layout != LAYOUT {
                return Err(StoreFault::Backup(format!("layout {} of a backup is not known", note.layout)));
            }
            must_be_empty(&blobs)?;
            let parent = path.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(parent).map_err(StoreFault::file(parent))?;
            let copied = copy_blobs(&folder.join(BLOBS), &blobs)?;
            if copied < note.blobs {
                return Err(StoreFault::Backup(format!(
                    "{copied} of {} blobs are in the backup",
                    note.blobs
                )));
            }
            // The database last and under its own name only when it is whole: a restore that stopped is seen as such.
            place_database(&folder.join(DATABASE), &path)?;
            sync_folder(parent)
        };
        tokio::task::spawn_blocking(copy).await.map_err(|_| StoreFault::Closed)?
    }
}

fn place_database(from: &Path, to: &Path) -> Result<(), StoreFault> {
    if to.exists() {
        return Err(StoreFault::Backup(format!(
            "{} exists; restore into an empty data folder",
            to.display()
        )));
    }
    let unfinished = to.with_extension("restoring");
    fs::copy(from, &unfinished).map_err(StoreFault::file(&unfinished))?;
    fs::File::open(&unfinished).and_then(|file| file.sync_all()).map_err(StoreFault::file(&unfinished))?;
    fs::rename(&unfinished, to).map_err(StoreFault::file(to))
}

fn must_be_empty(folder: &Path) -> Result<(), StoreFault> {
    if folder.exists() && !entries(folder)?.is_empty() {
        return Err(StoreFault::Backup(format!("{} is not empty", folder.display())));
    }
    Ok(())
}

/// Copies the finished blobs of one folder into another; how many.
fn copy_blobs(from: &Path, to: &Path) -> Result<u64, StoreFault> {
    let mut copied = 0;
    fs::create_dir_all(to).map_err(StoreFault::file(to))?;
    for shelf in entries(from)? {
        let target = to.join(shelf.file_name());
        fs::create_dir_all(&target).map_err(StoreFault::file(&target))?;
        for blob in entries(&shelf.path())? {
            // A blob being written has another name until it is whole.
            if blob.path().extension().is_none() {
                let bytes = fs::read(blob.path()).map_err(StoreFault::file(blob.path()))?;
                write_durably(&target.join(blob.file_name()), &bytes)?;
                copied += 1;
            }
        }
        sync_folder(&target)?;
    }
    sync_folder(to)?;
    Ok(copied)
}

fn entries(folder: &Path) -> Result<Vec<fs::DirEntry>, StoreFault> {
    fs::read_dir(folder).and_then(Iterator::collect).map_err(StoreFault::file(folder))
}
