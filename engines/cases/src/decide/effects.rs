//! What the closed list of effects does to a case, one by one, in the order declared.

use baotu_pack::RuleEffect;
use baotu_pack::procedure::{Effect, LinkKind, UnitRelation};
use baotu_vocabulary::{
    ActorKind, CaseId, CategoryCode, ClockName, DecisionId, Limit, ProcedureName, RequestName, StepName,
    SupervisionId, TaskId, UnitCode,
};
use serde_json::{Map, Value as Json};

use super::form;
use super::turn::{Turn, condition_failed};
use crate::case::{
    CallBack, CategoryReference, Exclusion, Link, RETURNS_COUNTER, Rating, Resolution, SUPPORTERS_MAX,
    Supervision, Task, link_word,
};
use crate::contracts::{
    CalledBack, CoHandled, Dispatched, Excluded, Linked, Merged, Rated, Redone, Resolved, Returned,
    Supervised, Supported,
};
use crate::dispatch::suggest;
use crate::outcome::LinkedOpening;
use crate::refusal::{TEXT_CHARACTERS_MAX, TITLE_CHARACTERS_MAX, TakeRefused, UNITS_MAX};

type Filled = Map<String, Json>;

impl Turn<'_> {
    pub(crate) fn apply_all(&mut self, effects: &[RuleEffect], filled: &Filled) -> Result<(), TakeRefused> {
        effects.iter().try_for_each(|effect| self.apply(effect, filled))
    }

    fn apply(&mut self, rule: &RuleEffect, filled: &Filled) -> Result<(), TakeRefused> {
        match &rule.effect {
            Effect::Dispatch => self.dispatch(filled, false),
            Effect::Designate => self.dispatch(filled, true),
            Effect::Reassign => self.reassign(filled),
            Effect::CoHandle { step } => self.co_handle(step, filled),
            Effect::StartClock { clock } => {
                self.start_clock(clock);
                Ok(())
            }
            Effect::StopClock { clock } => {
                self.stop_clock(clock);
                Ok(())
            }
            Effect::PauseClocks => {
                self.pause_clocks();
                Ok(())
            }
            Effect::ResumeClocks => {
                self.resume_clocks();
                Ok(())
            }
            Effect::ExtendClock { clock, max } => self.extend_clock(clock, max, filled),
            Effect::Count { counter } => self.count(counter, filled),
            Effect::Set { field, .. } => self.set(field, rule, filled),
            Effect::Supervise { manner } => {
                self.supervise(manner.as_deref(), filled);
                Ok(())
            }
            Effect::Merge => self.merge(filled),
            Effect::Exclude => {
                self.exclude(filled);
                Ok(())
            }
            Effect::CallBack => {
                self.call_back(filled);
                Ok(())
            }
            Effect::Rate => self.rate(filled),
            Effect::Resolve => {
                self.resolve(filled);
                Ok(())
            }
            Effect::Redo => {
                self.redo();
                Ok(())
            }
            Effect::Support => self.support(),
            Effect::Close { outcome } => {
                self.close(outcome);
                Ok(())
            }
            Effect::OpenCase { procedure, link, channel, categories } => {
                let category = translated(&self.state.category.code, categories);
                self.open_case(procedure, *link, channel.clone(), category);
                Ok(())
            }
        }
    }

    /// The unit that the form names, or the first suggestion, with the reason.
    fn chosen_unit(&self, filled: &Filled) -> Result<(UnitCode, String), TakeRefused> {
        let suggestions = suggest(&self.declaration, &self.state, self.now);
        match form::text(filled, "unit") {
            Some(code) => {
                let units = self.declaration.pack.units();
                let unit = units.get(&code).ok_or_else(|| TakeRefused::UnknownUnit(code.clone()))?;
                let suggested = suggestions.into_iter().find(|suggestion| suggestion.unit == unit.code);
                let why = suggested.map_or_else(|| "由派单人指定".to_owned(), |suggestion| suggestion.why);
                Ok((unit.code.clone(), why))
            }
            None => {
                let first = suggestions.into_iter().next().ok_or(TakeRefused::NoUnit)?;
                Ok((first.unit, first.why))
            }
        }
    }

    fn dispatch(&mut self, filled: &Filled, designated: bool) -> Result<(), TakeRefused> {
        let (unit, why) = self.chosen_unit(filled)?;
        self.state.designated = designated;
        if self.state.dispatched_at.is_some() {
            self.state.transfers = self.state.transfers.saturating_add(1);
        }
        self.state.dispatched_at.get_or_insert(self.now);
        self.put_in_charge(unit, why);
        Ok(())
    }

    fn reassign(&mut self, filled: &Filled) -> Result<(), TakeRefused> {
        let before = self.state.lead_unit.clone();
        let (unit, why) = self.chosen_unit(filled)?;
        if before.as_ref() == Some(&unit) {
            return Err(TakeRefused::FormInvalid(vec![("unit".to_owned(), "该单位已是主办单位".to_owned())]));
        }
        self.state.transfers = self.state.transfers.saturating_add(1);
        self.put_in_charge(unit.clone(), why);
        self.hand_over_tasks(before.as_ref(), &unit);
        self.withdraw_requests(|request| before.is_some() && request.asked_by.unit == before);
        Ok(())
    }

    fn put_in_charge(&mut self, unit: UnitCode, why: String) {
        let before = self.state.lead_unit.replace(unit.clone());
        self.state.co_units.retain(|co_unit| *co_unit != unit);
        self.state.lead_since = Some(self.now);
        self.state.lead_why = Some(why.clone());
        self.why = Some(why.clone());
        self.public = true;
        let designated = self.state.designated;
        self.say(&Dispatched { unit, before, designated, why });
    }

    /// Open tasks of the lead go to the new lead; nobody there has signed for them yet.
    fn hand_over_tasks(&mut self, before: Option<&UnitCode>, unit: &UnitCode) {
        let procedure = self.procedure();
        let is_leads = |step: &StepName| {
            let who = procedure.step(step).and_then(|step| step.who.as_ref());
            who.is_some_and(|who| who.unit == UnitRelation::Lead)
        };
        for task in self.state.tasks.iter_mut().filter(|task| task.is_open() && is_leads(&task.step)) {
            if task.unit.as_ref() == before {
                task.unit = Some(unit.clone());
                task.person = None;
            }
        }
    }

    fn co_handle(&mut self, step: &StepName, filled: &Filled) -> Result<(), TakeRefused> {
        let named = form::units(filled, "units");
        if named.is_empty() || named.len() > UNITS_MAX {
            let fault = format!("请选择 1 到 {UNITS_MAX} 个协办单位");
            return Err(TakeRefused::FormInvalid(vec![("units".to_owned(), fault)]));
        }
        let units = self.declaration.pack.units();
        if let Some(unknown) = named.iter().find(|code| units.get(code.as_str()).is_none()) {
            return Err(TakeRefused::UnknownUnit(unknown.to_string()));
        }
        let new: Vec<UnitCode> = named.into_iter().filter(|unit| !self.state.is_handled_by(unit)).collect();
        if new.is_empty() {
            let fault = "所选单位已在办理本案".to_owned();
            return Err(TakeRefused::FormInvalid(vec![("units".to_owned(), fault)]));
        }
        let Some(declared) = self.procedure().step(step) else {
            return Err(TakeRefused::NotOffered(step.to_string()));
        };
        for unit in &new {
            let task = Task {
                id: self.ids.next(TaskId::new),
                step: step.clone(),
                unit: Some(unit.clone()),
                role: declared.who.as_ref().and_then(|who| who.role.clone()),
                person: None,
                since: self.now,
                timer: declared.limit.as_ref().and_then(|key| self.timer(key)),
                overdue_at: None,
                timed_exits: Vec::new(),
                ended_at: None,
            };
            self.state.tasks.push(task);
        }
        self.state.co_units.extend(new.iter().cloned());
        self.say(&CoHandled { units: new });
        Ok(())
    }

    fn pause_clocks(&mut self) {
        let now = self.now;
        self.each_timer(|timer| timer.pause(now));
    }

    fn resume_clocks(&mut self) {
        let (now, calendar) = (self.now, self.declaration.pack.calendar());
        self.each_timer(|timer| timer.resume(now, calendar));
    }

    /// Every limit that has not ended: clocks, stage limits, exits that time takes.
    pub(crate) fn each_timer(&mut self, mut change: impl FnMut(&mut crate::clock::Timer)) {
        for clock in self.state.clocks.iter_mut().filter(|clock| clock.is_running()) {
            change(&mut clock.timer);
        }
        for task in self.state.tasks.iter_mut().filter(|task| task.is_open()) {
            if let Some(timer) = &mut task.timer {
                change(timer);
            }
            task.timed_exits.iter_mut().for_each(|exit| change(&mut exit.timer));
        }
    }

    fn extend_clock(&mut self, clock: &ClockName, max: &str, filled: &Filled) -> Result<(), TakeRefused> {
        let extension = self.extension(clock, max, filled)?;
        let (now, calendar) = (self.now, self.declaration.pack.calendar());
        if let Some(run) = self.state.running_clock_mut(clock) {
            run.timer.extend(extension, now, calendar);
            if !run.timer.is_over(now) {
                run.overdue_at = None;
                run.warned_at = None;
            }
            self.state.extensions = self.state.extensions.saturating_add(1);
        }
        Ok(())
    }

    /// How much longer the form asks for, if that is no more than may be given; also asked before a request is made.
    pub(crate) fn extension(
        &self,
        clock: &ClockName,
        max: &str,
        filled: &Filled,
    ) -> Result<Limit, TakeRefused> {
        let Some(run) = self.state.running_clock(clock) else {
            let title =
                self.procedure().clock(clock).map_or_else(|| clock.to_string(), |clock| clock.title.clone());
            return Err(TakeRefused::ClockNotRunning(title));
        };
        let wrong = || TakeRefused::FormInvalid(vec![("amount".to_owned(), "请填写延长多少".to_owned())]);
        let amount = form::number(filled, "amount").filter(|amount| *amount > 0).ok_or_else(wrong)?;
        let amount = u32::try_from(amount).map_err(|_| wrong())?;
        let extension = Limit::new(amount, run.timer.limit.unit()).map_err(|_| wrong())?;
        let category = self.state.category.code.as_str();
        let day = self.declaration.day(self.now);
        if let Some(chosen) = self.procedure().limit(max, category, &self.state.level, day) {
            let calendar = self.declaration.pack.calendar();
            let (given, most) = (
                calendar.due_extended(run.timer.due, extension),
                calendar.due_extended(run.timer.due, chosen.limit),
            );
            if given.at > most.at {
                return Err(TakeRefused::ExtensionTooLong { max: chosen.limit.to_string() });
            }
        }
        Ok(extension)
    }

    fn count(&mut self, counter: &str, filled: &Filled) -> Result<(), TakeRefused> {
        let max = self.procedure().head().counters.get(counter).copied().unwrap_or(u16::MAX);
        let value = self.state.counters.entry(counter.to_owned()).or_default();
        if *value >= max {
            return Err(TakeRefused::CapReached { counter: counter.to_owned(), max });
        }
        *value += 1;
        let returns = *value;
        if counter == RETURNS_COUNTER {
            let unit = self.state.lead_unit.clone();
            if let Some(unit) = unit.as_ref().filter(|unit| !self.state.returned_by.contains(unit)) {
                self.state.returned_by.push(unit.clone());
            }
            self.say(&Returned { unit, returns, reason: form::text(filled, "reason") });
        }
        Ok(())
    }

    fn set(&mut self, field: &str, rule: &RuleEffect, filled: &Filled) -> Result<(), TakeRefused> {
        let Some(expression) = &rule.value else { return Ok(()) };
        let value = expression.value(&self.variables(filled)).map_err(|fault| condition_failed(&fault))?;
        let text = value.as_str().map(str::to_owned);
        let wrong = |message: String| TakeRefused::FormInvalid(vec![(field.to_owned(), message)]);
        let head = self.procedure().head();
        match field {
            "category" => {
                let code = text.unwrap_or_default();
                self.state.category = category_of(&self.declaration, &code, self.now)
                    .ok_or(TakeRefused::UnknownCategory(code))?;
            }
            "level" => {
                let level = text.filter(|level| head.levels.contains(level));
                self.state.level = level.ok_or_else(|| wrong("没有这一紧急程度".to_owned()))?;
            }
            "kind" => {
                let kind = text.filter(|kind| head.kinds.contains(kind));
                self.state.kind = Some(kind.ok_or_else(|| wrong("没有这一诉求类型".to_owned()))?);
            }
            "title" => {
                let title = text.filter(|title| (1..=TITLE_CHARACTERS_MAX).contains(&title.chars().count()));
                let range = || wrong(format!("标题应为 1 到 {TITLE_CHARACTERS_MAX} 字"));
                self.state.title = title.ok_or_else(range)?;
            }
            "text" => {
                let text = text.filter(|text| text.chars().count() <= TEXT_CHARACTERS_MAX);
                self.state.text = text.ok_or_else(|| wrong(format!("最多 {TEXT_CHARACTERS_MAX} 字")))?;
            }
            "place" => {
                self.state.place = Some(self.gathered.located.clone().ok_or(TakeRefused::PlaceOutside)?);
            }
            _ => {
                self.state.form.insert(field.to_owned(), value);
            }
        }
        Ok(())
    }

    fn supervise(&mut self, manner: Option<&str>, filled: &Filled) {
        let supervision = Supervision {
            id: self.ids.next(SupervisionId::new),
            number: format!("{}-D{}", self.state.number, self.state.supervisions.len() + 1),
            manner: form::text(filled, "manner").or_else(|| manner.map(str::to_owned)),
            opinion: form::opinion(filled),
            unit: self.state.lead_unit.clone(),
            by: self.party.clone(),
            at: self.now,
        };
        self.say(&Supervised {
            supervision: supervision.number.clone(),
            manner: supervision.manner.clone(),
            unit: supervision.unit.clone(),
        });
        self.state.supervisions.push(supervision);
    }

    fn merge(&mut self, filled: &Filled) -> Result<(), TakeRefused> {
        let named = form::text(filled, "lead_case").unwrap_or_default();
        let lead = self.gathered.lead_case.as_ref();
        let lead = lead.filter(|lead| lead.open && lead.id != self.state.id);
        let lead = lead.ok_or(TakeRefused::LeadCaseUnknown(named))?.clone();
        self.state.lead_case = Some(lead.id);
        self.state.links.push(Link { case: lead.id, kind: LinkKind::Merged, outgoing: true, at: self.now });
        self.public = true;
        self.say(&Merged { lead_case: lead.id, lead_number: lead.number });
        Ok(())
    }

    fn exclude(&mut self, filled: &Filled) {
        let ground =
            form::text(filled, "ground").or_else(|| form::text(filled, "reason")).unwrap_or_default();
        self.say(&Excluded { ground: ground.clone() });
        self.state.exclusions.push(Exclusion {
            ground,
            evidence: form::text(filled, "evidence"),
            photos: form::photos(filled, "photos"),
            by: self.party.clone(),
            at: self.now,
        });
    }

    fn call_back(&mut self, filled: &Filled) {
        let unreachable = form::answer(filled, "unreachable");
        let reached = |field: &str| !unreachable && form::answer(filled, field);
        let callback = CallBack {
            contacted: reached("contacted"),
            solved: reached("solved"),
            satisfied: reached("satisfied"),
            unreachable,
            remark: form::text(filled, "remark"),
            by: self.party.clone(),
            at: self.now,
        };
        self.public = true;
        self.say(&CalledBack {
            contacted: callback.contacted,
            solved: callback.solved,
            satisfied: callback.satisfied,
            unreachable,
        });
        self.state.callbacks.push(callback);
    }

    fn rate(&mut self, filled: &Filled) -> Result<(), TakeRefused> {
        let grade = form::number(filled, "grade").or_else(|| form::number(filled, "rating"));
        let grade = grade.filter(|grade| (1..=5).contains(grade)).and_then(|grade| u8::try_from(grade).ok());
        let wrong = || TakeRefused::FormInvalid(vec![("grade".to_owned(), "评价应为 1 到 5".to_owned())]);
        let grade = grade.ok_or_else(wrong)?;
        let reason = form::opinion(filled).or_else(|| form::text(filled, "remark"));
        self.state.rating = Some(Rating { grade, reason, at: self.now });
        self.public = true;
        self.say(&Rated { grade });
        Ok(())
    }

    fn resolve(&mut self, filled: &Filled) {
        let resolution = Resolution {
            result: form::text(filled, "result"),
            public_reply: form::text(filled, "public_reply"),
            photos: form::photos(filled, "photos"),
            by: self.party.clone(),
            at: self.now,
        };
        self.public = true;
        self.state.resolved_at = Some(self.now);
        self.say(&Resolved { has_reply: resolution.public_reply.is_some() });
        self.state.resolution = Some(resolution);
    }

    /// Handled again: the result in force is withdrawn, and a closed case is open again. The records stay.
    fn redo(&mut self) {
        self.state.redone = self.state.redone.saturating_add(1);
        self.state.resolved_at = None;
        self.state.closed_at = None;
        self.state.outcome = None;
        self.public = true;
        let redone = self.state.redone;
        self.say(&Redone { redone });
    }

    /// Notes the acting resident; each counts once.
    fn support(&mut self) -> Result<(), TakeRefused> {
        let ActorKind::Resident { person } = self.actor.kind else {
            return Err(TakeRefused::NotYours("随报".to_owned()));
        };
        if self.state.supporters.contains(&person) {
            return Err(TakeRefused::SupportedBefore);
        }
        if self.state.supporters.len() >= SUPPORTERS_MAX {
            return Err(TakeRefused::SupportersUsedUp(SUPPORTERS_MAX));
        }
        self.state.supporters.push(person);
        let supporters = u64::try_from(self.state.supporters.len()).unwrap_or(u64::MAX);
        self.say(&Supported { supporter: person, supporters });
        Ok(())
    }

    fn open_case(
        &mut self,
        procedure: &ProcedureName,
        link: LinkKind,
        channel: Option<String>,
        category: CategoryCode,
    ) {
        let id = self.ids.next(CaseId::new);
        let opening = LinkedOpening {
            id,
            decision: self.ids.next(DecisionId::new),
            procedure: procedure.clone(),
            link,
            channel,
            category,
            from: self.state.id,
            from_state: Box::new(self.state.clone()),
            by: self.party.clone(),
            intake_unit: self.party.unit.clone().or_else(|| self.state.intake_unit.clone()),
        };
        self.opens.push(opening);
        self.state.links.push(Link { case: id, kind: link, outgoing: true, at: self.now });
        self.say(&Linked {
            linked_case: id,
            linked_procedure: procedure.clone(),
            link: link_word(link).to_owned(),
        });
    }

    /// Whether a request, once granted, would do something that cannot be done; asked before it is made.
    pub(crate) fn grant_refused(
        &self,
        request: &RequestName,
        effects: &[RuleEffect],
        filled: &Filled,
    ) -> Result<(), TakeRefused> {
        for rule in effects {
            match &rule.effect {
                Effect::Count { counter } => {
                    let max = self.procedure().head().counters.get(counter).copied().unwrap_or(u16::MAX);
                    if self.state.counters.get(counter).copied().unwrap_or(0) >= max {
                        return Err(TakeRefused::CapReached { counter: counter.clone(), max });
                    }
                }
                // How much is sometimes said only by whoever decides.
                Effect::ExtendClock { clock, max } => {
                    let asks =
                        self.procedure().request_rule(request).is_some_and(|rule| rule.form.has("amount"));
                    if asks {
                        self.extension(clock, max, filled)?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// A category as it stands in the procedure's code table at `now`.
pub(crate) fn category_of(
    declaration: &crate::declaration::Declaration<'_>,
    code: &str,
    now: baotu_vocabulary::Moment,
) -> Option<CategoryReference> {
    let table = &declaration.procedure.head().categories;
    let row = declaration.pack.code(table, code, declaration.day(now))?;
    Some(CategoryReference {
        table: table.clone(),
        code: row.code.clone(),
        name: row.name.clone(),
        valid_from: row.valid_from,
    })
}

/// The other procedure's category: by the longest prefix in the table, else the same code.
fn translated(
    category: &CategoryCode,
    table: &std::collections::BTreeMap<CategoryCode, CategoryCode>,
) -> CategoryCode {
    let matching = table.iter().filter(|(from, _)| category.as_str().starts_with(from.as_str()));
    matching
        .max_by_key(|(from, _)| from.as_str().len())
        .map_or_else(|| category.clone(), |(_, to)| to.clone())
}
