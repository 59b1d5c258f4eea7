//! What readings and time decide, by table.

use baotu_rules::{Observed, Transition};

use crate::given::{BATTERY, LEVEL, board, book, compiled, gauge, noon, play, reading, second, told, zone};

const ABOVE: &str = "above = { property = 'water-level', limit = 'limit', clear = 'clear' }";

#[test]
fn readings_and_time_decide() {
    let held = format!("{ABOVE}\nhold_seconds = 30\nclear_seconds = 60");
    let rises = "rate = { property = 'water-level', rises = 'limit', within_seconds = 100 }";
    let falls = "rate = { property = 'water-level', falls = 'limit', within_seconds = 100 }";
    let silent = "missing = { after_seconds = 100, property = 'water-level' }";
    let any = "missing = { after_seconds = 100 }";
    let both = "when = 'water_level > param.limit && battery < param.low'\nmax_age_seconds = 100";
    let both_held = format!("{both}\nhold_seconds = 150");
    let both_clear = format!("{both}\nclear_when = 'water_level < param.clear'");
    let table: &[(&str, &str, &str, &str)] = &[
        ("a reading at the limit is not beyond it", ABOVE, "0:3 1:3.1", "+1"),
        ("an alarm ends where it is declared to, not in between", ABOVE, "0:3.1 1:2.9 2:2.6 3:2.5", "+0 -3"),
        ("it is raised once", ABOVE, "0:3.1 1:5 2:3.1 3:2 4:1", "+0 -3"),
        ("it is raised again", ABOVE, "0:3.1 1:2 2:4", "+0 -1 +2"),
        ("below", "below = { property = 'battery', limit = 'low' }", "0:b11 1:b10.9 2:b11", "+1 -2"),
        ("too short", &held, "0:4 29:2 100:tick", ""),
        ("in the band of hysteresis is not beyond", &held, "0:4 29:2.9 100:tick", ""),
        ("raised when it has lasted, as a reading shows", &held, "0:4 60:4", "+30"),
        ("raised when it has lasted, as the clock shows", &held, "0:4 31:tick 60:4", "+30"),
        ("not before", &held, "0:4 29:tick", ""),
        ("a reading after it has lasted ends nothing", &held, "0:4 45:2 50:tick", "+30"),
        ("over only when that has lasted", &held, "0:4 30:4 40:2 99:2 100:tick", "+30 -100"),
        ("in the band it is not over", &held, "0:4 30:4 40:2 90:2.9 120:tick 130:2 190:tick", "+30 -190"),
        ("not usable: neither raises", ABOVE, "0:9?", ""),
        ("nor ends", ABOVE, "0:9 1:1?", "+0"),
        ("nor lasts by the clock", &held, "0:4 20:4? 100:tick", ""),
        ("but the next usable reading shows that it has", &held, "0:4 20:4? 100:4", "+100"),
        ("or that it has not", &held, "0:4 20:4? 100:2 200:tick", ""),
        ("no number is not usable", ABOVE, "0:NaN 1:inf", ""),
        ("late readings decide nothing", ABOVE, "10:1 5:9 10:9 11:2", ""),
        ("an alarm is not ended by a late reading", ABOVE, "10:9 5:1", "+10"),
        ("a rise", rises, "0:0 50:2 100:3.1", "+100"),
        ("a rise that takes too long", rises, "0:0 50:2 101:3.1", ""),
        ("a rise from the lowest of the window", rises, "0:5 50:1 100:4.5 151:4.5", "+100 -151"),
        ("a fall is no rise", rises, "0:9 1:0", ""),
        ("a fall", falls, "0:9 1:0", "+1"),
        ("silence", silent, "10:1 110:tick", "+110"),
        ("silence, as the next reading shows", silent, "10:1 200:1", "+110 -200"),
        ("silence from the beginning", silent, "100:tick", "+100"),
        ("no silence", silent, "10:1 100:1 199:tick", ""),
        ("what is not usable is silence", silent, "10:1 50:1? 110:tick", "+110"),
        ("silence of one property", silent, "10:1 60:b12 110:tick", "+110"),
        ("silence of all", any, "10:1 60:b12 110:tick 160:tick", "+160"),
        ("silence again", silent, "10:1 110:tick 120:1 220:tick", "+110 -120 +220"),
        ("several properties together", both, "0:4 1:b12 2:b10 3:b12", "+2 -3"),
        ("not with an old reading", both, "0:4 101:b10", ""),
        ("one that is missing", both, "0:4 1:4", ""),
        ("not held by readings that have become too old", &both_held, "0:b10 0:4 200:tick", ""),
        ("held by readings that are young enough", &both_held, "0:b10 0:4 140:b10 145:4 150:tick", "+150"),
        ("a condition of its own to end", &both_clear, "0:b10 1:4 2:b12 3:2.4", "+1 -3"),
    ];
    let mut wrong = Vec::new();
    for (about, special, script, wanted) in table {
        let found = told(&play(&mut board(special), script));
        if found != *wanted {
            wrong.push(format!("{about}: {script} gave “{found}”, not “{wanted}”"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn an_alarm_explains_itself() {
    let held = format!("{ABOVE}\nhold_seconds = 30");
    let rises = "rate = { property = 'water-level', rises = 'limit', within_seconds = 600 }";
    let silent = "missing = { after_seconds = 7500 }";
    let both = "when = 'water_level > param.limit && battery < param.low'";
    let table: &[(&str, &str, &[&str])] = &[
        (
            &held,
            "0:3.456 31:2.4",
            &[
                "水位 3.46 m，超过限值 3 m，持续 30 秒。限值来源：旧规定第一条（自 2020-01-01 起）。",
                "水位 2.40 m，已不高于 2.5 m，报警解除。",
            ],
        ),
        (ABOVE, "0:3.001", &["水位 3.001 m，超过限值 3 m。限值来源：旧规定第一条（自 2020-01-01 起）。"]),
        (
            "below = { property = 'battery', limit = 'low' }",
            "0:b10.94",
            &["电池电压 10.9 V，低于限值 11 V。限值来源：demo（自 2020-01-01 起，演示值）。"],
        ),
        (
            rises,
            "0:1 60:4.5 700:4.5",
            &[
                "水位 10 分钟内上升 3.50 m（从 1.00 m 到 4.50 m），超过 3 m。限值来源：旧规定第一条（自 2020-01-01 起）。",
                "水位 10 分钟内上升 0.00 m（从 4.50 m 到 4.50 m），已不超过 3 m，报警解除。",
            ],
        ),
        (
            silent,
            "10:1 7510:tick 7600:1",
            &[
                "水位、电池电压已 2 小时 5 分钟没有可用的读数（最近一次是 2026-11-24 12:00:10）。",
                "已重新收到可用的读数，报警解除。",
            ],
        ),
        (
            both,
            "0:4 1:b10",
            &[
                "水位 4.00 m，电池电压 10.0 V，符合“水位超限”的条件。limit 为 3 m，限值来源：旧规定第一条（自 2020-01-01 起）。low 为 11 V，限值来源：demo（自 2020-01-01 起，演示值）。",
            ],
        ),
    ];
    for (special, script, wanted) in table {
        let texts: Vec<String> = play(&mut board(special), script)
            .into_iter()
            .map(|transition| match transition {
                Transition::Raised(alarm) => alarm.explanation.text,
                Transition::Cleared(clearing) => clearing.explanation.text,
            })
            .collect();
        assert_eq!(texts, *wanted, "{script}");
    }
}

#[test]
fn the_data_of_an_explanation_names_reading_limit_and_version() {
    let transitions = play(&mut board(ABOVE), "0:3.5");
    let [Transition::Raised(alarm)] = transitions.as_slice() else { panic!("{transitions:?}") };
    let told = serde_json::to_value(&alarm.explanation).expect("an explanation");
    assert_eq!(told["rule"], "water");
    assert_eq!(told["rule_version"], "2026-01-01");
    assert_eq!(told["readings"][0]["value"], 3.5);
    assert_eq!(told["readings"][0]["at"], "2026-11-24T04:00:00Z");
    assert_eq!(told["limits"][0]["source"], "旧规定第一条");
    assert_eq!(told["limits"][0]["valid_from"], "2020-01-01");
    assert_eq!(told["limits"][1]["key"], "clear");
}

#[test]
fn the_number_of_the_day_holds() {
    // The limit is 3 m on the 24th and 4 m from the 25th on, whose first second is 43 200.
    let transitions = play(&mut board(ABOVE), "43198:3.5 43199:2 43200:3.5 43201:4.5");
    assert_eq!(told(&transitions), "+43198 -43199 +43201");
    let Some(Transition::Raised(last)) = transitions.last() else { panic!("{transitions:?}") };
    assert!(last.explanation.text.contains("新规定第一条"), "{}", last.explanation.text);
}

#[test]
fn the_number_of_the_area_holds() {
    let mut east = gauge(1);
    east.division = "890102001".parse().ok();
    let mut board = baotu_rules::Board::new(
        book([compiled("water", "above = { property = 'water-level', limit = 'limit' }")]),
        zone(),
    );
    board.watch(east, noon());
    assert_eq!(told(&play(&mut board, "0:2.9")), "+0");
}

#[test]
fn a_clock_that_runs_ahead_is_not_believed() {
    let mut board = board(ABOVE);
    board.observe(&[reading(LEVEL, 301, 9.0)], second(0));
    board.observe(&[reading(LEVEL, 1, 9.0)], second(1));
    assert_eq!(told(&board.take()), "+1");
    assert_eq!(board.counts().ahead, 1);
}

#[test]
fn readings_of_one_moment_are_weighed_together() {
    let mut board = board("when = 'water_level > param.limit && battery < param.low'");
    board.observe(&[reading(LEVEL, 0, 2.0), reading(BATTERY, 0, 10.0)], second(0));
    // One after the other, the level alone would raise it.
    board.observe(&[reading(LEVEL, 60, 4.0), reading(BATTERY, 60, 12.0)], second(60));
    assert_eq!(told(&board.take()), "");
}

#[test]
fn a_thing_that_is_forgotten_takes_its_alarm_along() {
    let mut board = board(ABOVE);
    play(&mut board, "0:9");
    board.forget(gauge(1).thing, second(5));
    let transitions = board.take();
    let [Transition::Cleared(clearing)] = transitions.as_slice() else { panic!("{transitions:?}") };
    assert_eq!(clearing.explanation.text, "设备不再监测，报警解除。");
    assert_eq!(told(&play(&mut board, "6:1 7:9")), "");
    assert!(board.watched_series().is_empty());
}

#[test]
fn a_thing_that_is_renamed_keeps_its_alarm() {
    let mut board = board(&format!("{ABOVE}\nhold_seconds = 30"));
    assert_eq!(told(&play(&mut board, "0:9 30:9")), "+30");
    board.watch(baotu_rules::Watched { name: "改名".to_owned(), ..gauge(1) }, second(31));
    assert_eq!(told(&play(&mut board, "32:9 33:1")), "-33");
}

#[test]
fn only_series_that_a_rule_looks_at_are_watched() {
    let board = board(ABOVE);
    assert_eq!(board.watched_series(), [LEVEL]);
    let other = Observed { series: 99, ..reading(LEVEL, 0, 9.0) };
    let mut board = board;
    board.observe(&[other], second(0));
    assert_eq!((board.counts().observed, board.counts().weighed), (1, 0));
}
