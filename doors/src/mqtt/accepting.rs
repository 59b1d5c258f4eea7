//! A client's messages that are with the sink, and what is to be answered, in the order in which they came (MQTT-4.6.0).

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures::future::BoxFuture;

use super::codec::Qos;
use super::sink::{Accepted, Publish, PublishRefused};

/// What is to be answered to a message.
#[derive(Debug)]
pub(crate) enum Verdict {
    /// The sink answers for it.
    Accepted,
    /// It was taken before, and its client did not hear that (QoS 2).
    Again,
    /// Its packet identifier is that of another message under way (QoS 2).
    InUse,
    /// It is not taken.
    Refused(PublishRefused),
}

/// A message that is with the sink, or whose answer is known and waits for its turn.
pub(crate) struct Accepting {
    /// The message.
    pub(crate) publish: Option<Arc<Publish>>,
    /// None with QoS 0.
    pub(crate) packet_id: Option<u16>,
    pub(crate) qos: Qos,
    pub(crate) step: Step,
}

/// How far a message is.
pub(crate) enum Step {
    /// With the sink.
    Sink(BoxFuture<'static, Result<Accepted, PublishRefused>>),
    /// Its answer is known; none once it was handed out.
    Known(Option<Verdict>),
}

/// A message with its answer.
pub(crate) struct Settled {
    pub(crate) publish: Option<Arc<Publish>>,
    pub(crate) packet_id: Option<u16>,
    pub(crate) qos: Qos,
    pub(crate) verdict: Verdict,
}

impl Future for Accepting {
    type Output = Settled;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Settled> {
        let verdict = match &mut self.step {
            Step::Sink(sink) => match ready!(sink.as_mut().poll(context)) {
                Ok(Accepted) => Verdict::Accepted,
                Err(refused) => Verdict::Refused(refused),
            },
            Step::Known(verdict) => match verdict.take() {
                Some(verdict) => verdict,
                None => return Poll::Pending,
            },
        };
        let (packet_id, qos) = (self.packet_id, self.qos);
        Poll::Ready(Settled { publish: self.publish.take(), packet_id, qos, verdict })
    }
}
