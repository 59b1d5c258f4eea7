//! One run of an import: batches of rows, each stored in one unit of work together with its rejects.
//!
//! A run that dies leaves whole batches; run again, it finds their cases known and goes on.

use std::collections::HashMap;
use std::io::Read;

use baotu_storage::{CommitError, Digest, Store, StoreFault, Work, params};
use baotu_vocabulary::{ImportId, Moment, Surroundings};
use jiff::tz::TimeZone;

use super::case::{CaseSink, ImportedCase, Prepared};
use super::mapping::Mapping;
use super::reading::{Read as ReadRow, Reading};
use super::reject::{self, Mended, RejectProblem, Rejected};
use super::report::ImportReport;
use super::source::{self, Content, Index, RawRow, Source};

pub use super::source::SourceRefused as ImportRefused;

/// Rows stored in one unit of work.
pub const BATCH_ROWS: usize = 200;

/// Bytes of a source, unpacked.
pub const SOURCE_BYTES_MAX: u64 = 512 << 20;

/// How often a batch is asked for again when somebody else stores the same cases at the same time.
const ATTEMPTS_MAX: usize = 5;

/// Why a run could not go on.
#[derive(Debug, thiserror::Error)]
pub enum ImportFault {
    /// The file is not what the mapping describes; nothing was imported.
    #[error(transparent)]
    Refused(#[from] ImportRefused),
    /// The store failed; the batches before are stored.
    #[error("storing failed after {rows} rows")]
    Store {
        /// Rows that have their outcome stored.
        rows: u64,
        /// What failed.
        #[source]
        fault: StoreFault,
    },
    /// Somebody else kept storing the same cases; run it again.
    #[error("another import stores the same cases at the same time ({0})")]
    Contended(String),
}

/// What a run needs beside the file and the mapping.
pub struct Import<'a> {
    /// Where runs and rejects are kept.
    pub store: &'a Store,
    /// Who takes the cases.
    pub sink: &'a dyn CaseSink,
    /// The time and the chance.
    pub surroundings: &'a dyn Surroundings,
    /// The city's zone, for times that name none.
    pub zone: TimeZone,
    /// The city's bounds `[west, south, east, north]` in degrees.
    pub bounds: Option<[f64; 4]>,
}

/// A row on its way through a batch.
struct Pending<'a> {
    raw: &'a RawRow,
    mends: Option<Mended>,
    read: ReadRow,
}

/// A run in progress.
struct Run<'a> {
    import: &'a Import<'a>,
    mapping: &'a Mapping,
    source: Source,
    index: Index,
    report: ImportReport,
    /// The line and content of each external id that this file brought.
    seen: HashMap<String, (u64, Digest)>,
    /// How often a rejected content came already.
    rejected_before: HashMap<String, u64>,
}

impl Import<'_> {
    /// Imports all of `reader`. The report names every row that isn't a case now; they are kept for mending too.
    ///
    /// # Errors
    /// See [`ImportFault`]; a bad row is never an error.
    pub async fn run(&self, reader: impl Read, mapping: &Mapping) -> Result<ImportReport, ImportFault> {
        let bytes = source::read_all(reader, SOURCE_BYTES_MAX)?;
        let source = Source::read(&bytes, mapping)?;
        let begun = self.surroundings.now();
        let id = ImportId::new(begun, self.surroundings.chance());
        let zone = mapping.format.time_zone.as_deref().map(TimeZone::get);
        // The mapping was checked: the zone exists.
        let zone = zone.and_then(Result::ok).unwrap_or_else(|| self.zone.clone());
        let mut run = Run {
            import: self,
            mapping,
            index: source.index(),
            source,
            report: ImportReport::new(id, &mapping.title, &mapping.source),
            seen: HashMap::new(),
            rejected_before: HashMap::new(),
        };
        run.begin(begun, &Digest::of(&bytes)).await?;
        let rows = std::mem::take(&mut run.source.rows);
        for batch in rows.chunks(BATCH_ROWS) {
            run.batch(batch, &zone).await?;
        }
        run.report.rejected.sort_by_key(|rejected| rejected.line);
        run.finish().await?;
        Ok(run.report)
    }
}

impl Run<'_> {
    async fn batch(&mut self, rows: &[RawRow], zone: &TimeZone) -> Result<(), ImportFault> {
        let now = self.import.surroundings.now();
        let mut work = Work::new();
        let mut pending = Vec::new();
        let before = self.report.rejected.len();
        for raw in rows {
            self.report.read += 1;
            match self.read(raw, zone, now) {
                Ok(Some(row)) => pending.push(row),
                Ok(None) => self.report.repeated += 1,
                Err(problems) => self.reject(raw, problems),
            }
        }
        let cases: Vec<ImportedCase> = pending.iter().map(|row| row.read.case.clone()).collect();
        for _ in 0..ATTEMPTS_MAX {
            let prepared = self.import.sink.prepare(&cases, now).await.map_err(|fault| self.fault(fault))?;
            let mut attempt = work.clone();
            let mut refused = Vec::new();
            let (mut imported, mut known, mut mended) = (0, 0, 0);
            for (row, prepared) in pending.iter().zip(&prepared) {
                match prepared {
                    Prepared::New(new) => {
                        attempt.append(new.clone());
                        imported += 1;
                    }
                    Prepared::Known => known += 1,
                    Prepared::Refused { field, reason } => {
                        let problem =
                            RejectProblem { column: field.name().to_owned(), reason: reason.clone() };
                        refused.push(self.rejected(row.raw, vec![problem]));
                        continue;
                    }
                }
                if let Some(mends) = &row.mends {
                    reject::mend(&mut attempt, mends, now);
                    mended += 1;
                }
            }
            for rejected in self.report.rejected[before..].iter().chain(&refused) {
                reject::keep(&mut attempt, self.report.run, &self.mapping.source, rejected, now);
            }
            match self.import.store.commit(attempt).await {
                Ok(_) => {
                    self.report.imported += imported;
                    self.report.known += known;
                    self.report.mended += mended;
                    for (row, prepared) in pending.iter().zip(&prepared) {
                        if !matches!(prepared, Prepared::Refused { .. }) {
                            self.tally(row);
                        }
                    }
                    self.report.rejected.extend(refused);
                    return Ok(());
                }
                // Somebody stored one of these cases meanwhile; asked again, the sink knows it.
                Err(CommitError::Duplicate { .. } | CommitError::Conflict(_)) => work = Work::new(),
                Err(CommitError::Fault(fault)) => return Err(self.fault(fault)),
            }
        }
        Err(ImportFault::Contended(self.mapping.source.clone()))
    }

    /// The row as a case; nothing when an earlier row of the file says the same.
    fn read<'r>(
        &mut self,
        raw: &'r RawRow,
        zone: &TimeZone,
        now: Moment,
    ) -> Result<Option<Pending<'r>>, Vec<RejectProblem>> {
        let bounds = self.import.bounds;
        let reading = Reading { mapping: self.mapping, index: &self.index, zone, bounds, now };
        let read = reading.read(raw)?;
        let content = digest(&raw.content);
        let id = &read.case.external_id;
        match self.seen.get(id) {
            Some((_, earlier)) if *earlier == content => return Ok(None),
            Some((line, _)) => {
                let reason = format!("编号与第 {line} 行相同而内容不同");
                return Err(vec![RejectProblem { column: "external_id".to_owned(), reason }]);
            }
            None => self.seen.insert(id.clone(), (raw.line, content)),
        };
        Ok(Some(Pending { raw, mends: self.source.mends(raw, &self.index), read }))
    }

    fn reject(&mut self, raw: &RawRow, problems: Vec<RejectProblem>) {
        let rejected = self.rejected(raw, problems);
        self.report.rejected.push(rejected);
    }

    fn rejected(&mut self, raw: &RawRow, problems: Vec<RejectProblem>) -> Rejected {
        let mut row = self.source.keep(raw, self.mapping);
        // A row that is still wrong after mending stays the reject that it was.
        let known = self.source.mends(raw, &self.index).map(|Mended(id)| id);
        let id = known.unwrap_or_else(|| {
            let content = serde_json::Value::Object(row.clone()).to_string();
            let before = self.rejected_before.entry(content).or_default();
            *before += 1;
            reject::id(&self.mapping.source, &row, *before)
        });
        row.retain(|column, _| !reject::is_told_elsewhere(column));
        Rejected { id, line: raw.line, problems, row }
    }

    fn tally(&mut self, row: &Pending<'_>) {
        let report = &mut self.report;
        *report.categories.entry(row.read.case.category.clone()).or_default() += 1;
        if let Some(unit) = &row.read.case.unit {
            *report.units.entry(unit.clone()).or_default() += 1;
        }
        if let Some(word) = &row.read.unmapped_category {
            *report.unmapped_categories.entry(word.clone()).or_default() += 1;
        }
        if let Some(word) = &row.read.unmapped_unit {
            *report.unmapped_units.entry(word.clone()).or_default() += 1;
        }
        for finding in &row.read.findings {
            report.findings.entry(*finding).or_default().count(row.raw.line);
        }
    }

    async fn begin(&self, now: Moment, digest: &Digest) -> Result<(), ImportFault> {
        let mut work = Work::new();
        work.run(
            "INSERT INTO doors_import_run (id, source, title, digest, begun_at) VALUES ($1, $2, $3, $4, $5)",
            params![
                self.report.run,
                self.mapping.source.as_str(),
                self.mapping.title.as_str(),
                digest.to_string(),
                now
            ],
        );
        self.commit(work).await
    }

    async fn finish(&self) -> Result<(), ImportFault> {
        let report = &self.report;
        let counts = serde_json::json!({
            "read": report.read, "imported": report.imported, "known": report.known,
            "repeated": report.repeated, "rejected": report.rejected.len(), "mended": report.mended,
        });
        let mut work = Work::new();
        work.run(
            "UPDATE doors_import_run SET ended_at = $2, counts = $3 WHERE id = $1",
            params![report.run, self.import.surroundings.now(), counts],
        );
        self.commit(work).await
    }

    async fn commit(&self, work: Work) -> Result<(), ImportFault> {
        match self.import.store.commit(work).await {
            Ok(_) => Ok(()),
            Err(CommitError::Fault(fault)) => Err(self.fault(fault)),
            Err(other) => Err(ImportFault::Contended(other.to_string())),
        }
    }

    fn fault(&self, fault: StoreFault) -> ImportFault {
        ImportFault::Store { rows: self.report.imported + self.report.known + self.report.repeated, fault }
    }
}

/// The content of a row, for telling a repetition from a contradiction.
fn digest(content: &Content) -> Digest {
    match content {
        Content::Cells(cells) => Digest::of(serde_json::Value::from(cells.as_slice()).to_string().as_bytes()),
        Content::Object(object) => {
            Digest::of(serde_json::Value::Object(object.clone()).to_string().as_bytes())
        }
        Content::Broken { text, .. } => Digest::of(text.as_bytes()),
    }
}
