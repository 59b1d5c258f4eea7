//! The newest cases that somebody may see and that pass a filter: a branch of the question for each way in which they
//! are seen, each led by an index that is ordered by the time of opening.

use std::fmt::Write as _;

use baotu_storage::{Store, StoreFault};
use baotu_vocabulary::{CaseId, Moment, ProcedureName};

use super::list::{
    BRANCHES_MAX, COLUMNS, CaseFilter, CaseRow, PageKey, Question, Sight, SightAmong, case_row,
};

impl Sight {
    /// A branch for each procedure that it and the filter leave, so that each is found by an index that begins with it:
    /// the cases of one may be few among those of another. One branch without a procedure where both leave all.
    fn by_procedure<'a>(
        &'a self,
        filter: &'a CaseFilter,
    ) -> impl Iterator<Item = (&'a SightAmong, Option<&'a ProcedureName>)> {
        let wanted = filter.procedure.as_ref();
        let all = self.procedures.is_empty().then_some(wanted);
        let some = self.procedures.iter().filter(move |own| wanted.is_none_or(|wanted| wanted == *own));
        all.into_iter().chain(some.map(Some)).map(|procedure| (&self.among, procedure))
    }
}

impl Question {
    /// Adds where a branch of a list is found; what it is ordered by stands in the index that leads it.
    fn add_branch(
        &mut self,
        among: &SightAmong,
        procedure: Option<&ProcedureName>,
        filter: &CaseFilter,
        now: Moment,
    ) -> &'static str {
        let of_unit = match (among, &filter.unit) {
            (SightAmong::Unit(unit), _) => Some(unit),
            // A case concerns the unit in charge of it.
            (SightAmong::All, Some(in_charge)) => Some(in_charge),
            _ => None,
        };
        if let Some(unit) = of_unit {
            // A cross join keeps the order of the tables, so that those of the unit lead.
            self.add(
                "cases_concern AS k CROSS JOIN cases_case AS c WHERE c.id = k.case_id AND k.unit = ?",
                [unit.into()],
            );
            if let Some(procedure) = procedure {
                self.add(" AND k.procedure = ?", [procedure.into()]);
            }
            self.add_narrowing(filter, now, None);
            return "k.opened_at, k.case_id";
        }
        self.sql.push_str("cases_case AS c WHERE ");
        let lead = match among {
            SightAmong::Reporter(person) => {
                self.add("c.reporter = ?", [(*person).into()]);
                None
            }
            SightAmong::Division(division) => {
                self.add("substr(c.division, 1, length(?)) = ?", [division.into(), division.into()]);
                Some(filter.lead())
            }
            SightAmong::All | SightAmong::Unit(_) => {
                self.sql.push_str("1 = 1");
                Some(filter.lead())
            }
        };
        if let Some(procedure) = procedure {
            let text = if lead.is_some() { " AND c.procedure = ?" } else { " AND c.procedure || '' = ?" };
            self.add(text, [procedure.into()]);
        }
        self.add_narrowing(filter, now, lead);
        "c.opened_at, c.id"
    }
}

/// The cases in sight that pass the filter, the newest first, after `after`.
pub(crate) async fn newest(
    store: &Store,
    filter: &CaseFilter,
    sight: &[Sight],
    after: Option<PageKey>,
    rows: u32,
    now: Moment,
) -> Result<Vec<CaseRow>, StoreFault> {
    let Some(question) = newest_question(filter, sight, after, rows, now) else { return Ok(Vec::new()) };
    let rows = store.query(question.sql, question.params).await?;
    rows.iter().map(|row| case_row(row).map_err(StoreFault::from)).collect()
}

/// The question for them; none for those who see nothing.
fn newest_question(
    filter: &CaseFilter,
    sight: &[Sight],
    after: Option<PageKey>,
    rows: u32,
    now: Moment,
) -> Option<Question> {
    let mut branches = Vec::new();
    for branch in sight.iter().flat_map(|sight| sight.by_procedure(filter)) {
        // Several roles may give the same.
        if !branches.contains(&branch) {
            branches.push(branch);
        }
    }
    // Who sees all of a procedure sees nothing more of it in another way.
    let whole: Vec<_> = branches
        .iter()
        .filter(|(among, _)| **among == SightAmong::All)
        .map(|(_, procedure)| *procedure)
        .collect();
    branches.retain(|(among, procedure)| {
        **among == SightAmong::All || !(whole.contains(procedure) || whole.contains(&None))
    });
    if branches.is_empty() {
        return None;
    }
    let mut question = Question::default();
    question.sql.push_str("SELECT * FROM (");
    for (index, (among, procedure)) in branches.into_iter().take(BRANCHES_MAX).enumerate() {
        if index > 0 {
            question.sql.push_str(" UNION ");
        }
        let _ = write!(question.sql, "SELECT * FROM (SELECT {COLUMNS} FROM ");
        let key = question.add_branch(among, procedure, filter, now);
        if let Some(after) = after {
            let _ = write!(question.sql, " AND ({key}) < (");
            question.add("?, ?)", [after.micros.into(), CaseId::from(after.id).into()]);
        }
        let order = key.replace(',', " DESC,");
        let _ = write!(question.sql, " ORDER BY {order} DESC");
        question.add(" LIMIT ?) AS b", [rows.into()]);
        let _ = write!(question.sql, "{index}");
    }
    question.add(") AS page ORDER BY opened_at DESC, id DESC LIMIT ?", [rows.into()]);
    Some(question)
}

#[cfg(test)]
mod tests {
    use baotu_storage::{Engine, testing};
    use baotu_vocabulary::PersonId;

    use super::super::list::Mark;
    use super::*;

    fn seen(among: SightAmong) -> Sight {
        Sight { procedures: vec!["hotline-ticket".into(), "urban-case".into()], among }
    }

    /// How the embedded engine means to answer: it knows nothing of a city's cases, the question alone decides.
    async fn plan(store: &Store, filter: &CaseFilter, sight: Sight) -> Vec<String> {
        let now = Moment::from_micros(1);
        let question = newest_question(filter, &[sight], None, 20, now).expect("something is seen");
        let rows = store.query(format!("EXPLAIN QUERY PLAN {}", question.sql), question.params).await;
        rows.expect("a plan").iter().map(|row| row.text("detail").expect("a line of the plan")).collect()
    }

    #[tokio::test]
    async fn every_list_is_led_by_an_index_in_its_own_order() {
        let test = testing::open(Engine::Sqlite).await;
        let narrowed = |narrow: fn(&mut CaseFilter)| {
            let mut filter = CaseFilter::default();
            narrow(&mut filter);
            filter
        };
        let person = PersonId::new(Moment::from_micros(1), [1; 10]);
        let all = || seen(SightAmong::All);
        let lists = [
            (narrowed(|_| ()), all(), "c USING INDEX cases_case_procedure (procedure=?)"),
            (
                narrowed(|f| f.level = Some("紧急".into())),
                all(),
                "c USING INDEX cases_case_procedure (procedure=?)",
            ),
            (
                narrowed(|f| {
                    f.status = Some("已办结".into());
                    f.division = Some("370102".into());
                }),
                all(),
                "c USING INDEX cases_case_status (procedure=? AND status=?)",
            ),
            (
                narrowed(|f| f.categories = vec!["010101".into()]),
                all(),
                "c USING INDEX cases_case_category (procedure=? AND category=?)",
            ),
            (
                narrowed(|f| f.categories = vec!["010101".into(), "010102".into()]),
                all(),
                "c USING INDEX cases_case_procedure (procedure=?)",
            ),
            (
                narrowed(|f| {
                    f.open = Some(true);
                    f.status = Some("处置中".into());
                }),
                all(),
                "c USING INDEX cases_case_going (open=? AND procedure=?)",
            ),
            (
                narrowed(|f| {
                    f.open = Some(true);
                    f.level = Some("紧急".into());
                }),
                all(),
                "c USING INDEX cases_case_level (open=? AND procedure=? AND level=?)",
            ),
            (
                narrowed(|f| f.overdue = true),
                all(),
                "c USING INDEX cases_case_going (open=? AND procedure=?)",
            ),
            (
                narrowed(|f| f.mark = Some(Mark::Red)),
                all(),
                "c USING INDEX cases_case_going (open=? AND procedure=?)",
            ),
            (
                narrowed(|f| f.opened_from = Some(Moment::from_micros(1))),
                all(),
                "c USING INDEX cases_case_procedure (procedure=? AND opened_at>?)",
            ),
            (
                narrowed(|f| f.unit = Some("works".into())),
                all(),
                "k USING COVERING INDEX cases_concern_procedure (unit=? AND procedure=?)",
            ),
            (
                narrowed(|f| f.status = Some("已办结".into())),
                seen(SightAmong::Unit("works".into())),
                "k USING COVERING INDEX cases_concern_procedure (unit=? AND procedure=?)",
            ),
            (
                narrowed(|f| f.status = Some("已办结".into())),
                seen(SightAmong::Reporter(person)),
                "c USING INDEX cases_case_reporter (reporter=?)",
            ),
            (
                narrowed(|_| ()),
                seen(SightAmong::Division("370102".into())),
                "c USING INDEX cases_case_procedure (procedure=?)",
            ),
        ];
        for (filter, sight, led_by) in lists {
            let plan = plan(&test.store, &filter, sight).await;
            let leads = plan.iter().filter(|line| line.ends_with(led_by)).count();
            assert_eq!(leads, 2, "a branch for each procedure, {filter:?}: {plan:#?}");
            // Only the rows of the pages that were found are put in order, at the end.
            let sorted = plan.iter().filter(|line| line.contains("TEMP B-TREE FOR ORDER BY")).count();
            assert!(sorted <= 1, "{filter:?}: {plan:#?}");
        }
    }

    #[test]
    fn who_sees_all_of_a_procedure_is_asked_for_it_once() {
        let sight = [seen(SightAmong::Unit("works".into())), seen(SightAmong::All), seen(SightAmong::All)];
        let question = newest_question(&CaseFilter::default(), &sight, None, 20, Moment::from_micros(1));
        let sql = question.expect("something is seen").sql;
        assert_eq!((sql.matches("UNION").count(), sql.matches("cases_concern").count()), (1, 0), "{sql}");
        assert!(newest_question(&CaseFilter::default(), &[], None, 20, Moment::from_micros(1)).is_none());
    }
}
