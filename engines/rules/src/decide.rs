//! The decision: how one rule stands with one thing, and what a reading or the passing of time changes. Pure.
//!
//! What counts:
//!
//! - A reading that is beyond the limit begins to count; after the rule's time the alarm is raised, at that very moment,
//!   whether the next reading or the clock shows that it has come. Between two readings a value is taken to last.
//! - A reading that is not beyond it (in the band of hysteresis, or back) ends the counting. An alarm ends in the same way:
//!   after readings that are back for the rule's time; one in the band or beyond begins anew.
//! - A reading that is not usable neither raises nor ends: it stops the clock of what counts, until the next usable
//!   reading shows whether it has lasted.
//! - For silence, every usable reading begins to count anew, and the first one ends the alarm.
//! - A reading that comes after the clock has decided is weighed all the same, and undoes nothing: batches of readings that
//!   come in the order of their time decide the same, however they are cut.
//! - Changes never go back in time, and between two raised ones there is always a cleared one.

use baotu_vocabulary::Moment;

/// What a reading says about the rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Beyond the limit.
    Beyond,
    /// Not beyond it, and not yet where an alarm ends.
    Between,
    /// Where an alarm ends.
    Back,
    /// Nothing: the reading is not usable, or a part of the condition is not known.
    Unknown,
}

/// The times of a rule, in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lasting {
    /// How long beyond before it is raised.
    pub hold: i64,
    /// How long back before it ends.
    pub clear: i64,
    /// For a rule about silence: how long none before it is raised.
    pub silence: Option<i64>,
}

/// What comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Input {
    /// A reading was weighed; readings come in the order of their time.
    Weighed(Answer, Moment),
    /// It is now so late.
    Passed(Moment),
}

/// Something that counts towards a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counting {
    /// The reading that began it.
    pub since: Moment,
    /// When it will have lasted long enough.
    pub due: Moment,
    /// The newest reading was not usable: time alone changes nothing.
    pub interrupted: bool,
}

/// How a rule stands with a thing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// The alarm that is open: the moment that tells it from others of the rule and thing.
    pub open: Option<Moment>,
    /// What counts towards the next change.
    pub counting: Option<Counting>,
    /// The moment of the last change.
    pub changed: Option<Moment>,
}

/// What has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// An alarm is raised.
    Raised {
        /// When what it is about began; tells the alarm from others of the rule and thing.
        started: Moment,
        /// When it had lasted long enough.
        at: Moment,
    },
    /// The open alarm has ended.
    Cleared {
        /// The moment that tells the alarm from others.
        started: Moment,
        /// When what ended it began.
        since: Moment,
        /// When it had lasted long enough.
        at: Moment,
    },
}

impl State {
    /// A thing that is silent from the beginning counts as silent since it was first watched.
    pub fn begun(lasting: Lasting, at: Moment) -> Self {
        let count = |silence| counting(at, silence);
        Self { counting: lasting.silence.map(count), ..Self::default() }
    }

    /// When the passing of time alone will change something.
    pub fn due(&self) -> Option<Moment> {
        self.counting.filter(|counting| !counting.interrupted).map(|counting| counting.due)
    }
}

const fn counting(since: Moment, lasting: i64) -> Counting {
    Counting { since, due: since.plus_micros(lasting), interrupted: false }
}

/// How it stands after `input`, and what has changed.
pub fn decide(state: State, lasting: Lasting, input: Input) -> (State, Option<Change>) {
    match (input, state.open) {
        (Input::Passed(now), _) => match state.counting {
            Some(counting) if state.due().is_some_and(|due| due <= now) => {
                change(state, counting.since, counting.due)
            }
            _ => (state, None),
        },
        (Input::Weighed(Answer::Unknown, _), _) => {
            // Silence counts on: what is not usable is as good as nothing.
            let interrupted = lasting.silence.is_none() || state.open.is_some();
            let stop = |counting| Counting { interrupted, ..counting };
            (State { counting: state.counting.map(stop), ..state }, None)
        }
        (Input::Weighed(_, at), None) if lasting.silence.is_some() => {
            (State { counting: lasting.silence.map(|silence| counting(at, silence)), ..state }, None)
        }
        (Input::Weighed(Answer::Beyond, at), None) => towards(state, at, lasting.hold),
        (Input::Weighed(Answer::Back, at), Some(_)) => {
            let (next, cleared) = towards(state, at, lasting.clear);
            match (cleared, lasting.silence) {
                (Some(_), Some(silence)) => {
                    (State { counting: Some(counting(at, silence)), ..next }, cleared)
                }
                _ => (next, cleared),
            }
        }
        (Input::Weighed(..), _) => (State { counting: None, ..state }, None),
    }
}

/// A reading at `at` speaks for a change that takes so long.
fn towards(state: State, at: Moment, lasting: i64) -> (State, Option<Change>) {
    let counted = state.counting.unwrap_or(counting(at, lasting));
    if counted.due <= at {
        // Either it takes no time, or the clock stood still and this reading shows that it has lasted.
        return change(state, counted.since, at);
    }
    (State { counting: Some(Counting { interrupted: false, ..counted }), ..state }, None)
}

/// The alarm is raised, or ends, at `at`; never before the last change.
fn change(state: State, since: Moment, at: Moment) -> (State, Option<Change>) {
    let (change, open, at) = match state.open {
        None => {
            // Two alarms of one rule and thing never have the same beginning.
            let started = state.changed.map_or(since, |changed| since.max(changed.plus_micros(1)));
            let at = at.max(started);
            (Change::Raised { started, at }, Some(started), at)
        }
        Some(started) => {
            let at = state.changed.map_or(at, |changed| at.max(changed));
            (Change::Cleared { started, since, at }, None, at)
        }
    };
    (State { open, counting: None, changed: Some(at) }, Some(change))
}
