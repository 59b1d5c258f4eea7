//! What a caller has asked for before, found by the blind index of the telephone: masked, for a purpose, on record.

use baotu_access::grants::{Denied, Resource};
use baotu_access::{AuditLine, Failure};
use baotu_storage::Work;
use baotu_vocabulary::{Actor, DivisionCode, PurposeName, mask};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases, ListRow};
use crate::store::{self, CaseRow};

/// Earlier cases that are told at most.
const CALLER_ROWS_MAX: u32 = 20;

/// Whose earlier cases are asked for.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CallerQuestion {
    /// The telephone, as dialled.
    pub phone: String,
    /// For what: a purpose that the pack declares.
    #[schema(value_type = String)]
    pub purpose: PurposeName,
}

/// Telephones never print whole.
impl std::fmt::Debug for CallerQuestion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CallerQuestion").field("phone", &mask::phone(&self.phone)).finish()
    }
}

/// What is known of a caller.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CallerHistory {
    /// The telephone, masked.
    pub phone: String,
    /// The name given last, masked.
    pub name: Option<String>,
    /// The earlier cases, the newest first, at most 20.
    pub rows: Vec<ListRow>,
    /// Of them: those that go on.
    pub open: usize,
}

impl Cases {
    /// The earlier cases of a telephone, as far as the actor may read who reported them; leaves an audit line.
    ///
    /// # Errors
    /// No right for this purpose, or a text that is no telephone; or a fault.
    pub async fn caller_history(
        &self,
        question: &CallerQuestion,
        actor: &Actor,
    ) -> Result<CallerHistory, CaseFailure> {
        let actor = &actor.clone().with_purpose(question.purpose.clone());
        let rights = self.shared.access.rights();
        let reaches = rights.reaches(actor, "cases.read-personal", "case");
        if reaches.is_empty() {
            return Err(Failure::Refused(CaseRefused::Denied(Denied::MayNotDo)));
        }
        let phone = self.shared.access.phone(&question.phone);
        let phone = phone.ok_or(Failure::Refused(CaseRefused::QueryInvalid("phone")))?;
        let (store, now) = (&self.shared.store, self.now());
        let index = self.contact_index(&phone);
        let mut rows = store::of_contact(store, &index, &self.sights(&reaches), CALLER_ROWS_MAX, now).await?;
        rows.retain(|row| rights.permit(actor, "cases.read-personal", &resource(row)).is_ok());

        let name = match rows.first() {
            Some(row) => self.name_given(row).await?,
            None => None,
        };
        let mut reporters: Vec<_> = rows.iter().filter_map(|row| row.reporter).collect();
        reporters.sort();
        reporters.dedup();
        let line = AuditLine::new("cases.read-caller", "telephone", &index).with(json!({"rows": rows.len()}));
        let line = match reporters[..] {
            [person] => line.concerning(person),
            _ => line,
        };
        let mut work = Work::new();
        self.shared.access.audit(&mut work, actor, line);
        // Nothing is told unless the line is stored.
        self.shared.store.commit(work).await?;
        Ok(CallerHistory {
            phone: mask::phone(phone.reveal()),
            name,
            open: rows.iter().filter(|row| row.open).count(),
            rows: rows.iter().map(|row| self.row(row, now)).collect(),
        })
    }

    /// The name that a case's reporter gave, masked.
    async fn name_given(&self, row: &CaseRow) -> Result<Option<String>, CaseFailure> {
        let Some(stored) = store::case(&self.shared.store, row.id).await? else { return Ok(None) };
        let Some(sealed) = &stored.contact else { return Ok(None) };
        let contact = self.unsealed(row.id, sealed)?;
        Ok(contact.name.as_deref().map(mask::name))
    }
}

/// A row as rights depend on it.
fn resource(row: &CaseRow) -> Resource {
    Resource {
        procedure: Some(row.procedure.clone()),
        units: row.lead_unit.iter().chain(&row.intake_unit).cloned().collect(),
        division: row.division.as_deref().and_then(|code| code.parse::<DivisionCode>().ok()),
        owner: row.reporter,
        confidential: row.confidential,
        status: Some(row.status.clone()),
        level: row.level.clone(),
        category: Some(row.category.clone()),
        ..Resource::known("case")
    }
}
