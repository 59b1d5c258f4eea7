//! Stores what has happened on the board, with its events in the same transaction, many at a time.
//!
//! Nothing taken from the board is lost by a database that fails for a while: what is taken waits here until it is stored.
//! What was stored before (a restart reads readings again) is not stored, and not told, a second time: the ids of alarms
//! and events are derived from rule, thing and beginning.

use std::collections::{HashMap, VecDeque};
use std::future::Future;
use std::time::Duration;

use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{AlarmId, Moment, StormId};

use crate::alarm::{Alarm, Transition};
use crate::contracts::STORM_ALARMS_TOLD_MAX;
use crate::store::{self, Stored, StoredStorm};
use crate::storm::{Grouped, Groups, group_key};

use super::{Rules, RulesFault, telling};

/// Alarms and ends that are stored in one transaction at most.
pub const SETTLE_AT_ONCE: usize = 256;
/// How long until time is looked at again when no reading has changed anything, in milliseconds.
pub const TICK_MILLIS: u64 = 200;
/// How often it is noted up to when readings have been weighed, in seconds.
pub const CHECKPOINT_SECONDS: i64 = 5;
/// The pause after a fault, in milliseconds.
const FAULT_MILLIS: u64 = 1_000;

/// What waits to be stored.
#[derive(Default)]
pub(super) struct Settling {
    pub(super) groups: Groups,
    /// Taken from the board, in the order of their time.
    pub(super) pending: VecDeque<Transition>,
    /// Storms that have ended.
    ended: VecDeque<(StormId, Moment)>,
    /// Units of work that are ready, one for each of those.
    prepared: VecDeque<Work>,
    /// What was left before the start has been taken up.
    pub(super) recovered: bool,
    /// The newest checkpoint.
    pub(super) checkpoint: Option<Moment>,
}

impl Rules {
    /// Stores what happens, as it happens, until `stop`.
    pub async fn run(&self, stop: impl Future<Output = ()>) {
        let work = async {
            loop {
                // Time passes without a reading, too.
                let tick = Duration::from_millis(TICK_MILLIS);
                let _ = tokio::time::timeout(tick, self.shared.wake.notified()).await;
                if let Err(fault) = self.settle().await {
                    tracing::error!(fault = &fault as &dyn std::error::Error, "alarms wait to be stored");
                    tokio::time::sleep(Duration::from_millis(FAULT_MILLIS)).await;
                }
            }
        };
        tokio::select! {
            () = work => {}
            () = stop => {}
        }
    }

    /// Lets time pass and stores what has happened until now; how many alarms were raised and ended.
    ///
    /// # Errors
    /// When the database cannot answer; what has happened waits for the next time.
    pub async fn settle(&self) -> Result<usize, RulesFault> {
        let mut settling = self.shared.settling.lock().await;
        self.store_prepared(&mut settling).await?;
        let now = self.now();
        let mut taken = {
            let mut board = self.board();
            board.pass(now);
            board.take()
        };
        // Of one rule and thing they are in this order already.
        taken.sort_by_key(Transition::at);
        settling.pending.extend(taken);
        let mut settled = 0;
        while !settling.pending.is_empty() {
            settled += self.prepare(&mut settling).await?;
            self.store_prepared(&mut settling).await?;
        }
        let ended = settling.groups.ended(now);
        settling.ended.extend(ended);
        while let Some((storm, at)) = settling.ended.front().copied() {
            let work = self.storm_ends(storm, at).await?;
            settling.ended.pop_front();
            settling.prepared.extend(work);
        }
        self.store_prepared(&mut settling).await?;
        let is_old = |noted: Moment| now.micros_since(noted) >= CHECKPOINT_SECONDS * 1_000_000;
        // Before it was taken up what was left, the checkpoint of the last run must stand.
        if settling.recovered && settling.checkpoint.is_none_or(is_old) {
            let mut work = Work::new();
            store::note_evaluated(&mut work, now);
            self.store().commit(work).await?;
            settling.checkpoint = Some(now);
        }
        Ok(settled)
    }

    /// Makes units of work of the next transitions, leaving out those that are stored.
    async fn prepare(&self, settling: &mut Settling) -> Result<usize, RulesFault> {
        let count = settling.pending.len().min(SETTLE_AT_ONCE);
        let mut ids: Vec<AlarmId> = settling.pending.iter().take(count).map(Transition::id).collect();
        ids.sort_unstable();
        ids.dedup();
        let stored = store::alarms(self.store(), &ids).await?;
        let mut known: HashMap<AlarmId, Stored> = stored.into_iter().map(|alarm| (alarm.id, alarm)).collect();
        let mut prepared = 0;
        for _ in 0..count {
            let Some(transition) = settling.pending.front().cloned() else { break };
            let work = match transition {
                Transition::Raised(alarm) if known.contains_key(&alarm.id) => None,
                Transition::Raised(alarm) => {
                    Some(self.raise(&mut settling.groups, &mut known, &alarm).await?)
                }
                Transition::Cleared(clearing) => {
                    settling.groups.cleared(clearing.id);
                    match known.get_mut(&clearing.id).filter(|alarm| alarm.open) {
                        None => None,
                        Some(alarm) => {
                            let mut work = Work::new();
                            store::clear(&mut work, alarm.id, clearing.at, &clearing.explanation)?;
                            // One that came as part of a storm ends with it.
                            if alarm.announced {
                                work.event(telling::alarm_cleared(
                                    alarm,
                                    clearing.at,
                                    &clearing.explanation,
                                )?);
                            }
                            alarm.open = false;
                            Some(work)
                        }
                    }
                }
            };
            settling.pending.pop_front();
            prepared += usize::from(work.is_some());
            settling.prepared.extend(work);
        }
        Ok(prepared)
    }

    /// An alarm is raised: by itself, as the beginning of a storm, or into one.
    async fn raise(
        &self,
        groups: &mut Groups,
        known: &mut HashMap<AlarmId, Stored>,
        alarm: &Alarm,
    ) -> Result<Work, RulesFault> {
        let mut work = Work::new();
        let Some(grouping) = &alarm.group else {
            let stored = Stored::new(alarm, None);
            store::insert(&mut work, &stored, None)?;
            work.event(telling::alarm_raised(&stored)?);
            known.insert(alarm.id, stored);
            return Ok(work);
        };
        let key = group_key(alarm, grouping);
        // What may fail comes before the group is changed.
        // The levels of a storm's first alarms, which may have been stored long before.
        let candidates = groups.candidates(&key);
        let missing: Vec<AlarmId> = candidates.into_iter().filter(|id| !known.contains_key(id)).collect();
        for stored in store::alarms(self.store(), &missing).await? {
            known.insert(stored.id, stored);
        }
        let grouped = groups.raised(&key, grouping, alarm.id, alarm.raised_at);
        let storm = match &grouped {
            Grouped::Alone => None,
            Grouped::Begins(storm, _) | Grouped::Joins(storm) => Some(*storm),
        };
        let stored = Stored::new(alarm, storm);
        store::insert(&mut work, &stored, Some((&key, i64::from(grouping.window_seconds))))?;
        match grouped {
            Grouped::Alone => work.event(telling::alarm_raised(&stored)?),
            Grouped::Joins(storm) => store::join_storm(&mut work, storm, alarm.raised_at),
            Grouped::Begins(storm, before) => {
                let levels = before.iter().filter_map(|id| Some(known.get(id)?.level));
                let by_district = matches!(grouping.by, baotu_pack::rules::GroupBy::District);
                let district = stored.division.map(|division| division.county_part().to_string());
                let began = StoredStorm {
                    id: storm,
                    group_key: key,
                    rule: alarm.rule.clone(),
                    rule_title: alarm.explanation.rule_title.clone(),
                    system: alarm.system.clone(),
                    thing_type: alarm.thing_type.clone(),
                    level: levels.chain([alarm.level]).max().unwrap_or(alarm.level),
                    grouping: grouping_word(grouping.by).to_owned(),
                    district: district.filter(|_| by_district),
                    place: stored.place,
                    on_clear: stored.on_clear.clone(),
                    members: i64::try_from(before.len()).unwrap_or(i64::MAX).saturating_add(1),
                    open: true,
                    raised_at: alarm.raised_at,
                    last_at: alarm.raised_at,
                    cleared_at: None,
                };
                store::insert_storm(&mut work, &began, &before);
                for id in &before {
                    if let Some(member) = known.get_mut(id) {
                        member.storm = Some(storm);
                    }
                }
                let mut alarms = before;
                alarms.push(alarm.id);
                alarms.truncate(STORM_ALARMS_TOLD_MAX);
                work.event(telling::storm_raised(&began, alarms)?);
            }
        }
        known.insert(alarm.id, stored);
        Ok(work)
    }

    /// A storm ends; none when it is gone or has ended.
    async fn storm_ends(&self, id: StormId, at: Moment) -> Result<Option<Work>, RulesFault> {
        let Some(storm) = store::storm(self.store(), id).await?.filter(|storm| storm.open) else {
            return Ok(None);
        };
        let told = u32::try_from(STORM_ALARMS_TOLD_MAX).unwrap_or(u32::MAX);
        let alarms = store::storm_members(self.store(), id, told).await?;
        let mut work = Work::new();
        store::clear_storm(&mut work, id, at);
        work.event(telling::storm_cleared(&storm, alarms, at)?);
        Ok(Some(work))
    }

    /// Commits what is prepared, many in one transaction. Where one of them was stored by somebody else meanwhile, each
    /// goes by itself and that one is left out.
    async fn store_prepared(&self, settling: &mut Settling) -> Result<(), RulesFault> {
        while !settling.prepared.is_empty() {
            let count = settling.prepared.len().min(SETTLE_AT_ONCE);
            let mut together = Work::new();
            for work in settling.prepared.iter().take(count) {
                together.append(work.clone());
            }
            match self.store().commit(together).await {
                Ok(_) => {
                    settling.prepared.drain(..count);
                }
                Err(CommitError::Conflict(_) | CommitError::Duplicate { .. }) => {
                    for _ in 0..count {
                        let Some(work) = settling.prepared.front().cloned() else { break };
                        match self.store().commit(work).await {
                            Ok(_) => {}
                            Err(CommitError::Conflict(what)) => {
                                tracing::warn!(what, "an alarm was stored by somebody else");
                            }
                            Err(CommitError::Duplicate { constraint }) => {
                                tracing::warn!(constraint, "an alarm was stored by somebody else");
                            }
                            Err(fault @ CommitError::Fault(_)) => return Err(fault.into()),
                        }
                        settling.prepared.pop_front();
                    }
                }
                Err(fault) => return Err(fault.into()),
            }
        }
        Ok(())
    }
}

/// The word of a grouping, as it is declared and told.
const fn grouping_word(by: baotu_pack::rules::GroupBy) -> &'static str {
    match by {
        baotu_pack::rules::GroupBy::Rule => "rule",
        baotu_pack::rules::GroupBy::District => "district",
        baotu_pack::rules::GroupBy::Type => "type",
    }
}
