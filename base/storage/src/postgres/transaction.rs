//! One unit of work as a transaction, in two round trips: BEGIN with all statements, then COMMIT.

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use std::time::Duration;

use tokio_postgres::error::SqlState;

use super::pool::{Lent, Pool};
use super::{Failure, ends_session, run};
use crate::work::Statement;
use crate::{CommitError, Outcome, StoreFault};

/// How often a unit is tried again after the server ended it in favour of another (deadlock, serialization).
const RETRIES_MAX: u32 = 5;

/// The pause before the first retry, in milliseconds; doubled each time.
const RETRY_MILLIS: u64 = 5;

/// Why an attempt failed, and whether another may succeed.
struct Attempt {
    error: CommitError,
    again: bool,
}

impl From<StoreFault> for Attempt {
    fn from(fault: StoreFault) -> Self {
        Self { error: fault.into(), again: false }
    }
}

/// Stores the statements together; an outcome for each.
pub(super) async fn commit(pool: &Pool, statements: &[Statement]) -> Result<Vec<Outcome>, CommitError> {
    let mut retries = 0;
    loop {
        match attempt(pool, statements).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(Attempt { again: true, error }) if retries < RETRIES_MAX => {
                tracing::debug!(%error, retries, "a unit is tried again");
                tokio::time::sleep(Duration::from_millis(RETRY_MILLIS << retries)).await;
                retries += 1;
            }
            Err(Attempt { error, .. }) => return Err(error),
        }
    }
}

async fn attempt(pool: &Pool, statements: &[Statement]) -> Result<Vec<Outcome>, Attempt> {
    let mut session = pool.take().await?;
    match fill(&mut session, statements).await {
        Ok(outcomes) => {
            session.client.batch_execute("COMMIT").await.map_err(unfinished)?;
            session.put_back();
            Ok(outcomes)
        }
        Err(failed) => {
            // A session that cannot roll back is not handed on; closing it rolls back as well.
            if failed.keeps_session && session.client.batch_execute("ROLLBACK").await.is_ok() {
                session.put_back();
            }
            Err(failed.attempt)
        }
    }
}

/// A COMMIT that brought no "yes": the server's "no" is a rollback; silence is unknown, and so is a server that ends
/// the session, since it may have stored the unit before it said so.
fn unfinished(error: tokio_postgres::Error) -> Attempt {
    if error.as_db_error().is_none() || ends_session(&error) {
        return StoreFault::CommitUnknown.into();
    }
    let again = is_contention(&error);
    Attempt { error: super::commit_error("COMMIT", &Failure::Engine(error)), again }
}

struct Failed {
    attempt: Attempt,
    keeps_session: bool,
}

/// Opens the transaction and runs all statements in it.
async fn fill(session: &mut Lent, statements: &[Statement]) -> Result<Vec<Outcome>, Failed> {
    let mut prepared = Vec::with_capacity(statements.len());
    for statement in statements {
        prepared.push(if statement.script {
            None
        } else {
            let plan = session.prepare(&statement.sql).await;
            Some(plan.map_err(|error| failed(&statement.sql, Failure::Engine(error)))?)
        });
    }
    let client = &session.client;
    // The expectations of a unit say what it relies on, so it needs no more than this; a server may be set stricter.
    let begin = async {
        let begun = client.batch_execute("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE").await;
        begun.map(|()| Outcome::default()).map_err(Failure::Engine)
    };
    let mut steps: Vec<Step<'_, Result<Outcome, Failure>>> = vec![Box::pin(begin)];
    for (statement, plan) in statements.iter().zip(&prepared) {
        steps.push(match plan {
            Some(plan) => Box::pin(run(client, plan, &statement.params)),
            None => Box::pin(async {
                let ran = client.batch_execute(&statement.sql).await;
                ran.map(|()| Outcome::default()).map_err(Failure::Engine)
            }),
        });
    }
    let mut results = in_order(steps).await.into_iter();
    if let Some(Err(failure)) = results.next() {
        return Err(failed("BEGIN", failure));
    }
    // The first failure is the cause; what follows only says that the transaction is broken.
    statements
        .iter()
        .zip(results)
        .map(|(statement, result)| match result {
            Ok(outcome) => outcome
                .checked(statement.expected)
                .map_err(|error| Failed { attempt: Attempt { error, again: false }, keeps_session: true }),
            Err(failure) => Err(failed(&statement.sql, failure)),
        })
        .collect()
}

/// A request that is sent when it is first polled.
type Step<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Starts all requests in their order, so that they travel together, and waits for all answers.
async fn in_order<T>(mut steps: Vec<Step<'_, T>>) -> Vec<T> {
    let mut results: Vec<Option<T>> = steps.iter().map(|_| None).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (step, result) in steps.iter_mut().zip(&mut results) {
            if result.is_none() {
                match step.as_mut().poll(context) {
                    Poll::Ready(value) => *result = Some(value),
                    Poll::Pending => pending = true,
                }
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    results.into_iter().flatten().collect()
}

fn failed(sql: &str, failure: Failure) -> Failed {
    let again = matches!(&failure, Failure::Engine(error) if is_contention(error) || ends_session(error));
    let keeps_session = super::keeps_connection(&failure);
    Failed { attempt: Attempt { error: super::commit_error(sql, &failure), again }, keeps_session }
}

/// Whether the server ended the transaction because of another one.
fn is_contention(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|state| {
        [SqlState::T_R_SERIALIZATION_FAILURE, SqlState::T_R_DEADLOCK_DETECTED].contains(state)
    })
}
