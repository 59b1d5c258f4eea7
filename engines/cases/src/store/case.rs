//! The row of a case and the rows beside it: tasks, decisions, requests, supervisions, links.
//!
//! What is filled in here was decided elsewhere; a case that somebody else has changed meanwhile fails the whole unit
//! with [`STALE_VERSION`].

use baotu_storage::{Row, RowError, Store, StoreFault, Value, Work, params};
use baotu_vocabulary::{
    CaseId, CategoryCode, DecisionId, Moment, PersonId, Point, ProcedureName, RequestId, RoleName, StepName,
    SupervisionId, TaskId, UnitCode,
};
use serde_json::Value as Json;

use super::DUE_KEY_NONE;
use super::list::Question;
use crate::case::CaseState;

/// The expectation that fails when a case has another version than the one decided on.
pub(crate) const STALE_VERSION: &str = "cases.version";

/// Squares of a degree's hundredth, by which places are found: about a kilometre.
const TILES_PER_DEGREE: f64 = 100.0;
/// Tiles of one row around the globe, with room to spare.
const TILES_PER_ROW: i64 = 100_000;

/// Everything of a case that stands in columns of its own, beside its whole state.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CaseColumns {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) procedure: ProcedureName,
    pub(crate) status: String,
    pub(crate) steps: Vec<StepName>,
    pub(crate) open: bool,
    pub(crate) category: CategoryCode,
    pub(crate) level: Option<String>,
    pub(crate) kind: Option<String>,
    pub(crate) channel: Option<String>,
    pub(crate) title: String,
    pub(crate) division: Option<String>,
    pub(crate) point: Option<Point>,
    pub(crate) lead_unit: Option<UnitCode>,
    pub(crate) intake_unit: Option<UnitCode>,
    pub(crate) reporter: Option<PersonId>,
    pub(crate) confidential: bool,
    pub(crate) opened_at: Moment,
    pub(crate) dispatched_at: Option<Moment>,
    pub(crate) contacted_at: Option<Moment>,
    pub(crate) resolved_at: Option<Moment>,
    pub(crate) closed_at: Option<Moment>,
    pub(crate) due_at: Option<Moment>,
    /// Of an ended case that had a due time: whether it was kept.
    pub(crate) on_time: Option<bool>,
    pub(crate) provisional: bool,
    pub(crate) warned_at: Option<Moment>,
    pub(crate) overdue_at: Option<Moment>,
    pub(crate) next_clock_at: Option<Moment>,
    pub(crate) outcome: Option<String>,
    pub(crate) contacted: Option<bool>,
    pub(crate) solved: Option<bool>,
    pub(crate) satisfied: Option<bool>,
    pub(crate) grade: Option<i64>,
    pub(crate) extensions: i64,
    pub(crate) returns: i64,
    pub(crate) transfers: Option<i64>,
    pub(crate) redone: i64,
    pub(crate) supervisions: i64,
    pub(crate) excluded: bool,
    /// The system it was imported from and its number there.
    pub(crate) source: Option<(String, String)>,
    /// The whole state.
    pub(crate) run: Json,
    pub(crate) version: i64,
}

/// The square in which a place lies.
pub(super) fn tile(point: Point) -> i64 {
    tile_at(tile_index(point.lon()), tile_index(point.lat()))
}

fn tile_at(column: i64, row: i64) -> i64 {
    row * TILES_PER_ROW + column
}

#[expect(clippy::cast_possible_truncation, reason = "degrees are at most 180")]
fn tile_index(degrees: f64) -> i64 {
    (degrees * TILES_PER_DEGREE).floor() as i64
}

/// The squares that a circle around a place may touch; at most nine.
pub(super) fn tiles_around(point: Point, metres: f64) -> Vec<i64> {
    /// Metres of a degree of latitude, a little less than the least of them.
    const DEGREE_METRES: f64 = 110_500.0;
    let lat = metres / DEGREE_METRES;
    let lon = lat / point.lat().to_radians().cos().max(0.01);
    let span = |centre: f64, half: f64| tile_index(centre - half)..=tile_index(centre + half);
    let columns = span(point.lon(), lon);
    span(point.lat(), lat)
        .flat_map(|row| columns.clone().map(move |column| tile_at(column, row)))
        .take(9)
        .collect()
}

/// A contact as a case keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeptContact {
    /// Sealed.
    pub(crate) sealed: Value,
    /// The blind index of its telephone, where it has one.
    pub(crate) index: Option<String>,
}

/// Adds a new case.
pub(crate) fn insert_case(work: &mut Work, case: CaseColumns, contact: Option<KeptContact>) {
    let (source, source_id) = case.source.clone().unzip();
    let (contact, contact_index) = match contact {
        Some(KeptContact { sealed, index }) => (sealed, index),
        None => (Value::Null, None),
    };
    work.run(
        "INSERT INTO cases_case (id, number, procedure, opened_at, kind, channel,
             intake_unit, reporter, confidential, source, source_id, contact, contact_index,
             category, level, title, division, district, lon, lat, place_tile,
             status, steps, open, lead_unit, dispatched_at, contacted_at, resolved_at, closed_at,
             due_at, provisional, warned_at, overdue_at, next_clock_at, outcome, contacted, solved, satisfied, grade,
             extensions, returns, redone, supervisions, excluded, transfers, on_time, version, run)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21,
             $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38, $39, $40, $41,
             $42, $43, $44, $45, $46, $47, $48)",
        [
            params![
                case.id,
                &case.number,
                &case.procedure,
                case.opened_at,
                case.kind.as_ref(),
                case.channel.as_ref(),
                case.intake_unit.as_ref(),
                case.reporter,
                case.confidential,
                source,
                source_id,
                contact,
                contact_index,
            ],
            described(&case),
            progressed(&case),
            params![case.run],
        ]
        .concat(),
    );
}

/// Puts a case in the place of its version before; `redescribed` when what it is about or where it lies has changed.
///
/// What has not changed is not written again: an index on it would be written as well.
pub(crate) fn update_case(work: &mut Work, case: CaseColumns, version_before: i64, redescribed: bool) {
    let key = params![case.id, version_before];
    let (sql, description) = if redescribed {
        (
            "UPDATE cases_case SET category = $3, level = $4, title = $5, division = $6, district = $7,
             lon = $8, lat = $9, place_tile = $10, status = $11, steps = $12, open = $13, lead_unit = $14,
             dispatched_at = $15, contacted_at = $16, resolved_at = $17, closed_at = $18, due_at = $19,
             provisional = $20, warned_at = $21, overdue_at = $22, next_clock_at = $23, outcome = $24,
             contacted = $25, solved = $26, satisfied = $27, grade = $28, extensions = $29, returns = $30,
             redone = $31, supervisions = $32, excluded = $33, transfers = $34, on_time = $35, version = $36,
             run = $37
             WHERE id = $1 AND version = $2",
            described(&case),
        )
    } else {
        (
            "UPDATE cases_case SET
             status = $3, steps = $4, open = $5, lead_unit = $6, dispatched_at = $7, contacted_at = $8,
             resolved_at = $9, closed_at = $10, due_at = $11, provisional = $12, warned_at = $13, overdue_at = $14,
             next_clock_at = $15, outcome = $16, contacted = $17, solved = $18, satisfied = $19, grade = $20,
             extensions = $21, returns = $22, redone = $23, supervisions = $24, excluded = $25, transfers = $26,
             on_time = $27, version = $28, run = $29
             WHERE id = $1 AND version = $2",
            Vec::new(),
        )
    };
    let values = [key, description, progressed(&case), params![case.run]].concat();
    work.run_expecting(sql, values, 1, STALE_VERSION);
}

/// The district of a division: its first six digits.
pub(super) fn district(division: &str) -> Option<&str> {
    division.get(..6)
}

/// The columns that tell what a case is about, in the order of the statements; few decisions change them.
fn described(case: &CaseColumns) -> Vec<Value> {
    params![
        &case.category,
        case.level.as_ref(),
        &case.title,
        case.division.as_ref(),
        case.division.as_deref().and_then(district),
        case.point.map(Point::lon),
        case.point.map(Point::lat),
        case.point.map(tile),
    ]
}

/// The columns that decisions change, in the order of the statements; the whole state follows them.
fn progressed(case: &CaseColumns) -> Vec<Value> {
    let steps: Vec<&str> = case.steps.iter().map(StepName::as_str).collect();
    params![
        &case.status,
        format!(" {} ", steps.join(" ")),
        case.open,
        case.lead_unit.as_ref(),
        case.dispatched_at,
        case.contacted_at,
        case.resolved_at,
        case.closed_at,
        case.due_at,
        case.provisional,
        case.warned_at,
        case.overdue_at,
        case.next_clock_at,
        case.outcome.as_ref(),
        case.contacted,
        case.solved,
        case.satisfied,
        case.grade,
        case.extensions,
        case.returns,
        case.redone,
        case.supervisions,
        case.excluded,
        case.transfers,
        case.on_time,
        case.version,
    ]
}

/// A case as it is loaded for a decision or a reader.
#[derive(Clone, Debug)]
pub(crate) struct StoredCase {
    pub(crate) state: CaseState,
    /// The sealed contact of the reporter.
    pub(crate) contact: Option<Vec<u8>>,
}

/// The case with this id, if there is one.
pub(crate) async fn case(store: &Store, id: CaseId) -> Result<Option<StoredCase>, StoreFault> {
    let sql = "SELECT run, contact FROM cases_case WHERE id = $1";
    let row = store.query_optional(sql, params![id]).await?;
    Ok(row.as_ref().map(stored).transpose()?)
}

/// The case with this number, if there is one.
pub(crate) async fn case_by_number(store: &Store, number: &str) -> Result<Option<StoredCase>, StoreFault> {
    let sql = "SELECT run, contact FROM cases_case WHERE number = $1";
    let row = store.query_optional(sql, params![number]).await?;
    Ok(row.as_ref().map(stored).transpose()?)
}

/// Ids of cases on which time must act by `now`, the longest due first.
pub(crate) async fn clocks_due(store: &Store, now: Moment, limit: u32) -> Result<Vec<CaseId>, StoreFault> {
    let sql = "SELECT id FROM cases_case WHERE next_clock_at IS NOT NULL AND next_clock_at <= $1
               ORDER BY next_clock_at LIMIT $2";
    let rows = store.query(sql, params![now, limit]).await?;
    rows.iter().map(|row| row.parse("id").map_err(StoreFault::from)).collect()
}

/// When time must act next on any case.
pub(crate) async fn next_clock(store: &Store) -> Result<Option<Moment>, StoreFault> {
    let sql = "SELECT next_clock_at FROM cases_case WHERE next_clock_at IS NOT NULL
               ORDER BY next_clock_at LIMIT 1";
    let row = store.query_optional(sql, Vec::new()).await?;
    Ok(row.map(|row| row.moment("next_clock_at")).transpose()?)
}

/// Ids, after `after`, of cases with a due time that holidays not announced yet may move.
pub(crate) async fn provisional_after(
    store: &Store,
    after: Option<CaseId>,
    limit: u32,
) -> Result<Vec<CaseId>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let sql = "SELECT id FROM cases_case WHERE provisional = 1 AND id > $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, params![after, limit]).await?;
    rows.iter().map(|row| row.parse("id").map_err(StoreFault::from)).collect()
}

/// Which of these numbers of a source are stored already.
pub(crate) async fn known_of_source(
    store: &Store,
    source: &str,
    ids: &[String],
) -> Result<Vec<String>, StoreFault> {
    let mut known = Vec::new();
    for ids in ids.chunks(500) {
        let mut question = Question::default();
        question
            .add("SELECT source_id FROM cases_case WHERE source IS NOT NULL AND source = ?", [source.into()]);
        question.add_among("source_id", ids);
        for row in store.query(question.sql, question.params).await? {
            known.push(row.text("source_id")?);
        }
    }
    Ok(known)
}

/// A case near a place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct NearRow {
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) title: String,
    pub(crate) status: String,
    pub(crate) category: CategoryCode,
    pub(crate) opened_at: Moment,
    pub(crate) point: (f64, f64),
    /// The whole state.
    pub(crate) state: CaseState,
}

/// Open cases of a procedure and category around a place, not confidential, opened since `since`, the newest first.
pub(crate) async fn near(
    store: &Store,
    procedure: &ProcedureName,
    category: Option<&CategoryCode>,
    point: Point,
    metres: f64,
    since: Moment,
    limit: u32,
) -> Result<Vec<NearRow>, StoreFault> {
    let mut question = Question::default();
    question.sql.push_str(
        "SELECT id, number, title, status, category, opened_at, lon, lat, version, run, contact FROM cases_case
         WHERE place_tile IS NOT NULL",
    );
    question.add_among("place_tile", tiles_around(point, metres));
    // The place leads, as few cases lie around it.
    question.add(
        " AND opened_at >= ? AND procedure || '' = ? AND open + 0 = 1 AND confidential = 0",
        [since.into(), procedure.into()],
    );
    if let Some(category) = category {
        question.add(" AND category || '' = ?", [category.into()]);
    }
    question.add(" ORDER BY opened_at DESC LIMIT ?", [limit.into()]);
    let rows = store.query(question.sql, question.params).await?;
    let read = |row: &Row| -> Result<NearRow, RowError> {
        Ok(NearRow {
            id: row.parse("id")?,
            number: row.text("number")?,
            title: row.text("title")?,
            status: row.text("status")?,
            category: row.name("category")?,
            opened_at: row.moment("opened_at")?,
            point: (row.real("lon")?, row.real("lat")?),
            state: row.document("run")?,
        })
    };
    rows.iter().map(|row| read(row).map_err(StoreFault::from)).collect()
}

pub(super) fn stored(row: &Row) -> Result<StoredCase, RowError> {
    Ok(StoredCase { state: row.document("run")?, contact: row.opt_bytes("contact")? })
}

/// Notes the units that a case concerns; those noted before stay.
pub(crate) fn concern(work: &mut Work, case: &CaseState, units: &[UnitCode]) {
    if units.is_empty() {
        return;
    }
    let mut insert = Question::default();
    insert.sql.push_str("INSERT INTO cases_concern (unit, procedure, opened_at, case_id) VALUES ");
    for (index, unit) in units.iter().enumerate() {
        let row = if index == 0 { "(?, ?, ?, ?)" } else { ", (?, ?, ?, ?)" };
        let procedure = &case.procedure.name;
        insert.add(row, [unit.into(), procedure.into(), case.opened_at.into(), case.id.into()]);
    }
    insert.sql.push_str(" ON CONFLICT (unit, opened_at, case_id) DO NOTHING");
    work.run(insert.sql, insert.params);
}

/// A step that somebody holds.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TaskRow {
    pub(crate) id: TaskId,
    pub(crate) step: StepName,
    /// The role that works here; none where the reporter does.
    pub(crate) role: Option<RoleName>,
    /// The unit that works here; none for any unit whose post has the role.
    pub(crate) unit: Option<UnitCode>,
    /// The person who alone has it in hand.
    pub(crate) person: Option<PersonId>,
    pub(crate) since: Moment,
    pub(crate) due_at: Option<Moment>,
    pub(crate) ended_at: Option<Moment>,
}

/// Puts tasks in the place of what was known of them.
pub(crate) fn put_tasks(work: &mut Work, case: CaseId, procedure: &ProcedureName, tasks: &[TaskRow]) {
    if tasks.is_empty() {
        return;
    }
    let mut put = Question::default();
    put.sql.push_str(
        "INSERT INTO cases_task (id, case_id, procedure, step, role, unit, person, since, due_at, due_key,
             ended_at, open) VALUES ",
    );
    for (index, task) in tasks.iter().enumerate() {
        if index > 0 {
            put.sql.push_str(", ");
        }
        put.add(
            "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                task.id.into(),
                case.into(),
                procedure.into(),
                (&task.step).into(),
                task.role.as_ref().map_or("", RoleName::as_str).into(),
                task.unit.as_ref().map_or("", UnitCode::as_str).into(),
                task.person.into(),
                task.since.into(),
                task.due_at.into(),
                task.due_at.map_or(DUE_KEY_NONE, Moment::micros).into(),
                task.ended_at.into(),
                task.ended_at.is_none().into(),
            ],
        );
    }
    put.sql.push_str(
        " ON CONFLICT (id) DO UPDATE SET role = excluded.role, unit = excluded.unit, person = excluded.person,
             due_at = excluded.due_at, due_key = excluded.due_key, ended_at = excluded.ended_at,
             open = excluded.open",
    );
    work.run(put.sql, put.params);
}

/// A decision as it is appended.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct DecisionRow {
    pub(crate) id: DecisionId,
    /// The version of the case that it led to.
    pub(crate) version: i64,
    pub(crate) ordinal: i64,
    pub(crate) at: Moment,
    pub(crate) actor: String,
    pub(crate) kind: String,
    pub(crate) take: String,
    pub(crate) record: Json,
}

/// Appends decisions. One whose id is taken fails the unit as a duplicate of `cases_decision.id`.
pub(crate) fn append_decisions(work: &mut Work, case: CaseId, decisions: Vec<DecisionRow>) {
    if decisions.is_empty() {
        return;
    }
    let mut append = Question::default();
    append.sql.push_str(
        "INSERT INTO cases_decision (id, case_id, version, ordinal, at, actor, kind, take, record) VALUES ",
    );
    for (index, decision) in decisions.into_iter().enumerate() {
        if index > 0 {
            append.sql.push_str(", ");
        }
        append.add(
            "(?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                decision.id.into(),
                case.into(),
                decision.version.into(),
                decision.ordinal.into(),
                decision.at.into(),
                decision.actor.into(),
                decision.kind.into(),
                decision.take.into(),
                decision.record.into(),
            ],
        );
    }
    work.run(append.sql, append.params);
}

/// The decisions on a case in their order.
pub(crate) async fn decisions(store: &Store, case: CaseId) -> Result<Vec<Json>, StoreFault> {
    let sql = "SELECT record FROM cases_decision WHERE case_id = $1 ORDER BY version, ordinal";
    let rows = store.query(sql, params![case]).await?;
    rows.iter().map(|row| row.json("record").map_err(StoreFault::from)).collect()
}

/// A decision as it was stored.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StoredDecision {
    pub(crate) case: CaseId,
    pub(crate) version: i64,
    pub(crate) actor: String,
    pub(crate) record: Json,
}

/// The decision with this id, if there is one.
pub(crate) async fn decision(store: &Store, id: DecisionId) -> Result<Option<StoredDecision>, StoreFault> {
    let sql = "SELECT case_id, version, actor, record FROM cases_decision WHERE id = $1";
    let row = store.query_optional(sql, params![id]).await?;
    let read = |row: &Row| -> Result<_, RowError> {
        Ok(StoredDecision {
            case: row.parse("case_id")?,
            version: row.int("version")?,
            actor: row.text("actor")?,
            record: row.json("record")?,
        })
    };
    Ok(row.as_ref().map(read).transpose()?)
}

/// A request as its queue keeps it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RequestRow {
    pub(crate) id: RequestId,
    pub(crate) name: String,
    /// `asked`, `granted`, `refused` or `withdrawn`.
    pub(crate) state: &'static str,
    /// The role that decides.
    pub(crate) role: Option<RoleName>,
    /// The unit that decides; none for any unit whose post has the role.
    pub(crate) unit: Option<UnitCode>,
    pub(crate) asked_at: Moment,
    pub(crate) decided_at: Option<Moment>,
}

/// Puts a request in the place of what was known of it.
pub(crate) fn put_request(work: &mut Work, case: CaseId, procedure: &ProcedureName, request: &RequestRow) {
    work.run(
        "INSERT INTO cases_request (id, case_id, procedure, name, state, role, unit, asked_at, decided_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
         ON CONFLICT (id) DO UPDATE SET state = excluded.state, decided_at = excluded.decided_at",
        params![
            request.id,
            case,
            procedure,
            &request.name,
            request.state,
            request.role.as_ref().map_or("", RoleName::as_str),
            request.unit.as_ref().map_or("", UnitCode::as_str),
            request.asked_at,
            request.decided_at,
        ],
    );
}

/// Adds a numbered supervision.
pub(crate) fn insert_supervision(
    work: &mut Work,
    case: CaseId,
    id: SupervisionId,
    number: &str,
    unit: Option<&UnitCode>,
    manner: Option<&str>,
    at: Moment,
) {
    work.run(
        "INSERT INTO cases_supervision (id, case_id, number, unit, manner, at) VALUES ($1, $2, $3, $4, $5, $6)",
        params![id, case, number, unit, manner, at],
    );
}

/// Links two cases; a link that is there stays.
pub(crate) fn link(work: &mut Work, from: CaseId, to: CaseId, kind: &str, at: Moment) {
    work.run(
        "INSERT INTO cases_link (from_id, to_id, kind, at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (from_id, to_id, kind) DO NOTHING",
        params![from, to, kind, at],
    );
}

/// A case that another one is linked with, as far as its public side goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LinkedRow {
    pub(crate) kind: String,
    /// Whether the link was made in the case asked for.
    pub(crate) outward: bool,
    pub(crate) id: CaseId,
    pub(crate) number: String,
    pub(crate) procedure: ProcedureName,
    pub(crate) title: String,
    pub(crate) status: String,
    pub(crate) open: bool,
}

/// The cases that a case is linked with, in the order in which they were.
pub(crate) async fn linked(store: &Store, case: CaseId) -> Result<Vec<LinkedRow>, StoreFault> {
    let sql = "SELECT kind, outward, linked_at, id, number, procedure, title, status, open FROM (
                   SELECT l.kind AS kind, 1 AS outward, l.at AS linked_at, c.id AS id, c.number AS number,
                          c.procedure AS procedure, c.title AS title, c.status AS status, c.open AS open
                   FROM cases_link AS l JOIN cases_case AS c ON c.id = l.to_id WHERE l.from_id = $1
                   UNION ALL
                   SELECT l.kind, 0, l.at, c.id, c.number, c.procedure, c.title, c.status, c.open
                   FROM cases_link AS l JOIN cases_case AS c ON c.id = l.from_id WHERE l.to_id = $1) AS linked
               ORDER BY linked_at, id";
    let rows = store.query(sql, params![case]).await?;
    let read = |row: &Row| -> Result<LinkedRow, RowError> {
        Ok(LinkedRow {
            kind: row.text("kind")?,
            outward: row.int("outward")? == 1,
            id: row.parse("id")?,
            number: row.text("number")?,
            procedure: row.name("procedure")?,
            title: row.text("title")?,
            status: row.text("status")?,
            open: row.flag("open")?,
        })
    };
    rows.iter().map(|row| read(row).map_err(StoreFault::from)).collect()
}

/// The open cases that were merged into a case.
pub(crate) async fn merged_into(store: &Store, case: CaseId) -> Result<Vec<CaseId>, StoreFault> {
    let sql = "SELECT c.id AS id FROM cases_link AS l JOIN cases_case AS c ON c.id = l.from_id
               WHERE l.to_id = $1 AND l.kind = 'merged' AND c.open = 1 ORDER BY c.id";
    let rows = store.query(sql, params![case]).await?;
    rows.iter().map(|row| row.parse("id").map_err(StoreFault::from)).collect()
}

/// How many sub-cases of a case are open.
pub(crate) async fn subcases_open(store: &Store, case: CaseId) -> Result<u32, StoreFault> {
    let sql = "SELECT count(*) AS cases FROM cases_link AS l JOIN cases_case AS c ON c.id = l.to_id
               WHERE l.from_id = $1 AND l.kind = 'sub' AND c.open = 1";
    let cases = store.query_one(sql, params![case]).await?.int("cases")?;
    Ok(u32::try_from(cases).unwrap_or(u32::MAX))
}

/// Links two cases as `link` says it of `from`.
pub(crate) fn link_cases(work: &mut Work, from: CaseId, made: &crate::case::Link) {
    link(work, from, made.case, crate::case::link_word(made.kind), made.at);
}

/// Notes what a case was opened for.
pub(crate) fn insert_origin(work: &mut Work, case: CaseId, origin: &str, at: Moment) {
    work.run("INSERT INTO cases_origin (origin, case_id, at) VALUES ($1, $2, $3)", params![origin, case, at]);
}

/// The newest cases that were opened for an origin.
pub(crate) async fn of_origin(store: &Store, origin: &str, rows: u32) -> Result<Vec<CaseId>, StoreFault> {
    let sql = "SELECT case_id FROM cases_origin WHERE origin = $1 ORDER BY at DESC, case_id LIMIT $2";
    let rows = store.query(sql, params![origin, rows]).await?;
    rows.iter().map(|row| row.parse("case_id").map_err(StoreFault::from)).collect()
}

/// How many open cases opened since `since` a person has acted on.
pub(crate) async fn count_acted(store: &Store, person: PersonId, since: Moment) -> Result<i64, StoreFault> {
    let sql = "SELECT count(*) AS cases FROM cases_concern AS k JOIN cases_case AS c ON c.id = k.case_id
               WHERE k.unit = $1 AND k.opened_at >= $2 AND c.open = 1";
    let row = store.query_one(sql, params![super::person_concern(person), since]).await?;
    Ok(row.int("cases")?)
}

/// The states of cases of a procedure opened in a span of time, the oldest first, after one of them.
pub(crate) async fn states_opened(
    store: &Store,
    procedure: &ProcedureName,
    from: Moment,
    to: Moment,
    after: Option<(Moment, CaseId)>,
    limit: u32,
) -> Result<Vec<CaseState>, StoreFault> {
    let (at, id) = after.map_or((from.plus_micros(-1), String::new()), |(at, id)| (at, id.to_string()));
    let sql = "SELECT run, contact FROM cases_case
               WHERE (opened_at, id) > ($1, $2) AND opened_at < $3 AND procedure = $4
               ORDER BY opened_at, id LIMIT $5";
    let rows = store.query(sql, params![at, id, to, procedure, limit]).await?;
    rows.iter().map(|row| Ok(stored(row)?.state)).collect()
}
