//! The open cases of the live layer, kept small and found by place.
//!
//! Hundreds of thousands may be open at once, and every watcher of the map asks for a dozen tiles: so a case is a row
//! of numbers, and squares of the pyramid know their cases and counts. What is drawn of them isn't known here.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::Hash;

use baotu_vocabulary::{CaseId, DivisionCode, ProcedureName, UnitCode};
use geo::Coord;

use crate::tile::{EXTENT, TileAddress};

/// The zoom level whose tiles are the squares: of half the edge and less than any cluster's.
const SQUARE_ZOOM: u8 = 14;
/// A coordinate of the world's square has this many bits: about a centimetre.
const WORLD_BITS: u32 = u32::BITS;
/// A tile has 2¹² units along its edge.
const EXTENT_BITS: u32 = EXTENT.trailing_zeros();

/// A place on the world's square in fixed point, so that sums are exact in any order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    x: u32,
    y: u32,
}

/// An open case as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(crate) spot: Spot,
    /// The middle of its cell; itself where there is no unit grid.
    pub(crate) cell: Spot,
    pub(crate) division: Option<DivisionCode>,
    /// How bad its level is, 0 the mildest.
    pub(crate) rank: u8,
    pub(crate) procedure: u32,
    pub(crate) status: u32,
    pub(crate) units: Box<[u32]>,
}

/// Several cases as one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    sum: (u64, u64),
    pub(crate) count: u64,
    /// The worst.
    pub(crate) rank: u8,
}

/// Words that many cases share, numbered.
#[derive(Debug)]
pub(crate) struct Words<T> {
    words: Vec<T>,
    numbers: HashMap<T, u32>,
}

/// What lies on one square.
#[derive(Debug, Default)]
struct Square {
    /// Cases of which the place or the middle of the cell is here.
    cases: BTreeSet<CaseId>,
    /// Those of which the middle of the cell is here, by procedure and rank.
    heaps: BTreeMap<(u32, u8), Heap>,
}

/// Cases of one procedure and rank on one square.
#[derive(Debug, Default)]
struct Heap {
    /// The sum of the middles of their cells.
    sum: (u64, u64),
    count: u64,
}

/// All open cases.
#[derive(Debug, Default)]
pub(crate) struct OpenCases {
    kept: HashMap<CaseId, Kept>,
    squares: BTreeMap<(u32, u32), Square>,
    pub(crate) procedures: Words<ProcedureName>,
    pub(crate) statuses: Words<String>,
    pub(crate) units: Words<UnitCode>,
}

impl OpenCases {
    pub(crate) fn len(&self) -> usize {
        self.kept.len()
    }

    pub(crate) fn get(&self, id: CaseId) -> Option<&Kept> {
        self.kept.get(&id)
    }

    /// Puts a case in the place of the one with its id.
    pub(crate) fn put(&mut self, id: CaseId, case: Kept) {
        self.remove(id);
        for spot in [case.spot, case.cell] {
            self.squares.entry(spot.square()).or_default().cases.insert(id);
        }
        let square = self.squares.entry(case.cell.square()).or_default();
        let heap = square.heaps.entry((case.procedure, case.rank)).or_default();
        heap.sum = (heap.sum.0 + u64::from(case.cell.x), heap.sum.1 + u64::from(case.cell.y));
        heap.count += 1;
        self.kept.insert(id, case);
    }

    pub(crate) fn remove(&mut self, id: CaseId) {
        let Some(case) = self.kept.remove(&id) else { return };
        if let Some(square) = self.squares.get_mut(&case.cell.square()) {
            if let Some(heap) = square.heaps.get_mut(&(case.procedure, case.rank)) {
                heap.sum = (heap.sum.0 - u64::from(case.cell.x), heap.sum.1 - u64::from(case.cell.y));
                heap.count -= 1;
            }
            square.heaps.retain(|_, heap| heap.count > 0);
        }
        for spot in [case.spot, case.cell] {
            let empty = self.squares.get_mut(&spot.square()).is_some_and(|square| {
                square.cases.remove(&id);
                square.cases.is_empty()
            });
            if empty {
                self.squares.remove(&spot.square());
            }
        }
    }

    /// The cases on the tile by the middles of their cells, gathered by squares of the tile, 2^`along_bits` along its
    /// edge; for tiles whose clusters are no smaller than the squares kept here. Only cases of procedures that are
    /// `shown` by their number.
    pub(crate) fn tallies(
        &self,
        address: TileAddress,
        along_bits: u8,
        shown: &dyn Fn(u32) -> bool,
    ) -> impl Iterator<Item = Tally> + use<> {
        let cluster_shift = SQUARE_ZOOM - address.zoom() - along_bits;
        let mut tallies: BTreeMap<(u32, u32), Tally> = BTreeMap::new();
        for ((x, y), square) in self.squares_on(address) {
            let tally = tallies.entry((x >> cluster_shift, y >> cluster_shift)).or_default();
            for ((_, rank), heap) in square.heaps.iter().filter(|((procedure, _), _)| shown(*procedure)) {
                tally.count += heap.count;
                tally.rank = tally.rank.max(*rank);
                tally.sum = (tally.sum.0 + heap.sum.0, tally.sum.1 + heap.sum.1);
            }
        }
        tallies.into_values().filter(|tally| tally.count > 0)
    }

    /// The cases that are on the tile at their place if they are `known`, else in the middle of their cell.
    pub(crate) fn on<'a>(
        &'a self,
        address: TileAddress,
        known: &'a dyn Fn(&Kept) -> bool,
    ) -> impl Iterator<Item = (CaseId, &'a Kept, bool)> {
        self.squares_on(address).flat_map(move |(at, square)| {
            square.cases.iter().filter_map(move |id| {
                let case = self.kept.get(id)?;
                if !case.spot.is_on(address) && !case.cell.is_on(address) {
                    return None;
                }
                let known = known(case);
                let spot = if known { case.spot } else { case.cell };
                // A case whose place and cell lie on two squares is met on both.
                (spot.square() == at && spot.is_on(address)).then_some((*id, case, known))
            })
        })
    }

    /// The squares that share ground with the tile.
    fn squares_on(&self, address: TileAddress) -> impl Iterator<Item = ((u32, u32), &Square)> {
        let (x, y) = address.column_and_row();
        let (columns, rows) = if address.zoom() < SQUARE_ZOOM {
            let shift = SQUARE_ZOOM - address.zoom();
            ((x << shift)..((x + 1) << shift), (y << shift)..((y + 1) << shift))
        } else {
            let shift = address.zoom() - SQUARE_ZOOM;
            ((x >> shift)..(x >> shift) + 1, (y >> shift)..(y >> shift) + 1)
        };
        self.squares
            .range((columns.start, 0)..(columns.end, 0))
            .filter(move |((_, row), _)| rows.contains(row))
            .map(|(at, square)| (*at, square))
    }
}

impl Spot {
    /// A place on the world's square (0 to 1 eastward and southward).
    pub(crate) fn new(world: Coord<f64>) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float casts saturating"
        )]
        let fixed = |part: f64| (part * 2.0_f64.powi(32)) as u32;
        Self { x: fixed(world.x), y: fixed(world.y) }
    }

    fn square(self) -> (u32, u32) {
        let shift = WORLD_BITS - u32::from(SQUARE_ZOOM);
        (self.x >> shift, self.y >> shift)
    }

    fn is_on(self, address: TileAddress) -> bool {
        let shift = WORLD_BITS - u32::from(address.zoom());
        let column_or_row = |part: u32| u64::from(part) >> shift;
        let (x, y) = address.column_and_row();
        (column_or_row(self.x), column_or_row(self.y)) == (u64::from(x), u64::from(y))
    }

    /// The whole units of a spot on the tile.
    pub(crate) fn units(self, address: TileAddress) -> (u32, u32) {
        let zoom = u32::from(address.zoom());
        let units = |part: u32| (u64::from(part) << zoom & u64::from(u32::MAX)) >> (WORLD_BITS - EXTENT_BITS);
        let whole = |part: u32| u32::try_from(units(part)).expect("fewer units than the extent");
        (whole(self.x), whole(self.y))
    }
}

impl Tally {
    pub(crate) fn add(&mut self, spot: Spot, rank: u8) {
        self.sum = (self.sum.0 + u64::from(spot.x), self.sum.1 + u64::from(spot.y));
        self.count += 1;
        self.rank = self.rank.max(rank);
    }

    /// The middle of what was tallied.
    pub(crate) fn middle(&self) -> Spot {
        let mean =
            |sum: u64| u32::try_from(sum / self.count.max(1)).expect("a mean is no larger than the largest");
        Spot { x: mean(self.sum.0), y: mean(self.sum.1) }
    }
}

impl<T: Clone + Eq + Hash> Words<T> {
    /// The number of a word, new or known.
    pub(crate) fn number(&mut self, word: &T) -> u32 {
        if let Some(number) = self.numbers.get(word) {
            return *number;
        }
        let number = crate::division::number_of(self.words.len());
        self.words.push(word.clone());
        self.numbers.insert(word.clone(), number);
        number
    }

    pub(crate) fn word(&self, number: u32) -> &T {
        &self.words[number as usize]
    }
}

impl<T> Default for Words<T> {
    fn default() -> Self {
        Self { words: Vec::new(), numbers: HashMap::new() }
    }
}
