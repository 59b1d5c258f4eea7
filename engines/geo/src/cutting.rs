//! Cutting outlines into square cells, for a city without a surveyed unit grid.
//!
//! The same declaration gives the same cells and codes. A square belongs to the community whose label is nearest
//! to its middle; where several communities have their labels in one square it is quartered, so that each gets
//! ground of its own. Cells made here are synthetic and say so.

use std::collections::HashMap;

use baotu_vocabulary::{CellCode, Point};
use geo::{Coord, InteriorPoint, Rect};
use rstar::RTree;
use rstar::primitives::GeomWithData;

use crate::division::{Divisions, number_of};
use crate::frame::Frame;
use crate::grid::{Candidate, Cell, Grid, Node, Piece, covers};
use crate::outline::{Outline, overlap};
use crate::places::PlaceProblem;

/// A square is quartered at most this often: 500 m become 62.5 m, under the classic 万米单元网格.
const QUARTERINGS_MAX: u32 = 3;
/// The ground of a square at a border is judged by this many points each way.
const SAMPLES: u32 = 8;
/// An outline needs this many of the sampled points (of 64) for a cell of its own; less is given to a neighbour.
const SAMPLES_FOR_A_CELL: usize = 4;
/// Serials of a cell within its community: three digits, from 001.
const SERIALS_MAX: usize = 999;

/// An outline to be cut, with the divisions that share its ground.
struct Region {
    outline: u32,
    /// The division of the outline.
    owner: u32,
    leaves: Vec<u32>,
    labels: RTree<GeomWithData<[f64; 2], u32>>,
}

/// A division's label inside the lattice.
#[derive(Clone, Copy)]
struct Label {
    division: u32,
    region: usize,
    at: Coord<f64>,
}

/// A cell before it has a code.
struct Draft {
    division: u32,
    /// The division whose outline was cut.
    owner: u32,
    region: usize,
    centre: Coord<f64>,
    piece: Piece,
}

/// Ground without a cell of its own: the candidate that waits for one, and where it lies.
#[derive(Clone, Copy)]
struct Sliver {
    candidate: usize,
    region: usize,
    piece: Piece,
}

struct Cutting<'a> {
    outlines: &'a [Outline],
    regions: Vec<Region>,
    /// Longitudes are multiplied by this before distances are compared.
    parallel: f64,
    nodes: Vec<Node>,
    candidates: Vec<Candidate>,
    drafts: Vec<Draft>,
    slivers: Vec<Sliver>,
}

/// Cuts `outlines` (finest first, each with its division) into squares of `edge_metres`; none without outlines.
pub(crate) fn cut(
    divisions: &Divisions,
    outlines: &[(u32, Outline)],
    edge_metres: f64,
    problems: &mut Vec<PlaceProblem>,
) -> Option<Grid> {
    let bounds = outlines.iter().map(|(_, outline)| outline.bounds()).reduce(around)?;
    let frame = Frame::new(bounds, edge_metres);
    if frame.edge_metres() > edge_metres {
        problems.push(PlaceProblem {
            about: "places/cells.toml".to_owned(),
            code: "cells-too-fine",
            message: format!("边长 {edge_metres} 米的网格过多，已改用 {} 米", frame.edge_metres()),
            hint: "加大 edge_metres",
        });
    }
    let parallel = bounds.center().y.to_radians().cos();
    let shapes: Vec<Outline> = outlines.iter().map(|(_, outline)| outline.clone()).collect();
    let regions = regions(divisions, outlines, parallel, problems);
    let mut labels: HashMap<usize, Vec<Label>> = HashMap::new();
    for (region, leaf) in
        regions.iter().enumerate().flat_map(|(at, region)| region.leaves.iter().map(move |l| (at, *l)))
    {
        let Some(at) = divisions.get(leaf).label.map(coord) else { continue };
        if let Some((square, _)) = frame.find(at) {
            labels.entry(square).or_default().push(Label { division: leaf, region, at });
        }
    }
    let mut cutting = Cutting {
        outlines: &shapes,
        regions,
        parallel,
        nodes: vec![Node::Outside; frame.len()],
        candidates: Vec::new(),
        drafts: Vec::new(),
        slivers: Vec::new(),
    };
    for (square, rect) in frame.squares().enumerate() {
        let labels = labels.get(&square).map_or(&[][..], Vec::as_slice);
        cutting.nodes[square] = cutting.settle(rect, labels, 0);
    }
    cutting.settle_specks();
    let Cutting { nodes, candidates, drafts, slivers, .. } = cutting;
    let mut grid =
        Grid { frame, nodes, candidates, outlines: shapes, cells: Vec::new(), slivers: Vec::new() };
    number(&mut grid, divisions, drafts, &slivers, parallel, problems);
    Some(grid)
}

/// Which divisions share the ground of each outline: those without any below themselves.
fn regions(
    divisions: &Divisions,
    outlines: &[(u32, Outline)],
    parallel: f64,
    problems: &mut Vec<PlaceProblem>,
) -> Vec<Region> {
    let mut leaves: Vec<Vec<u32>> = vec![Vec::new(); outlines.len()];
    for leaf in divisions.leaves() {
        if let Some(outline) = outline_of(divisions, outlines, leaf, problems) {
            leaves[outline].push(leaf);
        }
    }
    let region = |(at, leaves): (usize, Vec<u32>)| {
        let label = |leaf: &u32| {
            let label = divisions.get(*leaf).label?;
            Some(GeomWithData::new([label.lon() * parallel, label.lat()], *leaf))
        };
        let labels = RTree::bulk_load(leaves.iter().filter_map(label).collect());
        Region { outline: number_of(at), owner: outlines[at].0, leaves, labels }
    };
    // An outline that finer ones divide among themselves (the city's, over its districts) has no ground left to cut.
    leaves.into_iter().enumerate().filter(|(_, leaves)| !leaves.is_empty()).map(region).collect()
}

/// The outline on whose ground a division is: that of the nearest above it, or a finer one that holds its label.
///
/// The latter is for zones with a statistical code: their streets stand under the zone, but on a district's ground.
fn outline_of(
    divisions: &Divisions,
    outlines: &[(u32, Outline)],
    leaf: u32,
    problems: &mut Vec<PlaceProblem>,
) -> Option<usize> {
    let division = divisions.get(leaf);
    let owned_by = |owner: u32| outlines.iter().position(|(other, _)| *other == owner);
    let inherited = divisions.lineage(leaf).find_map(owned_by);
    if inherited.is_some_and(|outline| outlines[outline].0 == leaf) {
        return inherited;
    }
    let mut problem = |code, message: String, hint| {
        problems.push(PlaceProblem { about: division.code.to_string(), code, message, hint });
    };
    let Some(label) = division.label.map(coord) else {
        let message = format!("“{}”没有标注点，分不到网格", division.name);
        problem("division-without-label", message, "在 lon、lat 列填写标注点");
        return inherited;
    };
    let around = outlines.iter().position(|(_, outline)| outline.contains(label));
    let depth = |outline: usize| divisions.lineage(outlines[outline].0).count();
    match (inherited, around) {
        (Some(inherited), Some(around)) if depth(around) > depth(inherited) => Some(around),
        (Some(inherited), _) => {
            let (owner, outline) = &outlines[inherited];
            if !outline.contains(label) {
                let message = format!("“{}”的标注点不在“{}”界内", division.name, divisions.get(*owner).name);
                problem("label-outside", message, "核对坐标或上级区划");
            }
            Some(inherited)
        }
        (None, around) => {
            if around.is_none() {
                let message = format!("“{}”的标注点不在任何边界内", division.name);
                problem("label-outside", message, "核对坐标或上级区划");
            }
            around
        }
    }
}

impl Cutting<'_> {
    /// Decides what becomes of one square, quartering it when it holds labels of several divisions.
    fn settle(&mut self, rect: Rect<f64>, labels: &[Label], quartered: u32) -> Node {
        let (touching, covering) = self.regions_under(&rect);
        let holding: Vec<usize> = touching.iter().copied().chain(covering).collect();
        if holding.is_empty() {
            return Node::Outside;
        }
        let crowded = |region: &usize| labels.iter().filter(|label| label.region == *region).count() > 1;
        if quartered < QUARTERINGS_MAX && holding.iter().any(crowded) {
            return self.quarter(rect, labels, quartered);
        }
        if let (true, Some(region)) = (touching.is_empty(), covering) {
            let centre = rect.center();
            let (division, owner) = (self.division_for(region, centre, labels), self.regions[region].owner);
            return Node::Whole(self.draft(Draft {
                division,
                owner,
                region,
                centre,
                piece: Piece { rect, within: None },
            }));
        }
        self.share(rect, &holding, labels)
    }

    fn quarter(&mut self, rect: Rect<f64>, labels: &[Label], quartered: u32) -> Node {
        let first = self.nodes.len();
        self.nodes.extend([Node::Outside; 4]);
        let (min, mid, max) = (rect.min(), rect.center(), rect.max());
        for quarter in 0..4 {
            let (east, north) = (quarter % 2 == 1, quarter / 2 == 1);
            let (west_edge, east_edge) = if east { (mid.x, max.x) } else { (min.x, mid.x) };
            let (south_edge, north_edge) = if north { (mid.y, max.y) } else { (min.y, mid.y) };
            let inside = |label: &&Label| (label.at.x >= mid.x) == east && (label.at.y >= mid.y) == north;
            let labels: Vec<Label> = labels.iter().filter(inside).copied().collect();
            let ground =
                Rect::new(Coord { x: west_edge, y: south_edge }, Coord { x: east_edge, y: north_edge });
            self.nodes[first + quarter] = self.settle(ground, &labels, quartered + 1);
        }
        Node::Quarters(number_of(first))
    }

    /// A square at a border: each outline that has enough of it gets a cell, the others' bits wait for a neighbour.
    fn share(&mut self, rect: Rect<f64>, holding: &[usize], labels: &[Label]) -> Node {
        let mut hits: Vec<Vec<Coord<f64>>> = vec![Vec::new(); holding.len()];
        for point in samples(&rect) {
            if let Some(at) = holding.iter().position(|region| self.outline(*region).contains(point)) {
                hits[at].push(point);
            }
        }
        let first = self.candidates.len();
        for (region, hits) in holding.iter().copied().zip(&hits) {
            let own_label = labels
                .iter()
                .find(|label| label.region == region && self.outline(region).contains(label.at))
                .map(|label| label.at);
            let outline = self.regions[region].outline;
            let piece = Piece { rect, within: Some(outline) };
            let centre = if hits.len() >= SAMPLES_FOR_A_CELL { middle(hits) } else { own_label };
            if let Some(centre) = centre {
                let (division, owner) =
                    (self.division_for(region, centre, labels), self.regions[region].owner);
                let cell = self.draft(Draft { division, owner, region, centre, piece });
                self.candidates.push(Candidate { outline, cell });
            } else {
                self.slivers.push(Sliver { candidate: self.candidates.len(), region, piece });
                self.candidates.push(Candidate { outline, cell: 0 });
            }
        }
        Node::Border { first: number_of(first), count: number_of(self.candidates.len() - first) }
    }

    /// Gives each region that is too small to be sampled one cell, so that its ground is not lost.
    fn settle_specks(&mut self) {
        let mut settled = vec![false; self.regions.len()];
        for draft in &self.drafts {
            settled[draft.region] = true;
        }
        for at in 0..self.slivers.len() {
            let Sliver { candidate, region, piece } = self.slivers[at];
            if settled[region] {
                continue;
            }
            let Some(inside) = self.outline(region).shape().interior_point() else { continue };
            settled[region] = true;
            let division = self.division_for(region, inside.0, &[]);
            let owner = self.regions[region].owner;
            let cell = self.draft(Draft { division, owner, region, centre: inside.0, piece });
            self.candidates[candidate].cell = cell;
        }
    }

    /// The regions whose edges run through `rect`, and the one that covers what these leave; finest first.
    fn regions_under(&self, rect: &Rect<f64>) -> (Vec<usize>, Option<usize>) {
        let mut touching = Vec::new();
        for region in 0..self.regions.len() {
            let outline = self.outline(region);
            if !overlap(&outline.bounds(), rect) {
                continue;
            }
            if outline.crosses(rect) {
                touching.push(region);
            } else if outline.contains(rect.center()) {
                return (touching, Some(region));
            }
        }
        (touching, None)
    }

    /// The division of a piece of ground: the only one of the region with its label there, else the nearest.
    fn division_for(&self, region: usize, centre: Coord<f64>, labels: &[Label]) -> u32 {
        let mut own = labels.iter().filter(|label| label.region == region);
        if let (Some(only), None) = (own.next(), own.next()) {
            return only.division;
        }
        let region = &self.regions[region];
        let nearest = region.labels.nearest_neighbor([centre.x * self.parallel, centre.y]);
        nearest.map_or(region.leaves[0], |label| label.data)
    }

    fn draft(&mut self, draft: Draft) -> u32 {
        self.drafts.push(draft);
        number_of(self.drafts.len() - 1)
    }

    fn outline(&self, region: usize) -> &Outline {
        &self.outlines[self.regions[region].outline as usize]
    }
}

/// Gives the drafts their codes, in reading order within each division, and the slivers to their neighbours.
fn number(
    grid: &mut Grid,
    divisions: &Divisions,
    drafts: Vec<Draft>,
    slivers: &[Sliver],
    parallel: f64,
    problems: &mut Vec<PlaceProblem>,
) {
    let mut order: Vec<usize> = (0..drafts.len()).collect();
    order.sort_by(|one, other| {
        let (one, other) = (&drafts[*one], &drafts[*other]);
        let (a, b) = (one.piece.rect.min(), other.piece.rect.min());
        one.division
            .cmp(&other.division)
            .then(b.y.total_cmp(&a.y))
            .then(a.x.total_cmp(&b.x))
            .then(one.region.cmp(&other.region))
    });
    let mut numbers = vec![0_u32; drafts.len()];
    let mut serials: HashMap<u32, usize> = HashMap::new();
    for at in order {
        let draft = &drafts[at];
        let serial = serials.entry(draft.division).or_default();
        *serial += 1;
        if *serial > SERIALS_MAX {
            // Ground must not be lost: it joins the last cell that could be numbered.
            let last = number_of(grid.cells.len() - 1);
            grid.slivers.push((last, draft.piece));
            numbers[at] = last;
            continue;
        }
        numbers[at] = number_of(grid.cells.len());
        let division = divisions.get(draft.division);
        let code = format!("{:0<12}{serial:03}", division.code.to_string());
        let centre =
            Point::new(draft.centre.x, draft.centre.y).expect("outlines are checked to lie on the globe");
        grid.cells.push(Cell {
            code: CellCode::new(code),
            centre,
            synthetic: true,
            division: draft.division,
            ground: Some(draft.owner),
            piece: draft.piece,
        });
    }
    for (division, serial) in serials {
        if serial > SERIALS_MAX {
            let division = divisions.get(division);
            problems.push(PlaceProblem {
                about: division.code.to_string(),
                code: "too-many-cells",
                message: format!("“{}”有 {serial} 个网格，超过 {SERIALS_MAX} 个", division.name),
                hint: "加大 edge_metres，或为该区划补充社区",
            });
        }
    }
    renumber(grid, &numbers);
    adopt(grid, &drafts, &numbers, slivers, parallel);
    grid.slivers.sort_by_key(|(cell, _)| *cell);
}

fn renumber(grid: &mut Grid, numbers: &[u32]) {
    for node in &mut grid.nodes {
        if let Node::Whole(cell) = node {
            *cell = numbers[*cell as usize];
        }
    }
    for candidate in &mut grid.candidates {
        candidate.cell = numbers.get(candidate.cell as usize).copied().unwrap_or_default();
    }
}

/// Gives each sliver to the nearest cell of its own region.
fn adopt(grid: &mut Grid, drafts: &[Draft], numbers: &[u32], slivers: &[Sliver], parallel: f64) {
    let mut centres: HashMap<usize, Vec<GeomWithData<[f64; 2], u32>>> = HashMap::new();
    for (draft, number) in drafts.iter().zip(numbers) {
        let at = [draft.centre.x * parallel, draft.centre.y];
        centres.entry(draft.region).or_default().push(GeomWithData::new(at, *number));
    }
    let trees: HashMap<usize, RTree<_>> =
        centres.into_iter().map(|(region, centres)| (region, RTree::bulk_load(centres))).collect();
    for sliver in slivers {
        let at = sliver.piece.rect.center();
        let Some(tree) = trees.get(&sliver.region) else { continue };
        if let Some(nearest) = tree.nearest_neighbor([at.x * parallel, at.y]) {
            grid.candidates[sliver.candidate].cell = nearest.data;
            grid.slivers.push((nearest.data, sliver.piece));
        }
    }
}

/// Points spread evenly over `rect`, none on its edge; to six decimals, as a [`Point`] keeps them.
fn samples(rect: &Rect<f64>) -> impl Iterator<Item = Coord<f64>> {
    let (min, step) = (rect.min(), Coord { x: rect.width(), y: rect.height() } / f64::from(SAMPLES));
    (0..SAMPLES).flat_map(move |row| {
        (0..SAMPLES).map(move |col| Coord {
            x: six_decimals(min.x + (f64::from(col) + 0.5) * step.x),
            y: six_decimals(min.y + (f64::from(row) + 0.5) * step.y),
        })
    })
}

fn six_decimals(degrees: f64) -> f64 {
    (degrees * 1e6).round() / 1e6
}

/// The one of `points` nearest to their mean, so that it lies on the ground they were found on.
#[expect(clippy::cast_precision_loss, reason = "at most 64 points")]
fn middle(points: &[Coord<f64>]) -> Option<Coord<f64>> {
    let sum = points.iter().fold(Coord { x: 0.0, y: 0.0 }, |sum, point| sum + *point);
    let mean = sum / points.len().max(1) as f64;
    let distance = |point: &Coord<f64>| (point.x - mean.x).powi(2) + (point.y - mean.y).powi(2);
    points.iter().copied().min_by(|one, other| distance(one).total_cmp(&distance(other)))
}

pub(crate) fn around(one: Rect<f64>, other: Rect<f64>) -> Rect<f64> {
    if covers(&one, &other) {
        return one;
    }
    Rect::new(
        Coord { x: one.min().x.min(other.min().x), y: one.min().y.min(other.min().y) },
        Coord { x: one.max().x.max(other.max().x), y: one.max().y.max(other.max().y) },
    )
}

pub(crate) fn coord(point: Point) -> Coord<f64> {
    Coord { x: point.lon(), y: point.lat() }
}
