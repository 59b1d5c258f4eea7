//! The live page of the past: what it showed at moments of a simulated history is what it answers for them later.

use std::collections::BTreeMap;

use baotu_cases::LiveKind;
use baotu_cases::service::{LIVE_ROWS_MAX, LiveCases, OpenCase, PartAsked, PlacedOpen};
use baotu_cases::standing::{LiveNumbers, PAST_DAYS};
use baotu_vocabulary::{CaseId, Moment};
use serde_json::json;

use crate::given::{City, WEST, answers, cities, hole_in_the_road, refused};

const KINDS: [LiveKind; 7] = [
    LiveKind::Open,
    LiveKind::Opened,
    LiveKind::Closed,
    LiveKind::Waiting,
    LiveKind::Overdue,
    LiveKind::Late,
    LiveKind::Alerts,
];

/// Everything that the live page shows at a moment, of the whole city and of a district.
#[derive(Debug, PartialEq)]
struct Shown {
    numbers: Vec<LiveNumbers>,
    lists: Vec<LiveCases>,
    places: BTreeMap<CaseId, PlacedOpen>,
}

fn parts() -> [PartAsked; 3] {
    let district = |code: &str| PartAsked { district: Some(code.to_owned()), ..PartAsked::default() };
    let system = PartAsked { system: Some("services/simple-request".to_owned()), ..PartAsked::default() };
    [PartAsked::default(), district("890102"), system]
}

async fn shown(city: &City, at: Option<Moment>) -> Shown {
    let mut numbers = Vec::new();
    let mut lists = Vec::new();
    for part in parts() {
        numbers.push(city.cases.live_numbers(at, &part, &city.stranger).await.expect("numbers"));
        for kind in KINDS {
            let list =
                city.cases.live_cases(kind, at, &part, LIVE_ROWS_MAX, &city.stranger).await.expect("a list");
            lists.push(list);
        }
    }
    let places = city.cases.placed_open(at).await.expect("places");
    // Who had a case in hand, and where below the district, is not kept of the past.
    let known = |placed: PlacedOpen| {
        let division = placed.division.and_then(|code| code.to_string()[..6].parse().ok());
        (placed.id, PlacedOpen { units: Vec::new(), division, ..placed })
    };
    Shown { numbers, lists, places: places.into_iter().map(known).collect() }
}

/// Counts the city's cases one by one, as nothing of the live page does.
async fn counted_by_hand(city: &City, opened: &[CaseId], midnight: Moment) -> (i64, i64, i64, i64) {
    let now = city.access.now();
    let mut counts = (0, 0, 0, 0);
    for id in opened {
        let case = city.cases.state(*id).await.expect("a state").expect("the case");
        counts.0 += i64::from(case.is_open());
        counts.1 += i64::from(case.opened_at >= midnight);
        counts.2 += i64::from(case.closed_at.is_some_and(|at| at >= midnight));
        counts.3 += i64::from(case.is_open() && case.due().is_some_and(|due| due.at < now));
    }
    counts
}

#[tokio::test]
async fn the_past_is_answered_as_it_was_shown() {
    for city in cities().await {
        let mut record: Vec<(Moment, Shown)> = Vec::new();
        let mut opened: Vec<CaseId> = Vec::new();
        let west = || OpenCase {
            place: serde_json::from_value(json!({"lon": WEST.0, "lat": WEST.1})).unwrap(),
            level: Some("紧急".to_owned()),
            ..hole_in_the_road()
        };
        // Each step lies more than the life of a count after the one before; what is shown is noted after each.
        for step in 0..12_u32 {
            city.clock.pass_seconds(if step == 7 { 20 * 3_600 } else { 1_800 });
            match step {
                0 | 4 | 9 => opened.push(city.open(hole_in_the_road(), &city.resident).await.id),
                1 | 5 => opened.push(city.open(west(), &city.resident).await.id),
                2 => {
                    let secret = OpenCase { confidential: true, ..hole_in_the_road() };
                    opened.push(city.open(secret, &city.resident).await.id);
                }
                3 => {
                    let key = opened[0].to_string();
                    city.take(&key, "dispatch", json!({}), &city.clerk).await;
                    city.take(&key, "supervise", json!({"opinion": "尽快办理"}), &city.clerk).await;
                }
                6 => {
                    let form = json!({"result": "已补", "public_reply": "已补好"});
                    city.take(&opened[0].to_string(), "resolve", form, &city.works).await;
                }
                7 => {
                    let key = opened[1].to_string();
                    city.take(&key, "dispatch", json!({}), &city.clerk).await;
                }
                8 => {
                    let key = opened[0].to_string();
                    city.take(&key, "close", answers(true, true), &city.reviewer).await;
                }
                10 => {
                    // Past every due time of the first days.
                    city.clock.pass_seconds(12 * 86_400);
                    city.cases.sweep_due(city.access.now(), 100).await.unwrap();
                }
                _ => {
                    let form = json!({"result": "已补", "public_reply": "已补好"});
                    let key = opened[1].to_string();
                    city.take(&key, "resolve", form, &city.works).await;
                    city.take(&key, "close", answers(true, true), &city.reviewer).await;
                }
            }
            let now = city.access.now();
            let shown = shown(&city, None).await;
            let midnight = now.plus_seconds(-(now.micros() / 1_000_000 + 8 * 3_600).rem_euclid(86_400));
            let numbers = &shown.numbers[0];
            assert_eq!(
                (numbers.open, numbers.opened_today, numbers.closed_today, numbers.overdue),
                counted_by_hand(&city, &opened, midnight).await,
                "step {step}"
            );
            record.push((now, shown));
        }
        let last = &record.last().unwrap().1;
        assert_eq!((last.numbers[0].closed_today, last.numbers[0].on_time_today.rate), (1, Some(0.0)));
        assert!(last.numbers[0].overdue > 0 && record[3].1.numbers[0].supervised == 1);

        // Moments of the past are asked in another order than they came, and more than once.
        for (at, was) in record.iter().rev().chain(&record[..3]) {
            assert_eq!(shown(&city, Some(*at)).await, *was, "at {at}");
        }
        // Between two decisions the city stood as after the first of them, but for what became overdue.
        let between = record[4].0.plus_seconds(60);
        let (open, waiting) = (record[4].1.numbers[0].open, record[4].1.numbers[0].waiting);
        let asked =
            city.cases.live_numbers(Some(between), &PartAsked::default(), &city.stranger).await.unwrap();
        assert_eq!((asked.open, asked.waiting, asked.recorded), (open, waiting, true));
        let before = record[0].0.plus_seconds(-7_200);
        let asked =
            city.cases.live_numbers(Some(before), &PartAsked::default(), &city.stranger).await.unwrap();
        assert_eq!((asked.open, asked.recorded), (0, false), "nothing is known from before the first case");
    }
}

#[tokio::test]
async fn days_add_up_and_confidential_cases_are_counted_but_not_listed() {
    for city in cities().await {
        city.whole_run(hole_in_the_road()).await;
        city.open(OpenCase { confidential: true, ..hole_in_the_road() }, &city.resident).await;
        city.clock.pass_seconds(86_400);
        let days = city.cases.days_brought(3, None, &PartAsked::default(), &city.stranger).await.unwrap();
        let told: Vec<(&str, i64, i64)> = days.iter().map(|d| (d.day.as_str(), d.opened, d.closed)).collect();
        assert_eq!(told, [("2026-11-22", 0, 0), ("2026-11-23", 0, 0), ("2026-11-24", 2, 1)]);
        assert_eq!(days[2].on_time.rate, Some(1.0));
        let yesterday = Some(city.access.now().plus_seconds(-86_400));
        let list = async |kind| {
            let part = PartAsked::default();
            city.cases.live_cases(kind, yesterday, &part, 10, &city.stranger).await.unwrap()
        };
        let open = list(LiveKind::Open).await;
        assert_eq!((open.total, open.rows.len()), (1, 0));
        let closed = list(LiveKind::Closed).await;
        assert_eq!((closed.total, closed.rows[0].status.as_str()), (1, "已办结"));
        assert_eq!(closed.rows[0].division.as_deref(), Some("890102001"), "not the community");
    }
}

#[tokio::test]
async fn what_cannot_be_known_is_refused_and_what_is_old_is_forgotten() {
    for city in cities().await {
        city.whole_run(hole_in_the_road()).await;
        let numbers = async |at, part: PartAsked| city.cases.live_numbers(at, &part, &city.stranger).await;
        let at = |seconds| Some(city.access.now().plus_seconds(seconds));
        assert_eq!(refused(numbers(at(60), PartAsked::default()).await), "query-invalid");
        assert_eq!(
            refused(numbers(at(-(PAST_DAYS + 1) * 86_400), PartAsked::default()).await),
            "query-invalid"
        );
        let nowhere = PartAsked { district: Some("000000".to_owned()), ..PartAsked::default() };
        assert_eq!(refused(numbers(None, nowhere).await), "query-invalid");
        let nothing = PartAsked { system: Some("services/none".to_owned()), ..PartAsked::default() };
        assert_eq!(refused(numbers(None, nothing).await), "query-invalid");

        let rows = async || {
            let row = city.store().query_one("SELECT count(*) AS n FROM cases_standing", Vec::new()).await;
            row.unwrap().int("n").unwrap()
        };
        assert!(rows().await > 1);
        city.clock.pass_seconds((PAST_DAYS - 1) * 86_400);
        let kept = rows().await;
        city.cases.forget_old_standings().await.unwrap();
        assert_eq!(rows().await, kept, "it can still be asked for");
        city.clock.pass_seconds(2 * 86_400);
        city.cases.forget_old_standings().await.unwrap();
        assert_eq!(rows().await, 1, "how the case stands now is never forgotten");
    }
}
