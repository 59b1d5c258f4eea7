//! Delimited text (RFC 4180) that survives broken rows.
//!
//! The usual readers lose everything after a quote that is never closed. Here a record is read strictly, and when
//! it fails, reading goes on at the next physical line that is a whole record: a broken row costs only itself.
//! Works on bytes: in UTF-8 and GB 18030 the delimiters, quotes and line ends are never part of another character.

use super::mapping::Encoding;
use super::source::{Content, ROW_BYTES_MAX, RawRow, SourceRefused};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The header and the rows after it.
pub(crate) fn rows(
    bytes: &[u8],
    delimiter: u8,
    encoding: Encoding,
) -> Result<(Vec<String>, Vec<RawRow>), SourceRefused> {
    let bytes = bytes.strip_prefix(BYTE_ORDER_MARK).unwrap_or(bytes);
    let mut reader = Reader { bytes, at: 0, line: 1, delimiter };
    reader.skip_empty_lines();
    if reader.at == bytes.len() {
        return Err(SourceRefused::Empty);
    }
    let header = reader
        .record(reader.at)
        .map_err(|broken| SourceRefused::NotTheFormat(format!("表头：{}", broken.reason())))?;
    let names = header.cells.iter().map(|cell| decode(cell, encoding).map(|name| name.trim().to_owned()));
    let names: Vec<String> = names
        .collect::<Option<_>>()
        .ok_or_else(|| SourceRefused::NotTheFormat("表头的文字不是所写的编码".to_owned()))?;
    reader.go_to(header.end);
    let mut rows = Vec::new();
    while let Some(row) = reader.next_row(names.len(), encoding) {
        rows.push(row);
    }
    Ok((names, rows))
}

/// The text of a cell, unless it is not in that encoding.
fn decode(cell: &[u8], encoding: Encoding) -> Option<String> {
    match encoding {
        Encoding::Utf8 => std::str::from_utf8(cell).ok().map(str::to_owned),
        Encoding::Gb18030 => {
            let text = encoding_rs::GB18030.decode_without_bom_handling_and_without_replacement(cell);
            text.map(std::borrow::Cow::into_owned)
        }
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
    delimiter: u8,
}

/// A whole record: its cells, and where the next one begins.
struct Record {
    cells: Vec<Vec<u8>>,
    end: usize,
}

/// Why bytes are no record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Broken {
    QuoteOpen,
    AfterQuote,
    TooLong,
    Cells { found: usize, wanted: usize },
}

impl Broken {
    fn reason(self) -> String {
        match self {
            Self::QuoteOpen => "引号没有结束".to_owned(),
            Self::AfterQuote => "引号结束后还有文字".to_owned(),
            Self::TooLong => format!("一行超过 {} KiB", ROW_BYTES_MAX / 1024),
            Self::Cells { found, wanted } => format!("应有 {wanted} 列，实有 {found} 列"),
        }
    }
}

impl Reader<'_> {
    fn next_row(&mut self, columns: usize, encoding: Encoding) -> Option<RawRow> {
        self.skip_empty_lines();
        if self.at == self.bytes.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let content = match self.whole(start, columns) {
            Ok(record) => {
                self.go_to(record.end);
                self.decoded(record, start, encoding)
            }
            Err((broken, end)) => {
                self.go_to(end);
                Content::broken(broken.reason(), without_line_end(&self.bytes[start..end]))
            }
        };
        Some(RawRow { line, content })
    }

    fn decoded(&self, record: Record, start: usize, encoding: Encoding) -> Content {
        let mut cells = Vec::with_capacity(record.cells.len());
        for (place, cell) in record.cells.iter().enumerate() {
            let broken = |why: &str| {
                let row = without_line_end(&self.bytes[start..record.end]);
                Content::broken(format!("第 {} 列的文字{why}", place + 1), row)
            };
            match decode(cell, encoding) {
                None => return broken("不是所写的编码"),
                Some(text) if text.contains('\0') => return broken("含有空字符"),
                Some(text) => cells.push(text),
            }
        }
        Content::Cells(cells)
    }

    /// The record with `columns` cells at `start`; otherwise what is wrong with it and where to go on.
    fn whole(&self, start: usize, columns: usize) -> Result<Record, (Broken, usize)> {
        let (broken, limit) = match self.record(start) {
            Ok(record) if record.cells.len() == columns => return Ok(record),
            // Rows that an open quote swallowed lie before the end of the record; nothing after it is touched.
            Ok(record) => (Broken::Cells { found: record.cells.len(), wanted: columns }, record.end),
            Err(broken) => (broken, self.bytes.len()),
        };
        let mut next = self.after_line(start);
        while next < limit {
            if self.record(next).is_ok_and(|record| record.cells.len() == columns) {
                return Err((broken, next));
            }
            next = self.after_line(next);
        }
        Err((broken, limit))
    }

    /// The record that begins at `start`, however many cells it has.
    fn record(&self, start: usize) -> Result<Record, Broken> {
        let bytes = &self.bytes[..self.bytes.len().min(start + ROW_BYTES_MAX)];
        let is_cut = bytes.len() < self.bytes.len();
        let mut cells = Vec::new();
        let mut at = start;
        loop {
            let mut cell = Vec::new();
            if bytes.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    match (bytes.get(at), bytes.get(at + 1)) {
                        (Some(b'"'), Some(b'"')) => {
                            cell.push(b'"');
                            at += 2;
                        }
                        (Some(b'"'), _) => {
                            at += 1;
                            break;
                        }
                        (Some(&byte), _) => {
                            cell.push(byte);
                            at += 1;
                        }
                        (None, _) if is_cut => return Err(Broken::TooLong),
                        (None, _) => return Err(Broken::QuoteOpen),
                    }
                }
            } else {
                let rest = &bytes[at..];
                let end = rest.iter().position(|&byte| byte == self.delimiter || byte == b'\n');
                let end = end.unwrap_or(rest.len());
                let is_last = rest.get(end) != Some(&self.delimiter);
                let text = if is_last {
                    rest[..end].strip_suffix(b"\r").unwrap_or(&rest[..end])
                } else {
                    &rest[..end]
                };
                cell.extend_from_slice(text);
                at += text.len();
            }
            cells.push(cell);
            match (bytes.get(at), bytes.get(at + 1)) {
                (Some(byte), _) if *byte == self.delimiter => at += 1,
                (Some(b'\n'), _) => return Ok(Record { cells, end: at + 1 }),
                (Some(b'\r'), Some(b'\n')) => return Ok(Record { cells, end: at + 2 }),
                (Some(b'\r'), None) | (None, _) if is_cut => return Err(Broken::TooLong),
                (Some(b'\r'), None) => return Ok(Record { cells, end: at + 1 }),
                (None, _) => return Ok(Record { cells, end: at }),
                (Some(_), _) => return Err(Broken::AfterQuote),
            }
        }
    }

    /// Where the physical line after the one at `start` begins.
    fn after_line(&self, start: usize) -> usize {
        let rest = &self.bytes[start..];
        rest.iter().position(|&byte| byte == b'\n').map_or(self.bytes.len(), |end| start + end + 1)
    }

    fn go_to(&mut self, end: usize) {
        self.line += self.bytes[self.at..end].iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.at = end;
    }

    fn skip_empty_lines(&mut self) {
        while self.at < self.bytes.len() {
            let end = self.after_line(self.at);
            if !without_line_end(&self.bytes[self.at..end]).is_empty() {
                return;
            }
            self.go_to(end);
        }
    }
}

fn without_line_end(bytes: &[u8]) -> &[u8] {
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    bytes.strip_suffix(b"\r").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cells(row: &RawRow) -> Option<&Vec<String>> {
        match &row.content {
            Content::Cells(cells) => Some(cells),
            _ => None,
        }
    }

    proptest! {
        #[test]
        fn what_another_writer_writes_is_read_alike_with_its_lines(
            table in (1_usize..5).prop_flat_map(|columns| {
                proptest::collection::vec(proptest::collection::vec("[^\0]{0,6}|[\",\r\n;]{0,4}", columns), 1..8)
            }),
        ) {
            let mut writer = csv::WriterBuilder::new().quote_style(csv::QuoteStyle::Always).from_writer(Vec::new());
            for row in &table {
                writer.write_record(row).expect("a record");
            }
            let bytes = writer.into_inner().expect("bytes");
            let (header, rows) = rows(&bytes, b',', Encoding::Utf8).expect("a table");
            let trimmed: Vec<&str> = table[0].iter().map(|name| name.trim()).collect();
            prop_assert_eq!(header, trimmed);
            prop_assert_eq!(rows.len(), table.len() - 1);
            let mut line = 1;
            for (place, row) in table.iter().enumerate() {
                if place > 0 {
                    prop_assert_eq!(rows[place - 1].line, line);
                    prop_assert_eq!(cells(&rows[place - 1]), Some(row));
                }
                line += 1 + row.iter().map(|cell| cell.matches('\n').count() as u64).sum::<u64>();
            }
        }

        #[test]
        fn no_bytes_make_it_fail_and_no_filled_line_is_lost(bytes in proptest::collection::vec(
            prop_oneof![Just(b'"'), Just(b','), Just(b'\n'), Just(b'\r'), Just(b'a'), any::<u8>()], 0..200)
        ) {
            let mut file = b"a,b\n".to_vec();
            file.extend(&bytes);
            let (_, rows) = rows(&file, b',', Encoding::Utf8).expect("the header is whole");
            let mut covered = 1;
            for row in &rows {
                prop_assert!(row.line > covered, "rows are in order and do not overlap");
                covered = row.line;
            }
            if let Some(first) = rows.first() {
                let empty = file.split(|byte| *byte == b'\n').skip(1)
                    .take_while(|line| matches!(*line, [] | [b'\r'])).count() as u64;
                prop_assert_eq!(first.line, 2 + empty);
            }
        }
    }
}
