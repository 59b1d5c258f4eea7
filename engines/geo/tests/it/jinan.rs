//! The demo city's own places: 12 districts, 164 streets and towns, its villages, at least 40,000 cells.

use std::collections::HashSet;
use std::path::Path;
use std::sync::OnceLock;

use baotu_geo::{Atlas, PlaceProblem, Places};
use baotu_vocabulary::{DivisionLevel, Point};
use geo::Area;
use proptest::prelude::*;

use crate::city::{TODAY, at, code, printed};
use crate::folder::Folder;

/// Cells that a demo city of this size must have.
const CELLS_MIN: usize = 40_000;
const STREETS: usize = 164;
/// What of the pack says where things are. The rest speaks of other engines too, which are not known here.
const PARTS: [&str; 5] = ["city.toml", "calendar", "places", "roles", "organisations/units.csv"];

fn places() -> &'static (Places, Vec<PlaceProblem>) {
    static PLACES: OnceLock<(Places, Vec<PlaceProblem>)> = OnceLock::new();
    PLACES.get_or_init(|| {
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jinan");
        // What residents find on their first page leads to systems, which are not among the parts.
        let city = std::fs::read_to_string(pack.join("city.toml")).expect("the pack has a city");
        let city = city.split("[[shortcut]]").next().unwrap_or_default().to_owned();
        Places::from_pack(&Folder::with(&pack, &PARTS).write("city.toml", &city).load())
    })
}

fn jinan() -> &'static (Atlas, Vec<PlaceProblem>) {
    static JINAN: OnceLock<(Atlas, Vec<PlaceProblem>)> = OnceLock::new();
    JINAN.get_or_init(|| {
        let (places, problems) = places().clone();
        let (atlas, more) = Atlas::build(places, TODAY);
        (atlas, [problems, more].concat())
    })
}

#[test]
fn the_declared_places_are_without_problems() {
    assert_eq!(printed(&jinan().1), "");
}

#[test]
fn there_are_enough_cells_and_every_street_and_village_has_some() {
    let (atlas, _) = jinan();
    assert!(atlas.cells().len() >= CELLS_MIN, "{} cells", atlas.cells().len());
    let held: HashSet<&str> = atlas.cells().iter().map(|cell| &cell.code.as_str()[..12]).collect();
    let villages =
        atlas.divisions().iter().filter(|division| division.code.level() == DivisionLevel::Village);
    for village in villages {
        assert!(
            held.contains(village.code.to_string().as_str()),
            "{} {} has no cell",
            village.code,
            village.name
        );
    }
    let held: HashSet<&str> = atlas.cells().iter().map(|cell| &cell.code.as_str()[..9]).collect();
    let streets = atlas.divisions().iter().filter(|division| division.code.level() == DivisionLevel::Street);
    let streets: Vec<_> = streets.collect();
    assert_eq!(streets.len(), STREETS);
    for street in streets {
        assert!(
            held.contains(street.code.to_string().as_str()),
            "{} {} has no cell",
            street.code,
            street.name
        );
    }
}

#[test]
fn codes_are_distinct_and_every_centre_lies_in_its_cell() {
    let (atlas, _) = jinan();
    assert!(atlas.cells().is_sorted_by(|one, other| one.code < other.code));
    for cell in atlas.cells() {
        assert_eq!(atlas.cell_at(cell.centre).map(|found| &found.code), Some(&cell.code));
    }
}

#[test]
fn cells_add_up_to_a_district() {
    let (atlas, _) = jinan();
    // 历下区, the smallest: all of it is near a border.
    let district_of = |cell: &baotu_geo::Cell| {
        let located = atlas.locate(cell.centre).ok()?;
        located.district().map(|district| district.code.to_string())
    };
    let whole = atlas.ground(code("370102")).unsigned_area();
    let cells: f64 = atlas
        .cells()
        .iter()
        .filter(|cell| district_of(cell).is_some_and(|district| district == "370102"))
        .map(|cell| atlas.cell_shape(&cell.code).expect("it exists").unsigned_area())
        .sum();
    assert!((cells / whole - 1.0).abs() < 1e-6, "cells {cells}, district {whole}");
}

#[test]
fn districts_leave_no_seam() {
    let (atlas, _) = jinan();
    let mut judged = 0_usize;
    for (district, shape) in &places().0.outlines {
        for line in shape.iter().flat_map(|polygon| polygon.exterior().lines()) {
            let middle = (line.start + line.end) / 2.0;
            for point in [line.start, middle] {
                let point = Point::new(point.x, point.y).expect("on the globe");
                let around = neighbours(point).into_iter().filter(|near| atlas.locate(*near).is_ok()).count();
                // All around the point is city: then the point itself must be somewhere in it.
                if around == 4 {
                    judged += 1;
                    assert!(atlas.locate(point).is_ok(), "{point} on the outline of {district} is nowhere");
                }
            }
        }
    }
    assert!(judged > 100, "only {judged} points on inner borders");
}

/// Points some 20 m to each side.
fn neighbours(point: Point) -> Vec<Point> {
    let step = 0.0002;
    [(step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)]
        .into_iter()
        .map(|(x, y)| at(point.lon() + x, point.lat() + y))
        .collect()
}

#[test]
fn well_known_names_are_found() {
    let (atlas, _) = jinan();
    for (words, expected) in [("趵突泉", "趵突泉"), ("泉城路", "泉城路街道"), ("章丘", "章丘区")]
    {
        let found = atlas.gazetteer().search(words, None).expect("a proper search");
        assert!(found.iter().any(|place| place.name.contains(expected)), "{words}: {found:?}");
    }
    let placed = atlas.place("历下区泉城路街道某小区3号楼").expect("a street is named");
    assert_eq!(placed.division.code.to_string(), "370102004");
}

proptest! {
    #[test]
    fn a_point_is_in_at_most_one_district_and_then_in_a_cell_of_it(lon in 116.2..117.9_f64, lat in 36.0..37.5_f64) {
        use geo::Contains;
        let (atlas, _) = jinan();
        let point = at(lon, lat);
        let districts: Vec<String> = places()
            .0
            .outlines
            .iter()
            .filter(|(_, shape)| shape.contains(&geo::Point::new(point.lon(), point.lat())))
            .map(|(code, _)| code.to_string())
            .collect();
        prop_assert!(districts.len() <= 1);
        let located = atlas.locate(point).ok();
        let found = located.and_then(|located| located.district()).map(|district| district.code.to_string());
        prop_assert_eq!(found.as_ref(), districts.first());
        prop_assert_eq!(located.is_some(), located.and_then(|located| located.cell()).is_some());
    }
}
