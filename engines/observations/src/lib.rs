//! Readings of the properties of things: what a sensor said, when, and how far it can be trusted.
//!
//! | file | what it holds |
//! |---|---|
//! | `reading` | a reading, the series it belongs to, its quality; what is refused (pure) |
//! | `span` | the hours by which readings are kept in files (pure) |
//! | `memory` | the newest reading of each series, and all of the hours that are still written |
//! | `service` | [`Readings`]: store, newest, history, seal |
//! | `store/` | the files: one SQLite database for an hour, the thread that writes them |
//!
//! # The way of a reading
//!
//! [`Readings::store`] judges a batch whole, hands it to the writing thread and answers once it is on the disk: one
//! `fdatasync` serves all batches that wait at that moment. A reading goes to the file of the hour *in which it was
//! taken*, so that a late one stands where it belongs. An hour that is over is *sealed*: its file gets its index and is
//! never written again. What comes for it later goes to another file of the same hour, and whoever asks sees them as one.
//!
//! # Invariants
//!
//! - What was acknowledged is on the disk.
//! - A series has one reading at a moment: of two, the one that arrived last is told (a correction); sending again what
//!   was not acknowledged therefore doubles nothing.
//! - A batch with one reading that is refused is refused whole, and says which.
//! - Nothing here reads the clock: `now` comes with the call.

mod command;
pub mod contracts;
pub mod http;
mod memory;
mod mishap;
mod reading;
mod register;
mod sample;
mod service;
mod span;
mod store;
mod thing;

pub use command::{Command, CommandRefused, CommandState, RESULT_BYTES_MAX, WAITING_MAX};
pub use mishap::{Mishap, OTHERS};
pub use reading::{Quality, Reading, ReadingRefused, SeriesNumber};
pub use register::{
    AcceptFailure, AcceptRefused, Accepted, COMMANDS_ROWS_MAX, Carrier, Change, CommandFailure, Hearer,
    Parts, RegisterFailure, Registered, Standing, Things, Wanted,
};
pub use sample::{OUT_OF_RANGE, Sample, SampleRefused};
pub use service::{BATCH_READINGS_MAX, HISTORY_ROWS_MAX, Page, Readings, ReadingsFailure, Sealed};
pub use span::{SEAL_AFTER_SECONDS, SPAN_SECONDS};
pub use store::ReadingsFault;
pub use thing::{
    CODE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NewThing, SECRET_CHARACTERS_MAX, SECRET_CHARACTERS_MIN,
    SignInRefused, Thing, ThingRefused, ThingState,
};
