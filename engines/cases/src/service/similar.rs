//! Cases like one that is being taken in, of the last days: near its place, in its category, or in its words — so that
//! a duplicate is joined and not handled twice.

use std::collections::BTreeMap;

use baotu_vocabulary::{Actor, CaseId, CategoryCode, Point, ProcedureName};
use serde::Serialize;
use utoipa::ToSchema;

use baotu_access::Failure;

use super::{CaseFailure, Cases, ListRow};
use crate::store::{self, CaseFilter, CaseRow};

/// Days back in which a case is like another.
pub const SIMILAR_DAYS: i64 = 7;
/// Metres around a place in which a case is near.
pub const SIMILAR_METRES: f64 = 500.0;
/// Similar cases that are told at most.
pub const SIMILAR_ROWS_MAX: usize = 10;
/// Candidates of each kind that are looked at.
const CANDIDATES: u32 = 60;
/// Share of the words, in hundredths, that a title has in common with the question before it counts as alike.
const ALIKE_PERCENT: usize = 40;
/// Characters of the question that are looked at; a call's notes can be long.
const WORDS_CHARACTERS_MAX: usize = 200;

/// What a case is to be like.
#[derive(Clone, Debug, PartialEq)]
pub struct SimilarQuestion {
    /// Its procedure.
    pub procedure: ProcedureName,
    /// Its category, when it is known already.
    pub category: Option<CategoryCode>,
    /// Its words.
    pub words: String,
    /// Where.
    pub point: Option<Point>,
    /// The case itself, which is not told.
    pub but: Option<CaseId>,
}

/// A case that may be about the same.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct SimilarCase {
    /// The case.
    #[serde(flatten)]
    pub row: ListRow,
    /// How far it is.
    pub metres: Option<i64>,
    /// Whether it is of the same category.
    pub same_category: bool,
    /// Whether its title has words in common.
    pub same_words: bool,
}

impl Cases {
    /// Cases of the last [`SIMILAR_DAYS`] days like the one asked for, those most alike first; only what the actor may
    /// list.
    ///
    /// # Errors
    /// A fault.
    pub async fn similar(
        &self,
        question: &SimilarQuestion,
        actor: &Actor,
    ) -> Result<Vec<SimilarCase>, CaseFailure> {
        let (store, now) = (&self.shared.store, self.now());
        let since = now.plus_seconds(-SIMILAR_DAYS * 86_400);
        let reaches = self.shared.access.rights().reaches(actor, "cases.list", "case");
        let sight = self.sights(&reaches);
        let filter = CaseFilter {
            procedure: Some(question.procedure.clone()),
            opened_from: Some(since),
            ..CaseFilter::default()
        };
        let words: String = question.words.chars().take(WORDS_CHARACTERS_MAX).collect();

        let mut ids: Vec<CaseId> = match question.point {
            Some(point) => store::placed_since(store, point, SIMILAR_METRES, since, CANDIDATES).await?,
            None => Vec::new(),
        };
        let (search, sought) = (self.shared.search.clone(), words.clone());
        let find = move || search.alike(&sought, since, CANDIDATES as usize);
        let found = tokio::task::spawn_blocking(find).await.map_err(Failure::fault)?;
        ids.extend(found.map_err(Failure::fault)?);
        ids.sort();
        ids.dedup();
        let mut rows: BTreeMap<CaseId, CaseRow> = BTreeMap::new();
        let listed = store::those(store, &ids, &filter, &sight, now).await?;
        rows.extend(listed.into_iter().map(|row| (row.id, row)));
        // Without a place, the newest of the category are what there is to compare.
        if let (None, Some(category)) = (question.point, &question.category) {
            let of_category = CaseFilter { categories: vec![category.clone()], ..filter };
            let newest = store::newest(store, &of_category, &sight, None, CANDIDATES, now).await?;
            rows.extend(newest.into_iter().map(|row| (row.id, row)));
        }
        if reaches.iter().any(|reach| reach.conditional) {
            rows.retain(|_, row| self.may_list(actor, row));
        }
        if let Some(but) = question.but {
            rows.remove(&but);
        }
        let sought = self.shared.search.words_of(&words);
        let mut alike: Vec<(i64, SimilarCase)> = rows
            .values()
            .filter_map(|row| {
                let shared = shared_percent(&sought, &self.shared.search.words_of(&row.title));
                let away = question.point.zip(position(row)).map(|(here, there)| here.distance_metres(there));
                let same_category = question.category.as_ref() == Some(&row.category);
                let likeness = likeness(away, same_category, shared)?;
                #[expect(clippy::cast_possible_truncation, reason = "metres within a city")]
                let metres = away.map(|away| away.round() as i64);
                let same_words = shared >= ALIKE_PERCENT;
                Some((likeness, SimilarCase { row: self.row(row, now), metres, same_category, same_words }))
            })
            .collect();
        alike.sort_by(|(one, a), (other, b)| {
            other.cmp(one).then_with(|| b.row.opened_at.cmp(&a.row.opened_at))
        });
        alike.truncate(SIMILAR_ROWS_MAX);
        Ok(alike.into_iter().map(|(_, case)| case).collect())
    }
}

fn position(row: &CaseRow) -> Option<Point> {
    let (lon, lat) = row.position?;
    Point::new(lon, lat).ok()
}

/// How much of the words sought stands among `found`, in hundredths.
fn shared_percent(sought: &[String], found: &[String]) -> usize {
    if sought.is_empty() {
        return 0;
    }
    sought.iter().filter(|word| found.contains(word)).count() * 100 / sought.len()
}

/// How alike a case is, the more the higher; nothing when it is not: one sign is not enough, unless it is its words.
fn likeness(metres: Option<f64>, same_category: bool, shared_percent: usize) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "metres within a city")]
    let nearness = match metres {
        Some(metres) if metres <= SIMILAR_METRES => 100 - (metres / SIMILAR_METRES * 60.0) as i64,
        Some(_) => 0,
        None => 30,
    };
    let words = i64::try_from(shared_percent).unwrap_or(0);
    let near_and_alike = nearness > 0 && (same_category || shared_percent >= ALIKE_PERCENT / 2);
    let same_words =
        shared_percent >= ALIKE_PERCENT && (same_category || shared_percent >= 2 * ALIKE_PERCENT);
    (near_and_alike || same_words).then_some(nearness + words + if same_category { 60 } else { 0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_and_of_the_same_kind_is_alike_and_comes_first() {
        let near = likeness(Some(40.0), true, 50).expect("alike");
        let farther = likeness(Some(400.0), true, 50).expect("alike");
        let words_only = likeness(Some(3_000.0), true, 50).expect("alike");
        assert!(near > farther && farther > words_only);
    }

    #[test]
    fn one_sign_alone_is_not_enough() {
        assert_eq!(likeness(Some(40.0), false, 0), None);
        assert_eq!(likeness(Some(3_000.0), true, 10), None);
        assert_eq!(likeness(Some(3_000.0), false, ALIKE_PERCENT), None);
        assert!(likeness(Some(3_000.0), false, 100).is_some());
    }

    #[test]
    fn shares_are_of_the_words_that_were_sought() {
        let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(shared_percent(&words("路灯 不亮"), &words("东街 路灯 坏了")), 50);
        assert_eq!(shared_percent(&[], &words("路灯")), 0);
    }
}
