//! The small city with its people, on one store: a clock that is set, places by a line between east and west.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use baotu_access::{AccessParts, AccessSettings, AccessState, Keys, PasswordCost, SeedPerson};
use baotu_cases::service::{Act, Acted, OpenCase};
use baotu_cases::{CaseFailure, CaseState, Cases, CasesParts, Search};
use baotu_pack::Pack;
use baotu_storage::Store;
use baotu_storage::testing::TestStore;
use baotu_vocabulary::contract::Answer;
use baotu_vocabulary::{Actor, Chance, Facts, Moment, OfficialActor, PersonId, Phone, Refusal, Surroundings};
use serde_json::{Value, json};

/// Tuesday morning in the small city.
pub(crate) const NINE_O_CLOCK: &str = "2026-11-24T09:00:00+08:00";
/// In the east district.
pub(crate) const EAST: (f64, f64) = (117.05, 36.65);
/// In the west district.
pub(crate) const WEST: (f64, f64) = (116.95, 36.65);

/// The time and the chance of a test.
pub(crate) struct TestClock {
    micros: AtomicI64,
    draws: AtomicU64,
}

impl TestClock {
    pub(crate) fn set(&self, moment: &str) {
        self.micros
            .store(moment.parse::<Moment>().expect("the small city is whole").micros(), Ordering::SeqCst);
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.micros.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Surroundings for TestClock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.micros.load(Ordering::SeqCst))
    }

    fn chance(&self) -> Chance {
        let draw = self.draws.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        std::array::from_fn(|index| if index < 8 { draw[index] } else { 7 })
    }
}

/// Places: east and west of a line, nothing north of 36.75.
struct TwoDistricts;

impl Facts for TwoDistricts {
    fn ask<'a>(&'a self, name: &'a str, question: Value) -> Answer<'a> {
        let answer = match name {
            "geo.cell_at" => {
                let (lon, lat) = (
                    question["lon"].as_f64().expect("the small city is whole"),
                    question["lat"].as_f64().expect("the small city is whole"),
                );
                let division = if lon >= 117.0 { "890102001001" } else { "890103001001" };
                let place = json!({"cell": format!("{division}001"), "division": division, "zones": [],
                    "responsible": {"office": "office", "bureau": "works"}});
                if lat < 36.75 { place } else { Value::Null }
            }
            "geo.place" => {
                let text = question["text"].as_str().expect("the small city is whole");
                if text.contains("东街") { json!({"division": "890102001"}) } else { Value::Null }
            }
            _ => unreachable!("the engine asks for places only"),
        };
        Box::pin(std::future::ready(Ok(answer)))
    }
}

/// The small city on one store.
pub(crate) struct City {
    pub(crate) cases: Cases,
    pub(crate) access: AccessState,
    pub(crate) clock: Arc<TestClock>,
    pub(crate) clerk: Actor,
    pub(crate) second_clerk: Actor,
    pub(crate) works: Actor,
    pub(crate) parks: Actor,
    pub(crate) reviewer: Actor,
    pub(crate) resident: Actor,
    pub(crate) stranger: Actor,
    /// Kept so that the store lives as long as the city.
    _store: TestStore,
}

pub(crate) fn pack() -> Pack {
    baotu_pack::testing::small_with(&baotu_cases::contracts::contracts())
}

/// The small city on each storage.
pub(crate) async fn cities() -> Vec<City> {
    let mut cities = Vec::new();
    for store in baotu_storage::testing::stores().await {
        cities.push(city(store).await);
    }
    cities
}

pub(crate) async fn city(store: TestStore) -> City {
    let clock = Arc::new(TestClock { micros: AtomicI64::new(0), draws: AtomicU64::new(0) });
    clock.set(NINE_O_CLOCK);
    let pack = pack();
    let access = access(store.store.clone(), &pack, Arc::clone(&clock));
    let person = |number: u8| PersonId::new(clock.now(), [number; 10]);
    let posts = |codes: &[&str]| codes.iter().map(|code| (*code).into()).collect();
    let people = [
        (1, "office.clerk", "周明"),
        (2, "office.clerk", "吴静"),
        (3, "works.handler", "郑强"),
        (4, "parks.handler", "王芳"),
        (5, "office.reviewer", "冯丽"),
        (8, "", "陈小满"),
        (9, "", "褚大同"),
    ];
    let hash = access.hash_password("spring-water-72".to_owned()).await.expect("the small city is whole");
    let seeds = people.map(|(number, post, name)| SeedPerson {
        person: person(number),
        user: format!("user{number}"),
        name: name.to_owned(),
        phone: Some(Phone::parse(&format!("1380000000{number}"), None).expect("the small city is whole")),
        posts: if post.is_empty() { Vec::new() } else { posts(&[post]) },
    });
    access.seed(seeds, &hash).await.expect("the small city is whole");
    let official = |number: usize| {
        let (person_number, post, name) = people[number];
        let place = access.post(&post.into()).expect("the small city is whole");
        Actor::official(OfficialActor {
            person: person(person_number),
            name: name.to_owned(),
            post: post.into(),
            unit: place.unit.clone(),
            roles: place.roles.clone(),
        })
    };
    let cases = cases_over(&store, pack, access.clone(), "search");
    City {
        clerk: official(0),
        second_clerk: official(1),
        works: official(2),
        parks: official(3),
        reviewer: official(4),
        resident: Actor::resident(person(8)),
        stranger: Actor::resident(person(9)),
        cases,
        access,
        clock,
        _store: store,
    }
}

fn access(store: Store, pack: &Pack, clock: Arc<TestClock>) -> AccessState {
    AccessState::new(AccessParts {
        store,
        keys: Keys::derive(&[7; 32]),
        roles: pack.roles(),
        units: pack.units().all(),
        posts: pack.units().posts(),
        surroundings: clock,
        settings: AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() },
    })
}

fn cases_over(store: &TestStore, pack: Pack, access: AccessState, index: &str) -> Cases {
    Cases::new(CasesParts {
        store: store.store.clone(),
        access,
        pack,
        facts: Arc::new(TwoDistricts),
        search: Search::open(&store.folder().join(index)).expect("the small city is whole"),
    })
}

/// What a resident asks for, in the east, about a hole in the road.
pub(crate) fn hole_in_the_road() -> OpenCase {
    serde_json::from_value(json!({
        "procedure": "simple-request", "category": "0101", "level": "一般", "kind": "求助", "channel": "网站",
        "title": "东街路面有坑", "text": "路口东侧的路面有一个大坑，晚上很危险。",
        "place": {"lon": EAST.0, "lat": EAST.1, "address": "东街 1 号"}
    }))
    .expect("the small city is whole")
}

pub(crate) fn act(take: &str, form: Value) -> Act {
    serde_json::from_value(json!({"take": take, "form": form})).expect("the small city is whole")
}

/// The code of a refusal; a fault is told in full.
pub(crate) fn refused<T: std::fmt::Debug>(answer: Result<T, CaseFailure>) -> &'static str {
    match answer.expect_err("it was not refused") {
        baotu_access::Failure::Refused(refusal) => refusal.code(),
        baotu_access::Failure::Fault(fault) => panic!("a fault: {fault:?}"),
    }
}

impl City {
    /// The same city after a restart with another pack.
    pub(crate) fn restarted_with(&self, pack: Pack) -> Cases {
        cases_over(&self._store, pack, self.access.clone(), "search-after-restart")
    }

    pub(crate) fn store(&self) -> &Store {
        self.cases.store()
    }

    pub(crate) async fn open(&self, given: OpenCase, actor: &Actor) -> CaseState {
        self.cases.open(given, actor).await.expect("the small city is whole").state
    }

    pub(crate) async fn take(&self, key: &str, take: &str, form: Value, actor: &Actor) -> Acted {
        let acted = self.cases.decide(key, act(take, form), actor).await;
        acted.unwrap_or_else(|failure| panic!("{take}: {failure:?}"))
    }

    /// From opening to the end, everybody in time.
    pub(crate) async fn whole_run(&self, given: OpenCase) -> CaseState {
        let opened = self.open(given, &self.resident).await;
        let key = opened.id.to_string();
        self.take(&key, "dispatch", json!({}), &self.clerk).await;
        self.take(
            &key,
            "resolve",
            json!({"result": "已补好", "public_reply": "坑已补好，谢谢您。"}),
            &self.works,
        )
        .await;
        self.take(&key, "close", answers(true, true), &self.reviewer).await;
        opened
    }
}

/// The answers to a call-back that reached the reporter.
pub(crate) fn answers(solved: bool, satisfied: bool) -> Value {
    json!({"contacted": true, "solved": solved, "satisfied": satisfied, "unreachable": false})
}
