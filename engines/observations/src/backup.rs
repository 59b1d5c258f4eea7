//! A copy of the readings while they are written.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, MAIN_DB, OpenFlags};

use crate::store::ReadingsFault;

/// How often the lake is copied anew because a part was replaced meanwhile.
const ATTEMPTS_MAX: usize = 5;
/// The manifest that says which parts of the lake count.
const MANIFEST: &str = "_manifest.json";

/// Copies the readings in `from`, which a city may be writing, to `to`, which must not be there; bytes copied. What was
/// acknowledged before it began is in the copy.
///
/// Hot files go first and the lake after them: a day that moves meanwhile is in both, and the manifest tells that the lake
/// has it.
///
/// # Errors
/// When a file cannot be read or written.
pub fn copy_readings(from: &Path, to: &Path) -> Result<u64, ReadingsFault> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |reason: io::Error| ReadingsFault::Folder { path, reason }
    };
    fs::create_dir(to).map_err(fault(to))?;
    let mut bytes = 0;
    let mut folders = Vec::new();
    for path in entries(from)? {
        if path.is_dir() {
            folders.push(path);
        } else if path.extension().is_some_and(|ending| ending == "sqlite") {
            bytes += copy_database(&path, &to.join(name(&path)))?;
        }
    }
    for folder in folders {
        let target = to.join(name(&folder));
        let mut attempt = 1;
        loop {
            match copy_folder(&folder, &target) {
                Ok(copied) => {
                    bytes += copied;
                    break;
                }
                Err(reason) if reason.kind() == io::ErrorKind::NotFound && attempt < ATTEMPTS_MAX => {
                    attempt += 1;
                    fs::remove_dir_all(&target).map_err(fault(&target))?;
                }
                Err(reason) => return Err(fault(&folder)(reason)),
            }
        }
    }
    Ok(bytes)
}

fn name(path: &Path) -> PathBuf {
    path.file_name().map(PathBuf::from).unwrap_or_default()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ReadingsFault> {
    let fault = |reason| ReadingsFault::Folder { path: folder.to_owned(), reason };
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).map_err(fault)? {
        all.push(entry.map_err(fault)?.path());
    }
    all.sort();
    Ok(all)
}

/// Copies a database with what stands in the log beside it. One that went to the lake meanwhile is left out.
fn copy_database(from: &Path, to: &Path) -> Result<u64, ReadingsFault> {
    let fault = |reason| ReadingsFault::File { path: from.to_owned(), reason };
    let source = match Connection::open_with_flags(from, OpenFlags::SQLITE_OPEN_READ_WRITE) {
        Ok(source) => source,
        Err(_) if !from.exists() => return Ok(0),
        Err(reason) => return Err(fault(reason)),
    };
    match source.backup(MAIN_DB, to, None) {
        Ok(()) => Ok(fs::metadata(to).map_or(0, |file| file.len())),
        Err(_) if !from.exists() => {
            fs::remove_file(to).ok();
            Ok(0)
        }
        Err(reason) => Err(fault(reason)),
    }
}

/// Copies a folder; a manifest in it before everything else, so that no part is missing that it names.
fn copy_folder(from: &Path, to: &Path) -> io::Result<u64> {
    fs::create_dir(to)?;
    let mut entries: Vec<PathBuf> =
        fs::read_dir(from)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<_>>()?;
    entries.sort_by_key(|path| (name(path) != Path::new(MANIFEST), path.clone()));
    let mut bytes = 0;
    for path in entries {
        let target = to.join(name(&path));
        bytes += if path.is_dir() { copy_folder(&path, &target)? } else { fs::copy(&path, &target)? };
    }
    Ok(bytes)
}
