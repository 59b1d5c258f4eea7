//! Foreign input: whatever comes as a body, a query or a path is taken or refused in plain words, never a fault.

use axum::Router;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn;
use axum::routing::post;
use baotu_access::http::body::parse;
use baotu_access::http::{Json, Path, Query, answer_with_problems};
use baotu_storage::{document_is_storable, text_is_storable};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::asking::ask;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    lon: f64,
    #[serde(default)]
    note: Value,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Report {
    title: String,
    place: Place,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Page {
    limit: u16,
}

async fn take(Query(page): Query<Page>, Path(number): Path<u32>, Json(report): Json<Report>) -> String {
    format!("{} {number} {} {} {}", page.limit, report.title, report.place.lon, report.place.note)
}

fn routes() -> Router {
    let fails =
        || async { Err::<(), _>(baotu_access::http::Problem::fault(&std::io::Error::other("秘密"))) };
    Router::new()
        .route("/reports/{number}", post(take))
        .route("/fault", post(fails))
        .layer(axum::extract::DefaultBodyLimit::max(2_000))
        .layer(from_fn(answer_with_problems))
}

#[tokio::test]
async fn bodies_are_taken_or_refused_in_plain_words() {
    let good = || json!({ "title": "路灯不亮", "place": { "lon": 117.02 } });
    let changed = |change: fn(&mut Value)| {
        let mut body = good();
        change(&mut body);
        body.to_string()
    };
    let deep = format!(r#"{{"title":"x","place":{{"lon":1,"note":{}{}}}}}"#, "[".repeat(99), "]".repeat(99));
    let table: Vec<(&str, &str, Vec<u8>, &str)> = vec![
        ("/reports/7?limit=3", "application/json", good().to_string().into(), "3 7 路灯不亮 117.02 null"),
        (
            "/reports/7?limit=3",
            "application/vnd.x+json; charset=utf-8",
            good().to_string().into(),
            "3 7 路灯不亮 117.02 null",
        ),
        ("/reports/7?limit=3", "text/plain", good().to_string().into(), "415 unsupported-type"),
        ("/reports/7?limit=3", "application/json", b"".to_vec(), "400 malformed-json"),
        ("/reports/7?limit=3", "application/json", b"{\"title\":".to_vec(), "400 malformed-json"),
        ("/reports/7?limit=3", "application/json", b"{\"title\":\"\xff\"}".to_vec(), "400 malformed-json"),
        ("/reports/7?limit=3", "application/json", format!("{}x", good()).into(), "400 malformed-json"),
        ("/reports/7?limit=3", "application/json", vec![b'['; 1_999], "422 body-invalid [0]"),
        ("/reports/7?limit=3", "application/json", vec![b' '; 2_001], "413 too-large"),
        (
            "/reports/7?limit=3",
            "application/json",
            changed(|b| b["surprise"] = json!(1)).into(),
            "422 body-invalid surprise",
        ),
        (
            "/reports/7?limit=3",
            "application/json",
            changed(|b| b["place"]["lon"] = json!("x")).into(),
            "422 body-invalid place.lon",
        ),
        (
            "/reports/7?limit=3",
            "application/json",
            changed(|b| b["title"] = json!("a\0b")).into(),
            "422 not-storable",
        ),
        (
            "/reports/7?limit=3",
            "application/json",
            changed(|b| b["title"] = json!("a\\u0000b")).into(),
            r"3 7 a\u0000b 117.02 null",
        ),
        ("/reports/7?limit=3", "application/json", deep.into(), "422 too-deep"),
        ("/reports/7?limit=x", "application/json", good().to_string().into(), "422 body-invalid query"),
        (
            "/reports/7?limit=3&more=1",
            "application/json",
            good().to_string().into(),
            "422 body-invalid query",
        ),
        ("/reports/7?limit=%00", "application/json", good().to_string().into(), "422 not-storable"),
        ("/reports/x?limit=3", "application/json", good().to_string().into(), "404 not-found"),
        ("/reports/%00?limit=3", "application/json", good().to_string().into(), "404 not-found"),
        ("/nowhere", "application/json", good().to_string().into(), "404 no-such-route"),
        ("/fault", "application/json", good().to_string().into(), "500 fault"),
    ];
    for (path, media_type, body, expected) in table {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let asking = ask(Method::POST, path).header("x-request-id", "r-1").bytes(media_type, body);
        let answer = asking.of(&routes()).await;
        let told = if answer.status.is_success() {
            answer.body
        } else {
            let code = answer.code();
            let problem = answer.json();
            assert_eq!(problem["trace"], "r-1", "{problem}");
            assert_eq!(problem["type"], format!("urn:baotu:problem:{code}"));
            assert!(!problem.to_string().contains("秘密"), "a fault tells nothing");
            let field = problem["fields"][0]["name"].as_str().map(|name| format!(" {name}"));
            format!("{} {code}{}", answer.status.as_u16(), field.unwrap_or_default())
        };
        assert_eq!(told, expected, "{path} {media_type} {shown}");
    }
    let get = ask(Method::GET, "/reports/7").of(&routes()).await;
    assert_eq!((get.status, get.code()), (StatusCode::METHOD_NOT_ALLOWED, "no-such-method".into()));
}

/// JSON of any shape, with escapes, depths and NUL characters in it.
fn any_json() -> impl Strategy<Value = Value> {
    let text = prop_oneof![".*", r#"[\\"u0\x00\[\{]*"#];
    let leaf = prop_oneof![
        Just(Value::Null),
        text.clone().prop_map(Value::from),
        any::<i64>().prop_map(Value::from)
    ];
    leaf.prop_recursive(8, 64, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(text.clone(), inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    /// What is taken can be stored, and nothing storable is refused: one pass over the bytes agrees with storage.
    #[test]
    fn a_taken_body_can_be_stored(value in any_json()) {
        let taken = parse::<Value>(value.to_string().as_bytes());
        prop_assert_eq!(taken.is_ok(), document_is_storable(&value), "{}", value);
        if let Ok(taken) = taken {
            prop_assert_eq!(taken, value);
        }
    }

    #[test]
    fn deep_bodies_are_refused_as_storage_would(levels in 1_usize..200) {
        let text = format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let storable = serde_json::from_str(&text).is_ok_and(|value| document_is_storable(&value));
        prop_assert_eq!(parse::<Value>(text.as_bytes()).is_ok(), storable);
    }

    #[test]
    fn any_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        if let Ok(report) = parse::<Report>(&bytes) {
            prop_assert!(text_is_storable(&report.title));
        }
    }
}
