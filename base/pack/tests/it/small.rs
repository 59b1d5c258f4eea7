//! The small city: it has no problems, and every lookup answers.

use baotu_pack::testing::{TODAY, small, small_folder};
use baotu_pack::{ChargeQuestion, Form, Pack};
use baotu_vocabulary::{Contracts, Moment};
use serde_json::json;

#[test]
fn it_has_no_problems() {
    let checked = Pack::load(&small_folder(), &Contracts::default(), TODAY);
    let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{}", told.join("\n"));
    assert!(checked.pack.is_some());
}

#[test]
fn a_limit_is_the_one_with_the_longest_prefix_and_then_the_level() {
    let pack = small();
    let procedure = pack.procedure(&"simple-request".into(), TODAY).unwrap();
    let chosen = |category, level| {
        let chosen = procedure.limit("handling", category, level, TODAY).unwrap();
        format!("{} ({})", chosen.limit, chosen.basis())
    };
    assert_eq!(chosen("0101", "一般"), "5 工作日 (demo)");
    assert_eq!(chosen("0101", "紧急"), "24 紧急工作时 (demo；紧急)");
    assert_eq!(chosen("0102", "紧急"), "2 工作日 (demo；分类 0102)");
    assert!(procedure.limit("handling", "0101", "一般", jiff::civil::date(2019, 12, 31)).is_none());
}

#[test]
fn who_is_in_charge_depends_on_category_and_place() {
    let pack = small();
    let ask = |category, place: &[&str]| -> Vec<String> {
        let question = ChargeQuestion { table: "classes", category, place, level: "一般", day: TODAY };
        pack.functions_for(&question).iter().map(|found| found.unit.code.to_string()).collect()
    };
    assert_eq!(ask("0101", &["890102001001"]), ["works", "office"]);
    assert_eq!(ask("0202", &["890102001001"]), ["parks", "office"]);
    assert_eq!(ask("0202", &["890103001001"]), ["works", "parks", "office"]);
    assert_eq!(ask("03", &[]), ["office"]);
}

#[test]
fn conditions_of_exits_are_ready_to_run() {
    let pack = small();
    let procedure = pack.procedure(&"simple-request".into(), TODAY).unwrap();
    let rule = procedure.exit_rule(&"call-back".into(), &"redo".into()).unwrap();
    let condition = rule.condition.as_ref().unwrap();
    let holds = |solved: bool, redone: i64| {
        condition
            .holds(&json!({
                "case": {"redone": redone},
                "form": {"contacted": true, "solved": solved, "satisfied": true, "unreachable": false},
            }))
            .unwrap()
    };
    assert!(holds(false, 0));
    assert!(!holds(true, 0));
    assert!(!holds(false, 3));
}

#[test]
fn forms_tell_what_is_wrong_with_what_was_filled_in() {
    let pack = small();
    let form = pack.form(&"services/simple-request".into(), &"extension".into()).unwrap();
    assert_eq!(form.check(&json!({"reason": "等配件", "amount": 3})), []);
    let told: Vec<String> = form
        .check(&json!({"reason": "", "amount": 9, "days": 1}))
        .into_iter()
        .map(|problem| format!("{}: {}", problem.field, problem.message))
        .collect();
    insta::assert_snapshot!(told.join("\n"));
    let told: Vec<String> =
        form.check(&json!({"amount": "三"})).into_iter().map(|problem| problem.message).collect();
    insta::assert_snapshot!(told.join("\n"));
}

#[test]
fn a_credit_code_is_taken_with_right_check_characters_only() {
    let schema = json!({
        "title": "企业", "type": "object", "additionalProperties": false,
        "properties": {"company": {"title": "信用代码", "type": "string", "format": "credit-code"}},
    });
    let form = Form::new("company", schema).unwrap();
    let told = |code: &str| -> Vec<String> {
        form.check(&json!({"company": code})).into_iter().map(|problem| problem.message).collect()
    };
    assert_eq!(told("91370102MA9TEXT006"), Vec::<String>::new());
    let wrong: Vec<String> = ["91370102MA9TEXT007", "91370102MA9TEXT106", "9137", "I1370102MA9TEXT006"]
        .into_iter()
        .flat_map(told)
        .collect();
    insta::assert_snapshot!(wrong.join("\n"));
}

#[test]
fn the_calendar_counts_days_of_the_city() {
    let pack = small();
    let procedure = pack.procedure(&"simple-request".into(), TODAY).unwrap();
    let limit = procedure.limit("handling", "0101", "一般", TODAY).unwrap().limit;
    let start: Moment = "2026-02-12T10:00:00+08:00".parse().unwrap();
    // 13 and 14 February are worked, then Spring Festival until the 23rd, then 24 to 26.
    let due: Moment = "2026-02-26T17:00:00+08:00".parse().unwrap();
    assert_eq!(pack.calendar().due(start, limit).at, due);
}

#[test]
fn grants_are_one_table() {
    insta::assert_snapshot!(small().grants_table());
}

#[test]
fn a_version_is_known_by_its_content() {
    let pack = small();
    let procedure = pack.procedure(&"simple-request".into(), TODAY).unwrap();
    assert_eq!(procedure.hash().len(), 64);
    assert_eq!(pack.procedure_version(procedure.name(), procedure.version()), Some(procedure));
    assert!(pack.procedure(procedure.name(), jiff::civil::date(2025, 12, 31)).is_none());
    assert_eq!(small().hash(), pack.hash());
}

#[test]
fn the_number_of_the_smallest_area_holds_then_that_of_the_type_on_its_days() {
    let pack = small();
    let rule = pack.alarm_rule(&"water-high".into(), TODAY).unwrap();
    let value = |areas: &[&str], day| {
        let row = rule.parameters().choose("water-level-max", &"water-gauge".into(), areas, day);
        row.map(|row| row.value)
    };
    assert_eq!(value(&["890103001", "890103"], TODAY), Some(3.2));
    assert_eq!(value(&["890102001", "890102"], TODAY), Some(3.0));
    assert_eq!(value(&["890102"], jiff::civil::date(2025, 12, 31)), Some(3.5));
    assert_eq!(value(&[], jiff::civil::date(2019, 12, 31)), None);
    let typed = |kind: &str| rule.parameters().choose("battery-min", &kind.into(), &[], TODAY);
    assert_eq!((typed("water-gauge").is_some(), typed("manhole-cover").is_some()), (true, false));
}

#[test]
fn a_rule_is_known_by_name_day_and_place_in_the_files() {
    let pack = small();
    let version = pack.alarm_rule(&"water-high".into(), TODAY).unwrap().version();
    assert!(pack.alarm_rule(&"water-high".into(), jiff::civil::date(2025, 12, 31)).is_none());
    let at = &pack.sources().rules[&("water-high".into(), version)];
    assert_eq!(at.to_string(), "sensing/water-level/rules.toml:4");
    let uses: Vec<&str> = pack.alarm_rules()["high-and-weak"]
        .iter()
        .flat_map(|rule| rule.uses())
        .map(|used| used.key)
        .collect();
    assert_eq!(uses, ["battery-min", "water-level-clear", "water-level-max"]);
}
