//! Reactions: what is said, asked and done must be words that engines know, with arguments of their types.

use std::collections::BTreeMap;

use baotu_vocabulary::{EventContract, SystemName};
use serde_json::Value as Json;

use crate::compiled::{CompiledQuestion, CompiledReaction};
use crate::condition::{Condition, Scope};
use crate::document::{Document, Key, keys};
use crate::load::SystemDraft;
use crate::problem::Place;
use crate::reactions::Reaction;
use crate::scope::{event_scope, reaction_scope};
use crate::types::Type;

use super::Compiler;
use super::names::unknown;
use super::procedures::within;

impl Compiler<'_> {
    /// The reactions of a system; one with an unknown event is left out, and has been reported.
    pub(super) fn reactions(&mut self, system: &SystemDraft) -> Vec<CompiledReaction> {
        let Some(declared) = &system.reactions else { return Vec::new() };
        let document = &declared.document;
        let reactions = &declared.value.reactions;
        let names = reactions.iter().map(|reaction| reaction.name.as_str());
        self.twice(&document.file, "联动", Self::named(document, "reaction", names));
        let mut compiled = Vec::new();
        for (index, reaction) in reactions.iter().enumerate() {
            let place = document.place(keys!["reaction", index, "name"]);
            self.want_kebab(&document.file, place, &reaction.name);
            compiled.extend(self.reaction(system, document, index, reaction));
        }
        compiled
    }

    fn reaction(
        &mut self,
        system: &SystemDraft,
        document: &Document,
        index: usize,
        reaction: &Reaction,
    ) -> Option<CompiledReaction> {
        let contracts = self.contracts;
        let event = contracts.events.iter().find(|event| event.name == reaction.on);
        if event.is_none() {
            let known = contracts.events.iter().map(|event| event.name);
            let at = (document.file.as_str(), document.place(keys!["reaction", index, "on"]));
            unknown(&mut self.problems, at, "unknown-event", "事件", &reaction.on, known);
        }
        let action = contracts.actions.iter().find(|action| action.name == reaction.action);
        if action.is_none() {
            let known = contracts.actions.iter().map(|action| action.name);
            let at = (document.file.as_str(), document.place(keys!["reaction", index, "do"]));
            unknown(&mut self.problems, at, "unknown-action", "动作", &reaction.action, known);
        }
        let event = event?;
        let questions = self.questions(document, index, reaction, event);
        let scope = reaction_scope(event, reaction, contracts);
        let condition = reaction
            .condition
            .as_deref()
            .and_then(|text| self.condition(document, keys!["reaction", index, "if"], text, &scope));
        let action = action?;
        let scope = condition.iter().fold(scope, Scope::knowing);
        let at = keys!["reaction", index, "with"];
        let arguments = self.arguments(document, at, &reaction.with, &scope, &action.arguments);
        self.named_arguments(document, index, &arguments);
        Some(CompiledReaction {
            system: SystemName::from(system.folder.as_str()),
            declared: reaction.clone(),
            condition,
            questions,
            arguments,
        })
    }

    fn questions(
        &mut self,
        document: &Document,
        index: usize,
        reaction: &Reaction,
        event: &EventContract,
    ) -> Vec<CompiledQuestion> {
        let scope = event_scope(event);
        let mut questions = Vec::new();
        for (name, question) in &reaction.facts {
            let at = keys!["reaction", index, "facts", name.as_str(), "ask"];
            let Some(fact) = self.contracts.facts.iter().find(|fact| fact.name == question.ask) else {
                let known = self.contracts.facts.iter().map(|fact| fact.name);
                let at = (document.file.as_str(), document.place(at));
                unknown(&mut self.problems, at, "unknown-fact", "事实", &question.ask, known);
                continue;
            };
            let at = keys!["reaction", index, "facts", name.as_str(), "with"];
            let with = self.arguments(document, at, &question.with, &scope, &fact.question);
            questions.push(CompiledQuestion { name: name.clone(), ask: question.ask.clone(), with });
        }
        questions
    }

    /// Each argument must be one that the contract knows, of its type; those it needs must be there.
    fn arguments(
        &mut self,
        document: &Document,
        at: &[Key<'_>],
        given: &BTreeMap<String, String>,
        scope: &Scope,
        schema: &Json,
    ) -> BTreeMap<String, Condition> {
        let (wanted, open) = match Type::from_schema(schema) {
            Type::Record(fields) => (fields, false),
            _ => (BTreeMap::new(), true),
        };
        let file = document.file.as_str();
        let mut compiled = BTreeMap::new();
        for (name, text) in given {
            let keys = within(at, name);
            let value = self.expression(document, &keys, text, scope);
            let Some(kind) = wanted.get(name) else {
                if open {
                    compiled.extend(value.map(|value| (name.clone(), value)));
                    continue;
                }
                let known = wanted.keys().map(String::as_str);
                let at = (file, document.place(&keys));
                unknown(&mut self.problems, at, "unknown-argument", "参数", name, known);
                continue;
            };
            let Some(value) = value else { continue };
            if !kind.takes(value.kind()) {
                let message = format!("参数“{name}”应为 {kind}，却是 {}", value.kind());
                let hint = match value.kind() {
                    Type::Nullable(inner) if kind.takes(inner) => {
                        Some("值可能为空：加条件 `… != null`，或用 `x != null ? x : …`".to_owned())
                    }
                    _ => None,
                };
                self.problems.error(file, document.place(&keys), "wrong-argument", message, hint);
            }
            compiled.insert(name.clone(), value);
        }
        let required = schema["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        for name in required.iter().filter_map(Json::as_str).filter(|name| !given.contains_key(*name)) {
            let message = format!("缺少参数“{name}”");
            self.problems.error(file, document.place(at), "missing-argument", message, None);
        }
        compiled
    }

    /// Arguments that name things of the pack and are plain words can be looked up now.
    fn named_arguments(
        &mut self,
        document: &Document,
        index: usize,
        arguments: &BTreeMap<String, Condition>,
    ) {
        let file = document.file.as_str();
        let place = |name: &str| document.place(keys!["reaction", index, "with", name]);
        let literal = |name: &str| arguments.get(name).and_then(Condition::literal);
        if let Some(procedure) = literal("procedure") {
            self.want_procedure(file, place("procedure"), procedure);
        }
        if let Some(unit) = literal("to_unit") {
            self.want_unit(file, place("to_unit"), unit);
        }
        if let Some(template) = literal("template") {
            self.want_message(file, place("template"), template);
            if let Some(values) = arguments.get("values") {
                self.template_values(file, place("values"), template, values);
            }
        }
    }

    /// What a message needs must be given, and nothing else.
    fn template_values(&mut self, file: &str, place: Place, template: &str, values: &Condition) {
        let Some(message) = self.names.messages.get(template) else { return };
        let Some(given) = values.literal_keys() else { return };
        for name in message.values.iter().filter(|name| !given.contains(&name.as_str())) {
            let text = format!("消息“{template}”需要的值“{name}”没有给");
            self.problems.error(file, place, "missing-argument", text, None);
        }
        for name in given.iter().filter(|name| !message.values.iter().any(|known| known == *name)) {
            let known = message.values.iter().map(String::as_str);
            let noun = format!("消息“{template}”的值");
            unknown(&mut self.problems, (file, place), "unknown-argument", &noun, name, known);
        }
    }
}
