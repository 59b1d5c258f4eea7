//! Conditions: what the check takes, what it refuses and where, and what they give.

use baotu_pack::{Condition, Scope, Type};
use proptest::prelude::*;
use serde_json::{Value, json};

fn scope() -> Scope {
    let case = Type::record([
        ("level", Type::String),
        ("kind", Type::String.nullable()),
        ("redone", Type::Int),
        ("share", Type::Double),
        ("designated", Type::Bool),
        ("agreed", Type::Bool.nullable()),
        ("units", Type::List(Box::new(Type::String))),
        ("opened_at", Type::Timestamp),
        ("closed_at", Type::Timestamp.nullable()),
        ("extra", Type::Map(Box::new(Type::Dyn))),
    ]);
    Scope::new().with("case", case)
}

#[test]
fn what_fits_is_taken() {
    let fitting = [
        "true",
        "case.designated",
        "!case.designated && case.redone < 3",
        "case.level == '紧急' || case.level in ['重大', '特急']",
        "case.redone + 1 > 2",
        "case.redone >= 1.5",
        "case.share / 2.0 < 0.5",
        "case.kind == null",
        "case.kind != null && case.kind.startsWith('投')",
        "case.kind == null || case.kind.size() > 1",
        "case.kind == '投诉'",
        "has(case.kind) && case.kind.contains('诉')",
        "case.agreed == true",
        "case.agreed != null && case.agreed",
        "(case.kind != null ? case.kind : '') == '投诉'",
        "case.units.exists(unit, unit == 'works')",
        "case.units.all(unit, unit.size() < 20) && size(case.units) <= 3",
        "case.closed_at != null && case.closed_at - case.opened_at < duration('48h')",
        "case.opened_at.getHours('Asia/Shanghai') >= 9",
        "case.extra.colour == 'red'",
        "has(case.extra.colour)",
        "string(case.redone) == '1'",
        "case.level.matches('^[一紧]')",
    ];
    for text in fitting {
        if let Err(problem) = Condition::compile(text, &scope()) {
            panic!("{text}: {problem}");
        }
    }
}

#[test]
fn what_does_not_fit_is_refused_with_its_place() {
    let unfit = [
        "case.redone",
        "case.levl == '紧急'",
        "level == '紧急'",
        "case.level == 紧急",
        "case.level = '紧急'",
        "case.level == 2",
        "case.redone < 'three'",
        "case.redone + 1.5 > 2.0",
        "case.level && true",
        "!case.redone",
        "case.agreed",
        "case.kind.startsWith('投')",
        "case.kind != null || case.kind.startsWith('投')",
        "case.level.startWith('紧')",
        "startsWith(case.level, '紧')",
        "case.level.startsWith(1)",
        "case.level.matches('[')",
        "case.units.exists(unit, unit > 3)",
        "case.units == 'works'",
        "case.redone.exists(unit, true)",
        "case.opened_at > '2026-01-01'",
        "case.level.size",
        "now() > case.opened_at",
        "['a', 1].size() == 2",
        "case.designated ? 1 : 'x'",
        "",
        "case.level ==",
    ];
    let told: Vec<String> = unfit
        .iter()
        .map(|text| match Condition::compile(text, &scope()) {
            Ok(_) => panic!("{text} was taken"),
            Err(problem) => {
                format!(
                    "{text}\n    {}:{} [{}] {}",
                    problem.line, problem.column, problem.code, problem.message
                ) + &problem.hint.map(|hint| format!("\n    {hint}")).unwrap_or_default()
            }
        })
        .collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn conditions_hold_or_not() {
    let case = json!({
        "level": "紧急", "redone": 2, "share": 1, "designated": false, "kind": null,
        "units": ["works", "parks"], "opened_at": "2026-11-24T01:30:00Z", "extra": {"colour": "red"},
    });
    let variables = json!({"case": case});
    let table = [
        ("case.level in ['紧急', '重大']", true),
        ("case.redone < 2", false),
        ("case.share == 1.0", true),
        ("case.kind == null || case.kind == '投诉'", true),
        ("case.kind == '投诉'", false),
        ("has(case.kind)", false),
        ("case.units.exists(unit, unit == 'parks')", true),
        ("case.units.all(unit, unit == 'parks')", false),
        ("case.opened_at.getHours('Asia/Shanghai') == 9", true),
        ("case.closed_at != null && case.closed_at > case.opened_at", false),
        ("case.extra.colour == 'red'", true),
        ("case.extra.shade == 'dark'", false),
        ("has(case.extra.shade)", false),
    ];
    for (text, wanted) in table {
        let condition = Condition::compile(text, &scope()).unwrap();
        assert_eq!(condition.holds(&variables).unwrap(), wanted, "{text}");
    }
}

#[test]
fn what_does_not_read_the_form_is_weighed_before_it_is_there() {
    let form = Type::record([("solved", Type::Bool), ("grade", Type::Int.nullable())]);
    let scope = scope().with("form", form);
    let variables = json!({"case": {"level": "一般", "redone": 2, "kind": null}, "form": {}});
    let table = [
        ("form.solved", true),
        ("case.redone < 3 && form.solved", true),
        ("case.redone < 2 && form.solved", false),
        ("form.solved && case.redone < 2", false),
        ("form.solved && (case.redone == 2 && !form.solved) && case.level == '一般'", true),
        ("form.solved && (case.redone == 1 && !form.solved)", false),
        ("form.solved || case.redone < 2", true),
        ("case.kind != null && case.kind.startsWith('投') && form.solved", false),
        ("form.grade != null && form.grade > case.redone", true),
        ("case.redone == 2", true),
        ("case.redone == 3", false),
    ];
    for (text, wanted) in table {
        let condition = Condition::compile(text, &scope).unwrap();
        assert_eq!(condition.can_hold_apart_from("form", &variables).unwrap(), wanted, "{text}");
    }
}

#[test]
fn absent_fields_read_as_empty() {
    let condition = Condition::compile(
        "case.redone == 0 && !case.designated && case.level == '' && case.units == []",
        &scope(),
    );
    assert!(condition.unwrap().holds(&json!({})).unwrap());
}

#[test]
fn a_value_of_another_type_is_a_fault() {
    let condition = Condition::compile("case.redone > 1", &scope()).unwrap();
    let fault = condition.holds(&json!({"case": {"redone": "two"}})).unwrap_err();
    insta::assert_snapshot!(fault.to_string(), @"condition “case.redone > 1”: variable case: value is no int（整数）");
}

#[test]
fn expressions_give_json() {
    let value = |text: &str| {
        let expression = Condition::expression(text, &scope()).unwrap();
        expression.value(&json!({"case": {"level": "一般", "units": ["works"]}})).unwrap()
    };
    assert_eq!(value("'x' + case.level"), json!("x一般"));
    assert_eq!(
        value("{'level': case.level, 'first': case.units[0]}"),
        json!({"first": "works", "level": "一般"})
    );
    assert_eq!(value("case.kind"), Value::Null);
}

#[test]
fn a_condition_knows_what_it_reads_and_what_is_there_where_it_holds() {
    let condition =
        Condition::compile("case.kind != null && case.redone < 3 && size(case.units) > 0", &scope()).unwrap();
    assert_eq!(condition.reads(), ["case.kind", "case.redone", "case.units"]);
    let knowing = scope().knowing(&condition);
    assert!(Condition::compile("case.kind.startsWith('投')", &knowing).is_ok());
    assert!(Condition::compile("case.kind.startsWith('投')", &scope()).is_err());
}

#[test]
fn deep_and_long_texts_are_refused() {
    let deep = format!("{}true{}", "(".repeat(400), ")".repeat(400));
    let negated = format!("{}case.designated", "!".repeat(900));
    let long = format!("case.level == '{}'", "长".repeat(1_000));
    let wide = vec!["case.redone < 3"; 50].join(" && ");
    for text in [deep, negated, long] {
        // The point is that each gives an answer; nesting that the parser folds away may well be taken.
        let _answer = Condition::compile(&text, &scope());
    }
    assert!(Condition::compile(&wide, &scope()).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_text_makes_the_compiler_panic(text in "\\PC{0,60}") {
        let _answer = Condition::compile(&text, &scope());
    }

    #[test]
    fn what_passes_the_check_runs(
        text in prop::sample::select(vec![
            "case.kind != null && case.kind.size() > 1",
            "case.units.exists(unit, unit == case.level)",
            "case.extra.colour == 'red' || case.redone > 1",
            "has(case.closed_at) && case.closed_at > case.opened_at",
            "case.agreed == true || case.share < 0.5",
        ]),
        level in prop::option::of("[一-龥]{0,3}"),
        kind in prop::option::of("[一-龥]{0,3}"),
        redone in prop::option::of(any::<i64>()),
        colour in prop::option::of("[a-z]{0,4}"),
        opened in prop::option::of(Just("2026-11-24T01:30:00Z")),
        closed in prop::option::of(Just("2026-11-25T01:30:00Z")),
    ) {
        let condition = Condition::compile(text, &scope()).expect("it is written for this scope");
        // A moment that is always there can't be absent; everything else may.
        let opened = opened.unwrap_or("2026-11-24T01:30:00Z");
        let variables = json!({"case": {
            "level": level, "kind": kind, "redone": redone, "opened_at": opened, "closed_at": closed,
            "extra": {"colour": colour},
        }});
        prop_assert!(condition.holds(&variables).is_ok());
    }
}
