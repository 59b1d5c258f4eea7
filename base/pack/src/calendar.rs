//! What `calendar/*.toml` may declare: the holidays and make-up working days of a year.
//!
//! How days are counted is `vocabulary::calendar`'s business.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One year of the working-day calendar, `calendar/<year>.toml`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// Not announced yet: days are computed Monday to Friday and marked provisional.
    #[serde(default)]
    pub provisional: bool,
    /// The notice it comes from.
    pub source: String,
    /// Days off.
    #[serde(default)]
    #[schemars(with = "Vec<Day>")]
    pub off: Vec<jiff::civil::Date>,
    /// Saturdays and Sundays that are working days (调休).
    #[serde(default)]
    #[schemars(with = "Vec<Day>")]
    pub work: Vec<jiff::civil::Date>,
}

/// A day in a schema: text such as `2026-11-24`.
pub(crate) struct Day;

impl JsonSchema for Day {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Day".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "format": "date"})
    }
}
