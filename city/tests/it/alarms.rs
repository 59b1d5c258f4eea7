//! An alarm from the tilting of a manhole cover to the unit that sets it right, and what becomes of its case when the cover
//! is back; alarms that end by themselves, a storm, and the same alarm found by replaying the rule.

use std::time::{Duration, Instant};

use jiff::{Timestamp, ToSpan};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::city::City;
use crate::devices::{Device, OPERATOR, post};
use crate::people::Person;

/// Where the things stand, in Lixia district.
const LON: f64 = 117.0231;
const LAT: f64 = 36.6683;
/// The unit that the function list puts in charge there.
const IN_CHARGE: &str = "370102-chengguan";
/// How long a cover must tilt before it is told, as the pack declares it.
const HOLD_SECONDS: i64 = 60;
/// An alarm may be seen so long after its moment.
const RAISED_WITHIN: Duration = Duration::from_secs(1);
/// How much faster time runs where much of it must pass.
const SPEED: &str = "30";
/// Lamp poles of the storm; from five on they are told as one.
const POLES: usize = 12;
const STORM_FROM: usize = 5;

fn quiet_city(speed: &str) -> City {
    City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--speed", speed, "--log", "warn"])
}

/// A city with somebody who watches things.
struct Watch<'c> {
    city: &'c City,
    operator: Person<'c>,
    client: Client,
}

impl<'c> Watch<'c> {
    fn on(city: &'c City) -> Self {
        Self { city, operator: Person::with_role(city, OPERATOR, None), client: Client::new() }
    }

    fn registered(&self, kind: &str, code: &str) -> Device {
        let place = json!({"code": code, "kind": kind, "lon": LON, "lat": LAT, "unit": IN_CHARGE});
        Device::registered_with(&self.operator, place)
    }

    /// The time of the city.
    fn now(&self) -> Timestamp {
        let told = self.operator.get("/api/demo").with(200);
        told["now"].as_str().and_then(|now| now.parse().ok()).expect("a time")
    }

    fn tells(&self, device: &Device, message: &Value) {
        let (status, body) = post(&self.client, &self.city.address, device, message).expect("an answer");
        assert_eq!(status, 200, "{body}");
    }

    /// What a cover tells, by the mapping of its type.
    fn cover_tells(&self, cover: &Device, at: Timestamp, degrees: f64, volts: f64) {
        let message =
            json!({"ts": at.as_millisecond(), "data": {"angle": degrees, "level_mm": 300, "vbat": volts}});
        self.tells(cover, &message);
    }

    fn alarms(&self, device: &Device) -> Vec<Value> {
        let page = self.operator.get(&format!("/api/alarms?thing={}", device.id)).with(200);
        page["rows"].as_array().expect("rows").clone()
    }

    /// The alarm of a device, as soon as it is open or has ended.
    fn alarm(&self, device: &Device, is_open: bool) -> Value {
        let path = format!("/api/alarms?thing={}", device.id);
        let page = self.operator.sees(&path, |page| page["rows"][0]["open"] == is_open);
        assert_eq!(page["rows"].as_array().map(Vec::len), Some(1), "{page}");
        page["rows"][0].clone()
    }

    /// The device alarms that have become cases, by title.
    fn cases(&self) -> Vec<Value> {
        let page = self.operator.get("/api/cases?procedure=device-alarm&limit=100").with(200);
        page["rows"].as_array().expect("rows").clone()
    }

    /// The case with this title, as soon as it is as wanted.
    fn case(&self, title: &str, is_so: impl Fn(&Value) -> bool) -> Value {
        let fits = |page: &Value| -> Option<Value> {
            let rows = page["rows"].as_array()?;
            rows.iter().find(|row| row["title"] == title && is_so(row)).cloned()
        };
        let page =
            self.operator.sees("/api/cases?procedure=device-alarm&limit=100", |page| fits(page).is_some());
        fits(&page).expect("seen")
    }
}

fn moment(value: &Value) -> Timestamp {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("a moment: {value}"))
}

#[test]
fn a_tilted_cover_is_an_alarm_at_its_moment_and_a_case_of_the_unit_in_charge() {
    let city = quiet_city("1");
    let watch = Watch::on(&city);
    let cover = watch.registered("manhole-cover", "COVER-1");
    // The terminal tells late what it saw almost a minute ago: three seconds are left.
    let now = Timestamp::from_millisecond(watch.now().as_millisecond()).expect("a time");
    let (begun, since) = (Instant::now(), now - (HOLD_SECONDS - 3).seconds());
    let due = since + HOLD_SECONDS.seconds();
    watch.cover_tells(&cover, since, 30.0, 3.6);
    watch.cover_tells(&cover, now, 31.0, 3.6);
    assert_eq!(watch.alarms(&cover), [] as [Value; 0], "it has not lasted long enough");
    let alarm = watch.alarm(&cover, true);
    let seen_after = begun.elapsed();
    assert_eq!(moment(&alarm["raised_at"]), due);
    assert!(seen_after < Duration::from_secs(3) + RAISED_WITHIN, "it was seen after {seen_after:?}");
    assert!(seen_after > Duration::from_secs(2), "it was seen before its moment: {seen_after:?}");
    let told = alarm["explanation"]["text"].as_str().expect("a sentence");
    assert_eq!((&alarm["rule"], &alarm["level"]), (&json!("manhole-tilted"), &json!("紧急")));
    assert!(told.contains("倾角") && told.contains("15"), "{told}");
    assert_eq!(alarm["explanation"]["limits"][0]["value"], 15.0, "{alarm}");

    // The reactions: a case, dispatched by the function list, and the unit is told.
    let case = watch.case("井盖倾斜：COVER-1", |case| case["status"] == "处置中");
    assert_eq!((&case["lead_unit"]["code"], &case["level"]), (&json!(IN_CHARGE), &json!("紧急")), "{case}");
    let handler = Person::with_role(&city, "unit-handler", Some(IN_CHARGE));
    let inbox = handler.sees("/api/notices", |inbox| inbox["rows"][0].is_object());
    let subject = inbox["rows"][0]["subject"].as_str().expect("a subject");
    assert!(subject.starts_with("设备报警 BJ") && subject.contains("紧急"), "{subject}");
    let id = case["id"].as_str().expect("an id");
    let mine = handler.get("/api/cases?queue=unit&procedure=device-alarm").with(200);
    assert_eq!(mine["rows"][0]["id"], case["id"], "{mine}");
    let alarms = handler.get(&format!("/api/alarms?thing={}", cover.id)).with(200);
    assert_eq!(alarms["rows"][0]["id"], alarm["id"], "the unit sees why");
    let elsewhere = Person::with_role(&city, "unit-handler", Some("370103-chengguan"));
    assert_eq!(elsewhere.get(&format!("/api/cases/{id}")).status, 404);
    let page = elsewhere.get(&format!("/api/alarms?thing={}", cover.id)).with(200);
    assert_eq!(page["rows"], json!([]));

    let replayed = watch.operator.post(
        "/api/rules/manhole-tilted/replays",
        &json!({"from": (watch.now() - 24.hours()).to_string(), "to": watch.now().to_string(), "thing": cover.id}),
    );
    let replayed = replayed.with(200);
    assert_eq!(replayed["raised"], 1, "{replayed}");
    println!("seen {} ms after its moment", (seen_after.saturating_sub(Duration::from_secs(3))).as_millis());
}

#[test]
fn an_alarm_that_ends_closes_its_case_or_has_it_verified_and_a_storm_is_one_case() {
    let city = quiet_city(SPEED);
    let watch = Watch::on(&city);
    let tilted = watch.registered("manhole-cover", "COVER-1");
    let weak = watch.registered("manhole-cover", "COVER-2");
    watch.cover_tells(&tilted, watch.now(), 30.0, 3.6);
    watch.cover_tells(&weak, watch.now(), 1.0, 2.9);

    watch.alarm(&weak, true);
    watch.case("井盖终端电量低：COVER-2", |case| case["status"] == "处置中");
    watch.cover_tells(&weak, watch.now(), 1.0, 3.6);
    watch.alarm(&weak, false);
    let closed = watch.case("井盖终端电量低：COVER-2", |case| case["status"] == "已办结");
    let seen = watch.operator.get(&format!("/api/cases/{}", closed["id"].as_str().expect("an id"))).with(200);
    assert_eq!(seen["outcome"], "recovered", "{seen}");

    let alarm = watch.alarm(&tilted, true);
    assert_eq!(alarm["rule"], "manhole-tilted");
    watch.case("井盖倾斜：COVER-1", |case| case["status"] == "处置中");
    watch.cover_tells(&tilted, watch.now(), 1.0, 3.6);
    let ended = watch.alarm(&tilted, false);
    assert!(moment(&ended["cleared_at"]) > moment(&ended["raised_at"]), "{ended}");
    let verified = watch.case("井盖倾斜：COVER-1", |case| case["status"] == "待核查");
    let id = verified["id"].as_str().expect("an id");
    // Somebody looks before it is closed.
    let done = watch.operator.takes(id, "close", json!({"opinion": "井盖已复位"}));
    assert_eq!(done["closed"], true);

    let poles: Vec<Device> =
        (0..POLES).map(|number| watch.registered("lamp-pole", &format!("POLE-{number:02}"))).collect();
    for pole in &poles {
        let leak = json!({"time": watch.now().to_string(), "values": {"leak-current": 100.0}});
        watch.tells(pole, &leak);
    }
    let storms = watch.operator.sees("/api/storms", |page| page["rows"][0]["members"] == POLES);
    let storm = &storms["rows"][0];
    assert_eq!((storms["rows"].as_array().map(Vec::len), &storm["rule"]), (Some(1), &json!("pole-leaks")));
    watch.operator.sees("/api/cases?procedure=device-alarm&category=09", |page| {
        page["rows"].as_array().is_some_and(|rows| rows.len() == 1)
    });
    // Those that came before it was one are cases of their own, no later one is.
    let own = |cases: &[Value]| {
        cases
            .iter()
            .filter(|case| case["title"].as_str().is_some_and(|title| title.contains("POLE-")))
            .count()
    };
    watch.operator.sees("/api/cases?procedure=device-alarm&limit=100", |page| {
        own(page["rows"].as_array().expect("rows")) >= STORM_FROM - 1
    });
    assert_eq!(own(&watch.cases()), STORM_FROM - 1);
    assert_eq!(watch.cases().len(), 2 + STORM_FROM, "two covers, four poles and the storm");
}
