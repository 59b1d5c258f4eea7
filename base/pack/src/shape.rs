//! Whether a document has the shape of its JSON Schema: keys, types, choices, dates; all mistakes at once.
//!
//! It knows the part of JSON Schema that is generated from our own types, with every subschema inlined. Names
//! and meaning are the other checks' business.

use serde_json::{Map, Value as Json};

use crate::document::{Content, Document, Entry, Node};
use crate::nearest::nearest;
use crate::problem::{Place, Problems};

/// Reports what does not fit; gives the value without its unknown keys, so that one of them does not hide the rest.
pub(crate) fn check(document: &Document, schema: &Json, problems: &mut Problems) -> Json {
    Shape { file: &document.file, problems }.value(&document.root, schema, "文件")
}

struct Shape<'a> {
    file: &'a str,
    problems: &'a mut Problems,
}

impl Shape<'_> {
    fn value(&mut self, node: &Node, schema: &Json, name: &str) -> Json {
        let branches = branches(schema);
        let fitting: Vec<&Json> = branches.iter().copied().filter(|branch| admits(branch, node)).collect();
        if fitting.is_empty() {
            let wanted: Vec<&str> = branches.iter().flat_map(|branch| kinds(branch)).map(kind_name).collect();
            let mut wanted: Vec<&str> = wanted.into_iter().filter(|name| *name != "空").collect();
            wanted.dedup();
            let message = format!("“{name}”应为{}，却是{}", wanted.join("或"), content_name(&node.content));
            self.error(node.place, "wrong-type", message, None);
            return node.to_json();
        }
        match &node.content {
            Content::Table(entries) => match self.branch_of(entries, &fitting, node.place, name) {
                Some(branch) => self.table(entries, branch, node.place, name),
                None => node.to_json(),
            },
            Content::List(items) => {
                self.count(items.len(), fitting[0], node.place, name);
                let inner = &fitting[0]["items"];
                items.iter().map(|item| self.value(item, inner, name)).collect()
            }
            Content::Text(text) => {
                self.text(text, &fitting, node.place, name);
                node.to_json()
            }
            Content::Integer(number) => {
                self.range(*number, fitting[0], node.place, name);
                node.to_json()
            }
            Content::Null | Content::Bool(_) | Content::Float(_) => node.to_json(),
        }
    }

    fn table(&mut self, entries: &[Entry], schema: &Json, place: Place, name: &str) -> Json {
        let none = Map::new();
        let properties = schema["properties"].as_object().unwrap_or(&none);
        let open = schema.get("additionalProperties").filter(|open| open.is_object());
        let closed = [schema.get("additionalProperties"), schema.get("unevaluatedProperties")]
            .contains(&Some(&Json::Bool(false)));
        let mut kept = Map::new();
        for entry in entries {
            match (properties.get(&entry.name), open) {
                (Some(inner), _) | (None, Some(inner)) => {
                    kept.insert(entry.name.clone(), self.value(&entry.node, inner, &entry.name));
                }
                (None, None) if closed => {
                    let names = properties.keys().map(String::as_str);
                    let hint = match nearest(&entry.name, names.clone()) {
                        Some(near) => format!("是否应为“{near}”"),
                        None => format!("这里可用：{}", names.collect::<Vec<_>>().join("、")),
                    };
                    let message = format!("没有名为“{}”的键", entry.name);
                    self.error(entry.place, "unknown-key", message, Some(hint));
                }
                (None, None) => {
                    kept.insert(entry.name.clone(), entry.node.to_json());
                }
            }
        }
        for key in required(schema).filter(|key| !entries.iter().any(|entry| entry.name == *key)) {
            let about = properties.get(key).and_then(|property| property["description"].as_str());
            let message = format!("“{name}”缺少“{key}”");
            self.error(place, "missing-key", message, about.map(|about| format!("{key}: {about}")));
        }
        Json::Object(kept)
    }

    /// Which of several shapes of a table is meant: by its tag, else by the keys it needs.
    fn branch_of<'s>(
        &mut self,
        entries: &[Entry],
        fitting: &[&'s Json],
        place: Place,
        name: &str,
    ) -> Option<&'s Json> {
        if let [only] = fitting {
            return Some(only);
        }
        let has = |key: &str| entries.iter().any(|entry| entry.name == key);
        if let Some(tag) = tag(fitting) {
            let Some(given) = entries.iter().find(|entry| entry.name == tag) else {
                self.error(place, "missing-key", format!("“{name}”缺少“{tag}”"), None);
                return None;
            };
            let choices: Vec<(&str, &'s Json)> = fitting
                .iter()
                .filter_map(|branch| Some((branch["properties"][tag]["const"].as_str()?, *branch)))
                .collect();
            let Content::Text(word) = &given.node.content else {
                self.error(given.node.place, "wrong-type", format!("“{tag}”应为文字"), None);
                return None;
            };
            let chosen = choices.iter().find(|(choice, _)| choice == word).map(|(_, branch)| *branch);
            if chosen.is_none() {
                let words: Vec<&str> = choices.iter().map(|(word, _)| *word).collect();
                self.unknown_word(word, &words, given.node.place, tag);
            }
            return chosen;
        }
        let chosen = fitting.iter().find(|branch| required(branch).all(has)).copied();
        if chosen.is_none() {
            let choices: Vec<String> = fitting
                .iter()
                .map(|branch| required(branch).collect::<Vec<_>>().join("+"))
                .filter(|keys| !keys.is_empty())
                .collect();
            let message = format!("“{name}”的写法不对");
            self.error(place, "wrong-type", message, Some(format!("应有键：{}", choices.join(" 或 "))));
        }
        chosen
    }

    fn text(&mut self, text: &str, fitting: &[&Json], place: Place, name: &str) {
        let words: Option<Vec<&str>> =
            fitting.iter().map(|branch| words(branch)).collect::<Option<Vec<_>>>().map(|all| all.concat());
        if let Some(words) = words {
            if !words.contains(&text) {
                self.unknown_word(text, &words, place, name);
            }
        } else if fitting.iter().all(|branch| branch["format"] == "date")
            && text.parse::<jiff::civil::Date>().is_err()
        {
            let hint = Some("写成 2026-01-01 这样的日期".to_owned());
            self.error(place, "bad-date", format!("“{name}”写成了“{text}”，不是日期"), hint);
        }
    }

    fn range(&mut self, number: i64, schema: &Json, place: Place, name: &str) {
        let minimum = schema["minimum"].as_i64();
        let maximum = schema["maximum"].as_i64();
        if minimum.is_some_and(|least| number < least) || maximum.is_some_and(|most| number > most) {
            let span = match (minimum, maximum) {
                (Some(least), Some(most)) => format!("应在 {least} 到 {most} 之间"),
                (Some(least), None) => format!("至少为 {least}"),
                _ => format!("至多为 {}", maximum.unwrap_or_default()),
            };
            self.error(place, "out-of-range", format!("“{name}”为 {number}，{span}"), None);
        }
    }

    fn count(&mut self, given: usize, schema: &Json, place: Place, name: &str) {
        let wanted = |key: &str| schema[key].as_u64().and_then(|count| usize::try_from(count).ok());
        if wanted("minItems").is_some_and(|least| given < least)
            || wanted("maxItems").is_some_and(|most| given > most)
        {
            let most = wanted("maxItems").or_else(|| wanted("minItems")).unwrap_or_default();
            self.error(place, "wrong-length", format!("“{name}”应有 {most} 项，却有 {given} 项"), None);
        }
    }

    fn unknown_word(&mut self, word: &str, words: &[&str], place: Place, name: &str) {
        let hint = match nearest(word, words.iter().copied()) {
            Some(near) => format!("是否应为“{near}”"),
            None => format!("可用：{}", words.join("、")),
        };
        self.error(place, "unknown-word", format!("“{name}”不能为“{word}”"), Some(hint));
    }

    fn error(&mut self, place: Place, code: &'static str, message: String, hint: Option<String>) {
        self.problems.error(self.file, place, code, message, hint);
    }
}

/// The alternatives of a schema; itself when there is one.
fn branches(schema: &Json) -> Vec<&Json> {
    match schema.get("anyOf").or_else(|| schema.get("oneOf")).and_then(Json::as_array) {
        Some(all) => all.iter().flat_map(branches).collect(),
        None => vec![schema],
    }
}

fn required(schema: &Json) -> impl Iterator<Item = &str> {
    schema["required"].as_array().map(Vec::as_slice).unwrap_or_default().iter().filter_map(Json::as_str)
}

/// The names of the JSON types that a schema admits; empty for any.
fn kinds(schema: &Json) -> Vec<&str> {
    match &schema["type"] {
        Json::String(kind) => vec![kind.as_str()],
        Json::Array(kinds) => kinds.iter().filter_map(Json::as_str).collect(),
        _ if schema.get("properties").is_some() => vec!["object"],
        _ if schema.get("const").or_else(|| schema.get("enum")).is_some() => vec!["string"],
        _ => Vec::new(),
    }
}

fn admits(schema: &Json, node: &Node) -> bool {
    let kinds = kinds(schema);
    let fits = |kind: &&str| match &node.content {
        Content::Null => *kind == "null",
        Content::Bool(_) => *kind == "boolean",
        Content::Integer(_) => matches!(*kind, "integer" | "number"),
        Content::Float(_) => *kind == "number",
        Content::Text(_) => *kind == "string",
        Content::List(_) => *kind == "array",
        Content::Table(_) => *kind == "object",
    };
    kinds.is_empty() || kinds.iter().any(fits)
}

/// The words that a schema of text admits; `None` for any.
fn words(schema: &Json) -> Option<Vec<&str>> {
    if let Some(word) = schema["const"].as_str() {
        return Some(vec![word]);
    }
    Some(schema["enum"].as_array()?.iter().filter_map(Json::as_str).collect())
}

/// The key whose constant tells the alternatives apart.
fn tag<'s>(branches: &[&'s Json]) -> Option<&'s str> {
    let first = branches.first()?["properties"].as_object()?;
    let constant = |branch: &Json, key: &str| branch["properties"][key].get("const").is_some();
    first.keys().map(String::as_str).find(|key| branches.iter().all(|branch| constant(branch, key)))
}

fn kind_name(kind: &str) -> &'static str {
    match kind {
        "string" => "文字",
        "integer" => "整数",
        "number" => "数字",
        "boolean" => "true 或 false",
        "array" => "列表",
        "object" => "表",
        _ => "空",
    }
}

fn content_name(content: &Content) -> &'static str {
    match content {
        Content::Null => "空",
        Content::Bool(_) => "true/false",
        Content::Integer(_) => "整数",
        Content::Float(_) => "小数",
        Content::Text(_) => "文字",
        Content::List(_) => "列表",
        Content::Table(_) => "表",
    }
}
