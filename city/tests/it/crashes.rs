//! A city killed with −9 again and again while people report and officials act and reactions run: every acknowledged
//! act is there, once, and every reaction has acted once.
//!
//! The clients do what real ones do: what got no answer is sent again with the same `Idempotency-Key`.

use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use baotu_storage::testing::{TestStore, open_unmigrated};
use baotu_storage::{Database, Engine};
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::city::{City, baotu};
use crate::people::Person;

/// Clients that work side by side.
const CLIENTS: usize = 4;
/// How long a claim of a dead process and the reactions that are left may take, after the last start.
const SETTLING: Duration = Duration::from_secs(150);

/// What is done with a report, one after the other: who does it, with what.
const STEPS: [(&str, &str); 3] =
    [("resident", "open"), ("hotline-agent", "accept"), ("hotline-dispatcher", "dispatch")];

/// A report on its way.
#[derive(Clone, Debug)]
struct Errand {
    /// A title that no other report has.
    title: String,
    /// What its requests are repeated under.
    key: String,
    /// The case, once its opening was acknowledged.
    case: Option<String>,
    /// How many steps were acknowledged.
    done: usize,
}

/// What came of sending a step.
enum Came {
    Acknowledged(Value),
    /// No answer: the city is gone.
    Gone,
    /// The same request of a dead process still holds its claim.
    Held,
}

/// The people of the story by role, with their tokens, which outlive a process.
struct Cast {
    client: Client,
    tokens: HashMap<&'static str, String>,
}

impl Cast {
    fn of(city: &City) -> Self {
        let tokens =
            STEPS.iter().map(|(role, _)| (*role, Person::with_role(city, role, None).into_token())).collect();
        Self { client: Client::new(), tokens }
    }

    /// Sends the next step of an errand.
    fn send(&self, city: &str, errand: &Errand) -> Came {
        let (role, take) = STEPS[errand.done];
        let (path, body) = match &errand.case {
            None => (
                "/api/cases".to_owned(),
                json!({
                    "procedure": "hotline-ticket", "category": "010403", "kind": "求助", "channel": "网页",
                    "title": errand.title, "text": "路灯不亮。", "place": {"lon": 117.0231, "lat": 36.6683},
                }),
            ),
            Some(case) => (format!("/api/cases/{case}/decisions"), json!({"take": take, "form": {}})),
        };
        let sent = self
            .client
            .post(format!("{city}{path}"))
            .bearer_auth(&self.tokens[role])
            .header("Idempotency-Key", format!("{}/{take}", errand.key))
            .json(&body)
            .send();
        // An answer that broke off is none.
        let Ok((status, body)) =
            sent.and_then(|answer| Ok((answer.status().as_u16(), answer.json::<Value>()?)))
        else {
            return Came::Gone;
        };
        match status {
            // 200 tells a repetition of what was stored before its answer got lost.
            200 | 201 => Came::Acknowledged(body),
            409 if body["code"] == "idempotency-in-flight" => Came::Held,
            _ => panic!("{take}: {status} {body}"),
        }
    }

    /// Goes on with an errand until it is done (true) or cannot go on now; `acknowledged` counts.
    fn pursue(&self, city: &str, errand: &mut Errand, acknowledged: &AtomicUsize) -> bool {
        while errand.done < STEPS.len() {
            match self.send(city, errand) {
                Came::Acknowledged(answer) => {
                    if errand.case.is_none() {
                        errand.case = Some(answer["id"].as_str().expect("an id").to_owned());
                    }
                    errand.done += 1;
                    acknowledged.fetch_add(1, Ordering::Relaxed);
                }
                // It is gone on with after the next start.
                Came::Held | Came::Gone => return false,
            }
        }
        true
    }

    fn read(&self, city: &str, role: &str, path: &str) -> Value {
        let sent = self.client.get(format!("{city}{path}")).bearer_auth(&self.tokens[role]).send();
        sent.expect("the city answers").json().expect("JSON")
    }

    /// All rows of a list that is told in pages.
    fn rows(&self, city: &str, role: &str, path: &str) -> Vec<Value> {
        let mut rows = Vec::new();
        let mut after = String::new();
        loop {
            let page = self.read(city, role, &format!("{path}?limit=100{after}"));
            rows.extend(page["rows"].as_array().expect("rows").iter().cloned());
            let Some(next) = page["next"].as_str() else { return rows };
            after = format!("&after={next}");
        }
    }
}

/// Runs a city on `engine` that is killed `kills` times.
fn survive(engine: Engine, kills: usize) {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let store: TestStore = runtime.block_on(open_unmigrated(engine));
    let data = store.folder().join("city");
    let database = match &store.config.database {
        Database::Postgres(url) => vec!["--database", url.as_str()],
        Database::Embedded(_) => Vec::new(),
    };
    let start =
        |command: &[&str]| City::start_on(&data, &[command, &database[..], &["--log", "error"][..]].concat());
    // The demo brings the people; the city is then run for good, with reactions on their own.
    let seeding = [
        &[
            "demo",
            "--history-hours",
            "0",
            "--history-only",
            "--listen",
            "127.0.0.1:0",
            "--log",
            "error",
            "--data",
        ][..],
        &[data.to_str().expect("UTF-8")],
        &database[..],
    ]
    .concat();
    let (code, _, complaints) = baotu(&seeding);
    assert_eq!(code, 0, "{complaints}");

    let mut city = start(&["serve"]);
    let cast = Cast::of(&city);
    let mut errands: Vec<Errand> = Vec::new();
    for kill in 0..kills {
        let acknowledged = AtomicUsize::new(0);
        let address = city.address.clone();
        // What the last death left open is gone on with first.
        let mut left: Vec<Errand> = Vec::new();
        errands.retain(|errand| {
            errand.done == STEPS.len() || {
                left.push(errand.clone());
                false
            }
        });
        let shares: Vec<Vec<Errand>> =
            (0..CLIENTS).map(|client| left.iter().skip(client).step_by(CLIENTS).cloned().collect()).collect();
        let (cast, acknowledged) = (&cast, &acknowledged);
        let done = std::thread::scope(|scope| {
            let clients: Vec<_> = shares
                .into_iter()
                .enumerate()
                .map(|(client, mut mine)| {
                    let address = &address;
                    scope.spawn(move || {
                        for errand in &mut mine {
                            // One whose claim is held by a dead process waits for the next start.
                            cast.pursue(address, errand, acknowledged);
                        }
                        for number in 0.. {
                            let key = format!("{kill}-{client}-{number}");
                            let mut errand =
                                Errand { title: format!("路灯不亮 {key}"), key, case: None, done: 0 };
                            let is_done = cast.pursue(address, &mut errand, acknowledged);
                            mine.push(errand);
                            if !is_done {
                                break;
                            }
                        }
                        mine
                    })
                })
                .collect();
            // At another distance from the start each time: early, and in the middle of reactions.
            let enough = || acknowledged.load(Ordering::Relaxed) >= 2 + kill * 3;
            while !enough() && !clients.iter().all(ScopedJoinHandle::is_finished) {
                std::thread::yield_now();
            }
            city.kill();
            clients.into_iter().flat_map(|client| client.join().expect("a client ends")).collect::<Vec<_>>()
        });
        errands.extend(done);
        city = start(&["serve"]);
    }

    // What got no answer is sent again until it has one.
    let deadline = Instant::now() + SETTLING;
    let counter = AtomicUsize::new(0);
    while errands.iter().any(|errand| errand.done < STEPS.len()) {
        assert!(Instant::now() < deadline, "an errand is stuck: {errands:?}");
        for errand in errands.iter_mut().filter(|errand| errand.done < STEPS.len()) {
            cast.pursue(&city.address, errand, &counter);
        }
        std::thread::yield_now();
    }

    // Each report is one case, in which each step was taken once.
    let mine = cast.rows(&city.address, "resident", "/api/my/cases");
    let mut titles = BTreeMap::<&str, usize>::new();
    for row in &mine {
        *titles.entry(row["title"].as_str().expect("a title")).or_default() += 1;
    }
    for errand in &errands {
        assert_eq!(titles.get(errand.title.as_str()), Some(&1), "{}", errand.title);
        let case = errand.case.as_deref().expect("opened");
        let seen = cast.read(&city.address, "hotline-dispatcher", &format!("/api/cases/{case}"));
        let timeline = seen["timeline"].as_array().expect("a timeline");
        let takes: Vec<&str> = timeline.iter().filter_map(|entry| entry["take"].as_str()).collect();
        assert_eq!(takes, ["open", "accept", "dispatch"], "{}", errand.title);
        assert_eq!(seen["version"], 3, "{}", errand.title);
    }
    assert_eq!(mine.len(), errands.len(), "no case came that nobody reported");

    // Two reactions tell the resident of each case: that it is open, and who has it.
    let told = || {
        let mut told = BTreeMap::<(String, String), usize>::new();
        for notice in cast.rows(&city.address, "resident", "/api/notices") {
            let word = |name: &str| notice[name].as_str().unwrap_or_default().to_owned();
            *told.entry((word("case_id"), word("subject"))).or_default() += 1;
        }
        told
    };
    let deadline = Instant::now() + SETTLING;
    let mut notices = told();
    while notices.values().sum::<usize>() < 2 * errands.len() {
        assert!(Instant::now() < deadline, "{} of {} notices came", notices.len(), 2 * errands.len());
        std::thread::yield_now();
        notices = told();
    }
    let twice: Vec<_> = notices.iter().filter(|(_, times)| **times != 1).collect();
    assert!(twice.is_empty(), "told twice: {twice:?}");
    assert_eq!(notices.len(), 2 * errands.len());
    println!("{engine:?}: {kills} kills, {} cases, {} notices", errands.len(), notices.len());
    city.kill();
}

#[test]
fn twenty_kills_lose_nothing_and_double_nothing() {
    survive(Engine::Sqlite, 20);
}

#[test]
fn kills_of_a_node_on_postgresql_lose_nothing_and_double_nothing() {
    survive(Engine::Postgres, 6);
}
