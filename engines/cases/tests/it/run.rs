//! A case from opening to the end, read and listed by those whom it concerns.

use baotu_cases::CaseFilter;
use baotu_cases::service::{ListQuestion, ListedQueue};
use serde_json::json;

use crate::given::{answers, cities, hole_in_the_road};

fn queue(queue: ListedQueue) -> ListQuestion {
    ListQuestion { queue, ..ListQuestion::default() }
}

#[tokio::test]
async fn a_case_runs_from_opening_to_the_end() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        assert_eq!(opened.number, "SR20261124000001");
        let key = opened.number.clone();
        assert_eq!(city.cases.read(&key, &city.resident).await.unwrap().status, "待受理");

        let acted = city.take(&key, "dispatch", json!({}), &city.clerk).await;
        assert_eq!((acted.version, acted.status.as_str()), (2, "处置中"));
        let view = city.cases.read(&key, &city.works).await.unwrap();
        assert_eq!(view.lead_unit.as_ref().map(|unit| unit.name.as_str()), Some("工务局"));
        assert_eq!(
            view.due_at.as_deref(),
            Some("2026-12-01T09:00:00Z"),
            "five working days, close of business"
        );

        let form = json!({"result": "已补好", "public_reply": "坑已补好，谢谢您。"});
        city.take(&key, "resolve", form, &city.works).await;
        let acted = city.take(&key, "close", answers(true, true), &city.reviewer).await;
        assert!(acted.closed);
        assert_eq!(acted.outcome.as_deref(), Some("solved"));

        let view = city.cases.read(&key, &city.resident).await.unwrap();
        assert_eq!((view.status.as_str(), view.version), ("已办结", 4));
        assert_eq!(view.resolution.unwrap().public_reply.as_deref(), Some("坑已补好，谢谢您。"));
        let offered: Vec<&str> = view.offers.iter().map(|offer| offer.take.as_str()).collect();
        assert_eq!(offered, ["reopen"], "the reporter has some days in which to say that it is not solved");
    }
}

#[tokio::test]
async fn a_case_stands_in_the_queues_of_those_who_may_work_on_it() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let key = opened.id.to_string();
        let all = CaseFilter::default();
        let numbers = async |actor, which| {
            let page = city.cases.list(&queue(which), &all, actor).await.unwrap();
            page.rows
                .into_iter()
                .map(|row| (row.number, row.step_title.unwrap_or_default()))
                .collect::<Vec<_>>()
        };
        let number = opened.number.clone();
        let at = |step: &str| vec![(number.clone(), step.to_owned())];

        assert_eq!(numbers(&city.clerk, ListedQueue::Unit).await, at("受理"));
        assert_eq!(numbers(&city.works, ListedQueue::Unit).await, []);
        assert_eq!(numbers(&city.works, ListedQueue::All).await, [], "it does not concern them yet");

        city.take(&key, "dispatch", json!({}), &city.clerk).await;
        assert_eq!(numbers(&city.clerk, ListedQueue::Unit).await, []);
        assert_eq!(numbers(&city.clerk, ListedQueue::Mine).await, at("办理"), "they have acted on it");
        assert_eq!(numbers(&city.second_clerk, ListedQueue::Mine).await, []);
        assert_eq!(numbers(&city.works, ListedQueue::Unit).await, at("办理"));
        assert_eq!(numbers(&city.works, ListedQueue::All).await, at("办理"));
        assert_eq!(numbers(&city.parks, ListedQueue::All).await, []);
        assert_eq!(numbers(&city.resident, ListedQueue::All).await, at("办理"));
        assert_eq!(numbers(&city.stranger, ListedQueue::All).await, []);

        let day = city.cases.queues(&city.works).await.unwrap();
        assert_eq!((day.unit, day.overdue, day.requests), (1, 0, 0));
    }
}
