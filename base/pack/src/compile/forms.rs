//! Forms that contradict themselves can never be filled in: here they are found.

use std::collections::{BTreeMap, HashSet};

use baotu_vocabulary::FormName;
use serde_json::Value as Json;

use crate::document::{Content, Document, Key, Node, keys};
use crate::form::{Form, WIDGETS, validator};
use crate::load::{Declared, SystemDraft};
use crate::nearest::nearest;

use super::Compiler;

/// Keywords of which the first may not be larger than the second.
const SPANS: [(&str, &str); 3] =
    [("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems")];

impl Compiler<'_> {
    /// The forms of a system; one that is broken is left out, and has been reported.
    pub(super) fn forms(&mut self, system: &SystemDraft) -> BTreeMap<FormName, Form> {
        let mut forms = BTreeMap::new();
        for (name, declared) in &system.forms {
            self.form(name, declared);
            match Form::new(name.clone(), declared.value.clone()) {
                Ok(form) => {
                    self.defaults(declared);
                    forms.insert(name.clone(), form);
                }
                Err(reason) => {
                    let Declared { document, .. } = declared;
                    let (at, why) = reason.split_once(' ').unwrap_or(("", &reason));
                    let keys: Vec<Key<'_>> = keys_of(at);
                    let message = format!("“{at}”不符合 JSON Schema 的写法");
                    let hint = Some(why.to_owned());
                    self.problems.error(&document.file, document.place(&keys), "bad-schema", message, hint);
                }
            }
        }
        forms
    }

    fn form(&mut self, name: &FormName, declared: &Declared<Json>) {
        let (document, schema) = (&declared.document, &declared.value);
        let file = &document.file;
        self.want_kebab(file, document.root.place, name.as_str());
        if schema["type"] != "object" || !schema["properties"].is_object() {
            let hint = Some(r#"写成 {"type": "object", "properties": {…}}"#.to_owned());
            self.problems.error(file, document.root.place, "form-not-object", "表单应为对象", hint);
            return;
        }
        if schema["additionalProperties"] != Json::Bool(false) {
            let place = document.place(keys!["additionalProperties"]);
            let hint = Some(r#"加 "additionalProperties": false，写错的字段才不会悄悄丢失"#.to_owned());
            self.problems.error(file, place, "form-open", "表单没有拒绝多余的字段", hint);
        }
        if !schema["title"].is_string() {
            let hint = Some(r#"加 "title"，显示在表单上方"#.to_owned());
            self.problems.error(file, document.root.place, "form-without-title", "表单没有标题", hint);
        }
        self.object(document, &document.root);
        self.duplicates(document, &document.root);
        self.profile(document);
    }

    /// Names that stand twice in one object: JSON keeps only the last.
    fn duplicates(&mut self, document: &Document, node: &Node) {
        match &node.content {
            Content::Table(entries) => {
                let mut names = HashSet::new();
                for entry in entries {
                    if !names.insert(&entry.name) {
                        let message = format!("“{}”写了两次", entry.name);
                        self.problems.error(&document.file, entry.place, "duplicate-key", message, None);
                    }
                    self.duplicates(document, &entry.node);
                }
            }
            Content::List(items) => items.iter().for_each(|item| self.duplicates(document, item)),
            _ => {}
        }
    }

    /// An object schema and everything inside it.
    fn object(&mut self, document: &Document, node: &Node) {
        let Content::Table(entries) = &node.content else { return };
        let find = |name: &str| entries.iter().find(|entry| entry.name == name).map(|entry| &entry.node);
        let properties = match find("properties").map(|node| &node.content) {
            Some(Content::Table(properties)) => properties.as_slice(),
            _ => &[],
        };
        if let Some(Content::List(required)) = find("required").map(|node| &node.content) {
            for item in required {
                let Content::Text(name) = &item.content else { continue };
                if !properties.iter().any(|entry| entry.name == *name) {
                    let known = properties.iter().map(|entry| entry.name.as_str());
                    let hint = nearest(name, known).map(|near| format!("是否应为“{near}”"));
                    let message = format!("必填的“{name}”不在字段之中");
                    self.problems.error(&document.file, item.place, "required-but-absent", message, hint);
                }
            }
        }
        self.span(document, node, &find);
        if let Some(choice) = find("enum") {
            let empty = matches!(&choice.content, Content::List(items) if items.is_empty());
            if empty {
                let message = "没有可选的项".to_owned();
                self.problems.error(&document.file, choice.place, "empty-choice", message, None);
            }
        }
        if let Some(widget) = find("x-widget") {
            self.widget(document, widget, &find);
        }
        for entry in properties {
            self.object(document, &entry.node);
        }
        if let Some(items) = find("items") {
            self.object(document, items);
        }
    }

    fn span<'n>(&mut self, document: &Document, node: &Node, find: &impl Fn(&str) -> Option<&'n Node>) {
        let number = |name: &str| match find(name).map(|node| &node.content) {
            #[expect(clippy::cast_precision_loss, reason = "bounds of a form are small numbers")]
            Some(Content::Integer(number)) => Some(*number as f64),
            Some(Content::Float(number)) => Some(*number),
            _ => None,
        };
        for (least, most) in SPANS {
            if let (Some(low), Some(high)) = (number(least), number(most))
                && low > high
            {
                let place = find(least).map_or(node.place, |node| node.place);
                let message = format!("“{least}”（{low}）大于“{most}”（{high}），没有值能满足");
                self.problems.error(&document.file, place, "min-over-max", message, None);
            }
        }
    }

    fn widget<'n>(&mut self, document: &Document, widget: &Node, find: &impl Fn(&str) -> Option<&'n Node>) {
        let Content::Text(name) = &widget.content else { return };
        if !WIDGETS.contains(&name.as_str()) {
            let hint = match nearest(name, WIDGETS) {
                Some(near) => format!("是否应为“{near}”"),
                None => format!("可用：{}", WIDGETS.join("、")),
            };
            let message = format!("没有名为“{name}”的控件");
            self.problems.error(&document.file, widget.place, "unknown-widget", message, Some(hint));
            return;
        }
        let given = match find("type").map(|node| &node.content) {
            Some(Content::Text(kind)) => kind.as_str(),
            _ => "",
        };
        let wanted: &[&str] = match name.as_str() {
            "photos" | "units" => &["array"],
            "place" => &["object"],
            "amount" => &["integer"],
            // A choice lists its words, unless it is yes or no.
            "choice" if find("enum").is_some() => &["string", "integer"],
            "choice" => &["boolean"],
            _ => &["string"],
        };
        if !wanted.contains(&given) {
            let message = format!("控件“{name}”要配类型 {}，却是“{given}”", wanted.join("、"));
            let hint = (name == "choice").then(|| "列出 enum；是与否用 boolean".to_owned());
            self.problems.error(&document.file, widget.place, "widget-misfit", message, hint);
        }
    }

    /// A default must itself be allowed.
    fn defaults(&mut self, declared: &Declared<Json>) {
        let Some(properties) = declared.value["properties"].as_object() else { return };
        for (name, property) in properties {
            let Some(default) = property.get("default") else { continue };
            let fits = validator(property).is_ok_and(|validator| validator.is_valid(default));
            if !fits {
                let place = declared.document.place(keys!["properties", name.as_str(), "default"]);
                let message = format!("“{name}”的默认值 {default} 不符合它自己的要求");
                self.problems.error(&declared.document.file, place, "bad-default", message, None);
            }
        }
    }
}

/// The keys of a JSON pointer.
fn keys_of(pointer: &str) -> Vec<Key<'_>> {
    pointer.split('/').skip(1).map(|part| part.parse().map_or(Key::Name(part), Key::Index)).collect()
}
