//! Which time limit holds for a case: by key, category, level and day, with the document it comes from.
//!
//! When a limit ends is the calendar's business.

use baotu_vocabulary::Limit;
use jiff::civil::Date;

use crate::procedure::LimitRow;

/// The rows of a system's `limits.csv`.
#[derive(Clone, Debug, Default)]
pub struct Limits {
    rows: Vec<LimitRow>,
}

/// The limit that holds, and the row that says so.
#[derive(Clone, Copy, Debug)]
pub struct ChosenLimit<'a> {
    /// How much time.
    pub limit: Limit,
    /// The row of `limits.csv`.
    pub row: &'a LimitRow,
}

impl ChosenLimit<'_> {
    /// Where the limit comes from, for example `鲁政办字…；分类 02 · 紧急`.
    pub fn basis(&self) -> String {
        let mut basis = self.row.source.clone();
        if !self.row.category.is_empty() {
            basis.push_str(&format!("；分类 {}", self.row.category));
        }
        if !self.row.level.is_empty() {
            basis.push_str(&format!("；{}", self.row.level));
        }
        basis
    }
}

impl Limits {
    pub(crate) const fn new(rows: Vec<LimitRow>) -> Self {
        Self { rows }
    }

    /// The limit in force on `day`: the row with the longest matching prefix of the category wins, and among those
    /// one that names the level over one that does not.
    pub fn choose(&self, key: &str, category: &str, level: &str, day: Date) -> Option<ChosenLimit<'_>> {
        let row = self
            .rows
            .iter()
            .filter(|row| row.key == key && row.in_force(day))
            .filter(|row| category.starts_with(&row.category) && (row.level.is_empty() || row.level == level))
            .max_by_key(|row| (row.category.len(), !row.level.is_empty(), row.valid_from))?;
        Some(ChosenLimit { limit: row.limit()?, row })
    }

    /// All rows, as declared.
    pub fn rows(&self) -> &[LimitRow] {
        &self.rows
    }
}

impl LimitRow {
    /// The amount of its unit; `None` when the unit is no word of limits, which the check has refused.
    pub fn limit(&self) -> Option<Limit> {
        Limit::new(self.amount, self.unit.parse().ok()?).ok()
    }

    /// Whether the row holds on `day`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
