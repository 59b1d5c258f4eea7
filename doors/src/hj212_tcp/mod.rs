//! HJ 212 over TCP: devices connect, report and are asked. A report is acknowledged (9014) when it is durable.
//!
//! | file | what it holds |
//! |---|---|
//! | `listener` | accepting connections, counting and limiting them |
//! | `connection` | one connection: bytes in, frames judged, samples kept, answers out in order |
//! | `orders` | what a device is asked, and finding its answer |
//!
//! A frame that fails its checksum gets no answer (HJ 212-2017 §6.6.1, as the sheet has it); the sender tries again.

mod connection;
mod listener;
mod orders;

pub use listener::{CONNECTIONS_MAX, Hj212Door};
pub use orders::{Asking, OrderUnknown};
