//! What exits, acts and decisions do beside moving a case: names, expressions, and the fields they take from a form.

use std::collections::BTreeMap;

use crate::compiled::RuleEffect;
use crate::condition::{Condition, Scope};
use crate::document::{Key, keys};
use crate::form::Form;
use crate::procedure::Effect;
use crate::types::Type;

use super::Compiler;
use super::names::unknown;
use super::procedures::{Site, within};

/// Fields of a case that `set` may change beside those of the intake form.
const CASE_FIELDS: [&str; 5] = ["category", "level", "kind", "title", "place"];

impl Compiler<'_> {
    /// Checks what an exit, act or decision does, and compiles its expressions.
    pub(super) fn effects(
        &mut self,
        site: Site<'_>,
        at: &[Key<'_>],
        effects: &[Effect],
        scope: &Scope,
    ) -> Vec<RuleEffect> {
        let mut compiled = Vec::with_capacity(effects.len());
        for (index, effect) in effects.iter().enumerate() {
            let mut at = at.to_vec();
            at.push(Key::Index(index));
            let value = match effect {
                Effect::Set { field, value } => self.set(site, &at, (field, value), scope),
                other => {
                    self.effect(site, &at, other);
                    None
                }
            };
            compiled.push(RuleEffect { effect: effect.clone(), value });
        }
        compiled
    }

    fn set(
        &mut self,
        site: Site<'_>,
        at: &[Key<'_>],
        (field, value): (&str, &str),
        scope: &Scope,
    ) -> Option<Condition> {
        let compiled = self.expression(site.document, &within(at, "value"), value, scope);
        let place = site.document.place(&within(at, "field"));
        let intake = match site.intake().map(Form::kind) {
            Some(Type::Record(fields)) => fields,
            _ => BTreeMap::new(),
        };
        let wanted = match field {
            "category" | "level" | "title" => Type::String,
            "kind" => Type::String.nullable(),
            "place" => Type::Dyn,
            own => match intake.get(own) {
                Some(kind) => kind.clone(),
                None => {
                    let known = CASE_FIELDS.into_iter().chain(intake.keys().map(String::as_str));
                    let problems = &mut self.problems;
                    unknown(
                        problems,
                        (&site.document.file, place),
                        "unknown-field",
                        "案件字段",
                        field,
                        known,
                    );
                    return compiled;
                }
            },
        };
        let compiled = compiled?;
        if !wanted.takes(compiled.kind()) {
            let message = format!("“{field}”是 {wanted}，不能设为 {}", compiled.kind());
            let place = site.document.place(&within(at, "value"));
            self.problems.error(&site.document.file, place, "condition-type", message, None);
        }
        if let Some(code) = compiled.literal().filter(|_| field == "category") {
            let place = site.document.place(&within(at, "value"));
            self.want_code(&site.document.file, place, &site.procedure.procedure.categories, code);
        }
        Some(compiled)
    }

    fn effect(&mut self, site: Site<'_>, at: &[Key<'_>], effect: &Effect) {
        let file = &site.document.file;
        match effect {
            Effect::CoHandle { step } => self.want_step(site, &within(at, "step"), step),
            Effect::StartClock { clock } | Effect::StopClock { clock } => {
                self.want_clock(site, &within(at, "clock"), clock.as_str());
            }
            Effect::ExtendClock { clock, max } => {
                self.want_clock(site, &within(at, "clock"), clock.as_str());
                self.want_limit_of(site, &within(at, "max"), max);
            }
            Effect::Count { counter } => {
                let counters = &site.procedure.procedure.counters;
                if !counters.contains_key(counter) {
                    let known = counters.keys().map(String::as_str);
                    let place = site.document.place(&within(at, "counter"));
                    unknown(&mut self.problems, (file, place), "unknown-counter", "计数器", counter, known);
                }
            }
            Effect::OpenCase { procedure, channel, categories, .. } => {
                let place = site.document.place(&within(at, "procedure"));
                self.want_procedure(file, place, procedure.as_str());
                let other = self.names.procedures.get(procedure.as_str());
                let other = other.map(|(_, other)| (&other.procedure.categories, &other.procedure.channels));
                if let (Some(channel), Some((_, channels))) = (channel, other)
                    && !channels.contains(channel)
                {
                    let place = site.document.place(&within(at, "channel"));
                    let known = channels.iter().map(String::as_str);
                    unknown(&mut self.problems, (file, place), "unknown-channel", "渠道", channel, known);
                }
                for (from, to) in categories {
                    let mut keys = within(at, "categories");
                    keys.push(Key::Name(from.as_str()));
                    let place = site.document.place(&keys);
                    self.want_code(file, place, &site.procedure.procedure.categories, from.as_str());
                    if let Some((table, _)) = other {
                        self.want_code(file, place, table, to.as_str());
                    }
                }
            }
            _ => {}
        }
    }

    /// What effects take from the form must be asked in it.
    pub(super) fn fields(&mut self, site: Site<'_>) {
        let procedure = site.procedure;
        for (index, step) in procedure.steps.iter().enumerate() {
            for (number, exit) in step.exits.iter().enumerate() {
                let at = keys!["step", index, "exit", number, "effects"];
                self.effect_fields(site, at, &[site.form(exit.form.as_ref())], &exit.effects);
                let form = site.form(exit.form.as_ref());
                if let Some(field) =
                    form.and_then(|form| form.required().next()).filter(|_| exit.after.is_some())
                {
                    let place = site.document.place(keys!["step", index, "exit", number, "form"]);
                    let message = format!("出口“{}”到时自动走，却有必填的“{field}”", exit.name);
                    self.problems.error(&site.document.file, place, "automatic-with-form", message, None);
                }
            }
        }
        for (index, act) in procedure.acts.iter().enumerate() {
            let at = keys!["act", index, "effects"];
            self.effect_fields(site, at, &[site.form(act.form.as_ref())], &act.effects);
        }
        for (index, request) in procedure.requests.iter().enumerate() {
            let asking = site.form(Some(&request.form));
            if asking.is_some_and(|form| !form.has("reason")) {
                let place = site.document.place(keys!["request", index, "form"]);
                let message = format!("申请的表单“{}”没有“reason”", request.form);
                let hint = Some("申请都要写明理由".to_owned());
                self.problems.error(&site.document.file, place, "form-lacks-field", message, hint);
            }
            if request.decided_by == request.who {
                let place = site.document.place(keys!["request", index, "decided_by"]);
                let message = format!("“{}”由申请的一方自己决定", request.title);
                self.problems.error(&site.document.file, place, "decides-own-request", message, None);
            }
            let forms = [asking, site.form(request.decision_form.as_ref())];
            self.effect_fields(site, keys!["request", index, "on_grant"], &forms, &request.on_grant);
            self.effect_fields(site, keys!["request", index, "on_refusal"], &forms, &request.on_refusal);
        }
    }

    fn effect_fields(&mut self, site: Site<'_>, at: &[Key<'_>], forms: &[Option<&Form>], effects: &[Effect]) {
        for (index, effect) in effects.iter().enumerate() {
            let needed: &[&str] = match effect {
                Effect::Designate | Effect::Reassign => &["unit"],
                Effect::CoHandle { .. } => &["units"],
                Effect::ExtendClock { .. } => &["amount"],
                Effect::Merge => &["lead_case"],
                Effect::Exclude => &["ground"],
                Effect::Rate => &["grade"],
                _ => &[],
            };
            for field in needed {
                if !forms.iter().flatten().any(|form| form.has(field)) {
                    let mut at = at.to_vec();
                    at.push(Key::Index(index));
                    let message = format!("表单没有“{field}”，这里却要用它");
                    let hint = Some("在表单中加上这个字段".to_owned());
                    let place = site.document.place(&at);
                    self.problems.error(&site.document.file, place, "form-lacks-field", message, hint);
                }
            }
        }
    }
}
