//! What holds for a thing on a day: the version of a rule with its numbers.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use baotu_pack::parameters::ParameterRow;
use baotu_pack::rules::{CompiledAlarmRule, Test, condition_name};
use baotu_vocabulary::{Moment, PropertyName, RuleName, ThingTypeName};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use crate::decide::Lasting;
use crate::thing::Watched;

/// Microseconds in a second.
const MICROS: i64 = 1_000_000;
/// Entries that are remembered at most: rule × area × day.
const REMEMBERED_MAX: usize = 20_000;

/// A version of a rule with the numbers that hold for a thing on a day.
#[derive(Clone, Debug)]
pub struct InForce {
    rule: CompiledAlarmRule,
    limit: Option<Arc<ParameterRow>>,
    others: Vec<Arc<ParameterRow>>,
    numbers: Map<String, Json>,
}

impl InForce {
    /// The rule with its numbers for a thing of `kind` in `areas`; none when a number does not hold on `day`.
    fn new(rule: &CompiledAlarmRule, kind: &ThingTypeName, areas: &[&str], day: Date) -> Option<Self> {
        let (mut limit, mut others, mut numbers) = (None, Vec::new(), Map::new());
        for used in rule.uses() {
            let row = rule.parameters().choose(used.key, kind, areas, day)?;
            numbers.insert(condition_name(used.key), row.value.into());
            if used.is_limit {
                limit = Some(Arc::clone(row));
            } else {
                others.push(Arc::clone(row));
            }
        }
        Some(Self { rule: rule.clone(), limit, others, numbers })
    }

    /// The rule.
    pub fn rule(&self) -> &CompiledAlarmRule {
        &self.rule
    }

    /// What it tests.
    pub fn test(&self) -> &Test {
        self.rule.test()
    }

    /// The row of the limit; none for silence and for conditions.
    pub fn limit(&self) -> Option<&ParameterRow> {
        self.limit.as_deref()
    }

    /// The row of the value at which the alarm ends, where it is not the limit.
    pub fn clear(&self) -> Option<&ParameterRow> {
        match self.test() {
            Test::Above { .. } | Test::Below { .. } => self.others.first().map(Arc::as_ref),
            _ => None,
        }
    }

    /// All rows that are used.
    pub fn rows(&self) -> impl Iterator<Item = &ParameterRow> {
        self.limit.iter().chain(&self.others).map(Arc::as_ref)
    }

    /// The numbers that a condition reads.
    pub(crate) const fn numbers(&self) -> &Map<String, Json> {
        &self.numbers
    }

    /// The limit; beyond everything where there is none.
    pub(crate) fn limit_value(&self) -> f64 {
        self.limit.as_ref().map_or(f64::INFINITY, |row| row.value)
    }

    /// Where the alarm ends.
    pub(crate) fn clear_value(&self) -> f64 {
        self.clear().map_or_else(|| self.limit_value(), |row| row.value)
    }

    /// The times of the rule.
    pub(crate) fn lasting(&self) -> Lasting {
        let rule = self.rule.declared();
        let silence = match self.test() {
            Test::Missing { after_seconds } => Some(i64::from(*after_seconds) * MICROS),
            _ => None,
        };
        let (hold, clear) = (i64::from(rule.hold_seconds) * MICROS, i64::from(rule.clear_seconds) * MICROS);
        Lasting { hold, clear, silence }
    }
}

/// What holds from a moment to another.
#[derive(Clone, Debug, Default)]
pub(crate) struct Span {
    /// The first moment of the day.
    pub(crate) from: Moment,
    /// The first moment of the next day.
    pub(crate) until: Moment,
    /// None where no version of the rule holds, or a number of it is not in force.
    pub(crate) in_force: Option<Arc<InForce>>,
}

type Key = (RuleName, ThingTypeName, Vec<String>, Date);

/// The versions of all rules, and the zone in which days begin.
#[derive(Debug)]
pub(crate) struct Rulebook {
    versions: BTreeMap<RuleName, Vec<CompiledAlarmRule>>,
    zone: TimeZone,
    known: HashMap<Key, Option<Arc<InForce>>>,
}

impl Rulebook {
    pub(crate) fn new(versions: BTreeMap<RuleName, Vec<CompiledAlarmRule>>, zone: TimeZone) -> Self {
        Self { versions, zone, known: HashMap::new() }
    }

    /// The rules of which a version watches things of `kind`.
    pub(crate) fn watching(&self, kind: &ThingTypeName) -> Vec<RuleName> {
        let watches = |versions: &[CompiledAlarmRule]| {
            versions.iter().any(|version| version.declared().watches == *kind)
        };
        self.versions.iter().filter(|(_, versions)| watches(versions)).map(|(name, _)| name.clone()).collect()
    }

    /// The series of a thing that some version of the rule looks at, not yet bound to a property.
    pub(crate) fn looked_at<'a>(
        &'a self,
        rule: &RuleName,
        thing: &'a Watched,
    ) -> impl Iterator<Item = (u32, Option<usize>)> + 'a {
        let versions = self.versions.get(rule).map(Vec::as_slice).unwrap_or_default();
        let looks = move |name: &PropertyName| {
            versions.iter().flat_map(CompiledAlarmRule::properties).any(|property| property.name == *name)
        };
        thing.series.iter().filter(move |(name, _)| looks(name)).map(|(_, series)| (*series, None))
    }

    /// The day on which a moment lies.
    pub(crate) fn day(&self, at: Moment) -> Date {
        at.timestamp().to_zoned_datetime(self.zone.clone()).date()
    }

    /// What holds for a thing on the day of `at`.
    pub(crate) fn at(&mut self, rule: &RuleName, thing: &Watched, at: Moment) -> Span {
        let day = self.day(at);
        let begins =
            |day: Date| day.to_zoned_datetime(self.zone.clone()).ok().map(|start| start.timestamp().into());
        let from: Moment = begins(day).unwrap_or(at);
        let until = day.tomorrow().ok().and_then(begins).unwrap_or(at.plus_micros(1));
        let key = (rule.clone(), thing.kind.clone(), thing.areas(), day);
        if let Some(known) = self.known.get(&key) {
            return Span { from, until, in_force: known.clone() };
        }
        let version = self
            .versions
            .get(rule)
            .and_then(|versions| versions.iter().rfind(|version| version.version() <= day))
            .filter(|version| version.declared().watches == thing.kind);
        let areas: Vec<&str> = key.2.iter().map(String::as_str).collect();
        let in_force = version.and_then(|version| InForce::new(version, &thing.kind, &areas, day));
        let in_force = in_force.map(Arc::new);
        if self.known.len() >= REMEMBERED_MAX {
            self.known.clear();
        }
        self.known.insert(key, in_force.clone());
        Span { from, until, in_force }
    }

    /// How far before a moment readings matter for what is decided then, in seconds: the longest time of any rule but
    /// silence, which is remembered by its newest reading alone.
    pub(crate) fn reach_seconds(&self) -> i64 {
        let reach = |version: &CompiledAlarmRule| {
            let rule = version.declared();
            let test = match version.test() {
                Test::Rises { within_seconds, .. } | Test::Falls { within_seconds, .. } => *within_seconds,
                Test::When { max_age_seconds, .. } => *max_age_seconds,
                _ => 0,
            };
            i64::from(rule.hold_seconds.max(rule.clear_seconds)) + i64::from(test)
        };
        self.versions.values().flatten().map(reach).max().unwrap_or(0)
    }
}
