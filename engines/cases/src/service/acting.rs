//! Decisions on cases: loaded, permitted, decided purely, and stored with everything that follows from them.
//!
//! A decision may open other cases and, when it ends one, take those along that were merged into it: all of it is one
//! unit of work. When somebody else was first, it is decided again on what they left.

use baotu_access::Failure;
use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{Actor, CaseId, DecisionId, Moment, RequestId, RequestName, StepName, TaskId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::opening::GivenPlace;
use super::{ATTEMPTS_MAX, CaseFailure, CaseRefused, Cases, StoredCase, derived};
use crate::case::CaseState;
use crate::decide::{self, Answer, Ask, Take};
use crate::declaration::Declaration;
use crate::outcome::{DecisionRecord, Gathered, LeadCase, Outcome};
use crate::photos::PHOTOS_MAX;
use crate::refusal::TakeRefused;
use crate::store;
use crate::view::{form_of, photos_in};

/// Cases that a merged one may have been merged into, one after the other.
const MERGES_MAX: usize = 16;

/// What is asked for: an exit or an act.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// The exit or act.
    pub take: String,
    /// The task, where several open ones offer it.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub task: Option<TaskId>,
    /// The version that the actor saw; whatever it is when absent.
    #[serde(default)]
    pub version: Option<i64>,
    /// What was filled in.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Json>,
    /// The decision's id, so that the same request sent twice acts once.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<DecisionId>,
}

/// What is asked for: something that somebody else decides.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAsk {
    /// Which request of the procedure.
    #[schema(value_type = String)]
    pub request: RequestName,
    /// The version that the actor saw; whatever it is when absent.
    #[serde(default)]
    pub version: Option<i64>,
    /// What was filled in.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Json>,
    /// The decision's id, so that the same request sent twice asks once.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<DecisionId>,
}

/// The decision on a request.
#[derive(Clone, Debug, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RequestAnswer {
    /// Whether it is granted.
    pub grant: bool,
    /// The version that the actor saw; whatever it is when absent.
    #[serde(default)]
    pub version: Option<i64>,
    /// What was filled in.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub form: Map<String, Json>,
    /// The decision's id, so that the same answer sent twice decides once.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    pub id: Option<DecisionId>,
}

/// What came of a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Acted {
    /// The decision.
    #[schema(value_type = String)]
    pub decision: DecisionId,
    /// The case.
    #[schema(value_type = String)]
    pub case: CaseId,
    /// Its number.
    pub number: String,
    /// Its version now.
    pub version: i64,
    /// Its public status.
    pub status: String,
    /// The steps it stands in.
    #[schema(value_type = Vec<String>)]
    pub steps: Vec<StepName>,
    /// Whether it has ended.
    pub closed: bool,
    /// How it ended.
    pub outcome: Option<String>,
    /// The request that was asked or decided.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
}

/// Decides on a state: the decision's id and the moment come last.
type Decide<'d> =
    &'d (dyn Fn(&CaseState, &Declaration<'_>, &Gathered) -> Result<Outcome, TakeRefused> + Sync);

/// One decision under way.
struct Turn<'t> {
    /// The right that it takes.
    right: &'static str,
    key: &'t str,
    actor: &'t Actor,
    form: &'t Map<String, Json>,
    now: Moment,
    decide: Decide<'t>,
}

impl Cases {
    /// Takes an exit or does an act on the case with this id or number.
    ///
    /// # Errors
    /// Why it is not taken; or a fault.
    pub async fn decide(&self, key: &str, act: Act, actor: &Actor) -> Result<Acted, CaseFailure> {
        let now = self.now();
        self.act(key, act, actor, now).await
    }

    /// The same at `now`, for whoever acts in the city's name at a time of their own.
    pub(super) async fn act(
        &self,
        key: &str,
        act: Act,
        actor: &Actor,
        now: Moment,
    ) -> Result<Acted, CaseFailure> {
        self.act_with("cases.decide", key, act, actor, now).await
    }

    /// The same by another right than that of deciding.
    pub(super) async fn act_with(
        &self,
        right: &'static str,
        key: &str,
        act: Act,
        actor: &Actor,
        now: Moment,
    ) -> Result<Acted, CaseFailure> {
        if let Some(known) = self.taken_before(key, act.id, actor).await? {
            return Ok(known);
        }
        let decision = act.id.unwrap_or_else(|| self.new_decision(now));
        let decide = |state: &CaseState, declaration: &Declaration<'_>, gathered: &Gathered| {
            let take = Take {
                decision,
                version: act.version.unwrap_or(state.version),
                task: act.task,
                take: act.take.clone(),
                form: act.form.clone(),
            };
            decide::decide(state, declaration, &take, actor, gathered, now)
        };
        let turn = Turn { right, key, actor, form: &act.form, now, decide: &decide };
        self.turn(turn, act.id).await
    }

    /// Asks for something that somebody else decides.
    ///
    /// # Errors
    /// Why it is not taken; or a fault.
    pub async fn request(&self, key: &str, ask: RequestAsk, actor: &Actor) -> Result<Acted, CaseFailure> {
        if let Some(known) = self.taken_before(key, ask.id, actor).await? {
            return Ok(known);
        }
        let now = self.now();
        let decision = ask.id.unwrap_or_else(|| self.new_decision(now));
        let decide = |state: &CaseState, declaration: &Declaration<'_>, gathered: &Gathered| {
            let asked = Ask {
                decision,
                version: ask.version.unwrap_or(state.version),
                request: ask.request.clone(),
                form: ask.form.clone(),
            };
            decide::request(state, declaration, &asked, actor, gathered, now)
        };
        let turn = Turn { right: "cases.decide", key, actor, form: &ask.form, now, decide: &decide };
        self.turn(turn, ask.id).await
    }

    /// Grants or refuses a request.
    ///
    /// # Errors
    /// Why it is not taken; or a fault.
    pub async fn decide_request(
        &self,
        key: &str,
        request: RequestId,
        answer: RequestAnswer,
        actor: &Actor,
    ) -> Result<Acted, CaseFailure> {
        if let Some(known) = self.taken_before(key, answer.id, actor).await? {
            return Ok(known);
        }
        let now = self.now();
        let decision = answer.id.unwrap_or_else(|| self.new_decision(now));
        let decide = |state: &CaseState, declaration: &Declaration<'_>, gathered: &Gathered| {
            let answered = Answer {
                decision,
                version: answer.version.unwrap_or(state.version),
                request,
                grant: answer.grant,
                form: answer.form.clone(),
            };
            decide::decide_request(state, declaration, &answered, actor, gathered, now)
        };
        let turn = Turn { right: "cases.decide", key, actor, form: &answer.form, now, decide: &decide };
        self.turn(turn, answer.id).await
    }

    /// Decides and stores, again and again while somebody else is first.
    async fn turn(&self, turn: Turn<'_>, given: Option<DecisionId>) -> Result<Acted, CaseFailure> {
        for _ in 0..ATTEMPTS_MAX {
            let before = self.permitted(turn.key, turn.actor, turn.right).await?;
            let declaration = self.declaration(&before.state)?;
            let gathered = self.gather(&before.state, turn.form, turn.actor).await?;
            let outcome = (turn.decide)(&before.state, &declaration, &gathered)
                .map_err(|refused| Failure::Refused(refused.into()))?;
            let work = self.unit_of(&before, &outcome, turn.actor, turn.now).await?;
            match self.shared.store.commit(work).await {
                Ok(_) => return acted(&outcome),
                Err(CommitError::Conflict(store::STALE_VERSION)) => {}
                Err(CommitError::Conflict(store::PHOTO_TAKEN)) => {
                    return Err(Failure::Refused(CaseRefused::UnknownPhoto));
                }
                // The same decision came twice at the same time, or its id belongs to another.
                Err(CommitError::Duplicate { constraint }) if constraint.starts_with("cases_decision.") => {
                    if let Some(known) = self.taken_before(turn.key, given, turn.actor).await? {
                        return Ok(known);
                    }
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        let current = self.find(turn.key).await?.map_or(0, |found| found.state.version);
        Err(Failure::Refused(TakeRefused::StaleVersion { given: current, current }.into()))
    }

    /// What is stored together: the case, the cases opened by it, and those that end with it.
    pub(super) async fn unit_of(
        &self,
        before: &StoredCase,
        outcome: &Outcome,
        actor: &Actor,
        now: Moment,
    ) -> Result<Work, CaseFailure> {
        let declaration = self.declaration(&before.state)?;
        let mut work = Work::new();
        let photos: Vec<_> = outcome
            .decisions
            .iter()
            .filter_map(|decision| Some(photos_in(form_of(declaration.procedure, decision)?, &decision.form)))
            .flatten()
            .collect();
        if photos.len() > PHOTOS_MAX {
            return Err(Failure::Refused(CaseRefused::UnknownPhoto));
        }
        store::photos::attach(&mut work, &photos, before.state.id, &actor.reference());
        self.add(&mut work, &before.state, outcome)?;
        for linked in &outcome.opens {
            let opened = self.prepare_linked(linked, before.contact.as_deref(), now).await;
            let opened = opened.map_err(|failure| {
                failure.map(|refusal| match refusal {
                    CaseRefused::Open(refused) => TakeRefused::LinkedCase(refused).into(),
                    other => other,
                })
            })?;
            work.append(opened.work);
        }
        if before.state.is_open() && !outcome.state.is_open() {
            self.add_followers(&mut work, outcome, now).await?;
        }
        Ok(work)
    }

    /// Adds a changed case with its events.
    pub(super) fn add(
        &self,
        work: &mut Work,
        before: &CaseState,
        outcome: &Outcome,
    ) -> Result<(), CaseFailure> {
        store::update(work, before, outcome, self.pack().calendar()).map_err(Failure::fault)?;
        for event in &outcome.events {
            work.event(event.clone());
        }
        Ok(())
    }

    /// Adds the cases that were merged into one that has ended: they end with it.
    async fn add_followers(&self, work: &mut Work, ended: &Outcome, now: Moment) -> Result<(), CaseFailure> {
        let cause = ended.decisions.first().map_or_else(|| ended.state.id.uuid(), |first| first.id.uuid());
        for id in store::merged_into(&self.shared.store, ended.state.id).await? {
            let Some(follower) = store::case(&self.shared.store, id).await? else { continue };
            let declaration = self.declaration(&follower.state)?;
            let decision = DecisionId::from(derived(cause, &id.to_string(), now));
            let followed = decide::follow(&follower.state, &declaration, &ended.state, decision, now);
            if let Some(outcome) = followed {
                self.add(work, &follower.state, &outcome)?;
            }
        }
        Ok(())
    }

    /// What a decision needs to know beside the case: sub-cases, and what its form names.
    pub(super) async fn gather(
        &self,
        state: &CaseState,
        form: &Map<String, Json>,
        actor: &Actor,
    ) -> Result<Gathered, CaseFailure> {
        let mut gathered = Gathered::default();
        let is_sub =
            |link: &crate::case::Link| link.outgoing && link.kind == baotu_pack::procedure::LinkKind::Sub;
        if state.links.iter().any(is_sub) {
            gathered.subcases_open = store::subcases_open(&self.shared.store, state.id).await?;
        }
        if let Some(key) = form.get("lead_case").and_then(Json::as_str) {
            gathered.lead_case = self.lead_case(key, actor).await?;
        }
        if let Some(place) = form.get("place").filter(|place| place.is_object()) {
            // What is no place is told by the check of the form.
            if let Ok(given) = serde_json::from_value::<GivenPlace>(place.clone()) {
                let located = self.located(&given).await;
                gathered.located = Some(located.map_err(|failure| {
                    failure.map(|refusal| match refusal {
                        CaseRefused::Open(_) => TakeRefused::PlaceOutside.into(),
                        other => other,
                    })
                })?);
            }
        }
        Ok(gathered)
    }

    /// The case to be merged into: one that the actor may know of, merged ones followed to their own lead.
    async fn lead_case(&self, key: &str, actor: &Actor) -> Result<Option<LeadCase>, CaseFailure> {
        let Some(found) = self.find(key).await? else { return Ok(None) };
        if self.permit(actor, "cases.read", &found.state).is_err() {
            return Ok(None);
        }
        let mut lead = found.state;
        for _ in 0..MERGES_MAX {
            let Some(next) = lead.lead_case else { break };
            let Some(stored) = store::case(&self.shared.store, next).await? else { break };
            lead = stored.state;
        }
        Ok(Some(LeadCase { id: lead.id, number: lead.number.clone(), open: lead.is_open() }))
    }

    /// What a decision with this id came to, when the same actor took it before on this case.
    async fn taken_before(
        &self,
        key: &str,
        id: Option<DecisionId>,
        actor: &Actor,
    ) -> Result<Option<Acted>, CaseFailure> {
        let Some(id) = id else { return Ok(None) };
        let Some(known) = store::decision(&self.shared.store, id).await? else { return Ok(None) };
        let found = self.find(key).await?.ok_or(Failure::Refused(CaseRefused::NotFound))?;
        if known.case != found.state.id || known.actor != actor.reference() {
            return Err(Failure::Refused(CaseRefused::IdTaken(id.uuid())));
        }
        let record: DecisionRecord = serde_json::from_value(known.record).map_err(Failure::fault)?;
        let declaration = self.declaration(&found.state)?;
        let still = known.version == found.state.version;
        let status = record.to.first().and_then(|step| declaration.procedure.step(step));
        let closed = found.state.closed_at.is_some_and(|closed| closed <= record.at);
        Ok(Some(Acted {
            decision: id,
            case: found.state.id,
            number: found.state.number.clone(),
            version: known.version,
            status: match status {
                Some(step) if !still => step.shows.clone(),
                _ => found.state.status.clone(),
            },
            steps: record.to,
            closed,
            outcome: found.state.outcome.clone().filter(|_| closed),
            request: record.request,
        }))
    }
}

fn acted(outcome: &Outcome) -> Result<Acted, CaseFailure> {
    let first = outcome.decisions.first().ok_or_else(|| Failure::fault("a decision without a record"))?;
    let state = &outcome.state;
    Ok(Acted {
        decision: first.id,
        case: state.id,
        number: state.number.clone(),
        version: state.version,
        status: state.status.clone(),
        steps: state.steps(),
        closed: !state.is_open(),
        outcome: state.outcome.clone(),
        request: outcome.request,
    })
}
