//! The JSON of a case: what its readers get, as types. Nothing is decided here.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::offers::Offer;

/// A thing with a code and a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// Its name; the code where the pack does not know it any more.
    pub name: String,
}

/// A procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProcedureTitle {
    /// Its name in the pack.
    pub name: String,
    /// Shown.
    pub title: String,
}

/// A category with the way from the top of its table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryPath {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The names from the top, its own last.
    pub path: Vec<String>,
}

/// Where a case is.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlaceView {
    /// Longitude in CGCS2000 degrees.
    pub lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    pub lat: Option<f64>,
    /// In words.
    pub address: Option<String>,
    /// The smallest division.
    pub division: Option<String>,
    /// The cell of the unit grid.
    pub cell: Option<String>,
}

/// A point.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct PlacePoint {
    /// Longitude in CGCS2000 degrees.
    pub lon: f64,
    /// Latitude in CGCS2000 degrees.
    pub lat: f64,
}

/// When something is due.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DueView {
    /// RFC 3339, UTC.
    pub at: String,
    /// Holidays that are not announced yet may move it.
    pub provisional: bool,
}

/// A step that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepView {
    /// The task.
    pub task: String,
    /// The step.
    pub step: String,
    /// Shown.
    pub title: String,
    /// The unit that holds it.
    pub unit: Option<Named>,
    /// Since when.
    pub since: String,
    /// The end of the stage limit.
    pub due: Option<DueView>,
    /// Seconds until then, negative past it.
    pub left_seconds: Option<i64>,
    /// Whether the reader may work on it.
    pub mine: bool,
}

/// Who reported a case, masked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ReporterView {
    /// `resident`, `official`, `client`, `city` or `none`.
    pub kind: String,
    /// Whether it is the reader.
    pub mine: bool,
    /// The masked name.
    pub name: Option<String>,
    /// The masked telephone number.
    pub phone: Option<String>,
    /// Kept secret from the handling units (保密).
    pub confidential: bool,
    /// Whether the reader may unmask it with a purpose.
    pub can_reveal: bool,
}

/// A clock of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ClockView {
    /// Which.
    pub name: String,
    /// Shown.
    pub title: String,
    /// `running`, `paused` or `ended`.
    pub state: String,
    /// Its whole limit, for example `5 工作日`.
    pub limit: String,
    /// Where the limit comes from.
    pub source: String,
    /// When it started.
    pub started_at: String,
    /// When it ends.
    pub due_at: String,
    /// Holidays that are not announced yet may move the end.
    pub provisional: bool,
    /// Seconds until the end while it runs, negative past it.
    pub left_seconds: Option<i64>,
    /// When the yellow card was given.
    pub warned_at: Option<String>,
    /// When the red card was given.
    pub overdue_at: Option<String>,
    /// When it ended.
    pub ended_at: Option<String>,
    /// By how much it was extended, each time.
    pub extensions: Vec<String>,
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CardView {
    /// Its number.
    pub number: String,
    /// `yellow` or `red`.
    pub colour: String,
    /// The clock, or the step for a stage limit.
    pub clock: String,
    /// When.
    pub at: String,
}

/// A numbered supervision.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SupervisionView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// How.
    pub manner: Option<String>,
    /// What was said.
    pub opinion: Option<String>,
    /// Who did so.
    pub by: String,
    /// When.
    pub at: String,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PartyView {
    /// The official's name; none for others, and for residents who read.
    pub name: Option<String>,
    /// The unit acted for.
    pub unit: Option<Named>,
    /// The title of the post acted at.
    pub post: Option<String>,
    /// `resident`, `official`, `client` or `city`.
    pub kind: String,
}

/// Something that was asked for.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// Which.
    pub name: String,
    /// Shown.
    pub title: String,
    /// `asked`, `granted`, `refused` or `withdrawn`.
    pub state: String,
    /// Who asked.
    pub asked_by: PartyView,
    /// When.
    pub asked_at: String,
    /// The form of asking.
    #[schema(value_type = Object)]
    pub form: Map<String, Value>,
    /// When it should be decided.
    pub due_at: Option<String>,
    /// Who decided.
    pub decided_by: Option<PartyView>,
    /// When.
    pub decided_at: Option<String>,
    /// The form of the decision.
    #[schema(value_type = Option<Object>)]
    pub decision_form: Option<Map<String, Value>>,
}

/// A call-back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CallBackView {
    /// 是否联系.
    pub contacted: Option<bool>,
    /// 是否解决.
    pub solved: Option<bool>,
    /// 是否满意.
    pub satisfied: Option<bool>,
    /// The reporter could not be reached.
    pub unreachable: bool,
    /// A remark, for officials.
    pub remark: Option<String>,
    /// When.
    pub at: String,
}

/// A rating.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct RatingView {
    /// From 1, the worst, to 5.
    pub grade: u8,
    /// Why.
    pub reason: Option<String>,
    /// When.
    pub at: String,
}

/// An exclusion from the rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ExclusionView {
    /// The ground.
    pub ground: String,
    /// When.
    pub at: String,
}

/// What the handling unit answered last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ResolutionView {
    /// What was done; for officials.
    pub result: Option<String>,
    /// What the reporter is told.
    pub public_reply: Option<String>,
    /// Photos of afterwards.
    pub photos: Vec<String>,
    /// When.
    pub at: String,
}

/// A linked case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct LinkView {
    /// `sub`, `converted`, `follow-on` or `merged`.
    pub kind: String,
    /// `to` when the link was made in this case, `from` when in the other.
    pub direction: String,
    /// The other.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Its procedure.
    pub procedure: String,
    /// Its one line.
    pub title: String,
    /// Its public status.
    pub status: String,
    /// Whether it has ended.
    pub closed: bool,
}

/// One row of the timeline.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TimelineView {
    /// The decision.
    pub id: String,
    /// When.
    pub at: String,
    /// Who.
    pub by: PartyView,
    /// `open`, `exit`, `act`, `request`, `grant`, `refuse` or `clock`.
    pub kind: String,
    /// The exit, act, request or clock.
    pub take: String,
    /// Shown.
    pub title: String,
    /// The titles of the steps left.
    pub from: Vec<String>,
    /// The titles of the steps entered.
    pub to: Vec<String>,
    /// The opinion given; for officials.
    pub opinion: Option<String>,
    /// The form as filled in; for officials.
    #[schema(value_type = Option<Object>)]
    pub form: Option<Map<String, Value>>,
    /// Why a unit is in charge; for officials.
    pub why: Option<String>,
    /// The photos of the form.
    pub photos: Vec<String>,
    /// How long the task had been held.
    pub seconds: i64,
}

/// Where an imported case comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceView {
    /// The system.
    pub system: String,
    /// Its number there.
    pub id: String,
}

/// A case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct CaseView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: String,
    /// Its procedure.
    pub procedure: ProcedureTitle,
    /// The system of the procedure.
    pub system: String,
    /// What it is about.
    pub category: CategoryPath,
    /// Its level.
    pub level: String,
    /// Its kind.
    pub kind: Option<String>,
    /// How it came in.
    pub channel: Option<String>,
    /// One line.
    pub title: String,
    /// In full.
    pub text: String,
    /// The form with which it was opened.
    #[schema(value_type = Object)]
    pub form: Map<String, Value>,
    /// The photos with which it was opened.
    pub photos: Vec<String>,
    /// Where it is.
    pub place: Option<PlaceView>,
    /// The public status.
    pub status: String,
    /// The steps it stands in.
    pub steps: Vec<StepView>,
    /// The unit in charge (主办).
    pub lead_unit: Option<Named>,
    /// The units beside it (协办).
    pub co_units: Vec<Named>,
    /// The unit that took it in.
    pub intake_unit: Option<Named>,
    /// The unit in charge may not return it.
    pub designated: bool,
    /// Who reported it.
    pub reporter: Option<ReporterView>,
    /// When it was opened.
    pub opened_at: String,
    /// When it was first given to a unit.
    pub dispatched_at: Option<String>,
    /// When the reporter was first contacted.
    pub contacted_at: Option<String>,
    /// When it was last answered.
    pub resolved_at: Option<String>,
    /// When it was closed.
    pub closed_at: Option<String>,
    /// How it ended.
    pub outcome: Option<String>,
    /// How often it has changed.
    pub version: i64,
    /// Whether it is past its due time, or was closed past it.
    pub overdue: bool,
    /// When it is due.
    pub due_at: Option<String>,
    /// Its clocks.
    pub clocks: Vec<ClockView>,
    /// Its cards; for officials.
    pub cards: Vec<CardView>,
    /// Its supervisions; for officials.
    pub supervisions: Vec<SupervisionView>,
    /// What was asked for; for officials.
    pub requests: Vec<RequestView>,
    /// Its call-backs.
    pub callbacks: Vec<CallBackView>,
    /// Its rating.
    pub rating: Option<RatingView>,
    /// Its exclusions; for officials.
    pub exclusions: Vec<ExclusionView>,
    /// What was answered last.
    pub resolution: Option<ResolutionView>,
    /// The cases it is linked with.
    pub links: Vec<LinkView>,
    /// What happened, in order.
    pub timeline: Vec<TimelineView>,
    /// How many residents have met with the same, beside the reporter.
    pub supporters: usize,
    /// The reader is one of them: the reporter's own words and photos are left out.
    pub supported: bool,
    /// What the reader may do now.
    #[schema(value_type = Vec<Object>)]
    pub offers: Vec<Offer>,
    /// Made up, for a demo or a test.
    pub synthetic: bool,
    /// Where it was imported from.
    pub source: Option<SourceView>,
}

/// The contact that a reporter left, unmasked: never answered but with a purpose and an audit line.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Contact {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The telephone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}
