//! Rules over readings: what raises an alarm, why, until when, and what it would have raised last month.
//!
//! | file | what it holds |
//! |---|---|
//! | `decide` | how a rule stands with a thing, and what a reading or time changes (pure) |
//! | `memory` | what of the readings a rule remembers, and what they say (pure) |
//! | `in_force` | the version of a rule with the numbers that hold for a thing on a day (pure) |
//! | `explanation` | why: reading, limit, source, version; as data and as a sentence (pure) |
//! | `board` | every rule over every thing, in memory (pure) |
//! | `alarm`, `storm` | alarms and their ends; those that come close together (pure) |
//! | `replay` | what a rule would have raised over readings of the past (pure) |
//! | `thing` | what is watched and observed, as the city tells it |

mod alarm;
mod board;
mod decide;
mod explanation;
mod in_force;
mod memory;
mod replay;
mod storm;
mod thing;

pub use alarm::{Alarm, Clearing, Transition, alarm_id};
pub use board::{AHEAD_SECONDS_MAX, Board, Counts};
pub use decide::{Answer, Change, Counting, Input, Lasting, State, decide};
pub use explanation::{Explanation, LimitTold, ReadingTold};
pub use in_force::InForce;
pub use memory::{RATE_READINGS_MAX, Reading};
pub use replay::{Replay, Replayed, ReplayedAlarm, replay};
pub use thing::{BoxFuture, History, HistoryFault, Observed, Watched};
