//! The grade of surface water by GB 3838-2002: that of its worst item (单因子评价, 5.1).
//!
//! Table 1 without water temperature, which limits a change made by people and no measured value. Supplementary items of drinking
//! water sources (tables 2 and 3), nutrition indices and means over time are not here. Measured values are compared as they
//! are; what to put for a value below the detection limit is the caller's rule.

use baotu_vocabulary::{Refusal, RefusalKind};

/// Kind of water body; phosphorus and nitrogen have other limits in still water (GB 3838-2002 table 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WaterBody {
    /// 河流, also canals and ditches.
    River,
    /// 湖、库.
    LakeOrReservoir,
}

/// An item of GB 3838-2002 table 1; mg/L but for pH (no unit) and coliforms (个/L).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "`Item::name` says each in the words of the standard")]
pub enum Item {
    Ph,
    DissolvedOxygen,
    PermanganateIndex,
    ChemicalOxygenDemand,
    BiochemicalOxygenDemand,
    AmmoniaNitrogen,
    TotalPhosphorus,
    TotalNitrogen,
    Copper,
    Zinc,
    Fluoride,
    Selenium,
    Arsenic,
    Mercury,
    Cadmium,
    HexavalentChromium,
    Lead,
    Cyanide,
    VolatilePhenol,
    Petroleum,
    AnionicSurfactant,
    Sulphide,
    FaecalColiforms,
}

/// A grade of water, best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Grade {
    /// Ⅰ类.
    I,
    /// Ⅱ类.
    Ii,
    /// Ⅲ类.
    Iii,
    /// Ⅳ类.
    Iv,
    /// Ⅴ类.
    V,
    /// 劣Ⅴ类: a limit of Ⅴ is not met.
    WorseThanV,
}

/// What an item must keep to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limits {
    /// Not above these, for Ⅰ to Ⅴ.
    AtMost([f64; 5]),
    /// Not below these, for Ⅰ to Ⅴ.
    AtLeast([f64; 5]),
    /// From the first to the second, whatever the grade.
    Within(f64, f64),
}

/// Items that are measured but do not decide the grade, for [`grade`]: with water temperature, the three of 24 that
/// 《地表水环境质量评价办法（试行）》(环办〔2011〕22号) leaves out.
///
/// As reported: the notice was not read in the original; two public sources name the same three.
pub const NOT_GRADED_AS_REPORTED: [Item; 2] = [Item::TotalNitrogen, Item::FaecalColiforms];

impl Grade {
    /// All six, best first.
    pub const ALL: [Self; 6] = [Self::I, Self::Ii, Self::Iii, Self::Iv, Self::V, Self::WorseThanV];

    /// The Chinese name: Ⅰ类 to Ⅴ类 by GB 3838-2002 clause 3; 劣Ⅴ类 by 环办〔2011〕22号 (as reported).
    pub const fn name(self) -> &'static str {
        match self {
            Self::I => "Ⅰ类",
            Self::Ii => "Ⅱ类",
            Self::Iii => "Ⅲ类",
            Self::Iv => "Ⅳ类",
            Self::V => "Ⅴ类",
            Self::WorseThanV => "劣Ⅴ类",
        }
    }

    /// The colour that maps show it in: 环办〔2011〕22号 (as reported).
    pub const fn colour(self) -> &'static str {
        match self {
            Self::I | Self::Ii => "蓝色",
            Self::Iii => "绿色",
            Self::Iv => "黄色",
            Self::V => "橙色",
            Self::WorseThanV => "红色",
        }
    }
}

impl Item {
    /// All items, in the order of table 1.
    pub const ALL: [Self; 23] = [
        Self::Ph,
        Self::DissolvedOxygen,
        Self::PermanganateIndex,
        Self::ChemicalOxygenDemand,
        Self::BiochemicalOxygenDemand,
        Self::AmmoniaNitrogen,
        Self::TotalPhosphorus,
        Self::TotalNitrogen,
        Self::Copper,
        Self::Zinc,
        Self::Fluoride,
        Self::Selenium,
        Self::Arsenic,
        Self::Mercury,
        Self::Cadmium,
        Self::HexavalentChromium,
        Self::Lead,
        Self::Cyanide,
        Self::VolatilePhenol,
        Self::Petroleum,
        Self::AnionicSurfactant,
        Self::Sulphide,
        Self::FaecalColiforms,
    ];

    /// The Chinese name (GB 3838-2002 table 1).
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ph => "pH值",
            Self::DissolvedOxygen => "溶解氧",
            Self::PermanganateIndex => "高锰酸盐指数",
            Self::ChemicalOxygenDemand => "化学需氧量",
            Self::BiochemicalOxygenDemand => "五日生化需氧量",
            Self::AmmoniaNitrogen => "氨氮",
            Self::TotalPhosphorus => "总磷",
            Self::TotalNitrogen => "总氮",
            Self::Copper => "铜",
            Self::Zinc => "锌",
            Self::Fluoride => "氟化物",
            Self::Selenium => "硒",
            Self::Arsenic => "砷",
            Self::Mercury => "汞",
            Self::Cadmium => "镉",
            Self::HexavalentChromium => "铬（六价）",
            Self::Lead => "铅",
            Self::Cyanide => "氰化物",
            Self::VolatilePhenol => "挥发酚",
            Self::Petroleum => "石油类",
            Self::AnionicSurfactant => "阴离子表面活性剂",
            Self::Sulphide => "硫化物",
            Self::FaecalColiforms => "粪大肠菌群",
        }
    }

    /// The unit of its values; empty for pH.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Ph => "",
            Self::FaecalColiforms => "个/L",
            _ => "mg/L",
        }
    }

    /// The limits of GB 3838-2002 table 1; none for nitrogen in a river, which has none there.
    ///
    /// Taken from two secondary sources that agree (a fact sheet and a public program), not from the print of the standard.
    /// Oxygen has another way to grade Ⅰ, 90 % of saturation, which needs temperature and pressure and is not computed.
    pub const fn limits(self, body: WaterBody) -> Option<Limits> {
        use Limits::{AtLeast, AtMost, Within};
        Some(match (self, body) {
            (Self::Ph, _) => Within(6.0, 9.0),
            (Self::DissolvedOxygen, _) => AtLeast([7.5, 6.0, 5.0, 3.0, 2.0]),
            (Self::PermanganateIndex, _) => AtMost([2.0, 4.0, 6.0, 10.0, 15.0]),
            (Self::ChemicalOxygenDemand, _) => AtMost([15.0, 15.0, 20.0, 30.0, 40.0]),
            (Self::BiochemicalOxygenDemand, _) => AtMost([3.0, 3.0, 4.0, 6.0, 10.0]),
            (Self::AmmoniaNitrogen, _) => AtMost([0.15, 0.5, 1.0, 1.5, 2.0]),
            (Self::TotalPhosphorus, WaterBody::River) => AtMost([0.02, 0.1, 0.2, 0.3, 0.4]),
            (Self::TotalPhosphorus, WaterBody::LakeOrReservoir) => AtMost([0.01, 0.025, 0.05, 0.1, 0.2]),
            (Self::TotalNitrogen, WaterBody::River) => return None,
            (Self::TotalNitrogen, WaterBody::LakeOrReservoir) => AtMost([0.2, 0.5, 1.0, 1.5, 2.0]),
            (Self::Copper, _) => AtMost([0.01, 1.0, 1.0, 1.0, 1.0]),
            (Self::Zinc, _) => AtMost([0.05, 1.0, 1.0, 2.0, 2.0]),
            (Self::Fluoride, _) => AtMost([1.0, 1.0, 1.0, 1.5, 1.5]),
            (Self::Selenium, _) => AtMost([0.01, 0.01, 0.01, 0.02, 0.02]),
            (Self::Arsenic, _) => AtMost([0.05, 0.05, 0.05, 0.1, 0.1]),
            (Self::Mercury, _) => AtMost([0.000_05, 0.000_05, 0.000_1, 0.001, 0.001]),
            (Self::Cadmium, _) => AtMost([0.001, 0.005, 0.005, 0.005, 0.01]),
            (Self::HexavalentChromium, _) => AtMost([0.01, 0.05, 0.05, 0.05, 0.1]),
            (Self::Lead, _) => AtMost([0.01, 0.01, 0.05, 0.05, 0.1]),
            (Self::Cyanide, _) => AtMost([0.005, 0.05, 0.2, 0.2, 0.2]),
            (Self::VolatilePhenol, _) => AtMost([0.002, 0.002, 0.005, 0.01, 0.1]),
            (Self::Petroleum, _) => AtMost([0.05, 0.05, 0.05, 0.5, 1.0]),
            (Self::AnionicSurfactant, _) => AtMost([0.2, 0.2, 0.2, 0.3, 0.3]),
            (Self::Sulphide, _) => AtMost([0.05, 0.1, 0.2, 0.5, 1.0]),
            (Self::FaecalColiforms, _) => AtMost([200.0, 2_000.0, 10_000.0, 20_000.0, 40_000.0]),
        })
    }
}

impl Limits {
    /// The best grade whose limit `value` meets; a value on the limit meets it.
    fn grade(&self, value: f64) -> Grade {
        let met = |is_met: &dyn Fn(f64) -> bool, limits: &[f64; 5]| {
            limits
                .iter()
                .zip(Grade::ALL)
                .find(|(limit, _)| is_met(**limit))
                .map_or(Grade::WorseThanV, |(_, grade)| grade)
        };
        match self {
            Self::AtMost(limits) => met(&|limit| value <= limit, limits),
            Self::AtLeast(limits) => met(&|limit| value >= limit, limits),
            Self::Within(low, high) if (*low..=*high).contains(&value) => Grade::I,
            Self::Within(..) => Grade::WorseThanV,
        }
    }
}

/// A measured item.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    /// What was measured.
    pub item: Item,
    /// The value, in the unit of [`Item::unit`].
    pub value: f64,
}

/// A measured item with its own grade.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GradedItem {
    /// What was measured.
    pub item: Item,
    /// The value, in the unit of [`Item::unit`].
    pub value: f64,
    /// The best grade whose limit it meets.
    pub grade: Grade,
}

/// The grade of a water with the reasons.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The worst grade of its items.
    pub grade: Grade,
    /// The items that have this grade, in the order given. At grade Ⅰ these are all.
    pub decided_by: Vec<Item>,
    /// Every item that counted, in the order given.
    pub items: Vec<GradedItem>,
    /// Items that were given and did not count: left out by the caller, or without a limit for this body.
    pub not_graded: Vec<Item>,
}

/// Why a water has no grade.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum WaterRefused {
    /// No item that counts.
    #[error("没有可参与水质评价的项目")]
    NothingToGrade,
    /// A value that cannot be: not finite, negative, or a pH above 14.
    #[error("{}的测值 {value} 不可能出现", .item.name())]
    Value {
        /// Of which item.
        item: Item,
        /// As received.
        value: f64,
    },
    /// An item given more than once.
    #[error("{}给出了不止一个测值", .0.name())]
    Repeated(Item),
}

impl Refusal for WaterRefused {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NothingToGrade => "nothing-to-grade",
            Self::Value { .. } => "impossible-value",
            Self::Repeated(_) => "repeated-item",
        }
    }
}

/// Grades a water by its worst item (GB 3838-2002 5.1); where grades share a limit, the better one holds.
///
/// `left_out` are items that are told but do not decide, as a rule [`NOT_GRADED_AS_REPORTED`].
///
/// # Errors
/// [`WaterRefused`] for a value that cannot be, an item given twice, or nothing left that counts.
pub fn grade(body: WaterBody, measured: &[Measured], left_out: &[Item]) -> Result<Verdict, WaterRefused> {
    let (mut items, mut not_graded) = (Vec::new(), Vec::new());
    for (index, &Measured { item, value }) in measured.iter().enumerate() {
        let most = if item == Item::Ph { 14.0 } else { f64::MAX };
        if !(0.0..=most).contains(&value) {
            return Err(WaterRefused::Value { item, value });
        }
        if measured[..index].iter().any(|earlier| earlier.item == item) {
            return Err(WaterRefused::Repeated(item));
        }
        match item.limits(body) {
            Some(limits) if !left_out.contains(&item) => {
                items.push(GradedItem { item, value, grade: limits.grade(value) });
            }
            _ => not_graded.push(item),
        }
    }
    let grade = items.iter().map(|graded| graded.grade).max().ok_or(WaterRefused::NothingToGrade)?;
    let decided_by = items.iter().filter(|graded| graded.grade == grade).map(|graded| graded.item).collect();
    Ok(Verdict { grade, decided_by, items, not_graded })
}
