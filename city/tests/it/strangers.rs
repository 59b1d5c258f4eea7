//! Strangers knock on every door: each route is called as nobody, as a resident who isn't concerned and as an official
//! of another area. What they may not know of is not found, and no answer tells them who reported what.

use std::collections::BTreeSet;
use std::io::Read;

use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::city::City;
use crate::devices::{Device, OPERATOR, post};
use crate::people::{Answer, PHOTO, Person};

/// What is asked of strangers at one door: its method and path as the interface describes them, and the statuses for
/// nobody, for a resident, for an official.
type Door = (&'static str, &'static str, [u16; 3]);

/// Doors that are open: they tell nothing of a person, or everybody may do it for themselves. This list only shrinks.
const OPEN: [Door; 22] = [
    ("GET", "/api/city", [200, 200, 200]),
    ("GET", "/api/demo", [200, 200, 200]),
    ("GET", "/api/procedures", [200, 200, 200]),
    ("GET", "/api/categories", [200, 200, 200]),
    ("GET", "/api/cases/near", [200, 200, 200]),
    ("GET", "/api/geo/at", [200, 200, 200]),
    ("GET", "/api/geo/divisions", [200, 200, 200]),
    ("GET", "/api/geo/search", [200, 200, 200]),
    ("GET", "/api/live", [200, 200, 200]),
    ("GET", "/api/statistics/live", [200, 200, 200]),
    ("GET", "/api/statistics/live/cases", [200, 200, 200]),
    ("GET", "/api/statistics/live/days", [200, 200, 200]),
    // Air, water and noise are everybody's.
    ("GET", "/api/stations", [200, 200, 200]),
    ("GET", "/api/stations/{code}", [200, 200, 200]),
    ("GET", "/api/stations/{code}/series/{property}", [200, 200, 200]),
    // What the wall shows: no thing of a person, and no name of what is not public.
    ("GET", "/api/thing-map", [200, 200, 200]),
    ("GET", "/api/alarms/public", [200, 200, 200]),
    ("GET", "/tiles/base/{z}/{x}/{y}", [200, 200, 200]),
    ("GET", "/tiles/live/{z}/{x}/{y}", [200, 200, 200]),
    ("POST", "/api/residents", [201, 201, 201]),
    // A wrong password, and a token that nobody issued.
    ("POST", "/api/session", [401, 401, 401]),
    ("POST", "/api/password/reset", [422, 422, 422]),
];

/// Open doors that the interface doesn't describe: the description itself, the machine's doors, and the screens, which
/// are the same files for everybody whatever they are called with.
const UNDESCRIBED: [Door; 12] = [
    ("GET", "/api/openapi.json", [200, 200, 200]),
    ("GET", "/healthz", [200, 200, 200]),
    ("GET", "/readyz", [200, 200, 200]),
    ("GET", "/", [200, 200, 200]),
    ("GET", "/cases/{number}", [200, 200, 200]),
    ("GET", "/desk", [200, 200, 200]),
    ("GET", "/desk/cases/{id}", [200, 200, 200]),
    ("GET", "/screen", [200, 200, 200]),
    ("GET", "/assets/{id}", [404, 404, 404]),
    // Things bring their own secret; no session opens these.
    ("POST", "/things/readings", [401, 401, 401]),
    ("POST", "/influx/write", [401, 401, 401]),
    ("POST", "/influx/api/v2/write", [401, 401, 401]),
];

/// Doors that ask who is there and then serve them: their own things, never another's.
const ONES_OWN: [Door; 25] = [
    ("GET", "/api/session", [401, 200, 200]),
    ("POST", "/api/session/post", [401, 403, 403]),
    ("POST", "/api/password", [401, 422, 422]),
    ("GET", "/api/my/audit", [401, 200, 200]),
    ("GET", "/api/my/cases", [401, 200, 200]),
    ("GET", "/api/cases", [401, 200, 200]),
    ("GET", "/api/cases/export", [401, 200, 200]),
    // The one case that came of a thing or an alarm, to who may read it; here of one that nobody knows.
    ("GET", "/api/cases/of-origin", [401, 200, 200]),
    ("GET", "/api/cases/similar", [401, 200, 200]),
    ("GET", "/api/knowledge", [401, 200, 200]),
    ("GET", "/api/me/settings/{name}", [401, 200, 200]),
    ("PUT", "/api/me/settings/{name}", [401, 200, 200]),
    // A handling unit is told of its own cases, of which there are none here.
    ("POST", "/api/cases/caller-history", [401, 403, 200]),
    ("GET", "/api/queues", [401, 200, 200]),
    ("GET", "/api/notices", [401, 200, 200]),
    // The things of one's own unit and their alarms, of which there are none here.
    ("GET", "/api/things", [401, 200, 200]),
    ("GET", "/api/thing-types", [401, 200, 200]),
    ("GET", "/api/alarms", [401, 200, 200]),
    ("GET", "/api/alarms/indicators", [401, 200, 200]),
    ("GET", "/api/alarms/marks", [401, 200, 200]),
    ("GET", "/api/storms", [401, 200, 200]),
    ("GET", "/api/units", [401, 200, 200]),
    // A handling unit opens no cases.
    ("POST", "/api/cases", [401, 201, 403]),
    // An empty body is no photo.
    ("POST", "/api/blobs", [401, 415, 415]),
    // Last, since it ends the session.
    ("DELETE", "/api/session", [401, 204, 204]),
];

/// Doors of administrators and of those who count: everybody may know of them.
const OFFICES: [Door; 28] = [
    ("GET", "/api/accounts", [401, 403, 403]),
    ("POST", "/api/accounts", [401, 403, 403]),
    ("GET", "/api/accounts/{person}", [401, 403, 403]),
    ("GET", "/api/accounts/{person}/holdings", [401, 403, 403]),
    ("POST", "/api/accounts/{person}/holdings", [401, 403, 403]),
    ("DELETE", "/api/accounts/{person}/holdings/{post}", [401, 403, 403]),
    ("PUT", "/api/accounts/{person}/lock", [401, 403, 403]),
    ("DELETE", "/api/accounts/{person}/lock", [401, 403, 403]),
    ("POST", "/api/accounts/{person}/resets", [401, 403, 403]),
    ("GET", "/api/clients", [401, 403, 403]),
    ("POST", "/api/clients", [401, 403, 403]),
    ("DELETE", "/api/clients/{name}", [401, 403, 403]),
    ("GET", "/api/audit", [401, 403, 403]),
    ("GET", "/api/audit/verification", [401, 403, 403]),
    ("GET", "/api/grants", [401, 403, 403]),
    ("GET", "/api/notices/outbox", [401, 403, 403]),
    ("GET", "/api/pack", [401, 403, 403]),
    ("GET", "/api/pack/procedures/{name}", [401, 403, 403]),
    ("GET", "/api/pack/functions", [401, 403, 403]),
    ("GET", "/api/pack/grants", [401, 403, 403]),
    ("GET", "/api/pack/calendar/{year}", [401, 403, 403]),
    ("GET", "/api/pack/trial/dispatch", [401, 403, 403]),
    ("GET", "/api/pack/trial/limit", [401, 403, 403]),
    ("POST", "/api/things", [401, 403, 403]),
    ("GET", "/api/rules", [401, 403, 403]),
    ("POST", "/api/rules/{name}/replays", [401, 403, 403]),
    ("GET", "/api/statistics", [401, 403, 403]),
    ("GET", "/api/statistics/indicators", [401, 403, 403]),
];

/// Doors to one thing that a stranger may not know of: never a 403, and nothing that an id which never was wouldn't be
/// told.
const HIDDEN: [Door; 8] = [
    ("GET", "/api/cases/{id}", [404, 404, 404]),
    ("GET", "/api/cases/{id}/suggestions", [401, 404, 404]),
    ("POST", "/api/cases/{id}/decisions", [401, 404, 404]),
    ("POST", "/api/cases/{id}/requests", [401, 404, 404]),
    ("POST", "/api/cases/{id}/requests/{request}/decision", [401, 404, 404]),
    ("POST", "/api/cases/{id}/contact-reading", [401, 404, 404]),
    ("GET", "/api/blobs/{blob}", [404, 404, 404]),
    ("POST", "/api/notices/{notice}/reading", [401, 404, 404]),
];

/// Doors to a thing of another unit, which is as hidden as a case.
const THINGS: [Door; 8] = [
    ("GET", "/api/things/{thing}", [401, 404, 404]),
    ("PATCH", "/api/things/{thing}", [401, 404, 404]),
    ("POST", "/api/things/{thing}/secret", [401, 404, 404]),
    ("GET", "/api/things/{thing}/series/{property}", [401, 404, 404]),
    ("GET", "/api/things/{thing}/commands", [401, 404, 404]),
    ("POST", "/api/things/{thing}/commands", [401, 404, 404]),
    ("GET", "/api/alarms/{alarm}", [401, 404, 404]),
    ("POST", "/api/alarms/{alarm}/acknowledgement", [401, 404, 404]),
];

/// The door to what stands on the public list of cases near a place: whoever has met with the same joins it, and then
/// knows of it; so it is knocked at last.
const JOINING: Door = ("POST", "/api/cases/{id}/supporters", [401, 201, 404]);

/// Open311, which is for everybody: what it publishes of a case has no person and none of their words.
const OPEN311: [Door; 8] = [
    ("GET", "/open311/v2/discovery.json", [200, 200, 200]),
    ("GET", "/open311/v2/services.json", [200, 200, 200]),
    ("GET", "/open311/v2/services/street-light.xml", [200, 200, 200]),
    ("GET", "/open311/v2/requests.json", [200, 200, 200]),
    ("GET", "/open311/v2/requests.xml", [200, 200, 200]),
    ("GET", "/open311/v2/requests/{number}.json", [200, 200, 200]),
    ("GET", "/open311/v2/tokens/{id}.json", [200, 200, 200]),
    // A session opens nothing here: programs bring a key.
    ("POST", "/open311/v2/requests.json", [403, 403, 403]),
];

/// Officials who have to do with other things, by role and unit: to each of them the case is not there.
const ELSEWHERE: [(&str, &str); 11] = [
    ("unit-handler", "370103-chengguan"),
    ("unit-receiver", "370103-chengguan"),
    ("unit-leader", "370103-zhujian"),
    ("district-coordinator", "370103"),
    ("district-supervisor", "370103"),
    ("supervision-clerk", "jn-supervision"),
    ("command-dispatcher", "jn-command"),
    ("operator", ""),
    ("system-administrator", ""),
    ("security-administrator", ""),
    ("audit-administrator", ""),
];

/// Where the case lies, in Lixia district.
const LON: f64 = 117.0231;
const LAT: f64 = 36.6683;
/// The tile of zoom 14 that holds it.
const TILE: &str = "14/13517/6396";
const REPORTER: &str = "欧阳柘溪";
const PHONE: &str = "13864017359";
const TEXT: &str = "夜里十一点后路灯全灭，我家老人出门摔了一跤。";
const TITLE: &str = "柘溪巷口路灯夜里不亮";
/// The title stands among possible duplicates around a place, which the pack shows to everybody.
const TITLE_IS_TOLD_AT: &str = "/api/cases/near";

/// A case that strangers may not know of, with everything that hangs on it.
struct Hidden {
    id: String,
    number: String,
    request: String,
    blob: String,
    notice: String,
    person: String,
    thing: String,
    alarm: String,
    station: String,
}

impl Hidden {
    /// A resident reports with a photo; the case is dispatched, and its unit asks for more time.
    fn open(city: &City, confidential: bool) -> Self {
        let operator = Person::with_role(city, OPERATOR, None);
        let of = |kind: &str| {
            let code = format!("{kind}-{}", if confidential { 2 } else { 1 });
            let told =
                json!({"code": code, "kind": kind, "unit": "370102-chengguan", "lon": LON, "lat": LAT});
            Device::registered_with(&operator, told)
        };
        let (station, meter) = (of("water-station"), of("gas-meter"));
        let leak = json!({"values": {"gas-concentration": 60.0}});
        let stored = post(&Client::new(), &city.address, &meter, &leak);
        assert_eq!(stored.map(|(status, _)| status), Some(200));
        let of_meter = format!("/api/alarms?thing={}", meter.id);
        let alarms = operator.sees(&of_meter, |page| page["rows"][0].is_object());
        let alarm = text(&alarms["rows"][0]["id"]);
        let resident = Person::with_role(city, "resident", None);
        let photo =
            resident.request(Method::POST, "/api/blobs").header("content-type", "image/png").body(PHOTO);
        let blob = text(&Answer::of(resident.sent(photo)).with(201)["id"]);
        let opened = resident.post("/api/cases", &opening(confidential, &blob)).with(201);
        let (id, number) = (text(&opened["id"]), text(&opened["number"]));
        Person::with_role(city, "hotline-agent", None).takes(&id, "accept", json!({}));
        Person::with_role(city, "hotline-dispatcher", None).takes(&id, "dispatch", json!({}));
        let seen = resident.get(&format!("/api/cases/{id}")).with(200);
        let lead = text(&seen["lead_unit"]["code"]);
        assert!(lead.starts_with("370102"), "the case lies in Lixia, and so does its unit: {lead}");
        Person::with_role(city, "unit-receiver", Some(&lead)).takes(&id, "sign", json!({}));
        let asked = Person::with_role(city, "unit-handler", Some(&lead)).post(
            &format!("/api/cases/{id}/requests"),
            &json!({"request": "extension",
                "form": {"amount": 1, "reason": "天气影响", "explanation": "连日大雨，无法登高作业"}}),
        );
        let request = text(&asked.with(201)["request"]);
        let notices = resident.sees("/api/notices", |inbox| inbox["rows"][0].is_object());
        let notice = text(&notices["rows"][0]["id"]);
        let person = text(&resident.get("/api/session").with(200)["person"]["id"]);
        Self { id, number, request, blob, notice, person, thing: meter.id, alarm, station: station.code }
    }

    /// The path with the names of this case's things filled in.
    fn path(&self, template: &str) -> String {
        let (z_x_y, tile) = ("{z}/{x}/{y}", TILE);
        let mut path = template.replace(z_x_y, tile);
        for (name, value) in [
            ("{id}", &self.id),
            ("{number}", &self.number),
            ("{request}", &self.request),
            ("{blob}", &self.blob),
            ("{notice}", &self.notice),
            ("{person}", &self.person),
            ("{thing}", &self.thing),
            ("{alarm}", &self.alarm),
            ("{code}", &self.station),
        ] {
            path = path.replace(name, value);
        }
        let path = path.replace("{post}", "jn-hotline.agent-day").replace("{property}", "ph");
        path.replace("{name}", "demo").replace("{year}", "2026")
    }

    /// The same with ids of nothing.
    fn path_of_nothing(template: &str) -> String {
        let nothing = "01940000-0000-7000-8000-00000000dead";
        let names = ["{id}", "{request}", "{blob}", "{notice}", "{person}", "{thing}", "{alarm}"];
        let path = names.iter().fold(template.to_owned(), |path, name| path.replace(name, nothing));
        path.replace("{property}", "ph")
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}")).to_owned()
}

fn opening(confidential: bool, blob: &str) -> Value {
    json!({
        "procedure": "hotline-ticket", "category": "010403", "kind": "求助", "channel": "网页",
        "title": TITLE, "text": TEXT, "place": {"lon": LON, "lat": LAT, "address": "柘溪巷 7 号门口"},
        "contact": {"name": REPORTER, "phone": PHONE}, "confidential": confidential,
        "form": {"photos": [blob]},
    })
}

/// The query that a door needs.
fn query(path: &str) -> &'static str {
    match path {
        "/api/categories" => "?procedure=hotline-ticket&q=路灯",
        "/api/cases/similar" => "?procedure=hotline-ticket&category=010403&lon=117.0231&lat=36.6683",
        "/api/knowledge" => "?procedure=hotline-ticket&category=010403",
        "/api/pack/trial/dispatch" => "?procedure=hotline-ticket&category=010403",
        "/api/pack/trial/limit" => "?procedure=hotline-ticket&key=handling",
        "/api/cases/near" => "?procedure=hotline-ticket&lon=117.0231&lat=36.6683",
        "/api/geo/at" => "?lon=117.0231&lat=36.6683",
        "/api/geo/search" => "?q=趵突泉",
        "/api/cases" => "?q=路灯",
        "/api/alarms/marks" => "?things=01940000-0000-7000-8000-00000000dead",
        "/api/cases/of-origin" => "?origin=alarm:01940000-0000-7000-8000-00000000dead",
        "/api/statistics/live/cases" => "?kind=open",
        "/api/statistics/live/days" => "?days=7",
        "/api/statistics" | "/api/statistics/indicators" => "?from=2026-01-01&to=2026-12-31",
        _ => "",
    }
}

/// The body that a door takes; `who` is a part of names that must not be taken yet.
fn body(method: &str, path: &str, who: &str) -> Option<Value> {
    let body = match (method, path) {
        ("PUT", "/api/me/settings/{name}") => json!({"value": {"columns": ["left"]}}),
        (_, "/api/cases/caller-history") => json!({"phone": PHONE, "purpose": "handle-case"}),
        ("GET" | "PUT" | "DELETE", _) | (_, "/api/accounts/{person}/resets" | "/api/blobs") => return None,
        (_, "/api/residents") => {
            json!({"user": format!("stranger-{who}"), "password": "Quelle-7-Bach", "name": "路人"})
        }
        (_, "/api/session") => json!({"user": "nobody-such", "password": "Wrong-pass-1"}),
        (_, "/api/session/post") => json!({"post": "jn-hotline.agent-day"}),
        (_, "/api/password") => json!({"old": "Wrong-pass-1", "new": "Quelle-7-Bach"}),
        (_, "/api/password/reset") => json!({"token": "00", "password": "Quelle-7-Bach"}),
        (_, "/api/accounts") => json!({"user": format!("made-by-{who}"), "name": "路人"}),
        (_, "/api/accounts/{person}/holdings") => json!({"post": "jn-hotline.agent-day"}),
        (_, "/api/clients") => json!({"name": format!("client-{who}"), "title": "路人的程序"}),
        (_, "/api/cases") => {
            json!({"procedure": "hotline-ticket", "category": "010402", "title": "井盖松动"})
        }
        (_, "/api/things") => json!({"code": format!("made-by-{who}"), "kind": "lamp-pole"}),
        (_, "/api/things/{thing}") => json!({"version": 1, "name": "路人的表"}),
        (_, "/api/things/{thing}/secret" | "/things/readings" | "/influx/write" | "/influx/api/v2/write") => {
            json!({})
        }
        (_, "/api/things/{thing}/commands") => json!({"name": "close-valve"}),
        (_, "/api/alarms/{alarm}/acknowledgement") => json!({"opinion": "路过看见"}),
        (_, "/api/rules/{name}/replays") => {
            json!({"from": "2026-01-01T00:00:00Z", "to": "2026-01-02T00:00:00Z"})
        }
        (_, "/api/cases/{id}/decisions") => json!({"take": "resolve", "form": {}}),
        (_, "/api/cases/{id}/requests") => json!({"request": "extension", "form": {}}),
        (_, "/api/cases/{id}/requests/{request}/decision") => json!({"grant": true, "form": {}}),
        (_, "/api/cases/{id}/contact-reading") => json!({"purpose": "handle-case"}),
        (_, "/api/notices/{notice}/reading") => json!({}),
        (_, "/open311/v2/requests.json") => json!({}),
        _ => panic!("say what {method} {path} is asked with"),
    };
    Some(body)
}

/// Knocks at a door.
fn knock(person: &Person<'_>, method: &str, path: &str, body: Option<&Value>) -> Answer {
    let request = person.request(method.parse().expect("a method"), path);
    let request = match body {
        // Programs fill in a form.
        Some(_) if path.starts_with("/open311") => {
            request.form(&[("service_code", "street-light"), ("description", "路灯不亮")])
        }
        Some(body) => request.json(body),
        None => request,
    };
    Answer::of(person.sent(request))
}

/// No answer to a stranger holds who reported, or what they wrote.
#[track_caller]
fn tells_nobody(answer: &Answer, at: &str) {
    for secret in [REPORTER, PHONE, TEXT, "老人出门摔了一跤", "柘溪巷 7 号"] {
        assert!(!answer.text.contains(secret), "{at} tells a stranger “{secret}”: {}", answer.text);
    }
    if !at.contains(TITLE_IS_TOLD_AT) {
        assert!(!answer.text.contains(TITLE), "{at} tells a stranger the title: {}", answer.text);
    }
}

/// What is told of nothing and of something hidden must be the same, but for the number of the request.
fn without_trace(answer: &Answer) -> Value {
    let mut body = answer.body.clone();
    if let Some(fields) = body.as_object_mut() {
        fields.remove("trace");
    }
    body
}

/// The doors that the running city describes.
fn described(city: &City) -> BTreeSet<(String, String)> {
    let document = Person::nobody(city).get("/api/openapi.json").with(200);
    let paths = document["paths"].as_object().expect("paths");
    let of_path = |(path, methods): (&String, &Value)| {
        let methods = methods.as_object().expect("methods").keys();
        methods.map(|method| (method.to_uppercase(), path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[test]
fn strangers_learn_nothing_at_any_door() {
    let city = City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn"]);
    every_described_door_is_listed(&city);
    let (hidden, confidential) = (Hidden::open(&city, false), Hidden::open(&city, true));
    let accounts = city.accounts();
    let bystander = &accounts["accounts"][1];
    let nobody = Person::nobody(&city);
    let resident = Person::signed_in(
        &city,
        bystander["user"].as_str().expect("a user"),
        bystander["password"].as_str().expect("a password"),
    );
    let official = Person::with_role(&city, "unit-handler", Some("370103-chengguan"));
    let last = text(
        &resident.post("/api/cases", &body("POST", "/api/cases", "").expect("a case")).with(201)["number"],
    );
    let people = [("nobody", &nobody), ("resident", &resident), ("official", &official)];

    for (method, path, expected) in doors() {
        for ((who, person), status) in people.iter().zip(expected) {
            let at = format!("{method} {path} as {who}");
            if path == "/api/live" {
                the_feed_tells_no_words(person, &hidden, &confidential, &last);
                continue;
            }
            let asked = format!("{}{}", hidden.path(path), query(path));
            let answer = knock(person, method, &asked, body(method, path, who).as_ref());
            assert_eq!(answer.status, status, "{at}: {}", answer.text);
            tells_nobody(&answer, &at);
            if status >= 400 && !path.starts_with("/open311") {
                assert_eq!(answer.kind, "application/problem+json", "{at}");
            }
        }
    }
    metrics_are_for_this_machine(&nobody);
    those_concerned_find_it(&city, &hidden);
    what_is_hidden_is_as_if_it_were_not_there(&city, &hidden);
    what_is_confidential_is_not_published(&city, &confidential);
    nobody_names_anothers_photo(&city, &hidden);
    and_the_case_is_as_it_was(&city, &hidden);
    who_joins_learns_nothing_of_the_reporter(&city, &hidden, &confidential);
}

/// Every door in the order in which strangers knock: what ends a session comes last.
fn doors() -> impl Iterator<Item = Door> {
    [&OPEN[..], &UNDESCRIBED, &OFFICES, &HIDDEN, &THINGS, &OPEN311, &ONES_OWN].into_iter().flatten().copied()
}

/// A door that is described and not listed fails here, and so does one that is listed and gone.
fn every_described_door_is_listed(city: &City) {
    let described = described(city);
    let named = |path: &str| {
        ["{blob}", "{notice}", "{thing}", "{alarm}"]
            .iter()
            .fold(path.to_owned(), |path, name| path.replace(name, "{id}"))
    };
    let listed: BTreeSet<(String, String)> = OPEN
        .iter()
        .chain(&ONES_OWN)
        .chain(&OFFICES)
        .chain(&HIDDEN)
        .chain(&THINGS)
        .chain([&JOINING])
        .map(|(method, path, _)| ((*method).to_owned(), named(path)))
        .collect();
    let unlisted: Vec<_> = described.difference(&listed).collect();
    assert!(unlisted.is_empty(), "say what strangers are answered at {unlisted:?}");
    let gone: Vec<_> = listed.difference(&described).collect();
    assert!(gone.is_empty(), "no longer there: {gone:?}");
}

/// The public feed from the beginning of the log: the case is in it, without a word; the confidential one is not.
fn the_feed_tells_no_words(person: &Person<'_>, hidden: &Hidden, confidential: &Hidden, last: &str) {
    let mut feed = person.sent(person.request(Method::GET, "/api/live").header("last-event-id", "0-0"));
    assert_eq!(feed.status().as_u16(), 200);
    let (mut told, mut piece) = (String::new(), [0; 4096]);
    while !told.contains(last) {
        let read = feed.read(&mut piece).expect("the feed goes on");
        assert!(read > 0, "the feed ended: {told}");
        told.push_str(&String::from_utf8_lossy(&piece[..read]));
    }
    assert!(told.contains(&hidden.number), "{told}");
    assert!(!told.contains(&confidential.number), "{told}");
    for secret in [REPORTER, PHONE, TEXT, TITLE, "柘溪巷"] {
        assert!(!told.contains(secret), "the feed tells “{secret}”: {told}");
    }
}

/// Whoever comes through a proxy comes from outside.
fn metrics_are_for_this_machine(nobody: &Person<'_>) {
    let here = nobody.get("/metrics");
    assert_eq!(here.status, 200);
    let here = here.text;
    assert!(here.contains("baotu_http_requests_total"), "{here}");
    for secret in [REPORTER, PHONE] {
        assert!(!here.contains(secret), "{here}");
    }
    for header in ["x-forwarded-for", "forwarded"] {
        let outside = nobody.request(Method::GET, "/metrics").header(header, "203.0.113.7");
        assert_eq!(Answer::of(nobody.sent(outside)).status, 404, "{header}");
    }
}

/// Those who may know of the case find it by its words and read it: what strangers don't find is there.
fn those_concerned_find_it(city: &City, hidden: &Hidden) {
    let reviewer = Person::with_role(city, "hotline-reviewer", None);
    for words in [TITLE, "摔了一跤", &hidden.number] {
        reviewer.sees(&format!("/api/cases?q={words}"), |page| page["rows"][0].is_object());
    }
    let seen = reviewer.get(&format!("/api/cases/{}", hidden.id)).with(200);
    assert_eq!(seen["text"], TEXT);
    let photo = reviewer.get(&format!("/api/blobs/{}", hidden.blob));
    assert_eq!((photo.status, photo.kind.as_str()), (200, "image/png"));
    let caller = Person::with_role(city, "hotline-caller", None);
    let reading = format!("/api/cases/{}/contact-reading", hidden.id);
    let without_purpose = caller.post(&reading, &json!({"purpose": "handle-case"}));
    assert_eq!((without_purpose.status, without_purpose.code()), (403, "purpose-needed"));
}

/// To whoever is elsewhere, a hidden thing and one that never was are the same; and no list holds it.
fn what_is_hidden_is_as_if_it_were_not_there(city: &City, hidden: &Hidden) {
    for (role, unit) in ELSEWHERE {
        let person = Person::with_role(city, role, Some(unit).filter(|unit| !unit.is_empty()));
        for (method, path, _) in HIDDEN.iter().chain(&THINGS).copied() {
            let at = format!("{method} {path} as {role} of {unit}");
            let body = body(method, path, role);
            let answer = knock(&person, method, &hidden.path(path), body.as_ref());
            assert_eq!(answer.status, 404, "{at}: {}", answer.text);
            tells_nobody(&answer, &at);
            let nothing = knock(&person, method, &Hidden::path_of_nothing(path), body.as_ref());
            assert_eq!(without_trace(&answer), without_trace(&nothing), "{at}");
            if path.contains("/cases/{id}") {
                let by_number = hidden.path(&path.replace("{id}", "{number}"));
                let answer = knock(&person, method, &by_number, body.as_ref());
                assert_eq!(answer.status, 404, "{at}, by its number");
            }
        }
        for list in ["", "&queue=unit", "&queue=mine", &format!("&reporter={}", hidden.person)] {
            for words in [TITLE, "摔了一跤", &hidden.number] {
                let listed = person.get(&format!("/api/cases?q={words}{list}")).with(200);
                assert_eq!(listed["rows"], json!([]), "{role} of {unit} finds “{words}” in “{list}”");
            }
        }
    }
}

/// A resident who has met with the same follows the case, and reads nothing of whoever reported it; what is not on the
/// public list cannot be joined.
fn who_joins_learns_nothing_of_the_reporter(city: &City, hidden: &Hidden, confidential: &Hidden) {
    let accounts = city.accounts();
    let bystander = &accounts["accounts"][1];
    let resident = Person::signed_in(
        city,
        bystander["user"].as_str().expect("a user"),
        bystander["password"].as_str().expect("a password"),
    );
    let official = Person::with_role(city, "unit-handler", Some("370103-chengguan"));
    let (method, path, expected) = JOINING;
    for ((who, person), status) in
        [("nobody", &Person::nobody(city)), ("resident", &resident), ("official", &official)]
            .iter()
            .zip(expected)
    {
        let answer = knock(person, method, &hidden.path(path), None);
        assert_eq!(answer.status, status, "{path} as {who}: {}", answer.text);
        tells_nobody(&answer, path);
    }
    let nothing = knock(&resident, method, &Hidden::path_of_nothing(path), None);
    let secret = knock(&resident, method, &confidential.path(path), None);
    assert_eq!((secret.status, without_trace(&secret)), (404, without_trace(&nothing)));

    let joined = resident.get(&hidden.path("/api/cases/{id}"));
    assert_eq!((joined.status, &joined.body["supported"]), (200, &json!(true)), "{}", joined.text);
    // Its title it shares with the public list.
    tells_nobody(&joined, TITLE_IS_TOLD_AT);
    assert_eq!(resident.get(&hidden.path("/api/blobs/{blob}")).status, 404);
    assert_eq!(
        knock(
            &resident,
            "POST",
            &hidden.path("/api/cases/{id}/decisions"),
            Some(&json!({"take": "withdraw", "form": {}}))
        )
        .status,
        404
    );
}

/// A confidential case is in nothing that is public, and whoever analyses sees all but these.
fn what_is_confidential_is_not_published(city: &City, confidential: &Hidden) {
    let nobody = Person::nobody(city);
    for path in ["/open311/v2/requests/{number}.json", "/open311/v2/tokens/{id}.json"] {
        assert_eq!(nobody.get(&confidential.path(path)).status, 404, "{path}");
    }
    for path in ["/open311/v2/requests.json", "/api/cases/near"] {
        let answer = nobody.get(&format!("{path}{}", query(path)));
        assert_eq!(answer.status, 200);
        assert!(!answer.text.contains(&confidential.number), "{path}: {}", answer.text);
    }
    let analyst = Person::with_role(city, "analyst", None);
    for (method, path, _) in HIDDEN.iter().filter(|(_, path, _)| !path.contains("notice")) {
        let answer =
            knock(&analyst, method, &confidential.path(path), body(method, path, "analyst").as_ref());
        assert_eq!(answer.status, 404, "{method} {path} as analyst: {}", answer.text);
    }
    let listed = analyst.get(&format!("/api/cases?q={}", confidential.number)).with(200);
    assert_eq!(listed["rows"], json!([]));
}

/// A photo of another's case is as unknown as one that never was: naming it in a form opens no way to it.
fn nobody_names_anothers_photo(city: &City, hidden: &Hidden) {
    let accounts = city.accounts();
    let user = accounts["accounts"][2]["user"].as_str().expect("a user");
    let stranger =
        Person::signed_in(city, user, accounts["accounts"][2]["password"].as_str().expect("a password"));
    let naming = |blob: &str| stranger.post("/api/cases", &opening(false, blob));
    let (anothers, nothing) = (naming(&hidden.blob), naming("01940000-0000-7000-8000-00000000dead"));
    assert_eq!((anothers.status, anothers.code()), (422, "unknown-photo"), "{}", anothers.text);
    assert_eq!(without_trace(&anothers), without_trace(&nothing));
    assert_eq!(stranger.get(&format!("/api/blobs/{}", hidden.blob)).status, 404);
}

/// Nobody's knocking has changed anything: the request still waits, the notice is unread, the contact was not read.
fn and_the_case_is_as_it_was(city: &City, hidden: &Hidden) {
    let reviewer = Person::with_role(city, "hotline-reviewer", None);
    let seen = reviewer.get(&format!("/api/cases/{}", hidden.id)).with(200);
    assert_eq!(seen["status"], "处置中");
    assert_eq!(seen["requests"][0]["state"], "asked", "{}", seen["requests"]);
    let resident = Person::with_role(city, "resident", None);
    let notices = resident.get("/api/notices").with(200);
    let rows = notices["rows"].as_array().expect("rows");
    let notice = rows.iter().find(|row| row["id"] == *hidden.notice).expect("the notice");
    assert_eq!(notice["read_at"], Value::Null, "{notice}");
    let trail = resident.get("/api/my/audit").with(200);
    let read: Vec<&Value> = trail["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .filter(|row| row["act"] == "cases.read-personal")
        .collect();
    assert!(read.is_empty(), "{read:?}");
}
