//! The board: every rule × thing that is watched, in memory, and what readings and time change there. Pure: it reads no
//! clock and no database, so that the present, a restart and a replay run the same code.
//!
//! Readings of one moment that come in one batch are weighed together, so that a condition over several properties never
//! sees half a message.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, HashMap};
use std::sync::Arc;

use baotu_pack::rules::{CompiledAlarmRule, Test};
use baotu_vocabulary::{Moment, RuleName, ThingId};
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::alarm::{Alarm, Clearing, Transition, alarm_id};
use crate::decide::{Answer, Change, Input, State, decide};
use crate::explanation::Grounds;
use crate::in_force::{InForce, Rulebook, Span};
use crate::memory::{Memory, Reading};
use crate::thing::{Observed, Watched};

/// A reading further ahead of the present than this is not believed, in seconds: its clock is wrong, and all readings
/// after it would be late.
pub const AHEAD_SECONDS_MAX: i64 = 300;

/// What came of the readings so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Readings that came.
    pub observed: u64,
    /// Readings weighed by a rule, once for each rule.
    pub weighed: u64,
    /// Not usable, so that they neither raised nor ended anything; once for each rule.
    pub unusable: u64,
    /// Not newer than the newest of their property; once for each rule.
    pub late: u64,
    /// Too far ahead of the present.
    pub ahead: u64,
}

/// A rule over a thing.
#[derive(Debug)]
struct Watch {
    rule: RuleName,
    thing: Arc<Watched>,
    /// What holds on the day of the newest reading.
    span: Span,
    /// Series of the thing, each with the index of its property in the rule in force; none when that looks at others.
    properties: Vec<(u32, Option<usize>)>,
    memory: Memory,
    state: State,
    /// When it stands in the queue of what is due, the earliest.
    queued: Option<Moment>,
    /// Readings up to here are only remembered: what followed from them was decided before a restart.
    decided_to: Option<Moment>,
    /// A reading of this moment waits to be weighed with others of the same moment.
    unweighed: Option<Moment>,
}

/// Every rule over every thing.
#[derive(Debug)]
pub struct Board {
    book: Rulebook,
    zone: TimeZone,
    watches: Vec<Option<Watch>>,
    free: Vec<usize>,
    by_thing: HashMap<ThingId, (Arc<Watched>, Vec<usize>)>,
    by_series: HashMap<u32, Arc<[usize]>>,
    due: BinaryHeap<Reverse<(Moment, usize)>>,
    unweighed: Vec<usize>,
    transitions: Vec<Transition>,
    counts: Counts,
}

impl Board {
    /// A board over these rules, the versions of each oldest first, in a city whose days begin in `zone`.
    pub fn new(rules: BTreeMap<RuleName, Vec<CompiledAlarmRule>>, zone: TimeZone) -> Self {
        Self {
            book: Rulebook::new(rules, zone.clone()),
            zone,
            watches: Vec::new(),
            free: Vec::new(),
            by_thing: HashMap::new(),
            by_series: HashMap::new(),
            due: BinaryHeap::new(),
            unweighed: Vec::new(),
            transitions: Vec::new(),
            counts: Counts::default(),
        }
    }

    /// Watches a thing from `now` on. One that is watched already keeps its alarms, and what counts where its series stay
    /// the same.
    pub fn watch(&mut self, watched: Watched, now: Moment) {
        let thing = Arc::new(watched);
        let kept = self.unhang(thing.thing);
        let rules = self.book.watching(&thing.kind);
        let mut hung = Vec::with_capacity(rules.len());
        for rule in rules {
            let before = kept.iter().position(|watch| watch.rule == rule);
            let span = self.book.at(&rule, &thing, now);
            let mut watch = Watch {
                properties: self.book.looked_at(&rule, &thing).collect(),
                rule,
                memory: Memory::default(),
                state: State::default(),
                queued: None,
                decided_to: None,
                unweighed: None,
                span,
                thing: Arc::clone(&thing),
            };
            watch.bind();
            if let Some(before) = before {
                let before = &kept[before];
                watch.state = before.state;
                watch.decided_to = before.decided_to;
                // The same series mean the same properties of the same version; else what is remembered is of others.
                if before.properties == watch.properties && before.version() == watch.version() {
                    watch.memory = before.memory.clone();
                } else {
                    watch.state.counting = None;
                }
            }
            watch.begin(now);
            hung.push(self.hang(watch));
        }
        let rules = self.book.watching(&thing.kind);
        for watch in kept.iter().filter(|watch| !rules.contains(&watch.rule)) {
            self.end(watch, now, "设备类型已改变");
        }
        self.by_thing.insert(thing.thing, (thing, hung));
    }

    /// Watches a thing no longer; its open alarms end.
    pub fn forget(&mut self, thing: ThingId, now: Moment) {
        for watch in self.unhang(thing) {
            self.end(&watch, now, "设备不再监测");
        }
    }

    /// Takes what is known of an alarm from before a restart (when it began, was raised, and ended): an open one stays open,
    /// an ended one is not raised again. False when nothing watches its rule and thing.
    pub fn restore(
        &mut self,
        rule: &RuleName,
        thing: ThingId,
        (started, raised, ended): (Moment, Moment, Option<Moment>),
    ) -> bool {
        let hung = self.by_thing.get(&thing).map(|(_, hung)| hung.as_slice()).unwrap_or_default();
        let of_rule = |index: &&usize| {
            self.watches.get(**index).and_then(Option::as_ref).is_some_and(|watch| watch.rule == *rule)
        };
        let index = hung.iter().find(of_rule).copied();
        let Some(watch) = index.and_then(|index| self.watches.get_mut(index)?.as_mut()) else { return false };
        let changed = ended.unwrap_or(raised);
        if watch.state.changed.is_none_or(|known| known <= changed) {
            let counting = watch.state.counting.filter(|_| ended.is_some());
            let open = ended.is_none().then_some(started);
            watch.state = State { open, counting, changed: Some(changed) };
            watch.decided_to = Some(changed);
        }
        true
    }

    /// Weighs a batch of readings; `now` is when they came. What follows waits in [`Board::take`].
    pub fn observe(&mut self, readings: &[Observed], now: Moment) {
        let ahead = now.plus_seconds(AHEAD_SECONDS_MAX);
        for reading in readings {
            self.counts.observed += 1;
            let Some(watches) = self.by_series.get(&reading.series).cloned() else { continue };
            if reading.at > ahead {
                self.counts.ahead += 1;
                continue;
            }
            for index in watches.iter() {
                self.one(*index, reading);
            }
        }
        for index in std::mem::take(&mut self.unweighed) {
            self.weigh(index);
        }
    }

    /// Lets time pass up to `now`.
    pub fn pass(&mut self, now: Moment) {
        while let Some(Reverse((at, index))) = self.due.peek().copied() {
            if at > now {
                return;
            }
            self.due.pop();
            let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { continue };
            if watch.queued == Some(at) {
                watch.queued = None;
            }
            if watch.turns_by_itself() && watch.span.until <= now {
                let until = watch.span.until;
                self.step(index, Input::Passed(until));
                self.turn(index, now);
            }
            self.step(index, Input::Passed(now));
            self.queue(index);
        }
    }

    /// When something is due by the passing of time alone; it may turn out to be later.
    pub fn next_due(&self) -> Option<Moment> {
        self.due.peek().map(|Reverse((at, _))| *at)
    }

    /// What has happened since it was last asked, in the order of deciding.
    pub fn take(&mut self) -> Vec<Transition> {
        std::mem::take(&mut self.transitions)
    }

    /// Whether something waits to be taken.
    pub fn has_happened(&self) -> bool {
        !self.transitions.is_empty()
    }

    /// What came of the readings so far.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// The series that at least one rule looks at, in order.
    pub fn watched_series(&self) -> Vec<u32> {
        let mut series: Vec<u32> = self.by_series.keys().copied().collect();
        series.sort_unstable();
        series
    }

    /// The things that are watched.
    pub fn things(&self) -> impl Iterator<Item = &Arc<Watched>> {
        self.by_thing.values().map(|(thing, _)| thing)
    }

    /// Silence of which nothing is known counts from `since` on, where it counts from later.
    pub fn silent_since(&mut self, since: Moment) {
        for index in 0..self.watches.len() {
            let Some(watch) = self.watches[index].as_mut() else { continue };
            let Some(lasting) = watch.span.in_force.as_ref().map(|held| held.lasting()) else { continue };
            let is_later = watch.state.counting.is_some_and(|counting| counting.since > since);
            if lasting.silence.is_some() && watch.memory.is_empty() && watch.state.open.is_none() && is_later
            {
                watch.state.counting = State::begun(lasting, since).counting;
                self.queue(index);
            }
        }
    }

    /// How far before a restart readings have to be read again, in seconds.
    pub fn reach_seconds(&self) -> i64 {
        self.book.reach_seconds()
    }

    /// Alarms that are open.
    pub fn open(&self) -> usize {
        self.watches.iter().flatten().filter(|watch| watch.state.open.is_some()).count()
    }

    /// Puts a watch in its place and its series under it.
    fn hang(&mut self, watch: Watch) -> usize {
        let series: Vec<u32> = watch.properties.iter().map(|(series, _)| *series).collect();
        let index = match self.free.pop() {
            Some(index) => {
                self.watches[index] = Some(watch);
                index
            }
            None => {
                self.watches.push(Some(watch));
                self.watches.len() - 1
            }
        };
        for series in series {
            let others = self.by_series.entry(series).or_default();
            *others = others.iter().copied().chain([index]).collect();
        }
        self.queue(index);
        index
    }

    /// Takes down what hangs of a thing.
    fn unhang(&mut self, thing: ThingId) -> Vec<Watch> {
        let Some((_, hung)) = self.by_thing.remove(&thing) else { return Vec::new() };
        let mut taken = Vec::with_capacity(hung.len());
        for index in hung {
            let Some(watch) = self.watches[index].take() else { continue };
            for (series, _) in &watch.properties {
                if let Some(list) = self.by_series.get_mut(series) {
                    *list = list.iter().copied().filter(|other| *other != index).collect();
                    if list.is_empty() {
                        self.by_series.remove(series);
                    }
                }
            }
            self.free.push(index);
            taken.push(watch);
        }
        taken
    }

    /// The alarm of a watch that goes ends with it.
    fn end(&mut self, watch: &Watch, now: Moment, why: &str) {
        let Some((started, in_force)) = watch.state.open.zip(watch.span.in_force.as_deref()) else { return };
        let at = watch.state.changed.map_or(now, |changed| changed.max(now));
        let grounds = Grounds { in_force, memory: &watch.memory, zone: &self.zone, since: now, at };
        let explanation = grounds.ended(why);
        self.transitions.push(Transition::Cleared(Box::new(Clearing {
            id: alarm_id(&watch.rule, watch.thing.thing, started),
            rule: watch.rule.clone(),
            thing: watch.thing.thing,
            at,
            explanation,
        })));
    }

    /// One reading for one watch.
    fn one(&mut self, index: usize, reading: &Observed) {
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        // A reading of another moment: what waits was whole before it.
        if watch.unweighed.is_some_and(|waiting| waiting != reading.at) {
            self.weigh(index);
        }
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        // The law of the day is not looked up for a reading that decides nothing.
        let property = |watch: &Watch| {
            watch
                .properties
                .iter()
                .find(|(series, _)| *series == reading.series)
                .and_then(|(_, property)| *property)
        };
        if property(watch).is_some_and(|property| watch.memory.is_late(property, reading.at)) {
            self.counts.late += 1;
            return;
        }
        // The law only goes forward: a reading of yesterday that comes after one of today is weighed by today's. Before the
        // first reading it goes wherever that lies.
        if reading.at >= watch.span.until || (reading.at < watch.span.from && watch.memory.is_empty()) {
            self.turn(index, reading.at);
        }
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        let Some((in_force, property)) = watch.span.in_force.clone().zip(property(watch)) else { return };
        let decides = watch.decided_to.is_none_or(|decided| reading.at > decided);
        if decides && watch.state.due().is_some_and(|due| due <= reading.at) {
            self.step(index, Input::Passed(reading.at));
        }
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        if !reading.usable || !reading.value.is_finite() {
            self.counts.unusable += 1;
            if decides {
                self.step(index, Input::Weighed(Answer::Unknown, reading.at));
                self.queue(index);
            }
            return;
        }
        self.counts.weighed += 1;
        watch.memory.take(property, Reading { at: reading.at, value: reading.value }, in_force.test());
        if !decides {
            // Silence counts from here all the same.
            let lasting = in_force.lasting();
            if lasting.silence.is_some() && watch.state.open.is_none() {
                watch.state.counting = State::begun(lasting, reading.at).counting;
                self.queue(index);
            }
            return;
        }
        if matches!(in_force.test(), Test::When { .. }) {
            if watch.unweighed.is_none() {
                self.unweighed.push(index);
            }
            watch.unweighed = Some(reading.at);
        } else {
            let answer = watch.memory.weigh(&in_force, reading.at);
            self.step(index, Input::Weighed(answer, reading.at));
            self.queue(index);
        }
    }

    /// The law of the day of `at` holds from now on.
    fn turn(&mut self, index: usize, at: Moment) {
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        let span = self.book.at(&watch.rule, &watch.thing, at);
        watch.turn(span);
    }

    /// Weighs what waits.
    fn weigh(&mut self, index: usize) {
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        let (Some(at), Some(in_force)) = (watch.unweighed.take(), &watch.span.in_force) else { return };
        let answer = watch.memory.weigh(in_force, at);
        self.step(index, Input::Weighed(answer, at));
        self.queue(index);
    }

    /// Decides, and tells what has changed.
    fn step(&mut self, index: usize, input: Input) {
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        let Some(in_force) = watch.span.in_force.clone() else { return };
        let input = watch.unless_too_old(&in_force, input);
        let (state, change) = decide(watch.state, in_force.lasting(), input);
        watch.state = state;
        let transition = match change {
            None => return,
            Some(Change::Raised { started, at }) => watch.raised(&in_force, &self.zone, started, at),
            Some(Change::Cleared { started, since, at }) => {
                let grounds =
                    Grounds { in_force: &in_force, memory: &watch.memory, zone: &self.zone, since, at };
                Transition::Cleared(Box::new(Clearing {
                    id: alarm_id(&watch.rule, watch.thing.thing, started),
                    rule: watch.rule.clone(),
                    thing: watch.thing.thing,
                    at,
                    explanation: grounds.cleared(),
                }))
            }
        };
        self.transitions.push(transition);
    }

    /// Puts the watch in the queue of what is due, unless it stands there early enough.
    fn queue(&mut self, index: usize) {
        let Some(watch) = self.watches.get_mut(index).and_then(Option::as_mut) else { return };
        let Some(due) = watch.wanted() else { return };
        if watch.queued.is_none_or(|queued| due < queued) {
            watch.queued = Some(due);
            self.due.push(Reverse((due, index)));
        }
    }
}

impl Watch {
    /// Another day: its version and numbers hold from now on.
    fn turn(&mut self, span: Span) {
        let properties = |span: &Span| span.in_force.as_ref().map(|held| held.rule().properties().to_vec());
        // Late readings of yesterday must not bring yesterday's law back for what is remembered of today.
        let (before, version) = (properties(&self.span), self.version());
        self.span = span;
        if before != properties(&self.span) || version != self.version() {
            self.bind();
            self.state.counting = None;
            self.begin(self.span.from);
        }
    }

    /// The version of the rule that holds.
    fn version(&self) -> Option<Date> {
        self.span.in_force.as_ref().map(|held| held.rule().version())
    }

    /// Silence counts from here on, unless it counts already.
    fn begin(&mut self, at: Moment) {
        if self.state.counting.is_none()
            && self.state.open.is_none()
            && let Some(in_force) = &self.span.in_force
        {
            self.state.counting = State::begun(in_force.lasting(), at).counting;
        }
    }

    /// Whether the law of the next day must be known even when no reading comes.
    fn turns_by_itself(&self) -> bool {
        self.span.in_force.as_ref().is_none_or(|held| matches!(held.test(), Test::Missing { .. }))
    }

    /// When time alone has to be looked at.
    fn wanted(&self) -> Option<Moment> {
        let day = self.turns_by_itself().then_some(self.span.until);
        day.into_iter().chain(self.state.due()).min()
    }

    /// Remembers nothing, and knows which series is which property.
    fn bind(&mut self) {
        let properties = self.span.in_force.as_ref().map(|held| held.rule().properties());
        let properties = properties.unwrap_or_default();
        self.memory = Memory::new(properties.len());
        let place = |series: u32| {
            let (name, _) = self.thing.series.iter().find(|(_, other)| *other == series)?;
            properties.iter().position(|property| property.name == *name)
        };
        let bound = self.properties.iter().map(|(series, _)| (*series, place(*series))).collect();
        self.properties = bound;
    }

    /// A condition whose readings have become too old by the time that it would have lasted long enough says nothing.
    fn unless_too_old(&self, in_force: &InForce, input: Input) -> Input {
        match (input, self.state.due(), in_force.test()) {
            (Input::Passed(now), Some(due), Test::When { .. })
                if due <= now && self.memory.weigh(in_force, due) == Answer::Unknown =>
            {
                Input::Weighed(Answer::Unknown, due)
            }
            (input, ..) => input,
        }
    }

    fn raised(&self, in_force: &InForce, zone: &TimeZone, started: Moment, at: Moment) -> Transition {
        let declared = in_force.rule().declared();
        let grounds = Grounds { in_force, memory: &self.memory, zone, since: started, at };
        let thing = &self.thing;
        Transition::Raised(Box::new(Alarm {
            id: alarm_id(&self.rule, thing.thing, started),
            rule: self.rule.clone(),
            system: in_force.rule().system().clone(),
            level: declared.level,
            thing: thing.thing,
            thing_name: thing.name.clone(),
            thing_type: thing.kind.clone(),
            unit: thing.unit.clone(),
            place: thing.place,
            division: thing.division,
            started_at: started,
            raised_at: at,
            explanation: grounds.raised(),
            on_clear: declared.on_clear,
            group: declared.group.clone(),
        }))
    }
}
