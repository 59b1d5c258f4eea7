//! Rules as engines run them: names resolved, conditions compiled, the numbers at hand.

use std::fmt;
use std::sync::Arc;

use baotu_vocabulary::{PropertyName, RuleName, SystemName};
use jiff::civil::Date;
use serde_json::{Map, Value as Json};

use crate::condition::Condition;
use crate::parameters::Parameters;

use super::AlarmRule;

/// One version of a rule that a pack declares; cloning is cheap.
#[derive(Clone)]
pub struct CompiledAlarmRule {
    pub(super) content: Arc<Content>,
}

pub(super) struct Content {
    pub(super) declared: AlarmRule,
    pub(super) system: SystemName,
    pub(super) properties: Vec<ObservedProperty>,
    pub(super) test: Test,
    pub(super) parameters: Arc<Parameters>,
}

/// A property that a rule looks at, as explanations name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservedProperty {
    /// Its name.
    pub name: PropertyName,
    /// Shown.
    pub title: String,
    /// Its unit; empty for a number without one.
    pub unit: String,
    /// Decimals that are shown.
    pub decimals: u8,
}

/// What a rule tests; keys are those of its system's `parameters.csv`, properties stand in
/// [`CompiledAlarmRule::properties`].
#[derive(Clone, Debug)]
pub enum Test {
    /// The first property is above the limit.
    Above {
        /// Key of the limit.
        limit: String,
        /// Key of the value at which the alarm ends.
        clear: Option<String>,
    },
    /// The first property is below the limit.
    Below {
        /// Key of the limit.
        limit: String,
        /// Key of the value at which the alarm ends.
        clear: Option<String>,
    },
    /// The first property rises by more within the time.
    Rises {
        /// Key of the change.
        limit: String,
        /// The time, in seconds.
        within_seconds: u32,
    },
    /// The first property falls by more within the time.
    Falls {
        /// Key of the change.
        limit: String,
        /// The time, in seconds.
        within_seconds: u32,
    },
    /// None of the properties has a usable reading for so long.
    Missing {
        /// How long, in seconds.
        after_seconds: u32,
    },
    /// A condition over the newest readings of the properties.
    When {
        /// Raises.
        when: Condition,
        /// Ends; when absent, the alarm ends when `when` does not hold.
        clear: Option<Condition>,
        /// Keys of the parameters that either reads.
        keys: Vec<String>,
        /// Older readings count as none, in seconds.
        max_age_seconds: u32,
    },
}

/// A parameter that a rule uses, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ParameterUse<'a> {
    /// Its key.
    pub key: &'a str,
    /// Whether it is the limit; otherwise the value at which the alarm ends, or one that a condition reads.
    pub is_limit: bool,
}

impl CompiledAlarmRule {
    /// The rule as declared.
    pub fn declared(&self) -> &AlarmRule {
        &self.content.declared
    }

    /// Its name.
    pub fn name(&self) -> &RuleName {
        &self.content.declared.name
    }

    /// The day from which this version is in force.
    pub fn version(&self) -> Date {
        self.content.declared.version
    }

    /// The system that declares it.
    pub fn system(&self) -> &SystemName {
        &self.content.system
    }

    /// The properties it looks at.
    pub fn properties(&self) -> &[ObservedProperty] {
        &self.content.properties
    }

    /// What it tests.
    pub fn test(&self) -> &Test {
        &self.content.test
    }

    /// The parameters of its system.
    pub fn parameters(&self) -> &Parameters {
        &self.content.parameters
    }

    /// The parameters it uses.
    pub fn uses(&self) -> Vec<ParameterUse<'_>> {
        let limit = |key| ParameterUse { key, is_limit: true };
        let other = |key| ParameterUse { key, is_limit: false };
        match self.test() {
            Test::Above { limit: key, clear } | Test::Below { limit: key, clear } => {
                std::iter::once(limit(key.as_str())).chain(clear.as_deref().map(other)).collect()
            }
            Test::Rises { limit: key, .. } | Test::Falls { limit: key, .. } => vec![limit(key.as_str())],
            Test::Missing { .. } => Vec::new(),
            Test::When { keys, .. } => keys.iter().map(|key| other(key.as_str())).collect(),
        }
    }

    /// The same rule with other numbers: what it would do before they are published.
    #[must_use]
    pub fn with_parameters(&self, parameters: Parameters) -> Self {
        let content = Content {
            declared: self.content.declared.clone(),
            system: self.content.system.clone(),
            properties: self.content.properties.clone(),
            test: self.content.test.clone(),
            parameters: Arc::new(parameters),
        };
        Self { content: Arc::new(content) }
    }
}

/// The name by which a condition reads a property or a parameter: hyphens become `_`.
pub fn condition_name(name: &str) -> String {
    name.replace('-', "_")
}

/// The variables of a condition: the readings by property and the parameters by key.
pub fn condition_variables<'a>(
    readings: impl IntoIterator<Item = (&'a str, f64)>,
    parameters: &Map<String, Json>,
) -> Json {
    let mut variables: Map<String, Json> =
        readings.into_iter().map(|(name, value)| (condition_name(name), value.into())).collect();
    variables.insert("param".to_owned(), Json::Object(parameters.clone()));
    Json::Object(variables)
}

impl fmt::Debug for CompiledAlarmRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompiledAlarmRule({} {})", self.name(), self.version())
    }
}
