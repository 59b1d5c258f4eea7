//! Pages of cases for those who may see them: all, a unit's queue, one's own, found by words, or near a place.

use baotu_access::Failure;
use baotu_access::grants::{Among, Reach, Resource};
use baotu_vocabulary::{
    Actor, ActorKind, CategoryCode, DivisionCode, Moment, PersonId, Point, ProcedureName, UnitCode,
};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{CaseFailure, CaseRefused, Cases};
use crate::search::Hit;
use crate::statistics::day_begins;
use crate::store::{
    self, CaseFilter, CaseRow, PAGE_ROWS, PAGE_ROWS_MAX, PageKey, Queue, Sight, SightAmong, StepCount,
};
use crate::view::{Named, Names, PlacePoint, step_title};

/// Hits that a further look at the index gives, when the first page of them held too many that may not be seen.
const HITS: usize = 64;
/// How often the index is asked for one page: somebody who sees few of many cases may get a shorter page.
const HIT_ROUNDS_MAX: usize = 16;
/// Characters of a question at most.
const QUESTION_CHARACTERS_MAX: usize = 100;
/// Possible duplicates that are shown.
const NEAR_ROWS_MAX: u32 = 20;
/// Days back in which a report counts as a possible duplicate, unless the procedure says otherwise.
const NEAR_DAYS: u16 = 7;
/// Metres around a place in which it counts as near, unless the procedure says otherwise.
const NEAR_METRES: u16 = 200;
/// Days back for which the cases that an official has acted on are counted.
const MINE_DAYS: i64 = 90;

/// Which list is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ListedQueue {
    /// Every case the actor may know of, the newest first.
    #[default]
    All,
    /// The open tasks that the actor's post may work on, what is due first first.
    Unit,
    /// A resident: what only they can do. An official: open cases they have acted on.
    Mine,
    /// The requests that wait for the decision of the actor's post, the longest waiting first.
    Requests,
}

/// A page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Page {
    /// The cases.
    pub rows: Vec<ListRow>,
    /// What to ask for as `after` to get the next page; nothing on the last.
    pub next: Option<String>,
}

/// A case on a page.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ListRow {
    /// The case.
    pub id: String,
    /// Its number.
    pub number: String,
    /// One line.
    pub title: String,
    /// Its procedure.
    pub procedure: String,
    /// What it is about.
    pub category: Named,
    /// Its level.
    pub level: Option<String>,
    /// Its public status.
    pub status: String,
    /// The step of its task on this page, else the first it stands in.
    pub step: Option<String>,
    /// Shown.
    pub step_title: Option<String>,
    /// Its task on this page.
    pub task: Option<String>,
    /// The unit in charge.
    pub lead_unit: Option<Named>,
    /// The division of its place.
    pub division: Option<String>,
    /// Its place.
    pub place: Option<PlacePoint>,
    /// When it was opened.
    pub opened_at: String,
    /// When it, or its task on this page, is due.
    pub due_at: Option<String>,
    /// Holidays that are not announced yet may move that.
    pub provisional: bool,
    /// Past its due time, or closed past it.
    pub overdue: bool,
    /// Seconds until it is due, negative past it.
    pub left_seconds: Option<i64>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// Another's case, which the reader has joined for having met with the same.
    pub supported: bool,
    /// Words around what was looked for; not told yet by any list.
    pub excerpt: Option<String>,
    /// Whether it is supervised (督办).
    pub supervised: bool,
    /// `yellow` or `red`, while it goes on: the worst card of its clocks.
    pub card: Option<String>,
    /// The request that waits, on a page of requests.
    pub request: Option<WaitingRequestView>,
}

/// A request that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct WaitingRequestView {
    /// Its id.
    pub id: String,
    /// Its name in the procedure.
    pub name: String,
    /// Shown, for example `申请延期`.
    pub title: String,
    /// When it was asked.
    pub asked_at: String,
}

/// The numbers of an official's day.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct QueueNumbers {
    /// Open tasks that the post may work on.
    pub unit: i64,
    /// Open cases that the official has acted on lately; a resident's own open tasks.
    pub mine: i64,
    /// Of the unit's: due before midnight.
    pub due_today: i64,
    /// Of the unit's: past their due time.
    pub overdue: i64,
    /// Requests that wait for the post's decision.
    pub requests: i64,
    /// Open cases in the unit's hands that are supervised.
    pub supervised: i64,
    /// The unit's, by procedure and step.
    pub by_step: Vec<StepNumbers>,
}

/// How much of a queue stands in one step of a procedure.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepNumbers {
    /// The procedure.
    pub procedure: String,
    /// Shown.
    pub procedure_title: String,
    /// The step.
    pub step: String,
    /// Shown.
    pub step_title: String,
    /// Open tasks.
    pub all: i64,
    /// Of them: due before midnight and not overdue.
    pub due_today: i64,
    /// Of them: past their due time.
    pub overdue: i64,
}

/// Where possible duplicates are looked for.
#[derive(Clone, Debug, PartialEq)]
pub struct NearQuestion {
    /// The procedure.
    pub procedure: ProcedureName,
    /// Only this category.
    pub category: Option<CategoryCode>,
    /// Around here.
    pub point: Point,
}

/// A possible duplicate: no person, no words but its title.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct NearCase {
    /// The case.
    pub id: String,
    /// Its number.
    pub number: String,
    /// One line.
    pub title: String,
    /// Its public status.
    pub status: String,
    /// What it is about.
    pub category: Named,
    /// How long ago it was opened.
    pub age_seconds: i64,
    /// How far it is.
    pub metres: i64,
    /// Always nothing: a photo may show a person.
    pub photo: Option<String>,
    /// How many residents have met with the same, beside its reporter.
    pub supporters: usize,
    /// Whether the reader can join it for having met with the same; who is not signed in has to do so first.
    pub can_support: bool,
    /// Whether the reader reported or joined it.
    pub mine: bool,
}

/// What a page is asked for with, beside the filter.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuestion {
    /// Which list.
    pub queue: ListedQueue,
    /// Words to look for, or a number.
    pub q: Option<String>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Rows; [`PAGE_ROWS`] when absent, never more than [`PAGE_ROWS_MAX`].
    pub limit: Option<u32>,
}

impl Cases {
    /// A page of cases that the actor may know of.
    ///
    /// # Errors
    /// When the question means nothing; or a fault.
    pub async fn list(
        &self,
        question: &ListQuestion,
        filter: &CaseFilter,
        actor: &Actor,
    ) -> Result<Page, CaseFailure> {
        let (now, limit) = (self.now(), question.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX));
        let after = question.after.as_deref().map(page_key).transpose()?;
        let words = question.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
        if words.is_some_and(|words| words.chars().count() > QUESTION_CHARACTERS_MAX) {
            return Err(Failure::Refused(CaseRefused::QueryInvalid("q")));
        }
        let reaches = self.shared.access.rights().reaches(actor, "cases.list", "case");
        let store = &self.shared.store;
        let (mut rows, next) = match (question.queue, queue_of(question.queue, actor)) {
            (_, Some(queue)) => {
                let filter = with_words(filter, words);
                let rows = store::queue(store, &queue, &filter, after, limit, now).await?;
                let next = full(&rows, limit).and_then(CaseRow::queue_key);
                (rows, next)
            }
            (ListedQueue::Requests, None) => {
                let Some(official) = actor.as_official() else {
                    return Ok(Page { rows: Vec::new(), next: None });
                };
                let (filter, post) = (with_words(filter, words), (&official.unit, official.roles.as_slice()));
                let rows = store::requests(store, post, &filter, after, limit, now).await?;
                let next = full(&rows, limit).and_then(CaseRow::request_key);
                (rows, next)
            }
            // A queue that nobody like this actor has.
            (ListedQueue::Unit, None) => (Vec::new(), None),
            (ListedQueue::Mine | ListedQueue::All, None) => {
                let mine = question.queue == ListedQueue::Mine;
                let open = if mine { Some(true) } else { filter.open };
                let filter = CaseFilter { open, ..self.by_whole_category(filter) };
                let sight = match (mine, actor.person()) {
                    (true, None) => Vec::new(),
                    (true, Some(person)) => vec![of_person(person)],
                    (false, _) => self.sights(&reaches),
                };
                match words {
                    Some(words) => self.found(words, &filter, &sight, after, limit, now).await?,
                    None => {
                        let rows = store::newest(store, &filter, &sight, after, limit, now).await?;
                        let next = full(&rows, limit).map(CaseRow::newest_key);
                        (rows, next)
                    }
                }
            }
        };
        if reaches.iter().any(|reach| reach.conditional) {
            rows.retain(|row| self.may_list(actor, row));
        }
        let rows = rows.iter().map(|row| self.row(row, now)).collect();
        Ok(Page { rows, next: next.map(page_text) })
    }

    /// A resident's own cases and those that they have joined, the newest first.
    ///
    /// # Errors
    /// As for [`Cases::list`].
    pub async fn list_own(&self, question: &ListQuestion, actor: &Actor) -> Result<Page, CaseFailure> {
        let Some(person) = actor.person() else { return Ok(Page { rows: Vec::new(), next: None }) };
        let reaches = self.shared.access.rights().reaches(actor, "cases.list", "case");
        let procedures = |reach: &Reach| match reach.among {
            Among::Person(_) | Among::All => Some(reach.procedures.clone()),
            Among::Division(_) | Among::Units(_) => None,
        };
        let own = reaches.iter().filter_map(procedures).flat_map(|procedures| {
            let joined = SightAmong::Unit(store::supporter_concern(person));
            [SightAmong::Reporter(person), joined]
                .map(|among| Sight { procedures: procedures.clone(), among })
        });
        let (now, limit) = (self.now(), question.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX));
        let after = question.after.as_deref().map(page_key).transpose()?;
        let filter = CaseFilter::default();
        let rows =
            store::newest(&self.shared.store, &filter, &own.collect::<Vec<_>>(), after, limit, now).await?;
        let next = full(&rows, limit).map(CaseRow::newest_key);
        let row = |row: &CaseRow| ListRow { supported: row.reporter != Some(person), ..self.row(row, now) };
        Ok(Page { rows: rows.iter().map(row).collect(), next: next.map(page_text) })
    }

    /// The filter with a category below which there is no other asked for as a whole: an index finds that.
    fn by_whole_category(&self, filter: &CaseFilter) -> CaseFilter {
        let whole = filter.category.as_deref().map(CategoryCode::from).filter(|code| {
            let mut tables = self.pack().code_tables();
            tables.any(|table| table.newest(code.as_str()).is_some() && table.is_leaf(code))
        });
        match whole {
            Some(code) if filter.categories.is_empty() => {
                CaseFilter { category: None, categories: vec![code], ..filter.clone() }
            }
            _ => filter.clone(),
        }
    }

    /// What grants reach, as the store asks for it. Where they leave the procedure open all of the pack's are named, for
    /// the indexes begin with it.
    pub(super) fn sights(&self, reaches: &[Reach]) -> Vec<Sight> {
        let today = self.pack().calendar().date_of(self.now());
        let declared: Vec<ProcedureName> =
            self.pack().procedures(today).map(|procedure| procedure.name().clone()).collect();
        let sight = |procedures: &[ProcedureName], among| {
            let procedures = if procedures.is_empty() { &declared } else { procedures };
            Sight { procedures: procedures.to_vec(), among }
        };
        reaches
            .iter()
            .flat_map(|reach| match &reach.among {
                Among::All => vec![sight(&reach.procedures, SightAmong::All)],
                Among::Person(person) => vec![sight(&reach.procedures, SightAmong::Reporter(*person))],
                Among::Division(code) => {
                    vec![sight(&reach.procedures, SightAmong::Division(code.to_string()))]
                }
                Among::Units(units) => {
                    let of_unit = |unit: &UnitCode| sight(&reach.procedures, SightAmong::Unit(unit.clone()));
                    units.iter().map(of_unit).collect()
                }
            })
            .collect()
    }

    /// Cases whose words hold those asked for, or whose number they are.
    async fn found(
        &self,
        words: &str,
        filter: &CaseFilter,
        sight: &[Sight],
        after: Option<PageKey>,
        limit: u32,
        now: Moment,
    ) -> Result<(Vec<CaseRow>, Option<PageKey>), CaseFailure> {
        let store = &self.shared.store;
        // A number is found at once, whatever the index knows.
        if let Some(stored) = store::case_by_number(store, words).await? {
            let rows = store::those(store, &[stored.state.id], filter, sight, now).await?;
            return Ok((rows, None));
        }
        let limit = limit as usize;
        let mut rows: Vec<CaseRow> = Vec::new();
        let mut last = after.map(|key| Hit { id: key.id.into(), opened_at: Moment::from_micros(key.micros) });
        for round in 0..HIT_ROUNDS_MAX {
            let wanted = if round == 0 { limit } else { HITS };
            let (search, words) = (self.shared.search.clone(), words.to_owned());
            let find = tokio::task::spawn_blocking(move || search.find(&words, last, wanted));
            let hits = find.await.map_err(Failure::fault)?.map_err(Failure::fault)?;
            let ids: Vec<_> = hits.iter().map(|hit| hit.id).collect();
            let mut seen = store::those(store, &ids, filter, sight, now).await?;
            seen.sort_by_key(|row| std::cmp::Reverse((row.opened_at, row.id)));
            for row in seen {
                rows.push(row);
                if rows.len() == limit {
                    let next = rows.last().map(CaseRow::newest_key);
                    return Ok((rows, next));
                }
            }
            last = hits.last().copied();
            if hits.len() < wanted {
                return Ok((rows, None));
            }
        }
        let next = last.map(|hit| PageKey { micros: hit.opened_at.micros(), id: hit.id.uuid() });
        Ok((rows, next))
    }

    /// The numbers of the actor's day.
    ///
    /// # Errors
    /// A fault.
    pub async fn queues(&self, actor: &Actor) -> Result<QueueNumbers, CaseFailure> {
        let (store, now) = (&self.shared.store, self.now());
        let Some(official) = actor.as_official() else {
            let ActorKind::Resident { person } = actor.kind else { return Ok(QueueNumbers::default()) };
            let own = store::count_queue_by_step(store, &Queue::Person(person), now, now).await?;
            let mine = own.iter().map(|step| step.count.all).sum();
            return Ok(QueueNumbers { mine, ..QueueNumbers::default() });
        };
        let calendar = self.pack().calendar();
        let tomorrow = calendar.date_of(now).tomorrow().ok();
        let midnight = tomorrow.and_then(|day| day_begins(day, calendar.zone())).unwrap_or(now);
        let queue = Queue::Post { unit: official.unit.clone(), roles: official.roles.clone() };
        let since = now.plus_seconds(-MINE_DAYS * 86_400);
        let (steps, requests, supervised, mine) = tokio::try_join!(
            store::count_queue_by_step(store, &queue, now, midnight),
            store::count_requests(store, &official.unit, &official.roles),
            store::count_supervised(store, &official.unit, &official.roles),
            store::count_acted(store, official.person, since),
        )?;
        let by_step: Vec<StepNumbers> = steps.iter().map(|step| self.step_numbers(step)).collect();
        Ok(QueueNumbers {
            unit: by_step.iter().map(|step| step.all).sum(),
            mine,
            due_today: by_step.iter().map(|step| step.due_today).sum(),
            overdue: by_step.iter().map(|step| step.overdue).sum(),
            requests,
            supervised,
            by_step,
        })
    }

    fn step_numbers(&self, step: &StepCount) -> StepNumbers {
        let StepCount { procedure: name, step, count } = step;
        let procedure = self.pack().procedure(name, self.today());
        StepNumbers {
            procedure: name.to_string(),
            procedure_title: procedure.map_or_else(|| name.to_string(), |known| known.head().title.clone()),
            step: step.to_string(),
            step_title: procedure.map_or_else(|| step.to_string(), |known| step_title(known, step)),
            all: count.all,
            due_today: count.due_today - count.overdue,
            overdue: count.overdue,
        }
    }

    /// Open cases of the same kind around a place: what a reporter may see before sending another.
    ///
    /// # Errors
    /// No such procedure, or no right; or a fault.
    pub async fn near(&self, question: &NearQuestion, actor: &Actor) -> Result<Vec<NearCase>, CaseFailure> {
        let now = self.now();
        self.permit_known(actor, "cases.list-near")?;
        let day = self.pack().calendar().date_of(now);
        let procedure = self.pack().procedure(&question.procedure, day).ok_or_else(|| {
            let name = question.procedure.to_string();
            Failure::Refused(CaseRefused::Open(crate::OpenRefused::UnknownProcedure(name)))
        })?;
        let head = procedure.head();
        if !head.open_to_residents {
            // What officials report among themselves is not the public's to see.
            let name = question.procedure.to_string();
            return Err(Failure::Refused(CaseRefused::Open(crate::OpenRefused::UnknownProcedure(name))));
        }
        let metres = f64::from(head.duplicate_metres.unwrap_or(NEAR_METRES));
        let days = i64::from(head.duplicate_days.unwrap_or(NEAR_DAYS));
        let rows = store::near(
            &self.shared.store,
            &question.procedure,
            question.category.as_ref(),
            question.point,
            metres,
            now.plus_seconds(-days * 86_400),
            NEAR_ROWS_MAX,
        )
        .await?;
        let names = Names(self.pack());
        let mut near: Vec<NearCase> = rows
            .into_iter()
            .filter_map(|row| {
                let away = question.point.distance_metres(Point::new(row.point.0, row.point.1).ok()?);
                #[expect(clippy::cast_possible_truncation, reason = "less than the metres asked for")]
                let metres_away = away.round() as i64;
                let category = names.category(&head.categories, row.category.as_str());
                (away <= metres).then(|| NearCase {
                    id: row.id.to_string(),
                    number: row.number,
                    title: row.title,
                    status: row.status,
                    category: Named { code: category.code, name: category.name },
                    age_seconds: now.micros_since(row.opened_at) / 1_000_000,
                    metres: metres_away,
                    photo: None,
                    supporters: row.state.supporters.len(),
                    can_support: self.may_support(actor, &row.state),
                    mine: row.state.is_supported_by(actor)
                        || (row.state.reporter.is_some() && row.state.reporter == actor.person()),
                })
            })
            .collect();
        near.sort_by_key(|case| case.metres);
        Ok(near)
    }

    /// Whether the actor may do something that everybody may know of.
    pub(super) fn permit_known(&self, actor: &Actor, action: &str) -> Result<(), CaseFailure> {
        let permit = self.shared.access.rights().permit(actor, action, &Resource::known("city"));
        permit.map(drop).map_err(|denied| Failure::Refused(denied.into()))
    }

    /// Whether a row may be on the actor's page, where that depends on the row itself.
    pub(super) fn may_list(&self, actor: &Actor, row: &CaseRow) -> bool {
        // The row stands here because of a relation that the question has asked for; the actor's own unit is one of
        // the units concerned whenever the relation was that of a unit.
        let own = actor.as_official().map(|official| official.unit.clone());
        let resource = Resource {
            procedure: Some(row.procedure.clone()),
            units: row.lead_unit.iter().chain(&row.intake_unit).chain(&own).cloned().collect(),
            division: row.division.as_deref().and_then(|code| code.parse::<DivisionCode>().ok()),
            owner: row.reporter,
            confidential: row.confidential,
            status: Some(row.status.clone()),
            level: row.level.clone(),
            category: Some(row.category.clone()),
            ..Resource::hidden("case")
        };
        self.shared.access.rights().permit(actor, "cases.list", &resource).is_ok()
    }

    pub(super) fn row(&self, row: &CaseRow, now: Moment) -> ListRow {
        let names = Names(self.pack());
        let day = self.pack().calendar().date_of(row.opened_at);
        let procedure = self.pack().procedure(&row.procedure, day);
        let table = procedure.map_or("", |procedure| procedure.head().categories.as_str());
        let category = names.category(table, row.category.as_str());
        let step = row.task_step.as_ref().or_else(|| row.steps.first());
        let ended_or_now = row.closed_at.or(row.open.then_some(now));
        let late = row.due_at.zip(ended_or_now).is_some_and(|(due, at)| at > due);
        ListRow {
            id: row.id.to_string(),
            number: row.number.clone(),
            title: row.title.clone(),
            procedure: row.procedure.to_string(),
            category: Named { code: category.code, name: category.name },
            level: row.level.clone(),
            status: row.status.clone(),
            step: step.map(ToString::to_string),
            step_title: step.zip(procedure).map(|(step, procedure)| step_title(procedure, step)),
            task: row.task.map(|task| task.to_string()),
            lead_unit: row.lead_unit.as_ref().map(|unit| names.unit(unit)),
            division: row.division.clone(),
            place: row.position.map(|(lon, lat)| PlacePoint { lon, lat }),
            opened_at: row.opened_at.to_string(),
            due_at: row.due_at.map(|due| due.to_string()),
            provisional: row.provisional,
            overdue: late || row.overdue_at.is_some(),
            left_seconds: row
                .due_at
                .filter(|_| row.open)
                .map(|due| due.micros_since(now).div_euclid(1_000_000)),
            closed_at: row.closed_at.map(|closed| closed.to_string()),
            supported: false,
            excerpt: None,
            supervised: row.supervisions > 0,
            card: card(row).map(str::to_owned),
            request: row.request.as_ref().map(|request| WaitingRequestView {
                id: request.id.to_string(),
                name: request.name.to_string(),
                title: procedure
                    .and_then(|procedure| procedure.request(&request.name))
                    .map_or_else(|| request.name.to_string(), |declared| declared.title.clone()),
                asked_at: request.asked_at.to_string(),
            }),
        }
    }
}

/// The worst card of an open case.
fn card(row: &CaseRow) -> Option<&'static str> {
    match (row.open, row.overdue_at, row.warned_at) {
        (true, Some(_), _) => Some("red"),
        (true, None, Some(_)) => Some("yellow"),
        _ => None,
    }
}

/// The queue of tasks that a list means for this actor; nothing where it is a list of cases.
fn queue_of(queue: ListedQueue, actor: &Actor) -> Option<Queue> {
    match (queue, &actor.kind) {
        (ListedQueue::Unit, ActorKind::Official(official)) => {
            Some(Queue::Post { unit: official.unit.clone(), roles: official.roles.clone() })
        }
        (ListedQueue::Mine, ActorKind::Resident { person }) => Some(Queue::Person(*person)),
        _ => None,
    }
}

/// The cases that an official has acted on.
fn of_person(person: PersonId) -> Sight {
    let concern = store::person_concern(person);
    Sight { procedures: Vec::new(), among: SightAmong::Unit(concern) }
}

/// A queue is short: words are looked for in its titles, not in the index of all cases.
fn with_words(filter: &CaseFilter, words: Option<&str>) -> CaseFilter {
    CaseFilter { said: words.map(str::to_owned), ..filter.clone() }
}

/// The last row of a page that is full: there may be more.
fn full(rows: &[CaseRow], limit: u32) -> Option<&CaseRow> {
    rows.last().filter(|_| rows.len() >= limit as usize)
}

/// A page key as it is told: opaque to those who hand it back.
fn page_text(key: PageKey) -> String {
    format!("{:x}.{}", key.micros, key.id.simple())
}

fn page_key(text: &str) -> Result<PageKey, CaseFailure> {
    let read = || {
        let (micros, id) = text.split_once('.')?;
        Some(PageKey { micros: i64::from_str_radix(micros, 16).ok()?, id: Uuid::parse_str(id).ok()? })
    };
    read().ok_or(Failure::Refused(CaseRefused::QueryInvalid("after")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_page_key_comes_back_as_it_was(micros in 0_i64.., id in any::<u128>()) {
            let key = PageKey { micros, id: Uuid::from_u128(id) };
            prop_assert_eq!(page_key(&page_text(key)).unwrap(), key);
        }

        #[test]
        fn no_text_breaks_the_reader_of_page_keys(text in "\\PC*") {
            page_key(&text).ok();
        }
    }
}
