//! Residents who have met with the same, and cases that are opened again: in pure decisions and through the service.

use baotu_cases::service::{ListQuestion, NearQuestion};
use baotu_vocabulary::Point;
use serde_json::json;

use crate::desk::Desk;
use crate::given::{City, EAST, act, cities, hole_in_the_road, refused};

fn call_back() -> serde_json::Value {
    json!({"contacted": true, "solved": true, "satisfied": true, "unreachable": false})
}

/// From opening to closing by those whose turn it is.
fn closed() -> Desk {
    let mut desk = Desk::small();
    desk.take("office.clerk", "dispatch", json!({"unit": "works"}))
        .take("stranger", "support", json!({}))
        .take("works.handler", "resolve", json!({"result": "已修补", "public_reply": "已修补"}))
        .take("office.reviewer", "close", call_back());
    desk
}

#[test]
fn a_resident_supports_once_and_is_told_at_the_end() {
    let mut desk = Desk::small();
    assert_eq!(desk.offered("stranger"), ["act support"]);
    desk.take("stranger", "support", json!({}));
    assert_eq!(desk.refused("stranger", "support", json!({})), "supported-before");
    assert_eq!(desk.refused("resident", "support", json!({})), "not-yours");
    assert_eq!(desk.refused("office.clerk", "support", json!({})), "not-yours");
    assert_eq!(desk.refused("city", "support", json!({})), "not-yours");
    assert_eq!(desk.state.supporters.len(), 1);

    let desk = closed();
    assert_eq!(desk.said().iter().filter(|kind| **kind == "cases.closed_for_supporter").count(), 1);
}

#[test]
fn an_ended_case_is_opened_again_within_its_days_and_by_its_reporter() {
    let mut desk = closed();
    assert!(!desk.state.is_open());
    assert_eq!(desk.offered("resident"), ["act reopen"]);
    assert!(desk.offered("stranger").is_empty() && desk.offered("office.clerk").is_empty());
    assert_eq!(desk.refused("stranger", "reopen", json!({"opinion": "又坏了"})), "not-yours");
    desk.take("resident", "reopen", json!({"opinion": "又坏了"}));
    assert!(desk.state.is_open() && desk.state.outcome.is_none() && desk.state.resolution.is_some());
    assert_eq!((desk.steps(), desk.state.redone), (vec!["intake".to_owned()], 1));

    let mut late = closed();
    late.at("2026-12-24T09:00:00+08:00");
    assert!(late.offered("resident").is_empty());
    assert_eq!(late.refused("resident", "reopen", json!({"opinion": "又坏了"})), "too-late");
}

async fn near(city: &City, actor: &baotu_vocabulary::Actor) -> (usize, bool, bool) {
    let question = NearQuestion {
        procedure: "simple-request".into(),
        category: None,
        point: Point::new(EAST.0, EAST.1).expect("a place"),
    };
    let near = city.cases.near(&question, actor).await.expect("a list");
    let [case] = near.as_slice() else { panic!("{near:?}") };
    (case.supporters, case.can_support, case.mine)
}

#[tokio::test]
async fn who_joins_a_case_sees_it_without_what_the_reporter_said() {
    for city in cities().await {
        let case = city.open(hole_in_the_road(), &city.resident).await;
        assert_eq!(near(&city, &city.stranger).await, (0, true, false));
        assert_eq!(near(&city, &city.resident).await, (0, false, true));
        assert_eq!(refused(city.cases.read(&case.number, &city.stranger).await), "not-found");

        let joined = city.cases.support(&case.number, None, &city.stranger).await.expect("it is noted");
        assert_eq!((joined.number.as_str(), joined.supporters), (case.number.as_str(), 1));
        assert_eq!(near(&city, &city.stranger).await, (1, false, true));
        assert_eq!(refused(city.cases.support(&case.number, None, &city.stranger).await), "supported-before");
        assert_eq!(refused(city.cases.support(&case.number, None, &city.resident).await), "not-yours");

        let seen = city.cases.read(&case.number, &city.stranger).await.expect("who joined may read");
        let told = serde_json::to_string(&seen).expect("JSON");
        assert!(seen.supported && seen.supporters == 1 && seen.offers.is_empty() && seen.reporter.is_none());
        assert!(!told.contains("晚上很危险") && !told.contains("东街 1 号"), "{told}");
        let withdrawn = city.cases.decide(&case.number, act("withdraw", json!({})), &city.stranger).await;
        assert_eq!(refused(withdrawn), "not-found");

        let mine = city.cases.list_own(&ListQuestion::default(), &city.stranger).await.expect("a page");
        let rows: Vec<_> = mine.rows.iter().map(|row| (row.number.as_str(), row.supported)).collect();
        assert_eq!(rows, [(case.number.as_str(), true)]);
        let own = city.cases.list_own(&ListQuestion::default(), &city.resident).await.expect("a page");
        assert!(own.rows.iter().all(|row| !row.supported) && own.rows.len() == 1);
    }
}

#[tokio::test]
async fn what_is_not_on_the_public_list_cannot_be_joined() {
    for city in cities().await {
        let mut secret = hole_in_the_road();
        secret.confidential = true;
        let secret = city.open(secret, &city.resident).await;
        let mut nowhere = hole_in_the_road();
        nowhere.place = None;
        let nowhere = city.open(nowhere, &city.resident).await;
        for case in [secret, nowhere] {
            assert_eq!(refused(city.cases.support(&case.number, None, &city.stranger).await), "not-found");
        }
    }
}
