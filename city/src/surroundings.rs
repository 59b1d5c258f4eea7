//! The real time and chance, and simulated ones that replay: nothing below `city` knows which it was given.

use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use baotu_vocabulary::{Chance, Moment, Surroundings};
use rand::rngs::OsRng;
use rand::{RngCore, SeedableRng, TryRngCore};
use rand_chacha::ChaCha12Rng;

/// The machine's clock and the operating system's chance.
#[derive(Clone, Copy, Debug, Default)]
pub struct RealSurroundings;

impl Surroundings for RealSurroundings {
    fn now(&self) -> Moment {
        real_now()
    }

    fn chance(&self) -> Chance {
        let mut chance = [0; 10];
        OsRng
            .try_fill_bytes(&mut chance)
            .expect("an operating system without randomness cannot serve a city");
        chance
    }
}

/// The present moment of the machine's clock.
pub fn real_now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Moment::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
}

/// Time that stands still until it is told to move, or runs at a chosen speed; chance from a seed.
#[derive(Debug)]
pub struct SimulatedSurroundings {
    /// Where the simulated clock stood at `since`, in microseconds.
    anchor_micros: AtomicI64,
    pace: Mutex<Pace>,
    chance: Mutex<ChaCha12Rng>,
}

#[derive(Debug)]
enum Pace {
    /// The clock is moved by hand.
    Still,
    /// The clock runs `speed` times as fast as the machine's since this instant.
    Running { since: Instant, speed: f64 },
}

impl SimulatedSurroundings {
    /// Time stands at `start`; ids are drawn from `seed`.
    pub fn new(start: Moment, seed: u64) -> Self {
        Self {
            anchor_micros: AtomicI64::new(start.micros()),
            pace: Mutex::new(Pace::Still),
            chance: Mutex::new(ChaCha12Rng::seed_from_u64(seed)),
        }
    }

    /// Moves a clock that stands still forward to `moment`; never back.
    pub fn move_to(&self, moment: Moment) {
        self.anchor_micros.fetch_max(moment.micros(), Ordering::SeqCst);
    }

    /// Lets the clock run `speed` times as fast as the machine's.
    pub fn run(&self, speed: f64) {
        let now = self.now();
        let mut pace = self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.anchor_micros.store(now.micros(), Ordering::SeqCst);
        *pace = Pace::Running { since: Instant::now(), speed };
    }
}

impl Surroundings for SimulatedSurroundings {
    fn now(&self) -> Moment {
        let pace = self.pace.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let anchor = Moment::from_micros(self.anchor_micros.load(Ordering::SeqCst));
        match &*pace {
            Pace::Still => anchor,
            Pace::Running { since, speed } => {
                #[expect(
                    clippy::cast_possible_truncation,
                    reason = "microseconds of a run fit an i64 by far"
                )]
                let passed = (since.elapsed().as_secs_f64() * speed * 1e6) as i64;
                anchor.plus_micros(passed)
            }
        }
    }

    fn chance(&self) -> Chance {
        let mut chance = [0; 10];
        self.chance.lock().unwrap_or_else(std::sync::PoisonError::into_inner).fill_bytes(&mut chance);
        chance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_chance_and_time_stands_until_moved() {
        let start = Moment::from_micros(1_000_000);
        let (one, other) = (SimulatedSurroundings::new(start, 7), SimulatedSurroundings::new(start, 7));
        assert_eq!([one.chance(), one.chance()], [other.chance(), other.chance()]);
        assert_eq!(one.now(), start);
        one.move_to(start.plus_seconds(60));
        one.move_to(start);
        assert_eq!(one.now(), start.plus_seconds(60));
    }

    #[test]
    fn a_running_clock_goes_on_from_where_it_stood() {
        let start = Moment::from_micros(1_000_000);
        let surroundings = SimulatedSurroundings::new(start, 7);
        surroundings.run(1e9);
        let (first, second) = (surroundings.now(), surroundings.now());
        assert!(start <= first && first <= second);
    }
}
