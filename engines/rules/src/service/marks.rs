//! How many alarms are open of the things of a list, for its marks.

use baotu_pack::rules::AlarmLevel;
use baotu_vocabulary::{Actor, ThingId};
use serde::Serialize;

use crate::store;

use super::reading::sights;
use super::{Rules, RulesFailure, RulesRefused};

/// Things that are asked about at once.
pub const MARKED_MAX: usize = 100;

/// How many alarms are open of a thing.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ThingMark {
    /// The thing.
    #[schema(value_type = String, format = "uuid")]
    pub thing: ThingId,
    /// Of this level: 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// How many.
    pub alarms: i64,
}

impl Rules {
    /// How many alarms that the actor may see are open of each of these things; grants with a condition count for nothing.
    ///
    /// # Errors
    /// [`RulesRefused::QueryInvalid`] for no thing or more than [`MARKED_MAX`], or a fault.
    pub async fn marks(&self, things: &[ThingId], actor: &Actor) -> Result<Vec<ThingMark>, RulesFailure> {
        if things.is_empty() || things.len() > MARKED_MAX {
            return Err(RulesFailure::Refused(RulesRefused::QueryInvalid("things")));
        }
        let mut reaches = self.shared.access.rights().reaches(actor, "alarms.read", "alarm");
        reaches.retain(|reach| !reach.conditional);
        let counted = store::open_of_things(self.store(), things, &sights(&reaches)).await?;
        let mark = |count: store::ThingCount| ThingMark {
            thing: count.thing,
            level: count.level,
            alarms: count.alarms,
        };
        Ok(counted.into_iter().map(mark).collect())
    }
}
