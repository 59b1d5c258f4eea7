//! What `city.toml` may declare: the city's name, zone of time, officials' hours and standards in use.

use baotu_vocabulary::{CategoryCode, ProcedureName, RoleName};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `city.toml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct City {
    /// Kebab-case name of the pack, for example `jinan`.
    pub name: String,
    /// Shown, for example `济南市`.
    pub title: String,
    /// The title in English.
    pub title_en: Option<String>,
    /// The city's division code, 6 digits; absent for cities outside China.
    pub division: Option<String>,
    /// IANA time zone, for example `Asia/Shanghai`.
    pub time_zone: String,
    /// The jurisdiction id that Open311 clients name.
    pub jurisdiction_id: String,
    /// Smallest and largest longitude and latitude in degrees: a coarse check of coordinates `[west, south, east, north]`.
    pub bounds: [f64; 4],
    /// Where the map opens: `[lon, lat]`.
    pub centre: [f64; 2],
    /// Everything in this pack that is made up is marked with this word, for example `合成数据`.
    pub synthetic_mark: Option<String>,
    /// The role of the first administrator (`baotu serve --bootstrap`).
    pub administrator_role: Option<RoleName>,
    /// Office hours by season; 工作时 count inside them.
    #[serde(rename = "office_hours", default)]
    pub office_hours: Vec<OfficeHours>,
    /// What residents find on their first page, in this order; at most [`SHORTCUTS_MAX`].
    #[serde(rename = "shortcut", default)]
    pub shortcuts: Vec<Shortcut>,
}

/// Shortcuts on the first page of residents.
pub const SHORTCUTS_MAX: usize = 8;

/// A problem that residents can report from their first page, by its nature and not by who is in charge.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shortcut {
    /// Shown, for example `路灯不亮`.
    pub title: String,
    /// The title in English.
    pub title_en: Option<String>,
    /// The picture beside it.
    pub icon: ShortcutIcon,
    /// The procedure with which a case is opened; it must be open to residents.
    pub procedure: ProcedureName,
    /// The category that is chosen beforehand, of the procedure's code table.
    pub category: CategoryCode,
}

/// The pictures that the resident page has for shortcuts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ShortcutIcon {
    /// A street lamp.
    Lamp,
    /// A road.
    Road,
    /// A manhole cover.
    Cover,
    /// Water.
    Water,
    /// Litter.
    Litter,
    /// A tree.
    Tree,
    /// Noise.
    Noise,
    /// A parked car.
    Parking,
    /// A stall.
    Stall,
    /// A building.
    Building,
    /// Heating.
    Heat,
    /// A question.
    Question,
}

/// The office hours of a season.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeHours {
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: jiff::civil::Date,
    /// First day of the season as `MM-DD`; absent for all year.
    pub season_from: Option<String>,
    /// Last day of the season as `MM-DD`.
    pub season_to: Option<String>,
    /// Spans of the day as `HH:MM-HH:MM`, in order.
    pub spans: Vec<String>,
    /// The document it comes from, or `demo`.
    pub source: String,
}
