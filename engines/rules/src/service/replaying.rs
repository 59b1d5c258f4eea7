//! What a rule would have raised over readings of the past: one in force, one with other numbers, or a draft.

use baotu_access::AuditLine;
use baotu_access::grants::Resource;
use baotu_pack::parameters::{ParameterRow, Parameters};
use baotu_pack::rules::{AlarmRule, CompiledAlarmRule};
use baotu_storage::Work;
use baotu_vocabulary::{Actor, Moment, RuleName, ThingId};
use serde::{Deserialize, Serialize};

use crate::replay::{Replay, ReplayedAlarm};
use crate::thing::Watched;

use super::{Rules, RulesFailure, RulesFault, RulesRefused};

/// Longest time that is replayed, in days.
pub const REPLAY_DAYS_MAX: i64 = 93;
/// Readings of one replay at most.
pub const REPLAY_READINGS_MAX: usize = 5_000_000;
/// Readings of the past are asked for in stretches of so many seconds.
pub const REPLAY_SPAN_SECONDS: i64 = 3_600;
/// Replays that run at once; others are asked to come again.
pub const REPLAYS_AT_ONCE: usize = 1;
/// Alarms that are told one by one; the others are counted.
pub const REPLAY_ALARMS_MAX: usize = 1_000;

/// What is to be replayed.
#[derive(Clone, Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReplayAsk {
    /// From this moment.
    #[schema(value_type = String, format = "date-time")]
    pub from: Moment,
    /// To this moment, at most 93 days later.
    #[schema(value_type = String, format = "date-time")]
    pub to: Moment,
    /// Only this thing; all that the rule watches when absent.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub thing: Option<ThingId>,
    /// A draft, as `rules.toml` declares a rule; the versions of the pack when absent.
    #[schema(value_type = Option<Object>)]
    pub rule: Option<AlarmRule>,
    /// Other numbers, as rows of `parameters.csv`; those of the pack when absent.
    #[schema(value_type = Option<Vec<Object>>)]
    pub parameters: Option<Vec<ParameterRow>>,
}

/// What would have been raised.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReplayAnswer {
    /// How many alarms.
    pub raised: usize,
    /// How many would have ended by the end.
    pub cleared: usize,
    /// How long one would have been open on average, in seconds.
    pub mean_open_seconds: i64,
    /// The first of them, at most 1,000.
    pub alarms: Vec<ReplayedAlarm>,
    /// How many things were watched.
    pub things: usize,
    /// How many readings were weighed.
    pub readings: u64,
    /// Of these, how many were not usable.
    pub unusable: u64,
    /// How many came again for a moment, or too late.
    pub late: u64,
}

impl Rules {
    /// Replays a rule. Nothing is stored but a line in the audit trail.
    ///
    /// # Errors
    /// [`RulesRefused`], or a fault.
    pub async fn replay(
        &self,
        name: &RuleName,
        ask: ReplayAsk,
        actor: &Actor,
    ) -> Result<ReplayAnswer, RulesFailure> {
        let refused = RulesFailure::Refused;
        let permitted = self.shared.access.rights().permit(actor, "rules.replay", &Resource::known("rule"));
        permitted.map_err(|denied| refused(denied.into()))?;
        let longest = REPLAY_DAYS_MAX * 86_400 * 1_000_000;
        let span = ask.to.micros_since(ask.from);
        if span <= 0 || span > longest || ask.to > self.now() {
            return Err(refused(RulesRefused::ReplaySpan));
        }
        let versions = self.versions(name, &ask)?;
        let watches = |thing: &Watched| {
            ask.thing.is_none_or(|one| one == thing.thing)
                && versions.iter().any(|version| version.declared().watches == thing.kind)
        };
        let things: Vec<Watched> =
            self.board().things().filter(|thing| watches(thing)).map(|thing| Watched::clone(thing)).collect();
        if things.is_empty() {
            return Err(refused(RulesRefused::NothingWatched));
        }
        let Ok(_turn) = self.shared.replays.try_acquire() else {
            return Err(refused(RulesRefused::ReplayBusy));
        };
        let mut work = Work::new();
        self.shared.access.audit(&mut work, actor, AuditLine::new("rules.replay", "rule", name));
        self.store().commit(work).await.map_err(RulesFault::from)?;
        let zone = self.shared.pack.calendar().zone().clone();
        let count = things.len();
        let mut replay = Replay::new(versions, things, ask.from, zone);
        let series = replay.series();
        let (mut from, mut readings) = (ask.from, 0);
        while from < ask.to {
            let to = from.plus_seconds(REPLAY_SPAN_SECONDS).min(ask.to);
            let stretch = self.shared.history.readings(&series, from, to).await.map_err(RulesFault::from)?;
            readings += stretch.len();
            if readings > REPLAY_READINGS_MAX {
                return Err(refused(RulesRefused::ReplayTooLarge));
            }
            // Weighing takes the time of a processor; it must not keep requests waiting.
            let weighed = tokio::task::spawn_blocking(move || {
                replay.readings(&stretch);
                replay
            });
            replay = weighed.await.map_err(RulesFailure::fault)?;
            from = to;
        }
        let mut replayed = replay.end(ask.to);
        let raised = replayed.alarms.len();
        let cleared = replayed.alarms.iter().filter(|alarm| alarm.cleared_at.is_some()).count();
        let open_seconds: i64 = replayed.alarms.iter().map(|alarm| alarm.open_seconds).sum();
        replayed.alarms.truncate(REPLAY_ALARMS_MAX);
        let counts = replayed.counts;
        Ok(ReplayAnswer {
            raised,
            cleared,
            mean_open_seconds: open_seconds / i64::try_from(raised.max(1)).unwrap_or(i64::MAX),
            alarms: replayed.alarms,
            things: count,
            readings: counts.observed,
            unusable: counts.unusable,
            late: counts.late,
        })
    }

    /// The versions that are replayed: those of the pack, the same with other numbers, or the draft alone, which then holds
    /// for the whole time.
    fn versions(&self, name: &RuleName, ask: &ReplayAsk) -> Result<Vec<CompiledAlarmRule>, RulesFailure> {
        let declared = self.shared.pack.alarm_rules().get(name);
        let known = declared.and_then(|versions| versions.last());
        let given = ask.parameters.clone().map(Parameters::new);
        let Some(draft) = &ask.rule else {
            let versions = declared.cloned().ok_or(RulesFailure::Refused(RulesRefused::NotFound))?;
            return Ok(match given {
                None => versions,
                Some(numbers) => {
                    versions.iter().map(|version| version.with_parameters(numbers.clone())).collect()
                }
            });
        };
        let today = self.shared.pack.calendar().date_of(ask.from);
        let numbers = given.or_else(|| known.map(|rule| rule.parameters().clone())).unwrap_or_default();
        let system = known.map_or_else(|| "draft".into(), |rule| rule.system().clone());
        let draft = AlarmRule { name: name.clone(), version: draft.version.min(today), ..draft.clone() };
        let compiled = self.shared.pack.draft_rule(&draft, &system, numbers, today);
        Ok(vec![compiled.map_err(|problems| RulesFailure::Refused(RulesRefused::Draft(problems)))?])
    }
}
