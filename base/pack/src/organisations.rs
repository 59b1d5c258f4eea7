//! Units, posts and function lists (权责清单): who there is, and who is in charge of what, where.

use baotu_vocabulary::{PostCode, RoleName, UnitCode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One row of `organisations/units.csv`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Unit {
    /// Own short code, for example `jn-chengguan` or `370102001`.
    pub code: UnitCode,
    /// Shown, for example `济南市城市管理局`.
    pub name: String,
    /// For example `bureau`, `district-government`, `district-bureau`, `street-office`, `community`, `centre`, `company`.
    pub kind: String,
    /// The unit above; empty for the top.
    pub parent: Option<UnitCode>,
    /// The division whose area it answers for (6, 9 or 12 digits).
    pub area: String,
    /// Unified social credit code; empty when not known.
    pub credit_code: Option<String>,
    /// Duty telephone shown to residents; empty when none.
    pub phone: Option<String>,
    /// `synthetic` for made-up units, else the source.
    pub source: String,
}

/// One row of `organisations/posts.csv`: a post, with how many people hold it in the demo city.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Post {
    /// Unique, for example `jn-chengguan.dispatcher`.
    pub code: PostCode,
    /// Shown, for example `派遣员`.
    pub title: String,
    /// Its unit.
    pub unit: UnitCode,
    /// Its roles, separated by spaces.
    pub roles: RoleList,
    /// How many people hold it in the demo city.
    pub holders: u16,
}

/// Roles separated by spaces, as officials write them in a table cell.
#[derive(Clone, Debug, Default, PartialEq, Eq, JsonSchema)]
#[schemars(with = "String")]
pub struct RoleList(pub Vec<RoleName>);

impl Serialize for RoleList {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let names: Vec<&str> = self.0.iter().map(RoleName::as_str).collect();
        serializer.serialize_str(&names.join(" "))
    }
}

impl<'de> Deserialize<'de> for RoleList {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(Self(text.split_whitespace().map(RoleName::from).collect()))
    }
}

/// One row of a function list (`organisations/functions.csv` or a system's own): who is in charge of a category, where.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Function {
    /// Code table of the category, for example `hotline-classes`.
    pub table: String,
    /// Category or its prefix; the longest prefix wins; empty for everything (兜底).
    pub category: String,
    /// One named unit; empty when `kind` says it.
    pub unit: Option<UnitCode>,
    /// The unit of this kind whose area holds the place, for example `street-office` or `district-bureau:chengguan`.
    pub kind: Option<String>,
    /// Only for places inside this division; empty for the whole city.
    pub area: Option<String>,
    /// Only for this level; empty for all.
    pub level: Option<String>,
    /// Lower goes first among rows of the same length of prefix.
    pub rank: u16,
    /// Why: the document, told with every dispatch.
    pub basis: String,
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: jiff::civil::Date,
    /// Last day in force; empty while it holds.
    #[schemars(with = "Option<crate::calendar::Day>")]
    pub valid_to: Option<jiff::civil::Date>,
}
