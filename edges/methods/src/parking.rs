//! How full a car park is, by the number its counter gives, or what is wrong with that number.
//!
//! A counter adds who drives in and takes off who drives out, so its errors add up too. A number that cannot be is told by name and
//! never pressed into 0 to 1: a screen that shows 100 % for 103 % hides a broken counter. No standard is followed here. What was
//! counted after a jump runs from a new base and may be off as a whole; only a count by hand can tell.

use baotu_vocabulary::Moment;

/// Microseconds of an hour.
const HOUR_MICROS: i128 = 3_600_000_000;
/// Microseconds of a minute.
const MINUTE_MICROS: i64 = 60_000_000;

/// Occupied places by all places: 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Occupancy(f64);

impl Occupancy {
    /// The rate, 0 to 1, no unit.
    pub const fn rate(self) -> f64 {
        self.0
    }
}

/// What a counter said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// When.
    pub at: Moment,
    /// Cars inside, as counted: a counter may well say −8.
    pub cars: i64,
}

/// What is known of a car park and expected of its counter; each city declares its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CarPark {
    /// Places, all floors.
    pub places: i64,
    /// Cars that all its lanes together let in, or out, in an hour. None: jumps are not looked for.
    pub cars_per_hour: Option<u32>,
    /// Readings of one and the same number from which on a counter is taken for frozen …
    pub frozen_readings: usize,
    /// … if they span at least this many minutes.
    pub frozen_minutes: i64,
}

/// Why a count gives no occupancy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CounterFault {
    /// Not after the reading before it.
    #[error("读数时间不晚于上一条读数")]
    OutOfOrder,
    /// A car park without places.
    #[error("泊位数应大于 0，登记为 {places}")]
    NoPlaces {
        /// As declared.
        places: i64,
    },
    /// Fewer cars than none.
    #[error("在场车辆数为负：{cars}")]
    Negative {
        /// As counted.
        cars: i64,
    },
    /// More cars than places.
    #[error("在场车辆 {cars} 辆，多于泊位 {places} 个")]
    OverCapacity {
        /// As counted.
        cars: i64,
        /// As declared.
        places: i64,
    },
    /// The same number again and again, though neither empty nor full.
    #[error("连续 {readings} 次读数同为 {cars}，历时 {minutes} 分钟")]
    Frozen {
        /// As counted each time.
        cars: i64,
        /// How many readings in a row.
        readings: usize,
        /// Minutes from the first to the last of them.
        minutes: i64,
    },
    /// More cars came or went since the reading before than the lanes let through.
    #[error("{seconds} 秒内由 {before} 辆变为 {cars} 辆，出入口无法通过")]
    Jump {
        /// The count before.
        before: i64,
        /// As counted.
        cars: i64,
        /// Seconds between the two.
        seconds: i64,
    },
}

impl CounterFault {
    /// A stable name, kebab-case, to count faults by.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::OutOfOrder => "out-of-order",
            Self::NoPlaces { .. } => "no-places",
            Self::Negative { .. } => "negative",
            Self::OverCapacity { .. } => "over-capacity",
            Self::Frozen { .. } => "frozen",
            Self::Jump { .. } => "jump",
        }
    }
}

/// The occupancy by one count alone.
///
/// # Errors
/// [`CounterFault::NoPlaces`], [`CounterFault::Negative`] or [`CounterFault::OverCapacity`].
pub fn occupancy(cars: i64, places: i64) -> Result<Occupancy, CounterFault> {
    if places <= 0 {
        Err(CounterFault::NoPlaces { places })
    } else if cars < 0 {
        Err(CounterFault::Negative { cars })
    } else if cars > places {
        Err(CounterFault::OverCapacity { cars, places })
    } else {
        Ok(Occupancy(cars as f64 / places as f64))
    }
}

/// The occupancy by each of `counts`, given in the order received, or the first fault that holds in the order of
/// [`CounterFault`].
///
/// The first reading of a frozen run keeps its occupancy, for it may have been true; the others are frozen. Empty and full are
/// no faults however long they last: a closed car park stays empty, a full one stays full.
pub fn series(park: &CarPark, counts: &[Count]) -> Vec<Result<Occupancy, CounterFault>> {
    let mut judged: Vec<Result<Occupancy, CounterFault>> = Vec::with_capacity(counts.len());
    // Where the run of equal numbers began, and the reading before: positions in `counts`.
    let mut run: Vec<usize> = Vec::new();
    let mut before: Option<Count> = None;
    for (index, &count) in counts.iter().enumerate() {
        if before.is_some_and(|before| count.at <= before.at) {
            judged.push(Err(CounterFault::OutOfOrder));
            continue;
        }
        let alone = occupancy(count.cars, park.places);
        judged.push(alone.and_then(|rate| jump(park, before, count).map_or(Ok(rate), Err)));
        if before.is_some_and(|before| before.cars != count.cars) {
            freeze(park, counts, &run, &mut judged);
            run.clear();
        }
        run.push(index);
        before = Some(count);
    }
    freeze(park, counts, &run, &mut judged);
    judged
}

fn jump(park: &CarPark, before: Option<Count>, count: Count) -> Option<CounterFault> {
    let (before, cars_per_hour) = (before?, park.cars_per_hour?);
    let micros = count.at.micros_since(before.at);
    let moved = i128::from(count.cars.abs_diff(before.cars));
    (moved * HOUR_MICROS > i128::from(cars_per_hour) * i128::from(micros)).then_some(CounterFault::Jump {
        before: before.cars,
        cars: count.cars,
        seconds: micros / 1_000_000,
    })
}

/// Marks all but the first reading of a run that lasted too long.
fn freeze(park: &CarPark, counts: &[Count], run: &[usize], judged: &mut [Result<Occupancy, CounterFault>]) {
    let (Some((&first, others)), Some(&last)) = (run.split_first(), run.last()) else { return };
    let cars = counts[first].cars;
    let minutes = counts[last].at.micros_since(counts[first].at) / MINUTE_MICROS;
    let is_frozen = run.len() >= park.frozen_readings && minutes >= park.frozen_minutes;
    if !is_frozen || cars == 0 || cars == park.places {
        return;
    }
    for &index in others {
        if judged[index].is_ok() {
            judged[index] = Err(CounterFault::Frozen { cars, readings: run.len(), minutes });
        }
    }
}
