//! What a city declares about its places, as plain values, and what can be wrong with it.
//!
//! Files are not known here: the pack compiler reads `places/` and `organisations/units.csv` and hands them in.

use std::fmt;

use baotu_vocabulary::{CellCode, DivisionCode, Point, UnitCode, ZoneCode};
use geo::MultiPolygon;
use jiff::civil::Date;

/// Everything the atlas is built from.
#[derive(Clone, Debug, Default)]
pub struct Places {
    /// The city's name as shown in refusals, for example `济南市`.
    pub city: String,
    /// West, south, east, north in degrees: a coarse check of coordinates, and where swapped ones are noticed.
    pub bounds: Option<[f64; 4]>,
    /// The divisions of the city, from the city itself down to communities and villages; abolished ones too.
    pub divisions: Vec<DivisionDeclared>,
    /// Outlines in CGCS2000 degrees; districts at least, streets and communities where a city has them.
    pub outlines: Vec<(DivisionCode, MultiPolygon<f64>)>,
    /// Functional zones without a code of GB/T 2260.
    pub zones: Vec<ZoneDeclared>,
    /// The unit grid.
    pub cells: CellsDeclared,
    /// Well-known places; divisions are found by their names anyway.
    pub gazetteer: Vec<PlaceDeclared>,
    /// Units and the division each answers for.
    pub units: Vec<UnitDeclared>,
    /// Responsibility areas that are sets of divisions or cells: supervision grids, community grids.
    pub areas: Vec<AreaDeclared>,
}

/// One division, a row of `places/divisions.csv`.
#[derive(Clone, Debug)]
pub struct DivisionDeclared {
    /// The code of GB/T 2260, GB/T 10114 or the statistical one.
    pub code: DivisionCode,
    /// Shown, for example `泉城路街道`.
    pub name: String,
    /// `city`, `district`, `street`, `town`, `community`, `village`, or `zone` (a statistical division that stands on
    /// the ground of districts).
    pub kind: String,
    /// The division above, where it isn't the one the code says (streets of functional zones).
    pub parent: Option<DivisionCode>,
    /// Where its name stands on the map.
    pub label: Option<Point>,
    /// In force from this day; absent: always was.
    pub valid_from: Option<Date>,
    /// Last day in force; absent while it is.
    pub valid_to: Option<Date>,
    /// The code that followed it.
    pub successor: Option<DivisionCode>,
}

/// A functional zone, a table of `places/zones.toml`.
#[derive(Clone, Debug)]
pub struct ZoneDeclared {
    /// Own code.
    pub code: ZoneCode,
    /// Shown.
    pub name: String,
    /// For example `development-zone`.
    pub kind: String,
    /// The divisions it manages.
    pub members: Vec<DivisionCode>,
}

/// Where the unit grid comes from.
#[derive(Clone, Debug, Default)]
pub enum CellsDeclared {
    /// The city has no unit grid.
    #[default]
    None,
    /// The districts' outlines are cut into squares with this edge; synthetic.
    Generated {
        /// Edge in metres.
        edge_metres: f64,
    },
    /// The surveyed grid of the city.
    Surveyed(Vec<CellDeclared>),
}

/// One surveyed cell, a feature of `places/cells.geojson`.
#[derive(Clone, Debug)]
pub struct CellDeclared {
    /// 15 digits (GB/T 30428.1): 6 division, 3 street, 3 community, 3 serial.
    pub code: CellCode,
    /// In CGCS2000 degrees.
    pub outline: MultiPolygon<f64>,
}

/// A well-known place, a row of `places/gazetteer.csv`.
#[derive(Clone, Debug)]
pub struct PlaceDeclared {
    /// Shown.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// For example `park`, `station`, `road`.
    pub kind: String,
    /// Where it is.
    pub point: Point,
}

/// What the atlas needs of a unit.
#[derive(Clone, Debug)]
pub struct UnitDeclared {
    /// Own short code.
    pub code: UnitCode,
    /// Shown.
    pub name: String,
    /// For example `street-office`.
    pub kind: String,
    /// The division it answers for.
    pub area: DivisionCode,
}

/// A responsibility area that cuts across divisions (责任网格, 监督网格, 社区网格).
#[derive(Clone, Debug)]
pub struct AreaDeclared {
    /// Own code.
    pub code: String,
    /// Shown.
    pub name: String,
    /// For example `supervision-grid` or `community-grid`; areas of one kind don't overlap.
    pub kind: String,
    /// The unit in charge.
    pub unit: Option<UnitCode>,
    /// Codes of divisions (6, 9, 12 digits) and of cells (15 digits).
    pub members: Vec<String>,
}

/// Something wrong with the declared places; the atlas is built without the offending piece.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PlaceProblem {
    /// The declaration concerned: a code or a name.
    pub about: String,
    /// Stable name of the kind of problem, kebab-case.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: &'static str,
}

impl fmt::Display for PlaceProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}] {}：{}（{}）", self.code, self.about, self.message, self.hint)
    }
}
