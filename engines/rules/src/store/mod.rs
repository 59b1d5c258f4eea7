//! All SQL of this engine: `alarm` what happens to one, `list` pages, `start` what is needed at a start, `count` indicators.

mod alarm;
mod count;
mod list;
mod start;

pub(crate) use alarm::{
    Stored, StoredStorm, acknowledge, alarm, alarms, clear, clear_storm, insert, insert_storm, join_storm,
    storm, storm_members,
};
pub(crate) use count::{ThingCount, cleared_since, open_counts, open_of_things};
pub(crate) use list::{After, AlarmFilter, Sight, newest, storms};
pub(crate) use start::{evaluated_to, grouped, left, note_evaluated};

/// The name of the expectation that fails when an alarm is there already, or is no longer open.
pub(crate) const ALARM_MOVED: &str = "rules.alarm";
/// The name of the expectation that fails when an alarm has been acknowledged.
pub(crate) const ACKNOWLEDGED: &str = "rules.acknowledged";
