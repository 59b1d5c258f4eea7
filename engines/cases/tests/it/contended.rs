//! Many who act at once, and those who say the same thing twice: each version is decided once, each decision is one.

use baotu_cases::CaseFilter;
use baotu_cases::service::ListQuestion;
use baotu_vocabulary::{CaseId, DecisionId};
use serde_json::json;
use tokio::task::JoinSet;

use crate::given::{act, cities, hole_in_the_road, refused};

/// Who act at the same time.
const DECIDERS: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_eight_who_decide_on_one_version_exactly_one_does() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let key = opened.id.to_string();
        city.take(&key, "dispatch", json!({}), &city.clerk).await;
        for round in 0..5 {
            let version = 2 + round;
            let mut deciders = JoinSet::new();
            for number in 0..DECIDERS {
                let (cases, works, key) = (city.cases.clone(), city.works.clone(), key.clone());
                let mut note = act("note", json!({"opinion": format!("第 {number} 次到现场")}));
                note.version = Some(version);
                deciders.spawn(async move { cases.decide(&key, note, &works).await });
            }
            let (mut won, mut stale) = (0, 0);
            for answer in deciders.join_all().await {
                match answer {
                    Ok(acted) => {
                        assert_eq!(acted.version, version + 1);
                        won += 1;
                    }
                    answer => {
                        assert_eq!(refused(answer), "stale-version");
                        stale += 1;
                    }
                }
            }
            assert_eq!((won, stale), (1, DECIDERS - 1), "round {round}");
        }
        let view = city.cases.read(&key, &city.works).await.unwrap();
        assert_eq!((view.version, view.timeline.len()), (7, 7), "one row for each version");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn those_who_name_no_version_all_get_their_turn() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let key = opened.id.to_string();
        city.take(&key, "dispatch", json!({}), &city.clerk).await;
        let mut deciders = JoinSet::new();
        for number in 0..3 {
            let (cases, works, key) = (city.cases.clone(), city.works.clone(), key.clone());
            let note = act("note", json!({"opinion": format!("第 {number} 次到现场")}));
            deciders.spawn(async move { cases.decide(&key, note, &works).await.unwrap() });
        }
        let mut versions: Vec<i64> =
            deciders.join_all().await.into_iter().map(|acted| acted.version).collect();
        versions.sort_unstable();
        assert_eq!(versions, [3, 4, 5]);
    }
}

#[tokio::test]
async fn the_same_opening_twice_is_one_case() {
    for city in cities().await {
        let mut given = hole_in_the_road();
        given.id = Some(CaseId::new(city.access.now(), [3; 10]));
        let first = city.cases.open(given.clone(), &city.resident).await.unwrap();
        let second = city.cases.open(given.clone(), &city.resident).await.unwrap();
        assert_eq!((first.repeated, second.repeated), (false, true));
        assert_eq!(first.state, second.state);
        assert_eq!(refused(city.cases.open(given, &city.stranger).await), "id-taken");
        let all =
            city.cases.list(&ListQuestion::default(), &CaseFilter::default(), &city.clerk).await.unwrap();
        assert_eq!(all.rows.len(), 1);
    }
}

#[tokio::test]
async fn the_same_decision_twice_is_taken_once_and_answered_alike() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let key = opened.id.to_string();
        let mut dispatch = act("dispatch", json!({}));
        dispatch.id = Some(DecisionId::new(city.access.now(), [4; 10]));
        dispatch.version = Some(1);
        let first = city.cases.decide(&key, dispatch.clone(), &city.clerk).await.unwrap();
        // Others go on meanwhile.
        city.take(&key, "note", json!({"opinion": "到场"}), &city.works).await;
        let second = city.cases.decide(&key, dispatch.clone(), &city.clerk).await.unwrap();
        assert_eq!(first, second);
        assert_eq!(city.cases.read(&key, &city.clerk).await.unwrap().version, 3);
        // Another person, or another case, cannot use the id.
        assert_eq!(refused(city.cases.decide(&key, dispatch.clone(), &city.second_clerk).await), "id-taken");
        let other = city.open(hole_in_the_road(), &city.resident).await;
        let other = other.id.to_string();
        assert_eq!(refused(city.cases.decide(&other, dispatch, &city.clerk).await), "id-taken");
    }
}
