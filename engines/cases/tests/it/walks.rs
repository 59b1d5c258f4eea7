//! Random walks over random procedures: a case never gets stuck, its version only grows; clocks never lose time.

use baotu_cases::clock::Timer;
use baotu_vocabulary::{Limit, Moment, WorkCalendar, WorkUnit};
use proptest::prelude::*;
use serde_json::json;

use crate::desk::{Desk, city_with, opening};

/// Steps of a random procedure, beside the final one.
const STEPS_MAX: usize = 6;
/// Decisions of one walk.
const MOVES_MAX: usize = 40;

/// A step's exits: always one to the next step, and some to any step.
#[derive(Clone, Debug)]
struct Plan {
    further: Vec<Vec<usize>>,
    /// The first step opens all others at once, which join in the last one.
    parallel: bool,
}

fn plan() -> impl Strategy<Value = Plan> {
    let exits = prop::collection::vec(0..STEPS_MAX, 0..3);
    let steps = prop::collection::vec(exits, 3..=STEPS_MAX);
    (steps, any::<bool>()).prop_map(|(further, parallel)| Plan { further, parallel })
}

fn declared(plan: &Plan) -> String {
    let count = plan.further.len();
    let mut text = String::from(
        "[procedure]\nname = \"simple-request\"\ntitle = \"随机\"\nversion = 2026-01-01\nnumber = \"R{date}{serial:6}\"\n\
         form = \"intake\"\ncategories = \"classes\"\nopen_to_residents = true\nlevels = [\"一般\", \"紧急\"]\n\
         kinds = [\"求助\", \"投诉\"]\nchannels = [\"电话\", \"网站\"]\ncounters = { returns = 2 }\n",
    );
    for (index, further) in plan.further.iter().enumerate() {
        let last = index + 1 == count;
        text += &format!(
            "[[step]]\nname = \"s{index}\"\ntitle = \"环节{index}\"\nshows = \"处置中\"\nvisits_max = 200\n\
             who = {{ role = \"clerk\", unit = \"any\" }}\n"
        );
        let branches: Vec<String> = (1..count - 1).map(|step| format!("\"s{step}\"")).collect();
        if plan.parallel && last {
            text += &format!("joins = [{}]\n", branches.join(", "));
        }
        let next = match (plan.parallel, index) {
            (_, index) if index + 1 == count => "\"end\"".to_owned(),
            (true, 0) => format!("[{}]", branches.join(", ")),
            (true, _) => format!("\"s{}\"", count - 1),
            (false, index) => format!("\"s{}\"", index + 1),
        };
        text += &format!("[[step.exit]]\nname = \"next\"\ntitle = \"往下\"\nto = {next}\n");
        if last {
            text += "effects = [{ do = \"close\", outcome = \"solved\" }]\n";
        }
        // Side ways would leave a parallel branch without its end.
        for (number, target) in further.iter().enumerate().filter(|_| !plan.parallel) {
            let target = target % count;
            text +=
                &format!("[[step.exit]]\nname = \"way-{number}\"\ntitle = \"旁路\"\nto = \"s{target}\"\n");
        }
    }
    text + "[[step]]\nname = \"end\"\ntitle = \"完\"\nshows = \"已办结\"\n"
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_walk_never_gets_stuck(plan in plan(), choices in prop::collection::vec(any::<prop::sample::Index>(), MOVES_MAX)) {
        let pack = city_with(&declared(&plan)).map_err(TestCaseError::fail)?;
        let mut desk = Desk::of(pack, opening("R1"));
        for choice in choices {
            if !desk.state.is_open() {
                break;
            }
            let offers = desk.offers("office.clerk");
            prop_assert!(!offers.is_empty(), "stuck in {:?}", desk.steps());
            let offer = choice.get(&offers);
            let version = desk.state.version;
            let take = baotu_cases::Take {
                decision: desk.next_decision(),
                version,
                task: offer.task,
                take: offer.take.clone(),
                form: Default::default(),
            };
            let by = crate::desk::actor(&desk.pack, "office.clerk");
            let outcome = baotu_cases::decide(&desk.state, &desk.declaration(), &take, &by, &desk.gathered, desk.now);
            let outcome = outcome.map_err(|refused| TestCaseError::fail(format!("offered, yet {refused}")))?;
            prop_assert_eq!(outcome.state.version, version + 1);
            let stored = serde_json::to_string(&outcome.state).unwrap();
            prop_assert_eq!(&serde_json::from_str::<baotu_cases::CaseState>(&stored).unwrap(), &outcome.state);
            desk.state = outcome.state;
        }
        prop_assert_eq!(desk.refused("office.clerk", "no-such-exit", json!({})), "not-offered");
    }

    #[test]
    fn a_clock_never_loses_time(
        unit in prop::sample::select(vec![WorkUnit::Minutes, WorkUnit::UrgentHours, WorkUnit::WorkHours, WorkUnit::WorkDays, WorkUnit::CalendarDays]),
        amount in 1_u32..60,
        changes in prop::collection::vec((0_u8..3, 1_i64..200_000, 1_u32..10), 0..12),
    ) {
        let calendar = baotu_pack::testing::small().calendar().clone();
        check_timer(&calendar, unit, amount, &changes)?;
    }
}

fn check_timer(
    calendar: &WorkCalendar,
    unit: WorkUnit,
    amount: u32,
    changes: &[(u8, i64, u32)],
) -> Result<(), TestCaseError> {
    let start: Moment = "2026-09-21T09:30:00+08:00".parse().expect("a time");
    let mut timer =
        Timer::start(Limit::new(amount, unit).expect("a small amount"), String::new(), start, calendar);
    let mut now = start;
    let (mut paused, mut extended) = (0, 0);
    for (what, seconds, more) in changes {
        let before = timer.clone();
        let was_paused = timer.paused_at();
        now = now.plus_seconds(*seconds);
        match what {
            0 => timer.pause(now),
            1 => {
                timer.resume(now, calendar);
                paused += was_paused.map_or(0, |since| now.micros_since(since));
            }
            _ => {
                timer.extend(Limit::new(*more, unit).expect("a small amount"), now, calendar);
                extended += i64::from(*more);
            }
        }
        prop_assert!(timer.due.at >= before.due.at, "{what} moved the end forward");
        prop_assert!(!timer.is_over(now) || timer.paused_at().is_none());
    }
    let length = match unit {
        WorkUnit::Minutes => Some(60_000_000),
        WorkUnit::UrgentHours => Some(3_600_000_000),
        WorkUnit::WorkHours | WorkUnit::WorkDays | WorkUnit::CalendarDays => None,
    };
    if let Some(length) = length {
        let whole = length * (i64::from(amount) + extended) + paused;
        prop_assert_eq!(timer.due.at.micros_since(start), whole);
    }
    let mut again = timer.clone();
    prop_assert!(!again.recompute(calendar), "computing again without news changes nothing");
    Ok(())
}
