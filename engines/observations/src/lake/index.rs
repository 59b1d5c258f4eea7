//! Which rows of a part are those of a series: a sorted list beside the part, so that one series is found without the rest.
//!
//! A part is sorted by the names of things and properties, which the numbers of series do not follow: the smallest and
//! largest numbers of a page say little. The file's name begins with `_`, so that engines that read the folder pass it by.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use crate::reading::SeriesNumber;

/// An entry, in bytes: the number of the series, how many rows it has, the first of them, little-endian.
const ENTRY_BYTES: usize = 16;

/// The rows of a series in a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) series: SeriesNumber,
    /// How many.
    pub(crate) count: u32,
    /// The first, counted from 0 at the beginning of the part.
    pub(crate) first: u64,
}

impl Rows {
    fn entry(&self) -> [u8; ENTRY_BYTES] {
        let mut entry = [0; ENTRY_BYTES];
        entry[..4].copy_from_slice(&self.series.number().to_le_bytes());
        entry[4..8].copy_from_slice(&self.count.to_le_bytes());
        entry[8..].copy_from_slice(&self.first.to_le_bytes());
        entry
    }

    fn of(entry: &[u8; ENTRY_BYTES]) -> Self {
        let four = |from: usize| u32::from_le_bytes(std::array::from_fn(|byte| entry[from + byte]));
        let first = u64::from_le_bytes(std::array::from_fn(|byte| entry[8 + byte]));
        Self { series: SeriesNumber::new(four(0)), count: four(4), first }
    }
}

/// Writes the list, durably.
pub(super) fn write(path: &Path, rows: &mut [Rows]) -> io::Result<()> {
    rows.sort_unstable_by_key(|rows| rows.series);
    let mut file = BufWriter::new(File::create(path)?);
    for rows in rows.iter() {
        file.write_all(&rows.entry())?;
    }
    file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

/// The rows of one series; nothing when it has none.
pub(super) fn find(path: &Path, series: SeriesNumber) -> io::Result<Option<Rows>> {
    let mut file = File::open(path)?;
    let mut entry = [0; ENTRY_BYTES];
    let (mut low, mut high) = (0, file.metadata()?.len() / ENTRY_BYTES as u64);
    while low < high {
        let middle = low.midpoint(high);
        file.seek(SeekFrom::Start(middle * ENTRY_BYTES as u64))?;
        file.read_exact(&mut entry)?;
        let rows = Rows::of(&entry);
        match rows.series.cmp(&series) {
            std::cmp::Ordering::Equal => return Ok(Some(rows)),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    Ok(None)
}

/// All of it, by series.
pub(super) fn all(path: &Path) -> io::Result<Vec<Rows>> {
    let bytes = std::fs::read(path)?;
    let (entries, _) = bytes.as_chunks::<ENTRY_BYTES>();
    Ok(entries.iter().map(Rows::of).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_series_is_found_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("_list");
        for size in 0..9_u32 {
            let rows = |number: u32| Rows {
                series: SeriesNumber::new(number * 3),
                count: number,
                first: u64::from(number) << 33,
            };
            let mut list: Vec<_> = (0..size).rev().map(rows).collect();
            write(&path, &mut list).expect("written");
            assert_eq!(all(&path).expect("read"), (0..size).map(rows).collect::<Vec<_>>());
            for number in 0..size * 3 + 2 {
                let expected = (number % 3 == 0 && number / 3 < size).then(|| rows(number / 3));
                assert_eq!(find(&path, SeriesNumber::new(number)).expect("read"), expected);
            }
        }
    }
}
