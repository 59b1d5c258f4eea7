//! Readings of the properties of things: what a sensor said, when, and how far it can be trusted.
//!
//! | file | what it holds |
//! |---|---|
//! | `reading` | a reading, the series it belongs to, its quality; what is refused (pure) |
//! | `span` | the hours by which readings are kept in files (pure) |
//! | `aggregate` | what the readings of a minute, an hour, a day come to (pure) |
//! | `memory` | the newest reading of each series, and all of the hours that are still written; which files there are |
//! | `service` | [`Readings`]: store, newest, history |
//! | `sealing` | an hour that is over: indexes, aggregates, small files joined |
//! | `aggregates` | a series by the minute, the hour, the day |
//! | `compaction`, `retention` | days that are over move to the lake; what need not be kept is dropped |
//! | `transfer`, `bulk` | readings as CSV, out and in; what is brought in of days that are over goes straight to the lake |
//! | `store/` | the files: one SQLite database for an hour, the thread that writes them; a database of aggregates for a month |
//! | `lake/` | the table of days that are over: sorted Parquet, a manifest |
//!
//! # The way of a reading
//!
//! [`Readings::store`] judges a batch whole, hands it to the writing thread and answers once it is on the disk: one
//! `fdatasync` serves all batches that wait at that moment. A reading goes to the file of the hour *in which it was
//! taken*, so that a late one stands where it belongs. An hour that is over is *sealed*: its file gets its index and is
//! never written again, and its aggregates are written. What comes for it later goes to another file of the same hour,
//! and whoever asks sees them as one. A day that is over is *compacted*: its files become one part of the lake, which
//! what comes later corrects in the same way until it is folded in. What is *brought in* of such days goes there at once.
//!
//! # Invariants
//!
//! - What was acknowledged is on the disk.
//! - A series has one reading at a moment: of two, the one that arrived last is told (a correction); sending again what
//!   was not acknowledged therefore doubles nothing.
//! - A batch with one reading that is refused is refused whole, and says which.
//! - What is told does not depend on where it stands: sealing, joining and compacting change no answer.
//! - A gap is a gap: no bucket is told in which there is no reading.
//! - Nothing here reads the clock: `now` comes with the call.

mod aggregate;
mod aggregates;
mod backup;
mod bulk;
mod command;
mod compaction;
pub mod contracts;
pub mod http;
mod lake;
mod memory;
mod mishap;
mod reading;
mod register;
mod retention;
mod sample;
mod sealing;
mod service;
mod span;
mod store;
mod thing;
mod transfer;

pub use aggregate::{Aggregate, Aggregated, AggregatedPage, Bucket, Figures};
pub use aggregates::BUCKETS_MAX;
pub use backup::copy_readings;
pub use bulk::IMPORT_READINGS_MAX;
pub use command::{Command, CommandRefused, CommandState, RESULT_BYTES_MAX, WAITING_MAX};
pub use compaction::{COMPACT_AFTER_SECONDS, Compacted, FOLD_AFTER_SECONDS};
pub use mishap::{Mishap, OTHERS};
pub use reading::{Quality, Reading, ReadingRefused, SeriesNumber};
pub use register::{
    AcceptFailure, AcceptRefused, Accepted, COMMANDS_ROWS_MAX, Carrier, Change, CommandFailure, Hearer,
    Parts, RegisterFailure, Registered, Standing, Things, Wanted,
};
pub use retention::{Dropped, Keep};
pub use sample::{OUT_OF_RANGE, Sample, SampleRefused};
pub use sealing::Sealed;
pub use service::{BATCH_READINGS_MAX, HISTORY_ROWS_MAX, Page, Readings, ReadingsFailure};
pub use span::{SEAL_AFTER_SECONDS, SPAN_SECONDS};
pub use store::ReadingsFault;
pub use thing::{
    CODE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NewThing, SECRET_CHARACTERS_MAX, SECRET_CHARACTERS_MIN,
    SignInRefused, Thing, ThingRefused, ThingState,
};
pub use transfer::{ExportSeries, Imported, LINE_PROBLEMS_MAX, LineProblem, TransferFault};
