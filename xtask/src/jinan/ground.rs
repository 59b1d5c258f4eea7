//! The outlines of the districts and a flat raster over them; knows metres and degrees, no names of places.

use anyhow::Context;
use serde_json::Value;

/// Metres per degree of latitude near Jinan.
const METRES_PER_DEGREE: f64 = 110_900.0;
/// The cosine of 36.66° N, written out so that every machine computes the same bytes.
const COSINE_OF_LATITUDE: f64 = 0.802_193;

/// A place in degrees, CGCS2000.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Position {
    /// Degrees east.
    pub(crate) lon: f64,
    /// Degrees north.
    pub(crate) lat: f64,
}

impl Position {
    /// A position from its degrees.
    pub(crate) const fn new(lon: f64, lat: f64) -> Self {
        Self { lon, lat }
    }

    /// The square of the distance in metres, on a flat city.
    pub(crate) fn metres_squared(self, other: Self) -> f64 {
        let east = (self.lon - other.lon) * METRES_PER_DEGREE * COSINE_OF_LATITUDE;
        let north = (self.lat - other.lat) * METRES_PER_DEGREE;
        east * east + north * north
    }
}

/// An outline: rings of positions, holes among them.
pub(crate) struct Outline {
    rings: Vec<Vec<Position>>,
}

impl Outline {
    /// Reads a GeoJSON `MultiPolygon` or `Polygon`.
    pub(crate) fn from_geometry(geometry: &Value) -> anyhow::Result<Self> {
        let coordinates = geometry["coordinates"].as_array().context("a geometry without coordinates")?;
        let polygons: Vec<&Value> = match geometry["type"].as_str() {
            Some("MultiPolygon") => {
                coordinates.iter().flat_map(|polygon| polygon.as_array()).flatten().collect()
            }
            Some("Polygon") => coordinates.iter().collect(),
            other => anyhow::bail!("an outline of type {other:?}"),
        };
        let ring = |ring: &Value| -> anyhow::Result<Vec<Position>> {
            let points = ring.as_array().context("a ring without points")?;
            points
                .iter()
                .map(|point| {
                    let (lon, lat) = (point[0].as_f64(), point[1].as_f64());
                    Ok(Position::new(
                        lon.context("a point without lon")?,
                        lat.context("a point without lat")?,
                    ))
                })
                .collect()
        };
        Ok(Self { rings: polygons.into_iter().map(ring).collect::<anyhow::Result<_>>()? })
    }

    /// Whether the position lies inside (even–odd rule).
    pub(crate) fn contains(&self, at: Position) -> bool {
        let mut inside = false;
        for ring in &self.rings {
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let crosses = (a.lat > at.lat) != (b.lat > at.lat);
                if crosses && at.lon < (b.lon - a.lon) * (at.lat - a.lat) / (b.lat - a.lat) + a.lon {
                    inside = !inside;
                }
            }
        }
        inside
    }

    /// The centres of all squares of this edge (metres) whose centre lies inside, row by row from the south-west.
    pub(crate) fn raster(&self, edge_metres: f64) -> Vec<Position> {
        let step_lat = edge_metres / METRES_PER_DEGREE;
        let step_lon = step_lat / COSINE_OF_LATITUDE;
        let (west, south, east, north) = self.bounds();
        let mut inside = Vec::new();
        let mut lat = south + step_lat / 2.0;
        while lat < north {
            let mut lon = west + step_lon / 2.0;
            while lon < east {
                let centre = Position::new(lon, lat);
                if self.contains(centre) {
                    inside.push(centre);
                }
                lon += step_lon;
            }
            lat += step_lat;
        }
        inside
    }

    fn bounds(&self) -> (f64, f64, f64, f64) {
        let start = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY, f64::NEG_INFINITY);
        self.rings.iter().flatten().fold(start, |(west, south, east, north), point| {
            (west.min(point.lon), south.min(point.lat), east.max(point.lon), north.max(point.lat))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square_with_a_hole() -> Outline {
        let geometry = serde_json::json!({"type": "Polygon", "coordinates": [
            [[117.0, 36.0], [117.1, 36.0], [117.1, 36.1], [117.0, 36.1], [117.0, 36.0]],
            [[117.04, 36.04], [117.06, 36.04], [117.06, 36.06], [117.04, 36.06], [117.04, 36.04]],
        ]});
        Outline::from_geometry(&geometry).expect("a polygon")
    }

    #[test]
    fn a_hole_is_outside() {
        let outline = square_with_a_hole();
        assert!(outline.contains(Position::new(117.02, 36.02)));
        assert!(!outline.contains(Position::new(117.05, 36.05)));
        assert!(!outline.contains(Position::new(117.2, 36.05)));
    }

    #[test]
    fn a_raster_covers_the_area_once() {
        let outline = square_with_a_hole();
        let squares = outline.raster(100.0).len() as f64;
        let area_in_hectares = (0.1 * METRES_PER_DEGREE / 100.0).powi(2) * COSINE_OF_LATITUDE * 0.96;
        assert!(
            (squares - area_in_hectares).abs() / area_in_hectares < 0.02,
            "{squares} for {area_in_hectares}"
        );
    }
}
