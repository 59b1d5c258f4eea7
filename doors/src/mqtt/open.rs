//! A broker open to everyone that keeps nothing: a laboratory for the suites that test how brokers speak MQTT. It must
//! not be reachable from outside the machine.

use std::sync::Arc;

use baotu_vocabulary::Surroundings;
use futures::future::{BoxFuture, FutureExt, ready};

use super::broker::{Broker, BrokerParts};
use super::gate::{Allowed, ConnectRefused, Connecting, Gate, Principal, SubscribeRefused};
use super::limits::Limits;
use super::sink::{Accepted, Publish, PublishRefused, Sink};

/// Seconds of keep alive that an open broker holds its clients to, so that suites see Server Keep Alive.
const KEEP_ALIVE_SECONDS_MAX: u16 = 60;

/// A gate that lets everyone in, under one name, and allows everything but some filters.
#[derive(Clone, Debug, Default)]
pub struct OpenGate {
    /// Filters that nobody may subscribe to.
    pub denied_filters: Vec<String>,
}

impl Gate for OpenGate {
    fn authenticate<'a>(
        &'a self,
        _connecting: Connecting<'a>,
    ) -> BoxFuture<'a, Result<Allowed, ConnectRefused>> {
        ready(Ok(Allowed { principal: Arc::from("open") })).boxed()
    }

    fn may_publish(&self, _principal: &Principal, _topic: &str) -> bool {
        true
    }

    fn may_subscribe(&self, _principal: &Principal, filter: &str) -> Result<(), SubscribeRefused> {
        let is_denied = self.denied_filters.iter().any(|denied| denied == filter);
        if is_denied { Err(SubscribeRefused::Unspecified) } else { Ok(()) }
    }
}

/// A sink that takes everything and keeps nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct OpenSink;

impl Sink for OpenSink {
    fn accept(
        &self,
        _principal: &Principal,
        _publish: &Arc<Publish>,
    ) -> BoxFuture<'static, Result<Accepted, PublishRefused>> {
        ready(Ok(Accepted)).boxed()
    }
}

/// An open broker. Bind its listener to a loopback address only.
///
/// Run it on one thread: two tests of the suite of Eclipse Paho (`test_subscribe_options`, `test_request_response`) have one
/// client subscribe and another publish without waiting for SUBACK, and expect the message. MQTT orders nothing between
/// two connections (4.6); one thread handles them in the order in which their bytes came.
#[must_use]
pub fn open_broker(surroundings: Arc<dyn Surroundings>, denied_filters: Vec<String>) -> Broker {
    let limits = Limits { keep_alive_seconds_max: KEEP_ALIVE_SECONDS_MAX, ..Limits::default() };
    let gate = Arc::new(OpenGate { denied_filters });
    Broker::new(BrokerParts { gate, sink: Arc::new(OpenSink), surroundings, limits })
}
