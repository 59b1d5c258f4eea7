//! The generated unit grid: a partition of the districts, with stable codes.

use baotu_geo::Atlas;
use baotu_geo::places::CellsDeclared;
use geo::{Area, Contains, Coord};
use proptest::prelude::*;

use crate::city::{BORDER, EAST, WEST, at, atlas, build, code, division, places, printed};

#[test]
fn codes_have_fifteen_digits_begin_with_the_community_and_ascend() {
    let atlas = atlas();
    let codes: Vec<&str> = atlas.cells().iter().map(|cell| cell.code.as_str()).collect();
    assert!(codes.is_sorted_by(|one, other| one < other), "codes must be distinct and in order");
    for cell in atlas.cells() {
        assert_eq!(cell.code.as_str().len(), 15, "{}", cell.code);
        assert_eq!(cell.code.as_str()[..12], atlas.division_of(cell).code.to_string());
        assert!(cell.synthetic);
    }
    assert!(codes.iter().any(|code| code.ends_with("001")));
}

#[test]
fn every_centre_lies_in_its_cell_and_its_district() {
    let atlas = atlas();
    for cell in atlas.cells() {
        let located = atlas.locate(cell.centre).expect("a cell lies in the city");
        assert_eq!(located.cell().map(|found| &found.code), Some(&cell.code));
        let district = located.district().expect("cells were cut from districts");
        let point = geo::Point::new(cell.centre.lon(), cell.centre.lat());
        assert!(atlas.ground(district.code).contains(&point), "{} outside {}", cell.code, district.name);
        assert!(atlas.cell_shape(&cell.code).expect("it exists").contains(&point), "{}", cell.code);
    }
}

/// Neither gaps nor overlaps: the cells' areas add up to the districts', and the streets' to the same.
#[test]
fn cells_and_streets_cover_the_districts_exactly() {
    let atlas = atlas();
    for district in [WEST, EAST] {
        let whole = atlas.ground(code(district)).unsigned_area();
        let cells: f64 = atlas
            .cells()
            .iter()
            .filter(|cell| cell.code.as_str().starts_with(district))
            .map(|cell| atlas.cell_shape(&cell.code).expect("it exists").unsigned_area())
            .sum();
        assert!((cells / whole - 1.0).abs() < 1e-6, "{district}: cells {cells}, district {whole}");
        let tree = atlas.divisions();
        let streets: f64 = tree
            .children(tree.resolve(code(district)).expect("declared"))
            .map(|street| atlas.ground(street.code).unsigned_area())
            .sum();
        assert!((streets / whole - 1.0).abs() < 1e-6, "{district}: streets {streets}, district {whole}");
    }
}

#[test]
fn each_community_has_cells_even_two_in_one_square() {
    let atlas = atlas();
    for division in atlas.divisions().iter().filter(|division| division.code.to_string().len() == 12) {
        let held =
            atlas.cells().iter().filter(|cell| cell.code.as_str().starts_with(&division.code.to_string()));
        assert!(held.count() > 0, "{} has no cell", division.name);
        let label = division.label.expect("the fixture gives labels");
        let found =
            atlas.locate(label).expect("labels lie in the city").community().expect("communities are known");
        assert_eq!(found.name, division.name, "the label of a community lies on its ground");
    }
}

#[test]
fn the_order_of_the_declaration_does_not_matter() {
    let mut turned = places();
    turned.divisions.reverse();
    turned.outlines.reverse();
    let (turned, _) = build(turned);
    assert_eq!(summary(&turned), summary(&atlas()));
}

fn summary(atlas: &Atlas) -> Vec<String> {
    atlas.cells().iter().map(|cell| format!("{} {}", cell.code, cell.centre)).collect()
}

#[test]
fn what_cannot_be_cut_is_told() {
    let mut places = places();
    places.cells = CellsDeclared::Generated { edge_metres: 90.0 };
    places.divisions.retain(|division| !division.code.to_string().starts_with("370103002"));
    places.zones.clear();
    places.divisions.push(division("370102002202", "远村村委会", "village", (117.09, 36.68)));
    let mut unlabelled = division("370103001002", "无标社区居委会", "community", (117.08, 36.69));
    unlabelled.label = None;
    places.divisions.push(unlabelled);
    let (_, problems) = build(places);
    insta::assert_snapshot!(printed(&problems));
}

#[test]
fn an_edge_must_be_a_length() {
    let mut places = places();
    places.cells = CellsDeclared::Generated { edge_metres: -5.0 };
    let (atlas, problems) = build(places);
    assert!(atlas.cells().is_empty());
    insta::assert_snapshot!(printed(&problems));
}

/// A point on the border between the districts, as close as six decimals allow, and often exactly on it.
fn on_the_border() -> impl Strategy<Value = (f64, f64)> {
    (0..BORDER.len() - 1, 0.0..=1.0_f64).prop_map(|(edge, along)| {
        let (from, to) = (BORDER[edge], BORDER[edge + 1]);
        (from.0 + along * (to.0 - from.0), from.1 + along * (to.1 - from.1))
    })
}

proptest! {
    #[test]
    fn a_point_inside_is_in_one_cell_of_its_district(lon in 117.0..117.1_f64, lat in 36.66..36.70_f64) {
        let atlas = shared();
        let point = at(lon, lat);
        let coordinate = Coord { x: point.lon(), y: point.lat() };
        let cell = atlas.cell_at(point).expect("no gaps in the city");
        let holding: Vec<&str> = [WEST, EAST]
            .into_iter()
            .filter(|district| atlas.ground(code(district)).contains(&coordinate))
            .collect();
        // On an edge `geo` says that no polygon contains it; then only being somewhere is asked.
        if let [district] = holding[..] {
            prop_assert!(cell.code.as_str().starts_with(district));
        }
        let shape = atlas.cell_shape(&cell.code).expect("it exists");
        prop_assert!(
            shape.contains(&coordinate) || near_an_edge(&shape, coordinate),
            "{} found for {point}, which its shape doesn't hold", cell.code
        );
    }

    #[test]
    fn a_point_on_the_border_is_in_one_district((lon, lat) in on_the_border()) {
        let located = shared().locate(at(lon, lat));
        // The ends of the border lie on the city's own outline, of which only one side is inside.
        if lat > 36.6601 && lat < 36.6999 {
            let located = located.expect("the border leaves no seam");
            prop_assert!(located.district().is_some() && located.community().is_some());
        }
    }
}

fn near_an_edge(shape: &geo::MultiPolygon<f64>, point: Coord<f64>) -> bool {
    use geo::{Distance, Euclidean};
    Euclidean.distance(&geo::Point::from(point), shape) < 1e-7
}

fn shared() -> &'static Atlas {
    static ATLAS: std::sync::OnceLock<Atlas> = std::sync::OnceLock::new();
    ATLAS.get_or_init(atlas)
}
