//! The live layer: where open cases are, kept in memory and fed by events.
//!
//! It holds no personal data: level, status and procedure of a case, no words and nobody's name. Confidential cases
//! never enter. Whoever may not know of a case sees it counted in its unit grid cell, not where exactly it is; who
//! may, the caller says.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use baotu_vocabulary::{CaseId, DivisionCode, Event, Point, ProcedureName, UnitCode};
use geo::Coord;
use geozero::mvt::TileValue;
use serde::Deserialize;

use crate::atlas::Atlas;
use crate::cutting::coord;
use crate::open_cases::{Kept, OpenCases, Spot, Tally};
use crate::tile::{EncodedTile, Layer, TileAddress, encode, project};

/// Below this zoom cases are clustered.
pub const POINTS_FROM_ZOOM: u8 = 12;
/// Clusters along a tile's edge, as a power of two: eight, 64 pixels each on a 512-pixel screen tile.
const CLUSTERS_ALONG_BITS: u8 = 3;

/// Events after which a case is shown, even if it wasn't before.
const SHOWN_AFTER: [&str; 2] = ["cases.opened", "cases.redone"];
/// Events after which a case is no longer shown; a merged one is seen in its lead case.
const GONE_AFTER: [&str; 3] = ["cases.closed", "cases.withdrawn", "cases.merged"];

/// An open case, as far as the map tells of it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenCase {
    /// Its id.
    pub case: CaseId,
    /// Where it is.
    pub place: Point,
    /// How urgent; a level that the layer wasn't told of counts as the mildest.
    pub level: String,
    /// Its public status.
    pub status: String,
    /// What a reader's right to know of it depends on.
    pub concern: Concern,
}

/// Whom a case concerns, as far as rights depend on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Concern {
    /// The procedure.
    pub procedure: ProcedureName,
    /// The division it lies in; the atlas finds it when absent.
    pub division: Option<DivisionCode>,
    /// The units: intake, lead, co-handling.
    pub units: Vec<UnitCode>,
}

/// What the live layer reads of an event of a case.
#[derive(Deserialize)]
struct CaseEvent {
    case_id: CaseId,
    place: Option<Point>,
    division: Option<DivisionCode>,
    procedure: Option<ProcedureName>,
    level: Option<String>,
    status: Option<String>,
    intake_unit: Option<UnitCode>,
    lead_unit: Option<UnitCode>,
    /// There in every event that tells of the units at all.
    co_units: Option<Vec<UnitCode>>,
    #[serde(default)]
    confidential: bool,
}

/// The open cases of the city, by place.
#[derive(Debug)]
pub struct GeoLive {
    atlas: Arc<Atlas>,
    /// Mildest first.
    levels: Vec<String>,
    cases: RwLock<OpenCases>,
}

impl GeoLive {
    /// An empty layer; `levels` are the levels of the pack's procedures, mildest first.
    pub fn new(atlas: Arc<Atlas>, levels: Vec<String>) -> Self {
        Self { atlas, levels, cases: RwLock::default() }
    }

    /// Shows cases that were opened before the layer was there; confidential ones must not be among them.
    ///
    /// Events from before the cases were read may be applied afterwards once more, those from after it must be.
    pub fn restore(&self, open: impl IntoIterator<Item = OpenCase>) {
        let mut cases = self.cases.write().unwrap_or_else(PoisonError::into_inner);
        for OpenCase { case, place, level, status, concern } in open {
            let units = concern.units.iter().map(|unit| cases.units.number(unit)).collect();
            let (spot, cell) = self.whereabouts(place);
            let kept = Kept {
                spot,
                cell,
                division: concern.division.or_else(|| self.division_at(place)),
                rank: self.rank(&level),
                procedure: cases.procedures.number(&concern.procedure),
                status: cases.statuses.number(&status),
                units,
            };
            cases.put(case, kept);
        }
    }

    /// Follows an event of the log, in the order of the log. Events that say nothing of an open case's place, level
    /// or status are passed over; so are repeated ones.
    pub fn apply(&self, event: &Event) {
        if event.source != "cases" {
            return;
        }
        let Ok(told) = CaseEvent::deserialize(&event.data) else { return };
        let mut cases = self.cases.write().unwrap_or_else(PoisonError::into_inner);
        if told.confidential || GONE_AFTER.contains(&event.kind.as_str()) {
            cases.remove(told.case_id);
            return;
        }
        let known = cases.get(told.case_id).cloned();
        let kept = match (known, told.place) {
            (Some(kept), _) => kept,
            (None, Some(place)) if SHOWN_AFTER.contains(&event.kind.as_str()) => {
                let (spot, cell) = self.whereabouts(place);
                Kept {
                    spot,
                    cell,
                    division: None,
                    rank: 0,
                    procedure: cases.procedures.number(&ProcedureName::new("")),
                    status: cases.statuses.number(&String::new()),
                    units: Box::default(),
                }
            }
            (None, _) => return,
        };
        let id = told.case_id;
        let kept = self.changed(kept, told, &mut cases);
        cases.put(id, kept);
    }

    /// Open cases shown.
    pub fn count(&self) -> usize {
        self.cases.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The layer `cases` of a tile: from [`POINTS_FROM_ZOOM`] on single cases that the reader `may_know` of, and
    /// clusters of all others with `count` and the worst `level`. Only cases of `procedures`; of all when there are
    /// none.
    pub fn tile(
        &self,
        address: TileAddress,
        procedures: &[ProcedureName],
        may_know: &dyn Fn(&Concern) -> bool,
    ) -> EncodedTile {
        let mut layer = Layer::new("cases");
        let cases = self.cases.read().unwrap_or_else(PoisonError::into_inner);
        let shown =
            |procedure| procedures.is_empty() || procedures.contains(cases.procedures.word(procedure));
        if address.zoom() < POINTS_FROM_ZOOM {
            for tally in cases.tallies(address, CLUSTERS_ALONG_BITS, &shown) {
                self.draw_tally(&mut layer, address, &tally);
            }
        } else {
            self.draw_near(&mut layer, address, &cases, &shown, may_know);
        }
        drop(cases);
        encode(vec![layer])
    }

    fn draw_near(
        &self,
        layer: &mut Layer,
        address: TileAddress,
        cases: &OpenCases,
        shown: &dyn Fn(u32) -> bool,
        may_know: &dyn Fn(&Concern) -> bool,
    ) {
        let known = |case: &Kept| may_know(&concern(cases, case));
        let mut single: Vec<(CaseId, &Kept)> = Vec::new();
        // Of the others only what lies at one spot is gathered: the middle of a cell.
        let mut others: BTreeMap<(u32, u32), Tally> = BTreeMap::new();
        for (id, case, known) in cases.on(address, &known).filter(|(_, case, _)| shown(case.procedure)) {
            if known {
                single.push((id, case));
            } else {
                others.entry(case.cell.units(address)).or_default().add(case.cell, case.rank);
            }
        }
        // By id, so that the same cases give the same bytes and the same entity tag.
        single.sort_unstable_by_key(|(id, _)| *id);
        for (id, case) in single {
            layer.point(
                units(case.spot, address),
                [
                    ("case", TileValue::Str(id.to_string())),
                    ("level", self.level(case.rank)),
                    ("status", TileValue::Str(cases.statuses.word(case.status).clone())),
                    ("procedure", TileValue::Str(cases.procedures.word(case.procedure).to_string())),
                    ("count", TileValue::Uint(1)),
                ],
            );
        }
        for tally in others.values() {
            self.draw_tally(layer, address, tally);
        }
    }

    fn draw_tally(&self, layer: &mut Layer, address: TileAddress, tally: &Tally) {
        let tags = [("count", TileValue::Uint(tally.count)), ("level", self.level(tally.rank))];
        layer.point(units(tally.middle(), address), tags);
    }

    /// The case after an event: what the event leaves out stays.
    fn changed(&self, case: Kept, told: CaseEvent, cases: &mut OpenCases) -> Kept {
        let (spot, cell) = told.place.map_or((case.spot, case.cell), |place| self.whereabouts(place));
        let at_place = || told.place.and_then(|place| self.division_at(place));
        let units = told.co_units.map(|co_units| {
            let all = told.intake_unit.into_iter().chain(told.lead_unit).chain(co_units);
            all.map(|unit| cases.units.number(&unit)).collect()
        });
        Kept {
            spot,
            cell,
            division: told.division.or_else(at_place).or(case.division),
            rank: told.level.map_or(case.rank, |level| self.rank(&level)),
            procedure: told.procedure.map_or(case.procedure, |procedure| cases.procedures.number(&procedure)),
            status: told.status.map_or(case.status, |status| cases.statuses.number(&status)),
            units: units.unwrap_or(case.units),
        }
    }

    /// Where a case is, and the middle of its cell.
    fn whereabouts(&self, place: Point) -> (Spot, Spot) {
        let cell = self.atlas.cell_at(place).map_or(place, |cell| cell.centre);
        (Spot::new(project(coord(place))), Spot::new(project(coord(cell))))
    }

    fn division_at(&self, place: Point) -> Option<DivisionCode> {
        self.atlas.locate(place).ok()?.division().map(|division| division.code)
    }

    /// How bad a level is; only the first 256 levels are told apart.
    fn rank(&self, level: &str) -> u8 {
        let rank = self.levels.iter().position(|declared| declared == level).unwrap_or_default();
        u8::try_from(rank).unwrap_or(u8::MAX)
    }

    fn level(&self, rank: u8) -> TileValue {
        TileValue::Str(self.levels.get(usize::from(rank)).cloned().unwrap_or_default())
    }
}

fn concern(cases: &OpenCases, case: &Kept) -> Concern {
    Concern {
        procedure: cases.procedures.word(case.procedure).clone(),
        division: case.division,
        units: case.units.iter().map(|unit| cases.units.word(*unit).clone()).collect(),
    }
}

fn units(spot: Spot, address: TileAddress) -> Coord<f64> {
    let (x, y) = spot.units(address);
    Coord { x: f64::from(x), y: f64::from(y) }
}
