//! A TOML or JSON file as a tree of values that know where they stand.
//!
//! What the values mean is not known here.

use std::ops::Range;

use serde_json::Value as Json;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::Place;

/// One file: where it is and what stands in it.
#[derive(Debug)]
pub(crate) struct Document {
    /// Relative to the pack's folder.
    pub(crate) file: String,
    pub(crate) root: Node,
}

/// A value and where it begins.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) content: Content,
}

#[derive(Debug)]
pub(crate) enum Content {
    Null,
    Bool(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    List(Vec<Node>),
    Table(Vec<Entry>),
}

/// A named value in a table.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) name: String,
    /// Where the name stands.
    pub(crate) place: Place,
    pub(crate) node: Node,
}

/// One step from a value to one inside it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Key<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> From<&'a str> for Key<'a> {
    fn from(name: &'a str) -> Self {
        Self::Name(name)
    }
}

impl From<usize> for Key<'_> {
    fn from(index: usize) -> Self {
        Self::Index(index)
    }
}

/// A path of names and indexes: `keys!["step", 2, "exit", 0, "if"]`.
macro_rules! keys {
    ($($key:expr),* $(,)?) => { &[$($crate::document::Key::from($key)),*] };
}
pub(crate) use keys;

/// Why a text is no TOML or JSON.
#[derive(Debug)]
pub(crate) struct Unreadable {
    pub(crate) place: Place,
    pub(crate) reason: String,
}

impl Document {
    /// Reads TOML; every mistake of the text at once.
    pub(crate) fn toml(file: &str, text: &str) -> Result<Self, Vec<Unreadable>> {
        let lines = Lines::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(errors
                .iter()
                .map(|error| Unreadable {
                    place: lines.place(error.span().map_or(0, |span| span.start)),
                    reason: error.message().trim().replace('\n', " "),
                })
                .collect());
        }
        let root = Node {
            place: Place::START,
            content: Content::Table(toml_entries(table.get_ref(), &lines).map_err(|unfit| vec![unfit])?),
        };
        Ok(Self { file: file.to_owned(), root })
    }

    /// Reads JSON.
    pub(crate) fn json(file: &str, text: &str) -> Result<Self, Unreadable> {
        // The library refuses what is no JSON, and nesting that is too deep; the walk after it only finds the places.
        serde_json::from_str::<serde::de::IgnoredAny>(text).map_err(|error| Unreadable {
            place: Place { line: error.line().max(1), column: error.column().max(1) },
            reason: error.to_string(),
        })?;
        serde_json::from_str::<Json>(text).map_err(|error| Unreadable {
            place: Place { line: error.line().max(1), column: error.column().max(1) },
            reason: error.to_string(),
        })?;
        let lines = Lines::new(text);
        let mut walk = JsonWalk { text, at: 0, lines: &lines };
        let root = walk.node().ok_or(Unreadable { place: lines.place(walk.at), reason: String::new() })?;
        Ok(Self { file: file.to_owned(), root })
    }

    /// Where the value at `path` begins, or the nearest one around it that is there.
    pub(crate) fn place(&self, path: &[Key<'_>]) -> Place {
        let mut node = &self.root;
        for key in path {
            match node.child(*key) {
                Some(child) => node = child,
                None => break,
            }
        }
        node.place
    }
}

impl Node {
    fn child(&self, key: Key<'_>) -> Option<&Self> {
        match (key, &self.content) {
            (Key::Index(index), Content::List(items)) => items.get(index),
            (Key::Name(name), Content::Table(entries)) => {
                entries.iter().find(|entry| entry.name == name).map(|entry| &entry.node)
            }
            _ => None,
        }
    }

    /// The value without places.
    pub(crate) fn to_json(&self) -> Json {
        match &self.content {
            Content::Null => Json::Null,
            Content::Bool(value) => (*value).into(),
            Content::Integer(value) => (*value).into(),
            Content::Float(value) => serde_json::Number::from_f64(*value).map_or(Json::Null, Json::Number),
            Content::Text(text) => text.as_str().into(),
            Content::List(items) => items.iter().map(Self::to_json).collect(),
            Content::Table(entries) => {
                entries.iter().map(|entry| (entry.name.clone(), entry.node.to_json())).collect()
            }
        }
    }
}

/// Where lines begin, to tell line and column of an offset.
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { text, starts }
    }

    /// Line and column (in characters, from 1) of the byte at `offset`.
    pub(crate) fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset).max(1);
        let start = self.starts[line - 1];
        let before = self.text.as_bytes().get(start..offset.min(self.text.len())).unwrap_or_default();
        let column = String::from_utf8_lossy(before).chars().count() + 1;
        Place { line, column }
    }
}

fn toml_entries(table: &DeTable<'_>, lines: &Lines<'_>) -> Result<Vec<Entry>, Unreadable> {
    table
        .iter()
        .map(|(name, value)| {
            Ok(Entry {
                name: name.get_ref().to_string(),
                place: lines.place(name.span().start),
                node: toml_node(value, lines)?,
            })
        })
        .collect()
}

fn toml_node(value: &Spanned<DeValue<'_>>, lines: &Lines<'_>) -> Result<Node, Unreadable> {
    let Range { start, .. } = value.span();
    let place = lines.place(start);
    let content = match value.get_ref() {
        DeValue::String(text) => Content::Text(text.to_string()),
        DeValue::Integer(number) => Content::Integer(
            i64::from_str_radix(number.as_str(), number.radix())
                .map_err(|_| Unreadable { place, reason: "整数超出范围".to_owned() })?,
        ),
        DeValue::Float(number) => Content::Float(
            number.as_str().parse().map_err(|_| Unreadable { place, reason: "不是小数".to_owned() })?,
        ),
        DeValue::Boolean(value) => Content::Bool(*value),
        DeValue::Datetime(moment) => Content::Text(moment.to_string()),
        DeValue::Array(items) => {
            Content::List(items.iter().map(|item| toml_node(item, lines)).collect::<Result<_, _>>()?)
        }
        DeValue::Table(table) => Content::Table(toml_entries(table, lines)?),
    };
    Ok(Node { place, content })
}

/// Finds the places of values in a text that is known to be JSON.
struct JsonWalk<'a> {
    text: &'a str,
    at: usize,
    lines: &'a Lines<'a>,
}

impl JsonWalk<'_> {
    fn node(&mut self) -> Option<Node> {
        self.skip_space();
        let place = self.lines.place(self.at);
        let content = match self.peek()? {
            b'{' => Content::Table(self.entries()?),
            b'[' => Content::List(self.items()?),
            b'"' => Content::Text(self.string()?),
            _ => match serde_json::from_str::<Json>(self.word()).ok()? {
                Json::Null => Content::Null,
                Json::Bool(value) => Content::Bool(value),
                Json::Number(number) => match number.as_i64() {
                    Some(whole) => Content::Integer(whole),
                    None => Content::Float(number.as_f64()?),
                },
                _ => return None,
            },
        };
        Some(Node { place, content })
    }

    fn entries(&mut self) -> Option<Vec<Entry>> {
        let mut entries = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b'}' => {
                    self.at += 1;
                    return Some(entries);
                }
                b',' => self.at += 1,
                _ => {
                    let place = self.lines.place(self.at);
                    let name = self.string()?;
                    self.skip_space();
                    self.at += 1; // the colon
                    entries.push(Entry { name, place, node: self.node()? });
                }
            }
        }
    }

    fn items(&mut self) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        self.at += 1;
        loop {
            self.skip_space();
            match self.peek()? {
                b']' => {
                    self.at += 1;
                    return Some(items);
                }
                b',' => self.at += 1,
                _ => items.push(self.node()?),
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.at += 1;
        loop {
            match self.peek()? {
                b'\\' => self.at += 2,
                b'"' => break,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        serde_json::from_str(self.text.get(start..self.at)?).ok()
    }

    /// A number, `true`, `false` or `null`.
    fn word(&mut self) -> &str {
        let start = self.at;
        while self.peek().is_some_and(|byte| !b",]} \t\r\n".contains(&byte)) {
            self.at += 1;
        }
        self.text.get(start..self.at).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace()) {
            self.at += 1;
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }
}
