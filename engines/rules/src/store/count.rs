//! Indicators: how many alarms are open, and how long those lasted that have ended.

use baotu_pack::rules::AlarmLevel;
use baotu_storage::{Row, RowError, Store, StoreFault};
use baotu_vocabulary::{Moment, ThingId, ThingTypeName};

use super::list::{Question, Sight};

/// Open alarms that are alike.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OpenCount {
    pub(crate) level: AlarmLevel,
    pub(crate) thing_type: ThingTypeName,
    pub(crate) district: Option<String>,
    pub(crate) acknowledged: bool,
    pub(crate) alarms: i64,
}

/// Alarms of a level that have ended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cleared {
    pub(crate) level: AlarmLevel,
    pub(crate) alarms: i64,
    /// All together, in microseconds.
    pub(crate) open_micros: i64,
}

/// How many alarms in sight are open, by level, type and district.
pub(crate) async fn open_counts(store: &Store, sights: &[Sight]) -> Result<Vec<OpenCount>, StoreFault> {
    let mut question = Question::begun(
        "SELECT level, thing_type, district, state, count(*) AS alarms FROM rules_alarm WHERE open = 1"
            .to_owned(),
    );
    question.add_sight(sights);
    question
        .add(" GROUP BY level, thing_type, district, state ORDER BY level, thing_type, district, state", []);
    let (sql, params) = question.into_parts();
    let read = |row: &Row| -> Result<OpenCount, RowError> {
        Ok(OpenCount {
            level: row.parse("level")?,
            thing_type: row.name("thing_type")?,
            district: row.opt_text("district")?,
            acknowledged: row.text("state")? == "acknowledged",
            alarms: row.int("alarms")?,
        })
    };
    let rows = store.query(sql, params).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Open alarms of a thing that are of one level.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ThingCount {
    pub(crate) thing: ThingId,
    pub(crate) level: AlarmLevel,
    pub(crate) alarms: i64,
}

/// How many alarms in sight are open of each of these things, by level.
pub(crate) async fn open_of_things(
    store: &Store,
    things: &[ThingId],
    sights: &[Sight],
) -> Result<Vec<ThingCount>, StoreFault> {
    let mut question = Question::begun(
        "SELECT thing, level, count(*) AS alarms FROM rules_alarm WHERE open + 0 = 1 AND thing IN ("
            .to_owned(),
    );
    for (index, thing) in things.iter().enumerate() {
        question.add(if index == 0 { "?" } else { ", ?" }, [(*thing).into()]);
    }
    question.add(")", []);
    question.add_sight(sights);
    question.add(" GROUP BY thing, level ORDER BY thing, level", []);
    let (sql, params) = question.into_parts();
    let read = |row: &Row| -> Result<ThingCount, RowError> {
        Ok(ThingCount { thing: row.parse("thing")?, level: row.parse("level")?, alarms: row.int("alarms")? })
    };
    let rows = store.query(sql, params).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// How many alarms in sight ended at `since` or later, and how long they were open.
pub(crate) async fn cleared_since(
    store: &Store,
    since: Moment,
    sights: &[Sight],
) -> Result<Vec<Cleared>, StoreFault> {
    let mut question = Question::begun(
        "SELECT level, count(*) AS alarms, CAST(sum(cleared_at - raised_at) AS BIGINT) AS open_micros
         FROM rules_alarm"
            .to_owned(),
    );
    question.add(" WHERE cleared_at >= ?", [since.into()]);
    question.add_sight(sights);
    question.add(" GROUP BY level ORDER BY level", []);
    let (sql, params) = question.into_parts();
    let read = |row: &Row| -> Result<Cleared, RowError> {
        Ok(Cleared {
            level: row.parse("level")?,
            alarms: row.int("alarms")?,
            open_micros: row.int("open_micros")?,
        })
    };
    let rows = store.query(sql, params).await?;
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}
