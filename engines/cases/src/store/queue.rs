//! Queues: what a post or a person has to do, the requests that wait for a post, and how many of each.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use baotu_storage::{Row, RowError, Store, StoreFault};
use baotu_vocabulary::{Moment, PersonId, ProcedureName, RequestId, RoleName, StepName, TaskId, UnitCode};

use super::list::{BRANCHES_MAX, COLUMNS, CaseFilter, CaseRow, PageKey, Question, WaitingRequest, case_row};

/// Whose tasks a queue holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Queue {
    /// What a post may work on: the tasks of its unit and of no unit in particular, for its roles.
    Post {
        /// The unit of the post.
        unit: UnitCode,
        /// Its roles.
        roles: Vec<RoleName>,
    },
    /// What one person alone has in hand.
    Person(PersonId),
}

/// The open tasks of a queue with their cases, what is due first first, after `after`.
pub(crate) async fn queue(
    store: &Store,
    queue: &Queue,
    filter: &CaseFilter,
    after: Option<PageKey>,
    rows: u32,
    now: Moment,
) -> Result<Vec<CaseRow>, StoreFault> {
    let branches = queue_branches(queue);
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = Question::default();
    question.sql.push_str("SELECT * FROM (");
    for (index, branch) in branches.into_iter().take(BRANCHES_MAX).enumerate() {
        if index > 0 {
            question.sql.push_str(" UNION ");
        }
        let _ = write!(
            question.sql,
            "SELECT * FROM (SELECT {COLUMNS}, t.id AS task, t.step AS task_step, t.due_at AS task_due_at,
             t.due_key AS due_key FROM cases_task AS t CROSS JOIN cases_case AS c
             WHERE c.id = t.case_id AND t.open = 1"
        );
        branch.narrow(&mut question);
        if let Some(step) = &filter.step {
            question.add(" AND t.step = ?", [step.into()]);
        }
        question.add_filter(&CaseFilter { step: None, ..filter.clone() }, now);
        if let Some(after) = after {
            question
                .add(" AND (t.due_key, t.id) > (?, ?)", [after.micros.into(), TaskId::from(after.id).into()]);
        }
        question.add(" ORDER BY t.due_key, t.id LIMIT ?) AS b", [rows.into()]);
        let _ = write!(question.sql, "{index}");
    }
    question.add(") AS page ORDER BY due_key, task LIMIT ?", [rows.into()]);
    let rows = store.query(question.sql, question.params).await?;
    rows.iter().map(|row| task_row(row).map_err(StoreFault::from)).collect()
}

/// The requests that wait for a post's decision with their cases, the longest waiting first, after `after`.
pub(crate) async fn requests(
    store: &Store,
    (unit, roles): (&UnitCode, &[RoleName]),
    filter: &CaseFilter,
    after: Option<PageKey>,
    rows: u32,
    now: Moment,
) -> Result<Vec<CaseRow>, StoreFault> {
    let branches = post_branches(unit, roles);
    if branches.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = Question::default();
    question.sql.push_str("SELECT * FROM (");
    for (index, branch) in branches.into_iter().take(BRANCHES_MAX).enumerate() {
        if index > 0 {
            question.sql.push_str(" UNION ");
        }
        let _ = write!(
            question.sql,
            "SELECT * FROM (SELECT {COLUMNS}, t.id AS request, t.name AS request_name, t.asked_at AS asked_at
             FROM cases_request AS t CROSS JOIN cases_case AS c WHERE c.id = t.case_id AND t.state = 'asked'"
        );
        branch.narrow(&mut question);
        question.add_filter(filter, now);
        if let Some(after) = after {
            question.add(
                " AND (t.asked_at, t.id) > (?, ?)",
                [after.micros.into(), RequestId::from(after.id).into()],
            );
        }
        question.add(" ORDER BY t.asked_at, t.id LIMIT ?) AS b", [rows.into()]);
        let _ = write!(question.sql, "{index}");
    }
    question.add(") AS page ORDER BY asked_at, request LIMIT ?", [rows.into()]);
    let rows = store.query(question.sql, question.params).await?;
    let read = |row: &Row| -> Result<CaseRow, RowError> {
        let mut case = case_row(row)?;
        case.request = Some(WaitingRequest {
            id: row.parse("request")?,
            name: row.name("request_name")?,
            asked_at: row.moment("asked_at")?,
        });
        Ok(case)
    };
    rows.iter().map(|row| read(row).map_err(StoreFault::from)).collect()
}

/// How much a queue holds: all, what is due before `today_ends`, what is past its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct QueueCount {
    pub(crate) all: i64,
    pub(crate) due_today: i64,
    pub(crate) overdue: i64,
}

/// How much of a queue stands in one step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepCount {
    pub(crate) procedure: ProcedureName,
    pub(crate) step: StepName,
    pub(crate) count: QueueCount,
}

/// Counts a queue by procedure and step.
pub(crate) async fn count_queue_by_step(
    store: &Store,
    queue: &Queue,
    now: Moment,
    today_ends: Moment,
) -> Result<Vec<StepCount>, StoreFault> {
    let mut counts: BTreeMap<(ProcedureName, StepName), QueueCount> = BTreeMap::new();
    for branch in queue_branches(queue).into_iter().take(BRANCHES_MAX) {
        let mut question = Question::default();
        question.add(
            "SELECT t.procedure AS procedure, t.step AS step, count(*) AS tasks,
                    CAST(coalesce(sum(CASE WHEN t.due_key < ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS today,
                    CAST(coalesce(sum(CASE WHEN t.due_key < ? THEN 1 ELSE 0 END), 0) AS BIGINT) AS overdue
             FROM cases_task AS t WHERE t.open = 1",
            [today_ends.into(), now.into()],
        );
        branch.narrow(&mut question);
        question.sql.push_str(" GROUP BY t.procedure, t.step");
        for row in store.query(question.sql, question.params).await? {
            let count = counts.entry((row.name("procedure")?, row.name("step")?)).or_default();
            count.all += row.int("tasks")?;
            count.due_today += row.int("today")?;
            count.overdue += row.int("overdue")?;
        }
    }
    let told = |((procedure, step), count)| StepCount { procedure, step, count };
    Ok(counts.into_iter().map(told).collect())
}

/// How many requests wait for a decision of a post.
pub(crate) async fn count_requests(
    store: &Store,
    unit: &UnitCode,
    roles: &[RoleName],
) -> Result<i64, StoreFault> {
    let mut requests = 0;
    for branch in post_branches(unit, roles) {
        let mut question = Question::default();
        question.sql.push_str("SELECT count(*) AS requests FROM cases_request AS t WHERE t.state = 'asked'");
        branch.narrow(&mut question);
        requests += store.query_one(question.sql, question.params).await?.int("requests")?;
    }
    Ok(requests)
}

/// How many open cases in a unit's hands are supervised.
pub(crate) async fn count_supervised(
    store: &Store,
    unit: &UnitCode,
    roles: &[RoleName],
) -> Result<i64, StoreFault> {
    let mut supervised = 0;
    for role in roles.iter().take(BRANCHES_MAX) {
        let mut question = Question::default();
        question.add(
            "SELECT count(DISTINCT c.id) AS supervised FROM cases_task AS t
             JOIN cases_case AS c ON c.id = t.case_id
             WHERE t.open = 1 AND t.unit = ? AND t.role = ? AND c.supervisions > 0",
            [unit.into(), role.into()],
        );
        supervised += store.query_one(question.sql, question.params).await?.int("supervised")?;
    }
    Ok(supervised)
}

/// One leading part of a queue's index.
enum Branch {
    Post { unit: String, role: RoleName },
    Person(PersonId),
}

impl Branch {
    fn narrow(&self, question: &mut Question) {
        match self {
            Self::Post { unit, role } => {
                question.add(" AND t.unit = ? AND t.role = ?", [unit.into(), role.into()]);
            }
            Self::Person(person) => question.add(" AND t.person = ?", [(*person).into()]),
        }
    }
}

fn queue_branches(queue: &Queue) -> Vec<Branch> {
    match queue {
        Queue::Post { unit, roles } => post_branches(unit, roles),
        Queue::Person(person) => vec![Branch::Person(*person)],
    }
}

/// A post works on the tasks of its unit, and on those of no unit in particular.
fn post_branches(unit: &UnitCode, roles: &[RoleName]) -> Vec<Branch> {
    let both = |role: &RoleName| {
        [unit.as_str(), ""].map(|unit| Branch::Post { unit: unit.to_owned(), role: role.clone() })
    };
    roles.iter().flat_map(both).collect()
}

fn task_row(row: &Row) -> Result<CaseRow, RowError> {
    let mut case = case_row(row)?;
    case.task = Some(row.parse("task")?);
    case.task_step = Some(row.name("task_step")?);
    case.due_at = row.opt_moment("task_due_at")?;
    Ok(case)
}
