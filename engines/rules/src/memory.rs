//! What of a thing's readings a rule has to remember, and what a reading says about the rule. Pure.
//!
//! A reading that is not newer than the newest usable one of its property is *late*: it can't tell how the thing is now,
//! so it decides nothing; what it would have changed is seen in a replay. A second reading of the same moment (a
//! correction) is late in the same sense.

use std::collections::VecDeque;

use baotu_pack::Condition;
use baotu_pack::rules::{Test, condition_variables};
use baotu_vocabulary::Moment;

use crate::decide::Answer;
use crate::in_force::InForce;

/// Readings in the window of a rate of change at most. The window keeps only readings that may still be its lowest (or
/// highest), so that it is long only where a value moves one way all the time; then its oldest are given up.
pub const RATE_READINGS_MAX: usize = 4_096;

/// A value and when it was taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reading {
    /// When.
    pub at: Moment,
    /// In the unit of its property.
    pub value: f64,
}

/// What is remembered of the properties of a rule, in its order.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Memory {
    newest: Vec<Option<Reading>>,
    /// The readings that may be the lowest, or highest, of the window, oldest first.
    window: VecDeque<Reading>,
}

impl Memory {
    /// Nothing yet, for so many properties.
    pub(crate) fn new(properties: usize) -> Self {
        Self { newest: vec![None; properties], window: VecDeque::new() }
    }

    /// Whether a reading of the property at `at` is late.
    pub(crate) fn is_late(&self, property: usize, at: Moment) -> bool {
        self.newest(property).is_some_and(|newest| at <= newest.at)
    }

    /// Whether there was no usable reading yet.
    pub(crate) fn is_empty(&self) -> bool {
        self.newest.iter().all(Option::is_none)
    }

    /// The newest usable reading of a property.
    pub(crate) fn newest(&self, property: usize) -> Option<Reading> {
        self.newest.get(property).copied().flatten()
    }

    /// The newest usable reading of all properties, with its property.
    pub(crate) fn newest_of_all(&self) -> Option<(usize, Reading)> {
        let known = self.newest.iter().enumerate().filter_map(|(index, reading)| Some((index, (*reading)?)));
        known.max_by_key(|(_, reading)| reading.at)
    }

    /// The reading of the window against which the newest is held.
    pub(crate) fn furthest(&self) -> Option<Reading> {
        self.window.front().copied()
    }

    /// Remembers a usable reading that is not late.
    pub(crate) fn take(&mut self, property: usize, reading: Reading, test: &Test) {
        if let Some(newest) = self.newest.get_mut(property) {
            *newest = Some(reading);
        }
        let (within_seconds, rising) = match test {
            Test::Rises { within_seconds, .. } => (*within_seconds, true),
            Test::Falls { within_seconds, .. } => (*within_seconds, false),
            _ => return,
        };
        let oldest = reading.at.plus_seconds(-i64::from(within_seconds));
        while self.window.front().is_some_and(|first| first.at < oldest) {
            self.window.pop_front();
        }
        let beaten = |last: &Reading| {
            if rising { last.value >= reading.value } else { last.value <= reading.value }
        };
        while self.window.back().is_some_and(beaten) {
            self.window.pop_back();
        }
        if self.window.len() >= RATE_READINGS_MAX {
            self.window.pop_front();
        }
        self.window.push_back(reading);
    }

    /// What is known at `at` says about the rule.
    pub(crate) fn weigh(&self, in_force: &InForce, at: Moment) -> Answer {
        match (in_force.test(), self.newest(0)) {
            (Test::Missing { .. }, _) => Answer::Back,
            (Test::When { when, clear, max_age_seconds, .. }, _) => self.weigh_condition(
                in_force,
                when,
                clear.as_ref(),
                at.plus_seconds(-i64::from(*max_age_seconds)),
            ),
            (_, None) => Answer::Unknown,
            (test, Some(newest)) => self.weigh_number(in_force, test, newest.value),
        }
    }

    fn weigh_number(&self, in_force: &InForce, test: &Test, value: f64) -> Answer {
        let (limit, clear) = (in_force.limit_value(), in_force.clear_value());
        let (beyond, back) = match test {
            Test::Above { .. } => (value > limit, value <= clear),
            Test::Below { .. } => (value < limit, value >= clear),
            _ => {
                let moved = self.furthest().map_or(0.0, |furthest| (value - furthest.value).abs());
                (moved > limit, moved <= limit)
            }
        };
        match (beyond, back) {
            (true, _) => Answer::Beyond,
            (false, true) => Answer::Back,
            (false, false) => Answer::Between,
        }
    }

    fn weigh_condition(
        &self,
        in_force: &InForce,
        when: &Condition,
        clear: Option<&Condition>,
        oldest: Moment,
    ) -> Answer {
        let mut readings = Vec::with_capacity(self.newest.len());
        for (property, newest) in in_force.rule().properties().iter().zip(&self.newest) {
            match newest {
                Some(reading) if reading.at >= oldest => {
                    readings.push((property.name.as_str(), reading.value));
                }
                _ => return Answer::Unknown,
            }
        }
        let variables = condition_variables(readings, in_force.numbers());
        // What the check can't foresee, such as an overflow, is no answer.
        let holds = |condition: &Condition| condition.holds(&variables);
        match (holds(when), clear.map(holds)) {
            (Err(_), _) | (_, Some(Err(_))) => Answer::Unknown,
            (Ok(true), _) => Answer::Beyond,
            (Ok(false), None | Some(Ok(true))) => Answer::Back,
            (Ok(false), Some(Ok(false))) => Answer::Between,
        }
    }
}
