//! Listening: binds the address, puts what every answer needs around the routes, and stops without cutting anybody off.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::from_fn;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::health::measure;
use crate::hearing::hear_out;

/// How long requests under way may take after the city was told to stop.
const STOPPING: Duration = Duration::from_secs(20);

/// Files and sockets that a city wants open: some tens of thousands of things, each with a connection.
const OPEN_FILES_WANTED: u64 = 131_072;
/// Files and sockets that a city needs beside the connections of things.
const OPEN_FILES_BESIDE: u64 = 1_000;

/// Asks the system for as many open files and sockets as it allows this user, since shells begin with a thousand; how many
/// connections of things that leaves room for.
pub fn allow_connections() -> usize {
    let allowed = rlimit::increase_nofile_limit(OPEN_FILES_WANTED).unwrap_or_else(|error| {
        tracing::warn!(%error, "the system does not tell how many files may be open");
        0
    });
    usize::try_from(allowed.saturating_sub(OPEN_FILES_BESIDE)).unwrap_or(usize::MAX)
}

/// A bound address that does not answer yet.
pub struct Door {
    listener: TcpListener,
    /// Where it is bound; the real port when port 0 was asked for.
    pub address: SocketAddr,
}

impl Door {
    /// Binds `address`.
    ///
    /// # Errors
    /// When it is taken or not allowed.
    pub async fn bind(address: SocketAddr) -> std::io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        Ok(Self { listener, address })
    }

    /// Answers with `routes` until `stop`, then lets requests under way end.
    ///
    /// # Errors
    /// When the listener fails.
    pub async fn answer(self, routes: Router, stop: CancellationToken) -> std::io::Result<()> {
        let routes = dressed(routes).into_make_service_with_connect_info::<SocketAddr>();
        let told = stop.clone();
        let serving =
            axum::serve(self.listener, routes).with_graceful_shutdown(async move { told.cancelled().await });
        let last_call = async {
            stop.cancelled().await;
            // A live feed never ends by itself.
            tokio::time::sleep(STOPPING).await;
        };
        tokio::select! {
            ended = serving.into_future() => ended,
            () = last_call => Ok(()),
        }
    }
}

/// What every answer carries, and what happens when a handler panics: 500, the connection lives on.
fn dressed(routes: Router) -> Router {
    let header = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes
        .layer(CatchPanicLayer::new())
        .layer(from_fn(hear_out))
        .layer(header(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(header(header::REFERRER_POLICY, "same-origin"))
        .layer(header(header::X_FRAME_OPTIONS, "DENY"))
        .layer(from_fn(measure))
}

/// Waits for the interrupt key or the service manager's word to stop.
pub async fn told_to_stop() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::warn!(%error, "the interrupt key is not heard");
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(error) => {
                tracing::warn!(%error, "the service manager is not heard");
                std::future::pending::<()>().await;
            }
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
