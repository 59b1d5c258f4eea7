//! A pack's examples, played through the engine in memory and in simulated time: same decisions, same reactions.
//!
//! There is no table and no queue here: a reaction runs at once after the event it waits for, and a notice is only its
//! template's name. What a place lies in is asked of whoever knows.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use baotu_pack::system::{Example, ExampleAct};
use baotu_pack::{CompiledReaction, Pack};
use baotu_vocabulary::{
    Actor, CaseId, CategoryCode, DecisionId, Event, Moment, OfficialActor, PersonId, Point, PostCode,
    ProcedureName, Refusal, RequestName,
};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::case::{CasePlace, CaseState, RequestState, link_word};
use crate::contracts::{ActAction, CaseQuestion, LinkedQuestion, OpenAction, case_answer};
use crate::decide::{self, Answer, Ask, Take};
use crate::declaration::Declaration;
use crate::number::case_number;
use crate::outcome::{Gathered, LeadCase, Opening, Outcome};
use crate::refusal::{OpenRefused, TakeRefused};
use crate::sweep::sweep;

/// Turns that one act of an example may set off, by time and by reactions, before it counts as a loop.
const TURNS_MAX: usize = 200;
/// The person behind every post and every resident of an example is derived from this.
const PEOPLE: Uuid = Uuid::from_u128(0x6261_6f74_752d_7265_6865_6172_7361_6c00);
/// Who reports in an example, unless it says otherwise.
const RESIDENT: &str = "resident";

/// Where a point or an address lies, in the words of a case; nothing for a place outside the city.
pub type Locate<'a> = &'a dyn Fn(Option<Point>, Option<&str>) -> Option<CasePlace>;

/// What an example said that did not come true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The act, from 1; 0 for what must hold at the end.
    pub act: usize,
    /// What was expected, and what came.
    pub reason: String,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.act {
            0 => write!(f, "结果不符：{}", self.reason),
            act => write!(f, "第 {act} 步：{}", self.reason),
        }
    }
}

impl std::error::Error for Mismatch {}

/// Plays an example of the pack and compares what came of it.
///
/// # Errors
/// The first thing that did not come as the example says.
pub fn rehearse(pack: &Pack, example: &Example, locate: Locate<'_>) -> Result<(), Mismatch> {
    let start = moment(&example.at).map_err(|reason| Mismatch { act: 0, reason })?;
    let mut stage = Stage::new(pack, locate, start);
    for (index, act) in example.acts.iter().enumerate() {
        stage.play(example, act).map_err(|reason| Mismatch { act: index + 1, reason })?;
    }
    stage.compare(example).map_err(|reason| Mismatch { act: 0, reason })
}

/// Why something could not be done on the stage.
enum Failed {
    /// The engine refused, by this code.
    Refused(&'static str, String),
    /// The example asks for something that cannot be played.
    Example(String),
}

impl From<OpenRefused> for Failed {
    fn from(refused: OpenRefused) -> Self {
        Self::refused(&refused)
    }
}

impl From<TakeRefused> for Failed {
    fn from(refused: TakeRefused) -> Self {
        Self::refused(&refused)
    }
}

impl Failed {
    fn refused(refused: &dyn Refusal) -> Self {
        let fields: Vec<String> =
            refused.fields().into_iter().map(|(field, fault)| format!("{field}：{fault}")).collect();
        let fields = if fields.is_empty() { String::new() } else { format!("（{}）", fields.join("；")) };
        Self::Refused(refused.code(), format!("{refused}{fields}"))
    }
}

/// A city of a few cases.
struct Stage<'a> {
    pack: &'a Pack,
    locate: Locate<'a>,
    now: Moment,
    cases: Vec<CaseState>,
    /// The kinds of event, in order.
    events: Vec<String>,
    notices: Vec<String>,
    serials: BTreeMap<String, u64>,
    ids: u64,
    waiting: VecDeque<Event>,
}

impl<'a> Stage<'a> {
    fn new(pack: &'a Pack, locate: Locate<'a>, now: Moment) -> Self {
        Self {
            pack,
            locate,
            now,
            cases: Vec::new(),
            events: Vec::new(),
            notices: Vec::new(),
            serials: BTreeMap::new(),
            ids: 0,
            waiting: VecDeque::new(),
        }
    }

    fn play(&mut self, example: &Example, act: &ExampleAct) -> Result<(), String> {
        if let Some(at) = &act.at {
            self.pass_time(moment(at)?)?;
        }
        let Some(take) = &act.take else { return Ok(()) };
        let actor = self.actor(act.by.as_deref().unwrap_or(RESIDENT))?;
        let before = self.cases.clone();
        let done = self.perform(example, act, take, &actor);
        match (done, &act.refused) {
            (Ok(()), None) => self.react(),
            (Ok(()), Some(code)) => Err(format!("“{take}”应被拒绝（{code}），却办成了")),
            (Err(Failed::Refused(code, _)), Some(expected)) if code == expected => {
                if self.cases == before {
                    Ok(())
                } else {
                    Err(format!("“{take}”被拒绝后案件却变了"))
                }
            }
            (Err(Failed::Refused(code, reason)), expected) => {
                let expected = expected.as_ref().map_or_else(String::new, |code| format!("，应为 {code}"));
                Err(format!("“{take}”被拒绝：{reason}（{code}{expected}）"))
            }
            (Err(Failed::Example(reason)), _) => Err(reason),
        }
    }

    fn perform(
        &mut self,
        example: &Example,
        act: &ExampleAct,
        take: &str,
        actor: &Actor,
    ) -> Result<(), Failed> {
        if take == "open" {
            let procedure = ProcedureName::from(example.procedure.as_str());
            return self.open(&procedure, act.form.clone(), actor);
        }
        let index = act.case_index.unwrap_or(0);
        let state = self.cases.get(index).cloned();
        let state = state.ok_or_else(|| Failed::Example(format!("还没有第 {index} 个案件（从 0 起）")))?;
        let declaration = self.declaration(&state)?;
        let gathered = self.gathered(&state, &act.form);
        let decision = self.next_id();
        let name = RequestName::from(take);
        let form = act.form.clone();
        let version = state.version;
        let outcome = match act.decide.as_deref() {
            Some(word) => {
                let asked = state
                    .requests
                    .iter()
                    .rfind(|asked| asked.name == name && asked.state == RequestState::Asked);
                let request = asked
                    .map_or_else(|| baotu_vocabulary::RequestId::derived(PEOPLE, take), |asked| asked.id);
                let answer = Answer { decision, version, request, grant: word == "grant", form };
                decide::decide_request(&state, &declaration, &answer, actor, &gathered, self.now)?
            }
            None if declaration.procedure.request(&name).is_some() => {
                let ask = Ask { decision, version, request: name, form };
                decide::request(&state, &declaration, &ask, actor, &gathered, self.now)?
            }
            None => {
                let take = Take { decision, version, task: None, take: take.to_owned(), form };
                decide::decide(&state, &declaration, &take, actor, &gathered, self.now)?
            }
        };
        self.keep(outcome)
    }

    /// Opens a case; what the intake form does not have of the example's form stands beside it.
    fn open(&mut self, name: &ProcedureName, filled: Map<String, Json>, actor: &Actor) -> Result<(), Failed> {
        let declaration = Declaration::in_force(self.pack, name, self.now)
            .ok_or_else(|| OpenRefused::UnknownProcedure(name.to_string()))?;
        let opening = self.opening(&declaration, filled)?;
        let outcome = decide::open(&declaration, opening, actor, self.now)?;
        self.keep(outcome)
    }

    fn opening(
        &mut self,
        declaration: &Declaration<'_>,
        mut form: Map<String, Json>,
    ) -> Result<Opening, Failed> {
        let intake = declaration.procedure.intake();
        let text =
            |form: &Map<String, Json>, field: &str| form.get(field).and_then(Json::as_str).map(str::to_owned);
        let place = match form.get("place") {
            Some(place) => Some(self.located(place).ok_or(OpenRefused::PlaceOutside)?),
            None => None,
        };
        let opening = Opening {
            id: CaseId::derived(PEOPLE, &format!("case-{}", self.cases.len())),
            number: self.number(declaration),
            decision: self.next_id(),
            category: CategoryCode::from(text(&form, "category").unwrap_or_default()),
            level: text(&form, "level"),
            kind: text(&form, "kind"),
            channel: text(&form, "channel"),
            title: text(&form, "title").unwrap_or_default(),
            text: text(&form, "text").unwrap_or_default(),
            place,
            confidential: form.get("confidential").and_then(Json::as_bool).unwrap_or(false),
            form: Map::new(),
            synthetic: false,
            reporter: None,
            intake_unit: None,
            link: None,
            source: None,
        };
        for beside in ["category", "level", "kind", "channel", "title", "text", "place", "confidential"] {
            if !intake.has(beside) {
                form.remove(beside);
            }
        }
        Ok(Opening { form, ..opening })
    }

    /// Keeps an outcome: the case, the cases it opens, the events that reactions wait for.
    fn keep(&mut self, outcome: Outcome) -> Result<(), Failed> {
        let mut opened = Vec::new();
        for linked in &outcome.opens {
            let target = Declaration::in_force(self.pack, &linked.procedure, self.now)
                .ok_or_else(|| OpenRefused::UnknownProcedure(linked.procedure.to_string()))
                .map_err(TakeRefused::LinkedCase)?;
            let number = self.number(&target);
            let outcome =
                decide::open_linked(&target, linked, number, self.now).map_err(TakeRefused::LinkedCase)?;
            opened.push(outcome);
        }
        for outcome in std::iter::once(outcome).chain(opened) {
            self.events.extend(outcome.events.iter().map(|event| event.kind.clone()));
            self.waiting.extend(outcome.events);
            match self.cases.iter_mut().find(|case| case.id == outcome.state.id) {
                Some(case) => *case = outcome.state,
                None => self.cases.push(outcome.state),
            }
        }
        Ok(())
    }

    /// Runs the reactions on what was said, and on what those say, and lets joined cases follow their lead.
    fn react(&mut self) -> Result<(), String> {
        for _ in 0..TURNS_MAX {
            let Some(event) = self.waiting.pop_front() else { return Ok(()) };
            if event.kind == "cases.closed" {
                self.follow_lead(&event.subject);
            }
            let told = json!({
                "id": event.id, "source": event.source, "type": event.kind, "subject": event.subject,
                "time": event.time, "data": event.data,
            });
            let pack = self.pack;
            for reaction in pack.reactions_on(&event.kind) {
                self.run(reaction, &told).map_err(|reason| format!("联动“{}”：{reason}", reaction.name()))?;
            }
        }
        Err(format!("联动超过 {TURNS_MAX} 次仍未停止"))
    }

    fn run(&mut self, reaction: &CompiledReaction, event: &Json) -> Result<(), String> {
        let mut facts = Map::new();
        for question in &reaction.questions {
            let asked = question.question(event).map_err(|fault| fault.to_string())?;
            facts.insert(question.name.clone(), self.fact(&question.ask, asked)?);
        }
        if !reaction.holds(event, &facts).map_err(|fault| fault.to_string())? {
            return Ok(());
        }
        let arguments = reaction.arguments(event, &facts).map_err(|fault| fault.to_string())?;
        let actor = Actor::city(format!("reaction:{}", reaction.name()));
        match reaction.declared.action.as_str() {
            "notices.send" => {
                self.notices.push(arguments["template"].as_str().unwrap_or_default().to_owned());
                Ok(())
            }
            "cases.act" => {
                let action: ActAction =
                    serde_json::from_value(arguments).map_err(|error| error.to_string())?;
                self.act(&action, &actor)
            }
            "cases.open" => {
                let action: OpenAction =
                    serde_json::from_value(arguments).map_err(|error| error.to_string())?;
                self.open_by_reaction(action, &actor)
            }
            other => Err(format!("没有“{other}”这一动作")),
        }
    }

    fn act(&mut self, action: &ActAction, actor: &Actor) -> Result<(), String> {
        let state = self.case(action.case_id).ok_or("没有这个案件")?.clone();
        let declaration = self.declaration(&state).map_err(|failed| told(&failed))?;
        let gathered = self.gathered(&state, &action.form);
        let take = Take {
            decision: self.next_id(),
            version: state.version,
            task: None,
            take: action.take.clone(),
            form: action.form.clone(),
        };
        let outcome = decide::decide(&state, &declaration, &take, actor, &gathered, self.now);
        let outcome = outcome.map_err(|refused| told(&Failed::refused(&refused)))?;
        self.keep(outcome).map_err(|failed| told(&failed))
    }

    fn open_by_reaction(&mut self, action: OpenAction, actor: &Actor) -> Result<(), String> {
        let mut form = action.form;
        let mut beside = |field: &str, value: Option<Json>| {
            if let Some(value) = value {
                form.entry(field).or_insert(value);
            }
        };
        let from = action.from_case.and_then(|id| self.case(id));
        let category = action.category.map(|code| code.to_string());
        beside(
            "category",
            category.or_else(|| from.map(|case| case.category.code.to_string())).map(Json::from),
        );
        beside("level", action.level.map(Json::from));
        beside("title", action.title.or_else(|| from.map(|case| case.title.clone())).map(Json::from));
        beside("text", action.text.or_else(|| from.map(|case| case.text.clone())).map(Json::from));
        let point = from.and_then(|case| case.place.as_ref()?.point);
        let lon = action.lon.or_else(|| point.map(Point::lon));
        let lat = action.lat.or_else(|| point.map(Point::lat));
        if let (Some(lon), Some(lat)) = (lon, lat) {
            beside("place", Some(json!({"lon": lon, "lat": lat, "address": action.address})));
        }
        self.open(&action.procedure, form, actor).map_err(|failed| told(&failed))
    }

    fn follow_lead(&mut self, lead: &str) {
        let Some(lead) = self.cases.iter().find(|case| case.id.to_string() == lead).cloned() else { return };
        let joined: Vec<CaseState> =
            self.cases.iter().filter(|case| case.lead_case == Some(lead.id)).cloned().collect();
        for case in joined {
            let decision = self.next_id();
            let outcome = Declaration::of_case(self.pack, &case)
                .and_then(|declaration| decide::follow(&case, &declaration, &lead, decision, self.now));
            if let Some(Err(_)) = outcome.map(|outcome| self.keep(outcome)) {
                return;
            }
        }
    }

    /// Lets time pass, doing what it does by itself at the moment when it is due.
    fn pass_time(&mut self, until: Moment) -> Result<(), String> {
        if until < self.now {
            return Err("时间不能倒退".to_owned());
        }
        for _ in 0..TURNS_MAX {
            let calendar = self.pack.calendar();
            let due = self.cases.iter().filter_map(|case| Some((case.next_clock_at(calendar)?, case)));
            let Some((at, case)) = due.min_by_key(|(at, _)| *at).filter(|(at, _)| *at <= until) else {
                self.now = until;
                return Ok(());
            };
            self.now = self.now.max(at);
            let case = case.clone();
            let declaration = self.declaration(&case).map_err(|failed| told(&failed))?;
            let gathered = self.gathered(&case, &Map::new());
            let decision = self.next_id();
            let Some(outcome) = sweep(&case, &declaration, &gathered, decision, self.now) else {
                return Err(format!("案件 {} 到时却无事可办", case.number));
            };
            self.keep(outcome).map_err(|failed| told(&failed))?;
            self.react()?;
        }
        Err(format!("时间推进超过 {TURNS_MAX} 次仍未停止"))
    }

    fn fact(&self, name: &str, question: Json) -> Result<Json, String> {
        match name {
            "cases.case" => {
                let asked: CaseQuestion =
                    serde_json::from_value(question).map_err(|error| error.to_string())?;
                Ok(self.case(asked.case_id).map_or(Json::Null, |case| case_answer(self.pack, case)))
            }
            "cases.linked" => {
                let asked: LinkedQuestion =
                    serde_json::from_value(question).map_err(|error| error.to_string())?;
                let case = self.case(asked.case_id);
                let link =
                    case.and_then(|case| case.links.iter().rfind(|link| link_word(link.kind) == asked.link));
                Ok(link
                    .and_then(|link| self.case(link.case))
                    .map_or(Json::Null, |case| case_answer(self.pack, case)))
            }
            "cases.near" => Ok(json!({"numbers": []})),
            _ => Ok(Json::Null),
        }
    }

    fn case(&self, id: CaseId) -> Option<&CaseState> {
        self.cases.iter().find(|case| case.id == id)
    }

    fn declaration(&self, case: &CaseState) -> Result<Declaration<'a>, Failed> {
        let unknown = || Failed::Example(format!("没有流程“{}”", case.procedure.name));
        Declaration::of_case(self.pack, case).ok_or_else(unknown)
    }

    fn gathered(&self, case: &CaseState, form: &Map<String, Json>) -> Gathered {
        let named = form.get("lead_case").and_then(Json::as_str);
        let lead = named.and_then(|number| self.cases.iter().find(|case| case.number == number));
        let sub = case.links.iter().filter(|link| link.outgoing && link_word(link.kind) == "sub");
        let open = sub.filter(|link| self.case(link.case).is_some_and(CaseState::is_open)).count();
        Gathered {
            lead_case: lead.map(|lead| LeadCase {
                id: lead.id,
                number: lead.number.clone(),
                open: lead.is_open(),
            }),
            subcases_open: u32::try_from(open).unwrap_or(u32::MAX),
            located: form.get("place").and_then(|place| self.located(place)),
        }
    }

    fn located(&self, place: &Json) -> Option<CasePlace> {
        let degrees = place["lon"].as_f64().zip(place["lat"].as_f64());
        let point = match degrees {
            Some((lon, lat)) => Some(Point::new(lon, lat).ok()?),
            None => None,
        };
        (self.locate)(point, place["address"].as_str())
    }

    fn actor(&self, by: &str) -> Result<Actor, String> {
        let person = PersonId::derived(PEOPLE, by);
        if by == RESIDENT || by.starts_with("resident:") {
            return Ok(Actor::resident(person));
        }
        let post = self.pack.units().post(by).ok_or_else(|| format!("没有岗位“{by}”"))?;
        Ok(Actor::official(OfficialActor {
            person,
            name: post.title.clone(),
            post: PostCode::from(by),
            unit: post.unit.clone(),
            roles: post.roles.0.clone(),
        }))
    }

    fn number(&mut self, declaration: &Declaration<'_>) -> String {
        let day = declaration.day(self.now);
        let pattern = &declaration.procedure.head().number;
        let serial = self.serials.entry(format!("{pattern} {day}")).or_default();
        *serial += 1;
        case_number(pattern, day, *serial)
    }

    fn next_id(&mut self) -> DecisionId {
        self.ids += 1;
        let mut chance = [0; 10];
        chance[2..].copy_from_slice(&self.ids.to_be_bytes());
        DecisionId::new(self.now, chance)
    }

    fn compare(&self, example: &Example) -> Result<(), String> {
        let then = &example.then;
        let case = self.cases.first().ok_or("没有立任何案件")?;
        let same = |what: &str, wanted: Option<&str>, found: &str| match wanted {
            Some(wanted) if wanted != found => Err(format!("{what}应为“{wanted}”，实为“{found}”")),
            _ => Ok(()),
        };
        if let Some(steps) = &then.steps {
            let mut found: Vec<String> = case.steps().iter().map(ToString::to_string).collect();
            if found.is_empty() {
                found.extend(case.tasks.last().map(|task| task.step.to_string()));
            }
            if *steps != found {
                return Err(format!("环节应为 {steps:?}，实为 {found:?}"));
            }
        }
        same("状态", then.status.as_deref(), &case.status)?;
        same("结果", then.outcome.as_deref(), case.outcome.as_deref().unwrap_or_default())?;
        same("主办单位", then.lead.as_deref(), case.lead_unit.as_ref().map_or("", |unit| unit.as_str()))?;
        for (name, due) in &then.due {
            let due = moment(due)?;
            let found = case.clocks.iter().rfind(|clock| clock.name.as_str() == name);
            let found = found.ok_or_else(|| format!("时限“{name}”没有计过时"))?.timer.due.at;
            if found != due {
                return Err(format!("时限“{name}”应到 {due}，实到 {found}"));
            }
        }
        self.compare_events(&then.events)?;
        if !then.notices.is_empty() && then.notices != self.notices {
            return Err(format!("通知应为 {:?}，实为 {:?}", then.notices, self.notices));
        }
        Ok(())
    }

    /// The expected events stand in the log in this order; others may stand between.
    fn compare_events(&self, expected: &[String]) -> Result<(), String> {
        let mut said = self.events.iter();
        for kind in expected {
            if !said.any(|event| event == kind) {
                return Err(format!("事件“{kind}”没有按此顺序发生；实有 {:?}", self.events));
            }
        }
        Ok(())
    }
}

fn told(failed: &Failed) -> String {
    match failed {
        Failed::Refused(code, reason) => format!("{reason}（{code}）"),
        Failed::Example(reason) => reason.clone(),
    }
}

fn moment(text: &str) -> Result<Moment, String> {
    text.parse().map_err(|_| format!("“{text}”不是时间，应如 2026-11-24T09:00:00+08:00"))
}
