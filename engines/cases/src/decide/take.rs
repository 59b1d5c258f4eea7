//! Taking an exit of a step, or doing an act in it.

use baotu_pack::procedure::{Act, Effect, Exit};
use baotu_pack::{Rule, RuleEffect};
use baotu_vocabulary::{ActName, Actor, ActorKind, DecisionId, ExitName, Moment, TaskId};
use serde_json::{Map, Value as Json};

use super::form;
use super::turn::{Recorded, Turn, TurnOf, condition_failed};
use crate::case::{CaseState, Task};
use crate::clock::Timer;
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, Gathered, Outcome};
use crate::refusal::TakeRefused;

/// What an actor asks to be done.
#[derive(Clone, Debug, PartialEq)]
pub struct Take {
    /// The id of the decision.
    pub decision: DecisionId,
    /// The version of the case that the actor has read.
    pub version: i64,
    /// The task, where several open ones offer the same.
    pub task: Option<TaskId>,
    /// The exit or act.
    pub take: String,
    /// What was filled in.
    pub form: Map<String, Json>,
}

/// An exit or act that a case offers now, to whomever.
#[derive(Clone, Copy)]
pub(crate) enum Taken<'a> {
    Exit { task: &'a Task, exit: &'a Exit, rule: &'a Rule },
    Act { act: &'a Act, rule: &'a Rule },
}

/// What has to be gathered before a decision can be made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// The case that the form's `lead_case` names.
    pub lead_case: bool,
    /// Where the form's `place` is.
    pub located: bool,
    /// How many linked cases of kind `sub` are open.
    pub subcases: bool,
}

/// What to gather before taking `take`; nothing when the case does not offer it.
pub fn needs(state: &CaseState, declaration: &Declaration<'_>, take: &str) -> Needs {
    let effects = found(state, declaration, take).into_iter().flat_map(|taken| taken.rule().effects.iter());
    let mut needs = Needs { subcases: has_subcases(state), ..Needs::default() };
    for rule in effects {
        match &rule.effect {
            Effect::Merge => needs.lead_case = true,
            Effect::Set { field, .. } if field == "place" => needs.located = true,
            _ => {}
        }
    }
    needs
}

fn has_subcases(state: &CaseState) -> bool {
    state.links.iter().any(|link| link.outgoing && link.kind == baotu_pack::procedure::LinkKind::Sub)
}

/// Takes an exit or does an act.
///
/// # Errors
/// Why it was not taken; the case is unchanged then.
pub fn decide(
    state: &CaseState,
    declaration: &Declaration<'_>,
    take: &Take,
    actor: &Actor,
    gathered: &Gathered,
    now: Moment,
) -> Result<Outcome, TakeRefused> {
    current(state, take.version)?;
    let taken = choose(state, declaration, take, actor)?;
    let rule = taken.rule();
    if closes(&rule.effects) && handles(state, actor) {
        return Err(TakeRefused::WhoHandlesNeverCloses);
    }
    if let Some(window) = taken.window(state, declaration).filter(|window| now > window.due.at) {
        return Err(TakeRefused::TooLate { limit: window.limit.to_string() });
    }
    form::check(rule.form.as_ref(), &take.form)?;
    let of = TurnOf {
        declaration: *declaration,
        state: state.clone(),
        actor,
        gathered,
        decision: take.decision,
        now,
    };
    let mut turn = Turn::new(of);
    if let Some(condition) = &rule.condition {
        let holds = condition.holds(&turn.variables(&take.form)).map_err(|fault| condition_failed(&fault))?;
        if !holds {
            return Err(TakeRefused::NotOffered(taken.title().to_owned()));
        }
    }
    turn.note_actor(&taken, &take.form);
    turn.apply_all(&rule.effects, &take.form)?;
    turn.go(&taken)?;
    turn.record(Recorded {
        kind: taken.kind(),
        take: &take.take,
        title: taken.title(),
        task: taken.task().map(|task| task.id),
        form: take.form.clone(),
        form_of: rule.form.as_ref().map(|form| (form.name(), form.hash())),
        opinion: form::opinion(&take.form),
        since: taken.task().map_or(state.opened_at, |task| task.since),
    });
    Ok(turn.finish())
}

/// The decision was made on the case as it is now.
pub(crate) fn current(state: &CaseState, version: i64) -> Result<(), TakeRefused> {
    if version == state.version {
        Ok(())
    } else {
        Err(TakeRefused::StaleVersion { given: version, current: state.version })
    }
}

/// Every exit and act of that name in the steps where the case stands.
pub(crate) fn found<'a>(state: &'a CaseState, declaration: &Declaration<'a>, take: &str) -> Vec<Taken<'a>> {
    let procedure = declaration.procedure;
    let exits = state.open_tasks().filter_map(|task| {
        let name = ExitName::from(take);
        let exit = procedure.exit(&task.step, &name).filter(|exit| exit.after.is_none())?;
        Some(Taken::Exit { task, exit, rule: procedure.exit_rule(&task.step, &name)? })
    });
    let mut all: Vec<Taken<'a>> = exits.collect();
    let name = ActName::from(take);
    let here = state.open_tasks().map(|task| &task.step).chain(state.last_step());
    let offered = here.into_iter().any(|step| procedure.acts_in(step).any(|act| act.name == name));
    if let (true, Some(act), Some(rule)) = (offered, procedure.act(&name), procedure.act_rule(&name)) {
        all.push(Taken::Act { act, rule });
    }
    all
}

fn choose<'a>(
    state: &'a CaseState,
    declaration: &Declaration<'a>,
    take: &Take,
    actor: &Actor,
) -> Result<Taken<'a>, TakeRefused> {
    let mut all = found(state, declaration, &take.take);
    if let Some(id) = take.task {
        if !state.open_tasks().any(|task| task.id == id) {
            return Err(TakeRefused::NotOpen);
        }
        all.retain(|taken| taken.task().is_none_or(|task| task.id == id));
    }
    let Some(title) = all.first().map(|taken| taken.title().to_owned()) else {
        return Err(TakeRefused::NotOffered(take.take.clone()));
    };
    let mut own = all.into_iter().filter(|taken| taken.admits(state, declaration, actor));
    match (own.next(), own.next()) {
        (Some(taken), None) => Ok(taken),
        (None, _) => Err(TakeRefused::NotYours(title)),
        // The city acts for the case as a whole; a person has to say for whom.
        (Some(taken), Some(_)) if matches!(actor.kind, ActorKind::City { .. }) => Ok(taken),
        (Some(_), Some(_)) => Err(TakeRefused::TaskNeeded(title)),
    }
}

impl<'a> Taken<'a> {
    pub(crate) const fn rule(&self) -> &'a Rule {
        match self {
            Self::Exit { rule, .. } | Self::Act { rule, .. } => rule,
        }
    }

    pub(crate) fn title(&self) -> &'a str {
        match self {
            Self::Exit { exit, .. } => &exit.title,
            Self::Act { act, .. } => &act.title,
        }
    }

    /// The time within which an act may be done: from the end of an ended case, else from its opening.
    pub(crate) fn window(&self, state: &CaseState, declaration: &Declaration<'_>) -> Option<Timer> {
        let Self::Act { act, .. } = self else { return None };
        declaration.timer(act.within.as_ref()?, state, state.closed_at.unwrap_or(state.opened_at))
    }

    pub(crate) const fn task(&self) -> Option<&'a Task> {
        match self {
            Self::Exit { task, .. } => Some(task),
            Self::Act { .. } => None,
        }
    }

    const fn kind(&self) -> DecisionKind {
        match self {
            Self::Exit { .. } => DecisionKind::Exit,
            Self::Act { .. } => DecisionKind::Act,
        }
    }

    /// Whether the actor may take it: an exit's own `who` stands in the place of its step's.
    pub(crate) fn admits(&self, state: &CaseState, declaration: &Declaration<'_>, actor: &Actor) -> bool {
        match self {
            Self::Exit { task, exit, .. } => match &exit.who {
                Some(who) => declaration.seat(who, state).admits(actor),
                None => declaration.may_work(actor, task),
            },
            Self::Act { act, .. } => declaration.seat(&act.who, state).admits(actor),
        }
    }
}

/// Whether these effects close the case.
pub(crate) fn closes(effects: &[RuleEffect]) -> bool {
    effects.iter().any(|rule| matches!(rule.effect, Effect::Close { .. }))
}

/// Whether the actor handled the case, or their unit does: they never close it.
pub(crate) fn handles(state: &CaseState, actor: &Actor) -> bool {
    actor.as_official().is_some_and(|official| {
        state.handlers.people.contains(&official.person) || state.is_handled_by(&official.unit)
    })
}

impl Turn<'_> {
    /// What the case keeps of who decides and when, whatever is decided.
    fn note_actor(&mut self, taken: &Taken<'_>, filled: &Map<String, Json>) {
        let handled = taken
            .task()
            .is_some_and(|task| self.procedure().step(&task.step).is_some_and(|step| step.handles));
        if let Some(official) = self.actor.as_official() {
            if handled && !self.state.handlers.people.contains(&official.person) {
                self.state.handlers.people.push(official.person);
            }
            if self.state.intake_unit.is_none() {
                self.state.intake_unit = Some(official.unit.clone());
            }
        }
        let calls_back = taken.rule().effects.iter().any(|rule| rule.effect == Effect::CallBack);
        if !calls_back && form::answer(filled, "contacted") {
            self.state.contacted_at.get_or_insert(self.now);
        }
    }

    pub(crate) fn go(&mut self, taken: &Taken<'_>) -> Result<(), TakeRefused> {
        match taken {
            Taken::Exit { task, exit, .. } => self.move_task(task.id, exit.to.steps()),
            Taken::Act { act, .. } => match &act.to {
                Some(to) => self.move_case(to),
                None => {
                    self.show_status();
                    Ok(())
                }
            },
        }
    }
}
