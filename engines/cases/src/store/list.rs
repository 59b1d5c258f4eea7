//! What pages of cases have in common: filters, who may see which cases ([`Sight`]), the rows; and cases known by ids.
//!
//! Every page is found by an index and a key (never an offset), whatever the filters. Which index leads is said by the
//! question itself, not left to what a planner knows of the city: a column whose index shall not lead is compared as
//! `column || ''`. So a page costs the same with a million cases as with a thousand.

use std::fmt::Write as _;

use baotu_storage::{Row, RowError, Store, StoreFault, Value};
use baotu_vocabulary::{
    CaseId, CategoryCode, Moment, PersonId, Point, ProcedureName, RequestId, RequestName, StepName, TaskId,
    UnitCode,
};

use super::DUE_KEY_NONE;

/// Rows of one page at most.
pub const PAGE_ROWS_MAX: u32 = 100;
/// Rows of a page unless asked otherwise.
pub const PAGE_ROWS: u32 = 20;
/// Branches of one question at most: units that somebody sees, roles of a post.
pub(super) const BRANCHES_MAX: usize = 200;

/// Which cases are asked for; every field narrows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CaseFilter {
    /// Only this procedure.
    pub procedure: Option<ProcedureName>,
    /// Only this public status.
    pub status: Option<String>,
    /// Only cases that stand in this step.
    pub step: Option<StepName>,
    /// Only categories that begin with this.
    pub category: Option<String>,
    /// Only this level.
    pub level: Option<String>,
    /// Only places whose division code begins with this.
    pub division: Option<String>,
    /// Only this unit in charge.
    pub unit: Option<UnitCode>,
    /// Only open cases past their due time.
    pub overdue: bool,
    /// Only cases due before this.
    pub due_before: Option<Moment>,
    /// Only cases opened at this moment or later.
    pub opened_from: Option<Moment>,
    /// Only cases opened before this.
    pub opened_to: Option<Moment>,
    /// Only cases of this reporter.
    pub reporter: Option<PersonId>,
    /// Only open cases with this mark.
    pub mark: Option<Mark>,
    /// Only open (true) or ended (false) cases.
    pub open: Option<bool>,
    /// Only this number, or titles that hold these words.
    pub said: Option<String>,
    /// Only cases of these procedures; empty for all.
    pub procedures: Vec<ProcedureName>,
    /// Only cases with one of these categories; empty for all.
    pub categories: Vec<CategoryCode>,
}

/// The index that leads a list of the newest, all of it ordered by the time of opening.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// Those that go on, which are few among all.
    Going,
    /// Those of a level that go on.
    Level,
    /// Those of a public status.
    Status,
    /// Those of one category.
    Category,
    /// All.
    Time,
}

impl CaseFilter {
    /// What leads a list of all that pass it.
    pub(super) fn lead(&self) -> Lead {
        let goes_on = self.open == Some(true) || self.overdue || self.mark.is_some() || self.step.is_some();
        match (&self.status, self.categories.as_slice()) {
            _ if goes_on && self.level.is_some() => Lead::Level,
            _ if goes_on => Lead::Going,
            (Some(_), _) => Lead::Status,
            (None, [_]) => Lead::Category,
            (None, _) => Lead::Time,
        }
    }
}

/// What somebody who supervises looks for among open cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// Supervised (督办).
    Supervised,
    /// A yellow card and no red one.
    Yellow,
    /// A red card.
    Red,
}

/// Which cases somebody may see: one of the branches must hold.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Sight {
    /// Only these procedures; empty for all.
    pub(crate) procedures: Vec<ProcedureName>,
    /// Among which.
    pub(crate) among: SightAmong,
}

/// Among which cases.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SightAmong {
    /// All.
    All,
    /// Those this person reported.
    Reporter(PersonId),
    /// Those that concern this unit or have concerned it.
    Unit(UnitCode),
    /// Those in the division with this code.
    Division(String),
}

/// A case on a page.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseRow {
    /// The case.
    pub(crate) id: CaseId,
    /// Its number.
    pub(crate) number: String,
    /// One line.
    pub(crate) title: String,
    /// Its procedure.
    pub(crate) procedure: ProcedureName,
    /// Its category.
    pub(crate) category: CategoryCode,
    /// Its level, where its procedure has levels.
    pub(crate) level: Option<String>,
    /// Its public status.
    pub(crate) status: String,
    /// The steps it stands in.
    pub(crate) steps: Vec<StepName>,
    /// The task by which it stands on this page.
    pub(crate) task: Option<TaskId>,
    /// The step of that task.
    pub(crate) task_step: Option<StepName>,
    /// The unit in charge.
    pub(crate) lead_unit: Option<UnitCode>,
    /// The unit that took it in.
    pub(crate) intake_unit: Option<UnitCode>,
    /// The division code of its place.
    pub(crate) division: Option<String>,
    /// Longitude and latitude in degrees.
    pub(crate) position: Option<(f64, f64)>,
    /// Who reported it.
    pub(crate) reporter: Option<PersonId>,
    /// Whether the reporter is kept secret.
    pub(crate) confidential: bool,
    /// When it was opened.
    pub(crate) opened_at: Moment,
    /// When it, or its task on this page, is due.
    pub(crate) due_at: Option<Moment>,
    /// Whether holidays that are not announced yet may move the due time.
    pub(crate) provisional: bool,
    /// When its yellow card was given.
    pub(crate) warned_at: Option<Moment>,
    /// When its red card was given.
    pub(crate) overdue_at: Option<Moment>,
    /// How often it was supervised.
    pub(crate) supervisions: i64,
    /// The request by which it stands on this page.
    pub(crate) request: Option<WaitingRequest>,
    /// When it was closed.
    pub(crate) closed_at: Option<Moment>,
    /// Whether it goes on.
    pub(crate) open: bool,
}

/// A request that waits for a decision.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WaitingRequest {
    /// Its id.
    pub(crate) id: RequestId,
    /// Its name in the procedure.
    pub(crate) name: RequestName,
    /// When it was asked.
    pub(crate) asked_at: Moment,
}

/// Where a page ended: what the next one begins after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PageKey {
    /// The time by which the page is ordered, in microseconds.
    pub(crate) micros: i64,
    /// The id that tells rows of the same time apart.
    pub(crate) id: uuid::Uuid,
}

pub(super) const COLUMNS: &str =
    "c.id, c.number, c.title, c.procedure, c.category, c.level, c.status, c.steps, c.lead_unit,
    c.intake_unit, c.division, c.lon, c.lat, c.reporter, c.confidential, c.opened_at, c.due_at, c.provisional,
    c.warned_at, c.overdue_at, c.supervisions, c.closed_at, c.open";

/// The text of a question and its parameters, grown together.
#[derive(Default)]
pub(super) struct Question {
    pub(super) sql: String,
    pub(super) params: Vec<Value>,
}

impl Question {
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

    /// Adds `AND column IN (…)`; nothing for no values.
    pub(super) fn add_among<T: Into<Value>>(&mut self, column: &str, values: impl IntoIterator<Item = T>) {
        let mut values = values.into_iter().peekable();
        if values.peek().is_none() {
            return;
        }
        let _ = write!(self.sql, " AND {column} IN (");
        while let Some(value) = values.next() {
            self.add(if values.peek().is_some() { "?, " } else { "?)" }, [value.into()]);
        }
    }

    pub(super) fn add_filter(&mut self, filter: &CaseFilter, now: Moment) {
        if let Some(procedure) = &filter.procedure {
            self.add(" AND c.procedure || '' = ?", [procedure.into()]);
        }
        self.add_narrowing(filter, now, None);
    }

    /// Adds all of the filter but its procedure; the column that leads stands bare, the others follow it.
    pub(super) fn add_narrowing(&mut self, filter: &CaseFilter, now: Moment, lead: Option<Lead>) {
        self.add_among("c.procedure || ''", &filter.procedures);
        let category = if lead == Some(Lead::Category) { "c.category" } else { "c.category || ''" };
        self.add_among(category, &filter.categories);
        if let Some(status) = &filter.status {
            let leads = lead == Some(Lead::Status);
            self.add(if leads { " AND c.status = ?" } else { " AND c.status || '' = ?" }, [status.into()]);
        }
        if let Some(step) = &filter.step {
            // Between blanks, so that no name is found inside another.
            self.add(" AND c.steps LIKE ?", [format!("% {} %", escaped(step.as_str())).into()]);
            self.sql.push_str(" ESCAPE '\\' AND c.open = 1");
        }
        if let Some(category) = &filter.category {
            self.add(" AND substr(c.category, 1, length(?)) = ?", [category.into(), category.into()]);
        }
        if let Some(level) = &filter.level {
            let leads = lead == Some(Lead::Level);
            self.add(if leads { " AND c.level = ?" } else { " AND c.level || '' = ?" }, [level.into()]);
        }
        if let Some(division) = &filter.division {
            self.add(" AND substr(c.division, 1, length(?)) = ?", [division.into(), division.into()]);
        }
        if let Some(unit) = &filter.unit {
            self.add(" AND c.lead_unit || '' = ?", [unit.into()]);
        }
        if filter.overdue {
            self.add(" AND c.open = 1 AND c.due_at < ?", [now.into()]);
        }
        if let Some(before) = filter.due_before {
            self.add(" AND c.due_at < ?", [before.into()]);
        }
        if let Some(from) = filter.opened_from {
            self.add(" AND c.opened_at >= ?", [from.into()]);
        }
        if let Some(to) = filter.opened_to {
            self.add(" AND c.opened_at < ?", [to.into()]);
        }
        if let Some(reporter) = filter.reporter {
            self.add(" AND c.reporter || '' = ?", [reporter.into()]);
        }
        if let Some(mark) = filter.mark {
            self.sql.push_str(match mark {
                Mark::Supervised => " AND c.open = 1 AND c.supervisions > 0",
                Mark::Yellow => " AND c.open = 1 AND c.warned_at IS NOT NULL AND c.overdue_at IS NULL",
                Mark::Red => " AND c.open = 1 AND c.overdue_at IS NOT NULL",
            });
        }
        // Written out, so that the index of those that go on is found.
        match filter.open {
            Some(true) => self.sql.push_str(" AND c.open = 1"),
            Some(false) => self.sql.push_str(" AND c.open = 0"),
            None => {}
        }
        if let Some(said) = &filter.said {
            let like = format!("%{}%", escaped(&said.to_lowercase()));
            self.add(" AND (c.number = ? OR lower(c.title) LIKE ? ESCAPE '\\')", [said.into(), like.into()]);
        }
    }
}

/// A text in which `LIKE` finds nothing but itself, with `\` as its escape.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}

/// The cases that left a contact with this blind index, the newest first, in sight.
pub(crate) async fn of_contact(
    store: &Store,
    index: &str,
    sight: &[Sight],
    rows: u32,
    now: Moment,
) -> Result<Vec<CaseRow>, StoreFault> {
    let mut question = Question::default();
    question.add(
        "SELECT id FROM cases_case WHERE contact_index = ? ORDER BY opened_at DESC, id DESC LIMIT ?",
        [index.into(), rows.into()],
    );
    let ids = ids_of(store, question).await?;
    let mut found = those(store, &ids, &CaseFilter::default(), sight, now).await?;
    found.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id)));
    Ok(found)
}

/// Ids of cases around a place opened since `since`, the newest first, whatever their rights.
pub(crate) async fn placed_since(
    store: &Store,
    point: Point,
    metres: f64,
    since: Moment,
    rows: u32,
) -> Result<Vec<CaseId>, StoreFault> {
    let mut question = Question::default();
    question.sql.push_str("SELECT id FROM cases_case WHERE place_tile IS NOT NULL");
    question.add_among("place_tile", super::case::tiles_around(point, metres));
    question.add(" AND opened_at >= ? ORDER BY opened_at DESC LIMIT ?", [since.into(), rows.into()]);
    ids_of(store, question).await
}

async fn ids_of(store: &Store, question: Question) -> Result<Vec<CaseId>, StoreFault> {
    let rows = store.query(question.sql, question.params).await?;
    rows.iter().map(|row| row.parse("id").map_err(StoreFault::from)).collect()
}

/// The cases with these ids that are in sight and pass the filter, in no order.
pub(crate) async fn those(
    store: &Store,
    ids: &[CaseId],
    filter: &CaseFilter,
    sight: &[Sight],
    now: Moment,
) -> Result<Vec<CaseRow>, StoreFault> {
    if ids.is_empty() || sight.is_empty() {
        return Ok(Vec::new());
    }
    let mut question = Question::default();
    // The limit keeps what was found by its id apart from what is asked of it.
    let _ = write!(question.sql, "SELECT * FROM (SELECT {COLUMNS} FROM cases_case AS c WHERE 1 = 1");
    question.add_among("c.id", ids.iter().copied());
    question.add(" LIMIT ?) AS c WHERE 1 = 1", [i64::try_from(ids.len()).unwrap_or(i64::MAX).into()]);
    question.add_filter(filter, now);
    question.sql.push_str(" AND (");
    for (index, sight) in sight.iter().take(BRANCHES_MAX).enumerate() {
        question.sql.push_str(if index > 0 { " OR (" } else { "(" });
        match &sight.among {
            SightAmong::Unit(unit) => question.add(
                "EXISTS (SELECT 1 FROM cases_concern AS k
                         WHERE k.unit = ? AND k.opened_at = c.opened_at AND k.case_id = c.id)",
                [unit.into()],
            ),
            SightAmong::Reporter(person) => question.add("c.reporter = ?", [(*person).into()]),
            SightAmong::Division(division) => {
                question.add("substr(c.division, 1, length(?)) = ?", [division.into(), division.into()])
            }
            SightAmong::All => question.sql.push_str("1 = 1"),
        }
        question.add_among("c.procedure", &sight.procedures);
        question.sql.push(')');
    }
    question.sql.push(')');
    let rows = store.query(question.sql, question.params).await?;
    rows.iter().map(|row| case_row(row).map_err(StoreFault::from)).collect()
}

pub(super) fn case_row(row: &Row) -> Result<CaseRow, RowError> {
    let position = row.opt_real("lon")?.zip(row.opt_real("lat")?);
    Ok(CaseRow {
        id: row.parse("id")?,
        number: row.text("number")?,
        title: row.text("title")?,
        procedure: row.name("procedure")?,
        category: row.name("category")?,
        level: row.opt_text("level")?,
        status: row.text("status")?,
        steps: row.text("steps")?.split_whitespace().map(StepName::from).collect(),
        task: None,
        task_step: None,
        lead_unit: row.opt_name("lead_unit")?,
        intake_unit: row.opt_name("intake_unit")?,
        division: row.opt_text("division")?,
        position,
        reporter: row.opt_parse("reporter")?,
        confidential: row.flag("confidential")?,
        opened_at: row.moment("opened_at")?,
        due_at: row.opt_moment("due_at")?,
        provisional: row.flag("provisional")?,
        warned_at: row.opt_moment("warned_at")?,
        overdue_at: row.opt_moment("overdue_at")?,
        supervisions: row.int("supervisions")?,
        request: None,
        closed_at: row.opt_moment("closed_at")?,
        open: row.flag("open")?,
    })
}

impl CaseRow {
    /// The key of this row on a page of the newest cases.
    pub(crate) fn newest_key(&self) -> PageKey {
        PageKey { micros: self.opened_at.micros(), id: self.id.uuid() }
    }

    /// The key of this row on a page of requests.
    pub(crate) fn request_key(&self) -> Option<PageKey> {
        self.request
            .as_ref()
            .map(|request| PageKey { micros: request.asked_at.micros(), id: request.id.uuid() })
    }

    /// The key of this row on a page of a queue.
    pub(crate) fn queue_key(&self) -> Option<PageKey> {
        let micros = self.due_at.map_or(DUE_KEY_NONE, Moment::micros);
        self.task.map(|task| PageKey { micros, id: task.uuid() })
    }
}
