//! A surveyed unit grid: the city's own outlines and codes.

use baotu_geo::places::{CellDeclared, CellsDeclared};
use baotu_vocabulary::CellCode;
use geo::MultiPolygon;

use crate::city::{at, build, places, polygon, printed};

fn cell(code: &str, outline: MultiPolygon<f64>) -> CellDeclared {
    CellDeclared { code: CellCode::new(code), outline }
}

/// Two cells with a slanting border, and one far off.
fn cells() -> Vec<CellDeclared> {
    vec![
        cell(
            "370102001001001",
            polygon(&[(117.01, 36.69), (117.013, 36.69), (117.015, 36.695), (117.01, 36.695)]),
        ),
        cell(
            "370102001002001",
            polygon(&[(117.013, 36.69), (117.02, 36.69), (117.02, 36.695), (117.015, 36.695)]),
        ),
        cell(
            "370103002001007",
            polygon(&[(117.09, 36.665), (117.095, 36.665), (117.095, 36.67), (117.09, 36.67)]),
        ),
    ]
}

#[test]
fn the_cell_under_a_point_is_the_surveyed_one() {
    let mut places = places();
    places.cells = CellsDeclared::Surveyed(cells());
    let (atlas, problems) = build(places);
    let told: Vec<&str> = problems.iter().map(|problem| problem.code).collect();
    assert!(told.iter().all(|code| *code == "division-without-cells"), "{}", printed(&problems));
    let code_at = |lon, lat| atlas.cell_at(at(lon, lat)).map(|cell| cell.code.to_string());
    assert_eq!(code_at(117.0135, 36.6925).as_deref(), Some("370102001001001"));
    assert_eq!(code_at(117.0145, 36.6925).as_deref(), Some("370102001002001"));
    assert_eq!(code_at(117.0925, 36.6675).as_deref(), Some("370103002001007"));
    assert_eq!(code_at(117.03, 36.68), None);
    // On the common border, in exactly one.
    let on_border = code_at(117.014, 36.6925).expect("no seam");
    assert!(on_border == "370102001001001" || on_border == "370102001002001");
    let between = atlas.locate(at(117.03, 36.68)).expect("in the district, though in no cell");
    assert_eq!(between.division().map(|division| division.name.as_str()), Some("西泉区"));
    assert!(!atlas.cells()[0].synthetic);
}

#[test]
fn bad_cells_are_told() {
    let mut places = places();
    let mut declared = cells();
    declared.push(cell("37010200100100", declared[0].outline.clone()));
    declared.push(cell("999999001001001", declared[0].outline.clone()));
    declared.push(cell("370102001001001", declared[2].outline.clone()));
    declared.push(cell("370102001001002", polygon(&[(117.0, 36.69), (117.0, 36.69)])));
    declared.push(cell("370103002001008", declared[2].outline.clone()));
    places.cells = CellsDeclared::Surveyed(declared);
    let (atlas, mut problems) = build(places);
    problems.retain(|problem| problem.code != "division-without-cells");
    insta::assert_snapshot!(printed(&problems));
    assert_eq!(atlas.cells().len(), 4);
}
