//! Clocks of a case: when a limit ends, through pauses and extensions, and when time itself must act next.
//!
//! How working days are counted is `vocabulary::calendar`'s business; which limit holds is the pack's.

use baotu_vocabulary::{ClockName, Due, Limit, Moment, WorkCalendar};
use serde::{Deserialize, Serialize};

use crate::case::CaseState;

/// A limit that runs, with everything that moved its end, so that the end can be computed again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// The limit.
    pub limit: Limit,
    /// The document it comes from, and for what it was chosen.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub basis: String,
    /// When it began.
    pub started_at: Moment,
    /// When it ends; while it stands still, when it would end had it gone on at once.
    pub due: Due,
    /// What moved its end, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changes: Vec<TimerChange>,
}

/// Something that moves the end of a limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "kebab-case")]
pub enum TimerChange {
    /// Stood still from here.
    Paused {
        /// When.
        at: Moment,
    },
    /// Went on from here.
    Resumed {
        /// When.
        at: Moment,
    },
    /// Was given more time.
    Extended {
        /// When.
        at: Moment,
        /// How much.
        by: Limit,
    },
}

impl Timer {
    /// A limit that begins at `now`.
    pub fn start(limit: Limit, basis: String, now: Moment, calendar: &WorkCalendar) -> Self {
        Self { limit, basis, started_at: now, due: calendar.due(now, limit), changes: Vec::new() }
    }

    /// Since when it stands still.
    pub fn paused_at(&self) -> Option<Moment> {
        let last = self.changes.iter().rfind(|change| !matches!(change, TimerChange::Extended { .. }));
        match last {
            Some(TimerChange::Paused { at }) => Some(*at),
            _ => None,
        }
    }

    /// The extensions it was given.
    pub fn extensions(&self) -> impl Iterator<Item = Limit> {
        self.changes.iter().filter_map(|change| match change {
            TimerChange::Extended { by, .. } => Some(*by),
            TimerChange::Paused { .. } | TimerChange::Resumed { .. } => None,
        })
    }

    /// Stands still from `now`; nothing happens to one that does already.
    pub fn pause(&mut self, now: Moment) {
        if self.paused_at().is_none() {
            self.changes.push(TimerChange::Paused { at: now });
        }
    }

    /// Goes on at `now` with what it had left; nothing happens to one that runs.
    pub fn resume(&mut self, now: Moment, calendar: &WorkCalendar) {
        if let Some(paused) = self.paused_at() {
            self.due = calendar.due_after_pause(self.due, self.limit.unit(), paused, now);
            self.changes.push(TimerChange::Resumed { at: now });
        }
    }

    /// Ends later by `by`.
    pub fn extend(&mut self, by: Limit, now: Moment, calendar: &WorkCalendar) {
        self.due = calendar.due_extended(self.due, by);
        self.changes.push(TimerChange::Extended { at: now, by });
    }

    /// Computes the end again, after the calendar has learnt a year; says whether it moved or became certain.
    pub fn recompute(&mut self, calendar: &WorkCalendar) -> bool {
        let before = self.due;
        let mut again = Self::start(self.limit, String::new(), self.started_at, calendar);
        for change in &self.changes {
            match *change {
                TimerChange::Paused { at } => again.pause(at),
                TimerChange::Resumed { at } => again.resume(at, calendar),
                TimerChange::Extended { at, by } => again.extend(by, at, calendar),
            }
        }
        self.due = again.due;
        self.due != before
    }

    /// Seconds that are left at `now`; negative once it has ended. While it stands still: those left when it was paused.
    pub fn left_seconds(&self, now: Moment) -> i64 {
        let at = self.paused_at().unwrap_or(now);
        self.due.at.micros_since(at).div_euclid(1_000_000)
    }

    /// Whether its end has passed; the end itself is still in time.
    pub fn is_over(&self, now: Moment) -> bool {
        self.paused_at().is_none() && now > self.due.at
    }

    /// The first moment at which [`Timer::is_over`] holds; none while it stands still.
    pub fn over_at(&self) -> Option<Moment> {
        self.paused_at().is_none().then(|| self.due.at.plus_micros(1))
    }
}

/// One run of a declared clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClockRun {
    /// Which clock.
    pub name: ClockName,
    /// Its limit.
    pub timer: Timer,
    /// How long before the end the yellow card is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warn_before: Option<Limit>,
    /// When the yellow card was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub warned_at: Option<Moment>,
    /// When the red card was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Moment>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
    /// It ended because what it measures was done; such a clock starts anew only by an effect. One that an effect
    /// stopped starts again with its step.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fulfilled: bool,
}

impl ClockRun {
    /// Whether it has not ended; one that stands still has not.
    pub const fn is_running(&self) -> bool {
        self.ended_at.is_none()
    }

    /// Whether it ended in time, or still can.
    pub fn is_on_time(&self, now: Moment) -> bool {
        self.ended_at.map_or(!self.timer.is_over(now), |ended| ended <= self.timer.due.at)
    }

    /// When the yellow card is due; none while it stands still, or when the warning would come before the start.
    pub fn warn_at(&self, calendar: &WorkCalendar) -> Option<Moment> {
        if self.timer.paused_at().is_some() {
            return None;
        }
        let at = calendar.before(self.timer.due.at, self.warn_before?);
        (at > self.timer.started_at).then_some(at)
    }
}

impl CaseState {
    /// The run of a clock that has not ended.
    pub fn running_clock(&self, name: &ClockName) -> Option<&ClockRun> {
        self.clocks.iter().rfind(|clock| clock.name == *name && clock.is_running())
    }

    pub(crate) fn running_clock_mut(&mut self, name: &ClockName) -> Option<&mut ClockRun> {
        self.clocks.iter_mut().rfind(|clock| clock.name == *name && clock.is_running())
    }

    /// By when the case has to be done: the running clock that ends first, else the stage limit that ends first; of a
    /// closed case the end of the clock that ended last.
    pub fn due(&self) -> Option<Due> {
        let running = self.clocks.iter().filter(|clock| clock.is_running()).map(|clock| clock.timer.due);
        let staged = || self.open_tasks().filter_map(|task| Some(task.timer.as_ref()?.due)).min();
        let ended = || self.clocks.iter().max_by_key(|clock| clock.ended_at).map(|clock| clock.timer.due);
        running.min().or_else(|| if self.is_open() { staged() } else { ended() })
    }

    /// Whether the clock that governed it last ended in time; a case without clocks is in time.
    pub fn was_on_time(&self, now: Moment) -> bool {
        let governing = self.clocks.iter().max_by_key(|clock| clock.ended_at.unwrap_or(now));
        governing.is_none_or(|clock| clock.is_on_time(now))
    }

    /// Since when one of its clocks is over; none when all are in time.
    pub fn overdue_at(&self) -> Option<Moment> {
        self.clocks.iter().filter_map(|clock| clock.overdue_at).min()
    }

    /// Since when one of its clocks has had its yellow card; none without one.
    pub fn warned_at(&self) -> Option<Moment> {
        self.clocks.iter().filter_map(|clock| clock.warned_at).min()
    }

    /// The moment at which time itself must act next: a card, a stage limit, an exit that takes itself.
    pub fn next_clock_at(&self, calendar: &WorkCalendar) -> Option<Moment> {
        let mut next: Option<Moment> = None;
        let mut consider = |moment: Option<Moment>| next = [next, moment].into_iter().flatten().min();
        for clock in self.clocks.iter().filter(|clock| clock.is_running()) {
            if clock.warned_at.is_none() && clock.overdue_at.is_none() {
                consider(clock.warn_at(calendar));
            }
            if clock.overdue_at.is_none() {
                consider(clock.timer.over_at());
            }
        }
        for task in self.open_tasks() {
            if task.overdue_at.is_none() {
                consider(task.timer.as_ref().and_then(Timer::over_at));
            }
            for exit in &task.timed_exits {
                consider(exit.timer.over_at());
            }
        }
        for request in self.open_requests().filter(|request| request.overdue_at.is_none()) {
            consider(request.timer.as_ref().and_then(Timer::over_at));
        }
        next
    }
}
