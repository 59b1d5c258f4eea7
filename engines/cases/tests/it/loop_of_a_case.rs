//! The way of a case through the small city: what each decision does, and what is refused.

use baotu_cases::case::CardColour;
use baotu_cases::outcome::DecisionKind;
use baotu_cases::{Take, decide};
use baotu_vocabulary::Refusal;
use serde_json::json;

use crate::desk::{Desk, actor, double_hatted, form, opening, try_open};

fn resolved() -> serde_json::Value {
    json!({"result": "已填平", "public_reply": "坑洞已填平，感谢反映。"})
}

fn call_back(solved: bool) -> serde_json::Value {
    json!({"contacted": true, "solved": solved, "satisfied": solved, "unreachable": false})
}

/// A desk whose case is with `works`.
fn in_handling() -> Desk {
    let mut desk = Desk::small();
    desk.at("2026-11-24T09:30:00+08:00").take("office.clerk", "dispatch", json!({}));
    desk
}

#[test]
fn from_opening_to_closing() {
    let mut desk = Desk::small();
    assert_eq!((desk.state.status.as_str(), desk.steps()), ("待受理", vec!["intake".to_owned()]));
    assert_eq!(desk.said(), ["cases.opened"]);

    desk.at("2026-11-24T09:30:00+08:00").take("office.clerk", "dispatch", json!({}));
    assert_eq!((desk.lead(), desk.state.status.as_str()), (Some("works"), "处置中"));
    assert_eq!(desk.said(), ["cases.dispatched"]);
    assert_eq!(desk.due("handling"), "12-01 17:00", "five working days, the first not counted");
    assert_eq!(
        desk.last.decisions[0].why.as_deref(),
        Some("权责清单：道路由工务局主管 · 分类 0101 路面坑洞（清单 01）")
    );

    desk.at("2026-11-25T10:00:00+08:00").take("works.handler", "resolve", resolved());
    assert_eq!(desk.state.resolved_at, Some(desk.now));
    assert!(desk.state.clocks.iter().all(|clock| clock.ended_at == Some(desk.now)));

    desk.at("2026-11-26T10:00:00+08:00").take("office.reviewer", "close", call_back(true));
    assert_eq!(desk.said(), ["cases.called_back", "cases.closed"]);
    assert_eq!(desk.state.status, "已办结");
    assert_eq!(desk.state.outcome.as_deref(), Some("solved"));
    assert_eq!((desk.state.closed_at, desk.steps()), (Some(desk.now), vec![]));
    assert!(desk.state.was_on_time(desk.now));
    assert_eq!(desk.state.next_clock_at(desk.pack.calendar()), None);
    assert!(desk.offered("office.clerk").is_empty());
    assert_eq!(desk.offered("resident"), ["act reopen"]);
}

#[test]
fn every_decision_is_a_record() {
    let mut desk = Desk::small();
    desk.at("2026-11-24T09:30:00+08:00").take(
        "office.clerk",
        "dispatch",
        json!({"unit": "parks", "opinion": "请办"}),
    );
    let [record] = desk.last.decisions.as_slice() else { panic!("one decision") };
    assert_eq!(record.kind, DecisionKind::Exit);
    assert_eq!((record.take.as_str(), record.title.as_str()), ("dispatch", "派单"));
    assert_eq!((record.from[0].as_str(), record.to[0].as_str()), ("intake", "handling"));
    assert_eq!(record.by.unit.as_ref().map(|unit| unit.as_str()), Some("office"));
    assert_eq!(record.opinion.as_deref(), Some("请办"));
    assert_eq!(record.why.as_deref(), Some("由派单人指定"));
    assert_eq!(record.seconds, 1_800);
    assert_eq!(record.form_hash.as_deref().map(str::len), Some(64));
    assert!(record.public);
    let told = &desk.last.events[0].data;
    assert_eq!(
        (&told["unit"], &told["number"], &told["version"]),
        (&json!("parks"), &json!("SR20261124000001"), &json!(2))
    );
}

#[test]
fn the_same_decision_has_the_same_outcome() {
    let mut desk = in_handling();
    let take = Take {
        decision: desk.next_decision(),
        version: desk.state.version,
        task: None,
        take: "resolve".to_owned(),
        form: form(resolved()),
    };
    let by = actor(&desk.pack, "works.handler");
    let again = || decide(&desk.state, &desk.declaration(), &take, &by, &desk.gathered, desk.now).unwrap();
    assert_eq!(again(), again());
    let ids: std::collections::HashSet<_> = again().events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), again().events.len());
}

#[test]
fn what_is_refused() {
    let mut desk = in_handling();
    for (by, take, filled, code) in [
        ("works.handler", "close", call_back(true), "not-offered"),
        ("works.handler", "fly", json!({}), "not-offered"),
        ("office.clerk", "resolve", resolved(), "not-yours"),
        ("parks.handler", "resolve", resolved(), "not-yours"),
        ("resident", "resolve", resolved(), "not-yours"),
        ("nobody", "resolve", resolved(), "not-yours"),
        ("stranger", "withdraw", json!({"opinion": "不要了"}), "not-yours"),
        ("works.handler", "resolve", json!({}), "form-invalid"),
        ("works.handler", "resolve", json!({"result": "a", "public_reply": "b", "extra": 1}), "form-invalid"),
        ("works.handler", "resolve", json!({"result": "a\u{0}", "public_reply": "b"}), "not-storable"),
        ("works.handler", "note", json!({"opinion": "字".repeat(30_000)}), "too-long"),
    ] {
        assert_eq!(desk.refused(by, take, filled), code, "{by} {take}");
    }
    let take = Take {
        decision: desk.next_decision(),
        version: desk.state.version - 1,
        task: None,
        take: "resolve".to_owned(),
        form: form(resolved()),
    };
    let by = actor(&desk.pack, "works.handler");
    let stale = decide(&desk.state, &desk.declaration(), &take, &by, &desk.gathered, desk.now).unwrap_err();
    assert_eq!(stale.code(), "stale-version");

    let mut fresh = Desk::small();
    assert_eq!(fresh.refused("office.clerk", "dispatch", json!({"unit": "nowhere"})), "unknown-unit");
    assert_eq!(fresh.refused("office.clerk", "designate", json!({"unit": "works"})), "not-offered");
}

#[test]
fn what_cannot_be_opened() {
    let pack = baotu_pack::testing::small();
    let mut cases = Vec::new();
    let mut check = |change: &dyn Fn(&mut baotu_cases::Opening), by: &str, code: &'static str| {
        let mut asked = opening("SR1");
        change(&mut asked);
        let refused = try_open(&pack, by, asked, "2026-11-24T09:00:00+08:00")
            .map(drop)
            .map_err(|refused| refused.code());
        cases.push((refused, Err(code)));
    };
    check(&|asked| asked.category = "9999".into(), "resident", "unknown-category");
    check(&|asked| asked.title.clear(), "resident", "form-invalid");
    check(&|asked| asked.level = Some("天大".to_owned()), "resident", "form-invalid");
    check(&|asked| asked.channel = Some("鸽子".to_owned()), "resident", "form-invalid");
    check(&|asked| asked.title = "题".repeat(101), "resident", "too-long");
    check(&|asked| asked.text = "文".repeat(10_001), "resident", "too-long");
    check(&|asked| asked.title = "题\u{0}".to_owned(), "resident", "not-storable");
    check(&|asked| asked.form = form(json!({"colour": "red"})), "resident", "form-invalid");
    check(&|_| {}, "nobody", "may-not-open");
    for (found, expected) in cases {
        assert_eq!(found, expected);
    }
}

#[test]
fn who_handles_never_closes() {
    let mut desk = in_handling();
    desk.take("works.handler", "resolve", resolved());
    let same_person = double_hatted(&desk.pack, "works.handler", &["office.reviewer"]);
    let same_unit = double_hatted(&desk.pack, "another", &["works.handler", "office.reviewer"]);
    let refused = desk.try_take_as(&same_person, "close", call_back(true)).unwrap_err();
    assert_eq!(refused.code(), "who-handles-never-closes");
    let refused = desk.try_take_as(&same_unit, "close", call_back(true)).unwrap_err();
    assert_eq!(refused.code(), "not-yours", "the step belongs to the office");
    desk.take("office.reviewer", "close", call_back(true));
}

#[test]
fn a_granted_return_gives_the_next_unit_a_new_clock() {
    let mut desk = in_handling();
    desk.at("2026-11-24T15:00:00+08:00");
    let asked = desk.ask("works.handler", "return", json!({"reason": "不属本局职责"}));
    assert_eq!(desk.offered("office.clerk"), ["act supervise", "decide return"]);
    desk.at("2026-11-24T16:00:00+08:00").answer("office.clerk", asked, true);
    assert_eq!((desk.steps(), desk.state.returns()), (vec!["intake".to_owned()], 1));
    assert_eq!(desk.said(), ["cases.request_granted", "cases.returned"]);
    desk.at("2026-11-26T10:00:00+08:00").take("office.clerk", "dispatch", json!({}));
    assert_eq!(desk.lead(), Some("office"), "not again the unit that returned it");
    assert_eq!(desk.due("handling"), "12-03 17:00");
    assert_eq!(desk.state.transfers, 1);
}

#[test]
fn a_refused_return_leaves_the_clock_as_it_was() {
    let mut desk = in_handling();
    let due = desk.due("handling");
    let asked = desk.ask("works.handler", "return", json!({"reason": "不属本局职责"}));
    desk.at("2026-11-25T10:00:00+08:00").answer("office.clerk", asked, false);
    assert_eq!((desk.due("handling"), desk.steps()), (due, vec!["handling".to_owned()]));
    assert_eq!(desk.said(), ["cases.request_refused"]);
}

#[test]
fn twice_returned_then_designated() {
    let mut desk = in_handling();
    for unit in ["works", "parks"] {
        let post = format!("{unit}.handler");
        let asked = desk.ask(&post, "return", json!({"reason": "不属本局职责"}));
        desk.answer("office.clerk", asked, true);
        let next = if unit == "works" { "parks" } else { "works" };
        // Designating is for what was returned twice; before that there is no such button.
        assert_eq!(desk.offered("office.clerk").contains(&"exit designate".to_owned()), unit == "parks");
        if unit == "works" {
            desk.take("office.clerk", "dispatch", json!({"unit": next}));
        }
    }
    desk.take("office.clerk", "designate", json!({"unit": "works"}));
    assert!(desk.state.designated);
    assert!(!desk.offered("works.handler").contains(&"request return".to_owned()));
    assert_eq!(desk.ask_refused("works.handler", "return", json!({"reason": "还是不行"})), "designated");
}

#[test]
fn a_request_has_its_window_and_its_judge() {
    let mut desk = in_handling();
    assert_eq!(desk.ask_refused("office.clerk", "return", json!({"reason": "无"})), "not-yours");
    assert_eq!(desk.ask_refused("works.handler", "return", json!({})), "form-invalid");
    assert_eq!(desk.ask_refused("works.handler", "holiday", json!({"reason": "无"})), "not-offered");
    let asked = desk.ask("works.handler", "extension", json!({"reason": "等材料", "amount": 3}));
    assert_eq!(
        desk.ask_refused("works.handler", "extension", json!({"reason": "等", "amount": 1})),
        "already-asked"
    );
    let own = double_hatted(&desk.pack, "another", &["works.handler", "office.clerk"]);
    assert_eq!(desk.try_answer(&own, asked, true).unwrap_err().code(), "own-request");
    desk.answer("office.clerk", asked, true);
    assert_eq!(desk.due("handling"), "12-04 17:00");
    assert_eq!(desk.state.extensions, 1);
    assert_eq!(
        desk.ask_refused("works.handler", "extension", json!({"reason": "等", "amount": 1})),
        "granted-often-enough"
    );
    desk.at("2026-11-26T09:00:00+08:00");
    assert_eq!(desk.ask_refused("works.handler", "return", json!({"reason": "不属"})), "too-late");
    let unknown = baotu_vocabulary::RequestId::derived(desk.state.id.uuid(), "unknown");
    let clerk = actor(&desk.pack, "office.clerk");
    assert_eq!(desk.try_answer(&clerk, unknown, true).unwrap_err().code(), "not-open");
}

#[test]
fn an_open_request_falls_away_with_its_step() {
    let mut desk = in_handling();
    let asked = desk.ask("works.handler", "extension", json!({"reason": "等材料", "amount": 3}));
    desk.take("works.handler", "resolve", resolved());
    assert!(desk.state.open_requests().next().is_none());
    let clerk = actor(&desk.pack, "office.clerk");
    assert_eq!(desk.try_answer(&clerk, asked, true).unwrap_err().code(), "not-open");
}

#[test]
fn cards_come_by_themselves_and_once() {
    let mut desk = in_handling();
    let calendar = desk.pack.calendar().clone();
    let zone = calendar.zone().clone();
    let next = |desk: &Desk| {
        let at = desk.state.next_clock_at(&calendar).unwrap();
        at.timestamp().to_zoned_datetime(zone.clone()).strftime("%m-%d %H:%M").to_string()
    };
    assert_eq!(next(&desk), "11-30 17:00", "one working day before the end");
    assert!(desk.at("2026-11-30T16:59:00+08:00").sweep().is_empty());
    assert_eq!(desk.at("2026-11-30T17:00:00+08:00").sweep(), ["cases.clock_warned"]);
    assert_eq!(next(&desk), "12-01 17:00");
    assert!(desk.at("2026-12-01T17:00:00+08:00").sweep().is_empty(), "the end itself is in time");
    assert_eq!(desk.at("2026-12-01T17:00:01+08:00").sweep(), ["cases.clock_overdue"]);
    assert!(desk.at("2026-12-20T17:00:00+08:00").sweep().is_empty());
    let cards: Vec<_> = desk.state.cards.iter().map(|card| (card.colour, card.number.as_str())).collect();
    assert_eq!(
        cards,
        [(CardColour::Yellow, "SR20261124000001-Y1"), (CardColour::Red, "SR20261124000001-R1")]
    );
    desk.take("works.handler", "resolve", resolved());
    desk.take("office.reviewer", "close", call_back(true));
    assert!(!desk.state.was_on_time(desk.now));
    assert_eq!(desk.last.events.last().unwrap().kind, "cases.decided");
    let closed = desk.last.events.iter().find(|event| event.kind == "cases.closed").unwrap();
    assert_eq!(closed.data["on_time"], json!(false));
}

#[test]
fn an_extension_after_the_yellow_card_brings_a_new_one() {
    let mut desk = in_handling();
    desk.at("2026-11-30T17:00:00+08:00").sweep();
    let asked = desk.ask("works.handler", "extension", json!({"reason": "等材料", "amount": 5}));
    desk.answer("office.clerk", asked, true);
    assert_eq!(desk.due("handling"), "12-08 17:00");
    assert_eq!(desk.at("2026-12-07T17:00:00+08:00").sweep(), ["cases.clock_warned"]);
}

#[test]
fn redo_withdraws_the_result_and_restarts_the_clock() {
    let mut desk = in_handling();
    for turn in 1..=3 {
        desk.take("works.handler", "resolve", resolved());
        assert_eq!(desk.refused("office.reviewer", "close", call_back(false)), "not-offered");
        desk.take("office.reviewer", "redo", call_back(false));
        assert_eq!(desk.said(), ["cases.called_back", "cases.redone"]);
        assert_eq!((desk.state.redone, desk.state.resolved_at), (turn, None));
        assert!(desk.state.running_clock(&"handling".into()).is_some());
    }
    desk.take("works.handler", "resolve", resolved());
    assert_eq!(desk.refused("office.reviewer", "redo", call_back(false)), "not-offered");
    assert_eq!(desk.state.callbacks.len(), 3);
}

#[test]
fn supervision_is_numbered() {
    let mut desk = in_handling();
    desk.take("office.clerk", "supervise", json!({"opinion": "抓紧"}));
    desk.take("office.clerk", "supervise", json!({"opinion": "再抓紧"}));
    let numbers: Vec<&str> = desk.state.supervisions.iter().map(|one| one.number.as_str()).collect();
    assert_eq!(numbers, ["SR20261124000001-D1", "SR20261124000001-D2"]);
    assert_eq!(desk.state.supervisions[1].manner.as_deref(), Some("督办单"));
    assert_eq!(desk.said(), ["cases.supervised"]);
}

#[test]
fn the_reporter_takes_it_back() {
    let mut desk = in_handling();
    desk.take("resident", "withdraw", json!({"opinion": "已自行解决"}));
    assert_eq!(desk.said(), ["cases.withdrawn", "cases.closed"]);
    assert_eq!(desk.state.outcome.as_deref(), Some("withdrawn"));
    assert!(desk.state.clocks.iter().all(|clock| clock.ended_at.is_some()));
}

#[test]
fn each_sees_only_what_they_may_do() {
    let mut desk = Desk::small();
    assert_eq!(desk.offered("office.clerk"), ["exit dispatch", "exit answer"]);
    assert_eq!(desk.offered("office.reviewer"), Vec::<String>::new());
    assert_eq!(desk.offered("resident"), ["act withdraw"]);
    assert_eq!(desk.offered("stranger"), ["act support"]);
    desk.take("office.clerk", "dispatch", json!({}));
    assert_eq!(
        desk.offered("works.handler"),
        ["exit resolve", "act note", "request extension", "request return"]
    );
    assert_eq!(desk.offered("parks.handler"), Vec::<String>::new());
    assert_eq!(desk.offered("office.clerk"), ["act supervise"]);
    let offer = &desk.offers("works.handler")[0];
    assert_eq!((offer.title.as_str(), offer.to.as_slice()), ("办结反馈", ["回访".to_owned()].as_slice()));
    assert_eq!(
        (offer.form_name.as_deref(), offer.effects.as_slice()),
        (Some("resolve"), ["resolve"].as_slice())
    );
    desk.take("works.handler", "resolve", resolved());
    assert_eq!(desk.offered("office.reviewer"), ["exit close", "exit redo"]);
}
