//! The middleware that carries out a request with an `Idempotency-Key` once.
//!
//! Answers are kept when they would be the same again: not faults, nor refusals that pass by themselves.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baotu_vocabulary::Actor;
use sm3::{Digest as _, Sm3};

use super::body::BodyRefused;
use super::problem::Problem;
use super::session::session_of;
use crate::idempotency::{KeptAnswer, RepeatKey, RepeatRefused, Turn};
use crate::sealed::to_hex;
use crate::{AccessState, Failure};

/// The header that names a request and its repetitions.
pub const KEY_HEADER: &str = "idempotency-key";
/// Tells that an answer was given before.
pub const REPLAYED_HEADER: &str = "idempotency-replayed";

/// Bytes of a request with a key at most: a photo and its form.
const REQUEST_BYTES_MAX: usize = 10 << 20;
/// Bytes of an answer that is kept at most; a longer one is given, and the request would run again.
const ANSWER_BYTES_MAX: usize = 1 << 20;
/// The headers that are kept with an answer.
const HEADERS_KEPT: [HeaderName; 3] = [header::CONTENT_TYPE, header::LOCATION, header::ETAG];

/// A middleware around routes that change something.
///
/// Same key and same request: the same answer, with `Idempotency-Replayed: true`. Same key, another request: 422.
/// While the first one runs: 409. Handlers find a [`RepeatKey`] among the extensions.
pub async fn answer_once(State(access): State<AccessState>, request: Request, next: Next) -> Response {
    let key = request.headers().get(KEY_HEADER).cloned();
    match key {
        Some(key) if !request.method().is_safe() => {
            once(access, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
        }
        _ => next.run(request).await,
    }
}

async fn once(
    access: AccessState,
    key: HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let (mut parts, body) = request.into_parts();
    let session = session_of(&mut parts, &access).await?;
    let actor = session.map_or_else(Actor::nobody, |session| session.actor);
    let key = RepeatKey::new(&actor, key.to_str().map_err(|_| RepeatRefused::Key)?)?;
    let body = axum::body::to_bytes(body, REQUEST_BYTES_MAX).await.map_err(|_| BodyRefused::TooLarge)?;
    let claim = match access.claim_turn(&key, &digest(&parts, &body)).await? {
        Turn::Answered(answer) => return Ok(replay(answer)),
        Turn::Run(claim) => claim,
    };
    parts.extensions.insert(key.clone());
    let request = Request::from_parts(parts, Body::from(body));
    // What has begun runs to its end, and its answer is kept, even when nobody waits for it any more.
    let run = async move {
        let response = next.run(request).await;
        keep(&access, &key, &claim, response).await
    };
    match tokio::spawn(run).await {
        Ok(response) => Ok(response),
        Err(error) => Err(Problem::fault(&error)),
    }
}

async fn keep(access: &AccessState, key: &RepeatKey, claim: &str, response: Response) -> Response {
    let passing = [StatusCode::UNAUTHORIZED, StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
    let status = response.status();
    let lasting = !status.is_server_error()
        && !passing.contains(&status)
        && !response.headers().contains_key(header::SET_COOKIE);
    let (parts, body) = response.into_parts();
    let body = match axum::body::to_bytes(body, usize::MAX).await {
        Ok(body) => body,
        Err(error) => return Problem::fault(&error).into_response(),
    };
    let text = if lasting && body.len() <= ANSWER_BYTES_MAX { std::str::from_utf8(&body).ok() } else { None };
    let outcome = match text {
        Some(text) => {
            let kept = |name: &HeaderName| {
                let value = parts.headers.get(name)?.to_str().ok()?;
                Some((name.to_string(), value.to_owned()))
            };
            let headers = HEADERS_KEPT.iter().filter_map(kept).collect();
            let answer = KeptAnswer { status: status.as_u16(), headers, body: text.to_owned() };
            access.keep_answer(key, claim, &answer).await
        }
        None => access.give_up_turn(key, claim).await.map_err(Failure::from),
    };
    // The request itself is done and is answered as such; a repetition waits until the claim has lapsed.
    if let Err(Failure::Fault(fault)) = outcome {
        tracing::error!(%fault, "the answer of a request with a key was not kept");
    }
    Response::from_parts(parts, Body::from(body))
}

fn replay(answer: KeptAnswer) -> Response {
    let status = StatusCode::from_u16(answer.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, answer.body).into_response();
    for (name, value) in answer.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), value.parse::<HeaderValue>()) {
            response.headers_mut().insert(name, value);
        }
    }
    response.headers_mut().insert(REPLAYED_HEADER, HeaderValue::from_static("true"));
    response
}

/// What makes two requests the same: method, address, type and bytes.
fn digest(parts: &Parts, body: &Bytes) -> String {
    let media_type = parts.headers.get(header::CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
    let address = parts.uri.path_and_query().map_or("", |address| address.as_str());
    let mut digest = Sm3::new();
    for part in [parts.method.as_str().as_bytes(), address.as_bytes(), media_type, body] {
        digest.update((part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    to_hex(&digest.finalize())
}
