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
//! | `service/` | [`Rules`]: observe, settle, recover, list, acknowledge, replay |
//! | `store/`, `http`, `contracts` | as in every engine |
//!
//! # The way of a reading
//!
//! [`Rules::observe`] weighs a batch in memory and returns at once; most readings meet no rule or one. What changes waits
//! on the board. [`Rules::run`] is woken by it, lets time pass (durations, silence), and stores what has happened, many
//! alarms in one transaction, each with its event.
//!
//! # Invariants
//!
//! - Of one rule and thing, raised and cleared take turns.
//! - An alarm is known by its rule, thing and beginning: what is weighed again after a crash raises and tells nothing twice.
//! - Each alarm keeps the reading, the numbers with their sources, and the version of the rule that it was raised under.
//! - A reading that is not usable or that is late neither raises nor ends an alarm.
//! - The present and a replay run the same code.
//! - One process weighs the readings of a city. It knows neither the register of things nor the store of readings.

mod alarm;
mod board;
pub mod contracts;
mod decide;
mod explanation;
pub mod http;
mod in_force;
mod memory;
mod replay;
pub mod service;
mod store;
mod storm;
mod thing;

pub use alarm::{Alarm, Clearing, Transition, alarm_id};
pub use board::{AHEAD_SECONDS_MAX, Board, Counts};
pub use decide::{Answer, Change, Counting, Input, Lasting, State, decide};
pub use explanation::{Explanation, LimitTold, ReadingTold};
pub use in_force::InForce;
pub use memory::{RATE_READINGS_MAX, Reading};
pub use replay::{Replay, Replayed, ReplayedAlarm, replay};
pub use service::{Recovered, Rules, RulesFailure, RulesFault, RulesParts, RulesRefused};
pub use thing::{BoxFuture, History, HistoryFault, Observed, Watched};
