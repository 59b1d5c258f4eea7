//! Forms: JSON Schemas that say what has to be filled in, and the check of what was.
//!
//! A form is an object with `title`, `properties`, `required` and `additionalProperties: false`. A property may
//! say how it is shown with `x-widget`: `text`, `textarea`, `choice` (one of `enum`), `photos` (a list of blob
//! ids: `{"type": "array", "items": {"type": "string", "format": "uuid"}}`), `unit` (a unit code), `units` (a list
//! of unit codes), `category` (a code of the procedure's table), `case` (number or id of another case), `place`
//! (`lon`, `lat`, `address`), `amount` (a whole number), `date` (`format: "date"`). Yes or no is `choice` of a boolean.
//! `format: "credit-code"` takes a unified social credit code with right check characters; a citizen's number has no
//! format, since what a form holds is kept in clear. How it is drawn is not known here.

use std::fmt;
use std::sync::Arc;

use baotu_vocabulary::{CreditCode, FormName};
use jsonschema::error::{ValidationError, ValidationErrorKind};
use serde::Serialize;
use serde_json::Value as Json;

use crate::digest::digest;
use crate::types::Type;

/// The ways in which a field may be shown.
pub const WIDGETS: [&str; 11] =
    ["text", "textarea", "choice", "photos", "unit", "units", "category", "case", "place", "amount", "date"];

/// The format of a field that takes a unified social credit code.
const CREDIT_CODE: &str = "credit-code";

/// The checker of what a schema wants, formats too.
pub(crate) fn validator(schema: &Json) -> Result<jsonschema::Validator, ValidationError<'_>> {
    jsonschema::draft202012::options()
        .should_validate_formats(true)
        .with_format(CREDIT_CODE, |text: &str| text.parse::<CreditCode>().is_ok())
        .build(schema)
}

/// A form; cloning is cheap.
#[derive(Clone)]
pub struct Form {
    compiled: Arc<Compiled>,
}

struct Compiled {
    name: FormName,
    schema: Json,
    hash: String,
    kind: Type,
    validator: jsonschema::Validator,
}

/// What is wrong with one field of a filled-in form, for the person who filled it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldProblem {
    /// The field, with `/` to parts inside (`photos/0`); empty for the form as a whole.
    pub field: String,
    /// What is wrong, in Chinese.
    pub message: String,
}

impl Form {
    /// A form from its JSON Schema.
    ///
    /// # Errors
    /// The schema is no valid JSON Schema; the text says where and why.
    pub fn new(name: impl Into<FormName>, schema: Json) -> Result<Self, String> {
        let validator =
            validator(&schema).map_err(|error| format!("{} {error}", error.instance_path().as_str()))?;
        let hash = digest(&[&canonical(&schema)]);
        let kind = Type::from_schema(&schema);
        Ok(Self { compiled: Arc::new(Compiled { name: name.into(), schema, hash, kind, validator }) })
    }

    /// The name by which steps refer to it.
    pub fn name(&self) -> &FormName {
        &self.compiled.name
    }

    /// Shown above the form; its name when it has no title.
    pub fn title(&self) -> &str {
        self.compiled.schema["title"].as_str().unwrap_or(self.compiled.name.as_str())
    }

    /// The JSON Schema, for the screens.
    pub fn schema(&self) -> &Json {
        &self.compiled.schema
    }

    /// SM3 of the schema's content, hexadecimal: the version that a decision was made on.
    pub fn hash(&self) -> &str {
        &self.compiled.hash
    }

    /// The type that conditions see.
    pub fn kind(&self) -> Type {
        self.compiled.kind.clone()
    }

    /// Whether it has a field of that name.
    pub fn has(&self, field: &str) -> bool {
        self.compiled.schema["properties"].get(field).is_some()
    }

    /// The names of its fields, in the order of the schema.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.compiled.schema["properties"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.keys().map(String::as_str))
    }

    /// The fields that must be filled in.
    pub fn required(&self) -> impl Iterator<Item = &str> {
        let names = self.compiled.schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        names.iter().filter_map(Json::as_str)
    }

    /// What is wrong with a filled-in form; nothing when it may be taken.
    pub fn check(&self, filled: &Json) -> Vec<FieldProblem> {
        self.compiled.validator.iter_errors(filled).flat_map(|error| self.problems_of(&error)).collect()
    }

    fn problems_of(&self, error: &ValidationError<'_>) -> Vec<FieldProblem> {
        let at = error.instance_path().as_str().trim_start_matches('/').to_owned();
        let inside = |name: &str| if at.is_empty() { name.to_owned() } else { format!("{at}/{name}") };
        let one = |message: String| vec![FieldProblem { field: at.clone(), message }];
        match error.kind() {
            ValidationErrorKind::Required { property } => {
                let field = inside(property.as_str().unwrap_or_default());
                let message = format!("请填写“{}”", self.label(&field));
                vec![FieldProblem { field, message }]
            }
            ValidationErrorKind::AdditionalProperties { unexpected }
            | ValidationErrorKind::UnevaluatedProperties { unexpected } => unexpected
                .iter()
                .map(|name| FieldProblem {
                    field: inside(name),
                    message: format!("表单里没有“{name}”这一项"),
                })
                .collect(),
            ValidationErrorKind::Format { format } if format == CREDIT_CODE => {
                let text = error.instance().as_str().unwrap_or_default();
                let wrong = text.parse::<CreditCode>().err().map(|error| error.to_string());
                one(format!("“{}”不对：{}", self.label(&at), wrong.unwrap_or_default()))
            }
            kind => one(format!("“{}”{}", self.label(&at), self.complaint(kind, &at))),
        }
    }

    fn complaint(&self, kind: &ValidationErrorKind, at: &str) -> String {
        match kind {
            ValidationErrorKind::Type { .. } => {
                let wanted = self.property(at).map(|property| &property["type"]);
                format!("应为{}", wanted.and_then(Json::as_str).map_or("别的内容", type_name))
            }
            ValidationErrorKind::Minimum { limit } => format!("不能小于 {limit}"),
            ValidationErrorKind::Maximum { limit } => format!("不能大于 {limit}"),
            ValidationErrorKind::ExclusiveMinimum { limit } => format!("应大于 {limit}"),
            ValidationErrorKind::ExclusiveMaximum { limit } => format!("应小于 {limit}"),
            ValidationErrorKind::MinLength { limit: 1 } => "不能为空".to_owned(),
            ValidationErrorKind::MinLength { limit } => format!("至少 {limit} 个字"),
            ValidationErrorKind::MaxLength { limit } => format!("至多 {limit} 个字"),
            ValidationErrorKind::MinItems { limit } => format!("至少 {limit} 项"),
            ValidationErrorKind::MaxItems { limit } => format!("至多 {limit} 项"),
            ValidationErrorKind::UniqueItems => "有重复的项".to_owned(),
            ValidationErrorKind::Enum { options } => {
                let options: Vec<String> = options.as_array().into_iter().flatten().map(plain).collect();
                format!("应为其中之一：{}", options.join("、"))
            }
            ValidationErrorKind::Constant { expected_value } => format!("应为 {}", plain(expected_value)),
            ValidationErrorKind::Pattern { pattern } => format!("格式不对，应符合 {pattern}"),
            ValidationErrorKind::Format { format } => match format.as_str() {
                "date" => "应为日期，如 2026-11-24".to_owned(),
                "date-time" => "应为时间，如 2026-11-24T09:00:00+08:00".to_owned(),
                "uuid" => "应为编号（UUID）".to_owned(),
                "email" => "应为电子邮箱地址".to_owned(),
                other => format!("应符合格式 {other}"),
            },
            other => format!("不符合要求（{}）", other.keyword()),
        }
    }

    /// The schema of the field at a path such as `photos/0`.
    fn property(&self, at: &str) -> Option<&Json> {
        at.split('/').filter(|part| !part.is_empty()).try_fold(&self.compiled.schema, |schema, part| {
            if part.bytes().all(|byte| byte.is_ascii_digit()) {
                schema.get("items").or_else(|| schema["properties"].get(part))
            } else {
                schema["properties"].get(part)
            }
        })
    }

    /// What a field is called on the screen.
    fn label<'a>(&'a self, at: &'a str) -> &'a str {
        if at.is_empty() {
            return self.title();
        }
        let field = at.split('/').next().unwrap_or(at);
        self.property(at)
            .and_then(|property| property["title"].as_str())
            .or_else(|| self.property(field)?["title"].as_str())
            .unwrap_or(at)
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Form({}, {})", self.compiled.name, self.compiled.hash)
    }
}

fn type_name(kind: &str) -> &str {
    match kind {
        "string" => "文字",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "是或否",
        "array" => "列表",
        "object" => "一组内容",
        other => other,
    }
}

fn plain(value: &Json) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The schema with its keys in order, so that a reordered file is the same version.
fn canonical(value: &Json) -> String {
    match value {
        Json::Object(fields) => {
            let mut parts: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", Json::from(name.as_str()), canonical(value)))
                .collect();
            parts.sort();
            format!("{{{}}}", parts.join(","))
        }
        Json::Array(items) => {
            let parts: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", parts.join(","))
        }
        other => other.to_string(),
    }
}
