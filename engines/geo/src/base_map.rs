//! The city's own base map: land, districts, streets, cells of the unit grid, and names.
//!
//! A sketch of responsibilities, not a survey: streets without a declared outline are made of generated cells and
//! marked `synthetic`. Roads and water are not known.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use baotu_vocabulary::DivisionLevel;
use geo::{BoundingRect, Coord, MapCoords, MultiPolygon, Rect, Simplify, unary_union};
use geozero::mvt::TileValue;

use crate::atlas::Atlas;
use crate::division::Divisions;
use crate::outline::overlap;
use crate::tile::{EXTENT, EncodedTile, Layer, TileAddress, ZOOM_MAX, clip, encode, project, tiles_along};

/// Streets are drawn from this zoom on.
pub const STREETS_FROM_ZOOM: u8 = 10;
/// Cells are drawn from this zoom on.
pub const CELLS_FROM_ZOOM: u8 = 14;
/// Tiles kept ready, in bytes.
const CACHE_BYTES_MAX: usize = 64 << 20;
/// What keeping a tile costs beside its bytes; empty ones are not free.
const CACHE_ENTRY_BYTES: usize = 128;
/// Outlines may be off by this much after simplification: an eighth of a pixel of a 512-pixel screen tile.
const TOLERANCE_UNITS: f64 = 1.0;
/// From this zoom on outlines are drawn as declared.
const EXACT_FROM_ZOOM: u8 = 15;

/// An area on the world's square.
#[derive(Clone, Debug)]
struct Drawn {
    code: String,
    name: String,
    synthetic: bool,
    bounds: Rect<f64>,
    shape: MultiPolygon<f64>,
}

/// The areas as they are drawn at one zoom level.
#[derive(Clone, Debug, Default)]
struct Sheet {
    land: Vec<Drawn>,
    districts: Vec<Drawn>,
    streets: Vec<Drawn>,
}

/// A name on the map.
#[derive(Debug)]
struct Label {
    world: Coord<f64>,
    name: String,
    kind: String,
    zooms: std::ops::RangeInclusive<u8>,
}

/// Draws the tiles of the base map and keeps the last ones.
#[derive(Debug)]
pub struct BaseMap {
    atlas: Arc<Atlas>,
    declared: OnceLock<Sheet>,
    sheets: [OnceLock<Sheet>; EXACT_FROM_ZOOM as usize],
    labels: Vec<Label>,
    cache: Mutex<Cache>,
}

impl BaseMap {
    /// The base map of `atlas`. Outlines are prepared at the first tile, not here.
    pub fn new(atlas: Arc<Atlas>) -> Self {
        let labels = labels(&atlas);
        Self {
            atlas,
            declared: OnceLock::new(),
            sheets: [const { OnceLock::new() }; EXACT_FROM_ZOOM as usize],
            labels,
            cache: Mutex::default(),
        }
    }

    /// The tile at `address` if it has been drawn lately.
    pub fn drawn(&self, address: TileAddress) -> Option<Arc<EncodedTile>> {
        self.cache().tiles.get(&address).cloned()
    }

    /// The tile at `address`; drawing one takes milliseconds, the first of a zoom level longer.
    pub fn tile(&self, address: TileAddress) -> Arc<EncodedTile> {
        if let Some(tile) = self.drawn(address) {
            return tile;
        }
        // Drawn outside the lock: two readers may draw the same tile once each, nobody waits.
        let tile = Arc::new(encode(self.draw(address)));
        self.cache().keep(address, &tile);
        tile
    }

    /// A poisoned cache still holds whole tiles only.
    fn cache(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn draw(&self, address: TileAddress) -> Vec<Layer> {
        let sheet = self.sheet(address.zoom());
        let mut layers =
            vec![areas("land", &sheet.land, address), areas("districts", &sheet.districts, address)];
        if address.zoom() >= STREETS_FROM_ZOOM {
            layers.push(areas("streets", &sheet.streets, address));
        }
        if address.zoom() >= CELLS_FROM_ZOOM {
            layers.push(self.cells(address));
        }
        layers.push(self.names(address));
        layers
    }

    fn sheet(&self, zoom: u8) -> &Sheet {
        let declared = self.declared.get_or_init(|| Sheet::declared(&self.atlas));
        match self.sheets.get(usize::from(zoom)) {
            None => declared,
            Some(sheet) => sheet.get_or_init(|| declared.simplified(zoom)),
        }
    }

    fn cells(&self, address: TileAddress) -> Layer {
        let mut layer = Layer::new("cells");
        let Some(grid) = self.atlas.grid() else { return layer };
        for number in grid.cells_under(address.window_degrees()) {
            let cell = &grid.cells[number as usize];
            let shape = clip(&grid.shape(number).map_coords(project), address);
            let community = self.atlas.division_of(cell).name.clone();
            layer.area(
                shape,
                [
                    ("code", text(cell.code.as_str())),
                    ("name", TileValue::Str(community)),
                    ("synthetic", TileValue::Bool(cell.synthetic)),
                ],
            );
        }
        layer
    }

    fn names(&self, address: TileAddress) -> Layer {
        let mut layer = Layer::new("labels");
        for label in self.labels.iter().filter(|label| label.zooms.contains(&address.zoom())) {
            if let Some(at) = address.units_inside(label.world) {
                layer.point(at, [("name", text(&label.name)), ("kind", text(&label.kind))]);
            }
        }
        layer
    }
}

impl Sheet {
    fn declared(atlas: &Atlas) -> Self {
        let mut sheet = Self::default();
        for division in atlas.divisions().iter() {
            let shapes = match division.code.level() {
                DivisionLevel::County if Divisions::is_zone(division) => continue,
                DivisionLevel::County => &mut sheet.districts,
                DivisionLevel::Street => &mut sheet.streets,
                DivisionLevel::Province | DivisionLevel::City | DivisionLevel::Village => continue,
            };
            let name = division.name.clone();
            shapes.extend(Drawn::new(
                division.code.to_string(),
                name,
                !division.surveyed,
                &atlas.ground(division.code),
            ));
        }
        let land: Vec<&MultiPolygon<f64>> = sheet.districts.iter().map(|district| &district.shape).collect();
        let land = unary_union(land);
        sheet.land = land
            .bounding_rect()
            .into_iter()
            .map(|bounds| Drawn {
                code: String::new(),
                name: atlas.city().to_owned(),
                synthetic: false,
                bounds,
                shape: land.clone(),
            })
            .collect();
        sheet
    }

    fn simplified(&self, zoom: u8) -> Self {
        let tolerance = TOLERANCE_UNITS / (f64::from(EXTENT) * tiles_along(zoom));
        let simplify = |areas: &[Drawn]| {
            let simple = |area: &Drawn| Drawn { shape: area.shape.simplify(tolerance), ..area.clone() };
            areas.iter().map(simple).collect()
        };
        let streets = if zoom >= STREETS_FROM_ZOOM { simplify(&self.streets) } else { Vec::new() };
        Self { land: simplify(&self.land), districts: simplify(&self.districts), streets }
    }
}

impl Drawn {
    /// None for a division whose ground is not known.
    fn new(code: String, name: String, synthetic: bool, ground: &MultiPolygon<f64>) -> Option<Self> {
        let shape = ground.map_coords(project);
        Some(Self { code, name, synthetic, bounds: shape.bounding_rect()?, shape })
    }
}

fn areas(name: &'static str, areas: &[Drawn], address: TileAddress) -> Layer {
    let (mut layer, window) = (Layer::new(name), address.window());
    for area in areas.iter().filter(|area| overlap(&area.bounds, &window)) {
        layer.area(
            clip(&area.shape, address),
            [
                ("code", text(&area.code)),
                ("name", text(&area.name)),
                ("synthetic", TileValue::Bool(area.synthetic)),
            ],
        );
    }
    layer
}

/// Who is named at which zoom: the larger give way to the smaller.
fn labels(atlas: &Atlas) -> Vec<Label> {
    let label = |place: &crate::gazetteer::Place| Label {
        world: project(crate::cutting::coord(place.point)),
        name: place.name.clone(),
        kind: place.kind.clone(),
        zooms: match place.division.filter(|_| place.is_division).map(|code| code.level()) {
            Some(DivisionLevel::Province | DivisionLevel::City) => 0..=6,
            // A screen of usual size shows a whole prefecture at 7: its districts are what one looks for there.
            Some(DivisionLevel::County) => 7..=13,
            Some(DivisionLevel::Street) => 11..=ZOOM_MAX,
            Some(DivisionLevel::Village) => 14..=ZOOM_MAX,
            None => 13..=ZOOM_MAX,
        },
    };
    atlas.gazetteer().places().iter().map(label).collect()
}

fn text(text: &str) -> TileValue {
    TileValue::Str(text.to_owned())
}

/// The last tiles drawn; the first in go out first.
#[derive(Debug, Default)]
struct Cache {
    tiles: HashMap<TileAddress, Arc<EncodedTile>>,
    order: VecDeque<TileAddress>,
    bytes: usize,
}

impl Cache {
    fn keep(&mut self, address: TileAddress, tile: &Arc<EncodedTile>) {
        if self.tiles.insert(address, Arc::clone(tile)).is_some() {
            return;
        }
        self.order.push_back(address);
        self.bytes += tile.gzip.len() + CACHE_ENTRY_BYTES;
        while self.bytes > CACHE_BYTES_MAX {
            let Some(oldest) = self.order.pop_front() else { break };
            if let Some(gone) = self.tiles.remove(&oldest) {
                self.bytes -= gone.gzip.len() + CACHE_ENTRY_BYTES;
            }
        }
    }
}
