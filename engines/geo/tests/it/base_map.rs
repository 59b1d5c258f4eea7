//! The base map's tiles, decoded again.

use std::io::Read;
use std::sync::Arc;

use baotu_geo::{BUFFER_UNITS, BaseMap, EXTENT, EncodedTile, TileAddress, ZOOM_MAX};
use baotu_vocabulary::Point;
use flate2::read::GzDecoder;
use geozero::mvt::{Message, Tile, tile};
use proptest::prelude::*;

use crate::city::{at, atlas};

pub(crate) fn map() -> &'static BaseMap {
    static MAP: std::sync::OnceLock<BaseMap> = std::sync::OnceLock::new();
    MAP.get_or_init(|| BaseMap::new(Arc::new(atlas())))
}

pub(crate) fn decode(encoded: &EncodedTile) -> Tile {
    let mut plain = Vec::new();
    if !encoded.gzip.is_empty() {
        GzDecoder::new(&encoded.gzip[..]).read_to_end(&mut plain).expect("gzip");
    }
    Tile::decode(&plain[..]).expect("a vector tile")
}

/// The values of one tag of a layer's features, in order.
pub(crate) fn tags(layer: &tile::Layer, key: &str) -> Vec<String> {
    let value = |feature: &tile::Feature| {
        feature.tags.chunks(2).find(|pair| layer.keys[pair[0] as usize] == key).map(|pair| {
            let value = &layer.values[pair[1] as usize];
            value
                .string_value
                .clone()
                .or_else(|| value.uint_value.map(|number| number.to_string()))
                .or_else(|| value.bool_value.map(|flag| flag.to_string()))
                .expect("a text, a number or a flag")
        })
    };
    layer.features.iter().filter_map(value).collect()
}

/// The parts of a feature's geometry: points of each, and whether it was closed. Reads commands as the format
/// describes them (4.3), independently of the encoder.
pub(crate) fn parts(feature: &tile::Feature) -> Vec<(Vec<(i64, i64)>, bool)> {
    let mut parts: Vec<(Vec<(i64, i64)>, bool)> = Vec::new();
    let (mut at, mut words) = ((0_i64, 0_i64), feature.geometry.iter());
    let unzigzag = |word: u32| i64::from(word >> 1) ^ -i64::from(word & 1);
    while let Some(command) = words.next() {
        let (id, count) = (command & 7, command >> 3);
        for _ in 0..count {
            match id {
                1 | 2 => {
                    let (dx, dy) = (*words.next().expect("x"), *words.next().expect("y"));
                    at = (at.0 + unzigzag(dx), at.1 + unzigzag(dy));
                    if id == 1 {
                        parts.push((Vec::new(), false));
                    }
                    parts.last_mut().expect("MoveTo comes first").0.push(at);
                }
                7 => parts.last_mut().expect("MoveTo comes first").1 = true,
                other => panic!("command {other} is not in the format"),
            }
        }
    }
    parts
}

/// Twice the signed area by the surveyor's formula in tile coordinates.
fn doubled_area(ring: &[(i64, i64)]) -> i64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a.0 * b.1 - b.0 * a.1).sum()
}

fn tile_of(point: Point, zoom: u8) -> TileAddress {
    TileAddress::of(point, zoom).expect("within the pyramid")
}

fn names(tile: &Tile) -> Vec<&str> {
    tile.layers.iter().map(|layer| layer.name.as_str()).collect()
}

#[test]
fn layers_come_in_with_the_zoom() {
    let point = at(117.012, 36.692);
    let layers = |zoom| names(&decode(&map().tile(tile_of(point, zoom)))).join(" ");
    assert_eq!(layers(5), "land districts labels");
    assert_eq!(layers(9), "land districts labels");
    assert_eq!(layers(10), "land districts streets labels");
    assert_eq!(layers(14), "land districts streets cells labels");
    assert_eq!(layers(ZOOM_MAX), "land districts streets cells labels");
}

#[test]
fn features_carry_code_name_and_whether_they_are_made_up() {
    let tile = decode(&map().tile(tile_of(at(117.05, 36.68), 11)));
    let layer = |name: &str| tile.layers.iter().find(|layer| layer.name == name).expect("a layer");
    assert_eq!(tags(layer("districts"), "name"), ["西泉区", "天桥区"]);
    assert_eq!(tags(layer("districts"), "code"), ["370102", "370103"]);
    assert_eq!(tags(layer("districts"), "synthetic"), ["false", "false"]);
    assert_eq!(tags(layer("streets"), "synthetic"), ["true"; 4]);
    assert_eq!(tags(layer("land"), "name"), ["泉城市"]);
    assert!(tags(layer("labels"), "name").contains(&"柳林镇".to_owned()));
    assert!(tags(layer("labels"), "kind").contains(&"town".to_owned()));
}

#[test]
fn a_tile_far_off_is_empty_and_has_no_bytes() {
    let tile = map().tile(tile_of(at(-70.0, -30.0), 12));
    assert!(tile.gzip.is_empty());
    assert_eq!(names(&decode(&tile)), Vec::<&str>::new());
}

#[test]
fn the_same_tile_has_the_same_tag_and_another_another() {
    let address = tile_of(at(117.05, 36.68), 12);
    let again = BaseMap::new(Arc::new(atlas()));
    assert_eq!(*map().tile(address), *again.tile(address));
    assert_ne!(map().tile(address).etag, map().tile(tile_of(at(117.05, 36.68), 13)).etag);
}

#[test]
fn addresses_outside_the_pyramid_are_refused() {
    for (zoom, x, y) in [(0, 1, 0), (3, 8, 0), (3, 0, 8), (ZOOM_MAX + 1, 0, 0), (200, 0, 0), (1, u32::MAX, 0)]
    {
        assert!(TileAddress::new(zoom, x, y).is_err(), "{zoom}/{x}/{y}");
    }
    assert!(TileAddress::new(ZOOM_MAX, (1 << ZOOM_MAX) - 1, 0).is_ok());
}

#[test]
fn a_label_stands_where_the_format_says() {
    // At zoom 14 the label of 泉水路街道 lies in one tile, at a place that follows from the projection.
    let point = at(117.01, 36.69);
    let address = tile_of(point, 14);
    let tile = decode(&map().tile(address));
    let labels = tile.layers.iter().find(|layer| layer.name == "labels").expect("labels");
    let index = tags(labels, "name").iter().position(|name| name == "泉水路街道").expect("its label");
    let placed = parts(&labels.features[index])[0].0[0];
    let scale = f64::from(1 << 14) * f64::from(EXTENT);
    let x = (point.lon() + 180.0) / 360.0 * scale;
    let y = (1.0 - point.lat().to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * scale;
    let expected = (x.rem_euclid(f64::from(EXTENT)), y.rem_euclid(f64::from(EXTENT)));
    assert!((expected.0 - placed.0 as f64).abs() <= 1.0 && (expected.1 - placed.1 as f64).abs() <= 1.0);
}

/// What every polygon of a tile must hold: closed rings of three corners and some area, the first wound positively,
/// inside the tile and its buffer.
fn check_polygons(tile: &Tile) -> Result<usize, TestCaseError> {
    let mut judged = 0;
    let (low, high) = (-i64::from(BUFFER_UNITS), i64::from(EXTENT + BUFFER_UNITS));
    for layer in &tile.layers {
        prop_assert_eq!((layer.version, layer.extent), (2, Some(EXTENT)));
        for feature in layer.features.iter().filter(|feature| feature.r#type() == tile::GeomType::Polygon) {
            for (index, (ring, closed)) in parts(feature).iter().enumerate() {
                prop_assert!(*closed && ring.len() >= 3);
                let area = doubled_area(ring);
                prop_assert!(if index == 0 { area > 0 } else { area != 0 }, "{}: area {area}", layer.name);
                prop_assert!(ring.iter().all(|(x, y)| (low..=high).contains(x) && (low..=high).contains(y)));
                judged += 1;
            }
        }
    }
    Ok(judged)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn polygons_are_wound_closed_and_clipped(
        lon in 116.99..117.11_f64, lat in 36.65..36.71_f64, zoom in 0..=ZOOM_MAX,
    ) {
        check_polygons(&decode(&map().tile(tile_of(at(lon, lat), zoom))))?;
    }

    /// Around a point well inside a district, the tile's districts cover exactly what they should: at deep zooms the
    /// pixel of the point is covered by one polygon of `districts` and one of `cells`.
    #[test]
    fn a_point_is_drawn_once(lon in 117.001..117.099_f64, lat in 36.661..36.699_f64) {
        let point = at(lon, lat);
        let address = tile_of(point, 16);
        let tile = decode(&map().tile(address));
        let scale = f64::from(1 << 16) * f64::from(EXTENT);
        let x = ((point.lon() + 180.0) / 360.0 * scale).rem_euclid(f64::from(EXTENT));
        let y = ((1.0 - point.lat().to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * scale)
            .rem_euclid(f64::from(EXTENT));
        for name in ["districts", "streets", "cells"] {
            let layer = tile.layers.iter().find(|layer| layer.name == name).expect("a layer");
            let distance_and_cover = layer.features.iter().map(|feature| cover(feature, x, y));
            let (covering, near) = distance_and_cover.fold((0, false), |(covering, near), (inside, close)| {
                (covering + usize::from(inside), near || close)
            });
            prop_assert!(covering == 1 || near, "{covering} polygons of {name} cover {point}");
        }
    }
}

/// Whether a feature covers a place, and whether one of its edges passes within two units (where rounding decides).
fn cover(feature: &tile::Feature, x: f64, y: f64) -> (bool, bool) {
    use geo::{Contains, Coord, Distance, Euclidean, LineString, MultiPolygon, Polygon};
    let point = geo::Point::new(x, y);
    let polygons: Vec<Polygon<f64>> = parts(feature)
        .into_iter()
        .map(|(ring, _)| {
            let ring = ring.into_iter().map(|(x, y)| Coord { x: x as f64, y: y as f64 }).collect();
            Polygon::new(LineString::new(ring), Vec::new())
        })
        .collect();
    let shape = MultiPolygon::new(polygons);
    let close = shape.iter().any(|polygon| Euclidean.distance(&point, polygon.exterior()) < 2.0);
    (shape.contains(&point), close)
}
