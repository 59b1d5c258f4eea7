//! What a city's things are and what they say: properties with units, types of things, how their messages are read.
//!
//! The things themselves are registered in the running city; here stands only what all of one type have in common.

use std::collections::BTreeMap;

use baotu_vocabulary::{PropertyName, ThingTypeName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// `things.toml` of a system.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensing {
    /// The properties that are observed.
    #[serde(rename = "property", default)]
    pub properties: Vec<Property>,
    /// The types of things that observe them.
    #[serde(rename = "type", default)]
    pub types: Vec<ThingType>,
}

/// An observed property (观测属性): what a reading is the value of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Property {
    /// Unique in the pack; kebab-case.
    pub name: PropertyName,
    /// Shown, for example `PM2.5 小时浓度`.
    pub title: String,
    /// Shown in English.
    pub title_en: Option<String>,
    /// In which its readings are kept and shown, for example `µg/m³`.
    pub unit: String,
    /// The least that can be; a reading below it is kept and flagged as beyond the range.
    pub min: Option<f64>,
    /// The most that can be; a reading above it is kept and flagged as beyond the range.
    pub max: Option<f64>,
    /// Decimals that are shown.
    #[serde(default)]
    pub decimals: u8,
    /// How long its readings are kept, in days; their hourly figures stay.
    pub keep_days: u32,
    /// Whether its readings of public things are open data.
    #[serde(default)]
    pub public: bool,
    /// The document it comes from, or `demo`.
    pub source: String,
}

/// A type of thing (设备类型): what it observes, how it speaks, what it can be told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingType {
    /// Unique in the pack; kebab-case.
    pub name: ThingTypeName,
    /// Shown, for example `井盖监测终端`.
    pub title: String,
    /// Shown in English.
    pub title_en: Option<String>,
    /// One sentence for officials.
    pub about: String,
    /// What it observes.
    pub properties: Vec<PropertyName>,
    /// How often it reports when nothing happens, in seconds.
    pub reports_every_seconds: u32,
    /// It counts as offline after so many seconds without a word.
    pub offline_after_seconds: u32,
    /// Whether its things, their places and their public properties are open data.
    #[serde(default)]
    pub public: bool,
    /// Whether everybody may see on the city's map where its things stand, without name or code: facilities of the city, never
    /// what stands in homes. Public things are shown in any case.
    #[serde(default)]
    pub shown_on_map: bool,
    /// Where it is not the plain form (`{"time", "values": {property: value}}`): how its JSON messages are read.
    pub payload: Option<Payload>,
    /// How its HJ 212 messages are read.
    pub hj212: Option<Hj212>,
    /// How the meter frames that it passes on are read.
    pub meter: Option<Meter>,
    /// Figures that are calculated from its newest readings.
    #[serde(rename = "indicator", default)]
    pub indicators: Vec<ThingIndicator>,
    /// What it can be told.
    #[serde(rename = "command", default)]
    pub commands: Vec<ThingCommand>,
}

/// How the JSON messages of a type are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Payload {
    /// JSON Pointer to a list of messages in one; absent when a message is one.
    pub list: Option<String>,
    /// JSON Pointer to the time; the time of arrival when absent.
    pub time: Option<String>,
    /// How the time is written.
    #[serde(default)]
    pub time_form: TimeForm,
    /// The values in it.
    #[serde(rename = "value")]
    pub values: Vec<PayloadValue>,
}

/// How a message writes its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TimeForm {
    /// RFC 3339.
    #[default]
    Rfc3339,
    /// Seconds since 1970, UTC.
    Seconds,
    /// Milliseconds since 1970, UTC.
    Milliseconds,
    /// `2026-11-29 08:00:00` in the city's zone.
    Local,
}

/// One value in a JSON message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PayloadValue {
    /// JSON Pointer to it, for example `/data/tilt`; `true` and `false` count as 1 and 0.
    pub at: String,
    /// What it is the value of.
    pub property: PropertyName,
    /// The unit in which it is sent; that of the property when absent.
    pub unit: Option<String>,
    /// Kept is `sent × factor + offset`; wanted when the units differ.
    pub factor: Option<f64>,
    /// Added after the factor.
    pub offset: Option<f64>,
}

/// How the HJ 212 messages of a type are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hj212 {
    /// ST, for example `22`.
    pub system: String,
    /// The factors in it.
    #[serde(rename = "factor")]
    pub factors: Vec<Hj212Factor>,
}

/// One factor of HJ 212 messages.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Hj212Factor {
    /// The factor, for example `a34004`; of a code of 2005, that.
    pub code: String,
    /// Which of its values: `Rtd`, `Avg`, `Cou` …
    pub kind: String,
    /// The command it comes with, for example 2011; any when absent.
    pub command: Option<u16>,
    /// What it is the value of.
    pub property: PropertyName,
    /// The unit that the device sends; it is a setting of the device, the standard's table is not trusted.
    pub unit: Option<String>,
    /// Kept is `sent × factor`; wanted when the units differ.
    pub factor: Option<f64>,
}

/// How the meter frames of a type are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meter {
    /// Which protocol.
    pub protocol: MeterProtocol,
    /// The values in it.
    #[serde(rename = "value")]
    pub values: Vec<MeterValue>,
}

/// The protocols of meters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MeterProtocol {
    /// DL/T 645-2007.
    Dlt645,
    /// CJ/T 188-2004 and -2018.
    Cjt188,
}

/// One value of a meter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MeterValue {
    /// DL/T 645: the data identifier, eight hexadecimal digits, for example `00010000`. CJ/T 188: `accumulated`.
    pub item: String,
    /// What it is the value of.
    pub property: PropertyName,
}

/// A figure that is calculated from the newest readings of a thing, by the method of its trade.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingIndicator {
    /// Unique in the type; kebab-case.
    pub name: String,
    /// Shown, for example `空气质量指数`.
    pub title: String,
    /// Shown in English.
    pub title_en: Option<String>,
    /// The method, for example `air.hourly-index`.
    pub method: String,
    /// Where its inputs come from: a property, or `attribute.` and the name of a number in the thing's attributes.
    pub with: BTreeMap<String, String>,
    /// Readings that are older are taken as missing, in seconds.
    pub within_seconds: u32,
}

/// Before the name of an attribute of a thing, where an input of a method comes from.
pub const ATTRIBUTE: &str = "attribute.";

/// Something that a thing can be told (指令).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ThingCommand {
    /// Unique in the type; kebab-case.
    pub name: String,
    /// Shown on its button.
    pub title: String,
    /// What is sent over MQTT, beside its id and name.
    #[serde(default)]
    pub body: Map<String, Json>,
    /// The command of HJ 212 that is sent to a device of that protocol, for example 1011.
    pub hj212: Option<u16>,
    /// How long its answer is waited for, in seconds.
    pub answer_within_seconds: u32,
}

impl Property {
    /// Whether a value can be: within what is declared.
    pub fn is_within_range(&self, value: f64) -> bool {
        self.min.is_none_or(|min| value >= min) && self.max.is_none_or(|max| value <= max)
    }
}

impl ThingType {
    /// A command by its name.
    pub fn command(&self, name: &str) -> Option<&ThingCommand> {
        self.commands.iter().find(|command| command.name == name)
    }

    /// Whether it observes a property.
    pub fn observes(&self, property: &PropertyName) -> bool {
        self.properties.contains(property)
    }
}
