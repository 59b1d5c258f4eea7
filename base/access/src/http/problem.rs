//! How the city says no: every refusal and every fault as `application/problem+json` (RFC 9457).
//!
//! The one file that chooses HTTP statuses. A refusal is told to the actor in its own words; a fault is told in the
//! log, and the actor learns no more than the number under which it stands there.

use std::error::Error;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use baotu_vocabulary::{Refusal, RefusalKind};
use serde::Serialize;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use crate::Failure;

/// The header that carries the number of a request; the wiring gives each request one.
pub const TRACE_HEADER: &str = "x-request-id";

const MEDIA_TYPE: HeaderValue = HeaderValue::from_static("application/problem+json");

/// A refusal or a fault, as it is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldProblem>,
    trace: Option<String>,
}

/// The members of the answer.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
struct Told<'a> {
    /// `urn:baotu:problem:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What kind of problem, in a few words.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// The sentence for the actor.
    detail: &'a str,
    /// A stable name, kebab-case.
    code: &'static str,
    /// The fields concerned, when it is about a form.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    fields: &'a [FieldProblem],
    /// The number of the request, to be told when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    trace: Option<&'a str>,
}

/// What is wrong with one field of a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The path of the field in the body, such as `place.lon`.
    pub name: String,
    /// The sentence for the actor.
    pub detail: String,
}

/// The status of a kind of refusal.
const fn status_of(kind: RefusalKind) -> StatusCode {
    match kind {
        RefusalKind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
        RefusalKind::Unauthenticated => StatusCode::UNAUTHORIZED,
        RefusalKind::Forbidden => StatusCode::FORBIDDEN,
        RefusalKind::NotFound => StatusCode::NOT_FOUND,
        RefusalKind::Conflict => StatusCode::CONFLICT,
        RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        RefusalKind::UnsupportedType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
    }
}

fn title_of(status: StatusCode) -> &'static str {
    match status {
        StatusCode::BAD_REQUEST => "请求无法读懂",
        StatusCode::UNAUTHORIZED => "需要登录",
        StatusCode::FORBIDDEN => "没有权限",
        StatusCode::NOT_FOUND => "没有找到",
        StatusCode::METHOD_NOT_ALLOWED => "不支持这种操作",
        StatusCode::CONFLICT => "与现状冲突",
        StatusCode::PAYLOAD_TOO_LARGE => "内容过大",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "不支持这种内容类型",
        StatusCode::UNPROCESSABLE_ENTITY => "内容不符合要求",
        StatusCode::TOO_MANY_REQUESTS => "请求过于频繁",
        status if status.is_server_error() => "系统故障",
        _ => "请求被拒绝",
    }
}

impl Problem {
    /// A refusal, answered with the status of its kind.
    pub fn refusal(refusal: &dyn Refusal) -> Self {
        let mut problem = Self::new(status_of(refusal.kind()), refusal.code(), refusal.to_string());
        problem.fields =
            refusal.fields().into_iter().map(|(name, detail)| FieldProblem { name, detail }).collect();
        problem
    }

    /// A fault: the chain of its causes goes to the log, once, and nothing of it to the actor.
    pub fn fault(error: &(dyn Error + 'static)) -> Self {
        let (mut chain, mut cause) = (error.to_string(), error.source());
        while let Some(deeper) = cause {
            chain.push_str(": ");
            chain.push_str(&deeper.to_string());
            cause = deeper.source();
        }
        tracing::error!(chain, "a request met a fault");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "fault", "系统出现故障，请稍后再试。".to_owned())
    }

    /// A request that cannot be read at all, so that no refusal of an operation fits.
    pub(crate) fn unreadable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail.into())
    }

    const fn new(status: StatusCode, code: &'static str, detail: String) -> Self {
        Self { status, code, detail, fields: Vec::new(), trace: None }
    }

    /// The HTTP status.
    pub const fn status(&self) -> StatusCode {
        self.status
    }

    /// The stable name.
    pub const fn code(&self) -> &'static str {
        self.code
    }

    fn body(&self) -> Vec<u8> {
        let told = Told {
            kind: format!("urn:baotu:problem:{}", self.code),
            title: title_of(self.status),
            status: self.status.as_u16(),
            detail: &self.detail,
            code: self.code,
            fields: &self.fields,
            trace: self.trace.as_deref(),
        };
        serde_json::to_vec(&told).expect("texts and numbers can be told in JSON")
    }
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<Schema> {
        Told::schema()
    }
}

impl ToSchema for Problem {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        Told::schemas(schemas);
    }
}

impl<R: Refusal> From<R> for Problem {
    fn from(refusal: R) -> Self {
        Self::refusal(&refusal)
    }
}

impl<R: Refusal> From<Failure<R>> for Problem {
    fn from(failure: Failure<R>) -> Self {
        match failure {
            Failure::Refused(refusal) => Self::refusal(&refusal),
            Failure::Fault(fault) => Self::fault(fault.as_ref()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, [(header::CONTENT_TYPE, MEDIA_TYPE)], self.body()).into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A middleware around all routes: every answer that says no is a problem with the number of its request.
///
/// What a library refused in its own way (an unknown route, a wrong method, a time-out) becomes a problem here.
pub async fn answer_with_problems(request: Request, next: Next) -> Response {
    let trace = request.headers().get(TRACE_HEADER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let response = next.run(request).await;
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let problem = match parts.extensions.remove::<Problem>() {
        Some(problem) => Problem { trace, ..problem },
        None if is_told(&parts.headers) => return Response::from_parts(parts, body),
        None => Problem { trace, ..Problem::of_status(status) },
    };
    let body = problem.body();
    parts.headers.insert(header::CONTENT_TYPE, MEDIA_TYPE);
    parts.headers.remove(header::CONTENT_LENGTH);
    parts.extensions.insert(problem);
    Response::from_parts(parts, Body::from(body))
}

/// Whether an answer has words of its own, such as a door's that follows another standard.
fn is_told(headers: &axum::http::HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| !value.as_bytes().starts_with(b"text/plain"))
}

impl Problem {
    fn of_status(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => "no-such-route",
            StatusCode::METHOD_NOT_ALLOWED => "no-such-method",
            StatusCode::PAYLOAD_TOO_LARGE => "too-large",
            StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported-type",
            status if status.is_server_error() => "fault",
            _ => "refused",
        };
        Self::new(status, code, format!("{}。", title_of(status)))
    }
}
