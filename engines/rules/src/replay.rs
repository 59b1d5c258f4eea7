//! Replay (回放): what a rule would have raised over readings of the past, with the very code that decides the present.
//! Pure, and taken in parts: whoever reads the past hands over one stretch after the other.

use std::collections::BTreeMap;

use baotu_pack::rules::CompiledAlarmRule;
use baotu_vocabulary::{AlarmId, Moment, ThingId};
use jiff::tz::TimeZone;
use serde::Serialize;

use crate::alarm::Transition;
use crate::board::{Board, Counts};
use crate::explanation::Explanation;
use crate::thing::{Observed, Watched};

/// An alarm that a rule would have raised.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReplayedAlarm {
    /// The thing.
    #[schema(value_type = String, format = "uuid")]
    pub thing: ThingId,
    /// The thing's name.
    pub thing_name: String,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    pub raised_at: Moment,
    /// When it would have ended; absent when it would still have been open.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub cleared_at: Option<Moment>,
    /// How long it would have been open, in seconds, up to the end of the replay.
    pub open_seconds: i64,
    /// Why it would have been raised.
    pub why: Explanation,
    /// Why it would have ended.
    pub why_cleared: Option<String>,
}

/// What a rule would have done.
#[derive(Clone, Debug, PartialEq)]
pub struct Replayed {
    /// In the order in which they would have been raised.
    pub alarms: Vec<ReplayedAlarm>,
    /// What came of the readings.
    pub counts: Counts,
}

/// A replay that goes on.
#[derive(Debug)]
pub struct Replay {
    board: Board,
    names: BTreeMap<ThingId, String>,
    alarms: Vec<ReplayedAlarm>,
    open: BTreeMap<AlarmId, usize>,
}

impl Replay {
    /// All versions of a rule, oldest first, over these things, watched from `from` on.
    pub fn new(
        versions: Vec<CompiledAlarmRule>,
        things: impl IntoIterator<Item = Watched>,
        from: Moment,
        zone: TimeZone,
    ) -> Self {
        let name = versions.first().map(|version| version.name().clone());
        let book = name.map(|name| (name, versions)).into_iter().collect();
        let mut board = Board::new(book, zone);
        let mut names = BTreeMap::new();
        for thing in things {
            names.insert(thing.thing, thing.name.clone());
            board.watch(thing, from);
        }
        Self { board, names, alarms: Vec::new(), open: BTreeMap::new() }
    }

    /// The series whose readings matter.
    pub fn series(&self) -> Vec<u32> {
        self.board.watched_series()
    }

    /// Readings of a stretch, in the order of their time; those of one moment are weighed together.
    pub fn readings(&mut self, readings: &[Observed]) {
        for moment in readings.chunk_by(|a, b| a.at == b.at) {
            let Some(at) = moment.first().map(|reading| reading.at) else { continue };
            self.board.pass(at);
            self.board.observe(moment, at);
        }
        self.keep();
    }

    /// The end of the past.
    pub fn end(mut self, until: Moment) -> Replayed {
        self.board.pass(until);
        self.keep();
        for alarm in self.alarms.iter_mut().filter(|alarm| alarm.cleared_at.is_none()) {
            alarm.open_seconds = until.micros_since(alarm.raised_at).max(0) / 1_000_000;
        }
        Replayed { alarms: self.alarms, counts: self.board.counts() }
    }

    fn keep(&mut self) {
        for transition in self.board.take() {
            match transition {
                Transition::Raised(alarm) => {
                    self.open.insert(alarm.id, self.alarms.len());
                    self.alarms.push(ReplayedAlarm {
                        thing: alarm.thing,
                        thing_name: self.names.get(&alarm.thing).cloned().unwrap_or_default(),
                        raised_at: alarm.raised_at,
                        cleared_at: None,
                        open_seconds: 0,
                        why: alarm.explanation,
                        why_cleared: None,
                    });
                }
                Transition::Cleared(clearing) => {
                    let index = self.open.remove(&clearing.id);
                    let Some(alarm) = index.and_then(|index| self.alarms.get_mut(index)) else { continue };
                    alarm.cleared_at = Some(clearing.at);
                    alarm.open_seconds = clearing.at.micros_since(alarm.raised_at) / 1_000_000;
                    alarm.why_cleared = Some(clearing.explanation.text);
                }
            }
        }
    }
}

/// What `versions` of a rule would have raised from `from` to `until` over these things and readings, which come in the
/// order of their time.
pub fn replay(
    versions: Vec<CompiledAlarmRule>,
    things: impl IntoIterator<Item = Watched>,
    readings: &[Observed],
    (from, until): (Moment, Moment),
    zone: TimeZone,
) -> Replayed {
    let mut replay = Replay::new(versions, things, from, zone);
    replay.readings(readings);
    replay.end(until)
}
