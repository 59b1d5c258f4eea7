//! Readings as CSV, out and in: `thing,property,time,value,quality`, a line for a reading.
//!
//! Time is RFC 3339; quality is the letter of HJ 212-2017, and may be absent on the way in, which is in normal operation.

use std::io::{Read, Write};

use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

use crate::bulk::IMPORT_READINGS_MAX;
use crate::reading::{Arrival, Quality, Reading, ReadingRefused, SeriesNumber};
use crate::service::{HISTORY_ROWS_MAX, Readings};
use crate::store::ReadingsFault;

/// Lines whose problems an import tells; the others are counted.
pub const LINE_PROBLEMS_MAX: usize = 1_000;

const HEAD: [&str; 5] = ["thing", "property", "time", "value", "quality"];

/// A series and the names under which it goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExportSeries {
    /// The series.
    pub series: SeriesNumber,
    /// Its thing.
    pub thing: String,
    /// Its property.
    pub property: String,
}

/// Why readings did not go out or come in.
#[derive(Debug, thiserror::Error)]
pub enum TransferFault {
    /// The file cannot be read or written.
    #[error("{0}")]
    Csv(#[from] csv::Error),
    /// Readings cannot be stored or read.
    #[error(transparent)]
    Readings(#[from] ReadingsFault),
}

/// What is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LineProblem {
    /// It has fewer columns than a reading.
    #[error("列数不足，应为 thing、property、time、value，可另有 quality")]
    Columns,
    /// Nobody knows this property of this thing.
    #[error("没有登记“{0}”的“{1}”")]
    Unknown(String, String),
    /// No time.
    #[error("“{0}”不是时间，例如 2026-11-24T09:00:00+08:00")]
    Time(String),
    /// No number.
    #[error("“{0}”不是数值")]
    Value(String),
    /// No letter of a quality.
    #[error("“{0}”不是质量标记，可用 N、F、M、S、D、C、T、B")]
    Quality(String),
    /// No text in UTF-8.
    #[error("不是 UTF-8 文本")]
    Text,
    /// A reading that cannot be right.
    #[error("数值不是有限的数，或时间不可能：{0}")]
    Refused(&'static str),
}

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Readings stored, doubled ones counted twice.
    pub stored: u64,
    /// What is wrong, by the number of the line; at most [`LINE_PROBLEMS_MAX`].
    pub problems: Vec<(u64, LineProblem)>,
    /// Lines with problems that are not told.
    pub more_problems: u64,
}

impl Readings {
    /// Writes the readings of series from `from` to before `to`, series after series, by time; how many they are.
    ///
    /// # Errors
    /// When readings cannot be read or `out` cannot be written.
    pub async fn export<W: Write + Send>(
        &self,
        all: &[ExportSeries],
        (from, to): (Moment, Moment),
        out: W,
    ) -> Result<u64, TransferFault> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(HEAD)?;
        let mut written = 0;
        for of in all {
            let mut next = Some(from);
            while let Some(from) = next {
                let page = self.history(of.series, from, to, HISTORY_ROWS_MAX).await?;
                for one in &page.readings {
                    let (time, value) = (one.at.to_string(), one.value.to_string());
                    out.write_record([&of.thing, &of.property, &time, &value, one.quality.letter()])?;
                    written += 1;
                }
                next = page.next;
            }
        }
        out.flush().map_err(csv::Error::from)?;
        Ok(written)
    }

    /// Stores the readings of such a file at `now`, however old they are; `number` tells the series of a property of a
    /// thing. A line with a problem is told and left out, the others are stored; bringing a file in again doubles
    /// nothing. The columns are found by the names in the first line.
    ///
    /// What belongs to days of the city's `zone` that are over goes straight to the lake, where it corrects what stands
    /// there; `describe` is that of [`Readings::compact`]. Lines come in any order: [`IMPORT_READINGS_MAX`] readings are
    /// held and then written day by day, so that a larger file is quickest when it is ordered by time.
    ///
    /// # Errors
    /// When the file cannot be read or readings cannot be stored; what was stored before stays.
    pub async fn import<R: Read + Send>(
        &self,
        file: R,
        now: Moment,
        zone: &TimeZone,
        number: impl Fn(&str, &str) -> Option<SeriesNumber> + Send + Sync,
        describe: impl Fn(SeriesNumber) -> Option<(String, String)> + Send + Sync,
    ) -> Result<Imported, TransferFault> {
        let mut file = csv::ReaderBuilder::new().flexible(true).from_reader(file);
        let columns = {
            let head = file.byte_headers()?;
            HEAD.map(|name| head.iter().position(|column| column.trim_ascii() == name.as_bytes()))
        };
        let mut imported = Imported::default();
        let mut held = Vec::new();
        let mut record = csv::ByteRecord::new();
        while file.read_byte_record(&mut record)? {
            let line = record.position().map_or(0, csv::Position::line);
            match reading_of(&record, columns, &number, now) {
                Ok(reading) => held.push(reading),
                Err(problem) if imported.problems.len() < LINE_PROBLEMS_MAX => {
                    imported.problems.push((line, problem));
                }
                Err(_) => imported.more_problems += 1,
            }
            if held.len() >= IMPORT_READINGS_MAX {
                let readings = held.len() as u64;
                self.bring_in(std::mem::take(&mut held), now, zone, &describe).await?;
                imported.stored += readings;
            }
        }
        let readings = held.len() as u64;
        self.bring_in(held, now, zone, &describe).await?;
        imported.stored += readings;
        Ok(imported)
    }
}

fn reading_of(
    record: &csv::ByteRecord,
    columns: [Option<usize>; 5],
    number: impl Fn(&str, &str) -> Option<SeriesNumber>,
    now: Moment,
) -> Result<Reading, LineProblem> {
    let [thing, property, time, value, quality] = columns;
    let field = |column: Option<usize>| {
        let bytes = column.and_then(|column| record.get(column)).ok_or(LineProblem::Columns)?;
        std::str::from_utf8(bytes).map(str::trim).map_err(|_| LineProblem::Text)
    };
    let (thing, property, time, value) = (field(thing)?, field(property)?, field(time)?, field(value)?);
    let series =
        number(thing, property).ok_or_else(|| LineProblem::Unknown(thing.to_owned(), property.to_owned()))?;
    let at = time.parse().map_err(|_| LineProblem::Time(time.to_owned()))?;
    let value = value.parse().map_err(|_| LineProblem::Value(value.to_owned()))?;
    let quality = match field(quality) {
        Ok("") | Err(LineProblem::Columns) => Quality::Normal,
        Ok(letter) => Quality::ALL
            .into_iter()
            .find(|quality| quality.letter() == letter)
            .ok_or_else(|| LineProblem::Quality(letter.to_owned()))?,
        Err(problem) => return Err(problem),
    };
    let reading = Reading { series, at, value, quality };
    crate::reading::judge(&[reading], now, Arrival::Imported, 1)
        .map_err(|refused: ReadingRefused| LineProblem::Refused(refused.code()))?;
    Ok(reading)
}
