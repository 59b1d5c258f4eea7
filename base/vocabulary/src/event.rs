//! An entry of the event log: what took place, past tense, written in the transaction of the change.

use serde::{Deserialize, Serialize};

use crate::{EventId, Moment};

/// What took place, with the attributes of CloudEvents 1.0 (`specversion` is implied; `source` is the engine).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique for ever; the same for a repeated delivery.
    pub id: EventId,
    /// The engine that says it, for example `cases`.
    pub source: String,
    /// Engine and past tense, for example `cases.opened`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id of the thing it is about.
    pub subject: String,
    /// When it took place.
    pub time: Moment,
    /// What is said, as the event's contract describes it; never personal identifiers in clear.
    pub data: serde_json::Value,
}
