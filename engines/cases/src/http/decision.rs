//! Decisions on a case, requests, and the decisions on them.

use axum::extract::{Extension, State};
use axum::http::StatusCode;
use baotu_access::RepeatKey;
use baotu_access::http::{Json, Path, Problem, Signed};
use baotu_vocabulary::{DecisionId, RequestId};
use uuid::Uuid;

use crate::service::{Act, Acted, Cases, Joined, RequestAnswer, RequestAsk};

/// Decisions taken under an `Idempotency-Key` take their id from it within this name space.
const KEYED_DECISIONS: Uuid = Uuid::from_u128(0x8e73_b0f7_da0e_5452_8810_f32b_8090_79e5);

type Answered = (StatusCode, Json<Acted>);

/// Takes an exit or does an act.
#[utoipa::path(post, path = "/api/cases/{id}/decisions", tag = "cases", params(("id" = String, Path)),
    request_body = Act, responses(
        (status = 201, body = Acted), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn decide(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    key: Option<Extension<RepeatKey>>,
    Path(id): Path<String>,
    Json(mut act): Json<Act>,
) -> Result<Answered, Problem> {
    act.id = act.id.or_else(|| keyed(key));
    Ok((StatusCode::CREATED, Json(cases.decide(&id, act, &actor).await?)))
}

/// Asks for something that somebody else decides: an extension, a return, a suspension, an exclusion.
#[utoipa::path(post, path = "/api/cases/{id}/requests", tag = "cases", params(("id" = String, Path)),
    request_body = RequestAsk, responses(
        (status = 201, body = Acted), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn request(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    key: Option<Extension<RepeatKey>>,
    Path(id): Path<String>,
    Json(mut ask): Json<RequestAsk>,
) -> Result<Answered, Problem> {
    ask.id = ask.id.or_else(|| keyed(key));
    Ok((StatusCode::CREATED, Json(cases.request(&id, ask, &actor).await?)))
}

/// Grants or refuses a request.
#[utoipa::path(post, path = "/api/cases/{id}/requests/{request}/decision", tag = "cases",
    params(("id" = String, Path), ("request" = String, Path)), request_body = RequestAnswer, responses(
        (status = 201, body = Acted), (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn answer(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    key: Option<Extension<RepeatKey>>,
    Path((id, request)): Path<(String, RequestId)>,
    Json(mut answer): Json<RequestAnswer>,
) -> Result<Answered, Problem> {
    answer.id = answer.id.or_else(|| keyed(key));
    Ok((StatusCode::CREATED, Json(cases.decide_request(&id, request, answer, &actor).await?)))
}

/// Joins a case near a place for having met with the same: it stands among one's own, and one is told when it ends.
#[utoipa::path(post, path = "/api/cases/{id}/supporters", tag = "cases", params(("id" = String, Path)), responses(
    (status = 201, body = Joined), (status = 401, body = Problem), (status = 404, body = Problem),
    (status = 409, body = Problem)))]
pub(super) async fn support(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    key: Option<Extension<RepeatKey>>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<Joined>), Problem> {
    Ok((StatusCode::CREATED, Json(cases.support(&id, keyed(key), &actor).await?)))
}

fn keyed(key: Option<Extension<RepeatKey>>) -> Option<DecisionId> {
    key.map(|Extension(key)| DecisionId::derived(KEYED_DECISIONS, &key.name()))
}
