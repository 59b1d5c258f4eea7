//! A case as a plain value: who holds it, what runs, what was recorded. Everything a decision needs is in it.
//!
//! Not in it: the timeline (decisions are appended beside it), the reporter's sealed contact, the bytes of photos.

use std::collections::BTreeMap;

use baotu_pack::procedure::LinkKind;
use baotu_vocabulary::{
    Actor, ActorKind, BlobId, CaseId, CategoryCode, CellCode, ClockName, ExitName, Moment, PersonId, Point,
    PostCode, ProcedureName, RequestId, RequestName, RoleName, StepName, SupervisionId, SystemName, TaskId,
    UnitCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::clock::{ClockRun, Timer};

/// The name of the counter by which a procedure counts granted returns (退单).
pub const RETURNS_COUNTER: &str = "returns";

/// A case with everything that is known of it, as of its version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CaseState {
    /// Its id.
    pub id: CaseId,
    /// Its number, told to people.
    pub number: String,
    /// Raised by each decision; a decision names the version it was made on.
    pub version: i64,
    /// Under which declaration it runs.
    pub procedure: ProcedureReference,
    /// Its category.
    pub category: CategoryReference,
    /// How urgent: one of the procedure's levels; empty when the procedure has none.
    #[serde(default)]
    pub level: String,
    /// What kind of request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// How it came in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// One line.
    pub title: String,
    /// The reporter's words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The intake form as filled in, and as decisions corrected it.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Json>,
    /// The content hash of the intake form's version.
    pub form_hash: String,
    /// Where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<CasePlace>,
    /// Who opened it.
    pub opened_by: Party,
    /// The resident whose request it is, when an account is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reporter: Option<PersonId>,
    /// The reporter asked not to be named (保密): handling units never learn who it is.
    #[serde(default, skip_serializing_if = "is_false")]
    pub confidential: bool,
    /// Made up for the demo city.
    #[serde(default, skip_serializing_if = "is_false")]
    pub synthetic: bool,
    /// The unit that took it in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intake_unit: Option<UnitCode>,
    /// The unit in charge (主办).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_unit: Option<UnitCode>,
    /// Since when the lead unit is in charge: windows of requests count from here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_since: Option<Moment>,
    /// Why this unit: the row of the function list, or that a person chose it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_why: Option<String>,
    /// The co-handling units (协办).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub co_units: Vec<UnitCode>,
    /// The lead unit was designated and may not return the case (指定办理).
    #[serde(default, skip_serializing_if = "is_false")]
    pub designated: bool,
    /// Units that had the case returned from them, so that suggestions do not offer them first again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub returned_by: Vec<UnitCode>,
    /// Who acted in a handling step: they never close this case.
    #[serde(default, skip_serializing_if = "Handlers::is_empty")]
    pub handlers: Handlers,
    /// The public status, one of the short words.
    pub status: String,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it was first dispatched.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatched_at: Option<Moment>,
    /// When a handler first said that the reporter was contacted (响应).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacted_at: Option<Moment>,
    /// When the result in force was given; empty again while the case is done over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Moment>,
    /// When it was closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Moment>,
    /// The steps that somebody holds or has held, oldest first; of the ended ones the last [`ENDED_TASKS_KEPT`].
    pub tasks: Vec<Task>,
    /// Steps that wait for parallel branches.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub joins: Vec<JoinRun>,
    /// How often each step was entered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub visits: BTreeMap<StepName, u16>,
    /// The procedure's own counters.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub counters: BTreeMap<String, u16>,
    /// The clocks, ended runs too, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clocks: Vec<ClockRun>,
    /// What was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requests: Vec<RequestRun>,
    /// Yellow and red cards.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cards: Vec<Card>,
    /// Supervisions (督办).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supervisions: Vec<Supervision>,
    /// Call-backs (回访), the last one counts.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub callbacks: Vec<CallBack>,
    /// Residents who have met with the same (随报), at most [`SUPPORTERS_MAX`], the first first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supporters: Vec<PersonId>,
    /// The rating (评价).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rating: Option<Rating>,
    /// The result that is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<Resolution>,
    /// Exclusions from the rates (剔除).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclusions: Vec<Exclusion>,
    /// Links that were made from this case, and the one by which it was opened.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
    /// The case that this one was joined to (并案).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_case: Option<CaseId>,
    /// How often the lead moved to another unit (改派), dispatches after the first included.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub transfers: u16,
    /// How often it was handled again (重办).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub redone: u16,
    /// Granted extensions of a clock (延期).
    #[serde(default, skip_serializing_if = "is_zero")]
    pub extensions: u16,
    /// The system and number it had elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<Source>,
}

/// Residents that one case counts as having met with the same; each of them is told when it ends.
pub const SUPPORTERS_MAX: usize = 200;

/// Ended tasks that stay in the state; older ones are in the timeline.
pub const ENDED_TASKS_KEPT: usize = 8;

/// The declaration under which a case was opened and is decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureReference {
    /// Its name.
    pub name: ProcedureName,
    /// The day from which the version is in force.
    pub version: Date,
    /// SM3 of the declaration's content.
    pub hash: String,
    /// The system that declares it.
    pub system: SystemName,
}

/// A row of a code table, as it stood when the category was chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryReference {
    /// The code table.
    pub table: String,
    /// The code.
    pub code: CategoryCode,
    /// Its name.
    pub name: String,
    /// The day from which that row is in force.
    pub valid_from: Date,
}

/// Where a case is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CasePlace {
    /// The point.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub point: Option<Point>,
    /// The address as given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// The smallest known division.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub division: Option<String>,
    /// The street or town.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub street: Option<String>,
    /// The cell of the unit grid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell: Option<CellCode>,
    /// Functional zones that manage the place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<String>,
    /// The unit responsible for the cell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cell_unit: Option<UnitCode>,
}

impl CasePlace {
    /// The divisions and zones that the place lies in, as function lists ask for them.
    pub fn areas(&self) -> Vec<&str> {
        self.division.iter().chain(&self.street).chain(&self.zones).map(String::as_str).collect()
    }
}

/// Where an imported case comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The other system, for example `baltimore-311`.
    pub system: String,
    /// Its number there.
    pub id: String,
    /// Whether it doesn't say when the case ended: then that is when it was last heard of, and no rate counts it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub end_untold: bool,
}

/// The kinds of party in records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PartyKind {
    /// A resident for themselves.
    Resident,
    /// An official at a post.
    Official,
    /// A program with a key.
    Client,
    /// The city itself.
    City,
    /// Nobody known.
    Nobody,
}

impl PartyKind {
    /// The word of records and conditions.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Resident => "resident",
            Self::Official => "official",
            Self::Client => "client",
            Self::City => "city",
            Self::Nobody => "nobody",
        }
    }
}

/// Who did something, as records keep it for ever.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// What kind.
    pub kind: PartyKind,
    /// The actor's reference, without personal data.
    pub reference: String,
    /// The account, of a person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// An official's name, a client's name, or what of the city acted; residents are not named in records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// An official's unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// An official's post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<PostCode>,
}

impl From<&Actor> for Party {
    fn from(actor: &Actor) -> Self {
        let (kind, name, unit, post) = match &actor.kind {
            ActorKind::Nobody => (PartyKind::Nobody, None, None, None),
            ActorKind::Resident { .. } => (PartyKind::Resident, None, None, None),
            ActorKind::Official(official) => (
                PartyKind::Official,
                Some(official.name.clone()),
                Some(official.unit.clone()),
                Some(official.post.clone()),
            ),
            ActorKind::Client { name } => (PartyKind::Client, Some(name.clone()), None, None),
            ActorKind::City { by } => (PartyKind::City, Some(by.clone()), None, None),
        };
        Self { kind, reference: actor.reference(), person: actor.person(), name, unit, post }
    }
}

/// A step that somebody holds or has held.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The step.
    pub step: StepName,
    /// The unit that holds it; none when any unit whose post has the role may work on it, or a person alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// The role needed; none for the reporter's own steps and for final ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<RoleName>,
    /// The official who signed for it, or the reporter whose step it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// Since when.
    pub since: Moment,
    /// The stage limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Timer>,
    /// When the stage limit was found to have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Moment>,
    /// The exits that the city takes by itself, each when its time has run out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub timed_exits: Vec<TimedExit>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Moment>,
}

impl Task {
    /// Whether it still waits for somebody.
    pub const fn is_open(&self) -> bool {
        self.ended_at.is_none()
    }
}

/// An exit that time takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimedExit {
    /// The exit.
    pub exit: ExitName,
    /// When.
    pub timer: Timer,
}

/// A step that waits for parallel branches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRun {
    /// The step that will be entered.
    pub step: StepName,
    /// The steps whose exit to it has been taken.
    pub arrived: Vec<StepName>,
}

/// Who handled a case.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handlers {
    /// The people.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub people: Vec<PersonId>,
}

impl Handlers {
    fn is_empty(&self) -> bool {
        self.people.is_empty()
    }
}

/// Where a request stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RequestState {
    /// Waits for its decision.
    Asked,
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Fell away: the case closed or went on before it was decided.
    Withdrawn,
}

/// Something asked for by one and decided by another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestRun {
    /// Its id.
    pub id: RequestId,
    /// Which request of the procedure.
    pub name: RequestName,
    /// Where it stands.
    pub state: RequestState,
    /// Who asked.
    pub asked_by: Party,
    /// When.
    pub asked_at: Moment,
    /// The form of asking.
    pub form: Map<String, Json>,
    /// The unit that may decide; none when any unit whose post has the role may.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decider_unit: Option<UnitCode>,
    /// The role that may decide.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decider_role: Option<RoleName>,
    /// The limit of the decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timer: Option<Timer>,
    /// When that limit was found to have passed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overdue_at: Option<Moment>,
    /// Who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_by: Option<Party>,
    /// When it was decided or fell away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided_at: Option<Moment>,
    /// The form of deciding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_form: Option<Map<String, Json>>,
}

/// The colours of cards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CardColour {
    /// Before the limit ends (黄牌).
    Yellow,
    /// Once it has ended (红牌).
    Red,
}

/// A card, given by a clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// Its number: the case's with `-Y` or `-R` and a count.
    pub number: String,
    /// Its colour.
    pub colour: CardColour,
    /// The clock.
    pub clock: ClockName,
    /// The unit in charge then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// When.
    pub at: Moment,
}

/// A numbered supervision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Supervision {
    /// Its id.
    pub id: SupervisionId,
    /// Its number: the case's with `-D` and a count.
    pub number: String,
    /// How: 电话 短信 督办单 现场 领导批示 联合.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manner: Option<String>,
    /// What is asked of the unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<String>,
    /// The unit supervised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitCode>,
    /// Who supervises.
    pub by: Party,
    /// When.
    pub at: Moment,
}

/// What the reporter answered when called back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallBack {
    /// Whether the unit had contacted them.
    pub contacted: bool,
    /// Whether it is solved.
    pub solved: bool,
    /// Whether they are satisfied.
    pub satisfied: bool,
    /// Nobody answered.
    pub unreachable: bool,
    /// In words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
    /// Who called.
    pub by: Party,
    /// When.
    pub at: Moment,
}

/// The reporter's rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rating {
    /// 1 (worst) to 5.
    pub grade: u8,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When.
    pub at: Moment,
}

/// The result of handling.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// What was done, for the offices.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<String>,
    /// What the reporter is told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_reply: Option<String>,
    /// Photos, as after the handling.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<BlobId>,
    /// Who.
    pub by: Party,
    /// When.
    pub at: Moment,
}

/// An exclusion from the rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exclusion {
    /// The ground.
    pub ground: String,
    /// The evidence, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// The evidence, in photos.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub photos: Vec<BlobId>,
    /// Who granted it.
    pub by: Party,
    /// When.
    pub at: Moment,
}

/// A link between two cases.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The other case.
    pub case: CaseId,
    /// What kind.
    pub kind: LinkKind,
    /// True on the case that made the link, false on the one that was opened by it.
    pub outgoing: bool,
    /// When.
    pub at: Moment,
}

/// The word of tables, views and facts for a kind of link.
pub const fn link_word(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Sub => "sub",
        LinkKind::Converted => "converted",
        LinkKind::FollowOn => "follow-on",
        LinkKind::Merged => "merged",
    }
}

impl CaseState {
    /// Whether it has not been closed.
    pub const fn is_open(&self) -> bool {
        self.closed_at.is_none()
    }

    /// When it was closed, as far as that is known: of an imported case, where its source says so.
    pub fn closing_told(&self) -> Option<Moment> {
        self.closed_at.filter(|_| !self.source.as_ref().is_some_and(|source| source.end_untold))
    }

    /// The tasks that wait for somebody.
    pub fn open_tasks(&self) -> impl Iterator<Item = &Task> {
        self.tasks.iter().filter(|task| task.is_open())
    }

    /// The steps it stands in, each once.
    pub fn steps(&self) -> Vec<StepName> {
        let mut steps: Vec<StepName> = Vec::new();
        for task in self.open_tasks() {
            if !steps.contains(&task.step) {
                steps.push(task.step.clone());
            }
        }
        steps
    }

    /// The step in which an ended case came to its end.
    pub fn last_step(&self) -> Option<&StepName> {
        if self.is_open() { None } else { self.tasks.last().map(|task| &task.step) }
    }

    /// Whether the actor is a resident who has met with the same.
    pub fn is_supported_by(&self, actor: &Actor) -> bool {
        matches!(&actor.kind, ActorKind::Resident { person } if self.supporters.contains(person))
    }

    /// The requests that wait for a decision.
    pub fn open_requests(&self) -> impl Iterator<Item = &RequestRun> {
        self.requests.iter().filter(|request| request.state == RequestState::Asked)
    }

    /// A task by its id.
    pub fn task(&self, id: TaskId) -> Option<&Task> {
        self.tasks.iter().find(|task| task.id == id)
    }

    /// A request by its id.
    pub fn request(&self, id: RequestId) -> Option<&RequestRun> {
        self.requests.iter().find(|request| request.id == id)
    }

    /// Every unit the case concerns now: lead, co-handling, intake, and holders of open tasks.
    pub fn units(&self) -> Vec<UnitCode> {
        let held = self.open_tasks().filter_map(|task| task.unit.as_ref());
        let all = self.lead_unit.iter().chain(&self.co_units).chain(&self.intake_unit).chain(held);
        let mut units: Vec<UnitCode> = Vec::new();
        for unit in all {
            if !units.contains(unit) {
                units.push(unit.clone());
            }
        }
        units
    }

    /// Whether the unit handles or co-handles it.
    pub fn is_handled_by(&self, unit: &UnitCode) -> bool {
        self.lead_unit.as_ref() == Some(unit) || self.co_units.contains(unit)
    }

    /// How often a return was granted, in procedures that count them.
    pub fn returns(&self) -> u16 {
        self.counters.get(RETURNS_COUNTER).copied().unwrap_or(0)
    }

    /// The last call-back.
    pub fn callback(&self) -> Option<&CallBack> {
        self.callbacks.last()
    }

    /// Whether it is left out of the rates.
    pub const fn is_excluded(&self) -> bool {
        !self.exclusions.is_empty()
    }

    /// Whether one of its due times was computed from a year that is not announced.
    pub fn is_provisional(&self) -> bool {
        let tasks = self.open_tasks().filter_map(|task| task.timer.as_ref());
        let clocks = self.clocks.iter().filter(|clock| clock.is_running()).map(|clock| &clock.timer);
        let asked = self.open_requests().filter_map(|request| request.timer.as_ref());
        let timed = self.open_tasks().flat_map(|task| &task.timed_exits).map(|exit| &exit.timer);
        tasks.chain(clocks).chain(asked).chain(timed).any(|timer| timer.due.provisional)
    }
}

fn is_false(value: &bool) -> bool {
    !*value
}

fn is_zero(value: &u16) -> bool {
    *value == 0
}
