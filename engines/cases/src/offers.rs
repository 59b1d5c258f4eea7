//! What an actor may do with a case now: the buttons of their screen.
//!
//! What of a condition reads the form is weighed when the form is there, not here. What is not allowed is not shown.

use baotu_pack::procedure::Effect;
use baotu_pack::{Condition, Form, RuleEffect};
use baotu_vocabulary::{Actor, ExitName, Moment, RequestId, StepName, TaskId};
use serde::Serialize;
use serde_json::{Map, Value as Json};

use crate::case::CaseState;
use crate::conditions;
use crate::decide::{Taken, closes, found, handles, may_ask, may_decide};
use crate::declaration::Declaration;
use crate::outcome::Gathered;

/// The kinds of offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum OfferKind {
    /// An exit of a step.
    Exit,
    /// An act.
    Act,
    /// A request that may be made.
    Request,
    /// A request that waits for this actor's decision.
    Decide,
}

/// Something the actor may do now.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Offer {
    /// What kind.
    pub kind: OfferKind,
    /// The exit, act or request.
    pub take: String,
    /// On the button.
    pub title: String,
    /// The task whose exit it is.
    pub task: Option<TaskId>,
    /// The request to decide.
    pub request: Option<RequestId>,
    /// The titles of the steps it leads to.
    pub to: Vec<String>,
    /// The JSON Schema of what has to be filled in.
    pub form: Option<Json>,
    /// The form's name.
    pub form_name: Option<String>,
    /// The words of its effects.
    pub effects: Vec<&'static str>,
    /// The last moment for it, where the procedure gives it a limit.
    pub until: Option<Moment>,
    /// The limits that begin with it, for the case as it is now.
    pub begins: Vec<BegunLimit>,
}

/// A limit that begins with what is offered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct BegunLimit {
    /// Shown: the clock, or the step whose stage limit it is.
    pub title: String,
    /// How long.
    pub limit: String,
    /// The document it comes from.
    pub source: String,
    /// When it would end.
    pub due_at: Moment,
    /// Holidays that are not announced yet may move that.
    pub provisional: bool,
}

/// Everything the actor may do with the case now, exits first, in the order declared.
pub fn offers(
    state: &CaseState,
    declaration: &Declaration<'_>,
    actor: &Actor,
    gathered: &Gathered,
    now: Moment,
) -> Vec<Offer> {
    let offering = Offering { state, declaration, actor, gathered, now };
    let mut offers = offering.exits();
    offers.extend(offering.acts());
    offers.extend(offering.requests());
    offers.extend(offering.decisions());
    offers
}

struct Offering<'a> {
    state: &'a CaseState,
    declaration: &'a Declaration<'a>,
    actor: &'a Actor,
    gathered: &'a Gathered,
    now: Moment,
}

impl Offering<'_> {
    fn exits(&self) -> Vec<Offer> {
        let procedure = self.declaration.procedure;
        let mut offers = Vec::new();
        for task in self.state.open_tasks() {
            let exits = procedure.step(&task.step).map(|step| step.exits.as_slice()).unwrap_or_default();
            for exit in exits.iter().filter(|exit| exit.after.is_none()) {
                let Some(rule) = procedure.exit_rule(&task.step, &exit.name) else { continue };
                let taken = Taken::Exit { task, exit, rule };
                if self.may_take(&taken) && exit.to.steps().iter().all(|step| self.may_enter(step)) {
                    offers.push(self.offer(&taken, OfferKind::Exit, &exit.name, exit.to.steps()));
                }
            }
        }
        offers
    }

    fn acts(&self) -> Vec<Offer> {
        let declared = self.declaration.procedure.declared();
        let mut offers = Vec::new();
        for act in &declared.acts {
            let here = found(self.state, self.declaration, act.name.as_str());
            let Some(taken) = here.into_iter().find(|taken| matches!(taken, Taken::Act { .. })) else {
                continue;
            };
            if self.may_take(&taken) && act.to.iter().all(|step| self.may_enter(step)) {
                let name = ExitName::from(act.name.as_str());
                offers.push(self.offer(&taken, OfferKind::Act, &name, act.to.as_slice()));
            }
        }
        offers
    }

    fn requests(&self) -> Vec<Offer> {
        let procedure = self.declaration.procedure;
        let mut offers = Vec::new();
        for request in &procedure.declared().requests {
            let Some(rule) = procedure.request_rule(&request.name) else { continue };
            let may = may_ask(self.state, self.declaration, request, self.actor, self.now).is_ok()
                && self.holds(rule.condition.as_ref())
                && self.counts_left(&rule.on_grant);
            if may {
                offers.push(Offer {
                    kind: OfferKind::Request,
                    take: request.name.to_string(),
                    title: request.title.clone(),
                    task: None,
                    request: None,
                    to: self.titles(request.granted_to.as_slice()),
                    form: Some(rule.form.schema().clone()),
                    form_name: Some(rule.form.name().to_string()),
                    effects: effect_words(&rule.on_grant),
                    until: None,
                    begins: Vec::new(),
                });
            }
        }
        offers
    }

    fn decisions(&self) -> Vec<Offer> {
        let procedure = self.declaration.procedure;
        let mut offers = Vec::new();
        for asked in self.state.open_requests() {
            let (Some(request), Some(rule)) =
                (procedure.request(&asked.name), procedure.request_rule(&asked.name))
            else {
                continue;
            };
            if may_decide(self.declaration, self.state, request, asked, self.actor).is_ok() {
                let form = rule.decision_form.as_ref();
                offers.push(Offer {
                    kind: OfferKind::Decide,
                    take: request.name.to_string(),
                    title: request.title.clone(),
                    task: None,
                    request: Some(asked.id),
                    to: self.titles(request.granted_to.as_slice()),
                    form: form.map(|form| form.schema().clone()),
                    form_name: form.map(|form| form.name().to_string()),
                    effects: effect_words(&rule.on_grant),
                    until: None,
                    begins: Vec::new(),
                });
            }
        }
        offers
    }

    fn may_take(&self, taken: &Taken<'_>) -> bool {
        let rule = taken.rule();
        taken.admits(self.state, self.declaration, self.actor)
            && !(closes(&rule.effects) && handles(self.state, self.actor))
            && self.counts_left(&rule.effects)
            && self.holds(rule.condition.as_ref())
            && taken.window(self.state, self.declaration).is_none_or(|window| self.now <= window.due.at)
    }

    fn holds(&self, condition: Option<&Condition>) -> bool {
        let Some(condition) = condition else { return true };
        let variables = conditions::variables(self.state, self.gathered, &Map::new(), self.actor);
        condition.can_hold_apart_from("form", &variables).unwrap_or(false)
    }

    /// Whether every counter that the effects raise has room.
    fn counts_left(&self, effects: &[RuleEffect]) -> bool {
        let caps = &self.declaration.procedure.head().counters;
        effects.iter().all(|rule| match &rule.effect {
            Effect::Count { counter } => {
                let count = self.state.counters.get(counter).copied().unwrap_or(0);
                caps.get(counter).is_none_or(|max| count < *max)
            }
            _ => true,
        })
    }

    /// Whether the step may be entered once more.
    fn may_enter(&self, step: &StepName) -> bool {
        let visits = self.state.visits.get(step).copied().unwrap_or(0);
        let max = self.declaration.procedure.step(step).and_then(|step| step.visits_max);
        max.is_none_or(|max| visits < max)
    }

    fn offer(&self, taken: &Taken<'_>, kind: OfferKind, take: &ExitName, to: &[StepName]) -> Offer {
        let rule = taken.rule();
        Offer {
            kind,
            take: take.to_string(),
            title: taken.title().to_owned(),
            task: taken.task().map(|task| task.id),
            request: None,
            to: self.titles(to),
            form: rule.form.as_ref().map(|form| form.schema().clone()),
            form_name: rule.form.as_ref().map(Form::name).map(ToString::to_string),
            effects: effect_words(&rule.effects),
            until: taken.window(self.state, self.declaration).map(|window| window.due.at),
            begins: self.begins(to, &rule.effects),
        }
    }

    /// The clocks that begin with the steps and effects, and the stage limits of the steps.
    fn begins(&self, to: &[StepName], effects: &[RuleEffect]) -> Vec<BegunLimit> {
        let procedure = self.declaration.procedure;
        let started = effects.iter().filter_map(|rule| match &rule.effect {
            Effect::StartClock { clock } => procedure.clock(clock),
            _ => None,
        });
        let entered = procedure.declared().clocks.iter().filter(|clock| {
            let last = self.state.clocks.iter().rfind(|run| run.name == clock.name);
            let idle = last.is_none_or(|run| !run.is_running() && !run.fulfilled);
            idle && clock.starts_in.iter().any(|step| to.contains(step))
        });
        let clocks = started.chain(entered).map(|clock| (clock.title.clone(), clock.limit.as_str()));
        let stages = to.iter().filter_map(|step| procedure.step(step)).filter_map(|step| {
            let limit = step.limit.as_deref()?;
            Some((step.title.clone(), limit))
        });
        let begun = |(title, key): (String, &str)| {
            let timer = self.declaration.timer(key, self.state, self.now)?;
            let (limit, due) = (timer.limit.to_string(), timer.due);
            Some(BegunLimit {
                title,
                limit,
                source: timer.basis,
                due_at: due.at,
                provisional: due.provisional,
            })
        };
        clocks.chain(stages).filter_map(begun).collect()
    }

    fn titles(&self, steps: &[StepName]) -> Vec<String> {
        steps.iter().map(|step| self.declaration.step_title(step)).collect()
    }
}

fn effect_words(effects: &[RuleEffect]) -> Vec<&'static str> {
    effects.iter().map(|rule| effect_word(&rule.effect)).collect()
}

/// The word by which a declaration names an effect.
const fn effect_word(effect: &Effect) -> &'static str {
    match effect {
        Effect::Dispatch => "dispatch",
        Effect::Designate => "designate",
        Effect::Reassign => "reassign",
        Effect::CoHandle { .. } => "co-handle",
        Effect::StartClock { .. } => "start-clock",
        Effect::StopClock { .. } => "stop-clock",
        Effect::PauseClocks => "pause-clocks",
        Effect::ResumeClocks => "resume-clocks",
        Effect::ExtendClock { .. } => "extend-clock",
        Effect::Count { .. } => "count",
        Effect::Set { .. } => "set",
        Effect::Supervise { .. } => "supervise",
        Effect::Merge => "merge",
        Effect::Exclude => "exclude",
        Effect::CallBack => "call-back",
        Effect::Rate => "rate",
        Effect::Resolve => "resolve",
        Effect::Redo => "redo",
        Effect::Support => "support",
        Effect::Close { .. } => "close",
        Effect::OpenCase { .. } => "open-case",
    }
}
