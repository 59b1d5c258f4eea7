//! Reading one case: its view, its reporter's contact for a purpose, the units that suggest themselves.

use baotu_access::grants::Denied;
use baotu_access::{AuditLine, Failure};
use baotu_storage::Work;
use baotu_vocabulary::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases, StoredCase};
use crate::case::CaseState;
use crate::dispatch;
use crate::offers::offers;
use crate::outcome::DecisionRecord;
use crate::store::{self, LinkedRow};
use crate::view::{CaseView, Contact, Named, Seen};
use serde_json::Map;

/// A unit that may be in charge, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionView {
    /// The unit.
    pub unit: Named,
    /// The row of the function list.
    pub basis: String,
    /// Why it holds here.
    pub why: String,
}

impl Cases {
    /// The case with this id or number as the actor may see it.
    ///
    /// # Errors
    /// Not found, also when the actor may not know of it; or a fault.
    pub async fn read(&self, key: &str, actor: &Actor) -> Result<CaseView, CaseFailure> {
        let found = self.find(key).await?.ok_or(Failure::Refused(CaseRefused::NotFound))?;
        self.permit_reading(actor, &found.state).map_err(|denied| Failure::Refused(denied.into()))?;
        self.seen(found, actor).await
    }

    /// The view of a case that was just opened.
    ///
    /// # Errors
    /// As for [`Cases::read`].
    pub async fn read_opened(&self, state: CaseState, actor: &Actor) -> Result<CaseView, CaseFailure> {
        let stored = store::case(&self.shared.store, state.id).await?;
        let stored = stored.ok_or(Failure::Refused(CaseRefused::NotFound))?;
        self.seen(stored, actor).await
    }

    async fn seen(&self, found: StoredCase, actor: &Actor) -> Result<CaseView, CaseFailure> {
        let store = &self.shared.store;
        let id = found.state.id;
        let (records, links) = tokio::try_join!(store::decisions(store, id), store::linked(store, id))?;
        let timeline = records
            .into_iter()
            .map(serde_json::from_value)
            .collect::<Result<Vec<DecisionRecord>, _>>()
            .map_err(Failure::fault)?;
        self.view(&found, &timeline, &links, actor).await
    }

    async fn view(
        &self,
        found: &StoredCase,
        timeline: &[DecisionRecord],
        links: &[LinkedRow],
        actor: &Actor,
    ) -> Result<CaseView, CaseFailure> {
        let (state, now) = (&found.state, self.now());
        let declaration = self.declaration(state)?;
        let may_decide = self.permit(actor, "cases.decide", state).is_ok();
        let offers = if may_decide {
            let gathered = self.gather(state, &Map::new(), actor).await?;
            offers(state, &declaration, actor, &gathered, now)
        } else {
            Vec::new()
        };
        let contact = match &found.contact {
            Some(sealed) => Some(self.unsealed(state.id, sealed)?),
            None => None,
        };
        let seen = Seen {
            pack: self.pack(),
            procedure: declaration.procedure,
            state,
            timeline,
            links,
            offers,
            contact: contact.as_ref(),
            actor,
            can_reveal: self.may_reveal(actor, state),
            now,
        };
        Ok(seen.view())
    }

    /// Whether the actor may unmask the reporter, given a purpose.
    fn may_reveal(&self, actor: &Actor, state: &CaseState) -> bool {
        if is_kept_from(actor, state) {
            return false;
        }
        match self.permit(actor, "cases.read-personal", state) {
            Ok(_) | Err(Denied::PurposeNeeded(_)) => true,
            Err(_) => false,
        }
    }

    /// The reporter's contact, for the purpose that the actor brings; leaves an audit line.
    ///
    /// # Errors
    /// Not found, no right, no fitting purpose, no contact; or a fault.
    pub async fn reveal(&self, key: &str, actor: &Actor) -> Result<Contact, CaseFailure> {
        let found = self.permitted(key, actor, "cases.read").await?;
        let state = &found.state;
        if is_kept_from(actor, state) {
            return Err(Failure::Refused(CaseRefused::Denied(Denied::MayNotDo)));
        }
        self.permit(actor, "cases.read-personal", state).map_err(|denied| Failure::Refused(denied.into()))?;
        let sealed = found.contact.as_ref().ok_or(Failure::Refused(CaseRefused::NoContact))?;
        let contact = self.unsealed(state.id, sealed)?;
        let line = AuditLine::new("cases.read-personal", "case", state.id);
        let line = match state.reporter {
            Some(person) => line.concerning(person),
            None => line,
        };
        let mut work = Work::new();
        self.shared.access.audit(&mut work, actor, line);
        // Nothing is told unless the line is stored.
        self.shared.store.commit(work).await?;
        Ok(contact)
    }

    /// The units that the function lists name for a case, the best first.
    ///
    /// # Errors
    /// Not found, also when the actor may not know of it; or a fault.
    pub async fn suggestions(&self, key: &str, actor: &Actor) -> Result<Vec<SuggestionView>, CaseFailure> {
        let found = self.permitted(key, actor, "cases.read").await?;
        let declaration = self.declaration(&found.state)?;
        let suggested = dispatch::suggest(&declaration, &found.state, self.now());
        let view = |suggestion: dispatch::Suggestion| SuggestionView {
            unit: Named { code: suggestion.unit.to_string(), name: suggestion.name },
            basis: suggestion.basis,
            why: suggestion.why,
        };
        Ok(suggested.into_iter().map(view).collect())
    }
}

/// Whether the reporter of a confidential case is kept from this official: those who handle it never learn the name.
fn is_kept_from(actor: &Actor, state: &CaseState) -> bool {
    state.confidential && actor.as_official().is_some_and(|official| state.is_handled_by(&official.unit))
}
