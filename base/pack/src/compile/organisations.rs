//! Units, posts and function lists: names that resolve, one tree, and administrators kept apart.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use baotu_vocabulary::CreditCode;

use crate::load::Kind;
use crate::organisations::{Function, Unit};
use crate::roles::Administrator;
use crate::table::Table;

use super::Compiler;

/// Units that are followed upwards before a ring is suspected.
const LEVELS_MAX: usize = 16;

/// What makes two rows of a function list equally good: table, category, area, level and rank.
type Precedence<'t> = (&'t str, &'t str, &'t str, &'t str, u16);

impl Compiler<'_> {
    pub(super) fn organisations(&mut self) {
        let draft = self.draft;
        let mut seen = HashSet::new();
        for table in &draft.units {
            self.units(table, &mut seen);
        }
        self.posts();
        let mut ranks = HashMap::new();
        for table in &draft.functions {
            self.functions(table, &mut ranks);
        }
        self.fallbacks();
        self.held_roles();
    }

    fn units<'t>(&mut self, table: &'t Table<Unit>, seen: &mut HashSet<&'t str>) {
        let file = table.file.as_str();
        for (index, unit) in table.values().enumerate() {
            if !seen.insert(unit.code.as_str()) {
                let message = format!("单位代码“{}”重复", unit.code);
                self.problems.error(file, table.place(index, "code"), "duplicate-name", message, None);
            }
            if let Some(parent) = &unit.parent {
                self.want_unit(file, table.place(index, "parent"), parent.as_str());
                if self.in_ring(unit) {
                    let message = format!("单位“{}”的上级绕回了自己", unit.code);
                    self.problems.error(file, table.place(index, "parent"), "unit-ring", message, None);
                }
            }
            self.want_division(file, table.place(index, "area"), &unit.area);
            if let Some(code) = &unit.credit_code
                && let Err(error) = code.parse::<CreditCode>()
            {
                let place = table.place(index, "credit_code");
                self.problems.error(file, place, "bad-credit-code", error.to_string(), None);
            }
        }
    }

    fn in_ring(&self, unit: &Unit) -> bool {
        let above = |unit: &&Unit| Some(*self.names.units.get(unit.parent.as_ref()?.as_str())?);
        std::iter::successors(above(&unit), above).take(LEVELS_MAX + 1).any(|other| other.code == unit.code)
    }

    fn posts(&mut self) {
        let draft = self.draft;
        let administrators: BTreeMap<&str, Administrator> = draft
            .roles
            .iter()
            .flat_map(|declared| &declared.value.roles)
            .filter_map(|role| Some((role.name.as_str(), role.administrator?)))
            .collect();
        let mut seen = HashSet::new();
        for table in &draft.posts {
            let file = table.file.as_str();
            for (index, post) in table.values().enumerate() {
                if !seen.insert(post.code.as_str()) {
                    let message = format!("岗位代码“{}”重复", post.code);
                    self.problems.error(file, table.place(index, "code"), "duplicate-name", message, None);
                }
                self.want_unit(file, table.place(index, "unit"), post.unit.as_str());
                for role in &post.roles.0 {
                    self.want_role(file, table.place(index, "roles"), role.as_str());
                }
                let kinds: BTreeSet<Administrator> = post
                    .roles
                    .0
                    .iter()
                    .filter_map(|role| administrators.get(role.as_str()).copied())
                    .collect();
                if kinds.len() > 1 {
                    let message = format!("岗位“{}”兼任两种管理员", post.code);
                    let hint = Some("系统、安全、审计三员分立，一人不得兼任".to_owned());
                    self.problems.error(
                        file,
                        table.place(index, "roles"),
                        "two-administrators",
                        message,
                        hint,
                    );
                }
            }
        }
    }

    fn functions<'t>(
        &mut self,
        table: &'t Table<Function>,
        ranks: &mut HashMap<Precedence<'t>, Vec<&'t Function>>,
    ) {
        let file = table.file.as_str();
        for (index, row) in table.values().enumerate() {
            self.want_code_table(file, table.place(index, "table"), &row.table);
            let codes = self.names.codes.get(row.table.as_str());
            let known = codes.is_none_or(|codes| codes.keys().any(|code| code.starts_with(&row.category)));
            if !known && self.complete(Kind::Codes) {
                let message = format!("表“{}”中没有以“{}”开头的类别", row.table, row.category);
                self.problems.error(file, table.place(index, "category"), "unknown-category", message, None);
            }
            match (&row.unit, &row.kind) {
                (Some(unit), None) => self.want_unit(file, table.place(index, "unit"), unit.as_str()),
                (None, Some(kind)) => self.want_unit_kind(file, table.place(index, "kind"), kind),
                (Some(_), Some(_)) => {
                    let message = "unit 与 kind 只写一个".to_owned();
                    self.problems.error(file, table.place(index, "unit"), "unit-and-kind", message, None);
                }
                (None, None) => {
                    let message = "没有写由谁负责".to_owned();
                    let hint = Some("写 unit（某个单位）或 kind（某类单位中管这个地方的）".to_owned());
                    self.problems.error(file, table.place(index, "unit"), "no-unit", message, hint);
                }
            }
            if let Some(area) = &row.area {
                self.want_division(file, table.place(index, "area"), area);
            }
            self.period(file, table.place(index, "valid_to"), row.valid_from, row.valid_to);
            let key = (
                row.table.as_str(),
                row.category.as_str(),
                row.area.as_deref().unwrap_or_default(),
                row.level.as_deref().unwrap_or_default(),
                row.rank,
            );
            let others = ranks.entry(key).or_default();
            let meets = |other: &&&Function| {
                other.valid_to.is_none_or(|last| row.valid_from <= last)
                    && row.valid_to.is_none_or(|last| other.valid_from <= last)
            };
            if let Some(other) = others.iter().find(meets) {
                let (this, that) = (in_charge_name(row), in_charge_name(other));
                let message = format!("“{this}”与“{that}”同样优先，由谁负责说不清");
                let hint = Some("给其中一行更大的 rank，或写上 area、level".to_owned());
                self.problems.error(file, table.place(index, "rank"), "same-rank", message, hint);
            }
            others.push(row);
        }
    }

    /// A function list needs a row for whatever nobody is in charge of.
    fn fallbacks(&mut self) {
        let draft = self.draft;
        let mut tables: BTreeMap<&str, bool> = BTreeMap::new();
        for row in draft.functions.iter().flat_map(|table| table.values()) {
            let anywhere = row.area.is_none() && row.level.is_none() && row.in_force(self.today);
            *tables.entry(&row.table).or_default() |= row.category.is_empty() && anywhere;
        }
        for (name, _) in tables.iter().filter(|(_, fallback)| !**fallback) {
            let lists = draft.functions.iter();
            let Some(list) = lists.into_iter().find(|table| table.values().any(|row| row.table == *name))
            else {
                continue;
            };
            let message = format!("表“{name}”没有兜底的单位");
            let hint = Some("加一行类别空着的，无主的诉求才有人接".to_owned());
            let index = list.values().position(|row| row.table == *name).unwrap_or(0);
            self.problems.warning(&list.file, list.place(index, "table"), "no-fallback", message, hint);
        }
    }

    /// A role that works at a step, but no post carries: the step would wait forever.
    fn held_roles(&mut self) {
        let draft = self.draft;
        if draft.posts.is_empty() || !self.complete(Kind::Posts) || !self.complete(Kind::Roles) {
            return;
        }
        let held: HashSet<&str> = draft
            .posts
            .iter()
            .flat_map(|table| table.values())
            .flat_map(|post| &post.roles.0)
            .map(|role| role.as_str())
            .collect();
        for declared in draft.systems.iter().flat_map(|system| &system.procedures) {
            let document = &declared.document;
            for (index, step) in declared.value.steps.iter().enumerate() {
                let Some(role) = step.who.as_ref().and_then(|who| who.role.as_ref()) else { continue };
                if self.names.roles.contains(role.as_str()) && !held.contains(role.as_str()) {
                    let message = format!("没有岗位有角色“{role}”，环节“{}”无人能办", step.name);
                    let place = document.place(crate::document::keys!["step", index, "who", "role"]);
                    self.problems.error(&document.file, place, "role-without-post", message, None);
                }
            }
        }
    }
}

fn in_charge_name(row: &Function) -> &str {
    let unit = row.unit.as_ref().map(|unit| unit.as_str());
    unit.or(row.kind.as_deref()).unwrap_or_default()
}
