//! The words every part of Baotu shares.
//!
//! A type comes here when two engines already need it. Nothing in this crate reads a clock, draws a random
//! number, opens a file or knows a database: time, ids and chance are passed in.

pub mod actor;
pub mod contract;
pub mod event;
pub mod id;
pub mod moment;
pub mod name;
pub mod refusal;
pub mod surroundings;

pub use actor::{Actor, ActorKind, OfficialActor};
pub use contract::{ActionContract, Contracts, EventContract, FactContract, FactFault, Facts};
pub use event::Event;
pub use id::*;
pub use moment::Moment;
pub use name::*;
pub use refusal::{Refusal, RefusalKind};
pub use surroundings::Surroundings;
