//! Reactions (联动): on an event, if a condition holds, do an action.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `reactions.toml` of a system.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reactions {
    /// The reactions, each by its own name.
    #[serde(rename = "reaction", default)]
    pub reactions: Vec<Reaction>,
}

/// One reaction.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reaction {
    /// Unique in the system; kebab-case.
    pub name: String,
    /// The event, for example `cases.opened`.
    pub on: String,
    /// CEL over `event` (its `data`, `subject`, `time`) and `fact`.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// Facts gathered before the condition is weighed: a name and the question, each value a CEL expression over `event`.
    #[serde(default)]
    pub facts: BTreeMap<String, FactQuestion>,
    /// The action, for example `notices.send`.
    #[serde(rename = "do")]
    pub action: String,
    /// The action's arguments, each a CEL expression over `event` and `fact`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}

/// A fact that a reaction asks for.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FactQuestion {
    /// The fact's name, for example `cases.case`.
    pub ask: String,
    /// Its question, each value a CEL expression over `event`.
    #[serde(default)]
    pub with: BTreeMap<String, String>,
}
