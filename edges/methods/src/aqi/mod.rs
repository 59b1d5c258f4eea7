//! The air quality index (AQI) of HJ 633-2012 and HJ 633-2026, of an hour or of a day.
//!
//! Which edition holds is asked of the date of the reported period. How a mean is formed and when it counts as valid is
//! GB 3095 and HJ 663, not here: means come in, with what is missing said to be missing. The advice for health that the
//! standards print beside a level is a text of the pack.

mod tables;

use baotu_vocabulary::{Refusal, RefusalKind};
use jiff::civil::Date;

pub use tables::{Beyond, EDITIONS, Edition, IAQI_STEPS, LEVELS, LevelRow, Scale};

use crate::rounding;

/// Indices above this name their primary pollutant (HJ 633-2012 4.4.2, HJ 633-2026 4.3.1).
const PRIMARY_ABOVE: u32 = 50;
/// Indices above this are published although a pollutant is missing (HJ 633-2026 5.3.1).
const PUBLISHED_INCOMPLETE_ABOVE: u32 = 100;

/// A pollutant of the index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pollutant {
    /// Sulphur dioxide, µg/m³.
    So2,
    /// Nitrogen dioxide, µg/m³.
    No2,
    /// Carbon monoxide, mg/m³.
    Co,
    /// Ozone, µg/m³.
    O3,
    /// Particles up to 10 µm, µg/m³.
    Pm10,
    /// Particles up to 2.5 µm, µg/m³.
    Pm25,
}

impl Pollutant {
    /// All six, in the order in which reports list them (HJ 633-2026 tables 4 and 5).
    pub const ALL: [Self; 6] = [Self::So2, Self::No2, Self::Co, Self::O3, Self::Pm10, Self::Pm25];

    /// The Chinese name (HJ 633-2026 table 2).
    pub const fn name(self) -> &'static str {
        match self {
            Self::So2 => "二氧化硫",
            Self::No2 => "二氧化氮",
            Self::Co => "一氧化碳",
            Self::O3 => "臭氧",
            Self::Pm10 => "可吸入颗粒物",
            Self::Pm25 => "细颗粒物",
        }
    }

    /// The formula or short name, for example `PM2.5`.
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::So2 => "SO2",
            Self::No2 => "NO2",
            Self::Co => "CO",
            Self::O3 => "O3",
            Self::Pm10 => "PM10",
            Self::Pm25 => "PM2.5",
        }
    }

    /// The unit of its concentrations.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Co => "mg/m³",
            Self::So2 | Self::No2 | Self::O3 | Self::Pm10 | Self::Pm25 => "µg/m³",
        }
    }

    /// Decimal places that its concentration is rounded to before anything else (HJ 633-2026 4.2.2; HJ 633-2012 is
    /// silent, and the published indices of its time agree with the same).
    pub const fn decimals(self) -> u8 {
        match self {
            Self::Co => 1,
            Self::So2 | Self::No2 | Self::O3 | Self::Pm10 | Self::Pm25 => 0,
        }
    }
}

/// The time that a mean is taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Averaging {
    /// 1 小时平均.
    Hour,
    /// 8 小时滑动平均; in a day's report the highest of the day.
    EightHours,
    /// 日平均 (24 小时平均).
    Day,
}

/// A concentration that can be: finite and not below zero. µg/m³, of CO mg/m³.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Concentration(f64);

impl Concentration {
    /// Takes a concentration as measured, in µg/m³, of CO in mg/m³.
    ///
    /// # Errors
    /// [`AqiRefused::Concentration`] for NaN, an infinite or a negative number. Whoever holds such a value decides whether
    /// it is an error or a [`Sample::Missing`]; it is never taken for zero.
    pub fn new(value: f64) -> Result<Self, AqiRefused> {
        if value.is_finite() && value >= 0.0 {
            Ok(Self(value))
        } else {
            Err(AqiRefused::Concentration(value))
        }
    }

    /// The number, in µg/m³, of CO in mg/m³.
    pub const fn value(self) -> f64 {
        self.0
    }
}

/// What a place gave of one pollutant in the reported period.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Sample {
    /// A valid mean.
    Mean(Concentration),
    /// Missing or not valid (缺数或数据无效, HJ 633-2026 5.3.1), shown as NA.
    #[default]
    Missing,
    /// Not in the monitoring plan, and known not to have caused 轻度污染 or worse there in three years running
    /// (HJ 633-2026 5.3.2), shown as “/”. Who says so vouches for both.
    NotMonitored,
}

impl Sample {
    /// A valid mean, in µg/m³, of CO in mg/m³.
    ///
    /// # Errors
    /// As [`Concentration::new`].
    pub fn mean(value: f64) -> Result<Self, AqiRefused> {
        Concentration::new(value).map(Self::Mean)
    }

    /// A mean if there is one, else missing.
    ///
    /// # Errors
    /// As [`Concentration::new`], for a value that is there.
    pub fn of(value: Option<f64>) -> Result<Self, AqiRefused> {
        value.map_or(Ok(Self::Missing), Self::mean)
    }
}

/// The means of one hour at one place (实时报).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HourlyMeans {
    /// SO2 over the hour, µg/m³.
    pub so2: Sample,
    /// NO2 over the hour, µg/m³.
    pub no2: Sample,
    /// CO over the hour, mg/m³.
    pub co: Sample,
    /// Ozone over the hour, µg/m³.
    pub o3: Sample,
    /// PM10 over the hour, µg/m³.
    pub pm10: Sample,
    /// PM2.5 over the hour, µg/m³.
    pub pm25: Sample,
    /// SO2 over the last 24 hours, µg/m³: looked at by HJ 633-2012 alone, once the hour is above 800 (table 1, note 2).
    pub so2_day: Sample,
}

/// The means of one natural day at one place (日报).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct DailyMeans {
    /// SO2 over the day, µg/m³.
    pub so2: Sample,
    /// NO2 over the day, µg/m³.
    pub no2: Sample,
    /// CO over the day, mg/m³.
    pub co: Sample,
    /// Ozone, the highest moving eight hours of the day, µg/m³.
    pub o3_eight_hours: Sample,
    /// PM10 over the day, µg/m³.
    pub pm10: Sample,
    /// PM2.5 over the day, µg/m³.
    pub pm25: Sample,
    /// Ozone, the highest hour of the day, µg/m³: an item of HJ 633-2012 alone (5.1.2; table 1, note 3).
    pub o3_hour: Sample,
}

/// A level of air quality, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// 优, up to 50.
    Excellent,
    /// 良, up to 100.
    Good,
    /// 轻度污染, up to 150.
    LightlyPolluted,
    /// 中度污染, up to 200.
    ModeratelyPolluted,
    /// 重度污染, up to 300.
    HeavilyPolluted,
    /// 严重污染, above 300.
    SeverelyPolluted,
}

impl Level {
    /// The level of an index.
    pub fn of(aqi: u32) -> Self {
        LEVELS.iter().find(|row| aqi <= row.up_to).map_or(Self::SeverelyPolluted, |row| row.level)
    }

    /// Its names and colours.
    pub const fn row(self) -> &'static LevelRow {
        &LEVELS[self as usize]
    }
}

/// One item of a report: a pollutant over one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Part {
    /// What was measured.
    pub pollutant: Pollutant,
    /// Over which time.
    pub averaging: Averaging,
    /// What was given, unrounded.
    pub sample: Sample,
    /// The concentration as published, rounded by GB/T 8170: whole µg/m³, CO to 0.1 mg/m³. None without a mean.
    pub concentration: Option<f64>,
    /// The sub-index (IAQI), 0 to 500. None without a mean, or above the end of a scale of HJ 633-2012.
    pub iaqi: Option<u32>,
}

/// The index with what it means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// The largest sub-index; 1 to 500, in HJ 633-2012 0 to 500.
    pub aqi: u32,
    /// Its level.
    pub level: Level,
    /// 首要污染物: all that share the largest sub-index, when it is above 50; else none.
    pub primary: Vec<Pollutant>,
}

/// A report on an hour or a day.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The edition that it follows.
    pub edition: &'static Edition,
    /// Every item that was looked at.
    pub parts: Vec<Part>,
    /// Pollutants without a sub-index that should have had one (缺测指标).
    pub missing: Vec<Pollutant>,
    /// The index; none where it is published as NA.
    pub index: Option<Index>,
}

/// Why no index could be asked for.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum AqiRefused {
    /// A concentration that cannot be.
    #[error("浓度应为不小于 0 的数，收到 {0}；无效数据请按缺数处理")]
    Concentration(f64),
    /// A day before the first edition.
    #[error("{0} 尚无空气质量指数（AQI）技术规定")]
    NoEdition(Date),
}

impl Refusal for AqiRefused {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Concentration(_) => "impossible-concentration",
            Self::NoEdition(_) => "no-edition",
        }
    }
}

impl Edition {
    /// The edition that reports on `date` follow.
    ///
    /// # Errors
    /// [`AqiRefused::NoEdition`] before 2012-02-29.
    pub fn on(date: Date) -> Result<&'static Self, AqiRefused> {
        EDITIONS.iter().rev().find(|edition| edition.in_force <= date).ok_or(AqiRefused::NoEdition(date))
    }

    /// The scale that a mean is read on: particles over an hour use the scale of a day (HJ 633-2026 4.2.4).
    ///
    /// HJ 633-2012 gives particles a sub-index over the last 24 hours only (table 4); the national network published hours as the
    /// later edition says, and so does this. None for a mean that the standard does not know, such as NO2 over eight hours.
    pub fn scale(&self, pollutant: Pollutant, averaging: Averaging) -> Option<&Scale> {
        let averaging = match (pollutant, averaging) {
            (Pollutant::Pm10 | Pollutant::Pm25, Averaging::Hour) => Averaging::Day,
            _ => averaging,
        };
        self.scales.iter().find(|scale| scale.pollutant == pollutant && scale.averaging == averaging)
    }

    /// The sub-index (IAQI, 0 to 500) of a concentration, which is rounded first; formula (1), rounded up to a whole
    /// number (HJ 633-2012 6.2, HJ 633-2026 4.2.6).
    ///
    /// None where there is no scale, or above its end where HJ 633-2012 computes none.
    pub fn iaqi(
        &self,
        pollutant: Pollutant,
        averaging: Averaging,
        concentration: Concentration,
    ) -> Option<u32> {
        self.scale(pollutant, averaging)?.iaqi(concentration)
    }

    fn part(&self, pollutant: Pollutant, averaging: Averaging, sample: Sample) -> Part {
        let (concentration, iaqi) = match sample {
            Sample::Mean(mean) => (
                Some(rounding::round(mean.value(), pollutant.decimals())),
                self.iaqi(pollutant, averaging, mean),
            ),
            Sample::Missing | Sample::NotMonitored => (None, None),
        };
        Part { pollutant, averaging, sample, concentration, iaqi }
    }
}

impl Scale {
    /// As [`Edition::iaqi`]. In whole numbers, so that nothing is rounded up that floating point has made up.
    fn iaqi(&self, concentration: Concentration) -> Option<u32> {
        let decimals = self.pollutant.decimals();
        let steps_per_unit = 10_u32.pow(u32::from(decimals));
        // What does not fit is far beyond every scale.
        let steps = rounding::steps(concentration.value(), decimals)
            .and_then(|steps| u32::try_from(steps).ok())
            .unwrap_or(u32::MAX);
        let spans = self.limits.windows(2).zip(IAQI_STEPS.windows(2));
        for (limits, indices) in spans {
            let (low, high) = (limits[0] * steps_per_unit, limits[1] * steps_per_unit);
            if steps <= high {
                return Some(indices[0] + ((indices[1] - indices[0]) * (steps - low)).div_ceil(high - low));
            }
        }
        match self.beyond {
            Beyond::Stays(iaqi) => Some(iaqi),
            Beyond::Unscaled => None,
        }
    }
}

/// The real-time report on an hour of `date` (local date of the hour).
///
/// Six items (HJ 633-2026 4.2.3); for HJ 633-2012 the same six, as the national network published them, see [`Edition::scale`].
///
/// # Errors
/// [`AqiRefused::NoEdition`] before 2012-02-29.
pub fn hourly(date: Date, means: &HourlyMeans) -> Result<Report, AqiRefused> {
    let edition = Edition::on(date)?;
    let part = |pollutant, sample| edition.part(pollutant, Averaging::Hour, sample);
    let mut parts = vec![
        part(Pollutant::So2, means.so2),
        part(Pollutant::No2, means.no2),
        part(Pollutant::Co, means.co),
        part(Pollutant::O3, means.o3),
        part(Pollutant::Pm10, means.pm10),
        part(Pollutant::Pm25, means.pm25),
    ];
    let is_so2_unscaled = matches!(parts[0], Part { concentration: Some(_), iaqi: None, .. });
    if is_so2_unscaled {
        parts.push(edition.part(Pollutant::So2, Averaging::Day, means.so2_day));
    }
    Ok(report(edition, parts))
}

/// The report on the natural day `date`.
///
/// Six items (HJ 633-2026 4.2.2), in HJ 633-2012 seven (5.1.2). There, ozone above 800 µg/m³ over eight hours has the sub-index of
/// its highest hour.
///
/// # Errors
/// [`AqiRefused::NoEdition`] before 2012-02-29.
pub fn daily(date: Date, means: &DailyMeans) -> Result<Report, AqiRefused> {
    let edition = Edition::on(date)?;
    let mut parts = vec![
        edition.part(Pollutant::So2, Averaging::Day, means.so2),
        edition.part(Pollutant::No2, Averaging::Day, means.no2),
        edition.part(Pollutant::Co, Averaging::Day, means.co),
        edition.part(Pollutant::O3, Averaging::EightHours, means.o3_eight_hours),
        edition.part(Pollutant::Pm10, Averaging::Day, means.pm10),
        edition.part(Pollutant::Pm25, Averaging::Day, means.pm25),
    ];
    if edition.counts_ozone_hour_daily {
        parts.push(edition.part(Pollutant::O3, Averaging::Hour, means.o3_hour));
    }
    Ok(report(edition, parts))
}

fn report(edition: &'static Edition, parts: Vec<Part>) -> Report {
    let missing = missing(&parts);
    let index = index(edition, &parts, &missing);
    Report { edition, parts, missing, index }
}

/// Pollutants none of whose items has a sub-index, but for those that are not monitored.
fn missing(parts: &[Part]) -> Vec<Pollutant> {
    let is_missing = |pollutant: &Pollutant| {
        let of_it = || parts.iter().filter(|part| part.pollutant == *pollutant);
        of_it().all(|part| part.iaqi.is_none()) && !of_it().any(|part| part.sample == Sample::NotMonitored)
    };
    Pollutant::ALL.into_iter().filter(is_missing).collect()
}

fn index(edition: &Edition, parts: &[Part], missing: &[Pollutant]) -> Option<Index> {
    let largest = parts.iter().filter_map(|part| part.iaqi).max()?;
    if edition.withholds_incomplete && !missing.is_empty() && largest <= PUBLISHED_INCOMPLETE_ABOVE {
        return None;
    }
    let aqi = largest.max(edition.lowest);
    let is_primary = |pollutant: &Pollutant| {
        aqi > PRIMARY_ABOVE
            && parts.iter().any(|part| part.pollutant == *pollutant && part.iaqi == Some(largest))
    };
    let primary = Pollutant::ALL.into_iter().filter(is_primary).collect();
    Some(Index { aqi, level: Level::of(aqi), primary })
}
