//! Things whose type is public: their places and public readings are open data.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baotu_access::Resource;
use baotu_access::http::{Anyone, Json, Path, Problem, Query};
use baotu_vocabulary::Actor;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::told::ThingRow;
use super::{READ_PUBLIC, ThingsState};
use crate::register::{Standing, Wanted};
use crate::thing::{Thing, ThingRefused, ThingState};

/// Stations of one page of JSON at most; a CSV file has all of them.
const STATIONS_MAX: usize = 5_000;
/// The media type of CSV (RFC 4180).
const CSV: HeaderValue = HeaderValue::from_static("text/csv; charset=utf-8");

/// Which stations, and how they are told.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StationParams {
    /// Only of this type.
    kind: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// `json` (default) or `csv`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// How open data is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Format {
    /// JSON.
    #[default]
    Json,
    /// CSV with a head, UTF-8.
    Csv,
}

/// Stations, by code.
#[derive(Serialize, ToSchema)]
pub(super) struct StationPage {
    /// The stations.
    rows: Vec<ThingRow>,
    /// Where the next page begins.
    next: Option<String>,
}

impl ThingsState {
    /// A station by its code; what is not public is not found.
    pub(super) fn station(&self, actor: &Actor, code: &str) -> Result<Standing, Problem> {
        self.access.rights().permit(actor, READ_PUBLIC, &Resource::known("city"))?;
        let standing = self.things.by_code(code).filter(|standing| self.is_public(&standing.thing));
        standing.ok_or_else(|| ThingRefused::NotFound.into())
    }

    fn is_public(&self, thing: &Thing) -> bool {
        thing.state == ThingState::InUse && self.things.kind_of(thing).is_some_and(|kind| kind.public)
    }
}

/// The public stations with their newest readings.
#[utoipa::path(get, path = "/api/stations", operation_id = "stations_list", tag = "stations", params(StationParams), responses(
    (status = 200, body = StationPage, description = "Or CSV: one line for each property of each station"),
    (status = 422, body = Problem)))]
pub(super) async fn list(
    State(state): State<ThingsState>,
    Anyone(actor): Anyone,
    Query(params): Query<StationParams>,
) -> Result<Response, Problem> {
    state.access.rights().permit(&actor, READ_PUBLIC, &Resource::known("city"))?;
    let wanted = Wanted { kind: params.kind, ..Wanted::default() };
    let after = params.after.unwrap_or_default();
    let is_public = |thing: &Thing| state.is_public(thing);
    let rows_max = if params.format == Format::Csv { usize::MAX } else { STATIONS_MAX };
    let (found, more) = state.things.list(&wanted, is_public, &after, rows_max);
    let next = found.last().filter(|_| more).map(|standing| standing.thing.code.clone());
    let rows: Vec<ThingRow> = found.iter().map(|one| ThingRow::of(&state.things, one, true)).collect();
    Ok(match params.format {
        Format::Json => Json(StationPage { rows, next }).into_response(),
        Format::Csv => csv(&rows),
    })
}

/// One public station.
#[utoipa::path(get, path = "/api/stations/{code}", operation_id = "stations_read", tag = "stations",
    params(("code" = String, Path, description = "The code of the station")),
    responses((status = 200, body = ThingRow), (status = 404, body = Problem)))]
pub(super) async fn read(
    State(state): State<ThingsState>,
    Anyone(actor): Anyone,
    Path(code): Path<String>,
) -> Result<Json<ThingRow>, Problem> {
    let standing = state.station(&actor, &code)?;
    Ok(Json(ThingRow::of(&state.things, &standing, true)))
}

/// One line for each property of each station, and for each of its indicators.
fn csv(rows: &[ThingRow]) -> Response {
    let mut lines =
        Lines::new(&["code", "name", "type", "lon", "lat", "property", "unit", "time", "value", "quality"]);
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for row in rows {
        for latest in &row.latest {
            let reading = latest.reading.as_ref();
            lines.add(&[
                &row.code,
                &row.name,
                &row.kind,
                &number(row.lon),
                &number(row.lat),
                &latest.property,
                latest.unit(),
                reading.map_or("", |reading| &reading.at),
                &number(reading.map(|reading| reading.value)),
                reading.map_or("", |reading| reading.quality),
            ]);
        }
    }
    lines.answer()
}

/// Lines of CSV (RFC 4180).
pub(super) struct Lines(String);

impl Lines {
    pub(super) fn new(head: &[&str]) -> Self {
        let mut lines = Self(String::new());
        lines.add(head);
        lines
    }

    pub(super) fn add(&mut self, cells: &[&str]) {
        for (index, cell) in cells.iter().enumerate() {
            if index > 0 {
                self.0.push(',');
            }
            if cell.contains([',', '"', '\n', '\r']) {
                self.0.push('"');
                self.0.push_str(&cell.replace('"', "\"\""));
                self.0.push('"');
            } else {
                self.0.push_str(cell);
            }
        }
        self.0.push_str("\r\n");
    }

    pub(super) fn answer(self) -> Response {
        ([(header::CONTENT_TYPE, CSV)], self.0).into_response()
    }
}
