//! The types of values that conditions read, and how JSON becomes them.
//!
//! A field that is absent reads as its type's empty value (`""`, `0`, `false`, no entries), or as `null` when its
//! type says so; so a condition that passed the check can't stumble over a form that was left half empty.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use serde_json::Value as Json;

/// The type of a value in a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Type {
    /// True or false.
    Bool,
    /// A whole number.
    Int,
    /// A number with a fraction.
    Double,
    /// Text.
    String,
    /// A moment; RFC 3339 text in JSON.
    Timestamp,
    /// A length of time, the difference of two moments.
    Duration,
    /// Values of one type, in order.
    List(Box<Type>),
    /// Values of one type by text.
    Map(Box<Type>),
    /// Named fields, each with its own type; other fields do not exist.
    Record(BTreeMap<String, Type>),
    /// A value of the type, or `null`.
    Nullable(Box<Type>),
    /// `null` itself.
    Null,
    /// Not known before the condition runs.
    Dyn,
}

impl Type {
    /// This type, or `null`; a type that already admits `null` stays as it is.
    #[must_use]
    pub fn nullable(self) -> Self {
        match self {
            Self::Nullable(_) | Self::Null | Self::Dyn => self,
            other => Self::Nullable(Box::new(other)),
        }
    }

    /// The type without `null`.
    pub fn present(&self) -> &Self {
        match self {
            Self::Nullable(inner) => inner,
            other => other,
        }
    }

    /// Whether `null` is a value of it.
    pub const fn admits_null(&self) -> bool {
        matches!(self, Self::Nullable(_) | Self::Null | Self::Dyn)
    }

    /// A record with these fields.
    pub fn record<const N: usize>(fields: [(&str, Self); N]) -> Self {
        Self::Record(fields.into_iter().map(|(name, kind)| (name.to_owned(), kind)).collect())
    }

    /// The type of the values that a JSON Schema admits; what it can't tell is [`Type::Dyn`].
    ///
    /// Properties that are not `required` may be `null`, which is how an absent field reads.
    pub fn from_schema(schema: &Json) -> Self {
        from_schema(schema, schema)
    }

    /// Whether every value of `other` is a value of this type (`int` is taken where a `double` is wanted).
    pub fn takes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Dyn, _) | (_, Self::Dyn) => true,
            (Self::Nullable(_), Self::Null) => true,
            (Self::Nullable(wanted), given) => wanted.takes(given.present()),
            (_, Self::Nullable(_) | Self::Null) => matches!((self, other), (Self::Null, Self::Null)),
            (Self::Double, Self::Int) => true,
            (Self::List(wanted), Self::List(given)) | (Self::Map(wanted), Self::Map(given)) => {
                wanted.takes(given)
            }
            (Self::Map(wanted), Self::Record(fields)) => fields.values().all(|given| wanted.takes(given)),
            (Self::Record(wanted), Self::Record(given)) => {
                let known = given.keys().all(|name| wanted.contains_key(name));
                known
                    && wanted.iter().all(|(name, kind)| {
                        given.get(name).map_or(kind.admits_null(), |given| kind.takes(given))
                    })
            }
            (wanted, given) => wanted == given,
        }
    }

    /// The narrowest type that holds the values of both; [`Type::Dyn`] when they have nothing in common.
    #[must_use]
    pub fn join(&self, other: &Self) -> Self {
        match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Dyn, known) | (known, Self::Dyn) => known.clone(),
            (Self::Null, known) | (known, Self::Null) => known.clone().nullable(),
            (Self::Nullable(a), b) | (b, Self::Nullable(a)) => a.join(b.present()).nullable(),
            (Self::Int, Self::Double) | (Self::Double, Self::Int) => Self::Double,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.join(b))),
            (Self::Map(a), Self::Map(b)) => Self::Map(Box::new(a.join(b))),
            _ => Self::Dyn,
        }
    }

    /// Turns JSON into the value that a condition sees; missing and unfit values read as empty ones.
    pub(crate) fn read(&self, json: Option<&Json>) -> Result<cel::Value, UnfitValue> {
        let unfit = || UnfitValue { wanted: self.clone() };
        let json = match json {
            None | Some(Json::Null) => return Ok(self.empty()),
            Some(json) => json,
        };
        Ok(match self {
            Self::Nullable(inner) => return inner.read(Some(json)),
            Self::Dyn | Self::Null => dynamic(json),
            Self::Bool => cel::Value::Bool(json.as_bool().ok_or_else(unfit)?),
            Self::Int => cel::Value::Int(whole(json).ok_or_else(unfit)?),
            Self::Double => cel::Value::Float(json.as_f64().ok_or_else(unfit)?),
            Self::String => cel::Value::String(Arc::new(json.as_str().ok_or_else(unfit)?.to_owned())),
            Self::Timestamp => {
                crate::condition::timestamp(json.as_str().ok_or_else(unfit)?).ok_or_else(unfit)?
            }
            Self::Duration => return Err(unfit()),
            Self::List(inner) => {
                let items = json.as_array().ok_or_else(unfit)?;
                let read: Result<Vec<_>, _> = items.iter().map(|item| inner.read(Some(item))).collect();
                cel::Value::List(Arc::new(read?))
            }
            Self::Map(inner) => {
                let mut map = HashMap::new();
                for (name, item) in json.as_object().ok_or_else(unfit)? {
                    map.insert(name.clone(), inner.read(Some(item))?);
                }
                cel::Value::from(map)
            }
            Self::Record(fields) => {
                let object = json.as_object().ok_or_else(unfit)?;
                let mut map = HashMap::new();
                for (name, kind) in fields {
                    map.insert(name.clone(), kind.read(object.get(name))?);
                }
                cel::Value::from(map)
            }
        })
    }

    /// What an absent field of this type reads as.
    fn empty(&self) -> cel::Value {
        match self {
            Self::Bool => cel::Value::Bool(false),
            Self::Int => cel::Value::Int(0),
            Self::Double => cel::Value::Float(0.0),
            Self::String => cel::Value::String(Arc::default()),
            Self::List(_) => cel::Value::List(Arc::default()),
            Self::Map(_) => cel::Value::from(HashMap::<String, cel::Value>::new()),
            Self::Record(fields) => {
                let empty: HashMap<String, cel::Value> =
                    fields.iter().map(|(name, kind)| (name.clone(), kind.empty())).collect();
                cel::Value::from(empty)
            }
            Self::Timestamp | Self::Duration | Self::Nullable(_) | Self::Null | Self::Dyn => cel::Value::Null,
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool => f.write_str("bool（是否）"),
            Self::Int => f.write_str("int（整数）"),
            Self::Double => f.write_str("double（小数）"),
            Self::String => f.write_str("string（文字）"),
            Self::Timestamp => f.write_str("timestamp（时刻）"),
            Self::Duration => f.write_str("duration（时长）"),
            Self::List(inner) => write!(f, "list（列表，元素为 {inner}）"),
            Self::Map(inner) => write!(f, "map（映射，值为 {inner}）"),
            Self::Record(_) => f.write_str("record（记录）"),
            Self::Nullable(inner) => write!(f, "可空的 {inner}"),
            Self::Null => f.write_str("null（空）"),
            Self::Dyn => f.write_str("dyn（未定）"),
        }
    }
}

/// A JSON value that is not of the declared type.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("value is no {wanted}")]
pub(crate) struct UnfitValue {
    wanted: Type,
}

/// A whole number, also when it was written as `3.0`.
fn whole(json: &Json) -> Option<i64> {
    json.as_i64().or_else(|| {
        let number = json.as_f64()?;
        #[expect(clippy::cast_possible_truncation, reason = "guarded: whole and within 53 bits")]
        (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
    })
}

fn dynamic(json: &Json) -> cel::Value {
    match json {
        Json::Null => cel::Value::Null,
        Json::Bool(value) => cel::Value::Bool(*value),
        Json::Number(number) => match number.as_i64() {
            Some(whole) => cel::Value::Int(whole),
            None => cel::Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Json::String(text) => cel::Value::String(Arc::new(text.clone())),
        Json::Array(items) => cel::Value::List(Arc::new(items.iter().map(dynamic).collect())),
        Json::Object(fields) => {
            let map: HashMap<String, cel::Value> =
                fields.iter().map(|(name, value)| (name.clone(), dynamic(value))).collect();
            cel::Value::from(map)
        }
    }
}

/// References deeper than this are taken as unknown: a schema that refers to itself has no finite type.
const SCHEMA_DEPTH_MAX: usize = 16;

fn from_schema(schema: &Json, root: &Json) -> Type {
    schema_type(schema, root, SCHEMA_DEPTH_MAX)
}

fn schema_type(schema: &Json, root: &Json, depth: usize) -> Type {
    if depth == 0 {
        return Type::Dyn;
    }
    if let Some(target) = schema.get("$ref").and_then(Json::as_str).and_then(|path| path.strip_prefix('#')) {
        // A schema that refers to itself widely would grow without end: each reference costs most of the depth left.
        return root.pointer(target).map_or(Type::Dyn, |target| schema_type(target, root, depth / 4));
    }
    if let Some(value) = schema.get("const") {
        return literal_type(value);
    }
    if let Some(branches) = schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
        return one_of(branches.iter().map(|branch| schema_type(branch, root, depth - 1)));
    }
    match schema.get("type") {
        Some(Json::String(name)) => named_type(name, schema, root, depth),
        Some(Json::Array(names)) => {
            one_of(names.iter().filter_map(Json::as_str).map(|name| named_type(name, schema, root, depth)))
        }
        _ => match schema.get("enum").and_then(Json::as_array) {
            Some(values) => one_of(values.iter().map(literal_type)),
            None if schema.get("properties").is_some() => named_type("object", schema, root, depth),
            None => Type::Dyn,
        },
    }
}

/// The type that covers all branches; branches of different kinds can't be told apart beforehand.
fn one_of(branches: impl Iterator<Item = Type>) -> Type {
    branches
        .reduce(|sum, branch| {
            let different = !matches!(sum, Type::Null | Type::Nullable(_)) && !matches!(branch, Type::Null);
            let (a, b) = (sum.present(), branch.present());
            if different && a != b && a.join(b) != Type::Double { Type::Dyn } else { sum.join(&branch) }
        })
        .unwrap_or(Type::Dyn)
}

fn literal_type(value: &Json) -> Type {
    match value {
        Json::Null => Type::Null,
        Json::Bool(_) => Type::Bool,
        Json::Number(number) if number.is_f64() => Type::Double,
        Json::Number(_) => Type::Int,
        Json::String(_) => Type::String,
        Json::Array(_) | Json::Object(_) => Type::Dyn,
    }
}

fn named_type(name: &str, schema: &Json, root: &Json, depth: usize) -> Type {
    match name {
        "null" => Type::Null,
        "boolean" => Type::Bool,
        "integer" => Type::Int,
        "number" => Type::Double,
        "string" if schema.get("format").and_then(Json::as_str) == Some("date-time") => Type::Timestamp,
        "string" => Type::String,
        "array" => {
            let items = schema.get("items").map_or(Type::Dyn, |items| schema_type(items, root, depth - 1));
            Type::List(Box::new(items))
        }
        "object" => object_type(schema, root, depth),
        _ => Type::Dyn,
    }
}

fn object_type(schema: &Json, root: &Json, depth: usize) -> Type {
    let Some(properties) = schema.get("properties").and_then(Json::as_object) else {
        return match schema.get("additionalProperties") {
            Some(inner @ Json::Object(_)) => Type::Map(Box::new(schema_type(inner, root, depth - 1))),
            Some(Json::Bool(false)) => Type::Record(BTreeMap::new()),
            _ => Type::Map(Box::new(Type::Dyn)),
        };
    };
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Json::as_array)
        .map(|names| names.iter().filter_map(Json::as_str).collect())
        .unwrap_or_default();
    let fields = properties.iter().map(|(name, property)| {
        let kind = schema_type(property, root, depth - 1);
        let kind = if required.contains(&name.as_str()) { kind } else { kind.nullable() };
        (name.clone(), kind)
    });
    Type::Record(fields.collect())
}
