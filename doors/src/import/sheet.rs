//! An Excel workbook as rows: one sheet, its first filled row as header.
//!
//! Cells become the text a clerk sees in a CSV export: whole numbers without a fraction, times as
//! `2026-11-24T09:00:00`. Formulas are read as the values that Excel stored.

use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};

use super::source::{Content, RawRow, SourceRefused};

/// The header and the rows after it, each with its row number in the sheet.
pub(crate) fn rows(bytes: &[u8], sheet: Option<&str>) -> Result<(Vec<String>, Vec<RawRow>), SourceRefused> {
    let refused = |error: calamine::XlsxError| SourceRefused::NotTheFormat(error.to_string());
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let name = match sheet {
        Some(name) => name.to_owned(),
        None => workbook.sheet_names().first().cloned().ok_or(SourceRefused::Empty)?,
    };
    let range = workbook.worksheet_range(&name).map_err(refused)?;
    let first = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
    let mut lines =
        (first..).zip(range.rows()).filter(|(_, cells)| cells.iter().any(|cell| *cell != Data::Empty));
    let Some((_, header)) = lines.next() else { return Err(SourceRefused::Empty) };
    let header: Vec<String> =
        header.iter().map(|cell| text(cell).unwrap_or_default().trim().to_owned()).collect();
    let rows = lines.map(|(line, cells)| RawRow { line, content: content(cells) }).collect();
    Ok((header, rows))
}

fn content(cells: &[Data]) -> Content {
    match cells.iter().map(text).collect::<Result<Vec<_>, _>>() {
        Ok(cells) if cells.iter().any(|cell| cell.contains('\0')) => {
            Content::broken("文字含有空字符", cells.join("\t").as_bytes())
        }
        Ok(cells) => Content::Cells(cells),
        Err(error) => {
            let shown: Vec<String> =
                cells.iter().map(|cell| text(cell).unwrap_or_else(|error| error)).collect();
            Content::broken(format!("单元格是错误值 {error}"), shown.join("\t").as_bytes())
        }
    }
}

/// What a clerk sees in a cell; an error value such as `#REF!` is an error.
fn text(cell: &Data) -> Result<String, String> {
    Ok(match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        Data::Float(number) => number.to_string(),
        Data::Bool(flag) => flag.to_string(),
        Data::DateTime(time) if time.is_datetime() => {
            let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
        }
        Data::DateTime(duration) => duration.as_f64().to_string(),
        Data::Error(error) => return Err(error.to_string()),
    })
}
