//! An outline prepared for one question asked a million times: is this point inside?
//!
//! Every edge counts the points on it for one side only, computed the same way from both sides. So of two
//! outlines that share an edge exactly one holds a point of it, and a city's districts leave no seam.

use geo::{BoundingRect, Coord, LineString, MultiPolygon, Rect};

/// Edges per band of latitude that the preparation aims at.
const EDGES_PER_BAND: usize = 4;
/// Bands are cheap to scan but not to store: an edge as high as the outline stands in all of them.
const BANDS_MAX: usize = 512;

/// An outline with its edges sorted into bands of latitude.
#[derive(Clone, Debug)]
pub(crate) struct Outline {
    shape: MultiPolygon<f64>,
    bounds: Rect<f64>,
    band_height: f64,
    bands: Vec<Vec<Edge>>,
}

/// An edge from its southern to its northern end, whatever way the ring ran.
#[derive(Clone, Copy, Debug)]
struct Edge {
    south: Coord<f64>,
    north: Coord<f64>,
}

impl Outline {
    /// Prepares `shape`; none when it has no area to speak of (no ring with three corners).
    pub(crate) fn new(shape: MultiPolygon<f64>) -> Option<Self> {
        let bounds = shape.bounding_rect()?;
        let edges: Vec<Edge> = rings(&shape).flat_map(LineString::lines).filter_map(Edge::new).collect();
        if edges.len() < 2 || bounds.height() <= 0.0 || bounds.width() <= 0.0 {
            return None;
        }
        let count = (edges.len() / EDGES_PER_BAND).clamp(1, BANDS_MAX);
        let mut outline = Self {
            shape,
            bounds,
            #[expect(clippy::cast_precision_loss, reason = "at most BANDS_MAX")]
            band_height: bounds.height() / count as f64,
            bands: vec![Vec::new(); count],
        };
        for edge in edges {
            let (first, last) = (outline.band(edge.south.y), outline.band(edge.north.y));
            for band in &mut outline.bands[first..=last] {
                band.push(edge);
            }
        }
        Some(outline)
    }

    /// The outline as declared.
    pub(crate) const fn shape(&self) -> &MultiPolygon<f64> {
        &self.shape
    }

    /// The smallest rectangle around it.
    pub(crate) const fn bounds(&self) -> Rect<f64> {
        self.bounds
    }

    /// Whether `point` is inside; a point on an edge is inside exactly one of the two outlines that share it.
    pub(crate) fn contains(&self, point: Coord<f64>) -> bool {
        let (min, max) = (self.bounds.min(), self.bounds.max());
        if point.y < min.y || point.y > max.y || point.x < min.x || point.x > max.x {
            return false;
        }
        let crossed = self.bands[self.band(point.y)].iter().filter(|edge| edge.is_east_of(point)).count();
        crossed % 2 == 1
    }

    /// Whether an edge runs through `square` (or touches it).
    pub(crate) fn crosses(&self, square: &Rect<f64>) -> bool {
        let (min, max) = (square.min(), square.max());
        if !overlap(&self.bounds, square) {
            return false;
        }
        self.bands[self.band(min.y)..=self.band(max.y)].iter().flatten().any(|edge| edge.touches(square))
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the bands")]
    fn band(&self, y: f64) -> usize {
        let band = ((y - self.bounds.min().y) / self.band_height).max(0.0) as usize;
        band.min(self.bands.len() - 1)
    }
}

impl Edge {
    /// None for an edge without length.
    fn new(line: geo::Line<f64>) -> Option<Self> {
        if line.start == line.end {
            return None;
        }
        let (south, north) =
            if line.start.y <= line.end.y { (line.start, line.end) } else { (line.end, line.start) };
        Some(Self { south, north })
    }

    /// The longitude of the edge at latitude `y`.
    fn lon_at(&self, y: f64) -> f64 {
        self.south.x + (self.north.x - self.south.x) * ((y - self.south.y) / (self.north.y - self.south.y))
    }

    /// Whether a ray from `point` to the east crosses the edge; the southern end belongs to it, the northern doesn't,
    /// and a level edge is never crossed.
    fn is_east_of(&self, point: Coord<f64>) -> bool {
        self.south.y <= point.y && point.y < self.north.y && point.x < self.lon_at(point.y)
    }

    fn touches(&self, square: &Rect<f64>) -> bool {
        let (min, max) = (square.min(), square.max());
        if self.north.y < min.y || self.south.y > max.y {
            return false;
        }
        if self.south.y == self.north.y {
            return self.south.x.min(self.north.x) <= max.x && self.south.x.max(self.north.x) >= min.x;
        }
        let (at_south, at_north) =
            (self.lon_at(self.south.y.max(min.y)), self.lon_at(self.north.y.min(max.y)));
        at_south.min(at_north) <= max.x && at_south.max(at_north) >= min.x
    }
}

/// Whether two rectangles share a point.
pub(crate) fn overlap(one: &Rect<f64>, other: &Rect<f64>) -> bool {
    one.min().x <= other.max().x
        && other.min().x <= one.max().x
        && one.min().y <= other.max().y
        && other.min().y <= one.max().y
}

fn rings(shape: &MultiPolygon<f64>) -> impl Iterator<Item = &LineString<f64>> {
    shape.0.iter().flat_map(|polygon| std::iter::once(polygon.exterior()).chain(polygon.interiors()))
}
