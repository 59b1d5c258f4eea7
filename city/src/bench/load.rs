//! A load: several clients that repeat one thing for a while, and what came of it.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How hard and how long.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Clients that work side by side.
    pub clients: usize,
    /// How long they begin new turns.
    pub during: Duration,
}

/// What a load of turns with `ACTS` acts each did.
#[derive(Clone, Debug)]
pub struct Figures<const ACTS: usize> {
    /// Turns ended.
    pub turns: usize,
    /// From the first beginning to the last end.
    pub took: Duration,
    /// The time of each whole turn.
    pub whole: Times,
    /// The times of each act.
    pub acts: [Times; ACTS],
    /// What the processors spent on this process meanwhile, where the system tells: a figure that other programs on the
    /// same machine hardly touch.
    pub processors: Option<Duration>,
}

/// How long something took, each time.
#[derive(Clone, Debug, Default)]
pub struct Times {
    /// Ascending.
    times: Vec<Duration>,
}

impl<const ACTS: usize> Figures<ACTS> {
    /// Turns per second.
    pub fn per_second(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "turns of a bench are few")]
        let turns = self.turns as f64;
        turns / self.took.as_secs_f64()
    }

    /// What the processors spent on one turn, clients and city together.
    pub fn processors_each(&self) -> Option<Duration> {
        let turns = u32::try_from(self.turns).ok().filter(|turns| *turns > 0)?;
        self.processors.map(|spent| spent / turns)
    }
}

/// Ticks of a second in Linux' accounts of processes (`USER_HZ`).
const TICKS_PER_SECOND: u64 = 100;

/// What the processors have spent on this process; known on Linux.
pub(super) fn processors_spent() -> Option<Duration> {
    let account = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name in parentheses may hold blanks; user and system time are the 12th and 13th fields after it.
    let fields = account.rsplit_once(')')?.1.split_whitespace();
    let ticks = fields.skip(11).take(2).map(|ticks| ticks.parse::<u64>().ok()).sum::<Option<u64>>()?;
    Some(Duration::from_millis(ticks * 1_000 / TICKS_PER_SECOND))
}

impl Times {
    /// These times.
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self { times }
    }

    /// All times of several loads together.
    pub fn together<'a>(all: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut times: Vec<Duration> = all.into_iter().flat_map(|times| &times.times).copied().collect();
        times.sort_unstable();
        Self { times }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.times.len()
    }

    /// The time within which this share of them ended.
    pub fn within(&self, share: f64) -> Duration {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an index into a list that is in memory"
        )]
        let index = (self.times.len().saturating_sub(1) as f64 * share) as usize;
        self.times.get(index).copied().unwrap_or_default()
    }
}

impl Load {
    /// Runs `turn` over and over; it gets the number of the client and of the turn, and tells the time of each act.
    ///
    /// # Errors
    /// The first error of a turn; the other clients stop with it.
    pub async fn run<const ACTS: usize, F, Turn>(self, turn: F) -> anyhow::Result<Figures<ACTS>>
    where
        F: Fn(usize, u64) -> Turn + Send + Sync + 'static,
        Turn: Future<Output = anyhow::Result<[Duration; ACTS]>> + Send,
    {
        let turn = Arc::new(turn);
        let next = Arc::new(AtomicU64::new(0));
        let (started, spent_before) = (Instant::now(), processors_spent());
        let mut clients = tokio::task::JoinSet::new();
        for client in 0..self.clients {
            let (turn, next) = (Arc::clone(&turn), Arc::clone(&next));
            clients.spawn(async move {
                let mut turns = Vec::new();
                while started.elapsed() < self.during {
                    let begun = Instant::now();
                    let acts = turn(client, next.fetch_add(1, Ordering::Relaxed)).await?;
                    turns.push((begun.elapsed(), acts));
                }
                anyhow::Ok(turns)
            });
        }
        let mut turns = Vec::new();
        while let Some(client) = clients.join_next().await {
            turns.extend(client??);
        }
        let took = started.elapsed();
        let spent = processors_spent().zip(spent_before).map(|(after, before)| after.saturating_sub(before));
        let ascending = |mut times: Vec<Duration>| {
            times.sort_unstable();
            Times { times }
        };
        Ok(Figures {
            turns: turns.len(),
            took,
            processors: spent,
            whole: ascending(turns.iter().map(|(whole, _)| *whole).collect()),
            acts: std::array::from_fn(|act| ascending(turns.iter().map(|(_, acts)| acts[act]).collect())),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_turn_is_counted_once_and_an_error_ends_the_load() {
        let load = Load { clients: 3, during: Duration::from_millis(20) };
        let done = Arc::new(AtomicU64::new(0));
        let counting = Arc::clone(&done);
        let figures = load
            .run(move |_, turn| {
                let done = Arc::clone(&counting);
                async move {
                    done.fetch_add(1, Ordering::Relaxed);
                    tokio::task::yield_now().await;
                    Ok([Duration::from_micros(turn), Duration::from_secs(1)])
                }
            })
            .await
            .expect("a load without errors");
        assert_eq!(figures.turns as u64, done.load(Ordering::Relaxed));
        assert_eq!(figures.acts[0].count(), figures.turns);
        assert!(figures.acts[0].within(0.5) <= figures.acts[0].within(0.99));
        assert_eq!(figures.acts[1].within(0.5), Duration::from_secs(1));
        let broken = load.run(|_, turn| async move {
            anyhow::ensure!(turn < 5, "the sixth");
            Ok([Duration::ZERO])
        });
        assert_eq!(broken.await.expect_err("an error").to_string(), "the sixth");
    }

    #[test]
    fn times_of_several_loads_are_told_together() {
        let times =
            |millis: &[u64]| Times { times: millis.iter().copied().map(Duration::from_millis).collect() };
        let all = Times::together([&times(&[1, 9]), &times(&[5])]);
        assert_eq!((all.count(), all.within(0.5)), (3, Duration::from_millis(5)));
        assert_eq!(Times::default().within(0.99), Duration::ZERO);
    }
}
