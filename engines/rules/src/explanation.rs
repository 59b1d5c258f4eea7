//! Why an alarm was raised or has ended: which reading, which limit with its source and date, which version of the rule,
//! since when; as data, and in one sentence. Pure.

use baotu_pack::parameters::ParameterRow;
use baotu_pack::rules::{ObservedProperty, Test};
use baotu_vocabulary::{Moment, PropertyName, RuleName};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::in_force::InForce;
use crate::memory::{Memory, Reading};

/// Why something was decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
pub struct Explanation {
    /// One sentence, for people.
    pub text: String,
    /// The rule.
    #[schema(value_type = String)]
    pub rule: RuleName,
    /// The rule's title.
    pub rule_title: String,
    /// The day from which this version of the rule holds.
    pub rule_version: String,
    /// What it tests: `above`, `below`, `rises`, `falls`, `missing` or `when`.
    pub test: String,
    /// The condition, of `when`.
    pub condition: Option<String>,
    /// The readings that were decisive; the one it is about first. Of silence, the last one, if there was any.
    pub readings: Vec<ReadingTold>,
    /// The numbers that it was held against; the limit first.
    pub limits: Vec<LimitTold>,
    /// Since when it has lasted.
    #[schema(value_type = String, format = "date-time")]
    pub since: Moment,
    /// When it was decided.
    #[schema(value_type = String, format = "date-time")]
    pub at: Moment,
}

/// A reading in an explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[schema(as = DecisiveReading)]
pub struct ReadingTold {
    /// Its property.
    #[schema(value_type = String)]
    pub property: PropertyName,
    /// The property's title.
    pub title: String,
    /// The value.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// When it was taken.
    #[schema(value_type = String, format = "date-time")]
    pub at: Moment,
}

/// A number of a rule in an explanation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
pub struct LimitTold {
    /// Its key in `parameters.csv`.
    pub key: String,
    /// The number.
    pub value: f64,
    /// Its unit.
    pub unit: String,
    /// The document it comes from.
    pub source: String,
    /// `demo`, `trial` or `in-force`.
    pub status: String,
    /// The day from which it holds.
    pub valid_from: String,
    /// The division or zone for which it holds; absent everywhere.
    pub area: Option<String>,
}

impl LimitTold {
    /// What is told of a row.
    pub fn of(row: &ParameterRow) -> Self {
        let status = match row.status {
            baotu_pack::system::SystemStatus::Demo => "demo",
            baotu_pack::system::SystemStatus::Trial => "trial",
            baotu_pack::system::SystemStatus::InForce => "in-force",
        };
        Self {
            key: row.key.clone(),
            value: row.value,
            unit: row.unit.clone(),
            source: row.source.clone(),
            status: status.to_owned(),
            valid_from: row.valid_from.to_string(),
            area: row.area.clone(),
        }
    }
}

/// What an explanation is made from.
pub(crate) struct Grounds<'a> {
    pub(crate) in_force: &'a InForce,
    pub(crate) memory: &'a Memory,
    pub(crate) zone: &'a TimeZone,
    pub(crate) since: Moment,
    pub(crate) at: Moment,
}

impl Grounds<'_> {
    /// Why the alarm was raised.
    pub(crate) fn raised(&self) -> Explanation {
        self.explanation(self.raised_text())
    }

    /// Why it has ended.
    pub(crate) fn cleared(&self) -> Explanation {
        self.explanation(format!("{}报警解除。", self.cleared_text()))
    }

    /// Why it has ended when nothing about its readings did it, in these words.
    pub(crate) fn ended(&self, why: &str) -> Explanation {
        self.explanation(format!("{why}，报警解除。"))
    }

    fn explanation(&self, text: String) -> Explanation {
        let rule = self.in_force.rule();
        let declared = rule.declared();
        Explanation {
            text,
            rule: declared.name.clone(),
            rule_title: declared.title.clone(),
            rule_version: declared.version.to_string(),
            test: test_word(rule.test()).to_owned(),
            condition: declared.when.clone(),
            readings: self.readings(),
            limits: self.in_force.rows().map(LimitTold::of).collect(),
            since: self.since,
            at: self.at,
        }
    }

    fn readings(&self) -> Vec<ReadingTold> {
        let told = |property: &ObservedProperty, reading: Reading| ReadingTold {
            property: property.name.clone(),
            title: property.title.clone(),
            value: reading.value,
            unit: property.unit.clone(),
            at: reading.at,
        };
        let properties = self.in_force.rule().properties();
        match self.in_force.test() {
            Test::Missing { .. } => {
                let last = self.memory.newest_of_all();
                last.and_then(|(index, reading)| Some(told(properties.get(index)?, reading)))
                    .into_iter()
                    .collect()
            }
            Test::Rises { .. } | Test::Falls { .. } => {
                let pair = [self.memory.newest(0), self.memory.furthest()];
                pair.into_iter()
                    .flatten()
                    .zip(properties.iter().cycle())
                    .map(|(reading, p)| told(p, reading))
                    .collect()
            }
            _ => properties
                .iter()
                .enumerate()
                .filter_map(|(index, property)| Some(told(property, self.memory.newest(index)?)))
                .collect(),
        }
    }

    /// The newest value of the first property, with its title and unit.
    fn value(&self) -> String {
        let properties = self.in_force.rule().properties();
        let Some((property, reading)) = properties.first().zip(self.memory.newest(0)) else {
            return String::new();
        };
        let limit = self.in_force.limit().map(|row| row.value);
        format!("{} {}", property.title, shown(reading.value, property, limit))
    }

    /// How long it has lasted, after a comma; nothing when it needs not last.
    fn lasted(&self, wanted: u32) -> String {
        if wanted == 0 {
            return String::new();
        }
        format!("，持续 {}", duration(self.at.micros_since(self.since) / 1_000_000))
    }

    fn raised_text(&self) -> String {
        let declared = self.in_force.rule().declared();
        let lasted = self.lasted(declared.hold_seconds);
        let limit = self.in_force.limit();
        let number = limit.map(|row| with_unit(&row.value.to_string(), &row.unit)).unwrap_or_default();
        let origin = limit.map(source).unwrap_or_default();
        match self.in_force.test() {
            Test::Above { .. } => format!("{}，超过限值 {number}{lasted}。{origin}", self.value()),
            Test::Below { .. } => format!("{}，低于限值 {number}{lasted}。{origin}", self.value()),
            Test::Rises { within_seconds, .. } => {
                format!("{}，超过 {number}{lasted}。{origin}", self.moved("上升", *within_seconds))
            }
            Test::Falls { within_seconds, .. } => {
                format!("{}，超过 {number}{lasted}。{origin}", self.moved("下降", *within_seconds))
            }
            Test::Missing { after_seconds } => {
                let titles: Vec<&str> = self
                    .in_force
                    .rule()
                    .properties()
                    .iter()
                    .map(|property| property.title.as_str())
                    .collect();
                let last = self.memory.newest_of_all().map_or_else(
                    || "开始监测以来没有收到过".to_owned(),
                    |(_, reading)| format!("最近一次是 {}", local(reading.at, self.zone)),
                );
                format!(
                    "{}已 {}没有可用的读数（{last}）。",
                    titles.join("、"),
                    duration(i64::from(*after_seconds))
                )
            }
            Test::When { .. } => {
                let properties = self.in_force.rule().properties().iter().enumerate();
                let values: Vec<String> = properties
                    .filter_map(|(index, property)| {
                        let value = shown(self.memory.newest(index)?.value, property, None);
                        Some(format!("{} {value}", property.title))
                    })
                    .collect();
                let sources: Vec<String> = self
                    .in_force
                    .rows()
                    .map(|row| {
                        format!(
                            "{} 为 {}，{}",
                            row.key,
                            with_unit(&row.value.to_string(), &row.unit),
                            source(row)
                        )
                    })
                    .collect();
                format!("{}，符合“{}”的条件{lasted}。{}", values.join("，"), declared.title, sources.concat())
            }
        }
    }

    fn cleared_text(&self) -> String {
        let declared = self.in_force.rule().declared();
        let lasted = self.lasted(declared.clear_seconds);
        let clear = self.in_force.clear().or(self.in_force.limit());
        let number = clear.map(|row| with_unit(&row.value.to_string(), &row.unit)).unwrap_or_default();
        match self.in_force.test() {
            Test::Above { .. } => format!("{}，已不高于 {number}{lasted}，", self.value()),
            Test::Below { .. } => format!("{}，已不低于 {number}{lasted}，", self.value()),
            Test::Rises { within_seconds, .. } => {
                format!("{}，已不超过 {number}{lasted}，", self.moved("上升", *within_seconds))
            }
            Test::Falls { within_seconds, .. } => {
                format!("{}，已不超过 {number}{lasted}，", self.moved("下降", *within_seconds))
            }
            Test::Missing { .. } => "已重新收到可用的读数，".to_owned(),
            Test::When { .. } => format!("已不符合“{}”的条件{lasted}，", declared.title),
        }
    }

    fn moved(&self, way: &str, within_seconds: u32) -> String {
        let property = self.in_force.rule().properties().first();
        let Some((property, newest)) = property.zip(self.memory.newest(0)) else { return String::new() };
        let furthest = self.memory.furthest().unwrap_or(newest);
        let limit = self.in_force.limit().map(|row| row.value);
        format!(
            "{} {}内{way} {}（从 {} 到 {}）",
            property.title,
            duration(i64::from(within_seconds)),
            shown((newest.value - furthest.value).abs(), property, limit),
            shown(furthest.value, property, None),
            shown(newest.value, property, None),
        )
    }
}

/// The word of a test.
pub(crate) const fn test_word(test: &Test) -> &'static str {
    match test {
        Test::Above { .. } => "above",
        Test::Below { .. } => "below",
        Test::Rises { .. } => "rises",
        Test::Falls { .. } => "falls",
        Test::Missing { .. } => "missing",
        Test::When { .. } => "when",
    }
}

/// Where a number comes from.
fn source(row: &ParameterRow) -> String {
    let demo = row.status == baotu_pack::system::SystemStatus::Demo;
    let mark = if demo { "，演示值" } else { "" };
    format!("限值来源：{}（自 {} 起{mark}）。", row.source, row.valid_from)
}

/// A value with its unit, to the decimals of its property; to all of them where it would look like the limit.
fn shown(value: f64, property: &ObservedProperty, limit: Option<f64>) -> String {
    let short = format!("{value:.*}", usize::from(property.decimals));
    let looks_like = |limit: f64| short.parse() == Ok(limit) && value.total_cmp(&limit).is_ne();
    let text = if limit.is_some_and(looks_like) { value.to_string() } else { short };
    with_unit(&text, &property.unit)
}

/// A number and its unit; `1` and `状态` are no units that are said.
fn with_unit(number: &str, unit: &str) -> String {
    match unit {
        "" | "1" | "状态" => number.to_owned(),
        unit if unit.starts_with(['°', '%', '℃']) => format!("{number}{unit}"),
        unit => format!("{number} {unit}"),
    }
}

/// A length of time in at most two units.
pub(crate) fn duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "天"), (3_600, "小时"), (60, "分钟"), (1, "秒")];
    let seconds = seconds.max(0);
    let Some(first) = UNITS.iter().position(|(size, _)| seconds >= *size) else { return "0 秒".to_owned() };
    let (size, name) = UNITS[first];
    let mut told = format!("{} {name}", seconds / size);
    if let Some((next, name)) = UNITS.get(first + 1)
        && seconds % size >= *next
    {
        told.push_str(&format!(" {} {name}", seconds % size / next));
    }
    told
}

fn local(at: Moment, zone: &TimeZone) -> String {
    at.timestamp().to_zoned_datetime(zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}
