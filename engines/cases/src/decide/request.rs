//! Requests: asked by one, decided by another — extension, return, suspension, exclusion.

use baotu_pack::RequestRule;
use baotu_pack::procedure::{Effect, Request};
use baotu_vocabulary::{Actor, DecisionId, Moment, RequestId, RequestName};
use serde_json::{Map, Value as Json};

use super::form;
use super::take::{closes, current, handles};
use super::turn::{Recorded, Turn, TurnOf, condition_failed};
use crate::case::{CaseState, RETURNS_COUNTER, RequestRun, RequestState};
use crate::contracts::{RequestGranted, RequestRefused, Requested};
use crate::declaration::{Declaration, Place, Seat};
use crate::outcome::{DecisionKind, Gathered, Outcome};
use crate::refusal::TakeRefused;

/// A request that an actor makes.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// The id of the decision.
    pub decision: DecisionId,
    /// The version of the case that the actor has read.
    pub version: i64,
    /// Which request.
    pub request: RequestName,
    /// What was filled in.
    pub form: Map<String, Json>,
}

/// The decision on a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The id of the decision.
    pub decision: DecisionId,
    /// The version of the case that the actor has read.
    pub version: i64,
    /// The request.
    pub request: RequestId,
    /// Granted or refused.
    pub grant: bool,
    /// What was filled in.
    pub form: Map<String, Json>,
}

/// Asks for something that another decides.
///
/// # Errors
/// Why it cannot be asked; the case is unchanged then.
pub fn request(
    state: &CaseState,
    declaration: &Declaration<'_>,
    ask: &Ask,
    actor: &Actor,
    gathered: &Gathered,
    now: Moment,
) -> Result<Outcome, TakeRefused> {
    current(state, ask.version)?;
    let procedure = declaration.procedure;
    let unknown = || TakeRefused::NotOffered(ask.request.to_string());
    let declared = procedure.request(&ask.request).ok_or_else(unknown)?;
    let rule = procedure.request_rule(&ask.request).ok_or_else(unknown)?;
    may_ask(state, declaration, declared, actor, now)?;
    check_reason(rule, &ask.form)?;
    let of = TurnOf {
        declaration: *declaration,
        state: state.clone(),
        actor,
        gathered,
        decision: ask.decision,
        now,
    };
    let mut turn = Turn::new(of);
    if let Some(condition) = &rule.condition {
        let holds = condition.holds(&turn.variables(&ask.form)).map_err(|fault| condition_failed(&fault))?;
        if !holds {
            return Err(TakeRefused::NotOffered(declared.title.clone()));
        }
    }
    turn.grant_refused(&ask.request, &rule.on_grant, &ask.form)?;
    turn.ask(declared, &ask.form);
    turn.record(Recorded {
        kind: DecisionKind::Request,
        take: ask.request.as_str(),
        title: &declared.title,
        task: None,
        form: ask.form.clone(),
        form_of: Some((rule.form.name(), rule.form.hash())),
        opinion: form::opinion(&ask.form),
        since: state.lead_since.unwrap_or(state.opened_at),
    });
    Ok(turn.finish())
}

/// Whether the actor may ask for it now, whatever they fill in.
pub(crate) fn may_ask(
    state: &CaseState,
    declaration: &Declaration<'_>,
    declared: &Request,
    actor: &Actor,
    now: Moment,
) -> Result<(), TakeRefused> {
    let offered = state.open_tasks().any(|task| {
        let mut here = declaration.procedure.requests_in(&task.step);
        here.any(|request| request.name == declared.name)
    });
    if !offered {
        return Err(TakeRefused::NotOffered(declared.title.clone()));
    }
    if !declaration.seat(&declared.who, state).admits(actor) {
        return Err(TakeRefused::NotYours(declared.title.clone()));
    }
    if state.designated && returns_case(declared) {
        return Err(TakeRefused::Designated);
    }
    if state.open_requests().any(|request| request.name == declared.name) {
        return Err(TakeRefused::AlreadyAsked(declared.title.clone()));
    }
    if let Some(max) = declared.granted_max {
        let granted =
            |request: &&RequestRun| request.name == declared.name && request.state == RequestState::Granted;
        if state.requests.iter().filter(granted).count() >= usize::from(max) {
            return Err(TakeRefused::GrantedOftenEnough { request: declared.title.clone(), max });
        }
    }
    if let Some(key) = &declared.within {
        let since = state.lead_since.unwrap_or(state.opened_at);
        if let Some(window) = declaration.timer(key, state, since).filter(|window| now > window.due.at) {
            return Err(TakeRefused::TooLate { limit: window.limit.to_string() });
        }
    }
    Ok(())
}

/// Whether granting it counts as a return (退单).
fn returns_case(declared: &Request) -> bool {
    let counts = |effect: &Effect| matches!(effect, Effect::Count { counter } if counter == RETURNS_COUNTER);
    declared.on_grant.iter().any(counts)
}

fn check_reason(rule: &RequestRule, filled: &Map<String, Json>) -> Result<(), TakeRefused> {
    form::check(Some(&rule.form), filled)?;
    if form::text(filled, "reason").is_none() {
        return Err(TakeRefused::FormInvalid(vec![("reason".to_owned(), "请填写理由".to_owned())]));
    }
    Ok(())
}

/// Grants or refuses what was asked for.
///
/// # Errors
/// Why it was not decided; the case is unchanged then.
pub fn decide_request(
    state: &CaseState,
    declaration: &Declaration<'_>,
    answer: &Answer,
    actor: &Actor,
    gathered: &Gathered,
    now: Moment,
) -> Result<Outcome, TakeRefused> {
    current(state, answer.version)?;
    let asked = state.request(answer.request).filter(|request| request.state == RequestState::Asked);
    let asked = asked.ok_or(TakeRefused::NotOpen)?;
    let procedure = declaration.procedure;
    let unknown = || TakeRefused::NotOffered(asked.name.to_string());
    let declared = procedure.request(&asked.name).ok_or_else(unknown)?;
    let rule = procedure.request_rule(&asked.name).ok_or_else(unknown)?;
    may_decide(declaration, state, declared, asked, actor)?;
    let effects = if answer.grant { &rule.on_grant } else { &rule.on_refusal };
    if closes(effects) && handles(state, actor) {
        return Err(TakeRefused::WhoHandlesNeverCloses);
    }
    form::check(rule.decision_form.as_ref(), &answer.form)?;
    let of = TurnOf {
        declaration: *declaration,
        state: state.clone(),
        actor,
        gathered,
        decision: answer.decision,
        now,
    };
    let mut turn = Turn::new(of);
    turn.answer(asked, answer);
    let mut both = asked.form.clone();
    both.extend(answer.form.clone());
    turn.say_answer(declared, asked, answer.grant);
    turn.apply_all(effects, &both)?;
    match declared.granted_to.as_ref().filter(|_| answer.grant) {
        Some(to) => turn.move_case(to)?,
        None => turn.show_status(),
    }
    turn.record(Recorded {
        kind: if answer.grant { DecisionKind::Grant } else { DecisionKind::Refuse },
        take: asked.name.as_str(),
        title: &declared.title,
        task: None,
        form: answer.form.clone(),
        form_of: rule.decision_form.as_ref().map(|form| (form.name(), form.hash())),
        opinion: form::opinion(&answer.form),
        since: asked.asked_at,
    });
    Ok(turn.finish())
}

/// Whether the actor may decide the request: the role and unit declared, and never the unit that asks.
pub(crate) fn may_decide(
    declaration: &Declaration<'_>,
    state: &CaseState,
    declared: &Request,
    asked: &RequestRun,
    actor: &Actor,
) -> Result<(), TakeRefused> {
    if !declaration.seat(&declared.decided_by, state).admits(actor) {
        return Err(TakeRefused::NotYours(declared.title.clone()));
    }
    let own =
        actor.as_official().is_some_and(|official| asked.asked_by.unit.as_ref() == Some(&official.unit))
            || (actor.person().is_some() && actor.person() == asked.asked_by.person);
    if own { Err(TakeRefused::OwnRequest) } else { Ok(()) }
}

impl Turn<'_> {
    fn ask(&mut self, declared: &Request, filled: &Map<String, Json>) {
        let id = self.ids.next(RequestId::new);
        let Seat { role, place } = self.declaration.seat(&declared.decided_by, &self.state);
        let decider_unit = match place {
            Place::Units(units) => units.into_iter().next(),
            Place::AnyUnit | Place::Reporter(_) | Place::ResidentBut(_) => None,
        };
        self.state.requests.push(RequestRun {
            id,
            name: declared.name.clone(),
            state: RequestState::Asked,
            asked_by: self.party.clone(),
            asked_at: self.now,
            form: filled.clone(),
            decider_unit: decider_unit.clone(),
            decider_role: role,
            timer: declared.limit.as_ref().and_then(|key| self.timer(key)),
            overdue_at: None,
            decided_by: None,
            decided_at: None,
            decision_form: None,
        });
        self.request = Some(id);
        self.say(&Requested {
            request_id: id,
            request: declared.name.clone(),
            request_title: declared.title.clone(),
            unit: self.party.unit.clone(),
            decider_unit,
        });
    }

    fn answer(&mut self, asked: &RequestRun, answer: &Answer) {
        self.request = Some(asked.id);
        let (now, party) = (self.now, self.party.clone());
        if let Some(request) = self.state.requests.iter_mut().find(|request| request.id == asked.id) {
            request.state = if answer.grant { RequestState::Granted } else { RequestState::Refused };
            request.decided_by = Some(party);
            request.decided_at = Some(now);
            request.decision_form = Some(answer.form.clone());
        }
    }

    fn say_answer(&mut self, declared: &Request, asked: &RequestRun, granted: bool) {
        let (request_id, request) = (asked.id, asked.name.clone());
        let (request_title, unit) = (declared.title.clone(), asked.asked_by.unit.clone());
        if granted {
            self.say(&RequestGranted { request_id, request, request_title, unit });
        } else {
            self.say(&RequestRefused { request_id, request, request_title, unit });
        }
    }
}
