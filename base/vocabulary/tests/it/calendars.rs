//! Working days and hours: every checked vector, the real yearly tables, and what must hold for any clock.

use std::path::PathBuf;

use baotu_vocabulary::calendar::{CalendarError, LIMIT_AMOUNT_MAX, LimitError, SeasonHours};
use baotu_vocabulary::{CalendarYear, Due, Limit, Moment, WorkCalendar, WorkUnit};
use jiff::civil::{Date, Time, date, time};
use jiff::tz::TimeZone;
use proptest::prelude::*;

fn days(year: i16, list: &str) -> impl Iterator<Item = Date> {
    list.split_whitespace().flat_map(move |span| {
        let day = |text: &str| format!("{year}-{text}").parse::<Date>().expect("MM-DD");
        let (from, to) = span.split_once("..").unwrap_or((span, span));
        day(from).series(jiff::Span::new().days(1)).take_while(move |at| *at <= day(to)).collect::<Vec<_>>()
    })
}

fn year(year: i16, off: &str, work: &str) -> CalendarYear {
    CalendarYear {
        year,
        off: days(year, off).collect(),
        work: days(year, work).collect(),
        provisional: false,
    }
}

/// The tables of 国办 notices for 2024–2026, and the demo city's office hours.
fn calendar() -> WorkCalendar {
    let hours = SeasonHours {
        valid_from: date(2000, 1, 1),
        season: None,
        spans: vec![(time(9, 0, 0, 0), time(12, 0, 0, 0)), (time(13, 0, 0, 0), time(17, 0, 0, 0))],
    };
    let mut calendar =
        WorkCalendar::new(TimeZone::get("Asia/Shanghai").expect("a bundled zone"), vec![hours]);
    calendar.load(year(
        2024,
        "01-01 02-10..02-17 04-04..04-06 05-01..05-05 06-10 09-15..09-17 10-01..10-07",
        "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12",
    ));
    calendar.load(year(
        2025,
        "01-01 01-28..02-04 04-04..04-06 05-01..05-05 05-31..06-02 10-01..10-08",
        "01-26 02-08 04-27 09-28 10-11",
    ));
    calendar.load(year(
        2026,
        "01-01..01-03 02-15..02-23 04-04..04-06 05-01..05-05 06-19..06-21 09-25..09-27 10-01..10-07",
        "01-04 02-14 02-28 05-09 09-20 10-10",
    ));
    calendar
}

fn at(text: &str) -> Moment {
    format!("{text}:00+08:00").parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn limit(text: &str) -> Limit {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn working_days_end_at_close_of_business_and_the_first_day_is_not_counted() {
    let calendar = calendar();
    for (start, amount, end) in [
        ("2025-01-24", 5, "2025-02-07"),
        ("2025-04-30", 5, "2025-05-12"),
        ("2025-09-26", 5, "2025-10-10"),
        ("2025-09-26", 20, "2025-10-30"),
        ("2025-12-31", 1, "2026-01-04"),
        ("2026-02-13", 1, "2026-02-14"),
        ("2026-02-13", 5, "2026-02-27"),
        ("2026-04-30", 3, "2026-05-08"),
        ("2026-09-18", 10, "2026-10-09"),
    ] {
        let limit = Limit::new(amount, WorkUnit::WorkDays).expect("small");
        for hour in ["00:00", "09:30", "23:59"] {
            let due = calendar.due(at(&format!("{start}T{hour}")), limit);
            assert_eq!(
                due,
                Due { at: at(&format!("{end}T17:00")), provisional: false },
                "{start} + {amount}"
            );
        }
    }
}

#[test]
fn years_have_the_working_days_that_were_counted_by_hand() {
    let calendar = calendar();
    for (year, expected) in [(2024, 251), (2025, 248), (2026, 248)] {
        assert_eq!(calendar.workdays_between(date(year - 1, 12, 31), date(year, 12, 31)), expected, "{year}");
    }
    let months: Vec<i64> = (1..=12)
        .map(|month| {
            let first = date(2026, month, 1);
            calendar.workdays_between(first.yesterday().expect("a day"), first.last_of_month())
        })
        .collect();
    assert_eq!(months, [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]);
}

#[test]
fn the_public_yearly_tables_are_read() {
    let folder = std::env::var_os("BAOTU_DATA")
        .map_or_else(
            || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
            PathBuf::from,
        )
        .join("holidays-cn");
    if !folder.exists() {
        assert!(std::env::var_os("BAOTU_DATA_REQUIRED").is_none(), "{} is needed", folder.display());
        eprintln!("not run: {} is absent; set BAOTU_DATA", folder.display());
        return;
    }
    let by_hand = calendar();
    let mut read = WorkCalendar::new(TimeZone::get("Asia/Shanghai").expect("a bundled zone"), Vec::new());
    for year in 2018..=2025 {
        let text = std::fs::read_to_string(folder.join(format!("{year}.json"))).expect("a table");
        let table = CalendarYear::from_holiday_cn(&text).expect("the public shape");
        assert_eq!(table.year, year);
        read.load(table);
    }
    assert_eq!(read.last_announced_year(), Some(2025));
    for year in [2024, 2025] {
        for day in date(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|day| day.year() == year) {
            assert_eq!(read.is_workday(day), by_hand.is_workday(day), "{day}");
        }
    }
}

#[test]
fn hours_of_work_run_inside_office_hours_and_urgent_hours_run_always() {
    let calendar = calendar();
    for (start, amount, end) in [
        ("2026-11-24T11:00", "2 工作时", "2026-11-24T14:00"),
        ("2026-11-24T16:00", "2 工作时", "2026-11-25T10:00"),
        ("2026-11-24T20:00", "7 工作时", "2026-11-25T17:00"),
        ("2026-02-14T16:00", "2 工作时", "2026-02-24T10:00"), // over the spring festival, from a 调休 Saturday
        ("2026-11-24T23:00", "2 紧急工作时", "2026-11-25T01:00"),
        ("2026-02-16T23:00", "24 紧急工作时", "2026-02-17T23:00"),
        ("2026-11-24T11:50", "20 分钟", "2026-11-24T12:10"),
        ("2026-11-24T11:50", "7 自然日", "2026-12-02T00:00"),
        ("2026-09-24T11:50", "2 自然日", "2026-09-29T00:00"), // the last day is off: the next working day
    ] {
        assert_eq!(calendar.due(at(start), limit(amount)).at, at(end), "{start} + {amount}");
    }
}

#[test]
fn the_yellow_card_comes_one_working_day_before() {
    let calendar = calendar();
    assert_eq!(calendar.before(at("2026-02-24T17:00"), limit("1 工作日")), at("2026-02-14T17:00"));
    assert_eq!(calendar.before(at("2026-11-24T10:00"), limit("2 工作时")), at("2026-11-23T16:00"));
    assert_eq!(calendar.before(at("2026-11-24T10:00"), limit("1 紧急工作时")), at("2026-11-24T09:00"));
}

#[test]
fn past_the_last_announced_year_dates_are_provisional_until_it_is_loaded() {
    let mut calendar = calendar();
    let start = at("2026-12-30T10:00");
    let guessed = calendar.due(start, limit("3 工作日"));
    assert_eq!(guessed, Due { at: at("2027-01-04T17:00"), provisional: true });
    assert!(!calendar.due(start, limit("1 工作日")).provisional);
    calendar.load(CalendarYear { year: 2027, provisional: true, ..CalendarYear::default() });
    assert_eq!(calendar.due(start, limit("3 工作日")), guessed);
    assert_eq!(calendar.last_announced_year(), Some(2026));
    // A made-up announcement: 1 January is off, Saturday 2 January is worked.
    calendar.load(year(2027, "01-01", "01-02"));
    assert_eq!(
        calendar.due(start, limit("3 工作日")),
        Due { at: at("2027-01-04T17:00"), provisional: false }
    );
    assert_eq!(calendar.due(start, limit("2 工作日")).at, at("2027-01-02T17:00"));
}

#[test]
fn office_hours_follow_the_season() {
    let table = |season, close: Time| SeasonHours {
        valid_from: date(2026, 1, 1),
        season,
        spans: vec![(time(9, 0, 0, 0), close)],
    };
    let zone = TimeZone::get("Asia/Shanghai").expect("a bundled zone");
    let calendar = WorkCalendar::new(
        zone,
        vec![table(None, time(17, 0, 0, 0)), table(Some(((6, 1), (9, 30))), time(17, 30, 0, 0))],
    );
    assert_eq!(calendar.due(at("2026-07-06T10:00"), limit("1 工作日")).at, at("2026-07-07T17:30"));
    assert_eq!(calendar.due(at("2026-11-23T10:00"), limit("1 工作日")).at, at("2026-11-24T17:00"));
}

#[test]
fn mistakes_in_limits_and_tables_are_told() {
    assert_eq!("5 天".parse::<Limit>(), Err(LimitError::Unit("天".to_owned())));
    assert_eq!("五工作日".parse::<Limit>(), Err(LimitError::Amount(String::new())));
    assert!(Limit::new(LIMIT_AMOUNT_MAX + 1, WorkUnit::WorkDays).is_err());
    assert_eq!(limit("5work-days").to_string(), "5 工作日");
    let twice = r#"{"year":2026,"days":[{"date":"2026-01-01","isOffDay":true},{"date":"2026-01-01","isOffDay":false}]}"#;
    assert!(matches!(CalendarYear::from_holiday_cn(twice), Err(CalendarError::Contradiction(_))));
    assert!(CalendarYear::from_holiday_cn("[]").is_err());
}

fn units() -> impl Strategy<Value = WorkUnit> {
    prop::sample::select(vec![
        WorkUnit::Minutes,
        WorkUnit::UrgentHours,
        WorkUnit::WorkHours,
        WorkUnit::WorkDays,
        WorkUnit::CalendarDays,
    ])
}

/// Minutes from 2024-01-01 to the end of 2026 in the city's time.
fn moments() -> impl Strategy<Value = Moment> {
    (0_i64..3 * 365 * 24 * 60).prop_map(|minutes| at("2024-01-01T00:00").plus_seconds(minutes * 60))
}

proptest! {
    #[test]
    fn a_later_start_or_a_larger_amount_is_never_due_earlier(start in moments(), later in 0_i64..10_000, amount in 1_u32..60, unit in units()) {
        let calendar = calendar();
        let due = |start: Moment, amount| calendar.due(start, Limit::new(amount, unit).expect("small")).at;
        prop_assert!(due(start, amount) <= due(start.plus_seconds(later * 60), amount));
        prop_assert!(due(start, amount) <= due(start, amount + 1));
        prop_assert!(due(start, amount) > start);
    }

    #[test]
    fn hours_of_work_take_exactly_their_working_time(start in moments(), amount in 1_u32..60) {
        let calendar = calendar();
        let due = calendar.due(start, Limit::new(amount, WorkUnit::WorkHours).expect("small")).at;
        prop_assert_eq!(calendar.work_micros_between(start, due), i64::from(amount) * 3_600_000_000);
        prop_assert!(calendar.is_workday(calendar.date_of(due)));
    }

    #[test]
    fn a_pause_moves_the_end_by_exactly_the_working_time_in_it(start in moments(), amount in 1_u32..60, wait in 0_i64..20_000, pause in 1_i64..20_000) {
        let calendar = calendar();
        let (paused, resumed) = (start.plus_seconds(wait * 60), start.plus_seconds((wait + pause) * 60));
        let hours = calendar.due(start, Limit::new(amount, WorkUnit::WorkHours).expect("small"));
        if paused <= hours.at {
            let moved = calendar.due_after_pause(hours, WorkUnit::WorkHours, paused, resumed);
            let running = calendar.work_micros_between(start, moved.at) - calendar.work_micros_between(paused, resumed);
            prop_assert_eq!(running, i64::from(amount) * 3_600_000_000);
        }
        let whole = calendar.due(start, Limit::new(amount, WorkUnit::WorkDays).expect("small"));
        let moved = calendar.due_after_pause(whole, WorkUnit::WorkDays, paused, resumed);
        prop_assert_eq!(
            calendar.workdays_between(calendar.date_of(whole.at), calendar.date_of(moved.at)),
            calendar.workdays_between(calendar.date_of(paused), calendar.date_of(resumed))
        );
    }

    #[test]
    fn two_pauses_are_one_pause_cut_in_two(start in moments(), amount in 1_u32..60, wait in 0_i64..5_000, first in 1_i64..5_000, second in 1_i64..5_000, unit in units()) {
        prop_assume!(unit != WorkUnit::CalendarDays); // a day off at the end moves on: cutting there may add it once more
        let calendar = calendar();
        let due = calendar.due(start, Limit::new(amount, unit).expect("small"));
        let paused = start.plus_seconds(wait * 60);
        let between = paused.plus_seconds(first * 60);
        let resumed = between.plus_seconds(second * 60);
        let whole = calendar.due_after_pause(due, unit, paused, resumed);
        let cut = calendar.due_after_pause(calendar.due_after_pause(due, unit, paused, between), unit, between, resumed);
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn a_warning_lies_that_much_working_time_before_the_end(start in moments(), amount in 2_u32..30) {
        let calendar = calendar();
        let due = calendar.due(start, Limit::new(amount, WorkUnit::WorkHours).expect("small")).at;
        let warned = calendar.before(due, limit("1 工作时"));
        prop_assert_eq!(calendar.work_micros_between(warned, due), 3_600_000_000);
    }

    #[test]
    fn no_text_makes_the_readers_fall_over(text in "\\PC{0,60}", bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        let _ = text.parse::<Limit>();
        let _ = CalendarYear::from_holiday_cn(&text);
        let _ = CalendarYear::from_holiday_cn(&String::from_utf8_lossy(&bytes));
    }
}
