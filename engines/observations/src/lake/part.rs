//! One Parquet file of the lake: the readings of a day, sorted by thing, property and time.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use baotu_vocabulary::Moment;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::column::reader::{ColumnReaderImpl, get_typed_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType, DataType, DoubleType, Int32Type, Int64Type};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{
    PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData, SortingColumn,
};
use parquet::file::properties::{EnabledStatistics, ReaderProperties, WriterProperties};
use parquet::file::reader::RowGroupReader as _;
use parquet::file::serialized_reader::SerializedRowGroupReader;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::ColumnPath;

use super::index::Rows;
use super::sorter::{Ranked, Sorted};
use crate::memory::Told;
use crate::reading::{Quality, Reading, SeriesNumber};

/// Rows of a row group: what a writer keeps in memory, 21 bytes each.
const GROUP_ROWS: usize = 1 << 20;
/// Rows of a page: what has to be unpacked to read one row.
const PAGE_ROWS: usize = 8_192;
/// Rows that are read at once when all of a part is read.
const READ_AT_ONCE: usize = 1 << 16;
/// Rows that are handed to a column at once.
const WRITE_AT_ONCE: usize = 1 << 13;
/// How hard the pages are pressed (zstd).
const ZSTD_LEVEL: i32 = 3;

const SCHEMA: &str = "message observation {
    required binary thing (STRING);
    required binary property (STRING);
    required int32 series (INTEGER(32,false));
    required int64 at (TIMESTAMP(MICROS,true));
    required double value;
    required binary quality (STRING);
}";
const SERIES: usize = 2;
const AT: usize = 3;
const VALUE: usize = 4;
const QUALITY: usize = 5;

/// A series by the names under which the lake knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Named {
    pub(crate) series: SeriesNumber,
    pub(crate) thing: String,
    pub(crate) property: String,
}

/// What a part came to.
#[derive(Clone, Debug, Default)]
pub(super) struct Written {
    /// By series in the order of the part.
    pub(super) series: Vec<Rows>,
    pub(super) rows: u64,
    /// When the earliest and the latest reading were taken.
    pub(super) extent: Option<(Moment, Moment)>,
}

fn properties() -> Result<WriterProperties> {
    let column = |name: &str| ColumnPath::from(name);
    let mut properties = WriterProperties::builder()
        .set_compression(Compression::ZSTD(ZstdLevel::try_new(ZSTD_LEVEL)?))
        .set_data_page_row_count_limit(PAGE_ROWS)
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        // Whoever asks by thing or by time passes whole pages by; the rest is not asked for.
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_sorting_columns(Some(
            [0, 1, 3]
                .map(|column_idx| SortingColumn { column_idx, descending: false, nulls_first: false })
                .to_vec(),
        ));
    for name in ["thing", "property", "series", "at"] {
        properties = properties.set_column_statistics_enabled(column(name), EnabledStatistics::Page);
    }
    // Values keep their dictionaries: sensors round, so that a day of one metric repeats itself. Measured on values rounded
    // to 0.1 (example `lake`), bytes a reading: 2.5 with a dictionary, 2.8 with the bytes split, 2.9 plain; where times do
    // not repeat and values only rise, 5.2, 5.6 and 6.0.
    Ok(properties
        .set_column_dictionary_enabled(column("at"), false)
        .set_column_encoding(column("at"), Encoding::DELTA_BINARY_PACKED)
        .build())
}

/// Writes a part, durably, from readings ranked by `order`; what `kept` does not want is left out.
pub(super) fn write(
    path: &Path,
    order: &[Named],
    sorted: &mut Sorted,
    kept: impl Fn(SeriesNumber) -> bool,
) -> Result<Written> {
    let file = File::create(path)?;
    let schema = Arc::new(parse_message_type(SCHEMA)?);
    let mut writer = SerializedFileWriter::new(file.try_clone()?, schema, Arc::new(properties()?))?;
    let mut written = Written::default();
    let mut group = Group::default();
    while let Some(reading) = sorted.next()? {
        let Some(named) = usize::try_from(reading.rank).ok().and_then(|rank| order.get(rank)) else {
            return Err(ParquetError::General(format!("no series has the rank {}", reading.rank)));
        };
        if !kept(named.series) {
            continue;
        }
        written.count(named.series, Moment::from_micros(reading.at));
        group.take(named.series, &reading);
        if group.at.len() >= GROUP_ROWS {
            group.write(order, &mut writer)?;
        }
    }
    if !group.at.is_empty() {
        group.write(order, &mut writer)?;
    }
    writer.close()?;
    file.sync_all()?;
    Ok(written)
}

impl Written {
    fn count(&mut self, series: SeriesNumber, at: Moment) {
        match self.series.last_mut() {
            Some(rows) if rows.series == series => rows.count = rows.count.saturating_add(1),
            _ => self.series.push(Rows { series, count: 1, first: self.rows }),
        }
        self.rows += 1;
        let (first, last) = self.extent.unwrap_or((at, at));
        self.extent = Some((first.min(at), last.max(at)));
    }
}

/// The rows of a row group by column.
#[derive(Default)]
struct Group {
    /// The ranks of the series, each with its rows.
    ranks: Vec<(u32, usize)>,
    series: Vec<i32>,
    at: Vec<i64>,
    value: Vec<f64>,
    quality: Vec<u8>,
}

impl Group {
    fn take(&mut self, series: SeriesNumber, reading: &Ranked) {
        match self.ranks.last_mut() {
            Some((rank, rows)) if *rank == reading.rank => *rows += 1,
            _ => self.ranks.push((reading.rank, 1)),
        }
        self.series.push(series.number().cast_signed());
        self.at.push(reading.at);
        self.value.push(reading.value);
        self.quality.push(reading.quality);
    }

    /// Writes and empties it.
    fn write(&mut self, order: &[Named], writer: &mut SerializedFileWriter<File>) -> Result<()> {
        let mut group = writer.next_row_group()?;
        let mut index = 0;
        while let Some(mut column) = group.next_column()? {
            match index {
                SERIES => written::<Int32Type>(&mut column, &self.series)?,
                AT => written::<Int64Type>(&mut column, &self.at)?,
                VALUE => written::<DoubleType>(&mut column, &self.value)?,
                QUALITY => {
                    let letters = Quality::ALL.map(|quality| ByteArray::from(quality.letter()));
                    for some in self.quality.chunks(WRITE_AT_ONCE) {
                        let some: Vec<_> = some
                            .iter()
                            .map(|code| letters[usize::from(*code) % letters.len()].clone())
                            .collect();
                        column.typed::<ByteArrayType>().write_batch(&some, None, None)?;
                    }
                }
                _ => {
                    for (rank, rows) in &self.ranks {
                        let named = usize::try_from(*rank).ok().and_then(|rank| order.get(rank));
                        let name =
                            named.map_or("", |named| if index == 0 { &named.thing } else { &named.property });
                        let same = vec![ByteArray::from(name); (*rows).min(WRITE_AT_ONCE)];
                        let mut left = *rows;
                        while left > 0 {
                            let some = &same[..left.min(WRITE_AT_ONCE)];
                            column.typed::<ByteArrayType>().write_batch(some, None, None)?;
                            left -= some.len();
                        }
                    }
                }
            }
            column.close()?;
            index += 1;
        }
        group.close()?;
        self.ranks.clear();
        self.series.clear();
        self.at.clear();
        self.value.clear();
        self.quality.clear();
        Ok(())
    }
}

fn written<T: DataType>(
    column: &mut parquet::file::writer::SerializedColumnWriter<'_>,
    values: &[T::T],
) -> Result<()> {
    column.typed::<T>().write_batch(values, None, None)?;
    Ok(())
}

/// What is known of a part before its rows are read.
#[derive(Debug)]
pub(super) struct Footer(ParquetMetaData);

/// Reads it.
pub(super) fn footer(path: &Path) -> Result<Footer> {
    let mut reader = ParquetMetaDataReader::new()
        .with_offset_index_policy(PageIndexPolicy::Required)
        .with_column_index_policy(PageIndexPolicy::Skip);
    reader.try_parse(&File::open(path)?)?;
    Ok(Footer(reader.finish()?))
}

impl Footer {
    fn groups(&self) -> impl Iterator<Item = (usize, &RowGroupMetaData, u64)> {
        self.0
            .row_groups()
            .iter()
            .enumerate()
            .map(|(index, group)| (index, group, u64::try_from(group.num_rows()).unwrap_or_default()))
    }

    fn group<'a>(
        &'a self,
        file: &Arc<File>,
        index: usize,
        group: &'a RowGroupMetaData,
    ) -> Result<SerializedRowGroupReader<'a, File>> {
        let pages = self.0.offset_index().and_then(|index_of| index_of.get(index)).map(Vec::as_slice);
        let properties = Arc::new(ReaderProperties::builder().build());
        SerializedRowGroupReader::new(Arc::clone(file), group, pages, properties)
    }
}

fn column<T: DataType>(
    group: &SerializedRowGroupReader<'_, File>,
    index: usize,
) -> Result<ColumnReaderImpl<T>> {
    Ok(get_typed_column_reader::<T>(group.get_column_reader(index)?))
}

/// So many values from a row on.
fn values<T: DataType>(
    group: &SerializedRowGroupReader<'_, File>,
    index: usize,
    first: usize,
    count: usize,
) -> Result<Vec<T::T>> {
    let mut reader = column::<T>(group, index)?;
    reader.skip_records(first)?;
    let mut values = Vec::with_capacity(count);
    while values.len() < count {
        let (records, _, _) = reader.read_records(count - values.len(), None, None, &mut values)?;
        if records == 0 {
            return Err(ParquetError::EOF("a part is shorter than its list of series says".to_owned()));
        }
    }
    Ok(values)
}

/// The readings at these rows from `from` to before `to`, by time; at most `rows_max`.
pub(super) fn read_rows(
    path: &Path,
    footer: &Footer,
    rows: Rows,
    (from, to): (Moment, Moment),
    rows_max: usize,
) -> Result<Vec<Told>> {
    // A handle of its own: the place in a file is shared by all who share its handle.
    let file = Arc::new(File::open(path)?);
    let (mut told, mut begins) = (Vec::new(), 0);
    let end = rows.first + u64::from(rows.count);
    for (index, group, count) in footer.groups() {
        let (first, last) = (rows.first.max(begins), end.min(begins + count));
        if first < last && told.len() < rows_max {
            let (first, count) = (place(first - begins)?, place(last - first)?);
            let group = footer.group(&file, index, group)?;
            let at = values::<Int64Type>(&group, AT, first, count)?;
            let skipped = at.partition_point(|at| *at < from.micros());
            let wanted =
                at.partition_point(|at| *at < to.micros()).saturating_sub(skipped).min(rows_max - told.len());
            if wanted > 0 {
                let value = values::<DoubleType>(&group, VALUE, first + skipped, wanted)?;
                let quality = values::<ByteArrayType>(&group, QUALITY, first + skipped, wanted)?;
                let each = at[skipped..skipped + wanted].iter().zip(value).zip(quality);
                told.extend(each.map(|((at, value), quality)| {
                    (Moment::from_micros(*at), value, Quality::from_letter(quality.data()))
                }));
            }
        }
        begins += count;
    }
    Ok(told)
}

/// Hands out all of a part.
pub(super) fn read_all<F>(path: &Path, footer: &Footer, mut told_of: F) -> Result<()>
where
    F: FnMut(Reading) -> std::io::Result<()>,
{
    let file = Arc::new(File::open(path)?);
    let (mut series, mut at, mut value, mut quality) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (index, group, _) in footer.groups() {
        let group = footer.group(&file, index, group)?;
        let mut of_series = column::<Int32Type>(&group, SERIES)?;
        let mut of_at = column::<Int64Type>(&group, AT)?;
        let mut of_value = column::<DoubleType>(&group, VALUE)?;
        let mut of_quality = column::<ByteArrayType>(&group, QUALITY)?;
        loop {
            let (rows, _, _) = of_series.read_records(READ_AT_ONCE, None, None, &mut series)?;
            if rows == 0 {
                break;
            }
            of_at.read_records(rows, None, None, &mut at)?;
            of_value.read_records(rows, None, None, &mut value)?;
            of_quality.read_records(rows, None, None, &mut quality)?;
            let each = series.drain(..).zip(at.drain(..)).zip(value.drain(..)).zip(quality.drain(..));
            for (((series, at), value), quality) in each {
                told_of(Reading {
                    series: SeriesNumber::new(i32::cast_unsigned(series)),
                    at: Moment::from_micros(at),
                    value,
                    quality: Quality::from_letter(quality.data()),
                })?;
            }
        }
    }
    Ok(())
}

fn place(rows: u64) -> Result<usize> {
    usize::try_from(rows)
        .map_err(|_| ParquetError::General("more rows than this machine can count".to_owned()))
}
