//! The places that a city pack declares, as the atlas takes them.
//!
//! The pack compiler has read the files and checked their tables; what only geometry tells is checked here.

use baotu_pack::Pack;
use baotu_vocabulary::{CellCode, DivisionCode, Point};
use geo::MultiPolygon;
use geojson::Feature;
use serde::Deserialize;
use serde_json::Value as Json;

use crate::places::{
    CellDeclared, CellsDeclared, DivisionDeclared, PlaceDeclared, PlaceProblem, Places, UnitDeclared,
    ZoneDeclared,
};

/// Files of `places/` with outlines of divisions. The city's own counts only where there are no finer ones.
const OUTLINES: [&str; 3] = ["districts.geojson", "streets.geojson", "communities.geojson"];
const CITY_OUTLINE: &str = "city.geojson";
/// The surveyed unit grid; without it cells are generated where the pack says so.
const CELLS: &str = "cells.geojson";

impl Places {
    /// What `pack` declares; what can't be used is left out and told.
    pub fn from_pack(pack: &Pack) -> (Self, Vec<PlaceProblem>) {
        let mut problems = Vec::new();
        let city = pack.city();
        let mut shapes: Vec<_> =
            OUTLINES.iter().flat_map(|file| outlines(pack, file, &mut problems)).collect();
        if shapes.is_empty() {
            shapes = outlines(pack, CITY_OUTLINE, &mut problems);
        }
        let places = Self {
            city: city.title.clone(),
            bounds: Some(city.bounds),
            divisions: divisions(pack, &mut problems),
            outlines: shapes,
            zones: zones(pack, &mut problems),
            cells: cells(pack, &mut problems),
            gazetteer: gazetteer(pack, &mut problems),
            units: units(pack, &mut problems),
            areas: Vec::new(),
        };
        (places, problems)
    }
}

fn divisions(pack: &Pack, problems: &mut Vec<PlaceProblem>) -> Vec<DivisionDeclared> {
    let mut divisions = Vec::new();
    for row in pack.divisions().all() {
        let Some(code) = code_of(&row.code, &row.name, problems) else { continue };
        divisions.push(DivisionDeclared {
            code,
            name: row.name.clone(),
            kind: row.kind.clone(),
            parent: row.parent.as_deref().and_then(|parent| code_of(parent, &row.name, problems)),
            label: row.lon.zip(row.lat).and_then(|(lon, lat)| point(lon, lat, &row.name, problems)),
            valid_from: Some(row.valid_from),
            valid_to: row.valid_to,
            successor: row.successor.as_deref().and_then(|successor| code_of(successor, &row.name, problems)),
        });
    }
    divisions
}

fn zones(pack: &Pack, problems: &mut Vec<PlaceProblem>) -> Vec<ZoneDeclared> {
    let mut zones = Vec::new();
    for zone in pack.zones() {
        zones.push(ZoneDeclared {
            code: zone.code.as_str().into(),
            name: zone.name.clone(),
            kind: zone.kind.clone(),
            members: zone.members.iter().filter_map(|member| code_of(member, &zone.name, problems)).collect(),
        });
    }
    zones
}

fn cells(pack: &Pack, problems: &mut Vec<PlaceProblem>) -> CellsDeclared {
    if pack.outlines(CELLS).is_some() {
        let cells = areas(pack, CELLS, problems).into_iter();
        return CellsDeclared::Surveyed(
            cells.map(|(code, outline)| CellDeclared { code: CellCode::new(code), outline }).collect(),
        );
    }
    pack.generated_cells()
        .map_or(CellsDeclared::None, |cells| CellsDeclared::Generated { edge_metres: cells.edge_metres })
}

fn gazetteer(pack: &Pack, problems: &mut Vec<PlaceProblem>) -> Vec<PlaceDeclared> {
    let mut places = Vec::new();
    for row in pack.gazetteer() {
        let Some(point) = point(row.lon, row.lat, &row.name, problems) else { continue };
        let aliases = row.aliases.iter().flat_map(|aliases| aliases.split_whitespace());
        places.push(PlaceDeclared {
            name: row.name.clone(),
            aliases: aliases.map(str::to_owned).collect(),
            kind: row.kind.clone(),
            point,
        });
    }
    places
}

fn units(pack: &Pack, problems: &mut Vec<PlaceProblem>) -> Vec<UnitDeclared> {
    let mut units = Vec::new();
    for unit in pack.units().all() {
        let Some(area) = code_of(&unit.area, unit.code.as_str(), problems) else { continue };
        units.push(UnitDeclared {
            code: unit.code.clone(),
            name: unit.name.clone(),
            kind: unit.kind.clone(),
            area,
        });
    }
    units
}

/// The outlines of divisions in a GeoJSON file; none where the pack has no such file.
fn outlines(
    pack: &Pack,
    file: &str,
    problems: &mut Vec<PlaceProblem>,
) -> Vec<(DivisionCode, MultiPolygon<f64>)> {
    let mut outlines = Vec::new();
    for (code, shape) in areas(pack, file, problems) {
        if let Some(code) = code_of(&code, &format!("places/{file}"), problems) {
            outlines.push((code, shape));
        }
    }
    outlines
}

/// The areas of a GeoJSON file with the `code` of each; none where the pack has no such file.
fn areas(pack: &Pack, file: &str, problems: &mut Vec<PlaceProblem>) -> Vec<(String, MultiPolygon<f64>)> {
    let Some(json) = pack.outlines(file) else { return Vec::new() };
    let mut problem = |about: &str, message: String| {
        problems.push(PlaceProblem {
            about: format!("places/{file}{about}"),
            code: "outline-unreadable",
            message,
            hint: "应为 GeoJSON FeatureCollection，每个要素有 code 属性和 Polygon 或 MultiPolygon",
        });
    };
    let Some(features) = json.get("features").and_then(Json::as_array) else {
        problem("", "不是 FeatureCollection".to_owned());
        return Vec::new();
    };
    let mut areas = Vec::new();
    for (number, feature) in (1..).zip(features) {
        match area(feature) {
            Ok(area) => areas.push(area),
            Err(wrong) => problem(&format!(" 第 {number} 个要素"), wrong),
        }
    }
    areas
}

fn area(feature: &Json) -> Result<(String, MultiPolygon<f64>), String> {
    let feature = Feature::deserialize(feature).map_err(|error| error.to_string())?;
    let code = feature.property("code").and_then(Json::as_str).ok_or("没有文字的 code 属性")?;
    let code = code.to_owned();
    let geometry = feature.geometry.ok_or("没有几何")?;
    match geo::Geometry::<f64>::try_from(geometry) {
        Ok(geo::Geometry::Polygon(polygon)) => Ok((code, MultiPolygon::new(vec![polygon]))),
        Ok(geo::Geometry::MultiPolygon(shape)) => Ok((code, shape)),
        Ok(_) => Err("几何不是面".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

fn code_of(text: &str, about: &str, problems: &mut Vec<PlaceProblem>) -> Option<DivisionCode> {
    let code = text.parse().ok();
    if code.is_none() {
        problems.push(PlaceProblem {
            about: about.to_owned(),
            code: "division-code",
            message: format!("“{text}”不是区划代码"),
            hint: "应为 6、9 或 12 位数字",
        });
    }
    code
}

fn point(lon: f64, lat: f64, about: &str, problems: &mut Vec<PlaceProblem>) -> Option<Point> {
    let point = Point::new(lon, lat).ok();
    if point.is_none() {
        problems.push(PlaceProblem {
            about: about.to_owned(),
            code: "coordinates-out-of-range",
            message: format!("经度 {lon}、纬度 {lat} 不是地球上的点"),
            hint: "先经度后纬度，CGCS2000，单位为度",
        });
    }
    point
}
