//! The hourly aggregates of all series, a SQLite database for a month, and the newest reading of each series.
//!
//! A year of one series lies in twelve files, each ordered by series and hour: some pages instead of 8,760 files.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use baotu_vocabulary::Moment;
use rusqlite::{Connection, Row, params};

use super::ReadingsFault;
use super::file::{OpenFile, told, value_at};
use crate::aggregate::{Aggregate, Figures};
use crate::reading::{Reading, SeriesNumber};
use crate::span::Span;

/// Connections for reading that are kept open: some years of months.
const IDLE_CONNECTIONS_MAX: usize = 32;

/// Databases that are kept open for writing: the newest readings, this month, and one for what is late.
const WRITING_CONNECTIONS_MAX: usize = 3;

const MONTH: &str = "CREATE TABLE IF NOT EXISTS hourly (
        series INTEGER NOT NULL, hour INTEGER NOT NULL, count INTEGER NOT NULL, set_aside INTEGER NOT NULL,
        sum REAL, min REAL, max REAL, first_at INTEGER, first REAL, last_at INTEGER, last REAL,
        PRIMARY KEY (series, hour)) WITHOUT ROWID;";
const NEWEST: &str = "CREATE TABLE IF NOT EXISTS newest (
        series INTEGER PRIMARY KEY, at INTEGER NOT NULL, value REAL NOT NULL, quality INTEGER NOT NULL);";

/// The aggregate of a series and an hour, to be written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RolledUp {
    pub(crate) series: SeriesNumber,
    pub(crate) span: Span,
    pub(crate) aggregate: Aggregate,
    /// Whether what stands there knows more than this: its readings are gone by retention.
    pub(crate) only_if_absent: bool,
}

/// The databases of aggregates.
#[derive(Debug)]
pub(crate) struct RollUps {
    folder: PathBuf,
    /// The months of which there is one, counted from 1970.
    months: Mutex<BTreeSet<i32>>,
    idle: Mutex<Vec<(i32, Connection)>>,
    /// The databases that were written last, kept open: closing one costs the disk more than writing it.
    writing: Mutex<Vec<(PathBuf, Connection)>>,
}

impl RollUps {
    /// Those in this folder.
    pub(crate) fn open(folder: &Path) -> Result<Self, ReadingsFault> {
        let fault = |reason| ReadingsFault::Folder { path: folder.to_owned(), reason };
        let mut months = BTreeSet::new();
        for entry in std::fs::read_dir(folder).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if let Some(month) = month_of_name(&path) {
                // Puts right what was half made when the city stopped, which reading alone cannot.
                OpenFile::connect(&path, MONTH).map_err(told(&path))?;
                months.insert(month);
            }
        }
        let (idle, writing) = (Mutex::new(Vec::new()), Mutex::new(Vec::new()));
        Ok(Self { folder: folder.to_owned(), months: Mutex::new(months), idle, writing })
    }

    fn path(&self, month: i32) -> PathBuf {
        let (year, month) = (1970 + month.div_euclid(12), month.rem_euclid(12) + 1);
        self.folder.join(format!("rollups-{year:04}-{month:02}.sqlite"))
    }

    fn months(&self) -> std::sync::MutexGuard<'_, BTreeSet<i32>> {
        // Nobody panics while holding it.
        self.months.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a database in one transaction, durably.
    fn written<T>(
        &self,
        path: &Path,
        tables: &str,
        write: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadingsFault> {
        // Nobody panics while holding it.
        let mut writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let known = writing.iter().position(|(of, _)| of == path).map(|place| writing.remove(place));
        let work = || {
            let mut connection = match known {
                Some((_, connection)) => connection,
                None => OpenFile::connect(path, tables)?,
            };
            let work = connection.transaction()?;
            let told = write(&work)?;
            work.commit()?;
            Ok((told, connection))
        };
        let (told_of, connection) = work().map_err(told(path))?;
        if writing.len() >= WRITING_CONNECTIONS_MAX {
            writing.remove(0);
        }
        writing.push((path.to_owned(), connection));
        Ok(told_of)
    }

    /// Where the first month of aggregates begins, and the last one ends.
    pub(crate) fn extent(&self) -> Option<(Span, Span)> {
        let months = self.months();
        Some((month_begins(*months.first()?), month_begins(months.last()? + 1)))
    }

    /// Writes aggregates, durably, in place of what stood there: all of a month or none.
    pub(crate) fn write(&self, mut rolled_up: Vec<RolledUp>) -> Result<(), ReadingsFault> {
        // In the order in which they lie, so that each page is written once.
        rolled_up.sort_by_cached_key(|one| (month_of(one.span), one.series, one.span));
        for of_month in rolled_up.chunk_by(|one, other| month_of(one.span) == month_of(other.span)) {
            if let Some(one) = of_month.first() {
                self.write_month(month_of(one.span), of_month)?;
            }
        }
        Ok(())
    }

    fn write_month(&self, month: i32, rolled_up: &[RolledUp]) -> Result<(), ReadingsFault> {
        let path = self.path(month);
        self.written(&path, MONTH, |work| {
            let mut replace = work.prepare(
                "INSERT OR REPLACE INTO hourly VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            let mut add = work.prepare(
                "INSERT OR IGNORE INTO hourly VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
            )?;
            for one in rolled_up {
                let (statement, figures) =
                    (if one.only_if_absent { &mut add } else { &mut replace }, one.aggregate.figures);
                statement.execute(params![
                    one.series.number(),
                    one.span.number(),
                    figures.map_or(0, |figures| figures.count.cast_signed()),
                    one.aggregate.set_aside.cast_signed(),
                    figures.map(|figures| figures.sum),
                    figures.map(|figures| figures.min),
                    figures.map(|figures| figures.max),
                    figures.map(|figures| figures.first.0.micros()),
                    figures.map(|figures| figures.first.1),
                    figures.map(|figures| figures.last.0.micros()),
                    figures.map(|figures| figures.last.1),
                ])?;
            }
            Ok(())
        })?;
        self.months().insert(month);
        Ok(())
    }

    /// The aggregates of a series from an hour to before another, by time; at most `rows_max`.
    pub(crate) fn read(
        &self,
        series: SeriesNumber,
        (from, to): (Span, Span),
        rows_max: usize,
    ) -> Result<Vec<(Span, Aggregate)>, ReadingsFault> {
        let months: Vec<i32> = if from < to {
            self.months().range(month_of(from)..=month_of(to)).copied().collect()
        } else {
            Vec::new()
        };
        let mut told_of = Vec::new();
        for month in months {
            if told_of.len() >= rows_max {
                break;
            }
            let limit = i64::try_from(rows_max - told_of.len()).unwrap_or(i64::MAX);
            let mut read = || {
                let connection = self.reading(month)?;
                {
                    let mut select = connection.prepare_cached(
                        "SELECT hour, count, set_aside, sum, min, max, first_at, first, last_at, last FROM hourly
                         WHERE series = ?1 AND hour >= ?2 AND hour < ?3 ORDER BY hour LIMIT ?4",
                    )?;
                    let mut rows =
                        select.query(params![series.number(), from.number(), to.number(), limit])?;
                    while let Some(row) = rows.next()? {
                        told_of.push((Span::numbered(row.get(0)?), aggregate_at(row)?));
                    }
                }
                self.rest(month, connection);
                Ok(())
            };
            read().map_err(told(&self.path(month)))?;
        }
        Ok(told_of)
    }

    fn reading(&self, month: i32) -> rusqlite::Result<Connection> {
        let idle = {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.iter().position(|(of, _)| *of == month).map(|place| idle.swap_remove(place).1)
        };
        idle.map_or_else(|| super::file::open_reading(&self.path(month)), Ok)
    }

    fn rest(&self, month: i32, connection: Connection) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() >= IDLE_CONNECTIONS_MAX {
            idle.remove(0);
        }
        idle.push((month, connection));
    }

    /// Drops the aggregates of each of these series that are older than its hour: how many they were, and the months in
    /// which nothing is left.
    pub(crate) fn forget(&self, older: &[(SeriesNumber, Span)]) -> Result<(u64, Vec<i32>), ReadingsFault> {
        let mut empty = Vec::new();
        let Some(latest) = older.iter().map(|(_, span)| *span).max() else { return Ok((0, empty)) };
        let months: Vec<i32> = self.months().range(..=month_of(latest)).copied().collect();
        let mut dropped = 0;
        for month in months {
            let path = self.path(month);
            let nothing_left = self.written(&path, MONTH, |work| {
                let mut delete = work.prepare("DELETE FROM hourly WHERE series = ?1 AND hour < ?2")?;
                for (series, span) in older.iter().filter(|(_, span)| *span > month_begins(month)) {
                    dropped += delete.execute(params![series.number(), span.number()])?;
                }
                work.query_row("SELECT NOT EXISTS (SELECT 1 FROM hourly)", [], |row| row.get(0))
            })?;
            if nothing_left {
                empty.push(month);
            }
        }
        Ok((u64::try_from(dropped).unwrap_or(u64::MAX), empty))
    }

    /// Removes months in which nothing is left. Nobody reads them meanwhile.
    pub(crate) fn remove(&self, months: &[i32]) {
        for month in months {
            self.months().remove(month);
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| of != month);
            let path = self.path(*month);
            self.writing.lock().unwrap_or_else(PoisonError::into_inner).retain(|(of, _)| *of != path);
            // What stands beside it first: a log that outlives its database would be taken for that of the next one.
            for beside in ["-wal", "-shm", ""] {
                let mut name = path.clone().into_os_string();
                name.push(beside);
                if let Err(reason) = super::absent(std::fs::remove_file(&name)) {
                    tracing::warn!(%reason, path = %path.display(), "an empty month is left");
                    break;
                }
            }
        }
    }

    /// All series of which there is an aggregate in a month before this hour.
    pub(crate) fn series_before(&self, span: Span) -> Result<BTreeSet<SeriesNumber>, ReadingsFault> {
        let months: Vec<i32> = self.months().range(..=month_of(span)).copied().collect();
        let mut all = BTreeSet::new();
        for month in months {
            let mut read = || {
                let connection = super::file::open_reading(&self.path(month))?;
                let mut select = connection.prepare("SELECT DISTINCT series FROM hourly")?;
                let mut rows = select.query([])?;
                while let Some(row) = rows.next()? {
                    all.insert(SeriesNumber::new(row.get(0)?));
                }
                Ok(())
            };
            read().map_err(told(&self.path(month)))?;
        }
        Ok(all)
    }

    fn newest_path(&self) -> PathBuf {
        self.folder.join("newest.sqlite")
    }

    /// Keeps the newest readings of series, durably: they are told when their files are in the lake.
    pub(crate) fn keep_newest(&self, readings: &[Reading]) -> Result<(), ReadingsFault> {
        let path = self.newest_path();
        self.written(&path, NEWEST, |work| {
            let mut keep = work.prepare(
                "INSERT INTO newest VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (series) DO UPDATE SET at = excluded.at, value = excluded.value, quality = excluded.quality
                 WHERE excluded.at >= newest.at",
            )?;
            for one in readings {
                keep.execute(params![one.series.number(), one.at.micros(), one.value, one.quality.code()])?;
            }
            Ok(())
        })
    }

    /// Drops the newest readings of these series when they are older than this.
    pub(crate) fn forget_newest(&self, older: &[(SeriesNumber, Moment)]) -> Result<(), ReadingsFault> {
        let path = self.newest_path();
        self.written(&path, NEWEST, |work| {
            let mut delete = work.prepare("DELETE FROM newest WHERE series = ?1 AND at < ?2")?;
            for (series, before) in older {
                delete.execute(params![series.number(), before.micros()])?;
            }
            Ok(())
        })
    }

    /// Hands out the newest readings that are kept.
    pub(crate) fn newest(&self, mut told_of: impl FnMut(Reading)) -> Result<(), ReadingsFault> {
        let path = self.newest_path();
        let mut read = || {
            let connection = OpenFile::connect(&path, NEWEST)?;
            let mut select = connection.prepare("SELECT series, at, value, quality FROM newest")?;
            let mut rows = select.query([])?;
            while let Some(row) = rows.next()? {
                let (at, value, quality) = value_at(row, 1)?;
                told_of(Reading { series: SeriesNumber::new(row.get(0)?), at, value, quality });
            }
            Ok(())
        };
        read().map_err(told(&path))
    }
}

fn aggregate_at(row: &Row<'_>) -> rusqlite::Result<Aggregate> {
    let count = row.get::<_, i64>(1)?.cast_unsigned();
    let set_aside = row.get::<_, i64>(2)?.cast_unsigned();
    let figures = if count > 0 {
        Some(Figures {
            count,
            // A sum of opposite infinities is no number, which SQLite keeps as nothing.
            sum: row.get::<_, Option<f64>>(3)?.unwrap_or(f64::NAN),
            min: row.get(4)?,
            max: row.get(5)?,
            first: (Moment::from_micros(row.get(6)?), row.get(7)?),
            last: (Moment::from_micros(row.get(8)?), row.get(9)?),
        })
    } else {
        None
    };
    Ok(Aggregate { figures, set_aside })
}

/// The month in which an hour begins, counted from 1970 in UTC.
fn month_of(span: Span) -> i32 {
    let date = span.begins().timestamp().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    (i32::from(date.year()) - 1970) * 12 + i32::from(date.month()) - 1
}

fn month_begins(month: i32) -> Span {
    let year = i16::try_from(1970 + month.div_euclid(12)).unwrap_or(i16::MAX).min(9_999);
    let of_year = i8::try_from(month.rem_euclid(12) + 1).unwrap_or(1);
    let begins = jiff::civil::date(year, of_year, 1).to_zoned_datetime(jiff::tz::TimeZone::UTC);
    Span::of(begins.map_or(Moment::from_micros(i64::MAX), |zoned| zoned.timestamp().into()))
}

fn month_of_name(path: &Path) -> Option<i32> {
    let name = path.file_name()?.to_str()?.strip_prefix("rollups-")?.strip_suffix(".sqlite")?;
    let (year, month) = name.rsplit_once('-')?;
    let (year, month): (i32, i32) = (year.parse().ok()?, month.parse().ok()?);
    ((1..=12).contains(&month) && (-9_999..=9_999).contains(&year)).then(|| (year - 1970) * 12 + month - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_counted_and_named() {
        let span = |text: &str| Span::of(text.parse().expect("a time"));
        assert_eq!(month_of(span("1970-01-31T23:00:00Z")), 0);
        assert_eq!(month_of(span("1969-12-31T23:00:00Z")), -1);
        let november = month_of(span("2026-11-30T23:59:59Z"));
        assert_eq!(month_begins(november), span("2026-11-01T00:00:00Z"));
        assert_eq!(month_begins(november + 2), span("2027-01-01T00:00:00Z"));
        assert_eq!(month_of_name(Path::new("/x/rollups-2026-11.sqlite")), Some(november));
        for other in
            ["rollups-2026-13.sqlite", "rollups-2026.sqlite", "rollups-2026-11.sqlite-wal", "newest.sqlite"]
        {
            assert_eq!(month_of_name(Path::new(other)), None, "{other}");
        }
    }
}
