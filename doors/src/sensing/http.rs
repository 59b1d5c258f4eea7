//! Readings by POST: JSON messages, meter frames, and InfluxDB's line protocol. A 2xx answer means that they are durable.
//!
//! A thing signs in with its code and secret (`Authorization: Basic`, or InfluxDB's `Token code:secret`) and speaks for
//! itself alone: a line that names another thing is refused.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use baotu_vocabulary::{Refusal, RefusalKind};
use base64::Engine as _;
use serde::Deserialize;
use serde_json::json;

use super::{Heard, Intake, Known, NotAccepted, NotLetIn, Precision, of_frame, of_json, of_lines};

/// Bytes of one request at most.
pub const BODY_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The routes: `/things/readings`, and `/influx/write` and `/influx/api/v2/write` for agents of InfluxDB.
pub fn routes(intake: Arc<dyn Intake>) -> Router {
    Router::new()
        .route("/things/readings", post(readings))
        .route("/influx/write", post(lines))
        .route("/influx/api/v2/write", post(lines))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(intake)
}

/// A body that was not read, for its length or since it broke off.
#[derive(Debug, thiserror::Error)]
#[error("正文没有读完：不超过 {BODY_BYTES_MAX} 字节")]
struct BodyRefused(#[source] BytesRejection);

impl Refusal for BodyRefused {
    fn kind(&self) -> RefusalKind {
        let too_large = self.0.status() == StatusCode::PAYLOAD_TOO_LARGE;
        if too_large { RefusalKind::TooLarge } else { RefusalKind::Invalid }
    }

    fn code(&self) -> &'static str {
        match self.kind() {
            RefusalKind::TooLarge => "body-too-large",
            _ => "body-broken-off",
        }
    }
}

/// The body of a thing that is signed in; one that was not read is counted with it.
fn read_whole(
    intake: &dyn Intake,
    thing: &Known,
    body: Result<Bytes, BytesRejection>,
) -> Result<Bytes, BodyRefused> {
    let refused = body.map_err(BodyRefused);
    refused.inspect_err(|refused| intake.mishap(thing.id, refused.code(), &refused.to_string()))
}

/// Why a request is not taken.
enum Refused {
    SignIn(NotLetIn),
    Unread { code: &'static str, kind: RefusalKind, sentence: String },
    Unkept(NotAccepted),
}

impl<R: Refusal> From<R> for Refused {
    fn from(refusal: R) -> Self {
        Self::Unread { code: refusal.code(), kind: refusal.kind(), sentence: refusal.to_string() }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let (status, code, sentence) = match self {
            Self::SignIn(refused) => (StatusCode::UNAUTHORIZED, refused.code, refused.sentence),
            Self::Unread { code, kind: RefusalKind::TooLarge, sentence } => {
                (StatusCode::PAYLOAD_TOO_LARGE, code, sentence)
            }
            Self::Unread { code, sentence, .. } => (StatusCode::UNPROCESSABLE_ENTITY, code, sentence),
            Self::Unkept(NotAccepted::Refused { code, sentence }) => {
                (StatusCode::UNPROCESSABLE_ENTITY, code, sentence)
            }
            Self::Unkept(NotAccepted::Fault) => {
                (StatusCode::SERVICE_UNAVAILABLE, "not-stored", NotAccepted::Fault.to_string())
            }
        };
        let told =
            json!({ "type": "about:blank", "title": sentence, "status": status.as_u16(), "code": code });
        let mut answer = (status, told.to_string()).into_response();
        let head = answer.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if status == StatusCode::UNAUTHORIZED {
            head.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"things\""));
        }
        answer
    }
}

fn signed_in(intake: &dyn Intake, head: &HeaderMap) -> Result<Known, Refused> {
    let missing = || {
        let sentence = "请用设备编码和口令登录（Authorization: Basic）".to_owned();
        Refused::SignIn(NotLetIn { code: "sign-in-needed", sentence })
    };
    let text = head.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    let pair = match text.split_once(' ') {
        Some((scheme, encoded)) if scheme.eq_ignore_ascii_case("basic") => {
            let decoded = base64::engine::general_purpose::STANDARD.decode(encoded.trim()).ok();
            decoded.and_then(|bytes| String::from_utf8(bytes).ok())
        }
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("token") => Some(token.trim().to_owned()),
        _ => None,
    };
    let pair = pair.ok_or_else(missing)?;
    let (code, secret) = pair.split_once(':').ok_or_else(missing)?;
    intake.sign_in(code, secret).map_err(Refused::SignIn)
}

/// One message or a list of them as JSON; or a meter's frames as `application/octet-stream`.
async fn readings(
    State(intake): State<Arc<dyn Intake>>,
    head: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, Refused> {
    let thing = signed_in(&*intake, &head)?;
    let body = read_whole(&*intake, &thing, body)?;
    let is_frame = head
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/octet-stream"));
    let now = intake.now();
    let heard = match (&thing.kind.meter, is_frame) {
        (Some(meter), true) => of_frame(meter, &body, now),
        _ => of_json(&thing.kind, &body, now, intake.zone()),
    };
    let heard = heard.inspect_err(|refused| intake.mishap(thing.id, refused.code(), &refused.to_string()))?;
    let stored = keep(&*intake, &thing, heard).await?;
    Ok((StatusCode::OK, axum::Json(json!({ "stored": stored }))).into_response())
}

/// Which unit the times of lines have.
#[derive(Deserialize)]
struct LineParams {
    #[serde(default)]
    precision: Precision,
}

/// Lines; 204 like the original.
async fn lines(
    State(intake): State<Arc<dyn Intake>>,
    Query(params): Query<LineParams>,
    head: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refused> {
    let thing = signed_in(&*intake, &head)?;
    let body = read_whole(&*intake, &thing, body)?;
    let lines = of_lines(&body, params.precision, intake.now());
    let lines = lines.inspect_err(|refused| intake.mishap(thing.id, refused.code(), &refused.to_string()))?;
    let foreign = lines.iter().filter_map(|line| line.thing.as_deref()).find(|code| **code != *thing.code);
    if let Some(code) = foreign {
        let sentence = format!("“{code}”不是登录的设备");
        intake.mishap(thing.id, "foreign-thing", &sentence);
        let refused = NotAccepted::Refused { code: "foreign-thing", sentence };
        return Err(Refused::Unkept(refused));
    }
    let samples = lines.into_iter().flat_map(|line| line.samples).collect();
    keep(&*intake, &thing, Heard { samples, oddities: Vec::new() }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn keep(intake: &dyn Intake, thing: &Known, heard: Heard) -> Result<usize, Refused> {
    for (code, detail) in &heard.oddities {
        intake.mishap(thing.id, code, detail);
    }
    intake.accept(thing.id, heard.samples).await.map_err(Refused::Unkept)
}
