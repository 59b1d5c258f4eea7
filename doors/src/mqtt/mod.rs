//! MQTT 3.1.1 and MQTT 5 (OASIS): the embedded broker, and the client of a broker elsewhere.
//!
//! | file | what it holds |
//! |---|---|
//! | `codec/` | bytes to packets and back, strictly; every way in which they can be wrong, by name |
//! | `topic`, `tree`, `retained` | topic names and filters; who asked for what; what is retained |
//! | `gate`, `sink` | what the broker needs of a city: who may do what; who takes what is published |
//! | `session`, `sessions` | what is kept of one client, and of all: pure, under one lock |
//! | `line`, `entrance`, `connection`, `requests`, `accepting` | one client's connection |
//! | `broker`, `listen`, `limits` | the whole, its listeners, what it allows |
//! | `open` | an open broker for suites that test brokers |
//! | `upstream`, `subscriber` | the client of a broker elsewhere, and one connection of it |
//!
//! # Invariants
//!
//! - A publish is acknowledged after the sink has answered for it, never before; what a sink could not keep is never
//!   acknowledged as taken.
//! - One connection at a time speaks for a session; the next waits until the sink has settled what the last one sent.
//! - A message of QoS 2 reaches the sink once. Messages of one connection are answered and routed in their order.
//! - What is refused or dropped is counted by name.
//! - Nothing grows without a limit that has a name.

mod accepting;
mod broker;
mod codec;
mod connection;
mod entrance;
mod gate;
mod limits;
mod line;
mod listen;
mod open;
mod requests;
mod retained;
mod session;
mod sessions;
mod sink;
mod subscriber;
mod topic;
mod tree;
mod upstream;

pub use broker::{Broker, BrokerParts, Counts};
pub use codec::{Broken, Protocol, Qos, UserProperties};
pub use gate::{Allowed, ConnectRefused, Connecting, Gate, Principal, SubscribeRefused};
pub use limits::Limits;
pub use listen::{TlsProblem, tls, tls_client, tls_client_from_pem, tls_from_pem};
pub use open::{OpenGate, OpenSink, open_broker};
pub use sessions::Delivered;
pub use sink::{Accepted, Extras, Publish, PublishRefused, Sink};
pub use topic::{is_filter, is_topic, matches};
pub use upstream::{Upstream, UpstreamParts, UpstreamRefused, UpstreamStatus};
