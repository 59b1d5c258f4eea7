//! How things and readings are told.

use std::collections::BTreeMap;

use baotu_pack::sensing::{ATTRIBUTE, Property, ThingIndicator};
use baotu_vocabulary::{Figure, Moment};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::mishap::Mishap;
use crate::reading::Reading;
use crate::register::{Standing, Things};
use crate::thing::ThingState;

/// A reading as it is told.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(super) struct ReadingTold {
    /// When it was taken, RFC 3339.
    pub(super) at: String,
    /// The value, in the unit of the property.
    pub(super) value: f64,
    /// `normal`, `stopped`, `maintenance`, `manual`, `fault`, `calibrating`, `over-range` or `out-of-contact`.
    pub(super) quality: &'static str,
}

/// A property of a thing and its newest reading.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(super) struct LatestTold {
    /// Its name in the pack.
    pub(super) property: String,
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// The unit.
    unit: String,
    /// Decimals that are shown.
    decimals: u8,
    /// The newest reading; nothing was ever said when absent.
    pub(super) reading: Option<ReadingTold>,
    /// Whether it is older than its type allows; then it tells how it was, not how it is.
    pub(super) stale: bool,
}

/// A figure that is calculated from the newest readings of a thing.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(super) struct IndicatorTold {
    /// Its name in the type.
    name: String,
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// The number; none where it cannot be given.
    value: Option<f64>,
    /// The same as a word.
    word: Option<String>,
    /// The colour that the standard gives to it.
    colour: Option<String>,
    /// What else has to be said.
    detail: Option<String>,
    /// Inputs that were not there or too old.
    missing: Vec<String>,
    /// The standard and its edition; why there is no number, where there is none.
    basis: String,
    /// The time of its oldest input, RFC 3339.
    at: Option<String>,
}

/// A thing as a row.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(super) struct ThingRow {
    /// Its id.
    id: String,
    /// The code that stands on it.
    pub(super) code: String,
    /// Its type.
    pub(super) kind: String,
    /// The title of its type.
    pub(super) kind_title: String,
    /// Shown.
    pub(super) name: String,
    /// The unit that answers for it.
    unit: Option<String>,
    /// The name of that unit.
    unit_name: Option<String>,
    /// Longitude in CGCS2000 degrees.
    pub(super) lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    pub(super) lat: Option<f64>,
    /// Where it stands, in words.
    pub(super) address: Option<String>,
    /// The division in which it stands.
    division: Option<String>,
    /// Whether it may speak.
    state: ThingState,
    /// Whether it was heard lately.
    online: bool,
    /// When it was last heard, RFC 3339.
    seen_at: Option<String>,
    /// Counts changes.
    version: i64,
    /// Its properties with their newest readings.
    pub(super) latest: Vec<LatestTold>,
    /// What is calculated from them.
    pub(super) indicators: Vec<IndicatorTold>,
}

/// What was refused or flagged of a thing on a day.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub(super) struct MishapTold {
    /// Its name, for example `clock-ahead`.
    code: String,
    /// The day.
    day: String,
    /// How often.
    count: u64,
    /// When it last happened, RFC 3339.
    last_at: String,
    /// What was wrong then.
    detail: String,
}

/// What else is known of a thing.
pub(super) type Attributes = Map<String, Json>;

pub(super) fn told(at: Moment) -> String {
    at.timestamp().to_string()
}

impl ReadingTold {
    pub(super) fn of(reading: &Reading) -> Self {
        Self { at: told(reading.at), value: reading.value, quality: reading.quality.name() }
    }
}

impl MishapTold {
    pub(super) fn of(mishap: Mishap) -> Self {
        let Mishap { code, day, count, last_at, detail } = mishap;
        Self { code, day: day.to_string(), count, last_at: told(last_at), detail }
    }
}

impl LatestTold {
    pub(super) fn unit(&self) -> &str {
        &self.unit
    }

    fn of(property: &Property, reading: Option<&Reading>, now: Moment, stale_after: i64) -> Self {
        let stale = reading.is_some_and(|reading| now.micros_since(reading.at) > stale_after * 1_000_000);
        Self {
            property: property.name.to_string(),
            title: property.title.clone(),
            title_en: property.title_en.clone(),
            unit: property.unit.clone(),
            decimals: property.decimals,
            reading: reading.map(ReadingTold::of),
            stale,
        }
    }
}

impl ThingRow {
    /// A thing with its newest readings; of the public properties alone when `public`.
    pub(super) fn of(things: &Things, standing: &Standing, public: bool) -> Self {
        let (thing, pack) = (&standing.thing, things.pack());
        let kind = things.kind_of(thing);
        let now = things.now();
        let stale_after = kind.map_or(0, |kind| i64::from(kind.offline_after_seconds));
        let newest = |name: &str| {
            let series = standing.series.iter().find(|(property, _)| property.as_str() == name);
            series.and_then(|(_, number)| things.readings().newest(*number))
        };
        let properties = standing.series.iter().filter_map(|(name, _)| pack.property(name));
        let latest = properties
            .filter(|property| property.public || !public)
            .map(|property| {
                LatestTold::of(property, newest(property.name.as_str()).as_ref(), now, stale_after)
            })
            .collect();
        let indicators = kind.map_or(&[][..], |kind| &kind.indicators).iter();
        let indicators = indicators
            .map(|indicator| indicator_told(things, indicator, &thing.attributes, newest, now))
            .collect();
        let unit = thing.unit.as_ref().filter(|_| !public);
        Self {
            id: thing.id.to_string(),
            code: thing.code.clone(),
            kind: thing.kind.to_string(),
            kind_title: kind.map_or_else(|| thing.kind.to_string(), |kind| kind.title.clone()),
            name: thing.name.clone(),
            unit: unit.map(ToString::to_string),
            unit_name: unit.and_then(|unit| Some(pack.units().get(unit.as_str())?.name.clone())),
            lon: thing.place.map(baotu_vocabulary::Point::lon),
            lat: thing.place.map(baotu_vocabulary::Point::lat),
            address: thing.address.clone(),
            division: thing.division.map(|division| division.to_string()),
            state: thing.state,
            online: standing.online,
            seen_at: standing.seen_at.map(told),
            version: thing.version,
            latest,
            indicators,
        }
    }
}

/// Only what can be trusted goes into a figure, and only what is young enough.
fn indicator_told(
    things: &Things,
    indicator: &ThingIndicator,
    attributes: &Attributes,
    newest: impl Fn(&str) -> Option<Reading>,
    now: Moment,
) -> IndicatorTold {
    let mut inputs = BTreeMap::new();
    let mut at: Option<Moment> = None;
    for (input, from) in &indicator.with {
        if let Some(attribute) = from.strip_prefix(ATTRIBUTE) {
            inputs
                .extend(attributes.get(attribute).and_then(Json::as_f64).map(|value| (input.clone(), value)));
            continue;
        }
        let young = |reading: &Reading| {
            now.micros_since(reading.at) <= i64::from(indicator.within_seconds) * 1_000_000
        };
        let usable = |reading: &Reading| reading.quality.is_usable();
        if let Some(reading) = newest(from).filter(young).filter(usable) {
            at = Some(at.map_or(reading.at, |at| at.min(reading.at)));
            inputs.insert(input.clone(), reading.value);
        }
    }
    let figure = if at.is_none() {
        let missing = indicator.with.keys().cloned().collect();
        Figure { missing, basis: "没有近期的有效读数".to_owned(), ..Figure::default() }
    } else {
        things
            .calculate(&indicator.method, &inputs, at.unwrap_or(now))
            .unwrap_or_else(|refused| Figure { basis: refused.to_string(), ..Figure::default() })
    };
    let Figure { value, word, colour, detail, missing, basis } = figure;
    IndicatorTold {
        name: indicator.name.clone(),
        title: indicator.title.clone(),
        title_en: indicator.title_en.clone(),
        value,
        word,
        colour,
        detail,
        missing,
        basis,
        at: at.map(told),
    }
}
