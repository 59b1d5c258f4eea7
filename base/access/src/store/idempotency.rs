//! Requests with a key, and their answers.

use baotu_storage::{CommitError, StoreFault, Work, params};
use baotu_vocabulary::Moment;

use crate::AccessState;
use crate::idempotency::{KeptRequest, RepeatKey};
use crate::sealed::Sealed;

/// The expectation that fails when somebody else has the turn.
const TURN: &str = "access.idempotency";

impl AccessState {
    /// Enters a request, unless one with its key is there.
    pub(crate) async fn add_request(
        &self,
        key: &RepeatKey,
        digest: &str,
        claim: &str,
        now: Moment,
    ) -> Result<(), CommitError> {
        self.run_expecting_one(
            "INSERT INTO access_idempotency (actor, key, digest, claim, started_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (actor, key) DO NOTHING",
            params![key.actor(), key.key(), digest, claim, now],
        )
        .await
    }

    /// The request with this key.
    pub(crate) async fn kept_request(&self, key: &RepeatKey) -> Result<Option<KeptRequest>, StoreFault> {
        let sql = "SELECT digest, claim, started_at, answer_sealed FROM access_idempotency
                   WHERE actor = $1 AND key = $2";
        let row = self.store().query_optional(sql, params![key.actor(), key.key()]).await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(KeptRequest {
            digest: row.text("digest")?,
            claim: row.text("claim")?,
            started_at: row.moment("started_at")?,
            answer: row.opt_bytes("answer_sealed")?.map(Sealed::from_bytes),
        }))
    }

    /// Takes the turn of a run that is dead or forgotten.
    pub(crate) async fn take_over(
        &self,
        key: &RepeatKey,
        dead_claim: &str,
        digest: &str,
        claim: &str,
        now: Moment,
    ) -> Result<(), CommitError> {
        self.run_expecting_one(
            "UPDATE access_idempotency
             SET digest = $4, claim = $5, started_at = $6, status = NULL, answer_sealed = NULL
             WHERE actor = $1 AND key = $2 AND claim = $3",
            params![key.actor(), key.key(), dead_claim, digest, claim, now],
        )
        .await
    }

    /// Keeps the answer of the run that has the turn.
    pub(crate) async fn set_answer(
        &self,
        key: &RepeatKey,
        claim: &str,
        status: u16,
        answer: Sealed,
    ) -> Result<(), CommitError> {
        self.run_expecting_one(
            "UPDATE access_idempotency SET status = $4, answer_sealed = $5
             WHERE actor = $1 AND key = $2 AND claim = $3",
            params![key.actor(), key.key(), claim, status, answer],
        )
        .await
    }

    /// Gives up the turn without an answer, so that the next one runs.
    pub(crate) async fn give_up_turn(&self, key: &RepeatKey, claim: &str) -> Result<(), CommitError> {
        let mut work = Work::new();
        work.run(
            "DELETE FROM access_idempotency WHERE actor = $1 AND key = $2 AND claim = $3",
            params![key.actor(), key.key(), claim],
        );
        self.store().commit(work).await.map(|_| ())
    }

    /// Forgets requests that began before `started`.
    pub(crate) async fn remove_requests_before(&self, started: Moment) -> Result<(), StoreFault> {
        let mut work = Work::new();
        work.run("DELETE FROM access_idempotency WHERE started_at <= $1", params![started]);
        self.store().commit(work).await?;
        Ok(())
    }

    async fn run_expecting_one(
        &self,
        sql: &'static str,
        params: Vec<baotu_storage::Value>,
    ) -> Result<(), CommitError> {
        let mut work = Work::new();
        work.run_expecting(sql, params, 1, TURN);
        self.store().commit(work).await.map(|_| ())
    }
}
