//! Bad input at every door: a clear problem for whoever sent it, and nothing kept, lost or half-written.

mod literally;
mod open311;
mod repeated;

use std::fmt::Write as _;

use reqwest::Method;
use reqwest::blocking::multipart::{Form, Part};
use serde_json::{Map, Value, json};

use crate::city::City;
use crate::kept::{Beside, Kept};
use crate::people::{Answer, PHOTO, Person};

/// Bytes of a body that no door of JSON takes.
const MUCH: usize = 10 << 20;

/// What came of every try: for a snapshot that a person reads, and all that was not as it should be at once.
struct Tries<'c> {
    beside: &'c Beside,
    kept: Kept,
    told: String,
    wrong: Vec<String>,
}

impl<'c> Tries<'c> {
    fn begin(beside: &'c Beside) -> Self {
        Self { beside, kept: beside.at_rest(), told: String::new(), wrong: Vec::new() }
    }

    /// A problem with this status, and nothing changed.
    fn refused(&mut self, what: &str, status: u16, answer: &Answer) {
        let said = |name: &str| answer.body[name].as_str().unwrap_or_default();
        let is_problem = answer.status == status
            && answer.kind == "application/problem+json"
            && answer.body["status"] == status
            && said("type") == format!("urn:baotu:problem:{}", said("code"))
            && ["code", "title", "detail", "trace"].iter().all(|name| !said(name).is_empty());
        if !is_problem {
            self.wrong.push(format!(
                "{what} should be {status}: {} {} {}",
                answer.status, answer.kind, answer.text
            ));
        }
        self.nothing_changed(what);
        let _ = writeln!(self.told, "{what} → {status} {}：{}", said("code"), said("detail"));
        for field in answer.body["fields"].as_array().into_iter().flatten() {
            let part = |name: &str| field[name].as_str().unwrap_or_default().to_owned();
            let _ = writeln!(self.told, "    {}：{}", part("name"), part("detail"));
        }
    }

    /// The errors of GeoReport with this status, and nothing changed.
    fn refused_by_open311(&mut self, what: &str, status: u16, answer: &Answer) {
        let errors = answer.body.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_error = |error: &Value| error["code"] == status && error["description"].is_string();
        if answer.status != status || errors.is_empty() || !errors.iter().all(is_error) {
            self.wrong.push(format!(
                "{what} should be {status}: {} {} {}",
                answer.status, answer.kind, answer.text
            ));
        }
        self.nothing_changed(what);
        for error in errors {
            let _ = writeln!(
                self.told,
                "{what} → {status} {}",
                error["description"].as_str().unwrap_or_default()
            );
        }
    }

    fn nothing_changed(&mut self, what: &str) {
        let now = self.beside.kept();
        if now != self.kept {
            self.wrong.push(format!("{what} has changed {:?} into {now:?}", self.kept));
            self.kept = now;
        }
    }

    /// What was told.
    #[track_caller]
    fn told(self) -> String {
        assert!(self.wrong.is_empty(), "{}", self.wrong.join("\n"));
        self.told
    }
}

/// `base` with other values at some names; `null` takes a name away.
fn with(base: &Value, other: Value) -> Value {
    let mut fields: Map<String, Value> = base.as_object().expect("an object").clone();
    for (name, value) in other.as_object().expect("an object") {
        if value.is_null() {
            fields.remove(name);
        } else {
            fields.insert(name.clone(), value.clone());
        }
    }
    Value::Object(fields)
}

fn good() -> Value {
    json!({
        "procedure": "hotline-ticket", "category": "010403", "kind": "求助", "channel": "网页",
        "title": "路灯不亮", "text": "小区门口的路灯三天没亮了。", "place": {"lon": 117.0231, "lat": 36.6683},
    })
}

fn quiet_city() -> City {
    City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn"])
}

/// Sends bytes as they are.
fn sends(person: &Person<'_>, method: Method, path: &str, kind: &str, bytes: impl Into<Vec<u8>>) -> Answer {
    let request = person.request(method, path).header("content-type", kind).body(bytes.into());
    Answer::of(person.sent(request))
}

#[test]
fn bad_input_is_told_and_changes_nothing() {
    let city = quiet_city();
    let beside = Beside::of(&city.data);
    let resident = Person::with_role(&city, "resident", None);
    let mut tries = Tries::begin(&beside);
    opening(&mut tries, &resident);
    bodies(&mut tries, &resident);
    photos(&mut tries, &resident);
    questions(&mut tries, &city, &resident);
    roads(&mut tries, &city, &resident);
    accounts(&mut tries, &city, &resident);
    insta::assert_snapshot!("what_is_told", tries.told());

    decisions(&city, &beside, &resident);
    open311::open311(&city, &beside);
    repeated::the_same_request_twice(&city, &beside, &resident);
    literally::any_text_is_kept_literally(&city, &resident);
    // Whatever came in, nothing of it was a fault of ours.
    assert!(!city.logged().contains("ERROR"), "{}", city.logged());
}

fn opening(tries: &mut Tries<'_>, resident: &Person<'_>) {
    let long = |characters: usize| "长".repeat(characters);
    let bad = [
        ("unknown category", 422, json!({"category": "999999"})),
        ("category of another table", 422, json!({"category": "07003"})),
        ("unknown procedure", 404, json!({"procedure": "hotline-tickets"})),
        ("unknown level", 422, json!({"level": "特急"})),
        ("unknown kind", 422, json!({"kind": "问候"})),
        ("unknown channel", 422, json!({"channel": "飞鸽传书"})),
        ("point outside the city", 422, json!({"place": {"lon": 121.47, "lat": 31.23}})),
        ("point in the bounds and outside the city", 422, json!({"place": {"lon": 116.11, "lat": 37.69}})),
        ("lon and lat swapped", 422, json!({"place": {"lon": 36.6683, "lat": 117.0231}})),
        ("lon without lat", 422, json!({"place": {"lon": 117.0231}})),
        ("lon as a text", 422, json!({"place": {"lon": "117.0231", "lat": 36.6683}})),
        ("place with another field", 422, json!({"place": {"lon": 117.0231, "lat": 36.6683, "alt": 30}})),
        ("overlong address", 422, json!({"place": {"address": long(201)}})),
        ("no title", 422, json!({"title": null})),
        ("empty title", 422, json!({"title": ""})),
        ("title of spaces", 422, json!({"title": "  　 "})),
        ("overlong title", 422, json!({"title": long(101)})),
        ("title longer than the form takes", 422, json!({"title": long(81)})),
        ("overlong text", 422, json!({"text": long(10_001)})),
        ("NUL in the title", 422, json!({"title": "路灯\u{0}不亮"})),
        ("NUL in a field of the form", 422, json!({"form": {"wish": "修\u{0}好"}})),
        ("NUL in the contact", 422, json!({"contact": {"name": "王\u{0}", "phone": "13800000000"}})),
        ("overlong contact", 422, json!({"contact": {"name": long(61)}})),
        ("form with an unknown field", 422, json!({"form": {"colour": "红"}})),
        ("form with fields of the wrong type", 422, json!({"form": {"wish": 7, "related": ["a"]}})),
        ("form with too many photos", 422, json!({"form": {"photos": vec!["a"; 5]}})),
        ("photo that is no id", 422, json!({"form": {"photos": ["../../etc/passwd"]}})),
        ("photo that never was", 422, json!({"form": {"photos": ["01940000-0000-7000-8000-00000000dead"]}})),
        ("body with an unknown field", 422, json!({"categorie": "010403"})),
        ("id that is none", 422, json!({"id": "42"})),
        ("form that is a list", 422, json!({"form": []})),
        ("large form", 422, json!({"form": {"wish": long(30_000)}})),
    ];
    for (what, status, other) in bad {
        tries.refused(what, status, &resident.post("/api/cases", &with(&good(), other)));
    }
}

fn bodies(tries: &mut Tries<'_>, resident: &Person<'_>) {
    let json = "application/json";
    let open = |kind: &str, bytes: Vec<u8>| sends(resident, Method::POST, "/api/cases", kind, bytes);
    let good_bytes = good().to_string().into_bytes();
    let mut no_text = good_bytes.clone();
    let at = no_text.windows(2).position(|pair| pair == "路".as_bytes()[..2].as_ref()).expect("the title");
    no_text[at + 1] = 0xFF;
    let nested = |levels: usize| {
        format!("{{\"form\":{{\"wish\":{}{}}}}}", "[".repeat(levels), "]".repeat(levels)).into_bytes()
    };
    let bad: [(&str, u16, &str, Vec<u8>); 14] = [
        ("malformed UTF-8", 400, json, no_text),
        ("half a body", 400, json, good_bytes[..good_bytes.len() / 2].to_vec()),
        ("two bodies", 400, json, [good_bytes.clone(), good_bytes.clone()].concat()),
        ("no body", 400, json, Vec::new()),
        ("a list", 422, json, b"[]".to_vec()),
        ("null", 422, json, b"null".to_vec()),
        ("a field twice", 422, json, b"{\"title\":\"a\",\"title\":\"b\"}".to_vec()),
        ("a number that is none", 400, json, b"{\"place\":{\"lon\":1e999,\"lat\":36}}".to_vec()),
        ("nested deeper than is kept", 422, json, deep_form(100)),
        ("nested beyond reading", 400, json, nested(100_000)),
        ("10 MB", 413, json, format!("{{\"title\":\"{}\"}}", "a".repeat(MUCH)).into_bytes()),
        ("JSON called text", 415, "text/plain", good_bytes.clone()),
        ("a form", 415, "application/x-www-form-urlencoded", b"title=a".to_vec()),
        ("JSON without a type", 415, "", good_bytes),
    ];
    for (what, status, kind, bytes) in bad {
        tries.refused(what, status, &open(kind, bytes));
    }
    let case = "/api/cases/01940000-0000-7000-8000-00000000dead";
    for path in [
        "/api/session",
        "/api/residents",
        "/api/password",
        &format!("{case}/decisions"),
        &format!("{case}/requests"),
    ] {
        let much = format!("{{\"take\":\"{}\"}}", "a".repeat(MUCH));
        let what = format!("10 MB to {}", path.replace(case, "…"));
        tries.refused(&what, 413, &sends(resident, Method::POST, path, json, much));
    }
}

/// A good case whose form is nested.
fn deep_form(levels: usize) -> Vec<u8> {
    let nested = (0..levels).fold(json!(1), |inner, _| json!([inner]));
    with(&good(), json!({"form": {"wish": nested}})).to_string().into_bytes()
}

fn photos(tries: &mut Tries<'_>, resident: &Person<'_>) {
    let raw = |kind: &str, bytes: &[u8]| sends(resident, Method::POST, "/api/blobs", kind, bytes);
    let form = |name: &str, file: &str, kind: &str, bytes: &[u8]| {
        let part = Part::bytes(bytes.to_vec()).file_name(file.to_owned()).mime_str(kind).expect("a type");
        let request =
            resident.request(Method::POST, "/api/blobs").multipart(Form::new().part(name.to_owned(), part));
        Answer::of(resident.sent(request))
    };
    let page = b"<!doctype html><script>alert(1)</script>";
    let drawing = b"<svg xmlns=\"http://www.w3.org/2000/svg\" onload=\"alert(1)\"/>";
    // A header that promises 50,000 × 50,000 pixels.
    let mut bomb = PHOTO.to_vec();
    bomb[16..24].copy_from_slice(&[0, 0, 0xC3, 0x50, 0, 0, 0xC3, 0x50]);
    let oversize = [PHOTO, &vec![0; 8 << 20]].concat();
    let bad = [
        ("text named .jpg", 415, form("file", "a.jpg", "image/jpeg", b"not a picture")),
        ("text called a JPEG", 415, raw("image/jpeg", b"not a picture")),
        ("HTML named .png", 415, form("file", "a.png", "image/png", page)),
        ("HTML", 415, raw("text/html", page)),
        ("SVG", 415, raw("image/svg+xml", drawing)),
        ("GIF", 415, raw("image/gif", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;")),
        ("nothing", 415, raw("image/jpeg", b"")),
        ("half a photo", 422, raw("image/png", &PHOTO[..40])),
        ("a photo of 2,500,000,000 pixels", 413, raw("image/png", &bomb)),
        ("a photo of more than 8 MB", 413, raw("image/png", &oversize)),
        ("a photo of more than 8 MB in a form", 413, form("file", "a.png", "image/png", &oversize)),
        ("a photo of 30 MB", 413, raw("image/png", &vec![0; 30 << 20])),
        ("a form without a file", 415, form("picture", "a.png", "image/png", PHOTO)),
        ("a form that is none", 422, raw("multipart/form-data", b"--x")),
        ("a form that breaks off", 422, raw("multipart/form-data; boundary=x", b"--x\r\nContent-Dispo")),
        ("JSON", 415, raw("application/json", b"{}")),
    ];
    for (what, status, answer) in bad {
        tries.refused(&format!("photo: {what}"), status, &answer);
    }
}

fn questions(tries: &mut Tries<'_>, city: &City, resident: &Person<'_>) {
    let supervisor = Person::with_role(city, "hotline-supervisor", None);
    let administrator = Person::with_role(city, "system-administrator", None);
    let auditor = Person::with_role(city, "audit-administrator", None);
    let operator = Person::with_role(city, "operator", None);
    let long = "长".repeat(101);
    let bad = [
        (resident, "/api/cases?after=nonsense"),
        (resident, "/api/cases?after=ffffffffffffffffff.01940000000070008000000000000000"),
        (resident, "/api/my/cases?after=%27%20OR%201=1"),
        (resident, "/api/cases?limit=-1"),
        (resident, "/api/cases?limit=many"),
        (resident, "/api/cases?limit=99999999999"),
        (resident, "/api/cases?opened_from=yesterday"),
        (resident, "/api/cases?due_before=2026-13-45T00:00:00Z"),
        (resident, "/api/cases?queue=everything"),
        (resident, "/api/cases?overdue=perhaps"),
        (resident, "/api/cases?reporter=me"),
        (resident, "/api/cases?colour=red"),
        (resident, "/api/cases?q=%00"),
        (resident, &format!("/api/cases?q={long}")),
        (resident, "/api/cases/near?procedure=hotline-ticket&lon=abc&lat=36"),
        (resident, "/api/cases/near?procedure=hotline-ticket&lon=36.6&lat=117.0"),
        (resident, "/api/cases/near?procedure=hotline-ticket&lon=NaN&lat=36"),
        (resident, "/api/cases/near?lon=117&lat=36"),
        (resident, "/api/geo/at?lon=121.47&lat=31.23"),
        (resident, "/api/geo/at?lon=36.6683&lat=117.0231"),
        (resident, "/api/geo/at?lon=inf&lat=36"),
        (resident, "/api/geo/search?q="),
        (resident, "/api/geo/search?q=%E8%B6%B5&near=here"),
        (resident, "/api/notices?after=nonsense"),
        (resident, "/api/notices?limit=-5"),
        (resident, "/api/my/audit?after=nonsense"),
        (&operator, "/api/notices/outbox?state=lost"),
        (&operator, "/api/notices/outbox?after=nonsense"),
        (&administrator, "/api/accounts?limit=70000"),
        (&auditor, "/api/audit?after=nonsense"),
        (&auditor, "/api/audit?from=2026-02-30T00:00:00Z"),
        (&supervisor, "/api/statistics?procedure=hotline-ticket&from=2026-11-24&to=2026-11-01"),
        (&supervisor, "/api/statistics?procedure=hotline-ticket&from=2026-02-30&to=2026-03-01"),
        (&supervisor, "/api/statistics?procedure=hotline-ticket&from=1999-01-01&to=2026-03-01"),
        (&supervisor, "/api/statistics?procedure=hotline-ticket&from=2026-11-01&to=2026-11-24&by=colour"),
        (&supervisor, "/api/statistics/indicators?procedure=hotline-ticket"),
    ];
    for (person, path) in bad {
        tries.refused(&path.replace(&long, "…"), 422, &person.get(path));
    }
    tries.refused("a question in no UTF-8", 400, &resident.get("/api/cases?q=%ff%fe"));
    // A page is as large as it may be, however much is asked for.
    for path in
        ["/api/cases?limit=4000000000", "/api/my/cases?limit=4000000000", "/api/notices?limit=4000000000"]
    {
        resident.get(path).with(200);
    }
}

fn roads(tries: &mut Tries<'_>, city: &City, resident: &Person<'_>) {
    let nobody = Person::nobody(city);
    let nothing = "01940000-0000-7000-8000-00000000dead";
    let bad = [
        (Method::GET, "/api/nothing".to_owned(), 404),
        (Method::GET, "/apicases".to_owned(), 404),
        (Method::GET, "/../../etc/passwd".to_owned(), 404),
        (Method::GET, "/assets/..%2f..%2fetc%2fpasswd".to_owned(), 404),
        (Method::DELETE, "/api/cases".to_owned(), 405),
        (Method::PATCH, "/api/cases/1".to_owned(), 405),
        (Method::PUT, "/api/session".to_owned(), 405),
        (Method::POST, "/healthz".to_owned(), 405),
        (Method::POST, "/".to_owned(), 405),
        (Method::GET, "/api/blobs/not-an-id".to_owned(), 404),
        (Method::GET, "/api/cases/not-an-id".to_owned(), 404),
        (Method::GET, "/api/cases/%00".to_owned(), 404),
        (Method::GET, "/api/cases/%ff".to_owned(), 404),
        (Method::GET, format!("/api/cases/{}", "9".repeat(5_000)), 404),
        (Method::GET, format!("/api/cases/{nothing}"), 404),
        (Method::GET, "/tiles/base/99/0/0".to_owned(), 404),
        (Method::GET, "/tiles/base/-1/0/0".to_owned(), 404),
        (Method::GET, "/tiles/live/3/8/0".to_owned(), 404),
        (Method::GET, "/api/geo/divisions?parent=000000".to_owned(), 404),
        (Method::GET, "/api/categories?procedure=none".to_owned(), 404),
    ];
    for (method, path, status) in bad {
        let answer = Answer::of(resident.sent(resident.request(method.clone(), &path)));
        let what = format!("{method} {}", path.replace(nothing, "…").replace(&"9".repeat(5_000), "999…"));
        tries.refused(&what, status, &answer);
    }
    let ended = nobody.request(Method::GET, "/api/session").header("authorization", "Bearer nonsense");
    tries.refused("token that is none", 401, &Answer::of(nobody.sent(ended)));
    let elsewhere = nobody
        .request(Method::POST, "/api/session")
        .header("sec-fetch-site", "cross-site")
        .json(&json!({"user": "a", "password": "b"}));
    tries.refused("page of another site", 403, &Answer::of(nobody.sent(elsewhere)));
}

fn accounts(tries: &mut Tries<'_>, city: &City, resident: &Person<'_>) {
    let nobody = Person::nobody(city);
    let listed = city.accounts();
    let taken = listed["accounts"][0]["user"].as_str().expect("a user").to_owned();
    let new =
        json!({"user": "newcomer", "password": "Quelle-7-Bach", "name": "新来的", "phone": "13800001111"});
    let bad = [
        ("user name taken", 409, json!({"user": taken})),
        ("user name with spaces", 422, json!({"user": "new comer"})),
        ("weak password", 422, json!({"password": "12345678"})),
        ("short password", 422, json!({"password": "a1"})),
        ("password with the user name", 422, json!({"password": "newcomer-1"})),
        ("no name", 422, json!({"name": " "})),
        ("name with a line break", 422, json!({"name": "王\n五"})),
        ("overlong name", 422, json!({"name": "名".repeat(500)})),
        ("telephone that is none", 422, json!({"phone": "12345678901234567890"})),
        ("telephone in words", 422, json!({"phone": "请打我电话"})),
        ("unknown field", 422, json!({"role": "system-administrator"})),
    ];
    for (what, status, other) in bad {
        tries.refused(
            &format!("account: {what}"),
            status,
            &nobody.post("/api/residents", &with(&new, other)),
        );
    }
    let wrong = resident.post("/api/password", &json!({"old": "Wrong-pass-1", "new": "Quelle-7-Bach"}));
    tries.refused("account: wrong old password", 422, &wrong);
    let token = nobody.post("/api/password/reset", &json!({"token": "00", "password": "Quelle-7-Bach"}));
    tries.refused("account: reset token that is none", 422, &token);
    let post = resident.post("/api/session/post", &json!({"post": "jn-gov.leader"}));
    tries.refused("account: post that is not held", 403, &post);
}

fn decisions(city: &City, beside: &Beside, resident: &Person<'_>) {
    let agent = Person::with_role(city, "hotline-agent", None);
    let dispatcher = Person::with_role(city, "hotline-dispatcher", None);
    let opened = resident.post("/api/cases", &good()).with(201);
    let case = opened["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/cases/{case}/decisions");
    let accepted = agent.takes(&case, "accept", json!({}));
    let stale = opened["version"].as_i64().expect("a version");
    assert!(accepted["version"].as_i64() > Some(stale));

    let mut tries = Tries::begin(beside);
    let nothing = "01940000-0000-7000-8000-00000000dead";
    let bad = [
        ("stale version", &dispatcher, 409, json!({"take": "dispatch", "version": stale, "form": {}})),
        ("version of the future", &dispatcher, 409, json!({"take": "dispatch", "version": 99, "form": {}})),
        (
            "version beyond counting",
            &dispatcher,
            422,
            json!({"take": "dispatch", "version": 1e30, "form": {}}),
        ),
        ("exit of a step that is past", &agent, 409, json!({"take": "accept", "form": {}})),
        ("exit of a step to come", &dispatcher, 409, json!({"take": "sign", "form": {}})),
        ("exit that is none", &dispatcher, 409, json!({"take": "explode", "form": {}})),
        ("exit of another's", &agent, 403, json!({"take": "dispatch", "form": {}})),
        ("task of nothing", &dispatcher, 409, json!({"take": "dispatch", "task": nothing, "form": {}})),
        ("unit of nothing", &dispatcher, 422, json!({"take": "dispatch", "form": {"unit": "atlantis"}})),
        (
            "form with an unknown field",
            &dispatcher,
            422,
            json!({"take": "dispatch", "form": {"speed": "fast"}}),
        ),
        ("form with a wrong type", &dispatcher, 422, json!({"take": "dispatch", "form": {"opinion": [1]}})),
        (
            "form that is too long",
            &dispatcher,
            422,
            json!({"take": "dispatch", "form": {"opinion": "长".repeat(1_001)}}),
        ),
        (
            "form of 70 KiB",
            &dispatcher,
            422,
            json!({"take": "dispatch", "form": {"opinion": "a".repeat(70 << 10)}}),
        ),
        ("NUL in the form", &dispatcher, 422, json!({"take": "dispatch", "form": {"opinion": "\u{0}"}})),
        ("form where there is none", &dispatcher, 409, json!({"take": "sign", "form": {"opinion": "好"}})),
        ("required fields left out", &dispatcher, 422, json!({"take": "correct", "form": {}})),
        ("merge into nothing", &dispatcher, 422, json!({"take": "merge", "form": {"lead_case": "JN0"}})),
        ("merge into itself", &dispatcher, 422, json!({"take": "merge", "form": {"lead_case": case}})),
        ("unknown field beside", &dispatcher, 422, json!({"take": "dispatch", "hurry": true})),
        (
            "urging in too many words",
            resident,
            422,
            json!({"take": "urge", "form": {"remark": "快".repeat(5_000)}}),
        ),
    ];
    for (what, person, status, body) in bad {
        tries.refused(what, status, &person.post(&path, &body));
    }
    let requests = format!("/api/cases/{case}/requests");
    let asked = |body: Value| dispatcher.post(&requests, &body);
    tries.refused("request that is none", 409, &asked(json!({"request": "holiday", "form": {}})));
    tries.refused("request of a step to come", 409, &asked(json!({"request": "extension", "form": {}})));
    let answer = format!("{requests}/{nothing}/decision");
    tries.refused(
        "decision on no request",
        409,
        &dispatcher.post(&answer, &json!({"grant": true, "form": {}})),
    );
    let no_id = format!("{requests}/none/decision");
    tries.refused("request id that is none", 404, &dispatcher.post(&no_id, &json!({"grant": true})));
    let elsewhere = format!("/api/cases/{nothing}/decisions");
    tries.refused("case of nothing", 404, &dispatcher.post(&elsewhere, &json!({"take": "dispatch"})));

    let mut settings = insta::Settings::clone_current();
    settings.add_filter(&case, "[case]");
    settings.bind(|| insta::assert_snapshot!("what_is_told_of_decisions", tries.told()));
    // What was refused so often can still be done.
    dispatcher.takes(&case, "dispatch", json!({}));
}
