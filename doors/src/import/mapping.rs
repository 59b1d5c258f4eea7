//! What a mapping file may declare: the format of a source and where each field of a case comes from.
//!
//! The transforms are a closed list (trim, missing words, join, first of, table, dates, numbers, cut): a mapping
//! says what the columns mean and never computes. Which units and categories exist is not known here.

use std::collections::BTreeMap;
use std::fmt;

use baotu_vocabulary::place::CoordinateSystem;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::case::ImportedStatus;

/// A mapping file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    /// Shown in reports, for example `巴尔的摩市 311 服务请求`.
    pub title: String,
    /// Short name of the other system, kept with every case; unique together with `external_id`.
    pub source: String,
    /// How the file is written.
    pub format: Format,
    /// How its coordinates are to be read; needed when `lon` and `lat` are mapped.
    pub place: Option<Place>,
    /// Where each field comes from.
    pub fields: Fields,
    /// The tables that fields name.
    #[serde(rename = "table", default)]
    pub tables: BTreeMap<String, Table>,
}

/// How a source is written. Gzip is recognised by its first bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Format {
    /// Which kind of file.
    pub kind: FormatKind,
    /// How text is encoded (CSV only).
    #[serde(default)]
    pub encoding: Encoding,
    /// `,` (default), `;` or a tab (CSV only).
    #[serde(default = "comma")]
    pub delimiter: char,
    /// The sheet to read (XLSX only); the first one when absent.
    pub sheet: Option<String>,
    /// IANA time zone of times that name none; the city's own when absent.
    pub time_zone: Option<String>,
}

const fn comma() -> char {
    ','
}

/// The kinds of file that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FormatKind {
    /// Delimited text with a header line (RFC 4180).
    Csv,
    /// An Excel workbook; the header is the first row that is not empty.
    Xlsx,
    /// An array of objects, or one object after another. A column is a key, or a JSON pointer beginning with `/`.
    Json,
}

/// How the text of a CSV file is encoded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Encoding {
    /// UTF-8, with or without a mark.
    #[default]
    Utf8,
    /// GB 18030, which holds GBK and GB 2312.
    Gb18030,
}

/// How coordinates are to be read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// `cgcs2000`, `wgs84`, `gcj02` or `bd09`.
    pub system: CoordinateSystem,
}

/// Where each field of a case comes from. What the source can't give is left out.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fields {
    /// The number of the case in the other system.
    pub external_id: FieldRule,
    /// One line.
    pub title: FieldRule,
    /// What was asked, in full.
    pub text: Option<FieldRule>,
    /// The category; nearly always through a table.
    pub category: FieldRule,
    /// The kind, for example `投诉`.
    pub kind: Option<FieldRule>,
    /// How it came in.
    pub channel: Option<FieldRule>,
    /// When it was opened.
    pub opened_at: FieldRule,
    /// When it had to be done.
    pub due_at: Option<FieldRule>,
    /// When it was closed.
    pub closed_at: Option<FieldRule>,
    /// `open`, `closed`, `merged`, `withdrawn` or `not-accepted`, through a table.
    pub status: FieldRule,
    /// The unit in charge, through a table.
    pub unit: Option<FieldRule>,
    /// Degrees east.
    pub lon: Option<FieldRule>,
    /// Degrees north.
    pub lat: Option<FieldRule>,
    /// The place in words.
    pub address: Option<FieldRule>,
    /// How often it was passed on; a whole number.
    pub transfers: Option<FieldRule>,
    /// Days from opening to the last reply; a whole number.
    pub days_to_reply: Option<FieldRule>,
    /// Whether the reporter gave no name: `true` or `false`, usually through a table.
    pub reporter_anonymous: Option<FieldRule>,
    /// What was answered.
    pub reply: Option<FieldRule>,
}

/// Where one field comes from: exactly one of `column`, `first_of`, `join`, `constant`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldRule {
    /// The content of this column.
    pub column: Option<String>,
    /// The first of these columns that isn't empty.
    pub first_of: Option<Vec<String>>,
    /// All of these columns that aren't empty, with `separator` between them.
    pub join: Option<Vec<String>>,
    /// Stands between joined columns; one blank when absent.
    pub separator: Option<String>,
    /// Always this text.
    pub constant: Option<String>,
    /// Words that mean nothing is there, for example `N/A`.
    #[serde(default)]
    pub missing: Vec<String>,
    /// The table that turns the content into the city's word.
    pub table: Option<String>,
    /// How times are written, tried in this order: strftime patterns, or `rfc3339`.
    #[serde(default)]
    pub dates: Vec<String>,
    /// At most this many characters; the rest is cut off with `…`.
    pub cut: Option<usize>,
    /// Left out while the case is open (`closed_at` only): a last change is the closing time of an ended case.
    #[serde(default)]
    pub ended_only: bool,
}

/// From the words of the source to the city's.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Table {
    /// For words that aren't in the map; without it such a row is rejected. Empty text leaves the field out.
    pub default: Option<String>,
    /// The words; one that ends with `*` stands for all that begin so, the longest first.
    pub map: BTreeMap<String, String>,
}

/// What a table says to a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mapped<'a> {
    /// It is in the map.
    To(&'a str),
    /// It isn't, and this is the default.
    Default(&'a str),
    /// It isn't, and there is no default.
    Unknown,
}

impl Table {
    pub(crate) fn look_up(&self, word: &str) -> Mapped<'_> {
        if let Some(found) = self.map.get(word) {
            return Mapped::To(found);
        }
        let by_beginning = self
            .map
            .iter()
            .filter_map(|(key, to)| Some((key.strip_suffix('*')?, to)))
            .filter(|(beginning, _)| word.starts_with(beginning))
            .max_by_key(|(beginning, _)| beginning.len());
        match (by_beginning, &self.default) {
            (Some((_, to)), _) => Mapped::To(to),
            (None, Some(default)) => Mapped::Default(default),
            (None, None) => Mapped::Unknown,
        }
    }
}

macro_rules! fields {
    ($($variant:ident $name:ident $need:ident;)*) => {
        /// A field of an imported case.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Field {$(
            #[doc = concat!("`", stringify!($name), "`")]
            $variant,
        )*}

        impl Field {
            /// Its name in a mapping.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$variant => stringify!($name),)*}
            }
        }

        impl Fields {
            /// The rule of a field, if the mapping has one.
            pub fn rule(&self, field: Field) -> Option<&FieldRule> {
                match field {$(Field::$variant => fields!(@rule $need self.$name),)*}
            }

            /// All rules of the mapping, in the order of the fields.
            pub fn rules(&self) -> impl Iterator<Item = (Field, &FieldRule)> {
                [$(Field::$variant),*].into_iter().filter_map(|field| Some((field, self.rule(field)?)))
            }
        }
    };
    (@rule needed $rule:expr) => { Some(&$rule) };
    (@rule optional $rule:expr) => { $rule.as_ref() };
}

fields! {
    ExternalId external_id needed;
    Title title needed;
    Text text optional;
    Category category needed;
    Kind kind optional;
    Channel channel optional;
    OpenedAt opened_at needed;
    DueAt due_at optional;
    ClosedAt closed_at optional;
    Status status needed;
    Unit unit optional;
    Lon lon optional;
    Lat lat optional;
    Address address optional;
    Transfers transfers optional;
    DaysToReply days_to_reply optional;
    ReporterAnonymous reporter_anonymous optional;
    Reply reply optional;
}

impl Field {
    const fn is_time(self) -> bool {
        matches!(self, Self::OpenedAt | Self::DueAt | Self::ClosedAt)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FieldRule {
    /// The columns it reads.
    pub fn columns(&self) -> impl Iterator<Item = &str> {
        let several = self.first_of.iter().chain(&self.join).flatten();
        self.column.iter().chain(several).map(String::as_str)
    }
}

/// A mistake in a mapping file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingProblem {
    /// Its line, where it is known.
    pub line: Option<usize>,
    /// Where in the file: `fields.opened_at`, `table.status`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for MappingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "第 {line} 行 ")?;
        }
        if !self.place.is_empty() {
            write!(f, "[{}] ", self.place)?;
        }
        f.write_str(&self.message)
    }
}

impl Mapping {
    /// Reads a mapping file and checks it whole.
    ///
    /// # Errors
    /// Every mistake at once; a file that isn't TOML of this shape gives the first one with its line.
    pub fn parse(text: &str) -> Result<Self, Vec<MappingProblem>> {
        let mapping: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map(|span| 1 + text[..span.start].matches('\n').count());
            vec![MappingProblem { line, place: String::new(), message: error.message().to_owned() }]
        })?;
        let problems = mapping.problems();
        if problems.is_empty() { Ok(mapping) } else { Err(problems) }
    }

    fn problems(&self) -> Vec<MappingProblem> {
        let mut problems = Vec::new();
        let mut say = |place: String, message: String| {
            problems.push(MappingProblem { line: None, place, message });
        };
        if self.source.trim().is_empty() {
            say("source".into(), "来源系统的名称不能为空".into());
        }
        if !matches!(self.format.delimiter, ',' | ';' | '\t') {
            say("format.delimiter".into(), "分隔符只能是逗号、分号或制表符".into());
        }
        if let Some(zone) = &self.format.time_zone
            && TimeZone::get(zone).is_err()
        {
            say("format.time_zone".into(), format!("没有名为“{zone}”的时区（IANA 名称，如 Asia/Shanghai）"));
        }
        if self.fields.lon.is_some() != self.fields.lat.is_some() {
            say("fields".into(), "lon 与 lat 必须同时给出".into());
        }
        if self.fields.lon.is_some() && self.place.is_none() {
            say("place".into(), "有坐标就必须写明坐标系 system（cgcs2000、wgs84、gcj02、bd09）".into());
        }
        for (field, rule) in self.fields.rules() {
            for message in self.rule_problems(field, rule) {
                say(format!("fields.{field}"), message);
            }
        }
        for name in self.tables.keys() {
            if !self.fields.rules().any(|(_, rule)| rule.table.as_ref() == Some(name)) {
                say(format!("table.{name}"), "没有任何字段使用这张表".into());
            }
        }
        problems
    }

    fn rule_problems(&self, field: Field, rule: &FieldRule) -> Vec<String> {
        let mut messages = Vec::new();
        let origins =
            [rule.column.is_some(), rule.first_of.is_some(), rule.join.is_some(), rule.constant.is_some()];
        if origins.into_iter().filter(|given| *given).count() != 1 {
            messages.push("column、first_of、join、constant 必须且只能写一个".to_owned());
        }
        if rule.separator.is_some() && rule.join.is_none() {
            messages.push("separator 只与 join 一起使用".to_owned());
        }
        if field.is_time() && rule.dates.is_empty() {
            messages.push("时间字段必须写明 dates，例如 [\"%Y-%m-%d %H:%M:%S\"]".to_owned());
        }
        if rule.ended_only && field != Field::ClosedAt {
            messages.push("ended_only 只用于 closed_at".to_owned());
        }
        if !field.is_time() && !rule.dates.is_empty() {
            messages.push("dates 只用于时间字段".to_owned());
        }
        messages.extend(
            rule.dates.iter().filter(|pattern| !is_time_pattern(pattern)).map(|pattern| {
                format!("“{pattern}”不是时间格式；用 rfc3339 或 %Y-%m-%d %H:%M:%S 一类的格式")
            }),
        );
        if let Some(name) = &rule.table {
            match self.tables.get(name) {
                None => messages.push(format!("没有名为“{name}”的表 [table.{name}]")),
                Some(table) if field == Field::Status => {
                    let words = table.map.values().chain(&table.default);
                    messages.extend(words.filter(|word| ImportedStatus::from_word(word).is_none()).map(
                        |word| {
                            format!("“{word}”不是状态；可用 open、closed、merged、withdrawn、not-accepted")
                        },
                    ));
                }
                Some(_) => {}
            }
        }
        messages
    }
}

/// Whether jiff can read with `pattern`: it is tried on what it writes itself.
fn is_time_pattern(pattern: &str) -> bool {
    if pattern == RFC3339 {
        return true;
    }
    let Ok(sample) = TimeZone::UTC.to_timestamp(jiff::civil::date(2026, 11, 24).at(13, 5, 9, 0)) else {
        return false;
    };
    jiff::fmt::strtime::format(pattern, sample)
        .is_ok_and(|text| BrokenDownTime::parse(pattern, &text).is_ok_and(|time| time.to_date().is_ok()))
}

/// The word for times with their own zone.
pub(crate) const RFC3339: &str = "rfc3339";
