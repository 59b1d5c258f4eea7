//! Durable jobs: asked for in the unit of work that needs them, removed in the unit that holds their effect.
//!
//! A worker claims jobs for the length of a lease. When it dies, the lease runs out and another worker claims the
//! job; when the first was only slow, its unit fails as a conflict, so the effect is stored once. What a job does
//! is not known here.

use baotu_vocabulary::{JobId, Moment};

use crate::work::Statement;
use crate::{CommitError, Engine, Row, RowError, Store, StoreFault, Value, params};

/// The name of the expectation that fails when a lease was lost.
pub const JOB_CLAIM_LOST: &str = "storage.job_claim";

/// Jobs that one call claims at most.
pub const CLAIMED_JOBS_MAX: u32 = 256;

/// Rows of one page of jobs at most.
pub const JOB_PAGE_ROWS_MAX: u32 = 200;

/// Characters of an error that are kept with a job.
pub const JOB_ERROR_CHARACTERS_MAX: usize = 2_000;

/// A job to be asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NewJob {
    /// Its id, made by the caller.
    pub id: JobId,
    /// Which worker takes it, for example `notices.deliver`.
    pub kind: String,
    /// While a job with this key waits or is stuck, another one is not added. A key says *what is to be done*,
    /// version included: a job already under way may have read the state before this unit.
    pub key: Option<String>,
    /// What the worker needs to know.
    pub payload: serde_json::Value,
    /// Not before this moment.
    pub run_at: Moment,
}

/// A job under lease.
#[derive(Clone, Debug, PartialEq)]
pub struct ClaimedJob {
    /// Its id.
    pub id: JobId,
    /// Which worker takes it.
    pub kind: String,
    /// What the worker needs to know.
    pub payload: serde_json::Value,
    /// When it was asked to run.
    pub run_at: Moment,
    /// How often it was claimed since it was asked for or retried by hand, this time included.
    pub attempts: i64,
    /// When the lease ends.
    pub claimed_until: Moment,
    /// Which claim this is: no other claim of this job has the same number.
    claim: i64,
}

/// Whether a job runs by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum JobState {
    /// It waits for its time or for a worker, or a worker holds it.
    Waiting,
    /// It was given up and waits for a person.
    Stuck,
}

impl JobState {
    /// The state as the table keeps it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Stuck => "stuck",
        }
    }
}

/// A job as the operators' page shows it. The payload is left out: it may tell personal things.
#[derive(Clone, Debug, PartialEq)]
pub struct JobRecord {
    /// Its id.
    pub id: JobId,
    /// Which worker takes it.
    pub kind: String,
    /// Its key, if it has one.
    pub key: Option<String>,
    /// Whether it runs by itself.
    pub state: JobState,
    /// When it was asked to run.
    pub run_at: Moment,
    /// When it may be claimed next.
    pub due_at: Moment,
    /// How often it was claimed since it was asked for or retried by hand.
    pub attempts: i64,
    /// The worker that holds it, or that died while holding it.
    pub claimed_by: Option<String>,
    /// Why the last attempt failed.
    pub last_error: Option<String>,
}

pub(crate) fn insertion(job: NewJob) -> Statement {
    let sql = "INSERT INTO storage_job (id, kind, key, payload, run_at, due_at, attempts, claims, state)
               VALUES ($1, $2, $3, $4, $5, $5, 0, 0, 'waiting')
               ON CONFLICT (key) DO NOTHING";
    Statement::new(sql, params![job.id, job.kind, job.key, job.payload, job.run_at])
}

pub(crate) fn completion(job: &ClaimedJob) -> Statement {
    let sql = "DELETE FROM storage_job WHERE id = $1 AND claims = $2 AND state = 'waiting'";
    Statement::new(sql, params![job.id, job.claim]).expecting(1, JOB_CLAIM_LOST)
}

/// The one statement that needs two texts: PostgreSQL's workers step over each other's rows, SQLite's writer is
/// alone.
fn claim(engine: Engine, kinds: usize) -> String {
    let list = (0..kinds).map(|index| format!("${}", index + 5)).collect::<Vec<_>>().join(", ");
    let lock = match engine {
        Engine::Sqlite => "",
        Engine::Postgres => "FOR UPDATE SKIP LOCKED",
    };
    // As a table of its own, so that no plan runs the selection twice and claims more than the limit.
    format!(
        "WITH due AS MATERIALIZED (
             SELECT id FROM storage_job
             WHERE state = 'waiting' AND due_at <= $1 AND kind IN ({list})
             ORDER BY due_at, id LIMIT $4 {lock})
         UPDATE storage_job SET due_at = $2, claimed_by = $3, claims = claims + 1, attempts = attempts + 1
         WHERE id IN (SELECT id FROM due)
         RETURNING id, kind, payload, run_at, due_at, attempts, claims"
    )
}

fn claimed(row: &Row) -> Result<ClaimedJob, RowError> {
    Ok(ClaimedJob {
        id: row.parse("id")?,
        kind: row.text("kind")?,
        payload: row.json("payload")?,
        run_at: row.moment("run_at")?,
        attempts: row.int("attempts")?,
        claimed_until: row.moment("due_at")?,
        claim: row.int("claims")?,
    })
}

fn record(row: &Row) -> Result<JobRecord, RowError> {
    let state =
        if row.text("state")? == JobState::Stuck.as_str() { JobState::Stuck } else { JobState::Waiting };
    Ok(JobRecord {
        id: row.parse("id")?,
        kind: row.text("kind")?,
        key: row.opt_text("key")?,
        state,
        run_at: row.moment("run_at")?,
        due_at: row.moment("due_at")?,
        attempts: row.int("attempts")?,
        claimed_by: row.opt_text("claimed_by")?,
        last_error: row.opt_text("last_error")?,
    })
}

impl Store {
    /// Claims due jobs of `kinds` for `worker` until `now` plus `lease_seconds`, the longest due first, at most
    /// `limit` and never more than [`CLAIMED_JOBS_MAX`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn claim_jobs(
        &self,
        kinds: &[&str],
        worker: &str,
        now: Moment,
        lease_seconds: u32,
        limit: u32,
    ) -> Result<Vec<ClaimedJob>, StoreFault> {
        if kinds.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let until = now.plus_seconds(lease_seconds.into());
        let mut params = params![now, until, worker, limit.min(CLAIMED_JOBS_MAX)];
        params.extend(kinds.iter().copied().map(Value::from));
        let statement = Statement::new(claim(self.engine(), kinds.len()), params);
        let rows = self.run_alone(statement).await?.rows;
        let mut jobs = rows.iter().map(claimed).collect::<Result<Vec<_>, _>>()?;
        // RETURNING promises no order.
        jobs.sort_by_key(|job| (job.run_at, job.id));
        Ok(jobs)
    }

    /// Records that an attempt failed: the job waits until `retry_at`, or is stuck when there is none.
    ///
    /// # Errors
    /// A conflict of [`JOB_CLAIM_LOST`] when the lease was lost; a fault when the database cannot answer.
    pub async fn fail_job(
        &self,
        job: &ClaimedJob,
        error: &str,
        retry_at: Option<Moment>,
    ) -> Result<(), CommitError> {
        let state = if retry_at.is_some() { JobState::Waiting } else { JobState::Stuck };
        let error: String =
            error.chars().filter(|character| *character != '\0').take(JOB_ERROR_CHARACTERS_MAX).collect();
        let sql = "UPDATE storage_job SET state = $3, last_error = $4, due_at = coalesce($5, due_at),
                          claims = claims + 1, claimed_by = NULL
                   WHERE id = $1 AND claims = $2 AND state = 'waiting'";
        let params = params![job.id, job.claim, state.as_str(), error, retry_at];
        self.run_alone(Statement::new(sql, params).expecting(1, JOB_CLAIM_LOST)).await.map(drop)
    }

    /// Jobs in `state`, or all, ordered by id (the time they were asked for), after the id `after`; at most `limit`
    /// and never more than [`JOB_PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn jobs(
        &self,
        state: Option<JobState>,
        after: Option<JobId>,
        limit: u32,
    ) -> Result<Vec<JobRecord>, StoreFault> {
        let sql =
            "SELECT id, kind, key, state, run_at, due_at, attempts, claimed_by, last_error FROM storage_job
                   WHERE (state = $1 OR $1 = '') AND id > $2 ORDER BY id LIMIT $3";
        let after = after.map(|id| id.to_string()).unwrap_or_default();
        let params = params![state.map_or("", JobState::as_str), after, limit.min(JOB_PAGE_ROWS_MAX)];
        let rows = self.query(sql, params).await?;
        rows.iter().map(|row| record(row).map_err(StoreFault::from)).collect()
    }

    /// Lets a stuck or waiting job run at once, with a fresh count of attempts; false when there is no such job or
    /// a worker holds it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn retry_job(&self, id: JobId, now: Moment) -> Result<bool, StoreFault> {
        let sql = "UPDATE storage_job SET state = 'waiting', attempts = 0, due_at = $2, claimed_by = NULL
                   WHERE id = $1 AND (state = 'stuck' OR claimed_by IS NULL)";
        Ok(self.run_alone(Statement::new(sql, params![id, now])).await?.touched == 1)
    }

    /// When the next waiting job is due, for a worker that wants to sleep until then; nothing when none waits.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn next_run_at(&self) -> Result<Option<Moment>, StoreFault> {
        let sql = "SELECT min(due_at) AS due_at FROM storage_job WHERE state = 'waiting'";
        Ok(self.query_one(sql, Vec::new()).await?.opt_moment("due_at")?)
    }
}
