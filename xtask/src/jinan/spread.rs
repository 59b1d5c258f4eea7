//! Spreads label points over a raster: many near an anchor, few far away, evenly in between (Lloyd's method).

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::ground::Position;

/// Rounds of moving each point to the weighted middle of what is nearest to it.
const ROUNDS: usize = 12;

/// Label points, and for each position of the raster the index of its nearest one.
pub(crate) struct Spread {
    /// The points, nearest to the anchor first.
    pub(crate) points: Vec<Position>,
    /// For each position of the raster, which point is nearest.
    pub(crate) nearest: Vec<usize>,
}

/// Spreads `count` points over `raster`, denser within `reach_metres` of `anchor`. Each lies on a raster position of its own.
pub(crate) fn spread(
    raster: &[Position],
    count: usize,
    anchor: Position,
    reach_metres: f64,
    chance: &mut ChaCha8Rng,
) -> anyhow::Result<Spread> {
    anyhow::ensure!(raster.len() >= count, "{count} points do not fit on {} positions", raster.len());
    let weight = |at: &Position| 1.0 / (1.0 + at.metres_squared(anchor) / (reach_metres * reach_metres));
    let weights: Vec<f64> = raster.iter().map(weight).collect();
    let mut points = draw(raster, &weights, count, chance);
    for _ in 0..ROUNDS {
        let mut sums = vec![(0.0, 0.0, 0.0); count];
        for (at, weight) in raster.iter().zip(&weights) {
            let sum = &mut sums[nearest_of(&points, *at)];
            *sum = (sum.0 + at.lon * weight, sum.1 + at.lat * weight, sum.2 + weight);
        }
        for (point, (lon, lat, weight)) in points.iter_mut().zip(sums) {
            if weight > 0.0 {
                *point = Position::new(lon / weight, lat / weight);
            }
        }
    }
    settle(raster, &mut points);
    points.sort_by(|a, b| a.metres_squared(anchor).total_cmp(&b.metres_squared(anchor)));
    let nearest = raster.iter().map(|at| nearest_of(&points, *at)).collect();
    Ok(Spread { points, nearest })
}

/// Draws `count` different positions, the heavy ones more often.
fn draw(raster: &[Position], weights: &[f64], count: usize, chance: &mut ChaCha8Rng) -> Vec<Position> {
    let mut weights = weights.to_vec();
    let mut drawn = Vec::with_capacity(count);
    for _ in 0..count {
        let total: f64 = weights.iter().sum();
        let mut left = chance.random::<f64>() * total;
        let chosen = weights.iter().position(|weight| {
            left -= weight;
            left < 0.0 && *weight > 0.0
        });
        let chosen = chosen.or_else(|| weights.iter().rposition(|weight| *weight > 0.0)).unwrap_or_default();
        drawn.push(raster[chosen]);
        weights[chosen] = 0.0;
    }
    drawn
}

/// Moves each point onto the nearest raster position that no earlier point holds: a middle may lie outside a crooked outline.
fn settle(raster: &[Position], points: &mut [Position]) {
    let mut held = vec![false; raster.len()];
    for point in points {
        let free = (0..raster.len()).filter(|index| !held[*index]);
        let best = free
            .min_by(|a, b| raster[*a].metres_squared(*point).total_cmp(&raster[*b].metres_squared(*point)));
        if let Some(best) = best {
            held[best] = true;
            *point = raster[best];
        }
    }
}

/// The index of the point nearest to `at`.
pub(crate) fn nearest_of(points: &[Position], at: Position) -> usize {
    let mut best = (0, f64::INFINITY);
    for (index, point) in points.iter().enumerate() {
        let distance = point.metres_squared(at);
        if distance < best.1 {
            best = (index, distance);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    fn field() -> Vec<Position> {
        (0..40)
            .flat_map(|x| {
                (0..40).map(move |y| Position::new(117.0 + f64::from(x) * 0.002, 36.0 + f64::from(y) * 0.002))
            })
            .collect()
    }

    #[test]
    fn the_same_seed_gives_the_same_points_and_no_two_coincide() {
        let (field, anchor) = (field(), Position::new(117.0, 36.0));
        let run =
            || spread(&field, 60, anchor, 2_000.0, &mut ChaCha8Rng::seed_from_u64(7)).expect("room enough");
        let (first, again) = (run(), run());
        assert_eq!(first.points, again.points);
        for (index, point) in first.points.iter().enumerate() {
            assert!(field.contains(point));
            assert!(!first.points[..index].contains(point));
        }
    }

    #[test]
    fn points_crowd_around_the_anchor() {
        let anchor = Position::new(117.0, 36.0);
        let spread =
            spread(&field(), 60, anchor, 1_000.0, &mut ChaCha8Rng::seed_from_u64(7)).expect("room enough");
        let near =
            spread.points.iter().filter(|point| point.metres_squared(anchor) < 3_500.0 * 3_500.0).count();
        assert!(near > 24, "only {near} of 60 within 3.5 km of the anchor");
    }

    #[test]
    fn more_points_than_positions_is_a_fault() {
        let refused =
            spread(&field()[..3], 4, Position::new(117.0, 36.0), 1_000.0, &mut ChaCha8Rng::seed_from_u64(7));
        assert!(refused.is_err());
    }
}
