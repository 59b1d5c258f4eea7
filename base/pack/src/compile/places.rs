//! Divisions, zones and positions: one tree, codes that agree with it, and nothing outside the city.

use std::collections::{HashMap, HashSet};

use baotu_vocabulary::DivisionCode;
use serde_json::Value as Json;

use crate::document::keys;
use crate::load::Declared;
use crate::places::{Areas, Division};
use crate::problem::Place;
use crate::table::Table;

use super::Compiler;

/// Digits of a unit grid cell's code (GB/T 30428.1).
const CELL_DIGITS: usize = 15;

impl Compiler<'_> {
    pub(super) fn places(&mut self) {
        let draft = self.draft;
        self.extent();
        for table in &draft.divisions {
            self.divisions(table);
        }
        for declared in &draft.zones {
            let file = declared.document.file.as_str();
            for (index, zone) in declared.value.zones.iter().enumerate() {
                for (number, member) in zone.members.iter().enumerate() {
                    let place = declared.document.place(keys!["zone", index, "members", number]);
                    self.want_division(file, place, member);
                }
            }
        }
        for declared in &draft.areas {
            self.areas(declared);
        }
        for declared in &draft.cells {
            let edge = declared.value.generate.as_ref().map(|generate| generate.edge_metres);
            if edge.is_some_and(|edge| !edge.is_finite() || edge < 1.0) {
                let place = declared.document.place(keys!["generate", "edge_metres"]);
                let message = "网格边长应为正数（米）";
                self.problems.error(&declared.document.file, place, "out-of-range", message, None);
            }
        }
        for table in &draft.gazetteer {
            for (index, row) in table.values().enumerate() {
                self.inside(&table.file, table.place(index, "lon"), row.lon, row.lat, &row.name);
                self.want_division(&table.file, table.place(index, "division"), &row.division);
            }
        }
        for (name, outline) in &draft.outlines {
            self.outline(&format!("places/{name}"), outline);
        }
    }

    fn areas(&mut self, declared: &Declared<Areas>) {
        let document = &declared.document;
        let file = document.file.as_str();
        let mut seen = HashSet::new();
        for (index, area) in declared.value.areas.iter().enumerate() {
            if !seen.insert(&area.code) {
                let place = document.place(keys!["area", index, "code"]);
                let message = format!("责任区“{}”重复声明", area.code);
                self.problems.error(file, place, "duplicate-name", message, None);
            }
            if let Some(unit) = &area.unit {
                self.want_unit(file, document.place(keys!["area", index, "unit"]), unit.as_str());
            }
            // Cells are known to the engine that cuts them; divisions are known here.
            for (number, member) in
                area.members.iter().enumerate().filter(|(_, member)| member.len() < CELL_DIGITS)
            {
                let place = document.place(keys!["area", index, "members", number]);
                self.want_division(file, place, member);
            }
        }
    }

    /// What the city says of its own extent.
    fn extent(&mut self) {
        let Some(city) = &self.draft.city else { return };
        let (document, city) = (&city.document, &city.value);
        let [west, south, east, north] = city.bounds;
        if !(west < east && south < north) {
            let place = document.place(keys!["bounds"]);
            let hint = Some("次序为西、南、东、北：[116.1, 35.9, 118.1, 37.7]".to_owned());
            self.problems.error(&document.file, place, "bad-bounds", "范围颠倒或为空", hint);
        }
        let [lon, lat] = city.centre;
        self.inside(&document.file, document.place(keys!["centre"]), lon, lat, "centre");
        if let Some(code) = city.division.as_deref().filter(|_| !self.draft.divisions.is_empty()) {
            self.want_division(&document.file, document.place(keys!["division"]), code);
        }
    }

    fn inside(&mut self, file: &str, place: Place, lon: f64, lat: f64, name: &str) {
        let Some(city) = &self.draft.city else { return };
        let [west, south, east, north] = city.value.bounds;
        let within = |lon: f64, lat: f64| (west..=east).contains(&lon) && (south..=north).contains(&lat);
        let empty = !(west < east && south < north);
        if empty || within(lon, lat) {
            return;
        }
        let message = format!("“{name}”的坐标（{lon}, {lat}）在城市范围之外");
        let hint = within(lat, lon).then(|| "经度和纬度写反了".to_owned());
        self.problems.error(file, place, "outside-bounds", message, hint);
    }

    fn divisions(&mut self, table: &Table<Division>) {
        let file = table.file.as_str();
        let chinese = self.draft.city.as_ref().is_some_and(|city| city.value.division.is_some());
        let mut seen: HashMap<&str, Vec<&Division>> = HashMap::new();
        for (index, division) in table.values().enumerate() {
            let code = match division.code.parse::<DivisionCode>() {
                Ok(code) => Some(code),
                Err(error) if chinese => {
                    let place = table.place(index, "code");
                    self.problems.error(file, place, "bad-division-code", error.to_string(), None);
                    None
                }
                Err(_) => None,
            };
            let others = seen.entry(&division.code).or_default();
            let meets = |other: &&&Division| {
                other.valid_to.is_none_or(|last| division.valid_from <= last)
                    && division.valid_to.is_none_or(|last| other.valid_from <= last)
            };
            if others.iter().any(|other| meets(&other)) {
                let message = format!("区划“{}”在同一时期重复", division.code);
                self.problems.error(file, table.place(index, "code"), "duplicate-name", message, None);
            }
            others.push(division);
            self.period(file, table.place(index, "valid_to"), division.valid_from, division.valid_to);
            if let Some(parent) = &division.parent {
                self.parent_division(table, index, parent, code);
            }
            if let Some(successor) = &division.successor {
                self.want_division(file, table.place(index, "successor"), successor);
            }
            match (division.lon, division.lat) {
                (Some(lon), Some(lat)) => {
                    self.inside(file, table.place(index, "lon"), lon, lat, &division.name);
                }
                (None, None) => {}
                _ => {
                    let message = format!("“{}”的坐标只写了一半", division.name);
                    self.problems.error(file, table.place(index, "lon"), "half-position", message, None);
                }
            }
        }
    }

    /// The parent must be there, and hold the code by its digits.
    fn parent_division(
        &mut self,
        table: &Table<Division>,
        index: usize,
        parent: &str,
        code: Option<DivisionCode>,
    ) {
        let place = table.place(index, "parent");
        self.want_division(&table.file, place, parent);
        if let (Some(code), Ok(above)) = (code, parent.parse::<DivisionCode>())
            && (code == above || !above.contains(code))
        {
            let message = format!("区划“{code}”的上级写成了“{parent}”，代码却不以它开头");
            self.problems.error(&table.file, place, "wrong-parent", message, None);
        }
    }

    fn outline(&mut self, file: &str, outline: &Json) {
        let Some(features) =
            outline["features"].as_array().filter(|_| outline["type"] == "FeatureCollection")
        else {
            let hint = Some(r#"写成 {"type": "FeatureCollection", "features": […]}"#.to_owned());
            self.problems.error(file, Place::START, "bad-outline", "不是 GeoJSON 的 FeatureCollection", hint);
            return;
        };
        for feature in features {
            let code = feature["properties"]["code"].as_str();
            let name = code.unwrap_or("?");
            let kind = feature["geometry"]["type"].as_str().unwrap_or_default();
            if !matches!(kind, "Polygon" | "MultiPolygon") {
                let message = format!("“{name}”的图形不是面（Polygon、MultiPolygon），却是“{kind}”");
                self.problems.error(file, Place::START, "bad-outline", message, None);
                continue;
            }
            if code.is_none() {
                let message = "有图形没有写 properties.code";
                self.problems.error(file, Place::START, "bad-outline", message, None);
            }
            if let Some(code) = code.filter(|_| !file.contains("cells") && !file.contains("areas")) {
                self.want_division(file, Place::START, code);
            }
            if let Some((lon, lat)) = first_outside(&feature["geometry"]["coordinates"], &|lon, lat| {
                self.draft.city.as_ref().is_none_or(|city| {
                    let [west, south, east, north] = city.value.bounds;
                    (west..=east).contains(&lon) && (south..=north).contains(&lat)
                })
            }) {
                self.inside(file, Place::START, lon, lat, name);
            }
        }
    }
}

/// The first position of nested coordinates that is not inside.
fn first_outside(coordinates: &Json, inside: &impl Fn(f64, f64) -> bool) -> Option<(f64, f64)> {
    let items = coordinates.as_array()?;
    if let [lon, lat, ..] = items.as_slice()
        && let (Some(lon), Some(lat)) = (lon.as_f64(), lat.as_f64())
    {
        return (!inside(lon, lat)).then_some((lon, lat));
    }
    items.iter().find_map(|item| first_outside(item, inside))
}
