//! JSON as rows: the objects of an array, or one object after another.
//!
//! The values are cut apart by their brackets before any of them is read, so that one that isn't JSON costs only
//! itself, and each knows its line.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::source::{Content, ROW_BYTES_MAX, RawRow, SourceRefused};

/// The rows of a file.
pub(crate) fn rows(bytes: &[u8]) -> Result<Vec<RawRow>, SourceRefused> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut cutter = Cutter { bytes, at: 0, line: 1 };
    cutter.skip_blanks();
    match bytes.get(cutter.at) {
        None => return Err(SourceRefused::Empty),
        Some(b'[') => cutter.step(),
        Some(b'{') => {}
        Some(_) => {
            return Err(SourceRefused::NotTheFormat("JSON 应是对象的数组，或逐个对象".to_owned()));
        }
    }
    let mut rows = Vec::new();
    while let Some((line, value)) = cutter.next_value() {
        rows.push(RawRow { line, content: content(value) });
    }
    Ok(rows)
}

fn content(value: &[u8]) -> Content {
    if value.len() > ROW_BYTES_MAX {
        return Content::broken(format!("一行超过 {} KiB", ROW_BYTES_MAX / 1024), value);
    }
    match serde_json::from_slice(value) {
        Ok(Value::Object(object)) => match holds_nul(&object) {
            true => Content::broken("文字含有空字符", value),
            false => Content::Object(object),
        },
        Ok(_) => Content::broken("不是 JSON 对象", value),
        Err(error) => Content::broken(format!("不是 JSON：{error}"), value),
    }
}

fn holds_nul(object: &Map<String, Value>) -> bool {
    fn in_value(value: &Value) -> bool {
        match value {
            Value::String(text) => text.contains('\0'),
            Value::Array(items) => items.iter().any(in_value),
            Value::Object(object) => holds_nul(object),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
    object.iter().any(|(key, value)| key.contains('\0') || in_value(value))
}

/// What stands under a key or a pointer, as text; lists are joined with commas, objects are left as JSON.
pub(crate) fn text_at<'a>(object: &'a Map<String, Value>, column: &str) -> Option<Cow<'a, str>> {
    let value = match column.strip_prefix('/') {
        None => object.get(column)?,
        Some(path) => {
            let (head, rest) = path.split_once('/').map_or((path, ""), |(head, rest)| (head, rest));
            let value = object.get(&head.replace("~1", "/").replace("~0", "~"))?;
            if rest.is_empty() { value } else { value.pointer(&format!("/{rest}"))? }
        }
    };
    Some(text_of(value))
}

fn text_of(value: &Value) -> Cow<'_, str> {
    match value {
        Value::Null => Cow::Borrowed(""),
        Value::String(text) => Cow::Borrowed(text.trim()),
        Value::Array(items) => items.iter().map(text_of).collect::<Vec<_>>().join(",").into(),
        Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string().into(),
    }
}

struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl<'a> Cutter<'a> {
    /// The next value and its line. A value ends with its last bracket, or before a comma, a line end or the
    /// bracket that closes the array when it has none.
    fn next_value(&mut self) -> Option<(u64, &'a [u8])> {
        self.skip_between();
        if self.at == self.bytes.len() {
            return None;
        }
        let (start, line) = (self.at, self.line);
        let (mut depth, mut is_text, mut is_escaped) = (0_u32, false, false);
        while let Some(&byte) = self.bytes.get(self.at) {
            match byte {
                _ if is_escaped => is_escaped = false,
                b'\\' if is_text => is_escaped = true,
                b'"' => is_text = !is_text,
                _ if is_text => {}
                b'{' | b'[' => depth += 1,
                b'}' | b']' if depth > 0 => {
                    depth -= 1;
                    if depth == 0 {
                        self.step();
                        break;
                    }
                }
                b',' | b'\n' | b']' if depth == 0 => break,
                _ => {}
            }
            self.step();
        }
        Some((line, self.bytes[start..self.at].trim_ascii_end()))
    }

    /// Past blanks, commas and the end of the array.
    fn skip_between(&mut self) {
        while self.bytes.get(self.at).is_some_and(|byte| byte.is_ascii_whitespace() || b",]".contains(byte)) {
            self.step();
        }
    }

    fn skip_blanks(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.step();
        }
    }

    fn step(&mut self) {
        self.line += u64::from(self.bytes.get(self.at) == Some(&b'\n'));
        self.at += 1;
    }
}
