//! Requests to the routes of access, without a network.

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use baotu_access::AccessState;
use baotu_access::http::{answer_once, answer_with_problems, routes};
use serde_json::Value;
use tower::ServiceExt as _;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    /// The code of the problem that this answer is.
    pub(crate) fn code(&self) -> String {
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json", "{self:?}");
        self.json()["code"].as_str().expect("a code").to_owned()
    }
}

/// The routes as the city wires them.
pub(crate) fn app(access: &AccessState) -> Router {
    let (router, _) = routes(access.clone()).split_for_parts();
    router.layer(from_fn_with_state(access.clone(), answer_once)).layer(from_fn(answer_with_problems))
}

/// A request being put together.
pub(crate) struct Asking {
    builder: axum::http::request::Builder,
    body: Body,
}

pub(crate) fn ask(method: Method, path: &str) -> Asking {
    Asking {
        builder: Request::builder().method(method).uri(path).header("host", "city"),
        body: Body::empty(),
    }
}

impl Asking {
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.builder = self.builder.header(name, value);
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    pub(crate) fn json(self, body: &Value) -> Self {
        self.bytes("application/json", body.to_string())
    }

    pub(crate) fn bytes(self, media_type: &str, body: impl Into<Body>) -> Self {
        let mut asking = self.header("content-type", media_type);
        asking.body = body.into();
        asking
    }

    pub(crate) async fn of(self, app: &Router) -> Answer {
        let request = self.builder.body(self.body).expect("a request");
        let response = app.clone().oneshot(request).await.expect("a router never fails");
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("the whole body");
        let body = String::from_utf8(bytes.to_vec()).expect("text");
        Answer { status: parts.status, headers: parts.headers, body }
    }
}
