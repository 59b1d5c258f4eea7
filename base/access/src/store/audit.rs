//! The audit trail's rows and their seals.

use baotu_storage::{Row, RowError, StoreFault, Value, Work, params};
use baotu_vocabulary::AuditId;

use crate::AccessState;
use crate::audit::{AuditFilter, AuditHead, KeptLine};

const LINE_COLUMNS: &str = "a.id, a.at, a.actor, a.unit, a.act, a.kind, a.subject, a.concerned, a.purpose,
                            a.outcome, a.detail";

impl AccessState {
    /// The newest seal.
    pub(crate) async fn audit_head(&self) -> Result<Option<AuditHead>, StoreFault> {
        let sql = "SELECT number, hash FROM access_audit_seal ORDER BY number DESC LIMIT 1";
        let row = self.store().query_optional(sql, Vec::new()).await?;
        Ok(row.map(|row| head(&row)).transpose()?)
    }

    /// Lines without a seal, the oldest first.
    pub(crate) async fn lines_waiting(&self, rows: usize) -> Result<Vec<KeptLine>, StoreFault> {
        let sql = format!(
            "SELECT {LINE_COLUMNS} FROM access_audit_unsealed u JOIN access_audit a ON a.id = u.entry
             ORDER BY u.entry LIMIT {rows}"
        );
        let rows = self.store().query(sql, Vec::new()).await?;
        Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
    }

    /// Seals after a number, with their lines.
    pub(crate) async fn sealed_lines(
        &self,
        after: i64,
        rows: i64,
    ) -> Result<Vec<(AuditHead, KeptLine)>, StoreFault> {
        let sql = format!(
            "SELECT s.number, s.hash, {LINE_COLUMNS} FROM access_audit_seal s JOIN access_audit a ON a.id = s.entry
             WHERE s.number > $1 ORDER BY s.number LIMIT $2"
        );
        let rows = self.store().query(sql, params![after, rows]).await?;
        let both = |row: &Row| Ok((head(row)?, line(row)?));
        Ok(rows.iter().map(both).collect::<Result<_, RowError>>()?)
    }

    /// How many lines there are, how many wait for a seal, and how many seals there are.
    pub(crate) async fn audit_counts(&self) -> Result<(i64, i64, i64), StoreFault> {
        let row = self
            .store()
            .query_one(
                "SELECT (SELECT COUNT(*) FROM access_audit) AS lines,
                        (SELECT COUNT(*) FROM access_audit_unsealed) AS waiting,
                        (SELECT COUNT(*) FROM access_audit_seal) AS seals",
                Vec::new(),
            )
            .await?;
        Ok((row.int("lines")?, row.int("waiting")?, row.int("seals")?))
    }

    /// The newest lines that a filter lets through.
    pub(crate) async fn lines_that_fit(
        &self,
        filter: &AuditFilter,
        rows: u16,
    ) -> Result<Vec<KeptLine>, StoreFault> {
        let mut values: Vec<Value> = Vec::new();
        let mut conditions: Vec<String> = Vec::new();
        let mut only = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                values.push(value);
                conditions.push(format!("{condition} ${}", values.len()));
            }
        };
        only("a.actor >=", filter.actor.as_deref().map(Value::from));
        // References are ASCII, so that every longer one lies before the given one with a tilde.
        only("a.actor <", filter.actor.as_ref().map(|actor| format!("{actor}~").into()));
        only("a.act =", filter.act.as_deref().map(Value::from));
        only("a.subject =", filter.subject.as_deref().map(Value::from));
        only("a.concerned =", filter.concerned.map(Value::from));
        only("a.actor <>", filter.not_by.as_deref().map(Value::from));
        only("a.at >=", filter.from.map(Value::from));
        only("a.at <", filter.to.map(Value::from));
        only("a.id <", filter.before.map(Value::from));
        let filtered =
            if conditions.is_empty() { String::new() } else { format!("WHERE {}", conditions.join(" AND ")) };
        let sql =
            format!("SELECT {LINE_COLUMNS} FROM access_audit a {filtered} ORDER BY a.id DESC LIMIT {rows}");
        let rows = self.store().query(sql, values).await?;
        Ok(rows.iter().map(line).collect::<Result<_, _>>()?)
    }
}

/// Adds a row, and the note that no seal covers it yet. `values` are the columns after the id, in their order.
pub(crate) fn add_line(work: &mut Work, id: AuditId, values: Vec<Value>) {
    let mut row = params![id];
    row.extend(values);
    work.run(
        "INSERT INTO access_audit (id, at, actor, unit, act, kind, subject, concerned, purpose, outcome, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        row,
    );
    work.run("INSERT INTO access_audit_unsealed (entry) VALUES ($1)", params![id]);
}

/// Adds the seal of a line that waited for it.
pub(crate) fn add_seal(work: &mut Work, entry: AuditId, seal: &AuditHead) {
    work.run(
        "INSERT INTO access_audit_seal (number, entry, hash) VALUES ($1, $2, $3)",
        params![seal.number, entry, &seal.hash],
    );
    work.run_expecting(
        "DELETE FROM access_audit_unsealed WHERE entry = $1",
        params![entry],
        1,
        "access.audit-unsealed",
    );
}

fn head(row: &Row) -> Result<AuditHead, RowError> {
    Ok(AuditHead { number: row.int("number")?, hash: row.text("hash")? })
}

fn line(row: &Row) -> Result<KeptLine, RowError> {
    Ok(KeptLine {
        id: row.parse("id")?,
        at: row.moment("at")?,
        actor: row.text("actor")?,
        unit: row.opt_text("unit")?,
        act: row.text("act")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        concerned: row.opt_parse("concerned")?,
        purpose: row.opt_text("purpose")?,
        outcome: row.text("outcome")?,
        detail: row.text("detail")?,
    })
}
