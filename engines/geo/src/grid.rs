//! The unit grid (单元网格, GB/T 30428.1): which cell is under a point, and what ground a cell covers.
//!
//! One table of squares answers both for generated and for surveyed cells. Where a square lies in one cell the
//! answer is one look-up; only at borders is an outline asked.

use baotu_vocabulary::{CellCode, Point};
use geo::{BooleanOps, Coord, MultiPolygon, Rect};

use crate::frame::Frame;
use crate::outline::{Outline, overlap};

/// A cell of the unit grid.
#[derive(Clone, Debug)]
pub struct Cell {
    /// 15 digits: 6 division, 3 street, 3 community, 3 serial.
    pub code: CellCode,
    /// A point inside it, near its middle.
    pub centre: Point,
    /// Whether it was generated rather than surveyed.
    pub synthetic: bool,
    pub(crate) division: u32,
    /// The division whose declared outline it lies in, where that is known.
    pub(crate) ground: Option<u32>,
    pub(crate) piece: Piece,
}

/// Ground of a cell: a rectangle, or what lies of it within an outline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Piece {
    pub(crate) rect: Rect<f64>,
    /// The outline that cuts the rectangle; none when it is whole.
    pub(crate) within: Option<u32>,
}

/// What is known of one square.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Node {
    /// No cell reaches into it.
    Outside,
    /// All of it lies in this cell.
    Whole(u32),
    /// Candidates `first..first + count`, asked in turn.
    Border { first: u32, count: u32 },
    /// Four smaller squares, from this node on: south-west, south-east, north-west, north-east.
    Quarters(u32),
}

/// A cell that has the part of a square that lies within an outline.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Candidate {
    pub(crate) outline: u32,
    pub(crate) cell: u32,
}

/// The unit grid of a city.
#[derive(Clone, Debug)]
pub(crate) struct Grid {
    pub(crate) frame: Frame,
    /// The squares of the frame, then quarters.
    pub(crate) nodes: Vec<Node>,
    pub(crate) candidates: Vec<Candidate>,
    pub(crate) outlines: Vec<Outline>,
    /// In the order of their codes.
    pub(crate) cells: Vec<Cell>,
    /// Bits of ground too small for a cell of their own, by the cell that has them.
    pub(crate) slivers: Vec<(u32, Piece)>,
}

impl Grid {
    /// The cell under `point`.
    pub(crate) fn find(&self, point: Coord<f64>) -> Option<u32> {
        let (number, mut rest) = self.frame.find(point)?;
        let mut node = self.nodes[number];
        loop {
            match node {
                Node::Outside => return None,
                Node::Whole(cell) => return Some(cell),
                Node::Border { first, count } => {
                    let candidates = &self.candidates[first as usize..(first + count) as usize];
                    let found =
                        candidates.iter().find(|one| self.outlines[one.outline as usize].contains(point));
                    return found.map(|candidate| candidate.cell);
                }
                Node::Quarters(first) => {
                    let (east, north) = (rest.x >= 0.5, rest.y >= 0.5);
                    node = self.nodes[first as usize + usize::from(east) + 2 * usize::from(north)];
                    rest = Coord {
                        x: rest.x * 2.0 - f64::from(u8::from(east)),
                        y: rest.y * 2.0 - f64::from(u8::from(north)),
                    };
                }
            }
        }
    }

    /// The cells that may reach into `rect`, in the order of their codes.
    pub(crate) fn cells_under(&self, rect: Rect<f64>) -> Vec<u32> {
        let mut open: Vec<Node> = self.frame.under(rect).map(|number| self.nodes[number]).collect();
        let mut cells = Vec::new();
        while let Some(node) = open.pop() {
            match node {
                Node::Outside => {}
                Node::Whole(cell) => cells.push(cell),
                Node::Border { first, count } => {
                    let candidates = &self.candidates[first as usize..(first + count) as usize];
                    cells.extend(candidates.iter().map(|candidate| candidate.cell));
                }
                Node::Quarters(first) => open.extend(&self.nodes[first as usize..first as usize + 4]),
            }
        }
        cells.sort_unstable();
        cells.dedup();
        cells.retain(|cell| self.pieces(*cell).any(|piece| overlap(&piece.rect, &rect)));
        cells
    }

    /// The ground of a cell in CGCS2000 degrees.
    pub(crate) fn shape(&self, cell: u32) -> MultiPolygon<f64> {
        let mut shapes = self.pieces(cell).map(|piece| self.ground(piece));
        let first = shapes.next().unwrap_or_else(|| MultiPolygon::new(Vec::new()));
        shapes.fold(first, |sum, more| sum.union(&more))
    }

    /// The pieces of a cell, the main one first.
    pub(crate) fn pieces(&self, cell: u32) -> impl Iterator<Item = Piece> + '_ {
        let first = self.slivers.partition_point(|(owner, _)| *owner < cell);
        let slivers = self.slivers[first..].iter().take_while(move |(owner, _)| *owner == cell);
        std::iter::once(self.cells[cell as usize].piece).chain(slivers.map(|(_, piece)| *piece))
    }

    fn ground(&self, piece: Piece) -> MultiPolygon<f64> {
        let whole = || MultiPolygon::new(vec![piece.rect.to_polygon()]);
        match piece.within.map(|outline| &self.outlines[outline as usize]) {
            None => whole(),
            Some(outline) if covers(&piece.rect, &outline.bounds()) => outline.shape().clone(),
            Some(outline) => whole().intersection(outline.shape()),
        }
    }
}

/// Whether `outer` holds all of `inner`.
pub(crate) fn covers(outer: &Rect<f64>, inner: &Rect<f64>) -> bool {
    outer.min().x <= inner.min().x
        && outer.min().y <= inner.min().y
        && outer.max().x >= inner.max().x
        && outer.max().y >= inner.max().y
}
