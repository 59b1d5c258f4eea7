//! A disk that is full: what can't be kept is not acknowledged by any protocol, what was acknowledged before is there, and
//! as soon as there is room, telling goes on.
//!
//! The disk is full for one file at a time (`RLIMIT_FSIZE`, set from outside while the city runs): the file of readings of
//! an hour cannot grow, as on a disk without room, and nobody needs to be root for it.

use std::process::Command;
use std::time::Duration;

use reqwest::blocking::Client;
use serde_json::json;

use crate::city::City;
use crate::devices::{Device, Hj212, Mqtt, OPERATOR, Told, post, report};
use crate::ingest::{PROPERTY, Protocol, Teller, Where};
use crate::people::Person;
use crate::things_crashes::{Operator, found};

/// Readings that a device tells before the disk is full, and after there is room again.
const READINGS: usize = 300;
/// Bytes that a file may have when the disk is full: less than a file of readings has by then.
const FULL_BYTES: &str = "4096";
/// How long is waited for an acknowledgement that must not come.
const SILENCE: Duration = Duration::from_secs(2);

/// Sets how large files of the city may become; `prlimit` is a part of util-linux.
fn limit_files(city: &City, bytes: &str) {
    let status = Command::new("prlimit")
        .args(["--pid", &city.process_id().to_string(), &format!("--fsize={bytes}:unlimited")])
        .status()
        .expect("prlimit runs");
    assert!(status.success(), "prlimit: {status}");
}

#[test]
fn nothing_is_acknowledged_while_the_disk_is_full() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("city");
    found(&data, &[]);
    let mut city = City::start_without_signals_of_size(&data, &["serve", "--log", "error"]);
    let operator = Person::with_role(&city, OPERATOR, None);
    let mut tellers = Teller::all(&operator);
    let late = Device::registered(&operator, "water-station", "370102000000000000000099");
    let operator = Operator::of(operator);
    let place = Where::of(&city);
    let go_on = |tellers: &mut Vec<Teller>, readings: usize| {
        std::thread::scope(|scope| {
            for teller in tellers {
                let (place, until) = (&place, teller.acknowledged.len() + readings);
                scope.spawn(move || {
                    let enough = |teller: &Teller| teller.acknowledged.len() >= until;
                    teller.tell_on(place, enough).expect("the city answers");
                });
            }
        });
    };
    go_on(&mut tellers, READINGS);

    limit_files(&city, FULL_BYTES);
    for teller in &mut tellers {
        let before = teller.acknowledged.len();
        let is_refused = |teller: &Teller| teller.refused > 0;
        match teller.protocol {
            // Told that it was not taken, with a reason of 0x80 or above, or 503.
            Protocol::Mqtt | Protocol::Http => teller.tell_on(&place, is_refused).expect("the city answers"),
            // There is no word for it: no answer comes.
            Protocol::Hj212 => teller.is_not_answered(&place, SILENCE),
        }
        assert_eq!(teller.acknowledged.len(), before, "{:?}", teller.protocol);
    }
    // Neither are moments of an hour that has no file yet.
    let reading = Told { at: jiff::Timestamp::now(), value: 7.0 };
    let (status, body) =
        post(&Client::new(), &city.address, &late, &reading.message(PROPERTY)).expect("the city answers");
    assert_eq!((status, &body["code"]), (503, &json!("not-stored")));
    let mut mqtt = Mqtt::connect(city.door("mqtt"), &late).expect("things are let in from memory");
    mqtt.publish(1, &late.topic(), reading.message(PROPERTY).to_string().as_bytes()).expect("sent");
    assert_eq!(mqtt.acknowledged().expect("an answer"), (1, 0x80));
    let mut hj212 = Hj212::connect(city.door("hj212")).expect("it accepts");
    hj212.waits(SILENCE);
    hj212.send(&report(&late, "20260101100000000", reading)).expect("sent");
    hj212.answer().expect_err("no answer");

    limit_files(&city, "unlimited");
    go_on(&mut tellers, READINGS);
    // What was refused is told again in time, by devices as by us; and again after a start.
    tellers.iter_mut().for_each(|teller| teller.finish(&place));
    let stored: usize = tellers.iter().map(|teller| teller.compare(|path| operator.read(&city, path))).sum();
    city.kill();
    city = City::start_on(&data, &["serve", "--log", "error"]);
    let again: usize = tellers.iter().map(|teller| teller.compare(|path| operator.read(&city, path))).sum();
    assert_eq!(stored, again);
    let refused: usize = tellers.iter().map(|teller| teller.refused).sum();
    println!("{stored} readings acknowledged and there, {refused} refused while the disk was full");
}
