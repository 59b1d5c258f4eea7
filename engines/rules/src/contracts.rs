//! What this engine says (events) and answers (facts), as types with JSON Schemas. It can be asked to do nothing: alarms
//! come from readings alone.
//!
//! An alarm says enough to open a case. A reaction that opens one gives it the origin `'alarm:' + event.data.alarm_id` (or
//! `'storm:' + event.data.storm_id`), by which the reaction on its end finds the case again.

use baotu_pack::rules::AlarmLevel;
use baotu_vocabulary::contract::schema_of;
use baotu_vocabulary::{
    AlarmId, Contracts, EventContract, FactContract, Moment, PropertyName, RuleName, StormId, SystemName,
    ThingId, ThingTypeName, UnitCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An alarm was raised and is told by itself.
pub const ALARM_RAISED: &str = "rules.alarm_raised";
/// An alarm that was told by itself has ended.
pub const ALARM_CLEARED: &str = "rules.alarm_cleared";
/// Many alarms came close together and are told as one.
pub const STORM_RAISED: &str = "rules.storm_raised";
/// A storm has ended.
pub const STORM_CLEARED: &str = "rules.storm_cleared";
/// The fact about an alarm.
pub const ALARM: &str = "rules.alarm";

/// Alarms that an event of a storm names at most; it says how many there are.
pub const STORM_ALARMS_TOLD_MAX: usize = 500;

/// `data` of [`ALARM_RAISED`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmRaised {
    /// The alarm.
    pub alarm_id: AlarmId,
    /// The rule.
    pub rule: RuleName,
    /// The rule's title, as a case may be titled.
    pub rule_title: String,
    /// The day from which the version of the rule holds.
    pub rule_version: String,
    /// The system that declares the rule.
    pub system: SystemName,
    /// 一般, 紧急 or 重大.
    pub level: AlarmLevel,
    /// The thing.
    pub thing_id: ThingId,
    /// The thing's name.
    pub thing_name: String,
    /// Its type.
    pub thing_type: ThingTypeName,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Longitude in CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    pub lat: Option<f64>,
    /// The smallest known division of its place.
    pub division: Option<String>,
    /// The property whose reading was decisive.
    pub property: Option<PropertyName>,
    /// The reading.
    pub value: Option<f64>,
    /// Its unit.
    pub value_unit: Option<String>,
    /// The limit.
    pub limit: Option<f64>,
    /// The document that the limit comes from.
    pub limit_source: Option<String>,
    /// Why, in one sentence.
    pub text: String,
    /// When what it is about began.
    pub started_at: Moment,
    /// When it was raised.
    pub raised_at: Moment,
    /// The storm it belongs to by now.
    pub storm_id: Option<StormId>,
    /// What becomes of its case when it ends: `none`, `verify` or `close`.
    pub on_clear: String,
}

/// What [`ALARM_CLEARED`] says beside [`AlarmRaised`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmCleared {
    /// The alarm as it was raised.
    #[serde(flatten)]
    pub alarm: AlarmRaised,
    /// When it ended.
    pub cleared_at: Moment,
    /// Why it ended, in one sentence.
    pub cleared_text: String,
    /// How long it was open, in seconds.
    pub open_seconds: i64,
    /// Whether somebody has acknowledged it.
    pub acknowledged: bool,
}

/// `data` of [`STORM_RAISED`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StormRaised {
    /// The storm.
    pub storm_id: StormId,
    /// The rule of the alarm that began it.
    pub rule: RuleName,
    /// Its title.
    pub rule_title: String,
    /// The system that declares it.
    pub system: SystemName,
    /// The type of the things.
    pub thing_type: ThingTypeName,
    /// The highest level among its first alarms.
    pub level: AlarmLevel,
    /// How they are grouped: `rule`, `district` or `type`.
    pub grouping: String,
    /// The county-level division, where they are grouped by it.
    pub district: Option<String>,
    /// Longitude of the alarm that began it, in CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude of the alarm that began it, in CGCS2000 degrees.
    pub lat: Option<f64>,
    /// Its alarms, at most [`STORM_ALARMS_TOLD_MAX`].
    pub alarms: Vec<AlarmId>,
    /// How many there are.
    pub members: u64,
    /// What it is, in one sentence.
    pub text: String,
    /// When it was raised.
    pub raised_at: Moment,
    /// What becomes of its case when it ends: `none`, `verify` or `close`.
    pub on_clear: String,
}

/// What [`STORM_CLEARED`] says beside [`StormRaised`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct StormCleared {
    /// The storm with all its alarms.
    #[serde(flatten)]
    pub storm: StormRaised,
    /// When it ended.
    pub cleared_at: Moment,
    /// How long it was open, in seconds.
    pub open_seconds: i64,
}

/// The question of [`ALARM`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct AlarmQuestion {
    /// The alarm.
    pub alarm_id: AlarmId,
}

/// The answer of [`ALARM`]: an alarm as it stands; `null` when there is no such alarm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct AlarmAnswer {
    /// The alarm as it was raised.
    #[serde(flatten)]
    pub alarm: AlarmRaised,
    /// `raised`, `acknowledged` or `cleared`.
    pub state: String,
    /// Whether it has not ended.
    pub open: bool,
    /// When it ended.
    pub cleared_at: Option<Moment>,
}

/// The contracts of this engine.
pub fn contracts() -> Contracts {
    let event = |name, about, data| EventContract { name, about, data };
    Contracts {
        events: vec![
            event(ALARM_RAISED, "报警：读数触发了一条规则（并入风暴的不单独说）", schema_of::<AlarmRaised>()),
            event(ALARM_CLEARED, "报警解除：单独报过的报警恢复正常", schema_of::<AlarmCleared>()),
            event(STORM_RAISED, "报警风暴：短时间内同组报警过多，合并为一个", schema_of::<StormRaised>()),
            event(STORM_CLEARED, "报警风暴解除：其中的报警都已恢复正常", schema_of::<StormCleared>()),
        ],
        facts: vec![FactContract {
            name: ALARM,
            about: "一条报警现在的情况",
            question: schema_of::<AlarmQuestion>(),
            answer: schema_of::<AlarmAnswer>(),
        }],
        ..Contracts::default()
    }
}
