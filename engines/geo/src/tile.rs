//! Vector tiles: the pyramid of Web Mercator, and encoding into the Mapbox Vector Tile format 2.1.
//!
//! What is drawn on a tile isn't known here; see `base_map` and `live`.

use std::f64::consts::PI;
use std::io::Write;

use baotu_vocabulary::Point;
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use geo::{
    Area, BooleanOps, BoundingRect, Coord, CoordsIter, LineString, MapCoords, MultiPolygon, Orient, Polygon,
    Rect,
};
use geozero::ToMvt;
use geozero::mvt::{Message, TagsBuilder, Tile, TileValue, tile};
use sha2::{Digest, Sha256};

use crate::coordinates::PlaceRefused;
use crate::grid::covers;
use crate::outline::overlap;

/// Deepest zoom level; 18 shows single houses.
pub const ZOOM_MAX: u8 = 18;
/// Units along a tile's edge.
pub const EXTENT: u32 = 4096;
/// Ground beyond the tile's edge that is drawn too, in units, so that outlines don't show the cut.
pub const BUFFER_UNITS: u32 = 64;

/// A tile of the pyramid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileAddress {
    zoom: u8,
    x: u32,
    y: u32,
}

/// A tile as it is sent: gzipped, with a tag of its contents; without bytes when there is nothing on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodedTile {
    /// Gzip of the protocol buffer; empty for a tile without features.
    pub gzip: Bytes,
    /// A strong entity tag, with its quotation marks.
    pub etag: String,
}

/// One layer while its features are gathered.
pub(crate) struct Layer {
    name: &'static str,
    features: Vec<tile::Feature>,
    tags: TagsBuilder,
}

impl TileAddress {
    /// The tile in column `x` and row `y` (from the north) of `zoom`.
    pub const fn new(zoom: u8, x: u32, y: u32) -> Result<Self, PlaceRefused> {
        if zoom > ZOOM_MAX || x >> zoom != 0 || y >> zoom != 0 {
            return Err(PlaceRefused::UnknownTile { zoom, x, y });
        }
        Ok(Self { zoom, x, y })
    }

    /// The tile of `zoom` that shows `point`.
    pub fn of(point: Point, zoom: u8) -> Result<Self, PlaceRefused> {
        let world = project(Coord { x: point.lon(), y: point.lat() });
        let tiles = tiles_along(zoom);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the pyramid")]
        let index = |part: f64| (part * tiles).clamp(0.0, tiles - 1.0) as u32;
        Self::new(zoom, index(world.x), index(world.y))
    }

    /// Zoom level.
    pub const fn zoom(self) -> u8 {
        self.zoom
    }

    /// Column from the west and row from the north, from 0.
    pub const fn column_and_row(self) -> (u32, u32) {
        (self.x, self.y)
    }

    /// The part of the world's square that the tile shows, with its buffer.
    pub(crate) fn window(self) -> Rect<f64> {
        let tiles = tiles_along(self.zoom);
        let buffer = f64::from(BUFFER_UNITS) / f64::from(EXTENT);
        let corner = Coord { x: f64::from(self.x), y: f64::from(self.y) };
        Rect::new(
            (corner - Coord { x: buffer, y: buffer }) / tiles,
            (corner + Coord { x: 1.0 + buffer, y: 1.0 + buffer }) / tiles,
        )
    }

    /// The same window in degrees.
    pub(crate) fn window_degrees(self) -> Rect<f64> {
        let window = self.window();
        Rect::new(unproject(window.min()), unproject(window.max()))
    }

    /// A place on the world's square in units of the tile.
    pub(crate) fn units(self, world: Coord<f64>) -> Coord<f64> {
        let tiles = tiles_along(self.zoom);
        let corner = Coord { x: f64::from(self.x), y: f64::from(self.y) };
        (world * tiles - corner) * f64::from(EXTENT)
    }

    /// The units of a place, rounded down; none when it lies on another tile.
    pub(crate) fn units_inside(self, world: Coord<f64>) -> Option<Coord<f64>> {
        let at = self.units(world);
        let at = Coord { x: at.x.floor(), y: at.y.floor() };
        let inside = 0.0..f64::from(EXTENT);
        (inside.contains(&at.x) && inside.contains(&at.y)).then_some(at)
    }
}

/// Where a place in degrees is on the world's square: 0 to 1 eastward and southward (EPSG:3857, scaled).
///
/// CGCS2000 is taken for WGS 84, from which it differs by centimetres.
pub(crate) fn project(degrees: Coord<f64>) -> Coord<f64> {
    let latitude = degrees.y.clamp(-85.051_128, 85.051_128).to_radians();
    Coord { x: degrees.x / 360.0 + 0.5, y: 0.5 - (PI / 4.0 + latitude / 2.0).tan().ln() / (2.0 * PI) }
}

fn unproject(world: Coord<f64>) -> Coord<f64> {
    let latitude = 2.0 * ((0.5 - world.y) * 2.0 * PI).exp().atan() - PI / 2.0;
    Coord { x: (world.x - 0.5) * 360.0, y: latitude.to_degrees() }
}

pub(crate) fn tiles_along(zoom: u8) -> f64 {
    f64::from(1_u32 << zoom)
}

/// What of `shape` (on the world's square) is seen on the tile, in whole units: rings closed, without points in
/// line for nothing, outer ones with positive area as the format demands. Empty when nothing is left.
pub(crate) fn clip(shape: &MultiPolygon<f64>, address: TileAddress) -> MultiPolygon<f64> {
    let window = address.window();
    let Some(bounds) = shape.bounding_rect().filter(|bounds| overlap(bounds, &window)) else {
        return MultiPolygon::new(Vec::new());
    };
    let to_units = |shape: &MultiPolygon<f64>| shape.map_coords(|world| address.units(world));
    let seen = if covers(&window, &bounds) {
        to_units(shape)
    } else {
        let (low, high) = (-f64::from(BUFFER_UNITS), f64::from(EXTENT + BUFFER_UNITS));
        let frame = Rect::new(Coord { x: low, y: low }, Coord { x: high, y: high });
        to_units(shape).intersection(&MultiPolygon::new(vec![frame.to_polygon()]))
    };
    let whole = |polygon: &Polygon<f64>| {
        let outer = whole_units(polygon.exterior())?;
        Some(Polygon::new(outer, polygon.interiors().iter().filter_map(whole_units).collect()))
    };
    MultiPolygon::new(seen.iter().filter_map(whole).collect()).orient(geo::orient::Direction::Default)
}

/// The ring rounded to whole units; none when nothing of its area is left.
fn whole_units(ring: &LineString<f64>) -> Option<LineString<f64>> {
    let mut corners: Vec<Coord<f64>> = Vec::with_capacity(ring.coords_count());
    for corner in ring.coords() {
        let corner = Coord { x: corner.x.round(), y: corner.y.round() };
        if corners.last() != Some(&corner) {
            corners.push(corner);
        }
    }
    let ring = LineString::new(corners);
    (ring.0.len() >= 4 && Polygon::new(ring.clone(), Vec::new()).unsigned_area() >= 1.0).then_some(ring)
}

impl Layer {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, features: Vec::new(), tags: TagsBuilder::new() }
    }

    /// Adds an area in whole units; an empty one is not drawn.
    pub(crate) fn area<const N: usize>(&mut self, shape: MultiPolygon<f64>, tags: [(&str, TileValue); N]) {
        if !shape.0.is_empty() {
            self.add(geo::Geometry::MultiPolygon(shape), tags);
        }
    }

    /// Adds a point in whole units.
    pub(crate) fn point<const N: usize>(&mut self, at: Coord<f64>, tags: [(&str, TileValue); N]) {
        self.add(geo::Geometry::Point(geo::Point::from(at)), tags);
    }

    fn add<const N: usize>(&mut self, geometry: geo::Geometry<f64>, tags: [(&str, TileValue); N]) {
        // A ring of fewer than three corners is the only thing the encoder refuses; `clip` leaves none.
        let Ok(mut feature) = geometry.to_mvt_unscaled() else { return };
        for (key, value) in tags {
            let (key, value) = self.tags.insert_ref(key, value);
            feature.tags.extend([key, value]);
        }
        self.features.push(feature);
    }
}

/// The tile with these layers; layers without features are left out.
pub(crate) fn encode(layers: Vec<Layer>) -> EncodedTile {
    let drawn = layers.into_iter().filter(|layer| !layer.features.is_empty());
    let layers: Vec<tile::Layer> = drawn
        .map(|layer| {
            let (keys, values) = layer.tags.into_tags();
            tile::Layer {
                version: 2,
                name: layer.name.to_owned(),
                features: layer.features,
                keys,
                values: values.into_iter().map(Into::into).collect(),
                extent: Some(EXTENT),
            }
        })
        .collect();
    let plain = Tile { layers }.encode_to_vec();
    let etag = format!("\"{}\"", hex(&Sha256::digest(&plain)[..16]));
    let gzip = if plain.is_empty() { Bytes::new() } else { gzip(&plain) };
    EncodedTile { gzip, etag }
}

fn gzip(plain: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let written = encoder.write_all(plain).and_then(|()| encoder.finish());
    Bytes::from(written.expect("a Vec takes every byte"))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
