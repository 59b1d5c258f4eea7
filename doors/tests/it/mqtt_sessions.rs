//! What lives longer than a connection: subscriptions, queues, wills, retained messages; and who gets what.

use baotu_doors::mqtt::{Delivered, Limits, Qos};

use crate::mqtt_lab::{Lab, Raw, connect, packet, publish, subscribe, text};

/// Session Expiry Interval of an hour.
const AN_HOUR: [u8; 5] = [0x11, 0, 0, 0x0E, 0x10];

async fn subscribed(raw: &mut Raw, v5: bool, filter: &str, options: u8) {
    raw.say(&subscribe(v5, filter, options)).await;
    assert_eq!(raw.hear().await.last(), Some(&(options & 3)), "{filter}");
}

#[tokio::test]
async fn what_was_not_acknowledged_comes_again_and_what_came_meanwhile_after_it() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device("a", false).await;
    subscribed(&mut device, false, "things/a/#", 2).await;
    let told = |qos| lab.broker.publish("things/a/do", "1", qos, false).expect("a topic");
    assert_eq!(told(Qos::ExactlyOnce), Delivered { sessions: 1, connected: 1 });
    let first = device.hear().await;
    assert_eq!(first, publish(0x34, false, "things/a/do", 1, "1"));
    drop(device);
    lab.until("gone", |lab| lab.broker.counts().connected == 0).await;
    assert_eq!(told(Qos::AtLeastOnce), Delivered { sessions: 1, connected: 0 });
    assert_eq!(told(Qos::AtMostOnce), Delivered::default(), "QoS 0 is not kept for who is away");
    let (mut device, present) = lab.device("a", false).await;
    assert!(present);
    assert_eq!(device.hear().await, publish(0x3C, false, "things/a/do", 1, "1"), "with DUP");
    assert_eq!(device.hear().await, publish(0x32, false, "things/a/do", 2, "1"));
    device.say(&[0x50, 2, 0, 1]).await;
    assert_eq!(device.hear().await, [0x62, 2, 0, 1]);
    drop(device);
    let (mut device, _) = lab.device("a", false).await;
    assert_eq!(device.hear().await, [0x62, 2, 0, 1], "only PUBREL is left of it (4.3.3)");
    assert_eq!(device.hear().await, publish(0x3A, false, "things/a/do", 2, "1"));
    device.say(&[0x70, 2, 0, 1]).await;
    device.say(&[0x40, 2, 0, 2]).await;
    device.is_quiet().await;
}

#[tokio::test]
async fn a_client_is_sent_no_more_than_it_takes_at_once_and_nothing_larger() {
    let lab = Lab::new().await;
    // Receive Maximum 1, Maximum Packet Size 40, Topic Alias Maximum 1.
    let (mut device, _) = lab.device5("a", true, &[0x21, 0, 1, 0x27, 0, 0, 0, 40, 0x22, 0, 1]).await;
    subscribed(&mut device, true, "things/a/#", 1).await;
    for payload in ["1", &"x".repeat(40), "3"] {
        assert!(lab.broker.publish("things/a/do", payload.to_owned(), Qos::AtLeastOnce, false).is_ok());
    }
    let with_alias = [text("things/a/do"), vec![0, 1, 3, 0x23, 0, 1], b"1".to_vec()].concat();
    assert_eq!(device.hear().await, packet(0x32, &with_alias));
    device.is_quiet().await;
    device.say(&[0x40, 2, 0, 1]).await;
    let by_alias = [text(""), vec![0, 2, 3, 0x23, 0, 1], b"3".to_vec()].concat();
    assert_eq!(device.hear().await, packet(0x32, &by_alias), "what is larger than it takes is left out");
    assert_eq!(lab.refused("message_too_large_for_client"), 1);
}

#[tokio::test]
async fn a_queue_has_an_end_that_is_counted() {
    let lab = Lab::with(Limits { queue_messages_max: 2, ..Limits::default() }, None).await;
    let (mut device, _) = lab.device("a", false).await;
    subscribed(&mut device, false, "things/a/#", 1).await;
    drop(device);
    lab.until("gone", |lab| lab.broker.counts().connected == 0).await;
    for sessions in [1, 1, 0] {
        let delivered = lab.broker.publish("things/a/do", "1", Qos::AtLeastOnce, false);
        assert_eq!(delivered, Ok(Delivered { sessions, connected: 0 }));
    }
    assert_eq!(lab.refused("queue_full"), 1);
}

/// CONNECT of MQTT 5 with a will, a keep alive of 0, and properties of both.
fn connect_with_will(user: &str, properties: &[u8], will: &[u8]) -> Vec<u8> {
    let mut body = [text("MQTT"), vec![5, 0xC6, 0, 0, properties.len() as u8], properties.to_vec()].concat();
    body.extend(text(user));
    body.push(will.len() as u8);
    body.extend_from_slice(will);
    body.extend(
        [text(&format!("things/{user}/state")), text("gone"), text(user), text(&format!("{user}'s"))]
            .concat(),
    );
    packet(0x10, &body)
}

#[tokio::test]
async fn a_will_is_sent_when_its_client_is_lost_and_dropped_when_it_says_goodbye() {
    let lab = Lab::new().await;
    let (mut city, _) = lab.device("city", true).await;
    subscribed(&mut city, false, "things/#", 0).await;
    let enter = async |user: &str, properties: &[u8], will: &[u8]| {
        let mut raw = lab.raw().await;
        raw.say(&connect_with_will(user, properties, will)).await;
        assert_eq!(raw.hear().await[3], 0);
        raw
    };
    let state = |user: &str| publish(0x30, false, &format!("things/{user}/state"), 0, "gone");
    drop(enter("lost", &[], &[]).await);
    assert_eq!(city.hear().await, state("lost"));
    enter("polite", &[], &[]).await.say(&[0xE0, 0]).await;
    enter("worried", &[], &[]).await.say(&[0xE0, 1, 4]).await;
    assert_eq!(city.hear().await, state("worried"), "DISCONNECT with will");
    let delay = [0x18, 0, 0, 0, 1];
    drop(enter("back", &AN_HOUR, &delay).await);
    lab.until("gone", |lab| lab.broker.counts().connected == 1).await;
    let (_back, present) = lab.device5("back", false, &AN_HOUR).await;
    assert!(present);
    drop(enter("late", &AN_HOUR, &delay).await);
    city.is_quiet().await;
    assert_eq!(city.hear().await, state("late"), "after its delay, and none of who came back");
    drop(enter("short", &[0x11, 0, 0, 0, 1], &[0x18, 0, 0, 0x0E, 0x10]).await);
    assert_eq!(city.hear().await, state("short"), "no later than its session ends");
    assert_eq!(lab.book.kept().len(), 4, "a will passes the sink as any message");
}

#[tokio::test]
async fn a_session_ends_when_its_time_is_over() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device5("a", true, &[0x11, 0, 0, 0, 1]).await;
    subscribed(&mut device, true, "things/a/#", 1).await;
    drop(device);
    lab.until("the session to end", |lab| lab.broker.counts().sessions == 0).await;
    assert_eq!(lab.broker.publish("things/a/do", "", Qos::AtLeastOnce, false), Ok(Delivered::default()));
    let (_device, present) = lab.device5("a", false, &[]).await;
    assert!(!present);
}

#[tokio::test]
async fn retained_messages_wait_for_who_asks_for_them() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device("a", true).await;
    device.say(&publish(0x33, false, "things/a/state", 1, "on")).await;
    assert_eq!(device.hear().await, [0x40, 2, 0, 1]);
    let (mut city, _) = lab.device5("city", true, &[]).await;
    let on = publish(0x31, true, "things/a/state", 0, "on");
    // Retain Handling 0, 0 again, 1 for a filter that was there, 2, a shared one: only the first two bring it.
    for (filter, options, comes) in [
        ("things/#", 0, true),
        ("things/#", 0, true),
        ("things/#", 0x10, false),
        ("things/+/state", 0x20, false),
        ("$share/g/things/+/state", 0, false),
    ] {
        subscribed(&mut city, true, filter, options).await;
        if comes {
            assert_eq!(city.hear().await, on, "{filter} {options:x}");
        }
        city.is_quiet().await;
    }
    device.say(&publish(0x31, false, "things/a/state", 0, "")).await;
    lab.until("forgotten", |lab| lab.broker.counts().retained == 0).await;
}

#[tokio::test]
async fn a_client_without_a_name_is_given_one() {
    let lab = Lab::new().await;
    let mut raw = lab.raw().await;
    raw.say(&connect(5, "", "a", true, &[])).await;
    let connack = raw.hear().await;
    let assigned = [vec![0x12], text("baotu-01010101010101010101")].concat();
    assert!(connack.windows(assigned.len()).any(|window| window == assigned), "{connack:x?}");
}

#[tokio::test]
async fn a_revoked_principal_is_sent_away() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device5("a", true, &[]).await;
    assert_eq!(lab.broker.revoke("a"), 1);
    assert_eq!(device.hear().await, packet(0xE0, &[0x87, 0]));
    lab.until("gone", |lab| lab.broker.counts().connected == 0).await;
    assert_eq!(lab.broker.revoke("a"), 0);
}

#[tokio::test]
async fn there_is_room_for_so_many_connections() {
    let lab = Lab::with(Limits { connections_max: 1, ..Limits::default() }, None).await;
    let (device, _) = lab.device("a", true).await;
    lab.raw().await.is_closed().await;
    lab.until_refused("connections_full", 1).await;
    drop(device);
}
