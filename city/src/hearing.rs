//! Hearing out whoever sends more than is taken.
//!
//! A connection that is closed while its other end still sends loses the answer that says why; so what is left of a
//! body is read and thrown away first, within bounds.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody as _};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt as _};
use tokio::sync::oneshot;

/// Bytes that are read and thrown away at most; whoever sends more is cut off.
const HEARD_BYTES_MAX: usize = 64 << 20;
/// How long whoever sends them may take.
const HEARING: Duration = Duration::from_secs(10);

/// A body that comes back, when whoever reads it has had enough before its end.
struct Lent {
    stream: Option<BodyDataStream>,
    back: Option<oneshot::Sender<BodyDataStream>>,
}

impl Stream for Lent {
    type Item = Result<Bytes, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(stream) = &mut self.stream else { return Poll::Ready(None) };
        let next = stream.poll_next_unpin(context);
        if !matches!(next, Poll::Pending | Poll::Ready(Some(Ok(_)))) {
            self.stream = None;
        }
        next
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let (Some(stream), Some(back)) = (self.stream.take(), self.back.take()) {
            // Nobody waits for it any more when the answer is on its way already.
            drop(back.send(stream));
        }
    }
}

/// A middleware around everything: no answer goes out before its request has been heard out.
pub(crate) async fn hear_out(request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (back, mut returned) = oneshot::channel();
    let request = request
        .map(|body| Body::from_stream(Lent { stream: Some(body.into_data_stream()), back: Some(back) }));
    let response = next.run(request).await;
    if let Ok(rest) = returned.try_recv() {
        // Whoever is too slow or sends too much loses the answer, and nobody else waits.
        drop(tokio::time::timeout(HEARING, thrown_away(rest)).await);
    }
    response
}

async fn thrown_away(mut rest: BodyDataStream) {
    let mut heard = 0;
    while let Some(Ok(piece)) = rest.next().await {
        heard += piece.len();
        if heard > HEARD_BYTES_MAX {
            return;
        }
    }
}
