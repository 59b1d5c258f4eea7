//! Codes of administrative divisions: GB/T 2260 (6 digits), GB/T 10114 (9) and the statistical code (12).
//!
//! Only the shape is checked here. Whether a code exists, and since when, is the pack's tree of divisions:
//! codes are abolished and merged, but live on in identity numbers and archives.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many digits are significant at each level, from the province down.
const SIGNIFICANT_DIGITS: [u32; 5] = [2, 4, 6, 9, 12];
/// Digits of the longest code.
const DIGITS_MAX: u32 = 12;

/// The code of a province, city, county, street or village.
///
/// Kept without the zeros that only fill a longer form: `370102000000` and `370102` are the same county.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DivisionCode {
    /// The code filled with zeros to 12 digits, so that codes sort as a tree, parents first.
    filled: u64,
    level: DivisionLevel,
}

/// The level of a division.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DivisionLevel {
    /// 省, 自治区, 直辖市: 2 significant digits, written with 6.
    Province,
    /// 市: 4 significant digits, written with 6.
    City,
    /// 县, 区: 6 digits.
    County,
    /// 街道, 镇, 乡: 9 digits.
    Street,
    /// 社区, 村: 12 digits.
    Village,
}

/// Why a text is no division code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DivisionCodeError {
    /// Not 6, 9 or 12 characters long.
    #[error("行政区划代码应为 6、9 或 12 位数字，实为 {0} 位")]
    Length(usize),
    /// Something other than a digit; positions count from 1.
    #[error("行政区划代码第 {position} 位“{found}”不是数字")]
    Character {
        /// Where, counted from 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// The first digit names none of the eight regions of GB/T 2260.
    #[error("行政区划代码首位应为 1–8，实为“{0}”")]
    Region(char),
    /// A lower level is given although the level above it is all zeros.
    #[error("行政区划代码“{0}”缺少中间一级（不能为全零）")]
    Gap(String),
}

impl DivisionCode {
    /// The level.
    pub const fn level(self) -> DivisionLevel {
        self.level
    }

    /// The division above; none for a province.
    ///
    /// A street directly below a city (cities without counties, such as 441900) has the city as its parent.
    #[must_use]
    pub fn parent(self) -> Option<Self> {
        let digits = SIGNIFICANT_DIGITS.iter().rev().copied();
        digits
            .filter(|&digits| digits < self.level.significant_digits())
            .map(|digits| self.filled - self.filled % 10_u64.pow(DIGITS_MAX - digits))
            .find_map(|filled| Self::from_filled(filled).ok().filter(|parent| *parent != self))
    }

    /// This division and all above it, the nearest first.
    pub fn lineage(self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self), |code| code.parent())
    }

    /// Whether `other` is this division or lies in it.
    pub const fn contains(self, other: Self) -> bool {
        let unit = 10_u64.pow(DIGITS_MAX - self.level.significant_digits());
        self.filled / unit == other.filled / unit
    }

    /// The 6-digit code of the county (or of the city or province, for those) in which this division lies.
    #[must_use]
    pub fn county_part(self) -> Self {
        self.lineage().find(|code| code.level <= DivisionLevel::County).unwrap_or(self)
    }

    fn from_filled(filled: u64) -> Result<Self, DivisionCodeError> {
        let group = |place: u32, size: u32| filled / 10_u64.pow(place) % 10_u64.pow(size);
        let (province, city, county, street, village) =
            (group(10, 2), group(8, 2), group(6, 2), group(3, 3), group(0, 3));
        let gap = (village > 0 && street == 0) || (city == 0 && (county > 0 || street > 0)) || province < 10;
        if gap {
            return Err(DivisionCodeError::Gap(format!("{filled:012}")));
        }
        let level = match (city, county, street, village) {
            (_, _, _, 1..) => DivisionLevel::Village,
            (_, _, 1.., 0) => DivisionLevel::Street,
            (_, 1.., 0, 0) => DivisionLevel::County,
            (1.., 0, 0, 0) => DivisionLevel::City,
            (0, 0, 0, 0) => DivisionLevel::Province,
        };
        Ok(Self { filled, level })
    }
}

impl DivisionLevel {
    const fn significant_digits(self) -> u32 {
        SIGNIFICANT_DIGITS[self as usize]
    }
}

impl FromStr for DivisionCode {
    type Err = DivisionCodeError;

    fn from_str(text: &str) -> Result<Self, DivisionCodeError> {
        let length = text.chars().count();
        if !matches!(length, 6 | 9 | 12) {
            return Err(DivisionCodeError::Length(length));
        }
        let mut filled = 0_u64;
        for (index, found) in text.chars().enumerate() {
            let digit =
                found.to_digit(10).ok_or(DivisionCodeError::Character { position: index + 1, found })?;
            if index == 0 && !(1..=8).contains(&digit) {
                return Err(DivisionCodeError::Region(found));
            }
            filled = filled * 10 + u64::from(digit);
        }
        let missing = DIGITS_MAX
            - if length == 6 {
                6
            } else if length == 9 {
                9
            } else {
                12
            };
        Self::from_filled(filled * 10_u64.pow(missing))
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = self.level.significant_digits().max(6);
        write!(f, "{}", self.filled / 10_u64.pow(DIGITS_MAX - digits))
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for DivisionCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DivisionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl schemars::JsonSchema for DivisionCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "DivisionCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"type": "string", "pattern": "^[1-8][0-9]{5}([0-9]{3}([0-9]{3})?)?$"})
    }
}
