//! What is watched and what is observed, as the city tells it: this engine knows neither the register nor the readings.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use baotu_vocabulary::{
    DivisionCode, Moment, Point, PropertyName, ThingId, ThingTypeName, UnitCode, ZoneCode,
};

/// A thing whose readings are watched.
#[derive(Clone, Debug, PartialEq)]
pub struct Watched {
    /// The thing.
    pub thing: ThingId,
    /// Its type.
    pub kind: ThingTypeName,
    /// Shown.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Where it is.
    pub place: Option<Point>,
    /// The smallest known division of its place.
    pub division: Option<DivisionCode>,
    /// The functional zones that it lies in.
    pub zones: Vec<ZoneCode>,
    /// Its properties, each with the number of its series.
    pub series: Vec<(PropertyName, u32)>,
}

impl Watched {
    /// The zones and divisions in which it lies, the smallest first, as rows of parameters name them.
    pub fn areas(&self) -> Vec<String> {
        let zones = self.zones.iter().map(|zone| zone.as_str().to_owned());
        let divisions = self.division.iter().flat_map(|division| division.lineage());
        zones.chain(divisions.map(|division| division.to_string())).collect()
    }

    /// The county-level division (区县) of its place.
    pub fn district(&self) -> Option<DivisionCode> {
        self.division.map(DivisionCode::county_part)
    }
}

/// A reading as rules see it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Observed {
    /// The series: a property of a thing.
    pub series: u32,
    /// When it was taken.
    pub at: Moment,
    /// The value, in the unit of the property.
    pub value: f64,
    /// Whether its quality is such that it counts; a value that is no finite number never does.
    pub usable: bool,
}

/// A future that is held behind a pointer, for traits.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Readings of the past that could not be had.
#[derive(Debug, thiserror::Error)]
#[error("readings of the past: {0}")]
pub struct HistoryFault(pub Box<dyn std::error::Error + Send + Sync>);

/// Where readings of the past come from.
pub trait History: Send + Sync {
    /// The newest usable reading of each of these series that has one.
    fn newest<'a>(&'a self, series: &'a [u32]) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>>;

    /// The readings of these series from `from` (inclusive) to `to` (exclusive), ordered by time; each of them as it
    /// stands now, corrections applied.
    fn readings<'a>(
        &'a self,
        series: &'a [u32],
        from: Moment,
        to: Moment,
    ) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>>;
}

impl fmt::Debug for dyn History {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("History")
    }
}
