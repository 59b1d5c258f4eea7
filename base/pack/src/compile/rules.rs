//! Rules that raise alarms, and their parameters: names, units, sides of limits, versions, periods.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baotu_vocabulary::{PropertyName, SystemName};
use jiff::civil::Date;

use crate::document::{Document, Key, keys};
use crate::load::{Kind, SystemDraft};
use crate::parameters::{ParameterRow, Parameters};
use crate::problem::Place;
use crate::rules::{AlarmRule, CompiledAlarmRule, Known, KnownProperty, RuleProblem, check};
use crate::sensing::Property;
use crate::table::Table;

use super::Compiler;
use super::names::unknown;

impl<'a> Compiler<'a> {
    /// The rules of a system that have no mistake.
    pub(super) fn alarm_rules(&mut self, system: &SystemDraft) -> Vec<CompiledAlarmRule> {
        if let Some(table) = &system.parameters {
            self.parameter_rows(system, table);
        }
        let Some(declared) = &system.rules else { return Vec::new() };
        let document = &declared.document;
        let rows = system.parameters.iter().flat_map(|table| table.values().cloned());
        let parameters = Arc::new(Parameters::new(rows));
        let name = SystemName::from(system.folder.as_str());
        let known = self.known();
        let mut compiled = Vec::new();
        for (index, rule) in declared.value.rules.iter().enumerate() {
            let place = document.place(keys!["rule", index, "name"]);
            self.want_kebab(&document.file, place, rule.name.as_str());
            let replaced = replaced(rule, &declared.value.rules);
            let (checked, problems) = check(rule, &name, &known, &parameters, self.today, replaced);
            for problem in problems {
                self.rule_problem(document, index, problem);
            }
            compiled.extend(checked);
        }
        compiled
    }

    /// What rules may name.
    fn known(&self) -> Known<'a> {
        let types = self.draft.systems.iter().filter_map(|system| system.sensing.as_ref());
        let types = types.flat_map(|declared| &declared.value.types).map(|kind| {
            let observed = kind.properties.iter().map(PropertyName::as_str).collect();
            (kind.name.as_str(), observed)
        });
        let properties = self.names.properties.iter().map(|(name, property)| {
            let Property { title, unit, decimals, .. } = property;
            (*name, KnownProperty { title, unit, decimals: *decimals })
        });
        Known {
            properties: properties.collect(),
            types: types.collect(),
            incomplete: !self.complete(Kind::Sensing),
            parameters_incomplete: !self.complete(Kind::Parameters),
        }
    }

    fn rule_problem(&mut self, document: &Document, index: usize, problem: RuleProblem) {
        let mut path: Vec<Key<'_>> = vec!["rule".into(), index.into()];
        path.extend(problem.path.iter().map(|name| Key::from(*name)));
        let start = document.place(&path);
        let place = match problem.within {
            None => start,
            // The text begins one column after its opening quote.
            Some((1, column)) => Place { line: start.line, column: start.column + column },
            Some((line, column)) => Place { line: start.line + line - 1, column },
        };
        self.problems.error(&document.file, place, problem.code, problem.message, problem.hint);
    }

    /// A name belongs to one system, and each of its versions stands there once.
    pub(super) fn rule_versions(&mut self) {
        let mut seen: BTreeMap<&str, (&str, BTreeSet<Date>)> = BTreeMap::new();
        for system in &self.draft.systems {
            let Some(declared) = &system.rules else { continue };
            let document = &declared.document;
            for (index, rule) in declared.value.rules.iter().enumerate() {
                let (folder, versions) = seen
                    .entry(rule.name.as_str())
                    .or_insert_with(|| (system.folder.as_str(), BTreeSet::new()));
                if *folder != system.folder {
                    let message = format!("规则“{}”已属于系统“{folder}”", rule.name);
                    let place = document.place(keys!["rule", index, "name"]);
                    self.problems.error(&document.file, place, "duplicate-name", message, None);
                } else if !versions.insert(rule.version) {
                    let message = format!("规则“{}”自 {} 起的版本写了两次", rule.name, rule.version);
                    let hint = Some("改了规则就写新的生效日期，旧版本留着".to_owned());
                    let place = document.place(keys!["rule", index, "version"]);
                    self.problems.error(&document.file, place, "duplicate-version", message, hint);
                }
            }
        }
    }

    /// The rows of `parameters.csv` by themselves.
    fn parameter_rows(&mut self, system: &SystemDraft, table: &Table<ParameterRow>) {
        let file = table.file.as_str();
        let known = self.known();
        for (index, row) in table.values().enumerate() {
            self.want_kebab(file, table.place(index, "key"), &row.key);
            self.period(file, table.place(index, "valid_to"), row.valid_from, row.valid_to);
            if !row.value.is_finite() {
                let message = format!("参数“{}”的值不是一个数", row.key);
                self.problems.error(file, table.place(index, "value"), "out-of-range", message, None);
            }
            if row.source.trim().is_empty() {
                let message = format!("参数“{}”没有来源", row.key);
                let hint = Some("写上文件名和条款；演示用的值写 demo".to_owned());
                self.problems.error(file, table.place(index, "source"), "missing-source", message, hint);
            }
            if let Some(area) = &row.area {
                self.want_division(file, table.place(index, "area"), area);
            }
            if let Some(kind) = &row.thing_type
                && !known.types.contains_key(kind.as_str())
                && !known.incomplete
            {
                let at = (file, table.place(index, "thing_type"));
                let names = known.types.keys().copied();
                unknown(&mut self.problems, at, "unknown-thing-type", "设备类型", kind.as_str(), names);
            }
        }
        self.parameter_overlaps(table);
        self.unused_parameters(system, table);
    }

    fn parameter_overlaps(&mut self, table: &Table<ParameterRow>) {
        let mut groups: BTreeMap<_, Vec<(usize, &ParameterRow)>> = BTreeMap::new();
        for (index, row) in table.values().enumerate() {
            groups.entry((row.key.as_str(), &row.thing_type, &row.area)).or_default().push((index, row));
        }
        for (_, mut rows) in groups {
            rows.sort_by_key(|(_, row)| row.valid_from);
            for pair in rows.windows(2) {
                let [(_, earlier), (index, later)] = pair else { continue };
                let place = table.place(*index, "valid_from");
                match earlier.valid_to {
                    Some(last) if last < later.valid_from => {
                        if last.tomorrow().is_ok_and(|next| next < later.valid_from) {
                            let message = format!(
                                "参数“{}”在 {last} 之后、{} 之前没有规定",
                                later.key, later.valid_from
                            );
                            self.problems.warning(&table.file, place, "parameter-gap", message, None);
                        }
                    }
                    _ => {
                        let message = format!("参数“{}”在 {} 有两行同时生效", later.key, later.valid_from);
                        let hint = Some("给前一行写上 valid_to".to_owned());
                        self.problems.error(&table.file, place, "parameter-overlap", message, hint);
                    }
                }
            }
        }
    }

    fn unused_parameters(&mut self, system: &SystemDraft, table: &Table<ParameterRow>) {
        if !self.complete(Kind::Rules) {
            return;
        }
        let rules = system.rules.iter().flat_map(|declared| &declared.value.rules);
        let rules: Vec<&AlarmRule> = rules.collect();
        let mut told = BTreeSet::new();
        for (index, row) in table.values().enumerate() {
            let used = rules.iter().any(|rule| names(rule, &row.key));
            if !used && told.insert(row.key.as_str()) {
                let message = format!("没有规则用到参数“{}”", row.key);
                let place = table.place(index, "key");
                self.problems.warning(&table.file, place, "unused-parameter", message, None);
            }
        }
    }
}

/// The day from which a newer version of the rule holds.
fn replaced(rule: &AlarmRule, rules: &[AlarmRule]) -> Option<Date> {
    let newer = rules.iter().filter(|other| other.name == rule.name && other.version > rule.version);
    newer.map(|other| other.version).min()
}

/// Whether the rule names the parameter, in a condition at least as a word.
fn names(rule: &AlarmRule, key: &str) -> bool {
    let thresholds = [&rule.above, &rule.below].into_iter().flatten();
    let limits = thresholds.flat_map(|threshold| [Some(&threshold.limit), threshold.clear.as_ref()]);
    let rates = rule.rate.iter().flat_map(|rate| [rate.rises.as_ref(), rate.falls.as_ref()]);
    let word = format!("param.{}", crate::rules::condition_name(key));
    let mut texts = [&rule.when, &rule.clear_when].into_iter().flatten();
    limits.chain(rates).flatten().any(|named| named == key) || texts.any(|text| text.contains(&word))
}
