//! The parts of a table of the lake: one file says which they are, and is replaced whole.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use baotu_vocabulary::Moment;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::span::{FileKey, Span};
use crate::store::ReadingsFault;

/// The manifest in the folder of its table; engines that read the folder pass it by.
const NAME: &str = "_manifest.json";

/// The parts of a table.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Manifest {
    /// Counts how often it was replaced; a new part takes its number from it.
    pub(crate) version: u64,
    /// By time.
    pub(crate) parts: Vec<Part>,
}

/// The compacted readings of a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Part {
    /// The day of the city, as its folder is called.
    pub(crate) dt: Date,
    /// Its file below the folder of the table; absent when retention left nothing of it.
    pub(crate) file: Option<String>,
    /// The list of its series beside it.
    pub(crate) list: Option<String>,
    /// Where its first hour begins.
    pub(crate) begins: Moment,
    /// Where its last hour ends.
    pub(crate) ends: Moment,
    /// Its readings.
    pub(crate) rows: u64,
    /// Of the file.
    pub(crate) bytes: u64,
    /// When its earliest reading was taken.
    pub(crate) earliest: Option<Moment>,
    /// When its latest reading was taken.
    pub(crate) latest: Option<Moment>,
    /// When it was written.
    pub(crate) written: Moment,
    /// Of each of its hours, how many generations of its files stand in it: what comes later is a later one.
    pub(crate) folded: Vec<u32>,
    /// Whether retention has dropped readings of it.
    pub(crate) thinned: bool,
    /// Absent once its readings stand in the aggregates. Until then, the numbers of the series of which the aggregates
    /// know more than it does, because retention has dropped their readings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) not_rolled_up: Option<Vec<u32>>,
}

impl Part {
    /// The hours it stands for, from the first to before the second.
    pub(crate) const fn hours(&self) -> (Span, Span) {
        (Span::of(self.begins), Span::of(self.ends))
    }

    /// The first generation of an hour that does not stand in it.
    pub(crate) fn folded_before(&self, span: Span) -> u32 {
        let hour = usize::try_from(span.since(Span::of(self.begins))).ok();
        hour.and_then(|hour| self.folded.get(hour)).copied().unwrap_or(0)
    }

    /// Whether all of a file stands in it.
    pub(crate) fn has_folded(&self, key: FileKey) -> bool {
        let (first, end) = self.hours();
        key.span >= first && key.span < end && key.generation < self.folded_before(key.span)
    }
}

/// The names of a part of this day and version: folder, file, list.
pub(crate) fn names(dt: Date, version: u64) -> (String, String, String) {
    let folder = format!("dt={dt}");
    let (file, list) =
        (format!("{folder}/part-{version}.parquet"), format!("{folder}/_part-{version}.series"));
    (folder, file, list)
}

/// Where a part waits until the manifest names it: engines that read the folder pass it by.
pub(crate) fn waiting(folder: &Path, file: &str) -> PathBuf {
    let (of_day, name) = file.rsplit_once('/').unwrap_or(("", file));
    folder.join(of_day).join(format!("_{name}"))
}

/// Reads the manifest of a table; an empty one when there is none.
pub(super) fn read(folder: &Path) -> Result<Manifest, ReadingsFault> {
    let path = folder.join(NAME);
    match std::fs::read(&path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes).map_err(|reason| ReadingsFault::Manifest { path, reason })
        }
        Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => Ok(Manifest::default()),
        Err(reason) => Err(ReadingsFault::Folder { path, reason }),
    }
}

/// Replaces the manifest: whole and durably, or not at all.
pub(super) fn replace(folder: &Path, manifest: &Manifest) -> Result<(), ReadingsFault> {
    let (path, next) = (folder.join(NAME), folder.join("_manifest.next"));
    let text = serde_json::to_vec_pretty(manifest)
        .map_err(|reason| ReadingsFault::Manifest { path: path.clone(), reason })?;
    let replaced = || {
        let mut file = File::create(&next)?;
        file.write_all(&text)?;
        file.sync_all()?;
        std::fs::rename(&next, &path)?;
        sync_folder(folder)
    };
    replaced().map_err(|reason| ReadingsFault::Folder { path: path.clone(), reason })
}

/// Makes durable what was made, renamed or removed in a folder.
pub(crate) fn sync_folder(folder: &Path) -> std::io::Result<()> {
    File::open(folder)?.sync_all()
}
