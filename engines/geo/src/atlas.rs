//! The atlas: everything the city declared about its places, built once and asked by everyone.
//!
//! It never changes while the city runs: a corrected outline is a new pack and a new atlas. It knows no database,
//! no HTTP and no case.

use std::collections::{BTreeMap, HashMap};

use baotu_vocabulary::{CellCode, DivisionCode, DivisionLevel, Point, ZoneCode};
use geo::{BooleanOps, Coord, MultiPolygon, Rect, unary_union};
use jiff::civil::Date;

use crate::address::Names;
use crate::coordinates::PlaceRefused;
use crate::cutting::{around, coord, cut};
use crate::division::{Division, Divisions, number_of};
use crate::gazetteer::Gazetteer;
use crate::grid::{Cell, Grid, Piece};
use crate::outline::Outline;
use crate::places::{CellsDeclared, PlaceProblem, Places, ZoneDeclared};
use crate::responsibility::{Overlap, Responsibility, ResponsibilityArea, ResponsibleUnit};
use crate::survey::survey;

/// A functional zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// Own code.
    pub code: ZoneCode,
    /// Shown.
    pub name: String,
    /// For example `development-zone`.
    pub kind: String,
}

/// A city's places, ready to be asked.
#[derive(Clone, Debug)]
pub struct Atlas {
    city: String,
    bounds: Option<Rect<f64>>,
    divisions: Divisions,
    /// Declared outlines with their divisions, finest first.
    outlines: Vec<(u32, Outline)>,
    grid: Option<Grid>,
    zones: Vec<Zone>,
    zones_by_division: HashMap<u32, Vec<u32>>,
    responsibility: Responsibility,
    gazetteer: Gazetteer,
    names: Names,
}

/// Where a point is.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    atlas: &'a Atlas,
    /// The point that was asked for.
    pub point: Point,
    cell: Option<u32>,
    division: Option<u32>,
    /// The division whose declared outline holds it.
    ground: Option<u32>,
}

impl Atlas {
    /// Builds the atlas of the divisions in force on `today`; what can't be used is left out and told.
    pub fn build(places: Places, today: Date) -> (Self, Vec<PlaceProblem>) {
        let mut problems = Vec::new();
        let mut divisions = Divisions::new(&places.divisions, today, &mut problems);
        let outlines = prepare(&mut divisions, places.outlines, &mut problems);
        let grid = match &places.cells {
            CellsDeclared::None => None,
            CellsDeclared::Generated { edge_metres } if edge_metres.is_finite() && *edge_metres > 0.0 => {
                cut(&divisions, &outlines, *edge_metres, &mut problems)
            }
            CellsDeclared::Generated { edge_metres } => {
                problems.push(PlaceProblem {
                    about: "places/cells.toml".to_owned(),
                    code: "cell-edge",
                    message: format!("边长 {edge_metres} 不是正数"),
                    hint: "edge_metres 以米为单位，例如 500",
                });
                None
            }
            CellsDeclared::Surveyed(cells) => survey(&divisions, &outlines, cells, &mut problems),
        };
        if let Some(grid) = &grid {
            streets_without_cells(&divisions, grid, &mut problems);
        }
        let responsibility =
            Responsibility::new(&divisions, grid.as_ref(), &places.units, &places.areas, &mut problems);
        let (zones, zones_by_division) = zones(&divisions, &places.zones, &mut problems);
        let bounds = places.bounds.map(|[west, south, east, north]| {
            Rect::new(Coord { x: west, y: south }, Coord { x: east, y: north })
        });
        let names = Names::new(&divisions);
        let mut atlas = Self {
            city: places.city,
            bounds,
            divisions,
            outlines,
            grid,
            zones,
            zones_by_division,
            responsibility,
            gazetteer: Gazetteer::default(),
            names,
        };
        atlas.gazetteer = Gazetteer::new(&atlas, places.gazetteer, &mut problems);
        problems.sort();
        (atlas, problems)
    }

    /// Checks coordinates in CGCS2000 degrees as they come from outside.
    ///
    /// Refuses numbers out of range, 0/0, exchanged longitude and latitude, and what lies outside the city.
    pub fn check(&self, lon: f64, lat: f64) -> Result<Point, PlaceRefused> {
        self.locate_degrees(lon, lat).map(|located| located.point)
    }

    /// Where the coordinates are; refuses as [`Atlas::check`] does.
    pub fn locate_degrees(&self, lon: f64, lat: f64) -> Result<Located<'_>, PlaceRefused> {
        let out_of_range = PlaceRefused::OutOfRange { lon, lat };
        let exchanged = Point::new(lat, lon).ok().filter(|point| self.find(*point).is_some());
        let Ok(point) = Point::new(lon, lat) else {
            return Err(match exchanged {
                Some(_) => PlaceRefused::Swapped { lon, lat, city: self.city.clone() },
                None => out_of_range,
            });
        };
        match (self.locate(point), exchanged) {
            (Err(PlaceRefused::Outside { .. }), Some(_)) => {
                Err(PlaceRefused::Swapped { lon, lat, city: self.city.clone() })
            }
            (answer, _) => answer,
        }
    }

    /// Where `point` is: division, cell, zones and who answers for it.
    ///
    /// A city that declares no outlines accepts every point within its bounds and knows no more of it.
    pub fn locate(&self, point: Point) -> Result<Located<'_>, PlaceRefused> {
        if let Some(located) = self.find(point) {
            return Ok(located);
        }
        if point.lon() == 0.0 && point.lat() == 0.0 {
            return Err(PlaceRefused::NotLocated);
        }
        Err(PlaceRefused::Outside { point, city: self.city.clone() })
    }

    fn find(&self, point: Point) -> Option<Located<'_>> {
        let at = coord(point);
        let located = |cell, division, ground| Some(Located { atlas: self, point, cell, division, ground });
        if let Some((grid, cell)) = self.grid.as_ref().and_then(|grid| Some((grid, grid.find(at)?))) {
            let Cell { division, ground, .. } = grid.cells[cell as usize];
            return located(Some(cell), Some(division), ground);
        }
        if let Some((division, _)) = self.outlines.iter().find(|(_, outline)| outline.contains(at)) {
            return located(None, Some(*division), Some(*division));
        }
        let bounds = self.bounds.filter(|_| self.outlines.is_empty() && self.grid.is_none())?;
        let (min, max) = (bounds.min(), bounds.max());
        let within = (min.x..=max.x).contains(&at.x) && (min.y..=max.y).contains(&at.y);
        if within { located(None, None, None) } else { None }
    }

    /// The cell under `point`, if the city has a unit grid there.
    pub fn cell_at(&self, point: Point) -> Option<&Cell> {
        let grid = self.grid.as_ref()?;
        grid.find(coord(point)).map(|cell| &grid.cells[cell as usize])
    }

    /// The unit of `kind` that answers for `point`.
    pub fn responsible(&self, point: Point, kind: &str) -> Option<&ResponsibleUnit> {
        let located = self.find(point)?;
        self.responsibility.units(located.numbers()).find(|unit| unit.kind == kind)
    }

    /// The rectangle around the declared outlines and cells, or the city's declared bounds: west, south, east, north.
    pub fn extent(&self) -> Option<[f64; 4]> {
        let outlines = self.outlines.iter().map(|(_, outline)| outline.bounds());
        let cells = self.cells().iter().map(|cell| cell.piece.rect);
        let rect = outlines.chain(cells).reduce(around).or(self.bounds)?;
        Some([rect.min().x, rect.min().y, rect.max().x, rect.max().y])
    }

    /// The city's name.
    pub fn city(&self) -> &str {
        &self.city
    }

    /// The tree of divisions.
    pub const fn divisions(&self) -> &Divisions {
        &self.divisions
    }

    /// The gazetteer.
    pub const fn gazetteer(&self) -> &Gazetteer {
        &self.gazetteer
    }

    /// The cells of the unit grid in the order of their codes.
    pub fn cells(&self) -> &[Cell] {
        self.grid.as_ref().map_or(&[], |grid| &grid.cells)
    }

    /// The division a cell belongs to: its community, in a city that declares communities.
    pub fn division_of(&self, cell: &Cell) -> &Division {
        self.divisions.get(cell.division)
    }

    /// The ground of the cell with this code, in CGCS2000 degrees.
    pub fn cell_shape(&self, code: &CellCode) -> Option<MultiPolygon<f64>> {
        let grid = self.grid.as_ref()?;
        let number = grid.cells.binary_search_by(|cell| cell.code.cmp(code)).ok()?;
        Some(grid.shape(number_of(number)))
    }

    /// The responsibility area with this code.
    pub fn area(&self, code: &str) -> Option<&ResponsibilityArea> {
        self.responsibility.area(code)
    }

    /// The cells of a responsibility area.
    pub fn cells_of<'a>(&'a self, area: &'a ResponsibilityArea) -> impl Iterator<Item = &'a Cell> {
        let cells = self.cells();
        area.cells.iter().map(|cell| &cells[*cell as usize])
    }

    /// The areas that share cells with `area`, the largest share first.
    pub fn overlaps(&self, area: &ResponsibilityArea) -> Vec<Overlap<'_>> {
        self.responsibility.overlaps(area)
    }

    /// The ground of a division: its declared outline, or what its cells cover; empty when neither is known.
    pub fn ground(&self, code: DivisionCode) -> MultiPolygon<f64> {
        let Some(number) = self.divisions.number(code) else { return MultiPolygon::new(Vec::new()) };
        if let Some((_, outline)) = self.outlines.iter().find(|(owner, _)| *owner == number) {
            return outline.shape().clone();
        }
        let surveyed: Vec<&MultiPolygon<f64>> = self
            .outlines
            .iter()
            .filter(|(owner, _)| self.divisions.lineage(*owner).any(|above| above == number))
            .map(|(_, outline)| outline.shape())
            .collect();
        if !surveyed.is_empty() {
            return unary_union(surveyed);
        }
        self.grid
            .as_ref()
            .map_or_else(|| MultiPolygon::new(Vec::new()), |grid| self.ground_of_cells(grid, number))
    }

    fn ground_of_cells(&self, grid: &Grid, division: u32) -> MultiPolygon<f64> {
        let mut pieces: BTreeMap<Option<u32>, Vec<Rect<f64>>> = BTreeMap::new();
        for (number, cell) in (0_u32..).zip(&grid.cells) {
            if self.divisions.lineage(cell.division).any(|above| above == division) {
                for Piece { rect, within } in grid.pieces(number) {
                    pieces.entry(within).or_default().push(rect);
                }
            }
        }
        let parts: Vec<MultiPolygon<f64>> = pieces
            .into_iter()
            .map(|(within, rects)| {
                let rects: Vec<_> = rects.into_iter().map(|rect| rect.to_polygon()).collect();
                let squares = unary_union(&rects);
                match within {
                    None => squares,
                    Some(outline) => squares.intersection(grid.outlines[outline as usize].shape()),
                }
            })
            .collect();
        unary_union(&parts)
    }

    pub(crate) const fn grid(&self) -> Option<&Grid> {
        self.grid.as_ref()
    }

    pub(crate) fn names(&self) -> &Names {
        &self.names
    }
}

impl<'a> Located<'a> {
    /// The cell.
    pub fn cell(&self) -> Option<&'a Cell> {
        let grid = self.atlas.grid.as_ref()?;
        self.cell.map(|cell| &grid.cells[cell as usize])
    }

    /// The smallest division known to hold the point.
    pub fn division(&self) -> Option<&'a Division> {
        self.division.map(|division| self.atlas.divisions.get(division))
    }

    /// The divisions that hold the point, the smallest first; for a zone's street also the district it stands in.
    pub fn lineage(&self) -> impl Iterator<Item = &'a Division> + use<'a> {
        let divisions = &self.atlas.divisions;
        self.numbers().map(|division| divisions.get(division))
    }

    /// The district or county on whose ground the point is, also where a zone manages it.
    pub fn district(&self) -> Option<&'a Division> {
        let district = |division: &Division| {
            division.code.level() == DivisionLevel::County && !Divisions::is_zone(division)
        };
        self.lineage().find(|division| district(division))
    }

    /// The street or town.
    pub fn street(&self) -> Option<&'a Division> {
        self.at_level(DivisionLevel::Street)
    }

    /// The community or village.
    pub fn community(&self) -> Option<&'a Division> {
        self.at_level(DivisionLevel::Village)
    }

    /// The divisions above the point, the smallest first: a zone's street and the zone, then the district whose
    /// ground it is, then the city.
    fn numbers(&self) -> impl Iterator<Item = u32> + use<'a> {
        let divisions = &self.atlas.divisions;
        let ground = self.ground;
        let lineage =
            move |division: Option<u32>| division.into_iter().flat_map(|one| divisions.lineage(one));
        lineage(self.division)
            .filter(move |one| lineage(ground).all(|other| other != *one))
            .chain(lineage(ground))
    }

    fn at_level(&self, level: DivisionLevel) -> Option<&'a Division> {
        self.lineage().find(|division| division.code.level() == level)
    }

    /// The functional zones that manage the place.
    pub fn zones(&self) -> Vec<&'a Zone> {
        let atlas = self.atlas;
        let lineage = self.division.into_iter().flat_map(|division| atlas.divisions.lineage(division));
        let mut zones: Vec<u32> = lineage
            .filter_map(|division| atlas.zones_by_division.get(&division))
            .flatten()
            .copied()
            .collect();
        zones.sort_unstable();
        zones.dedup();
        zones.into_iter().map(|zone| &atlas.zones[zone as usize]).collect()
    }

    /// The unit of each kind whose area holds the place; the smallest area wins, a zone's before a district's.
    pub fn responsible_units(&self) -> BTreeMap<&'a str, &'a ResponsibleUnit> {
        let mut units = BTreeMap::new();
        for unit in self.atlas.responsibility.units(self.numbers()) {
            units.entry(unit.kind.as_str()).or_insert(unit);
        }
        units
    }

    /// The responsibility areas that hold the cell.
    pub fn areas(&self) -> Vec<&'a ResponsibilityArea> {
        let atlas = self.atlas;
        self.cell.into_iter().flat_map(|cell| atlas.responsibility.areas_of(cell)).collect()
    }
}

/// Prepares the declared outlines, finest first, and marks whose ground is surveyed.
fn prepare(
    divisions: &mut Divisions,
    declared: Vec<(DivisionCode, MultiPolygon<f64>)>,
    problems: &mut Vec<PlaceProblem>,
) -> Vec<(u32, Outline)> {
    let globe = Rect::new(Coord { x: -180.0, y: -90.0 }, Coord { x: 180.0, y: 90.0 });
    let mut outlines: Vec<(u32, Outline)> = Vec::new();
    for (code, shape) in declared {
        let mut problem = |kind, message: &str, hint| {
            problems.push(PlaceProblem {
                about: code.to_string(),
                code: kind,
                message: message.to_owned(),
                hint,
            });
        };
        let Some(number) = divisions.number(code) else {
            problem("outline-of-nobody", "边界的区划不存在", "代码应与 divisions.csv 一致");
            continue;
        };
        let Some(outline) = Outline::new(shape) else {
            problem("outline-without-area", "边界没有面积", "核对坐标");
            continue;
        };
        if !crate::grid::covers(&globe, &outline.bounds()) {
            problem("outline-off-globe", "边界坐标不是经纬度", "坐标应为 CGCS2000 经纬度，单位为度");
            continue;
        }
        if outlines.iter().any(|(other, _)| *other == number) {
            problem("duplicate-outline", "同一区划有两条边界", "合并为一个多面");
            continue;
        }
        divisions.get_mut(number).surveyed = true;
        outlines.push((number, outline));
    }
    let depth = |number: u32| divisions.lineage(number).count();
    outlines.sort_by_key(|(number, _)| (std::cmp::Reverse(depth(*number)), *number));
    outlines
}

fn zones(
    divisions: &Divisions,
    declared: &[ZoneDeclared],
    problems: &mut Vec<PlaceProblem>,
) -> (Vec<Zone>, HashMap<u32, Vec<u32>>) {
    let mut by_division: HashMap<u32, Vec<u32>> = HashMap::new();
    let mut zones = Vec::new();
    for (number, zone) in (0_u32..).zip(declared) {
        for member in &zone.members {
            match divisions.number(*member) {
                Some(division) => by_division.entry(division).or_default().push(number),
                None => problems.push(PlaceProblem {
                    about: zone.code.to_string(),
                    code: "unknown-member",
                    message: format!("“{}”的成员 {member} 不是现行区划", zone.name),
                    hint: "成员写街道、镇的 9 位代码",
                }),
            }
        }
        zones.push(Zone { code: zone.code.clone(), name: zone.name.clone(), kind: zone.kind.clone() });
    }
    (zones, by_division)
}

fn streets_without_cells(divisions: &Divisions, grid: &Grid, problems: &mut Vec<PlaceProblem>) {
    let held: std::collections::HashSet<u32> =
        grid.cells.iter().flat_map(|cell| divisions.lineage(cell.division)).collect();
    for division in divisions.iter().filter(|division| division.code.level() >= DivisionLevel::County) {
        let number = divisions.number(division.code).expect("it comes from this tree");
        if !held.contains(&number) {
            problems.push(PlaceProblem {
                about: division.code.to_string(),
                code: "division-without-cells",
                message: format!("“{}”没有单元网格", division.name),
                hint: "核对标注点，或减小 edge_metres",
            });
        }
    }
}
