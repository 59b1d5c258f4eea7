//! The rates that the platform gives of a played day, counted once more from what the interface lists of every case.

use serde_json::Value;

use crate::city::City;
use crate::people::Person;

/// A working day, always the same one.
const DAY: &str = "2026-11-24";

/// What is counted of one procedure's cases.
#[derive(Debug, Default, PartialEq, Eq)]
struct Counted {
    opened: i64,
    dispatched: i64,
    closed: i64,
    returns: i64,
    /// Contacted in time, of those handled.
    response: [i64; 2],
    /// Solved and satisfied, each of those called back with an answer.
    solved: [i64; 2],
    satisfied: [i64; 2],
    /// Dispatches that were not returned, of all.
    dispatch_accuracy: [i64; 2],
    /// Done again, of those dispatched.
    rework: [i64; 2],
    /// Closed in time, of those closed that had a due time.
    on_time: [i64; 2],
}

impl Counted {
    /// As the platform reports it.
    fn reported(group: &Value) -> Self {
        let count = |name: &str| group["counts"][name].as_i64().expect("a count");
        let rate = |name: &str| {
            let rate = &group["rates"][name];
            let [above, below] =
                ["numerator", "denominator"].map(|part| rate[part].as_i64().expect("a number"));
            #[expect(clippy::cast_precision_loss, reason = "a day's cases")]
            let share = (below > 0).then(|| above as f64 / below as f64);
            let shown = rate["rate"].as_f64();
            assert_eq!(shown.is_some(), share.is_some(), "{name}");
            assert!(
                shown.zip(share).is_none_or(|(shown, share)| (shown - share).abs() < 0.000_06),
                "{name}: {rate}"
            );
            [above, below]
        };
        Self {
            opened: count("opened"),
            dispatched: count("dispatched"),
            closed: count("closed"),
            returns: count("returns"),
            response: rate("response"),
            solved: rate("solved"),
            satisfied: rate("satisfied"),
            dispatch_accuracy: rate("dispatch_accuracy"),
            rework: rate("rework"),
            on_time: rate("on_time"),
        }
    }

    /// Adds a case as an official reads it: from its timeline wherever that tells.
    fn add(&mut self, case: &Value) {
        let timeline: Vec<&Value> = case["timeline"].as_array().expect("rows").iter().collect();
        let takes = |row: &&&Value, kind: &str, take: &str| row["kind"] == kind && row["take"] == take;
        let returns = timeline.iter().filter(|row| takes(row, "grant", "return")).count() as i64;
        let dispatched = !case["dispatched_at"].is_null();
        let closed = !case["closed_at"].is_null();
        self.opened += 1;
        self.dispatched += i64::from(dispatched);
        self.closed += i64::from(closed);
        self.returns += returns;
        if dispatched {
            self.dispatch_accuracy[0] += 1;
            self.dispatch_accuracy[1] += 1 + returns;
            self.rework[0] += i64::from(timeline.iter().any(|row| is_redone(row)));
            self.rework[1] += 1;
        }
        // The last call-back counts; one that reached nobody has no answers.
        let call = timeline.iter().rfind(|row| is_call_back(row));
        let answers = call.map(|row| &row["form"]).filter(|form| form["solved"].is_boolean());
        if let Some(answers) = answers {
            for (rate, answer) in [(&mut self.solved, "solved"), (&mut self.satisfied, "satisfied")] {
                rate[0] += i64::from(answers[answer] == true);
                rate[1] += 1;
            }
        }
        if dispatched && !case["resolved_at"].is_null() {
            let contact = timeline.iter().find(|row| takes(row, "act", "contact"));
            let in_time = match answers {
                Some(answers) => answers["contacted"] == true,
                None => contact.is_some_and(|row| {
                    case["due_at"].is_null() || moment(&row["at"]) <= moment(&case["due_at"])
                }),
            };
            self.response[0] += i64::from(in_time);
            self.response[1] += 1;
        }
        let clocks: Vec<&Value> = case["clocks"].as_array().expect("clocks").iter().collect();
        if closed && !clocks.is_empty() {
            // Sent back, a case is measured by the limit of its last round; an earlier red card stays on the one who had it.
            let last = clocks.iter().max_by_key(|clock| moment(&clock["ended_at"])).expect("a clock");
            self.on_time[0] += i64::from(moment(&last["ended_at"]) <= moment(&last["due_at"]));
            self.on_time[1] += 1;
        }
        assert_eq!(case["exclusions"], Value::Array(Vec::new()), "nothing is excluded on this day");
    }
}

/// Sent back to be done again: after the review, the check or the call-back, or because its reporter objects.
fn is_redone(row: &Value) -> bool {
    let take = row["take"].as_str().expect("a take");
    let from = row["from"][0].as_str().unwrap_or_default();
    matches!(take, "redo" | "redo-urban" | "object" | "failed" | "rework")
        || (take == "reject" && from == "审核")
}

/// A step of the call-back that was answered or given up.
fn is_call_back(row: &Value) -> bool {
    row["kind"] == "exit" && row["from"][0] == "回访"
}

fn moment(value: &Value) -> jiff::Timestamp {
    value.as_str().expect("a time").parse().expect("RFC 3339")
}

#[test]
fn the_rates_of_a_played_day_are_what_its_cases_say() {
    let start = format!("{DAY}T08:30:00+08:00");
    let city = City::start(&[
        "demo",
        "--start",
        &start,
        "--history-hours",
        "7",
        "--per-day",
        "500",
        "--speed",
        "0",
        "--log",
        "warn",
    ]);
    let leader = Person::with_role(&city, "city-leader", None);
    leader.sees_within(std::time::Duration::from_secs(300), "/readyz", |answer| answer.status == 200);
    for procedure in ["hotline-ticket", "urban-case"] {
        let report = format!("/api/statistics?procedure={procedure}&from={DAY}&to={DAY}");
        let reported = Counted::reported(&leader.get(&report).with(200)["groups"][0]);
        let mut counted = Counted::default();
        let mut next = Some(String::new());
        while let Some(after) = next {
            let page = leader.get(&format!("/api/cases?procedure={procedure}&limit=100{after}")).with(200);
            for row in page["rows"].as_array().expect("rows") {
                let id = row["id"].as_str().expect("an id");
                counted.add(&leader.get(&format!("/api/cases/{id}")).with(200));
            }
            next = page["next"].as_str().map(|next| format!("&after={next}"));
        }
        assert_eq!(counted, reported, "{procedure}");
        println!("{procedure}: {counted:?}");
        assert!(counted.opened > 20 && counted.dispatched > 10 && counted.closed > 5, "{counted:?}");
        if procedure == "hotline-ticket" {
            // None of the three rates is empty, or nothing was compared.
            assert!(
                counted.response[1] > 5 && counted.satisfied[1] > 5 && counted.returns > 0,
                "{counted:?}"
            );
        }
    }
}
