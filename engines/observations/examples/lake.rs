//! Measures a day of a city in the lake: bytes a reading, readings a CPU second, and how quickly one series is told.
//!
//! `cargo run --release -p baotu-observations --example lake -- DEVICES METRICS MINUTES YEAR_SERIES_DAYS`
//!
//! Each device sends all its metrics together each so many seconds, at a moment of its own with some jitter, in whole
//! milliseconds. A value walks: each step is normal with a deviation of its metric, and is rounded to 0.1; one metric
//! counts up, one is mostly the same.

use std::io::Write as _;
use std::time::Instant;

use baotu_observations::{Bucket, Quality, Reading, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use jiff::tz::TimeZone;

/// A generator that needs no crate: xorshift*.
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// From 0 to 1.
    fn part(&mut self) -> f64 {
        f64::from(u32::try_from(self.next() >> 32).unwrap_or(0)) / f64::from(u32::MAX)
    }

    /// About normal, with a deviation of 1.
    fn normal(&mut self) -> f64 {
        ((0..4).map(|_| self.part()).sum::<f64>() - 2.0) * 1.732
    }
}

/// CPU seconds of this process so far.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit_once(')').map_or("", |(_, after)| after);
    let ticks = |place: usize| after.split_whitespace().nth(place).and_then(|text| text.parse::<f64>().ok());
    // utime and stime, in hundredths of a second.
    (ticks(11).unwrap_or(0.0) + ticks(12).unwrap_or(0.0)) / 100.0
}

fn peak_megabytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok()).unwrap_or(0) / 1_024
}

fn say(line: &str) {
    writeln!(std::io::stdout(), "{line}").ok();
}

fn p95(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: usize| times.get(times.len() * share / 100).copied().unwrap_or(f64::NAN);
    (at(50), at(95))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let given: Vec<i64> = std::env::args().skip(1).map(|text| text.parse()).collect::<Result<_, _>>()?;
    let [devices, metrics, each_seconds, series_days] = given[..] else {
        return Err("DEVICES METRICS EACH_SECONDS SERIES_DAYS".into());
    };
    let folder = tempfile::tempdir_in(std::env::current_dir()?)?;
    let readings = Readings::open(folder.path())?;
    let zone = TimeZone::get("Asia/Shanghai")?;
    let day: Moment = "2026-11-27T00:00:00+08:00".parse()?;
    a_day(&readings, day, &zone, (devices, metrics, each_seconds)).await?;
    a_series(&readings, day, &zone, series_days).await
}

async fn a_day(
    readings: &Readings,
    day: Moment,
    zone: &TimeZone,
    (devices, metrics, each_seconds): (i64, i64, i64),
) -> Result<(), Box<dyn std::error::Error>> {
    let mut chance = Chance(42);
    let mut values: Vec<f64> = (0..devices * metrics).map(|_| 20.0 + 30.0 * chance.part()).collect();
    let begins: Vec<i64> =
        (0..devices).map(|_| i64::try_from(chance.next() % 1_000).unwrap_or(0) * each_seconds).collect();
    let (begun, before) = (Instant::now(), cpu());
    let mut stored = 0_u64;
    let mut sealing = 0.0;
    let (mut batch, mut hour) = (Vec::new(), 0);
    for round in 0..86_400 / each_seconds {
        for device in 0..devices {
            let jitter = i64::try_from(chance.next() % 40).unwrap_or(0);
            let begins = begins.get(usize::try_from(device)?).copied().unwrap_or(0);
            let at = day.plus_micros((round * each_seconds * 1_000 + begins + jitter) * 1_000);
            for metric in 0..metrics {
                let place = usize::try_from(device * metrics + metric)?;
                let Some(value) = values.get_mut(place) else { continue };
                *value += match metric {
                    0 => chance.part() * 3.0,
                    1 if chance.part() < 0.98 => 0.0,
                    other => chance.normal() * 0.1 * f64::from(i32::try_from(other)?),
                };
                batch.push(Reading {
                    series: SeriesNumber::new(u32::try_from(place)?),
                    at,
                    value: (*value * 10.0).round() / 10.0,
                    quality: Quality::Normal,
                });
            }
            if batch.len() >= 50_000 {
                stored += batch.len() as u64;
                readings.store(std::mem::take(&mut batch), day.plus_seconds(86_400)).await?;
            }
        }
        let now = (round + 1) * each_seconds / 3_600;
        if now > hour {
            hour = now;
            let before = cpu();
            readings.seal(day.plus_seconds(hour * 3_600 + 60)).await?;
            sealing += cpu() - before;
        }
    }
    stored += batch.len() as u64;
    readings.store(batch, day.plus_seconds(86_400)).await?;
    let before_seal = cpu();
    readings.seal(day.plus_seconds(30 * 3_600)).await?;
    sealing += cpu() - before_seal;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let count = stored as f64;
    say(&format!(
        "stored {stored} in {:.1} s, {:.1} CPU s with {sealing:.1} for sealing and roll-ups; peak {} MB",
        begun.elapsed().as_secs_f64(),
        cpu() - before,
        peak_megabytes(),
    ));
    let (begun, before) = (Instant::now(), cpu());
    let describe = |series: SeriesNumber| {
        let (device, metric) = (i64::from(series.number()) / metrics, i64::from(series.number()) % metrics);
        // Things are not called in the order in which they were registered.
        let name = device * 7_919 % devices;
        Some((format!("urn:baotu:thing:sensor-{name:06}"), format!("metric-{metric}")))
    };
    let compacted = readings.compact(day.plus_seconds(48 * 3_600), zone, describe).await?;
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let bytes = compacted.bytes as f64;
    say(&format!(
        "compacted {compacted:?} in {:.1} s, {:.1} CPU s: {:.2} M readings a CPU second, {:.2} bytes a reading; peak {} MB",
        begun.elapsed().as_secs_f64(),
        cpu() - before,
        count / (cpu() - before) / 1e6,
        bytes / count,
        peak_megabytes(),
    ));
    let mut times = Vec::new();
    for _ in 0..400 {
        let series = SeriesNumber::new(u32::try_from(chance.next() % u64::try_from(devices * metrics)?)?);
        let begun = Instant::now();
        let page = readings.history(series, day, day.plus_seconds(86_400), 100_000).await?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
        assert!(!page.readings.is_empty(), "a series is in the lake");
    }
    let (median, slow) = p95(times);
    say(&format!("one series of a day in the lake: median {median:.2} ms, p95 {slow:.2} ms"));
    Ok(())
}

/// A series of one reading each ten seconds over so many days, among a hundred others.
async fn a_series(
    readings: &Readings,
    day: Moment,
    zone: &TimeZone,
    days: i64,
) -> Result<(), Box<dyn std::error::Error>> {
    if days == 0 {
        return Ok(());
    }
    let mut chance = Chance(7);
    let first = day.plus_seconds(-days * 86_400);
    let mut stored = 0_u64;
    for of_day in 0..days {
        let mut batch = Vec::new();
        for other in 0..100 {
            let each_seconds = if other == 0 { 10 } else { 3_600 };
            batch.extend((0..86_400 / each_seconds).map(|turn| Reading {
                series: SeriesNumber::new(4_000_000 + other),
                at: first.plus_seconds(of_day * 86_400 + turn * each_seconds),
                value: (chance.part() * 1_000.0).round() / 10.0,
                quality: Quality::Normal,
            }));
        }
        stored += 8_640;
        readings.store(batch, day).await?;
        readings.seal(first.plus_seconds((of_day + 1) * 86_400 + 700)).await?;
    }
    let series = SeriesNumber::new(4_000_000);
    for place in ["hot files", "the lake"] {
        for bucket in [Bucket::Hour, Bucket::Day, Bucket::Minute] {
            let mut times = Vec::new();
            let mut buckets = 0;
            for _ in 0..if bucket == Bucket::Minute { 5 } else { 200 } {
                let begun = Instant::now();
                let (mut from, mut told) = (first, 0);
                loop {
                    let page = readings.aggregates(series, (from, day), bucket, zone, 10_000).await?;
                    told += page.buckets.len();
                    let Some(next) = page.next.filter(|_| bucket != Bucket::Minute) else { break };
                    from = next;
                }
                times.push(begun.elapsed().as_secs_f64() * 1e3);
                buckets = told;
            }
            let (median, slow) = p95(times);
            say(&format!(
                "{bucket:?} of {stored} readings, {place}: {buckets} buckets, median {median:.2} ms, p95 {slow:.2} ms"
            ));
        }
        readings.compact(day, zone, |_| Some(("a".to_owned(), "b".to_owned()))).await?;
    }
    Ok(())
}
