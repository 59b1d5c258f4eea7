//! Examples: they must speak of things that are there. Whether they come true, the engines find out.

use std::collections::BTreeSet;

use baotu_vocabulary::Moment;

use crate::document::{Document, Key, keys};
use crate::load::{Kind, SystemDraft};
use crate::problem::Place;
use crate::procedure::{Effect, Procedure};
use crate::system::Example;

use super::Compiler;
use super::names::unknown;
use super::procedures::within;

impl<'a> Compiler<'a> {
    pub(super) fn examples(&mut self, system: &SystemDraft) {
        if !system.procedures.is_empty() && system.examples.is_empty() {
            let message = format!("系统“{}”没有例子", system.folder);
            let hint = Some("在 examples/ 中写一个：谁做什么，结果如何".to_owned());
            let file = format!("{}/examples", system.folder);
            self.problems.error(&file, Place::NOWHERE, "no-example", message, hint);
        }
        for declared in &system.examples {
            self.example(&declared.document, &declared.value);
        }
    }

    fn example(&mut self, document: &Document, example: &Example) {
        let file = document.file.as_str();
        self.want_procedure(file, document.place(keys!["procedure"]), &example.procedure);
        let mut now = self.moment(document, &[], "at", &example.at);
        let takes = self.takes();
        for (index, act) in example.acts.iter().enumerate() {
            if let Some(at) = &act.at {
                let then = self.moment(document, keys!["do", index], "at", at);
                if let (Some(earlier), Some(later)) = (now, then)
                    && later < earlier
                {
                    let place = document.place(keys!["do", index, "at"]);
                    self.problems.error(file, place, "back-in-time", "时间倒退了", None);
                }
                now = then.or(now);
            }
            if let Some(by) = &act.by
                && !is_reporter(by)
                && !self.names.posts.contains_key(by.as_str())
                && self.complete(Kind::Posts)
            {
                let known = self.names.posts.keys().copied();
                let at = (file, document.place(keys!["do", index, "by"]));
                unknown(&mut self.problems, at, "unknown-post", "岗位", by, known);
            }
            if let Some(take) = &act.take
                && take != "open"
                && !takes.contains(take.as_str())
                && self.complete(Kind::Procedures)
            {
                let at = (file, document.place(keys!["do", index, "take"]));
                unknown(
                    &mut self.problems,
                    at,
                    "unknown-take",
                    "出口、动作或申请",
                    take,
                    takes.iter().copied(),
                );
            }
            if let Some(decide) = act.decide.as_deref().filter(|word| !["grant", "refuse"].contains(word)) {
                let at = (file, document.place(keys!["do", index, "decide"]));
                unknown(
                    &mut self.problems,
                    at,
                    "unknown-word",
                    "决定",
                    decide,
                    ["grant", "refuse"].into_iter(),
                );
            }
        }
        self.outcome(document, example);
    }

    fn outcome(&mut self, document: &Document, example: &Example) {
        let file = document.file.as_str();
        let then = &example.then;
        if let Some((_, procedure)) = self.names.procedures.get(example.procedure.as_str()).copied() {
            let steps = procedure.steps.iter().map(|step| step.name.as_str());
            for (index, step) in then.steps.iter().flatten().enumerate() {
                if !steps.clone().any(|known| known == step) {
                    let at = (file, document.place(keys!["then", "steps", index]));
                    unknown(&mut self.problems, at, "dangling-step", "环节", step, steps.clone());
                }
            }
            for clock in then.due.keys() {
                let clocks = procedure.clocks.iter().map(|clock| clock.name.as_str());
                if !clocks.clone().any(|known| known == clock) {
                    let at = (file, document.place(keys!["then", "due", clock.as_str()]));
                    unknown(&mut self.problems, at, "unknown-clock", "时限（clock）", clock, clocks);
                }
            }
            let outcomes: BTreeSet<&str> = outcomes(procedure).collect();
            if let Some(outcome) = then.outcome.as_deref().filter(|outcome| !outcomes.contains(outcome)) {
                let at = (file, document.place(keys!["then", "outcome"]));
                unknown(&mut self.problems, at, "unknown-outcome", "结果", outcome, outcomes.iter().copied());
            }
        }
        if let Some(unit) = &then.lead {
            self.want_unit(file, document.place(keys!["then", "lead"]), unit);
        }
        for (clock, at) in &then.due {
            self.moment(document, keys!["then", "due"], clock, at);
        }
        for (index, template) in then.notices.iter().enumerate() {
            self.want_message(file, document.place(keys!["then", "notices", index]), template);
        }
        let contracts = self.contracts;
        for (index, event) in then.events.iter().enumerate() {
            if !contracts.events.is_empty() && !contracts.events.iter().any(|known| known.name == event) {
                let known = contracts.events.iter().map(|event| event.name);
                let at = (file, document.place(keys!["then", "events", index]));
                unknown(&mut self.problems, at, "unknown-event", "事件", event, known);
            }
        }
    }

    fn moment(&mut self, document: &Document, at: &[Key<'_>], key: &str, text: &str) -> Option<Moment> {
        let moment = text.parse().ok();
        if moment.is_none() {
            let place = document.place(&within(at, key));
            let message = format!("“{text}”不是时间");
            let hint = Some("写成 2026-11-24T09:00:00+08:00".to_owned());
            self.problems.error(&document.file, place, "bad-time", message, hint);
        }
        moment
    }

    /// The names of all exits, acts and requests: an example may go on in a case that another one opened.
    fn takes(&self) -> BTreeSet<&'a str> {
        let mut takes = BTreeSet::new();
        for declared in self.draft.systems.iter().flat_map(|system| &system.procedures) {
            let procedure = &declared.value;
            let exits = procedure.steps.iter().flat_map(|step| &step.exits);
            takes.extend(exits.map(|exit| exit.name.as_str()));
            takes.extend(procedure.acts.iter().map(|act| act.name.as_str()));
            takes.extend(procedure.requests.iter().map(|request| request.name.as_str()));
        }
        takes
    }
}

/// `resident`, or one of several residents: `resident:2`.
fn is_reporter(by: &str) -> bool {
    by == "resident" || by.starts_with("resident:")
}

fn outcomes(procedure: &Procedure) -> impl Iterator<Item = &str> {
    let exits = procedure.steps.iter().flat_map(|step| &step.exits).flat_map(|exit| &exit.effects);
    let acts = procedure.acts.iter().flat_map(|act| &act.effects);
    let requests =
        procedure.requests.iter().flat_map(|request| request.on_grant.iter().chain(&request.on_refusal));
    exits.chain(acts).chain(requests).filter_map(|effect| match effect {
        Effect::Close { outcome } => Some(outcome.as_str()),
        _ => None,
    })
}
