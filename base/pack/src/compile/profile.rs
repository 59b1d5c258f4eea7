//! The profile of forms: the part of JSON Schema that the screens draw and the service checks, and nothing else.
//!
//! A keyword outside it would be checked by the service and not told at the field, or be drawn and not checked; so it
//! is refused, with its place. The profile is written down for authors in `docs/forms.md`.

use crate::document::{Content, Document, Entry, Node};
use crate::nearest::nearest;
use crate::problem::Place;

use super::Compiler;

/// What a form itself may say.
const FORM: [&str; 7] =
    ["$schema", "title", "description", "type", "properties", "required", "additionalProperties"];
/// What a field may say, with the types that it makes sense for; none for all.
const FIELD: [(&str, &[&str]); 21] = [
    ("title", &[]),
    ("description", &[]),
    ("type", &[]),
    ("default", &[]),
    ("enum", &["string", "integer"]),
    ("const", &["string", "integer", "boolean"]),
    ("format", &["string"]),
    ("pattern", &["string"]),
    ("minLength", &["string"]),
    ("maxLength", &["string"]),
    ("minimum", &["integer", "number"]),
    ("maximum", &["integer", "number"]),
    ("items", &["array"]),
    ("minItems", &["array"]),
    ("maxItems", &["array"]),
    ("uniqueItems", &["array"]),
    ("properties", &["object"]),
    ("required", &["object"]),
    ("additionalProperties", &["object"]),
    ("x-widget", &[]),
    ("x-phrases", &["string"]),
];
/// The types of a field.
const TYPES: [&str; 6] = ["string", "integer", "number", "boolean", "array", "object"];
/// What a text may be.
const FORMATS: [&str; 5] = ["date", "date-time", "uuid", "email", "credit-code"];
/// Phrases of one field at most.
const PHRASES_MAX: usize = 20;

impl Compiler<'_> {
    /// Refuses what the profile does not know in a form.
    pub(super) fn profile(&mut self, document: &Document) {
        let Content::Table(entries) = &document.root.content else { return };
        for entry in entries {
            if !FORM.contains(&entry.name.as_str()) {
                self.unknown_keyword(document, entry, &FORM);
            }
        }
        for field in inside(entries, "properties") {
            self.field_profile(document, &field.node, &field.name);
        }
    }

    fn field_profile(&mut self, document: &Document, node: &Node, name: &str) {
        let Content::Table(entries) = &node.content else { return };
        let kind = text_of(entries, "type");
        match kind {
            Some(kind) if TYPES.contains(&kind) => {}
            Some(kind) => {
                let hint = nearest(kind, TYPES).map(|near| format!("是否应为“{near}”"));
                let hint = hint.unwrap_or_else(|| format!("可用：{}", TYPES.join("、")));
                let place = find(entries, "type").map_or(node.place, |entry| entry.node.place);
                let message = format!("没有名为“{kind}”的类型");
                self.problems.error(&document.file, place, "unknown-type", message, Some(hint));
                return;
            }
            None => {
                let hint = Some(r#"加 "type"，例如 "string""#.to_owned());
                let message = format!("“{name}”没有类型");
                self.problems.error(&document.file, node.place, "type-missing", message, hint);
                return;
            }
        }
        for entry in entries {
            let Some((_, kinds)) = FIELD.iter().find(|(keyword, _)| *keyword == entry.name) else {
                self.unknown_keyword(document, entry, &FIELD.map(|(keyword, _)| keyword));
                continue;
            };
            let given = kind.unwrap_or_default();
            if !kinds.is_empty() && !kinds.contains(&given) {
                let message = format!("“{}”只能用于类型 {}，这里是“{given}”", entry.name, kinds.join("、"));
                self.problems.error(&document.file, entry.place, "keyword-misfit", message, None);
            }
        }
        self.format(document, entries);
        self.phrases(document, entries);
        for part in inside(entries, "properties") {
            self.field_profile(document, &part.node, &part.name);
        }
        if let Some(items) = find(entries, "items") {
            self.field_profile(document, &items.node, "items");
        }
    }

    fn unknown_keyword(&mut self, document: &Document, entry: &Entry, known: &[&str]) {
        let hint = match nearest(&entry.name, known.iter().copied()) {
            Some(near) => format!("是否应为“{near}”；可用的写法见 docs/forms.md"),
            None => format!("可用：{}；见 docs/forms.md", known.join("、")),
        };
        let message = format!("表单不认识“{}”：页面画不出，也不会检查", entry.name);
        self.problems.error(&document.file, entry.place, "unknown-keyword", message, Some(hint));
    }

    fn format(&mut self, document: &Document, entries: &[Entry]) {
        let Some(format) = text_of(entries, "format").filter(|format| !FORMATS.contains(format)) else {
            return;
        };
        let hint = match nearest(format, FORMATS) {
            Some(near) => format!("是否应为“{near}”"),
            None => format!("可用：{}", FORMATS.join("、")),
        };
        let place = find(entries, "format").map_or(Place::START, |entry| entry.node.place);
        let message = format!("没有名为“{format}”的格式");
        self.problems.error(&document.file, place, "unknown-format", message, Some(hint));
    }

    /// Phrases are offered while a text is written: each must itself be a text that the field takes.
    fn phrases(&mut self, document: &Document, entries: &[Entry]) {
        let Some(phrases) = find(entries, "x-phrases") else { return };
        let mut wrong = |place: Place, message: String| {
            let hint = Some("写成 [\"请于时限内办结并回复诉求人。\", …]".to_owned());
            self.problems.error(&document.file, place, "bad-phrases", message, hint);
        };
        let Content::List(items) = &phrases.node.content else {
            return wrong(phrases.node.place, "常用语应为一列文字".to_owned());
        };
        if items.is_empty() || items.len() > PHRASES_MAX {
            wrong(phrases.node.place, format!("常用语应有 1～{PHRASES_MAX} 条"));
        }
        if find(entries, "enum").is_some() || find(entries, "format").is_some() {
            wrong(phrases.place, "常用语只能用于自己写的文字".to_owned());
        }
        let most = match find(entries, "maxLength").map(|entry| &entry.node.content) {
            Some(Content::Integer(most)) => usize::try_from(*most).ok(),
            _ => None,
        };
        for (index, item) in items.iter().enumerate() {
            match &item.content {
                Content::Text(text) if text.trim().is_empty() => {
                    wrong(item.place, "常用语是空的".to_owned());
                }
                Content::Text(text) => {
                    if most.is_some_and(|most| text.chars().count() > most) {
                        wrong(item.place, "常用语超过了这一项的字数".to_owned());
                    }
                    let same = |other: &Node| matches!(&other.content, Content::Text(word) if word == text);
                    if items.iter().take(index).any(same) {
                        wrong(item.place, "常用语写了两次".to_owned());
                    }
                }
                _ => wrong(item.place, "常用语应为文字".to_owned()),
            }
        }
    }
}

fn find<'e>(entries: &'e [Entry], name: &str) -> Option<&'e Entry> {
    entries.iter().find(|entry| entry.name == name)
}

fn text_of<'e>(entries: &'e [Entry], name: &str) -> Option<&'e str> {
    match &find(entries, name)?.node.content {
        Content::Text(text) => Some(text),
        _ => None,
    }
}

fn inside<'e>(entries: &'e [Entry], name: &str) -> &'e [Entry] {
    match find(entries, name).map(|entry| &entry.node.content) {
        Some(Content::Table(inner)) => inner,
        _ => &[],
    }
}
