//! What became of every row of a file, and what was found on the way.

use std::collections::BTreeMap;
use std::fmt;

use baotu_vocabulary::{CategoryCode, ImportId, UnitCode};
use serde::Serialize;

use super::finding::{Finding, FindingTally};
use super::reject::Rejected;

/// Rejects and unmapped words that the printed report shows whole; of further rejects it names the lines.
pub(crate) const REPORT_ROWS_MAX: usize = 20;

/// The outcome of one run. `read` is the sum of `imported`, `known`, `repeated` and the rejected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImportReport {
    /// The run.
    pub run: ImportId,
    /// What the mapping calls itself.
    pub title: String,
    /// The other system.
    pub source: String,
    /// Rows read.
    pub read: u64,
    /// Rows that are a new case now.
    pub imported: u64,
    /// Rows whose case was stored before.
    pub known: u64,
    /// Rows that say the same as an earlier row of the file.
    pub repeated: u64,
    /// Rows kept for mending.
    pub rejected: Vec<Rejected>,
    /// Rejects of earlier runs that this run has mended.
    pub mended: u64,
    /// Imported and known rows by category.
    pub categories: BTreeMap<CategoryCode, u64>,
    /// Categories that the mapping doesn't know, with their rows.
    pub unmapped_categories: BTreeMap<String, u64>,
    /// Imported and known rows by unit.
    pub units: BTreeMap<UnitCode, u64>,
    /// Units that the mapping doesn't know, with their rows.
    pub unmapped_units: BTreeMap<String, u64>,
    /// What looked odd in imported and known rows.
    pub findings: BTreeMap<Finding, FindingTally>,
}

impl ImportReport {
    pub(crate) fn new(run: ImportId, title: &str, source: &str) -> Self {
        Self {
            run,
            title: title.to_owned(),
            source: source.to_owned(),
            read: 0,
            imported: 0,
            known: 0,
            repeated: 0,
            rejected: Vec::new(),
            mended: 0,
            categories: BTreeMap::new(),
            unmapped_categories: BTreeMap::new(),
            units: BTreeMap::new(),
            unmapped_units: BTreeMap::new(),
            findings: BTreeMap::new(),
        }
    }

    /// Whether every row has an outcome.
    pub fn is_complete(&self) -> bool {
        self.read == self.imported + self.known + self.repeated + self.rejected.len() as u64
    }
}

impl fmt::Display for ImportReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}（{}）", self.title, self.source)?;
        writeln!(
            f,
            "读取 {} 行：导入 {}，已有 {}，重复 {}，退回待改 {}",
            self.read,
            self.imported,
            self.known,
            self.repeated,
            self.rejected.len()
        )?;
        if self.mended > 0 {
            writeln!(f, "以前退回的行已改好 {} 行", self.mended)?;
        }
        tally(f, "分类", &self.categories, usize::MAX)?;
        tally(f, "未对应的分类", &self.unmapped_categories, REPORT_ROWS_MAX)?;
        tally(f, "单位", &self.units, usize::MAX)?;
        tally(f, "未对应的单位", &self.unmapped_units, REPORT_ROWS_MAX)?;
        if !self.findings.is_empty() {
            writeln!(f, "照实导入但需留意：")?;
            for (finding, tally) in &self.findings {
                let lines: Vec<String> = tally.lines.iter().map(u64::to_string).collect();
                let more = if tally.rows > tally.lines.len() as u64 { "…" } else { "" };
                writeln!(
                    f,
                    "  {}：{} 行（第 {}{more} 行）",
                    finding.sentence(),
                    tally.rows,
                    lines.join("、")
                )?;
            }
        }
        if !self.rejected.is_empty() {
            writeln!(f, "退回待改：")?;
            for rejected in self.rejected.iter().take(REPORT_ROWS_MAX) {
                writeln!(f, "  {rejected}")?;
            }
            if self.rejected.len() > REPORT_ROWS_MAX {
                let rest: Vec<String> = self.rejected[REPORT_ROWS_MAX..]
                    .iter()
                    .map(|rejected| rejected.line.to_string())
                    .collect();
                writeln!(f, "  …另有 {} 行，原因见退回表：第 {} 行", rest.len(), rest.join("、"))?;
            }
        }
        Ok(())
    }
}

/// One line of counts, the largest first, at most `shown` of them.
fn tally<K: fmt::Display>(
    f: &mut fmt::Formatter<'_>,
    title: &str,
    counts: &BTreeMap<K, u64>,
    shown: usize,
) -> fmt::Result {
    if counts.is_empty() {
        return Ok(());
    }
    let mut rows: Vec<(&K, u64)> = counts.iter().map(|(key, rows)| (key, *rows)).collect();
    rows.sort_by_key(|(_, rows)| std::cmp::Reverse(*rows));
    write!(f, "{title}（{} 类）：", rows.len())?;
    for (place, (key, rows)) in rows.iter().take(shown).enumerate() {
        write!(f, "{}{key} {rows}", if place == 0 { "" } else { "，" })?;
    }
    writeln!(f, "{}", if rows.len() > shown { "…" } else { "" })
}
