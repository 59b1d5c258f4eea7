//! Every name that a pack declares, so that others may be checked against it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::document::keys;
use crate::load::{Draft, Kind, SystemDraft};
use crate::nearest::nearest;
use crate::organisations::Unit;
use crate::places::Division;
use crate::problem::{Place, Problems};
use crate::procedure::Procedure;
use crate::sensing::Property;
use crate::system::{CodeRow, Message};

use super::Compiler;

/// Roles that are always there: everybody, whoever reported, and programs with a key.
pub(super) const ROLES_GIVEN: [&str; 3] = ["anyone", "resident", "client"];

/// The names of a pack.
pub(super) struct Names<'a> {
    pub(super) divisions: HashMap<&'a str, Vec<&'a Division>>,
    pub(super) zones: HashSet<&'a str>,
    pub(super) units: HashMap<&'a str, &'a Unit>,
    pub(super) unit_kinds: BTreeSet<&'a str>,
    pub(super) posts: HashMap<&'a str, &'a crate::organisations::Post>,
    pub(super) roles: BTreeSet<&'a str>,
    pub(super) purposes: BTreeSet<&'a str>,
    pub(super) codes: BTreeMap<&'a str, HashMap<&'a str, Vec<&'a CodeRow>>>,
    pub(super) procedures: BTreeMap<&'a str, (&'a SystemDraft, &'a Procedure)>,
    pub(super) messages: BTreeMap<&'a str, &'a Message>,
    pub(super) properties: BTreeMap<&'a str, &'a Property>,
}

impl<'a> Names<'a> {
    pub(super) fn of(draft: &'a Draft) -> Self {
        let mut divisions: HashMap<&str, Vec<&Division>> = HashMap::new();
        for division in draft.divisions.iter().flat_map(|table| table.values()) {
            divisions.entry(&division.code).or_default().push(division);
        }
        let units: HashMap<&str, &Unit> = draft
            .units
            .iter()
            .flat_map(|table| table.values())
            .map(|unit| (unit.code.as_str(), unit))
            .collect();
        let mut codes: BTreeMap<&str, HashMap<&str, Vec<&CodeRow>>> = BTreeMap::new();
        for (head, table) in &draft.codes {
            let rows = codes.entry(&head.name).or_default();
            for row in table.values() {
                rows.entry(row.code.as_str()).or_default().push(row);
            }
        }
        let mut procedures: BTreeMap<&str, (&SystemDraft, &Procedure)> = BTreeMap::new();
        for system in &draft.systems {
            for declared in &system.procedures {
                let name = declared.value.procedure.name.as_str();
                let newest = procedures
                    .get(name)
                    .is_none_or(|(_, other)| other.procedure.version < declared.value.procedure.version);
                if newest {
                    procedures.insert(name, (system, &declared.value));
                }
            }
        }
        let roles = draft.roles.iter().flat_map(|declared| &declared.value.roles);
        let purposes = draft.roles.iter().flat_map(|declared| &declared.value.purposes);
        let sensing = draft.systems.iter().filter_map(|system| system.sensing.as_ref());
        let messages = draft.systems.iter().filter_map(|system| system.messages.as_ref());
        Self {
            divisions,
            zones: draft
                .zones
                .iter()
                .flat_map(|declared| &declared.value.zones)
                .map(|zone| zone.code.as_str())
                .collect(),
            unit_kinds: units.values().map(|unit| unit.kind.as_str()).collect(),
            units,
            posts: draft
                .posts
                .iter()
                .flat_map(|table| table.values())
                .map(|post| (post.code.as_str(), post))
                .collect(),
            roles: roles.map(|role| role.name.as_str()).chain(ROLES_GIVEN).collect(),
            purposes: purposes.map(|purpose| purpose.name.as_str()).collect(),
            codes,
            procedures,
            messages: messages
                .flat_map(|declared| &declared.value.messages)
                .map(|(name, message)| (name.as_str(), message))
                .collect(),
            properties: sensing
                .flat_map(|declared| &declared.value.properties)
                .map(|property| (property.name.as_str(), property))
                .collect(),
        }
    }
}

/// Reports a name that nothing declares, with the one that was probably meant.
pub(super) fn unknown<'n>(
    problems: &mut Problems,
    at: (&str, Place),
    code: &'static str,
    noun: &str,
    name: &str,
    known: impl Iterator<Item = &'n str> + Clone,
) {
    let hint = match nearest(name, known.clone()) {
        Some(near) => Some(format!("是否应为“{near}”")),
        None => few(known).map(|few| format!("可用：{few}")),
    };
    problems.error(at.0, at.1, code, format!("没有名为“{name}”的{noun}"), hint);
}

/// The names, when they are few enough to be read in one line.
fn few<'n>(known: impl Iterator<Item = &'n str>) -> Option<String> {
    const FEW: usize = 12;
    let mut names: Vec<&str> = known.take(FEW + 1).collect();
    names.sort_unstable();
    (!names.is_empty() && names.len() <= FEW).then(|| names.join("、"))
}

impl Compiler<'_> {
    /// Whether every declaration of a kind could be read, so that a name that is not there is really unknown.
    pub(super) fn complete(&self, kind: Kind) -> bool {
        !self.draft.incomplete.contains(&kind)
    }

    pub(super) fn want_role(&mut self, file: &str, place: Place, role: &str) {
        if !self.names.roles.contains(role) && self.complete(Kind::Roles) {
            let known = self.names.roles.iter().copied();
            unknown(&mut self.problems, (file, place), "unknown-role", "角色", role, known);
        }
    }

    pub(super) fn want_purpose(&mut self, file: &str, place: Place, purpose: &str) {
        if !self.names.purposes.contains(purpose) && self.complete(Kind::Roles) {
            let known = self.names.purposes.iter().copied();
            unknown(&mut self.problems, (file, place), "unknown-purpose", "事由", purpose, known);
        }
    }

    pub(super) fn want_unit(&mut self, file: &str, place: Place, unit: &str) {
        if !self.names.units.contains_key(unit) && self.complete(Kind::Units) {
            let known = self.names.units.keys().copied();
            unknown(&mut self.problems, (file, place), "unknown-unit", "单位", unit, known);
        }
    }

    pub(super) fn want_unit_kind(&mut self, file: &str, place: Place, kind: &str) {
        if !self.names.unit_kinds.contains(kind) && self.complete(Kind::Units) {
            let known = self.names.unit_kinds.iter().copied();
            unknown(&mut self.problems, (file, place), "unknown-unit-kind", "单位类型", kind, known);
        }
    }

    pub(super) fn want_division(&mut self, file: &str, place: Place, code: &str) {
        let known = self.names.divisions.contains_key(code) || self.names.zones.contains(code);
        if !known && self.complete(Kind::Divisions) {
            let message = format!("没有代码为“{code}”的区划");
            let hint = Some("区划写在 places/divisions.csv".to_owned());
            self.problems.error(file, place, "unknown-division", message, hint);
        }
    }

    pub(super) fn want_procedure(&mut self, file: &str, place: Place, procedure: &str) {
        if !self.names.procedures.contains_key(procedure) && self.complete(Kind::Procedures) {
            let known = self.names.procedures.keys().copied();
            unknown(&mut self.problems, (file, place), "unknown-procedure", "流程", procedure, known);
        }
    }

    pub(super) fn want_code_table(&mut self, file: &str, place: Place, table: &str) -> bool {
        let there = self.names.codes.contains_key(table);
        if !there && self.complete(Kind::Codes) {
            let known = self.names.codes.keys().copied();
            unknown(&mut self.problems, (file, place), "unknown-code-table", "代码表", table, known);
        }
        there
    }

    /// The code must stand in the table; a table that is not there has been reported elsewhere.
    pub(super) fn want_code(&mut self, file: &str, place: Place, table: &str, code: &str) {
        let Some(rows) = self.names.codes.get(table) else { return };
        if !rows.contains_key(code) && self.complete(Kind::Codes) {
            let known = rows.keys().copied();
            let noun = format!("代码（表“{table}”）");
            unknown(&mut self.problems, (file, place), "unknown-category", &noun, code, known);
        }
    }

    pub(super) fn want_message(&mut self, file: &str, place: Place, template: &str) {
        if !self.names.messages.contains_key(template) && self.complete(Kind::Messages) {
            let known = self.names.messages.keys().copied();
            unknown(&mut self.problems, (file, place), "unknown-template", "消息模板", template, known);
        }
    }

    pub(super) fn want_limit(&mut self, file: &str, place: Place, system: &SystemDraft, key: &str) {
        let keys: BTreeSet<&str> =
            system.limits.iter().flat_map(|table| table.values()).map(|row| row.key.as_str()).collect();
        if !keys.contains(key) && self.complete(Kind::Limits) {
            let known = keys.iter().copied();
            unknown(&mut self.problems, (file, place), "unknown-limit", "时限（limits.csv）", key, known);
        }
    }

    pub(super) fn want_form(&mut self, file: &str, place: Place, system: &SystemDraft, form: &str) {
        if !system.forms.contains_key(form) && self.complete(Kind::Forms) {
            let known = system.forms.keys().map(|name| name.as_str());
            unknown(&mut self.problems, (file, place), "unknown-form", "表单", form, known);
        }
    }

    /// Reports a name that is declared twice, at its second place.
    pub(super) fn twice<'n>(
        &mut self,
        file: &str,
        noun: &str,
        names: impl Iterator<Item = (&'n str, Place)>,
    ) {
        let mut seen = HashSet::new();
        for (name, place) in names {
            if !seen.insert(name) {
                let message = format!("{noun}“{name}”重复声明");
                self.problems.error(file, place, "duplicate-name", message, None);
            }
        }
    }

    /// A name must be lower-case words with hyphens.
    pub(super) fn want_kebab(&mut self, file: &str, place: Place, name: &str) {
        let fits = !name.is_empty()
            && !name.starts_with('-')
            && !name.ends_with('-')
            && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if !fits {
            let hint = Some("名称只用小写字母、数字和连字符，例如 street-office".to_owned());
            self.problems.error(file, place, "bad-name", format!("名称“{name}”的写法不对"), hint);
        }
    }

    /// Names in a list of tables, with their places.
    pub(super) fn named<'n>(
        document: &'n crate::document::Document,
        list: &'n str,
        names: impl Iterator<Item = &'n str> + 'n,
    ) -> impl Iterator<Item = (&'n str, Place)> + 'n {
        names.enumerate().map(move |(index, name)| (name, document.place(keys![list, index, "name"])))
    }
}
