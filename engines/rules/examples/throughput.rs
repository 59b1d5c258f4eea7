//! How many readings a second the board weighs, and how soon an alarm is stored: `cargo run --release -p baotu-rules
//! --example throughput`. Measured by hand; no test waits for it.

#![expect(clippy::print_stdout, reason = "it tells what it measured")]

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use baotu_access::{AccessParts, AccessSettings, AccessState, Keys};
use baotu_pack::Pack;
use baotu_pack::rules::CompiledAlarmRule;
use baotu_rules::{Board, BoxFuture, History, HistoryFault, Observed, Rules, RulesParts, Watched};
use baotu_storage::{Engine, Position};
use baotu_vocabulary::{Chance, Moment, RuleName, Surroundings, ThingId};

/// Things that are watched.
const THINGS: u32 = 20_000;
/// Readings of one batch, as a door hands them over.
const BATCH: usize = 1_000;
/// Readings that are weighed on the board alone.
const READINGS: u32 = 5_000_000;
/// Readings a second while the time to an alarm is measured.
const READINGS_A_SECOND: u32 = 100_000;
/// How long it is measured, in seconds.
const SECONDS: u32 = 20;

/// The true clock.
struct Now;

impl Surroundings for Now {
    fn now(&self) -> Moment {
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Moment::from_micros(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }

    fn chance(&self) -> Chance {
        [7; 10]
    }
}

/// No past.
struct NoPast;

impl History for NoPast {
    fn newest<'a>(&'a self, _: &'a [u32]) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }

    fn readings<'a>(
        &'a self,
        _: &'a [u32],
        _: Moment,
        _: Moment,
    ) -> BoxFuture<'a, Result<Vec<Observed>, HistoryFault>> {
        Box::pin(std::future::ready(Ok(Vec::new())))
    }
}

fn gauge(number: u32) -> Watched {
    Watched {
        thing: ThingId::derived(ThingId::new(Moment::from_micros(0), [1; 10]).uuid(), &number.to_string()),
        kind: "water-gauge".into(),
        name: format!("{number} 号水位站"),
        unit: None,
        place: None,
        division: "890103001".parse().ok(),
        zones: Vec::new(),
        series: vec![("water-level".into(), number * 2), ("battery".into(), number * 2 + 1)],
    }
}

/// Weighs readings of all levels in turn on a board with these rules.
fn board(about: &str, pack: &Pack, rules: &[&str], battery: bool) {
    let wanted = |name: &RuleName| rules.contains(&name.as_str());
    let book: BTreeMap<RuleName, Vec<CompiledAlarmRule>> = pack
        .alarm_rules()
        .iter()
        .filter(|(name, _)| wanted(name))
        .map(|(name, versions)| (name.clone(), versions.clone()))
        .collect();
    let mut board = Board::new(book, pack.calendar().zone().clone());
    let begin = Now.now();
    for number in 0..THINGS {
        board.watch(gauge(number), begin);
    }
    let mut batch = Vec::with_capacity(BATCH);
    let (mut spent, mut happened) = (Duration::ZERO, 0);
    // Every thing has a voltage before the first level, for the condition over both.
    let weak: Vec<Observed> = (0..THINGS)
        .map(|number| Observed { series: number * 2 + 1, at: begin, value: 11.2, usable: true })
        .collect();
    board.observe(&weak, begin);
    board.take();
    for number in 0..READINGS {
        let round = number / THINGS;
        // One reading in a thousand is beyond the limit, and the next of its thing is back.
        let beyond = (number + round).is_multiple_of(1_000);
        let at = begin.plus_micros(i64::from(number) * 10 + 1);
        let value = match (battery, beyond) {
            (false, false) => 1.0,
            (false, true) => 4.0,
            (true, false) => 12.0,
            (true, true) => 10.0,
        };
        batch.push(Observed { series: number % THINGS * 2 + u32::from(battery), at, value, usable: true });
        if batch.len() == BATCH {
            let start = Instant::now();
            board.observe(&batch, at);
            board.pass(at);
            spent += start.elapsed();
            happened += board.take().len();
            batch.clear();
        }
    }
    let rate = f64::from(READINGS) / spent.as_secs_f64();
    println!("{about}: {rate:.0} readings/s, {happened} raised or cleared");
}

/// Readings at the rate of a large city, alarms stored: how long from the reading to the alarm in the log.
async fn delay(pack: &Pack) {
    let test = baotu_storage::testing::open(Engine::Sqlite).await;
    let access = AccessState::new(AccessParts {
        store: test.store.clone(),
        keys: Keys::derive(&[7; 32]),
        roles: pack.roles(),
        units: pack.units().all(),
        posts: pack.units().posts(),
        surroundings: Arc::new(Now),
        settings: AccessSettings::default(),
    });
    let parts =
        RulesParts { store: test.store.clone(), access, pack: pack.clone(), history: Arc::new(NoPast) };
    let rules = Rules::new(parts);
    for number in 0..THINGS {
        rules.watch(gauge(number));
    }
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let running = tokio::spawn({
        let rules = rules.clone();
        async move {
            rules
                .run(async {
                    let _ = stopped.await;
                })
                .await;
        }
    });
    let follower = tokio::spawn({
        let store = test.store.clone();
        async move {
            let (mut from, mut delays) = (Position::START, Vec::new());
            loop {
                let waited = store.wait_for_events(from, Duration::from_secs(3)).await;
                if !waited.is_ok_and(|more| more) {
                    return delays;
                }
                for logged in store.events_after(from, 10_000).await.unwrap_or_default() {
                    from = logged.position;
                    delays.push(Now.now().micros_since(logged.event.time));
                }
            }
        }
    });
    let start = Instant::now();
    let mut busy = Duration::ZERO;
    let batches = READINGS_A_SECOND * SECONDS / u32::try_from(BATCH).unwrap_or(1);
    for batch in 0..batches {
        let due = Duration::from_secs_f64(f64::from(batch) * BATCH as f64 / f64::from(READINGS_A_SECOND));
        tokio::time::sleep(due.saturating_sub(start.elapsed())).await;
        let now = Now.now();
        let first = batch * u32::try_from(BATCH).unwrap_or(1);
        let readings: Vec<Observed> = (first..first + u32::try_from(BATCH).unwrap_or(1))
            .map(|number| {
                // One battery in a thousand is low: a hundred alarms a second.
                let value = if (number + number / THINGS).is_multiple_of(1_000) { 10.0 } else { 12.0 };
                Observed { series: number % THINGS * 2 + 1, at: now, value, usable: true }
            })
            .collect();
        let begun = Instant::now();
        rules.observe(&readings, now);
        busy += begun.elapsed();
    }
    let took = start.elapsed();
    let mut delays = follower.await.unwrap_or_default();
    let _ = stop.send(());
    let _ = running.await;
    delays.sort_unstable();
    let at = |share: f64| {
        let place = (delays.len() as f64 * share) as usize;
        delays.get(place.min(delays.len().saturating_sub(1))).copied().unwrap_or(0) / 1_000
    };
    println!(
        "{} readings in {:.1} s ({:.1} s of it weighing), {} events: from reading to log p50 {} ms, p99 {} ms, most {} ms",
        batches as usize * BATCH,
        took.as_secs_f64(),
        busy.as_secs_f64(),
        delays.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

fn main() {
    let pack = baotu_pack::testing::small();
    board("one threshold over each series", &pack, &["battery-low"], true);
    board("one that must last", &pack, &["water-high"], false);
    board("one rate of change", &pack, &["water-rises"], false);
    board("one silence", &pack, &["gauge-silent"], false);
    board("one condition over two properties", &pack, &["high-and-weak"], false);
    board("four rules", &pack, &["water-high", "water-rises", "gauge-silent", "battery-low"], false);
    board("no rule over the series", &pack, &["battery-low"], false);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    match runtime {
        Ok(runtime) => runtime.block_on(delay(&pack)),
        Err(error) => println!("no runtime: {error}"),
    }
}
