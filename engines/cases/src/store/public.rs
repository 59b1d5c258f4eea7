//! Cases that everybody may know of: those whose reporter is not kept secret.

use std::fmt::Write as _;

use baotu_storage::{Store, StoreFault};
use baotu_vocabulary::{CategoryCode, ProcedureName};

use super::case::stored;
use super::list::Question;
use crate::case::CaseState;
use crate::service::{PUBLIC_ROWS_MAX, PublicQuestion};

/// The states of the public cases that a question means, the newest first.
pub(crate) async fn public_states(
    store: &Store,
    question: &PublicQuestion,
) -> Result<Vec<CaseState>, StoreFault> {
    if question.kinds.is_empty() || question.numbers.as_ref().is_some_and(Vec::is_empty) {
        return Ok(Vec::new());
    }
    let mut asked = Question::default();
    asked.sql.push_str("SELECT run, contact FROM cases_case WHERE confidential = 0");
    match &question.numbers {
        Some(numbers) => asked.add_among("number", numbers),
        None => {
            asked.add(" AND opened_at >= ? AND opened_at <= ?", [question.from.into(), question.to.into()]);
            if let Some(open) = question.is_open {
                asked.add(" AND open = ?", [open.into()]);
            }
        }
    }
    asked.sql.push_str(" AND (");
    for (index, (procedure, categories)) in by_procedure(&question.kinds).into_iter().enumerate() {
        let _ = write!(asked.sql, "{}", if index == 0 { "(" } else { " OR (" });
        asked.add("procedure = ?", [procedure.into()]);
        asked.add_among("category", categories);
        asked.sql.push(')');
    }
    let limit = question.limit.min(PUBLIC_ROWS_MAX);
    asked.add(") ORDER BY opened_at DESC, id DESC LIMIT ? OFFSET ?", [limit.into(), question.offset.into()]);
    let rows = store.query(asked.sql, asked.params).await?;
    rows.iter().map(|row| Ok(stored(row)?.state)).collect()
}

/// The categories of each procedure.
fn by_procedure(kinds: &[(ProcedureName, CategoryCode)]) -> Vec<(&ProcedureName, Vec<&CategoryCode>)> {
    let mut procedures: Vec<(&ProcedureName, Vec<&CategoryCode>)> = Vec::new();
    for (procedure, category) in kinds {
        match procedures.iter_mut().find(|(known, _)| *known == procedure) {
            Some((_, categories)) => categories.push(category),
            None => procedures.push((procedure, vec![category])),
        }
    }
    procedures
}
