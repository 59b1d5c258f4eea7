//! What comes in with a request, parsed once: JSON bodies, queries and paths, each refused in plain words.
//!
//! What passes here can be stored: no NUL character, no document too deep.

use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baotu_storage::DOCUMENT_LEVELS_MAX;
use baotu_vocabulary::{Refusal, RefusalKind};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::problem::Problem;

/// A JSON body, in or out.
#[derive(Clone, Copy, Debug)]
pub struct Json<T>(pub T);

/// The query of a URL.
#[derive(Clone, Copy, Debug)]
pub struct Query<T>(pub T);

/// The parameters of a path.
#[derive(Clone, Copy, Debug)]
pub struct Path<T>(pub T);

/// Why a body, a query or a path was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BodyRefused {
    /// Not `application/json`.
    #[error("请求内容须为 JSON（Content-Type: application/json）")]
    NotJson,
    /// More bytes than the route takes.
    #[error("请求内容过大")]
    TooLarge,
    /// Text that no storage keeps.
    #[error("内容含有无法保存的空字符（U+0000）")]
    NulCharacter,
    /// Brackets within brackets.
    #[error("内容嵌套过深，最多 {DOCUMENT_LEVELS_MAX} 层")]
    TooDeep,
    /// A path whose parameters name nothing, such as an id that is none.
    #[error("没有找到")]
    NoSuchPath,
    /// JSON, but not what the interface asks for.
    #[error("请求内容与接口要求不符：{reason}")]
    Shape {
        /// The path of the field; empty for the whole body.
        field: String,
        /// What was expected, in the words of the parser.
        reason: String,
    },
}

impl Refusal for BodyRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotJson => RefusalKind::UnsupportedType,
            Self::TooLarge => RefusalKind::TooLarge,
            Self::NoSuchPath => RefusalKind::NotFound,
            Self::NulCharacter | Self::TooDeep | Self::Shape { .. } => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotJson => "unsupported-type",
            Self::TooLarge => "too-large",
            Self::NoSuchPath => "not-found",
            Self::NulCharacter => "not-storable",
            Self::TooDeep => "too-deep",
            Self::Shape { .. } => "body-invalid",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Shape { field, reason } if !field.is_empty() => vec![(field.clone(), reason.clone())],
            _ => Vec::new(),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !says_json(request.headers()) {
            return Err(BodyRefused::NotJson.into());
        }
        let bytes = axum::body::Bytes::from_request(request, state).await.map_err(unbuffered)?;
        parse(&bytes).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(body) => {
                let json = HeaderValue::from_static("application/json");
                ([(header::CONTENT_TYPE, json)], body).into_response()
            }
            Err(error) => Problem::fault(&error).into_response(),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let query = parts.uri.query().unwrap_or_default();
        if query.contains("%00") {
            return Err(BodyRefused::NulCharacter.into());
        }
        // Taken as it is, it would be looked for with characters that nobody has typed.
        if percent_encoding::percent_decode_str(query).decode_utf8().is_err() {
            return Err(Problem::unreadable("malformed-query", "查询条件不是 UTF-8"));
        }
        axum::extract::Query::try_from_uri(&parts.uri).map(|query| Self(query.0)).map_err(|rejection| {
            let reason = innermost(&rejection);
            BodyRefused::Shape { field: "query".to_owned(), reason }.into()
        })
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        if parts.uri.path().contains("%00") {
            return Err(BodyRefused::NoSuchPath.into());
        }
        let path = axum::extract::Path::from_request_parts(parts, state).await;
        path.map(|path| Self(path.0)).map_err(|_| BodyRefused::NoSuchPath.into())
    }
}

/// Parses a JSON body for `T`; the same words for every door.
///
/// # Errors
/// A problem: 400 when it is no JSON, 422 when it is not what `T` asks for or could not be stored.
pub fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let parsed = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let field = error.path().to_string();
        let error = error.into_inner();
        if error.is_data() {
            let field = if field == "." { String::new() } else { field };
            Problem::from(BodyRefused::Shape { field, reason: error.to_string() })
        } else {
            malformed(&error)
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    storable(bytes)?;
    Ok(parsed)
}

fn malformed(error: &serde_json::Error) -> Problem {
    let detail = format!("请求内容不是有效的 JSON（UTF-8）：第 {} 行第 {} 列", error.line(), error.column());
    Problem::unreadable("malformed-json", detail)
}

/// Whether valid JSON text holds nothing that storage refuses, in one pass over its bytes.
fn storable(json: &[u8]) -> Result<(), BodyRefused> {
    let (mut levels, mut in_text, mut bytes) = (0_usize, false, json.iter().enumerate());
    while let Some((at, byte)) = bytes.next() {
        match (byte, in_text) {
            (b'"', _) => in_text = !in_text,
            (b'\\', true) => {
                if json[at + 1..].starts_with(b"u0000") {
                    return Err(BodyRefused::NulCharacter);
                }
                bytes.next();
            }
            (b'[' | b'{', false) => {
                levels += 1;
                if levels > DOCUMENT_LEVELS_MAX {
                    return Err(BodyRefused::TooDeep);
                }
            }
            (b']' | b'}', false) => levels = levels.saturating_sub(1),
            _ => {}
        }
    }
    Ok(())
}

fn says_json(headers: &HeaderMap) -> bool {
    let Some(value) = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()) else {
        return false;
    };
    let essence = value.split(';').next().unwrap_or(value).trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}

fn unbuffered(rejection: BytesRejection) -> Problem {
    match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => {
            BodyRefused::TooLarge.into()
        }
        _ => Problem::unreadable("body-broken", "请求内容没有传完"),
    }
}

/// What the innermost cause says; the outer ones only say that deserialising failed.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut innermost = error;
    while let Some(deeper) = innermost.source() {
        innermost = deeper;
    }
    innermost.to_string()
}
