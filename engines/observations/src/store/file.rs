//! One file of readings.

use std::io;
use std::path::{Path, PathBuf};

use baotu_vocabulary::Moment;
use rusqlite::{Connection, OpenFlags, params};

use super::ReadingsFault;
use crate::memory::Told;
use crate::reading::{Quality, Reading, SeriesNumber};

/// Pages that the log beside a file may grow to before they are folded into it.
const LOG_PAGES: u32 = 10_000;
/// How long a reader waits for whoever seals, in seconds.
const BUSY_SECONDS: u64 = 30;
/// Readings that are read at once when the city starts.
const READ_AT_ONCE: usize = 10_000;
/// What `user_version` says of a sealed file.
const SEALED: i64 = 1;
/// What it says of one whose readings stand in the aggregates as well.
const ROLLED_UP: i64 = 2;

const TABLES: &str = "
    CREATE TABLE IF NOT EXISTS reading (series INTEGER NOT NULL, at INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL);
    CREATE TABLE IF NOT EXISTS newest (series INTEGER PRIMARY KEY, at INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL);";

/// A file open for writing.
pub(super) struct OpenFile {
    connection: Connection,
}

impl OpenFile {
    /// Opens or makes it: appended to only, each commit on the disk before it returns.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = Self::connect(path, TABLES)?;
        connection.pragma_update(None, "wal_autocheckpoint", LOG_PAGES)?;
        Ok(Self { connection })
    }

    /// A database with these tables, each commit on the disk before it returns.
    pub(super) fn connect(path: &Path, tables: &str) -> rusqlite::Result<Connection> {
        let connection = Connection::open(path)?;
        connection.busy_timeout(std::time::Duration::from_secs(BUSY_SECONDS))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.execute_batch(tables)?;
        Ok(connection)
    }

    /// Stores readings, all or none, durably.
    pub(super) fn append<'r>(&self, readings: impl Iterator<Item = &'r Reading>) -> rusqlite::Result<()> {
        self.connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let stored =
            self.inserted(readings).and_then(|()| self.connection.prepare_cached("COMMIT")?.execute([]));
        match stored {
            Ok(_) => Ok(()),
            Err(error) => {
                // A full disk has rolled back by itself.
                if !self.connection.is_autocommit() {
                    self.connection.execute_batch("ROLLBACK")?;
                }
                Err(error)
            }
        }
    }

    fn inserted<'r>(&self, readings: impl Iterator<Item = &'r Reading>) -> rusqlite::Result<()> {
        let mut insert = self
            .connection
            .prepare_cached("INSERT INTO reading (series, at, value, quality) VALUES (?1, ?2, ?3, ?4)")?;
        for reading in readings {
            let series = reading.series.number();
            insert.execute(params![series, reading.at.micros(), reading.value, reading.quality.code()])?;
        }
        Ok(())
    }
}

pub(super) fn open_reading(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI,
    )?;
    connection.busy_timeout(std::time::Duration::from_secs(BUSY_SECONDS))?;
    Ok(connection)
}

pub(super) fn told(path: &Path) -> impl Fn(rusqlite::Error) -> ReadingsFault {
    move |reason| ReadingsFault::File { path: path.to_owned(), reason }
}

pub(super) fn value_at(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<Told> {
    let at = Moment::from_micros(row.get(first)?);
    Ok((at, row.get(first + 1)?, Quality::from_code(row.get(first + 2)?)))
}

/// A file of which several series are read, one after another.
pub(crate) struct OpenReading {
    path: PathBuf,
    connection: Connection,
}

impl OpenReading {
    /// Opens it.
    pub(crate) fn open(path: &Path) -> Result<Self, ReadingsFault> {
        let connection = open_reading(path).map_err(told(path))?;
        Ok(Self { path: path.to_owned(), connection })
    }

    /// The readings of a series from `from` to before `to`, by time, of each moment the one that arrived last; at most
    /// `rows_max`.
    pub(crate) fn series(
        &self,
        series: SeriesNumber,
        (from, to): (Moment, Moment),
        rows_max: usize,
    ) -> Result<Vec<Told>, ReadingsFault> {
        let read = || {
            let mut select = self.connection.prepare_cached(
                // The bare columns are those of the row with the largest rowid.
                "SELECT at, value, quality, max(rowid) FROM reading WHERE series = ?1 AND at >= ?2 AND at < ?3
                 GROUP BY at ORDER BY at LIMIT ?4",
            )?;
            let limit = i64::try_from(rows_max).unwrap_or(i64::MAX);
            let rows = select
                .query_map(params![series.number(), from.micros(), to.micros(), limit], |row| {
                    value_at(row, 0)
                })?;
            rows.collect::<Result<Vec<_>, _>>()
        };
        read().map_err(told(&self.path))
    }

    /// The newest reading of each series of a sealed file.
    pub(crate) fn newest(&self) -> Result<Vec<Reading>, ReadingsFault> {
        let mut all = Vec::new();
        self.each("SELECT series, at, value, quality FROM newest ORDER BY series", |one| {
            all.push(one);
            Ok(())
        })
        .map(|()| all)
    }

    /// Hands out all readings in the order in which they arrived.
    pub(crate) fn all(&self, told_of: impl FnMut(Reading) -> io::Result<()>) -> Result<(), ReadingsFault> {
        self.each("SELECT series, at, value, quality FROM reading ORDER BY rowid", told_of)
    }

    fn each(
        &self,
        sql: &str,
        mut told_of: impl FnMut(Reading) -> io::Result<()>,
    ) -> Result<(), ReadingsFault> {
        let mut select = self.connection.prepare(sql).map_err(told(&self.path))?;
        let mut rows = select.query([]).map_err(told(&self.path))?;
        while let Some(row) = rows.next().map_err(told(&self.path))? {
            let (at, value, quality) = value_at(row, 1).map_err(told(&self.path))?;
            let series = SeriesNumber::new(row.get(0).map_err(told(&self.path))?);
            told_of(Reading { series, at, value, quality })
                .map_err(|reason| ReadingsFault::Folder { path: self.path.clone(), reason })?;
        }
        Ok(())
    }
}

/// The readings of a series in one file, as [`OpenReading::series`] tells them.
pub(crate) fn read_series(
    path: &Path,
    series: SeriesNumber,
    during: (Moment, Moment),
    rows_max: usize,
) -> Result<Vec<Told>, ReadingsFault> {
    OpenReading::open(path)?.series(series, during, rows_max)
}

/// What a file is found to be when the city starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    /// Sealed; what was told are the newest readings of its series.
    Sealed {
        /// Whether its readings stand in the aggregates.
        rolled_up: bool,
        /// Its readings, doubled ones counted twice.
        rows: u64,
    },
    /// Not sealed; what was told is all of it, in the order in which it arrived.
    Open,
}

/// Puts right a sealed file in which a mark was half written when the city stopped: reading alone cannot.
pub(crate) fn put_right(path: &Path) -> Result<(), ReadingsFault> {
    let mut journal = path.to_owned().into_os_string();
    journal.push("-journal");
    if !Path::new(&journal).exists() {
        return Ok(());
    }
    let put_right = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(std::time::Duration::from_secs(BUSY_SECONDS))?;
        // Whoever reads first rolls back what was not committed.
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(()))
    };
    put_right().map_err(told(path))
}

/// Reads a file when the city starts, some readings at a time: the newest of each series of a sealed one, which is not
/// touched, and all of another, which is put right first if it was not closed.
pub(crate) fn read_file(
    path: &Path,
    mut told_of: impl FnMut(Found, &[Reading]),
) -> Result<Found, ReadingsFault> {
    let mut read = || {
        let connection = open_reading(path)?;
        let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let (found, connection, sql) = if version == SEALED || version == ROLLED_UP {
            let rows = row_count(&connection)?;
            let found = Found::Sealed { rolled_up: version == ROLLED_UP, rows };
            (found, connection, "SELECT series, at, value, quality FROM newest")
        } else {
            drop(connection);
            let sql = "SELECT series, at, value, quality FROM reading ORDER BY rowid";
            (Found::Open, OpenFile::open(path)?.connection, sql)
        };
        let mut select = connection.prepare(sql)?;
        let mut rows = select.query([])?;
        let mut some = Vec::with_capacity(READ_AT_ONCE);
        while let Some(row) = rows.next()? {
            let (at, value, quality) = value_at(row, 1)?;
            some.push(Reading { series: SeriesNumber::new(row.get(0)?), at, value, quality });
            if some.len() == READ_AT_ONCE {
                told_of(found, &some);
                some.clear();
            }
        }
        told_of(found, &some);
        Ok(found)
    };
    read().map_err(told(path))
}

/// Gives a file that nobody writes any more its index and its list of the newest, and folds the log beside it in.
pub(crate) fn seal(path: &Path) -> Result<(), ReadingsFault> {
    let sealed = || {
        let connection = OpenFile::open(path)?.connection;
        connection.execute_batch(&format!(
            "BEGIN IMMEDIATE;
             CREATE INDEX IF NOT EXISTS reading_series ON reading (series, at);
             INSERT OR REPLACE INTO newest (series, at, value, quality)
                 SELECT r.series, r.at, r.value, r.quality
                 FROM (SELECT series AS s, max(at) AS a FROM reading GROUP BY series) AS last
                 JOIN reading AS r ON r.series = s AND r.at = a ORDER BY r.rowid;
             PRAGMA user_version = {SEALED};
             COMMIT;"
        ))?;
        connection.pragma_update(None, "journal_mode", "DELETE")
    };
    sealed().map_err(told(path))
}

/// Rows are only ever added: the last one says how many there are, doubled readings counted twice.
fn row_count(connection: &Connection) -> rusqlite::Result<u64> {
    let last: Option<i64> = connection.query_row("SELECT max(rowid) FROM reading", [], |row| row.get(0))?;
    Ok(last.unwrap_or(0).cast_unsigned())
}

/// Marks a sealed file as one whose readings stand in the aggregates.
pub(crate) fn mark_rolled_up(path: &Path) -> Result<(), ReadingsFault> {
    let mark = || {
        let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(std::time::Duration::from_secs(BUSY_SECONDS))?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "user_version", ROLLED_UP)
    };
    mark().map_err(told(path))
}

/// Makes a sealed file, marked as one whose readings stand in the aggregates, of readings in the order of series.
pub(crate) fn write_sealed(
    path: &Path,
    mut next: impl FnMut() -> io::Result<Option<Reading>>,
) -> Result<u64, ReadingsFault> {
    let fault = |reason| ReadingsFault::Folder { path: path.to_owned(), reason };
    let file = OpenFile::open(path).map_err(told(path))?;
    let mut rows = 0;
    loop {
        let mut some = Vec::with_capacity(READ_AT_ONCE);
        while some.len() < READ_AT_ONCE
            && let Some(reading) = next().map_err(fault)?
        {
            some.push(reading);
        }
        if some.is_empty() {
            break;
        }
        rows += some.len() as u64;
        file.append(some.iter()).map_err(told(path))?;
    }
    drop(file);
    seal(path)?;
    mark_rolled_up(path)?;
    Ok(rows)
}
