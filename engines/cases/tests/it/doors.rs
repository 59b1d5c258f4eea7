//! The routes: called by strangers, with bad input, twice; each answer is one a program can read.

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode, header};
use baotu_access::http::{answer_once, answer_with_problems};
use baotu_vocabulary::Actor;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::given::{City, EAST, cities};

/// The routes of the engine with the layers that a city puts around them.
fn app(city: &City) -> Router {
    let (router, _) = baotu_cases::http::routes(city.cases.clone()).split_for_parts();
    router
        .layer(axum::middleware::from_fn_with_state(city.access.clone(), answer_once))
        .layer(axum::middleware::from_fn(answer_with_problems))
}

async fn token(city: &City, actor: &Actor) -> Option<String> {
    let post = actor.as_official().map(|official| official.post.clone());
    let (_, token) = city.access.open_session(actor.person()?, post).await.expect("the test is whole");
    Some(token)
}

/// What came back: the status, the JSON body (null when it is none), the media type.
#[derive(Debug)]
struct Answer {
    status: StatusCode,
    body: Value,
    headers: axum::http::HeaderMap,
}

async fn send(app: &Router, request: Request<Body>) -> Answer {
    let response = app.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 16 << 20).await.expect("the test is whole");
    let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    Answer { status: parts.status, body, headers: parts.headers }
}

fn request(method: &Method, path: &str, token: Option<&str>, body: Option<&Value>) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    match body {
        Some(body) => {
            let request = request.header(header::CONTENT_TYPE, "application/json");
            request.body(body.to_string().into()).expect("the test is whole")
        }
        None => request.body(Body::empty()).expect("the test is whole"),
    }
}

fn opening() -> Value {
    json!({"procedure": "simple-request", "category": "0101", "title": "东街路面有坑",
        "place": {"lon": EAST.0, "lat": EAST.1}})
}

/// The smallest picture worth keeping.
pub(crate) fn tiny_png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    for (kind, content) in
        [(b"IHDR", [0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0].as_slice()), (b"IDAT", &[1, 2, 3]), (b"IEND", &[])]
    {
        bytes.extend(u32::try_from(content.len()).expect("the test is whole").to_be_bytes());
        bytes.extend(kind);
        bytes.extend(content);
        bytes.extend(crc(&[kind.as_slice(), content].concat()).to_be_bytes());
    }
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |crc, byte| {
        (0..8)
            .fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xEDB8_8320 & (!(crc & 1)).wrapping_add(1)))
    })
}

#[tokio::test]
async fn strangers_learn_nothing_at_any_door() {
    for city in cities().await {
        let app = app(&city);
        let resident = token(&city, &city.resident).await;
        let opened =
            send(&app, request(&Method::POST, "/api/cases", resident.as_deref(), Some(&opening()))).await;
        assert_eq!(opened.status, StatusCode::CREATED, "{opened:?}");
        let id = opened.body["id"].as_str().unwrap().to_owned();
        let png = Request::post("/api/blobs")
            .header(header::AUTHORIZATION, format!("Bearer {}", resident.as_deref().unwrap()))
            .header(header::CONTENT_TYPE, "image/png")
            .body(tiny_png().into())
            .unwrap();
        let photo = send(&app, png).await;
        assert_eq!(photo.status, StatusCode::CREATED, "{photo:?}");
        let photo = photo.body["id"].as_str().unwrap().to_owned();

        let act = json!({"take": "dispatch", "form": {}});
        let mut other_opening = opening();
        other_opening["title"] = json!("西街的事");
        let ask = json!({"request": "extension", "form": {"reason": "…", "amount": 1}});
        let case = format!("/api/cases/{id}");
        let other = "/requests/0190b2c0-0000-7000-8000-000000000001/decision";
        // Each route with the answer to nobody, to a resident who is not concerned, to an official elsewhere.
        let doors: Vec<(Method, String, Option<Value>, [u16; 3])> = vec![
            (Method::GET, "/api/procedures".into(), None, [200, 200, 200]),
            (Method::GET, "/api/categories?procedure=simple-request".into(), None, [200, 200, 200]),
            (
                Method::GET,
                format!("/api/cases/near?procedure=simple-request&lon={}&lat={}", EAST.0, EAST.1),
                None,
                [200, 200, 200],
            ),
            (Method::GET, "/api/statistics/live".into(), None, [200, 200, 200]),
            (Method::GET, "/api/statistics/live/cases?kind=open".into(), None, [200, 200, 200]),
            (Method::GET, "/api/statistics/live/days?days=7".into(), None, [200, 200, 200]),
            (Method::POST, "/api/cases".into(), Some(other_opening), [401, 201, 403]),
            (Method::GET, "/api/cases".into(), None, [401, 200, 200]),
            (Method::GET, "/api/my/cases".into(), None, [401, 200, 200]),
            (Method::GET, "/api/cases/export".into(), None, [401, 200, 200]),
            (
                Method::GET,
                format!("/api/cases/similar?procedure=simple-request&lon={}&lat={}", EAST.0, EAST.1),
                None,
                [401, 200, 200],
            ),
            (
                Method::POST,
                "/api/cases/caller-history".into(),
                Some(json!({"phone": "13800001111", "purpose": "call-back"})),
                [401, 403, 403],
            ),
            (Method::GET, "/api/knowledge?procedure=simple-request".into(), None, [401, 200, 200]),
            (Method::GET, "/api/queues".into(), None, [401, 200, 200]),
            (Method::GET, case.clone(), None, [404, 404, 404]),
            (
                Method::GET,
                format!("/api/cases/{}", opened.body["number"].as_str().unwrap()),
                None,
                [404, 404, 404],
            ),
            (Method::GET, format!("{case}/suggestions"), None, [401, 404, 404]),
            (
                Method::POST,
                format!("{case}/contact-reading"),
                Some(json!({"purpose": "handle-case"})),
                [401, 404, 404],
            ),
            (Method::POST, format!("{case}/decisions"), Some(act), [401, 404, 404]),
            (Method::POST, format!("{case}/requests"), Some(ask), [401, 404, 404]),
            (Method::POST, format!("{case}{other}"), Some(json!({"grant": true})), [401, 404, 404]),
            (Method::GET, format!("/api/blobs/{photo}"), None, [404, 404, 404]),
            (Method::POST, "/api/blobs".into(), Some(json!({})), [401, 415, 415]),
            (Method::GET, "/api/statistics?from=2026-11-24&to=2026-11-24".into(), None, [401, 403, 403]),
            (
                Method::GET,
                "/api/statistics/indicators?from=2026-11-24&to=2026-11-24".into(),
                None,
                [401, 403, 403],
            ),
            (Method::GET, "/api/cases/of-origin?origin=thing:1".into(), None, [401, 200, 200]),
            // What stands on the public list of cases near a place may be joined; tried last, for it is known then.
            (Method::POST, format!("{case}/supporters"), None, [401, 201, 404]),
        ];
        let routes = baotu_cases::http::routes(city.cases.clone()).split_for_parts().1;
        let operations: usize = routes
            .paths
            .paths
            .values()
            .map(|item| {
                [&item.get, &item.post, &item.put, &item.delete]
                    .into_iter()
                    .filter(|operation| operation.is_some())
                    .count()
            })
            .sum();
        // The case is asked for twice, by id and number; the feed has a test of its own.
        assert_eq!(doors.len() - 1 + 1, operations, "a route is not in the list of doors");

        let strangers = [None, token(&city, &city.stranger).await, token(&city, &city.parks).await];
        for (method, path, body, expected) in &doors {
            for (stranger, expected) in strangers.iter().zip(expected) {
                let answer = send(&app, request(method, path, stranger.as_deref(), body.as_ref())).await;
                assert_eq!(answer.status.as_u16(), *expected, "{method} {path} {answer:?}");
                let told = answer.body.to_string();
                if *expected >= 400 {
                    assert!(answer.body["code"].is_string(), "{method} {path}: no problem+json: {answer:?}");
                }
                if !path.contains("/near") {
                    assert!(!told.contains("东街路面有坑"), "{method} {path} tells of the case: {told}");
                }
            }
        }
    }
}

#[tokio::test]
async fn bad_input_is_refused_in_plain_words_and_changes_nothing() {
    for city in cities().await {
        let app = app(&city);
        let (resident, clerk) = (token(&city, &city.resident).await, token(&city, &city.clerk).await);
        let with = |change: &dyn Fn(&mut Value)| {
            let mut body = opening();
            change(&mut body);
            body
        };
        let bad: Vec<(&str, Value, u16, &str)> = vec![
            ("unknown procedure", with(&|b| b["procedure"] = json!("no-such")), 404, "unknown-procedure"),
            ("unknown category", with(&|b| b["category"] = json!("9999")), 422, "unknown-category"),
            (
                "outside the city",
                with(&|b| b["place"] = json!({"lon": 2.35, "lat": 48.85})),
                422,
                "place-outside",
            ),
            (
                "no place on earth",
                with(&|b| b["place"] = json!({"lon": 1e9, "lat": 0.0})),
                422,
                "place-outside",
            ),
            ("half a place", with(&|b| b["place"] = json!({"lon": 117.05})), 422, "place-half"),
            (
                "inside the bounds, outside the city",
                with(&|b| b["place"] = json!({"lon": 117.05, "lat": 36.78})),
                422,
                "place-outside",
            ),
            ("no title", with(&|b| b["title"] = json!("")), 422, "form-invalid"),
            ("a long title", with(&|b| b["title"] = json!("长".repeat(61))), 422, "form-invalid"),
            ("a very long title", with(&|b| b["title"] = json!("长".repeat(5000))), 422, "too-long"),
            (
                "unknown field of the form",
                with(&|b| b["form"] = json!({"colour": "red"})),
                422,
                "form-invalid",
            ),
            ("unknown field of the body", with(&|b| b["colour"] = json!("red")), 422, "body-invalid"),
            ("NUL", with(&|b| b["text"] = json!("a\0b")), 422, "not-storable"),
            ("a level that there is not", with(&|b| b["level"] = json!("天大")), 422, "form-invalid"),
            ("an id that is none", with(&|b| b["id"] = json!("17")), 422, "body-invalid"),
            (
                "another's photo",
                with(&|b| b["form"] = json!({"photos": ["0190b2c0-0000-7000-8000-000000000009"]})),
                422,
                "unknown-photo",
            ),
            ("a photo that is none", with(&|b| b["form"] = json!({"photos": ["x"]})), 422, "form-invalid"),
            ("a title that is a number", with(&|b| b["title"] = json!(7)), 422, "body-invalid"),
            (
                "a contact too long",
                with(&|b| b["contact"] = json!({"name": "王".repeat(99)})),
                422,
                "too-long",
            ),
        ];
        for (what, body, status, code) in bad {
            let answer =
                send(&app, request(&Method::POST, "/api/cases", resident.as_deref(), Some(&body))).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default()),
                (status, code),
                "{what}: {answer:?}"
            );
            assert!(answer.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{what}");
        }
        let raw = |body: Vec<u8>, kind: &str| {
            Request::post("/api/cases")
                .header(header::AUTHORIZATION, format!("Bearer {}", resident.as_deref().unwrap()))
                .header(header::CONTENT_TYPE, kind)
                .body(body.into())
                .unwrap()
        };
        let malformed = send(&app, raw(b"{\"title\": \"\xFF\"}".to_vec(), "application/json")).await;
        assert_eq!(malformed.status, StatusCode::BAD_REQUEST, "{malformed:?}");
        let large = send(&app, raw(vec![b' '; 10 << 20], "application/json")).await;
        assert_eq!(large.status, StatusCode::PAYLOAD_TOO_LARGE, "{large:?}");
        let form = send(&app, raw(b"title=x".to_vec(), "application/x-www-form-urlencoded")).await;
        assert_eq!(form.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
        let listed = send(&app, request(&Method::GET, "/api/cases", clerk.as_deref(), None)).await;
        assert_eq!(listed.body["rows"], json!([]), "nothing was opened");

        // What looks like code is a text like any other.
        let words = "'; DROP TABLE cases_case; --<script>alert(1)</script>";
        let opened = send(
            &app,
            request(
                &Method::POST,
                "/api/cases",
                resident.as_deref(),
                Some(&with(&|b| b["title"] = json!(words))),
            ),
        )
        .await;
        assert_eq!((opened.status, opened.body["title"].as_str()), (StatusCode::CREATED, Some(words)));
        let id = opened.body["id"].as_str().unwrap();

        let decisions = format!("/api/cases/{id}/decisions");
        let bad: Vec<(Value, u16, &str)> = vec![
            (json!({"take": "dispatch", "version": 7, "form": {}}), 409, "stale-version"),
            (json!({"take": "resolve", "form": {}}), 409, "not-offered"),
            (json!({"take": "no-such", "form": {}}), 409, "not-offered"),
            (json!({"take": "dispatch", "form": {"unit": "no-such"}}), 422, "unknown-unit"),
            (json!({"take": "dispatch", "form": {"colour": "red"}}), 422, "form-invalid"),
            (json!({"take": "answer", "form": {}}), 422, "form-invalid"),
            (json!({"form": {}}), 422, "body-invalid"),
        ];
        for (body, status, code) in bad {
            let answer = send(&app, request(&Method::POST, &decisions, clerk.as_deref(), Some(&body))).await;
            assert_eq!(
                (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default()),
                (status, code),
                "{body} {answer:?}"
            );
        }
        let not_theirs = json!({"take": "dispatch", "form": {}});
        let answer =
            send(&app, request(&Method::POST, &decisions, resident.as_deref(), Some(&not_theirs))).await;
        assert_eq!(answer.body["code"], "not-yours", "{answer:?}");
        for query in ["after=zz", "limit=x", "colour=red", "opened_from=yesterday", "queue=all-of-it"] {
            let path = format!("/api/cases?{query}");
            let answer = send(&app, request(&Method::GET, &path, clerk.as_deref(), None)).await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query} {answer:?}");
        }
        let view =
            send(&app, request(&Method::GET, &format!("/api/cases/{id}"), clerk.as_deref(), None)).await;
        assert_eq!(view.body["version"], 1, "nothing was changed");
        assert_eq!(view.headers[header::ETAG], "\"1\"");
    }
}

#[tokio::test]
async fn photos_that_are_none_are_refused() {
    for city in cities().await {
        let app = app(&city);
        let resident = token(&city, &city.resident).await;
        let upload = |kind: &str, bytes: Vec<u8>| {
            Request::post("/api/blobs")
                .header(header::AUTHORIZATION, format!("Bearer {}", resident.as_deref().unwrap()))
                .header(header::CONTENT_TYPE, kind)
                .body(bytes.into())
                .unwrap()
        };
        let form = |bytes: &[u8]| {
            let head = b"--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\n";
            [head.as_slice(), bytes, b"\r\n--B--\r\n"].concat()
        };
        let cases: Vec<(&str, &str, Vec<u8>, u16)> = vec![
            ("a picture", "image/png", tiny_png(), 201),
            ("a picture of another name", "image/jpeg", tiny_png(), 201),
            ("a picture in a form", "multipart/form-data; boundary=B", form(&tiny_png()), 201),
            ("a page", "image/png", b"<html>".to_vec(), 415),
            ("a page in a form", "multipart/form-data; boundary=B", form(b"<html>"), 415),
            ("half a picture", "image/png", tiny_png()[..20].to_vec(), 422),
            ("text", "text/plain", tiny_png(), 415),
            ("nine megabytes", "image/jpeg", [vec![0xFF, 0xD8, 0xFF], vec![0; 9 << 20]].concat(), 413),
        ];
        for (what, kind, bytes, status) in cases {
            let answer = send(&app, upload(kind, bytes)).await;
            assert_eq!(answer.status.as_u16(), status, "{what} {answer:?}");
        }
    }
}

#[tokio::test]
async fn a_double_submit_opens_one_case() {
    for city in cities().await {
        let app = app(&city);
        let resident = token(&city, &city.resident).await;
        let keyed = |body: &Value| {
            let mut sent = request(&Method::POST, "/api/cases", resident.as_deref(), Some(body));
            sent.headers_mut().insert("idempotency-key", "first-report".parse().unwrap());
            sent
        };
        let first = send(&app, keyed(&opening())).await;
        let second = send(&app, keyed(&opening())).await;
        assert_eq!((first.status, second.status), (StatusCode::CREATED, StatusCode::CREATED));
        assert_eq!(first.body["id"], second.body["id"]);
        let mut other = opening();
        other["title"] = json!("另一件事");
        assert_eq!(send(&app, keyed(&other)).await.status, StatusCode::UNPROCESSABLE_ENTITY);
        let own = send(&app, request(&Method::GET, "/api/my/cases", resident.as_deref(), None)).await;
        assert_eq!(own.body["rows"].as_array().map(Vec::len), Some(1));
    }
}

#[tokio::test]
async fn the_feed_goes_on_where_a_listener_was_cut_off() {
    use futures::StreamExt as _;
    for city in cities().await {
        let app = app(&city);
        let start = city.store().last_position().await.unwrap();
        city.open(crate::given::hole_in_the_road(), &city.resident).await;
        let mut listen = request(&Method::GET, "/api/live", None, None);
        listen.headers_mut().insert("last-event-id", start.to_string().parse().unwrap());
        let response = app.clone().oneshot(listen).await.unwrap();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let mut stream = response.into_body().into_data_stream();
        let first = String::from_utf8(stream.next().await.unwrap().unwrap().to_vec()).unwrap();
        assert!(first.contains("event: cases.opened") && first.contains("SR20261124000001"), "{first}");
        assert!(!first.contains("东街") && !first.contains("reporter"), "{first}");
    }
}

#[tokio::test]
async fn pages_follow_one_another_without_gap_or_repetition() {
    for city in cities().await {
        let app = app(&city);
        for number in 0..25 {
            if number % 3 == 0 {
                city.clock.pass_seconds(1);
            }
            city.open(crate::given::hole_in_the_road(), &city.resident).await;
        }
        for (who, queue) in [(&city.clerk, "all"), (&city.clerk, "unit"), (&city.resident, "all")] {
            let token = token(&city, who).await;
            let (mut numbers, mut after) = (Vec::new(), String::new());
            loop {
                let path = format!("/api/cases?queue={queue}&limit=7{after}");
                let page = send(&app, request(&Method::GET, &path, token.as_deref(), None)).await;
                let rows = page.body["rows"].as_array().unwrap();
                numbers.extend(rows.iter().map(|row| row["number"].as_str().unwrap().to_owned()));
                match page.body["next"].as_str() {
                    Some(next) => after = format!("&after={next}"),
                    None => break,
                }
            }
            let mut once = numbers.clone();
            once.sort();
            once.dedup();
            assert_eq!((numbers.len(), once.len()), (25, 25), "{queue}");
        }
    }
}
