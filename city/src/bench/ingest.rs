//! Readings that become durable: how many a second, beside PostgreSQL's fastest way in.
//!
//! Each client stores batch after batch and waits for each answer, as a door does that acknowledges to its devices.
//! Both sides get the same batches in the same run, one size after another.

use std::fmt::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow};
use baotu_observations::{Quality, Reading, Readings, SeriesNumber};
use baotu_vocabulary::Moment;
use futures::SinkExt as _;
use tokio_postgres::NoTls;

use super::load::{Figures, Load};
use crate::surroundings::real_now;

/// Series that report: twenty thousand devices of eight properties each.
const SERIES: u64 = 160_000;
/// What a throw-away table of the peer is called.
const PEER_TABLE: &str = "baotu_bench_reading";

/// What is to be measured.
pub struct Choices {
    /// Clients that store side by side.
    pub clients: usize,
    /// How long each size of batch is stored.
    pub during: Duration,
    /// Readings of one batch, size after size.
    pub batches: Vec<usize>,
    /// A PostgreSQL server to be measured beside; its table is thrown away.
    pub database: Option<String>,
    /// The folder in which a throw-away folder is made; the system's own when absent.
    pub folder: Option<PathBuf>,
}

/// What was measured, size by size.
#[derive(Clone, Debug)]
pub struct Report(Vec<Measured>);

/// What was measured with batches of one size.
#[derive(Clone, Debug)]
struct Measured {
    batch: usize,
    ours: Figures<1>,
    /// Bytes on the disk for each reading: as written, and after sealing.
    bytes: (f64, f64),
    /// How long sealing took.
    sealing: Duration,
    peer: Option<Figures<1>>,
}

/// Measures; `tell` gets what a person who waits wants to see.
///
/// # Errors
/// When readings cannot be stored, or the peer cannot be reached.
pub async fn measure(choices: &Choices, tell: &(dyn Fn(String) + Sync)) -> anyhow::Result<Report> {
    let load = Load { clients: choices.clients, during: choices.during };
    let mut measured = Vec::new();
    for &batch in &choices.batches {
        let (ours, bytes, sealing) = store(choices, load, batch).await?;
        tell(format!("每批 {batch} 个读数：{}", rate(&ours, batch)));
        let peer = match &choices.database {
            Some(url) => {
                let peer = copy(url, load, batch).await?;
                tell(format!("每批 {batch} 个读数，PostgreSQL COPY：{}", rate(&peer, batch)));
                Some(peer)
            }
            None => None,
        };
        measured.push(Measured { batch, ours, bytes, sealing, peer });
    }
    Ok(Report(measured))
}

/// A batch as devices would send it now: many series, each moment once.
fn readings(turn: u64, batch: usize, now: Moment) -> Vec<Reading> {
    let first = turn.wrapping_mul(batch as u64);
    (0..batch as u64)
        .map(|index| {
            let number = first.wrapping_add(index);
            #[expect(clippy::cast_precision_loss, reason = "below 977")]
            let (series, value) = ((number % SERIES) as u32, (number % 977) as f64 / 10.0);
            let at = now.plus_micros(i64::try_from(index).unwrap_or(0) % 1_000);
            Reading { series: SeriesNumber::new(series), at, value, quality: Quality::Normal }
        })
        .collect()
}

async fn store(
    choices: &Choices,
    load: Load,
    batch: usize,
) -> anyhow::Result<(Figures<1>, (f64, f64), Duration)> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("baotu-bench-");
    let folder = match &choices.folder {
        Some(folder) => builder.tempdir_in(folder),
        None => builder.tempdir(),
    };
    let folder = folder.context("a throw-away folder")?;
    let store = Readings::open(folder.path())?;
    let figures = {
        let store = store.clone();
        load.run(move |_, turn| {
            let store = store.clone();
            async move {
                let (begun, now) = (Instant::now(), real_now());
                store.store(readings(turn, batch, now), now).await?;
                Ok([begun.elapsed()])
            }
        })
        .await?
    };
    let stored = count(&figures, batch);
    // Closing folds what stands beside the files into them.
    drop(store);
    let written = size(folder.path())? / stored;
    let store = Readings::open(folder.path())?;
    let begun = Instant::now();
    store.seal(real_now().plus_seconds(2 * 3_600)).await?;
    let sealing = begun.elapsed();
    drop(store);
    Ok((figures, (written, size(folder.path())? / stored), sealing))
}

/// The same batches by `COPY`, each in a transaction of its own, into a table without an index.
async fn copy(url: &str, load: Load, batch: usize) -> anyhow::Result<Figures<1>> {
    let connect = async || {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.context("PostgreSQL")?;
        tokio::spawn(connection);
        anyhow::Ok(client)
    };
    let owner = connect().await?;
    let table = format!(
        "DROP TABLE IF EXISTS {PEER_TABLE};
         CREATE TABLE {PEER_TABLE} (series INTEGER NOT NULL, at BIGINT NOT NULL, value DOUBLE PRECISION NOT NULL, quality SMALLINT NOT NULL)"
    );
    owner.batch_execute(&table).await?;
    let mut clients = Vec::new();
    for _ in 0..load.clients {
        clients.push(Arc::new(connect().await?));
    }
    let figures = load
        .run(move |client, turn| {
            let client = clients.get(client).cloned();
            async move {
                let client = client.ok_or_else(|| anyhow!("a client without a connection"))?;
                let begun = Instant::now();
                let mut text = String::new();
                for reading in readings(turn, batch, real_now()) {
                    let (series, at) = (reading.series.number(), reading.at.micros());
                    let _ = writeln!(text, "{series}\t{at}\t{}\t0", reading.value);
                }
                let sink = client.copy_in(&format!("COPY {PEER_TABLE} FROM STDIN")).await?;
                futures::pin_mut!(sink);
                sink.send(std::io::Cursor::new(text.into_bytes())).await?;
                sink.finish().await?;
                Ok([begun.elapsed()])
            }
        })
        .await;
    owner.batch_execute(&format!("DROP TABLE {PEER_TABLE}")).await?;
    figures
}

#[expect(clippy::cast_precision_loss, reason = "readings of a bench")]
fn count(figures: &Figures<1>, batch: usize) -> f64 {
    (figures.turns * batch) as f64
}

fn per_second(figures: &Figures<1>, batch: usize) -> f64 {
    count(figures, batch) / figures.took.as_secs_f64()
}

/// What a folder holds, in bytes.
fn size(folder: &Path) -> anyhow::Result<f64> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        bytes += entry?.metadata()?.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "bytes of a bench")]
    Ok(bytes as f64)
}

fn rate(figures: &Figures<1>, batch: usize) -> String {
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    let mut told = format!(
        "{:.0} 个/秒，答复 p50 {:.2} 毫秒、p99 {:.2} 毫秒",
        per_second(figures, batch),
        millis(figures.whole.within(0.5)),
        millis(figures.whole.within(0.99)),
    );
    if let Some(spent) = figures.processors {
        let micros = spent.as_secs_f64() * 1_000_000.0 / count(figures, batch).max(1.0);
        let _ = write!(told, "，每个读数用处理器 {micros:.2} 微秒");
    }
    told
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for one in &self.0 {
            writeln!(f, "\n每批 {} 个读数", one.batch)?;
            writeln!(f, "  落盘后答复      {}", rate(&one.ours, one.batch))?;
            let (written, sealed) = one.bytes;
            writeln!(
                f,
                "  占用磁盘        每个读数 {written:.1} 字节；封存（建索引）用 {:.1} 秒，之后 {sealed:.1} 字节",
                one.sealing.as_secs_f64()
            )?;
            if let Some(peer) = &one.peer {
                writeln!(f, "  PostgreSQL COPY {}", rate(peer, one.batch))?;
                let ratio = per_second(&one.ours, one.batch) / per_second(peer, one.batch);
                writeln!(f, "  是 COPY 的      {ratio:.1} 倍")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use baotu_storage::testing::POSTGRES_VARIABLE;

    use super::*;

    #[test]
    fn a_batch_names_each_moment_of_a_series_once() {
        let batch = readings(3, 5_000, Moment::default());
        let mut keys: Vec<_> = batch.iter().map(|reading| (reading.series, reading.at)).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 5_000);
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
    async fn readings_are_stored_and_measured() {
        let choices = Choices {
            clients: 2,
            during: Duration::from_millis(50),
            batches: vec![1, 100],
            database: Some(std::env::var(POSTGRES_VARIABLE).expect("cargo xtask postgres names a server")),
            folder: None,
        };
        let told = measure(&choices, &|_| ()).await.expect("measured").to_string();
        assert!(told.contains("每批 1 个读数") && told.contains("每批 100 个读数"), "{told}");
        assert_eq!(told.matches("倍").count(), 2, "beside the peer: {told}");
    }
}
