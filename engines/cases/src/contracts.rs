//! What this engine says (events), answers (facts) and can be asked to do (actions), as types with JSON Schemas.
//!
//! Events carry ids and codes, never names, telephone numbers or words of a reporter.

use std::collections::BTreeSet;

use baotu_pack::Pack;
use baotu_vocabulary::contract::schema_of;
use baotu_vocabulary::{
    ActionContract, CaseId, CategoryCode, ClockName, Contracts, DecisionId, EventContract, FactContract,
    Moment, PersonId, Point, ProcedureName, RequestId, RequestName, StepName, SystemName, UnitCode,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::case::CaseState;

/// What every event of a case says, as the case stands after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseTold {
    /// The case.
    pub case_id: CaseId,
    /// Its number.
    pub number: String,
    /// Its procedure.
    pub procedure: ProcedureName,
    /// The system that declares the procedure.
    pub system: SystemName,
    /// Its category.
    pub category: CategoryCode,
    /// The category's name.
    pub category_name: String,
    /// Its level; empty when the procedure has none.
    pub level: String,
    /// Its kind.
    pub kind: Option<String>,
    /// How it came in.
    pub channel: Option<String>,
    /// Its public status.
    pub status: String,
    /// The step it stands in, the first of several; the last one of a closed case.
    pub step: StepName,
    /// The unit in charge.
    pub lead_unit: Option<UnitCode>,
    /// The unit that took it in.
    pub intake_unit: Option<UnitCode>,
    /// The co-handling units.
    pub co_units: Vec<UnitCode>,
    /// The reporter's account.
    pub reporter: Option<PersonId>,
    /// The reporter shall not be named.
    pub confidential: bool,
    /// The smallest known division of its place.
    pub division: Option<String>,
    /// Its place.
    pub place: Option<Point>,
    /// By when it has to be done.
    pub due_at: Option<Moment>,
    /// How it ended.
    pub outcome: Option<String>,
    /// Its version after this.
    pub version: i64,
}

impl CaseTold {
    /// What is told of a case as it stands.
    pub fn of(case: &CaseState) -> Self {
        let place = case.place.as_ref();
        let last = || case.tasks.last().map(|task| task.step.clone());
        Self {
            case_id: case.id,
            number: case.number.clone(),
            procedure: case.procedure.name.clone(),
            system: case.procedure.system.clone(),
            category: case.category.code.clone(),
            category_name: case.category.name.clone(),
            level: case.level.clone(),
            kind: case.kind.clone(),
            channel: case.channel.clone(),
            status: case.status.clone(),
            step: case.steps().into_iter().next().or_else(last).unwrap_or_else(|| StepName::from("")),
            lead_unit: case.lead_unit.clone(),
            intake_unit: case.intake_unit.clone(),
            co_units: case.co_units.clone(),
            reporter: case.reporter,
            confidential: case.confidential,
            division: place.and_then(|place| place.division.clone()),
            place: place.and_then(|place| place.point),
            due_at: case.due().map(|due| due.at),
            outcome: case.outcome.clone(),
            version: case.version,
        }
    }
}

macro_rules! events {
    ($($(#[$doc:meta])* $name:ident = $kind:literal, $about:literal { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
            pub struct $name {
                $($(#[$field_doc])* pub $field: $type,)*
            }

            impl Said for $name {
                const KIND: &'static str = $kind;
            }
        )*

        fn event_contracts() -> Vec<EventContract> {
            vec![$(EventContract { name: $kind, about: $about, data: joined(schema_of::<CaseTold>(), schema_of::<$name>()) },)*]
        }
    };
}

/// What one kind of event says beside [`CaseTold`].
pub(crate) trait Said: Serialize {
    /// Its name.
    const KIND: &'static str;
}

events! {
    /// A case was opened.
    Opened = "cases.opened", "立案：一个案件开始了" {
        /// Who opened it: `resident`, `official`, `client` or `city`.
        opened_by: String,
        /// The case by which it was opened.
        from_case: Option<CaseId>,
    }
    /// Any decision, time's included.
    Decided = "cases.decided", "作出了一项办理决定（每次都说，具体事件另有）" {
        /// The decision.
        decision: DecisionId,
        /// What kind: `open`, `exit`, `act`, `request`, `grant`, `refuse` or `clock`.
        decision_kind: String,
        /// The exit, act or request.
        take: String,
        /// The steps it stood in.
        from: Vec<StepName>,
        /// The steps it stands in afterwards.
        to: Vec<StepName>,
        /// Who: `resident`, `official`, `client` or `city`.
        by: String,
        /// The acting unit.
        by_unit: Option<UnitCode>,
    }
    /// A unit was put in charge.
    Dispatched = "cases.dispatched", "派单：确定了主办单位" {
        /// The unit.
        unit: UnitCode,
        /// The unit before it.
        before: Option<UnitCode>,
        /// It may not return the case.
        designated: bool,
        /// Why this unit.
        why: String,
    }
    /// Units were asked to help.
    CoHandled = "cases.co_handled", "协办：增加了协办单位" {
        /// The units that came in.
        units: Vec<UnitCode>,
    }
    /// A return was granted.
    Returned = "cases.returned", "退单：退单申请获准" {
        /// The unit that returned it.
        unit: Option<UnitCode>,
        /// How often that has happened to the case.
        returns: u16,
        /// The reason given.
        reason: Option<String>,
    }
    /// Something was asked for that another decides.
    Requested = "cases.requested", "提出了申请（延期、退单、挂起、剔除等）" {
        /// The request.
        request_id: RequestId,
        /// Which.
        request: RequestName,
        /// Shown.
        request_title: String,
        /// The asking unit.
        unit: Option<UnitCode>,
        /// The unit that may decide; none when any with the role may.
        decider_unit: Option<UnitCode>,
    }
    /// A request was granted.
    RequestGranted = "cases.request_granted", "申请获准" {
        /// The request.
        request_id: RequestId,
        /// Which.
        request: RequestName,
        /// Shown.
        request_title: String,
        /// The asking unit.
        unit: Option<UnitCode>,
    }
    /// A request was refused.
    RequestRefused = "cases.request_refused", "申请未获准" {
        /// The request.
        request_id: RequestId,
        /// Which.
        request: RequestName,
        /// Shown.
        request_title: String,
        /// The asking unit.
        unit: Option<UnitCode>,
    }
    /// A request was not decided in time.
    RequestOverdue = "cases.request_overdue", "申请逾期未审批" {
        /// The request.
        request_id: RequestId,
        /// Which.
        request: RequestName,
        /// The unit that may decide.
        decider_unit: Option<UnitCode>,
    }
    /// A yellow card.
    ClockWarned = "cases.clock_warned", "黄牌：时限将到" {
        /// The clock.
        clock: ClockName,
        /// Its title.
        clock_title: String,
        /// The number of the card.
        card: String,
        /// When the limit ends.
        clock_due_at: Moment,
    }
    /// A red card.
    ClockOverdue = "cases.clock_overdue", "红牌：时限已过" {
        /// The clock.
        clock: ClockName,
        /// Its title.
        clock_title: String,
        /// The number of the card.
        card: String,
        /// When the limit ended.
        clock_due_at: Moment,
    }
    /// The stage limit of a step has run out.
    StepOverdue = "cases.step_overdue", "环节超时：本环节的时限已过" {
        /// The step.
        overdue_step: StepName,
        /// The unit that holds it.
        unit: Option<UnitCode>,
    }
    /// A numbered supervision.
    Supervised = "cases.supervised", "督办：发出了督办" {
        /// Its number.
        supervision: String,
        /// How.
        manner: Option<String>,
        /// The unit supervised.
        unit: Option<UnitCode>,
    }
    /// A result was given.
    Resolved = "cases.resolved", "办理结果已反馈" {
        /// Whether there is a reply for the reporter; its words are told by the fact `cases.case`.
        has_reply: bool,
    }
    /// The reporter was called back.
    CalledBack = "cases.called_back", "已回访" {
        /// Whether the unit had contacted them.
        contacted: bool,
        /// Whether it is solved.
        solved: bool,
        /// Whether they are satisfied.
        satisfied: bool,
        /// Nobody answered.
        unreachable: bool,
    }
    /// The reporter rated.
    Rated = "cases.rated", "已评价" {
        /// 1 to 5.
        grade: u8,
    }
    /// The case is handled again.
    Redone = "cases.redone", "重办：重新办理" {
        /// How often that has happened.
        redone: u16,
    }
    /// The case was joined to another.
    Merged = "cases.merged", "并案：并入了主件" {
        /// The case it was joined to.
        lead_case: CaseId,
        /// Its number.
        lead_number: String,
    }
    /// The reporter took it back.
    Withdrawn = "cases.withdrawn", "撤诉：诉求人撤回" {
    }
    /// The case is left out of the rates.
    Excluded = "cases.excluded", "剔除：不计入考核" {
        /// The ground.
        ground: String,
    }
    /// The case was closed.
    Closed = "cases.closed", "办结" {
        /// Whether the result was given within the limit; true when no clock ever ran.
        on_time: bool,
    }
    /// The case was closed: told once for each resident who has met with the same.
    ClosedForSupporter = "cases.closed_for_supporter", "办结：对每位随报人各说一次" {
        /// The resident.
        supporter: PersonId,
    }
    /// A resident has met with the same.
    Supported = "cases.supported", "随报：又有一位居民遇到同一问题" {
        /// The resident.
        supporter: PersonId,
        /// How many have by now.
        supporters: u64,
    }
    /// A case was linked to this one.
    Linked = "cases.linked", "关联了另一案件" {
        /// The other case.
        linked_case: CaseId,
        /// Its procedure.
        linked_procedure: ProcedureName,
        /// `sub`, `converted` or `follow-on`.
        link: String,
    }
    /// Due times were computed again from a year that is announced now.
    DueCorrected = "cases.due_corrected", "期限按新公布的放假安排重新计算" {
        /// When it was due by the provisional calendar.
        before: Option<Moment>,
    }
}

/// The name by which the public status of a case that was taken back is known.
pub const OUTCOME_WITHDRAWN: &str = "withdrawn";

/// The question of `cases.case`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CaseQuestion {
    /// The case.
    pub case_id: CaseId,
}

/// The question of `cases.linked`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkedQuestion {
    /// A case at either end of the link.
    pub case_id: CaseId,
    /// `sub`, `converted`, `follow-on` or `merged`.
    pub link: String,
}

/// The answer of `cases.case` and `cases.linked`: [`CaseTold`] and who opened it; `null` when there is no such case.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct CaseAnswer {
    /// One line.
    pub title: String,
    /// What the reporter was told.
    pub public_reply: Option<String>,
    /// Joined to this case.
    pub lead_case: Option<CaseId>,
    /// Who opened it: `resident`, `official`, `client` or `city`.
    pub opened_by: String,
    /// The name of the unit in charge.
    pub lead_unit_name: Option<String>,
    /// Whether it is closed.
    pub closed: bool,
}

/// The question of `cases.of_origin`: the newest case that was opened for it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginQuestion {
    /// The origin, as it was given when the case was opened.
    pub origin: String,
}

/// The question of `cases.near`: likely duplicates.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NearQuestion {
    /// The procedure.
    pub procedure: ProcedureName,
    /// The category.
    pub category: CategoryCode,
    /// Longitude in CGCS2000 degrees.
    pub lon: f64,
    /// Latitude in CGCS2000 degrees.
    pub lat: f64,
}

/// The answer of `cases.near`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct NearAnswer {
    /// Numbers of the cases, the nearest first.
    pub numbers: Vec<String>,
}

/// What `cases.open` needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenAction {
    /// The procedure.
    pub procedure: ProcedureName,
    /// The case it comes from: what is not given here is taken over from it.
    #[serde(default)]
    pub from_case: Option<CaseId>,
    /// How they are linked: `sub`, `converted` or `follow-on`.
    #[serde(default)]
    pub link: Option<String>,
    /// The category; that of the case it comes from when absent.
    #[serde(default)]
    pub category: Option<CategoryCode>,
    /// The level.
    #[serde(default)]
    pub level: Option<String>,
    /// One line.
    #[serde(default)]
    pub title: Option<String>,
    /// What it is about.
    #[serde(default)]
    pub text: Option<String>,
    /// Longitude in CGCS2000 degrees.
    #[serde(default)]
    pub lon: Option<f64>,
    /// Latitude in CGCS2000 degrees.
    #[serde(default)]
    pub lat: Option<f64>,
    /// The address.
    #[serde(default)]
    pub address: Option<String>,
    /// The intake form.
    #[serde(default)]
    pub form: Map<String, Json>,
    /// The channel, one of the procedure's.
    #[serde(default)]
    pub channel: Option<String>,
    /// What it is opened for, each in the words of whoever said the event, for example `alarm:<id>`: by it the case is
    /// found again.
    #[serde(default)]
    pub origins: Vec<String>,
}

/// What `cases.act` needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ActAction {
    /// The case.
    pub case_id: CaseId,
    /// The exit or act to take.
    pub take: String,
    /// The form.
    #[serde(default)]
    pub form: Map<String, Json>,
}

/// The answer of `cases.case` and `cases.linked` about a case.
pub fn case_answer(pack: &Pack, case: &CaseState) -> Json {
    let units = pack.units();
    let lead = case.lead_unit.as_ref().and_then(|unit| units.get(unit.as_str()));
    let answer = CaseAnswer {
        title: case.title.clone(),
        public_reply: case.resolution.as_ref().and_then(|resolution| resolution.public_reply.clone()),
        lead_case: case.lead_case,
        opened_by: case.opened_by.kind.word().to_owned(),
        lead_unit_name: lead.map(|unit| unit.name.clone()),
        closed: !case.is_open(),
    };
    let mut told = serde_json::to_value(CaseTold::of(case)).expect("codes, ids and times");
    let own = serde_json::to_value(answer).expect("texts and flags");
    if let (Json::Object(told), Json::Object(own)) = (&mut told, own) {
        told.extend(own);
    }
    told
}

/// The contracts of this engine.
pub fn contracts() -> Contracts {
    let fact = |name, about, question, answer| FactContract { name, about, question, answer };
    let action = |name, about, arguments| ActionContract { name, about, arguments };
    let case_answer = || joined(schema_of::<CaseTold>(), schema_of::<CaseAnswer>());
    Contracts {
        events: event_contracts(),
        facts: vec![
            fact("cases.case", "一个案件现在的情况", schema_of::<CaseQuestion>(), case_answer()),
            fact("cases.linked", "与案件关联的另一案件", schema_of::<LinkedQuestion>(), case_answer()),
            fact(
                "cases.of_origin",
                "为某个来源（如报警）立的最新案件",
                schema_of::<OriginQuestion>(),
                case_answer(),
            ),
            fact("cases.near", "附近近期的同类案件", schema_of::<NearQuestion>(), schema_of::<NearAnswer>()),
        ],
        actions: vec![
            action("cases.open", "立一个案件", schema_of::<OpenAction>()),
            action("cases.act", "在一个案件上办理（出口或办理动作）", schema_of::<ActAction>()),
        ],
        ..Contracts::default()
    }
}

/// One object schema with the properties of both.
fn joined(mut schema: Json, other: Json) -> Json {
    if let (Some(mine), Some(theirs)) =
        (schema["properties"].as_object_mut(), other["properties"].as_object())
    {
        mine.extend(theirs.clone());
    }
    let required = |schema: &Json| -> BTreeSet<String> {
        let names = schema["required"].as_array().into_iter().flatten();
        names.filter_map(|name| name.as_str().map(str::to_owned)).collect()
    };
    let both: Vec<String> = required(&schema).union(&required(&other)).cloned().collect();
    schema["required"] = both.into();
    if let Some(object) = schema.as_object_mut() {
        object.remove("title");
        object.remove("description");
    }
    schema
}
