//! The check of one rule against what it names: types of things, properties, parameters, units, conditions.
//!
//! It knows no file, so that a rule can be tried before it is published; where a mistake stands is told as a path.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use baotu_vocabulary::{PropertyName, SystemName};
use jiff::civil::Date;

use crate::condition::{Condition, ConditionProblem, Scope};
use crate::nearest::nearest;
use crate::parameters::Parameters;
use crate::types::Type;

use super::compiled::{CompiledAlarmRule, Content, ObservedProperty, Test, condition_name};
use super::{
    AlarmRule, HOLD_SECONDS_MAX, MAX_AGE_SECONDS, MISSING_SECONDS_MAX, Missing, RATE_SECONDS_MAX, Rate,
    STORM_FROM_MIN, STORM_SECONDS_MAX, Threshold,
};

/// What a rule may name.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// The properties by name.
    pub properties: BTreeMap<&'a str, KnownProperty<'a>>,
    /// The types of things by name, each with the properties that are observed.
    pub types: BTreeMap<&'a str, Vec<&'a str>>,
    /// Some declaration of these could not be read: a name that is not there is not called unknown.
    pub incomplete: bool,
    /// The same of the parameters.
    pub parameters_incomplete: bool,
}

/// A property as rules need it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KnownProperty<'a> {
    /// Shown.
    pub title: &'a str,
    /// Its unit; empty for a number without one.
    pub unit: &'a str,
    /// Decimals that are shown.
    pub decimals: u8,
}

/// What is wrong in a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// A stable name of the kind of mistake, kebab-case.
    pub code: &'static str,
    /// Where in the rule: names of its fields, such as `["above", "limit"]`.
    pub path: Vec<&'static str>,
    /// Line and column, from 1, within the text of a condition.
    pub within: Option<(usize, usize)>,
    /// What is wrong.
    pub message: String,
    /// How to mend it.
    pub hint: Option<String>,
}

/// Checks a version of a rule of `system`; `replaced` is the day from which a newer version holds. The rule is there when
/// nothing is wrong with it.
pub fn check(
    rule: &AlarmRule,
    system: &SystemName,
    known: &Known<'_>,
    parameters: &Arc<Parameters>,
    today: Date,
    replaced: Option<Date>,
) -> (Option<CompiledAlarmRule>, Vec<RuleProblem>) {
    // A version is looked at on the newest day on which it is, or will be, in force.
    let last = replaced.and_then(|day| day.yesterday().ok()).map_or(today, |last| last.min(today));
    let day = rule.version.max(last);
    let mut check = Check { rule, known, parameters, day, observed: Vec::new(), problems: Vec::new() };
    let test = check.test();
    check.times();
    check.group();
    let Check { observed, problems, .. } = check;
    let compiled = test.filter(|_| problems.is_empty()).map(|test| CompiledAlarmRule {
        content: Arc::new(Content {
            declared: rule.clone(),
            system: system.clone(),
            properties: observed,
            test,
            parameters: Arc::clone(parameters),
        }),
    });
    (compiled, problems)
}

struct Check<'a> {
    rule: &'a AlarmRule,
    known: &'a Known<'a>,
    parameters: &'a Parameters,
    day: Date,
    observed: Vec<ObservedProperty>,
    problems: Vec<RuleProblem>,
}

impl Check<'_> {
    fn tell(&mut self, path: &[&'static str], code: &'static str, message: String, hint: Option<String>) {
        self.problems.push(RuleProblem { code, path: path.to_vec(), within: None, message, hint });
    }

    fn unknown<'n>(
        &mut self,
        path: &[&'static str],
        code: &'static str,
        noun: &str,
        name: &str,
        names: impl Iterator<Item = &'n str>,
    ) {
        let hint = nearest(name, names).map(|near| format!("是否应为“{near}”"));
        self.tell(path, code, format!("没有名为“{name}”的{noun}"), hint);
    }

    /// What the rule tests; a rule tests exactly one thing.
    fn test(&mut self) -> Option<Test> {
        let rule = self.rule;
        let known = self.known;
        if !known.types.contains_key(rule.watches.as_str()) && !known.incomplete {
            let names = known.types.keys().copied();
            self.unknown(&["watches"], "unknown-thing-type", "设备类型", rule.watches.as_str(), names);
        }
        let kinds = [
            rule.above.is_some(),
            rule.below.is_some(),
            rule.rate.is_some(),
            rule.missing.is_some(),
            rule.when.is_some(),
        ];
        let given = kinds.iter().filter(|given| **given).count();
        if given != 1 {
            let message = format!("一条规则只判断一件事，这里写了 {given} 件");
            let hint = Some("在 above、below、rate、missing、when 中写一个".to_owned());
            self.tell(&["name"], "rule-kind", message, hint);
            return None;
        }
        if rule.when.is_none() {
            for (given, path) in [
                (rule.clear_when.is_some(), "clear_when"),
                (rule.max_age_seconds.is_some(), "max_age_seconds"),
            ] {
                if given {
                    self.tell(&[path], "rule-field", format!("“{path}”只与 when 一起用"), None);
                }
            }
        }
        if let Some(threshold) = &rule.above {
            return self.threshold("above", threshold, true);
        }
        if let Some(threshold) = &rule.below {
            return self.threshold("below", threshold, false);
        }
        if let Some(rate) = &rule.rate {
            return self.rate(rate);
        }
        if let Some(missing) = &rule.missing {
            return self.missing(missing);
        }
        self.when(rule.when.as_deref()?)
    }

    /// A property of the type that the rule watches; its unit.
    fn property(&mut self, path: &[&'static str], name: &PropertyName) -> Option<String> {
        let known = self.known;
        let Some(property) = known.properties.get(name.as_str()) else {
            if !known.incomplete {
                let names = known.properties.keys().copied();
                self.unknown(path, "unknown-property", "属性", name.as_str(), names);
            }
            return None;
        };
        if let Some(own) = known.types.get(self.rule.watches.as_str())
            && !own.contains(&name.as_str())
        {
            let message = format!("“{}”没有属性“{name}”", self.rule.watches);
            let hint = Some(format!("它有：{}", own.join("、")));
            self.tell(path, "foreign-property", message, hint);
        }
        let (title, unit) = (property.title.to_owned(), property.unit.to_owned());
        let decimals = property.decimals;
        self.observed.push(ObservedProperty { name: name.clone(), title, unit: unit.clone(), decimals });
        Some(unit)
    }

    /// A key of the parameters with a row for these things in force; all its rows must have the unit, if one is given.
    fn parameter(&mut self, path: &[&'static str], key: &str, unit: Option<&str>) {
        let (parameters, kind) = (self.parameters, &self.rule.watches);
        let mut rows = parameters.of(key, kind).peekable();
        if rows.peek().is_none() {
            if !self.known.parameters_incomplete {
                let keys = parameters.keys();
                let noun = format!("参数（parameters.csv，适用于“{kind}”）");
                self.unknown(path, "unknown-parameter", &noun, key, keys.into_iter());
            }
            return;
        }
        let day = self.day;
        if !rows.any(|row| row.in_force(day)) {
            let message = format!("参数“{key}”在 {day} 没有生效的值");
            let hint = Some("在 parameters.csv 中补上这一天生效的一行".to_owned());
            self.tell(path, "parameter-not-in-force", message, hint);
        }
        let other =
            unit.and_then(|unit| Some((unit, parameters.of(key, kind).find(|row| row.unit != unit)?)));
        if let Some((unit, row)) = other {
            let message = format!("参数“{key}”的单位是“{}”，属性的单位是“{unit}”", row.unit);
            let hint = Some("换算成属性的单位再写".to_owned());
            self.tell(path, "unit-mismatch", message, hint);
        }
    }

    fn threshold(&mut self, field: &'static str, threshold: &Threshold, above: bool) -> Option<Test> {
        let unit = self.property(&[field, "property"], &threshold.property);
        self.parameter(&[field, "limit"], &threshold.limit, unit.as_deref());
        if let Some(clear) = &threshold.clear {
            self.parameter(&[field, "clear"], clear, unit.as_deref());
            self.sides(field, &threshold.limit, clear, above);
        }
        let (limit, clear) = (threshold.limit.clone(), threshold.clear.clone());
        Some(if above { Test::Above { limit, clear } } else { Test::Below { limit, clear } })
    }

    /// The alarm must end on the normal side of the limit, in every area.
    fn sides(&mut self, field: &'static str, limit: &str, clear: &str, above: bool) {
        let (parameters, kind, day) = (self.parameters, &self.rule.watches, self.day);
        let rows = parameters.of(limit, kind).chain(parameters.of(clear, kind));
        let areas: BTreeSet<Option<&str>> = rows.map(|row| row.area.as_deref()).chain([None]).collect();
        let value = |key: &str, areas: &[&str]| parameters.choose(key, kind, areas, day).map(|row| row.value);
        let wrong = areas.into_iter().find_map(|area| {
            let areas: Vec<&str> = area.into_iter().collect();
            let (limit, clear) = (value(limit, &areas)?, value(clear, &areas)?);
            let wrong = if above { clear > limit } else { clear < limit };
            wrong.then_some((limit, clear))
        });
        if let Some((limit_value, clear_value)) = wrong {
            let (over, side) = if above { ("高于", "不高于") } else { ("低于", "不低于") };
            let message = format!(
                "解除值“{clear}”（{clear_value}）{over}限值“{limit}”（{limit_value}），报警会一升即降"
            );
            let hint = Some(format!("解除值应{side}限值"));
            self.tell(&[field, "clear"], "clear-beyond-limit", message, hint);
        }
    }

    fn rate(&mut self, rate: &Rate) -> Option<Test> {
        let unit = self.property(&["rate", "property"], &rate.property);
        let within_seconds = rate.within_seconds;
        self.seconds(&["rate", "within_seconds"], within_seconds, 1, RATE_SECONDS_MAX);
        match (&rate.rises, &rate.falls) {
            (Some(limit), None) => {
                self.parameter(&["rate", "rises"], limit, unit.as_deref());
                Some(Test::Rises { limit: limit.clone(), within_seconds })
            }
            (None, Some(limit)) => {
                self.parameter(&["rate", "falls"], limit, unit.as_deref());
                Some(Test::Falls { limit: limit.clone(), within_seconds })
            }
            _ => {
                let message = "变化率要写 rises 或 falls 之一".to_owned();
                let hint = Some("上升和下降都要报警时，写成两条规则".to_owned());
                self.tell(&["rate"], "rate-direction", message, hint);
                None
            }
        }
    }

    fn missing(&mut self, missing: &Missing) -> Option<Test> {
        self.seconds(&["missing", "after_seconds"], missing.after_seconds, 1, MISSING_SECONDS_MAX);
        // Silence has its own time, and ends with the first reading.
        for (seconds, path) in
            [(self.rule.hold_seconds, "hold_seconds"), (self.rule.clear_seconds, "clear_seconds")]
        {
            if seconds > 0 {
                let hint = Some("把时间写在 after_seconds".to_owned());
                self.tell(&[path], "rule-field", format!("缺数规则不另写 {path}"), hint);
            }
        }
        match &missing.property {
            Some(name) => {
                self.property(&["missing", "property"], name);
            }
            None => {
                let own = self.known.types.get(self.rule.watches.as_str()).cloned().unwrap_or_default();
                for name in own {
                    self.property(&["missing"], &PropertyName::from(name));
                }
            }
        }
        Some(Test::Missing { after_seconds: missing.after_seconds })
    }

    fn when(&mut self, text: &str) -> Option<Test> {
        let rule = self.rule;
        let own = self.known.types.get(rule.watches.as_str())?;
        let known: Vec<&str> =
            own.iter().copied().filter(|name| self.known.properties.contains_key(name)).collect();
        let kind = &rule.watches;
        let keys: BTreeSet<&str> = self.parameters.keys();
        let keys: Vec<&str> =
            keys.into_iter().filter(|key| self.parameters.of(key, kind).next().is_some()).collect();
        let numbers = keys.iter().map(|key| (condition_name(key), Type::Double)).collect();
        let scope = known
            .iter()
            .fold(Scope::new(), |scope, name| scope.with(condition_name(name), Type::Double))
            .with("param", Type::Record(numbers));
        let when = self.condition("when", text, &scope);
        let clear = rule.clear_when.as_deref().map(|text| self.condition("clear_when", text, &scope));
        let (when, clear) = (when?, clear.map_or(Some(None), |clear| clear.map(Some))?);
        let reads: BTreeSet<String> =
            when.reads().into_iter().chain(clear.iter().flat_map(Condition::reads)).collect();
        for name in known {
            if reads.contains(&condition_name(name)) {
                self.property(&["when"], &PropertyName::from(name));
            }
        }
        let own: BTreeSet<String> = own.iter().map(|name| condition_name(name)).collect();
        if !when.reads().iter().any(|path| own.contains(path)) {
            let message = "条件没有用到任何属性，永远不会变".to_owned();
            self.tell(&["when"], "condition-constant", message, None);
        }
        let whole = reads.contains("param");
        let read = |key: &&str| whole || reads.contains(&format!("param.{}", condition_name(key)));
        let keys: Vec<&str> = keys.into_iter().filter(read).collect();
        for key in &keys {
            self.parameter(&["when"], key, None);
        }
        let max_age_seconds = rule.max_age_seconds.unwrap_or(MAX_AGE_SECONDS);
        self.seconds(&["max_age_seconds"], max_age_seconds, 1, MISSING_SECONDS_MAX);
        let keys = keys.into_iter().map(str::to_owned).collect();
        Some(Test::When { when, clear, keys, max_age_seconds })
    }

    fn condition(&mut self, field: &'static str, text: &str, scope: &Scope) -> Option<Condition> {
        match Condition::compile(text, scope) {
            Ok(condition) => Some(condition),
            Err(ConditionProblem { code, line, column, message, hint }) => {
                let within = Some((line, column));
                self.problems.push(RuleProblem { code, path: vec![field], within, message, hint });
                None
            }
        }
    }

    fn times(&mut self) {
        self.seconds(&["hold_seconds"], self.rule.hold_seconds, 0, HOLD_SECONDS_MAX);
        self.seconds(&["clear_seconds"], self.rule.clear_seconds, 0, HOLD_SECONDS_MAX);
    }

    fn group(&mut self) {
        let Some(group) = &self.rule.group else { return };
        self.seconds(&["group", "window_seconds"], group.window_seconds, 1, STORM_SECONDS_MAX);
        if group.from < STORM_FROM_MIN {
            let message = format!("至少 {STORM_FROM_MIN} 起报警才算风暴，这里写了 {}", group.from);
            self.tell(&["group", "from"], "out-of-range", message, None);
        }
    }

    fn seconds(&mut self, path: &[&'static str], seconds: u32, least: u32, most: u32) {
        if !(least..=most).contains(&seconds) {
            let message = format!("时间应在 {least} 到 {most} 秒之间，这里是 {seconds}");
            self.tell(path, "out-of-range", message, None);
        }
    }
}
