//! The writer thread: takes all units that wait, stores each in a savepoint of its own, commits them together and
//! only then answers.
//!
//! One `fdatasync` for many units is what makes the embedded engine fast; a unit that fails rolls back alone. A
//! unit sees those stored before it in the same group, and all of a group is durable before any of it is answered.

use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::{mpsc, oneshot};

use super::statement::{self, Failure};
use crate::work::Statement;
use crate::{CommitError, Outcome, StoreFault};

/// Units that may wait for the writer; beyond it, callers wait for room.
const QUEUE_UNITS_MAX: usize = 1_024;

/// Units that are committed together at most.
const GROUP_UNITS_MAX: usize = 256;

type Answer = Result<Vec<Outcome>, CommitError>;

/// A unit on its way to the writer.
struct Unit {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

/// The handle of the writer thread. Dropping it stores what is queued and waits for the end of the thread.
#[derive(Debug)]
pub(super) struct Writer {
    /// Taken only by `drop`, which closes the queue.
    queue: Option<mpsc::Sender<Unit>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> Result<Self, StoreFault> {
        let (queue, units) = mpsc::channel(QUEUE_UNITS_MAX);
        let thread = std::thread::Builder::new()
            .name("baotu-writer".to_owned())
            .spawn(move || write_all(connection, units))
            .map_err(StoreFault::file("baotu-writer"))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Answer {
        let (answer, answered) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or(StoreFault::Closed)?;
        queue.send(Unit { statements, answer }).await.map_err(|_| StoreFault::Closed)?;
        answered.await.map_err(|_| StoreFault::Closed)?
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer thread has panicked");
        }
    }
}

/// Stores units until the queue is closed and empty.
fn write_all(connection: Connection, mut units: mpsc::Receiver<Unit>) {
    let mut group = Vec::with_capacity(GROUP_UNITS_MAX);
    while units.blocking_recv_many(&mut group, GROUP_UNITS_MAX) > 0 {
        write_group(&connection, &mut group);
    }
    // The last connection to close folds the write-ahead log into the database; the readers are gone before this one.
}

/// Stores a group and answers each of its units.
fn write_group(connection: &Connection, group: &mut Vec<Unit>) {
    match store_group(connection, group) {
        Ok(answers) => {
            for (unit, answer) in group.drain(..).zip(answers) {
                // A caller that no longer listens does not change what was stored.
                unit.answer.send(answer).ok();
            }
        }
        Err(fault) => {
            if !connection.is_autocommit()
                && let Err(error) = run_plain(connection, "ROLLBACK")
            {
                tracing::error!(%error, "a group of units was not rolled back");
            }
            tracing::error!(%fault, units = group.len(), "a group of units was not stored");
            for unit in group.drain(..) {
                let lost = StoreFault::GroupLost { reason: fault.to_string() };
                unit.answer.send(Err(lost.into())).ok();
            }
        }
    }
}

/// The answers to the units of a group, once all of them are durable.
fn store_group(connection: &Connection, group: &[Unit]) -> Result<Vec<Answer>, StoreFault> {
    run_plain(connection, "BEGIN IMMEDIATE")?;
    let answers =
        group.iter().map(|unit| store_unit(connection, &unit.statements)).collect::<Result<_, _>>()?;
    run_plain(connection, "COMMIT")?;
    Ok(answers)
}

/// Stores one unit in a savepoint. The outer fault means that the whole group is lost.
fn store_unit(connection: &Connection, statements: &[Statement]) -> Result<Answer, StoreFault> {
    run_plain(connection, "SAVEPOINT unit")?;
    let answer: Answer = statements.iter().map(|statement| run_statement(connection, statement)).collect();
    match answer {
        // A full disk or a failed read rolls back the whole transaction by itself, and the savepoint with it.
        Err(error) if connection.is_autocommit() => return Err(error.into()),
        Err(_) => run_plain(connection, "ROLLBACK TO unit")?,
        Ok(_) => {}
    }
    run_plain(connection, "RELEASE unit")?;
    Ok(answer)
}

fn run_statement(connection: &Connection, statement: &Statement) -> Result<Outcome, CommitError> {
    let sql = statement.sql.as_ref();
    let outcome = if statement.script {
        connection.execute_batch(sql).map(|()| Outcome::default()).map_err(Failure::Engine)
    } else {
        statement::run(connection, sql, &statement.params)
    };
    match outcome {
        Ok(outcome) => outcome.checked(statement.expected),
        Err(Failure::Found(fault)) => Err(fault.into()),
        Err(Failure::Engine(error)) => Err(super::commit_error(sql, error)),
    }
}

fn run_plain(connection: &Connection, sql: &'static str) -> Result<(), StoreFault> {
    let run = || connection.prepare_cached(sql)?.execute([]).map(drop);
    run().map_err(|error| super::fault(sql, error))
}
