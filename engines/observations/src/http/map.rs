//! How many things there are and how many of them are heard, and where the city's own stand: for everybody.

use std::collections::BTreeMap;

use axum::extract::State;
use baotu_access::Resource;
use baotu_access::http::{Anyone, Json, Problem};
use baotu_vocabulary::{Point, ThingTypeName};
use serde::Serialize;
use utoipa::ToSchema;

use super::told::told;
use super::{READ_MAP, ThingsState};
use crate::thing::ThingState;

/// Decimals of a degree that are told: about a metre.
const DECIMALS: f64 = 100_000.0;

/// Things by type.
#[derive(Serialize, ToSchema)]
pub(super) struct ThingMap {
    /// The time of it, RFC 3339.
    now: String,
    /// By type; a type without a thing is absent.
    types: Vec<TypeOnMap>,
}

/// The things of a type that are in use.
#[derive(Default, Serialize, ToSchema)]
struct TypeOnMap {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// How many.
    things: usize,
    /// How many of these were heard lately.
    online: usize,
    /// Where those stand that were heard lately: longitude and latitude by turns, in CGCS2000 degrees. Empty for a type
    /// whose places are not shown.
    heard: Vec<f64>,
    /// The same for those that were not.
    silent: Vec<f64>,
}

impl TypeOnMap {
    fn add(&mut self, place: Option<Point>, online: bool) {
        self.things += 1;
        self.online += usize::from(online);
        let places = if online { &mut self.heard } else { &mut self.silent };
        let short = |degrees: f64| (degrees * DECIMALS).round() / DECIMALS;
        places.extend(place.into_iter().flat_map(|place| [short(place.lon()), short(place.lat())]));
    }
}

/// How many things there are by type and how many were heard lately; where public ones and facilities of the city stand.
/// No thing is named.
#[utoipa::path(get, path = "/api/thing-map", operation_id = "thing_map_read", tag = "stations", responses(
    (status = 200, body = ThingMap), (status = 403, body = Problem)))]
pub(super) async fn read(
    State(state): State<ThingsState>,
    Anyone(actor): Anyone,
) -> Result<Json<ThingMap>, Problem> {
    state.access.rights().permit(&actor, READ_MAP, &Resource::known("city"))?;
    let kinds = state.things.pack().thing_types();
    let mut types: BTreeMap<ThingTypeName, TypeOnMap> = BTreeMap::new();
    for standing in state.things.all() {
        let thing = &standing.thing;
        if thing.state != ThingState::InUse {
            continue;
        }
        let is_shown = kinds.get(&thing.kind).is_some_and(|kind| kind.public || kind.shown_on_map);
        types.entry(thing.kind.clone()).or_default().add(thing.place.filter(|_| is_shown), standing.online);
    }
    let types = types.into_iter().map(|(name, counted)| {
        let kind = kinds.get(&name);
        TypeOnMap {
            title: kind.map_or_else(|| name.to_string(), |kind| kind.title.clone()),
            title_en: kind.and_then(|kind| kind.title_en.clone()),
            name: name.to_string(),
            ..counted
        }
    });
    Ok(Json(ThingMap { now: told(state.things.now()), types: types.collect() }))
}
