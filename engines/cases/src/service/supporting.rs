//! Residents who have met with the same (随报): they join a case instead of opening another.
//!
//! Only what stands on the list of cases near a place can be joined, for nothing else is known to strangers. Who has
//! joined sees the case among their own, without the reporter's words, and is told when it ends.

use baotu_access::Failure;
use baotu_access::grants::{Denied, Permit, Resource};
use baotu_vocabulary::{Actor, DecisionId};
use serde::Serialize;
use serde_json::Map;
use utoipa::ToSchema;

use super::acting::Act;
use super::{CaseFailure, CaseRefused, Cases, resource};
use crate::case::CaseState;
use crate::declaration::Declaration;
use crate::refusal::TakeRefused;

/// What came of joining a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Joined {
    /// The case.
    pub case: String,
    /// Its number.
    pub number: String,
    /// Its public status.
    pub status: String,
    /// How many residents have met with the same, beside the reporter.
    pub supporters: usize,
}

/// The right to join a case.
pub(super) const SUPPORT: &str = "cases.support";

impl Cases {
    /// Notes the actor as one who has met with the same as the case with this id or number tells.
    ///
    /// # Errors
    /// Why it is not noted; or a fault.
    pub async fn support(
        &self,
        key: &str,
        decision: Option<DecisionId>,
        actor: &Actor,
    ) -> Result<Joined, CaseFailure> {
        let found = self.permitted(key, actor, SUPPORT).await?;
        if found.state.place.as_ref().is_none_or(|place| place.point.is_none()) {
            return Err(Failure::Refused(CaseRefused::NotFound));
        }
        let declaration = self.declaration(&found.state)?;
        let act = declaration.supporting_act(&found.state);
        let act = act.ok_or_else(|| Failure::Refused(TakeRefused::NotOffered("随报".to_owned()).into()))?;
        let take =
            Act { take: act.name.to_string(), task: None, version: None, form: Map::new(), id: decision };
        let now = self.now();
        let acted = self.act_with(SUPPORT, key, take, actor, now).await?;
        let stored = self.state(acted.case).await?;
        Ok(Joined {
            case: acted.case.to_string(),
            number: acted.number,
            status: acted.status,
            supporters: stored.map_or(0, |state| state.supporters.len()),
        })
    }

    /// Whether the actor may read a case: who has joined it may as its reporter may.
    pub(super) fn permit_reading(&self, actor: &Actor, state: &CaseState) -> Result<Permit, Denied> {
        self.permit(actor, "cases.read", state).or_else(|denied| {
            if !state.is_supported_by(actor) {
                return Err(denied);
            }
            let joined = Resource { owner: actor.person(), ..resource(state) };
            self.shared.access.rights().permit(actor, "cases.read", &joined)
        })
    }

    /// Whether the actor could join a case.
    pub(super) fn may_support(&self, actor: &Actor, state: &CaseState) -> bool {
        let procedure = Declaration::of_case(self.pack(), state);
        let act = procedure.as_ref().and_then(|declaration| declaration.supporting_act(state));
        act.is_some()
            && state.reporter.is_none_or(|reporter| actor.person() != Some(reporter))
            && !state.is_supported_by(actor)
            // Somebody who is not signed in yet may be asked to.
            && !matches!(self.permit(actor, SUPPORT, state), Err(Denied::MayNotDo))
    }
}
