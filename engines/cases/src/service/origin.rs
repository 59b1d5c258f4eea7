//! What cases were opened for: an alarm, a thing. Whoever knows the origin finds its cases.

use baotu_access::Failure;
use baotu_vocabulary::Actor;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases};
use crate::store;

/// Characters of an origin at most.
pub const ORIGIN_CHARACTERS_MAX: usize = 100;
/// Cases of one origin that are told, the newest first.
const ROWS_MAX: u32 = 50;

/// A case that was opened for an origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OriginCase {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// One line.
    pub title: String,
    /// Its public status.
    pub status: String,
    /// Whether it is open.
    pub open: bool,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
}

impl Cases {
    /// The newest cases that were opened for an origin and that the actor may read.
    ///
    /// # Errors
    /// An origin that is none; or a fault.
    pub async fn of_origin(&self, origin: &str, actor: &Actor) -> Result<Vec<OriginCase>, CaseFailure> {
        if origin.is_empty() || origin.chars().count() > ORIGIN_CHARACTERS_MAX {
            return Err(Failure::Refused(CaseRefused::QueryInvalid("origin")));
        }
        let mut cases = Vec::new();
        for id in store::of_origin(&self.shared.store, origin, ROWS_MAX).await? {
            let Some(found) = self.find(&id.to_string()).await? else { continue };
            let state = &found.state;
            if self.permit_reading(actor, state).is_ok() {
                cases.push(OriginCase {
                    id: state.id.to_string(),
                    number: state.number.clone(),
                    title: state.title.clone(),
                    status: state.status.clone(),
                    open: state.is_open(),
                    opened_at: state.opened_at.timestamp().to_string(),
                });
            }
        }
        Ok(cases)
    }
}
