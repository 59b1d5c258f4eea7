//! The same request twice: by an impatient finger, by a network that lost the answer, by two at once.

use std::thread;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Tries, good, with};
use crate::city::City;
use crate::kept::Beside;
use crate::people::{Answer, Person};

fn keyed(person: &Person<'_>, path: &str, key: &str, body: &Value) -> Answer {
    Answer::of(person.sent(person.request(Method::POST, path).header("idempotency-key", key).json(body)))
}

pub(super) fn the_same_request_twice(city: &City, beside: &Beside, resident: &Person<'_>) {
    let cases = || beside.at_rest().rows["cases_case"];
    let before = cases();

    // A key: one case, one answer.
    let first = keyed(resident, "/api/cases", "press-1", &good());
    let second = keyed(resident, "/api/cases", "press-1", &good());
    assert_eq!((first.status, first.replayed), (201, false), "{}", first.text);
    assert_eq!((second.status, second.replayed), (201, true), "{}", second.text);
    assert_eq!(first.text, second.text);
    assert_eq!(cases(), before + 1);

    let mut tries = Tries::begin(beside);
    let other = with(&good(), json!({"title": "另一件事"}));
    tries.refused("key with another body", 422, &keyed(resident, "/api/cases", "press-1", &other));
    let elsewhere = keyed(resident, "/api/cases/1/decisions", "press-1", &good());
    tries.refused("key at another door", 422, &elsewhere);
    tries.refused("overlong key", 422, &keyed(resident, "/api/cases", &"k".repeat(129), &good()));
    tries.refused("key with a space", 422, &keyed(resident, "/api/cases", "press 1", &good()));
    let bad = with(&good(), json!({"category": "999999"}));
    tries.refused("refused under a key", 422, &keyed(resident, "/api/cases", "press-2", &bad));
    let again = keyed(resident, "/api/cases", "press-2", &bad);
    assert_eq!((again.status, again.replayed, again.code()), (422, true, "unknown-category"));
    tries.nothing_changed("refused under a key, again");
    insta::assert_snapshot!("what_is_told_of_repetitions", tries.told());

    // Another's key is another key: nobody reads an answer that was not theirs.
    let accounts = city.accounts();
    let neighbour = &accounts["accounts"][1];
    let neighbour = Person::signed_in(
        city,
        neighbour["user"].as_str().expect("a user"),
        neighbour["password"].as_str().expect("a password"),
    );
    let theirs = keyed(&neighbour, "/api/cases", "press-1", &good());
    assert_eq!((theirs.status, theirs.replayed), (201, false));
    assert_ne!(theirs.body["id"], first.body["id"]);

    // An id of the sender's own does the same without a key.
    let named = with(&good(), json!({"id": "01940000-0000-7000-8000-0000000c0de1"}));
    let statuses =
        [resident.post("/api/cases", &named), resident.post("/api/cases", &named)].map(|a| a.status);
    assert_eq!(statuses, [201, 200]);
    let taken = neighbour.post("/api/cases", &named);
    assert_eq!((taken.status, taken.code()), (409, "id-taken"));
    assert_eq!(cases(), before + 3);

    // Two at once: whoever comes second waits or is answered alike; the case is opened once.
    let at_once: Vec<Answer> = thread::scope(|scope| {
        let press = || scope.spawn(|| keyed(resident, "/api/cases", "press-3", &good()));
        let presses: Vec<_> = (0..8).map(|_| press()).collect();
        presses.into_iter().map(|press| press.join().expect("an answer")).collect()
    });
    let mut opened: Vec<&str> = Vec::new();
    for answer in &at_once {
        match answer.status {
            201 => opened.push(answer.body["id"].as_str().expect("an id")),
            409 => assert_eq!(answer.code(), "idempotency-in-flight"),
            other => panic!("{other}: {}", answer.text),
        }
    }
    opened.sort_unstable();
    opened.dedup();
    assert_eq!(opened.len(), 1, "{at_once:?}");
    assert_eq!(cases(), before + 4);
    decided_twice(city, beside, opened[0]);
}

/// A decision under a key is taken once; without one, the second finds the case gone on.
fn decided_twice(city: &City, beside: &Beside, case: &str) {
    let agent = Person::with_role(city, "hotline-agent", None);
    let path = format!("/api/cases/{case}/decisions");
    let accept = json!({"take": "accept", "form": {}});
    let first = keyed(&agent, &path, "accept-1", &accept);
    let kept = beside.at_rest();
    let second = keyed(&agent, &path, "accept-1", &accept);
    assert_eq!((first.status, second.status, second.replayed), (201, 201, true), "{}", second.text);
    assert_eq!(first.text, second.text);
    let again = agent.post(&path, &accept);
    assert_eq!((again.status, again.code()), (409, "not-offered"));
    assert_eq!(beside.kept(), kept);
}
