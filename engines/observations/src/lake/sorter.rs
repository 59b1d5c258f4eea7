//! Readings of many files in one order, with bounded memory: sorted runs beside each other on the disk, merged.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::collections::binary_heap::PeekMut;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Read as _, Write as _};
use std::path::{Path, PathBuf};

/// Readings that are sorted in memory at once; 24 bytes each.
const RUN_READINGS_MAX: usize = 1 << 21;
/// What is read of a run at once, in bytes.
const RUN_BUFFER_BYTES: usize = 1 << 16;
/// A reading in a run, in bytes.
const RECORD_BYTES: usize = 21;

/// A reading by the place of its series in the order that is wanted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ranked {
    /// The place of its series.
    pub(crate) rank: u32,
    /// When it was taken, in microseconds.
    pub(crate) at: i64,
    pub(crate) value: f64,
    /// Its quality as it is kept.
    pub(crate) quality: u8,
}

impl Ranked {
    const fn key(&self) -> (u32, i64) {
        (self.rank, self.at)
    }

    fn record(&self) -> [u8; RECORD_BYTES] {
        let mut record = [0; RECORD_BYTES];
        record[..4].copy_from_slice(&self.rank.to_le_bytes());
        record[4..12].copy_from_slice(&self.at.to_le_bytes());
        record[12..20].copy_from_slice(&self.value.to_bits().to_le_bytes());
        record[20] = self.quality;
        record
    }

    fn of(record: &[u8; RECORD_BYTES]) -> Self {
        let mut eight = [0; 8];
        eight.copy_from_slice(&record[4..12]);
        let at = i64::from_le_bytes(eight);
        eight.copy_from_slice(&record[12..20]);
        let value = f64::from_bits(u64::from_le_bytes(eight));
        let rank = u32::from_le_bytes([record[0], record[1], record[2], record[3]]);
        Self { rank, at, value, quality: record[20] }
    }
}

/// Takes readings in the order in which they arrived.
#[derive(Debug)]
pub(crate) struct Sorter {
    /// The folder of the runs: made when there is one, removed with them.
    folder: PathBuf,
    run_readings_max: usize,
    some: Vec<Ranked>,
    runs: Vec<PathBuf>,
}

impl Sorter {
    /// One that puts what it cannot hold into this folder, which nobody else uses.
    pub(crate) fn new(folder: &Path) -> Self {
        Self {
            folder: folder.to_owned(),
            run_readings_max: RUN_READINGS_MAX,
            some: Vec::new(),
            runs: Vec::new(),
        }
    }

    /// Takes a reading.
    pub(crate) fn take(&mut self, reading: Ranked) -> io::Result<()> {
        self.some.push(reading);
        if self.some.len() >= self.run_readings_max {
            self.spill()?;
        }
        Ok(())
    }

    /// All of them by rank and time, of two of one moment the one that arrived last.
    pub(crate) fn sorted(mut self) -> io::Result<Sorted> {
        let mut sources = Vec::with_capacity(self.runs.len() + 1);
        for run in &self.runs {
            sources.push(Source::Run(BufReader::with_capacity(RUN_BUFFER_BYTES, File::open(run)?)));
        }
        sources.push(Source::Memory(sort(std::mem::take(&mut self.some)).into_iter()));
        let mut heads = BinaryHeap::with_capacity(sources.len());
        for (run, source) in sources.iter_mut().enumerate() {
            heads.extend(source.next()?.map(|reading| Head { reading, run }).map(Reverse));
        }
        Ok(Sorted { sources, heads, _runs: self })
    }

    fn spill(&mut self) -> io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let path = self.folder.join(format!("{}.run", self.runs.len()));
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&path)?);
        self.runs.push(path);
        let some = sort(std::mem::take(&mut self.some));
        for reading in &some {
            file.write_all(&reading.record())?;
        }
        file.flush()?;
        // Its room is used again.
        self.some = some;
        self.some.clear();
        Ok(())
    }
}

impl Drop for Sorter {
    fn drop(&mut self) {
        if !self.runs.is_empty()
            && let Err(reason) = std::fs::remove_dir_all(&self.folder)
        {
            // The next start removes it.
            tracing::warn!(%reason, folder = %self.folder.display(), "what was sorted there is left");
        }
    }
}

/// By key, of each key the one that arrived last.
fn sort(mut some: Vec<Ranked>) -> Vec<Ranked> {
    // A stable sort keeps the order of arrival.
    some.sort_by_key(Ranked::key);
    some.dedup_by(|later, kept| {
        let same = later.key() == kept.key();
        if same {
            *kept = *later;
        }
        same
    });
    some
}

#[derive(Debug)]
enum Source {
    Run(BufReader<File>),
    Memory(std::vec::IntoIter<Ranked>),
}

impl Source {
    fn next(&mut self) -> io::Result<Option<Ranked>> {
        match self {
            Self::Memory(some) => Ok(some.next()),
            Self::Run(file) => {
                let mut record = [0; RECORD_BYTES];
                match file.read_exact(&mut record) {
                    Ok(()) => Ok(Some(Ranked::of(&record))),
                    Err(end) if end.kind() == io::ErrorKind::UnexpectedEof => Ok(None),
                    Err(reason) => Err(reason),
                }
            }
        }
    }
}

/// The next reading of a run; of two of one key the earlier run is first.
#[derive(Clone, Copy, Debug)]
struct Head {
    reading: Ranked,
    run: usize,
}

impl Head {
    const fn order(&self) -> (u32, i64, usize) {
        (self.reading.rank, self.reading.at, self.run)
    }
}

impl PartialEq for Head {
    fn eq(&self, other: &Self) -> bool {
        self.order() == other.order()
    }
}

impl Eq for Head {}

impl PartialOrd for Head {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Head {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// Readings in order.
#[derive(Debug)]
pub(crate) struct Sorted {
    sources: Vec<Source>,
    heads: BinaryHeap<Reverse<Head>>,
    /// Keeps the runs until all is read.
    _runs: Sorter,
}

impl Sorted {
    fn pop(&mut self) -> io::Result<Option<Ranked>> {
        let Some(mut head) = self.heads.peek_mut() else { return Ok(None) };
        let Head { reading, run } = head.0;
        let next = self.sources.get_mut(run).map_or(Ok(None), Source::next)?;
        match next {
            Some(next) => head.0.reading = next,
            None => drop(PeekMut::pop(head)),
        }
        Ok(Some(reading))
    }

    /// The next one.
    pub(crate) fn next(&mut self) -> io::Result<Option<Ranked>> {
        let Some(mut told) = self.pop()? else { return Ok(None) };
        while self.heads.peek().is_some_and(|head| head.0.reading.key() == told.key()) {
            told = self.pop()?.unwrap_or(told);
        }
        Ok(Some(told))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_arrived_last_stands_in_order_whatever_had_to_be_put_aside(
            readings in proptest::collection::vec((0..5_u32, -3..9_i64, any::<i16>(), 0..8_u8), 0..80),
            run_readings_max in 1..30_usize,
        ) {
            let folder = tempfile::tempdir().expect("a folder");
            let runs = folder.path().join("runs");
            let mut sorter = Sorter::new(&runs);
            sorter.run_readings_max = run_readings_max;
            let mut model = BTreeMap::new();
            for (rank, at, value, quality) in readings {
                let reading = Ranked { rank, at, value: value.into(), quality };
                sorter.take(reading).expect("taken");
                model.insert((rank, at), reading);
            }
            let mut sorted = sorter.sorted().expect("sorted");
            let told: Vec<_> = std::iter::from_fn(|| sorted.next().expect("read")).collect();
            prop_assert_eq!(told, model.into_values().collect::<Vec<_>>());
            drop(sorted);
            prop_assert!(!runs.exists());
        }
    }
}
