//! Points on the ground in CGCS2000, and the way there from the coordinates of map vendors.
//!
//! WGS 84 and CGCS2000 differ by centimetres and are treated as one. GCJ-02 and BD-09 are shifted by hundreds of
//! metres; they are converted once, at the door, and never stored. Areas and grids belong to the engine `geo`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Mean radius of the earth in metres, for distances.
const EARTH_RADIUS_METRES: f64 = 6_371_008.8;
/// Stored steps per degree: 0.000001° is 11 cm, finer than any component survey asks for.
const STEPS_PER_DEGREE: f64 = 1_000_000.0;

/// Semi-major axis in metres and squared eccentricity of the ellipsoid that GCJ-02 is computed on (Krasovsky 1940).
const KRASOVSKY: (f64, f64) = (6_378_245.0, 0.006_693_421_622_965_943);
/// The rectangle (west, south, east, north, in degrees) inside which GCJ-02 shifts; outside it equals WGS 84.
const GCJ02_RECTANGLE: [f64; 4] = [72.004, 0.8293, 137.8347, 55.8271];
/// The inverse of GCJ-02 is found by iteration until it moves less than this many degrees.
const INVERSE_PRECISION_DEGREES: f64 = 1e-8;
/// The iteration halves its error at least tenfold each time; this many rounds are never needed inside China.
const INVERSE_ROUNDS_MAX: usize = 30;

/// A point in CGCS2000 (EPSG:4490) degrees, to six decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Degrees", into = "Degrees")]
pub struct Point {
    lon: i32,
    lat: i32,
}

/// The form of a point in JSON.
#[derive(Serialize, Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct Degrees {
    /// Longitude in degrees, −180 to 180.
    lon: f64,
    /// Latitude in degrees, −90 to 90.
    lat: f64,
}

/// Why two numbers are no point.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum PointError {
    /// The longitude is no number from −180 to 180.
    #[error("经度应在 −180 到 180 度之间，实为 {0}")]
    Longitude(f64),
    /// The latitude is no number from −90 to 90.
    #[error("纬度应在 −90 到 90 度之间，实为 {0}")]
    Latitude(f64),
}

/// The coordinate systems in which places reach a city.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CoordinateSystem {
    /// CGCS2000, the official one.
    Cgcs2000,
    /// WGS 84, of satellite receivers.
    Wgs84,
    /// GCJ-02, of most Chinese map vendors.
    Gcj02,
    /// BD-09, of Baidu.
    Bd09,
}

impl Point {
    /// The point at `lon`, `lat` degrees, rounded to six decimals.
    pub fn new(lon: f64, lat: f64) -> Result<Self, PointError> {
        if !(-180.0..=180.0).contains(&lon) {
            return Err(PointError::Longitude(lon));
        }
        if !(-90.0..=90.0).contains(&lat) {
            return Err(PointError::Latitude(lat));
        }
        #[expect(clippy::cast_possible_truncation, reason = "at most 180 million after the checks above")]
        let steps = |degrees: f64| (degrees * STEPS_PER_DEGREE).round() as i32;
        Ok(Self { lon: steps(lon), lat: steps(lat) })
    }

    /// Longitude in degrees.
    pub fn lon(self) -> f64 {
        f64::from(self.lon) / STEPS_PER_DEGREE
    }

    /// Latitude in degrees.
    pub fn lat(self) -> f64 {
        f64::from(self.lat) / STEPS_PER_DEGREE
    }

    /// The distance to `other` in metres on a sphere (haversine; within 0.6 % of the ellipsoid).
    pub fn distance_metres(self, other: Self) -> f64 {
        let (lat, other_lat) = (self.lat().to_radians(), other.lat().to_radians());
        let half_lat = ((other_lat - lat) / 2.0).sin();
        let half_lon = ((other.lon() - self.lon()).to_radians() / 2.0).sin();
        let chord = half_lat.mul_add(half_lat, lat.cos() * other_lat.cos() * half_lon * half_lon);
        2.0 * EARTH_RADIUS_METRES * chord.min(1.0).sqrt().asin()
    }
}

impl TryFrom<Degrees> for Point {
    type Error = PointError;

    fn try_from(degrees: Degrees) -> Result<Self, PointError> {
        Self::new(degrees.lon, degrees.lat)
    }
}

impl From<Point> for Degrees {
    fn from(point: Point) -> Self {
        Self { lon: point.lon(), lat: point.lat() }
    }
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.6},{:.6}", self.lon(), self.lat())
    }
}

impl fmt::Debug for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl schemars::JsonSchema for Point {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Point".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        Degrees::json_schema(generator)
    }
}

/// The point that stands at `lon`, `lat` degrees of `system`.
pub fn to_cgcs2000(lon: f64, lat: f64, system: CoordinateSystem) -> Result<Point, PointError> {
    let given = Point::new(lon, lat)?;
    match system {
        CoordinateSystem::Cgcs2000 | CoordinateSystem::Wgs84 => Ok(given),
        CoordinateSystem::Gcj02 => {
            let (lon, lat) = gcj02_inverse(lon, lat);
            Point::new(lon, lat)
        }
        CoordinateSystem::Bd09 => {
            let (lon, lat) = bd09_to_gcj02(lon, lat);
            let (lon, lat) = gcj02_inverse(lon, lat);
            Point::new(lon, lat)
        }
    }
}

/// Where `point` stands in `system`, as longitude and latitude in degrees.
pub fn from_cgcs2000(point: Point, system: CoordinateSystem) -> (f64, f64) {
    let (lon, lat) = (point.lon(), point.lat());
    match system {
        CoordinateSystem::Cgcs2000 | CoordinateSystem::Wgs84 => (lon, lat),
        CoordinateSystem::Gcj02 => gcj02_forward(lon, lat),
        CoordinateSystem::Bd09 => {
            let (lon, lat) = gcj02_forward(lon, lat);
            gcj02_to_bd09(lon, lat)
        }
    }
}

fn shifted_by_gcj02(lon: f64, lat: f64) -> bool {
    let [west, south, east, north] = GCJ02_RECTANGLE;
    (west..=east).contains(&lon) && (south..=north).contains(&lat)
}

/// WGS 84 to GCJ-02, as the vendors' published transformation has it.
fn gcj02_forward(lon: f64, lat: f64) -> (f64, f64) {
    use std::f64::consts::PI;
    if !shifted_by_gcj02(lon, lat) {
        return (lon, lat);
    }
    let (x, y) = (lon - 105.0, lat - 35.0);
    let wave = |amplitude: f64, argument: f64| amplitude * (argument * PI).sin();
    let ripple = wave(20.0, 6.0 * x) + wave(20.0, 2.0 * x);
    let north = -100.0
        + 2.0 * x
        + 3.0 * y
        + 0.2 * y * y
        + 0.1 * x * y
        + 0.2 * x.abs().sqrt()
        + (ripple + wave(20.0, y) + wave(40.0, y / 3.0) + wave(160.0, y / 12.0) + wave(320.0, y / 30.0))
            * 2.0
            / 3.0;
    let east = 300.0
        + x
        + 2.0 * y
        + 0.1 * x * x
        + 0.1 * x * y
        + 0.1 * x.abs().sqrt()
        + (ripple + wave(20.0, x) + wave(40.0, x / 3.0) + wave(150.0, x / 12.0) + wave(300.0, x / 30.0))
            * 2.0
            / 3.0;
    let (axis, eccentricity) = KRASOVSKY;
    let latitude = lat.to_radians();
    let flattening = 1.0 - eccentricity * latitude.sin().powi(2);
    let prime_vertical = axis / flattening.sqrt();
    let meridian = axis * (1.0 - eccentricity) / flattening.powf(1.5);
    (lon + (east / (prime_vertical * latitude.cos())).to_degrees(), lat + (north / meridian).to_degrees())
}

/// GCJ-02 to WGS 84: the transformation has no closed inverse, but is so flat that a few corrections find it.
fn gcj02_inverse(lon: f64, lat: f64) -> (f64, f64) {
    if !shifted_by_gcj02(lon, lat) {
        return (lon, lat);
    }
    let (mut guess_lon, mut guess_lat) = (lon, lat);
    for _ in 0..INVERSE_ROUNDS_MAX {
        let (there_lon, there_lat) = gcj02_forward(guess_lon, guess_lat);
        let (error_lon, error_lat) = (there_lon - lon, there_lat - lat);
        guess_lon -= error_lon;
        guess_lat -= error_lat;
        if error_lon.abs().max(error_lat.abs()) < INVERSE_PRECISION_DEGREES {
            break;
        }
    }
    (guess_lon, guess_lat)
}

/// BD-09 turns GCJ-02 around and adds a constant, so both directions are closed formulas up to centimetres.
const BD09_TURN: f64 = std::f64::consts::PI * 3000.0 / 180.0;
const BD09_OFFSET: (f64, f64) = (0.0065, 0.006);

fn gcj02_to_bd09(lon: f64, lat: f64) -> (f64, f64) {
    let radius = lon.hypot(lat) + 0.000_02 * (lat * BD09_TURN).sin();
    let angle = lat.atan2(lon) + 0.000_003 * (lon * BD09_TURN).cos();
    (radius * angle.cos() + BD09_OFFSET.0, radius * angle.sin() + BD09_OFFSET.1)
}

fn bd09_to_gcj02(lon: f64, lat: f64) -> (f64, f64) {
    let (x, y) = (lon - BD09_OFFSET.0, lat - BD09_OFFSET.1);
    let radius = x.hypot(y) - 0.000_02 * (y * BD09_TURN).sin();
    let angle = y.atan2(x) - 0.000_003 * (x * BD09_TURN).cos();
    (radius * angle.cos(), radius * angle.sin())
}
