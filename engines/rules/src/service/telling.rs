//! What events and facts say of an alarm or a storm.

use baotu_vocabulary::{AlarmId, Event, EventId, Moment};
use serde::Serialize;
use serde_json::Value as Json;

use crate::contracts::{
    ALARM_CLEARED, ALARM_RAISED, AlarmAnswer, AlarmCleared, AlarmQuestion, AlarmRaised, STORM_CLEARED,
    STORM_RAISED, StormCleared, StormRaised,
};
use crate::explanation::Explanation;
use crate::store::{self, Stored, StoredStorm};

use super::{Rules, RulesFault};

/// The engine, as events name it.
const SOURCE: &str = "rules";

impl Rules {
    /// Answers the fact `rules.alarm`; `null` when there is no such alarm.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn alarm_fact(&self, question: &AlarmQuestion) -> Result<Json, RulesFault> {
        let Some(stored) = store::alarm(self.store(), question.alarm_id).await? else {
            return Ok(Json::Null);
        };
        let answer = AlarmAnswer {
            state: stored.state.clone(),
            open: stored.open,
            cleared_at: stored.cleared_at,
            alarm: alarm_told(&stored),
        };
        Ok(serde_json::to_value(answer)?)
    }
}

/// What is told of an alarm.
pub(super) fn alarm_told(alarm: &Stored) -> AlarmRaised {
    let Explanation { readings, limits, text, rule_title, rule_version, .. } = &alarm.explanation;
    let (reading, limit) = (readings.first(), limits.first());
    let (lon, lat) = alarm.place.unzip();
    AlarmRaised {
        alarm_id: alarm.id,
        rule: alarm.rule.clone(),
        rule_title: rule_title.clone(),
        rule_version: rule_version.clone(),
        system: alarm.system.clone(),
        level: alarm.level,
        thing_id: alarm.thing,
        thing_name: alarm.thing_name.clone(),
        thing_type: alarm.thing_type.clone(),
        unit: alarm.unit.clone(),
        lon,
        lat,
        division: alarm.division.map(|division| division.to_string()),
        property: reading.map(|reading| reading.property.clone()),
        value: reading.map(|reading| reading.value),
        value_unit: reading.map(|reading| reading.unit.clone()),
        limit: limit.map(|limit| limit.value),
        limit_source: limit.map(|limit| limit.source.clone()),
        text: text.clone(),
        started_at: alarm.started_at,
        raised_at: alarm.raised_at,
        storm_id: alarm.storm,
        on_clear: alarm.on_clear.clone(),
    }
}

/// The event that an alarm was raised.
pub(super) fn alarm_raised(alarm: &Stored) -> Result<Event, serde_json::Error> {
    let id = EventId::derived(alarm.id.uuid(), "raised");
    event(id, ALARM_RAISED, alarm.id.to_string(), alarm.raised_at, alarm_told(alarm))
}

/// The event that an alarm has ended.
pub(super) fn alarm_cleared(
    alarm: &Stored,
    at: Moment,
    why: &Explanation,
) -> Result<Event, serde_json::Error> {
    let id = EventId::derived(alarm.id.uuid(), "cleared");
    let data = AlarmCleared {
        alarm: alarm_told(alarm),
        cleared_at: at,
        cleared_text: why.text.clone(),
        open_seconds: at.micros_since(alarm.raised_at) / 1_000_000,
        acknowledged: alarm.acknowledged_at.is_some(),
    };
    event(id, ALARM_CLEARED, alarm.id.to_string(), at, data)
}

/// What is told of a storm and these of its alarms.
pub(super) fn storm_told(storm: &StoredStorm, alarms: Vec<AlarmId>) -> StormRaised {
    let (lon, lat) = storm.place.unzip();
    StormRaised {
        storm_id: storm.id,
        rule: storm.rule.clone(),
        rule_title: storm.rule_title.clone(),
        system: storm.system.clone(),
        thing_type: storm.thing_type.clone(),
        level: storm.level,
        grouping: storm.grouping.clone(),
        district: storm.district.clone(),
        lon,
        lat,
        alarms,
        members: storm.members.unsigned_abs(),
        text: storm_text(storm),
        raised_at: storm.raised_at,
        on_clear: storm.on_clear.clone(),
    }
}

/// What a storm is, in one sentence.
pub(super) fn storm_text(storm: &StoredStorm) -> String {
    format!("“{}”短时间内报警 {} 起，合并为一次风暴。", storm.rule_title, storm.members)
}

/// The event that a storm was raised.
pub(super) fn storm_raised(storm: &StoredStorm, alarms: Vec<AlarmId>) -> Result<Event, serde_json::Error> {
    let id = EventId::derived(storm.id.uuid(), "raised");
    event(id, STORM_RAISED, storm.id.to_string(), storm.raised_at, storm_told(storm, alarms))
}

/// The event that a storm has ended.
pub(super) fn storm_cleared(
    storm: &StoredStorm,
    alarms: Vec<AlarmId>,
    at: Moment,
) -> Result<Event, serde_json::Error> {
    let id = EventId::derived(storm.id.uuid(), "cleared");
    let open_seconds = at.micros_since(storm.raised_at) / 1_000_000;
    let data = StormCleared { storm: storm_told(storm, alarms), cleared_at: at, open_seconds };
    event(id, STORM_CLEARED, storm.id.to_string(), at, data)
}

fn event(
    id: EventId,
    kind: &str,
    subject: String,
    time: Moment,
    data: impl Serialize,
) -> Result<Event, serde_json::Error> {
    let data = serde_json::to_value(data)?;
    Ok(Event { id, source: SOURCE.to_owned(), kind: kind.to_owned(), subject, time, data })
}
