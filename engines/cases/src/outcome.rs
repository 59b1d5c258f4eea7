//! What a decision results in: the case afterwards, the record of the decision, the events said, cases to open.
//!
//! Plain values; `store` turns them into one unit of work. Ids in them are drawn from the decision's own id, so that the
//! same decision always gives the same outcome.

use baotu_pack::procedure::LinkKind;
use baotu_vocabulary::{
    CaseId, CategoryCode, Chance, DecisionId, Event, FormName, Moment, PersonId, ProcedureName, PurposeName,
    RequestId, StepName, TaskId, UnitCode,
};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::case::{CasePlace, CaseState, Link, Party, Source};

/// What came of opening a case or of a decision on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// The case afterwards, its version raised by one.
    pub state: CaseState,
    /// What was decided, in order; the first is the actor's own, further ones are the city's.
    pub decisions: Vec<DecisionRecord>,
    /// What is said, in order.
    pub events: Vec<Event>,
    /// Cases to be opened in the same unit of work.
    pub opens: Vec<LinkedOpening>,
    /// The request that was made or decided.
    pub request: Option<RequestId>,
}

/// The kinds of decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DecisionKind {
    /// The case was opened.
    Open,
    /// An exit of a step was taken.
    Exit,
    /// An act was done.
    Act,
    /// Something was asked for.
    Request,
    /// It was granted.
    Grant,
    /// It was refused.
    Refuse,
    /// Time acted: a card, or an exit that takes itself.
    Clock,
}

impl DecisionKind {
    /// The word of tables and views.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Exit => "exit",
            Self::Act => "act",
            Self::Request => "request",
            Self::Grant => "grant",
            Self::Refuse => "refuse",
            Self::Clock => "clock",
        }
    }
}

/// One decision, kept for ever: who, when, what, why, on which form and declaration.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionRecord {
    /// Its id; the caller's, so that a repeated call finds it.
    pub id: DecisionId,
    /// When.
    pub at: Moment,
    /// Who.
    pub by: Party,
    /// What kind.
    pub kind: DecisionKind,
    /// The exit, act or request; `open`, or the card (`yellow-card`, `red-card`) of a clock.
    pub take: String,
    /// Shown.
    pub title: String,
    /// The steps the case stood in.
    pub from: Vec<StepName>,
    /// The steps it stands in afterwards.
    pub to: Vec<StepName>,
    /// The task whose exit was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<TaskId>,
    /// The request made or decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<RequestId>,
    /// The form as filled in.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub form: Map<String, Json>,
    /// Which form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_name: Option<FormName>,
    /// The content hash of the form's version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub form_hash: Option<String>,
    /// The version of the declaration it was decided under.
    pub declaration: Date,
    /// What was gathered beside the case before deciding.
    #[serde(default, skip_serializing_if = "Gathered::is_empty")]
    pub gathered: Gathered,
    /// The opinion given, or the reason of a request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<String>,
    /// Why this unit, of a dispatch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Seconds since the task began, or since the case was opened.
    pub seconds: i64,
    /// The purpose the actor gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<PurposeName>,
    /// The reporter may see it.
    pub public: bool,
}

/// What a decision needs to know beside the case itself; the service gathers it on the actor's behalf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Gathered {
    /// The case that the form's `lead_case` names, with merged ones followed to their own lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lead_case: Option<LeadCase>,
    /// The cases linked as `sub` that are still open.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub subcases_open: u32,
    /// Where the form's `place` is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub located: Option<CasePlace>,
}

/// A case that another is to be joined to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadCase {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// Whether it is open.
    pub open: bool,
}

impl Gathered {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

fn is_zero(value: &u32) -> bool {
    *value == 0
}

/// A case to be opened, as the service has looked it up: category and procedure by name, the place located.
#[derive(Clone, Debug, PartialEq)]
pub struct Opening {
    /// Its id.
    pub id: CaseId,
    /// Its number.
    pub number: String,
    /// The id of the decision by which it is opened.
    pub decision: DecisionId,
    /// The category's code.
    pub category: CategoryCode,
    /// The level; the procedure's first one when absent.
    pub level: Option<String>,
    /// The kind.
    pub kind: Option<String>,
    /// The channel.
    pub channel: Option<String>,
    /// One line.
    pub title: String,
    /// The reporter's words.
    pub text: String,
    /// Where.
    pub place: Option<CasePlace>,
    /// The intake form.
    pub form: Map<String, Json>,
    /// The resident whose request it is; the actor, when a resident opens it.
    pub reporter: Option<PersonId>,
    /// The reporter shall not be named.
    pub confidential: bool,
    /// Made up.
    pub synthetic: bool,
    /// The unit that takes it in; the actor's when absent.
    pub intake_unit: Option<UnitCode>,
    /// The case by which it is opened.
    pub link: Option<Link>,
    /// Where it was imported from.
    pub source: Option<Source>,
}

/// A case that a decision opens: another procedure, the same matter.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedOpening {
    /// The new case's id.
    pub id: CaseId,
    /// The id of the decision that opens it.
    pub decision: DecisionId,
    /// Its procedure.
    pub procedure: ProcedureName,
    /// How it is linked to the case that opens it.
    pub link: LinkKind,
    /// The channel that the effect names.
    pub channel: Option<String>,
    /// Its category.
    pub category: CategoryCode,
    /// The case that opens it.
    pub from: CaseId,
    /// What it takes over, as far as its own procedure has room for it.
    pub from_state: Box<CaseState>,
    /// Who opens it.
    pub by: Party,
    /// The unit that takes it in: the acting one.
    pub intake_unit: Option<UnitCode>,
}

/// Ids that follow from a decision's id: sorted by time like all ids, and the same whenever the decision is replayed.
#[derive(Debug)]
pub(crate) struct Ids {
    decision: Uuid,
    now: Moment,
    drawn: u32,
}

impl Ids {
    pub(crate) const fn of(decision: DecisionId, now: Moment) -> Self {
        Self { decision: decision.uuid(), now, drawn: 0 }
    }

    /// The next id, for `T::new(moment, chance)`.
    pub(crate) fn next<T>(&mut self, make: impl FnOnce(Moment, Chance) -> T) -> T {
        self.drawn += 1;
        let digest = Uuid::new_v5(&self.decision, &self.drawn.to_be_bytes());
        let mut chance: Chance = [0; 10];
        chance.copy_from_slice(&digest.as_bytes()[6..]);
        make(self.now, chance)
    }
}
