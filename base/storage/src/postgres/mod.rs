//! The engine for cities that have outgrown one machine: a server that speaks PostgreSQL's protocol, version 13
//! or newer (the event log needs its 64-bit transaction ids).
//!
//! Connections are not encrypted: server and nodes are expected in one trusted network. What the statements mean is
//! not known here.

mod pool;
mod transaction;
mod value;

use std::borrow::Cow;
use std::sync::Arc;

use tokio_postgres::error::SqlState;

use self::pool::Pool;
use self::value::Bound;
use crate::work::Statement;
use crate::{CommitError, Outcome, Row, StoreFault, Value};

/// SQLSTATE: the plan of a prepared statement no longer fits the table; the connection has to prepare anew.
const PLAN_OUTDATED: [&str; 2] = ["0A000", "26000"];

/// A server with its pool of connections.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Arc<Pool>,
}

impl Postgres {
    /// Connects to the server once, to find mistakes early.
    pub(crate) async fn open(url: &str, connections_max: usize) -> Result<Self, StoreFault> {
        let postgres = Self { pool: Arc::new(Pool::new(url, connections_max)?) };
        postgres.settle_log().await?;
        Ok(postgres)
    }

    /// Lifts the base of the event log when the log is ahead of the server's transaction ids, as it is after the
    /// tables were restored into another server; new events would else be placed before old ones.
    async fn settle_log(&self) -> Result<(), StoreFault> {
        let exists =
            self.query("SELECT to_regclass('storage_log') IS NOT NULL AS exists".into(), Vec::new()).await?;
        if !exists.first().map(|row| row.flag("exists")).transpose()?.unwrap_or(false) {
            return Ok(());
        }
        // The next transaction id of the statement's own snapshot: no event that it sees can have a higher one, so
        // nothing is lifted on a server that made these events itself.
        let sql = "UPDATE storage_log SET base = last.tx + 1
                       - CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)
                   FROM (SELECT max(tx) AS tx FROM storage_event) AS last
                   WHERE last.tx >= base + CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT)";
        let outcomes = self.commit(vec![Statement::new(sql, Vec::new())]).await?;
        if outcomes.iter().any(|outcome| outcome.touched > 0) {
            tracing::warn!("the event log came from another server; new events follow its last one");
        }
        Ok(())
    }

    /// Asks once more on another connection when the first was cut; sessions are read-only outside of units, so a
    /// query can be repeated.
    pub(crate) async fn query(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreFault> {
        let first = self.query_once(&sql, &params).await?;
        let answer = match first {
            Err(Failure::Engine(error)) if ends_session(&error) => self.query_once(&sql, &params).await?,
            answer => answer,
        };
        answer.map_err(|failure| fault(&sql, &failure))
    }

    async fn query_once(&self, sql: &str, params: &[Value]) -> Result<Result<Vec<Row>, Failure>, StoreFault> {
        let mut session = self.pool.take().await?;
        let answer = match session.prepare(sql).await {
            Ok(statement) => run(&session.client, &statement, params).await,
            Err(error) => Err(error.into()),
        };
        if answer.as_ref().err().is_none_or(keeps_connection) {
            session.put_back();
        }
        Ok(answer.map(|outcome| outcome.rows))
    }

    /// Stores a unit on a task of its own: a caller that goes away leaves no transaction half done.
    pub(crate) async fn commit(&self, statements: Vec<Statement>) -> Result<Vec<Outcome>, CommitError> {
        let pool = self.pool.clone();
        let commit = async move { transaction::commit(&pool, &statements).await };
        tokio::spawn(commit).await.map_err(|_| StoreFault::Closed)?
    }
}

/// Why a statement failed.
enum Failure {
    Engine(tokio_postgres::Error),
    Parameters { wanted: usize, given: usize },
}

impl From<tokio_postgres::Error> for Failure {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Engine(error)
    }
}

/// Runs one prepared statement to its end.
async fn run(
    client: &tokio_postgres::Client,
    statement: &tokio_postgres::Statement,
    params: &[Value],
) -> Result<Outcome, Failure> {
    if statement.params().len() != params.len() {
        return Err(Failure::Parameters { wanted: statement.params().len(), given: params.len() });
    }
    let bound = params.iter().map(Bound).collect::<Vec<_>>();
    let bound =
        bound.iter().map(|value| value as &(dyn tokio_postgres::types::ToSql + Sync)).collect::<Vec<_>>();
    if statement.columns().is_empty() {
        let touched = client.execute(statement, &bound).await?;
        return Ok(Outcome { touched, rows: Vec::new() });
    }
    let columns: Arc<[String]> = statement.columns().iter().map(|column| column.name().to_owned()).collect();
    let rows = client.query(statement, &bound).await?;
    let rows = rows
        .iter()
        .map(|row| {
            let values =
                (0..columns.len()).map(|place| row.try_get::<_, value::Read>(place).map(|read| read.0));
            Ok(Row::new(columns.clone(), values.collect::<Result<_, tokio_postgres::Error>>()?))
        })
        .collect::<Result<Vec<_>, tokio_postgres::Error>>()?;
    Ok(Outcome { touched: rows.len() as u64, rows })
}

/// Whether the session is gone: cut, or ended by the server (SQLSTATE class 57, such as an operator's restart; but
/// not `57014`, which ends one statement).
fn ends_session(error: &tokio_postgres::Error) -> bool {
    let ended = |state: &SqlState| state.code().starts_with("57") && *state != SqlState::QUERY_CANCELED;
    error.is_closed() || error.code().is_some_and(ended)
}

/// Whether a connection is good for the next caller after this failure.
fn keeps_connection(failure: &Failure) -> bool {
    match failure {
        Failure::Engine(error) => {
            !ends_session(error) && !error.code().is_some_and(|state| PLAN_OUTDATED.contains(&state.code()))
        }
        Failure::Parameters { .. } => true,
    }
}

fn fault(sql: &str, failure: &Failure) -> StoreFault {
    let sql = sql.to_owned();
    match failure {
        Failure::Parameters { wanted, given } => {
            StoreFault::Parameters { sql, wanted: *wanted, given: *given }
        }
        Failure::Engine(error) => match error.as_db_error() {
            // Without DETAIL, which repeats the values of the row.
            Some(said) => StoreFault::Statement {
                sql,
                code: Some(said.code().code().to_owned()),
                reason: said.message().to_owned(),
            },
            None if error.is_closed() => StoreFault::Disconnected(chain(error)),
            None => StoreFault::Statement { sql, code: None, reason: chain(error) },
        },
    }
}

/// A failed statement as the outcome of its unit.
fn commit_error(sql: &str, failure: &Failure) -> CommitError {
    if let Failure::Engine(error) = failure
        && let Some(said) = error.as_db_error()
        && *said.code() == SqlState::UNIQUE_VIOLATION
    {
        return CommitError::Duplicate { constraint: constraint(said) };
    }
    fault(sql, failure).into()
}

/// The columns of a violated constraint as SQLite names them, `table.a, table.b`.
///
/// They are taken from DETAIL, `Key (a, b)=(…) already exists.` in any language; the values are not.
fn constraint(said: &tokio_postgres::error::DbError) -> String {
    let columns = said
        .detail()
        .and_then(|detail| detail.split_once('('))
        .and_then(|(_, rest)| rest.split_once(")=("))
        .map(|(columns, _)| columns);
    match (said.table(), columns) {
        (Some(table), Some(columns)) => {
            columns.split(", ").map(|column| format!("{table}.{column}")).collect::<Vec<_>>().join(", ")
        }
        _ => said.constraint().unwrap_or_default().to_owned(),
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        line.push_str(": ");
        line.push_str(&error.to_string());
        cause = error.source();
    }
    line
}
