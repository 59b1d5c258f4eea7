//! What a procedure may declare: steps, exits, acts, requests, clocks and their effects.
//!
//! The set of effects is closed: a city states what it wants, never plumbing. What each effect does is the
//! `cases` engine's business; that names resolve and conditions type-check is the checker's.

use std::collections::BTreeMap;

use baotu_vocabulary::{
    ActName, CategoryCode, ClockName, ExitName, FormName, ProcedureName, RequestName, RoleName, StepName,
    UnitCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// `procedure.toml` (or one file of `procedures/`): how one kind of case runs.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Procedure {
    /// The head of the file.
    pub procedure: Head,
    /// The steps, the first one being where a case begins unless `entry` says otherwise.
    #[serde(rename = "step")]
    pub steps: Vec<Step>,
    /// What may be done without leaving the step.
    #[serde(rename = "act", default)]
    pub acts: Vec<Act>,
    /// What may be asked for and is decided by somebody else.
    #[serde(rename = "request", default)]
    pub requests: Vec<Request>,
    /// The clocks that run over several steps.
    #[serde(rename = "clock", default)]
    pub clocks: Vec<Clock>,
}

/// What a procedure is called, and the rules that hold for all its cases.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// Unique in the pack; kebab-case.
    pub name: ProcedureName,
    /// Shown to officials, for example `12345 热线工单`.
    pub title: String,
    /// The day from which this text is in force; a case keeps the version under which it was opened.
    #[schemars(with = "crate::calendar::Day")]
    pub version: jiff::civil::Date,
    /// Pattern of case numbers: literal text, `{date}` (YYYYMMDD in the city's zone) and `{serial:6}` (per day, padded).
    pub number: String,
    /// The form with which a case is opened.
    pub form: FormName,
    /// The code table from which `category` is chosen; the tables of several standards may stand beside each other.
    pub categories: String,
    /// The step where a case begins; the first step when absent.
    pub entry: Option<StepName>,
    /// The levels a case may have, mildest first; the first is the default. For example `一般 紧急 重大`.
    #[serde(default)]
    pub levels: Vec<String>,
    /// The kinds a request may be of, for example `咨询 求助 建议 投诉 举报`.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The channels through which a request comes in.
    #[serde(default)]
    pub channels: Vec<String>,
    /// Whether residents may open cases of this procedure (resident page, Open311).
    #[serde(default)]
    pub open_to_residents: bool,
    /// Whether a place is needed to open a case.
    #[serde(default)]
    pub needs_place: bool,
    /// Days within which a second report of the same category nearby is shown as a possible duplicate.
    #[serde(default)]
    pub duplicate_days: Option<u16>,
    /// Metres within which such a report counts as nearby.
    #[serde(default)]
    pub duplicate_metres: Option<u16>,
    /// Own counters that effects raise and conditions read, with their caps: `returns = 2`.
    #[serde(default)]
    pub counters: BTreeMap<String, u16>,
}

/// The public statuses that a step may show as.
pub const STATUSES: [&str; 9] =
    ["待受理", "待派遣", "处置中", "待核查", "待回访", "已办结", "已退回", "已撤回", "挂起"];

/// One step: who holds the case, what they may do, how long they have.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Unique in the procedure; kebab-case.
    pub name: StepName,
    /// Shown at the desk.
    pub title: String,
    /// The public status this step shows as, one of the short words: 待受理 待派遣 处置中 待核查 待回访 已办结 已退回 已撤回 挂起.
    pub shows: String,
    /// Who works here; absent only for a final step (one without exits).
    pub who: Option<Who>,
    /// The stage limit of this step: a key of `limits.csv`.
    pub limit: Option<String>,
    /// The most often a case may enter this step; needed for each step on a loop.
    pub visits_max: Option<u16>,
    /// Whoever acts here handles the matter: they can never close this case (who handles never closes).
    #[serde(default)]
    pub handles: bool,
    /// This step is entered once all these steps' exits to it have been taken (join of parallel branches).
    #[serde(default)]
    pub joins: Vec<StepName>,
    /// The ways out. None: the case ends here.
    #[serde(rename = "exit", default)]
    pub exits: Vec<Exit>,
}

/// Who may work at a step or do an act: a role, in a unit that stands in a relation to the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Who {
    /// The role needed; absent only with `unit = "reporter"` and `unit = "resident"`.
    pub role: Option<RoleName>,
    /// The unit's relation to the case.
    pub unit: UnitRelation,
}

/// How the unit of a step is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum UnitRelation {
    /// The unit in charge of the case (主办).
    Lead,
    /// Each co-handling unit (协办).
    CoHandling,
    /// The unit that opened the case or took it in.
    Intake,
    /// The unit above the lead unit.
    AboveLead,
    /// The person who reported.
    Reporter,
    /// Any resident with an account but the one who reported; only for acts.
    Resident,
    /// The unit responsible for the cell of the case's place.
    Cell,
    /// Any unit whose post has the role.
    Any,
    /// The one named unit.
    Named(UnitCode),
    /// The unit of this kind whose area holds the place, for example `street-office`.
    Kind(String),
}

/// A way out of a step.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exit {
    /// Unique in the step; kebab-case.
    pub name: ExitName,
    /// On the button: a verb, for example `派单`.
    pub title: String,
    /// Where it leads; several steps open parallel branches.
    pub to: Targets,
    /// CEL condition over `case`, `form` and `actor`; the exit is not offered when it is false.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// What has to be filled in.
    pub form: Option<FormName>,
    /// Narrower than the step's `who`, for example a second pair of eyes.
    pub who: Option<Who>,
    /// Taken by the city itself after this key of `limits.csv` has run out; such an exit is never on a button.
    pub after: Option<String>,
    /// What else it does, in this order.
    #[serde(default)]
    pub effects: Vec<Effect>,
}

/// One step or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Targets {
    /// One step.
    One(StepName),
    /// Parallel branches.
    Branches(Vec<StepName>),
}

impl Targets {
    /// The steps, in order.
    pub fn steps(&self) -> &[StepName] {
        match self {
            Self::One(step) => std::slice::from_ref(step),
            Self::Branches(steps) => steps,
        }
    }
}

/// Something that may be done while the case stays in its step: a note, a reassignment, a supervision.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Act {
    /// Unique in the procedure; kebab-case.
    pub name: ActName,
    /// On the button.
    pub title: String,
    /// The steps in which it may be done; empty means in every step that is not final. An ended case can only be
    /// acted on where its final step is named.
    #[serde(rename = "in", default)]
    pub steps: Vec<StepName>,
    /// Who may do it.
    pub who: Who,
    /// CEL condition over `case`, `form` and `actor`.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// What has to be filled in.
    pub form: Option<FormName>,
    /// The limit within which it may be done, counted from the end of an ended case, else from its opening: a key of
    /// `limits.csv`.
    pub within: Option<String>,
    /// An act that ends or moves the case (withdrawal, merging): where to, from whatever step.
    pub to: Option<StepName>,
    /// What it does, in this order.
    #[serde(default)]
    pub effects: Vec<Effect>,
}

/// Something that is asked by one and decided by another: extension, return, suspension, exclusion.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Unique in the procedure; kebab-case.
    pub name: RequestName,
    /// On the button, for example `申请延期`.
    pub title: String,
    /// The steps in which it may be asked; empty means in every step that is not final.
    #[serde(rename = "in", default)]
    pub steps: Vec<StepName>,
    /// Who asks.
    pub who: Who,
    /// CEL condition over `case`, `form` and `actor`.
    #[serde(rename = "if")]
    pub condition: Option<String>,
    /// The form of asking; a field `reason` is always needed.
    pub form: FormName,
    /// The limit within which it may be asked, counted from the start of the lead unit's task: a key of `limits.csv`.
    pub within: Option<String>,
    /// How often it may be granted in one case.
    pub granted_max: Option<u16>,
    /// Who decides; never the asking unit itself.
    pub decided_by: Who,
    /// The form of the decision.
    pub decision_form: Option<FormName>,
    /// The stage limit of the decision: a key of `limits.csv`.
    pub limit: Option<String>,
    /// Where the case goes when it is granted; it stays when absent.
    pub granted_to: Option<StepName>,
    /// What granting does.
    #[serde(default)]
    pub on_grant: Vec<Effect>,
    /// What refusing does.
    #[serde(default)]
    pub on_refusal: Vec<Effect>,
}

/// A clock that runs over steps: it starts, may be paused, extended and restarted, and ends.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Unique in the procedure; kebab-case.
    pub name: ClockName,
    /// Shown at the desk, for example `处置时限`.
    pub title: String,
    /// The key of `limits.csv` that gives its amount by category and level.
    pub limit: String,
    /// How long before the end the yellow card is given: a key of `limits.csv`; none without it.
    pub warn_before: Option<String>,
    /// The steps in which the clock starts when entered (and is not running yet).
    pub starts_in: Vec<StepName>,
    /// The steps in which the clock ends when entered.
    pub ends_in: Vec<StepName>,
}

/// What an exit, an act or a decision does beside moving the case. Closed list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "do", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Effect {
    /// Makes a unit the lead: the form's `unit`, else the first suggestion of the function lists. Keeps the explanation.
    Dispatch,
    /// Dispatches so that the unit may not return it (指定办理).
    Designate,
    /// Moves the lead to the form's `unit`, inside the same unit tree or across it (改派).
    Reassign,
    /// Adds the form's `units` as co-handling units; each gets a task in `step` beside the lead's.
    CoHandle {
        /// The step in which a co-handling unit works.
        step: StepName,
    },
    /// Starts or restarts a clock with its whole limit.
    StartClock {
        /// Which.
        clock: ClockName,
    },
    /// Ends a clock.
    StopClock {
        /// Which.
        clock: ClockName,
    },
    /// Pauses every running clock of the case.
    PauseClocks,
    /// Lets every paused clock run on with what it had left.
    ResumeClocks,
    /// Extends a clock by the form's `amount` (in the clock's unit), at most by the key `max` of `limits.csv`.
    ExtendClock {
        /// Which.
        clock: ClockName,
        /// Key of the longest extension.
        max: String,
    },
    /// Raises one of the procedure's counters.
    Count {
        /// Which.
        counter: String,
    },
    /// Sets a field of the case from a CEL expression: `category`, `level`, `kind`, `title`, `place`, or one of the intake form.
    Set {
        /// The field.
        field: String,
        /// CEL over `case`, `form` and `actor`.
        value: String,
    },
    /// Records a numbered supervision (督办); the form's `manner` and `opinion`, or the given ones.
    Supervise {
        /// How: 电话 短信 督办单 现场 领导批示 联合.
        manner: Option<String>,
    },
    /// Joins this case to the form's `lead_case`; it ends when that one ends and its reporter is told the same.
    Merge,
    /// Records an exclusion from the rates (剔除) with the form's `ground` and evidence.
    Exclude,
    /// Records a call-back: `contacted`, `solved`, `satisfied` (or `unreachable`).
    CallBack,
    /// Records a rating of 1–5 with reasons.
    Rate,
    /// Records the result of handling: `result`, `public_reply`, photos.
    Resolve,
    /// Sends the case through handling again (重办); counts as rework. An ended case is open again.
    Redo,
    /// Notes the acting resident as one who has met with the same (随报): they see the case among their own and are
    /// told when it ends.
    Support,
    /// Closes the case with this outcome.
    Close {
        /// For example `solved`, `answered`, `not-accepted`, `withdrawn`, `merged`, `voided`.
        outcome: String,
    },
    /// Opens another case and links it: `sub` (this one waits on it), `converted` (status echoes), `follow-on`.
    OpenCase {
        /// Its procedure.
        procedure: ProcedureName,
        /// How they are linked.
        link: LinkKind,
        /// The channel by which it comes in, one of its procedure's; this case's own where that is one when absent.
        #[serde(default)]
        channel: Option<String>,
        /// Its category by this case's category; the same category when absent.
        #[serde(default)]
        categories: BTreeMap<CategoryCode, CategoryCode>,
    },
}

/// How two cases are linked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LinkKind {
    /// The other is part of this one; conditions read `case.subcases_open`.
    Sub,
    /// The same matter under another procedure; each sees the other's public status.
    Converted,
    /// The other follows from this one.
    FollowOn,
    /// A duplicate joined to its lead case.
    Merged,
}

/// One row of `limits.csv`: how much time, for which category and level, from when, by which source.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitRow {
    /// The key that steps, exits, clocks and requests name.
    pub key: String,
    /// Category or its prefix; empty for all. The longest prefix in force wins.
    #[serde(default)]
    pub category: String,
    /// Level; empty for all. A row with a level wins over one without.
    #[serde(default)]
    pub level: String,
    /// How many.
    pub amount: u32,
    /// Of what: `urgent-hours` (紧急工作时), `work-hours` (工作时), `work-days` (工作日), `calendar-days`, `minutes`.
    pub unit: String,
    /// In force from this day.
    #[schemars(with = "crate::calendar::Day")]
    pub valid_from: jiff::civil::Date,
    /// Last day in force; empty while it holds.
    #[schemars(with = "Option<crate::calendar::Day>")]
    pub valid_to: Option<jiff::civil::Date>,
    /// The document it comes from, or `demo` for a value made up for the demo city.
    pub source: String,
}
