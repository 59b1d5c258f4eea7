//! One turn of a case: from one version to the next, with what is said and recorded on the way.

use baotu_pack::CompiledProcedure;
use baotu_vocabulary::{Actor, DecisionId, Event, EventId, FormName, Moment, RequestId, StepName, TaskId};
use serde_json::{Map, Value as Json};

use crate::case::{CaseState, ENDED_TASKS_KEPT, Party, Task};
use crate::conditions;
use crate::contracts::{CaseTold, Decided, Said};
use crate::declaration::Declaration;
use crate::outcome::{DecisionKind, DecisionRecord, Gathered, Ids, LinkedOpening, Outcome};
use crate::refusal::TakeRefused;

/// The engine's name in events.
const SOURCE: &str = "cases";

/// A case on its way to its next version.
pub(crate) struct Turn<'a> {
    pub(crate) declaration: Declaration<'a>,
    pub(crate) state: CaseState,
    pub(crate) actor: &'a Actor,
    pub(crate) party: Party,
    pub(crate) gathered: &'a Gathered,
    pub(crate) now: Moment,
    pub(crate) ids: Ids,
    /// Why this unit, when a unit was put in charge.
    pub(crate) why: Option<String>,
    /// Something of this decision has a public side.
    pub(crate) public: bool,
    pub(crate) opens: Vec<LinkedOpening>,
    pub(crate) request: Option<RequestId>,
    decision: DecisionId,
    said: Vec<(&'static str, Json)>,
    records: Vec<DecisionRecord>,
    from: Vec<StepName>,
}

/// What a turn begins with.
pub(crate) struct TurnOf<'a> {
    pub(crate) declaration: Declaration<'a>,
    pub(crate) state: CaseState,
    pub(crate) actor: &'a Actor,
    pub(crate) gathered: &'a Gathered,
    pub(crate) decision: DecisionId,
    pub(crate) now: Moment,
}

/// What is recorded of a decision beside what the turn knows.
pub(crate) struct Recorded<'a> {
    pub(crate) kind: DecisionKind,
    pub(crate) take: &'a str,
    pub(crate) title: &'a str,
    pub(crate) task: Option<TaskId>,
    pub(crate) form: Map<String, Json>,
    pub(crate) form_of: Option<(&'a FormName, &'a str)>,
    pub(crate) opinion: Option<String>,
    pub(crate) since: Moment,
}

impl<'a> Turn<'a> {
    pub(crate) fn new(of: TurnOf<'a>) -> Self {
        let TurnOf { declaration, mut state, actor, gathered, decision, now } = of;
        state.version += 1;
        Self {
            from: state.steps(),
            declaration,
            state,
            actor,
            party: Party::from(actor),
            gathered,
            now,
            ids: Ids::of(decision, now),
            why: None,
            public: false,
            opens: Vec::new(),
            request: None,
            decision,
            said: Vec::new(),
            records: Vec::new(),
        }
    }

    pub(crate) fn procedure(&self) -> &'a CompiledProcedure {
        self.declaration.procedure
    }

    /// The variables of conditions and of `set`, as the case stands now.
    pub(crate) fn variables(&self, form: &Map<String, Json>) -> Json {
        conditions::variables(&self.state, self.gathered, form, self.actor)
    }

    /// Says something; the case's common fields are added at the end, as it stands then.
    pub(crate) fn say<S: Said>(&mut self, said: &S) {
        let own = serde_json::to_value(said).expect("events have only text, number and list fields");
        self.said.push((S::KIND, own));
    }

    /// The state and what was said so far, to go back to when the next act of several fails.
    pub(crate) fn checkpoint(&self) -> (CaseState, usize, usize) {
        (self.state.clone(), self.said.len(), self.opens.len())
    }

    /// Goes back to a checkpoint.
    pub(crate) fn restore(&mut self, (state, said, opens): (CaseState, usize, usize)) {
        self.state = state;
        self.said.truncate(said);
        self.opens.truncate(opens);
        self.why = None;
        self.public = false;
    }

    /// Records the decision that was taken, with where the case stands now. The first one carries the caller's id.
    pub(crate) fn record(&mut self, recorded: Recorded<'_>) {
        let id = if self.records.is_empty() { self.decision } else { self.ids.next(DecisionId::new) };
        let to = self.state.steps();
        let to = if to.is_empty() {
            self.state.tasks.last().map(|task| task.step.clone()).into_iter().collect()
        } else {
            to
        };
        let from = std::mem::replace(&mut self.from, to.clone());
        let decided = Decided {
            decision: id,
            decision_kind: recorded.kind.word().to_owned(),
            take: recorded.take.to_owned(),
            from: from.clone(),
            to: to.clone(),
            by: self.party.kind.word().to_owned(),
            by_unit: self.party.unit.clone(),
        };
        let record = DecisionRecord {
            id,
            at: self.now,
            by: self.party.clone(),
            kind: recorded.kind,
            take: recorded.take.to_owned(),
            title: recorded.title.to_owned(),
            from,
            to,
            task: recorded.task,
            request: self.request,
            form_name: recorded.form_of.map(|(name, _)| name.clone()),
            form_hash: recorded.form_of.map(|(_, hash)| hash.to_owned()),
            declaration: self.procedure().version(),
            gathered: self.gathered.clone(),
            opinion: recorded.opinion,
            why: self.why.take(),
            seconds: self.now.micros_since(recorded.since).div_euclid(1_000_000),
            purpose: self.actor.purpose.clone(),
            public: std::mem::take(&mut self.public),
            form: recorded.form,
        };
        self.records.push(record);
        self.said.push((Decided::KIND, serde_json::to_value(decided).expect("texts and lists of texts")));
    }

    /// The outcome: the state tidied, events filled in.
    pub(crate) fn finish(mut self) -> Outcome {
        self.forget_old_tasks();
        let common = serde_json::to_value(CaseTold::of(&self.state)).expect("codes, ids and times");
        let subject = self.state.id.to_string();
        let events = std::mem::take(&mut self.said).into_iter().map(|(kind, own)| {
            let mut data = common.clone();
            if let (Json::Object(data), Json::Object(own)) = (&mut data, own) {
                data.extend(own);
            }
            Event {
                id: self.ids.next(EventId::new),
                source: SOURCE.to_owned(),
                kind: kind.to_owned(),
                subject: subject.clone(),
                time: self.now,
                data,
            }
        });
        let events = events.collect();
        Outcome {
            state: self.state,
            decisions: self.records,
            events,
            opens: self.opens,
            request: self.request,
        }
    }

    /// Drops the oldest ended tasks, but none that ended in this turn: the store still has to note their end.
    fn forget_old_tasks(&mut self) {
        let now = self.now;
        let is_old = |task: &Task| task.ended_at.is_some_and(|ended| ended < now);
        let old = self.state.tasks.iter().filter(|task| is_old(task)).count();
        let mut surplus = old.saturating_sub(ENDED_TASKS_KEPT);
        self.state.tasks.retain(|task| {
            let forget = surplus > 0 && is_old(task);
            surplus -= usize::from(forget);
            !forget
        });
    }
}

/// A condition that failed while it ran, as a refusal; the words of the fault name no value.
pub(crate) fn condition_failed(fault: &baotu_pack::ConditionFault) -> TakeRefused {
    TakeRefused::Condition(fault.text.clone())
}
