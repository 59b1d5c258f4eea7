//! What everybody may know of cases, for doors that publish them: no person, no confidential case, and a reporter's
//! words only where they came in through a program whose users were told that they are published.

use baotu_storage::StoreFault;
use baotu_vocabulary::{CaseId, CategoryCode, Moment, Point, ProcedureName};

use super::Cases;
use crate::case::{CaseState, PartyKind};
use crate::store;

/// Rows of one answer at most.
pub const PUBLIC_ROWS_MAX: u32 = 1_000;

/// Which public cases are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicQuestion {
    /// Only these numbers; then time and status do not count.
    pub numbers: Option<Vec<String>>,
    /// Only cases of these procedures and categories.
    pub kinds: Vec<(ProcedureName, CategoryCode)>,
    /// Opened at this moment or later.
    pub from: Moment,
    /// Opened at this moment or earlier.
    pub to: Moment,
    /// Only open or only ended ones.
    pub is_open: Option<bool>,
    /// Rows to pass over.
    pub offset: u32,
    /// Rows, never more than [`PUBLIC_ROWS_MAX`].
    pub limit: u32,
}

/// What is public of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct PublicCase {
    /// The case.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Its procedure.
    pub procedure: ProcedureName,
    /// Its category.
    pub category: CategoryCode,
    /// The name of its category.
    pub category_name: String,
    /// Its public status.
    pub status: String,
    /// Whether it goes on.
    pub is_open: bool,
    /// What the reporter was told.
    pub reply: Option<String>,
    /// What was reported, where it was meant to be published.
    pub description: Option<String>,
    /// The name of the unit in charge.
    pub agency: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it last moved.
    pub changed_at: Moment,
    /// When it is due.
    pub due_at: Option<Moment>,
    /// Where, in words, where it was meant to be published.
    pub address: Option<String>,
    /// Where.
    pub point: Option<Point>,
}

impl Cases {
    /// The public cases that a question means, the newest first.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn public(&self, question: &PublicQuestion) -> Result<Vec<PublicCase>, StoreFault> {
        let states = store::public_states(&self.shared.store, question).await?;
        Ok(states.into_iter().map(|state| self.public_case(state)).collect())
    }

    /// The number of a case that everybody may know of; nothing when there is none.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn public_number(&self, case: CaseId) -> Result<Option<String>, StoreFault> {
        let Some(stored) = store::case(&self.shared.store, case).await? else { return Ok(None) };
        let state = stored.state;
        Ok((!state.confidential).then_some(state.number))
    }

    fn public_case(&self, state: CaseState) -> PublicCase {
        let published = state.opened_by.kind == PartyKind::Client;
        let unit = state.lead_unit.as_ref().and_then(|unit| self.pack().units().get(unit.as_str()));
        let moved = state.tasks.iter().flat_map(|task| [Some(task.since), task.ended_at]);
        let changed_at = moved.chain([state.resolved_at, state.closed_at]).flatten().max();
        let due_at = state.due().map(|due| due.at);
        let is_open = state.is_open();
        let (address, point) = match state.place {
            Some(place) => (place.address.filter(|_| published), place.point),
            None => (None, None),
        };
        PublicCase {
            id: state.id,
            number: state.number,
            procedure: state.procedure.name,
            category: state.category.code,
            category_name: state.category.name,
            status: state.status,
            is_open,
            reply: state.resolution.and_then(|resolution| resolution.public_reply),
            description: published.then_some(state.text).filter(|text| !text.is_empty()),
            agency: unit.map(|unit| unit.name.clone()),
            opened_at: state.opened_at,
            changed_at: changed_at.unwrap_or(state.opened_at),
            due_at,
            address,
            point,
        }
    }
}
