//! What an official looks at all day: a case, and the queue under one filter after another.

use std::time::Duration;

use anyhow::{Context, ensure};
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha12Rng;

use super::lifecycle::{Laps, People, encoded};
use super::requests::Requests;
use crate::surroundings::real_now;

/// What is looked at in their order, and who does.
pub const LOOKS: [(&str, &str); 5] = [
    ("打开案件", "派单员"),
    ("待办列表", "派单员"),
    ("按状态和区县筛选", "派单员"),
    ("按级别筛选在办", "派单员"),
    ("按类别和时间筛选", "派单员"),
];

/// Pages from which the cases to be opened are drawn.
const PAGES: usize = 40;

/// Numbers of stored cases, old and new ones: the pages before moments of the last `days`.
pub(super) async fn sample(people: &People, days: i64) -> anyhow::Result<Vec<String>> {
    let mut chance = ChaCha12Rng::seed_from_u64(0);
    let mut numbers = Vec::new();
    for _ in 0..PAGES {
        let before = real_now().plus_seconds(-chance.random_range(0..days * 24 * 3_600));
        let rows =
            people.page(&people.dispatcher, &format!("opened_to={}", encoded(&before.to_string()))).await?;
        numbers.extend(rows.iter().filter_map(|row| row["number"].as_str().map(str::to_owned)));
    }
    ensure!(!numbers.is_empty(), "没有已存的案件可看；--stored 至少写 100");
    Ok(numbers)
}

impl People {
    /// One look at each; the time of each.
    pub(super) async fn look(
        &self,
        requests: &Requests,
        sample: &[String],
        mut chance: ChaCha12Rng,
    ) -> anyhow::Result<[Duration; LOOKS.len()]> {
        let drawn = requests.draw(&mut chance)?;
        let district = drawn.division.0.get(..6).unwrap_or_default();
        let number = sample.choose(&mut chance).context("nothing is stored")?;
        let since = real_now().plus_seconds(-chance.random_range(1..90) * 24 * 3_600);
        let (done, urgent, since) = (encoded("已办结"), encoded("紧急"), encoded(&since.to_string()));
        let category = drawn.given.category.as_str();

        let mut laps = Laps::begin();
        self.line.get(&format!("/api/cases/{number}"), &self.dispatcher).await?;
        laps.lap();
        for question in [
            "queue=unit".to_owned(),
            format!("status={done}&division={district}"),
            format!("level={urgent}&open=true"),
            format!("category={category}&opened_from={since}"),
        ] {
            self.page(&self.dispatcher, &question).await?;
            laps.lap();
        }
        laps.all()
    }
}
