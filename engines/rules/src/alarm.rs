//! An alarm (报警), and what happens to it.

use baotu_pack::rules::{AlarmLevel, Grouping, OnClear};
use baotu_vocabulary::{
    AlarmId, DivisionCode, Moment, Point, RuleName, SystemName, ThingId, ThingTypeName, UnitCode,
};

use crate::explanation::Explanation;

/// An alarm as it is raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Alarm {
    /// Always the same for the same rule, thing and beginning: what is decided again raises nothing twice.
    pub id: AlarmId,
    /// The rule.
    pub rule: RuleName,
    /// The system that declares the rule.
    pub system: SystemName,
    /// How urgent it is.
    pub level: AlarmLevel,
    /// The thing.
    pub thing: ThingId,
    /// The thing's name.
    pub thing_name: String,
    /// Its type.
    pub thing_type: ThingTypeName,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Where it is.
    pub place: Option<Point>,
    /// The smallest known division of its place.
    pub division: Option<DivisionCode>,
    /// When what it is about began.
    pub started_at: Moment,
    /// When it had lasted long enough.
    pub raised_at: Moment,
    /// Why.
    pub explanation: Explanation,
    /// What becomes of its case when it ends.
    pub on_clear: OnClear,
    /// How it is told together with others.
    pub group: Option<Grouping>,
}

/// The end of an alarm.
#[derive(Clone, Debug, PartialEq)]
pub struct Clearing {
    /// The alarm.
    pub id: AlarmId,
    /// Its rule.
    pub rule: RuleName,
    /// Its thing.
    pub thing: ThingId,
    /// When.
    pub at: Moment,
    /// Why.
    pub explanation: Explanation,
}

/// What happens to an alarm by itself.
#[derive(Clone, Debug, PartialEq)]
pub enum Transition {
    /// It is raised.
    Raised(Box<Alarm>),
    /// It has ended.
    Cleared(Box<Clearing>),
}

impl Transition {
    /// The alarm.
    pub fn id(&self) -> AlarmId {
        match self {
            Self::Raised(alarm) => alarm.id,
            Self::Cleared(clearing) => clearing.id,
        }
    }

    /// When it took place.
    pub fn at(&self) -> Moment {
        match self {
            Self::Raised(alarm) => alarm.raised_at,
            Self::Cleared(clearing) => clearing.at,
        }
    }
}

/// The id of the alarm of a rule and a thing that began at `started`.
pub fn alarm_id(rule: &RuleName, thing: ThingId, started: Moment) -> AlarmId {
    AlarmId::derived(thing.uuid(), &format!("{rule}/{}", started.micros()))
}
