//! Any sequence of readings: raised and cleared take turns, and batches make no difference.

use std::collections::{BTreeMap, HashMap};
use std::sync::LazyLock;

use baotu_pack::rules::CompiledAlarmRule;
use baotu_rules::{Board, Observed, Transition};
use baotu_vocabulary::RuleName;
use proptest::prelude::*;

use crate::given::{book, compiled, gauge, noon, reading, second, zone};

const RULES: [(&str, &str); 6] = [
    ("above", "above = { property = 'water-level', limit = 'limit', clear = 'clear' }"),
    (
        "held",
        "above = { property = 'water-level', limit = 'limit', clear = 'clear' }\nhold_seconds = 20\nclear_seconds = 15",
    ),
    ("below", "below = { property = 'battery', limit = 'low' }\nhold_seconds = 7"),
    ("rises", "rate = { property = 'water-level', rises = 'clear', within_seconds = 40 }"),
    ("silent", "missing = { after_seconds = 30, property = 'battery' }"),
    (
        "both",
        "when = 'water_level > param.limit && battery < param.low'\nhold_seconds = 5\nmax_age_seconds = 60",
    ),
];

fn board() -> Board {
    static BOOK: LazyLock<BTreeMap<RuleName, Vec<CompiledAlarmRule>>> =
        LazyLock::new(|| book(RULES.map(|(name, special)| compiled(name, special))));
    let mut board = Board::new(BOOK.clone(), zone());
    for number in 1..=2 {
        board.watch(gauge(number), noon());
    }
    board
}

/// Messages of two gauges, some late if wanted, some not usable; a message has one moment and one or both properties.
fn messages(late_too: bool) -> impl Strategy<Value = Vec<Vec<Observed>>> {
    let level = prop_oneof![Just(2.0), Just(2.7), Just(3.5), Just(f64::NAN), 0.0..6.0_f64];
    let battery = prop_oneof![Just(10.0), Just(12.0), 9.0..13.0_f64];
    let message = (1..=2_u32, 1..25_i64, -8..1_i64, level, battery, 0..8_u8, any::<bool>());
    prop::collection::vec(message, 0..60).prop_map(move |messages| {
        let mut clock = 0;
        let message = |(gauge, pause, late, level, battery, unusable, both)| {
            clock += pause;
            let (gauge, pause, late, level, battery, unusable, both): (u32, i64, i64, f64, f64, u8, bool) =
                (gauge, pause, late, level, battery, unusable, both);
            let at = if late_too && pause == 3 { clock + late } else { clock };
            let told = |series, value| Observed { usable: unusable != 0, ..reading(series, at, value) };
            let mut told = vec![told(gauge * 10, level), told(gauge * 10 + 1, battery)];
            told.truncate(if both { 2 } else { 1 });
            told
        };
        messages.into_iter().map(message).collect()
    })
}

/// What happens to each rule and thing, in its order, when `sizes` messages come together; time passes after each batch.
fn played(messages: &[Vec<Observed>], sizes: &[usize]) -> HashMap<(String, String), Vec<Transition>> {
    let mut board = board();
    let mut rest = messages;
    let mut sizes = sizes.iter().cycle();
    let mut latest = noon();
    while !rest.is_empty() {
        let (batch, later) = rest.split_at((*sizes.next().expect("sizes")).clamp(1, rest.len()));
        rest = later;
        let batch: Vec<Observed> = batch.concat();
        latest = batch.iter().map(|reading| reading.at).chain([latest]).max().expect("some");
        board.observe(&batch, latest);
        board.pass(latest);
    }
    board.pass(latest.plus_seconds(1_000));
    let mut by_watch: HashMap<_, Vec<Transition>> = HashMap::new();
    for transition in board.take() {
        let key = match &transition {
            Transition::Raised(alarm) => (alarm.rule.to_string(), alarm.thing.to_string()),
            Transition::Cleared(clearing) => (clearing.rule.to_string(), clearing.thing.to_string()),
        };
        by_watch.entry(key).or_default().push(transition);
    }
    by_watch
}

/// Rule, thing and what happened: raised or not, when, and which alarm.
type Bare = (String, String, Vec<(bool, i64, String)>);

/// What happened without the words.
fn bare(played: &HashMap<(String, String), Vec<Transition>>) -> Vec<Bare> {
    let mut bare: Vec<_> = played
        .iter()
        .map(|((rule, thing), transitions)| {
            let one = |transition: &Transition| {
                let raised = matches!(transition, Transition::Raised(_));
                (raised, transition.at().micros(), transition.id().to_string())
            };
            (rule.clone(), thing.clone(), transitions.iter().map(one).collect())
        })
        .collect();
    bare.sort();
    bare
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn raised_and_cleared_take_turns(messages in messages(true), sizes in prop::collection::vec(1..9_usize, 1..5)) {
        for ((rule, _), transitions) in played(&messages, &sizes) {
            let (mut open, mut last) = (None, second(-1_000));
            let mut seen = std::collections::HashSet::new();
            for transition in &transitions {
                prop_assert!(transition.at() >= last, "{rule} goes back in time");
                last = transition.at();
                match transition {
                    Transition::Raised(alarm) => {
                        prop_assert_eq!(open, None, "{} is raised while it is open", rule);
                        prop_assert!(seen.insert(alarm.id), "{rule} has two alarms of one id");
                        prop_assert!(alarm.started_at <= alarm.raised_at);
                        open = Some(alarm.id);
                    }
                    Transition::Cleared(clearing) => {
                        prop_assert_eq!(open, Some(clearing.id));
                        open = None;
                    }
                }
            }
        }
    }

    #[test]
    fn batches_make_no_difference(messages in messages(false), sizes in prop::collection::vec(1..9_usize, 1..5)) {
        // Each message by itself, and in batches. A late one may differ: what the clock has decided it does not undo.
        let one = bare(&played(&messages, &[1]));
        prop_assert_eq!(one, bare(&played(&messages, &sizes)));
    }
}
