//! A list taken out of the house as a workbook: the rows that its reader may list, and a line in the audit trail.

use baotu_access::{AuditLine, Failure};
use baotu_storage::Work;
use baotu_vocabulary::{Actor, Moment};
use serde_json::json;

use super::{CaseFailure, Cases, ListQuestion, ListRow};
use crate::store::{CaseFilter, Mark, PAGE_ROWS_MAX};
use crate::workbook::{About, workbook};

/// Rows of one export at most.
pub const EXPORT_ROWS_MAX: usize = 5_000;

/// A workbook and what its file is named by.
#[derive(Clone, Debug, PartialEq)]
pub struct Exported {
    /// The day and time of the export, for the name of the file: `20261124-0900`.
    pub stamp: String,
    /// XLSX.
    pub workbook: Vec<u8>,
    /// Rows in it.
    pub rows: usize,
}

impl Cases {
    /// The cases of a list, whatever page, as a workbook of at most [`EXPORT_ROWS_MAX`] rows.
    ///
    /// # Errors
    /// As for [`Cases::list`].
    pub async fn export(
        &self,
        question: &ListQuestion,
        filter: &CaseFilter,
        actor: &Actor,
    ) -> Result<Exported, CaseFailure> {
        let mut rows: Vec<ListRow> = Vec::new();
        let mut page_of = ListQuestion { after: None, limit: Some(PAGE_ROWS_MAX), ..question.clone() };
        let more = loop {
            let page = self.list(&page_of, filter, actor).await?;
            rows.extend(page.rows);
            page_of.after = page.next;
            if page_of.after.is_none() || rows.len() >= EXPORT_ROWS_MAX {
                break page_of.after.is_some() || rows.len() > EXPORT_ROWS_MAX;
            }
        };
        rows.truncate(EXPORT_ROWS_MAX);
        let now = self.now();
        let narrowed = self.narrowed(question, filter);
        // Nothing leaves the house unless the line is stored.
        let mut work = Work::new();
        let told: serde_json::Map<_, _> =
            narrowed.iter().map(|(name, value)| (name.clone(), json!(value))).collect();
        let line = AuditLine::new("cases.export", "case", "list")
            .with(json!({"rows": rows.len(), "cut": more, "filter": told}));
        self.shared.access.audit(&mut work, actor, line);
        self.shared.store.commit(work).await?;

        for row in &mut rows {
            for time in [Some(&mut row.opened_at), row.due_at.as_mut(), row.closed_at.as_mut()] {
                let Some(time) = time else { continue };
                if let Ok(moment) = time.parse::<Moment>() {
                    *time = self.local(moment, "%Y-%m-%d %H:%M");
                }
            }
        }
        let city = self.pack().city();
        let about = About {
            city: city.title.clone(),
            by: self.called(actor),
            at: self.local(now, "%Y-%m-%d %H:%M"),
            narrowed,
            cut_at: more.then_some(EXPORT_ROWS_MAX),
            synthetic_mark: city.synthetic_mark.clone(),
        };
        let count = rows.len();
        let made = tokio::task::spawn_blocking(move || workbook(&rows, &about)).await;
        let workbook = made.map_err(Failure::fault)?.map_err(Failure::fault)?;
        Ok(Exported { stamp: self.local(now, "%Y%m%d-%H%M"), workbook, rows: count })
    }

    /// A time as the city's people write it.
    fn local(&self, moment: Moment, pattern: &str) -> String {
        let zoned = moment.timestamp().to_zoned_datetime(self.pack().calendar().zone().clone());
        zoned.strftime(pattern).to_string()
    }

    /// Who exports, as the sheet names them.
    fn called(&self, actor: &Actor) -> String {
        let Some(official) = actor.as_official() else { return actor.reference() };
        let unit = self.pack().units().get(official.unit.as_str());
        format!("{} {}", unit.map_or(official.unit.as_str(), |unit| unit.name.as_str()), official.name)
    }

    /// What a list was narrowed to, in the words of the people who read the sheet.
    fn narrowed(&self, question: &ListQuestion, filter: &CaseFilter) -> Vec<(String, String)> {
        let title = filter.procedure.as_ref().map(|name| {
            let known = self.pack().procedure(name, self.today());
            known.map_or_else(|| name.to_string(), |procedure| procedure.head().title.clone())
        });
        let unit = filter.unit.as_ref().map(|code| {
            let known = self.pack().units().get(code.as_str());
            known.map_or_else(|| code.to_string(), |unit| unit.name.clone())
        });
        let time = |moment: Option<Moment>| moment.map(|moment| self.local(moment, "%Y-%m-%d %H:%M"));
        let flag = |value: Option<bool>| value.map(|value| if value { "是" } else { "否" }.to_owned());
        let queue = match question.queue {
            super::ListedQueue::All => "全部案件",
            super::ListedQueue::Unit => "待办案件",
            super::ListedQueue::Mine => "我经手的",
            super::ListedQueue::Requests => "待审批申请",
        };
        let mark = filter.mark.map(|mark| match mark {
            Mark::Supervised => "督办".to_owned(),
            Mark::Yellow => "黄牌".to_owned(),
            Mark::Red => "红牌".to_owned(),
        });
        let all = [
            ("列表", Some(queue.to_owned())),
            ("搜索", question.q.clone()),
            ("流程", title),
            ("状态", filter.status.clone()),
            ("环节", filter.step.as_ref().map(ToString::to_string)),
            ("类别", filter.category.clone()),
            ("级别", filter.level.clone()),
            ("行政区划", filter.division.clone()),
            ("主办单位", unit),
            ("超期", flag(filter.overdue.then_some(true))),
            ("早于此时到期", time(filter.due_before)),
            ("此时起立案", time(filter.opened_from)),
            ("早于此时立案", time(filter.opened_to)),
            ("标记", mark),
            ("未办结", flag(filter.open)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}
