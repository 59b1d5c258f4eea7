//! What engines tell and may be asked: events, facts and actions, by name, with JSON Schemas.
//!
//! Each engine lists its own in its `contracts.rs`; the pack compiler checks reactions against the sum of them,
//! and `city` connects the names. So engines meet without knowing each other.

use std::future::Future;
use std::pin::Pin;

use schemars::JsonSchema;
use serde_json::Value;

/// An event that an engine says.
#[derive(Clone, Debug)]
pub struct EventContract {
    /// Engine and past tense: `cases.opened`.
    pub name: &'static str,
    /// One sentence for pack authors.
    pub about: &'static str,
    /// JSON Schema of `data`.
    pub data: Value,
}

/// A question that an engine answers without changing anything.
#[derive(Clone, Debug)]
pub struct FactContract {
    /// Engine and noun: `geo.cell_at`.
    pub name: &'static str,
    /// One sentence for pack authors.
    pub about: &'static str,
    /// JSON Schema of the question.
    pub question: Value,
    /// JSON Schema of the answer.
    pub answer: Value,
}

/// Something that an engine can be asked to do.
#[derive(Clone, Debug)]
pub struct ActionContract {
    /// Engine and verb: `cases.open`.
    pub name: &'static str,
    /// One sentence for pack authors.
    pub about: &'static str,
    /// JSON Schema of what it needs.
    pub arguments: Value,
}

/// The contracts of one engine, or the sum of several.
#[derive(Clone, Debug, Default)]
pub struct Contracts {
    /// Events said.
    pub events: Vec<EventContract>,
    /// Facts answered.
    pub facts: Vec<FactContract>,
    /// Actions taken.
    pub actions: Vec<ActionContract>,
}

impl Contracts {
    /// Adds another engine's contracts.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.events.extend(other.events);
        self.facts.extend(other.facts);
        self.actions.extend(other.actions);
        self
    }
}

/// The JSON Schema of `T`, with every subschema inlined so that a checker can walk it without references.
pub fn schema_of<T: JsonSchema>() -> Value {
    let generator = schemars::generate::SchemaSettings::draft2020_12()
        .with(|settings| settings.inline_subschemas = true)
        .into_generator();
    generator.into_root_schema_for::<T>().to_value()
}

/// A fact that could not be given: nobody answers that name, or the one who does failed.
#[derive(Debug, thiserror::Error)]
#[error("fact {name}: {reason}")]
pub struct FactFault {
    /// The fact asked for.
    pub name: String,
    /// What went wrong, for the log.
    pub reason: String,
}

/// The answer to a fact, on its way.
pub type Answer<'a> = Pin<Box<dyn Future<Output = Result<Value, FactFault>> + Send + 'a>>;

/// Where an engine asks for facts of other engines without knowing them; `city` connects the names.
pub trait Facts: Send + Sync {
    /// Answers the fact `name` for `question`; both follow the fact's contract. `null` means: no such thing.
    fn ask<'a>(&'a self, name: &'a str, question: Value) -> Answer<'a>;
}
