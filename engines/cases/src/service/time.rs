//! What is due by itself: cards, stage limits, exits that time takes; and due times that a new calendar moves.

use baotu_storage::{CommitError, StoreFault};
use baotu_vocabulary::{Actor, CaseId, DecisionId, Moment};

use super::{CaseFailure, Cases, StoredCase, derived};
use crate::outcome::Outcome;
use crate::store;
use crate::sweep::{recompute_provisional, sweep};

/// Cases that one sweep looks at unless told otherwise.
pub const SWEEP_ROWS: u32 = 200;
/// Cases that are swept at the same time, so that their units of work share a commit.
const SWEPT_TOGETHER: usize = 16;
/// Cases of one page when due times are computed again.
const PROVISIONAL_ROWS: u32 = 200;

/// What a sweep did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Swept {
    /// Cases on which time acted.
    pub acted: u64,
    /// Cases that somebody else changed at the same time; the next sweep sees them.
    pub passed: u64,
    /// Cases that could not be swept; each is told in the log.
    pub failed: u64,
}

impl Cases {
    /// Lets time act on the cases that are due at `now`, the longest due first, at most `limit`.
    ///
    /// # Errors
    /// When the due cases cannot be asked for; what fails on one case is counted and told in the log.
    pub async fn sweep_due(&self, now: Moment, limit: u32) -> Result<Swept, StoreFault> {
        let due = store::clocks_due(&self.shared.store, now, limit).await?;
        let mut swept = Swept::default();
        for together in due.chunks(SWEPT_TOGETHER) {
            let mut tasks = tokio::task::JoinSet::new();
            for id in together {
                let (cases, id) = (self.clone(), *id);
                tasks.spawn(async move { (id, cases.sweep_one(id, now).await) });
            }
            while let Some(done) = tasks.join_next().await {
                match done {
                    Ok((_, Ok(true))) => swept.acted += 1,
                    Ok((_, Ok(false))) => swept.passed += 1,
                    Ok((case, Err(failure))) => {
                        swept.failed += 1;
                        tracing::error!(%case, ?failure, "time could not act on a case");
                    }
                    Err(error) => {
                        swept.failed += 1;
                        tracing::error!(%error, "a sweep ended early");
                    }
                }
            }
        }
        Ok(swept)
    }

    /// When time must act next, for a sweeper that wants to sleep until then.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn next_clock(&self) -> Result<Option<Moment>, StoreFault> {
        store::next_clock(&self.shared.store).await
    }

    /// Computes the due times again that a year without announced holidays made provisional; how many moved.
    ///
    /// # Errors
    /// When the cases cannot be asked for; what fails on one case is told in the log.
    pub async fn recompute_provisional(&self, now: Moment) -> Result<u64, StoreFault> {
        let (mut after, mut moved) = (None, 0);
        loop {
            let ids = store::provisional_after(&self.shared.store, after, PROVISIONAL_ROWS).await?;
            let Some(last) = ids.last() else { return Ok(moved) };
            after = Some(*last);
            for case in ids {
                match self.recompute_one(case, now).await {
                    Ok(true) => moved += 1,
                    Ok(false) => {}
                    Err(failure) => tracing::error!(%case, ?failure, "a due time was not computed again"),
                }
            }
        }
    }

    async fn sweep_one(&self, id: CaseId, now: Moment) -> Result<bool, CaseFailure> {
        let Some(found) = self.find(&id.to_string()).await? else { return Ok(false) };
        let declaration = self.declaration(&found.state)?;
        let gathered = self.gather(&found.state, &serde_json::Map::new(), &Actor::city("clock")).await?;
        let decision = self.clock_decision(&found, "sweep", now);
        match sweep(&found.state, &declaration, &gathered, decision, now) {
            Some(outcome) => self.commit_clock(&found, &outcome, now).await,
            None => Ok(false),
        }
    }

    async fn recompute_one(&self, id: CaseId, now: Moment) -> Result<bool, CaseFailure> {
        let Some(found) = self.find(&id.to_string()).await? else { return Ok(false) };
        let declaration = self.declaration(&found.state)?;
        let decision = self.clock_decision(&found, "calendar", now);
        match recompute_provisional(&found.state, &declaration, decision, now) {
            Some(outcome) => self.commit_clock(&found, &outcome, now).await,
            None => Ok(false),
        }
    }

    /// The id of time's decision on a version of a case: two nodes that sweep at once make the same.
    fn clock_decision(&self, found: &StoredCase, what: &str, now: Moment) -> DecisionId {
        derived(found.state.id.uuid(), &format!("{what}/{}", found.state.version), now).into()
    }

    /// Stores what time did; false when somebody else was first.
    async fn commit_clock(
        &self,
        found: &StoredCase,
        outcome: &Outcome,
        now: Moment,
    ) -> Result<bool, CaseFailure> {
        let work = self.unit_of(found, outcome, &Actor::city("clock"), now).await?;
        match self.shared.store.commit(work).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict(_) | CommitError::Duplicate { .. }) => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }
}
