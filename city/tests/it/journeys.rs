//! Journeys through the screens in a real browser, against the real binary: the scripts in `web/tests`.

use std::process::Command;
use std::time::Duration;

use crate::city::{City, root};
use crate::people::Person;

/// A city in which something has happened already. Its time all but stands still then: nobody of the play gets to a
/// case before whoever the journey is about.
const LIVED_IN: [&str; 9] =
    ["demo", "--history-hours", "1", "--per-day", "3000", "--speed", "0.01", "--log", "warn"];
/// An hour of history is played within this on a busy machine.
const HISTORY: Duration = Duration::from_secs(300);

/// Such a city, its history played: before that an hour passes in seconds.
fn lived_in() -> City {
    let city = City::start(&LIVED_IN);
    Person::nobody(&city).sees_within(HISTORY, "/readyz", |answer| answer.status == 200);
    city
}

/// Runs a script of `web/tests` with `arguments`; whatever is amiss ends it with a failure.
fn run(script: &str, arguments: &[&str], city: Option<&City>) {
    let mut node = Command::new("node");
    node.arg(format!("tests/{script}")).args(arguments).current_dir(root().join("web"));
    node.env("BAOTU_BIN", env!("CARGO_BIN_EXE_baotu"));
    if let Some(city) = city {
        node.env("BAOTU_URL", &city.address);
    }
    let output = node.output().expect("node runs; ./test names what is missing");
    let told =
        format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}:\n{told}");
    println!("{told}");
}

/// A folder below `target` in which a person finds the pictures.
fn pictures() -> String {
    root().join("target/screenshots").to_string_lossy().into_owned()
}

#[test]
fn residents_and_officials_go_through_the_screens() {
    let city =
        City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--speed", "0.01", "--log", "warn"]);
    run("journeys.mjs", &[], Some(&city));
}

#[test]
fn residents_report_join_and_come_back_also_without_a_network() {
    run("resident.mjs", &[], Some(&lived_in()));
}

#[test]
fn the_pages_of_residents_hold_what_every_page_must() {
    run("resident-pages.mjs", &[&pictures()], Some(&lived_in()));
}

#[test]
fn officials_work_by_keyboard_alone() {
    run("desk.mjs", &[], Some(&lived_in()));
}

#[test]
fn things_report_alarm_and_are_told_what_to_do() {
    let city =
        City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--speed", "0.01", "--log", "warn"]);
    run("things.mjs", &[], Some(&city));
}

#[test]
fn the_screen_tells_the_truth_of_now_and_then_and_comes_back() {
    run("screen.mjs", &[&pictures()], None);
}

#[test]
fn every_page_has_its_picture() {
    run("shots.mjs", &[&pictures()], Some(&lived_in()));
}
