//! The tree of divisions by code, and what lies inside what.
//!
//! Codes alone decide where they can; a street of a functional zone is found by its declared parent.

use std::collections::HashMap;

use baotu_vocabulary::DivisionCode;
use jiff::civil::Date;

use crate::places::Division;

/// Levels that are followed from a division to the city.
const LEVELS_MAX: usize = 8;

/// The divisions of the pack, abolished ones too.
#[derive(Clone, Debug, Default)]
pub struct Divisions {
    rows: Vec<Division>,
    by_code: HashMap<String, Vec<usize>>,
    by_parent: HashMap<String, Vec<usize>>,
}

impl Divisions {
    pub(crate) fn new(rows: Vec<Division>) -> Self {
        let mut by_code: HashMap<String, Vec<usize>> = HashMap::new();
        let mut by_parent: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, row) in rows.iter().enumerate() {
            by_code.entry(row.code.clone()).or_default().push(index);
            if let Some(parent) = &row.parent {
                by_parent.entry(parent.clone()).or_default().push(index);
            }
        }
        Self { rows, by_code, by_parent }
    }

    /// All of them, in the order of the file.
    pub fn all(&self) -> &[Division] {
        &self.rows
    }

    /// The division of a code, the newest row if there are several.
    pub fn get(&self, code: &str) -> Option<&Division> {
        let indexes = self.by_code.get(code)?;
        indexes.iter().map(|index| &self.rows[*index]).max_by_key(|row| row.valid_from)
    }

    /// The division of a code as it was on `day`.
    pub fn get_on(&self, code: &str, day: Date) -> Option<&Division> {
        let indexes = self.by_code.get(code)?;
        indexes.iter().map(|index| &self.rows[*index]).find(|row| row.in_force(day))
    }

    /// Those directly below a code.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Division> {
        let indexes = self.by_parent.get(code).map(Vec::as_slice).unwrap_or_default();
        indexes.iter().map(|index| &self.rows[*index])
    }

    /// The division and those above it, itself first.
    pub fn lineage<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Division> {
        std::iter::successors(self.get(code), |row| self.get(row.parent.as_deref()?)).take(LEVELS_MAX)
    }

    /// Whether `code` is `area` or lies inside it, by declared parents and by the digits of the codes.
    pub fn within(&self, code: &str, area: &str) -> bool {
        if code == area || self.lineage(code).any(|division| division.code == area) {
            return true;
        }
        match (code.parse::<DivisionCode>(), area.parse::<DivisionCode>()) {
            (Ok(code), Ok(area)) => area.contains(code),
            _ => false,
        }
    }

    /// How many levels `code` stands below the top: the larger, the smaller the area.
    pub(crate) fn depth(&self, code: &str) -> usize {
        self.lineage(code).count()
    }
}

impl Division {
    /// Whether the row holds on `day`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
