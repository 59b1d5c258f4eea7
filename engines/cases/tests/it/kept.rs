//! What is kept beside a case: requests, contacts, photos, what time does, what is counted and found.

use baotu_cases::service::{
    Cause, Ended, ImportAnswer, ImportedCase, ListQuestion, NearQuestion, OpenCase, PartAsked,
    PublicQuestion, ReportQuestion, RequestAnswer, RequestAsk, SWEEP_ROWS,
};
use baotu_cases::{CaseFilter, Cases, Grouping, Search};
use baotu_storage::Work;
use baotu_vocabulary::{Actor, EventId, Moment, Point};
use jiff::civil::date;
use serde_json::json;

use crate::desk::changed_city;
use crate::given::{City, EAST, WEST, answers, cities, hole_in_the_road, refused};

fn ask(request: &str, form: serde_json::Value) -> RequestAsk {
    serde_json::from_value(json!({"request": request, "form": form})).expect("the test is whole")
}

fn grant() -> RequestAnswer {
    serde_json::from_value(json!({"grant": true, "form": {"opinion": "同意"}})).expect("the test is whole")
}

/// A case in the hands of the works office.
async fn dispatched(city: &City) -> String {
    let opened = city.open(hole_in_the_road(), &city.resident).await;
    let key = opened.id.to_string();
    city.take(&key, "dispatch", json!({}), &city.clerk).await;
    key
}

#[tokio::test]
async fn an_extension_is_asked_by_one_and_granted_by_another() {
    for city in cities().await {
        let key = dispatched(&city).await;
        let before = city.cases.read(&key, &city.works).await.unwrap();
        let form = json!({"reason": "等待材料", "amount": 2});
        let asked = city.cases.request(&key, ask("extension", form.clone()), &city.works).await.unwrap();
        let request = asked.request.unwrap();
        assert_eq!(city.cases.queues(&city.clerk).await.unwrap().requests, 1);
        assert_eq!(
            refused(city.cases.request(&key, ask("extension", form), &city.works).await),
            "already-asked"
        );
        assert_eq!(
            refused(city.cases.decide_request(&key, request, grant(), &city.works).await),
            "not-yours"
        );

        let offers = city.cases.read(&key, &city.clerk).await.unwrap().offers;
        assert!(offers.iter().any(|offer| offer.request == Some(request)), "{offers:?}");
        city.cases.decide_request(&key, request, grant(), &city.clerk).await.unwrap();
        let after = city.cases.read(&key, &city.works).await.unwrap();
        assert_eq!(before.due_at.as_deref(), Some("2026-12-01T09:00:00Z"));
        assert_eq!(after.due_at.as_deref(), Some("2026-12-03T09:00:00Z"));
        assert_eq!(after.clocks[0].extensions, ["2 工作日"]);
        assert_eq!(after.requests[0].state, "granted");
        assert_eq!(city.cases.queues(&city.clerk).await.unwrap().requests, 0);
        assert_eq!(refused(city.cases.decide_request(&key, request, grant(), &city.clerk).await), "not-open");
    }
}

#[tokio::test]
async fn time_gives_cards_and_each_of_them_once() {
    for city in cities().await {
        let key = dispatched(&city).await;
        let sweep = async || city.cases.sweep_due(city.access.now(), SWEEP_ROWS).await.unwrap();
        assert_eq!(sweep().await.acted, 0, "nothing is due yet");
        city.clock.set("2026-12-01T00:00:00+08:00");
        assert_eq!(sweep().await.acted, 1, "one working day before the end");
        assert_eq!(sweep().await.acted, 0);
        city.clock.set("2026-12-01T17:00:01+08:00");
        let swept = sweep().await;
        assert_eq!((swept.acted, swept.failed), (1, 0));
        assert_eq!(sweep().await.acted, 0);
        let view = city.cases.read(&key, &city.works).await.unwrap();
        let cards: Vec<&str> = view.cards.iter().map(|card| card.colour.as_str()).collect();
        assert_eq!(cards, ["yellow", "red"]);
        assert!(view.overdue);
        let filter = CaseFilter { overdue: true, ..CaseFilter::default() };
        let late = city.cases.list(&ListQuestion::default(), &filter, &city.clerk).await.unwrap();
        assert_eq!(late.rows.len(), 1);
        assert_eq!(city.cases.queues(&city.clerk).await.unwrap().overdue, 0, "it is in another's hands");
    }
}

/// What the State Council announces for 2027 in this test: the first three days of the year.
const ANNOUNCED_2027: &str = r#"
year = 2027
source = "an announcement, made up for this test"
off = ["2027-01-01", "2027-01-02", "2027-01-03"]
"#;

#[tokio::test]
async fn an_announced_year_moves_what_was_due_provisionally() {
    for city in cities().await {
        city.clock.set("2026-12-30T10:00:00+08:00");
        let key = dispatched(&city).await;
        let due = async |cases: &Cases| {
            let view = cases.read(&key, &city.works).await.unwrap();
            let clock = &view.clocks[0];
            (clock.due_at.clone(), clock.provisional)
        };
        // The 31st, and Friday the 1st to Wednesday the 6th as if there were no New Year's Day.
        assert_eq!(due(&city.cases).await, ("2027-01-06T09:00:00Z".to_owned(), true));
        let now = city.access.now();
        assert_eq!(city.cases.recompute_provisional(now).await.unwrap(), 0, "nothing new is known");

        let pack = changed_city(&[("calendar/2027.toml", ANNOUNCED_2027)]).expect("a pack without mistakes");
        let later = city.restarted_with(pack);
        assert_eq!(later.recompute_provisional(now).await.unwrap(), 1);
        assert_eq!(due(&later).await, ("2027-01-07T09:00:00Z".to_owned(), false));
        assert_eq!(later.recompute_provisional(now).await.unwrap(), 0, "it is computed anew once");
    }
}

#[tokio::test]
async fn a_contact_is_masked_until_a_purpose_is_given() {
    for city in cities().await {
        let key = dispatched(&city).await;
        let view = city.cases.read(&key, &city.works).await.unwrap();
        let reporter = view.reporter.unwrap();
        assert_eq!(
            (reporter.name.as_deref(), reporter.phone.as_deref()),
            (Some("陈*满"), Some("138****0008"))
        );
        assert!(reporter.can_reveal);
        assert_eq!(refused(city.cases.reveal(&key, &city.works).await), "purpose-needed");
        assert_eq!(refused(city.cases.reveal(&key, &city.parks).await), "not-found");
        assert_eq!(refused(city.cases.reveal(&key, &city.clerk).await), "may-not-do");
        let reason = city.works.clone().with_purpose("handle-case");
        let contact = city.cases.reveal(&key, &reason).await.unwrap();
        assert_eq!(contact.name.as_deref(), Some("陈小满"));
        assert_eq!(contact.phone.as_deref(), Some("+8613800000008"));
        // It is kept sealed: no column of the store holds it in clear.
        let row = city.store().query_one("SELECT contact, run FROM cases_case", Vec::new()).await.unwrap();
        let sealed = String::from_utf8_lossy(&row.bytes("contact").unwrap()).into_owned();
        assert!(!sealed.contains("陈小满") && !row.json("run").unwrap().to_string().contains("陈小满"));
    }
}

#[tokio::test]
async fn those_who_handle_a_confidential_case_never_learn_who_reported_it() {
    for city in cities().await {
        let given = OpenCase { confidential: true, ..hole_in_the_road() };
        let opened = city.open(given, &city.resident).await;
        let key = opened.id.to_string();
        city.take(&key, "dispatch", json!({}), &city.clerk).await;
        assert_eq!(city.cases.read(&key, &city.works).await.unwrap().reporter, None);
        let reason = city.works.clone().with_purpose("handle-case");
        assert_eq!(refused(city.cases.reveal(&key, &reason).await), "may-not-do");
        let own = city.cases.read(&key, &city.resident).await.unwrap().reporter.unwrap();
        assert!(own.mine && own.confidential);
        let reviewer = city.reviewer.clone().with_purpose("call-back");
        assert_eq!(city.cases.reveal(&key, &reviewer).await.unwrap().name.as_deref(), Some("陈小满"));
    }
}

#[tokio::test]
async fn a_case_is_found_by_its_words_once_the_index_has_followed() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let other =
            OpenCase {
                title: "公园草坪损坏".to_owned(), category: "0201".into(), ..hole_in_the_road()
            };
        let other = city.open(OpenCase { text: String::new(), ..other }, &city.resident).await;
        let index = city.cases.search_index();
        index.catch_up(city.store()).await.unwrap();
        let found = async |q: &str, actor| {
            let question = ListQuestion { q: Some(q.to_owned()), ..ListQuestion::default() };
            let page = city.cases.list(&question, &CaseFilter::default(), actor).await.unwrap();
            page.rows.into_iter().map(|row| row.number).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(found("路面", &city.clerk).await, opened.number);
        assert_eq!(found("大坑 危险", &city.clerk).await, opened.number);
        assert_eq!(found("草坪", &city.clerk).await, other.number);
        assert_eq!(
            found("东街", &city.clerk).await,
            format!("{} {}", other.number, opened.number),
            "the newest first"
        );
        assert_eq!(found("没有的事", &city.clerk).await, "");
        assert_eq!(found("，。 \u{3000}", &city.clerk).await, "");
        assert_eq!(found(&opened.number, &city.clerk).await, opened.number);
        assert_eq!(found("路面", &city.resident).await, opened.number);
        assert_eq!(found("路面", &city.stranger).await, "", "nobody finds what they may not know");
        assert_eq!(found(&opened.number, &city.stranger).await, "");
    }
}

#[tokio::test]
async fn an_index_that_was_lost_or_damaged_is_made_anew() {
    for test in baotu_storage::testing::stores().await {
        let folder = test.folder().join("lost");
        let city = crate::given::city(test).await;
        for _ in 0..3 {
            city.open(hole_in_the_road(), &city.resident).await;
        }
        let index = Search::open(&folder).unwrap();
        index.catch_up(city.store()).await.unwrap();
        assert_eq!(index.find("路面", None, 10).unwrap().len(), 3);
        drop(index);
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "idx" || extension == "term") {
                let bytes = vec![0; usize::try_from(path.metadata().unwrap().len()).unwrap()];
                std::fs::write(&path, bytes).unwrap();
            }
        }
        let index = Search::open(&folder).unwrap();
        assert_eq!(index.find("路面", None, 10).unwrap().len(), 0, "it is empty");
        index.catch_up(city.store()).await.unwrap();
        let hits = index.find("路面", None, 2).unwrap();
        let rest = index.find("路面", hits.last().copied(), 2).unwrap();
        assert_eq!((hits.len(), rest.len()), (2, 1), "it is whole again, and paged by key");
    }
}

#[tokio::test]
async fn a_photo_is_seen_by_those_who_see_its_case() {
    for city in cities().await {
        let kept = city.cases.keep_photo(crate::doors::tiny_png(), &city.resident).await.unwrap();
        let id = kept.id.parse().unwrap();
        assert!(city.cases.photo(id, &city.resident).await.is_ok());
        assert_eq!(refused(city.cases.photo(id, &city.clerk).await), "not-found", "no case names it yet");
        let mut given = hole_in_the_road();
        given.form.insert("photos".to_owned(), json!([kept.id]));
        // Nobody names another's photo.
        assert_eq!(refused(city.cases.open(given.clone(), &city.stranger).await), "unknown-photo");
        let opened = city.open(given, &city.resident).await;
        assert_eq!(city.cases.photo(id, &city.clerk).await.unwrap().media_type, "image/png");
        assert_eq!(refused(city.cases.photo(id, &city.parks).await), "not-found");
        let view = city.cases.read(&opened.number, &city.clerk).await.unwrap();
        assert_eq!(view.photos, [kept.id]);
    }
}

#[tokio::test]
async fn numbers_follow_what_happened() {
    for city in cities().await {
        city.whole_run(hole_in_the_road()).await;
        let second = dispatched(&city).await;
        city.take(&second, "resolve", json!({"result": "已补", "public_reply": "已补好"}), &city.works).await;
        city.take(&second, "redo", answers(false, false), &city.reviewer).await;
        let west = json!({"lon": WEST.0, "lat": WEST.1});
        let given = OpenCase { place: serde_json::from_value(west).unwrap(), ..hole_in_the_road() };
        city.open(given, &city.resident).await;

        let live = city.cases.live_numbers(None, &PartAsked::default(), &city.stranger).await.unwrap();
        assert_eq!((live.open, live.opened_today, live.closed_today, live.waiting), (2, 3, 1, 1));
        assert_eq!((live.on_time_today.numerator, live.on_time_today.denominator), (1, 1));
        let districts: Vec<(&str, i64)> =
            live.by_district.iter().map(|d| (d.name.as_str(), d.opened_today)).collect();
        assert_eq!(districts, [("东区", 2), ("西区", 1)]);
        assert_eq!(live.by_hour[9], 3);

        let question = |grouping| ReportQuestion {
            from: date(2026, 11, 24),
            to: date(2026, 11, 24),
            procedure: Some("simple-request".into()),
            grouping,
        };
        let groups = city.cases.report(&question(Grouping::None), &city.clerk).await.unwrap();
        let all = &groups[0];
        assert_eq!((all.counts.opened, all.counts.dispatched, all.counts.closed), (3, 2, 1));
        assert_eq!((all.rates.solved.numerator, all.rates.solved.denominator), (1, 2));
        assert_eq!(all.rates.rework.rate, Some(0.5));
        assert_eq!(all.rates.on_time.rate, Some(1.0));
        let by_unit = city.cases.report(&question(Grouping::Unit), &city.clerk).await.unwrap();
        assert_eq!(by_unit[0].title.as_deref(), Some("工务局"));
        let by_day = city.cases.report(&question(Grouping::Day), &city.clerk).await.unwrap();
        assert_eq!(by_day[0].key.as_deref(), Some("2026-11-24"));
        assert_eq!(refused(city.cases.report(&question(Grouping::None), &city.resident).await), "may-not-do");

        for indicator in city.cases.indicators(&question(Grouping::None), &city.clerk).await.unwrap() {
            assert!(indicator.denominator >= indicator.numerator, "{indicator:?}");
            assert!(!indicator.cut);
        }
    }
}

#[tokio::test]
async fn reports_nearby_are_shown_without_anybody_s_name() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        city.open(OpenCase { confidential: true, ..hole_in_the_road() }, &city.resident).await;
        let around = |lon: f64, lat: f64| NearQuestion {
            procedure: "simple-request".into(),
            category: Some("0101".into()),
            point: Point::new(lon, lat).unwrap(),
        };
        let nobody = Actor::nobody();
        let near = async |lon: f64, lat: f64| city.cases.near(&around(lon, lat), &nobody).await.unwrap();
        let seen = near(EAST.0 + 0.0005, EAST.1).await;
        assert_eq!(seen.len(), 1, "not the confidential one");
        assert_eq!((seen[0].number.as_str(), seen[0].metres), (opened.number.as_str(), 45));
        assert_eq!(near(EAST.0 + 0.002, EAST.1).await, [], "further than 100 metres");

        let file = "services/simple-request/procedure.toml";
        let declared = std::fs::read_to_string(baotu_pack::testing::small_folder().join(file)).unwrap();
        let among_officials = declared.replace("open_to_residents = true", "open_to_residents = false");
        let files = [(file, among_officials.as_str()), ("services/simple-request/open311.toml", "")];
        let closed = city.restarted_with(changed_city(&files).expect("a pack without mistakes"));
        let refused = refused(closed.near(&around(EAST.0, EAST.1), &nobody).await);
        assert_eq!(refused, "unknown-procedure", "what officials report among themselves is theirs");
    }
}

fn imported(id: &str, closed_at: Option<&str>) -> ImportedCase {
    ImportedCase {
        source: "old-hotline".to_owned(),
        external_id: id.to_owned(),
        title: "路灯不亮".to_owned(),
        text: Some("巷口的灯坏了".to_owned()),
        category: "0101".into(),
        kind: None,
        channel: None,
        opened_at: moment("2025-03-03T10:00:00+08:00"),
        due_at: Some(moment("2025-03-10T17:00:00+08:00")),
        closed_at: closed_at.map(moment),
        ended: closed_at.map(|_| Ended::Closed),
        unit: Some("works".into()),
        position: Some(Point::new(EAST.0, EAST.1).expect("the test is whole")),
        address: None,
        transfers: Some(2),
        days_to_reply: None,
        reply: None,
    }
}

fn moment(text: &str) -> Moment {
    text.parse().expect("the test is whole")
}

#[tokio::test]
async fn an_imported_case_keeps_its_own_times_and_comes_once() {
    for city in cities().await {
        let procedure = "simple-request".into();
        let now = city.access.now();
        let on_time = imported("A-1", Some("2025-03-08T12:00:00+08:00"));
        let late = imported("A-2", Some("2025-03-12T12:00:00+08:00"));
        let open = imported("A-3", None);
        let unknown = ImportedCase { category: "9999".into(), ..imported("A-4", None) };
        let outside =
            ImportedCase { position: Some(Point::new(2.0, 48.0).unwrap()), ..imported("A-5", None) };
        let backwards = imported("A-6", Some("2025-03-01T12:00:00+08:00"));
        let batch = [on_time, late, open, unknown, outside, backwards];
        let answers = city.cases.import(&procedure, &batch, now).await.unwrap();
        let told: Vec<&str> = answers
            .iter()
            .map(|answer| match answer {
                ImportAnswer::New(_) => "new",
                ImportAnswer::Known => "known",
                ImportAnswer::Refused { field, .. } => field,
            })
            .collect();
        assert_eq!(told, ["new", "new", "new", "category", "new", "closed_at"]);
        let mut work = Work::new();
        for answer in answers {
            if let ImportAnswer::New(one) = answer {
                work.append(one);
            }
        }
        let twice = work.clone();
        city.store().commit(work).await.unwrap();
        assert!(city.store().commit(twice).await.is_err(), "the same cases are stored once");
        let again = city.cases.import(&procedure, &batch[..1], now).await.unwrap();
        assert!(matches!(again[0], ImportAnswer::Known));

        let view = city.cases.read("old-hotline-A-1", &city.clerk).await.unwrap();
        assert_eq!(view.closed_at.as_deref(), Some("2025-03-08T04:00:00Z"));
        assert_eq!((view.status.as_str(), view.timeline.len()), ("已办结", 2));
        let question = ReportQuestion {
            from: date(2025, 3, 3),
            to: date(2025, 3, 3),
            procedure: None,
            grouping: Grouping::None,
        };
        let all = &city.cases.report(&question, &city.clerk).await.unwrap()[0];
        assert_eq!((all.rates.on_time.numerator, all.rates.on_time.denominator), (1, 2));
        assert_eq!((all.means.transfers.sum, all.means.transfers.count), (8, 4));
        assert_eq!(all.rates.satisfied.note, Some("not in source"));
        // A point outside the city stays what the source said.
        let outside = city.cases.read("old-hotline-A-5", &city.clerk).await.unwrap().place.unwrap();
        assert_eq!((outside.lon, outside.lat, outside.division), (Some(2.0), Some(48.0), None));
        // What is still open goes on here.
        let queue = ListQuestion { queue: baotu_cases::service::ListedQueue::All, ..ListQuestion::default() };
        let filter = CaseFilter { open: Some(true), ..CaseFilter::default() };
        assert_eq!(city.cases.list(&queue, &filter, &city.clerk).await.unwrap().rows.len(), 2);
    }
}

#[tokio::test]
async fn an_end_that_the_source_does_not_date_is_in_no_rate() {
    for city in cities().await {
        let ended = |id: &str, days| ImportedCase {
            ended: Some(Ended::Closed),
            days_to_reply: days,
            reply: Some("已修复".to_owned()),
            ..imported(id, None)
        };
        let batch = [ended("B-1", Some(6)), ended("B-2", Some(1)), ended("B-3", None)];
        let now = city.access.now();
        let mut work = Work::new();
        for answer in city.cases.import(&"simple-request".into(), &batch, now).await.unwrap() {
            let ImportAnswer::New(one) = answer else { panic!("{answer:?}") };
            work.append(one);
        }
        city.store().commit(work).await.unwrap();

        let all = city.cases.report_of_source("old-hotline").await.unwrap().unwrap();
        assert_eq!((all.counts.closed, all.counts.open, all.counts.overdue), (3, 0, 0));
        assert_eq!((all.rates.on_time.denominator, all.rates.on_time.note), (0, Some("not in source")));
        assert_eq!((all.means.closing_days.count, all.means.closing_days.note), (0, Some("not in source")));
        assert_eq!((all.means.resolving_days.sum, all.means.resolving_days.count), (7, 2));
        assert!(city.cases.report_of_source("another").await.unwrap().is_none());

        let view = city.cases.read("old-hotline-B-1", &city.clerk).await.unwrap();
        assert_eq!((view.status.as_str(), view.closed_at.as_deref()), ("已办结", None));
        assert_eq!(view.resolved_at.as_deref(), Some("2025-03-09T02:00:00Z"));
    }
}

#[tokio::test]
async fn a_reaction_opens_and_acts_once_however_often_its_job_runs() {
    for city in cities().await {
        let from = city.open(hole_in_the_road(), &city.resident).await;
        let now = city.access.now();
        let cause = Cause {
            event: EventId::new(now, [5; 10]),
            at: now,
            reaction: "services/simple-request/convert".to_owned(),
        };
        let arguments = json!({"procedure": "simple-request", "from_case": from.id, "link": "converted"});
        let work = city.cases.prepare_open(arguments.clone(), &cause, now).await.unwrap();
        city.store().commit(work).await.unwrap();
        let again = city.cases.prepare_open(arguments, &cause, now).await.unwrap();
        assert!(again.is_empty());
        let view = city.cases.read(&from.number, &city.clerk).await.unwrap();
        assert_eq!(view.links.len(), 1);
        assert_eq!((view.links[0].kind.as_str(), view.links[0].direction.as_str()), ("converted", "to"));

        city.take(&from.number, "dispatch", json!({}), &city.clerk).await;
        let arguments = json!({"case_id": from.id, "take": "supervise", "form": {"opinion": "尽快办理"}});
        let work = city.cases.prepare_act(arguments.clone(), &cause, now).await.unwrap();
        city.store().commit(work).await.unwrap();
        assert!(city.cases.prepare_act(arguments, &cause, now).await.unwrap().is_empty());
        let view = city.cases.read(&from.number, &city.clerk).await.unwrap();
        assert_eq!(view.supervisions.len(), 1);
        assert_eq!(view.supervisions[0].number, format!("{}-D1", from.number));
    }
}

#[tokio::test]
async fn what_is_public_leaves_out_people_and_confidential_cases() {
    for city in cities().await {
        let opened = city.open(hole_in_the_road(), &city.resident).await;
        let secret = city.open(OpenCase { confidential: true, ..hole_in_the_road() }, &city.resident).await;
        let question = PublicQuestion {
            numbers: None,
            kinds: vec![("simple-request".into(), "0101".into())],
            from: Moment::from_micros(0),
            to: city.access.now(),
            is_open: Some(true),
            offset: 0,
            limit: 10,
        };
        let public = city.cases.public(&question).await.unwrap();
        let numbers: Vec<&str> = public.iter().map(|case| case.number.as_str()).collect();
        assert_eq!(numbers, [opened.number.as_str()]);
        assert_eq!((public[0].description.as_deref(), public[0].address.as_deref()), (None, None));
        let by_number = PublicQuestion { numbers: Some(vec![secret.number]), ..question };
        assert_eq!(city.cases.public(&by_number).await.unwrap(), []);
        assert_eq!(city.cases.public_number(secret.id).await.unwrap(), None);
    }
}
