//! One alarm or storm: written when it is raised, changed when it is acknowledged, joins a storm, gets a case, or ends.

use baotu_pack::rules::AlarmLevel;
use baotu_storage::{Row, RowError, Store, StoreFault, Value, Work, params};
use baotu_vocabulary::{
    AlarmId, DivisionCode, Moment, PersonId, RuleName, StormId, SystemName, ThingId, ThingTypeName, UnitCode,
};

use super::{ACKNOWLEDGED, ALARM_MOVED};
use crate::alarm::Alarm;
use crate::explanation::Explanation;

pub(super) const COLUMNS: &str = "id, rule, system, level, thing, thing_name, thing_type, unit, lon, lat, division, \
    state, open, started_at, raised_at, cleared_at, explanation, cleared_explanation, on_clear, storm, announced, \
    acknowledged_at, acknowledged_by, opinion";

/// An alarm as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stored {
    pub(crate) id: AlarmId,
    pub(crate) rule: RuleName,
    pub(crate) system: SystemName,
    pub(crate) level: AlarmLevel,
    pub(crate) thing: ThingId,
    pub(crate) thing_name: String,
    pub(crate) thing_type: ThingTypeName,
    pub(crate) unit: Option<UnitCode>,
    pub(crate) place: Option<(f64, f64)>,
    pub(crate) division: Option<DivisionCode>,
    pub(crate) state: String,
    pub(crate) open: bool,
    pub(crate) started_at: Moment,
    pub(crate) raised_at: Moment,
    pub(crate) cleared_at: Option<Moment>,
    pub(crate) explanation: Explanation,
    pub(crate) cleared: Option<Explanation>,
    pub(crate) on_clear: String,
    pub(crate) storm: Option<StormId>,
    pub(crate) announced: bool,
    pub(crate) acknowledged_at: Option<Moment>,
    pub(crate) acknowledged_by: Option<PersonId>,
    pub(crate) opinion: Option<String>,
}

impl Stored {
    pub(super) fn read(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.parse("id")?,
            rule: row.name("rule")?,
            system: row.name("system")?,
            level: row.parse("level")?,
            thing: row.parse("thing")?,
            thing_name: row.text("thing_name")?,
            thing_type: row.name("thing_type")?,
            unit: row.opt_name("unit")?,
            place: row.opt_real("lon")?.zip(row.opt_real("lat")?),
            division: row.opt_parse("division")?,
            state: row.text("state")?,
            open: row.flag("open")?,
            started_at: row.moment("started_at")?,
            raised_at: row.moment("raised_at")?,
            cleared_at: row.opt_moment("cleared_at")?,
            explanation: row.document("explanation")?,
            cleared: row.opt_document("cleared_explanation")?,
            on_clear: row.text("on_clear")?,
            storm: row.opt_parse("storm")?,
            announced: row.flag("announced")?,
            acknowledged_at: row.opt_moment("acknowledged_at")?,
            acknowledged_by: row.opt_parse("acknowledged_by")?,
            opinion: row.opt_text("opinion")?,
        })
    }

    /// The alarm as it stands when it has just been stored.
    pub(crate) fn new(alarm: &Alarm, storm: Option<StormId>) -> Self {
        Self {
            id: alarm.id,
            rule: alarm.rule.clone(),
            system: alarm.system.clone(),
            level: alarm.level,
            thing: alarm.thing,
            thing_name: alarm.thing_name.clone(),
            thing_type: alarm.thing_type.clone(),
            unit: alarm.unit.clone(),
            place: alarm.place.map(|point| (point.lon(), point.lat())),
            division: alarm.division,
            state: "raised".to_owned(),
            open: true,
            started_at: alarm.started_at,
            raised_at: alarm.raised_at,
            cleared_at: None,
            explanation: alarm.explanation.clone(),
            cleared: None,
            on_clear: alarm.on_clear.as_str().to_owned(),
            storm,
            announced: storm.is_none(),
            acknowledged_at: None,
            acknowledged_by: None,
            opinion: None,
        }
    }
}

/// The alarms with these ids, those that are there.
pub(crate) async fn alarms(store: &Store, ids: &[AlarmId]) -> Result<Vec<Stored>, StoreFault> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let places: Vec<String> = (1..=ids.len()).map(|number| format!("${number}")).collect();
    let sql = format!("SELECT {COLUMNS} FROM rules_alarm WHERE id IN ({})", places.join(", "));
    let rows = store.query(sql, ids.iter().map(|id| Value::from(*id)).collect()).await?;
    Ok(rows.iter().map(Stored::read).collect::<Result<_, _>>()?)
}

/// An alarm.
pub(crate) async fn alarm(store: &Store, id: AlarmId) -> Result<Option<Stored>, StoreFault> {
    Ok(alarms(store, &[id]).await?.into_iter().next())
}

/// Stores an alarm that is raised; one that is there already is a conflict of [`ALARM_MOVED`].
pub(crate) fn insert(
    work: &mut Work,
    alarm: &Stored,
    group: Option<(&str, i64)>,
) -> Result<(), serde_json::Error> {
    let (lon, lat) = alarm.place.unzip();
    let (key, window) = group.unzip();
    work.run_expecting(
        "INSERT INTO rules_alarm (id, rule, system, level, thing, thing_name, thing_type, unit, lon, lat, division,
             district, state, open, started_at, raised_at, explanation, on_clear, group_key, window_seconds, storm, announced)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'raised', 1, $13, $14, $15, $16, $17, $18, $19, $20)
         ON CONFLICT (id) DO NOTHING",
        params![
            alarm.id,
            &alarm.rule,
            &alarm.system,
            alarm.level.as_str(),
            alarm.thing,
            alarm.thing_name.as_str(),
            &alarm.thing_type,
            alarm.unit.as_ref(),
            lon,
            lat,
            alarm.division,
            alarm.division.map(DivisionCode::county_part),
            alarm.started_at,
            alarm.raised_at,
            Value::json_of(&alarm.explanation)?,
            alarm.on_clear.as_str(),
            key,
            window,
            alarm.storm,
            alarm.announced,
        ],
        1,
        ALARM_MOVED,
    );
    Ok(())
}

/// An open alarm ends; one that has ended is a conflict of [`ALARM_MOVED`].
pub(crate) fn clear(
    work: &mut Work,
    id: AlarmId,
    at: Moment,
    explanation: &Explanation,
) -> Result<(), serde_json::Error> {
    work.run_expecting(
        "UPDATE rules_alarm SET state = 'cleared', open = 0, cleared_at = $2, cleared_explanation = $3
         WHERE id = $1 AND open = 1",
        params![id, at, Value::json_of(explanation)?],
        1,
        ALARM_MOVED,
    );
    Ok(())
}

/// Somebody has seen the alarm; once only.
pub(crate) fn acknowledge(work: &mut Work, id: AlarmId, person: PersonId, opinion: &str, now: Moment) {
    work.run_expecting(
        "UPDATE rules_alarm SET acknowledged_at = $2, acknowledged_by = $3, opinion = $4,
             state = CASE WHEN open = 1 THEN 'acknowledged' ELSE state END
         WHERE id = $1 AND acknowledged_at IS NULL",
        params![id, now, person, opinion],
        1,
        ACKNOWLEDGED,
    );
}

/// A storm as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredStorm {
    pub(crate) id: StormId,
    pub(crate) group_key: String,
    pub(crate) rule: RuleName,
    pub(crate) rule_title: String,
    pub(crate) system: SystemName,
    pub(crate) thing_type: ThingTypeName,
    pub(crate) level: AlarmLevel,
    pub(crate) grouping: String,
    pub(crate) district: Option<String>,
    pub(crate) place: Option<(f64, f64)>,
    pub(crate) on_clear: String,
    pub(crate) members: i64,
    pub(crate) open: bool,
    pub(crate) raised_at: Moment,
    pub(crate) last_at: Moment,
    pub(crate) cleared_at: Option<Moment>,
}

pub(super) const STORM_COLUMNS: &str = "id, group_key, rule, rule_title, system, thing_type, level, grouping, district, lon, \
    lat, on_clear, members, open, raised_at, last_at, cleared_at";

impl StoredStorm {
    pub(super) fn read(row: &Row) -> Result<Self, RowError> {
        Ok(Self {
            id: row.parse("id")?,
            group_key: row.text("group_key")?,
            rule: row.name("rule")?,
            rule_title: row.text("rule_title")?,
            system: row.name("system")?,
            thing_type: row.name("thing_type")?,
            level: row.parse("level")?,
            grouping: row.text("grouping")?,
            district: row.opt_text("district")?,
            place: row.opt_real("lon")?.zip(row.opt_real("lat")?),
            on_clear: row.text("on_clear")?,
            members: row.int("members")?,
            open: row.flag("open")?,
            raised_at: row.moment("raised_at")?,
            last_at: row.moment("last_at")?,
            cleared_at: row.opt_moment("cleared_at")?,
        })
    }
}

/// A storm.
pub(crate) async fn storm(store: &Store, id: StormId) -> Result<Option<StoredStorm>, StoreFault> {
    let sql = format!("SELECT {STORM_COLUMNS} FROM rules_storm WHERE id = $1");
    let row = store.query_optional(sql, params![id]).await?;
    Ok(row.as_ref().map(StoredStorm::read).transpose()?)
}

/// The first alarms of a storm.
pub(crate) async fn storm_members(
    store: &Store,
    id: StormId,
    limit: u32,
) -> Result<Vec<AlarmId>, StoreFault> {
    let sql = "SELECT id FROM rules_alarm WHERE storm = $1 ORDER BY raised_at, id LIMIT $2";
    let rows = store.query(sql, params![id, limit]).await?;
    Ok(rows.iter().map(|row| row.parse("id")).collect::<Result<_, _>>()?)
}

/// Stores a storm that begins, with those of its alarms that were stored before.
pub(crate) fn insert_storm(work: &mut Work, storm: &StoredStorm, before: &[AlarmId]) {
    let (lon, lat) = storm.place.unzip();
    work.run_expecting(
        "INSERT INTO rules_storm (id, group_key, rule, rule_title, system, thing_type, level, grouping, district, lon, lat,
             on_clear, members, open, raised_at, last_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1, $14, $15) ON CONFLICT (id) DO NOTHING",
        params![
            storm.id,
            storm.group_key.as_str(),
            &storm.rule,
            storm.rule_title.as_str(),
            &storm.system,
            &storm.thing_type,
            storm.level.as_str(),
            storm.grouping.as_str(),
            storm.district.as_deref(),
            lon,
            lat,
            storm.on_clear.as_str(),
            storm.members,
            storm.raised_at,
            storm.last_at,
        ],
        1,
        ALARM_MOVED,
    );
    for alarm in before {
        work.run("UPDATE rules_alarm SET storm = $2 WHERE id = $1", params![*alarm, storm.id]);
    }
}

/// One more alarm has joined a storm.
pub(crate) fn join_storm(work: &mut Work, storm: StormId, at: Moment) {
    work.run(
        "UPDATE rules_storm SET members = members + 1,
             last_at = CASE WHEN last_at < $2 THEN $2 ELSE last_at END WHERE id = $1",
        params![storm, at],
    );
}

/// A storm ends; one that has ended is a conflict of [`ALARM_MOVED`].
pub(crate) fn clear_storm(work: &mut Work, id: StormId, at: Moment) {
    let sql = "UPDATE rules_storm SET open = 0, cleared_at = $2 WHERE id = $1 AND open = 1";
    work.run_expecting(sql, params![id, at], 1, ALARM_MOVED);
}
