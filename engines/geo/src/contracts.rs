//! What the geo engine answers to other engines: facts about a point, and about words that name a place.

use std::collections::BTreeMap;
use std::sync::Arc;

use baotu_vocabulary::contract::{Answer, schema_of};
use baotu_vocabulary::{
    CellCode, Contracts, DivisionCode, FactContract, FactFault, Facts, Point, UnitCode, ZoneCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::address::Placed;
use crate::atlas::{Atlas, Located};

/// The fact that says where a point is.
pub const CELL_AT: &str = "geo.cell_at";
/// The fact that says where words point to.
pub const PLACE: &str = "geo.place";

/// What is asked with [`CELL_AT`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CellQuestion {
    /// Longitude in CGCS2000 degrees.
    pub lon: f64,
    /// Latitude in CGCS2000 degrees.
    pub lat: f64,
}

/// What is answered: where the point is; `null` for a point outside the city.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
pub struct CellAnswer {
    /// The cell of the unit grid, 15 digits; `null` where there is none.
    #[schema(value_type = Option<String>)]
    pub cell: Option<CellCode>,
    /// The smallest known division; 12 digits where communities are known.
    #[schema(value_type = Option<String>)]
    pub division: Option<DivisionCode>,
    /// Name of the district or county.
    pub district: Option<String>,
    /// Name of the street or town.
    pub street: Option<String>,
    /// Name of the community or village.
    pub community: Option<String>,
    /// Codes of the functional zones that manage the place.
    #[schema(value_type = Vec<String>)]
    pub zones: Vec<ZoneCode>,
    /// The unit of each kind whose area holds the place.
    #[schema(value_type = BTreeMap<String, String>)]
    pub responsible: BTreeMap<String, UnitCode>,
}

/// What is asked with [`PLACE`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceQuestion {
    /// An address or the name of a place.
    pub text: String,
}

/// What is answered: the place the words name without doubt; `null` when there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct PlaceAnswer {
    /// The smallest division that is named.
    pub division: DivisionCode,
    /// Its name.
    pub name: String,
    /// The well-known place that is named in it.
    pub place: Option<String>,
    /// Where the place is, or the division's label.
    pub point: Option<Point>,
}

/// The contracts of this engine.
pub fn contracts() -> Contracts {
    let fact = |name, about, question, answer| FactContract { name, about, question, answer };
    Contracts {
        facts: vec![
            fact(
                CELL_AT,
                "坐标所在的单元网格、区划、功能区和各类责任单位；不在本市为 null",
                schema_of::<CellQuestion>(),
                schema_of::<Option<CellAnswer>>(),
            ),
            fact(
                PLACE,
                "地址或地名所指的区划和位置；无法确定为 null",
                schema_of::<PlaceQuestion>(),
                schema_of::<Option<PlaceAnswer>>(),
            ),
        ],
        ..Contracts::default()
    }
}

/// Answers the facts of this engine.
#[derive(Clone, Debug)]
pub struct GeoFacts(pub Arc<Atlas>);

impl GeoFacts {
    /// Answers the fact `name`; `null` means that there is no such place.
    pub fn answer(&self, name: &str, question: Value) -> Result<Value, FactFault> {
        let fault = |reason: String| FactFault { name: name.to_owned(), reason };
        let answer = match name {
            CELL_AT => {
                let CellQuestion { lon, lat } = asked(question).map_err(fault)?;
                let located = self.0.locate_degrees(lon, lat).ok();
                serde_json::to_value(located.map(|located| CellAnswer::from(&located)))
            }
            PLACE => {
                let PlaceQuestion { text } = asked(question).map_err(fault)?;
                serde_json::to_value(self.0.place(&text).map(|placed| PlaceAnswer::from(&placed)))
            }
            _ => return Err(fault("not a fact of the geo engine".to_owned())),
        };
        answer.map_err(|error| fault(error.to_string()))
    }
}

impl Facts for GeoFacts {
    fn ask<'a>(&'a self, name: &'a str, question: Value) -> Answer<'a> {
        Box::pin(std::future::ready(self.answer(name, question)))
    }
}

fn asked<T: serde::de::DeserializeOwned>(question: Value) -> Result<T, String> {
    serde_json::from_value(question).map_err(|error| error.to_string())
}

impl From<&Located<'_>> for CellAnswer {
    fn from(located: &Located<'_>) -> Self {
        let name =
            |division: Option<&crate::division::Division>| division.map(|division| division.name.clone());
        let units = located.responsible_units();
        Self {
            cell: located.cell().map(|cell| cell.code.clone()),
            division: located.division().map(|division| division.code),
            district: name(located.district()),
            street: name(located.street()),
            community: name(located.community()),
            zones: located.zones().into_iter().map(|zone| zone.code.clone()).collect(),
            responsible: units.into_iter().map(|(kind, unit)| (kind.to_owned(), unit.code.clone())).collect(),
        }
    }
}

impl From<&Placed<'_>> for PlaceAnswer {
    fn from(placed: &Placed<'_>) -> Self {
        Self {
            division: placed.division.code,
            name: placed.division.name.clone(),
            place: placed.place.map(|place| place.name.clone()),
            point: placed.point,
        }
    }
}
