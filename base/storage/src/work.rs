//! A unit of work as data: what is to be stored, all of it or nothing.
//!
//! A unit is filled by pure code and handed to [`crate::Store::commit`]; it holds no connection and no lock, so it
//! can be built, compared and thrown away without a database.

use std::borrow::Cow;

use baotu_vocabulary::Event;

use crate::job::{self, ClaimedJob, NewJob};
use crate::log::{self, Position};
use crate::{Engine, Value};

/// The name of the expectation that fails when a follower's cursor was moved by another node.
pub const FOLLOWER_MOVED: &str = "storage.follower";

/// Statements, events and jobs that are stored together.
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use = "a unit of work does nothing until it is committed"]
pub struct Work {
    statements: Vec<Statement>,
    events: Vec<Event>,
    jobs: Vec<NewJob>,
}

/// One statement with its parameters and what is expected of it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sql: Cow<'static, str>,
    pub(crate) params: Vec<Value>,
    pub(crate) expected: Option<Expected>,
    /// Several statements without parameters in one text: a migration.
    pub(crate) script: bool,
}

/// How many rows a statement must touch (or return), and the name under which the unit fails otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Expected {
    pub(crate) rows: u64,
    pub(crate) what: &'static str,
}

impl Statement {
    pub(crate) fn new(sql: impl Into<Cow<'static, str>>, params: Vec<Value>) -> Self {
        Self { sql: sql.into(), params, expected: None, script: false }
    }

    pub(crate) fn script(sql: &'static str) -> Self {
        Self { script: true, ..Self::new(sql, Vec::new()) }
    }

    pub(crate) fn expecting(self, rows: u64, what: &'static str) -> Self {
        Self { expected: Some(Expected { rows, what }), ..self }
    }
}

/// What was stored.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Committed {
    /// The places of the unit's events in the log, in the order in which they were added.
    pub events: Vec<Position>,
}

impl Work {
    /// An empty unit.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a statement; how many rows it touches does not matter.
    pub fn run(&mut self, sql: impl Into<Cow<'static, str>>, params: Vec<Value>) {
        self.statements.push(Statement::new(sql, params));
    }

    /// Adds a statement that must touch (or, for a query, return) exactly `rows` rows; otherwise the whole unit is
    /// rolled back as [`crate::CommitError::Conflict`] of `what`, for example `cases.version`.
    pub fn run_expecting(
        &mut self,
        sql: impl Into<Cow<'static, str>>,
        params: Vec<Value>,
        rows: u64,
        what: &'static str,
    ) {
        self.statements.push(Statement::new(sql, params).expecting(rows, what));
    }

    /// Says what took place. Events are stored after all statements, in the order in which they were added.
    pub fn event(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Asks for a durable job. One whose `key` belongs to a job that still waits or is stuck is not added again.
    pub fn job(&mut self, job: NewJob) {
        self.jobs.push(job);
    }

    /// Adds everything of `other` after what is here.
    pub fn append(&mut self, other: Self) {
        self.statements.extend(other.statements);
        self.events.extend(other.events);
        self.jobs.extend(other.jobs);
    }

    /// Removes a job together with its effect. A lease that was lost meanwhile is a conflict of
    /// [`crate::JOB_CLAIM_LOST`].
    pub fn complete_job(&mut self, job: &ClaimedJob) {
        self.statements.push(job::completion(job));
    }

    /// Moves the cursor of a durable follower. When it no longer stands at `from`, the unit is a conflict of
    /// [`FOLLOWER_MOVED`]: another node has done this part.
    pub fn advance(&mut self, follower: &str, from: Position, to: Position) {
        self.statements.push(log::advance(follower, from, to));
    }

    /// The events of the unit.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// The jobs that the unit asks for.
    pub fn jobs(&self) -> &[NewJob] {
        &self.jobs
    }

    /// Whether there is nothing to store.
    pub fn is_empty(&self) -> bool {
        self.statements.is_empty() && self.events.is_empty() && self.jobs.is_empty()
    }

    /// The unit as plain statements, events last; with the number of events.
    pub(crate) fn into_statements(self, engine: Engine) -> (Vec<Statement>, usize) {
        let events = self.events.len();
        let mut statements = self.statements;
        statements.extend(self.jobs.into_iter().map(job::insertion));
        statements.extend(
            self.events.into_iter().zip(0..).map(|(event, ordinal)| log::insertion(engine, event, ordinal)),
        );
        (statements, events)
    }
}
