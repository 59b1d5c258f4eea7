//! A pool of connections, each with its prepared statements.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_postgres::{Client, NoTls, Statement};

use crate::StoreFault;

/// Prepared statements that a connection keeps; beyond it, it forgets them all and begins anew.
const STATEMENTS_PREPARED_MAX: usize = 512;

/// How long a connection may take to be made, in seconds.
const CONNECT_SECONDS: u64 = 10;

/// What each connection is told first. A transaction that nobody ends would hold back the event log of all nodes
/// and a runaway query a connection, so the server ends both. Outside of a unit nothing can be written, as with the
/// read-only connections of the embedded engine.
const SESSION: &str = "SET statement_timeout = '60s';
    SET idle_in_transaction_session_timeout = '30s';
    SET default_transaction_read_only = on;
    SET client_min_messages = 'warning'";

#[derive(Debug)]
pub(super) struct Pool {
    config: tokio_postgres::Config,
    /// As many permits as there may be connections.
    free: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<Session>>>,
}

/// One connection with what it has prepared.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) client: Client,
    prepared: HashMap<String, Statement>,
}

/// A session in use. Dropped, it is closed and the server rolls back what it has not committed; only
/// [`Lent::put_back`] hands it on.
#[derive(Debug)]
pub(super) struct Lent {
    session: Session,
    idle: Arc<Mutex<Vec<Session>>>,
    _permit: OwnedSemaphorePermit,
}

impl Pool {
    pub(super) fn new(url: &str, connections_max: usize) -> Result<Self, StoreFault> {
        let mut config = tokio_postgres::Config::from_str(url).map_err(|error| StoreFault::Open {
            database: "postgres".to_owned(),
            reason: super::chain(&error),
        })?;
        config.connect_timeout(Duration::from_secs(CONNECT_SECONDS));
        if config.get_application_name().is_none() {
            config.application_name("baotu");
        }
        let free = Arc::new(Semaphore::new(connections_max.max(1)));
        Ok(Self { config, free, idle: Arc::default() })
    }

    /// A session that nobody else uses; waits while all are in use.
    pub(super) async fn take(&self) -> Result<Lent, StoreFault> {
        let permit = self.free.clone().acquire_owned().await.map_err(|_| StoreFault::Closed)?;
        let session = loop {
            let pooled = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            match pooled {
                // The server may have restarted since it was put back.
                Some(session) if session.client.is_closed() => {}
                Some(session) => break session,
                None => break self.connect().await?,
            }
        };
        Ok(Lent { session, idle: self.idle.clone(), _permit: permit })
    }

    async fn connect(&self) -> Result<Session, StoreFault> {
        let fault = |error: tokio_postgres::Error| StoreFault::Open {
            database: self.name(),
            reason: super::chain(&error),
        };
        let (client, connection) = self.config.connect(NoTls).await.map_err(fault)?;
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::warn!(error = super::chain(&error), "a database connection has ended");
            }
        });
        client.batch_execute(SESSION).await.map_err(fault)?;
        Ok(Session { client, prepared: HashMap::new() })
    }

    /// The server without user and password.
    fn name(&self) -> String {
        let hosts = self.config.get_hosts().iter().map(|host| match host {
            tokio_postgres::config::Host::Tcp(name) => name.clone(),
            #[cfg(unix)]
            tokio_postgres::config::Host::Unix(path) => path.display().to_string(),
        });
        let hosts = hosts.collect::<Vec<_>>().join(",");
        format!("postgres://{hosts}/{}", self.config.get_dbname().unwrap_or_default())
    }
}

impl Session {
    /// The statement, prepared at its first use.
    pub(super) async fn prepare(&mut self, sql: &str) -> Result<Statement, tokio_postgres::Error> {
        if let Some(statement) = self.prepared.get(sql) {
            return Ok(statement.clone());
        }
        let statement = self.client.prepare(sql).await?;
        if self.prepared.len() >= STATEMENTS_PREPARED_MAX {
            self.prepared.clear();
        }
        self.prepared.insert(sql.to_owned(), statement.clone());
        Ok(statement)
    }
}

impl std::ops::Deref for Lent {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

impl std::ops::DerefMut for Lent {
    fn deref_mut(&mut self) -> &mut Session {
        &mut self.session
    }
}

impl Lent {
    /// Hands the session on to the next caller.
    pub(super) fn put_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.session);
    }
}
