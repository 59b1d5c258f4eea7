//! Code tables: classes and reasons by code and day; the tables of several standards stand beside each other.

use std::collections::HashMap;

use baotu_vocabulary::CategoryCode;
use jiff::civil::Date;

use crate::system::{CodeRow, CodeTableHead};

/// Levels of a table that are followed from a code to its top.
const LEVELS_MAX: usize = 12;

/// One table with its rows.
#[derive(Clone, Debug)]
pub struct CodeTable {
    head: CodeTableHead,
    rows: Vec<CodeRow>,
    by_code: HashMap<CategoryCode, Vec<usize>>,
    by_parent: HashMap<Option<CategoryCode>, Vec<usize>>,
}

impl CodeTable {
    pub(crate) fn new(head: CodeTableHead, rows: Vec<CodeRow>) -> Self {
        let mut by_code: HashMap<CategoryCode, Vec<usize>> = HashMap::new();
        let mut by_parent: HashMap<Option<CategoryCode>, Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            by_code.entry(row.code.clone()).or_default().push(index);
            by_parent.entry(row.parent.clone()).or_default().push(index);
        }
        Self { head, rows, by_code, by_parent }
    }

    /// Name, title, standard, and what is missing.
    pub const fn head(&self) -> &CodeTableHead {
        &self.head
    }

    /// All rows as declared, those out of force too.
    pub fn rows(&self) -> &[CodeRow] {
        &self.rows
    }

    /// The row of a code in force on `day`.
    pub fn get(&self, code: &str, day: Date) -> Option<&CodeRow> {
        self.versions(code).find(|row| row.in_force(day))
    }

    /// The row of a code whatever the day, the newest one: for records that are older than the table.
    pub fn newest(&self, code: &str) -> Option<&CodeRow> {
        self.versions(code).max_by_key(|row| row.valid_from)
    }

    /// The codes directly below `parent`, or at the top, in force on `day`, in the order of the file.
    pub fn children(&self, parent: Option<&CategoryCode>, day: Date) -> impl Iterator<Item = &CodeRow> {
        let indexes = self.by_parent.get(&parent.cloned()).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().map(|index| &self.rows[*index]).filter(move |row| row.in_force(day))
    }

    /// Whether nothing stands below the code.
    pub fn is_leaf(&self, code: &CategoryCode) -> bool {
        !self.by_parent.contains_key(&Some(code.clone()))
    }

    /// The rows from the top down to the code, itself last; empty when the code is unknown.
    pub fn path(&self, code: &str, day: Date) -> Vec<&CodeRow> {
        let find = |code: &str| self.get(code, day).or_else(|| self.newest(code));
        let mut path: Vec<&CodeRow> =
            std::iter::successors(find(code), |row| find(row.parent.as_ref()?.as_str()))
                .take(LEVELS_MAX)
                .collect();
        path.reverse();
        path
    }

    fn versions(&self, code: &str) -> impl Iterator<Item = &CodeRow> {
        let indexes = self.by_code.get(code).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().map(|index| &self.rows[*index])
    }
}

impl CodeRow {
    /// Whether the row holds on `day`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
