//! All SQL of the engine: one function per question, typed rows out; units of work are filled by pure functions.
//!
//! | file | what it asks and keeps |
//! |---|---|
//! | `case` | the row of a case and what belongs to it |
//! | `list` | what pages of cases have in common |
//! | `newest` | the newest cases that somebody may see |
//! | `queue` | what a post has to do |
//! | `counts` | numbers for the live page and reports |
//! | `outcome` | what a decision comes to, as statements |
//! | `photo` | photos and whose they are |
//! | `standing` | how cases stood at a moment |
//! | `public` | what everybody may know |
//! | `words` | what the search index is fed with |

mod case;
mod counts;
mod list;
mod newest;
mod outcome;
mod photo;
mod public;
mod queue;
mod standing;
mod words;

pub(crate) use case::*;
pub use counts::Grouping;
pub(crate) use counts::{OnDay, Span, Tally, closed_by_day, opened_by_day, tallies};
pub use list::{CaseFilter, Mark, PAGE_ROWS, PAGE_ROWS_MAX};
pub(crate) use list::{CaseRow, PageKey, Sight, SightAmong, of_contact, placed_since, those};
pub(crate) use newest::newest;
pub(crate) use outcome::*;
pub(crate) use photo::{PHOTO_TAKEN, PhotoRecord};
pub(crate) use public::public_states;
pub(crate) use queue::{
    Queue, StepCount, count_queue_by_step, count_requests, count_supervised, queue, requests,
};
pub use standing::LiveKind;
pub(crate) use standing::{
    ClosedCount, LiveListed, LiveQuestion, OpenCount, PlacedCase, closed_at, forget_standings, live_cases,
    open_at, placed_at, placed_now,
};
pub(crate) use words::{words_after, words_of};

/// Photos and their cases.
pub(crate) mod photos {
    pub(crate) use super::photo::{attach, insert, photo};
}

/// The key under which a task without a due time is ordered: after all that have one.
pub(crate) const DUE_KEY_NONE: i64 = i64::MAX;
