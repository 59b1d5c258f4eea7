//! The tree of divisions in force, and the way from an abolished code to the one that followed it.

use std::collections::HashMap;

use baotu_vocabulary::{DivisionCode, Point};
use jiff::civil::Date;

use crate::places::{DivisionDeclared, PlaceProblem};

/// Mergers in a row that are followed from an old code to the one in force.
const SUCCESSIONS_MAX: usize = 8;

/// A division in force.
#[derive(Clone, Debug)]
pub struct Division {
    /// Its code.
    pub code: DivisionCode,
    /// Shown.
    pub name: String,
    /// `city`, `district`, `street`, `town`, `community`, `village`, or `zone`: a statistical division on the
    /// ground of districts.
    pub kind: String,
    /// Where its name stands on the map.
    pub label: Option<Point>,
    /// Whether its ground comes from a declared outline; else it is made of generated cells and synthetic.
    pub surveyed: bool,
    pub(crate) parent: Option<u32>,
    pub(crate) children: Vec<u32>,
}

/// The divisions in force, in the order of their codes.
#[derive(Clone, Debug, Default)]
pub struct Divisions {
    all: Vec<Division>,
    numbers: HashMap<DivisionCode, u32>,
    successors: HashMap<DivisionCode, DivisionCode>,
}

impl Divisions {
    /// Builds the tree of those in force on `today`.
    pub(crate) fn new(declared: &[DivisionDeclared], today: Date, problems: &mut Vec<PlaceProblem>) -> Self {
        let mut divisions = Self::default();
        let mut rows: Vec<&DivisionDeclared> = Vec::new();
        for row in declared {
            if let Some(successor) = row.successor {
                divisions.successors.insert(row.code, successor);
            }
            let begun = row.valid_from.is_none_or(|from| from <= today);
            let ended = row.valid_to.is_some_and(|to| to < today);
            if begun && !ended {
                rows.push(row);
            }
        }
        rows.sort_by_key(|row| row.code);
        for row in rows {
            let number = number_of(divisions.all.len());
            if divisions.numbers.insert(row.code, number).is_some() {
                problems.push(PlaceProblem {
                    about: row.code.to_string(),
                    code: "duplicate-division",
                    message: format!("区划“{}”在同一时期重复声明", row.name),
                    hint: "同一代码只留一行，或用 valid_from / valid_to 分开",
                });
            }
            divisions.all.push(Division {
                code: row.code,
                name: row.name.clone(),
                kind: row.kind.clone(),
                label: row.label,
                surveyed: false,
                parent: None,
                children: Vec::new(),
            });
        }
        divisions.join(declared, problems);
        divisions
    }

    /// Hangs each division under its parent: the declared one, or the nearest that its code names.
    fn join(&mut self, declared: &[DivisionDeclared], problems: &mut Vec<PlaceProblem>) {
        let named: HashMap<DivisionCode, DivisionCode> =
            declared.iter().filter_map(|row| Some((row.code, row.parent?))).collect();
        for number in 0..number_of(self.all.len()) {
            let code = self.get(number).code;
            let parent = match named.get(&code) {
                Some(parent) => self.number(*parent),
                None => code.lineage().skip(1).find_map(|above| self.number(above)),
            };
            let declared_but_missing = parent.is_none() && named.contains_key(&code);
            let parent = parent.filter(|parent| !self.lineage(*parent).any(|above| above == number));
            if declared_but_missing || (parent.is_none() && self.get(number).kind != "city") {
                problems.push(PlaceProblem {
                    about: code.to_string(),
                    code: "division-without-parent",
                    message: format!("找不到“{}”的上级区划", self.get(number).name),
                    hint: "在 parent 列写出现行的上级代码",
                });
            }
            self.all[number as usize].parent = parent;
            if let Some(parent) = parent {
                self.all[parent as usize].children.push(number);
            }
        }
    }

    /// Whether the division has a code of its own but stands on the ground of districts (370176).
    pub(crate) fn is_zone(division: &Division) -> bool {
        division.kind == "zone"
    }

    /// All, in the order of their codes.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Division> {
        self.all.iter()
    }

    /// The division in force under `code`, or the one that followed it.
    pub fn resolve(&self, code: DivisionCode) -> Option<&Division> {
        self.number(code).map(|number| self.get(number))
    }

    /// The names of the division and of those above it, the largest first; empty for an unknown code.
    pub fn names_above(&self, code: DivisionCode) -> Vec<&str> {
        let lineage = self.number(code).into_iter().flat_map(|number| self.lineage(number));
        let mut names: Vec<&str> = lineage.map(|number| self.get(number).name.as_str()).collect();
        names.reverse();
        names
    }

    /// The divisions directly below `parent`.
    pub fn children<'a>(&'a self, parent: &'a Division) -> impl Iterator<Item = &'a Division> {
        parent.children.iter().map(|number| self.get(*number))
    }

    /// The topmost divisions.
    pub fn roots(&self) -> impl Iterator<Item = &Division> {
        self.all.iter().filter(|division| division.parent.is_none())
    }

    pub(crate) fn get(&self, number: u32) -> &Division {
        &self.all[number as usize]
    }

    pub(crate) fn get_mut(&mut self, number: u32) -> &mut Division {
        &mut self.all[number as usize]
    }

    pub(crate) fn number(&self, code: DivisionCode) -> Option<u32> {
        let mut code = code;
        for _ in 0..SUCCESSIONS_MAX {
            if let Some(number) = self.numbers.get(&code) {
                return Some(*number);
            }
            code = *self.successors.get(&code)?;
        }
        None
    }

    /// The division and those above it, the nearest first.
    pub(crate) fn lineage(&self, number: u32) -> impl Iterator<Item = u32> + '_ {
        std::iter::successors(Some(number), |number| self.get(*number).parent)
    }

    /// The divisions that have none below themselves.
    pub(crate) fn leaves(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..)
            .zip(&self.all)
            .filter(|(_, division)| division.children.is_empty())
            .map(|(number, _)| number)
    }
}

/// Numbers into tables are `u32`: a city has fewer than four thousand million of anything.
pub(crate) fn number_of(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 rows fit in memory")
}
