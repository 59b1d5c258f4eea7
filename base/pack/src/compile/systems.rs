//! A system's folder beside its procedures: its head, indicators, services for residents' programs, unused forms.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use baotu_vocabulary::{FormName, SystemName};

use crate::city::SHORTCUTS_MAX;
use crate::compiled::CompiledIndicator;
use crate::document::{Document, keys};
use crate::form::Form;
use crate::load::{Kind, SystemDraft};
use crate::problem::Place;
use crate::procedure::Procedure;
use crate::scope::indicator_scope;
use crate::system::Open311Service;

use super::Compiler;
use super::names::unknown;

/// Fields of an intake form that every Open311 request carries by itself.
const CARRIED: [&str; 4] = ["title", "text", "photos", "place"];

impl Compiler<'_> {
    /// The head of a system.
    pub(super) fn system(&mut self, system: &SystemDraft) {
        let Some(head) = &system.head else { return };
        let document = &head.document;
        if head.value.name.as_str() != system.folder {
            let message = format!("系统名“{}”与文件夹“{}”不同", head.value.name, system.folder);
            let place = document.place(keys!["name"]);
            self.problems.error(&document.file, place, "wrong-folder", message, None);
        }
        self.want_unit(&document.file, document.place(keys!["owner"]), &head.value.owner);
    }

    /// The indicators of a system.
    pub(super) fn indicators(
        &mut self,
        system: &SystemDraft,
        forms: &BTreeMap<FormName, Form>,
    ) -> Vec<CompiledIndicator> {
        let Some(declared) = &system.indicators else { return Vec::new() };
        let document = &declared.document;
        let names = declared.value.indicators.iter().map(|indicator| indicator.name.as_str());
        self.twice(&document.file, "指标", Self::named(document, "indicator", names));
        let mut compiled = Vec::new();
        for (index, indicator) in declared.value.indicators.iter().enumerate() {
            let procedures = system.procedures.iter().map(|declared| &declared.value);
            let procedure = match &indicator.procedure {
                Some(name) => {
                    let place = document.place(keys!["indicator", index, "procedure"]);
                    self.want_procedure(&document.file, place, name.as_str());
                    procedures.into_iter().find(|procedure| procedure.procedure.name == *name)
                }
                None => procedures.into_iter().next(),
            };
            let intake = procedure.and_then(|procedure| forms.get(&procedure.procedure.form));
            let scope = indicator_scope(procedure, intake);
            let at = keys!["indicator", index, "numerator"];
            let numerator = self.condition(document, at, &indicator.numerator, &scope);
            let at = keys!["indicator", index, "denominator"];
            let denominator = self.condition(document, at, &indicator.denominator, &scope);
            if let Some((numerator, denominator)) = numerator.zip(denominator) {
                let system = SystemName::from(system.folder.as_str());
                compiled.push(CompiledIndicator {
                    system,
                    declared: indicator.clone(),
                    numerator,
                    denominator,
                });
            }
        }
        compiled
    }

    /// The Open311 services of all systems.
    pub(super) fn services(&mut self) {
        let draft = self.draft;
        let mut seen: HashMap<&str, &str> = HashMap::new();
        for declared in draft.systems.iter().filter_map(|system| system.open311.as_ref()) {
            let document = &declared.document;
            for (index, service) in declared.value.services.iter().enumerate() {
                let place = document.place(keys!["service", index, "service_code"]);
                if let Some(other) = seen.insert(&service.service_code, &document.file) {
                    let message = format!("服务代码“{}”已在“{other}”中声明", service.service_code);
                    self.problems.error(&document.file, place, "duplicate-name", message, None);
                }
                self.service(document, index, service);
            }
        }
    }

    fn service(&mut self, document: &Document, index: usize, service: &Open311Service) {
        let file = document.file.as_str();
        let at = |key: &'static str| document.place(keys!["service", index, key]);
        if service.answer != "realtime" {
            let message = format!("type 只能是 realtime，却是“{}”", service.answer);
            self.problems.error(file, at("type"), "service-type", message, None);
        }
        self.want_procedure(file, at("procedure"), service.procedure.as_str());
        let Some((system, procedure)) = self.names.procedures.get(service.procedure.as_str()).copied() else {
            return;
        };
        let head = &procedure.procedure;
        if !head.open_to_residents {
            let message = format!("流程“{}”不向居民开放", head.name);
            let hint = Some("在流程中加 open_to_residents = true".to_owned());
            self.problems.error(file, at("procedure"), "service-not-open", message, hint);
        }
        self.want_code(file, at("category"), &head.categories, service.category.as_str());
        let Some(form) = system.forms.get(&head.form) else { return };
        let known: Vec<&str> = form.value["properties"]
            .as_object()
            .into_iter()
            .flat_map(|all| all.keys())
            .map(String::as_str)
            .collect();
        for (number, field) in service.attributes.iter().enumerate() {
            if !known.contains(&field.as_str()) {
                let at = (file, document.place(keys!["service", index, "attributes", number]));
                unknown(&mut self.problems, at, "unknown-field", "表单字段", field, known.iter().copied());
            }
        }
        let required = form.value["required"].as_array().map(Vec::as_slice).unwrap_or_default();
        let asked =
            |field: &&str| CARRIED.contains(field) || service.attributes.iter().any(|name| name == field);
        for field in required.iter().filter_map(serde_json::Value::as_str).filter(|field| !asked(field)) {
            let message = format!("表单“{}”必填“{field}”，服务却没有问", head.form);
            let hint = Some(format!("在 attributes 中加上“{field}”"));
            self.problems.error(file, at("attributes"), "service-lacks-field", message, hint);
        }
    }

    /// Forms that no step, act or request asks.
    pub(super) fn unused_forms(&mut self, system: &SystemDraft) {
        if !self.complete(Kind::Procedures) {
            return;
        }
        let used: BTreeSet<&str> = system
            .procedures
            .iter()
            .flat_map(|declared| forms_of(&declared.value))
            .map(FormName::as_str)
            .collect();
        for (name, declared) in system.forms.iter().filter(|(name, _)| !used.contains(name.as_str())) {
            let message = format!("没有流程用到表单“{name}”");
            self.problems.warning(&declared.document.file, Place::START, "unused-form", message, None);
        }
    }

    /// The shortcuts of the city's first page lead to procedures that residents may use, and to categories that exist.
    pub(super) fn shortcuts(&mut self) {
        let Some(city) = &self.draft.city else { return };
        let (file, document) = (city.document.file.as_str(), &city.document);
        for (index, shortcut) in city.value.shortcuts.iter().enumerate() {
            let at = |key: &'static str| document.place(keys!["shortcut", index, key]);
            self.want_procedure(file, at("procedure"), shortcut.procedure.as_str());
            let Some((_, procedure)) = self.names.procedures.get(shortcut.procedure.as_str()).copied() else {
                continue;
            };
            if !procedure.procedure.open_to_residents {
                let message = format!("流程“{}”不对居民开放", shortcut.procedure);
                let hint = Some("在流程中加 open_to_residents = true".to_owned());
                self.problems.error(file, at("procedure"), "service-not-open", message, hint);
            }
            let table = procedure.procedure.categories.as_str();
            self.want_code(file, at("category"), table, shortcut.category.as_str());
        }
        if let Some(index) = (city.value.shortcuts.len() > SHORTCUTS_MAX).then_some(SHORTCUTS_MAX) {
            let message = format!("首页最多 {SHORTCUTS_MAX} 项");
            let place = document.place(keys!["shortcut", index, "title"]);
            self.problems.error(file, place, "too-many-shortcuts", message, None);
        }
    }

    /// Made-up rows are fine in a demo city that says so.
    pub(super) fn synthetic_mark(&mut self) {
        let draft = self.draft;
        let Some(city) = draft.city.as_ref().filter(|city| city.value.synthetic_mark.is_none()) else {
            return;
        };
        let made_up = |source: &str| source.contains("synthetic") || source == "demo";
        let units = draft.units.iter().flat_map(|table| table.values()).map(|unit| unit.source.as_str());
        let places =
            draft.divisions.iter().flat_map(|table| table.values()).map(|place| place.source.as_str());
        let limits = draft.systems.iter().filter_map(|system| system.limits.as_ref());
        let limits = limits.flat_map(|table| table.values()).map(|row| row.source.as_str());
        if let Some(source) = units.chain(places).chain(limits).find(|source| made_up(source)) {
            let message = format!("城市包里有编造的内容（来源“{source}”），却没有标记");
            let hint = Some(r#"在 city.toml 中加 synthetic_mark = "合成数据""#.to_owned());
            let place = city.document.root.place;
            self.problems.error(&city.document.file, place, "no-synthetic-mark", message, hint);
        }
    }
}

fn forms_of(procedure: &Procedure) -> impl Iterator<Item = &FormName> {
    let exits = procedure.steps.iter().flat_map(|step| &step.exits).filter_map(|exit| exit.form.as_ref());
    let acts = procedure.acts.iter().filter_map(|act| act.form.as_ref());
    let asked =
        procedure.requests.iter().flat_map(|request| [Some(&request.form), request.decision_form.as_ref()]);
    std::iter::once(&procedure.procedure.form).chain(exits).chain(acts).chain(asked.flatten())
}
