//! The dated tables of the air quality index: breakpoints, levels and colours, as the two editions print them.
//!
//! Read from the standards themselves. An edition that comes is one more entry of [`EDITIONS`].

use jiff::civil::{Date, date};

use super::{Averaging, Level, Pollutant};

/// The sub-indices that the breakpoints of a scale stand for, in their order (HJ 633-2012 table 1, HJ 633-2026 table 3).
pub const IAQI_STEPS: [u32; 8] = [0, 50, 100, 150, 200, 300, 400, 500];

/// An edition of the technical rules, with what differs between editions.
#[derive(Debug, PartialEq, Eq)]
pub struct Edition {
    /// Its number, for example `HJ 633-2026`.
    pub name: &'static str,
    /// The first day whose reports follow it.
    pub in_force: Date,
    /// One scale for each pollutant and averaging time.
    pub scales: [Scale; 10],
    /// The lowest index that is published.
    pub lowest: u32,
    /// Whether an index of 100 or less is withheld while a pollutant is missing.
    pub withholds_incomplete: bool,
    /// Whether the daily report counts the highest hour of ozone beside its eight hours.
    pub counts_ozone_hour_daily: bool,
}

/// The breakpoints of a pollutant for one averaging time.
#[derive(Debug, PartialEq, Eq)]
pub struct Scale {
    /// What is measured.
    pub pollutant: Pollutant,
    /// Over which time.
    pub averaging: Averaging,
    /// Concentrations that stand for [`IAQI_STEPS`] from the first on: µg/m³, of CO mg/m³. Some scales end early.
    pub limits: &'static [u32],
    /// What holds above the last of them.
    pub beyond: Beyond,
}

/// What holds above the last breakpoint of a scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// The sub-index stays at this value.
    Stays(u32),
    /// No sub-index is computed; the same pollutant over another time takes its place.
    Unscaled,
}

const SO2_DAY: &[u32] = &[0, 50, 150, 475, 800, 1_600, 2_100, 2_620];
const SO2_HOUR: &[u32] = &[0, 150, 500, 650, 800];
const NO2_DAY: &[u32] = &[0, 40, 80, 180, 280, 565, 750, 940];
const NO2_HOUR: &[u32] = &[0, 100, 200, 700, 1_200, 2_340, 3_090, 3_840];
const CO_DAY: &[u32] = &[0, 2, 4, 14, 24, 36, 48, 60];
const CO_HOUR: &[u32] = &[0, 5, 10, 35, 60, 90, 120, 150];
const O3_EIGHT_HOURS: &[u32] = &[0, 100, 160, 215, 265, 800];
const O3_HOUR: &[u32] = &[0, 160, 200, 300, 400, 800, 1_000, 1_200];
const PM10_DAY_2012: &[u32] = &[0, 50, 150, 250, 350, 420, 500, 600];
const PM10_DAY_2026: &[u32] = &[0, 50, 120, 250, 350, 420, 500, 600];
const PM25_DAY_2012: &[u32] = &[0, 35, 75, 115, 150, 250, 350, 500];
const PM25_DAY_2026: &[u32] = &[0, 35, 60, 115, 150, 250, 350, 500];

/// The editions, oldest first.
///
/// HJ 633-2012 was approved on 2012-02-29 and came with GB 3095-2012, city by city until 2016: from when a city reports
/// by it is the city's matter. Neither edition says what stands above 500; it is published as 500, which is also the end of the
/// range in HJ 633-2026 4.1.1.
pub static EDITIONS: [Edition; 2] = [
    Edition {
        name: "HJ 633-2012",
        in_force: date(2012, 2, 29),
        // Table 1; notes (2) and (3) for SO2 over an hour and ozone over eight hours.
        scales: scales(PM10_DAY_2012, PM25_DAY_2012, Beyond::Unscaled, Beyond::Unscaled),
        lowest: 0,
        withholds_incomplete: false,
        // 5.1.2: seven items.
        counts_ozone_hour_daily: true,
    },
    Edition {
        name: "HJ 633-2026",
        in_force: date(2026, 3, 1),
        // Table 3; notes b and c.
        scales: scales(PM10_DAY_2026, PM25_DAY_2026, Beyond::Stays(200), Beyond::Stays(300)),
        // 4.1.1: 1 to 500.
        lowest: 1,
        // 5.3.1.
        withholds_incomplete: true,
        // 4.2.2: six items.
        counts_ozone_hour_daily: false,
    },
];

const fn scales(
    pm10: &'static [u32],
    pm25: &'static [u32],
    beyond_so2_hour: Beyond,
    beyond_o3_eight_hours: Beyond,
) -> [Scale; 10] {
    const TOP: Beyond = Beyond::Stays(IAQI_STEPS[IAQI_STEPS.len() - 1]);
    [
        scale(Pollutant::So2, Averaging::Day, SO2_DAY, TOP),
        scale(Pollutant::So2, Averaging::Hour, SO2_HOUR, beyond_so2_hour),
        scale(Pollutant::No2, Averaging::Day, NO2_DAY, TOP),
        scale(Pollutant::No2, Averaging::Hour, NO2_HOUR, TOP),
        scale(Pollutant::Co, Averaging::Day, CO_DAY, TOP),
        scale(Pollutant::Co, Averaging::Hour, CO_HOUR, TOP),
        scale(Pollutant::O3, Averaging::EightHours, O3_EIGHT_HOURS, beyond_o3_eight_hours),
        scale(Pollutant::O3, Averaging::Hour, O3_HOUR, TOP),
        scale(Pollutant::Pm10, Averaging::Day, pm10, TOP),
        scale(Pollutant::Pm25, Averaging::Day, pm25, TOP),
    ]
}

const fn scale(pollutant: Pollutant, averaging: Averaging, limits: &'static [u32], beyond: Beyond) -> Scale {
    Scale { pollutant, averaging, limits, beyond }
}

/// A level as it is shown.
#[derive(Debug, PartialEq, Eq)]
pub struct LevelRow {
    /// The level.
    pub level: Level,
    /// The highest index of the level.
    pub up_to: u32,
    /// 空气质量指数级别.
    pub grade: &'static str,
    /// 空气质量指数类别.
    pub name: &'static str,
    /// 表示颜色.
    pub colour: &'static str,
    /// Red, green and blue on a screen, 0–255 each.
    pub rgb: [u8; 3],
}

/// The six levels, best first: HJ 633-2012 table 2 and A.1, HJ 633-2026 table 1 and A.1, which agree.
pub const LEVELS: [LevelRow; 6] = [
    level(Level::Excellent, 50, "一级", "优", "绿色", [0, 228, 0]),
    level(Level::Good, 100, "二级", "良", "黄色", [255, 255, 0]),
    level(Level::LightlyPolluted, 150, "三级", "轻度污染", "橙色", [255, 126, 0]),
    level(Level::ModeratelyPolluted, 200, "四级", "中度污染", "红色", [255, 0, 0]),
    level(Level::HeavilyPolluted, 300, "五级", "重度污染", "紫色", [153, 0, 76]),
    level(Level::SeverelyPolluted, u32::MAX, "六级", "严重污染", "褐红色", [126, 0, 35]),
];

const fn level(
    level: Level,
    up_to: u32,
    grade: &'static str,
    name: &'static str,
    colour: &'static str,
    rgb: [u8; 3],
) -> LevelRow {
    LevelRow { level, up_to, grade, name, colour, rgb }
}
