//! How the demo city behaves, as a system's folder declares it in `demo.toml`: how requests come in, and what
//! officials and residents usually do with them, how soon.
//!
//! Habits are data beside the procedure they live in, so that a new system comes alive in the demo without Rust.
//! They choose among what the procedure offers and can never do what it does not.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context;
use rand::Rng;
use serde::Deserialize;
use serde_json::{Map, Value};

/// One system's `demo.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habits {
    /// How cases come in.
    #[serde(rename = "opening", default)]
    pub openings: Vec<Opening>,
    /// What is done with them.
    #[serde(rename = "habit", default)]
    pub habits: Vec<Habit>,
}

/// One way in which cases of a procedure come in.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// The procedure.
    pub procedure: String,
    /// Share among all openings of the pack.
    pub weight: u32,
    /// Who opens: `resident`, or the role of the official.
    pub by: String,
    /// Channels with their shares.
    #[serde(default)]
    pub channels: BTreeMap<String, u32>,
    /// Kinds of request with their shares.
    #[serde(default)]
    pub kinds: BTreeMap<String, u32>,
    /// Levels with their shares.
    #[serde(default)]
    pub levels: BTreeMap<String, u32>,
    /// Prefixes of category codes with their shares; every leaf alike when empty.
    #[serde(default)]
    pub categories: BTreeMap<String, u32>,
    /// Titles; `{place}` and `{category}` are filled in.
    pub titles: Vec<String>,
    /// Texts, likewise.
    pub texts: Vec<String>,
    /// How many in a thousand ask that their name is kept from the handling unit.
    #[serde(default)]
    pub confidential_per_mille: u32,
    /// Values of the intake form.
    #[serde(default)]
    pub form: BTreeMap<String, Choice>,
    /// Photos of which one is taken with it, below the folder of the file.
    #[serde(default)]
    pub photos: Vec<PathBuf>,
}

/// What somebody usually does in a step, or with a request that waits for a decision.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Habit {
    /// The procedure.
    pub procedure: String,
    /// The step in which it is done; absent for the decision on a request.
    pub step: Option<String>,
    /// The exit, act or request taken; for a decision, the request's name.
    pub take: String,
    /// For a decision: whether it is granted.
    pub grant: Option<bool>,
    /// Share among the habits of the same step or request.
    pub weight: u32,
    /// How long it takes, in minutes of the city's time, from and to; short times are likelier.
    pub minutes: (f64, f64),
    /// It may be done again in the same step; anything else is done once for a task.
    #[serde(default)]
    pub repeats: bool,
    /// Values of the form; what is left out and needed is made up from the form itself.
    #[serde(default)]
    pub form: BTreeMap<String, Choice>,
    /// Photos of which one is taken with it, below the folder of the file.
    #[serde(default)]
    pub photos: Vec<PathBuf>,
}

/// One of several values.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Choice {
    /// Any of these.
    Among(Vec<Value>),
    /// True so many times in a thousand.
    Chance {
        /// Of a thousand.
        true_per_mille: u32,
    },
    /// Always this.
    Always(Value),
}

impl Choice {
    /// Draws a value.
    pub fn draw(&self, chance: &mut impl Rng) -> Value {
        match self {
            Self::Among(values) if values.is_empty() => Value::Null,
            Self::Among(values) => values[chance.random_range(0..values.len())].clone(),
            Self::Chance { true_per_mille } => chance.random_range(0..1_000).lt(true_per_mille).into(),
            Self::Always(value) => value.clone(),
        }
    }
}

impl Habits {
    /// Reads every `demo.toml` of the pack's systems and adds them up, in the order of their paths.
    ///
    /// # Errors
    /// A file that cannot be read, with its path.
    pub fn of_pack(pack: &Path) -> anyhow::Result<Self> {
        let mut all = Self::default();
        for path in files(pack)? {
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let mut habits: Self = toml::from_str(&text).with_context(|| path.display().to_string())?;
            let folder = path.parent().unwrap_or(pack);
            for photo in habits.photos_mut() {
                *photo = folder.join(&*photo);
            }
            all.openings.extend(habits.openings);
            all.habits.extend(habits.habits);
        }
        Ok(all)
    }

    fn photos_mut(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let opening = self.openings.iter_mut().flat_map(|opening| &mut opening.photos);
        opening.chain(self.habits.iter_mut().flat_map(|habit| &mut habit.photos))
    }

    /// Draws a way in which a case comes in; nothing when the pack declares none.
    pub fn opening(&self, chance: &mut impl Rng) -> Option<&Opening> {
        weighted(&self.openings, |opening| opening.weight, chance)
    }

    /// Draws what is done in `step` of `procedure`, among what `offered` allows.
    pub fn in_step(
        &self,
        procedure: &str,
        step: &str,
        offered: impl Fn(&str) -> bool,
        chance: &mut impl Rng,
    ) -> Option<&Habit> {
        let fitting: Vec<&Habit> = self
            .habits
            .iter()
            .filter(|habit| {
                habit.procedure == procedure && habit.step.as_deref() == Some(step) && offered(&habit.take)
            })
            .collect();
        weighted(&fitting, |habit| habit.weight, chance).copied()
    }

    /// Draws how `request` of `procedure` is decided.
    pub fn on_request(&self, procedure: &str, request: &str, chance: &mut impl Rng) -> Option<&Habit> {
        let fitting: Vec<&Habit> = self
            .habits
            .iter()
            .filter(|habit| habit.procedure == procedure && habit.step.is_none() && habit.take == request)
            .collect();
        weighted(&fitting, |habit| habit.weight, chance).copied()
    }
}

impl Habit {
    /// Draws how long it takes, in microseconds: as many short ones as long ones on a logarithmic scale.
    pub fn takes_micros(&self, chance: &mut impl Rng) -> i64 {
        let (from, to) = (self.minutes.0.max(0.01), self.minutes.1.max(self.minutes.0).max(0.01));
        let minutes = (from.ln() + (to.ln() - from.ln()) * chance.random::<f64>()).exp();
        #[expect(
            clippy::cast_possible_truncation,
            reason = "minutes of a demo are far below the range of i64"
        )]
        let micros = (minutes * 60e6) as i64;
        micros
    }
}

/// Draws one of `items` by its weight.
pub fn weighted<'a, T>(items: &'a [T], weight: impl Fn(&T) -> u32, chance: &mut impl Rng) -> Option<&'a T> {
    let total: u32 = items.iter().map(&weight).sum();
    if total == 0 {
        return None;
    }
    let mut left = chance.random_range(0..total);
    items.iter().find(|item| {
        let share = weight(item);
        let found = left < share;
        left = left.saturating_sub(share);
        found
    })
}

/// Draws a key of a table of shares.
pub fn drawn<'a>(shares: &'a BTreeMap<String, u32>, chance: &mut impl Rng) -> Option<&'a str> {
    let shares: Vec<(&String, &u32)> = shares.iter().collect();
    weighted(&shares, |(_, share)| **share, chance).map(|(key, _)| key.as_str())
}

/// Fills a form: the habit's values first, then whatever the schema needs, then makes texts fit their lengths.
pub fn filled(
    schema: Option<&Value>,
    choices: &BTreeMap<String, Choice>,
    chance: &mut impl Rng,
) -> Map<String, Value> {
    let mut form = Map::new();
    for (field, choice) in choices {
        let value = choice.draw(chance);
        if !value.is_null() {
            form.insert(field.clone(), value);
        }
    }
    let Some(schema) = schema else { return form };
    let properties = schema.get("properties").and_then(Value::as_object);
    let required =
        schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    for field in required {
        if form.contains_key(field) {
            continue;
        }
        if let Some(value) =
            properties.and_then(|all| all.get(field)).and_then(|field| made_up(field, chance))
        {
            form.insert(field.to_owned(), value);
        }
    }
    form
}

/// The fields of a form that must name a unit.
pub fn unit_fields(schema: &Value) -> Vec<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let is_unit = |field: &&str| {
        let field = properties.and_then(|all| all.get(*field));
        field.and_then(|field| field.get("x-widget")).and_then(Value::as_str) == Some("unit")
    };
    required.filter_map(Value::as_str).filter(is_unit).map(str::to_owned).collect()
}

/// A value that the field's schema takes; nothing for what the simulation cannot know (a unit, a case).
fn made_up(field: &Value, chance: &mut impl Rng) -> Option<Value> {
    if let Some(values) = field.get("enum").and_then(Value::as_array) {
        return values.get(chance.random_range(0..values.len().max(1))).cloned();
    }
    if let Some(value) = field.get("const") {
        return Some(value.clone());
    }
    match field.get("type").and_then(Value::as_str)? {
        "boolean" => Some(true.into()),
        "integer" | "number" => Some(field.get("minimum").and_then(Value::as_i64).unwrap_or(1).into()),
        "string" if field.get("x-widget").and_then(Value::as_str) == Some("unit") => None,
        "string" => Some("已按规定办理，情况属实。".into()),
        "array" => Some(Value::Array(Vec::new())),
        _ => None,
    }
}

fn files(pack: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![pack.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.file_name().is_some_and(|name| name == "demo.toml") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;
    use serde_json::json;

    use super::*;

    fn chance() -> ChaCha12Rng {
        ChaCha12Rng::seed_from_u64(7)
    }

    #[test]
    fn shares_are_kept_over_many_draws() {
        let shares =
            BTreeMap::from([("often".to_owned(), 3), ("seldom".to_owned(), 1), ("never".to_owned(), 0)]);
        let mut chance = chance();
        let often = (0..4_000).filter(|_| drawn(&shares, &mut chance) == Some("often")).count();
        assert!((2_800..3_200).contains(&often), "{often}");
        assert_eq!(drawn(&BTreeMap::new(), &mut chance), None);
    }

    #[test]
    fn a_form_gets_its_habits_and_whatever_else_it_needs() {
        let schema = json!({
            "properties": {"opinion": {"type": "string"}, "solved": {"type": "boolean"}, "grade": {"enum": [1, 5]},
                           "unit": {"type": "string", "x-widget": "unit"}, "remark": {"type": "string"}},
            "required": ["opinion", "solved", "grade", "unit"],
        });
        let choices = BTreeMap::from([("opinion".to_owned(), Choice::Among(vec!["同意".into()]))]);
        let form = filled(Some(&schema), &choices, &mut chance());
        assert_eq!(form["opinion"], "同意");
        assert_eq!(form["solved"], true);
        assert!(form["grade"] == 1 || form["grade"] == 5);
        assert!(!form.contains_key("unit") && !form.contains_key("remark"));
        assert_eq!(unit_fields(&schema), ["unit"]);
    }

    #[test]
    fn durations_stay_between_their_ends_and_short_ones_are_likelier() {
        let habit: Habit =
            toml::from_str("procedure = \"p\"\nstep = \"s\"\ntake = \"t\"\nweight = 1\nminutes = [1, 100]")
                .expect("a habit");
        let mut chance = chance();
        let drawn: Vec<i64> = (0..2_000).map(|_| habit.takes_micros(&mut chance)).collect();
        assert!(drawn.iter().all(|micros| (60_000_000..=6_000_000_000).contains(micros)));
        let short = drawn.iter().filter(|micros| **micros < 600_000_000).count();
        assert!((850..1_150).contains(&short), "{short}");
    }
}
