//! Where a point is, who answers for it, and why coordinates are refused.

use baotu_geo::Atlas;
use baotu_geo::places::{AreaDeclared, Places};
use baotu_vocabulary::Refusal;
use insta::assert_snapshot;

use crate::city::{TODAY, at, atlas, build, code, division, places, printed, unit};

/// Everything that is known of a point, in one line.
fn describe(atlas: &Atlas, lon: f64, lat: f64) -> String {
    match atlas.locate_degrees(lon, lat) {
        Err(refused) => format!("[{}] {refused}", refused.code()),
        Ok(located) => {
            let chain: Vec<&str> = located.lineage().map(|division| division.name.as_str()).collect();
            let units: Vec<String> = located
                .responsible_units()
                .iter()
                .map(|(kind, unit)| format!("{kind}={}", unit.code))
                .collect();
            let zones: Vec<&str> = located.zones().iter().map(|zone| zone.name.as_str()).collect();
            format!(
                "{} | {} | {} | {}",
                chain.join(" < "),
                located.cell().map_or("-", |cell| cell.code.as_str()),
                units.join(" "),
                zones.join(" ")
            )
        }
    }
}

#[test]
fn a_point_is_in_its_community_with_those_who_answer_for_it() {
    let atlas = atlas();
    let table = [
        ("泉水路社区", 117.012, 36.692),
        ("井台社区", 117.0125, 36.6925),
        ("王庄村", 117.03, 36.67),
        ("北园街道的王庄社区", 117.08, 36.69),
        ("码头社区", 117.0999, 36.6601),
    ];
    let lines: Vec<String> =
        table.iter().map(|(name, lon, lat)| format!("{name}: {}", describe(&atlas, *lon, *lat))).collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn coordinates_are_refused_with_a_reason() {
    let atlas = atlas();
    let table = [
        ("in the next city", 118.0, 36.68),
        ("in the same square as the border, but outside", 116.9999, 36.68),
        ("exchanged", 36.68, 117.02),
        ("no longitude", 217.02, 36.68),
        ("no number", f64::NAN, 36.68),
        ("infinite", 117.02, f64::INFINITY),
        ("not located yet", 0.0, 0.0),
        ("exchanged, and outside either way", 36.0, 118.0),
    ];
    let lines: Vec<String> =
        table.iter().map(|(name, lon, lat)| format!("{name}: {}", describe(&atlas, *lon, *lat))).collect();
    assert_snapshot!(lines.join("\n"));
}

#[test]
fn the_smallest_area_with_a_unit_of_the_kind_wins() {
    let atlas = atlas();
    let unit_at = |lon, lat, kind| atlas.responsible(at(lon, lat), kind).map(|unit| unit.code.to_string());
    assert_eq!(unit_at(117.02, 36.68, "works"), Some("city-works".to_owned()));
    assert_eq!(unit_at(117.08, 36.68, "works"), Some("east-works".to_owned()));
    assert_eq!(unit_at(117.03, 36.67, "street-office"), None);
    assert_eq!(unit_at(118.0, 36.68, "works"), None);
}

#[test]
fn a_zone_with_a_code_of_its_own_stands_on_a_districts_ground() {
    let mut places = places();
    let mut street = division("370176001", "新园街道", "street", (117.095, 36.695));
    street.parent = Some(code("370176"));
    let community = division("370176001001", "新园社区居委会", "community", (117.095, 36.695));
    places.divisions.extend([division("370176", "泉城高新区", "zone", (117.095, 36.695)), street, community]);
    places.units.push(unit("zone-office", "street-office", "370176"));
    let (atlas, problems) = build(places);
    assert_eq!(printed(&problems), "");
    assert_snapshot!(describe(&atlas, 117.095, 36.695));
    let located = atlas.locate(at(117.095, 36.695)).expect("inside");
    assert_eq!(located.district().map(|district| district.name.as_str()), Some("天桥区"));
}

#[test]
fn an_abolished_code_leads_to_the_one_in_force() {
    let atlas = atlas();
    let found = atlas.divisions().resolve(code("371202")).map(|division| division.name.as_str());
    assert_eq!(found, Some("西泉区"));
    let (before, _) = Atlas::build(places(), jiff::civil::date(2018, 1, 1));
    let then = before.divisions().resolve(code("371202")).map(|division| division.name.as_str());
    assert_eq!(then, Some("莱城区"));
}

#[test]
fn a_city_without_outlines_accepts_what_lies_in_its_bounds() {
    let bare = Places {
        city: "Baltimore".to_owned(),
        bounds: Some([-76.8, 39.1, -76.4, 39.4]),
        ..Places::default()
    };
    let (atlas, problems) = Atlas::build(bare, TODAY);
    assert_eq!(problems, []);
    let located = atlas.locate_degrees(-76.61, 39.29).expect("inside the bounds");
    assert!(
        located.cell().is_none() && located.division().is_none() && located.responsible_units().is_empty()
    );
    assert_eq!(atlas.check(-76.0, 39.29).expect_err("outside").code(), "outside-city");
    assert_eq!(atlas.check(39.29, -76.61).expect_err("exchanged").code(), "coordinates-swapped");
}

#[test]
fn areas_of_different_kinds_overlap_and_their_relation_is_kept() {
    let mut places = places();
    let area = |code: &str, kind: &str, members: &[&str]| AreaDeclared {
        code: code.to_owned(),
        name: format!("{code} 网格"),
        kind: kind.to_owned(),
        unit: None,
        members: members.iter().map(|member| (*member).to_owned()).collect(),
    };
    places.areas = vec![
        area("supervision-1", "supervision-grid", &["370102001"]),
        area("supervision-2", "supervision-grid", &["370102002", "370103"]),
        area("community-1", "community-grid", &["370102001001", "370102002201001"]),
    ];
    let (atlas, problems) = build(places);
    assert_eq!(printed(&problems), "");
    let community = atlas.area("community-1").expect("declared");
    let cells =
        |prefix: &str| atlas.cells().iter().filter(|cell| cell.code.as_str().starts_with(prefix)).count();
    let overlaps: Vec<(&str, usize)> =
        atlas.overlaps(community).iter().map(|overlap| (overlap.code, overlap.cells)).collect();
    assert_eq!(overlaps, [("supervision-1", cells("370102001001")), ("supervision-2", 1)]);
    assert_eq!(atlas.cells_of(community).count(), cells("370102001001") + 1);
    let here = atlas.locate(at(117.012, 36.692)).expect("inside");
    assert_eq!(
        here.areas().iter().map(|area| area.code.as_str()).collect::<Vec<_>>(),
        ["supervision-1", "community-1"]
    );
}

#[test]
fn dangling_declarations_are_told_and_left_out() {
    let mut places = places();
    places.units.push(unit("lost", "works", "370199"));
    places.zones[0].members.push(code("370199001"));
    places.outlines.push((code("370199"), places.outlines[0].1.clone()));
    places.outlines.push((code("370102"), places.outlines[0].1.clone()));
    places.outlines.push((
        code("370102001"),
        crate::city::polygon(&[(500_000.0, 4.0e6), (510_000.0, 4.0e6), (510_000.0, 4.1e6)]),
    ));
    places.outlines.push((code("370102002"), crate::city::polygon(&[(117.0, 36.66), (117.01, 36.66)])));
    places.gazetteer[1].point = at(110.0, 30.0);
    places.areas = vec![
        AreaDeclared {
            code: "a".to_owned(),
            name: "甲".to_owned(),
            kind: "supervision-grid".to_owned(),
            unit: None,
            members: vec!["370102001001001".to_owned(), "nowhere".to_owned()],
        },
        AreaDeclared {
            code: "b".to_owned(),
            name: "乙".to_owned(),
            kind: "supervision-grid".to_owned(),
            unit: None,
            members: vec!["370102001001001".to_owned()],
        },
    ];
    let (atlas, problems) = build(places);
    assert_snapshot!(printed(&problems));
    assert_eq!(atlas.cells().len(), crate::city::atlas().cells().len());
}
