//! The regular lattice of squares that lies over the city, in degrees.
//!
//! Squares are counted from 0°/0°, not from the city's corner: a corrected outline doesn't move the grid.

use geo::{Coord, Rect};

/// Metres per degree of latitude, mean of the CGCS2000 ellipsoid between 30° and 40°.
const METRES_PER_DEGREE: f64 = 110_950.0;
/// Squares a frame may have: 16 bytes each, 64 MB.
const SQUARES_MAX: usize = 4_000_000;

/// A lattice over a rectangle.
#[derive(Clone, Debug)]
pub(crate) struct Frame {
    edge_metres: f64,
    step: Coord<f64>,
    west: i64,
    south: i64,
    cols: usize,
    rows: usize,
}

impl Frame {
    /// The lattice of squares that covers `bounds`. Where squares with `edge_metres` would be more than
    /// [`SQUARES_MAX`], the edge is doubled until they aren't; [`Frame::edge_metres`] tells.
    pub(crate) fn new(bounds: Rect<f64>, edge_metres: f64) -> Self {
        let mut edge_metres = edge_metres;
        // The cosine of a whole degree, so that the outline's corrections leave the lattice where it is.
        let parallel = bounds.center().y.round().to_radians().cos().max(0.01);
        let mut step =
            Coord { x: edge_metres / (METRES_PER_DEGREE * parallel), y: edge_metres / METRES_PER_DEGREE };
        loop {
            let (west, south) = (index(bounds.min().x, step.x), index(bounds.min().y, step.y));
            let cols = usize::try_from(index(bounds.max().x, step.x) - west + 1).unwrap_or(usize::MAX);
            let rows = usize::try_from(index(bounds.max().y, step.y) - south + 1).unwrap_or(usize::MAX);
            if cols.saturating_mul(rows) <= SQUARES_MAX {
                return Self { edge_metres, step, west, south, cols, rows };
            }
            step = step * 2.0;
            edge_metres *= 2.0;
        }
    }

    /// The edge that was taken, in metres.
    pub(crate) const fn edge_metres(&self) -> f64 {
        self.edge_metres
    }

    /// How many squares there are.
    pub(crate) const fn len(&self) -> usize {
        self.cols * self.rows
    }

    /// The number of the square under `point` and where in it the point stands, both from 0 to 1; none outside.
    pub(crate) fn find(&self, point: Coord<f64>) -> Option<(usize, Coord<f64>)> {
        let (x, y) = (point.x / self.step.x, point.y / self.step.y);
        let (x_floor, y_floor) = (x.floor(), y.floor());
        let col = usize::try_from(whole(x_floor) - self.west).ok().filter(|col| *col < self.cols)?;
        let row = usize::try_from(whole(y_floor) - self.south).ok().filter(|row| *row < self.rows)?;
        Some((row * self.cols + col, Coord { x: x - x_floor, y: y - y_floor }))
    }

    /// All squares, row by row from the south-west: their numbers are their places in this order.
    pub(crate) fn squares(&self) -> impl Iterator<Item = Rect<f64>> + '_ {
        (0..self.rows).flat_map(move |row| (0..self.cols).map(move |col| self.square(col, row)))
    }

    /// The numbers of the squares that share a point with `rect`.
    pub(crate) fn under(&self, rect: Rect<f64>) -> impl Iterator<Item = usize> + '_ {
        let span = |low: f64, high: f64, step: f64, first: i64, count: usize| {
            let from = usize::try_from(index(low, step) - first).unwrap_or(0);
            let to = usize::try_from(index(high, step) - first + 1).unwrap_or(0).min(count);
            from..to.max(from)
        };
        let cols = span(rect.min().x, rect.max().x, self.step.x, self.west, self.cols);
        let rows = span(rect.min().y, rect.max().y, self.step.y, self.south, self.rows);
        rows.flat_map(move |row| cols.clone().map(move |col| row * self.cols + col))
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_wrap, reason = "at most SQUARES_MAX")]
    fn square(&self, col: usize, row: usize) -> Rect<f64> {
        let (x, y) = (self.west + col as i64, self.south + row as i64);
        Rect::new(
            Coord { x: x as f64 * self.step.x, y: y as f64 * self.step.y },
            Coord { x: (x + 1) as f64 * self.step.x, y: (y + 1) as f64 * self.step.y },
        )
    }
}

fn index(degrees: f64, step: f64) -> i64 {
    whole((degrees / step).floor())
}

#[expect(clippy::cast_possible_truncation, reason = "degrees over steps of metres are far below 2^53")]
fn whole(floor: f64) -> i64 {
    floor as i64
}
