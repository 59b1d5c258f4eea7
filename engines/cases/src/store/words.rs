//! What the search index is fed with: the words of cases, read from their state.

use baotu_storage::{Row, RowError, Store, StoreFault, params};
use baotu_vocabulary::CaseId;

use super::list::Question;
use crate::search::CaseWords;

/// Ids of one question at most.
const IDS_MAX: usize = 500;

/// The words of the cases after `after` in the order of their ids, at most `limit`.
pub(crate) async fn words_after(
    store: &Store,
    after: Option<CaseId>,
    limit: u32,
) -> Result<Vec<CaseWords>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let sql = "SELECT id, number, title, opened_at, run FROM cases_case WHERE id > $1 ORDER BY id LIMIT $2";
    let rows = store.query(sql, params![after, limit]).await?;
    rows.iter().map(|row| read(row).map_err(StoreFault::from)).collect()
}

/// The words of these cases; of those that exist.
pub(crate) async fn words_of(store: &Store, ids: &[CaseId]) -> Result<Vec<CaseWords>, StoreFault> {
    let mut words = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS_MAX) {
        let mut question = Question::default();
        question.sql.push_str("SELECT id, number, title, opened_at, run FROM cases_case WHERE 1 = 1");
        question.add_among("id", ids.iter().copied());
        let rows = store.query(question.sql, question.params).await?;
        for row in &rows {
            words.push(read(row)?);
        }
    }
    Ok(words)
}

fn read(row: &Row) -> Result<CaseWords, RowError> {
    let run = row.json("run")?;
    let told = ["/text", "/place/address", "/resolution/public_reply"];
    let mut words = format!("{} {}", row.text("number")?, row.text("title")?);
    for text in told.iter().filter_map(|path| run.pointer(path)?.as_str()) {
        words.push('\n');
        words.push_str(text);
    }
    Ok(CaseWords { id: row.parse("id")?, opened_at: row.moment("opened_at")?, words })
}
