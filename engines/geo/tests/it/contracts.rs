//! The facts this engine answers, in the words of its contracts.

use std::sync::Arc;

use baotu_geo::contracts::{CELL_AT, GeoFacts, PLACE, contracts};
use serde_json::{Value, json};

use crate::city::atlas;

fn ask(name: &str, question: Value) -> Value {
    GeoFacts(Arc::new(atlas())).answer(name, question).expect("a proper question")
}

#[test]
fn a_point_is_explained() {
    insta::assert_json_snapshot!(ask(CELL_AT, json!({"lon": 117.012, "lat": 36.692})));
    assert_eq!(ask(CELL_AT, json!({"lon": 118.0, "lat": 36.692})), Value::Null);
}

#[test]
fn words_are_placed() {
    insta::assert_json_snapshot!(ask(PLACE, json!({"text": "西泉区柳林镇王庄村东头"})));
    assert_eq!(ask(PLACE, json!({"text": "火星基地"})), Value::Null);
}

#[test]
fn wrong_questions_are_faults() {
    let facts = GeoFacts(Arc::new(atlas()));
    for (name, question) in [
        (CELL_AT, json!({"lon": "117", "lat": 36})),
        (CELL_AT, json!({"lon": 117.0})),
        (CELL_AT, json!({"lon": 117.0, "lat": 36.0, "height": 3})),
        (PLACE, json!(null)),
        ("geo.nothing", json!({})),
    ] {
        assert!(facts.answer(name, question.clone()).is_err(), "{name} {question}");
    }
}

#[test]
fn the_schemas_are_those_of_the_contracts() {
    let facts: Vec<_> = contracts()
        .facts
        .iter()
        .map(|fact| json!({"name": fact.name, "question": fact.question, "answer": fact.answer}))
        .collect();
    insta::assert_json_snapshot!(facts);
}
