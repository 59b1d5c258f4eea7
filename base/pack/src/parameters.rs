//! Parameters of rules (参数): limits and other numbers with their unit, dates and source, by key, type of thing and area.
//!
//! Which rule compares what with them is the business of `rules`.

use std::collections::BTreeSet;
use std::sync::Arc;

use baotu_vocabulary::{DivisionCode, ThingTypeName};
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::system::SystemStatus;

/// One row of `parameters.csv` of a system: a number, for which things, from when, by which source.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ParameterRow {
    /// The key that rules name, for example `tilt-max`.
    pub key: String,
    /// Only for things of this type; empty for all. A row with a type wins over one without.
    pub thing_type: Option<ThingTypeName>,
    /// Only in this division or functional zone; empty everywhere. The smallest area that holds a thing wins.
    pub area: Option<String>,
    /// The number.
    pub value: f64,
    /// Its unit, the very one of the property it is compared with, for example `°` or `μg/m³`.
    pub unit: String,
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: Date,
    /// Last day in force; empty while it holds.
    #[schemars(with = "Option<crate::calendar::Day>")]
    pub valid_to: Option<Date>,
    /// The document it comes from, with its clause, or `demo` for a value made up for the demo city.
    pub source: String,
    /// `demo` while it is made up, `trial`, or `in-force`.
    pub status: SystemStatus,
}

impl ParameterRow {
    /// Whether the row holds on `day`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether the row speaks of things of `kind`.
    pub fn is_for(&self, kind: &ThingTypeName) -> bool {
        self.thing_type.as_ref().is_none_or(|named| named == kind)
    }
}

/// The rows of a system's `parameters.csv`.
#[derive(Clone, Debug, Default)]
pub struct Parameters {
    rows: Vec<Arc<ParameterRow>>,
}

impl Parameters {
    /// These rows, in this order; codes of divisions in their short form.
    pub fn new(rows: impl IntoIterator<Item = ParameterRow>) -> Self {
        let short = |mut row: ParameterRow| {
            if let Some(code) = row.area.as_deref().and_then(|area| area.parse::<DivisionCode>().ok()) {
                row.area = Some(code.to_string());
            }
            Arc::new(row)
        };
        Self { rows: rows.into_iter().map(short).collect() }
    }

    /// The row of `key` in force on `day` for a thing of `kind` that lies in `areas` (codes of divisions and zones, the
    /// smallest first). Area outweighs type: the row of the smallest area wins, and among those one that names the type.
    pub fn choose(
        &self,
        key: &str,
        kind: &ThingTypeName,
        areas: &[&str],
        day: Date,
    ) -> Option<&Arc<ParameterRow>> {
        let nearness = |row: &ParameterRow| match &row.area {
            None => Some(0),
            // The first of the areas is the nearest, so it counts most.
            Some(area) => areas.iter().position(|code| code == area).map(|place| areas.len() - place),
        };
        self.rows
            .iter()
            .filter(|row| row.key == key && row.in_force(day) && row.is_for(kind))
            .filter_map(|row| Some((nearness(row)?, row.thing_type.is_some(), row.valid_from, row)))
            .max_by_key(|(near, typed, from, _)| (*near, *typed, *from))
            .map(|(.., row)| row)
    }

    /// The rows of `key` that speak of things of `kind`, in their order.
    pub fn of<'a>(
        &'a self,
        key: &'a str,
        kind: &'a ThingTypeName,
    ) -> impl Iterator<Item = &'a Arc<ParameterRow>> {
        self.rows.iter().filter(move |row| row.key == key && row.is_for(kind))
    }

    /// Every key, once.
    pub fn keys(&self) -> BTreeSet<&str> {
        self.rows.iter().map(|row| row.key.as_str()).collect()
    }

    /// All rows, as declared.
    pub fn rows(&self) -> &[Arc<ParameterRow>] {
        &self.rows
    }
}
