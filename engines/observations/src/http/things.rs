//! The register, for officials.

use axum::extract::State;
use axum::http::StatusCode;
use baotu_access::Resource;
use baotu_access::http::{Json, Path, Problem, Query, Signed};
use baotu_pack::sensing::ThingType;
use baotu_vocabulary::{DivisionCode, Point, ThingId, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::told::{Attributes, MishapTold, ThingRow};
use super::{CHANGE, READ, REGISTER, ThingsState, resource};
use crate::register::{Change, Wanted};
use crate::thing::{NewThing, ThingRefused, ThingState};

/// Rows of a page unless the request says how many.
const PAGE_ROWS: u32 = 50;
/// Rows of a page at most.
const PAGE_ROWS_MAX: u32 = 500;
/// Days of mishaps that are shown with a thing.
const MISHAP_DAYS: i64 = 7;

/// Which things.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// Only of this type.
    kind: Option<String>,
    /// Only this unit's.
    unit: Option<String>,
    /// Only in this division or below it.
    division: Option<String>,
    /// Only in this state.
    #[param(inline)]
    state: Option<ThingState>,
    /// Only those that were heard lately, or only those that were not.
    online: Option<bool>,
    /// Only with this in the code, the name or the address.
    q: Option<String>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, at most 500.
    limit: Option<u32>,
}

/// A page of things.
#[derive(Serialize, ToSchema)]
pub(super) struct ThingPage {
    /// By code.
    rows: Vec<ThingRow>,
    /// Where the next page begins.
    next: Option<String>,
}

/// A thing with all that is known of it.
#[derive(Serialize, ToSchema)]
pub(super) struct ThingTold {
    /// The thing.
    thing: ThingRow,
    /// What else is known of it.
    #[schema(value_type = Object)]
    attributes: Attributes,
    /// When it was registered, RFC 3339.
    registered_at: String,
    /// What was refused or flagged of it in the last days.
    mishaps: Vec<MishapTold>,
    /// What it can be told.
    commands: Vec<CommandOffer>,
    /// Whether the reader may tell it.
    can_command: bool,
    /// Whether the reader may change it.
    can_change: bool,
    /// How often it reports when nothing happens, in seconds.
    reports_every_seconds: u32,
}

/// A command that a thing can be told.
#[derive(Serialize, ToSchema)]
struct CommandOffer {
    /// Its name.
    name: String,
    /// Shown on its button.
    title: String,
}

/// A type of thing.
#[derive(Serialize, ToSchema)]
pub(super) struct TypeTold {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// One sentence.
    about: String,
    /// How many of them the reader may know of.
    things: usize,
    /// How many of those were heard lately.
    online: usize,
}

/// A new thing.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewThingBody {
    /// The code that stands on it.
    code: String,
    /// Its type.
    kind: String,
    /// Shown; the code when empty.
    #[serde(default)]
    name: String,
    /// The unit that answers for it.
    unit: Option<String>,
    /// Longitude in CGCS2000 degrees.
    lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    lat: Option<f64>,
    /// The same in words.
    address: Option<String>,
    /// The division in which it stands.
    division: Option<String>,
    /// What else is known of it.
    #[serde(default)]
    #[schema(value_type = Object)]
    attributes: Attributes,
    /// The secret that it has already; one is made when absent.
    secret: Option<String>,
}

/// A thing that was registered, and its secret, which is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RegisteredTold {
    /// The thing.
    thing: ThingRow,
    /// Its secret.
    secret: String,
}

/// What is changed of a thing; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    /// The version that was read.
    version: i64,
    /// Its name.
    name: Option<String>,
    /// The unit that answers for it.
    unit: Option<String>,
    /// Longitude in CGCS2000 degrees.
    lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    lat: Option<f64>,
    /// The same in words.
    address: Option<String>,
    /// The division in which it stands.
    division: Option<String>,
    /// Whether it may speak.
    state: Option<ThingState>,
    /// What else is known of it.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Attributes>,
}

/// A place or a division that is none.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct PlaceWrong(String);

impl baotu_vocabulary::Refusal for PlaceWrong {
    fn kind(&self) -> baotu_vocabulary::RefusalKind {
        baotu_vocabulary::RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        "place-wrong"
    }
}

fn place(lon: Option<f64>, lat: Option<f64>) -> Result<Option<Point>, PlaceWrong> {
    match (lon, lat) {
        (Some(lon), Some(lat)) => {
            Point::new(lon, lat).map(Some).map_err(|wrong| PlaceWrong(wrong.to_string()))
        }
        (None, None) => Ok(None),
        _ => Err(PlaceWrong("经度和纬度要一起写".to_owned())),
    }
}

fn division(code: Option<String>) -> Result<Option<DivisionCode>, PlaceWrong> {
    let parse = |code: String| code.parse().map_err(|_| PlaceWrong(format!("“{code}”不是区划代码")));
    code.map(parse).transpose()
}

/// The things that the reader may know of.
#[utoipa::path(get, path = "/api/things", operation_id = "things_list", tag = "things", params(ListParams), responses(
    (status = 200, body = ThingPage), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Query(params): Query<ListParams>,
) -> Result<Json<ThingPage>, Problem> {
    let ListParams { kind, unit, division, state: in_state, online, q, after, limit } = params;
    let text = q.map(|q| q.trim().to_owned()).filter(|q| !q.is_empty());
    let wanted = Wanted { kind, unit, division, state: in_state, online, text };
    let rights = state.access.rights();
    let may_know = |thing: &crate::thing::Thing| rights.permit(&actor, READ, &resource(thing)).is_ok();
    let rows_max = limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX) as usize;
    let (found, more) = state.things.list(&wanted, may_know, after.as_deref().unwrap_or_default(), rows_max);
    let next = found.last().filter(|_| more).map(|standing| standing.thing.code.clone());
    let rows = found.iter().map(|standing| ThingRow::of(&state.things, standing, false)).collect();
    Ok(Json(ThingPage { rows, next }))
}

/// The types of things, with how many of each the reader may know of.
#[utoipa::path(get, path = "/api/thing-types", operation_id = "things_types", tag = "things", responses(
    (status = 200, body = Vec<TypeTold>), (status = 401, body = Problem)))]
pub(super) async fn types(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
) -> Result<Json<Vec<TypeTold>>, Problem> {
    let rights = state.access.rights();
    let all = state.things.all();
    let known: Vec<_> =
        all.iter().filter(|one| rights.permit(&actor, READ, &resource(&one.thing)).is_ok()).collect();
    let told = |kind: &ThingType| {
        let own = || known.iter().filter(|one| one.thing.kind == kind.name);
        TypeTold {
            name: kind.name.to_string(),
            title: kind.title.clone(),
            title_en: kind.title_en.clone(),
            about: kind.about.clone(),
            things: own().count(),
            online: own().filter(|one| one.online).count(),
        }
    };
    Ok(Json(state.things.pack().thing_types().values().map(told).collect()))
}

/// One thing.
#[utoipa::path(get, path = "/api/things/{id}", operation_id = "things_read", tag = "things",
    params(("id" = String, Path, description = "The thing")),
    responses((status = 200, body = ThingTold), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn read(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path(id): Path<ThingId>,
) -> Result<Json<ThingTold>, Problem> {
    let standing = state.permitted(&actor, READ, id)?;
    let things = &state.things;
    let since = things.day(things.now().plus_seconds(-MISHAP_DAYS * 86_400));
    let mishaps = things.mishaps(id, since).await.map_err(|fault| Problem::fault(&fault))?;
    let rights = state.access.rights();
    let may = |action: &str| rights.permit(&actor, action, &resource(&standing.thing)).is_ok();
    let kind = things.kind_of(&standing.thing);
    let commands = kind.map_or(&[][..], |kind| &kind.commands).iter();
    let offer = |command: &baotu_pack::sensing::ThingCommand| CommandOffer {
        name: command.name.clone(),
        title: command.title.clone(),
    };
    Ok(Json(ThingTold {
        attributes: standing.thing.attributes.clone(),
        registered_at: super::told::told(standing.thing.registered_at),
        mishaps: mishaps.into_iter().map(MishapTold::of).collect(),
        commands: commands.map(offer).collect(),
        can_command: may(super::COMMAND),
        can_change: may(CHANGE),
        reports_every_seconds: kind.map_or(0, |kind| kind.reports_every_seconds),
        thing: ThingRow::of(things, &standing, false),
    }))
}

/// Registers a thing. Its secret is told in the answer and never again.
#[utoipa::path(post, path = "/api/things", operation_id = "things_register", tag = "things", request_body = NewThingBody, responses(
    (status = 201, body = RegisteredTold), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn register(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Json(body): Json<NewThingBody>,
) -> Result<(StatusCode, Json<RegisteredTold>), Problem> {
    let unit = body.unit.map(UnitCode::from);
    let division = division(body.division)?;
    let wanted = Resource { units: unit.iter().cloned().collect(), division, ..Resource::known("thing") };
    state.access.rights().permit(&actor, REGISTER, &wanted)?;
    let new = NewThing {
        code: body.code,
        kind: body.kind,
        name: body.name,
        unit,
        place: place(body.lon, body.lat)?,
        address: body.address,
        division,
        attributes: body.attributes,
        secret: body.secret,
    };
    let registered = state.things.register(vec![new], &actor.reference()).await?;
    let one = registered.into_iter().next().ok_or(ThingRefused::NotFound)?;
    Ok((StatusCode::CREATED, Json(told_with_secret(&state, one)?)))
}

/// Changes what is known of a thing.
#[utoipa::path(patch, path = "/api/things/{id}", operation_id = "things_change", tag = "things", request_body = ChangeBody,
    params(("id" = String, Path, description = "The thing")),
    responses((status = 200, body = ThingRow), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn change(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path(id): Path<ThingId>,
    Json(body): Json<ChangeBody>,
) -> Result<Json<ThingRow>, Problem> {
    state.permitted(&actor, CHANGE, id)?;
    let change = Change {
        name: body.name,
        unit: body.unit.map(UnitCode::from),
        place: place(body.lon, body.lat)?,
        address: body.address,
        division: division(body.division)?,
        state: body.state,
        attributes: body.attributes,
    };
    // Also where it is put, one must be in charge.
    let target = Resource { units: change.unit.iter().cloned().collect(), ..Resource::known("thing") };
    if change.unit.is_some() {
        state.access.rights().permit(&actor, CHANGE, &target)?;
    }
    let standing = state.things.change(id, body.version, change, &actor.reference()).await?;
    Ok(Json(ThingRow::of(&state.things, &standing, false)))
}

/// Gives a thing another secret; the old one is worth nothing from now on.
#[utoipa::path(post, path = "/api/things/{id}/secret", operation_id = "things_renew", tag = "things",
    params(("id" = String, Path, description = "The thing")),
    responses((status = 200, body = RegisteredTold), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(super) async fn renew(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path(id): Path<ThingId>,
) -> Result<Json<RegisteredTold>, Problem> {
    state.permitted(&actor, REGISTER, id)?;
    let renewed = state.things.renew_secret(id, &actor.reference()).await?;
    Ok(Json(told_with_secret(&state, renewed)?))
}

fn told_with_secret(
    state: &ThingsState,
    registered: crate::register::Registered,
) -> Result<RegisteredTold, ThingRefused> {
    let standing = state.things.thing(registered.thing.id).ok_or(ThingRefused::NotFound)?;
    Ok(RegisteredTold { thing: ThingRow::of(&state.things, &standing, false), secret: registered.secret })
}
