//! What time does by itself: yellow and red cards, stage limits, exits that take themselves, corrected due times.

use baotu_pack::procedure::Effect;
use baotu_vocabulary::{Actor, ClockName, DecisionId, ExitName, Moment, StepName, TaskId, UnitCode};
use serde_json::Map;

use crate::case::{Card, CardColour, CaseState};
use crate::contracts::{ClockOverdue, ClockWarned, DueCorrected, RequestOverdue, StepOverdue};
use crate::decide::{Recorded, Taken, Turn, TurnOf};
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, Gathered, Outcome};

/// What acts when time does, in records.
const BY: &str = "clock";
/// The most that time does to one case in one turn; the rest is done in the next.
const ACTS_MAX: usize = 16;

/// Something that is due.
enum Act {
    Warn(ClockName),
    Overdue(ClockName),
    StepOverdue(TaskId, StepName, Option<UnitCode>),
    RequestOverdue(baotu_vocabulary::RequestId),
    Exit(TaskId, ExitName),
}

/// Does what is due at `now`; nothing when nothing is.
pub fn sweep(
    state: &CaseState,
    declaration: &Declaration<'_>,
    gathered: &Gathered,
    decision: DecisionId,
    now: Moment,
) -> Option<Outcome> {
    let actor = Actor::city(BY);
    let of =
        TurnOf { declaration: *declaration, state: state.clone(), actor: &actor, gathered, decision, now };
    let mut turn = Turn::new(of);
    let mut acted = false;
    for _ in 0..ACTS_MAX {
        let Some(act) = due(&turn.state, declaration, now) else { break };
        turn.act_of_time(act);
        acted = true;
    }
    acted.then(|| turn.finish())
}

/// Computes the due times that were provisional again; nothing when none of them changed.
pub fn recompute_provisional(
    state: &CaseState,
    declaration: &Declaration<'_>,
    decision: DecisionId,
    now: Moment,
) -> Option<Outcome> {
    let actor = Actor::city("calendar");
    let gathered = Gathered::default();
    let of = TurnOf {
        declaration: *declaration,
        state: state.clone(),
        actor: &actor,
        gathered: &gathered,
        decision,
        now,
    };
    let mut turn = Turn::new(of);
    let calendar = declaration.pack.calendar();
    let mut changed = false;
    turn.each_timer(|timer| {
        if timer.due.provisional {
            changed |= timer.recompute(calendar);
        }
    });
    if !changed {
        return None;
    }
    turn.say(&DueCorrected { before: state.due().map(|due| due.at) });
    turn.record(recorded("due-corrected", "期限重新计算", state.opened_at));
    Some(turn.finish())
}

/// The first thing that is due: what was due longest ago.
fn due(state: &CaseState, declaration: &Declaration<'_>, now: Moment) -> Option<Act> {
    let calendar = declaration.pack.calendar();
    let mut due: Vec<(Moment, Act)> = Vec::new();
    for clock in state.clocks.iter().filter(|clock| clock.is_running() && clock.overdue_at.is_none()) {
        if let Some(at) = clock.warn_at(calendar).filter(|_| clock.warned_at.is_none()) {
            due.push((at, Act::Warn(clock.name.clone())));
        }
        if let Some(at) = clock.timer.over_at() {
            due.push((at, Act::Overdue(clock.name.clone())));
        }
    }
    for task in state.open_tasks() {
        if let Some(at) =
            task.timer.as_ref().and_then(|timer| timer.over_at()).filter(|_| task.overdue_at.is_none())
        {
            due.push((at, Act::StepOverdue(task.id, task.step.clone(), task.unit.clone())));
        }
        for timed in &task.timed_exits {
            if let Some(at) = timed.timer.over_at() {
                due.push((at, Act::Exit(task.id, timed.exit.clone())));
            }
        }
    }
    for request in state.open_requests().filter(|request| request.overdue_at.is_none()) {
        if let Some(at) = request.timer.as_ref().and_then(|timer| timer.over_at()) {
            due.push((at, Act::RequestOverdue(request.id)));
        }
    }
    due.into_iter().filter(|(at, _)| *at <= now).min_by_key(|(at, _)| *at).map(|(_, act)| act)
}

fn recorded<'a>(take: &'a str, title: &'a str, since: Moment) -> Recorded<'a> {
    Recorded {
        kind: DecisionKind::Clock,
        take,
        title,
        task: None,
        form: Map::new(),
        form_of: None,
        opinion: None,
        since,
    }
}

impl Turn<'_> {
    fn act_of_time(&mut self, act: Act) {
        match act {
            Act::Warn(clock) => self.card(&clock, CardColour::Yellow),
            Act::Overdue(clock) => self.card(&clock, CardColour::Red),
            Act::StepOverdue(task, step, unit) => {
                let now = self.now;
                let found = self.state.tasks.iter_mut().find(|open| open.id == task);
                let since = found.map_or(now, |task| {
                    task.overdue_at = Some(now);
                    task.since
                });
                self.say(&StepOverdue { overdue_step: step, unit });
                self.record(recorded("step-overdue", "环节超时", since));
            }
            Act::RequestOverdue(id) => {
                let now = self.now;
                let Some(request) = self.state.requests.iter_mut().find(|request| request.id == id) else {
                    return;
                };
                request.overdue_at = Some(now);
                let (name, unit, since) =
                    (request.name.clone(), request.decider_unit.clone(), request.asked_at);
                self.say(&RequestOverdue { request_id: id, request: name, decider_unit: unit });
                self.record(recorded("request-overdue", "审批超时", since));
            }
            Act::Exit(task, exit) => self.exit_of_time(task, &exit),
        }
    }

    fn card(&mut self, name: &ClockName, colour: CardColour) {
        let now = self.now;
        let Some(clock) = self.state.running_clock_mut(name) else { return };
        match colour {
            CardColour::Yellow => clock.warned_at = Some(now),
            CardColour::Red => clock.overdue_at = Some(now),
        }
        let (clock_due_at, since) = (clock.timer.due.at, clock.timer.started_at);
        let count = self.state.cards.iter().filter(|card| card.colour == colour).count() + 1;
        let letter = if colour == CardColour::Yellow { 'Y' } else { 'R' };
        let card = format!("{}-{letter}{count}", self.state.number);
        let unit = self.state.lead_unit.clone();
        self.state.cards.push(Card { number: card.clone(), colour, clock: name.clone(), unit, at: now });
        let clock_title =
            self.procedure().clock(name).map_or_else(|| name.to_string(), |clock| clock.title.clone());
        let clock = name.clone();
        let (take, title) = match colour {
            CardColour::Yellow => {
                self.say(&ClockWarned { clock, clock_title, card, clock_due_at });
                ("yellow-card", "黄牌")
            }
            CardColour::Red => {
                self.say(&ClockOverdue { clock, clock_title, card, clock_due_at });
                ("red-card", "红牌")
            }
        };
        self.record(recorded(take, title, since));
    }

    /// Takes an exit whose time has run out. One that cannot be taken is not tried again: its step stays with whoever holds it.
    fn exit_of_time(&mut self, id: TaskId, name: &ExitName) {
        if let Some(task) = self.state.tasks.iter_mut().find(|task| task.id == id) {
            task.timed_exits.retain(|timed| timed.exit != *name);
        }
        let Some(task) = self.state.task(id).cloned() else { return };
        let procedure = self.procedure();
        let (Some(exit), Some(rule)) =
            (procedure.exit(&task.step, name), procedure.exit_rule(&task.step, name))
        else {
            return;
        };
        let variables = self.variables(&Map::new());
        let holds =
            rule.condition.as_ref().is_none_or(|condition| condition.holds(&variables).unwrap_or(false));
        if !holds {
            return;
        }
        let before = self.checkpoint();
        let taken = Taken::Exit { task: &task, exit, rule };
        let done = self.apply_all(&rule.effects, &Map::new()).and_then(|()| self.go(&taken));
        if done.is_err() {
            self.restore(before);
            return;
        }
        let merely_rests = rule.effects.iter().all(|rule| !matches!(rule.effect, Effect::Close { .. }));
        self.public |= !merely_rests;
        let entry = Recorded { task: Some(id), ..recorded(name.as_str(), &exit.title, task.since) };
        self.record(entry);
    }
}
