//! A city killed with −9 again and again while devices tell it readings by MQTT (QoS 1), HJ 212 and HTTP: every reading
//! that was acknowledged is there, each moment once, nothing is there that nobody told, and every alarm is raised whose
//! reading was acknowledged, with one case for each.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::city::{City, baotu};
use crate::devices::{Device, OPERATOR, post};
use crate::ingest::{Teller, Where};
use crate::people::Person;

/// The environment variable with the number of kills.
const KILLS_VARIABLE: &str = "BAOTU_KILLS";
/// Kills when it is not set.
const KILLS: usize = 20;
/// The seed of the moments at which it is killed.
const SEED: u64 = 20_261_129;
/// It is killed between so many milliseconds after the devices began.
const KILLED_AFTER_MILLIS: std::ops::Range<u64> = 20..700;
/// Alarms that a life of the city may see.
const ALARMS_A_LIFE: usize = 2;
/// How long the reactions may take after the last start.
const SETTLING: Duration = Duration::from_secs(60);

/// An operator whose session outlives the process.
pub(crate) struct Operator {
    client: Client,
    token: String,
}

impl Operator {
    pub(crate) fn of(person: Person<'_>) -> Self {
        Self { client: Client::new(), token: person.into_token() }
    }

    pub(crate) fn read(&self, city: &City, path: &str) -> Value {
        let answer = self.client.get(city.url(path)).bearer_auth(&self.token).send().expect("an answer");
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.json().expect("JSON")
    }

    /// All rows of a list that is told in pages.
    fn rows(&self, city: &City, path: &str) -> Vec<Value> {
        let (mut rows, mut after) = (Vec::new(), String::new());
        loop {
            let page = self.read(city, &format!("{path}limit=100{after}"));
            rows.extend(page["rows"].as_array().expect("rows").iter().cloned());
            let Some(next) = page["next"].as_str() else { return rows };
            after = format!("&after={next}");
        }
    }
}

/// Makes a city with its people on a data folder, in which nothing has happened yet.
pub(crate) fn found(data: &Path, more: &[&str]) {
    let data = data.to_str().expect("UTF-8");
    let arguments =
        ["demo", "--history-hours", "0", "--history-only", "--listen", "127.0.0.1:0", "--log", "error"];
    let (code, _, complaints) = baotu(&[&arguments[..], &["--data", data], more].concat());
    assert_eq!(code, 0, "{complaints}");
}

/// A gas meter whose gas leaks once.
struct Leak {
    meter: Device,
    /// When it leaked, once it was told.
    at: Option<Timestamp>,
    acknowledged: bool,
}

impl Leak {
    fn title(&self) -> String {
        format!("燃气浓度高：{}", self.meter.code)
    }

    /// Tells it; false when the city is gone.
    fn tell(&mut self, client: &Client, city: &str) -> bool {
        // As exact as the city keeps it.
        let now = || Timestamp::from_millisecond(Timestamp::now().as_millisecond()).expect("a moment");
        let at = *self.at.get_or_insert_with(now);
        let message = json!({"time": at.to_string(), "values": {"gas-concentration": 60.0}});
        match post(client, city, &self.meter, &message) {
            Some((200, _)) => self.acknowledged = true,
            Some((status, body)) => panic!("{status} {body}"),
            None => return false,
        }
        true
    }
}

#[test]
fn nothing_acknowledged_is_lost_when_the_city_is_killed() {
    let kills =
        std::env::var(KILLS_VARIABLE).map_or(KILLS, |kills| kills.parse().expect("a number of kills"));
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("city");
    found(&data, &[]);
    let serve = || City::start_on(&data, &["serve", "--log", "error"]);
    let mut city = serve();
    let operator = Person::with_role(&city, OPERATOR, None);
    let mut tellers = Teller::all(&operator);
    let mut leaks: Vec<Leak> = (0..kills * ALARMS_A_LIFE)
        .map(|number| Leak {
            meter: Device::registered(&operator, "gas-meter", &format!("GAS-{number:04}")),
            at: None,
            acknowledged: false,
        })
        .collect();
    let operator = Operator::of(operator);
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    for life in 0..kills {
        let place = Where::of(&city);
        let kill_after = Duration::from_millis(chance.random_range(KILLED_AFTER_MILLIS));
        let leak_after = [(); ALARMS_A_LIFE].map(|()| kill_after.mul_f64(chance.random_range(0.0..1.1)));
        let begun = Instant::now();
        let address = city.address.clone();
        // Those that were not acknowledged in the lives before, and those of this one.
        let mine = leaks.iter_mut().take((life + 1) * ALARMS_A_LIFE).filter(|leak| !leak.acknowledged);
        let mine: Vec<&mut Leak> = mine.collect();
        std::thread::scope(|scope| {
            for teller in &mut tellers {
                let place = &place;
                // It ends with the city.
                scope.spawn(move || teller.tell_on(place, |_| false).expect_err("the city is gone"));
            }
            scope.spawn(move || {
                let client = Client::new();
                for (leak, after) in mine.into_iter().zip(leak_after.into_iter().cycle()) {
                    std::thread::sleep(after.saturating_sub(begun.elapsed()));
                    if !leak.tell(&client, &address) {
                        return;
                    }
                }
            });
            std::thread::sleep(kill_after.saturating_sub(begun.elapsed()));
            city.kill();
        });
        city = serve();
    }

    // What got no answer is sent again until it has one.
    let place = Where::of(&city);
    tellers.iter_mut().for_each(|teller| teller.finish(&place));
    let client = Client::new();
    for leak in leaks.iter_mut().filter(|leak| leak.at.is_some() && !leak.acknowledged) {
        assert!(leak.tell(&client, &city.address));
    }
    let read = |path: &str| operator.read(&city, path);
    let stored: usize = tellers.iter().map(|teller| teller.compare(read)).sum();
    let acknowledged: usize = tellers.iter().map(|teller| teller.acknowledged.len()).sum();
    assert!(tellers.iter().all(|teller| !teller.acknowledged.is_empty()), "each device was heard");
    assert_eq!(stored, acknowledged, "all was told again until it was acknowledged");

    let leaked: Vec<&Leak> = leaks.iter().filter(|leak| leak.acknowledged).collect();
    let deadline = Instant::now() + SETTLING;
    for leak in &leaked {
        let alarms = loop {
            let page = read(&format!("/api/alarms?thing={}", leak.meter.id));
            let alarms = page["rows"].as_array().expect("rows").clone();
            if !alarms.is_empty() {
                break alarms;
            }
            assert!(Instant::now() < deadline, "{} leaked at {:?}, and no alarm", leak.meter.code, leak.at);
            std::thread::yield_now();
        };
        assert_eq!(alarms.len(), 1, "{alarms:?}");
        let raised: Timestamp =
            alarms[0]["raised_at"].as_str().and_then(|at| at.parse().ok()).expect("a moment");
        assert_eq!((Some(raised), &alarms[0]["rule"]), (leak.at, &json!("gas-leaks")));
    }
    let cases = loop {
        let rows = operator.rows(&city, "/api/cases?procedure=device-alarm&");
        let mut cases = BTreeMap::<String, usize>::new();
        for row in &rows {
            *cases.entry(row["title"].as_str().expect("a title").to_owned()).or_default() += 1;
        }
        if cases.len() >= leaked.len() {
            break cases;
        }
        assert!(Instant::now() < deadline, "{} cases of {} alarms", cases.len(), leaked.len());
        std::thread::yield_now();
    };
    let once: BTreeMap<String, usize> = leaked.iter().map(|leak| (leak.title(), 1)).collect();
    assert_eq!(cases, once, "each alarm has one case");
    println!("{kills} kills, {acknowledged} readings, {} alarms, {} cases", leaked.len(), cases.len());
}
