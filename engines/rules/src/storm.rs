//! Storms (报警风暴): many alarms that come close together are told as one. Pure.
//!
//! The first alarms of a group are told each by itself; the one that reaches the declared number within the window begins
//! a storm with those before it, and the later ones join it. A storm ends when none of its alarms is open and none has
//! come for the window.

use std::collections::{HashMap, HashSet, VecDeque};

use baotu_pack::rules::{GroupBy, Grouping};
use baotu_vocabulary::{AlarmId, Moment, StormId};

use crate::alarm::Alarm;

/// Which alarms belong together.
pub(crate) type GroupKey = String;

/// What an alarm means for its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Grouped {
    /// It is told by itself.
    Alone,
    /// It begins a storm, together with these before it.
    Begins(StormId, Vec<AlarmId>),
    /// It joins a storm.
    Joins(StormId),
}

/// The groups of alarms that have come lately.
#[derive(Clone, Debug, Default)]
pub(crate) struct Groups {
    groups: HashMap<GroupKey, Group>,
    /// Open alarms of groups.
    open: HashMap<AlarmId, GroupKey>,
}

#[derive(Clone, Debug)]
struct Group {
    window_seconds: i64,
    recent: VecDeque<(Moment, AlarmId)>,
    storm: Option<Going>,
}

#[derive(Clone, Debug)]
struct Going {
    id: StormId,
    open: HashSet<AlarmId>,
    last_at: Moment,
}

/// The group of an alarm.
pub(crate) fn group_key(alarm: &Alarm, grouping: &Grouping) -> GroupKey {
    match grouping.by {
        GroupBy::Rule => format!("rule/{}", alarm.rule),
        GroupBy::Type => format!("type/{}", alarm.thing_type),
        GroupBy::District => {
            let district = alarm.division.map(|division| division.county_part().to_string());
            format!("rule/{}/{}", alarm.rule, district.unwrap_or_default())
        }
    }
}

impl Groups {
    /// The alarms that would begin a storm with another one of the group.
    pub(crate) fn candidates(&self, key: &GroupKey) -> Vec<AlarmId> {
        let group = self.groups.get(key).filter(|group| group.storm.is_none());
        group.into_iter().flat_map(|group| &group.recent).map(|(_, alarm)| *alarm).collect()
    }

    /// An alarm was raised.
    pub(crate) fn raised(&mut self, key: &GroupKey, grouping: &Grouping, id: AlarmId, at: Moment) -> Grouped {
        let window_seconds = i64::from(grouping.window_seconds);
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group {
            window_seconds,
            recent: VecDeque::new(),
            storm: None,
        });
        group.window_seconds = window_seconds;
        self.open.insert(id, key.clone());
        if let Some(storm) = &mut group.storm {
            storm.open.insert(id);
            storm.last_at = storm.last_at.max(at);
            return Grouped::Joins(storm.id);
        }
        let oldest = at.plus_seconds(-window_seconds);
        group.recent.retain(|(when, _)| *when >= oldest);
        group.recent.push_back((at, id));
        if group.recent.len() < grouping.from as usize {
            return Grouped::Alone;
        }
        let before: Vec<AlarmId> =
            group.recent.drain(..).map(|(_, alarm)| alarm).filter(|alarm| *alarm != id).collect();
        // The storm is known by the alarm that began it.
        let storm = StormId::derived(id.uuid(), "storm");
        let open = before.iter().copied().filter(|alarm| self.open.contains_key(alarm)).chain([id]).collect();
        group.storm = Some(Going { id: storm, open, last_at: at });
        Grouped::Begins(storm, before)
    }

    /// An alarm has ended.
    pub(crate) fn cleared(&mut self, id: AlarmId) {
        let Some(key) = self.open.remove(&id) else { return };
        if let Some(storm) = self.groups.get_mut(&key).and_then(|group| group.storm.as_mut()) {
            storm.open.remove(&id);
        }
    }

    /// The storms that have ended by `now`, each with its moment; groups without recent alarms are forgotten.
    pub(crate) fn ended(&mut self, now: Moment) -> Vec<(StormId, Moment)> {
        let mut ended = Vec::new();
        self.groups.retain(|_, group| {
            if let Some(storm) = group.storm.take_if(|storm| {
                storm.open.is_empty() && storm.last_at.plus_seconds(group.window_seconds) <= now
            }) {
                ended.push((storm.id, now));
            }
            let window = group.window_seconds;
            group.recent.retain(|(when, _)| when.plus_seconds(window) > now);
            group.storm.is_some() || !group.recent.is_empty()
        });
        ended.sort_unstable();
        ended
    }

    /// Takes what was stored before a restart: an alarm of a group, and the storm it belongs to.
    pub(crate) fn restore(
        &mut self,
        key: &GroupKey,
        window_seconds: i64,
        (id, at, is_open): (AlarmId, Moment, bool),
        storm: Option<StormId>,
    ) {
        let group = self.groups.entry(key.clone()).or_insert_with(|| Group {
            window_seconds,
            recent: VecDeque::new(),
            storm: None,
        });
        if is_open {
            self.open.insert(id, key.clone());
        }
        match storm {
            None => group.recent.push_back((at, id)),
            Some(storm) => {
                let going =
                    group.storm.get_or_insert_with(|| Going { id: storm, open: HashSet::new(), last_at: at });
                going.last_at = going.last_at.max(at);
                if is_open {
                    going.open.insert(id);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use baotu_vocabulary::ThingId;

    use super::*;

    fn second(seconds: i64) -> Moment {
        Moment::from_micros(seconds * 1_000_000)
    }

    fn alarm(number: u8) -> AlarmId {
        AlarmId::derived(ThingId::new(second(0), [number; 10]).uuid(), "alarm")
    }

    const THREE: Grouping = Grouping { by: GroupBy::Rule, window_seconds: 60, from: 3 };

    #[test]
    fn the_third_within_the_window_begins_a_storm_and_later_ones_join() {
        let mut groups = Groups::default();
        let key = "rule/water".to_owned();
        let mut raise = |number, at| groups.raised(&key, &THREE, alarm(number), second(at));
        assert_eq!(raise(1, 0), Grouped::Alone);
        assert_eq!(raise(2, 61), Grouped::Alone);
        assert_eq!(raise(3, 100), Grouped::Alone);
        let Grouped::Begins(storm, before) = raise(4, 121) else { panic!("no storm") };
        assert_eq!(before, [alarm(2), alarm(3)]);
        assert_eq!(raise(5, 500), Grouped::Joins(storm));
    }

    #[test]
    fn a_storm_ends_when_none_is_open_and_none_has_come_for_the_window() {
        let mut groups = Groups::default();
        let key = "rule/water".to_owned();
        for number in 1..=3 {
            groups.raised(&key, &THREE, alarm(number), second(i64::from(number)));
        }
        groups.cleared(alarm(1));
        groups.cleared(alarm(2));
        assert_eq!(groups.ended(second(1_000)), []);
        groups.cleared(alarm(3));
        assert_eq!(groups.ended(second(62)), []);
        assert_eq!(groups.ended(second(63)).len(), 1);
        assert_eq!(groups.raised(&key, &THREE, alarm(4), second(64)), Grouped::Alone);
    }

    #[test]
    fn one_that_has_ended_counts_among_those_before() {
        let mut groups = Groups::default();
        let key = "rule/water".to_owned();
        groups.raised(&key, &THREE, alarm(1), second(0));
        groups.cleared(alarm(1));
        groups.raised(&key, &THREE, alarm(2), second(1));
        assert!(matches!(groups.raised(&key, &THREE, alarm(3), second(2)), Grouped::Begins(..)));
    }
}
