//! Reads a city pack, checks it whole, and hands out typed declarations.
//!
//! The types here are what a city may declare; their docs are the pack author's manual. This crate knows no
//! engine, no database and no HTTP: what engines say and can be asked comes in as `vocabulary::Contracts`.
//!
//! The way of a pack: `load` reads the folder into typed declarations with places (`document`, `table`, `shape`),
//! `compile` checks names and meaning and compiles conditions, and [`Pack`] answers what engines ask.

pub mod calendar;
pub mod city;
pub mod codes;
pub mod compiled;
pub mod condition;
pub mod divisions;
pub mod form;
pub mod limits;
pub mod organisations;
pub mod pack;
pub mod parameters;
pub mod places;
pub mod problem;
pub mod procedure;
pub mod reactions;
pub mod roles;
pub mod rules;
pub mod schemas;
pub mod scope;
pub mod sensing;
pub mod sources;
pub mod system;
#[cfg(feature = "testing")]
pub mod testing;
pub mod types;
pub mod units;

mod compile;
mod digest;
mod document;
mod grants_table;
mod load;
mod nearest;
mod shape;
mod table;

pub use compiled::{CompiledProcedure, CompiledReaction, RequestRule, Rule, RuleEffect};
pub use condition::{Condition, ConditionFault, Scope};
pub use form::{FieldProblem, Form};
pub use pack::{Checked, Pack};
pub use problem::{Level, Problem};
pub use types::Type;
pub use units::{ChargeQuestion, InCharge};
