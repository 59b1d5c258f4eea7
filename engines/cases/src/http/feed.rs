//! The live feed as server-sent events.
//!
//! Each message carries its position as id; a browser that was cut off names the last one it saw and goes on there.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Sse;
use axum::response::sse::Event;
use baotu_access::http::{Anyone, Problem, Query};
use baotu_storage::Position;
use baotu_vocabulary::Moment;
use futures::stream::{self, Stream};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::live::{LIVE_EVENTS_MAX, LIVE_PATIENCE_SECONDS, LiveMessage};
use crate::service::Cases;

/// Where a listener stands.
struct Listener {
    cases: Cases,
    position: Position,
    waiting: VecDeque<(Position, LiveMessage)>,
}

/// Where a listener goes on that opens a new line; one that is opened again says it in `Last-Event-ID`.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FeedParams {
    /// The id of the last message that was heard; from now on when absent.
    after: Option<String>,
}

/// A sign of life of a feed that has nothing else to tell.
#[derive(Serialize)]
struct Alive {
    /// The city's time.
    time: Moment,
}

/// What happens to cases, as it happens: public, no person, no words.
#[utoipa::path(get, path = "/api/live", tag = "statistics", params(FeedParams), responses(
    (status = 200, description = "`event` is the kind, `data` the message; `alive` with the city's time when nothing happens",
        content_type = "text/event-stream",
        body = LiveMessage)))]
pub(super) async fn feed(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(FeedParams { after }): Query<FeedParams>,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>> + use<>>, Problem> {
    cases.may_follow(&actor)?;
    let named = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let last = named.or(after).and_then(|id| id.parse().ok());
    let position = match last {
        Some(position) => position,
        None => cases.store().last_position().await.map_err(|fault| Problem::fault(&fault))?,
    };
    let listener = Listener { cases, position, waiting: VecDeque::new() };
    let events = stream::unfold(listener, |listener| async move { listener.next().await });
    Ok(Sse::new(events))
}

impl Listener {
    /// The next message, or after a while without one that the feed is alive; it ends when the store fails, and the
    /// browser comes again. A sign of life has no id: the browser goes on after the last message.
    async fn next(mut self) -> Option<(Result<Event, Infallible>, Self)> {
        let patience = Instant::now() + Duration::from_secs(LIVE_PATIENCE_SECONDS);
        loop {
            if let Some((position, message)) = self.waiting.pop_front() {
                let event = Event::default().id(position.to_string()).event(message.kind.clone());
                let event = event.json_data(&message).ok()?;
                return Some((Ok(event), self));
            }
            let left = patience.saturating_duration_since(Instant::now());
            if !self.cases.store().wait_for_events(self.position, left).await.ok()? {
                let alive = Alive { time: self.cases.access().now() };
                let event = Event::default().event("alive").json_data(alive).ok()?;
                return Some((Ok(event), self));
            }
            let logged = self.cases.store().events_after(self.position, LIVE_EVENTS_MAX).await.ok()?;
            if let Some(last) = logged.last() {
                self.position = last.position;
            }
            self.waiting.extend(logged.iter().filter_map(LiveMessage::of));
        }
    }
}
