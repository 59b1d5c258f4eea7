//! The interface as a desk uses it: somebody signed in, a stranger, somebody who runs the city.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use baotu_access::{AccessParts, AccessSettings, AccessState, Keys, PasswordCost, SeedPerson};
use baotu_notices::Notices;
use baotu_notices::contracts::SendArguments;
use baotu_notices::http::{NoticesState, routes};
use baotu_pack::organisations::{Post, RoleList, Unit};
use baotu_pack::roles::Roles;
use baotu_storage::Store;
use baotu_storage::testing::stores;
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

use crate::given::{self, Clock, deliver_all, order, person};

const ROLES: &str = r#"
[[role]]
name = "operator"
title = "运维员"
[[role]]
name = "unit-handler"
title = "承办人"
[[grant]]
role = "operator"
actions = ["notices.read-outbox"]
resource = "system"
relation = "any"
"#;

/// A desk: the routes, and the tokens of a handler and of an operator.
struct Desk {
    routes: Router,
    notices: Notices,
    handler: String,
    operator: String,
}

impl Desk {
    async fn on(store: &Store, clock: &Arc<Clock>) -> Self {
        let access = access(store, clock);
        let hash = access.hash_password("spring-water-72".to_owned()).await.expect("a hash");
        let operator = baotu_vocabulary::PersonId::new(baotu_vocabulary::Moment::from_micros(0), [9; 10]);
        let seed = |person, user: &str, post: &str| SeedPerson {
            person,
            user: user.to_owned(),
            name: "王小明".to_owned(),
            phone: None,
            posts: vec![post.into()],
        };
        let people =
            [seed(person(), "handler", "works.handler"), seed(operator, "operator", "office.operator")];
        access.seed(people, &hash).await.expect("people are entered");
        let session = async |person, post: &str| {
            let opened = access.open_session(person, Some(post.into())).await;
            opened.expect("a session").1.to_string()
        };
        let notices = given::notices(store, clock, "");
        Self {
            handler: session(person(), "works.handler").await,
            operator: session(operator, "office.operator").await,
            routes: routes(NoticesState { notices: notices.clone(), access: access.clone() })
                .split_for_parts()
                .0,
            notices,
        }
    }

    async fn ask(&self, method: &str, path: &str, token: Option<&str>) -> (StatusCode, Value) {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let request = request.body(Body::empty()).expect("a request");
        let answer = self.routes.clone().oneshot(request).await.expect("an answer");
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, serde_json::from_slice(&body).unwrap_or_default())
    }
}

fn access(store: &Store, clock: &Arc<Clock>) -> AccessState {
    let roles: Roles = toml::from_str(ROLES).expect("roles");
    let unit = |code: &str| Unit {
        code: code.into(),
        name: code.to_owned(),
        kind: "bureau".into(),
        parent: None,
        area: "370100".into(),
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
        units: &[unit("works"), unit("office")],
        posts: &[
            post("works.handler", "works", "unit-handler"),
            post("office.operator", "office", "operator"),
        ],
        surroundings: clock.clone(),
        settings: AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() },
    })
}

#[tokio::test]
async fn the_inbox_is_read_and_marked_by_whom_it_is_for() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T12:00:00+08:00");
        let desk = Desk::on(&test.store, &clock).await;
        let mine = desk.notices.send(&order("dispatched"), "to-me").await.expect("it is made");
        let to_works =
            SendArguments { to_person: None, to_unit: Some("works".into()), ..order("dispatched") };
        clock.pass_seconds(1);
        desk.notices.send(&to_works, "to-works").await.expect("it is made");

        let (status, inbox) = desk.ask("GET", "/api/notices?limit=1", Some(&desk.handler)).await;
        assert_eq!((status, &inbox["unread"]), (StatusCode::OK, &Value::from(2)));
        let next = inbox["next"].as_str().expect("a next page");
        let path = format!("/api/notices?limit=1&after={next}");
        let (_, second) = desk.ask("GET", &path, Some(&desk.handler)).await;
        assert_eq!(second["rows"][0]["id"], mine.to_string());
        insta::assert_json_snapshot!("inbox_row", second["rows"][0]);

        let reading = format!("/api/notices/{mine}/reading");
        let (status, _) = desk.ask("POST", &reading, Some(&desk.operator)).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "a notice of somebody else is not there");
        let (status, _) = desk.ask("POST", "/api/notices/nothing/reading", Some(&desk.handler)).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (status, _) = desk.ask("POST", &reading, Some(&desk.handler)).await;
        assert_eq!(status, StatusCode::NO_CONTENT);
        let (_, inbox) = desk.ask("GET", "/api/notices", Some(&desk.handler)).await;
        assert_eq!(inbox["unread"], 1);
    }
}

#[tokio::test]
async fn the_outbox_is_for_those_who_run_the_city_and_shows_no_number() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T12:00:00+08:00");
        let desk = Desk::on(&test.store, &clock).await;
        for cause in ["one", "two", "three"] {
            desk.notices.send(&order("dispatched"), cause).await.expect("it is made");
        }
        deliver_all(&desk.notices).await;
        let (status, refused) = desk.ask("GET", "/api/notices/outbox", Some(&desk.handler)).await;
        assert_eq!((status, &refused["code"]), (StatusCode::FORBIDDEN, &Value::from("may-not-do")));
        let mut seen = Vec::new();
        let mut path = "/api/notices/outbox?limit=2&state=accepted".to_owned();
        loop {
            let (status, outbox) = desk.ask("GET", &path, Some(&desk.operator)).await;
            assert_eq!(status, StatusCode::OK);
            assert!(!outbox.to_string().contains(given::PHONE));
            seen.extend(outbox["rows"].as_array().expect("rows").clone());
            let Some(next) = outbox["next"].as_str() else { break };
            path = format!("/api/notices/outbox?limit=2&state=accepted&after={next}");
        }
        assert_eq!(seen.len(), 3);
        insta::assert_json_snapshot!("outbox_row", seen[0]);
        let (_, waiting) = desk.ask("GET", "/api/notices/outbox?state=waiting", Some(&desk.operator)).await;
        assert_eq!(waiting["rows"], Value::Array(Vec::new()));
    }
}

#[tokio::test]
async fn nobody_is_told_anything_without_signing_in() {
    for test in stores().await {
        let clock = Clock::at("2026-11-24T12:00:00+08:00");
        let desk = Desk::on(&test.store, &clock).await;
        let id = desk.notices.send(&order("dispatched"), "cause").await.expect("it is made");
        let reading = format!("/api/notices/{id}/reading");
        for (method, path) in
            [("GET", "/api/notices"), ("GET", "/api/notices/outbox"), ("POST", reading.as_str())]
        {
            let (status, _) = desk.ask(method, path, None).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
            let (status, _) = desk.ask(method, path, Some("a token that nobody gave")).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{method} {path}");
        }
        for query in ["?limit=x", "?afte=1", "?state=lost"] {
            let path = format!("/api/notices/outbox{query}");
            let (status, _) = desk.ask("GET", &path, Some(&desk.operator)).await;
            assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
        }
    }
}
