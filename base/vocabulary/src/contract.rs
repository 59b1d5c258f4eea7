//! What engines tell and may be asked: events, facts and actions, by name, with JSON Schemas.
//!
//! Each engine lists its own in its `contracts.rs`; the pack compiler checks reactions against the sum of them,
//! and `city` connects the names. So engines meet without knowing each other.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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

/// A calculation that a trade prescribes: numbers in, one figure out.
#[derive(Clone, Debug)]
pub struct MethodContract {
    /// The trade and what comes out: `air.hourly-index`.
    pub name: &'static str,
    /// One sentence for pack authors.
    pub about: &'static str,
    /// What goes in.
    pub inputs: Vec<MethodInput>,
}

/// A number that goes into a calculation.
#[derive(Clone, Copy, Debug)]
pub struct MethodInput {
    /// Its name, for example `pm25`.
    pub name: &'static str,
    /// The unit in which it is wanted.
    pub unit: &'static str,
    /// Whether nothing can be said without it.
    pub required: bool,
}

/// What comes out of a calculation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Figure {
    /// The number; none where the method does not give one.
    pub value: Option<f64>,
    /// The same as a word, for example `良`.
    pub word: Option<String>,
    /// The colour that the standard gives to it, `#rrggbb`.
    pub colour: Option<String>,
    /// What else has to be said, for example the primary pollutant.
    pub detail: Option<String>,
    /// Inputs that were not there.
    pub missing: Vec<String>,
    /// The standard and its edition.
    pub basis: String,
}

/// A calculation that cannot be done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct MethodRefused(pub String);

/// Where an engine asks for calculations without knowing them; `city` connects the names.
pub trait Methods: Send + Sync {
    /// Calculates by the method `name`, in the edition of the standard that holds `on` that day. Inputs that are absent
    /// were not measured.
    ///
    /// # Errors
    /// When nobody knows the method, or its inputs can be no measurements.
    fn calculate(
        &self,
        name: &str,
        inputs: &BTreeMap<String, f64>,
        on: jiff::civil::Date,
    ) -> Result<Figure, MethodRefused>;
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
    /// Calculations that are known by name.
    pub methods: Vec<MethodContract>,
}

impl Contracts {
    /// Adds another engine's contracts.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.events.extend(other.events);
        self.facts.extend(other.facts);
        self.actions.extend(other.actions);
        self.methods.extend(other.methods);
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
