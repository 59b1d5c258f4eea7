//! From the bytes of a file to rows with their physical lines.
//!
//! A row that can't be read is an item like any other, with its line and its text, and the next row is read.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;

use serde_json::{Map, Value};

use super::mapping::{FieldRule, Format, FormatKind, Mapping};
use super::reject::{self, Mended};
use super::{delimited, json, sheet};

/// Bytes of one row; a longer one is broken.
pub const ROW_BYTES_MAX: usize = 1 << 20;

/// A file as rows.
#[derive(Debug)]
pub(crate) struct Source {
    /// The columns in their order; none for JSON, whose rows have their own.
    pub(crate) header: Option<Vec<String>>,
    /// The rows after the header.
    pub(crate) rows: Vec<RawRow>,
    /// Whether it is a table of rejects that was mended.
    pub(crate) is_mended: bool,
}

/// One row as it stands in the file.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RawRow {
    /// The physical line at which it begins, from 1; in a sheet the row number, in JSON the line of the value.
    pub(crate) line: u64,
    pub(crate) content: Content,
}

/// What stands in a row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Content {
    /// One cell for each column of the header.
    Cells(Vec<String>),
    /// An object with its own keys.
    Object(Map<String, Value>),
    /// It can't be read as a row.
    Broken {
        /// Why, for a person.
        reason: String,
        /// As much of it as can be shown.
        text: String,
        /// The bytes, when `text` doesn't hold them all.
        bytes: Option<Vec<u8>>,
    },
}

impl Content {
    /// A row that can't be read, of these bytes.
    pub(crate) fn broken(reason: impl Into<String>, bytes: &[u8]) -> Self {
        let text = match String::from_utf8_lossy(bytes) {
            Cow::Borrowed(text) => text.to_owned(),
            Cow::Owned(text) => text,
        };
        let storable = text.replace('\0', "\u{fffd}");
        let bytes = (storable.as_bytes() != bytes).then(|| bytes.to_vec());
        Self::Broken { reason: reason.into(), text: storable, bytes }
    }
}

/// A file that is no table at all, or not the one that the mapping describes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceRefused {
    /// More bytes than [`super::SOURCE_BYTES_MAX`].
    #[error("文件（解压后）超过 {} MiB", .0 / (1 << 20))]
    TooLarge(u64),
    /// It could not be read to its end.
    #[error("文件无法读取：{0}")]
    Unreadable(String),
    /// It is not of the declared kind.
    #[error("文件不是映射所写的格式：{0}")]
    NotTheFormat(String),
    /// There is no header line.
    #[error("文件是空的，没有表头")]
    Empty,
    /// Columns that the mapping names are not in the header.
    #[error("表头中缺少映射所用的列：{}；表头有：{}", .missing.join("、"), .header.join("、"))]
    ColumnsMissing {
        /// The missing ones.
        missing: Vec<String>,
        /// Those that are there.
        header: Vec<String>,
    },
    /// Columns that the mapping names stand in the header more than once.
    #[error("表头中有重名的列：{}", .0.join("、"))]
    ColumnsDoubled(Vec<String>),
}

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// All bytes of `reader`, unpacked when they are gzip, at most `bytes_max` of them.
pub(crate) fn read_all(reader: impl Read, bytes_max: u64) -> Result<Vec<u8>, SourceRefused> {
    let packed = read_bounded(reader, bytes_max)?;
    if packed.starts_with(&GZIP_MAGIC) {
        return read_bounded(flate2::read::MultiGzDecoder::new(packed.as_slice()), bytes_max);
    }
    Ok(packed)
}

fn read_bounded(reader: impl Read, bytes_max: u64) -> Result<Vec<u8>, SourceRefused> {
    let mut bytes = Vec::new();
    reader
        .take(bytes_max + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| SourceRefused::Unreadable(error.to_string()))?;
    if bytes.len() as u64 > bytes_max {
        return Err(SourceRefused::TooLarge(bytes_max));
    }
    Ok(bytes)
}

impl Source {
    /// The rows of a file in the mapping's format, or of a mended table of rejects.
    pub(crate) fn read(bytes: &[u8], mapping: &Mapping) -> Result<Self, SourceRefused> {
        let is_mended = reject::is_table_of_rejects(bytes);
        let source =
            if is_mended { Self::csv(bytes, &reject::format()) } else { Self::parse(bytes, mapping) }?;
        let source = Self { is_mended, ..source };
        source.check_columns(mapping)?;
        Ok(source)
    }

    fn parse(bytes: &[u8], mapping: &Mapping) -> Result<Self, SourceRefused> {
        match mapping.format.kind {
            FormatKind::Csv => Self::csv(bytes, &mapping.format),
            FormatKind::Xlsx => {
                let (header, rows) = sheet::rows(bytes, mapping.format.sheet.as_deref())?;
                Ok(Self { header: Some(header), rows, is_mended: false })
            }
            FormatKind::Json => Ok(Self { header: None, rows: json::rows(bytes)?, is_mended: false }),
        }
    }

    fn csv(bytes: &[u8], format: &Format) -> Result<Self, SourceRefused> {
        // Checked with the mapping: one of three ASCII characters.
        let delimiter = u8::try_from(format.delimiter).unwrap_or(b',');
        let (header, rows) = delimited::rows(bytes, delimiter, format.encoding)?;
        Ok(Self { header: Some(header), rows, is_mended: false })
    }

    fn check_columns(&self, mapping: &Mapping) -> Result<(), SourceRefused> {
        let Some(header) = &self.header else { return Ok(()) };
        let used = used_columns(mapping);
        let count = |column: &&str| header.iter().filter(|name| name == column).count();
        let named = |wanted: fn(usize) -> bool| -> Vec<String> {
            used.iter().filter(|column| wanted(count(column))).map(|&column| column.to_owned()).collect()
        };
        let missing = named(|count| count == 0);
        if !missing.is_empty() {
            return Err(SourceRefused::ColumnsMissing { missing, header: header.clone() });
        }
        let doubled = named(|count| count > 1);
        if doubled.is_empty() { Ok(()) } else { Err(SourceRefused::ColumnsDoubled(doubled)) }
    }

    /// The place of each column in a row of cells.
    pub(crate) fn index(&self) -> Index {
        let header = self.header.iter().flatten();
        Index(header.enumerate().map(|(place, name)| (name.clone(), place)).collect())
    }

    /// The row as it is kept when it is rejected: its cells by column, and its text where cells don't say it all.
    pub(crate) fn keep(&self, row: &RawRow, mapping: &Mapping) -> Map<String, Value> {
        let mut kept = Map::new();
        match &row.content {
            Content::Cells(cells) => {
                for (name, cell) in self.header.iter().flatten().zip(cells) {
                    kept.insert(name.clone(), Value::String(cell.clone()));
                }
            }
            Content::Object(object) => {
                let index = self.index();
                for column in used_columns(mapping) {
                    let cell = index.cell(row, column).unwrap_or_default();
                    kept.insert(column.to_owned(), Value::String(cell.into_owned()));
                }
                let text = Value::Object(object.clone()).to_string();
                kept.insert(reject::RAW.to_owned(), Value::String(text));
            }
            Content::Broken { text, bytes, .. } => {
                kept.insert(reject::RAW.to_owned(), Value::String(text.clone()));
                if let Some(bytes) = bytes {
                    use base64::Engine as _;
                    let packed = base64::engine::general_purpose::STANDARD.encode(bytes);
                    kept.insert(reject::BYTES.to_owned(), Value::String(packed));
                }
            }
        }
        kept
    }

    /// Which reject a row of a mended table mends.
    pub(crate) fn mends(&self, row: &RawRow, index: &Index) -> Option<Mended> {
        let id = index.cell(row, reject::REJECT)?;
        (self.is_mended && !id.is_empty()).then(|| Mended(id.into_owned()))
    }
}

/// The columns that a mapping reads, each once.
pub(crate) fn used_columns(mapping: &Mapping) -> Vec<&str> {
    let mut columns: Vec<&str> =
        mapping.fields.rules().map(|(_, rule)| rule).flat_map(FieldRule::columns).collect();
    columns.sort_unstable();
    columns.dedup();
    columns
}

/// Where the columns of a header stand.
#[derive(Debug)]
pub(crate) struct Index(HashMap<String, usize>);

impl Index {
    /// What stands in a column, trimmed; nothing when a JSON row has no such key, or the row is broken.
    pub(crate) fn cell<'a>(&self, row: &'a RawRow, column: &str) -> Option<Cow<'a, str>> {
        match &row.content {
            Content::Cells(cells) => cells.get(*self.0.get(column)?).map(|cell| Cow::Borrowed(cell.trim())),
            Content::Object(object) => json::text_at(object, column),
            Content::Broken { .. } => None,
        }
    }
}
