//! The words every part of Baotu shares.
//!
//! A type comes here when two engines already need it. Nothing in this crate reads a clock, draws a random
//! number, opens a file or knows a database: time, ids and chance are passed in.

pub mod actor;
pub mod calendar;
pub mod citizen_id;
pub mod contract;
pub mod credit_code;
pub mod division;
pub mod event;
pub mod id;
pub mod mask;
pub mod moment;
pub mod name;
pub mod phone;
pub mod place;
pub mod refusal;
pub mod sample;
pub mod surroundings;

pub use actor::{Actor, ActorKind, OfficialActor};
pub use calendar::{CalendarYear, Due, Limit, WorkCalendar, WorkUnit};
pub use citizen_id::CitizenId;
pub use contract::{
    ActionContract, Contracts, EventContract, FactContract, FactFault, Facts, Figure, MethodContract,
    MethodInput, MethodRefused, Methods,
};
pub use credit_code::CreditCode;
pub use division::{DivisionCode, DivisionLevel};
pub use event::Event;
pub use id::*;
pub use moment::Moment;
pub use name::*;
pub use phone::Phone;
pub use place::{CoordinateSystem, Point};
pub use refusal::{Refusal, RefusalKind};
pub use sample::{Quality, Sample};
pub use surroundings::Surroundings;
