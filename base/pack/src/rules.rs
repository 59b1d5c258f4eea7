//! Rules (规则): what about the readings of a thing raises an alarm, when the alarm ends, and how many are told as one.
//!
//! A rule names numbers by their keys in `parameters.csv`, so that each has its dates and its source. How readings are
//! weighed is the business of the engine.

use baotu_vocabulary::{PropertyName, RuleName, ThingTypeName};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod compiled;
mod draft;

pub use compiled::{
    CompiledAlarmRule, ObservedProperty, ParameterUse, Test, condition_name, condition_variables,
};
pub use draft::{Known, KnownProperty, RuleProblem, check};

/// Longest time that something has to last, in seconds: a day. What takes longer is a trend, not an alarm.
pub const HOLD_SECONDS_MAX: u32 = 86_400;
/// Longest window of a rate of change, in seconds.
pub const RATE_SECONDS_MAX: u32 = 86_400;
/// Longest time without readings that a rule waits for, in seconds: thirty days.
pub const MISSING_SECONDS_MAX: u32 = 2_592_000;
/// How old a reading may be for a condition over several properties unless the rule says otherwise, in seconds.
pub const MAX_AGE_SECONDS: u32 = 3_600;
/// Longest window in which alarms are gathered to a storm, in seconds.
pub const STORM_SECONDS_MAX: u32 = 86_400;
/// The fewest alarms that make a storm.
pub const STORM_FROM_MIN: u32 = 2;

/// `rules.toml` of a system.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmRules {
    /// The rules; each by its own name and version.
    #[serde(rename = "rule", default)]
    pub rules: Vec<AlarmRule>,
}

/// One version of a rule; it has exactly one of `above`, `below`, `rate`, `missing` and `when`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmRule {
    /// Unique in the pack; kebab-case.
    pub name: RuleName,
    /// Shown, for example `井盖倾斜`.
    pub title: String,
    /// In force from this day until the next version of the same name; an alarm keeps it.
    #[schemars(with = "crate::calendar::Day")]
    pub version: Date,
    /// The type of things that it watches.
    pub watches: ThingTypeName,
    /// How urgent its alarms are: `一般`, `紧急` or `重大`.
    pub level: AlarmLevel,
    /// What it is for and what to do, for those who read an alarm.
    pub about: String,
    /// A reading above a limit.
    pub above: Option<Threshold>,
    /// A reading below a limit.
    pub below: Option<Threshold>,
    /// Readings that rise or fall too fast.
    pub rate: Option<Rate>,
    /// No usable reading for too long.
    pub missing: Option<Missing>,
    /// CEL over the newest usable readings of the thing's properties and over `param`: hyphens of names are written as
    /// `_`, for example `pm25 > param.pm25_max && pm10 / pm25 < 2.0`.
    pub when: Option<String>,
    /// With `when`: the alarm ends when this holds; when `when` no longer holds, if absent.
    pub clear_when: Option<String>,
    /// With `when`: a reading older than this counts as none, in seconds; [`MAX_AGE_SECONDS`] if absent.
    pub max_age_seconds: Option<u32>,
    /// How long it must last before the alarm is raised, in seconds.
    #[serde(default)]
    pub hold_seconds: u32,
    /// How long it must be over before the alarm ends, in seconds.
    #[serde(default)]
    pub clear_seconds: u32,
    /// What becomes of the alarm's case when all is normal again: `none` (a person decides), `verify` or `close`.
    #[serde(default)]
    pub on_clear: OnClear,
    /// When many alarms are told as one storm; never, if absent.
    pub group: Option<Grouping>,
}

/// How urgent an alarm is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
pub enum AlarmLevel {
    /// 一般.
    #[serde(rename = "一般")]
    Ordinary,
    /// 紧急.
    #[serde(rename = "紧急")]
    Urgent,
    /// 重大.
    #[serde(rename = "重大")]
    Major,
}

impl AlarmLevel {
    /// All, the mildest first.
    pub const ALL: [Self; 3] = [Self::Ordinary, Self::Urgent, Self::Major];

    /// The word, as it is declared, stored and shown.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ordinary => "一般",
            Self::Urgent => "紧急",
            Self::Major => "重大",
        }
    }
}

impl std::fmt::Display for AlarmLevel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A text that is no level of alarms.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no level of alarms")]
pub struct AlarmLevelError(String);

impl std::str::FromStr for AlarmLevel {
    type Err = AlarmLevelError;

    fn from_str(text: &str) -> Result<Self, AlarmLevelError> {
        let level = Self::ALL.into_iter().find(|level| level.as_str() == text);
        level.ok_or_else(|| AlarmLevelError(text.to_owned()))
    }
}

/// A limit on one property.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// The property.
    pub property: PropertyName,
    /// Key of the limit: a reading exactly at it is not beyond it.
    pub limit: String,
    /// Key of the value at which the alarm ends, on the normal side of the limit (hysteresis); the limit, if absent.
    pub clear: Option<String>,
}

/// A change of one property within a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rate {
    /// The property.
    pub property: PropertyName,
    /// Key of the rise (newest less lowest reading of the window) that is too much. Either this or `falls`.
    pub rises: Option<String>,
    /// Key of the fall (highest less newest reading of the window) that is too much.
    pub falls: Option<String>,
    /// The window, in seconds.
    pub within_seconds: u32,
}

/// Silence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Missing {
    /// How long, in seconds.
    pub after_seconds: u32,
    /// Of this property; of all properties of the thing together, if absent.
    pub property: Option<PropertyName>,
}

/// What becomes of the case of an alarm that is over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OnClear {
    /// Nothing by itself.
    #[default]
    None,
    /// Somebody is asked to verify that all is well.
    Verify,
    /// It is closed.
    Close,
}

impl OnClear {
    /// The word, as it is declared and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Verify => "verify",
            Self::Close => "close",
        }
    }
}

/// When alarms that come close together are told as one storm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Grouping {
    /// Which alarms belong together.
    pub by: GroupBy,
    /// Within this time, in seconds. A storm ends when none of its alarms is open and none has come for as long.
    pub window_seconds: u32,
    /// From this many on: the earlier ones are told each by itself, this one and the later ones as one storm.
    pub from: u32,
}

/// Which alarms belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum GroupBy {
    /// Those of this rule, wherever they are.
    Rule,
    /// Those of this rule in one county-level division (区县); things without a division are one group.
    District,
    /// Those of all rules over the same type of things that group so, wherever they are.
    Type,
}
