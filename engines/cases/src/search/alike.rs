//! The documents of the last days that have most of some words in common with a question.

use std::ops::Bound;

use baotu_vocabulary::{CaseId, Moment};
use tantivy::TantivyError;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, Query, RangeQuery, TermQuery};
use tantivy::schema::{IndexRecordOption, Term};

use super::Fields;
use super::newest::View;

impl View {
    /// Cases opened since `since` that have any of `words`, those with the rarest and most of them first.
    pub(super) fn alike(
        &self,
        fields: Fields,
        words: &[String],
        since: Moment,
        limit: usize,
    ) -> Result<Vec<CaseId>, TantivyError> {
        if words.is_empty() || limit == 0 {
            return Ok(Vec::new());
        }
        let any = words.iter().map(|word| -> (Occur, Box<dyn Query>) {
            let term = Term::from_field_text(fields.words, word);
            (Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::Basic)))
        });
        let any = BooleanQuery::new(any.collect());
        let since = Term::from_field_i64(fields.opened_at, since.micros());
        let recent = RangeQuery::new(Bound::Included(since), Bound::Unbounded);
        let both: Vec<(Occur, Box<dyn Query>)> =
            vec![(Occur::Must, Box::new(recent)), (Occur::Must, Box::new(any))];
        let found =
            self.searcher().search(&BooleanQuery::new(both), &TopDocs::with_limit(limit).order_by_score())?;
        Ok(found.into_iter().filter_map(|(_, address)| self.case_at(address)).collect())
    }
}
