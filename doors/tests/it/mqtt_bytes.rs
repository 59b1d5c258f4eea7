//! Bytes that are wrong: each kind is refused by its name and counted, and no bytes at all make the broker stumble.

use std::time::Duration;

use baotu_doors::mqtt::Limits;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::mqtt_lab::{Lab, connect, packet, publish, subscribe, text};

/// The kept corpus: what clients must not send, a line each.
const CORPUS: &str = include_str!("mqtt_corpus.txt");

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("two hexadecimal digits");
    (0..hex.len()).step_by(2).map(digit).collect()
}

#[tokio::test]
async fn every_line_of_the_corpus_is_refused_by_its_name() {
    let lab = Lab::new().await;
    for line in CORPUS.lines().filter(|line| !line.starts_with('#')) {
        let [version, name, answer, hex, what] = line.split(" | ").collect::<Vec<_>>()[..] else {
            panic!("five columns: {line}");
        };
        let before = lab.refused(name);
        let mut raw = match version {
            "3" => lab.device("a", true).await.0,
            "5" => lab.device5("a", true, &[]).await.0,
            _ => lab.raw().await,
        };
        raw.say(&bytes(hex)).await;
        match (version, answer) {
            ("3", _) | ("-", "-") => {}
            ("5", code) => {
                let heard = raw.hear().await;
                assert_eq!((heard[0], &heard[2..3]), (0xE0, &bytes(code)[..]), "{what}: {heard:x?}");
            }
            (_, connack) if connack.len() > 2 => assert_eq!(raw.hear().await, bytes(connack), "{what}"),
            (_, code) => {
                let heard = raw.hear().await;
                assert_eq!((heard[0], &heard[3..4]), (0x20, &bytes(code)[..]), "{what}: {heard:x?}");
            }
        }
        raw.is_closed().await;
        lab.until(what, |lab| lab.refused(name) == before + 1).await;
    }
    assert!(lab.book.kept().is_empty(), "nothing of it reached the sink");
    lab.until("everyone to be gone", |lab| lab.broker.counts().connected == 0).await;
}

#[tokio::test]
async fn what_is_begun_and_not_finished_is_ended_in_time() {
    let limits = Limits { connect_seconds_max: 1, frame_seconds_max: 1, ..Limits::default() };
    let lab = Lab::with(limits, None).await;
    let mut half_connect = lab.raw().await;
    half_connect.say(&connect(4, "a", "a", true, &[])[..9]).await;
    let (mut half_publish, _) = lab.device5("b", true, &[]).await;
    half_publish.say(&publish(0x30, true, "things/b/x", 0, "1")[..7]).await;
    half_connect.is_closed().await;
    assert_eq!(half_publish.hear().await[2], 0x8D);
    lab.until_refused("connect_slow", 1).await;
    lab.until_refused("frame_unfinished", 1).await;
}

#[tokio::test]
async fn a_client_that_falls_silent_is_ended_after_one_and_a_half_times_its_keep_alive() {
    let lab = Lab::new().await;
    let mut raw = lab.raw().await;
    let mut silent = connect(5, "a", "a", true, &[]);
    silent[11] = 1;
    let begun = std::time::Instant::now();
    raw.say(&silent).await;
    assert_eq!(raw.hear().await[0], 0x20);
    let heard = raw.hear().await;
    assert_eq!((heard[0], heard[2]), (0xE0, 0x8D));
    assert!(begun.elapsed() >= Duration::from_millis(1_500));
    lab.until_refused("keep_alive", 1).await;
}

#[tokio::test]
async fn a_device_sees_nothing_of_another_and_another_does_not_get_its_session() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device5("a", false, &[0x11, 0, 0, 1, 0]).await;
    for filter in ["things/b/#", "#", "$share/g/things/b/x"] {
        device.say(&subscribe(true, filter, 0)).await;
        assert_eq!(device.hear().await, [0x90, 4, 0, 1, 0, 0x87], "{filter}");
    }
    let mut other = lab.raw().await;
    other.say(&connect(5, "a", "b", true, &[])).await;
    assert_eq!(other.hear().await[3], 0x85);
    lab.until_refused("session_of_another", 1).await;
    let (_taking, present) = lab.device5("a", false, &[0x11, 0, 0, 1, 0]).await;
    assert!(present, "its own next connection gets it");
    assert_eq!(device.hear().await, packet(0xE0, &[0x8E, 0]));
}

#[tokio::test]
async fn more_than_the_receive_maximum_is_refused() {
    let lab = Lab::with(Limits { publishes_in_flight_max: 2, ..Limits::default() }, None).await;
    let (mut device, _) = lab.device5("a", true, &[]).await;
    for id in 1..=3 {
        device.say(&publish(0x34, true, "things/a/x", id, "1")).await;
    }
    let mut heard = device.hear().await;
    while heard[0] == 0x50 {
        heard = device.hear().await;
    }
    assert_eq!((heard[0], heard[2]), (0xE0, 0x93));
}

#[tokio::test]
async fn a_topic_that_is_too_deep_or_a_subscription_too_many_is_refused_and_the_client_stays() {
    let lab =
        Lab::with(Limits { subscriptions_max: 1, topic_levels_max: 4, ..Limits::default() }, None).await;
    let (mut device, _) = lab.device5("a", true, &[]).await;
    device.say(&publish(0x32, true, "things/a/1/2/3", 1, "x")).await;
    assert_eq!(device.hear().await[2..5], [0, 1, 0x90]);
    for (filter, code) in
        [("things/a/1", 1), ("things/a/1", 1), ("things/a/2", 0x97), ("things/a/1/2/3", 0x8F)]
    {
        device.say(&subscribe(true, filter, 1)).await;
        assert_eq!(device.hear().await, [0x90, 4, 0, 1, 0, code], "{filter}");
    }
    device.say(&[0xC0, 0]).await;
    assert_eq!(device.hear().await, [0xD0, 0]);
}

/// Bytes as they come: noise, or a packet of a known type with noise inside.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let body = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(any::<u8>(), 0..24).prop_map(|rest| [text("things/a/x"), rest].concat()),
        prop::collection::vec(any::<u8>(), 0..24).prop_map(|rest| [text("MQTT"), rest].concat()),
    ];
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        (any::<u8>(), body).prop_map(|(first, body)| packet(first, &body)),
    ]
}

#[test]
fn no_bytes_make_the_broker_stumble() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let lab = runtime.block_on(Lab::new());
    let config = Config { cases: 512, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new(config);
    let begins = prop::sample::select(vec![0, 4, 5]);
    let result = runner.run(&(begins, prop::collection::vec(noise(), 1..4)), |(level, packets)| {
        runtime.block_on(async {
            let raw = match level {
                0 => lab.raw().await,
                4 => lab.device("a", true).await.0,
                _ => lab.device5("a", true, &[]).await.0,
            };
            raw.shout(&packets.concat()).await;
            // Whoever comes next is served.
            let (mut next, _) = lab.device("b", true).await;
            next.say(&[0xC0, 0]).await;
            prop_assert_eq!(next.hear().await, vec![0xD0, 0]);
            Ok(())
        })
    });
    result.expect("served after any bytes");
    runtime.block_on(lab.until("everyone to be gone", |lab| lab.broker.counts().connected == 0));
}
