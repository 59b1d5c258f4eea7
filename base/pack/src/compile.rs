//! From the text of a pack to one that runs: every check, every condition compiled, all problems at once.
//!
//! Each noun has its module; what they have in common is [`names`] and [`conditions`].

mod calendar;
mod codes;
mod conditions;
mod deadlines;
mod effects;
mod examples;
mod flow;
mod forms;
mod messages;
mod names;
mod organisations;
mod places;
mod procedures;
mod profile;
mod reactions;
mod roles;
mod rules;
mod sensing;
mod systems;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use baotu_vocabulary::{Contracts, FormName, SystemName};
use jiff::civil::Date;

use crate::codes::CodeTable;
use crate::compiled::{CompiledIndicator, CompiledProcedure, CompiledReaction};
use crate::divisions::Divisions;
use crate::document::{Document, keys};
use crate::form::Form;
use crate::limits::Limits;
use crate::load::{self, Draft};
use crate::pack::{Checked, Content, Pack, PackExample};
use crate::problem::{Problem, Problems};
use crate::rules::CompiledAlarmRule;
use crate::sources::{DeclaredAt, DeclaredYear, Sources};
use crate::units::Units;

use names::Names;

/// What every check needs.
struct Compiler<'a> {
    draft: &'a Draft,
    names: Names<'a>,
    contracts: &'a Contracts,
    today: Date,
    problems: Problems,
}

/// Reads and checks a pack.
pub(crate) fn load(folder: &Path, contracts: &Contracts, today: Date) -> Checked {
    let mut problems = Problems::default();
    let draft = load::read(folder, &mut problems);
    let names = Names::of(&draft);
    let mut compiler = Compiler { draft: &draft, names, contracts, today, problems };
    let parts = compiler.parts();
    let problems = compiler.problems;
    if problems.has_errors() {
        return Checked { pack: None, problems: problems.sorted() };
    }
    let problems = problems.sorted();
    let pack = parts.and_then(|parts| assemble(draft, parts, problems.clone()));
    Checked { pack, problems }
}

/// Moves what was read and what was made into a pack.
fn assemble(draft: Draft, parts: Parts, warnings: Vec<Problem>) -> Option<Pack> {
    let sources = sources(&draft);
    let mut content = Content {
        hash: draft.hash,
        city: draft.city?.value,
        calendar: parts.calendar,
        divisions: Divisions::new(rows(draft.divisions)),
        zones: draft.zones.into_iter().flat_map(|declared| declared.value.zones).collect(),
        areas: draft.areas.into_iter().flat_map(|declared| declared.value.areas).collect(),
        generated_cells: draft.cells.into_iter().find_map(|declared| declared.value.generate),
        gazetteer: rows(draft.gazetteer),
        outlines: draft.outlines,
        units: Units::new(rows(draft.units), rows(draft.posts)),
        functions: rows(draft.functions),
        roles: parts.roles,
        grants: parts.grants,
        codes: BTreeMap::new(),
        systems: Vec::new(),
        texts: BTreeMap::new(),
        forms: parts.forms,
        procedures: parts.procedures,
        reactions: parts.reactions,
        alarm_rules: parts.alarm_rules,
        indicators: parts.indicators,
        messages: BTreeMap::new(),
        open311: Vec::new(),
        properties: BTreeMap::new(),
        thing_types: BTreeMap::new(),
        examples: Vec::new(),
        sources,
        warnings,
    };
    for (head, table) in draft.codes {
        content.codes.insert(head.name.clone(), CodeTable::new(head, rows(vec![table])));
    }
    for system in draft.systems {
        let name = SystemName::from(system.folder);
        content.systems.extend(system.head.map(|head| head.value));
        content.texts.extend(system.texts.map(|text| (name.clone(), text)));
        content.messages.extend(system.messages.into_iter().flat_map(|declared| declared.value.messages));
        content.open311.extend(system.open311.into_iter().flat_map(|declared| declared.value.services));
        for sensing in system.sensing.into_iter().map(|declared| declared.value) {
            let properties = sensing.properties.into_iter().map(|property| (property.name.clone(), property));
            content.properties.extend(properties);
            content.thing_types.extend(sensing.types.into_iter().map(|kind| (kind.name.clone(), kind)));
        }
        content.examples.extend(system.examples.into_iter().map(|declared| PackExample {
            system: name.clone(),
            file: declared.document.file,
            example: declared.value,
        }));
    }
    Some(Pack::new(content))
}

fn rows<T>(tables: Vec<crate::table::Table<T>>) -> Vec<T> {
    tables.into_iter().flat_map(|table| table.rows).map(|row| row.value).collect()
}

/// Where things are declared.
fn sources(draft: &Draft) -> Sources {
    let mut sources = Sources::default();
    for declared in &draft.years {
        let at = top_of(&declared.document);
        sources.years.push(DeclaredYear { at, year: declared.value.clone() });
    }
    for table in &draft.functions {
        let at = |line: usize| DeclaredAt { file: table.file.clone(), line };
        sources.functions.extend(table.rows.iter().map(|row| at(row.line())));
    }
    for declared in &draft.roles {
        let (document, grants) = (&declared.document, declared.value.grants.len());
        let at = |index: usize| {
            let line = document.place(keys!["grant", index]).line;
            DeclaredAt { file: document.file.clone(), line }
        };
        sources.grants.extend((0..grants).map(at));
    }
    for system in &draft.systems {
        if let Some(head) = &system.head {
            sources.systems.insert(SystemName::from(system.folder.as_str()), top_of(&head.document));
        }
        for declared in &system.procedures {
            let head = &declared.value.procedure;
            sources.procedures.insert((head.name.clone(), head.version), top_of(&declared.document));
        }
        if let Some(declared) = &system.rules {
            for (index, rule) in declared.value.rules.iter().enumerate() {
                let line = declared.document.place(keys!["rule", index, "name"]).line;
                let at = DeclaredAt { file: declared.document.file.clone(), line };
                sources.rules.insert((rule.name.clone(), rule.version), at);
            }
        }
    }
    sources
}

fn top_of(document: &Document) -> DeclaredAt {
    DeclaredAt { file: document.file.clone(), line: 1 }
}

/// What compiling makes beside what is only read.
struct Parts {
    calendar: baotu_vocabulary::WorkCalendar,
    roles: crate::roles::Roles,
    grants: Vec<crate::compiled::CompiledGrant>,
    forms: BTreeMap<(SystemName, FormName), Form>,
    procedures: BTreeMap<baotu_vocabulary::ProcedureName, Vec<CompiledProcedure>>,
    reactions: Vec<CompiledReaction>,
    alarm_rules: BTreeMap<baotu_vocabulary::RuleName, Vec<CompiledAlarmRule>>,
    indicators: Vec<CompiledIndicator>,
}

impl Compiler<'_> {
    /// Runs every check, whatever the others found; `None` when something could not be made.
    fn parts(&mut self) -> Option<Parts> {
        let draft = self.draft;
        let calendar = self.calendar();
        self.places();
        self.organisations();
        self.codes();
        self.messages();
        self.services();
        self.sensing_names();
        self.shortcuts();
        self.synthetic_mark();
        self.versions();
        self.rule_versions();
        let grants = self.grants();
        let mut forms: BTreeMap<(SystemName, FormName), Form> = BTreeMap::new();
        let mut procedures: BTreeMap<_, Vec<CompiledProcedure>> = BTreeMap::new();
        let (mut reactions, mut indicators) = (Vec::new(), Vec::new());
        let mut alarm_rules: BTreeMap<_, Vec<CompiledAlarmRule>> = BTreeMap::new();
        for system in &draft.systems {
            let name = SystemName::from(system.folder.as_str());
            self.system(system);
            self.limit_rows(system);
            self.sensing(system);
            self.examples(system);
            self.unused_forms(system);
            let own_forms = self.forms(system);
            let limits = system.limits.as_ref().map(|table| table.values().cloned().collect());
            let limits = Arc::new(Limits::new(limits.unwrap_or_default()));
            for declared in &system.procedures {
                if let Some(procedure) = self.procedure(system, declared, &own_forms, &limits) {
                    procedures.entry(procedure.name().clone()).or_default().push(procedure);
                }
            }
            reactions.extend(self.reactions(system));
            for rule in self.alarm_rules(system) {
                alarm_rules.entry(rule.name().clone()).or_default().push(rule);
            }
            indicators.extend(self.indicators(system, &own_forms));
            forms.extend(own_forms.into_iter().map(|(form, compiled)| ((name.clone(), form), compiled)));
        }
        for versions in procedures.values_mut() {
            versions.sort_by_key(CompiledProcedure::version);
        }
        for versions in alarm_rules.values_mut() {
            versions.sort_by_key(CompiledAlarmRule::version);
        }
        let mut roles = crate::roles::Roles::default();
        for declared in &draft.roles {
            roles.roles.extend(declared.value.roles.iter().cloned());
            roles.purposes.extend(declared.value.purposes.iter().cloned());
            roles.grants.extend(declared.value.grants.iter().cloned());
        }
        Some(Parts {
            calendar: calendar?,
            roles,
            grants,
            forms,
            procedures,
            reactions,
            alarm_rules,
            indicators,
        })
    }
}
