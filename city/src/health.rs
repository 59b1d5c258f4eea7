//! Whether the city is alive, whether it is ready, and its figures for Prometheus.
//!
//! No figure carries a label that names a person, a case or free text: routes are labelled by their template.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use baotu_storage::Store;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;

/// Upper bounds of the buckets of request durations, in seconds.
const REQUEST_SECONDS_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// What still keeps the city from being ready, by name: `history`, `search`.
#[derive(Clone, Debug, Default)]
pub struct Readiness {
    waiting_for: Arc<Mutex<Vec<&'static str>>>,
}

impl Readiness {
    /// The city is not ready until `part` is.
    pub fn wait_for(&self, part: &'static str) {
        let mut waiting = self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiting.contains(&part) {
            waiting.push(part);
        }
    }

    /// `part` is ready.
    pub fn arrived(&self, part: &'static str) {
        self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner).retain(|waiting| *waiting != part);
    }

    fn parts(&self) -> Vec<&'static str> {
        self.waiting_for.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// The figures of this process.
#[derive(Clone)]
pub struct Figures {
    prometheus: PrometheusHandle,
}

impl Figures {
    /// Starts to gather figures; once per process, later calls share the first one's.
    ///
    /// # Panics
    /// Never: the buckets are a constant that is not empty.
    pub fn gather() -> Self {
        static FIGURES: std::sync::OnceLock<Figures> = std::sync::OnceLock::new();
        FIGURES
            .get_or_init(|| {
                let recorder = PrometheusBuilder::new()
                    .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &REQUEST_SECONDS_BUCKETS)
                    .expect("the buckets are not empty")
                    .build_recorder();
                let prometheus = recorder.handle();
                if metrics::set_global_recorder(recorder).is_err() {
                    tracing::warn!("figures are gathered elsewhere in this process; /metrics stays empty");
                }
                Self { prometheus }
            })
            .clone()
    }
}

#[derive(Clone)]
struct HealthState {
    store: Store,
    readiness: Readiness,
    figures: Figures,
}

/// `/healthz` (this process runs), `/readyz` (it can serve) and `/metrics`, which is only told to this machine.
pub fn router(store: Store, readiness: Readiness, figures: Figures) -> Router {
    Router::new()
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(prometheus))
        .with_state(HealthState { store, readiness, figures })
}

#[derive(Serialize)]
struct Ready {
    ready: bool,
    waiting_for: Vec<&'static str>,
}

async fn ready(State(state): State<HealthState>) -> (StatusCode, Json<Ready>) {
    let mut waiting_for = state.readiness.parts();
    if let Err(fault) = state.store.ping().await {
        tracing::error!(fault = &fault as &dyn std::error::Error, "the database does not answer");
        waiting_for.push("database");
    }
    let ready = waiting_for.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Ready { ready, waiting_for }))
}

async fn prometheus(
    State(state): State<HealthState>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
) -> Response {
    // Behind a proxy every peer is this machine; what was forwarded comes from outside.
    let forwarded = headers.contains_key("x-forwarded-for") || headers.contains_key(header::FORWARDED);
    if !peer.ip().is_loopback() || forwarded {
        return StatusCode::NOT_FOUND.into_response();
    }
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], state.figures.prometheus.render()).into_response()
}

/// Counts a request and its time under the template of its route.
pub async fn measure(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().as_str().to_owned();
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or_else(|| "other".to_owned(), |path| path.as_str().to_owned());
    let response = next.run(request).await;
    let status = response.status().as_u16().to_string();
    metrics::counter!("baotu_http_requests_total", "method" => method.clone(), "route" => route.clone(), "status" => status)
        .increment(1);
    metrics::histogram!("baotu_http_request_seconds", "method" => method, "route" => route)
        .record(started.elapsed().as_secs_f64());
    response
}
