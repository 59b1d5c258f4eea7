//! How long the questions to this engine take; `baotu bench geo` prints what is measured here.

use std::collections::HashSet;
use std::fmt;
use std::hint::black_box;
use std::sync::Arc;

use baotu_vocabulary::{CaseId, Chance, Moment, Point, Surroundings};

use crate::atlas::Atlas;
use crate::base_map::BaseMap;
use crate::live::{Concern, GeoLive, OpenCase};
use crate::tile::TileAddress;

/// Steps of an additive recurrence that fills a rectangle evenly (the plastic number's inverse, and its square).
const STEPS: (f64, f64) = (0.754_877_666_246_693, 0.569_840_290_998_053);
/// Points tried for each one wanted, before a city is taken for too narrow to be hit.
const TRIES_PER_POINT: usize = 100;
/// Points at which tiles are drawn.
const TILE_POINTS: usize = 40;
/// Zoom levels at which tiles are drawn: from the whole city to the single cell.
const ZOOMS: std::ops::RangeInclusive<u8> = 8..=16;
/// Open cases on the live layer.
const OPEN_CASES: usize = 100_000;
/// Characters of a place's name that are searched for, as somebody types them.
const TYPED_CHARS: usize = 2;

/// What was measured of one city.
#[derive(Clone, Debug)]
pub struct GeoTimes {
    /// Cells of the unit grid.
    pub cells: usize,
    /// Places that can be found by name.
    pub places: usize,
    /// Finding the cell and the community of a point in the city.
    pub lookups: Times,
    /// Finding besides the responsible units of every kind.
    pub responsibilities: Times,
    /// Searches for the first characters of every place.
    pub searches: Times,
    /// Reading an address that names every place.
    pub addresses: Times,
    /// Drawing a tile of the base map that was not kept, by zoom level; the first of a level prepares its outlines.
    pub tiles: Vec<(u8, Times)>,
    /// Open cases on the live layer that was drawn.
    pub live_cases: usize,
    /// Drawing a tile of it for a reader who may know of every case, by zoom level.
    pub live_tiles: Vec<(u8, Times)>,
}

/// How often something was asked, and how long it took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    /// How often.
    pub asked: usize,
    /// All together, in microseconds.
    pub micros: i64,
    /// The slowest one, in microseconds; 0 where single ones are too short to be told apart.
    pub slowest_micros: i64,
}

/// Measures `points` look-ups, a search and an address for each place, and tiles of both maps at every zoom level.
pub fn measure(atlas: &Arc<Atlas>, points: usize, surroundings: &dyn Surroundings) -> GeoTimes {
    let clock = Clock(surroundings);
    let spread: Vec<Point> = points_in(atlas).take(points).collect();
    let locate = |point: &Point| atlas.locate(*point).expect("it was in the city a moment ago");
    let lookups = clock.time_together(&spread, |point| {
        let located = locate(point);
        black_box((located.cell(), located.community()));
    });
    let responsibilities = clock.time_together(&spread, |point| {
        let located = locate(point);
        black_box((located.cell(), located.responsible_units()));
    });
    let names: Vec<&str> = atlas.gazetteer().places().iter().map(|place| place.name.as_str()).collect();
    let centre = spread.first().copied();
    let searches = names.iter().map(|name| name.chars().take(TYPED_CHARS).collect::<String>());
    let addresses = names.iter().map(|name| format!("{}{name}3号楼路灯不亮", atlas.city()));
    let map = BaseMap::new(Arc::clone(atlas));
    let tiles = ZOOMS.map(|zoom| (zoom, clock.time(tiles_of(atlas, zoom), |address| map.tile(address))));
    let live = crowded(atlas);
    let live_tiles = ZOOMS
        .map(|zoom| (zoom, clock.time(tiles_of(atlas, zoom), |address| live.tile(address, &[], &|_| true))));
    GeoTimes {
        cells: atlas.cells().len(),
        places: names.len(),
        lookups,
        responsibilities,
        searches: clock
            .time(searches, |words| atlas.gazetteer().search(&words, centre).map(|found| found.len())),
        addresses: clock.time(addresses, |address| atlas.place(&address).is_some()),
        tiles: tiles.collect(),
        live_cases: live.count(),
        live_tiles: live_tiles.collect(),
    }
}

/// Different tiles all over the city.
fn tiles_of(atlas: &Atlas, zoom: u8) -> impl Iterator<Item = TileAddress> {
    let mut asked = HashSet::new();
    points_in(atlas)
        .take(TILE_POINTS)
        .filter_map(move |point| TileAddress::of(point, zoom).ok())
        .filter(move |address| asked.insert(*address))
}

/// A live layer on a very bad day.
fn crowded(atlas: &Arc<Atlas>) -> GeoLive {
    let level = "一般".to_owned();
    let live = GeoLive::new(Arc::clone(atlas), vec![level.clone()]);
    live.restore((1..).zip(points_in(atlas).take(OPEN_CASES)).map(|(number, place)| OpenCase {
        // Ids differ by the millisecond.
        case: CaseId::new(Moment::from_micros(number * 1_000), Chance::default()),
        place,
        level: level.clone(),
        status: "办理中".to_owned(),
        concern: Concern { procedure: "measured".into(), division: None, units: vec!["measured".into()] },
    }));
    live
}

/// Points spread evenly over the city, in an order without rhyme; none in a city without extent.
fn points_in(atlas: &Atlas) -> impl Iterator<Item = Point> + '_ {
    let spread = atlas.extent().into_iter().flat_map(|[west, south, east, north]| {
        let (mut x, mut y) = (0.5_f64, 0.5_f64);
        std::iter::repeat_with(move || {
            (x, y) = ((x + STEPS.0).fract(), (y + STEPS.1).fract());
            Point::new(west + x * (east - west), south + y * (north - south)).ok()
        })
    });
    let mut missed = 0_usize;
    spread
        .map_while(move |point| {
            let inside = point.filter(|point| atlas.locate(*point).is_ok());
            missed = if inside.is_some() { 0 } else { missed + 1 };
            (missed < TRIES_PER_POINT).then_some(inside)
        })
        .flatten()
}

struct Clock<'a>(&'a dyn Surroundings);

impl Clock<'_> {
    /// Asks questions that are too short to be timed one by one.
    fn time_together<Q>(&self, questions: &[Q], ask: impl Fn(&Q)) -> Times {
        let begun = self.0.now();
        questions.iter().for_each(ask);
        let micros = self.0.now().micros_since(begun);
        Times { asked: questions.len(), micros, slowest_micros: 0 }
    }

    /// Asks each question once.
    fn time<Q, A>(&self, questions: impl IntoIterator<Item = Q>, ask: impl Fn(Q) -> A) -> Times {
        let mut times = Times::default();
        for question in questions {
            let begun = self.0.now();
            black_box(ask(question));
            let micros = self.0.now().micros_since(begun);
            times.asked += 1;
            times.micros += micros;
            times.slowest_micros = micros.max(times.slowest_micros);
        }
        times
    }
}

impl Times {
    /// Microseconds for one, on average.
    pub fn micros_each(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "a time for people to read")]
        let (micros, asked) = (self.micros as f64, self.asked.max(1) as f64);
        micros / asked
    }
}

impl fmt::Display for Times {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>9} × {:>10.3} µs", self.asked, self.micros_each())?;
        if self.slowest_micros > 0 {
            write!(f, ", slowest {} µs", self.slowest_micros)?;
        }
        Ok(())
    }
}

/// A table for people, a line for each kind of question.
impl fmt::Display for GeoTimes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} cells, {} places", self.cells, self.places)?;
        writeln!(f, "point → cell          {}", self.lookups)?;
        writeln!(f, "point → cell → units  {}", self.responsibilities)?;
        writeln!(f, "search by name        {}", self.searches)?;
        writeln!(f, "address → division    {}", self.addresses)?;
        for (zoom, times) in &self.tiles {
            writeln!(f, "base tile, zoom {zoom:<2}    {times}")?;
        }
        writeln!(f, "{} open cases on the live layer", self.live_cases)?;
        for (zoom, times) in &self.live_tiles {
            writeln!(f, "live tile, zoom {zoom:<2}    {times}")?;
        }
        Ok(())
    }
}
