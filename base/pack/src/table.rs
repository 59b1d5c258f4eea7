//! A CSV file as typed rows that know where they stand.
//!
//! What the rows mean is not known here.

use serde::de::DeserializeOwned;
use serde_json::Value as Json;

use crate::nearest::nearest;
use crate::problem::{Place, Problems};

/// A CSV file of one kind of row.
#[derive(Debug)]
pub(crate) struct Table<T> {
    /// Relative to the pack's folder.
    pub(crate) file: String,
    pub(crate) rows: Vec<Row<T>>,
    columns: Vec<String>,
    text: String,
}

/// One row.
#[derive(Debug)]
pub(crate) struct Row<T> {
    pub(crate) value: T,
    line: usize,
    /// Where its text begins in the file, in bytes.
    start: usize,
}

impl<T> Row<T> {
    /// The line in the file, from 1.
    pub(crate) const fn line(&self) -> usize {
        self.line
    }
}

impl<T: DeserializeOwned> Table<T> {
    /// Reads a CSV file whose columns are the properties of `schema`; `None` when its head is wrong.
    pub(crate) fn read(file: &str, text: String, schema: &Json, problems: &mut Problems) -> Option<Self> {
        let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
        let head = match reader.headers() {
            Ok(head) => head.clone(),
            Err(error) => {
                problems.error(file, Place::START, "csv-syntax", format!("读不懂表头：{error}"), None);
                return None;
            }
        };
        if !head_fits(file, &head, schema, problems) {
            return None;
        }
        let mut rows = Vec::new();
        let mut record = csv::StringRecord::new();
        loop {
            let line = usize::try_from(reader.position().line()).unwrap_or(usize::MAX);
            match reader.read_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    let place = Place { line, column: 1 };
                    problems.error(file, place, "csv-syntax", format!("读不懂这一行：{error}"), None);
                    continue;
                }
            }
            // Blank lines are skipped by the reader, so the record itself knows best where it began.
            let line = record.position().map_or(line, |at| usize::try_from(at.line()).unwrap_or(line));
            let start = record.position().map_or(0, |at| usize::try_from(at.byte()).unwrap_or(0));
            if record.len() != head.len() {
                problems.error(
                    file,
                    Place { line, column: 1 },
                    "csv-cells",
                    format!("这一行有 {} 格，表头有 {} 列", record.len(), head.len()),
                    Some("单元格里的逗号要用双引号括起来".to_owned()),
                );
                continue;
            }
            match record.deserialize(Some(&head)) {
                Ok(value) => rows.push(Row { value, line, start }),
                Err(error) => {
                    let (column, message) = cell_problem(&error, &head, &record, schema);
                    let column = column_of(&text, start, column);
                    problems.error(file, Place { line, column }, "bad-cell", message, None);
                }
            }
        }
        let columns = head.iter().map(str::to_owned).collect();
        Some(Self { file: file.to_owned(), rows, columns, text })
    }
}

impl<T> Table<T> {
    /// Where the cell of `column` in the row of that index stands.
    pub(crate) fn place(&self, row: usize, column: &str) -> Place {
        let Some(row) = self.rows.get(row) else { return Place::START };
        let index = self.columns.iter().position(|name| name == column).unwrap_or(0);
        Place { line: row.line, column: column_of(&self.text, row.start, index) }
    }

    /// The rows without their places.
    pub(crate) fn values(&self) -> impl Iterator<Item = &T> {
        self.rows.iter().map(|row| &row.value)
    }
}

fn head_fits(file: &str, head: &csv::StringRecord, schema: &Json, problems: &mut Problems) -> bool {
    let names: Vec<&str> = schema["properties"]
        .as_object()
        .map(|all| all.keys().map(String::as_str).collect())
        .unwrap_or_default();
    let before = problems.len();
    let mut column = 1;
    for (index, name) in head.iter().enumerate() {
        let place = Place { line: 1, column };
        column += name.chars().count() + 1;
        if !names.contains(&name) {
            let hint = match nearest(name, names.iter().copied()) {
                Some(near) => format!("是否应为“{near}”"),
                None => format!("可用的列：{}", names.join("、")),
            };
            problems.error(file, place, "unknown-column", format!("没有名为“{name}”的列"), Some(hint));
        } else if head.iter().take(index).any(|earlier| earlier == name) {
            problems.error(file, place, "duplicate-column", format!("列“{name}”出现了两次"), None);
        }
    }
    let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
    for name in required.iter().filter_map(Json::as_str) {
        if !head.iter().any(|given| given == name) {
            problems.error(file, Place::START, "missing-column", format!("缺少列“{name}”"), None);
        }
    }
    problems.len() == before
}

fn cell_problem(
    error: &csv::Error,
    head: &csv::StringRecord,
    record: &csv::StringRecord,
    schema: &Json,
) -> (usize, String) {
    let csv::ErrorKind::Deserialize { err, .. } = error.kind() else {
        return (0, format!("读不懂这一行：{error}"));
    };
    // The reader knows the cell of a bad number; of other types it knows only the row.
    let bad_date = || {
        head.iter().zip(record).position(|(name, cell)| {
            let date = schema["properties"][name]["format"] == "date";
            let needed =
                schema["required"].as_array().is_some_and(|names| names.iter().any(|one| one == name));
            date && (needed || !cell.is_empty()) && cell.parse::<jiff::civil::Date>().is_err()
        })
    };
    let index = err.field().and_then(|field| usize::try_from(field).ok()).or_else(bad_date).unwrap_or(0);
    let (column, cell) = (head.get(index).unwrap_or_default(), record.get(index).unwrap_or_default());
    let reason = match err.kind() {
        csv::DeserializeErrorKind::ParseInt(_) => "应为整数".to_owned(),
        csv::DeserializeErrorKind::ParseFloat(_) => "应为数字".to_owned(),
        csv::DeserializeErrorKind::ParseBool(_) => "应为 true 或 false".to_owned(),
        _ if schema["properties"][column]["format"] == "date" => "应为日期，如 2026-01-01".to_owned(),
        kind => kind.to_string(),
    };
    let message = if cell.is_empty() {
        format!("“{column}”不能为空：{reason}")
    } else {
        format!("“{column}”写成了“{cell}”：{reason}")
    };
    (index, message)
}

/// The column, in characters from 1, at which the cell of that index begins in the row that starts at `start`.
fn column_of(text: &str, start: usize, index: usize) -> usize {
    let row = text.get(start..).unwrap_or_default();
    let (mut cells, mut quoted, mut column) = (0, false, 1);
    for character in row.chars() {
        match character {
            _ if cells == index => break,
            '"' => quoted = !quoted,
            '\n' => return 1,
            ',' if !quoted => cells += 1,
            _ => {}
        }
        column += 1;
    }
    column
}
