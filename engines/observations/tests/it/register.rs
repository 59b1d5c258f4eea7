//! Things through the register: let in, heard, judged, changed, told what to do; on both storages.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use baotu_observations::{
    AcceptFailure, Carrier, Change, Command, CommandFailure, CommandRefused, CommandState, Hearer, NewThing,
    Parts, Quality, Reading, Readings, RegisterFailure, Registered, Sample, SignInRefused, Thing,
    ThingRefused, ThingState, Things, Wanted,
};
use baotu_storage::Store;
use baotu_storage::testing::{TestStore, stores};
use baotu_vocabulary::contract::Answer;
use baotu_vocabulary::{Chance, Facts, Figure, MethodRefused, Methods, Moment, Refusal as _, Surroundings};
use jiff::civil::Date;
use serde_json::json;

use crate::given::eight;

/// A clock that is moved by hand.
struct Clock {
    now: AtomicI64,
    chances: AtomicI64,
}

impl Clock {
    fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Surroundings for Clock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.now.load(Ordering::Relaxed))
    }

    fn chance(&self) -> Chance {
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.chances.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        chance
    }
}

/// The small city declares no indicators.
struct NoMethods;

impl Methods for NoMethods {
    fn calculate(&self, name: &str, _: &BTreeMap<String, f64>, _: Date) -> Result<Figure, MethodRefused> {
        Err(MethodRefused(name.to_owned()))
    }
}

/// No place of these tests lies anywhere.
struct Nowhere;

impl Facts for Nowhere {
    fn ask<'a>(&'a self, _: &'a str, _: serde_json::Value) -> Answer<'a> {
        Box::pin(std::future::ready(Ok(serde_json::Value::Null)))
    }
}

struct Desk {
    clock: Arc<Clock>,
    things: Things,
}

fn parts(store: &Store, readings: Readings, clock: &Arc<Clock>) -> Parts {
    let pack = baotu_pack::testing::small();
    Parts {
        store: store.clone(),
        pack,
        readings,
        surroundings: clock.clone(),
        methods: Arc::new(NoMethods),
        facts: Arc::new(Nowhere),
    }
}

async fn desk(test: &TestStore) -> Desk {
    let clock = Arc::new(Clock { now: AtomicI64::new(eight().micros()), chances: AtomicI64::new(0) });
    let readings = Readings::open(&test.folder().join("readings")).expect("it opens");
    let things = Things::open(parts(&test.store, readings, &clock)).await.expect("the register opens");
    Desk { clock, things }
}

fn gauge(code: &str) -> NewThing {
    NewThing { code: code.to_owned(), kind: "water-gauge".to_owned(), ..NewThing::default() }
}

async fn register(things: &Things, new: NewThing) -> Result<Registered, RegisterFailure> {
    things.register(vec![new], "test").await.map(|mut registered| registered.remove(0))
}

fn refused<T: std::fmt::Debug>(outcome: Result<T, RegisterFailure>) -> ThingRefused {
    match outcome {
        Err(RegisterFailure::Refused(refused)) => refused,
        other => panic!("refused was expected: {other:?}"),
    }
}

fn level(at: Moment, value: f64) -> Sample {
    Sample::new("water-level".into(), at, value)
}

#[tokio::test]
async fn a_thing_is_registered_once_and_known_after_a_restart() {
    for test in stores().await {
        let Desk { clock, things } = desk(&test).await;
        let one = register(&things, gauge("W-1")).await.expect("it is registered");
        assert_eq!(one.thing.name, "W-1", "a thing without a name has its code for one");
        assert_eq!(refused(register(&things, gauge("W-1")).await), ThingRefused::CodeTaken("W-1".to_owned()));
        let other = NewThing { kind: "no-such".to_owned(), ..gauge("W-2") };
        assert_eq!(refused(register(&things, other).await), ThingRefused::TypeUnknown("no-such".to_owned()));
        let other = NewThing { unit: Some("nobody".into()), ..gauge("W-2") };
        assert_eq!(refused(register(&things, other).await), ThingRefused::UnitUnknown("nobody".to_owned()));
        // Two in one order with one code: none of them.
        let twice = things.register(vec![gauge("W-3"), gauge("W-3")], "test").await;
        assert!(matches!(refused(twice), ThingRefused::CodeTaken(_)));
        assert!(things.by_code("W-3").is_none());

        assert_eq!(things.sign_in("W-1", &one.secret), Ok(one.thing.id));
        assert_eq!(things.sign_in("W-1", "wrong"), Err(SignInRefused::WrongCredentials));
        assert_eq!(things.sign_in("W-9", &one.secret), Err(SignInRefused::WrongCredentials));
        let now = clock.now();
        things.accept(one.thing.id, &[level(now, 1.5)], now).await.expect("it is stored");
        things.write_down().await.expect("it is written");

        let series = things.thing(one.thing.id).expect("it is there").series;
        let readings = things.readings().clone();
        drop(things);
        let again = Things::open(parts(&test.store, readings, &clock)).await.expect("it opens again");
        let standing = again.by_code("W-1").expect("it is known");
        assert_eq!(standing.thing, one.thing);
        assert_eq!(standing.series, series);
        assert_eq!(standing.seen_at, Some(now));
        assert_eq!(again.sign_in("W-1", &one.secret), Ok(one.thing.id));
        let mishaps = again.mishaps(one.thing.id, again.day(now)).await.expect("they are read");
        let told: Vec<_> = mishaps.iter().map(|mishap| (mishap.code.as_str(), mishap.count)).collect();
        assert_eq!(told, [("wrong-credentials", 1)]);
    }
}

#[tokio::test]
async fn what_a_thing_says_is_kept_flagged_or_refused_by_name() {
    struct Heard(Mutex<Vec<Reading>>);
    impl Hearer for Heard {
        fn heard(&self, readings: &[Reading], _: Moment) {
            self.0.lock().expect("nobody panics").extend_from_slice(readings);
        }
    }
    for test in stores().await {
        let Desk { clock, things } = desk(&test).await;
        let heard = Arc::new(Heard(Mutex::default()));
        things.tell(heard.clone());
        let thing = register(&things, gauge("W-1")).await.expect("it is registered").thing;
        let now = clock.now();
        let said =
            [level(now, 3.25), level(now.plus_seconds(-60), 25.0), Sample::new("battery".into(), now, 3.6)];
        let accepted = things.accept(thing.id, &said, now).await.expect("it is stored");
        assert_eq!((accepted.readings, accepted.flagged), (3, 1));
        let series = things.thing(thing.id).expect("it is there").series;
        let newest = things.readings().newest(series[0].1).expect("a reading");
        assert_eq!((newest.value, newest.quality), (3.25, Quality::Normal));
        let page =
            things.readings().history(series[0].1, now.plus_seconds(-3_600), now, 10).await.expect("read");
        assert_eq!(page.readings[0].quality, Quality::OverRange);
        assert_eq!(heard.0.lock().expect("nobody panics").len(), 3);

        let foot = Sample { unit: Some("ft".to_owned()), ..level(now, 1.0) };
        let table = [
            (level(now, f64::NAN), "value-not-finite"),
            (level(now.plus_seconds(86_400 * 365), 1.0), "clock-ahead"),
            (level(now.plus_seconds(-86_400 * 3_650), 1.0), "clock-behind"),
            (Sample::new("speed".into(), now, 1.0), "property-unknown"),
            (foot, "unit-mismatch"),
        ];
        for (sample, code) in table {
            // The good one beside it is not kept either.
            let outcome = things.accept(thing.id, &[level(now.plus_seconds(1), 9.0), sample], now).await;
            let Err(AcceptFailure::Refused(refused)) = outcome else { panic!("{code}: {outcome:?}") };
            assert_eq!(refused.code(), code);
        }
        assert_eq!(things.readings().newest(series[0].1).expect("a reading").value, 3.25);
        assert_eq!(heard.0.lock().expect("nobody panics").len(), 3, "nothing refused is told");
        things.write_down().await.expect("it is written");
        things.mishap(thing.id, "clock-ahead", "again");
        let mishaps = things.mishaps(thing.id, things.day(now)).await.expect("they are read");
        let told: Vec<_> = mishaps.iter().map(|mishap| (mishap.code.as_str(), mishap.count)).collect();
        assert_eq!(
            told,
            [
                ("clock-ahead", 2),
                ("clock-behind", 1),
                ("out-of-range", 1),
                ("property-unknown", 1),
                ("unit-mismatch", 1),
                ("value-not-finite", 1)
            ]
        );
    }
}

#[tokio::test]
async fn a_thing_is_changed_at_its_version_and_a_suspended_one_is_not_heard() {
    /// Notes which things are known to be changed, and which must sign in anew.
    #[derive(Default)]
    struct Told(Mutex<Vec<String>>);
    impl Hearer for Told {
        fn heard(&self, _: &[Reading], _: Moment) {}
        fn changed(&self, things: &[baotu_observations::Standing]) {
            let told = things.iter().map(|one| format!("changed {} {}", one.thing.code, one.thing.version));
            self.0.lock().expect("nobody panics").extend(told);
        }
        fn signed_out(&self, thing: &Thing) {
            self.0
                .lock()
                .expect("nobody panics")
                .push(format!("signed out {} {}", thing.code, thing.version));
        }
    }
    for test in stores().await {
        let Desk { clock, things } = desk(&test).await;
        let told = Arc::new(Told::default());
        things.tell(told.clone());
        let one = register(&things, gauge("W-1")).await.expect("it is registered");
        let id = one.thing.id;
        let named = Change { name: Some("大明湖站".to_owned()), ..Change::default() };
        let standing = things.change(id, 1, named.clone(), "test").await.expect("it is changed");
        assert_eq!((standing.thing.name.as_str(), standing.thing.version), ("大明湖站", 2));
        assert_eq!(refused(things.change(id, 1, named, "test").await), ThingRefused::Stale);
        let now = clock.now();
        let suspended = Change { state: Some(ThingState::Suspended), ..Change::default() };
        things.change(id, 2, suspended, "test").await.expect("it is changed");
        assert_eq!(things.sign_in("W-1", &one.secret), Err(SignInRefused::NotInUse));
        let outcome = things.accept(id, &[level(now, 1.0)], now).await;
        assert!(matches!(outcome, Err(AcceptFailure::Refused(_))), "also on a connection that is open");
        let in_use = Change { state: Some(ThingState::InUse), ..Change::default() };
        things.change(id, 3, in_use, "test").await.expect("it is changed");
        let renewed = things.renew_secret(id, "test").await.expect("it is renewed");
        assert_eq!(things.sign_in("W-1", &one.secret), Err(SignInRefused::WrongCredentials));
        assert_eq!(things.sign_in("W-1", &renewed.secret), Ok(id));
        let retired = Change { state: Some(ThingState::Retired), ..Change::default() };
        things.change(id, 5, retired.clone(), "test").await.expect("it is changed");
        assert_eq!(refused(things.change(id, 6, retired, "test").await), ThingRefused::Retired);
        assert_eq!(
            *told.0.lock().expect("nobody panics"),
            [
                "changed W-1 1",
                "changed W-1 2",
                "changed W-1 3",
                "signed out W-1 3",
                "changed W-1 4",
                "changed W-1 5",
                "signed out W-1 5",
                "changed W-1 6",
                "signed out W-1 6"
            ]
        );
    }
}

#[tokio::test]
async fn a_list_tells_who_is_silent() {
    for test in stores().await {
        let Desk { clock, things } = desk(&test).await;
        let mut new: Vec<NewThing> = (1..=5).map(|number| gauge(&format!("W-{number}"))).collect();
        for (thing, division) in new.iter_mut().zip(["370102003242", "370102030001", "370103001001"]) {
            thing.division = Some(division.parse().expect("a division"));
        }
        let registered = things.register(new, "test").await.expect("they are registered");
        let now = clock.now();
        things.accept(registered[1].thing.id, &[level(now, 1.0)], now).await.expect("it is stored");
        let codes = |wanted: &Wanted, after: &str, rows: usize| {
            let (rows, more) = things.list(wanted, |_| true, after, rows);
            (rows.into_iter().map(|row| row.thing.code).collect::<Vec<_>>().join(" "), more)
        };
        assert_eq!(codes(&Wanted::default(), "", 3), ("W-1 W-2 W-3".to_owned(), true));
        assert_eq!(codes(&Wanted::default(), "W-3", 3), ("W-4 W-5".to_owned(), false));
        let within = |code: &str| Wanted { division: Some(code.to_owned()), ..Wanted::default() };
        assert_eq!(codes(&within("370102"), "", 9).0, "W-1 W-2");
        assert_eq!(codes(&within("370102003"), "", 9).0, "W-1", "a street ends where its digits do");
        assert_eq!(codes(&within("370100"), "", 9).0, "W-1 W-2 W-3");
        assert_eq!(codes(&within("nowhere"), "", 9).0, "");
        let online = Wanted { online: Some(true), ..Wanted::default() };
        assert_eq!(codes(&online, "", 3), ("W-2".to_owned(), false));
        clock.pass_seconds(1_801);
        assert_eq!(codes(&online, "", 3), (String::new(), false), "silent for longer than its type allows");
        let (known, _) = things.list(&Wanted::default(), |thing| thing.code == "W-5", "", 3);
        assert_eq!(known.len(), 1, "what one may not know of is not listed");
    }
}

#[tokio::test]
async fn a_command_waits_for_the_thing_and_ends_once() {
    struct Line(Mutex<bool>);
    impl Carrier for Line {
        fn carry(&self, _: &Thing, _: &Command) -> bool {
            *self.0.lock().expect("nobody panics")
        }
    }
    for test in stores().await {
        let Desk { clock, things } = desk(&test).await;
        let line = Arc::new(Line(Mutex::new(false)));
        things.carry_by(line.clone());
        let one = register(&things, gauge("W-1")).await.expect("it is registered").thing.id;
        let other = register(&things, gauge("W-2")).await.expect("it is registered").thing.id;
        let command = things.command(one, "report-now", "test").await.expect("it is taken");
        assert_eq!(command.state, CommandState::Waiting, "nobody is connected");
        *line.0.lock().expect("nobody panics") = true;
        things.carry_waiting(one).await.expect("it is carried");
        assert_eq!(things.commands(one, 10).await.expect("read")[0].state, CommandState::Sent);
        let ended = |thing, id| things.command_ended(thing, id, true, json!({"ok": true}));
        let stranger = ended(other, command.id).await;
        assert!(matches!(stranger, Err(CommandFailure::Refused(CommandRefused::NotWaited))), "{stranger:?}");
        ended(one, command.id).await.expect("it is noted");
        let twice = ended(one, command.id).await;
        assert!(matches!(twice, Err(CommandFailure::Refused(CommandRefused::NotWaited))), "{twice:?}");
        let kept = &things.commands(one, 10).await.expect("read")[0];
        assert_eq!((kept.state, kept.result.clone()), (CommandState::Done, Some(json!({"ok": true}))));

        let late = things.command(one, "report-now", "test").await.expect("it is taken");
        assert_eq!(late.state, CommandState::Sent);
        clock.pass_seconds(30);
        assert_eq!(things.expire_commands(clock.now()).await.expect("swept"), 0, "the end itself is in time");
        clock.pass_seconds(1);
        assert_eq!(things.expire_commands(clock.now()).await.expect("swept"), 1);
        let unknown = things.command(one, "explode", "test").await;
        assert!(matches!(unknown, Err(CommandFailure::Refused(CommandRefused::NameUnknown(_)))));
        let events =
            test.store.events_of_kind_after("observations.", baotu_storage::Position::default(), 100).await;
        let kinds: Vec<String> =
            events.expect("the log").into_iter().map(|logged| logged.event.kind).collect();
        assert_eq!(
            kinds,
            [
                "observations.thing_registered",
                "observations.thing_registered",
                "observations.command_ended",
                "observations.command_ended"
            ]
        );
    }
}
