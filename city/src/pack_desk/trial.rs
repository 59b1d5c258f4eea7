//! What would be decided, tried without a case: which unit is suggested and why, and when a limit ends.

use axum::extract::State;
use baotu_access::AccessState;
use baotu_access::http::{Json, Problem, Query, Signed};
use baotu_cases::Cases;
use baotu_cases::service::{GivenPlace, Knowledge, KnowledgeQuestion};
use baotu_vocabulary::{CategoryCode, Moment, ProcedureName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{PackDeskRefused, PackDeskState, permit};

/// A dispatch to try.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DispatchTrial {
    /// The procedure.
    #[param(value_type = String)]
    procedure: ProcedureName,
    /// The category.
    #[param(value_type = String)]
    category: CategoryCode,
    /// The level; the procedure's mildest when absent.
    level: Option<String>,
    /// Longitude in CGCS2000 degrees.
    lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    lat: Option<f64>,
}

/// Which units would be suggested for a category at a place, why, and within which limits. For the system
/// administrator.
#[utoipa::path(get, path = "/api/pack/trial/dispatch", tag = "pack", params(DispatchTrial), responses(
    (status = 200, body = Knowledge), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem)))]
pub(super) async fn dispatch(
    Signed(actor): Signed,
    State(access): State<AccessState>,
    State(cases): State<Cases>,
    Query(trial): Query<DispatchTrial>,
) -> Result<Json<Knowledge>, Problem> {
    permit(&access, &actor).await?;
    let given = |(lon, lat)| GivenPlace { lon: Some(lon), lat: Some(lat), address: None };
    let question = KnowledgeQuestion {
        procedure: trial.procedure,
        category: Some(trial.category),
        level: trial.level,
        place: trial.lon.zip(trial.lat).map(given),
    };
    Ok(Json(cases.knowledge(&question, &actor).await?))
}

/// A limit to try.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LimitTrial {
    /// The procedure.
    #[param(value_type = String)]
    procedure: ProcedureName,
    /// The key in `limits.csv`.
    key: String,
    /// The category.
    #[serde(default)]
    category: String,
    /// The level.
    #[serde(default)]
    level: String,
    /// When it begins (RFC 3339); now when absent.
    #[param(value_type = Option<String>)]
    start: Option<Moment>,
}

/// When a limit would end.
#[derive(Serialize, ToSchema)]
pub(super) struct LimitTried {
    /// How long it is.
    limit: String,
    /// The document it comes from, and for what it was chosen.
    source: String,
    /// When it begins.
    start: String,
    /// When it ends.
    due_at: String,
    /// Holidays that are not announced yet may move that.
    provisional: bool,
}

/// When a limit that begins at a time would end. For the system administrator.
#[utoipa::path(get, path = "/api/pack/trial/limit", tag = "pack", params(LimitTrial), responses(
    (status = 200, body = LimitTried), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem)))]
pub(super) async fn limit(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
    Query(trial): Query<LimitTrial>,
) -> Result<Json<LimitTried>, Problem> {
    permit(&access, &actor).await?;
    let calendar = state.pack.calendar();
    let start = trial.start.unwrap_or_else(|| access.now());
    let day = calendar.date_of(start);
    let procedure = state.pack.procedure(&trial.procedure, day).ok_or(PackDeskRefused::Unknown)?;
    let chosen = procedure.limit(&trial.key, &trial.category, &trial.level, day);
    let chosen = chosen.ok_or(PackDeskRefused::Unknown)?;
    let due = calendar.due(start, chosen.limit);
    Ok(Json(LimitTried {
        limit: chosen.limit.to_string(),
        source: chosen.basis(),
        start: start.to_string(),
        due_at: due.at.to_string(),
        provisional: due.provisional,
    }))
}
