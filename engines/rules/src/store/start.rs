//! What is needed at a start: the alarms that were left, the groups they belong to, how far readings have been weighed.

use baotu_storage::{Row, RowError, Store, StoreFault, Work, params};
use baotu_vocabulary::{AlarmId, Moment, RuleName, StormId, ThingId};

/// The name of the one checkpoint.
const CHECKPOINT: &str = "readings";

/// An alarm that was left.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Left {
    pub(crate) id: AlarmId,
    pub(crate) rule: RuleName,
    pub(crate) thing: ThingId,
    pub(crate) started_at: Moment,
    pub(crate) raised_at: Moment,
    pub(crate) cleared_at: Option<Moment>,
}

/// The alarms that are open, and those that ended at `since` or later, in the order in which they were raised.
pub(crate) async fn left(store: &Store, since: Moment) -> Result<Vec<Left>, StoreFault> {
    let sql = "SELECT id, rule, thing, started_at, raised_at, cleared_at FROM (
            SELECT id, rule, thing, started_at, raised_at, cleared_at FROM rules_alarm WHERE open = 1
            UNION ALL
            SELECT id, rule, thing, started_at, raised_at, cleared_at FROM rules_alarm WHERE cleared_at >= $1
        ) AS known ORDER BY raised_at, id";
    let rows = store.query(sql, params![since]).await?;
    let read = |row: &Row| -> Result<Left, RowError> {
        Ok(Left {
            id: row.parse("id")?,
            rule: row.name("rule")?,
            thing: row.parse("thing")?,
            started_at: row.moment("started_at")?,
            raised_at: row.moment("raised_at")?,
            cleared_at: row.opt_moment("cleared_at")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// An alarm of a group.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct InGroup {
    pub(crate) id: AlarmId,
    pub(crate) key: String,
    pub(crate) window_seconds: i64,
    pub(crate) at: Moment,
    pub(crate) open: bool,
    pub(crate) storm: Option<StormId>,
}

/// The alarms of storms that go on, and those of groups that were raised at `since` or later and belong to none.
pub(crate) async fn grouped(store: &Store, since: Moment) -> Result<Vec<InGroup>, StoreFault> {
    let sql = "SELECT id, group_key, window_seconds, raised_at, open, storm FROM (
            SELECT a.id, a.group_key, a.window_seconds, a.raised_at, a.open, a.storm
            FROM rules_storm AS s JOIN rules_alarm AS a ON a.storm = s.id WHERE s.open = 1
            UNION ALL
            SELECT id, group_key, window_seconds, raised_at, open, storm FROM rules_alarm
            WHERE raised_at >= $1 AND storm IS NULL
        ) AS known WHERE group_key IS NOT NULL ORDER BY raised_at, id";
    let rows = store.query(sql, params![since]).await?;
    let read = |row: &Row| -> Result<InGroup, RowError> {
        Ok(InGroup {
            id: row.parse("id")?,
            key: row.text("group_key")?,
            window_seconds: row.int("window_seconds")?,
            at: row.moment("raised_at")?,
            open: row.flag("open")?,
            storm: row.opt_parse("storm")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// Up to when readings that came have been weighed; none before the first time.
pub(crate) async fn evaluated_to(store: &Store) -> Result<Option<Moment>, StoreFault> {
    let sql = "SELECT evaluated_to FROM rules_checkpoint WHERE name = $1";
    let row = store.query_optional(sql, params![CHECKPOINT]).await?;
    Ok(row.as_ref().map(|row| row.moment("evaluated_to")).transpose()?)
}

/// Notes up to when readings that came have been weighed.
pub(crate) fn note_evaluated(work: &mut Work, to: Moment) {
    work.run(
        "INSERT INTO rules_checkpoint (name, evaluated_to) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET evaluated_to = excluded.evaluated_to",
        params![CHECKPOINT, to],
    );
}
