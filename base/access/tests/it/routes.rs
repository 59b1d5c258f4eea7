//! The routes: whoever comes in, whoever administers, and strangers at every door.

use axum::http::{Method, StatusCode, header};
use baotu_storage::Engine;
use baotu_storage::testing::{open, stores};
use serde_json::json;

use crate::asking::{app, ask};
use crate::given::{City, PASSWORD};

/// What a stranger may ask: to come in.
const OPEN_TO_STRANGERS: [(&str, &str); 3] =
    [("POST", "/api/session"), ("POST", "/api/password/reset"), ("POST", "/api/residents")];

/// What everybody who is signed in may ask about themselves.
const OPEN_TO_RESIDENTS: [(&str, &str); 7] = [
    ("GET", "/api/session"),
    ("GET", "/api/me/settings/{name}"),
    ("PUT", "/api/me/settings/{name}"),
    ("DELETE", "/api/session"),
    ("POST", "/api/session/post"),
    ("POST", "/api/password"),
    ("GET", "/api/my/audit"),
];

/// Every route of the document, as method and path with its parameters filled in.
fn every_route(city: &City) -> Vec<(Method, String, String)> {
    let (_, document) = baotu_access::http::routes(city.access.clone()).split_for_parts();
    let document = serde_json::to_value(&document).expect("JSON");
    let mut routes = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for method in operations.as_object().expect("operations").keys() {
            let method: Method = method.to_uppercase().parse().expect("a method");
            let asked = path
                .replace("{person}", "0192f0c1-2345-7abc-8def-0123456789ab")
                .replace("{post}", "jn.audit")
                .replace("{name}", "nobody");
            routes.push((method, path.clone(), asked));
        }
    }
    routes
}

fn is_listed(list: &[(&str, &str)], method: &Method, path: &str) -> bool {
    list.iter().any(|(listed, listed_path)| *listed == method.as_str() && *listed_path == path)
}

/// No route answers a stranger but those that let people in; the list may only shrink.
#[tokio::test]
async fn strangers_are_turned_away_at_every_door() {
    let test = open(Engine::Sqlite).await;
    let city = City::on(&test.store);
    let app = app(&city.access);
    let routes = every_route(&city);
    assert_eq!(routes.len(), 25);
    for (method, path, asked) in routes {
        let answer = ask(method.clone(), &asked).json(&json!({})).of(&app).await;
        if is_listed(&OPEN_TO_STRANGERS, &method, &path) {
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{method} {path}");
        } else {
            assert_eq!((answer.status, answer.code()), (StatusCode::UNAUTHORIZED, "sign-in-needed".into()));
            assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer");
            let forged = ask(method.clone(), &asked).bearer(&"0".repeat(64)).json(&json!({})).of(&app).await;
            assert_eq!(forged.status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
    }
}

/// A resident reaches no route of an administrator, whatever is sent, and each attempt is on record.
#[tokio::test]
async fn residents_do_not_administer() {
    let test = open(Engine::Sqlite).await;
    let city = City::on(&test.store);
    let app = app(&city.access);
    let person = city.person("wang", &[]).await;
    let (_, token) = city.access.open_session(person, None).await.expect("a session");
    let bodies = [
        json!({ "user": "puppet", "name": "木偶" }),
        json!({ "post": "jn.system" }),
        json!({ "name": "puppet", "title": "木偶" }),
    ];
    let mut refused = 0;
    for (method, path, asked) in every_route(&city) {
        if is_listed(&OPEN_TO_STRANGERS, &method, &path) || is_listed(&OPEN_TO_RESIDENTS, &method, &path) {
            continue;
        }
        for body in &bodies {
            let answer = ask(method.clone(), &asked).bearer(&token).json(body).of(&app).await;
            if answer.status == StatusCode::UNPROCESSABLE_ENTITY {
                continue;
            }
            assert_eq!(
                (answer.status, answer.code()),
                (StatusCode::FORBIDDEN, "may-not-do".into()),
                "{path}"
            );
            refused += 1;
        }
    }
    let lines = test.store.query("SELECT 1 AS one FROM access_audit WHERE outcome = 'refused'", vec![]).await;
    assert_eq!((lines.expect("lines").len(), refused > 15), (refused, true));
}

#[tokio::test]
async fn a_resident_registers_is_known_and_leaves() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let body =
            json!({ "user": "li.qingzhao", "password": PASSWORD, "name": "李清照", "phone": "13805315678" });
        let came = ask(Method::POST, "/api/residents").json(&body).of(&app).await;
        assert_eq!(came.status, StatusCode::CREATED, "{came:?}");
        let cookie = came.headers[header::SET_COOKIE].to_str().expect("text").to_owned();
        assert!(cookie.ends_with("; HttpOnly; SameSite=Lax; Secure; Path=/"), "{cookie}");
        assert_eq!(came.json()["person"]["name"], "李清照");
        assert!(came.json()["post"].is_null() && came.json().get("token").is_none());

        let pair = cookie.split(';').next().expect("a pair");
        let who = ask(Method::GET, "/api/session").header("cookie", pair).of(&app).await;
        assert_eq!((who.status, &who.json()["person"]["user"]), (StatusCode::OK, &json!("li.qingzhao")));

        let elsewhere = ask(Method::DELETE, "/api/session").header("cookie", pair);
        let elsewhere = elsewhere.header("sec-fetch-site", "cross-site").of(&app).await;
        assert_eq!((elsewhere.status, elsewhere.code()), (StatusCode::FORBIDDEN, "cross-site".into()));
        let elsewhere = ask(Method::DELETE, "/api/session").header("cookie", pair);
        let elsewhere = elsewhere.header("origin", "https://evil.example").of(&app).await;
        assert_eq!(elsewhere.code(), "cross-site");

        let left = ask(Method::DELETE, "/api/session").header("cookie", pair);
        let left = left.header("origin", "https://city").of(&app).await;
        assert_eq!(left.status, StatusCode::NO_CONTENT);
        assert!(left.headers[header::SET_COOKIE].to_str().expect("text").contains("Max-Age=0"));
        let who = ask(Method::GET, "/api/session").header("cookie", pair).of(&app).await;
        assert_eq!(who.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn an_official_signs_in_and_chooses_a_post() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        city.person("zhao", &["lixia.dispatcher", "lixia-chengguan.handler"]).await;
        let body = json!({ "user": "zhao", "password": PASSWORD, "bearer": true });
        let came = ask(Method::POST, "/api/session").json(&body).of(&app).await;
        assert_eq!(came.status, StatusCode::CREATED, "{came:?}");
        assert!(came.headers.get(header::SET_COOKIE).is_none());
        let session = came.json();
        let token = session["token"].as_str().expect("a token");
        assert_eq!(session["posts"].as_array().map(Vec::len), Some(2));
        assert_eq!(session["post"]["unit_name"], "历下区城市管理局", "{session}");

        let choose = |post: serde_json::Value| {
            ask(Method::POST, "/api/session/post").bearer(token).json(&json!({ "post": post })).of(&app)
        };
        let chosen = choose(json!("lixia.dispatcher")).await;
        assert_eq!(chosen.json()["post"]["roles"], json!(["dispatcher"]), "{chosen:?}");
        assert_eq!(choose(json!("jn.system")).await.code(), "post-not-held");
        assert!(choose(json!(null)).await.json()["post"].is_null());
        let who = ask(Method::GET, "/api/session").bearer(token).of(&app).await;
        assert!(who.json()["post"].is_null());
    }
}

#[tokio::test]
async fn a_first_password_must_be_changed_before_anything_else() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let first = city.access.bootstrap().await.expect("no fault").expect("made");
        let body = json!({ "user": first.user, "password": first.password, "bearer": true });
        let session = ask(Method::POST, "/api/session").json(&body).of(&app).await.json();
        let token = session["token"].as_str().expect("a token");
        assert_eq!(session["must_change_password"], true);
        let list = || ask(Method::GET, "/api/accounts").bearer(token).of(&app);
        let early = list().await;
        assert_eq!((early.status, early.code()), (StatusCode::FORBIDDEN, "password-change-needed".into()));
        let change = json!({ "old": first.password, "new": "another-spring-9" });
        let changed = ask(Method::POST, "/api/password").bearer(token).json(&change).of(&app).await;
        assert_eq!(changed.status, StatusCode::NO_CONTENT, "{changed:?}");
        assert_eq!(list().await.status, StatusCode::OK);
    }
}

/// The life of an account in the hands of the three administrators, each doing their own part only.
#[tokio::test]
async fn three_administrators_share_the_work() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let mut tokens = Vec::new();
        for (user, post) in [("system", "jn.system"), ("security", "jn.security"), ("audit", "jn.audit")] {
            let person = city.person(user, &[post]).await;
            tokens.push(city.access.open_session(person, Some(post.into())).await.expect("a session").1);
        }
        let [system, security, audit] = [&tokens[0], &tokens[1], &tokens[2]];

        let account = json!({ "user": "Qian.Duo", "name": "钱多", "phone": "0531-66601234" });
        let made = ask(Method::POST, "/api/accounts").bearer(system).json(&account).of(&app).await;
        assert_eq!(made.status, StatusCode::CREATED, "{made:?}");
        let (person, password) = (made.json()["person"].clone(), made.json()["password"].clone());
        let of = |rest: &str| format!("/api/accounts/{}{rest}", person.as_str().expect("an id"));
        let again = ask(Method::POST, "/api/accounts").bearer(system).json(&account).of(&app).await;
        assert_eq!((again.status, again.code()), (StatusCode::CONFLICT, "user-taken".into()));

        let assign = |post: &str| {
            ask(Method::POST, &of("/holdings")).bearer(system).json(&json!({ "post": post })).of(&app)
        };
        assert_eq!(assign("lixia.dispatcher").await.status, StatusCode::CREATED);
        assert_eq!(assign("jn.audit").await.status, StatusCode::CREATED);
        assert_eq!(assign("jn.security").await.code(), "administrators-apart");
        assert_eq!(assign("no.such.post").await.code(), "post-unknown");
        let withdrawn = ask(Method::DELETE, &of("/holdings/jn.audit")).bearer(system).of(&app).await;
        assert_eq!(withdrawn.status, StatusCode::NO_CONTENT);

        let shown = ask(Method::GET, &of("")).bearer(security).of(&app).await.json();
        assert_eq!((&shown["name"], &shown["phone"]), (&json!("钱多"), &json!("0531****1234")));
        assert_eq!(shown["posts"][0]["code"], "lixia.dispatcher");
        let page = ask(Method::GET, "/api/accounts?unit=lixia&limit=1").bearer(system).of(&app).await.json();
        assert_eq!((&page["rows"][0]["user"], &page["next"]), (&json!("qian.duo"), &json!("qian.duo")));
        let page = ask(Method::GET, "/api/accounts?q=s").bearer(system).of(&app).await.json();
        assert_eq!(page["rows"].as_array().map(Vec::len), Some(2), "{page}");

        let lock = |method: Method, token: &str| ask(method, &of("/lock")).bearer(token).of(&app);
        assert_eq!(lock(Method::PUT, security).await.code(), "may-not-do");
        assert_eq!(lock(Method::PUT, system).await.status, StatusCode::NO_CONTENT);
        let body = json!({ "user": "qian.duo", "password": password });
        let locked = ask(Method::POST, "/api/session").json(&body).of(&app).await;
        assert_eq!((locked.status, locked.code()), (StatusCode::UNAUTHORIZED, "sign-in-not-accepted".into()));
        assert_eq!(lock(Method::DELETE, system).await.code(), "may-not-do");
        assert_eq!(lock(Method::DELETE, security).await.status, StatusCode::NO_CONTENT);

        let reset = |token: &str| ask(Method::POST, &of("/resets")).bearer(token).of(&app);
        assert_eq!(reset(system).await.code(), "may-not-do");
        let issued = reset(security).await.json();
        let body = json!({ "token": issued["token"], "password": "another-spring-9" });
        let used = ask(Method::POST, "/api/password/reset").json(&body).of(&app).await;
        assert_eq!(used.status, StatusCode::NO_CONTENT, "{used:?}");
        let body = json!({ "user": "qian.duo", "password": "another-spring-9", "bearer": true });
        let came = ask(Method::POST, "/api/session").json(&body).of(&app).await.json();
        let own = came["token"].as_str().expect("a token");

        for token in [system, security] {
            let peeked = ask(Method::GET, "/api/audit").bearer(token).of(&app).await;
            assert_eq!(peeked.code(), "may-not-do");
        }
        let path = format!("/api/audit?concerned={}&limit=200", person.as_str().expect("an id"));
        let trail = ask(Method::GET, &path).bearer(audit).of(&app).await.json();
        let acts: Vec<&str> =
            trail["rows"].as_array().expect("rows").iter().filter_map(|row| row["act"].as_str()).collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!("acts_on_an_account", acts.join("\n"));
        }
        let mine = ask(Method::GET, "/api/my/audit").bearer(own).of(&app).await.json();
        let by: Vec<String> = mine["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| format!("{} {} {}", row["by"].as_str().unwrap_or(""), row["act"], row["outcome"]))
            .collect();
        insta::allow_duplicates! {
            insta::assert_snapshot!("what_a_person_sees_of_it", by.join("\n"));
        }
        let grants = ask(Method::GET, "/api/grants").bearer(audit).of(&app).await;
        assert_eq!(grants.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn clients_have_a_key_that_is_told_once() {
    for test in stores().await {
        let city = City::on(&test.store);
        let app = app(&city.access);
        let person = city.person("security", &["jn.security"]).await;
        let (_, token) =
            city.access.open_session(person, Some("jn.security".into())).await.expect("a session");
        let make = |name: &str| {
            let body = json!({ "name": name, "title": "随手拍小程序" });
            ask(Method::POST, "/api/clients").bearer(&token).json(&body).of(&app)
        };
        let key = make("snap").await.json()["key"].as_str().expect("a key").to_owned();
        assert_eq!(make("snap").await.code(), "client-taken");
        assert_eq!(make("Snap!").await.code(), "client-name-invalid");
        let actor = city.access.client_of_key(&key).await.expect("no fault").expect("known");
        assert_eq!(actor.reference(), "client:snap");
        assert!(city.access.client_of_key("another").await.expect("no fault").is_none());
        let stored = test.store.query("SELECT key_hash FROM access_api_client", vec![]).await.expect("rows");
        assert_ne!(stored[0].text("key_hash").expect("a hash"), key);
        let list = ask(Method::GET, "/api/clients").bearer(&token).of(&app).await.json();
        assert_eq!((&list[0]["name"], &list[0]["disabled_at"]), (&json!("snap"), &json!(null)));
        let gone = ask(Method::DELETE, "/api/clients/snap").bearer(&token).of(&app).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        assert!(city.access.client_of_key(&key).await.expect("no fault").is_none());
        let again = ask(Method::DELETE, "/api/clients/snap").bearer(&token).of(&app).await;
        assert_eq!(again.code(), "client-unknown");
    }
}

/// What the document says of each route: its name for generated clients, and what it takes.
#[tokio::test]
async fn the_routes_as_documented() {
    let test = open(Engine::Sqlite).await;
    let city = City::on(&test.store);
    let (_, document) = baotu_access::http::routes(city.access.clone()).split_for_parts();
    let document = serde_json::to_value(&document).expect("JSON");
    let mut told = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("paths") {
        for (method, operation) in operations.as_object().expect("operations") {
            let names = |list: &serde_json::Value| -> Vec<String> {
                let named = |one: &serde_json::Value| one["name"].as_str().map(str::to_owned);
                list.as_array().into_iter().flatten().filter_map(named).collect()
            };
            let body = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
            let body = body.as_str().and_then(|reference| reference.rsplit('/').next()).unwrap_or("-");
            let parameters = names(&operation["parameters"]).join(" ");
            let statuses: Vec<&str> =
                operation["responses"].as_object().expect("responses").keys().map(String::as_str).collect();
            let name = operation["operationId"].as_str().expect("a name");
            told.push(format!("{method} {path} = {name} ({parameters}) {body} → {}", statuses.join(" ")));
        }
    }
    insta::assert_snapshot!(told.join("\n"));
}
