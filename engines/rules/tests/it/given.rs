//! What the tests start from: the small city's water gauges, rules written in a line, readings by the second.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use baotu_pack::Pack;
use baotu_pack::parameters::{ParameterRow, Parameters};
use baotu_pack::rules::{AlarmRule, CompiledAlarmRule};
use baotu_pack::testing::TODAY;
use baotu_rules::{Board, Observed, Transition, Watched};
use baotu_vocabulary::{Moment, RuleName, ThingId};
use jiff::tz::TimeZone;

/// The number of the series of the water level of the first gauge; its battery has the next one.
pub(crate) const LEVEL: u32 = 10;
pub(crate) const BATTERY: u32 = 11;

/// Noon in the small city, the second 0 of the tests.
pub(crate) fn noon() -> Moment {
    "2026-11-24T12:00:00+08:00".parse().expect("a time")
}

pub(crate) fn second(seconds: i64) -> Moment {
    noon().plus_seconds(seconds)
}

pub(crate) fn zone() -> TimeZone {
    TimeZone::get("Asia/Shanghai").expect("a zone")
}

pub(crate) fn pack() -> Pack {
    static PACK: LazyLock<Pack> = LazyLock::new(baotu_pack::testing::small);
    PACK.clone()
}

/// A gauge, its series numbered from `10 × number`.
pub(crate) fn gauge(number: u32) -> Watched {
    Watched {
        thing: thing(number),
        kind: "water-gauge".into(),
        name: format!("{number} 号水位站"),
        unit: Some("works".into()),
        place: baotu_vocabulary::Point::new(117.0, 36.6).ok(),
        division: "890103001".parse().ok(),
        zones: Vec::new(),
        series: vec![("water-level".into(), number * 10), ("battery".into(), number * 10 + 1)],
    }
}

pub(crate) fn thing(number: u32) -> ThingId {
    ThingId::new(noon(), [u8::try_from(number % 251).expect("below 251"); 10])
}

pub(crate) fn parameters(text: &str) -> Parameters {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let rows: Result<Vec<ParameterRow>, _> = reader.deserialize().collect();
    Parameters::new(rows.expect("rows of parameters"))
}

pub(crate) const PARAMETERS: &str = "key,thing_type,area,value,unit,valid_from,valid_to,source,status
limit,,,3,m,2020-01-01,2026-11-24,旧规定第一条,in-force
limit,,,4,m,2026-11-25,,新规定第一条,in-force
limit,,890102,2.8,m,2020-01-01,,东区规定,in-force
clear,,,2.5,m,2020-01-01,,旧规定第二条,in-force
low,,,11,V,2020-01-01,,demo,demo
";

/// A rule over water gauges from what is special to it.
pub(crate) fn rule(name: &str, special: &str) -> AlarmRule {
    let text = format!(
        "name = '{name}'\ntitle = '水位超限'\nversion = '2026-01-01'\nwatches = 'water-gauge'\nlevel = '紧急'\nabout = ''\n{special}"
    );
    toml::from_str(&text).expect("a rule")
}

pub(crate) fn compiled(name: &str, special: &str) -> CompiledAlarmRule {
    let drafted = pack().draft_rule(&rule(name, special), &"test".into(), parameters(PARAMETERS), TODAY);
    drafted.unwrap_or_else(|problems| panic!("{problems:?}"))
}

pub(crate) fn book(
    rules: impl IntoIterator<Item = CompiledAlarmRule>,
) -> BTreeMap<RuleName, Vec<CompiledAlarmRule>> {
    let mut book: BTreeMap<RuleName, Vec<CompiledAlarmRule>> = BTreeMap::new();
    for rule in rules {
        book.entry(rule.name().clone()).or_default().push(rule);
    }
    book
}

/// A board on which one gauge is watched by one rule since noon.
pub(crate) fn board(special: &str) -> Board {
    let mut board = Board::new(book([compiled("water", special)]), zone());
    board.watch(gauge(1), noon());
    board
}

pub(crate) fn reading(series: u32, seconds: i64, value: f64) -> Observed {
    Observed { series, at: second(seconds), value, usable: true }
}

/// `+12` or `-12`: raised, cleared, at that second.
pub(crate) fn told(transitions: &[Transition]) -> String {
    let one = |transition: &Transition| {
        let seconds = transition.at().micros_since(noon()) / 1_000_000;
        match transition {
            Transition::Raised(_) => format!("+{seconds}"),
            Transition::Cleared(_) => format!("-{seconds}"),
        }
    };
    transitions.iter().map(one).collect::<Vec<_>>().join(" ")
}

/// Plays `12:3.4` (a level at a second), `12:3.4?` (one that is not usable), `12:b10.5` (a voltage), `12:tick`; each its own
/// batch. What was raised and cleared.
pub(crate) fn play(board: &mut Board, script: &str) -> Vec<Transition> {
    let mut all = Vec::new();
    for word in script.split_whitespace() {
        let (seconds, what) = word.split_once(':').expect("a second and what came");
        let at: i64 = seconds.parse().expect("a second");
        if what == "tick" {
            board.pass(second(at));
        } else {
            let usable = !what.ends_with('?');
            let what = what.trim_end_matches('?');
            let (series, value) = what.strip_prefix('b').map_or((LEVEL, what), |value| (BATTERY, value));
            let value: f64 = value.parse().expect("a number");
            board.observe(&[Observed { usable, ..reading(series, at, value) }], second(at));
        }
        all.extend(board.take());
    }
    all
}
