//! Time limits: rows that hold together, a row for every case, and deadlines that can be met.

use std::collections::{BTreeMap, BTreeSet};

use baotu_vocabulary::WorkUnit;
use jiff::civil::Date;

use crate::document::{Key, keys};
use crate::limits::Limits;
use crate::load::{Kind, SystemDraft};
use crate::problem::Place;
use crate::procedure::{Clock, Effect, LimitRow, Procedure};
use crate::table::Table;

use super::Compiler;
use super::procedures::Site;

/// A limit on one of three scales that can't be compared with each other.
#[derive(Clone, Copy, PartialEq)]
enum Span {
    /// Hours of the clock.
    Clock(f64),
    /// Hours in which offices are open.
    Office(f64),
    /// Days of the calendar, moved by days off.
    Days(f64),
}

impl Span {
    fn of(row: &LimitRow, office_hours: f64) -> Option<Self> {
        let limit = row.limit()?;
        let amount = f64::from(limit.amount());
        Some(match limit.unit() {
            WorkUnit::Minutes => Self::Clock(amount / 60.0),
            WorkUnit::UrgentHours => Self::Clock(amount),
            WorkUnit::WorkHours => Self::Office(amount),
            WorkUnit::WorkDays => Self::Office(amount * office_hours),
            WorkUnit::CalendarDays => Self::Days(amount),
        })
    }

    /// Both amounts when they are on one scale.
    fn beside(self, other: Self) -> Option<(f64, f64)> {
        match (self, other) {
            (Self::Clock(a), Self::Clock(b))
            | (Self::Office(a), Self::Office(b))
            | (Self::Days(a), Self::Days(b)) => Some((a, b)),
            _ => None,
        }
    }
}

/// A kind of case for which limits are chosen: category (a prefix is enough) and level.
type Sort<'a> = (&'a str, &'a str);

/// The limits of a system as they are on a day.
struct Dated<'a> {
    limits: &'a Limits,
    day: Date,
    /// Hours in which offices are open on a working day.
    office_hours: f64,
}

impl Dated<'_> {
    fn span(&self, key: &str, (category, level): Sort<'_>) -> Option<Span> {
        Span::of(self.limits.choose(key, category, level, self.day)?.row, self.office_hours)
    }
}

impl<'a> Compiler<'a> {
    /// The rows of a system's `limits.csv` by themselves.
    pub(super) fn limit_rows(&mut self, system: &SystemDraft) {
        let Some(table) = &system.limits else { return };
        let levels: BTreeSet<&str> = system
            .procedures
            .iter()
            .flat_map(|declared| &declared.value.procedure.levels)
            .map(String::as_str)
            .collect();
        let tables: Vec<&str> =
            system.procedures.iter().map(|declared| declared.value.procedure.categories.as_str()).collect();
        for (index, row) in table.values().enumerate() {
            let file = table.file.as_str();
            if row.unit.parse::<WorkUnit>().is_err() {
                let message = format!("没有名为“{}”的时限单位", row.unit);
                let hint =
                    Some("可用：minutes、urgent-hours、work-hours、work-days、calendar-days".to_owned());
                self.problems.error(file, table.place(index, "unit"), "bad-limit-unit", message, hint);
            } else if row.limit().is_none() {
                let message = format!("时限 {} 过大", row.amount);
                self.problems.error(file, table.place(index, "amount"), "out-of-range", message, None);
            }
            if row.amount == 0 {
                let message = format!("时限“{}”为 0，一开始就超时", row.key);
                self.problems.error(file, table.place(index, "amount"), "zero-limit", message, None);
            }
            self.period(file, table.place(index, "valid_to"), row.valid_from, row.valid_to);
            if !row.level.is_empty() && !levels.is_empty() && !levels.contains(row.level.as_str()) {
                let known = levels.iter().copied();
                let at = (file, table.place(index, "level"));
                super::names::unknown(&mut self.problems, at, "unknown-level", "紧急程度", &row.level, known);
            }
            let codes: Vec<_> = tables.iter().filter_map(|table| self.names.codes.get(table)).collect();
            let known = codes.iter().any(|codes| codes.keys().any(|code| code.starts_with(&row.category)));
            if !row.category.is_empty() && !codes.is_empty() && !known && self.complete(Kind::Codes) {
                let message = format!("没有以“{}”开头的类别", row.category);
                self.problems.error(file, table.place(index, "category"), "unknown-category", message, None);
            }
        }
        self.overlaps(table);
        self.unused_limits(system, table);
    }

    /// A period must not end before it begins.
    pub(super) fn period(&mut self, file: &str, place: Place, from: Date, to: Option<Date>) {
        if let Some(to) = to.filter(|to| *to < from) {
            let message = format!("失效日期 {to} 早于生效日期 {from}");
            self.problems.error(file, place, "bad-period", message, None);
        }
    }

    fn overlaps(&mut self, table: &Table<LimitRow>) {
        let mut groups: BTreeMap<_, Vec<(usize, &LimitRow)>> = BTreeMap::new();
        for (index, row) in table.values().enumerate() {
            groups
                .entry((row.key.as_str(), row.category.as_str(), row.level.as_str()))
                .or_default()
                .push((index, row));
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
                                "时限“{}”在 {last} 之后、{} 之前没有规定",
                                later.key, later.valid_from
                            );
                            self.problems.warning(&table.file, place, "limit-gap", message, None);
                        }
                    }
                    _ => {
                        let message = format!("时限“{}”在 {} 有两行同时生效", later.key, later.valid_from);
                        let hint = Some("给前一行写上 valid_to".to_owned());
                        self.problems.error(&table.file, place, "limit-overlap", message, hint);
                    }
                }
            }
        }
    }

    fn unused_limits(&mut self, system: &SystemDraft, table: &Table<LimitRow>) {
        let used: BTreeSet<&str> = system
            .procedures
            .iter()
            .flat_map(|declared| used_keys(&declared.value))
            .map(|(key, _)| key)
            .collect();
        let mut told = BTreeSet::new();
        for (index, row) in table.values().enumerate() {
            if !used.contains(row.key.as_str()) && self.complete(Kind::Procedures) && told.insert(&row.key) {
                let message = format!("没有流程用到时限“{}”", row.key);
                self.problems.warning(&table.file, table.place(index, "key"), "unused-limit", message, None);
            }
        }
    }

    /// Whether every case of a procedure has its limits, and whether they can be met.
    pub(super) fn deadlines(&mut self, site: Site<'_>, limits: &Limits) {
        let day = self.today.max(site.procedure.procedure.version);
        self.every_case(site, limits, day);
        let dated = Dated { limits, day, office_hours: self.office_hours_a_day() };
        let rows = limits.rows();
        let categories: BTreeSet<&str> =
            rows.iter().map(|row| row.category.as_str()).chain(std::iter::once("")).collect();
        let levels = levels_of(site.procedure);
        let sorts: Vec<Sort<'_>> = categories
            .iter()
            .flat_map(|category| levels.iter().map(move |level| (*category, *level)))
            .collect();
        for (index, clock) in site.procedure.clocks.iter().enumerate() {
            if clock.starts_in.is_empty() && !started_by_effect(site.procedure, clock) {
                let place = site.document.place(keys!["clock", index]);
                let message = format!("时限“{}”从不开始", clock.name);
                self.problems.error(&site.document.file, place, "clock-never-starts", message, None);
            }
            self.warning_in_time(site, &dated, (index, clock), &sorts);
            self.stages_fit(site, &dated, (index, clock), &sorts);
        }
        self.asked_in_time(site, &dated, &sorts);
    }

    fn every_case(&mut self, site: Site<'_>, limits: &Limits, day: Date) {
        let levels = levels_of(site.procedure);
        let leaves = self.leaves(&site.procedure.procedure.categories, day);
        for (key, at) in used_keys(site.procedure) {
            let mut rows = limits.rows().iter().filter(|row| row.key == key).peekable();
            if rows.peek().is_none() || rows.any(|row| row.limit().is_none()) {
                continue;
            }
            let without = levels.iter().find_map(|level| {
                if limits.choose(key, "", level, day).is_some() {
                    return None;
                }
                let without = |code: &&&str| limits.choose(key, code, level, day).is_none();
                match leaves.iter().find(without) {
                    Some(code) => Some(format!("类别 {code}，{level}")),
                    None if leaves.is_empty() => Some((*level).to_owned()),
                    None => None,
                }
            });
            if let Some(without) = without {
                let message = format!("时限“{key}”在 {day} 没有覆盖所有案件，例如：{without}");
                let hint = Some("加一行类别和紧急程度都空着的".to_owned());
                let place = site.document.place(&at);
                self.problems.error(&site.document.file, place, "limit-missing", message, hint);
            }
        }
    }

    /// The codes of a table below which nothing stands.
    fn leaves(&self, table: &str, day: Date) -> Vec<&'a str> {
        let Some(codes) = self.names.codes.get(table) else { return Vec::new() };
        let in_force = codes.values().flatten().filter(|row| row.in_force(day));
        let parents: BTreeSet<&str> = codes
            .values()
            .flatten()
            .filter_map(|row| row.parent.as_ref())
            .map(|code| code.as_str())
            .collect();
        let mut leaves: Vec<&str> =
            in_force.map(|row| row.code.as_str()).filter(|code| !parents.contains(code)).collect();
        leaves.sort_unstable();
        leaves
    }

    fn warning_in_time(
        &mut self,
        site: Site<'_>,
        limits: &Dated<'_>,
        (index, clock): (usize, &Clock),
        sorts: &[Sort<'_>],
    ) {
        let Some(before) = &clock.warn_before else { return };
        let late = sorts.iter().find_map(|sort| {
            let (ahead, whole) = limits.span(before, *sort)?.beside(limits.span(&clock.limit, *sort)?)?;
            (ahead >= whole).then_some(*sort)
        });
        if let Some(sort) = late {
            let message = format!("“{}”的黄牌提前量不小于时限本身（{}）", clock.title, sort_name(sort));
            let place = site.document.place(keys!["clock", index, "warn_before"]);
            self.problems.error(&site.document.file, place, "warning-before-start", message, None);
        }
    }

    /// The shortest way from a start of the clock to its end, each step with its whole stage limit, must fit into it.
    fn stages_fit(
        &mut self,
        site: Site<'_>,
        limits: &Dated<'_>,
        (index, clock): (usize, &Clock),
        sorts: &[Sort<'_>],
    ) {
        for sort in sorts {
            let Some(whole) = limits.span(&clock.limit, *sort) else { continue };
            let stages = |key: &str| {
                let (stage, _) = limits.span(key, *sort)?.beside(whole)?;
                Some(stage)
            };
            let Some(sum) = shortest(site.procedure, clock, &stages) else { continue };
            let Some((whole, _)) = whole.beside(whole) else { continue };
            if sum > whole {
                let message = format!(
                    "各环节时限之和（{sum} 小时）超过“{}”（{whole} 小时），{}",
                    clock.title,
                    sort_name(*sort)
                );
                let place = site.document.place(keys!["clock", index, "limit"]);
                self.problems.error(&site.document.file, place, "stages-over-limit", message, None);
                return;
            }
        }
    }

    fn asked_in_time(&mut self, site: Site<'_>, limits: &Dated<'_>, sorts: &[Sort<'_>]) {
        for (index, request) in site.procedure.requests.iter().enumerate() {
            let Some(within) = &request.within else { continue };
            // A clock that an act may stop measures something else than the handling, the first contact for example.
            let governs = |clock: &&Clock| {
                let starts = clock.starts_in.iter().any(|step| request.steps.contains(step));
                let ends = clock.ends_in.iter().any(|step| request.steps.contains(step));
                (starts || request.steps.is_empty()) && !ends && !stopped_by_act(site.procedure, clock)
            };
            for clock in site.procedure.clocks.iter().filter(governs) {
                let late = sorts.iter().find_map(|sort| {
                    let within = limits.span(within, *sort)?;
                    let (within, whole) = within.beside(limits.span(&clock.limit, *sort)?)?;
                    (within > whole).then_some(*sort)
                });
                if let Some(sort) = late {
                    let message = format!(
                        "“{}”可以在“{}”到期之后申请（{}）",
                        request.title,
                        clock.title,
                        sort_name(sort)
                    );
                    let place = site.document.place(keys!["request", index, "within"]);
                    self.problems.error(&site.document.file, place, "within-after-limit", message, None);
                    break;
                }
            }
        }
    }

    /// How long offices are open on a working day, by the first season of `city.toml`.
    fn office_hours_a_day(&self) -> f64 {
        const ALL_DAY: f64 = 24.0;
        let city = self.draft.city.as_ref();
        let hours =
            city.and_then(|city| super::calendar::season_hours(city.value.office_hours.first()?).ok());
        hours.map_or(ALL_DAY, |hours| {
            let open = hours
                .spans
                .iter()
                .filter_map(|(open, close)| open.until(*close).ok()?.total(jiff::Unit::Hour).ok());
            open.sum()
        })
    }
}

fn sort_name((category, level): Sort<'_>) -> String {
    match (category, level) {
        ("", "") => "所有案件".to_owned(),
        ("", level) => level.to_owned(),
        (category, "") => format!("类别 {category}"),
        (category, level) => format!("类别 {category}，{level}"),
    }
}

fn levels_of(procedure: &Procedure) -> Vec<&str> {
    let levels: Vec<&str> = procedure.procedure.levels.iter().map(String::as_str).collect();
    if levels.is_empty() { vec![""] } else { levels }
}

/// The keys of `limits.csv` that a procedure names, and where.
fn used_keys(procedure: &Procedure) -> Vec<(&str, Vec<Key<'static>>)> {
    let mut used: Vec<(&str, Vec<Key<'static>>)> = Vec::new();
    for (index, step) in procedure.steps.iter().enumerate() {
        used.extend(step.limit.as_deref().map(|key| (key, keys!["step", index, "limit"].to_vec())));
        for (number, exit) in step.exits.iter().enumerate() {
            let at = keys!["step", index, "exit", number, "after"];
            used.extend(exit.after.as_deref().map(|key| (key, at.to_vec())));
            used.extend(
                maxima(&exit.effects)
                    .map(|key| (key, keys!["step", index, "exit", number, "effects"].to_vec())),
            );
        }
    }
    for (index, act) in procedure.acts.iter().enumerate() {
        used.extend(act.within.as_deref().map(|key| (key, keys!["act", index, "within"].to_vec())));
        used.extend(maxima(&act.effects).map(|key| (key, keys!["act", index, "effects"].to_vec())));
    }
    for (index, request) in procedure.requests.iter().enumerate() {
        used.extend(request.within.as_deref().map(|key| (key, keys!["request", index, "within"].to_vec())));
        used.extend(request.limit.as_deref().map(|key| (key, keys!["request", index, "limit"].to_vec())));
        used.extend(maxima(&request.on_grant).map(|key| (key, keys!["request", index, "on_grant"].to_vec())));
        used.extend(
            maxima(&request.on_refusal).map(|key| (key, keys!["request", index, "on_refusal"].to_vec())),
        );
    }
    for (index, clock) in procedure.clocks.iter().enumerate() {
        used.push((&clock.limit, keys!["clock", index, "limit"].to_vec()));
        used.extend(
            clock.warn_before.as_deref().map(|key| (key, keys!["clock", index, "warn_before"].to_vec())),
        );
    }
    used
}

fn maxima(effects: &[Effect]) -> impl Iterator<Item = &str> {
    effects.iter().filter_map(|effect| match effect {
        Effect::ExtendClock { max, .. } => Some(max.as_str()),
        _ => None,
    })
}

fn started_by_effect(procedure: &Procedure, clock: &Clock) -> bool {
    let exits = procedure.steps.iter().flat_map(|step| &step.exits).flat_map(|exit| &exit.effects);
    let acts = procedure.acts.iter().flat_map(|act| &act.effects);
    let requests =
        procedure.requests.iter().flat_map(|request| request.on_grant.iter().chain(&request.on_refusal));
    exits
        .chain(acts)
        .chain(requests)
        .any(|effect| matches!(effect, Effect::StartClock { clock: name } if *name == clock.name))
}

fn stopped_by_act(procedure: &Procedure, clock: &Clock) -> bool {
    let mut effects = procedure.acts.iter().flat_map(|act| &act.effects);
    effects.any(|effect| matches!(effect, Effect::StopClock { clock: name } if *name == clock.name))
}

/// The least sum of stage limits on a way from a start of the clock to an end of it.
fn shortest(procedure: &Procedure, clock: &Clock, stage: &impl Fn(&str) -> Option<f64>) -> Option<f64> {
    let cost = |name: &str| {
        let step = procedure.steps.iter().find(|step| step.name.as_str() == name)?;
        Some((step, step.limit.as_deref().and_then(stage).unwrap_or(0.0)))
    };
    let mut best: BTreeMap<&str, f64> = BTreeMap::new();
    let mut left: Vec<&str> = Vec::new();
    for start in &clock.starts_in {
        best.insert(start.as_str(), cost(start.as_str())?.1);
        left.push(start.as_str());
    }
    let mut ended: Option<f64> = None;
    while let Some(name) = left.pop() {
        let sum = best[name];
        let (step, _) = cost(name)?;
        for to in step.exits.iter().flat_map(|exit| exit.to.steps()) {
            if clock.ends_in.contains(to) {
                ended = Some(ended.map_or(sum, |earlier| earlier.min(sum)));
                continue;
            }
            let Some((_, own)) = cost(to.as_str()) else { continue };
            let there = sum + own;
            if best.get(to.as_str()).is_none_or(|known| there < *known) {
                best.insert(to.as_str(), there);
                left.push(to.as_str());
            }
        }
    }
    ended
}
