//! How the steps of a procedure hang together: every step is reached, has somebody, leads to an end, and no case
//! goes round forever. And who handles never closes.

use std::collections::{BTreeSet, HashMap};

use baotu_vocabulary::{ActName, ExitName, StepName};

use crate::compiled::Rule;
use crate::document::keys;
use crate::problem::Place;
use crate::procedure::{Act, Effect, Exit, Step, UnitRelation, Who};

use super::Compiler;
use super::procedures::Site;

/// The rules of exits, as compiled.
pub(super) type ExitRules = HashMap<(StepName, ExitName), Rule>;
/// The rules of acts, as compiled.
pub(super) type ActRules = HashMap<ActName, Rule>;

/// What a condition may read that grows with every round, so that the way closes in the end.
const GROWING: [&str; 3] = ["case.redone", "case.extensions", "case.supervisions"];

/// A way from one step to another.
struct Way<'a> {
    from: &'a str,
    to: &'a str,
    /// Whether it closes by itself after some rounds.
    counted: bool,
}

impl Compiler<'_> {
    /// Checks the graph of a procedure whose names resolve.
    pub(super) fn flow(&mut self, site: Site<'_>, exits: &ExitRules, acts: &ActRules) {
        let ways = ways(site, exits, acts);
        self.reached(site, &ways);
        self.owners(site);
        self.ends(site, &ways);
        self.loops(site, &ways);
        self.joins(site, &ways);
        self.closing(site);
        self.reopening(site);
        self.supporting(site);
        self.statuses(site);
    }

    fn reached(&mut self, site: Site<'_>, ways: &[Way<'_>]) {
        let Some(entry) = entry(site) else { return };
        let reached = reach(entry, ways);
        for (index, step) in site.procedure.steps.iter().enumerate() {
            if !reached.contains(step.name.as_str()) {
                let message = format!("从“{entry}”走不到环节“{}”", step.name);
                let hint = Some("给它一个进来的出口，或删去它".to_owned());
                let place = step_place(site, index);
                self.problems.error(&site.document.file, place, "unreachable-step", message, hint);
            }
        }
    }

    fn owners(&mut self, site: Site<'_>) {
        for (index, step) in site.procedure.steps.iter().enumerate() {
            let place = step_place(site, index);
            let owned = |exit: &Exit| exit.who.is_some() || exit.after.is_some();
            if step.who.is_none() && !step.exits.iter().all(owned) {
                let message = format!("环节“{}”没有人负责", step.name);
                let hint = Some(r#"加 who = { role = "…", unit = "…" }"#.to_owned());
                self.problems.error(&site.document.file, place, "no-owner", message, hint);
            }
            if step.exits.is_empty() && (step.who.is_some() || step.limit.is_some()) {
                let message = format!("环节“{}”有人负责，却没有出口，案件会停在这里", step.name);
                let hint = Some("加 [[step.exit]]；若是终点，去掉 who 和 limit".to_owned());
                self.problems.error(&site.document.file, place, "no-exit", message, hint);
            }
        }
    }

    fn ends(&mut self, site: Site<'_>, ways: &[Way<'_>]) {
        let finals: BTreeSet<&str> = finals(site).map(|step| step.name.as_str()).collect();
        for (index, step) in site.procedure.steps.iter().enumerate() {
            if !reach(step.name.as_str(), ways).iter().any(|name| finals.contains(name)) {
                let message = format!("从环节“{}”走不到任何终点", step.name);
                let hint = Some("终点是没有出口的环节".to_owned());
                let place = step_place(site, index);
                self.problems.error(&site.document.file, place, "never-ends", message, hint);
            }
        }
    }

    /// Every way round must pass a step with `visits_max`, or an exit whose condition reads something that grows.
    fn loops(&mut self, site: Site<'_>, ways: &[Way<'_>]) {
        let steps = &site.procedure.steps;
        let limited =
            |name: &str| steps.iter().any(|step| step.name.as_str() == name && step.visits_max.is_some());
        let open: Vec<Way<'_>> = ways
            .iter()
            .filter(|way| !way.counted && !limited(way.from) && !limited(way.to))
            .map(|way| Way { ..*way })
            .collect();
        for (index, step) in steps.iter().enumerate() {
            let name = step.name.as_str();
            let round = open.iter().any(|way| way.from == name && reach(way.to, &open).contains(name));
            if round {
                let message = format!("案件可以无数次回到环节“{}”", step.name);
                let hint = Some("给环路上的一个环节加 visits_max，或让出口的条件读一个计数器".to_owned());
                let place = step_place(site, index);
                self.problems.error(&site.document.file, place, "endless-loop", message, hint);
            }
        }
    }

    fn joins(&mut self, site: Site<'_>, ways: &[Way<'_>]) {
        for (index, step) in
            site.procedure.steps.iter().enumerate().filter(|(_, step)| !step.joins.is_empty())
        {
            let file = &site.document.file;
            for (number, joined) in step.joins.iter().enumerate() {
                let leads_here =
                    ways.iter().any(|way| way.from == joined.as_str() && way.to == step.name.as_str());
                if !leads_here {
                    let place = site.document.place(keys!["step", index, "joins", number]);
                    let message = format!("环节“{joined}”没有通往“{}”的出口，会合永远等不到它", step.name);
                    self.problems.error(file, place, "join-never", message, None);
                }
            }
            if step.joins.len() > 1 && !forks(site).iter().any(|fork| fork_serves(fork, &step.joins, ways)) {
                let place = site.document.place(keys!["step", index, "joins"]);
                let message = format!("没有出口同时打开“{}”要会合的几个环节", step.name);
                let hint = Some(r#"用 to = ["甲", "乙"] 或 co-handle 开出并行的环节"#.to_owned());
                self.problems.error(file, place, "join-never", message, hint);
            }
        }
    }

    /// `close` leads to an end, an end is reached by `close`, and whoever handles is not who closes.
    fn closing(&mut self, site: Site<'_>) {
        let file = &site.document.file;
        let finals: BTreeSet<&str> = finals(site).map(|step| step.name.as_str()).collect();
        let closes = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Close { .. }));
        let co_handling: BTreeSet<&str> = co_handled(site).collect();
        for (index, step) in site.procedure.steps.iter().enumerate() {
            for (number, exit) in step.exits.iter().enumerate() {
                let to_end = exit.to.steps().iter().all(|name| finals.contains(name.as_str()));
                let place = site.document.place(keys!["step", index, "exit", number, "to"]);
                if closes(&exit.effects) && !to_end {
                    let message = format!("出口“{}”办结案件，却通往还有出口的环节", exit.name);
                    self.problems.error(file, place, "close-goes-on", message, None);
                }
                if to_end && !closes(&exit.effects) && !co_handling.contains(step.name.as_str()) {
                    let message = format!("出口“{}”通往终点，却没有说结果", exit.name);
                    let hint = Some(r#"加 effects = [{ do = "close", outcome = "…" }]"#.to_owned());
                    self.problems.error(file, place, "end-without-outcome", message, hint);
                }
                if closes(&exit.effects)
                    && exit.after.is_none()
                    && let Some(who) = exit.who.as_ref().or(step.who.as_ref())
                {
                    let place = site.document.place(keys!["step", index, "exit", number]);
                    self.separate(site, place, step.handles, who, exit.name.as_str());
                }
            }
        }
        for (index, act) in site.procedure.acts.iter().enumerate().filter(|(_, act)| closes(&act.effects)) {
            let place = site.document.place(keys!["act", index]);
            if !act.to.as_ref().is_some_and(|to| finals.contains(to.as_str())) {
                let message = format!("办理动作“{}”办结案件，却没有通往终点", act.name);
                let hint = Some(r#"加 to = "…"，写一个没有出口的环节"#.to_owned());
                self.problems.error(file, place, "close-goes-on", message, hint);
            }
            self.separate(site, place, false, &act.who, act.name.as_str());
        }
    }

    /// An act on an ended case opens it again when it leads on, and never ends it once more.
    fn reopening(&mut self, site: Site<'_>) {
        let file = &site.document.file;
        let finals: BTreeSet<&str> = finals(site).map(|step| step.name.as_str()).collect();
        let on_ended = |act: &Act| act.steps.iter().any(|step| finals.contains(step.as_str()));
        for (index, act) in site.procedure.acts.iter().enumerate().filter(|(_, act)| on_ended(act)) {
            let place = site.document.place(keys!["act", index]);
            let leads_on = act.to.as_ref().is_some_and(|to| !finals.contains(to.as_str()));
            if act.effects.iter().any(|effect| matches!(effect, Effect::Close { .. })) {
                let message = format!("办理动作“{}”在已经结束的案件上再办结", act.name);
                self.problems.error(file, place, "closes-twice", message, None);
            }
            if leads_on && !act.effects.contains(&Effect::Redo) {
                let message = format!("办理动作“{}”让已经结束的案件继续，却没有重办", act.name);
                let hint = Some(r#"加 effects = [{ do = "redo" }]"#.to_owned());
                self.problems.error(file, place, "reopens-without-redo", message, hint);
            }
        }
    }

    /// Residents support by an act of theirs, and by nothing else.
    fn supporting(&mut self, site: Site<'_>) {
        let file = &site.document.file;
        let supports = |effects: &[Effect]| effects.contains(&Effect::Support);
        for (index, step) in site.procedure.steps.iter().enumerate() {
            for (number, _) in step.exits.iter().enumerate().filter(|(_, exit)| supports(&exit.effects)) {
                let place = site.document.place(keys!["step", index, "exit", number]);
                self.problems.error(file, place, "support-elsewhere", "随报只能是办理动作".to_owned(), None);
            }
        }
        for (index, act) in site.procedure.acts.iter().enumerate() {
            if supports(&act.effects) && act.who.unit != UnitRelation::Resident {
                let place = site.document.place(keys!["act", index]);
                let message = format!("“{}”记随报，却不由居民来做", act.name);
                let hint = Some(r#"写 who = { unit = "resident" }"#.to_owned());
                self.problems.error(file, place, "support-elsewhere", message, hint);
            }
        }
    }

    fn separate(&mut self, site: Site<'_>, place: Place, handles: bool, who: &Who, name: &str) {
        let by_handling_unit = matches!(who.unit, UnitRelation::Lead | UnitRelation::CoHandling);
        let same = |step: &&Step| step.handles && step.who.as_ref() == Some(who);
        let same_people = site.procedure.steps.iter().any(|step| same(&step));
        if handles || by_handling_unit || same_people {
            let message = format!("“{name}”办结案件，却由承办的一方来做");
            let hint = Some("承办的不办结：换成受理、监督一方的角色和单位".to_owned());
            self.problems.error(&site.document.file, place, "handler-closes", message, hint);
        }
    }

    fn statuses(&mut self, site: Site<'_>) {
        for (index, step) in site.procedure.steps.iter().enumerate() {
            if !crate::procedure::STATUSES.contains(&step.shows.as_str()) {
                let place = site.document.place(keys!["step", index, "shows"]);
                let message = format!("“{}”不是对外的状态", step.shows);
                let hint = Some(format!("可用：{}", crate::procedure::STATUSES.join(" ")));
                self.problems.error(&site.document.file, place, "unknown-status", message, hint);
            }
        }
    }
}

fn step_place(site: Site<'_>, index: usize) -> Place {
    site.document.place(keys!["step", index, "name"])
}

fn entry(site: Site<'_>) -> Option<&str> {
    let first = || site.procedure.steps.first().map(|step| step.name.as_str());
    site.procedure.procedure.entry.as_ref().map(StepName::as_str).or_else(first)
}

fn finals<'a>(site: Site<'a>) -> impl Iterator<Item = &'a Step> {
    site.procedure.steps.iter().filter(|step| step.exits.is_empty())
}

/// The steps in which an act or a request may be taken.
fn standing<'a>(site: Site<'a>, declared: &'a [StepName]) -> Vec<&'a str> {
    if declared.is_empty() {
        let open = site.procedure.steps.iter().filter(|step| !step.exits.is_empty());
        open.map(|step| step.name.as_str()).collect()
    } else {
        declared.iter().map(StepName::as_str).collect()
    }
}

/// The steps in which co-handling units work.
fn co_handled<'a>(site: Site<'a>) -> impl Iterator<Item = &'a str> {
    let procedure = site.procedure;
    let exits = procedure.steps.iter().flat_map(|step| &step.exits).flat_map(|exit| &exit.effects);
    let acts = procedure.acts.iter().flat_map(|act| &act.effects);
    let requests =
        procedure.requests.iter().flat_map(|request| request.on_grant.iter().chain(&request.on_refusal));
    exits.chain(acts).chain(requests).filter_map(|effect| match effect {
        Effect::CoHandle { step } => Some(step.as_str()),
        _ => None,
    })
}

fn ways<'a>(site: Site<'a>, exits: &ExitRules, acts: &ActRules) -> Vec<Way<'a>> {
    let procedure = site.procedure;
    let mut ways = Vec::new();
    for step in &procedure.steps {
        for exit in &step.exits {
            let rule = exits.get(&(step.name.clone(), exit.name.clone()));
            let counted = grows(rule, &exit.effects);
            for to in exit.to.steps().iter().map(StepName::as_str) {
                ways.push(Way { from: step.name.as_str(), to, counted });
            }
        }
    }
    for act in &procedure.acts {
        let counted = grows(acts.get(&act.name), &act.effects);
        for from in standing(site, &act.steps) {
            ways.extend(act.to.iter().map(|to| Way { from, to: to.as_str(), counted }));
            ways.extend(co_handle(&act.effects).map(|to| Way { from, to, counted: true }));
        }
    }
    for request in &procedure.requests {
        for from in standing(site, &request.steps) {
            let counted = request.granted_max.is_some();
            ways.extend(request.granted_to.iter().map(|to| Way { from, to: to.as_str(), counted }));
            ways.extend(co_handle(&request.on_grant).map(|to| Way { from, to, counted: true }));
        }
    }
    for step in &procedure.steps {
        for exit in &step.exits {
            let from = step.name.as_str();
            ways.extend(co_handle(&exit.effects).map(|to| Way { from, to, counted: true }));
        }
    }
    ways
}

fn co_handle(effects: &[Effect]) -> impl Iterator<Item = &str> {
    effects.iter().filter_map(|effect| match effect {
        Effect::CoHandle { step } => Some(step.as_str()),
        _ => None,
    })
}

/// Whether a way closes after some rounds: its condition reads something that grows.
fn grows(rule: Option<&Rule>, effects: &[Effect]) -> bool {
    let Some(condition) = rule.and_then(|rule| rule.condition.as_ref()) else { return false };
    let raised: Vec<String> = effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Count { counter } => Some(format!("case.counters.{counter}")),
            _ => None,
        })
        .collect();
    condition.reads().iter().any(|path| GROWING.contains(&path.as_str()) || raised.contains(path))
}

/// The steps that can be reached from one, itself among them.
fn reach<'a>(from: &'a str, ways: &[Way<'a>]) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::from([from]);
    let mut left = vec![from];
    while let Some(step) = left.pop() {
        for way in ways.iter().filter(|way| way.from == step) {
            if reached.insert(way.to) {
                left.push(way.to);
            }
        }
    }
    reached
}

/// The sets of steps that are open at the same time: branches of an exit, and a step beside which others co-handle.
fn forks<'a>(site: Site<'a>) -> Vec<Vec<&'a str>> {
    let procedure = site.procedure;
    let mut forks: Vec<Vec<&'a str>> = Vec::new();
    for exit in procedure.steps.iter().flat_map(|step| &step.exits) {
        forks.push(exit.to.steps().iter().map(StepName::as_str).chain(co_handle(&exit.effects)).collect());
    }
    let acts = procedure.acts.iter().map(|act| (&act.steps, &act.effects));
    let requests = procedure.requests.iter().map(|request| (&request.steps, &request.on_grant));
    for (steps, effects) in acts.chain(requests) {
        for step in standing(site, steps) {
            forks.push(std::iter::once(step).chain(co_handle(effects)).collect());
        }
    }
    forks.retain(|fork| fork.len() > 1);
    forks
}

/// Whether each joined step can be reached from a branch of its own.
fn fork_serves<'a>(fork: &[&'a str], joins: &[StepName], ways: &[Way<'a>]) -> bool {
    let reached: Vec<BTreeSet<&str>> = fork.iter().map(|branch| reach(branch, ways)).collect();
    assign(joins, &reached, &mut vec![false; fork.len()])
}

/// Gives each join another branch that reaches it; a handful of branches, so trying all is quick.
fn assign(joins: &[StepName], reached: &[BTreeSet<&str>], taken: &mut Vec<bool>) -> bool {
    let [join, rest @ ..] = joins else { return true };
    for branch in 0..reached.len() {
        if !taken[branch] && reached[branch].contains(join.as_str()) {
            taken[branch] = true;
            if assign(rest, reached, taken) {
                return true;
            }
            taken[branch] = false;
        }
    }
    false
}
