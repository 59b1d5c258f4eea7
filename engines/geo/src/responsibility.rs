//! Who answers for a place: units by the division they are in charge of, and areas that cut across divisions.
//!
//! Which unit of several is right for a category is the function list's question (权责清单), not answered here.

use std::collections::{BTreeMap, HashMap};

use baotu_vocabulary::{DivisionCode, UnitCode};

use crate::division::{Divisions, number_of};
use crate::grid::Grid;
use crate::places::{AreaDeclared, PlaceProblem, UnitDeclared};

/// A unit, as far as places are concerned.
#[derive(Clone, Debug)]
pub struct ResponsibleUnit {
    /// Own short code.
    pub code: UnitCode,
    /// Shown.
    pub name: String,
    /// For example `street-office`.
    pub kind: String,
}

/// A responsibility area: a set of cells that somebody looks after (监督网格, 社区网格).
#[derive(Clone, Debug)]
pub struct ResponsibilityArea {
    /// Own code.
    pub code: String,
    /// Shown.
    pub name: String,
    /// For example `supervision-grid` or `community-grid`.
    pub kind: String,
    /// The unit in charge.
    pub unit: Option<UnitCode>,
    /// Its cells, in the order of their codes.
    pub(crate) cells: Vec<u32>,
}

/// Another area on the same ground.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Overlap<'a> {
    /// The other area's code.
    pub code: &'a str,
    /// Cells that both have.
    pub cells: usize,
}

/// Units by division and areas by cell.
#[derive(Clone, Debug, Default)]
pub(crate) struct Responsibility {
    units: Vec<ResponsibleUnit>,
    by_division: HashMap<u32, Vec<u32>>,
    areas: Vec<ResponsibilityArea>,
    by_cell: HashMap<u32, Vec<u32>>,
}

impl Responsibility {
    pub(crate) fn new(
        divisions: &Divisions,
        grid: Option<&Grid>,
        units: &[UnitDeclared],
        areas: &[AreaDeclared],
        problems: &mut Vec<PlaceProblem>,
    ) -> Self {
        let mut responsibility = Self::default();
        let mut sorted: Vec<&UnitDeclared> = units.iter().collect();
        sorted.sort_by(|one, other| one.code.cmp(&other.code));
        for unit in sorted {
            let Some(division) = divisions.number(unit.area) else {
                problems.push(PlaceProblem {
                    about: unit.code.to_string(),
                    code: "unknown-area",
                    message: format!("“{}”的辖区 {} 不存在", unit.name, unit.area),
                    hint: "area 列应为现行的区划代码",
                });
                continue;
            };
            let number = number_of(responsibility.units.len());
            responsibility.by_division.entry(division).or_default().push(number);
            responsibility.units.push(ResponsibleUnit {
                code: unit.code.clone(),
                name: unit.name.clone(),
                kind: unit.kind.clone(),
            });
        }
        if let Some(grid) = grid {
            for area in areas {
                responsibility.add_area(divisions, grid, area, problems);
            }
        }
        responsibility
    }

    fn add_area(
        &mut self,
        divisions: &Divisions,
        grid: &Grid,
        area: &AreaDeclared,
        problems: &mut Vec<PlaceProblem>,
    ) {
        let mut cells = Vec::new();
        for member in &area.members {
            let found = cells_of(divisions, grid, member);
            if found.is_empty() {
                problems.push(PlaceProblem {
                    about: area.code.clone(),
                    code: "unknown-member",
                    message: format!("“{}”的成员 {member} 既不是区划也不是网格", area.name),
                    hint: "成员写 6、9、12 位区划代码或 15 位网格代码",
                });
            }
            cells.extend(found);
        }
        cells.sort_unstable();
        cells.dedup();
        let number = number_of(self.areas.len());
        for cell in &cells {
            let held = self.by_cell.entry(*cell).or_default();
            if let Some(same) = held.iter().find(|other| self.areas[**other as usize].kind == area.kind) {
                problems.push(PlaceProblem {
                    about: area.code.clone(),
                    code: "areas-overlap",
                    message: format!(
                        "网格 {} 同时属于同类的“{}”",
                        grid.cells[*cell as usize].code, self.areas[*same as usize].code
                    ),
                    hint: "同一类责任区不得重叠",
                });
            }
            held.push(number);
        }
        self.areas.push(ResponsibilityArea {
            code: area.code.clone(),
            name: area.name.clone(),
            kind: area.kind.clone(),
            unit: area.unit.clone(),
            cells,
        });
    }

    /// The units whose areas are `divisions`, in their order; of one division, in the order of their codes.
    pub(crate) fn units(
        &self,
        divisions: impl Iterator<Item = u32>,
    ) -> impl Iterator<Item = &ResponsibleUnit> {
        let here = |division| self.by_division.get(&division).into_iter().flatten();
        divisions.flat_map(here).map(|unit| &self.units[*unit as usize])
    }

    pub(crate) fn areas_of(&self, cell: u32) -> impl Iterator<Item = &ResponsibilityArea> {
        self.by_cell.get(&cell).into_iter().flatten().map(|area| &self.areas[*area as usize])
    }

    pub(crate) fn area(&self, code: &str) -> Option<&ResponsibilityArea> {
        self.areas.iter().find(|area| area.code == code)
    }

    /// The areas that share cells with `area`, the largest share first (多网合一: the relation between grids).
    pub(crate) fn overlaps(&self, area: &ResponsibilityArea) -> Vec<Overlap<'_>> {
        let mut shared: BTreeMap<u32, usize> = BTreeMap::new();
        for other in area.cells.iter().filter_map(|cell| self.by_cell.get(cell)).flatten() {
            *shared.entry(*other).or_default() += 1;
        }
        let mut overlaps: Vec<Overlap<'_>> = shared
            .into_iter()
            .map(|(other, cells)| Overlap { code: &self.areas[other as usize].code, cells })
            .filter(|overlap| overlap.code != area.code)
            .collect();
        overlaps.sort_by(|one, other| other.cells.cmp(&one.cells).then(one.code.cmp(other.code)));
        overlaps
    }
}

/// The cells that a member of an area names: one cell by its code, or all of a division.
fn cells_of(divisions: &Divisions, grid: &Grid, member: &str) -> Vec<u32> {
    if let Ok(cell) = grid.cells.binary_search_by(|cell| cell.code.as_str().cmp(member)) {
        return vec![number_of(cell)];
    }
    let Some(division) = member.parse::<DivisionCode>().ok().and_then(|code| divisions.number(code)) else {
        return Vec::new();
    };
    (0..number_of(grid.cells.len()))
        .filter(|cell| divisions.lineage(grid.cells[*cell as usize].division).any(|above| above == division))
        .collect()
}
