//! The declaration a case runs under: one version of a procedure in a checked pack, with the lookups a decision needs.

use baotu_pack::procedure::{Act, Effect, Step, UnitRelation, Who};
use baotu_pack::{CompiledProcedure, Pack};
use baotu_vocabulary::{Actor, PersonId};
use baotu_vocabulary::{ActorKind, Moment, OfficialActor, ProcedureName, RoleName, StepName, UnitCode};
use jiff::civil::Date;

use crate::case::{CaseState, Task};
use crate::clock::Timer;

/// One version of a procedure and the pack around it.
#[derive(Clone, Copy, Debug)]
pub struct Declaration<'a> {
    /// The pack: units, function lists, code tables, calendar.
    pub pack: &'a Pack,
    /// The procedure.
    pub procedure: &'a CompiledProcedure,
}

impl<'a> Declaration<'a> {
    /// The version of a procedure that is in force at `now`.
    pub fn in_force(pack: &'a Pack, name: &ProcedureName, now: Moment) -> Option<Self> {
        let procedure = pack.procedure(name, pack.calendar().date_of(now))?;
        Some(Self { pack, procedure })
    }

    /// The version under which a case was opened; the one in force on the day of opening where a pack has dropped it.
    pub fn of_case(pack: &'a Pack, case: &CaseState) -> Option<Self> {
        let reference = &case.procedure;
        let kept = pack.procedure_version(&reference.name, reference.version);
        let procedure =
            kept.or_else(|| pack.procedure(&reference.name, pack.calendar().date_of(case.opened_at)))?;
        Some(Self { pack, procedure })
    }

    /// The day on which `now` falls in the city.
    pub fn day(&self, now: Moment) -> Date {
        self.pack.calendar().date_of(now)
    }

    /// A limit that begins at `now` for this case; none where no row of `limits.csv` holds for it.
    pub(crate) fn timer(&self, key: &str, case: &CaseState, now: Moment) -> Option<Timer> {
        let chosen = self.procedure.limit(key, case.category.code.as_str(), &case.level, self.day(now))?;
        Some(Timer::start(chosen.limit, chosen.basis(), now, self.pack.calendar()))
    }

    /// A step's title; its name where the version does not know it.
    pub(crate) fn step_title(&self, step: &StepName) -> String {
        self.procedure.step(step).map_or_else(|| step.to_string(), |declared| declared.title.clone())
    }

    /// Who may work at a step.
    pub(crate) fn step_seat(&self, step: &Step, case: &CaseState) -> Option<Seat> {
        step.who.as_ref().map(|who| self.seat(who, case))
    }

    /// Who `who` means for this case as it stands.
    pub fn seat(&self, who: &Who, case: &CaseState) -> Seat {
        let role = who.role.clone();
        let units = self.pack.units();
        let one =
            |unit: Option<&UnitCode>| unit.map_or(Place::AnyUnit, |unit| Place::Units(vec![unit.clone()]));
        let place = match &who.unit {
            UnitRelation::Lead => Place::Units(case.lead_unit.iter().cloned().collect()),
            UnitRelation::CoHandling => Place::Units(case.co_units.clone()),
            UnitRelation::Intake => one(case.intake_unit.as_ref()),
            UnitRelation::AboveLead => {
                let lead = case.lead_unit.as_ref().and_then(|lead| units.get(lead.as_str()));
                one(lead.and_then(|lead| lead.parent.as_ref()))
            }
            UnitRelation::Reporter => Place::Reporter(case.reporter),
            UnitRelation::Resident => Place::ResidentBut(case.reporter),
            UnitRelation::Cell => one(case.place.as_ref().and_then(|place| place.cell_unit.as_ref())),
            UnitRelation::Any => Place::AnyUnit,
            UnitRelation::Named(unit) => Place::Units(vec![unit.clone()]),
            UnitRelation::Kind(kind) => {
                let areas = case.place.as_ref().map(|place| place.areas()).unwrap_or_default();
                match units.of_kind_at(kind, &areas, self.pack.divisions()) {
                    Some(unit) => Place::Units(vec![unit.code.clone()]),
                    None => Place::Units(units.of_kind(kind).map(|unit| unit.code.clone()).collect()),
                }
            }
        };
        Seat { role, place }
    }

    /// The act by which residents tell that they have met with the same, where the case stands now.
    pub(crate) fn supporting_act(&self, case: &CaseState) -> Option<&'a Act> {
        let steps = case.steps();
        let here = |act: &Act| steps.iter().any(|step| act.steps.is_empty() || act.steps.contains(step));
        let acts = &self.procedure.declared().acts;
        acts.iter().find(|act| act.effects.contains(&Effect::Support) && here(act))
    }

    /// Whether the actor may work on a task.
    pub(crate) fn may_work(&self, actor: &Actor, task: &Task) -> bool {
        let place = match (&task.role, &task.unit) {
            (None, _) => Place::Reporter(task.person),
            (Some(_), Some(unit)) => Place::Units(vec![unit.clone()]),
            (Some(_), None) => Place::AnyUnit,
        };
        Seat { role: task.role.clone(), place }.admits(actor)
    }
}

/// Who may do something: a role, somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// The role needed; none where the reporter is meant.
    pub role: Option<RoleName>,
    /// Where.
    pub place: Place,
}

/// Where the one who may do it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// In whatever unit.
    AnyUnit,
    /// In one of these.
    Units(Vec<UnitCode>),
    /// Is the reporter; nobody while there is none with an account.
    Reporter(Option<PersonId>),
    /// Is a resident, but not this one.
    ResidentBut(Option<PersonId>),
}

impl Seat {
    /// Whether the actor may. The city's own actor (a reaction, time) passes: conditions still hold for it.
    pub fn admits(&self, actor: &Actor) -> bool {
        match (&actor.kind, &self.place) {
            (ActorKind::City { .. }, _) => true,
            (ActorKind::Resident { person }, Place::Reporter(reporter)) => *reporter == Some(*person),
            (ActorKind::Resident { person }, Place::ResidentBut(reporter)) => *reporter != Some(*person),
            (ActorKind::Official(official), Place::AnyUnit) => self.has_role(official),
            (ActorKind::Official(official), Place::Units(units)) => {
                self.has_role(official) && units.contains(&official.unit)
            }
            _ => false,
        }
    }

    fn has_role(&self, official: &OfficialActor) -> bool {
        self.role.as_ref().is_some_and(|role| official.roles.contains(role))
    }
}
