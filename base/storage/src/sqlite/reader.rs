//! A pool of read-only connections; each query runs on a thread that may block.

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::Connection;
use tokio::sync::Semaphore;

use super::statement::{self, Failure};
use crate::{Row, StoreFault, Value};

/// Read connections, and so queries that run at once.
pub(crate) const READERS: usize = 8;

#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    /// As many permits as there may be connections in use.
    free: Arc<Semaphore>,
    /// Connections that nobody uses; opened when first needed.
    idle: Arc<Mutex<Vec<Connection>>>,
}

impl Readers {
    pub(super) fn new(path: &Path) -> Self {
        Self { path: path.to_owned(), free: Arc::new(Semaphore::new(READERS)), idle: Arc::default() }
    }

    pub(super) async fn query(
        &self,
        sql: Cow<'static, str>,
        params: Vec<Value>,
    ) -> Result<Vec<Row>, StoreFault> {
        let permit = self.free.clone().acquire_owned().await.map_err(|_| StoreFault::Closed)?;
        let idle = self.idle.clone();
        let path = self.path.clone();
        let read = move || {
            let pooled = idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let connection = match pooled {
                Some(connection) => connection,
                None => super::open_reading(&path)?,
            };
            let outcome = statement::run(&connection, &sql, &params);
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
            // Goes back after the connection, so that who gets it finds one.
            drop(permit);
            match outcome {
                Ok(outcome) => Ok(outcome.rows),
                Err(Failure::Engine(error)) => Err(super::fault(&sql, error)),
                Err(Failure::Found(fault)) => Err(fault),
            }
        };
        tokio::task::spawn_blocking(read).await.map_err(|_| StoreFault::Closed)?
    }
}
