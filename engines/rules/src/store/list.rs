//! Pages of alarms and storms, newest first. The question itself says which index leads: a column whose index shall not
//! lead is compared as `column || ''`.

use std::fmt::Write as _;

use baotu_pack::rules::AlarmLevel;
use baotu_storage::{Store, StoreFault, Value};
use baotu_vocabulary::{Moment, RuleName, StormId, ThingId, ThingTypeName, UnitCode};
use uuid::Uuid;

use super::alarm::{COLUMNS, STORM_COLUMNS, Stored, StoredStorm};

/// Which alarms somebody may see: one of them must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Sight {
    /// All.
    All,
    /// Those of things of these units.
    Units(Vec<UnitCode>),
    /// Those in the division whose codes begin with this.
    Division(String),
}

/// Where a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) raised_at: Moment,
    pub(crate) id: Uuid,
}

/// Which alarms are asked for; every field narrows.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AlarmFilter {
    pub(crate) open: Option<bool>,
    pub(crate) thing: Option<ThingId>,
    pub(crate) rule: Option<RuleName>,
    pub(crate) storm: Option<StormId>,
    pub(crate) thing_type: Option<ThingTypeName>,
    pub(crate) level: Option<AlarmLevel>,
    pub(crate) since: Option<Moment>,
    pub(crate) until: Option<Moment>,
}

/// The text of a question and its parameters, grown together.
#[derive(Default)]
pub(super) struct Question {
    sql: String,
    params: Vec<Value>,
}

impl Question {
    pub(super) fn begun(sql: String) -> Self {
        Self { sql, params: Vec::new() }
    }

    /// Adds text in which each `?` stands for the next of `values`.
    pub(super) fn add<const N: usize>(&mut self, text: &str, values: [Value; N]) {
        let mut values = values.into_iter();
        for (index, part) in text.split('?').enumerate() {
            if index > 0 {
                self.params.extend(values.next());
                let _ = write!(self.sql, "${}", self.params.len());
            }
            self.sql.push_str(part);
        }
    }

    /// Only what is in sight.
    pub(super) fn add_sight(&mut self, sights: &[Sight]) {
        if sights.contains(&Sight::All) {
            return;
        }
        self.add(" AND (1 = 0", []);
        for sight in sights {
            match sight {
                Sight::All => {}
                Sight::Division(prefix) => {
                    self.add(" OR substr(division, 1, ?) = ?", [length(prefix), prefix.as_str().into()]);
                }
                Sight::Units(units) => {
                    for unit in units {
                        self.add(" OR unit = ?", [unit.into()]);
                    }
                }
            }
        }
        self.add(")", []);
    }

    fn add_after(&mut self, after: Option<After>) {
        if let Some(After { raised_at, id }) = after {
            // As one comparison: with `OR` the embedded engine would look into two indexes and sort.
            let id = Value::Text(id.hyphenated().to_string());
            self.add(" AND (raised_at, id) < (?, ?)", [raised_at.into(), id]);
        }
    }

    pub(super) fn into_parts(self) -> (String, Vec<Value>) {
        (self.sql, self.params)
    }
}

fn length(text: &str) -> Value {
    Value::Int(i64::try_from(text.len()).unwrap_or(i64::MAX))
}

/// A page of alarms, newest first.
pub(crate) async fn newest(
    store: &Store,
    filter: &AlarmFilter,
    sights: &[Sight],
    after: Option<After>,
    limit: u32,
) -> Result<Vec<Stored>, StoreFault> {
    if sights.is_empty() {
        return Ok(Vec::new());
    }
    let (sql, params) = newest_question(filter, sights, after, limit).into_parts();
    let rows = store.query(sql, params).await?;
    Ok(rows.iter().map(Stored::read).collect::<Result<_, _>>()?)
}

fn newest_question(filter: &AlarmFilter, sights: &[Sight], after: Option<After>, limit: u32) -> Question {
    // The first that is given leads; the others are looked at in its rows.
    let mut question = Question::begun(format!("SELECT {COLUMNS} FROM rules_alarm WHERE 1 = 1"));
    let mut led = false;
    let mut lead = |column: &str| {
        let text = if led { format!(" AND {column} || '' = ?") } else { format!(" AND {column} = ?") };
        led = true;
        text
    };
    if let Some(thing) = filter.thing {
        question.add(&lead("thing"), [thing.into()]);
    }
    if let Some(storm) = filter.storm {
        question.add(&lead("storm"), [storm.into()]);
    }
    if let Some(rule) = &filter.rule {
        question.add(&lead("rule"), [rule.into()]);
    }
    match filter.open {
        // `+ 0` keeps the index of what is open from leading.
        Some(open) if led => question.add(" AND open + 0 = ?", [open.into()]),
        Some(open) => question.add(" AND open = ?", [open.into()]),
        None => {}
    }
    if let Some(kind) = &filter.thing_type {
        question.add(" AND thing_type = ?", [kind.into()]);
    }
    if let Some(level) = filter.level {
        question.add(" AND level = ?", [level.as_str().into()]);
    }
    if let Some(since) = filter.since {
        question.add(" AND raised_at >= ?", [since.into()]);
    }
    if let Some(until) = filter.until {
        question.add(" AND raised_at < ?", [until.into()]);
    }
    question.add_sight(sights);
    question.add_after(after);
    question.add(" ORDER BY raised_at DESC, id DESC LIMIT ?", [limit.into()]);
    question
}

/// A page of storms, newest first.
pub(crate) async fn storms(
    store: &Store,
    open: bool,
    after: Option<After>,
    limit: u32,
) -> Result<Vec<StoredStorm>, StoreFault> {
    let mut question = Question::begun(format!("SELECT {STORM_COLUMNS} FROM rules_storm"));
    question.add(" WHERE open = ?", [open.into()]);
    question.add_after(after);
    question.add(" ORDER BY raised_at DESC, id DESC LIMIT ?", [limit.into()]);
    let (sql, params) = question.into_parts();
    let rows = store.query(sql, params).await?;
    Ok(rows.iter().map(StoredStorm::read).collect::<Result<_, _>>()?)
}

#[cfg(test)]
mod tests {
    use baotu_storage::{Engine, testing};

    use super::*;

    #[tokio::test]
    async fn every_list_is_led_by_an_index_in_its_own_order() {
        let test = testing::open(Engine::Sqlite).await;
        let thing = Some(ThingId::new(Moment::from_micros(1), [1; 10]));
        let (rule, storm) = (Some(RuleName::from("x")), Some(StormId::new(Moment::from_micros(1), [2; 10])));
        let (open, level) = (Some(true), Some(AlarmLevel::Urgent));
        let since = Some(Moment::from_micros(1));
        let all = AlarmFilter::default;
        let lists = [
            (all(), "rules_alarm_raised"),
            (AlarmFilter { since, level, ..all() }, "rules_alarm_raised (raised_at>?"),
            (AlarmFilter { open, level, ..all() }, "rules_alarm_open (open=?"),
            (AlarmFilter { rule: rule.clone(), open, ..all() }, "rules_alarm_rule (rule=?"),
            (AlarmFilter { thing, rule, open, ..all() }, "rules_alarm_thing (thing=?"),
            (AlarmFilter { storm, open, ..all() }, "rules_alarm_storm (storm=?"),
        ];
        let sights = [
            vec![Sight::All],
            vec![Sight::Units(vec!["a".into(), "b".into()]), Sight::Division("3701".to_owned())],
        ];
        let after = After { raised_at: Moment::from_micros(1), id: Uuid::nil() };
        for (filter, wanted) in lists {
            for (sight, after) in sights.iter().zip([None, Some(after)]) {
                let (sql, params) = newest_question(&filter, sight, after, 20).into_parts();
                let rows =
                    test.store.query(format!("EXPLAIN QUERY PLAN {sql}"), params).await.expect("a plan");
                let lines: Vec<String> =
                    rows.iter().map(|row| row.text("detail").expect("a line of the plan")).collect();
                let plan = lines.join("; ");
                assert!(plan.contains(wanted) && !plan.contains("TEMP B-TREE"), "{filter:?}: {plan}");
            }
        }
    }
}
