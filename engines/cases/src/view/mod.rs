//! A case as its readers see it: names beside codes, personal data masked, and only what this reader may know.
//!
//! Pure: the state, its timeline and linked cases come in, JSON types go out. Whether the reader may know of the case
//! at all was asked before.

use baotu_pack::{CompiledProcedure, Form, Pack};
use baotu_vocabulary::{Actor, ActorKind, BlobId, Moment, Point, StepName, UnitCode, mask};
use serde_json::{Map, Value};

use crate::case::{CallBack, CardColour, CaseState, Party, PartyKind, RequestRun, Task};
use crate::clock::ClockRun;
use crate::offers::Offer;
use crate::outcome::{DecisionKind, DecisionRecord};
use crate::store::{LinkedRow, request_word};

mod shape;

pub use shape::*;

/// Everything that a view is made of.
pub(crate) struct Seen<'a> {
    pub(crate) pack: &'a Pack,
    /// The declaration under which the case runs.
    pub(crate) procedure: &'a CompiledProcedure,
    pub(crate) state: &'a CaseState,
    pub(crate) timeline: &'a [DecisionRecord],
    pub(crate) links: &'a [LinkedRow],
    pub(crate) offers: Vec<Offer>,
    pub(crate) contact: Option<&'a Contact>,
    pub(crate) actor: &'a Actor,
    /// Whether the reader may unmask the reporter with a purpose.
    pub(crate) can_reveal: bool,
    pub(crate) now: Moment,
}

/// Names of the pack.
pub(crate) struct Names<'a>(pub(crate) &'a Pack);

impl Names<'_> {
    /// A unit.
    pub(crate) fn unit(&self, code: &UnitCode) -> Named {
        let name = self.0.units().get(code.as_str()).map_or(code.as_str(), |unit| unit.name.as_str());
        Named { code: code.to_string(), name: name.to_owned() }
    }

    /// A category of a code table, in force or not.
    pub(crate) fn category(&self, table: &str, code: &str) -> CategoryPath {
        let path: Vec<String> = self
            .0
            .code_table(table)
            .and_then(|table| Some((table, table.newest(code)?)))
            .map(|(table, row)| table.path(code, row.valid_from))
            .unwrap_or_default()
            .into_iter()
            .map(|row| row.name.clone())
            .collect();
        let name = path.last().cloned().unwrap_or_else(|| code.to_owned());
        CategoryPath { code: code.to_owned(), name, path }
    }
}

/// The title of a step; its name where the declaration does not know it.
pub(crate) fn step_title(procedure: &CompiledProcedure, step: &StepName) -> String {
    procedure.step(step).map_or_else(|| step.to_string(), |step| step.title.clone())
}

fn told(moment: Moment) -> String {
    moment.to_string()
}

/// An answer of a call-back that reached somebody.
fn answered(call: &CallBack, answer: bool) -> Option<bool> {
    (!call.unreachable).then_some(answer)
}

/// Whether a task is the actor's to work on.
fn is_held_by(task: &Task, actor: &Actor) -> bool {
    match &actor.kind {
        ActorKind::Official(official) => {
            task.role.as_ref().is_some_and(|role| official.roles.contains(role))
                && task.unit.as_ref().is_none_or(|unit| *unit == official.unit)
        }
        ActorKind::Resident { person } => task.role.is_none() && task.person == Some(*person),
        ActorKind::Nobody | ActorKind::Client { .. } | ActorKind::City { .. } => false,
    }
}

impl Seen<'_> {
    /// Whether the reader is the reporter, and so sees the public side alone.
    fn is_outside(&self) -> bool {
        !matches!(self.actor.kind, ActorKind::Official(_) | ActorKind::City { .. })
    }

    /// Whether the reader has only joined the case, and so sees nothing of the reporter's.
    fn is_beside(&self) -> bool {
        self.state.is_supported_by(self.actor)
    }

    /// Whether the reader took a decision themselves: what one has said one may read again.
    fn is_own(&self, decision: &DecisionRecord) -> bool {
        self.is_outside() && decision.by.person.is_some() && decision.by.person == self.actor.person()
    }

    fn names(&self) -> Names<'_> {
        Names(self.pack)
    }

    fn unit(&self, code: Option<&UnitCode>) -> Option<Named> {
        code.map(|code| self.names().unit(code))
    }

    /// The view.
    pub(crate) fn view(self) -> CaseView {
        let (state, inside, beside) = (self.state, !self.is_outside(), self.is_beside());
        let procedure = self.procedure;
        let due = state.due();
        let resolution = state.resolution.as_ref().map(|resolution| ResolutionView {
            result: resolution.result.clone().filter(|_| inside),
            public_reply: resolution.public_reply.clone(),
            photos: if beside { Vec::new() } else { ids(&resolution.photos) },
            at: told(resolution.at),
        });
        CaseView {
            id: state.id.to_string(),
            number: state.number.clone(),
            procedure: ProcedureTitle {
                name: state.procedure.name.to_string(),
                title: procedure.head().title.clone(),
            },
            system: state.procedure.system.to_string(),
            category: self.names().category(&state.category.table, state.category.code.as_str()),
            level: state.level.clone(),
            kind: state.kind.clone(),
            channel: state.channel.clone(),
            title: state.title.clone(),
            text: if beside { String::new() } else { state.text.clone() },
            form: if beside { Map::new() } else { state.form.clone() },
            photos: if beside { Vec::new() } else { ids(&photos_in(procedure.intake(), &state.form)) },
            place: state.place.as_ref().filter(|_| !beside).map(|place| PlaceView {
                lon: place.point.map(Point::lon),
                lat: place.point.map(Point::lat),
                address: place.address.clone(),
                division: place.division.clone(),
                cell: place.cell.as_ref().map(ToString::to_string),
            }),
            status: state.status.clone(),
            steps: self.steps(),
            lead_unit: self.unit(state.lead_unit.as_ref()),
            co_units: state.co_units.iter().map(|unit| self.names().unit(unit)).collect(),
            intake_unit: self.unit(state.intake_unit.as_ref()),
            designated: state.designated,
            reporter: self.reporter(),
            opened_at: told(state.opened_at),
            dispatched_at: state.dispatched_at.map(told),
            contacted_at: state.contacted_at.map(told),
            resolved_at: state.resolved_at.map(told),
            closed_at: state.closing_told().map(told),
            outcome: state.outcome.clone(),
            version: state.version,
            overdue: is_overdue(state, self.now),
            due_at: due.map(|due| told(due.at)),
            clocks: state.clocks.iter().map(|clock| self.clock(clock)).collect(),
            cards: state
                .cards
                .iter()
                .filter(|_| inside)
                .map(|card| CardView {
                    number: card.number.clone(),
                    colour: match card.colour {
                        CardColour::Yellow => "yellow".to_owned(),
                        CardColour::Red => "red".to_owned(),
                    },
                    clock: card.clock.to_string(),
                    at: told(card.at),
                })
                .collect(),
            supervisions: state
                .supervisions
                .iter()
                .filter(|_| inside)
                .map(|supervision| SupervisionView {
                    id: supervision.id.to_string(),
                    number: supervision.number.clone(),
                    manner: supervision.manner.clone(),
                    opinion: supervision.opinion.clone(),
                    by: supervision.by.name.clone().unwrap_or_else(|| "红牌".to_owned()),
                    at: told(supervision.at),
                })
                .collect(),
            requests: state.requests.iter().filter(|_| inside).map(|request| self.request(request)).collect(),
            callbacks: state
                .callbacks
                .iter()
                .map(|call| CallBackView {
                    contacted: answered(call, call.contacted),
                    solved: answered(call, call.solved),
                    satisfied: answered(call, call.satisfied),
                    unreachable: call.unreachable,
                    remark: call.remark.clone().filter(|_| inside),
                    at: told(call.at),
                })
                .collect(),
            rating: state.rating.as_ref().filter(|_| !beside).map(|rating| RatingView {
                grade: rating.grade,
                reason: rating.reason.clone(),
                at: told(rating.at),
            }),
            exclusions: state
                .exclusions
                .iter()
                .filter(|_| inside)
                .map(|exclusion| ExclusionView { ground: exclusion.ground.clone(), at: told(exclusion.at) })
                .collect(),
            resolution,
            links: self.links(),
            timeline: self
                .timeline
                .iter()
                .filter(|decision| inside || decision.public || self.is_own(decision))
                .map(|decision| self.decision(decision))
                .collect(),
            supporters: state.supporters.len(),
            supported: beside,
            offers: self.offers,
            synthetic: state.synthetic,
            source: state
                .source
                .as_ref()
                .map(|source| SourceView { system: source.system.clone(), id: source.id.clone() }),
        }
    }

    fn steps(&self) -> Vec<StepView> {
        let step = |task: &Task| StepView {
            task: task.id.to_string(),
            step: task.step.to_string(),
            title: step_title(self.procedure, &task.step),
            unit: self.unit(task.unit.as_ref()),
            since: told(task.since),
            due: task
                .timer
                .as_ref()
                .map(|timer| DueView { at: told(timer.due.at), provisional: timer.due.provisional }),
            left_seconds: task.timer.as_ref().map(|timer| timer.left_seconds(self.now)),
            mine: is_held_by(task, self.actor),
        };
        self.state.open_tasks().map(step).collect()
    }

    /// The reporter as this reader sees them: a confidential one is nobody to those who may not ask for the name.
    fn reporter(&self) -> Option<ReporterView> {
        let state = self.state;
        if self.is_beside() {
            return None;
        }
        let mine = state.reporter.is_some() && state.reporter == self.actor.person();
        let of_a_person = state.reporter.is_some() || self.contact.is_some();
        let hidden = state.confidential && !mine && !self.can_reveal;
        if hidden && of_a_person {
            return None;
        }
        let contact = self.contact.filter(|_| !hidden);
        let kind = match state.opened_by.kind {
            _ if state.reporter.is_some() => PartyKind::Resident.word(),
            PartyKind::Nobody if contact.is_none() => "none",
            PartyKind::Nobody => PartyKind::Resident.word(),
            other => other.word(),
        };
        Some(ReporterView {
            kind: kind.to_owned(),
            mine,
            name: contact.and_then(|contact| contact.name.as_deref()).map(mask::name),
            phone: contact.and_then(|contact| contact.phone.as_deref()).map(mask::phone),
            confidential: state.confidential,
            can_reveal: self.can_reveal && contact.is_some(),
        })
    }

    fn clock(&self, clock: &ClockRun) -> ClockView {
        let declared = self.procedure.clock(&clock.name);
        let timer = &clock.timer;
        let state = match (clock.ended_at, timer.paused_at()) {
            (Some(_), _) => "ended",
            (None, Some(_)) => "paused",
            (None, None) => "running",
        };
        ClockView {
            name: clock.name.to_string(),
            title: declared.map_or_else(|| clock.name.to_string(), |declared| declared.title.clone()),
            state: state.to_owned(),
            limit: timer.limit.to_string(),
            source: timer.basis.clone(),
            started_at: told(timer.started_at),
            due_at: told(timer.due.at),
            provisional: timer.due.provisional,
            left_seconds: clock.is_running().then(|| timer.left_seconds(self.now)),
            warned_at: clock.warned_at.map(told),
            overdue_at: clock.overdue_at.map(told),
            ended_at: clock.ended_at.map(told),
            extensions: timer.extensions().map(|by| by.to_string()).collect(),
        }
    }

    fn party(&self, party: &Party) -> PartyView {
        let inside = !self.is_outside();
        let post = party.post.as_ref().and_then(|post| self.pack.units().post(post.as_str()));
        PartyView {
            name: party.name.clone().filter(|_| inside),
            unit: self.unit(party.unit.as_ref()),
            post: post.map(|post| post.title.clone()).filter(|_| inside),
            kind: party.kind.word().to_owned(),
        }
    }

    fn request(&self, request: &RequestRun) -> RequestView {
        let declared = self.procedure.request(&request.name);
        RequestView {
            id: request.id.to_string(),
            name: request.name.to_string(),
            title: declared.map_or_else(|| request.name.to_string(), |declared| declared.title.clone()),
            state: request_word(request.state).to_owned(),
            asked_by: self.party(&request.asked_by),
            asked_at: told(request.asked_at),
            form: request.form.clone(),
            due_at: request.timer.as_ref().map(|timer| told(timer.due.at)),
            decided_by: request.decided_by.as_ref().map(|party| self.party(party)),
            decided_at: request.decided_at.map(told),
            decision_form: request.decision_form.clone(),
        }
    }

    fn links(&self) -> Vec<LinkView> {
        if self.is_beside() {
            return Vec::new();
        }
        let link = |link: &LinkedRow| LinkView {
            kind: link.kind.clone(),
            direction: if link.outward { "to" } else { "from" }.to_owned(),
            id: link.id.to_string(),
            number: link.number.clone(),
            procedure: link.procedure.to_string(),
            title: link.title.clone(),
            status: link.status.clone(),
            closed: !link.open,
        };
        // The title of a case merged into this one may tell of another reporter.
        let seen = |link: &&LinkedRow| !self.is_outside() || link.outward;
        self.links.iter().filter(seen).map(link).collect()
    }

    fn decision(&self, decision: &DecisionRecord) -> TimelineView {
        let inside = !self.is_outside() || self.is_own(decision);
        let titles = |steps: &[StepName]| steps.iter().map(|step| step_title(self.procedure, step)).collect();
        let photos =
            form_of(self.procedure, decision).map(|form| photos_in(form, &decision.form)).unwrap_or_default();
        TimelineView {
            id: decision.id.to_string(),
            at: told(decision.at),
            by: self.party(&decision.by),
            kind: decision.kind.word().to_owned(),
            take: decision.take.clone(),
            title: decision.title.clone(),
            from: titles(&decision.from),
            to: titles(&decision.to),
            opinion: decision.opinion.clone().filter(|_| inside),
            form: (inside && !decision.form.is_empty()).then(|| decision.form.clone()),
            why: decision.why.clone().filter(|_| inside),
            photos: if self.is_beside() { Vec::new() } else { ids(&photos) },
            seconds: decision.seconds,
        }
    }
}

/// Whether a case is past its due time, or was closed past it.
pub(crate) fn is_overdue(state: &CaseState, now: Moment) -> bool {
    state.overdue_at().is_some() || state.clocks.iter().any(|clock| !clock.is_on_time(now))
}

/// The form that a decision was made on, while the declaration still has it.
pub(crate) fn form_of<'a>(procedure: &'a CompiledProcedure, decision: &DecisionRecord) -> Option<&'a Form> {
    match decision.kind {
        DecisionKind::Open => Some(procedure.intake()),
        DecisionKind::Exit => {
            let step = decision.from.first()?;
            procedure.exit_rule(step, &decision.take.as_str().into())?.form.as_ref()
        }
        DecisionKind::Act => procedure.act_rule(&decision.take.as_str().into())?.form.as_ref(),
        DecisionKind::Request => Some(&procedure.request_rule(&decision.take.as_str().into())?.form),
        DecisionKind::Grant | DecisionKind::Refuse => {
            procedure.request_rule(&decision.take.as_str().into())?.decision_form.as_ref()
        }
        DecisionKind::Clock => None,
    }
}

/// The photos that a filled-in form names.
pub(crate) fn photos_in(form: &Form, filled: &Map<String, Value>) -> Vec<BlobId> {
    let is_photos = |field: &&str| form.schema()["properties"][*field]["x-widget"] == "photos";
    form.fields()
        .filter(is_photos)
        .filter_map(|field| filled.get(field)?.as_array())
        .flatten()
        .filter_map(|id| id.as_str()?.parse().ok())
        .collect()
}

fn ids(photos: &[BlobId]) -> Vec<String> {
    photos.iter().map(ToString::to_string).collect()
}
