//! Cases that follow others: opened by an effect, or ended with the case they were joined to.

use baotu_pack::procedure::LinkKind;
use baotu_vocabulary::{Actor, DecisionId, ExitName, Moment};
use serde_json::Map;

use super::opening::{open, shared_fields};
use super::take::Taken;
use super::turn::{Recorded, Turn, TurnOf};
use crate::case::{CaseState, Link};
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, Gathered, LinkedOpening, Opening, Outcome};
use crate::refusal::OpenRefused;

/// The exit that a case joined to another takes once that one is closed.
pub const EXIT_FOLLOW: &str = "follow";

/// Opens the case that a decision on another one asked for: it takes over what its own procedure has room for.
///
/// # Errors
/// The other procedure does not take it: the category is unknown there, its form wants more.
pub fn open_linked(
    target: &Declaration<'_>,
    linked: &LinkedOpening,
    number: String,
    now: Moment,
) -> Result<Outcome, OpenRefused> {
    let head = target.procedure.head();
    let from = &linked.from_state;
    let declared =
        |value: &Option<String>, offered: &[String]| value.clone().filter(|value| offered.contains(value));
    let mut form = shared_fields(target.procedure.intake(), &from.form);
    for own in ["category", "level", "kind", "channel"] {
        form.remove(own);
    }
    let opening = Opening {
        id: linked.id,
        number,
        decision: linked.decision,
        category: linked.category.clone(),
        level: declared(&Some(from.level.clone()), &head.levels),
        kind: declared(&from.kind, &head.kinds),
        channel: linked.channel.clone().or_else(|| declared(&from.channel, &head.channels)),
        title: from.title.clone(),
        text: from.text.clone(),
        place: from.place.clone(),
        form,
        reporter: None,
        confidential: from.confidential,
        synthetic: from.synthetic,
        intake_unit: linked.intake_unit.clone(),
        link: Some(Link { case: linked.from, kind: linked.link, outgoing: false, at: now }),
        source: None,
    };
    let by = format!("link:{}", from.number);
    open(target, opening, &Actor::city(by), now)
}

/// Ends a case with the one it was joined to, by the exit [`EXIT_FOLLOW`] of the step it waits in.
///
/// Nothing when it was not joined to it, has gone on alone, or its step has no such exit.
pub fn follow(
    state: &CaseState,
    declaration: &Declaration<'_>,
    lead: &CaseState,
    decision: DecisionId,
    now: Moment,
) -> Option<Outcome> {
    let joined = state.lead_case == Some(lead.id)
        && state.links.iter().any(|link| link.kind == LinkKind::Merged && link.case == lead.id);
    if !joined || !state.is_open() || lead.is_open() {
        return None;
    }
    let name = ExitName::from(EXIT_FOLLOW);
    let task = state.open_tasks().find(|task| declaration.procedure.exit(&task.step, &name).is_some())?;
    let exit = declaration.procedure.exit(&task.step, &name)?;
    let rule = declaration.procedure.exit_rule(&task.step, &name)?;
    let actor = Actor::city(format!("lead-case:{}", lead.number));
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
    turn.state.resolution.clone_from(&lead.resolution);
    turn.state.resolved_at = lead.resolved_at;
    turn.apply_all(&rule.effects, &Map::new()).ok()?;
    turn.go(&Taken::Exit { task, exit, rule }).ok()?;
    turn.public = true;
    turn.record(Recorded {
        kind: DecisionKind::Exit,
        take: EXIT_FOLLOW,
        title: &exit.title,
        task: Some(task.id),
        form: Map::new(),
        form_of: None,
        opinion: lead.resolution.as_ref().and_then(|resolution| resolution.public_reply.clone()),
        since: task.since,
    });
    Some(turn.finish())
}
