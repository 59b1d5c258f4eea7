//! One procedure as officials read it: who works at each step, what leads where, how long it may take.

use axum::extract::State;
use baotu_access::AccessState;
use baotu_access::http::{Json, Path, Problem, Signed};
use baotu_pack::procedure::{Act, Effect, Exit, LimitRow, Request, Step, UnitRelation, Who};
use baotu_pack::{CompiledProcedure, Pack};
use baotu_vocabulary::{ProcedureName, StepName};
use serde::Serialize;
use utoipa::ToSchema;

use super::overview::file_of;
use super::{PackDeskRefused, PackDeskState, permit};

/// A procedure.
#[derive(Serialize, ToSchema)]
pub(super) struct PackProcedure {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// The day from which it is in force.
    version: String,
    /// The system that declares it.
    system: String,
    /// The file to edit.
    file: String,
    /// The file of its limits.
    limits_file: String,
    /// The code table of its categories.
    categories: String,
    /// Its levels, mildest first.
    levels: Vec<String>,
    /// Whether residents may open cases of it.
    open_to_residents: bool,
    /// The step where a case begins.
    entry: String,
    /// Its steps, in order.
    steps: Vec<PackStep>,
    /// What may be done without leaving the step.
    acts: Vec<PackAct>,
    /// What is asked by one and decided by another.
    requests: Vec<PackRequest>,
    /// The clocks.
    clocks: Vec<PackClock>,
    /// The limits, as they stand in their file.
    limits: Vec<PackLimit>,
}

/// A step.
#[derive(Serialize, ToSchema)]
struct PackStep {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// The public status it shows as.
    shows: String,
    /// Who works here, in words; nobody at an end.
    who: Option<String>,
    /// The key of its stage limit.
    limit: Option<String>,
    /// Whoever acts here can never close the case.
    handles: bool,
    /// The most often a case may enter it.
    visits_max: Option<u16>,
    /// The ways out.
    exits: Vec<PackExit>,
}

/// A way out of a step.
#[derive(Serialize, ToSchema)]
struct PackExit {
    /// Its name.
    name: String,
    /// On the button.
    title: String,
    /// The titles of the steps it leads to.
    to: Vec<String>,
    /// The form to fill in.
    form: Option<String>,
    /// The condition, as declared.
    condition: Option<String>,
    /// Who, where that is narrower than the step's.
    who: Option<String>,
    /// The limit after which the city takes it by itself.
    after: Option<String>,
    /// What it does beside.
    effects: Vec<String>,
}

/// An act.
#[derive(Serialize, ToSchema)]
struct PackAct {
    /// Its name.
    name: String,
    /// On the button.
    title: String,
    /// The titles of the steps in which it may be done; all when empty.
    steps: Vec<String>,
    /// Who.
    who: String,
    /// The form to fill in.
    form: Option<String>,
    /// The condition, as declared.
    condition: Option<String>,
    /// What it does.
    effects: Vec<String>,
}

/// A request.
#[derive(Serialize, ToSchema)]
struct PackRequest {
    /// Its name.
    name: String,
    /// On the button.
    title: String,
    /// Who asks.
    who: String,
    /// Who decides.
    decided_by: String,
    /// How often it may be granted.
    granted_max: Option<u16>,
    /// Where the case goes when it is granted.
    granted_to: Option<String>,
    /// What granting does.
    on_grant: Vec<String>,
}

/// A clock.
#[derive(Serialize, ToSchema)]
struct PackClock {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// The key of its limit.
    limit: String,
    /// The key of how long before its end the yellow card is given.
    warn_before: Option<String>,
    /// The titles of the steps in which it starts.
    starts_in: Vec<String>,
    /// The titles of the steps in which it ends.
    ends_in: Vec<String>,
}

/// A row of `limits.csv`.
#[derive(Serialize, ToSchema)]
struct PackLimit {
    /// The key.
    key: String,
    /// Category or its prefix; empty for all.
    category: String,
    /// Level; empty for all.
    level: String,
    /// How long, in words.
    limit: String,
    /// In force from this day.
    valid_from: String,
    /// Last day in force.
    valid_to: Option<String>,
    /// The document it comes from.
    source: String,
}

/// A procedure in force, as officials read it. For the system administrator.
#[utoipa::path(get, path = "/api/pack/procedures/{name}", tag = "pack", params(("name" = String, Path)), responses(
    (status = 200, body = PackProcedure), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 404, body = Problem)))]
pub(super) async fn procedure(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
    Path(name): Path<ProcedureName>,
) -> Result<Json<PackProcedure>, Problem> {
    permit(&access, &actor).await?;
    let pack = &state.pack;
    let today = pack.calendar().date_of(access.now());
    let procedure = pack.procedure(&name, today).ok_or(PackDeskRefused::Unknown)?;
    Ok(Json(Reading { pack, procedure }.whole()))
}

struct Reading<'a> {
    pack: &'a Pack,
    procedure: &'a CompiledProcedure,
}

impl Reading<'_> {
    fn whole(&self) -> PackProcedure {
        let (head, declared) = (self.procedure.head(), self.procedure.declared());
        PackProcedure {
            name: head.name.to_string(),
            title: head.title.clone(),
            version: head.version.to_string(),
            system: self.procedure.system().to_string(),
            file: file_of(self.pack, self.procedure),
            limits_file: format!("{}/limits.csv", self.procedure.system()),
            categories: head.categories.clone(),
            levels: head.levels.clone(),
            open_to_residents: head.open_to_residents,
            entry: self.title(self.procedure.entry()),
            steps: declared.steps.iter().map(|step| self.step(step)).collect(),
            acts: declared.acts.iter().map(|act| self.act(act)).collect(),
            requests: declared.requests.iter().map(|request| self.request(request)).collect(),
            clocks: declared
                .clocks
                .iter()
                .map(|clock| PackClock {
                    name: clock.name.to_string(),
                    title: clock.title.clone(),
                    limit: clock.limit.clone(),
                    warn_before: clock.warn_before.clone(),
                    starts_in: self.titles(&clock.starts_in),
                    ends_in: self.titles(&clock.ends_in),
                })
                .collect(),
            limits: self.procedure.limits().rows().iter().map(limit).collect(),
        }
    }

    fn step(&self, step: &Step) -> PackStep {
        PackStep {
            name: step.name.to_string(),
            title: step.title.clone(),
            shows: step.shows.clone(),
            who: step.who.as_ref().map(|who| self.who(who)),
            limit: step.limit.clone(),
            handles: step.handles,
            visits_max: step.visits_max,
            exits: step.exits.iter().map(|exit| self.exit(exit)).collect(),
        }
    }

    fn exit(&self, exit: &Exit) -> PackExit {
        PackExit {
            name: exit.name.to_string(),
            title: exit.title.clone(),
            to: self.titles(exit.to.steps()),
            form: exit.form.as_ref().map(ToString::to_string),
            condition: exit.condition.clone(),
            who: exit.who.as_ref().map(|who| self.who(who)),
            after: exit.after.clone(),
            effects: exit.effects.iter().map(|effect| self.effect(effect)).collect(),
        }
    }

    fn act(&self, act: &Act) -> PackAct {
        PackAct {
            name: act.name.to_string(),
            title: act.title.clone(),
            steps: self.titles(&act.steps),
            who: self.who(&act.who),
            form: act.form.as_ref().map(ToString::to_string),
            condition: act.condition.clone(),
            effects: act.effects.iter().map(|effect| self.effect(effect)).collect(),
        }
    }

    fn request(&self, request: &Request) -> PackRequest {
        PackRequest {
            name: request.name.to_string(),
            title: request.title.clone(),
            who: self.who(&request.who),
            decided_by: self.who(&request.decided_by),
            granted_max: request.granted_max,
            granted_to: request.granted_to.as_ref().map(|step| self.title(step)),
            on_grant: request.on_grant.iter().map(|effect| self.effect(effect)).collect(),
        }
    }

    fn title(&self, step: &StepName) -> String {
        self.procedure.step(step).map_or_else(|| step.to_string(), |step| step.title.clone())
    }

    fn titles(&self, steps: &[StepName]) -> Vec<String> {
        steps.iter().map(|step| self.title(step)).collect()
    }

    /// Who works somewhere, in words: `主办单位的承办人`.
    fn who(&self, who: &Who) -> String {
        let role = who
            .role
            .as_ref()
            .map(|name| self.pack.role(name).map_or_else(|| name.to_string(), |role| role.title.clone()));
        let unit = match &who.unit {
            UnitRelation::Lead => "主办单位".to_owned(),
            UnitRelation::CoHandling => "协办单位".to_owned(),
            UnitRelation::Intake => "受理单位".to_owned(),
            UnitRelation::AboveLead => "主办单位的上级".to_owned(),
            UnitRelation::Reporter => return "诉求人".to_owned(),
            UnitRelation::Resident => return "任一居民".to_owned(),
            UnitRelation::Cell => "单元网格的责任单位".to_owned(),
            UnitRelation::Any => "任一单位".to_owned(),
            UnitRelation::Named(code) => {
                let unit = self.pack.units().get(code.as_str());
                unit.map_or_else(|| code.to_string(), |unit| unit.name.clone())
            }
            UnitRelation::Kind(_) => "所在地相应单位".to_owned(),
        };
        match role {
            Some(role) => format!("{unit}的{role}"),
            None => unit,
        }
    }

    /// What an effect does, in words.
    fn effect(&self, effect: &Effect) -> String {
        let clock = |name: &baotu_vocabulary::ClockName| {
            self.procedure.clock(name).map_or_else(|| name.to_string(), |clock| clock.title.clone())
        };
        match effect {
            Effect::Dispatch => "派给主办单位".to_owned(),
            Effect::Designate => "指定办理，不得退单".to_owned(),
            Effect::Reassign => "改派".to_owned(),
            Effect::CoHandle { step } => format!("增加协办单位，在“{}”办理", self.title(step)),
            Effect::StartClock { clock: name } => format!("开始{}", clock(name)),
            Effect::StopClock { clock: name } => format!("停止{}", clock(name)),
            Effect::PauseClocks => "暂停全部时限".to_owned(),
            Effect::ResumeClocks => "恢复全部时限".to_owned(),
            Effect::ExtendClock { clock: name, max } => format!("延长{}，不超过 {max}", clock(name)),
            Effect::Count { counter } => format!("计数 {counter}"),
            Effect::Set { field, value } => format!("更改 {field} = {value}"),
            Effect::Supervise { manner: Some(manner) } => format!("督办（{manner}）"),
            Effect::Supervise { manner: None } => "督办".to_owned(),
            Effect::Merge => "并入主件".to_owned(),
            Effect::Exclude => "剔除，不计入考核".to_owned(),
            Effect::CallBack => "记录回访".to_owned(),
            Effect::Rate => "记录评价".to_owned(),
            Effect::Resolve => "记录办理结果".to_owned(),
            Effect::Redo => "重办".to_owned(),
            Effect::Support => "记为随报".to_owned(),
            Effect::Close { outcome } => format!("办结（{outcome}）"),
            Effect::OpenCase { procedure, .. } => format!("另立案件（{procedure}）"),
        }
    }
}

fn limit(row: &LimitRow) -> PackLimit {
    PackLimit {
        key: row.key.clone(),
        category: row.category.clone(),
        level: row.level.clone(),
        limit: row.limit().map_or_else(|| format!("{} {}", row.amount, row.unit), |limit| limit.to_string()),
        valid_from: row.valid_from.to_string(),
        valid_to: row.valid_to.map(|day| day.to_string()),
        source: row.source.clone(),
    }
}
