//! Declarations made ready to run: conditions compiled, forms at hand, content hashed.
//!
//! What an effect does is the engines' business.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::Arc;

use baotu_vocabulary::{ActName, ClockName, ExitName, ProcedureName, RequestName, StepName, SystemName};
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};

use crate::condition::{Condition, ConditionFault};
use crate::form::Form;
use crate::limits::{ChosenLimit, Limits};
use crate::procedure::{Act, Clock, Effect, Exit, Head, Procedure, Request, Step};
use crate::reactions::Reaction;
use crate::roles::Grant;
use crate::system::Indicator;

/// One version of a procedure, ready to be interpreted; cloning is cheap.
#[derive(Clone)]
pub struct CompiledProcedure {
    pub(crate) content: Arc<ProcedureContent>,
}

pub(crate) struct ProcedureContent {
    pub(crate) declared: Procedure,
    pub(crate) system: SystemName,
    pub(crate) hash: String,
    pub(crate) intake: Form,
    pub(crate) limits: Arc<Limits>,
    pub(crate) exits: HashMap<(StepName, ExitName), Rule>,
    pub(crate) acts: HashMap<ActName, Rule>,
    pub(crate) requests: HashMap<RequestName, RequestRule>,
}

/// How an exit or an act is taken.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Over `case`, `form` and `actor`; must hold.
    pub condition: Option<Condition>,
    /// What has to be filled in.
    pub form: Option<Form>,
    /// What it does, in this order.
    pub effects: Vec<RuleEffect>,
}

/// How a request is asked and decided.
#[derive(Clone, Debug)]
pub struct RequestRule {
    /// Over `case`, `form` (of asking) and `actor`; must hold when it is asked.
    pub condition: Option<Condition>,
    /// The form of asking.
    pub form: Form,
    /// The form of deciding.
    pub decision_form: Option<Form>,
    /// What granting does. Expressions see in `form` the fields of asking and of deciding together, the latter winning.
    pub on_grant: Vec<RuleEffect>,
    /// What refusing does; `form` as for granting.
    pub on_refusal: Vec<RuleEffect>,
}

/// An effect with its expression compiled.
#[derive(Clone, Debug)]
pub struct RuleEffect {
    /// The effect as declared.
    pub effect: Effect,
    /// The value of a `set`; none for every other effect.
    pub value: Option<Condition>,
}

impl CompiledProcedure {
    /// The procedure as declared.
    pub fn declared(&self) -> &Procedure {
        &self.content.declared
    }

    /// Name, title, version and what holds for all its cases.
    pub fn head(&self) -> &Head {
        &self.content.declared.procedure
    }

    /// The procedure's name.
    pub fn name(&self) -> &ProcedureName {
        &self.head().name
    }

    /// The day from which this version is in force.
    pub fn version(&self) -> Date {
        self.head().version
    }

    /// SM3 over the declaration and its forms, hexadecimal: records keep it.
    pub fn hash(&self) -> &str {
        &self.content.hash
    }

    /// The system that declares it.
    pub fn system(&self) -> &SystemName {
        &self.content.system
    }

    /// The form with which a case is opened.
    pub fn intake(&self) -> &Form {
        &self.content.intake
    }

    /// The step where a case begins.
    pub fn entry(&self) -> &StepName {
        let first = || &self.content.declared.steps[0].name;
        self.head().entry.as_ref().unwrap_or_else(first)
    }

    /// A step.
    pub fn step(&self, name: &StepName) -> Option<&Step> {
        self.content.declared.steps.iter().find(|step| step.name == *name)
    }

    /// An exit of a step.
    pub fn exit(&self, step: &StepName, exit: &ExitName) -> Option<&Exit> {
        self.step(step)?.exits.iter().find(|declared| declared.name == *exit)
    }

    /// How an exit is taken.
    pub fn exit_rule(&self, step: &StepName, exit: &ExitName) -> Option<&Rule> {
        self.content.exits.get(&(step.clone(), exit.clone()))
    }

    /// An act.
    pub fn act(&self, name: &ActName) -> Option<&Act> {
        self.content.declared.acts.iter().find(|act| act.name == *name)
    }

    /// How an act is done.
    pub fn act_rule(&self, name: &ActName) -> Option<&Rule> {
        self.content.acts.get(name)
    }

    /// The acts that may be done in a step; in a final one only those that name it.
    pub fn acts_in<'a>(&'a self, step: &'a StepName) -> impl Iterator<Item = &'a Act> {
        let open = self.step(step).is_some_and(|step| !step.exits.is_empty());
        let here = move |steps: &[StepName]| (open && steps.is_empty()) || steps.contains(step);
        self.content.declared.acts.iter().filter(move |act| here(&act.steps))
    }

    /// A request.
    pub fn request(&self, name: &RequestName) -> Option<&Request> {
        self.content.declared.requests.iter().find(|request| request.name == *name)
    }

    /// How a request is asked and decided.
    pub fn request_rule(&self, name: &RequestName) -> Option<&RequestRule> {
        self.content.requests.get(name)
    }

    /// The requests that may be asked in a step; none in a final one.
    pub fn requests_in<'a>(&'a self, step: &'a StepName) -> impl Iterator<Item = &'a Request> {
        let open = self.step(step).is_some_and(|step| !step.exits.is_empty());
        let here = move |steps: &[StepName]| open && (steps.is_empty() || steps.contains(step));
        self.content.declared.requests.iter().filter(move |request| here(&request.steps))
    }

    /// A clock.
    pub fn clock(&self, name: &ClockName) -> Option<&Clock> {
        self.content.declared.clocks.iter().find(|clock| clock.name == *name)
    }

    /// All limits of the system, in the order of `limits.csv`.
    pub fn limits(&self) -> &Limits {
        &self.content.limits
    }

    /// The limit of a key for a case of this category and level on `day`.
    pub fn limit(&self, key: &str, category: &str, level: &str, day: Date) -> Option<ChosenLimit<'_>> {
        self.content.limits.choose(key, category, level, day)
    }
}

impl fmt::Debug for CompiledProcedure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CompiledProcedure({} {})", self.name(), self.version())
    }
}

impl PartialEq for CompiledProcedure {
    fn eq(&self, other: &Self) -> bool {
        self.content.hash == other.content.hash
    }
}

/// A reaction of a system, ready to run.
#[derive(Clone, Debug)]
pub struct CompiledReaction {
    /// The system that declares it.
    pub system: SystemName,
    /// As declared.
    pub declared: Reaction,
    /// Over `event` and `fact`; must hold.
    pub condition: Option<Condition>,
    /// The facts to gather first: a name, the fact asked for, and its question over `event`.
    pub questions: Vec<CompiledQuestion>,
    /// The action's arguments over `event` and `fact`.
    pub arguments: BTreeMap<String, Condition>,
}

/// A fact that a reaction asks for, ready to be asked.
#[derive(Clone, Debug)]
pub struct CompiledQuestion {
    /// Under this name the condition reads the answer.
    pub name: String,
    /// The fact, for example `cases.case`.
    pub ask: String,
    /// Its question over `event`.
    pub with: BTreeMap<String, Condition>,
}

impl CompiledReaction {
    /// Unique in the pack: the system's folder and the reaction's name.
    pub fn name(&self) -> String {
        format!("{}/{}", self.system, self.declared.name)
    }

    /// Whether the reaction is due: `event` as an object (`id`, `source`, `type`, `subject`, `time`, `data`), `facts` by name.
    ///
    /// # Errors
    /// The condition failed on these values.
    pub fn holds(&self, event: &Json, facts: &Map<String, Json>) -> Result<bool, ConditionFault> {
        match &self.condition {
            Some(condition) => condition.holds(&json!({"event": event, "fact": facts})),
            None => Ok(true),
        }
    }

    /// Whether it can be due, whatever the facts turn out to be; asked before they are gathered.
    ///
    /// # Errors
    /// The condition failed on these values.
    pub fn can_hold(&self, event: &Json) -> Result<bool, ConditionFault> {
        match &self.condition {
            Some(condition) => condition.can_hold_apart_from("fact", &json!({"event": event, "fact": {}})),
            None => Ok(true),
        }
    }

    /// The action's arguments for this event and these facts.
    ///
    /// # Errors
    /// An expression failed on these values.
    pub fn arguments(&self, event: &Json, facts: &Map<String, Json>) -> Result<Json, ConditionFault> {
        values(&self.arguments, &json!({"event": event, "fact": facts}))
    }
}

impl CompiledQuestion {
    /// The question for this event.
    ///
    /// # Errors
    /// An expression failed on these values.
    pub fn question(&self, event: &Json) -> Result<Json, ConditionFault> {
        values(&self.with, &json!({"event": event}))
    }
}

fn values(expressions: &BTreeMap<String, Condition>, variables: &Json) -> Result<Json, ConditionFault> {
    let given: Result<Map<String, Json>, ConditionFault> =
        expressions.iter().map(|(name, value)| Ok((name.clone(), value.value(variables)?))).collect();
    given.map(Json::Object)
}

/// A grant with its condition compiled.
#[derive(Clone, Debug)]
pub struct CompiledGrant {
    /// As declared.
    pub declared: Grant,
    /// Over `resource` and `actor`; must hold.
    pub condition: Option<Condition>,
}

/// An indicator of a system, ready to be counted.
#[derive(Clone, Debug)]
pub struct CompiledIndicator {
    /// The system that declares it.
    pub system: SystemName,
    /// As declared.
    pub declared: Indicator,
    /// Over `case`: counted above the line.
    pub numerator: Condition,
    /// Over `case`: counted below the line.
    pub denominator: Condition,
}
