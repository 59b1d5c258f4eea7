//! Requests with a key: carried out once, answered alike ever after.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::{Method, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::{get, post};
use axum::{Extension, Router};
use baotu_access::RepeatKey;
use baotu_access::http::{answer_once, answer_with_problems};
use baotu_access::idempotency::{ANSWER_KEPT_SECONDS, CLAIM_SECONDS};
use baotu_storage::testing::stores;
use baotu_storage::{Work, params};
use tokio::sync::Notify;

use crate::asking::{Asking, ask};
use crate::given::City;

/// How long a test waits for an answer before it says that there is none.
const ANSWER_WITHIN: Duration = Duration::from_secs(20);

/// Counts what was carried out, and lets a test hold it up.
#[derive(Default)]
struct Office {
    opened: AtomicU32,
    begun: Notify,
    go_on: Notify,
}

async fn open(
    State(office): State<Arc<Office>>,
    body: String,
) -> ([(header::HeaderName, String); 1], String) {
    let number = office.opened.fetch_add(1, Ordering::SeqCst) + 1;
    ([(header::LOCATION, format!("/cases/{number}"))], format!("case {number}: {body}"))
}

async fn open_slowly(State(office): State<Arc<Office>>) -> String {
    office.begun.notify_one();
    office.go_on.notified().await;
    office.opened.fetch_add(1, Ordering::SeqCst);
    "done".to_owned()
}

async fn fail(State(office): State<Arc<Office>>) -> StatusCode {
    office.opened.fetch_add(1, Ordering::SeqCst);
    StatusCode::INTERNAL_SERVER_ERROR
}

async fn named(Extension(key): Extension<RepeatKey>) -> String {
    key.name()
}

fn app(city: &City, office: &Arc<Office>) -> Router {
    Router::new()
        .route("/cases", post(open))
        .route("/slow", post(open_slowly))
        .route("/fail", post(fail))
        .route("/named", post(named))
        .route("/read", get(open))
        .with_state(Arc::clone(office))
        .layer(from_fn_with_state(city.access.clone(), answer_once))
        .layer(from_fn(answer_with_problems))
}

fn keyed(path: &str, key: &str, body: &str) -> Asking {
    ask(Method::POST, path).header("idempotency-key", key).bytes("text/plain", body.to_owned())
}

#[tokio::test]
async fn a_repeated_request_is_carried_out_once() {
    for test in stores().await {
        let (city, office) = (City::on(&test.store), Arc::new(Office::default()));
        let app = app(&city, &office);
        let person = city.person("wang", &[]).await;
        let (_, token) = city.access.open_session(person, None).await.expect("a session");

        let first = keyed("/cases", "k-1", "路灯不亮").bearer(&token).of(&app).await;
        let again = keyed("/cases", "k-1", "路灯不亮").bearer(&token).of(&app).await;
        assert_eq!((&first.body, &again.body), (&"case 1: 路灯不亮".to_owned(), &first.body));
        assert_eq!(again.headers[header::LOCATION], "/cases/1");
        assert_eq!(again.headers["idempotency-replayed"], "true");
        assert!(first.headers.get("idempotency-replayed").is_none());

        let other = keyed("/cases", "k-1", "井盖丢失").bearer(&token).of(&app).await;
        assert_eq!(
            (other.status, other.code()),
            (StatusCode::UNPROCESSABLE_ENTITY, "idempotency-key-reused".into())
        );
        let stranger = keyed("/cases", "k-1", "路灯不亮").of(&app).await;
        assert_eq!(stranger.body, "case 2: 路灯不亮", "a key belongs to whoever sent it");
        let without = ask(Method::POST, "/cases").bytes("text/plain", "路灯不亮").of(&app).await;
        assert_eq!(without.body, "case 3: 路灯不亮");
        for wrong in ["", "two words", &"k".repeat(129)] {
            assert_eq!(keyed("/cases", wrong, "x").of(&app).await.code(), "idempotency-key-invalid");
        }
        let reading = ask(Method::GET, "/read").header("idempotency-key", "k-1").bearer(&token);
        assert_eq!(reading.of(&app).await.body, "case 4: ", "reading is always done anew");

        let stored =
            test.store.query("SELECT answer_sealed FROM access_idempotency", vec![]).await.expect("rows");
        assert!(
            stored.iter().all(|row| !row
                .bytes("answer_sealed")
                .expect("bytes")
                .windows(4)
                .any(|w| w == b"case"))
        );

        city.clock.pass_seconds(60 * 20);
        assert_eq!(keyed("/cases", "k-1", "路灯不亮").bearer(&token).of(&app).await.body, first.body);
        city.clock.pass_seconds(ANSWER_KEPT_SECONDS);
        city.access.forget_old_answers().await.expect("forgotten");
        let (_, token) = city.access.open_session(person, None).await.expect("a session");
        let later = keyed("/cases", "k-1", "井盖丢失").bearer(&token).of(&app).await;
        assert_eq!(later.body, "case 5: 井盖丢失");
    }
}

#[tokio::test]
async fn faults_are_not_kept() {
    for test in stores().await {
        let (city, office) = (City::on(&test.store), Arc::new(Office::default()));
        let app = app(&city, &office);
        for _ in 0..2 {
            let answer = keyed("/fail", "k-1", "x").of(&app).await;
            assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        }
        assert_eq!(office.opened.load(Ordering::SeqCst), 2);
    }
}

#[tokio::test]
async fn a_request_that_still_runs_is_not_run_twice() {
    for test in stores().await {
        let (city, office) = (City::on(&test.store), Arc::new(Office::default()));
        let app = app(&city, &office);
        let running = {
            let app = app.clone();
            tokio::spawn(async move { keyed("/slow", "k-1", "x").of(&app).await })
        };
        office.begun.notified().await;
        let early = keyed("/slow", "k-1", "x").of(&app).await;
        assert_eq!((early.status, early.code()), (StatusCode::CONFLICT, "idempotency-in-flight".into()));
        // Whoever asked hangs up; what was begun goes on, and its answer waits for the repetition.
        running.abort();
        running.await.expect_err("hung up");
        office.go_on.notify_one();
        let answered = async {
            loop {
                let answer = keyed("/slow", "k-1", "x").of(&app).await;
                if answer.status != StatusCode::CONFLICT {
                    return answer;
                }
                tokio::task::yield_now().await;
            }
        };
        let answer =
            tokio::time::timeout(ANSWER_WITHIN, answered).await.expect("the run went on without its asker");
        assert_eq!((answer.body.as_str(), office.opened.load(Ordering::SeqCst)), ("done", 1));
    }
}

/// A node died in the middle: after a while the repetition runs, and opens what it makes under the same name.
#[tokio::test]
async fn a_dead_run_is_taken_over() {
    for test in stores().await {
        let (city, office) = (City::on(&test.store), Arc::new(Office::default()));
        let app = app(&city, &office);
        let name = keyed("/named", "k-1", "x").of(&app).await.body;
        let mut work = Work::new();
        work.run("UPDATE access_idempotency SET status = NULL, answer_sealed = NULL", params![]);
        test.store.commit(work).await.expect("as if it had died");
        city.clock.pass_seconds(CLAIM_SECONDS - 1);
        assert_eq!(keyed("/named", "k-1", "x").of(&app).await.code(), "idempotency-in-flight");
        city.clock.pass_seconds(1);
        let again = keyed("/named", "k-1", "x").of(&app).await;
        assert_eq!((again.body, again.headers.get("idempotency-replayed")), (name, None));
    }
}

/// The same request many times at once: one is carried out.
#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_carried_out_once() {
    for test in stores().await {
        let (city, office) = (City::on(&test.store), Arc::new(Office::default()));
        let app = app(&city, &office);
        let asking = (0..16).map(|_| {
            let app = app.clone();
            tokio::spawn(async move { keyed("/cases", "k-1", "x").of(&app).await.status })
        });
        let mut statuses = Vec::new();
        for one in asking.collect::<Vec<_>>() {
            statuses.push(one.await.expect("no panic"));
        }
        assert!(statuses.iter().all(|status| [StatusCode::OK, StatusCode::CONFLICT].contains(status)));
        assert_eq!(office.opened.load(Ordering::SeqCst), 1, "{statuses:?}");
    }
}
