//! Message templates: texts that parse, and use only the values they are given.

use std::collections::HashMap;

use minijinja::Environment;

use crate::document::{Document, Key, keys};
use crate::load::SystemDraft;
use crate::system::Message;

use super::Compiler;
use super::names::unknown;

/// The channels by which a message may go.
const CHANNELS: [&str; 3] = ["in-app", "sms", "email"];

impl Compiler<'_> {
    pub(super) fn messages(&mut self) {
        let draft = self.draft;
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for system in &draft.systems {
            self.messages_of(system, &mut seen);
        }
    }

    fn messages_of<'d>(&mut self, system: &'d SystemDraft, seen: &mut HashMap<&'d str, &'d str>) {
        let Some(declared) = &system.messages else { return };
        let document = &declared.document;
        for (name, message) in &declared.value.messages {
            let place = document.place(keys!["message", name.as_str()]);
            self.want_kebab(&document.file, place, name.as_str());
            if let Some(other) = seen.insert(name.as_str(), &document.file) {
                let text = format!("消息模板“{name}”已在“{other}”中声明");
                self.problems.error(&document.file, place, "duplicate-name", text, None);
            }
            self.message(document, name.as_str(), message);
        }
    }

    fn message(&mut self, document: &Document, name: &str, message: &Message) {
        for (index, channel) in message.channels.iter().enumerate() {
            if !CHANNELS.contains(&channel.as_str()) {
                let at = (document.file.as_str(), document.place(keys!["message", name, "channels", index]));
                unknown(&mut self.problems, at, "unknown-channel", "渠道", channel, CHANNELS.into_iter());
            }
        }
        let mut used = Vec::new();
        let texts = [
            ("subject", Some(&message.subject)),
            ("text", Some(&message.text)),
            ("sms", message.sms.as_ref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                used.extend(self.template(document, keys!["message", name, key], text, &message.values));
            }
        }
        for (index, value) in message.values.iter().enumerate().filter(|(_, value)| !used.contains(value)) {
            let text = format!("没有用到值“{value}”");
            let place = document.place(keys!["message", name, "values", index]);
            self.problems.warning(&document.file, place, "unused-value", text, None);
        }
    }

    /// The names that a template uses.
    fn template(
        &mut self,
        document: &Document,
        at: &[Key<'_>],
        text: &str,
        values: &[String],
    ) -> Vec<String> {
        let place = document.place(at);
        let environment = Environment::new();
        let template = match environment.template_from_str(text) {
            Ok(template) => template,
            Err(error) => {
                let reason = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
                let message = format!("模板写法有误：{reason}");
                let hint = Some("值写成 {{ number }}".to_owned());
                self.problems.error(&document.file, place, "template-syntax", message, hint);
                return Vec::new();
            }
        };
        let mut used: Vec<String> = template.undeclared_variables(false).into_iter().collect();
        used.sort();
        for name in used.iter().filter(|name| !values.contains(name)) {
            let known = values.iter().map(String::as_str);
            let at = (document.file.as_str(), place);
            unknown(&mut self.problems, at, "unknown-value", "值（values）", name, known);
        }
        used
    }
}
