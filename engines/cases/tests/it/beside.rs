//! What stands beside a case at the desk: requests that wait, marks, exports, a caller's earlier cases, similar ones,
//! what the declarations say.

use std::io::Cursor;

use baotu_cases::service::{
    CallerQuestion, GivenPlace, KnowledgeQuestion, ListQuestion, ListRow, ListedQueue, OpenCase,
    SimilarQuestion,
};
use baotu_cases::{CaseFilter, Mark};
use baotu_storage::params;
use baotu_vocabulary::{Actor, Point};
use calamine::{Reader as _, Xlsx};
use serde_json::{Value, json};

use crate::given::{City, EAST, WEST, cities, hole_in_the_road, refused};

fn called(phone: &str, title: &str) -> OpenCase {
    let contact = serde_json::from_value(json!({"name": "王小明", "phone": phone})).expect("a contact");
    OpenCase { title: title.to_owned(), contact: Some(contact), ..hole_in_the_road() }
}

async fn listed(city: &City, queue: ListedQueue, filter: CaseFilter, actor: &Actor) -> Vec<ListRow> {
    let question = ListQuestion { queue, ..ListQuestion::default() };
    city.cases.list(&question, &filter, actor).await.expect("a page").rows
}

async fn dispatched(city: &City, given: OpenCase) -> String {
    let key = city.open(given, &city.resident).await.id.to_string();
    city.take(&key, "dispatch", json!({}), &city.clerk).await;
    key
}

#[tokio::test]
async fn requests_that_wait_are_a_queue_of_those_who_decide() {
    for city in cities().await {
        let key = dispatched(&city, hole_in_the_road()).await;
        let ask = serde_json::from_value(
            json!({"request": "extension", "form": {"reason": "连日下雨", "amount": 2}}),
        );
        city.cases.request(&key, ask.expect("a request"), &city.works).await.expect("asked");

        let rows = listed(&city, ListedQueue::Requests, CaseFilter::default(), &city.clerk).await;
        let waiting = rows[0].request.as_ref().expect("a request");
        assert_eq!((rows.len(), waiting.title.as_str()), (1, "申请延期"));
        let numbers = city.cases.queues(&city.clerk).await.expect("numbers");
        assert_eq!(numbers.requests, 1);
        // Who asked does not decide, and a resident decides nothing.
        for other in [&city.works, &city.resident] {
            assert!(listed(&city, ListedQueue::Requests, CaseFilter::default(), other).await.is_empty());
        }
        let answer = serde_json::from_value(json!({"grant": false, "form": {"opinion": "请按期办结"}}));
        let id = waiting.id.parse().expect("an id");
        city.cases.decide_request(&key, id, answer.expect("an answer"), &city.clerk).await.expect("decided");
        assert!(listed(&city, ListedQueue::Requests, CaseFilter::default(), &city.clerk).await.is_empty());
    }
}

#[tokio::test]
async fn marks_tell_what_is_watched_and_the_day_is_told_by_step() {
    for city in cities().await {
        let supervised = dispatched(&city, hole_in_the_road()).await;
        let quiet = city.open(hole_in_the_road(), &city.resident).await.id.to_string();
        city.take(&supervised, "supervise", json!({"opinion": "请尽快"}), &city.clerk).await;
        let marked = async |mark: Mark| {
            let filter = CaseFilter { mark: Some(mark), ..CaseFilter::default() };
            listed(&city, ListedQueue::All, filter, &city.clerk).await
        };
        let rows = marked(Mark::Supervised).await;
        assert_eq!(rows.iter().map(|row| row.id.as_str()).collect::<Vec<_>>(), [supervised.as_str()]);
        assert!(rows[0].supervised && rows[0].card.is_none());
        assert!(marked(Mark::Yellow).await.is_empty() && marked(Mark::Red).await.is_empty());

        // Time passes: first a yellow card, then a red one in its place.
        let clock = city.cases.read(&supervised, &city.clerk).await.expect("a view").clocks[0].clone();
        let before_due = |text: &str, seconds: i64| {
            text.parse::<baotu_vocabulary::Moment>().expect("a time").plus_seconds(-seconds).to_string()
        };
        city.clock.set(&before_due(&clock.due_at, 60));
        city.cases.sweep_due(city.access.now(), 100).await.expect("swept");
        assert_eq!(marked(Mark::Yellow).await[0].card.as_deref(), Some("yellow"));
        city.clock.set(&before_due(&clock.due_at, -60));
        city.cases.sweep_due(city.access.now(), 100).await.expect("swept");
        assert!(marked(Mark::Yellow).await.is_empty());
        assert_eq!(marked(Mark::Red).await[0].card.as_deref(), Some("red"));

        let numbers = city.cases.queues(&city.clerk).await.expect("numbers");
        let steps: Vec<_> = numbers.by_step.iter().map(|step| (step.step_title.as_str(), step.all)).collect();
        assert_eq!((steps, numbers.unit), (vec![("受理", 1)], 1));
        assert_eq!(city.cases.read(&quiet, &city.clerk).await.expect("a view").status, "待受理");
    }
}

#[tokio::test]
async fn words_are_looked_for_in_the_titles_of_a_queue() {
    for city in cities().await {
        let lamp = OpenCase { title: "50% 的路灯不亮".to_owned(), ..hole_in_the_road() };
        let number = city.open(lamp, &city.resident).await.number;
        city.open(hole_in_the_road(), &city.resident).await;
        for (q, found) in [("路灯", 1), ("50%", 1), ("%", 1), ("_", 0), (number.as_str(), 1), ("井盖", 0)]
        {
            let question =
                ListQuestion { queue: ListedQueue::Unit, q: Some(q.to_owned()), ..ListQuestion::default() };
            let page = city.cases.list(&question, &CaseFilter::default(), &city.clerk).await.expect("a page");
            assert_eq!(page.rows.len(), found, "{q}");
        }
    }
}

/// The cells of a sheet as text.
fn cells(workbook: &[u8], sheet: &str) -> Vec<Vec<String>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(workbook)).expect("a workbook");
    let range = book.worksheet_range(sheet).expect("the sheet");
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

#[tokio::test]
async fn an_export_holds_what_its_reader_may_list_and_leaves_a_line() {
    for city in cities().await {
        let formula = OpenCase { title: "=HYPERLINK(\"x\")".to_owned(), ..hole_in_the_road() };
        city.open(formula, &city.resident).await;
        let key = dispatched(&city, hole_in_the_road()).await;
        let all = ListQuestion::default();
        let filter = CaseFilter { status: Some("处置中".to_owned()), ..CaseFilter::default() };

        let exported = city.cases.export(&all, &CaseFilter::default(), &city.clerk).await.expect("exported");
        let rows = cells(&exported.workbook, "案件");
        assert_eq!((rows.len(), exported.rows, rows[0][0].as_str()), (3, 2, "编号"));
        assert!(rows.iter().any(|row| row[1] == "=HYPERLINK(\"x\")"), "a title stays a text: {rows:?}");
        assert!(rows.iter().all(|row| !row.iter().any(|cell| cell.contains("王小明"))));

        let narrowed = city.cases.export(&all, &filter, &city.clerk).await.expect("exported");
        let rows = cells(&narrowed.workbook, "案件");
        let number = city.cases.read(&key, &city.clerk).await.expect("a view").number;
        assert_eq!((rows.len(), &rows[1][0]), (2, &number));
        assert!(rows[1][9].starts_with("2026-11-24 09:0"), "told in the city's time: {:?}", rows[1]);
        let about = cells(&narrowed.workbook, "导出说明");
        assert!(about.iter().any(|line| line[0] == "状态" && line[1] == "处置中"), "{about:?}");
        // A unit elsewhere takes out nothing.
        let none = city.cases.export(&all, &CaseFilter::default(), &city.parks).await.expect("exported");
        assert_eq!((none.rows, cells(&none.workbook, "案件").len()), (0, 1));

        let sql = "SELECT detail FROM access_audit WHERE act = 'cases.export' ORDER BY id";
        let lines = city.store().query(sql, Vec::new()).await.expect("lines");
        let details: Vec<Value> = lines
            .iter()
            .map(|line| serde_json::from_str(&line.text("detail").expect("text")).expect("JSON"))
            .collect();
        assert_eq!(details.iter().map(|one| one["rows"].clone()).collect::<Vec<_>>(), [2, 1, 0]);
        assert_eq!(details[1]["filter"]["状态"], "处置中");
    }
}

#[tokio::test]
async fn a_callers_earlier_cases_are_found_masked_for_a_purpose() {
    for city in cities().await {
        for (phone, title) in
            [("138 0000 1111", "路灯不亮"), ("+8613800001111", "井盖丢了"), ("13800002222", "别人的事")]
        {
            city.open(called(phone, title), &city.clerk).await;
        }
        let secret = OpenCase { confidential: true, ..called("13800001111", "保密的事") };
        city.open(secret, &city.clerk).await;
        let question =
            |purpose: &str| CallerQuestion { phone: "13800001111".to_owned(), purpose: purpose.into() };

        let history = city.cases.caller_history(&question("call-back"), &city.reviewer).await.expect("found");
        let mut titles: Vec<&str> = history.rows.iter().map(|row| row.title.as_str()).collect();
        titles.sort_unstable();
        assert_eq!(titles, ["井盖丢了", "保密的事", "路灯不亮"]);
        assert_eq!((history.open, history.name.as_deref()), (3, Some("王*明")));
        assert!(history.phone.contains("****") && !format!("{history:?}").contains("13800001111"));

        // Another purpose, or nobody's business.
        for (purpose, actor) in
            [("handle-case", &city.reviewer), ("call-back", &city.parks), ("call-back", &city.resident)]
        {
            let answer = city.cases.caller_history(&question(purpose), actor).await;
            assert_eq!(refused(answer), "may-not-do", "{purpose}");
        }
        let nonsense = CallerQuestion { phone: "热线".to_owned(), purpose: "call-back".into() };
        assert_eq!(refused(city.cases.caller_history(&nonsense, &city.reviewer).await), "query-invalid");

        let sql = "SELECT subject, purpose FROM access_audit WHERE act = 'cases.read-caller'";
        let lines = city.store().query(sql, params![]).await.expect("lines");
        assert_eq!((lines.len(), lines[0].text("purpose").expect("text").as_str()), (1, "call-back"));
        assert!(!lines[0].text("subject").expect("text").contains("1380000"));
    }
}

#[tokio::test]
async fn what_is_near_and_alike_is_proposed_to_those_who_may_list_it() {
    for city in cities().await {
        let first = city.open(hole_in_the_road(), &city.resident).await;
        let far = OpenCase {
            place: Some(GivenPlace { lon: Some(WEST.0), lat: Some(WEST.1), address: None }),
            title: "西街垃圾没人清".to_owned(),
            text: String::new(),
            ..hole_in_the_road()
        };
        city.open(far, &city.resident).await;
        city.cases.search_index().catch_up(city.store()).await.expect("indexed");
        let question = |words: &str, but| SimilarQuestion {
            procedure: "simple-request".into(),
            category: Some("0101".into()),
            words: words.to_owned(),
            point: Some(Point::new(EAST.0 + 0.001, EAST.1).expect("a point")),
            but,
        };
        let found = city.cases.similar(&question("东街路面有坑", None), &city.clerk).await.expect("found");
        assert_eq!(found[0].row.id, first.id.to_string());
        assert!(found[0].same_category && found[0].same_words && found[0].metres.is_some_and(|m| m < 200));
        assert!(found.iter().all(|one| one.row.title != "西街垃圾没人清"), "{found:?}");

        let but =
            city.cases.similar(&question("东街路面有坑", Some(first.id)), &city.clerk).await.expect("found");
        assert!(but.is_empty(), "{but:?}");
        let others = city.cases.similar(&question("东街路面有坑", None), &city.parks).await.expect("found");
        assert!(others.is_empty(), "{others:?}");
        // A week later it is another matter.
        city.clock.pass_seconds(8 * 86_400);
        let later = city.cases.similar(&question("东街路面有坑", None), &city.clerk).await.expect("found");
        assert!(later.is_empty(), "{later:?}");
    }
}

#[tokio::test]
async fn the_declarations_say_what_holds_for_a_category_at_a_place() {
    for city in cities().await {
        let question = KnowledgeQuestion {
            procedure: "simple-request".into(),
            category: Some("0101".into()),
            level: None,
            place: Some(GivenPlace { lon: Some(EAST.0), lat: Some(EAST.1), address: None }),
        };
        let known = city.cases.knowledge(&question, &city.clerk).await.expect("known");
        let category = known.category.expect("a category");
        assert_eq!(category.code, "0101");
        let handling = known.limits.iter().find(|limit| limit.key == "handling").expect("a limit");
        assert!(!handling.source.is_empty() && handling.due_at.starts_with("2026-"));
        assert!(known.texts.is_some_and(|texts| texts.contains('#')));
        assert!(!known.in_charge.is_empty() && known.in_charge.iter().all(|one| !one.why.is_empty()));

        // The same unit is suggested for a case, with the limits that a dispatch would begin.
        let key = city.open(hole_in_the_road(), &city.resident).await.id.to_string();
        let suggested = city.cases.suggestions(&key, &city.clerk).await.expect("suggested");
        assert_eq!(suggested[0].unit, known.in_charge[0].unit);
        let view = city.cases.read(&key, &city.clerk).await.expect("a view");
        let dispatch = view.offers.iter().find(|offer| offer.take == "dispatch").expect("offered");
        let begun: Vec<_> =
            dispatch.begins.iter().map(|limit| (limit.title.as_str(), limit.limit.as_str())).collect();
        assert_eq!(begun, [("办理时限", handling.limit.as_str())]);
        assert_eq!(dispatch.begins[0].due_at.to_string(), handling.due_at);

        // What can be done while the caller is still on the line, for those who take requests in.
        let exits = async |actor: &Actor| {
            let procedures = city.cases.procedures(actor).expect("procedures");
            procedures[0].entry_exits.iter().map(|exit| (exit.name.clone(), exit.closes)).collect::<Vec<_>>()
        };
        let names = [("dispatch", false), ("designate", false), ("answer", true)];
        assert_eq!(exits(&city.clerk).await, names.map(|(name, closes)| (name.to_owned(), closes)));
        assert!(exits(&city.works).await.is_empty() && exits(&city.resident).await.is_empty());
    }
}
