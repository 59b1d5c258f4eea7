//! The surveyed unit grid of a city: its own outlines and codes, put under the same table of squares.

use std::collections::HashMap;

use baotu_vocabulary::{DivisionCode, Point};
use geo::{Area, InteriorPoint};

use crate::cutting::{around, coord};
use crate::division::{Divisions, number_of};
use crate::frame::Frame;
use crate::grid::{Candidate, Cell, Grid, Node, Piece};
use crate::outline::Outline;
use crate::places::{CellDeclared, PlaceProblem};

/// Digits of a cell's code (GB/T 30428.1).
const CODE_DIGITS: usize = 15;
/// Edge of the table's squares in metres, least and most: about a cell's own edge is best.
const EDGE_METRES: (f64, f64) = (25.0, 2_000.0);
/// Metres per degree, roughly; only to choose the edge.
const METRES_PER_DEGREE: f64 = 100_000.0;

/// Builds the grid of the declared cells; cells with a bad code or no area are left out, with a problem.
pub(crate) fn survey(
    divisions: &Divisions,
    grounds: &[(u32, Outline)],
    declared: &[CellDeclared],
    problems: &mut Vec<PlaceProblem>,
) -> Option<Grid> {
    let mut sorted: Vec<&CellDeclared> = declared.iter().collect();
    sorted.sort_by(|one, other| one.code.cmp(&other.code));
    let mut problem = |cell: &CellDeclared, code: &'static str, message: &str, hint: &'static str| {
        problems.push(PlaceProblem { about: cell.code.to_string(), code, message: message.to_owned(), hint });
    };
    let (mut cells, mut outlines): (Vec<Cell>, Vec<Outline>) = (Vec::new(), Vec::new());
    for cell in sorted {
        let Some(division) = division_of(divisions, cell.code.as_str()) else {
            problem(
                cell,
                "cell-code",
                "网格代码不是 15 位数字，或其区划不存在",
                "前 12 位应为现行的社区代码",
            );
            continue;
        };
        if cells.last().is_some_and(|last| last.code == cell.code) {
            problem(cell, "duplicate-cell", "网格代码重复", "每个网格一个代码");
            continue;
        }
        let inside = cell.outline.interior_point().and_then(|inside| Point::new(inside.x(), inside.y()).ok());
        let (Some(centre), Some(outline)) = (inside, Outline::new(cell.outline.clone())) else {
            problem(cell, "cell-without-area", "网格没有面积", "核对边界坐标");
            continue;
        };
        let piece = Piece { rect: outline.bounds(), within: Some(number_of(outlines.len())) };
        let holds = |(_, outline): &&(u32, Outline)| outline.contains(coord(centre));
        let ground = grounds.iter().find(holds).map(|(owner, _)| *owner);
        cells.push(Cell { code: cell.code.clone(), centre, synthetic: false, division, ground, piece });
        outlines.push(outline);
    }
    let bounds = outlines.iter().map(Outline::bounds).reduce(around)?;
    let frame = Frame::new(bounds, edge_for(&outlines));
    let grid = table(frame, cells, outlines);
    for (number, cell) in grid.cells.iter().enumerate() {
        let found = grid.find(coord(cell.centre));
        if found != Some(number_of(number)) {
            let other = found.map_or("无网格", |other| grid.cells[other as usize].code.as_str());
            problems.push(PlaceProblem {
                about: cell.code.to_string(),
                code: "cells-overlap",
                message: format!("网格中部落在“{other}”内"),
                hint: "单元网格不得重叠",
            });
        }
    }
    Some(grid)
}

/// Sorts the outlines into squares: one look-up where a square lies in one cell alone.
fn table(frame: Frame, cells: Vec<Cell>, outlines: Vec<Outline>) -> Grid {
    let squares: Vec<_> = frame.squares().collect();
    let mut held: HashMap<usize, Vec<(u32, bool)>> = HashMap::new();
    for (number, outline) in outlines.iter().enumerate() {
        for square in frame.under(outline.bounds()) {
            let rect = &squares[square];
            let crossed = outline.crosses(rect);
            if crossed || outline.contains(rect.center()) {
                held.entry(square).or_default().push((number_of(number), crossed));
            }
        }
    }
    let (mut nodes, mut candidates) = (Vec::with_capacity(squares.len()), Vec::new());
    for square in 0..squares.len() {
        nodes.push(match held.get(&square).map(Vec::as_slice) {
            None => Node::Outside,
            Some([(cell, false), ..]) => Node::Whole(*cell),
            Some(several) => {
                let first = number_of(candidates.len());
                candidates.extend(several.iter().map(|(cell, _)| Candidate { outline: *cell, cell: *cell }));
                Node::Border { first, count: number_of(several.len()) }
            }
        });
    }
    Grid { frame, nodes, candidates, outlines, cells, slivers: Vec::new() }
}

/// The division that a cell's code names: the community, or the nearest above it that is known.
fn division_of(divisions: &Divisions, code: &str) -> Option<u32> {
    if code.len() != CODE_DIGITS || !code.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let known =
        |digits: usize| code[..digits].parse::<DivisionCode>().ok().and_then(|code| divisions.number(code));
    [12, 9, 6].into_iter().find_map(known)
}

#[expect(clippy::cast_precision_loss, reason = "a count of cells")]
fn edge_for(outlines: &[Outline]) -> f64 {
    let area: f64 = outlines.iter().map(|outline| outline.bounds().unsigned_area()).sum();
    let edge = (area / outlines.len().max(1) as f64).sqrt() * METRES_PER_DEGREE;
    edge.clamp(EDGE_METRES.0, EDGE_METRES.1)
}
