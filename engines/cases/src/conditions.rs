//! What conditions see: the records `case`, `form` and `actor` of `pack::scope`, as JSON.

use baotu_vocabulary::{Actor, ActorKind, Moment};
use serde_json::{Map, Value as Json, json};

use crate::case::{CardColour, CaseState};
use crate::outcome::Gathered;

/// The variables of a condition; `form` is left empty while something is only offered.
pub(crate) fn variables(
    case: &CaseState,
    gathered: &Gathered,
    form: &Map<String, Json>,
    actor: &Actor,
) -> Json {
    json!({"case": case_record(case, gathered), "form": form, "actor": actor_record(actor)})
}

fn case_record(case: &CaseState, gathered: &Gathered) -> Json {
    let place = case.place.as_ref();
    let callback = case.callback();
    json!({
        "number": case.number,
        "procedure": case.procedure.name,
        "category": case.category.code,
        "level": case.level,
        "kind": case.kind,
        "channel": case.channel,
        "title": case.title,
        "status": case.status,
        "division": place.and_then(|place| place.division.as_deref()),
        "street": place.and_then(|place| place.street.as_deref()),
        "cell": place.and_then(|place| place.cell.as_ref()),
        "lead_unit": case.lead_unit,
        "intake_unit": case.intake_unit,
        "co_units": case.co_units,
        "designated": case.designated,
        "confidential": case.confidential,
        "outcome": case.outcome,
        "opened_by": case.opened_by.kind.word(),
        "subcases_open": gathered.subcases_open,
        "supervisions": case.supervisions.len(),
        "extensions": case.extensions,
        "redone": case.redone,
        "supporters": case.supporters.len(),
        "rating": case.rating.as_ref().map_or(0, |rating| rating.grade),
        "callback": {
            "contacted": callback.is_some_and(|callback| callback.contacted),
            "solved": callback.is_some_and(|callback| callback.solved),
            "satisfied": callback.is_some_and(|callback| callback.satisfied),
            "unreachable": callback.is_some_and(|callback| callback.unreachable),
        },
        "counters": case.counters,
        "form": case.form,
    })
}

fn actor_record(actor: &Actor) -> Json {
    let official = actor.as_official();
    let kind = match &actor.kind {
        ActorKind::Nobody => "nobody",
        ActorKind::Resident { .. } => "resident",
        ActorKind::Official(_) => "official",
        ActorKind::Client { .. } => "client",
        ActorKind::City { .. } => "city",
    };
    json!({
        "unit": official.map(|official| &official.unit),
        "roles": official.map(|official| official.roles.as_slice()).unwrap_or_default(),
        "person": actor.person(),
        "kind": kind,
    })
}

/// The record `case` of an indicator: the same, with what is known of its whole run at `now`.
pub(crate) fn run_record(case: &CaseState, now: Moment) -> Json {
    let told = |moment: Option<Moment>| moment.map(|moment| moment.to_string());
    let due = case.due().map(|due| due.at);
    let cards = |colour| case.cards.iter().filter(|card| card.colour == colour).count();
    let run = json!({
        "opened_at": case.opened_at.to_string(),
        "dispatched_at": told(case.dispatched_at),
        "contacted_at": told(case.contacted_at),
        "resolved_at": told(case.resolved_at),
        "closed_at": told(case.closed_at),
        "due_at": told(due),
        "closed": !case.is_open(),
        "on_time": !case.is_open() && case.was_on_time(now),
        "overdue": case.overdue_at().is_some() || !case.was_on_time(now),
        "contacted_on_time": case.contacted_at.is_some_and(|at| due.is_none_or(|due| at <= due)),
        "excluded": case.is_excluded(),
        "called_back": case.callback().is_some_and(|callback| !callback.unreachable),
        "transfers": case.transfers,
        "returns": case.returns(),
        "yellow_cards": cards(CardColour::Yellow),
        "red_cards": cards(CardColour::Red),
    });
    let mut record = case_record(case, &Gathered::default());
    if let (Some(record), Json::Object(run)) = (record.as_object_mut(), run) {
        record.extend(run);
    }
    record
}
