//! How long it takes to find out where a point is; `baotu bench geo` prints what is measured here.

use baotu_vocabulary::{Point, Surroundings};

use crate::atlas::Atlas;

/// Steps of an additive recurrence that fills a rectangle evenly (the plastic number's inverse, and its square).
const STEPS: (f64, f64) = (0.754_877_666_246_693, 0.569_840_290_998_053);

/// What was measured.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LookupTimes {
    /// Points asked for, spread evenly over the city's extent.
    pub points: u32,
    /// How many of them lie in the city.
    pub inside: u32,
    /// Cells of the unit grid.
    pub cells: usize,
    /// For all points, in microseconds.
    pub micros: i64,
}

impl LookupTimes {
    /// Microseconds for one point.
    pub fn micros_per_point(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a time for people to read")]
        let micros = self.micros as f64;
        micros / f64::from(self.points.max(1))
    }
}

/// Finds cell and community of `points` points; none in a city without any extent.
pub fn lookups(atlas: &Atlas, points: u32, surroundings: &dyn Surroundings) -> Option<LookupTimes> {
    let [west, south, east, north] = atlas.extent()?;
    let (mut x, mut y) = (0.5_f64, 0.5_f64);
    let spread: Vec<Point> = (0..points)
        .filter_map(|_| {
            (x, y) = ((x + STEPS.0).fract(), (y + STEPS.1).fract());
            Point::new(west + x * (east - west), south + y * (north - south)).ok()
        })
        .collect();
    let begun = surroundings.now();
    let inside = spread
        .iter()
        .filter(|point| {
            atlas.locate(**point).is_ok_and(|located| located.community().or(located.division()).is_some())
        })
        .count();
    let micros = surroundings.now().micros_since(begun);
    Some(LookupTimes {
        points,
        inside: u32::try_from(inside).unwrap_or(points),
        cells: atlas.cells().len(),
        micros,
    })
}
