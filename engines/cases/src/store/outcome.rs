//! What a decision comes to, as statements: the row of the case, and of the rows beside it only those that changed.

use baotu_storage::Work;
use baotu_vocabulary::{Moment, PersonId, UnitCode, WorkCalendar};

use super::case::{self, CaseColumns, DecisionRow, KeptContact, RequestRow, TaskRow};
use super::standing;
use crate::case::{CaseState, PartyKind, RequestRun, RequestState, Task, link_word};
use crate::outcome::{DecisionRecord, Outcome};

/// The counter under which an imported case keeps how often it was passed on, where its source tells.
pub(crate) const SOURCE_TRANSFERS: &str = "source-transfers";

/// Why a state cannot be written as JSON.
pub(crate) type Unwritable = serde_json::Error;

/// Adds everything of a new case.
pub(crate) fn insert(
    work: &mut Work,
    outcome: &Outcome,
    contact: Option<KeptContact>,
    calendar: &WorkCalendar,
) -> Result<(), Unwritable> {
    case::insert_case(work, columns(&outcome.state, calendar)?, contact);
    standing::begin(work, &outcome.state, told_at(outcome));
    beside(work, None, outcome)
}

/// Adds what changed since `before`.
pub(crate) fn update(
    work: &mut Work,
    before: &CaseState,
    outcome: &Outcome,
    calendar: &WorkCalendar,
) -> Result<(), Unwritable> {
    let after = &outcome.state;
    let redescribed = before.category.code != after.category.code
        || before.level != after.level
        || before.title != after.title
        || before.place != after.place;
    case::update_case(work, columns(after, calendar)?, before.version, redescribed);
    standing::go_on(work, before, after, told_at(outcome));
    beside(work, Some(before), outcome)
}

/// When all this happens: when it is told, since an imported case's own times are those of elsewhere.
fn told_at(outcome: &Outcome) -> Moment {
    outcome.events.last().map_or(outcome.state.opened_at, |event| event.time)
}

/// When a case is due now: one that stands still is not due at all until it goes on.
pub(super) fn due_now(state: &CaseState) -> Option<Moment> {
    let still = state.clocks.iter().any(|clock| clock.is_running() && clock.timer.paused_at().is_some());
    state.due().filter(|_| !still).map(|due| due.at)
}

/// Of an ended case that had a due time: whether it was kept.
pub(super) fn kept_time(state: &CaseState) -> Option<bool> {
    state.closing_told().filter(|_| !state.clocks.is_empty()).map(|at| state.was_on_time(at))
}

fn beside(work: &mut Work, before: Option<&CaseState>, outcome: &Outcome) -> Result<(), Unwritable> {
    let after = &outcome.state;
    let known = before.map(CaseState::units).unwrap_or_default();
    let mut concerned: Vec<UnitCode> =
        after.units().into_iter().filter(|unit| !known.contains(unit)).collect();
    concerned.extend(outcome.decisions.iter().filter_map(acting_official));
    let supported = before.map_or(0, |before| before.supporters.len());
    concerned.extend(after.supporters.iter().skip(supported).copied().map(supporter_concern));
    concerned.sort();
    concerned.dedup();
    case::concern(work, after, &concerned);

    let task_before = |id| before.and_then(|before| before.task(id));
    let tasks: Vec<TaskRow> =
        after.tasks.iter().filter(|task| task_before(task.id) != Some(task)).map(task_row).collect();
    case::put_tasks(work, after.id, &after.procedure.name, &tasks);

    let request_before = |id| before.and_then(|before| before.request(id));
    for request in after.requests.iter().filter(|request| request_before(request.id) != Some(request)) {
        case::put_request(work, after.id, &after.procedure.name, &request_row(request));
    }

    let supervised = before.map_or(0, |before| before.supervisions.len());
    for supervision in after.supervisions.iter().skip(supervised) {
        case::insert_supervision(
            work,
            after.id,
            supervision.id,
            &supervision.number,
            supervision.unit.as_ref(),
            supervision.manner.as_deref(),
            supervision.at,
        );
    }

    let known_links = before.map(|before| before.links.as_slice()).unwrap_or_default();
    for link in after.links.iter().filter(|link| link.outgoing && !known_links.contains(link)) {
        case::link(work, after.id, link.case, link_word(link.kind), link.at);
    }

    let rows = outcome
        .decisions
        .iter()
        .zip(0..)
        .map(|(decision, ordinal)| decision_row(decision, after.version, ordinal));
    case::append_decisions(work, after.id, rows.collect::<Result<Vec<_>, _>>()?);
    Ok(())
}

/// The word for where a request stands.
pub(crate) const fn request_word(state: RequestState) -> &'static str {
    match state {
        RequestState::Asked => "asked",
        RequestState::Granted => "granted",
        RequestState::Refused => "refused",
        RequestState::Withdrawn => "withdrawn",
    }
}

/// The name under which an official who acted stands among those concerned: their cases are listed like a unit's.
pub(crate) fn person_concern(person: PersonId) -> UnitCode {
    UnitCode::from(format!("person:{person}"))
}

/// The name under which a resident who has met with the same stands among those concerned.
pub(crate) fn supporter_concern(person: PersonId) -> UnitCode {
    UnitCode::from(format!("supporter:{person}"))
}

/// The official behind a decision, as those concerned are named.
fn acting_official(decision: &DecisionRecord) -> Option<UnitCode> {
    let official = decision.by.kind == PartyKind::Official;
    decision.by.person.filter(|_| official).map(person_concern)
}

/// The columns of a case.
pub(crate) fn columns(state: &CaseState, calendar: &WorkCalendar) -> Result<CaseColumns, Unwritable> {
    let place = state.place.as_ref();
    let callback = state.callback();
    let answered = callback.filter(|call| !call.unreachable);
    // Of an imported case only what its source says; of our own all is known.
    let transfers = match state.source {
        None => Some(i64::from(state.transfers)),
        Some(_) => state.counters.get(SOURCE_TRANSFERS).map(|transfers| i64::from(*transfers)),
    };
    Ok(CaseColumns {
        id: state.id,
        number: state.number.clone(),
        procedure: state.procedure.name.clone(),
        status: state.status.clone(),
        steps: state.steps(),
        open: state.is_open(),
        category: state.category.code.clone(),
        level: Some(state.level.clone()).filter(|level| !level.is_empty()),
        kind: state.kind.clone(),
        channel: state.channel.clone(),
        title: state.title.clone(),
        division: place.and_then(|place| place.division.clone()),
        point: place.and_then(|place| place.point),
        lead_unit: state.lead_unit.clone(),
        intake_unit: state.intake_unit.clone(),
        reporter: state.reporter,
        confidential: state.confidential,
        opened_at: state.opened_at,
        dispatched_at: state.dispatched_at,
        contacted_at: state.contacted_at,
        resolved_at: state.resolved_at,
        closed_at: state.closing_told(),
        due_at: due_now(state),
        on_time: kept_time(state),
        provisional: state.is_open() && state.is_provisional(),
        warned_at: state.warned_at(),
        overdue_at: state.overdue_at(),
        next_clock_at: state.next_clock_at(calendar).filter(|_| state.is_open()),
        outcome: state.outcome.clone(),
        contacted: answered.map(|call| call.contacted),
        solved: answered.map(|call| call.solved),
        satisfied: answered.map(|call| call.satisfied),
        grade: state.rating.as_ref().map(|rating| i64::from(rating.grade)),
        extensions: i64::from(state.extensions),
        returns: i64::from(state.returns()),
        transfers,
        redone: i64::from(state.redone),
        supervisions: i64::try_from(state.supervisions.len()).unwrap_or(i64::MAX),
        excluded: state.is_excluded(),
        source: state.source.as_ref().map(|source| (source.system.clone(), source.id.clone())),
        run: serde_json::to_value(state)?,
        version: state.version,
    })
}

fn task_row(task: &Task) -> TaskRow {
    TaskRow {
        id: task.id,
        step: task.step.clone(),
        role: task.role.clone(),
        unit: task.unit.clone(),
        person: task.person,
        since: task.since,
        due_at: task.timer.as_ref().map(|timer| timer.due.at),
        ended_at: task.ended_at,
    }
}

fn request_row(request: &RequestRun) -> RequestRow {
    RequestRow {
        id: request.id,
        name: request.name.to_string(),
        state: request_word(request.state),
        role: request.decider_role.clone(),
        unit: request.decider_unit.clone(),
        asked_at: request.asked_at,
        decided_at: request.decided_at,
    }
}

fn decision_row(decision: &DecisionRecord, version: i64, ordinal: i64) -> Result<DecisionRow, Unwritable> {
    Ok(DecisionRow {
        id: decision.id,
        version,
        ordinal,
        at: decision.at,
        actor: decision.by.reference.clone(),
        kind: decision.kind.word().to_owned(),
        take: decision.take.clone(),
        record: serde_json::to_value(decision)?,
    })
}
