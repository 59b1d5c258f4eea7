//! A small made-up city: two districts with a ragged border between them, a handful of streets and communities.
//!
//! ```text
//!  36.70 ┌────────────┐
//!        │ 东泉区  ╱   │   117.00–117.10 east, the border runs north–south around 117.05
//!  36.66 └────────────┘
//! ```

use baotu_geo::places::{CellsDeclared, DivisionDeclared, PlaceDeclared, Places, UnitDeclared, ZoneDeclared};
use baotu_geo::{Atlas, PlaceProblem};
use baotu_vocabulary::{DivisionCode, Point};
use geo::{Coord, LineString, MultiPolygon, Polygon};
use jiff::civil::{Date, date};

pub(crate) const TODAY: Date = date(2026, 11, 24);
pub(crate) const WEST: &str = "370102";
pub(crate) const EAST: &str = "370103";

/// The border between the districts, from south to north.
pub(crate) const BORDER: [(f64, f64); 6] = [
    (117.05, 36.66),
    (117.0532, 36.6671),
    (117.0471, 36.6744),
    (117.0558, 36.6802),
    (117.0503, 36.6929),
    (117.05, 36.70),
];

pub(crate) fn code(text: &str) -> DivisionCode {
    text.parse().expect("a code of the fixture")
}

pub(crate) fn at(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).expect("a point of the fixture")
}

pub(crate) fn polygon(corners: &[(f64, f64)]) -> MultiPolygon<f64> {
    let ring: Vec<Coord<f64>> = corners.iter().map(|(x, y)| Coord { x: *x, y: *y }).collect();
    MultiPolygon::new(vec![Polygon::new(LineString::new(ring), Vec::new())])
}

pub(crate) fn division(code_text: &str, name: &str, kind: &str, label: (f64, f64)) -> DivisionDeclared {
    DivisionDeclared {
        code: code(code_text),
        name: name.to_owned(),
        kind: kind.to_owned(),
        parent: None,
        label: Some(at(label.0, label.1)),
        valid_from: None,
        valid_to: None,
        successor: None,
    }
}

pub(crate) fn unit(unit_code: &str, kind: &str, area: &str) -> UnitDeclared {
    UnitDeclared {
        code: unit_code.into(),
        name: format!("{unit_code} 单位"),
        kind: kind.to_owned(),
        area: code(area),
    }
}

/// The declarations; tests change what they are about.
pub(crate) fn places() -> Places {
    let border: Vec<(f64, f64)> = BORDER.to_vec();
    let west: Vec<(f64, f64)> = border.iter().copied().chain([(117.0, 36.70), (117.0, 36.66)]).collect();
    let east: Vec<(f64, f64)> =
        border.iter().rev().copied().chain([(117.10, 36.66), (117.10, 36.70)]).collect();
    let mut abolished = division("371202", "莱城区", "district", (117.02, 36.68));
    abolished.valid_to = Some(date(2018, 12, 31));
    abolished.successor = Some(code(WEST));
    Places {
        city: "泉城市".to_owned(),
        bounds: Some([116.9, 36.6, 117.2, 36.8]),
        divisions: vec![
            division("370100", "泉城市", "city", (117.05, 36.68)),
            division(WEST, "西泉区", "district", (117.02, 36.68)),
            division("370102001", "泉水路街道", "street", (117.01, 36.69)),
            division("370102001001", "泉水路社区居委会", "community", (117.012, 36.692)),
            division("370102001002", "井台社区居委会", "community", (117.0125, 36.6925)),
            division("370102002", "柳林镇", "town", (117.03, 36.67)),
            division("370102002201", "王庄村委会", "village", (117.03, 36.67)),
            division(EAST, "天桥区", "district", (117.08, 36.68)),
            division("370103001", "北园街道", "street", (117.08, 36.69)),
            division("370103001001", "王庄社区居委会", "community", (117.08, 36.69)),
            division("370103002", "泺口街道", "street", (117.09, 36.67)),
            division("370103002001", "码头社区居委会", "community", (117.09, 36.67)),
            abolished,
        ],
        outlines: vec![(code(WEST), polygon(&west)), (code(EAST), polygon(&east))],
        zones: vec![ZoneDeclared {
            code: "quan-zone".into(),
            name: "泉城高新区".to_owned(),
            kind: "development-zone".to_owned(),
            members: vec![code("370102002"), code("370103002")],
        }],
        cells: CellsDeclared::Generated { edge_metres: 500.0 },
        gazetteer: vec![
            PlaceDeclared {
                name: "泉水公园".to_owned(),
                aliases: vec!["喷泉公园".to_owned()],
                kind: "park".to_owned(),
                point: at(117.015, 36.695),
            },
            PlaceDeclared {
                name: "东泉水公园".to_owned(),
                aliases: Vec::new(),
                kind: "park".to_owned(),
                point: at(117.075, 36.695),
            },
        ],
        units: vec![
            unit("city-works", "works", "370100"),
            unit("east-works", "works", EAST),
            unit("quanshui-office", "street-office", "370102001"),
            unit("beiyuan-office", "street-office", "370103001"),
        ],
        areas: Vec::new(),
    }
}

/// The atlas of the unchanged declarations, which are without problems.
pub(crate) fn atlas() -> Atlas {
    let (atlas, problems) = build(places());
    assert_eq!(problems, [], "the fixture must be without problems");
    atlas
}

pub(crate) fn build(places: Places) -> (Atlas, Vec<PlaceProblem>) {
    Atlas::build(places, TODAY)
}

/// The problems as a pack author reads them.
pub(crate) fn printed(problems: &[PlaceProblem]) -> String {
    problems.iter().map(|problem| format!("{problem}\n")).collect()
}
