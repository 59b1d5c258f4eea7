//! The pack's services, with the attributes that a program asks people for: fields of the intake form.

use baotu_pack::pack::Pack;
use baotu_vocabulary::{BlobId, CategoryCode, ProcedureName};
use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::answer::Node;
use super::parameters::Parameters;

/// All services of a city, in the order of the pack.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Services(Vec<Service>);

/// One service: a category of a procedure of which programs may open cases.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Unique in the pack.
    pub code: String,
    /// Shown.
    pub name: String,
    /// One sentence for residents.
    pub description: String,
    /// Groups services in a list.
    pub group: String,
    /// Words by which residents find it.
    pub keywords: Vec<String>,
    /// The procedure of which a case is opened.
    pub procedure: ProcedureName,
    /// The category of the case.
    pub category: CategoryCode,
    /// The fields of the intake form that are asked for, in the order of the pack.
    pub attributes: Vec<Attribute>,
    /// The fields of the intake form that the report itself fills in.
    pub(crate) form: ReportFields,
}

/// The fields of an intake form that every report fills in, where the form has them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReportFields {
    pub(crate) photos: Option<String>,
}

/// One attribute of a service.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribute {
    /// The field of the form.
    pub code: String,
    /// Shown.
    pub title: String,
    /// What is to be filled in.
    pub datatype: AttributeType,
    /// Whether a report without it is refused.
    pub is_required: bool,
    /// A hint for people.
    pub hint: Option<String>,
}

/// The data types of GeoReport.
#[derive(Clone, Debug, PartialEq)]
pub enum AttributeType {
    /// One line.
    String,
    /// Several lines.
    Text,
    /// A number, whole when `whole`.
    Number {
        /// Without a fraction.
        whole: bool,
    },
    /// A day or a moment.
    Datetime,
    /// One of these values, each with its name.
    Single(Vec<(Value, String)>),
    /// Several of these values, each with its name.
    Multi(Vec<(Value, String)>),
}

/// A service that this door can't offer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("open311 服务“{service}”：{message}")]
pub struct ServiceProblem {
    /// Its code.
    pub service: String,
    /// Why.
    pub message: String,
}

impl Services {
    /// The services of a pack as they are in force on `day`.
    ///
    /// # Errors
    /// Every service whose attributes no program could fill in, or whose kind of answer isn't offered.
    pub fn of(pack: &Pack, day: Date) -> Result<Self, Vec<ServiceProblem>> {
        let (mut services, mut problems) = (Vec::new(), Vec::new());
        for declared in pack.open311_services() {
            let mut say = |message: String| {
                problems.push(ServiceProblem { service: declared.service_code.clone(), message });
            };
            if declared.answer != "realtime" {
                say(format!("type 只支持 realtime，实为“{}”", declared.answer));
            }
            let Some(procedure) = pack.procedure(&declared.procedure, day) else {
                say(format!("流程“{}”当日未施行", declared.procedure));
                continue;
            };
            let form = procedure.intake();
            let photos = form.fields().find(|field| widget(form.schema(), field) == Some("photos"));
            let mut attributes = Vec::new();
            // Photos come as `media`; title and text are the service's name and the description.
            for code in declared.attributes.iter().filter(|code| Some(code.as_str()) != photos) {
                let is_required = form.required().any(|field| field == code);
                match Attribute::of(form.schema(), code, is_required) {
                    Ok(attribute) => attributes.push(attribute),
                    Err(message) => say(message),
                }
            }
            services.push(Service {
                code: declared.service_code.clone(),
                name: declared.service_name.clone(),
                description: declared.description.clone(),
                group: declared.group.clone(),
                keywords: declared.keywords.clone(),
                procedure: declared.procedure.clone(),
                category: declared.category.clone(),
                attributes,
                form: ReportFields { photos: photos.map(str::to_owned) },
            });
        }
        if problems.is_empty() { Ok(Self(services)) } else { Err(problems) }
    }

    /// The service of a code.
    pub fn get(&self, code: &str) -> Option<&Service> {
        self.0.iter().find(|service| service.code == code)
    }

    /// All services.
    pub fn iter(&self) -> impl Iterator<Item = &Service> {
        self.0.iter()
    }

    /// The service that opens cases of this procedure and category.
    pub(crate) fn of_kind(&self, procedure: &ProcedureName, category: &CategoryCode) -> Option<&Service> {
        self.0.iter().find(|service| service.procedure == *procedure && service.category == *category)
    }

    /// The body `services`.
    pub(crate) fn node(&self) -> Node {
        Node::List("service", self.0.iter().map(Service::node).collect())
    }
}

impl Service {
    pub(crate) fn kind(&self) -> (ProcedureName, CategoryCode) {
        (self.procedure.clone(), self.category.clone())
    }

    fn node(&self) -> Node {
        Node::Object(vec![
            ("service_code", Node::text(self.code.as_str())),
            ("service_name", Node::text(self.name.as_str())),
            ("description", Node::text(self.description.as_str())),
            ("metadata", Node::Flag(!self.attributes.is_empty())),
            ("type", Node::text("realtime")),
            ("keywords", Node::text(self.keywords.join(","))),
            ("group", Node::text(self.group.as_str())),
        ])
    }

    /// The body `service_definition`.
    pub(crate) fn definition(&self) -> Node {
        let attributes = (1..).zip(&self.attributes).map(|(order, attribute)| attribute.node(order));
        Node::Object(vec![
            ("service_code", Node::text(self.code.as_str())),
            ("attributes", Node::List("attribute", attributes.collect())),
        ])
    }

    /// The form that a report fills in; or everything that is wrong with its attributes.
    pub(crate) fn fill(
        &self,
        parameters: &Parameters,
        photos: &[BlobId],
    ) -> Result<Map<String, Value>, Vec<String>> {
        let (mut form, mut problems) = (Map::new(), Vec::new());
        for attribute in &self.attributes {
            let values = parameters.attribute(&attribute.code);
            match attribute.value(&values) {
                Ok(Some(value)) => {
                    form.insert(attribute.code.clone(), value);
                }
                Ok(None) => {}
                Err(problem) => problems.push(format!("attribute[{}]：{problem}", attribute.code)),
            }
        }
        let unknown = |code: &&str| !self.attributes.iter().any(|attribute| attribute.code == **code);
        let mut unknown: Vec<&str> = parameters.attribute_codes().filter(unknown).collect();
        unknown.dedup();
        problems.extend(unknown.iter().map(|code| format!("attribute[{code}]：此服务没有这个属性")));
        if let (Some(field), false) = (&self.form.photos, photos.is_empty()) {
            form.insert(field.clone(), json!(photos));
        }
        if problems.is_empty() { Ok(form) } else { Err(problems) }
    }
}

impl Attribute {
    fn of(schema: &Value, code: &str, is_required: bool) -> Result<Self, String> {
        let Some(field) = schema.pointer("/properties").and_then(|fields| fields.get(code)) else {
            return Err(format!("登记表没有字段“{code}”"));
        };
        let text = |key: &str| field.get(key).and_then(Value::as_str);
        let datatype = match (text("type"), choices(field)) {
            (Some("array"), _) => {
                let values = field.get("items").map(choices).unwrap_or_default();
                if values.is_empty() {
                    return Err(format!("字段“{code}”的取值没有写明，外部应用无法填写"));
                }
                AttributeType::Multi(values)
            }
            (_, values) if !values.is_empty() => AttributeType::Single(values),
            (Some("boolean"), _) => {
                AttributeType::Single(vec![(true.into(), "是".to_owned()), (false.into(), "否".to_owned())])
            }
            (Some("integer"), _) => AttributeType::Number { whole: true },
            (Some("number"), _) => AttributeType::Number { whole: false },
            (Some("string"), _) if matches!(text("format"), Some("date" | "date-time")) => {
                AttributeType::Datetime
            }
            (Some("string"), _) if text("x-widget") == Some("textarea") => AttributeType::Text,
            (Some("string"), _) => AttributeType::String,
            _ => return Err(format!("字段“{code}”的类型外部应用无法填写")),
        };
        Ok(Self {
            code: code.to_owned(),
            title: text("title").unwrap_or(code).to_owned(),
            datatype,
            is_required,
            hint: text("description").map(str::to_owned),
        })
    }

    fn node(&self, order: i64) -> Node {
        let value = |(key, name): &(Value, String)| {
            Node::Object(vec![("key", Node::text(shown(key))), ("name", Node::text(name.as_str()))])
        };
        let mut parts = vec![
            ("variable", Node::Flag(true)),
            ("code", Node::text(self.code.as_str())),
            ("datatype", Node::text(self.datatype.word())),
            ("required", Node::Flag(self.is_required)),
            ("datatype_description", Node::optional(self.hint.as_deref())),
            ("order", Node::Count(order)),
            ("description", Node::text(self.title.as_str())),
        ];
        if let AttributeType::Single(values) | AttributeType::Multi(values) = &self.datatype {
            parts.push(("values", Node::List("value", values.iter().map(value).collect())));
        }
        Node::Object(parts)
    }

    /// What a form gets for the values sent; nothing when none was sent.
    fn value(&self, values: &[&str]) -> Result<Option<Value>, &'static str> {
        let find = |choices: &[(Value, String)], wanted: &str| {
            let found = choices.iter().find(|(key, _)| shown(key) == wanted);
            found.map(|(key, _)| key.clone()).ok_or("不在可选的值之内")
        };
        if let AttributeType::Multi(choices) = &self.datatype {
            let chosen: Vec<Value> =
                values.iter().map(|value| find(choices, value)).collect::<Result<_, _>>()?;
            return match (chosen.is_empty(), self.is_required) {
                (true, true) => Err("必填"),
                (true, false) => Ok(None),
                (false, _) => Ok(Some(chosen.into())),
            };
        }
        let value = match values {
            [] if self.is_required => return Err("必填"),
            [] => return Ok(None),
            [value] => *value,
            _ => return Err("只能填一个值"),
        };
        let value = match &self.datatype {
            AttributeType::Number { whole: true } => {
                Value::from(value.parse::<i64>().map_err(|_| "应为整数")?)
            }
            AttributeType::Number { whole: false } => {
                let number = value.parse::<f64>().ok().filter(|number| number.is_finite());
                Value::from(number.ok_or("应为数字")?)
            }
            AttributeType::Single(choices) => find(choices, value)?,
            AttributeType::String
            | AttributeType::Text
            | AttributeType::Datetime
            | AttributeType::Multi(_) => Value::from(value),
        };
        Ok(Some(value))
    }
}

impl AttributeType {
    /// The word of the standard.
    const fn word(&self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Text => "text",
            Self::Number { .. } => "number",
            Self::Datetime => "datetime",
            Self::Single(_) => "singlevaluelist",
            Self::Multi(_) => "multivaluelist",
        }
    }
}

/// The values of a field that has a closed set of them, each with its name: `enum`, or `oneOf` of `const`.
fn choices(field: &Value) -> Vec<(Value, String)> {
    if let Some(values) = field.get("enum").and_then(Value::as_array) {
        return values.iter().map(|value| (value.clone(), shown(value))).collect();
    }
    let named = field.get("oneOf").and_then(Value::as_array).into_iter().flatten();
    let choice = |value: &Value| {
        let key = value.get("const")?.clone();
        let name = value.get("title").and_then(Value::as_str).map_or_else(|| shown(&key), str::to_owned);
        Some((key, name))
    };
    named.filter_map(choice).collect()
}

fn widget<'a>(schema: &'a Value, field: &str) -> Option<&'a str> {
    schema.get("properties")?.get(field)?.get("x-widget")?.as_str()
}

/// A value as a client sends it.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(field: &Value) -> Result<Attribute, String> {
        Attribute::of(&json!({"properties": {"f": field}}), "f", false)
    }

    #[test]
    fn each_kind_of_field_has_its_data_type_and_its_check() {
        let yes_no = json!({"type": "boolean"});
        let size = json!({"type": "string", "enum": ["大", "小"]});
        let kinds =
            json!({"type": "array", "items": {"oneOf": [{"const": "a", "title": "甲"}, {"const": "b"}]}});
        let day = json!({"type": "string", "format": "date"});
        let line = json!({"type": "string"});
        let whole = json!({"type": "integer"});
        let filled: [(&Value, &str, &[&str], Option<Value>); 7] = [
            (&line, "string", &["x"], Some("x".into())),
            (&json!({"type": "string", "x-widget": "textarea"}), "text", &[], None),
            (&whole, "number", &["12"], Some(12.into())),
            (&yes_no, "singlevaluelist", &["true"], Some(true.into())),
            (&size, "singlevaluelist", &["大"], Some("大".into())),
            (&kinds, "multivaluelist", &["b", "a"], Some(json!(["b", "a"]))),
            (&day, "datetime", &["2026-11-24"], Some("2026-11-24".into())),
        ];
        for (field, word, values, expected) in filled {
            let attribute = attribute(field).expect("a field that can be filled in");
            assert_eq!(attribute.datatype.word(), word, "{field}");
            assert_eq!(attribute.value(values), Ok(expected), "{field} {values:?}");
        }
        let refused: [(&Value, &[&str], &str); 5] = [
            (&line, &["x", "y"], "只能填一个值"),
            (&whole, &["1.5"], "应为整数"),
            (&json!({"type": "number"}), &["NaN"], "应为数字"),
            (&size, &["中"], "不在可选的值之内"),
            (&kinds, &["c"], "不在可选的值之内"),
        ];
        for (field, values, problem) in refused {
            let attribute = attribute(field).expect("a field that can be filled in");
            assert_eq!(attribute.value(values), Err(problem), "{field} {values:?}");
        }
        attribute(&json!({"type": "array", "items": {"type": "string"}})).expect_err("no values");
        attribute(&json!({"type": "object"})).expect_err("no data type");
    }
}
