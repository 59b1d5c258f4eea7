//! The HTTP side: alarms, storms, indicators, rules and their replay. Each handler parses, asks the service, and answers.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use baotu_access::AccessState;
use baotu_access::http::{Anyone, Json, Path, Problem, Query, Signed};
use baotu_pack::rules::AlarmLevel;
use baotu_vocabulary::{AlarmId, Moment, RuleName, StormId, ThingId, ThingTypeName};
use serde::Deserialize;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::{
    Acknowledgement, AlarmPage, AlarmQuestion, AlarmView, Indicators, PublicAlarms, ReplayAnswer, ReplayAsk,
    RuleView, Rules, RulesFailure, RulesRefused, StormPage, ThingMark,
};

impl FromRef<Rules> for AccessState {
    fn from_ref(rules: &Rules) -> Self {
        rules.access().clone()
    }
}

/// The routes below `/api/alarms`, `/api/storms` and `/api/rules`.
pub fn routes(rules: Rules) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(indicators))
        .routes(routes!(public))
        .routes(routes!(marks))
        .routes(routes!(alarm))
        .routes(routes!(acknowledge))
        .routes(routes!(storms))
        .routes(routes!(declared))
        .routes(routes!(replay))
        .with_state(rules)
}

/// Which alarms.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Listed {
    /// Only open (true) or ended (false) ones.
    open: Option<bool>,
    /// Only of this thing.
    #[param(value_type = Option<String>, format = "uuid")]
    thing: Option<ThingId>,
    /// Only of this rule.
    #[param(value_type = Option<String>)]
    rule: Option<RuleName>,
    /// Only of this storm.
    #[param(value_type = Option<String>, format = "uuid")]
    storm: Option<StormId>,
    /// Only of things of this type.
    #[param(value_type = Option<String>)]
    thing_type: Option<ThingTypeName>,
    /// Only of this level: 一般, 紧急 or 重大.
    #[param(value_type = Option<String>)]
    level: Option<AlarmLevel>,
    /// Only raised at this moment or later.
    #[param(value_type = Option<String>, format = "date-time")]
    since: Option<Moment>,
    /// Only raised before this.
    #[param(value_type = Option<String>, format = "date-time")]
    until: Option<Moment>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, at most 100.
    limit: Option<u32>,
}

/// Which storms.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ListedStorms {
    /// Those that go on (true, also when absent) or have ended (false).
    open: Option<bool>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page, at most 100.
    limit: Option<u32>,
}

/// Lists the alarms that one may see, newest first.
#[utoipa::path(get, path = "/api/alarms", operation_id = "alarms_list", params(Listed), tag = "alarms",
    responses((status = 200, body = AlarmPage), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn list(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Query(asked): Query<Listed>,
) -> Result<Json<AlarmPage>, Problem> {
    let question = AlarmQuestion {
        open: asked.open,
        thing: asked.thing,
        rule: asked.rule,
        storm: asked.storm,
        thing_type: asked.thing_type,
        level: asked.level,
        since: asked.since,
        until: asked.until,
        after: asked.after,
        limit: asked.limit,
    };
    Ok(Json(rules.list(&question, &actor).await?))
}

/// Counts open alarms by level, type and district, and tells how long ended ones were open.
#[utoipa::path(get, path = "/api/alarms/indicators", operation_id = "alarms_indicators", tag = "alarms",
    responses((status = 200, body = Indicators), (status = 401, body = Problem)))]
async fn indicators(State(rules): State<Rules>, Signed(actor): Signed) -> Result<Json<Indicators>, Problem> {
    Ok(Json(rules.indicators(&actor).await?))
}

/// Tells everybody of open alarms by level, rule, district and time, without the things.
#[utoipa::path(get, path = "/api/alarms/public", operation_id = "alarms_public", tag = "alarms",
    responses((status = 200, body = PublicAlarms), (status = 403, body = Problem)))]
async fn public(State(rules): State<Rules>, Anyone(actor): Anyone) -> Result<Json<PublicAlarms>, Problem> {
    Ok(Json(rules.public(&actor).await?))
}

/// Of which things.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Marked {
    /// Their ids, 1 to 100, with commas between.
    things: String,
}

/// Counts the open alarms of some things by level; a thing without one is absent.
#[utoipa::path(get, path = "/api/alarms/marks", operation_id = "alarms_marks", params(Marked), tag = "alarms",
    responses((status = 200, body = Vec<ThingMark>), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn marks(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Query(asked): Query<Marked>,
) -> Result<Json<Vec<ThingMark>>, Problem> {
    let things: Result<Vec<ThingId>, _> = asked.things.split(',').map(str::parse).collect();
    let things = things.map_err(|_| RulesFailure::Refused(RulesRefused::QueryInvalid("things")))?;
    Ok(Json(rules.marks(&things, &actor).await?))
}

/// Reads one alarm: which reading, which limit, which version of the rule.
#[utoipa::path(get, path = "/api/alarms/{id}", operation_id = "alarms_alarm", tag = "alarms",
    params(("id" = String, Path, description = "The alarm")),
    responses((status = 200, body = AlarmView), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn alarm(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Path(id): Path<AlarmId>,
) -> Result<Json<AlarmView>, Problem> {
    Ok(Json(rules.alarm(id, &actor).await?))
}

/// Acknowledges an alarm with an opinion.
#[utoipa::path(post, path = "/api/alarms/{id}/acknowledgement", operation_id = "alarms_acknowledge", tag = "alarms",
    params(("id" = String, Path, description = "The alarm")), request_body = Acknowledgement,
    responses((status = 201, body = AlarmView), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn acknowledge(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Path(id): Path<AlarmId>,
    Json(said): Json<Acknowledgement>,
) -> Result<(StatusCode, Json<AlarmView>), Problem> {
    Ok((StatusCode::CREATED, Json(rules.acknowledge(id, &said, &actor).await?)))
}

/// Lists storms, newest first, to those who may see every alarm.
#[utoipa::path(get, path = "/api/storms", operation_id = "alarms_storms", params(ListedStorms), tag = "alarms",
    responses((status = 200, body = StormPage), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn storms(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Query(asked): Query<ListedStorms>,
) -> Result<Json<StormPage>, Problem> {
    let open = asked.open.unwrap_or(true);
    Ok(Json(rules.storms(open, asked.after.as_deref(), asked.limit, &actor).await?))
}

/// Lists the rules in force with their numbers, and where these come from.
#[utoipa::path(get, path = "/api/rules", operation_id = "alarms_declared", tag = "alarms",
    responses((status = 200, body = Vec<RuleView>), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn declared(State(rules): State<Rules>, Signed(actor): Signed) -> Result<Json<Vec<RuleView>>, Problem> {
    Ok(Json(rules.rules(&actor)?))
}

/// Tells what a rule, or a draft of it, would have raised over the readings of at most 93 days.
#[utoipa::path(post, path = "/api/rules/{name}/replays", operation_id = "alarms_replay", tag = "alarms",
    params(("name" = String, Path, description = "The rule, or the name of a new one")), request_body = ReplayAsk,
    responses((status = 200, body = ReplayAnswer), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
async fn replay(
    State(rules): State<Rules>,
    Signed(actor): Signed,
    Path(name): Path<RuleName>,
    Json(ask): Json<ReplayAsk>,
) -> Result<Json<ReplayAnswer>, Problem> {
    Ok(Json(rules.replay(&name, ask, &actor).await?))
}
