//! Coordinates: shapes, distances and the way from map vendors' systems, against real outlines of the same districts.

use std::path::PathBuf;

use baotu_vocabulary::place::{from_cgcs2000, to_cgcs2000};
use baotu_vocabulary::{CoordinateSystem, Point};
use proptest::prelude::*;
use serde_json::Value;

/// Two outlines of the same districts differ by at most this many metres after conversion (they were drawn apart).
const CENTROID_DISTANCE_METRES_MAX: f64 = 200.0;

#[test]
fn a_point_outside_the_globe_is_refused() {
    assert!(Point::new(180.1, 0.0).is_err());
    assert!(Point::new(117.0, f64::NAN).is_err());
    let json = r#"{"lon":117.0,"lat":36.65}"#;
    let point: Point = serde_json::from_str(json).expect("a point");
    assert_eq!(serde_json::to_string(&point).expect("printed"), json);
    assert!(serde_json::from_str::<Point>(r#"{"lon":117.0,"lat":91}"#).is_err());
    assert!(serde_json::from_str::<Point>(r#"{"lon":117.0,"lat":36,"height":3}"#).is_err());
}

#[test]
fn distances_are_metres() {
    let (spring, station) =
        (Point::new(117.0109, 36.6612).expect("a point"), Point::new(116.9846, 36.6726).expect("a point"));
    let metres = spring.distance_metres(station);
    assert!((2_600.0..2_750.0).contains(&metres), "{metres}");
    assert!(spring.distance_metres(spring) < 0.001);
}

/// The vertex average of each district, by code.
fn centres(file: &str) -> Option<Vec<(String, f64, f64)>> {
    let folder = std::env::var_os("BAOTU_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join("geo-jinan").join(file);
    if !path.exists() {
        assert!(
            std::env::var_os("BAOTU_DATA_REQUIRED").is_none(),
            "{} is needed (BAOTU_DATA_REQUIRED is set)",
            path.display()
        );
        eprintln!("not run: {} is absent; set BAOTU_DATA", path.display());
        return None;
    }
    let outlines: Value = serde_json::from_slice(&std::fs::read(&path).expect("readable")).expect("GeoJSON");
    let mut centres = Vec::new();
    for feature in outlines["features"].as_array().expect("features") {
        let code = &feature["properties"]["adcode"];
        let code = code.as_str().map_or_else(|| code.to_string(), str::to_owned);
        let rings = feature["geometry"]["coordinates"].as_array().expect("polygons");
        let largest = rings
            .iter()
            .map(|polygon| polygon[0].as_array().expect("an outer ring"))
            .max_by_key(|ring| ring.len())
            .expect("a polygon");
        let corners: Vec<(f64, f64)> =
            largest.iter().map(|at| (at[0].as_f64().expect("lon"), at[1].as_f64().expect("lat"))).collect();
        let (mut area, mut lon, mut lat) = (0.0, 0.0, 0.0);
        for (from, to) in corners.iter().zip(&corners[1..]) {
            let cross = from.0 * to.1 - to.0 * from.1;
            area += cross;
            lon += (from.0 + to.0) * cross;
            lat += (from.1 + to.1) * cross;
        }
        centres.push((code, lon / (3.0 * area), lat / (3.0 * area)));
    }
    Some(centres)
}

#[test]
fn gcj02_outlines_fall_on_the_official_ones_once_converted() {
    let (Some(official), Some(vendors)) =
        (centres("districts_tianditu.geojson"), centres("districts_datav2021.geojson"))
    else {
        return;
    };
    let mut compared = 0;
    for (code, lon, lat) in &vendors {
        let Some((_, official_lon, official_lat)) = official.iter().find(|(other, ..)| other == code) else {
            continue;
        };
        let there = Point::new(*official_lon, *official_lat).expect("in range");
        let raw = Point::new(*lon, *lat).expect("in range").distance_metres(there);
        let converted =
            to_cgcs2000(*lon, *lat, CoordinateSystem::Gcj02).expect("in range").distance_metres(there);
        println!("{code}: {raw:.0} m apart as given, {converted:.0} m once converted");
        assert!(
            converted < CENTROID_DISTANCE_METRES_MAX && converted < raw / 2.0,
            "{code}: {raw} → {converted}"
        );
        compared += 1;
    }
    assert_eq!(compared, 12);
}

proptest! {
    #[test]
    fn there_and_back_is_within_a_metre_in_china(lon in 74.0..134.0, lat in 18.5..53.0) {
        let point = Point::new(lon, lat).expect("in range");
        for system in [CoordinateSystem::Cgcs2000, CoordinateSystem::Wgs84, CoordinateSystem::Gcj02, CoordinateSystem::Bd09] {
            let (there_lon, there_lat) = from_cgcs2000(point, system);
            let back = to_cgcs2000(there_lon, there_lat, system).expect("in range");
            prop_assert!(back.distance_metres(point) <= 1.0, "{system:?}: {}", back.distance_metres(point));
        }
    }

    #[test]
    fn gcj02_leaves_the_rest_of_the_world_alone(lon in -179.0..70.0, lat in -80.0..80.0) {
        let point = Point::new(lon, lat).expect("in range");
        prop_assert_eq!(from_cgcs2000(point, CoordinateSystem::Gcj02), (point.lon(), point.lat()));
    }
}
