//! What comes out of a query, read by the name of the column.
//!
//! A row keeps the values as the engine gave them; the getters say what the caller expects, and an error names
//! the column but never the content, which may be personal.

use std::str::FromStr;
use std::sync::Arc;

use baotu_vocabulary::Moment;
use serde::de::DeserializeOwned;

use crate::Value;

/// One row of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    columns: Arc<[String]>,
    values: Vec<Value>,
}

/// A column that is not what the caller expects.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum RowError {
    /// The answer has no such column.
    #[error("the answer has no column “{0}”")]
    Missing(String),
    /// NULL where a value must stand.
    #[error("column “{0}” is NULL")]
    Null(String),
    /// Another type than the one asked for.
    #[error("column “{column}” holds {found} where {wanted} was expected")]
    Type {
        /// The column.
        column: String,
        /// What the caller asked for.
        wanted: &'static str,
        /// What stands there.
        found: &'static str,
    },
    /// A text that the asked type does not accept.
    #[error("column “{column}” cannot be read as {wanted}")]
    Unreadable {
        /// The column.
        column: String,
        /// The Rust type asked for.
        wanted: &'static str,
    },
}

/// A getter for a column that must have a value, and one for a column that may be NULL.
macro_rules! getters {
    ($($(#[$doc:meta])* $name:ident, $opt:ident -> $type:ty, $wanted:literal, $read:expr;)*) => {$(
        $(#[$doc])*
        ///
        /// # Errors
        /// When the column is missing, NULL or of another type.
        pub fn $name(&self, column: &str) -> Result<$type, RowError> {
            self.$opt(column)?.ok_or_else(|| RowError::Null(column.to_owned()))
        }

        $(#[$doc])*
        ///
        /// Nothing when it is NULL.
        ///
        /// # Errors
        /// When the column is missing or of another type.
        pub fn $opt(&self, column: &str) -> Result<Option<$type>, RowError> {
            let value = self.value(column)?;
            if matches!(value, Value::Null) {
                return Ok(None);
            }
            let read: fn(&Value) -> Option<$type> = $read;
            read(value).map(Some).ok_or_else(|| RowError::Type {
                column: column.to_owned(),
                wanted: $wanted,
                found: value.kind(),
            })
        }
    )*};
}

impl Row {
    /// A row of `values` under `columns`; both have the same length.
    pub(crate) fn new(columns: Arc<[String]>, values: Vec<Value>) -> Self {
        debug_assert_eq!(columns.len(), values.len(), "one value for each column");
        Self { columns, values }
    }

    /// The names of the columns, in the order of the query.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The value as the engine gave it; JSON is text on SQLite, so use [`Row::json`] for it.
    ///
    /// # Errors
    /// When the column is missing.
    pub fn value(&self, column: &str) -> Result<&Value, RowError> {
        self.columns
            .iter()
            .position(|name| name == column)
            .and_then(|place| self.values.get(place))
            .ok_or_else(|| RowError::Missing(column.to_owned()))
    }

    getters! {
        /// The text of a column.
        text, opt_text -> String, "text", |value| match value {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        };
        /// The integer of a column.
        int, opt_int -> i64, "an integer", |value| match value {
            Value::Int(number) => Some(*number),
            _ => None,
        };
        /// The flag of a `BIGINT` column that holds 0 or 1.
        flag, opt_flag -> bool, "0 or 1", |value| match value {
            Value::Int(0) => Some(false),
            Value::Int(1) => Some(true),
            _ => None,
        };
        /// The number of a column; an integer is taken as well.
        real, opt_real -> f64, "a real number", |value| match value {
            Value::Real(number) => Some(*number),
            // SQLite hands out a whole number of an expression as an integer.
            Value::Int(number) => Some(*number as f64),
            _ => None,
        };
        /// The bytes of a column.
        bytes, opt_bytes -> Vec<u8>, "bytes", |value| match value {
            Value::Bytes(bytes) => Some(bytes.clone()),
            _ => None,
        };
        /// The point in time of a `BIGINT` column of microseconds.
        moment, opt_moment -> Moment, "microseconds", |value| match value {
            Value::Int(micros) => Some(Moment::from_micros(*micros)),
            _ => None,
        };
        /// The document of a `JSONB` column.
        json, opt_json -> serde_json::Value, "JSON", |value| match value {
            Value::Json(document) => Some(document.clone()),
            Value::Text(text) => serde_json::from_str(text).ok(),
            // SQLite gives `JSONB` columns numeric affinity: a document that is a bare number comes back as one.
            Value::Int(number) => Some((*number).into()),
            Value::Real(number) => Some((*number).into()),
            _ => None,
        };
    }

    /// The typed document of a `JSONB` column.
    ///
    /// # Errors
    /// When the column is missing, NULL, no JSON, or not of this shape.
    pub fn document<T: DeserializeOwned>(&self, column: &str) -> Result<T, RowError> {
        self.opt_document(column)?.ok_or_else(|| RowError::Null(column.to_owned()))
    }

    /// The typed document of a `JSONB` column, or nothing when it is NULL.
    ///
    /// # Errors
    /// When the column is missing, no JSON, or not of this shape.
    pub fn opt_document<T: DeserializeOwned>(&self, column: &str) -> Result<Option<T>, RowError> {
        if let Value::Text(text) = self.value(column)? {
            // Read straight from its text, without a tree in between.
            return serde_json::from_str(text).map(Some).map_err(|_| unreadable::<T>(column));
        }
        self.opt_json(column)?
            .map(|document| serde_json::from_value(document).map_err(|_| unreadable::<T>(column)))
            .transpose()
    }

    /// A text column read as an id, a code or any other parsed type.
    ///
    /// # Errors
    /// When the column is missing, NULL, no text, or the type refuses the text.
    pub fn parse<T: FromStr>(&self, column: &str) -> Result<T, RowError> {
        self.text(column)?.parse().map_err(|_| unreadable::<T>(column))
    }

    /// Like [`Row::parse`], or nothing when the column is NULL.
    ///
    /// # Errors
    /// When the column is missing, no text, or the type refuses the text.
    pub fn opt_parse<T: FromStr>(&self, column: &str) -> Result<Option<T>, RowError> {
        self.opt_text(column)?.map(|text| text.parse().map_err(|_| unreadable::<T>(column))).transpose()
    }

    /// A text column as a name of the pack (`UnitCode`, `StepName` …), which takes any text.
    ///
    /// # Errors
    /// When the column is missing, NULL or no text.
    pub fn name<T: From<String>>(&self, column: &str) -> Result<T, RowError> {
        self.text(column).map(T::from)
    }

    /// Like [`Row::name`], or nothing when the column is NULL.
    ///
    /// # Errors
    /// When the column is missing or no text.
    pub fn opt_name<T: From<String>>(&self, column: &str) -> Result<Option<T>, RowError> {
        Ok(self.opt_text(column)?.map(T::from))
    }
}

fn unreadable<T>(column: &str) -> RowError {
    RowError::Unreadable { column: column.to_owned(), wanted: std::any::type_name::<T>() }
}
