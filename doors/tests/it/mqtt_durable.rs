//! What is acknowledged is kept: PUBACK and PUBREC after the sink has answered, in order, once.

use crate::mqtt_lab::{Lab, packet, publish, subscribe};

#[tokio::test]
async fn no_acknowledgement_comes_before_the_sink_has_answered() {
    let lab = Lab::new().await;
    let (mut city, _) = lab.device5("city", true, &[]).await;
    city.say(&subscribe(true, "things/#", 1)).await;
    assert_eq!(city.hear().await, [0x90, 4, 0, 1, 0, 1]);
    let (mut device, _) = lab.device("a", true).await;
    device.say(&publish(0x32, false, "things/a/slow", 1, "1")).await;
    device.is_quiet().await;
    city.is_quiet().await;
    lab.book.release(1);
    assert_eq!(device.hear().await, [0x40, 2, 0, 1]);
    assert_eq!(city.hear().await, publish(0x32, true, "things/a/slow", 1, "1"));
}

#[tokio::test]
async fn acknowledgements_keep_the_order_of_their_messages() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device5("a", true, &[]).await;
    device.say(&publish(0x32, true, "things/a/slow", 1, "")).await;
    device.say(&publish(0x34, true, "things/a/x", 2, "")).await;
    device.say(&publish(0x32, true, "things/a/x", 3, "")).await;
    lab.until("three with the sink at once", |lab| lab.book.asked() == 3).await;
    device.is_quiet().await;
    lab.book.release(1);
    for expected in [[0x40, 2, 0, 1], [0x50, 2, 0, 2], [0x40, 2, 0, 3]] {
        assert_eq!(device.hear().await, expected);
    }
}

#[tokio::test]
async fn what_the_sink_could_not_keep_is_never_acknowledged() {
    let lab = Lab::new().await;
    let (mut city, _) = lab.device("city", true).await;
    city.say(&subscribe(false, "things/#", 1)).await;
    city.hear().await;
    for (first, kind) in [(0x32, 0x40), (0x34, 0x50)] {
        let (mut newer, _) = lab.device5("a", true, &[]).await;
        newer.say(&publish(first, true, "things/a/full", 1, "x")).await;
        let ack = newer.hear().await;
        assert_eq!((ack[0], &ack[2..5]), (kind, &[0, 1, 0x80][..]), "MQTT 5 is told");
        let (mut older, _) = lab.device("b", true).await;
        older.say(&publish(first, false, "things/b/full", 1, "x")).await;
        older.is_closed().await;
    }
    assert_eq!((lab.refused("sink_fault"), lab.refused("unsaved")), (4, 2));
    city.is_quiet().await;
}

#[tokio::test]
async fn what_is_refused_for_good_is_told_to_mqtt_5_and_not_sent_for_ever_by_3_1_1() {
    let lab = Lab::new().await;
    for (topic, code, name) in
        [("things/a/bad", 0x99, "payload_invalid"), ("things/b/x", 0x87, "publish_not_authorised")]
    {
        let (mut newer, _) = lab.device5("a", true, &[]).await;
        newer.say(&publish(0x32, true, topic, 1, "x")).await;
        assert_eq!(newer.hear().await[2..5], [0, 1, code]);
        let (mut older, _) = lab.device("a", true).await;
        older.say(&publish(0x32, false, topic, 1, "x")).await;
        assert_eq!(older.hear().await, [0x40, 2, 0, 1], "MQTT-3.3.5-2 of 3.1.1");
        assert_eq!(lab.refused(name), 2);
    }
    assert!(lab.book.kept().is_empty());
}

#[tokio::test]
async fn a_message_of_qos_2_is_kept_once_over_a_lost_connection() {
    let lab = Lab::new().await;
    let message = publish(0x34, false, "things/a/x", 7, "1");
    let again = publish(0x3C, false, "things/a/x", 7, "1");
    let (mut device, present) = lab.device("a", false).await;
    assert!(!present);
    device.say(&message).await;
    assert_eq!(device.hear().await, [0x50, 2, 0, 7]);
    drop(device);
    let (mut device, present) = lab.device("a", false).await;
    assert!(present);
    device.say(&again).await;
    assert_eq!(device.hear().await, [0x50, 2, 0, 7]);
    assert_eq!(lab.book.kept().len(), 1);
    device.say(&[0x62, 2, 0, 7]).await;
    assert_eq!(device.hear().await, [0x70, 2, 0, 7]);
    device.say(&message).await;
    assert_eq!(device.hear().await, [0x50, 2, 0, 7]);
    assert_eq!(lab.book.kept().len(), 2, "a new message under the identifier that is free again");
}

#[tokio::test]
async fn a_connection_waits_until_the_sink_has_settled_what_the_last_one_sent() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device("a", false).await;
    device.say(&publish(0x34, false, "things/a/slow", 7, "1")).await;
    lab.until("with the sink", |lab| lab.book.asked() == 1).await;
    drop(device);
    let mut next = lab.raw().await;
    next.say(&crate::mqtt_lab::connect(4, "a", "a", false, &[])).await;
    next.is_quiet().await;
    lab.book.release(1);
    assert_eq!(next.hear().await, [0x20, 2, 1, 0]);
    next.say(&publish(0x3C, false, "things/a/slow", 7, "1")).await;
    assert_eq!(next.hear().await, [0x50, 2, 0, 7]);
    assert_eq!(lab.book.asked(), 1, "the sink is not asked twice");
}

#[tokio::test]
async fn closing_waits_for_the_sink_and_tells_why() {
    let lab = Lab::new().await;
    let (mut device, _) = lab.device5("a", true, &[]).await;
    device.say(&publish(0x32, true, "things/a/slow", 1, "")).await;
    lab.until("with the sink", |lab| lab.book.asked() == 1).await;
    let closing = tokio::spawn({
        let broker = lab.broker.clone();
        async move { broker.close().await }
    });
    assert_eq!(device.hear().await, packet(0xE0, &[0x8B, 0]));
    assert!(!closing.is_finished());
    lab.book.release(1);
    closing.await.expect("closed");
    assert_eq!(lab.broker.counts().connected, 0);
}
