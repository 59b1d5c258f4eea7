//! One case: opened, read, its suggested units, its reporter's contact.

use axum::extract::{Extension, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baotu_access::RepeatKey;
use baotu_access::http::{Anyone, Json, Path, Problem, Signed};
use baotu_vocabulary::{CaseId, PurposeName};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::service::{Cases, OpenCase, SuggestionView};
use crate::view::{CaseView, Contact};

/// Cases opened under an `Idempotency-Key` take their id from it within this name space.
const KEYED_CASES: Uuid = Uuid::from_u128(0x2b7e_1516_28ae_5d2a_abf7_1588_09cf_4f3c);

/// Units that may be in charge.
#[derive(Serialize, ToSchema)]
pub(super) struct Suggestions {
    /// The best first.
    suggestions: Vec<SuggestionView>,
}

/// For what the contact is read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ContactReading {
    /// A purpose that the pack declares.
    #[schema(value_type = String)]
    purpose: PurposeName,
}

/// Opens a case.
#[utoipa::path(post, path = "/api/cases", tag = "cases", request_body = OpenCase, responses(
    (status = 201, description = "Opened; `Location` names it", body = CaseView),
    (status = 200, description = "Opened before by the same request", body = CaseView),
    (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn open(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    key: Option<Extension<RepeatKey>>,
    Json(mut given): Json<OpenCase>,
) -> Result<Response, Problem> {
    if given.id.is_none() {
        given.id = key.map(|Extension(key)| CaseId::derived(KEYED_CASES, &key.name()));
    }
    let opened = cases.open(given, &actor).await?;
    let status = if opened.repeated { StatusCode::OK } else { StatusCode::CREATED };
    let view = cases.read_opened(opened.state, &actor).await?;
    let location = header_value(&format!("/api/cases/{}", view.id));
    let etag = header_value(&format!("\"{}\"", view.version));
    Ok((status, [(header::LOCATION, location), (header::ETAG, etag)], Json(view)).into_response())
}

/// A case, by its id or number.
#[utoipa::path(get, path = "/api/cases/{id}", tag = "cases", params(("id" = String, Path, description = "Id or number")),
    responses(
        (status = 200, description = "The case as the reader may see it; `ETag` is its version", body = CaseView),
        (status = 304, description = "It still has the version of `If-None-Match`"),
        (status = 404, description = "Also when the reader may not know of it", body = Problem)))]
pub(super) async fn read(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let view = cases.read(&id, &actor).await?;
    let etag = header_value(&format!("\"{}\"", view.version));
    // What is left of a limit changes with time, so an unchanged version is only told to those who ask for it.
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let private = HeaderValue::from_static("private, no-cache");
    Ok(([(header::ETAG, etag), (header::CACHE_CONTROL, private)], Json(view)).into_response())
}

/// The units that the function lists name for a case, the best first.
#[utoipa::path(get, path = "/api/cases/{id}/suggestions", tag = "cases", params(("id" = String, Path)), responses(
    (status = 200, body = Suggestions), (status = 404, body = Problem)))]
pub(super) async fn suggestions(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Path(id): Path<String>,
) -> Result<Json<Suggestions>, Problem> {
    Ok(Json(Suggestions { suggestions: cases.suggestions(&id, &actor).await? }))
}

/// The reporter's contact, unmasked for a purpose; leaves an audit line that the reporter can list.
#[utoipa::path(post, path = "/api/cases/{id}/contact-reading", tag = "cases", params(("id" = String, Path)),
    request_body = ContactReading, responses(
        (status = 200, body = Contact), (status = 403, body = Problem), (status = 404, body = Problem)))]
pub(super) async fn reveal(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Path(id): Path<String>,
    Json(reading): Json<ContactReading>,
) -> Result<Response, Problem> {
    let contact = cases.reveal(&id, &actor.with_purpose(reading.purpose)).await?;
    Ok(([(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Json(contact)).into_response())
}

fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("ids and versions are ASCII")
}
