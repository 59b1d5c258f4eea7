//! What stands beside a request while it is being told: the caller's earlier cases, similar ones, what the
//! declarations say.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baotu_access::http::{Json, Problem, Query, Signed};
use baotu_vocabulary::{CaseId, CategoryCode, Point, ProcedureName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::{
    CallerHistory, CallerQuestion, CaseRefused, Cases, GivenPlace, Knowledge, KnowledgeQuestion, SimilarCase,
    SimilarQuestion,
};

/// What similar cases are asked for by.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SimilarParams {
    /// The procedure.
    #[param(value_type = String)]
    procedure: ProcedureName,
    /// The category, when it is known already.
    #[param(value_type = Option<String>)]
    category: Option<CategoryCode>,
    /// Words of the request.
    #[serde(default)]
    q: String,
    /// Longitude in CGCS2000 degrees.
    lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    lat: Option<f64>,
    /// Not this case.
    #[param(value_type = Option<String>)]
    but: Option<CaseId>,
}

/// Similar cases.
#[derive(Serialize, ToSchema)]
pub(super) struct SimilarCases {
    /// At most 10, those most alike first.
    cases: Vec<SimilarCase>,
}

/// What knowledge is asked for by.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct KnowledgeParams {
    /// The procedure.
    #[param(value_type = String)]
    procedure: ProcedureName,
    /// The category.
    #[param(value_type = Option<String>)]
    category: Option<CategoryCode>,
    /// The level; the procedure's mildest when absent.
    level: Option<String>,
    /// Longitude in CGCS2000 degrees.
    lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    lat: Option<f64>,
}

/// The earlier cases of a telephone, masked, for a purpose; leaves an audit line that its owner can list.
#[utoipa::path(post, path = "/api/cases/caller-history", tag = "cases", request_body = CallerQuestion, responses(
    (status = 200, body = CallerHistory), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn caller(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Json(question): Json<CallerQuestion>,
) -> Result<Response, Problem> {
    let history = cases.caller_history(&question, &actor).await?;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(history)).into_response())
}

/// Cases of the last seven days like the one that is being told, among those that the reader may list.
#[utoipa::path(get, path = "/api/cases/similar", tag = "cases", params(SimilarParams), responses(
    (status = 200, body = SimilarCases), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn similar(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<SimilarParams>,
) -> Result<Json<SimilarCases>, Problem> {
    let point = match params.lon.zip(params.lat) {
        Some((lon, lat)) => Some(Point::new(lon, lat).map_err(|_| CaseRefused::QueryInvalid("lon"))?),
        None => None,
    };
    let question = SimilarQuestion {
        procedure: params.procedure,
        category: params.category,
        words: params.q,
        point,
        but: params.but,
    };
    Ok(Json(SimilarCases { cases: cases.similar(&question, &actor).await? }))
}

/// What the declarations say about a category: words for people, limits with sources, who is in charge.
#[utoipa::path(get, path = "/api/knowledge", tag = "cases", params(KnowledgeParams), responses(
    (status = 200, body = Knowledge), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn knowledge(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<KnowledgeParams>,
) -> Result<Json<Knowledge>, Problem> {
    let given = |(lon, lat)| GivenPlace { lon: Some(lon), lat: Some(lat), address: None };
    let question = KnowledgeQuestion {
        procedure: params.procedure,
        category: params.category,
        level: params.level,
        place: params.lon.zip(params.lat).map(given),
    };
    Ok(Json(cases.knowledge(&question, &actor).await?))
}
