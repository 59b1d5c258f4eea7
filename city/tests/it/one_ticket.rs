//! One ticket from the resident's report to their rating, through the real binary, each step by whoever may do it.

use serde_json::json;

use crate::city::City;
use crate::people::Person;

/// A city in which nothing happens by itself.
fn quiet_city() -> City {
    City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn"])
}

#[test]
fn a_ticket_goes_from_report_to_rating() {
    let city = quiet_city();
    let resident = Person::with_role(&city, "resident", None);
    let opened = resident
        .post(
            "/api/cases",
            &json!({
                "procedure": "hotline-ticket", "category": "010104", "kind": "求助", "channel": "网页",
                "title": "路灯不亮", "text": "小区门口的路灯三天没亮了。",
                "place": {"lon": 117.0231, "lat": 36.6683},
            }),
        )
        .with(201);
    let case = opened["id"].as_str().expect("an id");
    assert_eq!(opened["status"], "待受理");
    assert!(
        opened["place"]["division"].as_str().expect("located").starts_with("370102"),
        "{}",
        opened["place"]
    );

    Person::with_role(&city, "hotline-agent", None).takes(case, "accept", json!({}));
    let dispatcher = Person::with_role(&city, "hotline-dispatcher", None);
    let suggested = dispatcher.get(&format!("/api/cases/{case}/suggestions")).with(200);
    let lead = suggested["suggestions"][0]["unit"]["code"].as_str().expect("a unit is in charge").to_owned();
    dispatcher.takes(case, "dispatch", json!({"opinion": "请核实办理"}));
    Person::with_role(&city, "unit-receiver", Some(&lead)).takes(case, "sign", json!({}));
    let handler = Person::with_role(&city, "unit-handler", Some(&lead));
    handler.takes(case, "contact", json!({"contacted": true, "manner": "电话"}));
    handler.takes(
        case,
        "resolve",
        json!({"result": "已更换灯具", "public_reply": "路灯已修复，感谢您的反映。"}),
    );

    // Who handled it never decides whether it is done.
    let own = handler.post(&format!("/api/cases/{case}/decisions"), &json!({"take": "approve", "form": {}}));
    assert!(matches!(own.status, 403 | 409), "{own:?}");

    Person::with_role(&city, "hotline-reviewer", None).takes(case, "approve", json!({}));
    Person::with_role(&city, "hotline-caller", None).takes(
        case,
        "approve",
        json!({"contacted": true, "solved": true, "satisfied": true}),
    );
    let closed = resident.takes(case, "rate", json!({"grade": 5}));
    assert_eq!(closed["closed"], true);
    assert_eq!(closed["outcome"], "solved");

    let seen = resident.get(&format!("/api/cases/{case}")).with(200);
    assert_eq!(seen["status"], "已办结");
    assert_eq!(seen["rating"]["grade"], 5);
    assert_eq!(seen["resolution"]["public_reply"], "路灯已修复，感谢您的反映。");
    let notices = resident.get("/api/notices").with(200);
    assert!(notices["unread"].as_u64().is_some_and(|unread| unread >= 2), "{notices}");
}
