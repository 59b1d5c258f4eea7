//! Open alarms as everybody may know of them: level, rule, district and time, and no thing.

use baotu_access::grants::Resource;
use baotu_pack::rules::AlarmLevel;
use baotu_vocabulary::{Actor, Moment, RuleName};
use serde::Serialize;

use crate::store::{self, AlarmFilter, Sight, Stored};

use super::{Rules, RulesFailure, RulesRefused};

/// Alarms that are told one by one; the others are counted.
pub const PUBLIC_ROWS_MAX: u32 = 40;

/// Open alarms as everybody may know of them.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PublicAlarms {
    /// The time of it.
    #[schema(value_type = String, format = "date-time")]
    pub now: Moment,
    /// All open ones by level and district.
    pub open: Vec<PublicCount>,
    /// The newest, at most 40 of each level, the worst level first.
    pub rows: Vec<PublicAlarm>,
}

/// Open alarms of a level in a district.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PublicCount {
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// The county-level division.
    pub district: Option<String>,
    /// How many.
    pub alarms: i64,
}

/// An alarm without its thing.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct PublicAlarm {
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// The rule.
    #[schema(value_type = String)]
    pub rule: RuleName,
    /// Its title, for example `井盖倾斜`.
    pub title: String,
    /// The county-level division.
    pub district: Option<String>,
    /// When it was raised.
    #[schema(value_type = String, format = "date-time")]
    pub raised_at: Moment,
    /// Whether somebody has acknowledged it.
    pub acknowledged: bool,
}

impl From<Stored> for PublicAlarm {
    fn from(alarm: Stored) -> Self {
        Self {
            level: alarm.level,
            title: alarm.explanation.rule_title,
            rule: alarm.rule,
            district: alarm.division.map(|division| division.county_part().to_string()),
            raised_at: alarm.raised_at,
            acknowledged: alarm.acknowledged_at.is_some(),
        }
    }
}

impl Rules {
    /// The open alarms as everybody may know of them.
    ///
    /// # Errors
    /// [`RulesRefused::Denied`], or a fault.
    pub async fn public(&self, actor: &Actor) -> Result<PublicAlarms, RulesFailure> {
        let rights = self.shared.access.rights();
        let permitted = rights.permit(actor, "alarms.read-public", &Resource::known("city"));
        permitted.map_err(|denied| RulesFailure::Refused(RulesRefused::from(denied)))?;
        let all = [Sight::All];
        let mut open: Vec<PublicCount> = Vec::new();
        for count in store::open_counts(self.store(), &all).await? {
            let same = open.iter_mut().find(|one| one.level == count.level && one.district == count.district);
            match same {
                Some(same) => same.alarms += count.alarms,
                None => open.push(PublicCount {
                    level: count.level,
                    district: count.district,
                    alarms: count.alarms,
                }),
            }
        }
        let mut rows = Vec::new();
        for level in [AlarmLevel::Major, AlarmLevel::Urgent, AlarmLevel::Ordinary] {
            let filter = AlarmFilter { open: Some(true), level: Some(level), ..AlarmFilter::default() };
            let found = store::newest(self.store(), &filter, &all, None, PUBLIC_ROWS_MAX).await?;
            rows.extend(found.into_iter().map(PublicAlarm::from));
        }
        Ok(PublicAlarms { now: self.now(), open, rows })
    }
}
