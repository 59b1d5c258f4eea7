//! How a case moves: tasks end, steps are entered, branches join, clocks start and end, the case closes.

use baotu_pack::procedure::Step;
use baotu_vocabulary::{ClockName, StepName, TaskId};

use super::turn::Turn;
use crate::case::{JoinRun, RequestState, Task, TimedExit};
use crate::clock::ClockRun;
use crate::contracts::{Closed, ClosedForSupporter, OUTCOME_WITHDRAWN, Withdrawn};
use crate::declaration::Place;
use crate::refusal::TakeRefused;

impl Turn<'_> {
    /// Takes a branch from a task to steps: the task ends, the steps are entered or wait for their other branches.
    pub(crate) fn move_task(&mut self, task: TaskId, to: &[StepName]) -> Result<(), TakeRefused> {
        let from = self.end_task(task);
        for step in to {
            self.arrive(step, from.as_ref())?;
        }
        self.settle()
    }

    /// Moves the whole case to a step, whatever it stood in.
    pub(crate) fn move_case(&mut self, to: &StepName) -> Result<(), TakeRefused> {
        self.end_all_tasks();
        self.enter(to)?;
        self.settle()
    }

    fn end_task(&mut self, id: TaskId) -> Option<StepName> {
        let now = self.now;
        let task = self.state.tasks.iter_mut().find(|task| task.id == id && task.is_open())?;
        task.ended_at = Some(now);
        Some(task.step.clone())
    }

    pub(crate) fn end_all_tasks(&mut self) {
        for task in self.state.tasks.iter_mut().filter(|task| task.is_open()) {
            task.ended_at = Some(self.now);
        }
        self.state.joins.clear();
    }

    /// A branch has come to a step.
    fn arrive(&mut self, step: &StepName, from: Option<&StepName>) -> Result<(), TakeRefused> {
        let joins = self.procedure().step(step).is_some_and(|declared| !declared.joins.is_empty());
        if !joins {
            return self.enter(step);
        }
        let arrived = from.cloned();
        match self.state.joins.iter_mut().find(|join| join.step == *step) {
            Some(join) => join.arrived.extend(arrived),
            None => {
                self.state.joins.push(JoinRun { step: step.clone(), arrived: arrived.into_iter().collect() })
            }
        }
        Ok(())
    }

    /// Enters the steps whose branches have all come, and sees to it that the public status is that of an open step.
    fn settle(&mut self) -> Result<(), TakeRefused> {
        while let Some(index) =
            (0..self.state.joins.len()).find(|index| !self.is_awaited(&self.state.joins[*index]))
        {
            let join = self.state.joins.remove(index);
            self.enter(&join.step)?;
        }
        self.drop_requests_left_behind();
        self.show_status();
        Ok(())
    }

    /// Whether a branch may still come to a waiting step: a task stands in one of the joined steps, or in a step from
    /// which one that has not come yet can be reached without passing the join.
    fn is_awaited(&self, join: &JoinRun) -> bool {
        let Some(declared) = self.procedure().step(&join.step) else { return false };
        let missing: Vec<&StepName> =
            declared.joins.iter().filter(|step| !join.arrived.contains(*step)).collect();
        self.state.open_tasks().any(|task| {
            declared.joins.contains(&task.step)
                || missing.iter().any(|step| self.reaches(&task.step, step, &join.step))
        })
    }

    fn reaches(&self, from: &StepName, to: &StepName, without: &StepName) -> bool {
        let mut seen = vec![from];
        let mut next = 0;
        while let Some(step) = seen.get(next).copied() {
            next += 1;
            if step == to {
                return true;
            }
            let exits = self.procedure().step(step).map(|step| step.exits.as_slice()).unwrap_or_default();
            for target in exits.iter().flat_map(|exit| exit.to.steps()) {
                if target != without && !seen.contains(&target) {
                    seen.push(target);
                }
            }
        }
        false
    }

    /// Enters a step: its tasks, its limits, the clocks that start and end with it.
    pub(crate) fn enter(&mut self, name: &StepName) -> Result<(), TakeRefused> {
        let Some(step) = self.procedure().step(name) else {
            return Err(TakeRefused::NotOffered(name.to_string()));
        };
        let visits = self.state.visits.entry(name.clone()).or_default();
        *visits = visits.saturating_add(1);
        if let Some(max) = step.visits_max.filter(|max| *visits > *max) {
            return Err(TakeRefused::VisitsUsedUp { step: step.title.clone(), max });
        }
        self.run_clocks(name);
        if step.exits.is_empty() {
            return self.end_in(step);
        }
        self.open_tasks_of(step)
    }

    /// A final step: it stands in the case's history as a task that ended at once.
    fn end_in(&mut self, step: &Step) -> Result<(), TakeRefused> {
        let task = Task {
            id: self.ids.next(TaskId::new),
            step: step.name.clone(),
            unit: None,
            role: None,
            person: None,
            since: self.now,
            timer: None,
            overdue_at: None,
            timed_exits: Vec::new(),
            ended_at: Some(self.now),
        };
        self.state.tasks.push(task);
        let others = self.state.open_tasks().next().is_some() || !self.state.joins.is_empty();
        if self.state.is_open() && !others {
            self.close(step.name.as_str());
        }
        Ok(())
    }

    fn open_tasks_of(&mut self, step: &Step) -> Result<(), TakeRefused> {
        let Some(seat) = self.declaration.step_seat(step, &self.state) else {
            return Err(TakeRefused::NoUnit);
        };
        let holders: Vec<(Option<_>, Option<_>)> = match seat.place {
            Place::AnyUnit | Place::ResidentBut(_) => vec![(None, None)],
            Place::Reporter(person) => vec![(None, person)],
            Place::Units(units) => units.into_iter().map(|unit| (Some(unit), None)).collect(),
        };
        // A branch for co-handling units is empty when there are none; any other step without a holder would lose the case.
        let may_be_empty =
            step.who.as_ref().is_some_and(|who| who.unit == baotu_pack::procedure::UnitRelation::CoHandling);
        if holders.is_empty() && !may_be_empty {
            return Err(TakeRefused::NoUnit);
        }
        for (unit, reporter) in holders {
            let held = self.state.open_tasks().any(|task| task.step == step.name && task.unit == unit);
            if held {
                continue;
            }
            let signer = || {
                let official = self.actor.as_official()?;
                let same = unit.as_ref() == Some(&official.unit);
                let role = seat.role.as_ref().is_some_and(|role| official.roles.contains(role));
                (same && role).then_some(official.person)
            };
            let task = Task {
                id: self.ids.next(TaskId::new),
                step: step.name.clone(),
                role: seat.role.clone(),
                person: reporter.or_else(signer),
                unit,
                since: self.now,
                timer: step.limit.as_ref().and_then(|key| self.timer(key)),
                overdue_at: None,
                timed_exits: self.timed_exits(step),
                ended_at: None,
            };
            self.state.tasks.push(task);
        }
        Ok(())
    }

    fn timed_exits(&self, step: &Step) -> Vec<TimedExit> {
        let timed = step.exits.iter().filter_map(|exit| {
            let timer = self.timer(exit.after.as_ref()?)?;
            Some(TimedExit { exit: exit.name.clone(), timer })
        });
        timed.collect()
    }

    pub(crate) fn timer(&self, key: &str) -> Option<crate::clock::Timer> {
        self.declaration.timer(key, &self.state, self.now)
    }

    fn run_clocks(&mut self, step: &StepName) {
        let declared = self.procedure().declared();
        for clock in declared.clocks.iter().filter(|clock| clock.ends_in.contains(step)) {
            self.end_clock(&clock.name, true);
        }
        for clock in declared.clocks.iter().filter(|clock| clock.starts_in.contains(step)) {
            let last = self.state.clocks.iter().rfind(|run| run.name == clock.name);
            if last.is_none_or(|run| !run.is_running() && !run.fulfilled) {
                self.start_clock(&clock.name);
            }
        }
    }

    /// Starts a clock with its whole limit, ending a run that is under way.
    pub(crate) fn start_clock(&mut self, name: &ClockName) {
        self.stop_clock(name);
        let Some(clock) = self.procedure().clock(name) else { return };
        let Some(timer) = self.timer(&clock.limit) else { return };
        let category = self.state.category.code.as_str();
        let day = self.declaration.day(self.now);
        let warning = |key: &String| self.procedure().limit(key, category, &self.state.level, day);
        let warn_before = clock.warn_before.as_ref().and_then(warning).map(|chosen| chosen.limit);
        self.state.clocks.push(ClockRun {
            name: name.clone(),
            timer,
            warn_before,
            warned_at: None,
            overdue_at: None,
            ended_at: None,
            fulfilled: false,
        });
    }

    /// Ends a clock without what it measures being done: it starts again with its step.
    pub(crate) fn stop_clock(&mut self, name: &ClockName) {
        self.end_clock(name, false);
    }

    fn end_clock(&mut self, name: &ClockName, fulfilled: bool) {
        let now = self.now;
        if let Some(run) = self.state.clocks.iter_mut().rfind(|run| run.name == *name) {
            let was_running = run.ended_at.is_none();
            run.ended_at.get_or_insert(now);
            run.fulfilled = fulfilled && (was_running || run.fulfilled);
        }
    }

    /// Closes the case: whatever still waits in it ends.
    pub(crate) fn close(&mut self, outcome: &str) {
        self.end_all_tasks();
        self.withdraw_requests(|_| true);
        for clock in self.state.clocks.iter_mut().filter(|clock| clock.is_running()) {
            clock.ended_at = Some(self.now);
        }
        self.state.closed_at = Some(self.now);
        self.state.outcome = Some(outcome.to_owned());
        self.public = true;
        let now = self.now;
        let on_time = self.state.was_on_time(now);
        if outcome == OUTCOME_WITHDRAWN {
            self.say(&Withdrawn {});
        }
        self.say(&Closed { on_time });
        for supporter in self.state.supporters.clone() {
            self.say(&ClosedForSupporter { supporter });
        }
    }

    /// Requests fall away that could not be asked any more where the case stands now.
    fn drop_requests_left_behind(&mut self) {
        let steps = self.state.steps();
        let procedure = self.procedure();
        self.withdraw_requests(|request| {
            let declared = procedure.request(&request.name);
            !declared.is_some_and(|declared| {
                declared.steps.is_empty() || declared.steps.iter().any(|step| steps.contains(step))
            })
        });
    }

    pub(crate) fn withdraw_requests(&mut self, which: impl Fn(&crate::case::RequestRun) -> bool) {
        for request in &mut self.state.requests {
            if request.state == RequestState::Asked && which(request) {
                request.state = RequestState::Withdrawn;
                request.decided_at = Some(self.now);
            }
        }
    }

    /// The public status is that of the open step which the declaration names first; of an ended case, of its last step.
    pub(crate) fn show_status(&mut self) {
        let steps = self.state.steps();
        let declared = &self.procedure().declared().steps;
        let open = declared.iter().find(|step| steps.contains(&step.name));
        let last = || {
            declared.iter().find(|step| self.state.tasks.last().is_some_and(|task| task.step == step.name))
        };
        if let Some(step) = open.or_else(last) {
            self.state.status = step.shows.clone();
        }
    }
}
