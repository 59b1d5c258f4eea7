//! What this engine says and can be asked, with its JSON Schemas, for reactions and their checker.

use baotu_vocabulary::contract::schema_of;
use baotu_vocabulary::{
    CommandId, Contracts, EventContract, FactContract, PropertyName, ThingId, ThingTypeName, UnitCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::command::{Command, CommandState};
use crate::thing::{Thing, ThingState};

/// A thing was registered.
pub const REGISTERED: &str = "observations.thing_registered";
/// What is known of a thing was changed.
pub const THING_CHANGED: &str = "observations.thing_changed";
/// A command to a thing is over: done, failed or not answered in time.
pub const COMMAND_ENDED: &str = "observations.command_ended";
/// The newest reading of a property of a thing.
pub const LATEST: &str = "observations.latest";

/// `data` of [`REGISTERED`] and [`THING_CHANGED`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ThingTold {
    /// The thing.
    pub thing_id: ThingId,
    /// Its code.
    pub code: String,
    /// Its type.
    pub thing_type: ThingTypeName,
    /// Its name.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Whether it may speak.
    pub state: ThingState,
    /// Who did it.
    pub by: String,
}

impl ThingTold {
    pub(crate) fn of(thing: &Thing, by: &str) -> Self {
        Self {
            thing_id: thing.id,
            code: thing.code.clone(),
            thing_type: thing.kind.clone(),
            name: thing.name.clone(),
            unit: thing.unit.clone(),
            state: thing.state,
            by: by.to_owned(),
        }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("texts and an id")
    }
}

/// `data` of [`COMMAND_ENDED`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CommandTold {
    /// The command.
    pub command_id: CommandId,
    /// To which thing.
    pub thing_id: ThingId,
    /// Its name in the thing's type.
    pub name: String,
    /// How it ended.
    pub state: CommandState,
}

impl CommandTold {
    pub(crate) fn of(command: &Command) -> Self {
        let Command { id, thing, name, state, .. } = command;
        Self { command_id: *id, thing_id: *thing, name: name.clone(), state: *state }
    }

    pub(crate) fn to_json(&self) -> serde_json::Value {
        serde_json::to_value(self).expect("texts and ids")
    }
}

/// The question of [`LATEST`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LatestQuestion {
    /// The thing.
    pub thing_id: ThingId,
    /// The property.
    pub property: PropertyName,
}

/// The answer of [`LATEST`]; `null` when nothing was ever said.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LatestAnswer {
    /// The value, in the unit of the property.
    pub value: f64,
    /// The unit.
    pub unit: String,
    /// When it was taken, RFC 3339.
    pub at: String,
    /// How far it can be trusted, for example `normal`.
    pub quality: String,
}

/// The contracts of this engine.
pub fn contracts() -> Contracts {
    let event = |name, about| EventContract { name, about, data: schema_of::<ThingTold>() };
    Contracts {
        events: vec![
            event(REGISTERED, "登记了一台设备"),
            event(THING_CHANGED, "设备资料有变更"),
            EventContract {
                name: COMMAND_ENDED,
                about: "下发给设备的指令有了结果",
                data: schema_of::<CommandTold>(),
            },
        ],
        facts: vec![FactContract {
            name: LATEST,
            about: "设备某一观测属性的最新读数",
            question: schema_of::<LatestQuestion>(),
            answer: schema_of::<LatestAnswer>(),
        }],
        ..Contracts::default()
    }
}
