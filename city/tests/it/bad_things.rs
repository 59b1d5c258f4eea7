//! Bad input of things at every door: refused or flagged by name, counted, and shown on the thing's page; nothing of it is
//! kept but what is flagged.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::TcpStream;
use std::time::Duration;

use baotu_protocols::hj212::frame;
use jiff::{Timestamp, ToSpan};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::city::City;
use crate::devices::{Device, Hj212, Mqtt, OPERATOR, Told, post, report};
use crate::people::Person;

/// Bytes of a frame that no door takes.
const MUCH: usize = 1 << 20;
/// Frames with a wrong checksum.
const FLOOD: u64 = 500;
/// How long an answer that must not come is waited for.
const SILENCE: Duration = Duration::from_millis(500);

/// A city whose operator reads the page of one thing.
struct Page<'c> {
    city: &'c City,
    operator: Person<'c>,
    client: Client,
}

impl<'c> Page<'c> {
    fn of(city: &'c City) -> Self {
        Self { city, operator: Person::with_role(city, OPERATOR, None), client: Client::new() }
    }

    /// How often what of the thing was refused or flagged.
    fn of_thing(&self, device: &Device) -> BTreeMap<String, u64> {
        let told = self.operator.get(&format!("/api/things/{}", device.id)).with(200);
        let mut counts = BTreeMap::new();
        for row in told["mishaps"].as_array().expect("mishaps") {
            let code = row["code"].as_str().expect("a code").to_owned();
            *counts.entry(code).or_default() += row["count"].as_u64().expect("a count");
        }
        counts
    }

    /// Waits until the page of the thing shows exactly this.
    #[track_caller]
    fn shows(&self, device: &Device, wanted: &[(&str, u64)]) {
        let wanted: BTreeMap<String, u64> =
            wanted.iter().map(|(code, count)| ((*code).to_owned(), *count)).collect();
        let sees = || self.of_thing(device);
        let path = format!("/api/things/{}", device.id);
        if sees() != wanted {
            self.operator.sees_within(Duration::from_secs(10), &path, |_| {
                sees().values().sum::<u64>() >= wanted.values().sum()
            });
        }
        assert_eq!(sees(), wanted);
    }

    /// Posts a message: status and code of the problem.
    fn posts(&self, device: &Device, body: impl Into<reqwest::blocking::Body>) -> (u16, String) {
        let request = self.client.post(self.city.url("/things/readings")).body(body);
        let answer = request.basic_auth(&device.code, Some(&device.secret)).send().expect("the city answers");
        let status = answer.status().as_u16();
        let body: Value = answer.json().expect("JSON");
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    }

    /// How many readings the city has of a property.
    fn kept(&self, device: &Device, property: &str) -> usize {
        let page = self.operator.get(&format!("/api/things/{}/series/{property}", device.id)).with(200);
        page["readings"].as_array().expect("readings").len()
    }

    /// What the city counts under a name for whoever runs it, whatever its labels but this one.
    fn counted(&self, name: &str, label: &str) -> u64 {
        let told = self.operator.get("/metrics").text;
        let lines = told.lines().filter(|line| line.starts_with(name) && line.contains(label));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
    }
}

fn quiet_city() -> City {
    City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "error"])
}

#[test]
fn bad_messages_are_refused_by_name_over_http() {
    let city = quiet_city();
    let page = Page::of(&city);
    let lamp = Device::registered(&page.operator, "lamp-pole", "LAMP-1");
    let other = Device::registered(&page.operator, "lamp-pole", "LAMP-2");
    let stranger = Device { secret: "another".to_owned(), ..lamp.clone() };
    let message = |at: Timestamp, value: Value| {
        json!({"time": at.to_string(), "values": {"lamp-power": value}}).to_string()
    };
    let now = Timestamp::now();
    let years = 24 * 365 * 5;
    let tries = [
        (&stranger, message(now, json!(1)), 401, "wrong-credentials"),
        (&lamp, message(now + years.hours(), json!(1)), 422, "clock-ahead"),
        (&lamp, message(now - years.hours(), json!(1)), 422, "clock-behind"),
        (&lamp, message(now, json!({"value": 1, "unit": "kW"})), 422, "unit-mismatch"),
        (&lamp, r#"{"values": {"lamp-power": NaN}}"#.to_owned(), 422, "not-json"),
        (&lamp, message(now, json!("NaN")), 422, "value-not-finite"),
        (&lamp, message(now, json!("high")), 422, "value-not-a-number"),
        (&lamp, json!({"values": {"ph": 7}}).to_string(), 422, "property-unknown"),
        (&lamp, json!({"lamp-power": 7}).to_string(), 422, "message-shape"),
        (
            &lamp,
            json!({"time": "yesterday", "values": {"lamp-power": 7}}).to_string(),
            422,
            "time-unreadable",
        ),
        (&lamp, "x".repeat(MUCH), 422, "not-json"),
        (&lamp, " ".repeat(5 * MUCH), 413, "body-too-large"),
    ];
    for (device, body, status, code) in tries {
        let begins: String = body.chars().take(60).collect();
        assert_eq!(page.posts(device, body), (status, code.to_owned()), "{begins}");
    }
    // The times of InfluxDB's lines name their thing, which must be the one that signs in.
    let line = page.client.post(city.url("/influx/write")).body("readings,thing=LAMP-2 lamp-power=1");
    let answer = line.basic_auth(&lamp.code, Some(&lamp.secret)).send().expect("an answer");
    println!("a line of another: {}", answer.status());
    assert_eq!(answer.status().as_u16(), 422);
    assert_eq!(page.kept(&lamp, "lamp-power"), 0);
    // Out of range is kept with its flag; a probe that said nothing is left out.
    let beyond = json!({"values": {"lamp-power": 9_999.0, "leak-current": null}});
    assert_eq!(post(&page.client, &city.address, &lamp, &beyond).map(|(status, _)| status), Some(200));
    assert_eq!((page.kept(&lamp, "lamp-power"), page.kept(&lamp, "leak-current")), (1, 0));
    page.shows(
        &lamp,
        &[
            ("body-too-large", 1),
            ("clock-ahead", 1),
            ("clock-behind", 1),
            ("foreign-thing", 1),
            ("message-shape", 1),
            ("not-json", 2),
            ("out-of-range", 1),
            ("property-unknown", 1),
            ("time-unreadable", 1),
            ("unit-mismatch", 1),
            ("value-missing", 1),
            ("value-not-a-number", 1),
            ("value-not-finite", 1),
            ("wrong-credentials", 1),
        ],
    );
    page.shows(&other, &[]);
    // What was counted outlives a start.
    let again = page.operator.post("/api/things", &json!({"code": "LAMP-1", "kind": "lamp-pole"}));
    assert_eq!((again.status, again.code()), (409, "code-taken"), "a code is given once");
}

#[test]
fn bad_packets_are_refused_by_name_over_mqtt() {
    let city = quiet_city();
    let page = Page::of(&city);
    let lamp = Device::registered(&page.operator, "lamp-pole", "LAMP-1");
    let other = Device::registered(&page.operator, "lamp-pole", "LAMP-2");
    let door = city.door("mqtt");
    let connect = |device: &Device| Mqtt::connect(door, device);
    let stranger = Device { secret: "another".to_owned(), ..lamp.clone() };
    let refused = connect(&stranger).map(drop).expect_err("a wrong secret");
    assert!(refused.to_string().contains("134"), "0x86 is bad user name or password: {refused}");

    let mut mqtt = connect(&lamp).expect("its own secret");
    let good = json!({"values": {"lamp-power": 40}}).to_string();
    let now = Timestamp::now();
    let ahead = json!({"time": (now + 90_000.hours()).to_string(), "values": {"lamp-power": 1}}).to_string();
    let own = lamp.topic();
    for (topic, payload, reason) in [
        (other.topic(), good.as_str(), 0x87),
        (format!("things/{}/commands", lamp.code), &good, 0x87),
        (format!("things/{}/elsewhere", lamp.code), &good, 0x90),
        (own.clone(), "{", 0x99),
        (own.clone(), &ahead, 0x99),
        (own.clone(), r#"{"values": {"lamp-power": {"value": 1, "unit": "kW"}}}"#, 0x99),
        (own.clone(), r#"{"values": {"lamp-power": "NaN"}}"#, 0x99),
        (own.clone(), &good, 0),
    ] {
        mqtt.publish(7, &topic, payload.as_bytes()).expect("sent");
        assert_eq!(mqtt.acknowledged().expect("an answer"), (7, reason), "{topic} {payload}");
    }
    // A packet of a megabyte ends the connection, by name; and so does a packet that is none.
    mqtt.publish(8, &own, &vec![b'x'; MUCH]).ok();
    let ended = mqtt.acknowledged().expect_err("it is ended");
    println!("a megabyte: {ended}");
    connect(&lamp).expect("it comes back").shout(&[0x00, 0x00]);
    page.operator.sees(&format!("/api/things/{}", lamp.id), |_| page.of_thing(&lamp).len() >= 8);
    page.shows(
        &lamp,
        &[
            ("clock-ahead", 1),
            ("foreign-topic", 2),
            ("frame-too-large", 1),
            ("not-json", 1),
            ("type-reserved", 1),
            ("unit-mismatch", 1),
            ("value-not-finite", 1),
            ("wrong-credentials", 1),
        ],
    );
    page.shows(&other, &[]);
    assert_eq!((page.kept(&lamp, "lamp-power"), page.kept(&other, "lamp-power")), (1, 0));
    for reason in
        ["credentials", "publish_not_authorised", "topic_unknown", "payload_invalid", "frame_too_large"]
    {
        assert!(page.counted("baotu_mqtt_refused_total", reason) > 0, "{reason}");
    }
}

#[test]
fn bad_frames_are_refused_by_name_over_hj_212() {
    let city = quiet_city();
    let page = Page::of(&city);
    let station = Device::registered(&page.operator, "water-station", "370102000000000000000001");
    let connect = || {
        let line = Hj212::connect(city.door("hj212")).expect("it accepts");
        line.waits(SILENCE);
        line
    };
    // The clock of a demo city lies some seconds behind: it stands still until its people are there.
    let now = Timestamp::from_second(Timestamp::now().as_second() - 60).expect("a time");
    let told = Told { at: now, value: 7.0 };
    let is_heard = |line: &mut Hj212, request: &str, told: Told| {
        line.waits(Duration::from_secs(20));
        line.send(&report(&station, request, told)).expect("sent");
        let answer = line.answer().expect("an answer");
        assert!(answer.contains(&format!("QN={request};")) && answer.contains("CN=9014;"), "{answer}");
        line.waits(SILENCE);
    };

    let mut line = connect();
    let stranger = Device { secret: "zzzzzz".to_owned(), ..station.clone() };
    line.send(&report(&stranger, "20260101000000001", told)).expect("sent");
    line.answer().expect_err("a wrong password gets no answer");
    let nobody = Device { code: "37010200000000000000FFFF".to_owned(), ..station.clone() };
    line.send(&report(&nobody, "20260101000000002", told)).expect("sent");
    line.answer().expect_err("nor does a device that nobody knows");
    is_heard(&mut line, "20260101000000003", told);

    // Half a frame, and a megabyte that never ends.
    let whole = report(&station, "20260101000000004", told);
    line.send(&whole[..40]).expect("sent");
    is_heard(&mut line, "20260101000000005", told);
    line.send(&[b"##0100".as_slice(), &vec![b'x'; MUCH]].concat()).expect("sent");
    is_heard(&mut line, "20260101000000006", told);
    // Wrong checksums without end.
    let mut spoilt = report(&station, "20260101000000007", told);
    spoilt[30] ^= 1;
    for _ in 0..FLOOD {
        line.send(&spoilt).expect("sent");
    }
    is_heard(&mut line, "20260101000000008", told);

    // What cannot be kept is acknowledged, or the device would send it for ever; it is counted.
    let years = 24 * 365 * 5;
    is_heard(&mut line, "20260101000000009", Told { at: now + years.hours(), ..told });
    is_heard(&mut line, "20260101000000010", Told { at: now - years.hours(), ..told });
    let (mn, secret) = (&station.code, &station.secret);
    let time = now.to_string().replace(['-', ':', 'T', 'Z'], "");
    let odd = format!(
        "QN=20260101000000011;ST=21;CN=2061;PW={secret};MN={mn};Flag=5;CP=&&DataTime={time};w01001-Avg=NaN,w01001-Flag=N;\
         w99999-Avg=1,w99999-Flag=N&&"
    );
    line.send(&frame(odd.as_bytes())).expect("sent");
    line.waits(Duration::from_secs(20));
    assert!(line.answer().expect("an answer").contains("CN=9014;"));
    // The same device once more, beside the first.
    let mut twin = connect();
    is_heard(&mut twin, "20260101000000012", told);

    let seen = page.of_thing(&station);
    println!("{seen:?}");
    for (code, count) in [
        ("wrong-credentials", 1),
        ("half-frame", 1),
        ("endless-frame", 1),
        ("checksum-wrong", FLOOD),
        ("clock-ahead", 1),
        ("clock-behind", 1),
        ("value-not-a-number", 1),
        ("factor-undeclared", 1),
        ("connected-twice", 1),
    ] {
        assert!(seen.get(code).is_some_and(|seen| *seen >= count), "{code}: {seen:?}");
    }
    assert_eq!(page.kept(&station, "ph"), 1, "one moment, told many times");
    assert!(page.counted("baotu_hj212_refused", "wrong-credentials") >= 2);
    assert!(page.counted("baotu_hj212_refused", "checksum-wrong") >= FLOOD);
    // No HJ 212 at all: the door closes.
    let mut noise = TcpStream::connect(city.door("hj212")).expect("it accepts");
    noise.write_all(&spoilt.repeat(1_100)).ok();
    page.operator.sees_within(Duration::from_secs(20), "/healthz", |_| {
        page.counted("baotu_hj212_closed", "noise") == 1
    });
}
