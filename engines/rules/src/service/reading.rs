//! What people read: pages of alarms, one alarm with its explanation, storms, indicators, the rules in force.

use baotu_access::grants::{Among, Reach, Resource};
use baotu_pack::rules::AlarmLevel;
use baotu_vocabulary::{
    Actor, AlarmId, Moment, PersonId, RuleName, StormId, SystemName, ThingId, ThingTypeName, UnitCode,
};
use serde::Serialize;
use uuid::Uuid;

use crate::explanation::{Explanation, LimitTold, test_word};
use crate::store::{self, After, AlarmFilter, Sight, Stored, StoredStorm};

use super::telling::storm_text;
use super::{Rules, RulesFailure, RulesRefused, resource};

/// Rows of a page unless asked otherwise.
pub const PAGE_ROWS: u32 = 20;
/// Rows of a page at most.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Days over which the time to the end of alarms is told.
pub const INDICATOR_DAYS: i64 = 30;

/// Which alarms are asked for; every field narrows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AlarmQuestion {
    /// Only open (true) or ended (false) ones.
    pub open: Option<bool>,
    /// Only of this thing.
    pub thing: Option<ThingId>,
    /// Only of this rule.
    pub rule: Option<RuleName>,
    /// Only of this storm.
    pub storm: Option<StormId>,
    /// Only of things of this type.
    pub thing_type: Option<ThingTypeName>,
    /// Only of this level.
    pub level: Option<AlarmLevel>,
    /// Only raised at this moment or later.
    pub since: Option<Moment>,
    /// Only raised before this.
    pub until: Option<Moment>,
    /// `next` of the page before.
    pub after: Option<String>,
    /// Rows of the page.
    pub limit: Option<u32>,
}

/// An alarm as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AlarmView {
    /// The alarm.
    #[schema(value_type = String, format = "uuid")]
    pub id: AlarmId,
    /// The rule.
    #[schema(value_type = String)]
    pub rule: RuleName,
    /// The rule's title.
    pub rule_title: String,
    /// The system that declares the rule.
    #[schema(value_type = String)]
    pub system: SystemName,
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// The thing.
    #[schema(value_type = String, format = "uuid")]
    pub thing: ThingId,
    /// The thing's name when the alarm was raised.
    pub thing_name: String,
    /// Its type.
    #[schema(value_type = String)]
    pub thing_type: ThingTypeName,
    /// The unit that answers for it.
    #[schema(value_type = Option<String>)]
    pub unit: Option<UnitCode>,
    /// Longitude in CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    pub lat: Option<f64>,
    /// The smallest known division of its place.
    pub division: Option<String>,
    /// `raised`, `acknowledged` or `cleared`.
    pub state: String,
    /// Whether it has not ended.
    pub open: bool,
    /// When what it is about began.
    #[schema(value_type = String, format = "date-time")]
    pub started_at: Moment,
    /// When it was raised.
    #[schema(value_type = String, format = "date-time")]
    pub raised_at: Moment,
    /// When it ended.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub cleared_at: Option<Moment>,
    /// Why it was raised: reading, limit, version, and one sentence.
    pub explanation: Explanation,
    /// Why it has ended.
    pub cleared_explanation: Option<Explanation>,
    /// The storm it belongs to.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub storm: Option<StormId>,
    /// When somebody acknowledged it.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub acknowledged_at: Option<Moment>,
    /// Who.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub acknowledged_by: Option<PersonId>,
    /// What they made of it.
    pub opinion: Option<String>,
}

impl AlarmView {
    pub(super) fn of(alarm: Stored) -> Self {
        let (lon, lat) = alarm.place.unzip();
        Self {
            id: alarm.id,
            rule: alarm.rule,
            rule_title: alarm.explanation.rule_title.clone(),
            system: alarm.system,
            level: alarm.level,
            thing: alarm.thing,
            thing_name: alarm.thing_name,
            thing_type: alarm.thing_type,
            unit: alarm.unit,
            lon,
            lat,
            division: alarm.division.map(|division| division.to_string()),
            state: alarm.state,
            open: alarm.open,
            started_at: alarm.started_at,
            raised_at: alarm.raised_at,
            cleared_at: alarm.cleared_at,
            explanation: alarm.explanation,
            cleared_explanation: alarm.cleared,
            storm: alarm.storm,
            acknowledged_at: alarm.acknowledged_at,
            acknowledged_by: alarm.acknowledged_by,
            opinion: alarm.opinion,
        }
    }
}

/// A page of alarms.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AlarmPage {
    /// Newest first.
    pub rows: Vec<AlarmView>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// A storm as it is shown.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StormView {
    /// The storm.
    #[schema(value_type = String, format = "uuid")]
    pub id: StormId,
    /// The rule of the alarm that began it.
    #[schema(value_type = String)]
    pub rule: RuleName,
    /// Its title.
    pub rule_title: String,
    /// The type of the things.
    #[schema(value_type = String)]
    pub thing_type: ThingTypeName,
    /// The highest level among its first alarms.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// How they are grouped: `rule`, `district` or `type`.
    pub grouping: String,
    /// The county-level division, where they are grouped by it.
    pub district: Option<String>,
    /// Longitude of the alarm that began it, in CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude of the alarm that began it, in CGCS2000 degrees.
    pub lat: Option<f64>,
    /// How many alarms it has.
    pub members: i64,
    /// What it is, in one sentence.
    pub text: String,
    /// Whether it goes on.
    pub open: bool,
    /// When it was raised.
    #[schema(value_type = String, format = "date-time")]
    pub raised_at: Moment,
    /// When the last alarm joined it.
    #[schema(value_type = String, format = "date-time")]
    pub last_at: Moment,
    /// When it ended.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub cleared_at: Option<Moment>,
}

impl StormView {
    fn of(storm: StoredStorm) -> Self {
        let (lon, lat) = storm.place.unzip();
        Self {
            id: storm.id,
            text: storm_text(&storm),
            rule: storm.rule,
            rule_title: storm.rule_title,
            thing_type: storm.thing_type,
            level: storm.level,
            grouping: storm.grouping,
            district: storm.district,
            lon,
            lat,
            members: storm.members,
            open: storm.open,
            raised_at: storm.raised_at,
            last_at: storm.last_at,
            cleared_at: storm.cleared_at,
        }
    }
}

/// A page of storms.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct StormPage {
    /// Newest first.
    pub rows: Vec<StormView>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// How alarms stand, as far as the actor may see them.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Indicators {
    /// Open alarms by level, type and district.
    pub open: Vec<OpenView>,
    /// Ended alarms of the last 30 days by level, with the mean time they were open.
    pub cleared: Vec<ClearedView>,
    /// From when on ended ones are counted.
    #[schema(value_type = String, format = "date-time")]
    pub since: Moment,
}

/// Open alarms that are alike.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct OpenView {
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// The type of the things.
    #[schema(value_type = String)]
    pub thing_type: ThingTypeName,
    /// The county-level division.
    pub district: Option<String>,
    /// Whether somebody has acknowledged them.
    pub acknowledged: bool,
    /// How many.
    pub alarms: i64,
}

/// Ended alarms of a level.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ClearedView {
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// How many.
    pub alarms: i64,
    /// The mean time they were open, in seconds.
    pub mean_open_seconds: i64,
}

/// A rule in force, with its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct RuleView {
    /// Its name.
    #[schema(value_type = String)]
    pub name: RuleName,
    /// Shown.
    pub title: String,
    /// The system that declares it.
    #[schema(value_type = String)]
    pub system: SystemName,
    /// The day from which this version holds.
    pub version: String,
    /// The version that follows, where it is known already.
    pub next_version: Option<String>,
    /// The type of things that it watches.
    #[schema(value_type = String)]
    pub watches: ThingTypeName,
    /// 一般, 紧急 or 重大.
    #[schema(value_type = String)]
    pub level: AlarmLevel,
    /// What it is for.
    pub about: String,
    /// What it tests: `above`, `below`, `rises`, `falls`, `missing` or `when`.
    pub test: String,
    /// How long it must last, in seconds.
    pub hold_seconds: u32,
    /// How long it must be over, in seconds.
    pub clear_seconds: u32,
    /// The condition, of `when`.
    pub condition: Option<String>,
    /// The numbers in force today, each with its source.
    pub parameters: Vec<LimitTold>,
    /// File and line of its declaration in the pack.
    pub declared_at: Option<String>,
}

impl Rules {
    /// A page of alarms that the actor may see, newest first.
    ///
    /// # Errors
    /// [`RulesRefused::QueryInvalid`], or a fault.
    pub async fn list(&self, question: &AlarmQuestion, actor: &Actor) -> Result<AlarmPage, RulesFailure> {
        let after = question.after.as_deref().map(page_key).transpose()?;
        let limit = question.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX);
        let reaches = self.shared.access.rights().reaches(actor, "alarms.read", "alarm");
        let filter = AlarmFilter {
            open: question.open,
            thing: question.thing,
            rule: question.rule.clone(),
            storm: question.storm,
            thing_type: question.thing_type.clone(),
            level: question.level,
            since: question.since,
            until: question.until,
        };
        let mut rows = store::newest(self.store(), &filter, &sights(&reaches), after, limit).await?;
        let is_full = rows.len() >= limit as usize;
        let next = rows.last().filter(|_| is_full).map(|alarm| page_text(alarm.raised_at, alarm.id.uuid()));
        if reaches.iter().any(|reach| reach.conditional) {
            let rights = self.shared.access.rights();
            rows.retain(|alarm| rights.permit(actor, "alarms.read", &resource(alarm)).is_ok());
        }
        Ok(AlarmPage { rows: rows.into_iter().map(AlarmView::of).collect(), next })
    }

    /// One alarm with its explanation.
    ///
    /// # Errors
    /// [`RulesRefused::NotFound`], [`RulesRefused::Denied`], or a fault.
    pub async fn alarm(&self, id: AlarmId, actor: &Actor) -> Result<AlarmView, RulesFailure> {
        Ok(AlarmView::of(self.permitted(id, actor, "alarms.read").await?))
    }

    /// A page of storms that go on, or have ended, newest first. Seen by those who may see every alarm.
    ///
    /// # Errors
    /// [`RulesRefused::QueryInvalid`], or a fault.
    pub async fn storms(
        &self,
        open: bool,
        after: Option<&str>,
        limit: Option<u32>,
        actor: &Actor,
    ) -> Result<StormPage, RulesFailure> {
        let after = after.map(page_key).transpose()?;
        let limit = limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX);
        let reaches = self.shared.access.rights().reaches(actor, "alarms.read", "alarm");
        if !reaches.iter().any(|reach| reach.among == Among::All && !reach.conditional) {
            return Ok(StormPage { rows: Vec::new(), next: None });
        }
        let rows = store::storms(self.store(), open, after, limit).await?;
        let is_full = rows.len() >= limit as usize;
        let next = rows.last().filter(|_| is_full).map(|storm| page_text(storm.raised_at, storm.id.uuid()));
        Ok(StormPage { rows: rows.into_iter().map(StormView::of).collect(), next })
    }

    /// How the alarms stand that the actor may see; grants with a condition count for nothing here.
    ///
    /// # Errors
    /// A fault.
    pub async fn indicators(&self, actor: &Actor) -> Result<Indicators, RulesFailure> {
        let mut reaches = self.shared.access.rights().reaches(actor, "alarms.read", "alarm");
        reaches.retain(|reach| !reach.conditional);
        let sights = sights(&reaches);
        let since = self.now().plus_seconds(-INDICATOR_DAYS * 86_400);
        let open = store::open_counts(self.store(), &sights).await?;
        let cleared = store::cleared_since(self.store(), since, &sights).await?;
        let open = open.into_iter().map(|count| OpenView {
            level: count.level,
            thing_type: count.thing_type,
            district: count.district,
            acknowledged: count.acknowledged,
            alarms: count.alarms,
        });
        let cleared = cleared.into_iter().map(|count| ClearedView {
            level: count.level,
            alarms: count.alarms,
            mean_open_seconds: count.open_micros / count.alarms.max(1) / 1_000_000,
        });
        Ok(Indicators { open: open.collect(), cleared: cleared.collect(), since })
    }

    /// The rules in force today with their numbers, and where these come from.
    ///
    /// # Errors
    /// [`RulesRefused::Denied`].
    pub fn rules(&self, actor: &Actor) -> Result<Vec<RuleView>, RulesFailure> {
        let permitted = self.shared.access.rights().permit(actor, "rules.read", &Resource::known("rule"));
        permitted.map_err(|denied| RulesFailure::Refused(RulesRefused::from(denied)))?;
        let pack = &self.shared.pack;
        let today = pack.calendar().date_of(self.now());
        let view = |name: &RuleName| {
            let rule = pack.alarm_rule(name, today)?;
            let declared = rule.declared();
            let versions = pack.alarm_rules().get(name)?;
            let next = versions.iter().find(|version| version.version() > today);
            let keys = rule.uses();
            let rows = keys.iter().flat_map(|used| rule.parameters().of(used.key, &declared.watches));
            let at = pack.sources().rules.get(&(name.clone(), rule.version()));
            Some(RuleView {
                name: name.clone(),
                title: declared.title.clone(),
                system: rule.system().clone(),
                version: rule.version().to_string(),
                next_version: next.map(|version| version.version().to_string()),
                watches: declared.watches.clone(),
                level: declared.level,
                about: declared.about.clone(),
                test: test_word(rule.test()).to_owned(),
                hold_seconds: declared.hold_seconds,
                clear_seconds: declared.clear_seconds,
                condition: declared.when.clone(),
                parameters: rows.filter(|row| row.in_force(today)).map(|row| LimitTold::of(row)).collect(),
                declared_at: at.map(ToString::to_string),
            })
        };
        Ok(pack.alarm_rules().keys().filter_map(view).collect())
    }
}

/// What grants reach, as the store asks for it. Nobody reports an alarm, so that none is somebody's own.
pub(super) fn sights(reaches: &[Reach]) -> Vec<Sight> {
    let sight = |reach: &Reach| match &reach.among {
        Among::All => Some(Sight::All),
        Among::Person(_) => None,
        Among::Units(units) => Some(Sight::Units(units.clone())),
        Among::Division(code) => {
            let text = code.to_string();
            // A province or city is written with six digits of which the last mean nothing.
            let zeros = text.trim_end_matches("00");
            Some(Sight::Division(if text.len() == 6 { zeros.to_owned() } else { text }))
        }
    };
    reaches.iter().filter_map(sight).collect()
}

fn page_text(raised_at: Moment, id: Uuid) -> String {
    format!("{}.{}", raised_at.micros(), id.hyphenated())
}

fn page_key(text: &str) -> Result<After, RulesFailure> {
    let key = text.split_once('.').and_then(|(micros, id)| {
        Some(After { raised_at: Moment::from_micros(micros.parse().ok()?), id: Uuid::parse_str(id).ok()? })
    });
    key.ok_or(RulesFailure::Refused(RulesRefused::QueryInvalid("after")))
}
