//! What goes into a statement.
//!
//! A value knows nothing of the table it goes to; each engine binds it in its own way.

use baotu_vocabulary as vocabulary;
use baotu_vocabulary::Moment;

use crate::Digest;

/// A parameter of a statement, or one field of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// SQL NULL.
    Null,
    /// `BIGINT`; also moments (microseconds) and flags (0 or 1).
    Int(i64),
    /// `DOUBLE PRECISION`; NaN is not storable.
    Real(f64),
    /// `TEXT`; a NUL character is not storable.
    Text(String),
    /// `BYTEA`.
    Bytes(Vec<u8>),
    /// `JSONB`; see [`document_is_storable`]. PostgreSQL forgets the order of keys and the notation of numbers.
    Json(serde_json::Value),
}

/// Whether `text` can be stored on every engine: PostgreSQL takes no NUL character.
///
/// Doors ask this of foreign input, so that a refusal is worded for its sender; storage asks again and answers
/// with a fault.
pub fn text_is_storable(text: &str) -> bool {
    !text.as_bytes().contains(&0)
}

/// Levels of a document at most. What is written must be readable again, and the parser gives up at 128.
pub const DOCUMENT_LEVELS_MAX: usize = 100;

/// Whether a document can be stored, and read again, on every engine: no NUL character in a text or a key, and no more
/// than [`DOCUMENT_LEVELS_MAX`] levels.
pub fn document_is_storable(document: &serde_json::Value) -> bool {
    fn storable(document: &serde_json::Value, levels: usize) -> bool {
        match document {
            serde_json::Value::String(text) => text_is_storable(text),
            serde_json::Value::Array(items) => {
                levels > 0 && items.iter().all(|item| storable(item, levels - 1))
            }
            serde_json::Value::Object(fields) => {
                levels > 0
                    && fields.iter().all(|(key, value)| text_is_storable(key) && storable(value, levels - 1))
            }
            _ => true,
        }
    }
    storable(document, DOCUMENT_LEVELS_MAX)
}

impl Value {
    /// The text form of anything that can be shown, for types that have no conversion of their own.
    pub fn text_of(shown: &impl std::fmt::Display) -> Self {
        Self::Text(shown.to_string())
    }

    /// The JSON form of a typed document.
    ///
    /// # Errors
    /// When the type cannot be told in JSON, for example a map whose keys are no strings.
    pub fn json_of(document: &impl serde::Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(document).map(Self::Json)
    }

    /// What keeps this value from being stored, if anything does.
    pub(crate) fn unstorable(&self) -> Option<&'static str> {
        match self {
            Self::Text(text) if !text_is_storable(text) => Some("a text with a NUL character"),
            Self::Json(document) if !document_is_storable(document) => {
                Some("a document with a NUL character or with too many levels")
            }
            Self::Real(number) if number.is_nan() => Some("a number that is not a number (NaN)"),
            _ => None,
        }
    }

    /// The name of the variant as an error message says it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Int(_) => "integer",
            Self::Real(_) => "real",
            Self::Text(_) => "text",
            Self::Bytes(_) => "bytes",
            Self::Json(_) => "JSON",
        }
    }
}

/// The parameters of a statement, each turned into a [`Value`]: `params![case.id, case.version, now]`.
#[macro_export]
macro_rules! params {
    ($($value:expr),* $(,)?) => {
        ::std::vec![$($crate::Value::from($value)),*]
    };
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(option: Option<T>) -> Self {
        option.map_or(Self::Null, Into::into)
    }
}

macro_rules! ints {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(number: $type) -> Self {
                Self::Int(number.into())
            }
        }
    )*};
}

ints!(i64, i32, i16, i8, u32, u16, u8, bool);

macro_rules! texts {
    ($($type:ty),*) => {$(
        impl From<$type> for Value {
            fn from(text: $type) -> Self {
                Self::Text(text.into())
            }
        }
    )*};
}

texts!(String, &String, &str, std::borrow::Cow<'_, str>, Box<str>);

/// Types of the vocabulary that are kept as the text they show. Numbers of persons (citizen id, phone) are not among
/// them: what is stored of those is the decision of `access`.
macro_rules! shown_as_text {
    ($($type:ty),* $(,)?) => {$(
        impl From<$type> for Value {
            fn from(shown: $type) -> Self {
                Self::Text(shown.to_string())
            }
        }

        impl From<&$type> for Value {
            fn from(shown: &$type) -> Self {
                Self::Text(shown.to_string())
            }
        }
    )*};
}

shown_as_text! {
    vocabulary::CaseId, vocabulary::DecisionId, vocabulary::TaskId, vocabulary::RequestId,
    vocabulary::SupervisionId, vocabulary::PersonId, vocabulary::SessionId, vocabulary::EventId,
    vocabulary::JobId, vocabulary::BlobId, vocabulary::NoticeId, vocabulary::AuditId, vocabulary::ImportId,
    vocabulary::ThingId, vocabulary::CommandId, vocabulary::AlarmId, vocabulary::StormId,
    vocabulary::PropertyName,
    vocabulary::ThingTypeName, vocabulary::RuleName,
    vocabulary::SystemName, vocabulary::ProcedureName, vocabulary::StepName, vocabulary::ExitName,
    vocabulary::ActName, vocabulary::RequestName, vocabulary::ClockName, vocabulary::FormName,
    vocabulary::RoleName, vocabulary::UnitCode, vocabulary::PostCode, vocabulary::CategoryCode,
    vocabulary::CellCode, vocabulary::ZoneCode, vocabulary::PurposeName, vocabulary::TemplateName,
    vocabulary::DivisionCode, vocabulary::CreditCode,
    Digest,
}

impl From<Moment> for Value {
    fn from(moment: Moment) -> Self {
        Self::Int(moment.micros())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(bytes.to_vec())
    }
}

impl From<serde_json::Value> for Value {
    fn from(document: serde_json::Value) -> Self {
        Self::Json(document)
    }
}

impl From<&serde_json::Value> for Value {
    fn from(document: &serde_json::Value) -> Self {
        Self::Json(document.clone())
    }
}
