//! One procedure: every name it uses, and its conditions compiled.
//!
//! How its steps hang together is asked in `flow`, whether its time suffices in `deadlines`.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use baotu_vocabulary::{FormName, StepName, SystemName};

use crate::compiled::{CompiledProcedure, ProcedureContent, RequestRule, Rule};
use crate::condition::Scope;
use crate::digest::digest;
use crate::document::{Document, Key, keys};
use crate::form::Form;
use crate::limits::Limits;
use crate::load::{Declared, SystemDraft};
use crate::procedure::{Effect, Procedure, UnitRelation, Who};
use crate::scope::{decision_scope, procedure_scope};

use super::Compiler;
use super::names::unknown;

/// Where in which procedure something stands.
#[derive(Clone, Copy)]
pub(super) struct Site<'a> {
    pub(super) system: &'a SystemDraft,
    pub(super) document: &'a Document,
    pub(super) procedure: &'a Procedure,
    pub(super) forms: &'a BTreeMap<FormName, Form>,
}

impl<'a> Site<'a> {
    pub(super) fn form(&self, name: Option<&FormName>) -> Option<&'a Form> {
        self.forms.get(name?)
    }

    pub(super) fn intake(&self) -> Option<&'a Form> {
        self.form(Some(&self.procedure.procedure.form))
    }

    pub(super) fn step_names(&self) -> impl Iterator<Item = &'a str> + Clone + use<'a> {
        self.procedure.steps.iter().map(|step| step.name.as_str())
    }
}

impl Compiler<'_> {
    /// Checks and compiles one version of a procedure.
    pub(super) fn procedure(
        &mut self,
        system: &SystemDraft,
        declared: &Declared<Procedure>,
        forms: &BTreeMap<FormName, Form>,
        limits: &Arc<Limits>,
    ) -> Option<CompiledProcedure> {
        let Declared { value: procedure, document } = declared;
        let site = Site { system, document, procedure, forms };
        let before = self.problems.len();
        self.head(site);
        self.unique(site);
        let exits = self.exits(site);
        let acts = self.acts(site);
        let requests = self.requests(site);
        self.clocks(site);
        self.fields(site);
        // With names that lead nowhere the graph would seem broken in places where it is not.
        if self.problems.len() == before {
            self.flow(site, &exits, &acts);
            self.deadlines(site, limits);
        }
        let intake = site.intake()?.clone();
        if procedure.steps.is_empty() {
            return None;
        }
        let hash = hash_of(procedure, &intake, &exits, &acts, &requests);
        let content = ProcedureContent {
            declared: procedure.clone(),
            system: SystemName::from(system.folder.as_str()),
            hash,
            intake,
            limits: Arc::clone(limits),
            exits,
            acts,
            requests,
        };
        Some(CompiledProcedure { content: Arc::new(content) })
    }

    /// A procedure has one text from a day on, and one system.
    pub(super) fn versions(&mut self) {
        let mut seen: BTreeMap<&str, Vec<(&SystemDraft, &Declared<Procedure>)>> = BTreeMap::new();
        for system in &self.draft.systems {
            for declared in &system.procedures {
                let head = &declared.value.procedure;
                let others = seen.entry(head.name.as_str()).or_default();
                let file = declared.document.file.as_str();
                if let Some((_, other)) =
                    others.iter().find(|(_, other)| other.value.procedure.version == head.version)
                {
                    let place = declared.document.place(keys!["procedure", "version"]);
                    let other = &other.document.file;
                    let message =
                        format!("流程“{}”自 {} 起的版本已在“{other}”中声明", head.name, head.version);
                    let hint = Some("改了流程就写新的生效日期，旧版本留着".to_owned());
                    self.problems.error(file, place, "duplicate-version", message, hint);
                } else if let Some((other, _)) =
                    others.iter().find(|(other, _)| other.folder != system.folder)
                {
                    let place = declared.document.place(keys!["procedure", "name"]);
                    let message = format!("流程“{}”已属于系统“{}”", head.name, other.folder);
                    self.problems.error(file, place, "duplicate-name", message, None);
                }
                others.push((system, declared));
            }
        }
    }

    fn head(&mut self, site: Site<'_>) {
        let Site { document, procedure, .. } = site;
        let (file, head) = (&document.file, &procedure.procedure);
        let at = |key: &'static str| document.place(keys!["procedure", key]);
        self.want_kebab(file, at("name"), head.name.as_str());
        self.want_form(file, at("form"), site.system, head.form.as_str());
        self.want_code_table(file, at("categories"), &head.categories);
        if let Some(entry) = &head.entry {
            self.want_step(site, keys!["procedure", "entry"], entry);
        }
        if !number_is_unique(&head.number) {
            let message = format!("编号规则“{}”会重号", head.number);
            let hint = Some("写成 JN{date}{serial:6}：{serial:位数} 每日从 1 起，所以要有 {date}".to_owned());
            self.problems.error(file, at("number"), "bad-number-pattern", message, hint);
        }
        if procedure.steps.is_empty() {
            self.problems.error(file, document.root.place, "no-steps", "流程没有环节", None);
        }
    }

    fn unique(&mut self, site: Site<'_>) {
        let Site { document, procedure, .. } = site;
        let file = &document.file;
        let steps = procedure.steps.iter().map(|step| step.name.as_str());
        self.twice(file, "环节", Self::named(document, "step", steps));
        let acts = procedure.acts.iter().map(|act| act.name.as_str());
        self.twice(file, "办理动作", Self::named(document, "act", acts));
        let requests = procedure.requests.iter().map(|request| request.name.as_str());
        self.twice(file, "申请", Self::named(document, "request", requests));
        let clocks = procedure.clocks.iter().map(|clock| clock.name.as_str());
        self.twice(file, "时限", Self::named(document, "clock", clocks));
        // An exit, an act and a request of one step are told apart by name alone: the screens send just `take`.
        for (index, step) in procedure.steps.iter().enumerate() {
            let exits = step.exits.iter().enumerate().map(|(exit, declared)| {
                (declared.name.as_str(), document.place(keys!["step", index, "exit", exit, "name"]))
            });
            let acts =
                procedure.acts.iter().filter(|act| act.steps.is_empty() || act.steps.contains(&step.name));
            let acts: Vec<&str> = acts.map(|act| act.name.as_str()).collect();
            let exits: Vec<_> = exits.collect();
            for (name, place) in &exits {
                if acts.contains(name) {
                    let message = format!("出口“{name}”与办理动作同名");
                    self.problems.error(file, *place, "duplicate-name", message, None);
                }
            }
            self.twice(file, "出口", exits.into_iter());
            self.want_kebab(file, document.place(keys!["step", index, "name"]), step.name.as_str());
        }
    }

    fn exits(&mut self, site: Site<'_>) -> HashMap<(StepName, baotu_vocabulary::ExitName), Rule> {
        let mut rules = HashMap::new();
        for (index, step) in site.procedure.steps.iter().enumerate() {
            if let Some(who) = &step.who {
                self.holder(site, keys!["step", index, "who"], who);
            }
            if let Some(limit) = &step.limit {
                self.want_limit_of(site, keys!["step", index, "limit"], limit);
            }
            for (join, name) in step.joins.iter().enumerate() {
                self.want_step(site, keys!["step", index, "joins", join], name);
            }
            for (number, exit) in step.exits.iter().enumerate() {
                for (target, name) in exit.to.steps().iter().enumerate() {
                    let at = [
                        Key::from("step"),
                        index.into(),
                        "exit".into(),
                        number.into(),
                        "to".into(),
                        target.into(),
                    ];
                    self.want_step(site, &at, name);
                }
                if let Some(who) = &exit.who {
                    self.holder(site, keys!["step", index, "exit", number, "who"], who);
                }
                if let Some(after) = &exit.after {
                    self.want_limit_of(site, keys!["step", index, "exit", number, "after"], after);
                }
                let at = keys!["step", index, "exit", number];
                let rule = self.rule(site, at, exit.condition.as_deref(), exit.form.as_ref(), &exit.effects);
                rules.insert((step.name.clone(), exit.name.clone()), rule);
            }
        }
        rules
    }

    fn acts(&mut self, site: Site<'_>) -> HashMap<baotu_vocabulary::ActName, Rule> {
        let mut rules = HashMap::new();
        for (index, act) in site.procedure.acts.iter().enumerate() {
            self.want_kebab(
                &site.document.file,
                site.document.place(keys!["act", index, "name"]),
                act.name.as_str(),
            );
            self.who(site, keys!["act", index, "who"], &act.who);
            for (step, name) in act.steps.iter().enumerate() {
                self.want_step(site, keys!["act", index, "in", step], name);
            }
            if let Some(to) = &act.to {
                self.want_step(site, keys!["act", index, "to"], to);
            }
            if let Some(limit) = &act.within {
                self.want_limit_of(site, keys!["act", index, "within"], limit);
            }
            let at = keys!["act", index];
            let rule = self.rule(site, at, act.condition.as_deref(), act.form.as_ref(), &act.effects);
            rules.insert(act.name.clone(), rule);
        }
        rules
    }

    fn rule(
        &mut self,
        site: Site<'_>,
        at: &[Key<'_>],
        condition: Option<&str>,
        form: Option<&FormName>,
        effects: &[Effect],
    ) -> Rule {
        if let Some(name) = form {
            let place = site.document.place(&within(at, "form"));
            self.want_form(&site.document.file, place, site.system, name.as_str());
        }
        let form = site.form(form);
        let scope = procedure_scope(site.procedure, site.intake(), form);
        let condition =
            condition.and_then(|text| self.condition(site.document, &within(at, "if"), text, &scope));
        let scope = condition.iter().fold(scope, Scope::knowing);
        let effects = self.effects(site, &within(at, "effects"), effects, &scope);
        Rule { condition, form: form.cloned(), effects }
    }

    fn requests(&mut self, site: Site<'_>) -> HashMap<baotu_vocabulary::RequestName, RequestRule> {
        let mut rules = HashMap::new();
        for (index, request) in site.procedure.requests.iter().enumerate() {
            let (file, document) = (&site.document.file, site.document);
            self.want_kebab(file, document.place(keys!["request", index, "name"]), request.name.as_str());
            self.holder(site, keys!["request", index, "who"], &request.who);
            self.holder(site, keys!["request", index, "decided_by"], &request.decided_by);
            for (step, name) in request.steps.iter().enumerate() {
                self.want_step(site, keys!["request", index, "in", step], name);
            }
            if let Some(to) = &request.granted_to {
                self.want_step(site, keys!["request", index, "granted_to"], to);
            }
            for (key, limit) in [("within", &request.within), ("limit", &request.limit)] {
                if let Some(limit) = limit {
                    self.want_limit_of(site, keys!["request", index, key], limit);
                }
            }
            for (key, form) in
                [("form", Some(&request.form)), ("decision_form", request.decision_form.as_ref())]
            {
                if let Some(form) = form {
                    let place = document.place(keys!["request", index, key]);
                    self.want_form(file, place, site.system, form.as_str());
                }
            }
            let asking = site.form(Some(&request.form));
            let deciding = site.form(request.decision_form.as_ref());
            let scope = procedure_scope(site.procedure, site.intake(), asking);
            let at = keys!["request", index, "if"];
            let condition =
                request.condition.as_deref().and_then(|text| self.condition(document, at, text, &scope));
            let scope = decision_scope(site.procedure, site.intake(), asking, deciding);
            let on_grant = self.effects(site, keys!["request", index, "on_grant"], &request.on_grant, &scope);
            let on_refusal =
                self.effects(site, keys!["request", index, "on_refusal"], &request.on_refusal, &scope);
            if let Some(form) = asking {
                let rule = RequestRule {
                    condition,
                    form: form.clone(),
                    decision_form: deciding.cloned(),
                    on_grant,
                    on_refusal,
                };
                rules.insert(request.name.clone(), rule);
            }
        }
        rules
    }

    fn clocks(&mut self, site: Site<'_>) {
        for (index, clock) in site.procedure.clocks.iter().enumerate() {
            self.want_limit_of(site, keys!["clock", index, "limit"], &clock.limit);
            if let Some(before) = &clock.warn_before {
                self.want_limit_of(site, keys!["clock", index, "warn_before"], before);
            }
            for (key, steps) in [("starts_in", &clock.starts_in), ("ends_in", &clock.ends_in)] {
                for (step, name) in steps.iter().enumerate() {
                    self.want_step(site, keys!["clock", index, key, step], name);
                }
            }
        }
    }

    /// Who holds a step, takes an exit, asks or decides: somebody whom the case knows.
    fn holder(&mut self, site: Site<'_>, at: &[Key<'_>], who: &Who) {
        self.who(site, at, who);
        if who.unit == UnitRelation::Resident {
            let place = site.document.place(&within(at, "unit"));
            let message = "任何居民都可以做的，只能是办理动作".to_owned();
            let hint = Some(r#"写成 [[act]]，或改用 unit = "reporter""#.to_owned());
            self.problems.error(&site.document.file, place, "resident-holds", message, hint);
        }
    }

    fn who(&mut self, site: Site<'_>, at: &[Key<'_>], who: &Who) {
        let (file, document) = (&site.document.file, site.document);
        match &who.role {
            Some(role) => self.want_role(file, document.place(&within(at, "role")), role.as_str()),
            None if matches!(who.unit, UnitRelation::Reporter | UnitRelation::Resident) => {}
            None => {
                let hint = Some(r#"只有 unit = "reporter" 或 "resident" 才不写角色"#.to_owned());
                self.problems.error(file, document.place(at), "who-without-role", "没有写角色", hint);
            }
        }
        let mut keys = within(at, "unit");
        match &who.unit {
            UnitRelation::Named(unit) => {
                keys.push(Key::Name("named"));
                self.want_unit(file, document.place(&keys), unit.as_str());
            }
            UnitRelation::Kind(kind) => {
                keys.push(Key::Name("kind"));
                self.want_unit_kind(file, document.place(&keys), kind);
            }
            _ => {}
        }
    }

    pub(super) fn want_limit_of(&mut self, site: Site<'_>, at: &[Key<'_>], key: &str) {
        self.want_limit(&site.document.file, site.document.place(at), site.system, key);
    }

    pub(super) fn want_step(&mut self, site: Site<'_>, at: &[Key<'_>], step: &StepName) {
        if !site.step_names().any(|name| name == step.as_str()) {
            let place = site.document.place(at);
            let at = (site.document.file.as_str(), place);
            unknown(&mut self.problems, at, "dangling-step", "环节", step.as_str(), site.step_names());
        }
    }

    pub(super) fn want_clock(&mut self, site: Site<'_>, at: &[Key<'_>], clock: &str) {
        let known = site.procedure.clocks.iter().map(|clock| clock.name.as_str());
        if !known.clone().any(|name| name == clock) {
            let at = (site.document.file.as_str(), site.document.place(at));
            unknown(&mut self.problems, at, "unknown-clock", "时限（clock）", clock, known);
        }
    }
}

/// The path one name further.
pub(super) fn within<'a>(at: &[Key<'a>], name: &'a str) -> Vec<Key<'a>> {
    let mut keys = at.to_vec();
    keys.push(Key::Name(name));
    keys
}

/// Whether a pattern of case numbers gives each case another: a serial, and the day by which serials begin anew.
fn number_is_unique(pattern: &str) -> bool {
    let mut rest = pattern;
    let (mut date, mut serial) = (false, false);
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}') else { return false };
        match &rest[start + 1..start + end] {
            "date" => date = true,
            part => match part.strip_prefix("serial:").and_then(|width| width.parse::<usize>().ok()) {
                Some(width) if (1..=12).contains(&width) => serial = true,
                _ => return false,
            },
        }
        rest = &rest[start + end + 1..];
    }
    date && serial && !rest.contains('}')
}

fn hash_of(
    procedure: &Procedure,
    intake: &Form,
    exits: &HashMap<(StepName, baotu_vocabulary::ExitName), Rule>,
    acts: &HashMap<baotu_vocabulary::ActName, Rule>,
    requests: &HashMap<baotu_vocabulary::RequestName, RequestRule>,
) -> String {
    let text = serde_json::to_string(procedure).expect("a declaration that was read can be written");
    let rules = exits.values().chain(acts.values()).filter_map(|rule| rule.form.as_ref());
    let asked = requests.values().flat_map(|rule| [Some(&rule.form), rule.decision_form.as_ref()]).flatten();
    let mut forms: Vec<&str> = rules.chain(asked).map(Form::hash).chain([intake.hash()]).collect();
    forms.sort_unstable();
    forms.dedup();
    let parts: Vec<&str> = std::iter::once(text.as_str()).chain(forms).collect();
    digest(&parts)
}
