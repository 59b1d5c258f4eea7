//! Somebody has seen an alarm (确认), with an opinion.

use baotu_access::AuditLine;
use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{Actor, AlarmId};
use serde::{Deserialize, Serialize};

use crate::store;

use super::reading::AlarmView;
use super::{Rules, RulesFailure, RulesFault, RulesRefused};

/// Longest opinion, in characters.
pub const OPINION_CHARACTERS_MAX: usize = 500;

/// What somebody says who acknowledges an alarm.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Acknowledgement {
    /// What they make of it, 1 to 500 characters.
    pub opinion: String,
}

impl Rules {
    /// Acknowledges an alarm; also one that has ended. The alarm as it stands then.
    ///
    /// # Errors
    /// [`RulesRefused::NotFound`], [`RulesRefused::Denied`], [`RulesRefused::Opinion`], [`RulesRefused::Acknowledged`], or a
    /// fault.
    pub async fn acknowledge(
        &self,
        id: AlarmId,
        said: &Acknowledgement,
        actor: &Actor,
    ) -> Result<AlarmView, RulesFailure> {
        self.permitted(id, actor, "alarms.acknowledge").await?;
        let person = actor
            .person()
            .ok_or(RulesFailure::Refused(RulesRefused::Denied(baotu_access::Denied::MayNotDo)))?;
        let opinion = said.opinion.trim();
        if opinion.is_empty() || opinion.chars().count() > OPINION_CHARACTERS_MAX {
            return Err(RulesFailure::Refused(RulesRefused::Opinion));
        }
        let mut work = Work::new();
        store::acknowledge(&mut work, id, person, opinion, self.now());
        self.shared.access.audit(&mut work, actor, AuditLine::new("alarms.acknowledge", "alarm", id));
        match self.store().commit(work).await {
            Ok(_) => {}
            Err(CommitError::Conflict(store::ACKNOWLEDGED)) => {
                return Err(RulesFailure::Refused(RulesRefused::Acknowledged));
            }
            Err(fault) => return Err(RulesFault::from(fault).into()),
        }
        let stored = store::alarm(self.store(), id).await?;
        stored.map(AlarmView::of).ok_or(RulesFailure::Refused(RulesRefused::NotFound))
    }
}
