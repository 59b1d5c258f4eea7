//! Parallel branches, their joins, co-handling units, and what time takes by itself.

use serde_json::json;

use crate::desk::{Desk, city_with, opening};

const HEAD: &str = r#"
[procedure]
name = "simple-request"
title = "并行"
version = 2026-01-01
number = "P{date}{serial:6}"
form = "intake"
categories = "classes"
open_to_residents = true
levels = ["一般", "紧急"]
kinds = ["求助", "投诉"]
channels = ["电话", "网站"]
counters = { returns = 2 }
"#;

/// Intake opens two branches, one of them in two steps; the join waits for both.
const PARALLEL: &str = r#"
[[step]]
name = "intake"
title = "受理"
shows = "待受理"
who = { role = "clerk", unit = { named = "office" } }
[[step.exit]]
name = "split"
title = "分办"
to = ["roads", "trees"]
[[step]]
name = "roads"
title = "道路"
shows = "处置中"
who = { role = "handler", unit = { named = "works" } }
[[step.exit]]
name = "roads-done"
title = "完成"
to = "review"
[[step]]
name = "trees"
title = "绿化"
shows = "处置中"
who = { role = "handler", unit = { named = "parks" } }
[[step.exit]]
name = "trees-felled"
title = "伐完"
to = "replanting"
[[step]]
name = "replanting"
title = "补种"
shows = "处置中"
who = { role = "handler", unit = { named = "parks" } }
[[step.exit]]
name = "replanted"
title = "种完"
to = "review"
[[step]]
name = "review"
title = "审核"
shows = "待核查"
who = { role = "reviewer", unit = { named = "office" } }
joins = ["roads", "replanting"]
[[step.exit]]
name = "close"
title = "办结"
to = "closed"
effects = [{ do = "close", outcome = "solved" }]
[[step]]
name = "closed"
title = "已办结"
shows = "已办结"
"#;

fn desk(procedure: &str) -> Desk {
    let pack = city_with(&format!("{HEAD}{procedure}")).unwrap_or_else(|problems| panic!("{problems}"));
    Desk::of(pack, opening("P1"))
}

#[test]
fn a_join_waits_for_every_branch_however_long() {
    for order in [
        ["roads-done", "trees-felled", "replanted"],
        ["trees-felled", "roads-done", "replanted"],
        ["trees-felled", "replanted", "roads-done"],
    ] {
        let mut desk = desk(PARALLEL);
        desk.take("office.clerk", "split", json!({}));
        assert_eq!(desk.steps(), ["roads", "trees"]);
        for take in order {
            assert!(
                !desk.steps().contains(&"review".to_owned()),
                "{order:?}: review too early before {take}"
            );
            let by = if take == "roads-done" { "works.handler" } else { "parks.handler" };
            desk.take(by, take, json!({}));
        }
        assert_eq!(
            (desk.steps(), desk.state.status.as_str()),
            (vec!["review".to_owned()], "待核查"),
            "{order:?}"
        );
        desk.take("office.reviewer", "close", json!({}));
        assert!(!desk.state.is_open());
    }
}

/// Handling with co-handling units; both lead to the review.
const CO_HANDLING: &str = r#"
[[step]]
name = "intake"
title = "受理"
shows = "待受理"
who = { role = "clerk", unit = { named = "office" } }
[[step.exit]]
name = "dispatch"
title = "派单"
to = "handling"
form = "dispatch"
effects = [{ do = "dispatch" }]
[[step]]
name = "handling"
title = "办理"
shows = "处置中"
who = { role = "handler", unit = "lead" }
handles = true
[[step.exit]]
name = "done"
title = "办完"
to = "review"
[[step]]
name = "assist"
title = "协办"
shows = "处置中"
who = { role = "handler", unit = "co-handling" }
handles = true
[[step.exit]]
name = "assisted"
title = "协办完成"
to = "review"
[[step]]
name = "review"
title = "审核"
shows = "待核查"
who = { role = "reviewer", unit = { named = "office" } }
joins = ["handling", "assist"]
[[step.exit]]
name = "close"
title = "办结"
to = "closed"
effects = [{ do = "close", outcome = "solved" }]
[[step.exit]]
name = "lapse"
title = "期满"
to = "closed"
after = "call-back"
effects = [{ do = "close", outcome = "lapsed" }]
[[step]]
name = "closed"
title = "已办结"
shows = "已办结"
[[act]]
name = "co-handle"
title = "协办"
in = ["handling"]
who = { role = "clerk", unit = "any" }
form = "units"
effects = [{ do = "co-handle", step = "assist" }]
[[act]]
name = "reassign"
title = "改派"
in = ["handling"]
who = { role = "clerk", unit = "any" }
form = "dispatch"
effects = [{ do = "reassign" }]
[[act]]
name = "pause"
title = "挂起"
in = ["review"]
who = { role = "clerk", unit = "any" }
effects = [{ do = "pause-clocks" }]
[[act]]
name = "resume"
title = "恢复"
in = ["review"]
who = { role = "clerk", unit = "any" }
effects = [{ do = "resume-clocks" }]
"#;

#[test]
fn without_co_handling_units_nothing_waits() {
    let mut desk = desk(CO_HANDLING);
    desk.take("office.clerk", "dispatch", json!({})).take("works.handler", "done", json!({}));
    assert_eq!(desk.steps(), ["review"]);
}

#[test]
fn the_review_waits_for_co_handling_units() {
    let mut desk = desk(CO_HANDLING);
    desk.take("office.clerk", "dispatch", json!({}));
    assert_eq!(desk.refused("office.clerk", "co-handle", json!({"units": ["works"]})), "form-invalid");
    assert_eq!(desk.refused("office.clerk", "co-handle", json!({"units": ["moon"]})), "unknown-unit");
    desk.take("office.clerk", "co-handle", json!({"units": ["parks", "parks"]}));
    assert_eq!(desk.said(), ["cases.co_handled"]);
    assert_eq!(desk.steps(), ["handling", "assist"]);
    desk.take("works.handler", "done", json!({}));
    assert_eq!(desk.steps(), ["assist"]);
    desk.take("parks.handler", "assisted", json!({}));
    assert_eq!(desk.steps(), ["review"]);
    let units: Vec<String> = desk.state.units().iter().map(ToString::to_string).collect();
    assert_eq!(units, ["works", "parks", "office"]);
}

#[test]
fn a_reassigned_case_goes_to_the_new_unit() {
    let mut desk = desk(CO_HANDLING);
    desk.take("office.clerk", "dispatch", json!({}));
    assert_eq!(desk.refused("office.clerk", "reassign", json!({"unit": "works"})), "form-invalid");
    desk.take("office.clerk", "reassign", json!({"unit": "parks"}));
    assert_eq!((desk.lead(), desk.state.transfers), (Some("parks"), 1));
    assert_eq!(desk.refused("works.handler", "done", json!({})), "not-yours");
    desk.take("parks.handler", "done", json!({}));
}

#[test]
fn time_takes_an_exit_but_not_while_the_clock_stands_still() {
    let mut desk = desk(CO_HANDLING);
    desk.at("2026-11-24T10:00:00+08:00").take("office.clerk", "dispatch", json!({}));
    desk.take("works.handler", "done", json!({}));
    assert_eq!(desk.refused("office.reviewer", "lapse", json!({})), "not-offered");
    desk.at("2026-11-25T10:00:00+08:00").take("office.clerk", "pause", json!({}));
    assert!(desk.at("2026-12-10T10:00:00+08:00").sweep().is_empty());
    assert_eq!(desk.state.next_clock_at(desk.pack.calendar()), None);
    desk.take("office.clerk", "resume", json!({}));
    assert!(desk.at("2026-12-14T10:00:00+08:00").sweep().is_empty());
    assert_eq!(desk.at("2026-12-14T17:00:01+08:00").sweep(), ["cases.closed"]);
    assert_eq!(desk.state.outcome.as_deref(), Some("lapsed"));
}
