//! A list of cases as a workbook: one sheet of rows, one that says what was exported, when and by whom.
//!
//! Pure: rows come in, bytes go out. No cell is a formula, whatever a title says.

use rust_xlsxwriter::{Format, Workbook, XlsxError};

use crate::service::ListRow;

/// What is said about an export.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct About {
    /// The city.
    pub(crate) city: String,
    /// The unit and name of whoever exported it.
    pub(crate) by: String,
    /// When, as people write it.
    pub(crate) at: String,
    /// What the list was narrowed to, as name and value.
    pub(crate) narrowed: Vec<(String, String)>,
    /// Whether there were more rows than are exported.
    pub(crate) cut_at: Option<usize>,
    /// The word that marks what is made up.
    pub(crate) synthetic_mark: Option<String>,
}

/// A column: its heading, its width in characters, and what stands in it.
struct Column {
    heading: &'static str,
    width: f64,
    cell: fn(&ListRow) -> String,
}

const COLUMNS: [Column; 14] = [
    Column { heading: "编号", width: 20.0, cell: |row| row.number.clone() },
    Column { heading: "标题", width: 48.0, cell: |row| row.title.clone() },
    Column { heading: "类别编码", width: 10.0, cell: |row| row.category.code.clone() },
    Column { heading: "类别", width: 20.0, cell: |row| row.category.name.clone() },
    Column { heading: "级别", width: 8.0, cell: |row| row.level.clone().unwrap_or_default() },
    Column { heading: "状态", width: 10.0, cell: |row| row.status.clone() },
    Column { heading: "环节", width: 12.0, cell: |row| row.step_title.clone().unwrap_or_default() },
    Column { heading: "主办单位", width: 28.0, cell: |row| unit_name(row) },
    Column { heading: "行政区划", width: 16.0, cell: |row| row.division.clone().unwrap_or_default() },
    Column { heading: "立案时间", width: 18.0, cell: |row| row.opened_at.clone() },
    Column { heading: "到期时间", width: 18.0, cell: |row| row.due_at.clone().unwrap_or_default() },
    Column { heading: "超期", width: 6.0, cell: |row| yes(row.overdue) },
    Column { heading: "督办", width: 6.0, cell: |row| yes(row.supervised) },
    Column { heading: "办结时间", width: 18.0, cell: |row| row.closed_at.clone().unwrap_or_default() },
];

fn unit_name(row: &ListRow) -> String {
    row.lead_unit.as_ref().map(|unit| unit.name.clone()).unwrap_or_default()
}

fn yes(value: bool) -> String {
    if value { "是".to_owned() } else { String::new() }
}

/// The workbook; the times of `rows` are told as they are to be read.
pub(crate) fn workbook(rows: &[ListRow], about: &About) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let heading = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("案件")?;
    for (column, place) in COLUMNS.iter().zip(0_u16..) {
        sheet.write_string_with_format(0, place, column.heading, &heading)?;
        sheet.set_column_width(place, column.width)?;
        for (row, line) in rows.iter().zip(1_u32..) {
            sheet.write_string(line, place, (column.cell)(row))?;
        }
    }
    sheet.set_freeze_panes(1, 1)?;

    let mut lines: Vec<(String, String)> = vec![
        ("城市".to_owned(), about.city.clone()),
        ("导出人".to_owned(), about.by.clone()),
        ("导出时间".to_owned(), about.at.clone()),
        ("件数".to_owned(), rows.len().to_string()),
    ];
    lines.extend(about.narrowed.iter().cloned());
    if let Some(most) = about.cut_at {
        lines.push(("说明".to_owned(), format!("符合条件的案件多于 {most} 件，只导出前 {most} 件。")));
    }
    if let Some(mark) = &about.synthetic_mark {
        lines.push(("数据".to_owned(), mark.clone()));
    }
    let sheet = workbook.add_worksheet().set_name("导出说明")?;
    sheet.set_column_width(0, 14.0)?;
    sheet.set_column_width(1, 60.0)?;
    for ((name, value), line) in lines.iter().zip(0_u32..) {
        sheet.write_string_with_format(line, 0, name, &heading)?;
        sheet.write_string(line, 1, value)?;
    }
    workbook.save_to_buffer()
}
