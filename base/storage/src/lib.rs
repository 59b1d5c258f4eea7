//! One unit of work, one event log, durable jobs, running numbers and blobs — on SQLite and on PostgreSQL.
//!
//! | file | what it holds |
//! |---|---|
//! | `store` | [`Store`]: open, query, commit |
//! | `work` | [`Work`]: a unit of work as data |
//! | `value`, `row` | what goes into a statement and what comes out |
//! | `log` | the event log, positions, durable followers |
//! | `job` | durable jobs and their leases |
//! | `number`, `blob` | running numbers in blocks; files by their SHA-256 |
//! | `migration`, `backup` | the one history of tables; backup and restore of an embedded store |
//! | `sqlite/`, `postgres/` | the two engines: run these statements, all or nothing |
//! | `testing` | a fresh store on each engine, for tests |
//!
//! # How a unit of work is built
//!
//! Load with [`Store::query`], decide in pure code, fill a [`Work`], commit it. What the decision relied on goes into
//! the unit as an expectation, so that nothing is locked while deciding:
//!
//! ```
//! # use baotu_storage::{CommitError, Store, Work, params};
//! # use baotu_vocabulary::{CaseId, Event};
//! # async fn close(store: &Store, id: CaseId, closed: Event) -> Result<(), CommitError> {
//! let row = store.query_one("SELECT version FROM cases_case WHERE id = $1", params![id]).await?;
//! let version = row.int("version")?;
//!
//! let mut work = Work::new();
//! work.run_expecting(
//!     "UPDATE cases_case SET state = 'closed', version = version + 1 WHERE id = $1 AND version = $2",
//!     params![id, version],
//!     1,
//!     "cases.version",
//! );
//! work.event(closed);
//! store.commit(work).await?; // CommitError::Conflict("cases.version") when somebody was first
//! # Ok(())
//! # }
//! ```
//!
//! # One SQL text
//!
//! `$1` placeholders; columns of `TEXT`, `BIGINT`, `DOUBLE PRECISION`, `JSONB` and `BYTEA`; flags are `BIGINT` 0 or 1;
//! a field of a document is read as `CAST(data->>'k' AS TEXT)`; a bare `$1` in a SELECT list needs a `CAST`, and so
//! does `sum(…)`. `LIKE` ignores ASCII case on SQLite only. Databases on PostgreSQL are made with `C.UTF-8`, so that
//! `ORDER BY` agrees.
//!
//! # Invariants
//!
//! - Storage knows no HTTP, no pack and no engine; it reads no clock and draws no id: both come with the call.
//! - A unit is stored whole and durably before it is answered, or not at all.
//! - What happened is written with what changed: events and jobs are part of the unit.
//! - No reader of the log ever skips an event, whatever commits at the same time.
//! - No dialect outside this crate, and in it only in `log`, in `job::claim` and in the two engines' folders.
//! - No stored value appears in an error or a log line.

mod backup;
mod blob;
mod fault;
mod job;
mod log;
mod migration;
mod number;
mod postgres;
mod row;
mod sqlite;
mod store;
pub mod testing;
mod value;
mod work;

pub use blob::{BlobRef, Digest, DigestError};
pub use fault::{CommitError, StoreFault};
pub use job::{
    CLAIMED_JOBS_MAX, ClaimedJob, JOB_CLAIM_LOST, JOB_ERROR_CHARACTERS_MAX, JOB_PAGE_ROWS_MAX, JobRecord,
    JobState, NewJob,
};
pub use log::{EVENTS_MAX, LoggedEvent, POLL_MILLIS, Position, PositionError};
pub use migration::Migrated;
pub use number::{NUMBER_BLOCK, NUMBER_SEQUENCES_MAX};
pub use row::{Row, RowError};
pub use store::{CONNECTIONS, Database, Engine, Store, StoreConfig};
pub use value::{DOCUMENT_LEVELS_MAX, Value, document_is_storable, text_is_storable};
pub use work::{Committed, FOLLOWER_MOVED, Work};

pub(crate) use store::Outcome;
