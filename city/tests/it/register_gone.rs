//! The database of a city, a PostgreSQL, is ended and started again under devices that go on telling: their readings are
//! acknowledged without it, they sign in without it, and what needs it is refused until it is back, and then done.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::city::City;
use crate::devices::{Device, Mqtt, OPERATOR, Told, post};
use crate::ingest::{PROPERTY, Teller, Where};
use crate::people::Person;
use crate::postgres::Server;
use crate::things_crashes::{Operator, found};

/// Readings that each device tells at least before the database is gone, while it is, and after.
const READINGS: usize = 200;
/// How long the city may take until it does again what needs its database.
const COMING_BACK: Duration = Duration::from_secs(30);

#[test]
fn readings_are_acknowledged_while_the_register_is_gone() {
    let server = Server::start().expect("a PostgreSQL");
    let database = server.url();
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("city");
    let place = ["--database", &database];
    found(&data, &place);
    let serve = || City::start_on(&data, &[&["serve", "--log", "off"], &place[..]].concat());
    let mut city = serve();
    let person = Person::with_role(&city, OPERATOR, None);
    let mut tellers = Teller::all(&person);
    let devices: Vec<Device> = tellers.iter().map(|teller| teller.device.clone()).collect();
    let (at, over) = (Where::of(&city), AtomicBool::new(false));
    std::thread::scope(|scope| {
        let counts: Vec<_> = tellers
            .iter_mut()
            .map(|teller| {
                let (count, counted) = std::sync::mpsc::channel();
                let (at, over) = (&at, &over);
                scope.spawn(move || {
                    let enough = |teller: &Teller| {
                        // Whoever counts has gone when the test has failed.
                        count.send(teller.acknowledged.len()).is_err() || over.load(Ordering::Relaxed)
                    };
                    // The connection outlives the database.
                    teller.tell_on(at, enough).expect("the city answers");
                    assert_eq!(teller.refused, 0, "{:?}", teller.protocol);
                });
                counted
            })
            .collect();
        let each_tells = |more: usize| {
            for counted in &counts {
                // What was counted before now is old.
                let begun = counted.try_iter().last().unwrap_or_default();
                assert!(counted.iter().any(|count| count >= begun + more), "a device has stopped");
            }
        };
        each_tells(READINGS);
        server.stop().expect("it ends");
        each_tells(READINGS);
        let client = reqwest::blocking::Client::new();
        let now = Told { at: jiff::Timestamp::now(), value: 7.0 }.message(PROPERTY);
        for device in &devices {
            Mqtt::connect(at.mqtt(), device).expect("it is let in from memory");
            let (status, body) = post(&client, &city.address, device, &now).expect("an answer");
            assert_eq!(status, 200, "{body}");
            let stranger = Device { secret: "wrong!".to_owned(), ..device.clone() };
            Mqtt::connect(at.mqtt(), &stranger).map(drop).expect_err("a wrong secret stays wrong");
        }
        let wanted = json!({"code": "NEW-1", "kind": "water-station"});
        let refused = person.post("/api/things", &wanted);
        assert!(refused.status >= 500, "{refused:?}");
        each_tells(READINGS);

        server.resume().expect("it starts again");
        let begun = Instant::now();
        loop {
            let answer = person.post("/api/things", &wanted);
            if answer.status == 201 {
                break;
            }
            assert!(begun.elapsed() < COMING_BACK, "{answer:?}");
            std::thread::yield_now();
        }
        println!("registered again {} ms after the database was back", begun.elapsed().as_millis());
        each_tells(READINGS);
        over.store(true, Ordering::Relaxed);
    });
    tellers.iter_mut().for_each(|teller| teller.finish(&at));
    let operator = Operator::of(person);
    let compare = |city: &City| -> usize {
        tellers.iter().map(|teller| teller.compare(|path| operator.read(city, path))).sum()
    };
    let stored = compare(&city);
    city.kill();
    city = serve();
    assert_eq!(compare(&city), stored);
    println!("{stored} readings acknowledged and there");
}
