//! The errors of GeoReport: a list of codes and sentences, with an HTTP status.

use axum::http::StatusCode;
use baotu_vocabulary::{Refusal, RefusalKind};

use super::answer::Node;

/// Why a request of a client is not answered; each sentence is for the one who wrote the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    status: StatusCode,
    sentences: Vec<String>,
}

impl Refused {
    fn new(status: StatusCode, sentence: impl Into<String>) -> Self {
        Self { status, sentences: vec![sentence.into()] }
    }

    /// 400: something is missing or can't be read.
    pub(crate) fn unfit(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, sentence)
    }

    /// 400, with everything that is wrong at once.
    pub(crate) fn all_unfit(sentences: Vec<String>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, sentences }
    }

    /// 403: the API key.
    pub(crate) fn key(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, sentence)
    }

    /// 404: no such service, request, token or jurisdiction.
    pub(crate) fn not_found(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, sentence)
    }

    /// 413: more bytes than are taken.
    pub(crate) fn too_large(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, sentence)
    }

    /// 429: the key has reported often enough.
    pub(crate) fn too_many(sentence: impl Into<String>) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, sentence)
    }

    /// 500: a fault of ours; the sentence tells nothing of it.
    pub(crate) fn fault() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "系统出现故障，请稍后再试")
    }

    /// A refusal of the one who opens requests: its sentences, field by field.
    pub(crate) fn of(refusal: &dyn Refusal) -> Self {
        let status = match refusal.kind() {
            RefusalKind::Unauthenticated | RefusalKind::Forbidden => StatusCode::FORBIDDEN,
            RefusalKind::NotFound => StatusCode::NOT_FOUND,
            RefusalKind::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            RefusalKind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            RefusalKind::Invalid | RefusalKind::Conflict | RefusalKind::UnsupportedType => {
                StatusCode::BAD_REQUEST
            }
        };
        let fields = refusal.fields();
        let sentences = match fields.is_empty() {
            true => vec![refusal.to_string()],
            false => fields.into_iter().map(|(field, sentence)| format!("{field}：{sentence}")).collect(),
        };
        Self { status, sentences }
    }

    pub(crate) const fn status(&self) -> StatusCode {
        self.status
    }

    /// The body `errors`.
    pub(crate) fn node(&self) -> Node {
        let error = |sentence: &String| {
            Node::Object(vec![
                ("code", Node::Count(self.status.as_u16().into())),
                ("description", Node::text(sentence.as_str())),
            ])
        };
        Node::List("error", self.sentences.iter().map(error).collect())
    }
}
