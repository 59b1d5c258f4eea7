//! Accepting connections, counting and limiting them, and finding the one of a device.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use baotu_vocabulary::ThingId;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

use super::connection::Connection;
use super::orders::Asking;
use crate::sensing::Intake;

/// Connections at a time.
pub const CONNECTIONS_MAX: usize = 20_000;
/// The pause after the system could not accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Which connection leads to which device.
#[derive(Debug, Default)]
pub(super) struct Lines(Mutex<HashMap<ThingId, mpsc::Sender<(ThingId, Asking)>>>);

impl Lines {
    /// A device has spoken on a connection; the newest one counts. Whether another one is open.
    pub(super) fn come(&self, thing: ThingId, line: mpsc::Sender<(ThingId, Asking)>) -> bool {
        let before = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(thing, line.clone());
        before.is_some_and(|before| !before.is_closed() && !before.same_channel(&line))
    }

    /// A connection has ended; a newer one of the device stays.
    pub(super) fn gone(&self, thing: ThingId, line: &mpsc::Sender<(ThingId, Asking)>) {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if lines.get(&thing).is_some_and(|newest| newest.same_channel(line)) {
            lines.remove(&thing);
        }
    }
}

/// HJ 212 over TCP. Cheap to clone.
#[derive(Clone)]
pub struct Hj212Door {
    intake: Arc<dyn Intake>,
    lines: Arc<Lines>,
}

impl Hj212Door {
    /// A door that brings what devices say to `intake`.
    pub fn new(intake: Arc<dyn Intake>) -> Self {
        Self { intake, lines: Arc::default() }
    }

    /// Hands a command to the connection of a device; false when it has none or too much waits for it.
    pub fn ask(&self, thing: ThingId, asking: Asking) -> bool {
        let line = self.lines.0.lock().unwrap_or_else(PoisonError::into_inner).get(&thing).cloned();
        line.is_some_and(|line| line.try_send((thing, asking)).is_ok())
    }

    /// Answers until `stop` resolves; connections end with it.
    pub async fn serve(&self, listener: TcpListener, stop: impl Future<Output = ()>) {
        let places = Arc::new(Semaphore::new(CONNECTIONS_MAX));
        let mut connections = JoinSet::new();
        tokio::pin!(stop);
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(ended) = connections.join_next(), if !connections.is_empty() => {
                    if let Err(error) = ended {
                        tracing::error!(%error, "a connection of HJ 212 has broken off");
                    }
                    continue;
                }
                () = &mut stop => break,
            };
            let stream = match accepted {
                Ok((stream, _)) => stream,
                Err(error) => {
                    tracing::warn!(%error, "HJ 212 can't accept");
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                metrics::counter!("baotu_hj212_closed", "reason" => "too-many-connections").increment(1);
                continue;
            };
            stream.set_nodelay(true).ok();
            let connection = Connection::new(Arc::clone(&self.intake), Arc::clone(&self.lines));
            connections.spawn(async move {
                if let Err(error) = connection.serve(stream).await {
                    tracing::debug!(%error, "a connection of HJ 212 has ended");
                }
                drop(place);
            });
        }
        connections.shutdown().await;
    }
}
