//! Cities with few and with many cases stored, side by side: lifecycles of cases per second, or what it costs to look
//! at them, through HTTP.
//!
//! The cities to be compared are open at the same time and take turns in short rounds, so that what else the machine
//! does at the moment touches all of them alike; what is told is the median of the rounds.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::ensure;
use baotu_pack::Pack;

use super::ground::Ground;
pub use super::lifecycle::{ACTS, PROCEDURE};
use super::load::{Figures, Times};
pub use super::looks::LOOKS;
use crate::demo::habits::Habits;

/// What is to be measured.
pub struct Choices {
    /// The pack.
    pub pack: Pack,
    /// How the pack's people behave.
    pub habits: Habits,
    /// Clients that work side by side.
    pub clients: usize,
    /// How long a round takes.
    pub during: Duration,
    /// Rounds of each city.
    pub rounds: usize,
    /// How many cases are stored in each city before it is measured; the first is what the others are compared with.
    pub stored: Vec<u64>,
    /// A server for throw-away schemas; the embedded engine when absent.
    pub database: Option<String>,
    /// The folder in which throw-away data folders are made; the system's own when absent.
    pub folder: Option<PathBuf>,
}

/// An act and who does it.
pub type ActName = (&'static str, &'static str);

/// What was measured: turns of `ACTS` acts each.
#[derive(Clone, Debug)]
pub struct Report<const ACTS: usize> {
    /// The acts in their order.
    pub acts: &'static [ActName; ACTS],
    /// City by city, as they were asked for.
    pub cities: Vec<Measured<ACTS>>,
}

/// What was measured of one city.
#[derive(Clone, Debug)]
pub struct Measured<const ACTS: usize> {
    /// Cases stored before.
    pub stored: u64,
    /// Its rounds in their order.
    pub rounds: Vec<Figures<ACTS>>,
}

/// What was measured in the same cities, one after the other.
#[derive(Clone, Debug)]
pub struct Reports {
    /// Whole lifecycles.
    pub lifecycles: Report<{ ACTS.len() }>,
    /// Looks at what is stored; without the cities in which nothing is.
    pub looks: Report<{ LOOKS.len() }>,
}

/// Measures; `tell` gets what a person who waits wants to see.
///
/// # Errors
/// When a city cannot be founded, or an act does not succeed.
pub async fn measure(choices: &Choices, tell: &(dyn Fn(String) + Sync)) -> anyhow::Result<Reports> {
    ensure!(!choices.stored.is_empty() && choices.rounds > 0 && choices.clients > 0, "没有要测的");
    let mut grounds = Vec::with_capacity(choices.stored.len());
    let measured = measure_in(choices, &mut grounds, tell).await;
    for ground in grounds {
        ground.clear().await?;
    }
    measured
}

async fn measure_in(
    choices: &Choices,
    grounds: &mut Vec<Ground>,
    tell: &(dyn Fn(String) + Sync),
) -> anyhow::Result<Reports> {
    for stored in &choices.stored {
        let (ground, filled) = Ground::found(choices, *stored).await?;
        grounds.push(ground);
        tell(format!(
            "已存 {stored} 件（在办 {}）：入库 {:.0} 秒，全文索引 {:.0} 秒",
            filled.open,
            filled.storing.as_secs_f64(),
            filled.indexing.as_secs_f64()
        ));
    }
    let (mut all, mut filled): (Vec<_>, Vec<_>) = (Vec::new(), Vec::new());
    let live = async |ground: &mut Ground, during| ground.lifecycles(during).await;
    all.extend(grounds.iter_mut());
    let lifecycles = rounds(choices, &mut all, live, tell).await?;
    let look = async |ground: &mut Ground, during| ground.looks(during).await;
    filled.extend(grounds.iter_mut().filter(|ground| ground.stored > 0));
    let looks = rounds(choices, &mut filled, look, tell).await?;
    Ok(Reports {
        lifecycles: Report { acts: &ACTS, cities: lifecycles },
        looks: Report { acts: &LOOKS, cities: looks },
    })
}

/// Takes rounds in turns.
async fn rounds<const ACTS: usize>(
    choices: &Choices,
    grounds: &mut [&mut Ground],
    round: impl AsyncFn(&mut Ground, Duration) -> anyhow::Result<Figures<ACTS>>,
    tell: &(dyn Fn(String) + Sync),
) -> anyhow::Result<Vec<Measured<ACTS>>> {
    let mut cities: Vec<Measured<ACTS>> =
        grounds.iter().map(|ground| Measured { stored: ground.stored, rounds: Vec::new() }).collect();
    // A first short round that is not counted: connections are made, statements prepared, pages read.
    for ground in &mut *grounds {
        round(ground, choices.during / 5).await?;
    }
    for number in 1..=choices.rounds {
        for (ground, city) in grounds.iter_mut().zip(&mut cities) {
            let figures = round(ground, choices.during).await?;
            tell(format!(
                "第 {number} 轮  已存 {:>9} 件  {:>7.1} 次/秒{}",
                city.stored,
                figures.per_second(),
                told_processors(figures.processors_each())
            ));
            city.rounds.push(figures);
        }
    }
    Ok(cities)
}

/// What the processors spent on one turn, in words; empty where it is not known.
fn told_processors(each: Option<Duration>) -> String {
    each.map_or_else(String::new, |each| format!("，每次用处理器 {:.2} 毫秒", each.as_secs_f64() * 1_000.0))
}

impl<const ACTS: usize> Measured<ACTS> {
    /// The median of its rounds, in turns per second.
    pub fn per_second(&self) -> f64 {
        let mut rounds: Vec<f64> = self.rounds.iter().map(Figures::per_second).collect();
        rounds.sort_unstable_by(f64::total_cmp);
        rounds.get(rounds.len() / 2).copied().unwrap_or_default()
    }

    /// The median of what the processors spent on one turn.
    pub fn processors_each(&self) -> Option<Duration> {
        let mut rounds: Vec<Duration> = self.rounds.iter().filter_map(Figures::processors_each).collect();
        rounds.sort_unstable();
        rounds.get(rounds.len() / 2).copied()
    }

    /// The turns of all its rounds.
    pub fn turns(&self) -> usize {
        self.rounds.iter().map(|round| round.turns).sum()
    }

    /// The times of an act in all its rounds.
    pub fn act(&self, act: usize) -> Times {
        Times::together(self.rounds.iter().filter_map(|round| round.acts.get(act)))
    }
}

impl<const ACTS: usize> Report<ACTS> {
    /// By how many percent a city is slower than the first; below 0 when it is faster.
    pub fn drop_percent(&self, city: &Measured<ACTS>) -> f64 {
        let first = self.cities.first().map_or(0.0, Measured::per_second);
        (1.0 - city.per_second() / first) * 100.0
    }

    /// How many times as long as in the first city an act takes, by the medians.
    pub fn times_as_long(&self, city: &Measured<ACTS>, act: usize) -> f64 {
        let first = self.cities.first().map(|first| first.act(act).within(0.5).as_secs_f64());
        city.act(act).within(0.5).as_secs_f64() / first.unwrap_or_default()
    }
}

impl fmt::Display for Reports {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "\n【办件】{}", self.lifecycles)?;
        if self.looks.cities.is_empty() { Ok(()) } else { write!(f, "\n【看案】{}", self.looks) }
    }
}

impl<const ACTS: usize> fmt::Display for Report<ACTS> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, city) in self.cities.iter().enumerate() {
            let each = city.per_second();
            #[expect(clippy::cast_precision_loss, reason = "a handful of acts")]
            let requests = each * ACTS as f64;
            write!(f, "\n已存 {} 件：{each:.1} 次/秒，{requests:.0} 个 HTTP 请求/秒", city.stored)?;
            if place > 0 {
                write!(f, "，下降 {:.1} %", self.drop_percent(city))?;
            }
            let spent = told_processors(city.processors_each());
            writeln!(f, "{spent}（{} 轮中位数，共 {} 次）", city.rounds.len(), city.turns())?;
            let line = |f: &mut fmt::Formatter<'_>, name: String, times: &Times| {
                let millis = |share| times.within(share).as_secs_f64() * 1_000.0;
                let (p50, p95, p99) = (millis(0.5), millis(0.95), millis(0.99));
                writeln!(f, "  p50 {p50:>8.2}  p95 {p95:>8.2}  p99 {p99:>8.2} 毫秒  {name}")
            };
            for (act, (name, who)) in self.acts.iter().enumerate() {
                let beside = match place {
                    0 => String::new(),
                    _ => format!("  ×{:.2}", self.times_as_long(city, act)),
                };
                line(f, format!("{name}（{who}）{beside}"), &city.act(act))?;
            }
            line(f, "整个过程".to_owned(), &Times::together(city.rounds.iter().map(|round| &round.whole)))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Mutex;

    use super::*;
    use crate::city::contracts;

    /// The whole bench in small: cities side by side, one without a history, every act by somebody who may.
    #[tokio::test(flavor = "multi_thread")]
    async fn cities_with_and_without_a_history_are_measured() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packs/jinan");
        let today = jiff::civil::date(2026, 11, 27);
        let choices = Choices {
            pack: Pack::load(&folder, &contracts(), today).pack.expect("the demo pack has no errors"),
            habits: Habits::of_pack(&folder).expect("the demo pack has habits"),
            clients: 2,
            during: Duration::from_millis(300),
            rounds: 1,
            stored: vec![0, 100, 200],
            database: None,
            folder: None,
        };
        let seen = Mutex::new(Vec::new());
        let tell = |line| seen.lock().expect("nobody panicked").push(line);
        let Reports { lifecycles, looks } = measure(&choices, &tell).await.expect("every act succeeds");
        assert_eq!(lifecycles.cities.iter().map(|city| city.stored).collect::<Vec<_>>(), [0, 100, 200]);
        for city in &lifecycles.cities {
            assert_eq!(city.rounds.len(), 1);
            assert!(city.turns() >= 2, "each client ends a lifecycle");
            assert!((0..ACTS.len()).all(|act| city.act(act).count() == city.turns()));
        }
        assert_eq!(looks.cities.iter().map(|city| city.stored).collect::<Vec<_>>(), [100, 200]);
        assert!(looks.cities.iter().all(|city| city.turns() > 0 && city.act(0).count() == city.turns()));
        assert!(lifecycles.drop_percent(&lifecycles.cities[0]).abs() < f64::EPSILON);
        assert!((looks.times_as_long(&looks.cities[0], 0) - 1.0).abs() < f64::EPSILON);
        let lines = seen.into_inner().expect("nobody panicked");
        assert_eq!(lines.len(), 8, "three fillings and five rounds are told: {lines:?}");
        let told = Reports { lifecycles, looks }.to_string();
        assert!(told.contains("办结回复（承办人）  ×") && told.contains("打开案件（派单员）  ×"), "{told}");
        println!("{}\n{told}", lines.join("\n"));
    }
}
