//! From a pack's folder to the atlas.

use baotu_geo::{Atlas, PlaceProblem, Places};
use baotu_pack::Pack;
use baotu_pack::testing::{TODAY, small, small_folder};

use crate::city::{at, printed};
use crate::folder::Folder;

/// The small city's folder, all of it.
fn folder() -> Folder {
    Folder::with(&small_folder(), &["."])
}

fn atlas_of(pack: &Pack) -> (Atlas, Vec<PlaceProblem>) {
    let (places, mut problems) = Places::from_pack(pack);
    let (atlas, more) = Atlas::build(places, TODAY);
    problems.extend(more);
    (atlas, problems)
}

const SQUARE: &str = r#"{"type": "Polygon", "coordinates":
    [[[117.0, 36.6], [117.1, 36.6], [117.1, 36.7], [117.0, 36.7], [117.0, 36.6]]]}"#;

fn collection(features: &[String]) -> String {
    format!(r#"{{"type": "FeatureCollection", "features": [{}]}}"#, features.join(","))
}

fn feature(properties: &str, geometry: &str) -> String {
    format!(r#"{{"type": "Feature", "properties": {properties}, "geometry": {geometry}}}"#)
}

#[test]
fn the_small_city_has_an_atlas() {
    let (atlas, problems) = atlas_of(&small());
    assert_eq!(printed(&problems), "");
    assert_eq!(atlas.city(), "小城市");
    let located = atlas.locate(at(117.05, 36.65)).expect("in the city");
    assert_eq!(located.community().map(|community| community.name.as_str()), Some("东街社区"));
    assert_eq!(located.responsible_units()["office"].code.as_str(), "office");
    assert!(located.cell().is_some_and(|cell| cell.synthetic));
}

#[test]
fn surveyed_cells_come_before_generated_ones() {
    let cells = collection(&[feature(r#"{"code": "890102001001001"}"#, SQUARE)]);
    let (atlas, problems) = atlas_of(&folder().write("places/cells.geojson", &cells).load());
    insta::assert_snapshot!(printed(&problems));
    assert_eq!(atlas.cells().len(), 1);
    assert!(!atlas.cell_at(at(117.02, 36.62)).expect("a cell").synthetic);
}

#[test]
fn finer_outlines_add_to_those_of_districts_and_bad_ones_are_told() {
    // What has no code, no known code or no area at all the pack compiler refuses.
    let streets = collection(&[
        feature(r#"{"code": "890102001"}"#, SQUARE),
        feature(r#"{"code": "890103001"}"#, r#"{"type": "Polygon", "coordinates": "?"}"#),
        feature(r#"{"code": "890103001"}"#, r#"{"type": "Polygon", "coordinates": [[[117.0, 36.6]]]}"#),
    ]);
    let (atlas, problems) = atlas_of(&folder().write("places/streets.geojson", &streets).load());
    insta::assert_snapshot!(printed(&problems));
    let street = atlas.divisions().resolve("890102001".parse().expect("a code")).expect("it is in force");
    assert!(street.surveyed);
}

#[test]
fn a_city_without_districts_outlines_takes_its_own() {
    let city = collection(&[feature(r#"{"code": "890100"}"#, SQUARE)]);
    let (with_districts, _) = atlas_of(&folder().write("places/city.geojson", &city).load());
    let (alone, _) =
        atlas_of(&folder().remove("places/districts.geojson").write("places/city.geojson", &city).load());
    let west = at(116.95, 36.65);
    assert!(with_districts.locate(west).is_ok());
    assert!(alone.locate(west).is_err());
    assert!(alone.locate(at(117.05, 36.65)).is_ok());
}
