//! Making notices and getting short messages out: once for a cause, past a broken gateway, never too many, never at
//! night.

use baotu_notices::contracts::SendArguments;
use baotu_notices::{
    ATTEMPTS_MAX, BACKOFF_SECONDS, DeliveryState, OutboxItem, PROVIDER_FAILURES_MAX, SendFault,
};
use baotu_storage::Store;
use baotu_storage::testing::stores;
use baotu_vocabulary::{Refusal as _, Surroundings as _};

use crate::given::{self, Clock, GatewayScript, PHONE, deliver_all, gateway, gateway_entry, order, outbox};

const NOON: &str = "2026-11-24T12:00:00+08:00";

async fn events(store: &Store) -> Vec<(String, serde_json::Value)> {
    let start = baotu_storage::Position::default();
    let logged = store.events_after(start, 100).await.expect("the store answers");
    logged.into_iter().map(|logged| (logged.event.kind, logged.event.data)).collect()
}

fn count(items: &[OutboxItem], state: DeliveryState) -> usize {
    items.iter().filter(|item| item.state == state).count()
}

#[tokio::test]
async fn one_cause_gives_one_notice_one_message_and_one_event() {
    for test in stores().await {
        let script = GatewayScript::default();
        script.answers(200, r#"{"id": 4711}"#);
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &gateway_entry("first", gateway(&script).await));
        let first = notices.send(&order("dispatched"), "event-1/told").await.expect("it is made");
        let again = notices.send(&order("dispatched"), "event-1/told").await.expect("it is made");
        assert_eq!(first, again);
        deliver_all(&notices).await;
        // Asked for once more after it went out.
        notices.send(&order("dispatched"), "event-1/told").await.expect("it is made");
        deliver_all(&notices).await;

        let bodies = script.bodies();
        assert_eq!(bodies.len(), 1, "one message went out: {bodies:?}");
        let body: serde_json::Value = serde_json::from_str(&bodies[0]).expect("JSON");
        assert_eq!(body["to"], PHONE);
        assert_eq!(body["text"], "工单JN20261124000017已派济南市城市管理局，2026年12月1日前答复。");
        assert_eq!(body["ref"], format!("{first}.sms"));
        assert_eq!(script.requests.lock().unwrap()[0].0["x-key"], "k");

        let outbox = outbox(&notices).await;
        assert_eq!(outbox.len(), 1);
        let item = &outbox[0];
        assert_eq!((item.state, item.attempts), (DeliveryState::Accepted, 1));
        assert_eq!((item.provider.as_deref(), item.message_id.as_deref()), (Some("first"), Some("4711")));
        assert_eq!(item.address.as_deref(), Some("138****5678"));
        let events = events(&test.store).await;
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].0, "notices.sent");
        assert!(!events[0].1.to_string().contains(PHONE));
        assert_eq!(test.store.jobs(None, None, 10).await.expect("jobs").len(), 0);
    }
}

#[tokio::test]
async fn a_broken_or_hanging_gateway_is_passed_over_and_rests_once_it_failed_often() {
    for test in stores().await {
        let (broken, hanging, working) =
            (GatewayScript::default(), GatewayScript::default(), GatewayScript::default());
        broken.answers(500, &format!("cannot send to {PHONE}"));
        working.answers(200, r#"{"id": "m-1"}"#);
        let config = gateway_entry("broken", gateway(&broken).await)
            + &gateway_entry("hanging", gateway(&hanging).await)
            + &gateway_entry("working", gateway(&working).await);
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &config);
        let told = PROVIDER_FAILURES_MAX + 2;
        for ordinal in 0..told {
            notices.send(&order("dispatched"), &format!("cause-{ordinal}")).await.expect("it is made");
            deliver_all(&notices).await;
        }
        assert_eq!(working.bodies().len(), told as usize, "each got there once");
        assert_eq!(broken.bodies().len(), PROVIDER_FAILURES_MAX as usize, "it rests after that");
        assert_eq!(hanging.bodies().len(), PROVIDER_FAILURES_MAX as usize, "it rests after that");
        assert!(outbox(&notices).await.iter().all(|item| item.provider.as_deref() == Some("working")));
    }
}

#[tokio::test]
async fn when_all_fail_it_waits_longer_each_time_and_is_given_up_in_the_end() {
    for test in stores().await {
        let script = GatewayScript::default();
        script.answers(503, &format!("{PHONE} 暂不可用"));
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &gateway_entry("only", gateway(&script).await));
        notices.send(&order("dispatched"), "cause").await.expect("it is made");
        assert_eq!(deliver_all(&notices).await, 1);
        for seconds in BACKOFF_SECONDS {
            clock.pass_seconds(seconds - 1);
            assert_eq!(deliver_all(&notices).await, 0, "not before {seconds} s");
            clock.pass_seconds(1);
            assert_eq!(deliver_all(&notices).await, 1, "after {seconds} s");
        }
        let item = outbox(&notices).await.remove(0);
        assert_eq!((item.state, item.attempts), (DeliveryState::Failed, ATTEMPTS_MAX));
        assert_eq!(item.reason.as_deref(), Some("only：短信网关答复 HTTP 503"));
        assert_eq!(events(&test.store).await.last().expect("an event").0, "notices.failed");
        assert_eq!(test.store.jobs(None, None, 10).await.expect("jobs").len(), 0);
    }
}

#[tokio::test]
async fn a_message_that_is_refused_is_not_tried_again() {
    for test in stores().await {
        let script = GatewayScript::default();
        script.answers(422, "");
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &gateway_entry("only", gateway(&script).await));
        notices.send(&order("dispatched"), "cause").await.expect("it is made");
        deliver_all(&notices).await;
        clock.pass_seconds(100_000);
        assert_eq!(deliver_all(&notices).await, 0);
        assert_eq!(outbox(&notices).await[0].state, DeliveryState::Failed);
    }
}

#[tokio::test]
async fn a_gateway_that_answers_200_to_everything_is_read() {
    for test in stores().await {
        let script = GatewayScript::default();
        script.answers(200, r#"{"code": 17, "id": "x"}"#);
        let clock = Clock::at(NOON);
        let config = gateway_entry("only", gateway(&script).await)
            + "accepted = { pointer = \"/code\", equals = \"0\" }\n";
        let notices = given::notices(&test.store, &clock, &config);
        notices.send(&order("dispatched"), "cause").await.expect("it is made");
        deliver_all(&notices).await;
        let item = outbox(&notices).await.remove(0);
        assert_eq!(item.state, DeliveryState::Waiting);
        assert_eq!(item.reason.as_deref(), Some("only：短信网关没有接受（17）"));
        script.answers(200, r#"{"code": 0, "id": "x"}"#);
        clock.pass_seconds(BACKOFF_SECONDS[0]);
        deliver_all(&notices).await;
        assert_eq!(outbox(&notices).await[0].state, DeliveryState::Accepted);
    }
}

#[tokio::test]
async fn nobody_gets_more_in_a_day_than_the_quota_and_a_second_try_costs_nothing() {
    for test in stores().await {
        let script = GatewayScript::default();
        script.answers(500, "");
        let clock = Clock::at(NOON);
        let gateway = gateway_entry("only", gateway(&script).await);
        let notices =
            given::notices(&test.store, &clock, &format!("quotas = {{ sms_per_day = 2 }}\n{gateway}"));
        notices.send(&order("dispatched"), "cause-0").await.expect("it is made");
        deliver_all(&notices).await;
        script.answers(200, "{}");
        clock.pass_seconds(BACKOFF_SECONDS[0]);
        for cause in ["cause-1", "cause-2"] {
            notices.send(&order("dispatched"), cause).await.expect("it is made");
        }
        deliver_all(&notices).await;
        let items = outbox(&notices).await;
        assert_eq!(count(&items, DeliveryState::Accepted), 2);
        assert_eq!(count(&items, DeliveryState::OverQuota), 1);
        // The next day of the city has a quota of its own.
        clock.pass_seconds(12 * 3_600);
        notices.send(&order("dispatched"), "cause-3").await.expect("it is made");
        deliver_all(&notices).await;
        assert_eq!(count(&outbox(&notices).await, DeliveryState::Accepted), 3);
    }
}

#[tokio::test]
async fn nothing_rings_at_night_except_what_may() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T22:00:00+08:00");
        let config = r#"
            [quiet_hours]
            from = "21:00"
            to = "07:30"
            channels = ["sms"]
            except = ["flood-warning"]"#;
        let notices = given::notices(&test.store, &clock, config);
        notices.send(&order("dispatched"), "cause").await.expect("it is made");
        notices.send(&order("flood-warning"), "flood").await.expect("it is made");
        assert_eq!(deliver_all(&notices).await, 1);
        let next = test.store.next_run_at().await.expect("the store answers").expect("a waiting job");
        assert_eq!(next.to_string(), "2026-11-24T23:30:00Z");
        clock.pass_seconds(next.micros_since(clock.now()) / 1_000_000);
        assert_eq!(deliver_all(&notices).await, 1);
        let items = outbox(&notices).await;
        assert_eq!(count(&items, DeliveryState::Accepted), 2);
        assert!(items.iter().all(|item| item.provider.as_deref() == Some("log")), "nothing left the house");
    }
}

#[tokio::test]
async fn who_has_no_address_gets_none_and_a_broken_seal_is_tried_again() {
    for test in stores().await {
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, "");
        let to = |contact: &str| SendArguments {
            to_person: None,
            to_contact: Some(contact.to_owned()),
            ..order("dispatched")
        };
        notices.send(&to("case:1"), "cause-1").await.expect("it is made");
        notices.send(&to("case:unreadable"), "cause-2").await.expect("it is made");
        deliver_all(&notices).await;
        let items = outbox(&notices).await;
        assert_eq!(count(&items, DeliveryState::NoAddress), 1);
        assert_eq!(count(&items, DeliveryState::Waiting), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_said_is_refused_and_leaves_nothing() {
    for test in stores().await {
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, "");
        let mut without = order("dispatched");
        without.values.remove("unit");
        let mut null = order("dispatched");
        null.values.insert("unit".to_owned(), serde_json::Value::Null);
        let nobody = SendArguments { to_person: None, ..order("dispatched") };
        let both = SendArguments { to_unit: Some("office".into()), ..order("dispatched") };
        let table = [
            (order("no-such"), "c".to_owned(), "unknown-template"),
            (without, "c".to_owned(), "value-missing"),
            (null, "c".to_owned(), "value-missing"),
            (nobody, "c".to_owned(), "not-one-recipient"),
            (both, "c".to_owned(), "not-one-recipient"),
            (order("dispatched"), String::new(), "cause-unfit"),
            (order("dispatched"), "c".repeat(301), "cause-unfit"),
        ];
        for (order, cause, code) in table {
            match notices.send(&order, &cause).await {
                Err(SendFault::Refused(refused)) => assert_eq!(refused.code(), code),
                other => panic!("{code}: {other:?}"),
            }
        }
        assert!(outbox(&notices).await.is_empty());
    }
}
