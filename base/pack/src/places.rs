//! What `places/` may declare: divisions, functional zones, responsibility areas, generated cells, the gazetteer.
//!
//! Shapes and distances are the `geo` engine's business; outlines are handed to it as they stand.

use baotu_vocabulary::UnitCode;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One row of `places/divisions.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Division {
    /// 6 (city, district), 9 (street, town) or 12 digits (community, village).
    pub code: String,
    /// Shown.
    pub name: String,
    /// `city`, `district`, `zone`, `street`, `town`, `community` or `village`.
    pub kind: String,
    /// The division above; empty at the top.
    pub parent: Option<String>,
    /// Longitude of its label in degrees, CGCS2000.
    pub lon: Option<f64>,
    /// Latitude of its label in degrees, CGCS2000.
    pub lat: Option<f64>,
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: jiff::civil::Date,
    /// Last day in force; empty while it holds.
    #[schemars(with = "Option<crate::calendar::Day>")]
    pub valid_to: Option<jiff::civil::Date>,
    /// The code that followed it.
    pub successor: Option<String>,
    /// Where the row comes from; says what is made up.
    pub source: String,
}

/// `places/zones.toml`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zones {
    /// The functional zones.
    #[serde(rename = "zone", default)]
    pub zones: Vec<Zone>,
}

/// A functional zone: no division, so without a code of GB/T 2260.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Own short code.
    pub code: String,
    /// Shown.
    pub name: String,
    /// For example `high-tech-zone`.
    pub kind: String,
    /// The divisions that make it up.
    pub members: Vec<String>,
    /// Where it comes from.
    pub source: String,
}

/// `places/areas.toml`.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Areas {
    /// The responsibility areas.
    #[serde(rename = "area", default)]
    pub areas: Vec<Area>,
}

/// A responsibility area (责任区): a set of divisions and cells that a unit looks after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Own code, unique.
    pub code: String,
    /// Shown.
    pub name: String,
    /// For example `supervision-grid` or `community-grid`; areas of one kind do not overlap.
    pub kind: String,
    /// The unit in charge.
    pub unit: Option<UnitCode>,
    /// Codes of divisions (6, 9, 12 digits) and of cells (15 digits).
    pub members: Vec<String>,
    /// Where it comes from.
    pub source: String,
}

/// `places/cells.toml`: how unit grid cells are made where a city has none surveyed.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cells {
    /// Cuts the outlines into squares.
    pub generate: Option<GeneratedCells>,
}

/// Squares in the place of surveyed cells.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GeneratedCells {
    /// Edge of a square in metres.
    pub edge_metres: f64,
    /// `synthetic`.
    pub source: String,
}

/// One row of `places/gazetteer.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GazetteerRow {
    /// The place's name.
    pub name: String,
    /// Other names, separated by spaces.
    pub aliases: Option<String>,
    /// For example `spring`, `road`, `park`, `station`.
    pub kind: String,
    /// Longitude in degrees, CGCS2000.
    pub lon: f64,
    /// Latitude in degrees, CGCS2000.
    pub lat: f64,
    /// The division it lies in.
    pub division: String,
    /// Where the row comes from; says what is approximate or made up.
    pub source: String,
}
