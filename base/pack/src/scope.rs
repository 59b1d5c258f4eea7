//! What conditions can read, by where they stand: at an exit, in a reaction, in a grant, in an indicator.
//!
//! Engines build the JSON that goes in from these records; a field they leave out reads as empty.

use std::collections::BTreeMap;

use baotu_vocabulary::{Contracts, EventContract};

use crate::condition::Scope;
use crate::form::Form;
use crate::procedure::Procedure;
use crate::reactions::Reaction;
use crate::types::Type;

/// The record `case`.
///
/// Optional texts (`kind`, `channel`, `street`, `lead_unit` …) are `null` when there are none; counts begin at 0; `rating` is 0 without a
/// rating; `opened_by` is `resident`, `official`, `client` or `city`.
fn case_fields(counters: &BTreeMap<String, u16>, intake: Option<&Form>) -> BTreeMap<String, Type> {
    let text = || Type::String;
    let maybe = || Type::String.nullable();
    let mut fields: BTreeMap<String, Type> = [
        ("number", text()),
        ("procedure", text()),
        ("category", text()),
        ("level", text()),
        ("kind", maybe()),
        ("channel", maybe()),
        ("title", text()),
        ("status", text()),
        ("division", maybe()),
        ("street", maybe()),
        ("cell", maybe()),
        ("lead_unit", maybe()),
        ("intake_unit", maybe()),
        ("co_units", Type::List(Box::new(Type::String))),
        ("designated", Type::Bool),
        ("confidential", Type::Bool),
        ("outcome", maybe()),
        ("opened_by", text()),
        ("subcases_open", Type::Int),
        ("supervisions", Type::Int),
        ("extensions", Type::Int),
        ("redone", Type::Int),
        ("supporters", Type::Int),
        ("rating", Type::Int),
        (
            "callback",
            Type::record([
                ("contacted", Type::Bool),
                ("solved", Type::Bool),
                ("satisfied", Type::Bool),
                ("unreachable", Type::Bool),
            ]),
        ),
    ]
    .into_iter()
    .map(|(name, kind)| (name.to_owned(), kind))
    .collect();
    let counted = counters.keys().map(|name| (name.clone(), Type::Int)).collect();
    fields.insert("counters".to_owned(), Type::Record(counted));
    let form = intake.map_or_else(|| Type::Map(Box::new(Type::Dyn)), Form::kind);
    fields.insert("form".to_owned(), form);
    fields
}

/// The record `actor`: `unit` is `null` for residents and the city; `kind` is `resident`, `official`, `client`, `city` or `nobody`.
fn actor() -> Type {
    Type::record([
        ("unit", Type::String.nullable()),
        ("roles", Type::List(Box::new(Type::String))),
        ("person", Type::String.nullable()),
        ("kind", Type::String),
    ])
}

/// At an exit, act or request of `procedure`: `case`, `form` (the form filled in there) and `actor`.
///
/// `intake` is the form with which cases are opened; `form` has no fields where nothing is filled in.
pub fn procedure_scope(procedure: &Procedure, intake: Option<&Form>, form: Option<&Form>) -> Scope {
    let case = case_fields(&procedure.procedure.counters, intake);
    let form = form.map_or_else(|| Type::Record(BTreeMap::new()), Form::kind);
    Scope::new().with("case", Type::Record(case)).with("form", form).with("actor", actor())
}

/// In the effects of a decision on a request: `form` has the fields of asking and of deciding together, the latter winning.
pub fn decision_scope(
    procedure: &Procedure,
    intake: Option<&Form>,
    asking: Option<&Form>,
    deciding: Option<&Form>,
) -> Scope {
    let case = case_fields(&procedure.procedure.counters, intake);
    let mut fields = BTreeMap::new();
    for form in [asking, deciding].into_iter().flatten() {
        if let Type::Record(own) = form.kind() {
            fields.extend(own);
        }
    }
    Scope::new().with("case", Type::Record(case)).with("form", Type::Record(fields)).with("actor", actor())
}

/// In the numerator and denominator of an indicator: `case` with what is known of its whole run.
///
/// Beside the fields at an exit: the moments `opened_at`, `dispatched_at`, `contacted_at`, `resolved_at`,
/// `closed_at`, `due_at` (`null` when there are none), and `closed`, `on_time` (closed by its due moment),
/// `overdue`, `contacted_on_time`, `excluded`, `called_back`, `transfers`, `returns`, `yellow_cards`, `red_cards`.
pub fn indicator_scope(procedure: Option<&Procedure>, intake: Option<&Form>) -> Scope {
    let none = BTreeMap::new();
    let counters = procedure.map_or(&none, |procedure| &procedure.procedure.counters);
    let mut case = case_fields(counters, intake);
    for moment in ["opened_at", "dispatched_at", "contacted_at", "resolved_at", "closed_at", "due_at"] {
        case.insert(moment.to_owned(), Type::Timestamp.nullable());
    }
    for answer in ["closed", "on_time", "overdue", "contacted_on_time", "excluded", "called_back"] {
        case.insert(answer.to_owned(), Type::Bool);
    }
    for count in ["transfers", "returns", "yellow_cards", "red_cards"] {
        case.insert(count.to_owned(), Type::Int);
    }
    Scope::new().with("case", Type::Record(case))
}

/// In the condition of a grant: `resource` and `actor`.
pub fn grant_scope() -> Scope {
    let resource = Type::record([
        ("kind", Type::String),
        ("procedure", Type::String.nullable()),
        ("units", Type::List(Box::new(Type::String))),
        ("division", Type::String.nullable()),
        ("owner", Type::String.nullable()),
        ("confidential", Type::Bool),
        ("status", Type::String.nullable()),
        ("level", Type::String.nullable()),
        ("category", Type::String.nullable()),
    ]);
    Scope::new().with("resource", resource).with("actor", actor())
}

/// In a question that a reaction asks: `event` with the data of its contract.
pub fn event_scope(event: &EventContract) -> Scope {
    let event = Type::record([
        ("id", Type::String),
        ("source", Type::String),
        ("type", Type::String),
        ("subject", Type::String),
        ("time", Type::Timestamp),
        ("data", Type::from_schema(&event.data)),
    ]);
    Scope::new().with("event", event)
}

/// In the condition and the arguments of a reaction: `event`, and `fact` with an answer for each question (`null`: no such thing).
pub fn reaction_scope(event: &EventContract, reaction: &Reaction, contracts: &Contracts) -> Scope {
    let answers = reaction.facts.iter().map(|(name, question)| {
        let contract = contracts.facts.iter().find(|fact| fact.name == question.ask);
        let answer = contract.map_or(Type::Dyn, |fact| Type::from_schema(&fact.answer).nullable());
        (name.clone(), answer)
    });
    event_scope(event).with("fact", Type::Record(answers.collect()))
}
