//! Alarms stored and told, on each storage: once, also after a crash; storms; what people may see and do.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use baotu_access::{AccessParts, AccessSettings, AccessState, Keys, PasswordCost, SeedPerson};
use baotu_pack::organisations::{Post, RoleList, Unit};
use baotu_pack::roles::Roles;
use baotu_rules::{BoxFuture, History, HistoryFault, Observed, Rules, RulesParts, Watched};
use baotu_storage::testing::stores;
use baotu_storage::{Position, Store, Work};
use baotu_vocabulary::{Chance, Event, Moment, PersonId, Surroundings};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::given::{gauge, noon, pack, reading, second, thing};

const ROLES: &str = r#"
[[role]]
name = "duty"
title = "值班员"
[[role]]
name = "handler"
title = "承办人"
[[role]]
name = "clerk"
title = "受理员"
[[grant]]
role = "duty"
actions = ["alarms.read", "alarms.acknowledge"]
resource = "alarm"
relation = "any"
[[grant]]
role = "duty"
actions = ["rules.read", "rules.replay"]
resource = "rule"
relation = "any"
[[grant]]
role = "handler"
actions = ["alarms.read"]
resource = "alarm"
relation = "unit"
[[grant]]
role = "anyone"
actions = ["alarms.read-public"]
resource = "city"
relation = "any"
"#;

/// A clock that stands still until it is set.
struct Clock(AtomicI64);

impl Clock {
    fn set(&self, seconds: i64) {
        self.0.store(second(seconds).micros(), Ordering::SeqCst);
    }
}

impl Surroundings for Clock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.load(Ordering::SeqCst))
    }

    fn chance(&self) -> Chance {
        static DRAWS: AtomicI64 = AtomicI64::new(0);
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&DRAWS.fetch_add(1, Ordering::SeqCst).to_be_bytes());
        chance
    }
}

/// The readings that were stored.
#[derive(Default)]
struct Past(Mutex<Vec<Observed>>);

impl History for Past {
    fn newest<'a>(&'a self, series: &'a [u32]) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        let kept = self.0.lock().expect("nobody panicked");
        let newest = |series: &u32| {
            let of_series = kept.iter().filter(|reading| reading.series == *series && reading.usable);
            of_series.max_by_key(|reading| reading.at).copied()
        };
        let newest = series.iter().filter_map(newest).collect();
        Box::pin(std::future::ready(Ok(newest)))
    }

    fn readings<'a>(
        &'a self,
        series: &'a [u32],
        from: Moment,
        to: Moment,
    ) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        let kept = self.0.lock().expect("nobody panicked");
        let fits =
            |reading: &&Observed| series.contains(&reading.series) && from <= reading.at && reading.at < to;
        let mut found: Vec<Observed> = kept.iter().filter(fits).copied().collect();
        found.sort_by_key(|reading| reading.at);
        Box::pin(std::future::ready(Ok(found)))
    }
}

/// The gauges of a city on one store; `restart` builds the engine again.
struct City {
    rules: Rules,
    clock: Arc<Clock>,
    past: Arc<Past>,
    store: Store,
    access: AccessState,
    gauges: u32,
}

impl City {
    async fn on(store: &Store, gauges: u32) -> Self {
        let clock = Arc::new(Clock(AtomicI64::new(noon().micros())));
        let past = Arc::new(Past::default());
        let access = access(store, &clock);
        let rules = engine(store, &access, &past, gauges);
        rules.recover().await.expect("nothing to take up");
        Self { rules, clock, past, store: store.clone(), access, gauges }
    }

    /// Readings come and are kept; the clock shows their second. Nothing is stored of what follows.
    fn come(&self, seconds: i64, readings: &[(u32, f64)]) {
        self.clock.set(seconds);
        let readings: Vec<Observed> =
            readings.iter().map(|(series, value)| reading(*series, seconds, *value)).collect();
        self.past.0.lock().expect("nobody panicked").extend(&readings);
        self.rules.observe(&readings, second(seconds));
    }

    async fn settle(&self) -> usize {
        self.rules.settle().await.expect("the store answers")
    }

    /// The process dies and another begins; what the board held is gone.
    async fn restart(&mut self) {
        self.rules = engine(&self.store, &self.access, &self.past, self.gauges);
        self.rules.recover().await.expect("the store answers");
    }

    /// What was said, in order: the kind and, for alarms, the thing's name.
    async fn said(&self) -> Vec<String> {
        let word = |event: &Event| {
            let of = event.data["thing_name"].as_str().map(|name| format!(" {name}")).unwrap_or_default();
            format!("{}{of}", event.kind)
        };
        self.events().await.iter().map(word).collect()
    }

    async fn events(&self) -> Vec<Event> {
        let logged = self.store.events_after(Position::START, 500).await.expect("the log");
        logged.into_iter().map(|logged| logged.event).filter(|event| event.source == "rules").collect()
    }
}

fn engine(store: &Store, access: &AccessState, past: &Arc<Past>, gauges: u32) -> Rules {
    let past: Arc<dyn History> = Arc::clone(past) as Arc<dyn History>;
    let parts = RulesParts { store: store.clone(), access: access.clone(), pack: pack(), history: past };
    let rules = Rules::new(parts);
    for number in 1..=gauges {
        // Every other gauge is the parks' business.
        let unit = if number % 2 == 1 { "works" } else { "parks" };
        rules.watch(Watched { unit: Some(unit.into()), ..gauge(number) });
    }
    rules
}

fn access(store: &Store, clock: &Arc<Clock>) -> AccessState {
    let roles: Roles = toml::from_str(ROLES).expect("roles");
    let unit = |code: &str| Unit {
        code: code.into(),
        name: code.to_owned(),
        kind: "bureau".into(),
        parent: None,
        area: "890100".into(),
        credit_code: None,
        phone: None,
        source: "synthetic".into(),
    };
    let post = |code: &str, unit: &str, role: &str| Post {
        code: code.into(),
        title: code.to_owned(),
        unit: unit.into(),
        roles: RoleList(vec![role.into()]),
        holders: 1,
    };
    AccessState::new(AccessParts {
        store: store.clone(),
        keys: Keys::derive(&[7; 32]),
        roles: &roles,
        units: &[unit("works"), unit("parks"), unit("office")],
        posts: &[
            post("office.duty", "office", "duty"),
            post("works.handler", "works", "handler"),
            post("office.clerk", "office", "clerk"),
        ],
        surroundings: clock.clone(),
        settings: AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() },
    })
}

#[tokio::test]
async fn an_alarm_is_told_with_its_reason_and_its_end() {
    for test in stores().await {
        let city = City::on(&test.store, 1).await;
        city.come(10, &[(11, 10.2)]);
        assert_eq!(city.settle().await, 1);
        assert_eq!(city.settle().await, 0);
        let events = city.events().await;
        let [raised] = events.as_slice() else { panic!("{events:?}") };
        assert_eq!(raised.kind, "rules.alarm_raised");
        assert_eq!(raised.time, second(10));
        let data = &raised.data;
        assert_eq!(data["rule"], "battery-low");
        assert_eq!((&data["value"], &data["limit"]), (&json!(10.2), &json!(11.0)));
        assert_eq!((&data["unit"], &data["level"]), (&json!("works"), &json!("一般")));
        assert_eq!(
            data["text"],
            "电池电压 10.2 V，低于限值 11 V。限值来源：demo（自 2020-01-01 起，演示值）。"
        );
        assert_eq!(data["division"], "890103001");
        let id = data["alarm_id"].as_str().expect("an id").parse().expect("an id");
        city.come(70, &[(11, 12.0)]);
        assert_eq!(city.settle().await, 1);
        let events = city.events().await;
        let cleared = &events[1];
        assert_eq!(cleared.kind, "rules.alarm_cleared");
        assert_eq!(cleared.data["open_seconds"], 60);
        assert_eq!(cleared.data["on_clear"], "none");
        assert_eq!(cleared.data["cleared_text"], "电池电压 12.0 V，已不低于 11 V，报警解除。");
        let fact = city.rules.alarm_fact(&baotu_rules::contracts::AlarmQuestion { alarm_id: id }).await;
        assert_eq!(fact.expect("an answer")["state"], "cleared");
    }
}

#[tokio::test]
async fn a_crash_loses_no_alarm_and_doubles_none() {
    for test in stores().await {
        let mut city = City::on(&test.store, 3).await;
        // Stored; ended and stored; raised and lost with the process; held and not yet raised.
        city.come(10, &[(11, 10.0), (21, 10.0)]);
        city.settle().await;
        city.come(20, &[(21, 12.0)]);
        city.settle().await;
        city.come(30, &[(31, 10.0), (20, 3.4)]);
        let told = [
            "rules.alarm_raised 1 号水位站",
            "rules.alarm_raised 2 号水位站",
            "rules.alarm_cleared 2 号水位站",
        ];
        assert_eq!(city.said().await.len(), told.len());
        city.clock.set(200);
        city.restart().await;
        city.settle().await;
        let said = city.said().await;
        assert_eq!(said[3..], ["rules.alarm_raised 3 号水位站"], "{said:?}");
        assert_eq!(city.events().await[3].time, second(30));
        // The level has lasted since before the crash.
        city.clock.set(631);
        city.settle().await;
        let events = city.events().await;
        assert_eq!((events[4].data["rule"].as_str(), events[4].time), (Some("water-high"), second(630)));
        // The first is still open, and is not raised again.
        city.come(700, &[(11, 9.0), (31, 12.0)]);
        city.settle().await;
        city.clock.set(800);
        city.restart().await;
        city.settle().await;
        city.come(900, &[(11, 12.0)]);
        city.settle().await;
        let said = city.said().await;
        assert_eq!(
            said[5..],
            ["rules.alarm_cleared 3 号水位站", "rules.alarm_cleared 1 号水位站"],
            "{said:?}"
        );
    }
}

#[tokio::test]
async fn a_crash_before_anything_was_ever_settled_loses_no_alarm() {
    for test in stores().await {
        let mut city = City::on(&test.store, 1).await;
        city.come(0, &[(11, 10.0)]);
        city.clock.set(2);
        city.restart().await;
        city.settle().await;
        let events = city.events().await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((events[0].kind.as_str(), events[0].time), ("rules.alarm_raised", second(0)));
    }
}

#[tokio::test]
async fn silence_that_began_before_a_restart_is_told_in_time() {
    for test in stores().await {
        let mut city = City::on(&test.store, 1).await;
        city.come(0, &[(10, 1.0)]);
        city.settle().await;
        city.clock.set(6_000);
        city.settle().await;
        city.restart().await;
        city.clock.set(7_200);
        city.settle().await;
        let events = city.events().await;
        assert_eq!(events.len(), 1, "{events:?}");
        assert_eq!((events[0].data["rule"].as_str(), events[0].time), (Some("gauge-silent"), second(7_200)));
    }
}

#[tokio::test]
async fn an_alarm_whose_thing_is_gone_ends_at_the_restart() {
    for test in stores().await {
        let mut city = City::on(&test.store, 2).await;
        city.come(0, &[(21, 10.0)]);
        city.settle().await;
        city.clock.set(60);
        city.gauges = 1;
        city.restart().await;
        city.settle().await;
        let events = city.events().await;
        assert_eq!(events[1].kind, "rules.alarm_cleared");
        assert_eq!(events[1].data["cleared_text"], "规则已停用，或设备不再监测，报警解除。");
    }
}

#[tokio::test]
async fn a_database_that_fails_for_a_while_loses_nothing() {
    for test in stores().await {
        let city = City::on(&test.store, 3).await;
        let rename = async |from: &str, to: &str| {
            let mut work = Work::new();
            work.run(format!("ALTER TABLE {from} RENAME TO {to}"), Vec::new());
            city.store.commit(work).await.expect("the table has another name");
        };
        city.come(10, &[(11, 10.0)]);
        city.settle().await;
        // The question what is known fails …
        rename("rules_alarm", "rules_hidden").await;
        city.come(20, &[(11, 12.0), (21, 10.0)]);
        city.rules.settle().await.expect_err("there is no such table");
        rename("rules_hidden", "rules_alarm").await;
        // … and what is prepared fails.
        rename("storage_event", "storage_hidden").await;
        city.come(30, &[(31, 10.0)]);
        city.rules.settle().await.expect_err("there is no log");
        rename("storage_hidden", "storage_event").await;
        city.settle().await;
        let raised = |number| format!("rules.alarm_raised {number} 号水位站");
        let wanted = [raised(1), "rules.alarm_cleared 1 号水位站".to_owned(), raised(2), raised(3)];
        assert_eq!(city.said().await, wanted);
    }
}

#[tokio::test]
async fn alarms_are_stored_as_they_happen() {
    for test in stores().await {
        let city = City::on(&test.store, 1).await;
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let rules = city.rules.clone();
        let running = tokio::spawn(async move {
            rules
                .run(async {
                    stopped.await.ok();
                })
                .await;
        });
        city.come(10, &[(11, 10.0)]);
        let patience = std::time::Duration::from_secs(30);
        assert!(city.store.wait_for_events(Position::START, patience).await.expect("the log"));
        assert_eq!(city.said().await, ["rules.alarm_raised 1 号水位站"]);
        stop.send(()).expect("it runs");
        running.await.expect("it ends");
    }
}

#[test]
fn reactions_can_read_what_events_say() {
    use baotu_pack::Type;
    for event in baotu_rules::contracts::contracts().events {
        let Type::Record(fields) = Type::from_schema(&event.data) else {
            panic!("{}: no record", event.name)
        };
        for name in ["level", "text", "rule_title", "on_clear", "lon", "lat"] {
            assert!(fields.contains_key(name), "{} lacks {name}", event.name);
        }
        let id = if event.name.contains("storm") { "storm_id" } else { "alarm_id" };
        assert_eq!(fields.get(id), Some(&Type::String), "{}", event.name);
        assert_eq!(event.name.ends_with("cleared"), fields.contains_key("cleared_at"), "{}", event.name);
    }
}

#[tokio::test]
async fn a_storm_is_told_once() {
    for test in stores().await {
        let mut city = City::on(&test.store, 5).await;
        let high: Vec<(u32, f64)> = (1..=4).map(|number| (number * 10, 3.5)).collect();
        city.come(0, &high[..2]);
        city.come(5, &high[2..]);
        city.clock.set(605);
        city.settle().await;
        let events = city.events().await;
        let kinds: Vec<&str> = events.iter().map(|event| event.kind.as_str()).collect();
        assert_eq!(kinds, ["rules.alarm_raised", "rules.alarm_raised", "rules.storm_raised"]);
        assert_eq!(events[2].data["members"], 3);
        assert_eq!(events[2].data["alarms"].as_array().map(Vec::len), Some(3));
        assert_eq!(events[2].data["grouping"], "district");
        assert_eq!(events[2].data["district"], "890103");
        // After a restart, too, others join it in silence.
        city.clock.set(700);
        city.restart().await;
        city.come(710, &[(50, 3.5)]);
        city.clock.set(1_310);
        city.settle().await;
        assert_eq!(city.said().await.len(), 3);
        let all: Vec<(u32, f64)> = (1..=5).map(|number| (number * 10, 1.0)).collect();
        city.come(1_400, &all);
        city.clock.set(2_600);
        city.settle().await;
        let said = city.said().await;
        assert_eq!(
            said[3..],
            ["rules.alarm_cleared 1 号水位站", "rules.alarm_cleared 2 号水位站"],
            "{said:?}"
        );
        // The window after the last one that joined.
        city.clock.set(1_310 + 1_800);
        city.settle().await;
        let events = city.events().await;
        let last = events.last().expect("events");
        assert_eq!((last.kind.as_str(), &last.data["members"]), ("rules.storm_cleared", &json!(5)));
        assert_eq!(events.len(), 6);
    }
}

/// A desk: the routes and the tokens of those who use them.
struct Desk {
    routes: Router,
    duty: String,
    handler: String,
    clerk: String,
}

impl Desk {
    async fn of(city: &City) -> Self {
        let hash = city.access.hash_password("spring-water-72".to_owned()).await.expect("a hash");
        let person = |number: u8| PersonId::new(Moment::from_micros(0), [number; 10]);
        let people = [(1, "office.duty"), (2, "works.handler"), (3, "office.clerk")];
        let seeds = people.map(|(number, post)| SeedPerson {
            person: person(number),
            user: format!("user{number}"),
            name: "王小明".to_owned(),
            phone: None,
            posts: vec![post.into()],
        });
        city.access.seed(seeds, &hash).await.expect("people are entered");
        let session = async |(number, post): (u8, &str)| {
            let opened = city.access.open_session(person(number), Some(post.into())).await;
            opened.expect("a session").1.to_string()
        };
        Self {
            routes: baotu_rules::http::routes(city.rules.clone()).split_for_parts().0,
            duty: session(people[0]).await,
            handler: session(people[1]).await,
            clerk: session(people[2]).await,
        }
    }

    async fn ask(&self, path: &str, token: &str, body: Option<Value>) -> (StatusCode, Value) {
        let method = if body.is_some() { "POST" } else { "GET" };
        let mut request = Request::builder().method(method).uri(path);
        if !token.is_empty() {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        let answer = self.routes.clone().oneshot(request.expect("a request")).await.expect("an answer");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

#[tokio::test]
async fn people_see_and_acknowledge_what_they_may() {
    for test in stores().await {
        let city = City::on(&test.store, 4).await;
        for number in 1..=4 {
            city.come(i64::from(number), &[(number * 10 + 1, 10.0)]);
        }
        city.come(100, &[(41, 12.0)]);
        city.settle().await;
        let desk = Desk::of(&city).await;
        let rows = |page: &Value| -> Vec<String> {
            let rows = page["rows"].as_array().expect("rows");
            rows.iter().map(|row| row["thing_name"].as_str().expect("a name").to_owned()).collect()
        };
        let (status, page) = desk.ask("/api/alarms?limit=3", &desk.duty, None).await;
        assert_eq!(status, StatusCode::OK, "{page}");
        assert_eq!(rows(&page), ["4 号水位站", "3 号水位站", "2 号水位站"]);
        let next = page["next"].as_str().expect("a next page");
        let (_, second_page) = desk.ask(&format!("/api/alarms?limit=3&after={next}"), &desk.duty, None).await;
        assert_eq!((rows(&second_page), &second_page["next"]), (vec!["1 号水位站".to_owned()], &Value::Null));
        let own = thing(2);
        for (query, wanted) in [
            ("open=true", vec!["3 号水位站", "2 号水位站", "1 号水位站"]),
            ("open=false", vec!["4 号水位站"]),
            (&*format!("thing={own}"), vec!["2 号水位站"]),
            (&*format!("thing={own}&open=false"), vec![]),
            ("rule=battery-low&level=一般&open=false", vec!["4 号水位站"]),
            ("rule=water-high", vec![]),
            ("since=2026-11-24T04:00:03Z&thing_type=water-gauge", vec!["4 号水位站", "3 号水位站"]),
        ] {
            let query = query.replace("一般", "%E4%B8%80%E8%88%AC");
            let (_, page) = desk.ask(&format!("/api/alarms?{query}"), &desk.duty, None).await;
            assert_eq!(rows(&page), wanted, "{query}");
        }
        // Whoever handles sees the things of their unit; a clerk none; a stranger is asked to sign in.
        let (_, page) = desk.ask("/api/alarms", &desk.handler, None).await;
        assert_eq!(rows(&page), ["3 号水位站", "1 号水位站"]);
        let (_, page) = desk.ask("/api/alarms", &desk.clerk, None).await;
        assert_eq!(rows(&page), Vec::<String>::new());
        for path in ["/api/alarms", "/api/alarms/indicators", "/api/storms", "/api/rules"] {
            assert_eq!(desk.ask(path, "", None).await.0, StatusCode::UNAUTHORIZED, "{path}");
        }
        assert_eq!(
            desk.ask("/api/alarms?after=x", &desk.duty, None).await.0,
            StatusCode::UNPROCESSABLE_ENTITY
        );

        let (_, all) = desk.ask("/api/alarms", &desk.duty, None).await;
        let id_of = |row: usize| all["rows"][row]["id"].as_str().expect("an id").to_owned();
        let (third, second_id) = (id_of(1), id_of(2));
        let (status, one) = desk.ask(&format!("/api/alarms/{third}"), &desk.handler, None).await;
        assert_eq!(
            (status, &one["explanation"]["limits"][0]["key"]),
            (StatusCode::OK, &json!("battery-min"))
        );
        for (path, token) in [(&second_id, &desk.handler), (&third, &desk.clerk)] {
            assert_eq!(desk.ask(&format!("/api/alarms/{path}"), token, None).await.0, StatusCode::NOT_FOUND);
        }
        let path = format!("/api/alarms/{third}/acknowledgement");
        let said = Some(json!({"opinion": "已派人更换电池"}));
        assert_eq!(desk.ask(&path, &desk.clerk, said.clone()).await.0, StatusCode::NOT_FOUND);
        assert_eq!(desk.ask(&path, &desk.handler, said.clone()).await.0, StatusCode::FORBIDDEN);
        assert_eq!(desk.ask(&path, "", said.clone()).await.0, StatusCode::UNAUTHORIZED);
        let empty = Some(json!({"opinion": " "}));
        assert_eq!(desk.ask(&path, &desk.duty, empty).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        let (status, acknowledged) = desk.ask(&path, &desk.duty, said.clone()).await;
        assert_eq!(status, StatusCode::CREATED, "{acknowledged}");
        assert_eq!((&acknowledged["state"], &acknowledged["open"]), (&json!("acknowledged"), &json!(true)));
        assert_eq!(desk.ask(&path, &desk.duty, said.clone()).await.0, StatusCode::CONFLICT);
        // One that has ended may be acknowledged, and stays ended.
        let path = format!("/api/alarms/{}/acknowledgement", id_of(0));
        let (_, ended) = desk.ask(&path, &desk.duty, said).await;
        assert_eq!((&ended["state"], &ended["opinion"]), (&json!("cleared"), &json!("已派人更换电池")));
        city.come(200, &[(31, 12.0)]);
        city.settle().await;
        let events = city.events().await;
        assert_eq!(events.last().expect("events").data["acknowledged"], true);

        let (_, told) = desk.ask("/api/alarms/indicators", &desk.duty, None).await;
        let open = json!([{"level": "一般", "thing_type": "water-gauge", "district": "890103", "acknowledged": false, "alarms": 2}]);
        assert_eq!(told["open"], open);
        assert_eq!(
            told["cleared"],
            json!([{"level": "一般", "alarms": 2, "mean_open_seconds": (96 + 197) / 2}])
        );
    }
}

#[tokio::test]
async fn everybody_is_told_of_levels_and_districts_and_of_no_thing() {
    for test in stores().await {
        let city = City::on(&test.store, 3).await;
        city.come(1, &[(11, 10.0)]);
        city.come(2, &[(21, 10.0)]);
        city.come(3, &[(31, 10.0)]);
        city.come(100, &[(31, 12.0)]);
        city.settle().await;
        let desk = Desk::of(&city).await;
        let (status, told) = desk.ask("/api/alarms/public", "", None).await;
        assert_eq!(status, StatusCode::OK, "{told}");
        assert_eq!(told["open"], json!([{"level": "一般", "district": "890103", "alarms": 2}]));
        let newest = json!({"level": "一般", "rule": "battery-low", "title": told["rows"][0]["title"],
            "district": "890103", "raised_at": "2026-11-24T04:00:02Z", "acknowledged": false});
        assert_eq!(told["rows"].as_array().map(Vec::len), Some(2));
        assert_eq!(told["rows"][0], newest);
        assert!(!told.to_string().contains("水位站"), "{told}");
    }
}

#[tokio::test]
async fn a_list_of_things_is_marked_with_what_its_reader_may_see() {
    for test in stores().await {
        let city = City::on(&test.store, 3).await;
        city.come(1, &[(11, 10.0), (21, 10.0), (31, 10.0)]);
        city.come(100, &[(31, 12.0)]);
        city.settle().await;
        let desk = Desk::of(&city).await;
        let path = format!("/api/alarms/marks?things={},{},{}", thing(1), thing(2), thing(3));
        let mark = |number: u32| json!({"thing": thing(number).to_string(), "level": "一般", "alarms": 1});
        assert_eq!(desk.ask(&path, &desk.duty, None).await.1, json!([mark(1), mark(2)]));
        assert_eq!(desk.ask(&path, &desk.handler, None).await.1, json!([mark(1)]));
        assert_eq!(desk.ask(&path, &desk.clerk, None).await.1, json!([]));
        assert_eq!(desk.ask(&path, "", None).await.0, StatusCode::UNAUTHORIZED);
        for things in ["", "x", &vec![thing(1).to_string(); 101].join(",")] {
            let (status, told) =
                desk.ask(&format!("/api/alarms/marks?things={things}"), &desk.duty, None).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{told}");
        }
    }
}

#[tokio::test]
async fn a_rule_is_replayed_before_it_is_published() {
    for test in stores().await {
        let city = City::on(&test.store, 2).await;
        for (seconds, voltage) in [(0, 12.0), (600, 10.9), (1_200, 10.5), (1_800, 12.0)] {
            city.come(seconds, &[(11, voltage), (21, 12.0)]);
        }
        city.clock.set(4_000);
        let desk = Desk::of(&city).await;
        let (from, to) = (noon(), second(3_600));
        let span = |rest: Value| {
            let mut body = json!({"from": from, "to": to});
            body.as_object_mut().expect("an object").extend(rest.as_object().cloned().unwrap_or_default());
            Some(body)
        };
        let path = "/api/rules/battery-low/replays";
        let (status, as_it_is) = desk.ask(path, &desk.duty, span(json!({}))).await;
        assert_eq!(status, StatusCode::OK, "{as_it_is}");
        assert_eq!((&as_it_is["raised"], &as_it_is["cleared"]), (&json!(1), &json!(1)));
        assert_eq!(as_it_is["mean_open_seconds"], 1_200);
        assert_eq!(as_it_is["alarms"][0]["raised_at"], second(600).to_string());
        assert_eq!((&as_it_is["things"], &as_it_is["readings"]), (&json!(2), &json!(8)));

        let number = json!({"key": "battery-min", "value": 10.6, "unit": "V", "valid_from": "2020-01-01", "source": "拟议", "status": "trial"});
        let (_, lower) = desk.ask(path, &desk.duty, span(json!({"parameters": [number]}))).await;
        assert_eq!(lower["alarms"][0]["raised_at"], second(1_200).to_string());
        assert!(lower["alarms"][0]["why"]["text"].as_str().is_some_and(|text| text.contains("拟议")));
        let (_, other) = desk.ask(path, &desk.duty, span(json!({"thing": thing(2)}))).await;
        assert_eq!(other["raised"], 0);

        let draft = json!({"name": "x", "title": "电压低", "version": "2027-01-01", "watches": "water-gauge", "level": "一般",
            "about": "", "below": {"property": "battery", "limit": "battery-min"}, "hold_seconds": 3_000});
        let (status, held) = desk.ask(path, &desk.duty, span(json!({"rule": draft}))).await;
        assert_eq!((status, &held["raised"]), (StatusCode::OK, &json!(0)), "{held}");
        let broken = json!({"rule": {"name": "x", "title": "", "version": "2027-01-01", "watches": "water-gauge", "level": "一般",
            "about": "", "below": {"property": "batery", "limit": "battery-min"}}});
        let (status, told) = desk.ask("/api/rules/new/replays", &desk.duty, span(broken)).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(told["fields"][0]["name"], "rule.below.property");

        let (late, long) =
            (json!({"from": from, "to": second(9_000)}), json!({"from": second(-9_000_000), "to": to}));
        for body in [late, long, json!({"from": to, "to": from})] {
            assert_eq!(desk.ask(path, &desk.duty, Some(body)).await.0, StatusCode::UNPROCESSABLE_ENTITY);
        }
        let ask = |path, token| desk.ask(path, token, span(json!({})));
        assert_eq!(ask("/api/rules/nothing/replays", &desk.duty).await.0, StatusCode::NOT_FOUND);
        assert_eq!(ask(path, &desk.handler).await.0, StatusCode::FORBIDDEN);
        assert_eq!(ask(path, "").await.0, StatusCode::UNAUTHORIZED);
        // Nothing of it was stored.
        assert_eq!(city.said().await, Vec::<String>::new());

        let (_, rules) = desk.ask("/api/rules", &desk.duty, None).await;
        let high = rules.as_array().expect("rules").iter().find(|rule| rule["name"] == "water-high");
        let high = high.expect("the rule");
        assert_eq!(high["declared_at"], "sensing/water-level/rules.toml:4");
        assert_eq!((&high["test"], &high["hold_seconds"]), (&json!("above"), &json!(600)));
        assert_eq!(high["parameters"].as_array().map(Vec::len), Some(3));
    }
}
