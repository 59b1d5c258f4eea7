//! The geo engine over HTTP: where a point is, places by name, divisions, and tiles.
//!
//! All of it is read by anybody, signed in or not. Only the live tile asks who is there: it shows single cases to
//! those who may read them (`cases.read`), and how many there are to everyone.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::Arc;

use axum::extract::{FromRef, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baotu_access::http::{Anyone, Json, Path, Problem, Query};
use baotu_access::{AccessState, Resource};
use baotu_vocabulary::{DivisionCode, Moment, Point, ProcedureName};
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::atlas::{Atlas, Located};
use crate::base_map::BaseMap;
use crate::coordinates::PlaceRefused;
use crate::division::Division;
use crate::gazetteer::Place;
use crate::live::{Concern, GeoLive};
use crate::past::{GeoPast, PastUnknown};
use crate::tile::{EncodedTile, TileAddress};

/// How long a browser shows a base tile before it asks again, in seconds; it then mostly gets a 304.
const BASE_TILE_SECONDS: u32 = 3_600;
/// How long a browser shows a tile of the past before it asks again, in seconds: what was does not change.
const PAST_TILE_SECONDS: u32 = 3_600;
const TILE_TYPE: &str = "application/vnd.mapbox-vector-tile";

/// The right to know where exactly a case is, as the pack's grants name it.
const READ_CASE: &str = "cases.read";
/// The kind of thing that it is a right to.
const CASE: &str = "case";

/// What the routes need.
#[derive(Clone)]
pub struct GeoState {
    /// The city's places.
    pub atlas: Arc<Atlas>,
    /// Its base map.
    pub base_map: Arc<BaseMap>,
    /// Its open cases.
    pub live: Arc<GeoLive>,
    /// The open cases of moments that have passed.
    pub past: Arc<GeoPast>,
    /// Who is there, and what they may know.
    pub access: AccessState,
}

impl FromRef<GeoState> for AccessState {
    fn from_ref(state: &GeoState) -> Self {
        state.access.clone()
    }
}

/// The routes of this engine.
pub fn routes(state: GeoState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(at))
        .routes(routes!(search))
        .routes(routes!(divisions))
        .routes(routes!(base_tile))
        .routes(routes!(live_tile))
        .with_state(state)
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AtQuestion {
    /// Longitude in CGCS2000 degrees.
    lon: f64,
    /// Latitude in CGCS2000 degrees.
    lat: f64,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuestion {
    /// Any part of a name or alias.
    q: String,
    /// `lon,lat` in CGCS2000 degrees: of equally good names the nearest comes first.
    near: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct DivisionsQuestion {
    /// Code of the division whose parts are listed; the topmost when absent.
    parent: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct LiveTileQuestion {
    /// A moment of the last weeks (RFC 3339); now when absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Only cases of these procedures, between commas; of all when absent.
    procedures: Option<String>,
}

/// Where a point is.
#[derive(Serialize, ToSchema)]
struct PlaceAt {
    /// Longitude in CGCS2000 degrees, six decimals.
    lon: f64,
    /// Latitude in CGCS2000 degrees, six decimals.
    lat: f64,
    /// The cell of the unit grid, 15 digits.
    cell: Option<String>,
    /// Whether the cell was generated rather than surveyed.
    synthetic: bool,
    /// The divisions that hold the point, the smallest first.
    divisions: Vec<Named>,
    /// The functional zones that manage it.
    zones: Vec<Named>,
    /// The unit of each kind whose area holds it.
    responsible: BTreeMap<String, Named>,
}

/// Something with a code and a name.
#[derive(Serialize, ToSchema)]
struct Named {
    code: String,
    name: String,
    kind: String,
}

/// A place found by its name.
#[derive(Serialize, ToSchema)]
struct Found {
    name: String,
    kind: String,
    lon: f64,
    lat: f64,
    /// The smallest division that holds it.
    division: Option<String>,
    /// Names of the divisions that hold it, the largest first, for telling apart places of one name.
    within: String,
}

/// A division in a list.
#[derive(Serialize, ToSchema)]
struct Listed {
    code: String,
    name: String,
    kind: String,
    /// Where its name stands on the map.
    lon: Option<f64>,
    lat: Option<f64>,
    /// How many divisions there are directly below it.
    parts: usize,
    /// Whether its ground is made up rather than surveyed.
    synthetic: bool,
}

/// Where a point is, and who answers for it.
#[utoipa::path(get, path = "/api/geo/at", params(AtQuestion), tag = "geo",
    responses((status = OK, body = PlaceAt), (status = 422, description = "no point of the city", body = Problem)))]
async fn at(
    State(state): State<GeoState>,
    Query(AtQuestion { lon, lat }): Query<AtQuestion>,
) -> Result<Json<PlaceAt>, Problem> {
    let located = state.atlas.locate_degrees(lon, lat)?;
    Ok(Json(PlaceAt::from(&located)))
}

/// Places by any part of their name.
#[utoipa::path(get, path = "/api/geo/search", params(SearchQuestion), tag = "geo",
    responses((status = OK, body = Vec<Found>), (status = 422, description = "nothing to search", body = Problem)))]
async fn search(
    State(state): State<GeoState>,
    Query(SearchQuestion { q, near }): Query<SearchQuestion>,
) -> Result<Json<Vec<Found>>, Problem> {
    let near = near.as_deref().map(read_point).transpose()?;
    let found = state.atlas.gazetteer().search(&q, near)?;
    Ok(Json(found.into_iter().map(|place| Found::new(&state.atlas, place)).collect()))
}

/// The divisions directly below one.
#[utoipa::path(get, path = "/api/geo/divisions", params(DivisionsQuestion), tag = "geo",
    responses((status = OK, body = Vec<Listed>), (status = 404, description = "no such division", body = Problem)))]
async fn divisions(
    State(state): State<GeoState>,
    Query(DivisionsQuestion { parent }): Query<DivisionsQuestion>,
) -> Result<Json<Vec<Listed>>, Problem> {
    let tree = state.atlas.divisions();
    let Some(code) = parent else {
        return Ok(Json(tree.roots().map(Listed::from).collect()));
    };
    let parent = code.parse::<DivisionCode>().ok().and_then(|code| tree.resolve(code));
    let parent = parent.ok_or(PlaceRefused::UnknownDivision(code))?;
    Ok(Json(tree.children(parent).map(Listed::from).collect()))
}

/// A tile of the base map (Mapbox Vector Tile 2.1, Web Mercator): `land`, `districts`, `streets` from zoom 10,
/// `cells` from zoom 14, `labels`.
#[utoipa::path(get, path = "/tiles/base/{z}/{x}/{y}", tag = "geo",
    params(("z" = u8, Path), ("x" = u32, Path), ("y" = u32, Path)),
    responses((status = OK, content_type = TILE_TYPE), (status = NO_CONTENT, description = "nothing there"),
        (status = NOT_MODIFIED), (status = 404, description = "no such tile", body = Problem)))]
async fn base_tile(
    State(state): State<GeoState>,
    Path((zoom, x, y)): Path<(u8, u32, u32)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let address = TileAddress::new(zoom, x, y)?;
    let tile = match state.base_map.drawn(address) {
        Some(tile) => tile,
        None => {
            let base_map = Arc::clone(&state.base_map);
            draw(move || base_map.tile(address)).await
        }
    };
    Ok(answer(&tile, &headers, &format!("public, max-age={BASE_TILE_SECONDS}"), "accept-encoding"))
}

/// A tile of the live layer `cases`: open cases by level and status for whoever may read them; all others, all below
/// zoom 12, and all of the past, counted by place.
#[utoipa::path(get, path = "/tiles/live/{z}/{x}/{y}", tag = "geo",
    params(("z" = u8, Path), ("x" = u32, Path), ("y" = u32, Path), LiveTileQuestion),
    responses((status = OK, content_type = TILE_TYPE), (status = NO_CONTENT, description = "nothing there"),
        (status = NOT_MODIFIED), (status = 404, description = "no such tile or moment", body = Problem)))]
async fn live_tile(
    State(GeoState { live, past, access, .. }): State<GeoState>,
    Path((zoom, x, y)): Path<(u8, u32, u32)>,
    Query(LiveTileQuestion { at, procedures }): Query<LiveTileQuestion>,
    Anyone(actor): Anyone,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let address = TileAddress::new(zoom, x, y)?;
    let procedures: Vec<ProcedureName> =
        procedures.iter().flat_map(|names| names.split(',')).map(ProcedureName::from).collect();
    if let Some(at) = at {
        let layer = past.at(at).await.map_err(|unknown| match unknown {
            PastUnknown::NoSuchMoment => PlaceRefused::UnknownMoment.into(),
            PastUnknown::Fault(_) => Problem::fault(&unknown),
        })?;
        let tile = draw(move || layer.tile(address, &procedures, &|_| false)).await;
        return Ok(answer(
            &tile,
            &headers,
            &format!("public, max-age={PAST_TILE_SECONDS}"),
            "accept-encoding",
        ));
    }
    let may_know =
        move |concern: &Concern| access.rights().permit(&actor, READ_CASE, &resource(concern)).is_ok();
    let tile = draw(move || live.tile(address, &procedures, &may_know)).await;
    Ok(answer(&tile, &headers, "private, no-cache", "accept-encoding, cookie, authorization"))
}

/// What rights to a case depend on. Whose case it is the layer doesn't hold, so nobody sees one for being theirs.
fn resource(concern: &Concern) -> Resource {
    let mut resource = Resource::hidden(CASE);
    resource.procedure = Some(concern.procedure.clone());
    resource.units.clone_from(&concern.units);
    resource.division = concern.division;
    resource
}

/// Draws away from the threads that serve requests; a panic there goes on here.
async fn draw<T: Send + 'static>(drawing: impl FnOnce() -> T + Send + 'static) -> T {
    match tokio::task::spawn_blocking(drawing).await {
        Ok(drawn) => drawn,
        Err(failed) => std::panic::resume_unwind(failed.into_panic()),
    }
}

/// The tile as an answer: 204 when empty, 304 when the reader has it, unpacked for readers without gzip.
fn answer(tile: &EncodedTile, request: &HeaderMap, cache: &str, vary: &'static str) -> Response {
    let mut headers = HeaderMap::new();
    for (name, value) in
        [(header::ETAG, tile.etag.as_str()), (header::CACHE_CONTROL, cache), (header::VARY, vary)]
    {
        let value = HeaderValue::from_str(value).expect("tags and directives are plain ASCII");
        headers.insert(name, value);
    }
    if tile.gzip.is_empty() {
        return (StatusCode::NO_CONTENT, headers).into_response();
    }
    if mentions(request, header::IF_NONE_MATCH, &tile.etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(TILE_TYPE));
    if mentions(request, header::ACCEPT_ENCODING, "gzip") {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        return (headers, tile.gzip.clone()).into_response();
    }
    let mut plain = Vec::new();
    GzDecoder::new(&tile.gzip[..]).read_to_end(&mut plain).expect("it was packed here");
    (headers, plain).into_response()
}

/// Whether a list-valued header of the request holds `wanted` (or `*`), parameters and weakness aside.
fn mentions(request: &HeaderMap, name: header::HeaderName, wanted: &str) -> bool {
    let values = request.get_all(name).into_iter().filter_map(|value| value.to_str().ok());
    let mut items = values.flat_map(|value| value.split(',')).map(str::trim).filter(|item| !refuses(item));
    items.any(|item| {
        let item = item.split(';').next().unwrap_or_default().trim();
        item == "*" || item.trim_start_matches("W/") == wanted
    })
}

/// `gzip;q=0` says that gzip is not wanted.
fn refuses(item: &str) -> bool {
    let weight = item.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
    weight.is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight == 0.0))
}

fn read_point(text: &str) -> Result<Point, PlaceRefused> {
    let unreadable = || PlaceRefused::NoPoint(text.to_owned());
    let (lon, lat) = text.split_once(',').ok_or_else(unreadable)?;
    let number = |text: &str| text.trim().parse::<f64>().map_err(|_| unreadable());
    let (lon, lat) = (number(lon)?, number(lat)?);
    Point::new(lon, lat).map_err(|_| PlaceRefused::OutOfRange { lon, lat })
}

impl From<&Located<'_>> for PlaceAt {
    fn from(located: &Located<'_>) -> Self {
        let named = |code: &str, name: &str, kind: &str| Named {
            code: code.to_owned(),
            name: name.to_owned(),
            kind: kind.to_owned(),
        };
        let division =
            |division: &Division| named(&division.code.to_string(), &division.name, &division.kind);
        let units = located.responsible_units();
        Self {
            lon: located.point.lon(),
            lat: located.point.lat(),
            cell: located.cell().map(|cell| cell.code.to_string()),
            synthetic: located.cell().is_some_and(|cell| cell.synthetic),
            divisions: located.lineage().map(division).collect(),
            zones: located
                .zones()
                .iter()
                .map(|zone| named(zone.code.as_str(), &zone.name, &zone.kind))
                .collect(),
            responsible: units
                .into_iter()
                .map(|(kind, unit)| (kind.to_owned(), named(unit.code.as_str(), &unit.name, &unit.kind)))
                .collect(),
        }
    }
}

impl Found {
    fn new(atlas: &Atlas, place: &Place) -> Self {
        let above = place.division.map(|code| atlas.divisions().names_above(code)).unwrap_or_default();
        Self {
            name: place.name.clone(),
            kind: place.kind.clone(),
            lon: place.point.lon(),
            lat: place.point.lat(),
            division: place.division.map(|code| code.to_string()),
            within: above.concat(),
        }
    }
}

impl From<&Division> for Listed {
    fn from(division: &Division) -> Self {
        Self {
            code: division.code.to_string(),
            name: division.name.clone(),
            kind: division.kind.clone(),
            lon: division.label.map(Point::lon),
            lat: division.label.map(Point::lat),
            parts: division.children.len(),
            synthetic: !division.surveyed,
        }
    }
}
