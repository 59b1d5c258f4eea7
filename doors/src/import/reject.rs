//! Rows that could not be imported: kept as they stood, shown as a table to be mended, and read again from it.
//!
//! A reject is known by its source, its content and how often that content came before in the file, so the same
//! file read twice keeps each once. Once mended, the row's content is dropped: it may tell personal things.

use std::collections::BTreeSet;
use std::fmt;

use baotu_storage::{Digest, Row, RowError, Store, StoreFault, Work, params};
use baotu_vocabulary::{ImportId, Moment};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::mapping::{Encoding, Format, FormatKind};

/// First column of a table of rejects: which reject the row is.
pub(crate) const REJECT: &str = "_reject";
/// The physical line in the first file.
const LINE: &str = "_line";
/// The columns that are wrong.
const COLUMN: &str = "_column";
/// Why.
const REASON: &str = "_reason";
/// The row's text where cells don't say it all.
pub(crate) const RAW: &str = "_raw";
/// The row's bytes in base64 where text doesn't hold them.
pub(crate) const BYTES: &str = "_bytes";

const OWN_COLUMNS: [&str; 6] = [REJECT, LINE, COLUMN, REASON, RAW, BYTES];

/// Whether a column of a table of rejects says what the reject itself knows, so that it isn't part of the row.
pub(crate) fn is_told_elsewhere(column: &str) -> bool {
    [REJECT, LINE, COLUMN, REASON].contains(&column)
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RejectProblem {
    /// The column of the file, or the field when no column is concerned; empty for the row as a whole.
    pub column: String,
    /// Why, for a person.
    pub reason: String,
}

/// A row kept for mending.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rejected {
    /// Which one; the same for the same row of the same source.
    pub id: String,
    /// Its physical line in the file.
    pub line: u64,
    /// All that is wrong with it.
    pub problems: Vec<RejectProblem>,
    /// The row: its cells by column, `_raw` where cells don't say it all.
    pub row: Map<String, Value>,
}

impl fmt::Display for Rejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "第 {} 行", self.line)?;
        for problem in &self.problems {
            match problem.column.as_str() {
                "" => write!(f, "  {}", problem.reason)?,
                column => write!(f, "  {column}：{}", problem.reason)?,
            }
        }
        Ok(())
    }
}

/// The reject that a row of a mended table stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mended(pub(crate) String);

/// The id of the reject with this content, which came `before` times already in the same file.
pub(crate) fn id(source: &str, row: &Map<String, Value>, before: u64) -> String {
    let text = format!("{source}\n{before}\n{}", Value::Object(row.clone()));
    Digest::of(text.as_bytes()).to_string()
}

/// Whether a file is a table of rejects that comes back.
pub(crate) fn is_table_of_rejects(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let rest = bytes.strip_prefix(b"\"").unwrap_or(bytes).strip_prefix(REJECT.as_bytes());
    rest.is_some_and(|rest| rest.starts_with(b",") || rest.starts_with(b"\","))
}

/// How a table of rejects is written.
pub(crate) fn format() -> Format {
    Format { kind: FormatKind::Csv, encoding: Encoding::Utf8, delimiter: ',', sheet: None, time_zone: None }
}

/// Keeps a reject, or says anew what is wrong with it.
pub(crate) fn keep(work: &mut Work, run: ImportId, source: &str, rejected: &Rejected, now: Moment) {
    let problems = serde_json::to_value(&rejected.problems).unwrap_or_default();
    let line = i64::try_from(rejected.line).unwrap_or(i64::MAX);
    work.run(
        "INSERT INTO doors_import_reject (id, run, source, line, problems, content, rejected_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET run = excluded.run, line = excluded.line, problems = excluded.problems,
             content = excluded.content, rejected_at = excluded.rejected_at, mended_at = NULL",
        params![
            rejected.id.as_str(),
            run,
            source,
            line,
            problems,
            Value::Object(rejected.row.clone()),
            now
        ],
    );
}

/// Says that a mended row replaces this reject; its content is dropped.
pub(crate) fn mend(work: &mut Work, mended: &Mended, now: Moment) {
    work.run(
        "UPDATE doors_import_reject SET mended_at = $2, content = NULL WHERE id = $1 AND mended_at IS NULL",
        params![mended.0.as_str(), now],
    );
}

/// The rejects of a source that still wait for mending, by line.
///
/// # Errors
/// When the database cannot answer.
pub async fn open_rejects(store: &Store, source: &str) -> Result<Vec<Rejected>, StoreFault> {
    let rows = store
        .query(
            "SELECT id, line, problems, content FROM doors_import_reject
             WHERE source = $1 AND mended_at IS NULL ORDER BY line, id",
            params![source],
        )
        .await?;
    rows.iter().map(|row| rejected(row).map_err(StoreFault::from)).collect()
}

fn rejected(row: &Row) -> Result<Rejected, RowError> {
    Ok(Rejected {
        id: row.text("id")?,
        line: u64::try_from(row.int("line")?).unwrap_or(0),
        problems: row.document("problems")?,
        row: row.document("content")?,
    })
}

/// The table in which rejects are mended: UTF-8 CSV with the file's own columns after `_reject`, `_line`, `_column`,
/// `_reason`, `_raw` and `_bytes`. Mend the cells and import the table with the same mapping.
pub fn rejects_csv(rejects: &[Rejected]) -> Vec<u8> {
    let mut columns: Vec<&str> = Vec::new();
    let mut known = BTreeSet::from(OWN_COLUMNS);
    for column in rejects.iter().flat_map(|rejected| rejected.row.keys()) {
        if known.insert(column) {
            columns.push(column);
        }
    }
    // The mark tells Excel that the file is UTF-8.
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    let header = OWN_COLUMNS.into_iter().chain(columns.iter().copied());
    let mut written = writer.write_record(header);
    for rejected in rejects {
        let join = |part: fn(&RejectProblem) -> &str| {
            rejected.problems.iter().map(part).collect::<Vec<_>>().join("；")
        };
        let cell =
            |column: &str| rejected.row.get(column).and_then(Value::as_str).unwrap_or_default().to_owned();
        let own = [
            rejected.id.clone(),
            rejected.line.to_string(),
            join(|problem| &problem.column),
            join(|problem| &problem.reason),
            cell(RAW),
            cell(BYTES),
        ];
        let cells = own.into_iter().chain(columns.iter().map(|column| cell(column)));
        written = written.and_then(|()| writer.write_record(cells));
    }
    written.expect("every record has a cell for each column, and memory takes all bytes");
    writer.into_inner().expect("memory takes all bytes")
}
