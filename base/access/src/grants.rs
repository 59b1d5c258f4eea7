//! Who may do what: the pack's grants, asked with actor, action, resource and purpose.
//!
//! Pure: nothing is loaded or written here. What a thing is, an engine tells with a [`Resource`]. Denied is the
//! default: also what a condition that fails would have granted.

use std::collections::HashMap;

use baotu_pack::condition::Condition;
use baotu_pack::organisations::Unit;
use baotu_pack::roles::{Grant, Relation, Roles};
use baotu_pack::scope::grant_scope;
use baotu_vocabulary::{
    Actor, ActorKind, CategoryCode, DivisionCode, PersonId, ProcedureName, PurposeName, Refusal, RefusalKind,
    RoleName, UnitCode,
};
use serde_json::{Value, json};

/// The role that everybody has, signed in or not.
pub const ANYONE: &str = "anyone";
/// The role of a person who acts for themselves.
pub const RESIDENT: &str = "resident";
/// The role of a program with an API key.
pub const CLIENT: &str = "client";

/// Units above a unit at most; a deeper tree is a mistake of the pack.
const UNIT_LEVELS_MAX: usize = 16;

/// A thing that somebody wants to do something to, as far as rights depend on it.
#[derive(Clone, Debug, Default)]
pub struct Resource {
    /// For example `case`, `account`, `notice`, `system`, as grants name it.
    pub kind: &'static str,
    /// The procedure, of a case.
    pub procedure: Option<ProcedureName>,
    /// The units it concerns: lead, co-handling, holder, intake.
    pub units: Vec<UnitCode>,
    /// Where it lies.
    pub division: Option<DivisionCode>,
    /// The person it concerns: reporter, holder of the account.
    pub owner: Option<PersonId>,
    /// Whether the reporter asked to be kept secret (保密).
    pub confidential: bool,
    /// The status, of a case.
    pub status: Option<String>,
    /// The level, of a case.
    pub level: Option<String>,
    /// The category, of a case.
    pub category: Option<CategoryCode>,
    /// Whether everybody may know that it exists, such as the city itself or its system.
    pub known: bool,
}

impl Resource {
    /// A thing whose very existence is told only to those who may read it.
    pub fn hidden(kind: &'static str) -> Self {
        Self { kind, ..Self::default() }
    }

    /// A thing that everybody may know of.
    pub fn known(kind: &'static str) -> Self {
        Self { kind, known: true, ..Self::default() }
    }
}

/// A granted request: by which grant, for the records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    /// The role that was decisive; `city` for the city itself.
    pub role: RoleName,
    /// The relation that was decisive.
    pub relation: Relation,
    /// The purpose, where the grant asks for one.
    pub purpose: Option<PurposeName>,
}

/// Why a request is not granted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// The actor may not even know that the thing exists; answered as if it did not.
    #[error("没有找到")]
    MayNotKnow,
    /// The actor may know of the thing, but not do this to it.
    #[error("您没有进行此操作的权限")]
    MayNotDo,
    /// It would be granted to somebody who is signed in.
    #[error("请先登录")]
    SignInNeeded,
    /// It would be granted with one of these purposes.
    #[error("请先选择查看个人信息的事由")]
    PurposeNeeded(Vec<PurposeName>),
}

impl Refusal for Denied {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::MayNotKnow => RefusalKind::NotFound,
            Self::MayNotDo | Self::PurposeNeeded(_) => RefusalKind::Forbidden,
            Self::SignInNeeded => RefusalKind::Unauthenticated,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::MayNotKnow => "not-found",
            Self::MayNotDo => "may-not-do",
            Self::SignInNeeded => "sign-in-needed",
            Self::PurposeNeeded(_) => "purpose-needed",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::PurposeNeeded(purposes) => {
                let names: Vec<&str> = purposes.iter().map(PurposeName::as_str).collect();
                vec![("purpose".to_owned(), format!("可选事由：{}", names.join("、")))]
            }
            _ => Vec::new(),
        }
    }
}

/// Which things an action reaches, for the filter of a list; a thing needs to lie in one reach only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Only these procedures; empty for all.
    pub procedures: Vec<ProcedureName>,
    /// Which of them.
    pub among: Among,
    /// Must be asked of each row with [`Rights::permit`] besides, since it depends on the row.
    pub conditional: bool,
}

/// The relation of a reach, made concrete for the actor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// Every one.
    All,
    /// Those that concern this person.
    Person(PersonId),
    /// Those that concern one of these units.
    Units(Vec<UnitCode>),
    /// Those in this division.
    Division(DivisionCode),
}

/// The grants of a city with the units they speak of.
#[derive(Clone)]
pub struct Rights {
    grants: Vec<Right>,
    purposes: HashMap<PurposeName, String>,
    units: HashMap<UnitCode, UnitPlace>,
}

/// A grant with its condition.
#[derive(Clone)]
struct Right {
    grant: Grant,
    condition: Holds,
}

/// When a grant holds.
#[derive(Clone)]
enum Holds {
    Always,
    If(Condition),
    /// Its condition cannot be read; a checked pack has none such.
    Never,
}

#[derive(Clone)]
struct UnitPlace {
    parent: Option<UnitCode>,
    area: Option<DivisionCode>,
}

/// How near one grant comes to a request.
enum Verdict {
    Granted(Permit),
    PurposeMissing,
    No,
}

impl Rights {
    /// The grants of `roles` over the tree of `units`.
    pub fn new(roles: &Roles, units: &[Unit]) -> Self {
        let place = |unit: &Unit| UnitPlace { parent: unit.parent.clone(), area: unit.area.parse().ok() };
        Self {
            grants: roles.grants.iter().map(Right::new).collect(),
            purposes: roles.purposes.iter().map(|p| (p.name.clone(), p.title.clone())).collect(),
            units: units.iter().map(|unit| (unit.code.clone(), place(unit))).collect(),
        }
    }

    /// The title of a declared purpose.
    pub fn purpose_title(&self, purpose: &PurposeName) -> Option<&str> {
        self.purposes.get(purpose).map(String::as_str)
    }

    /// Whether `actor` may do `action` to `resource`, for the purpose that the actor brings.
    ///
    /// The city itself may do what its declarations tell it to; its actions are checked when the pack is.
    ///
    /// # Errors
    /// How it is denied. Whether the thing may be known of is the right to `read` it: of `cases.decide` that is
    /// `cases.read`.
    pub fn permit(&self, actor: &Actor, action: &str, resource: &Resource) -> Result<Permit, Denied> {
        if matches!(actor.kind, ActorKind::City { .. }) {
            let purpose = actor.purpose.clone();
            return Ok(Permit { role: RoleName::from("city"), relation: Relation::Any, purpose });
        }
        let mut wanted = Vec::new();
        for right in self.granting(actor, action, resource.kind) {
            match self.verdict(right, actor, resource) {
                Verdict::Granted(permit) => return Ok(permit),
                Verdict::PurposeMissing => wanted.extend(right.grant.purposes.iter().cloned()),
                Verdict::No => {}
            }
        }
        if !resource.known && !self.may_read(actor, action, resource) {
            return Err(Denied::MayNotKnow);
        }
        if actor.kind == ActorKind::Nobody {
            return Err(Denied::SignInNeeded);
        }
        if wanted.is_empty() {
            return Err(Denied::MayNotDo);
        }
        wanted.sort();
        wanted.dedup();
        Err(Denied::PurposeNeeded(wanted))
    }

    /// Which things of `kind` the action reaches, to filter a list before it is loaded; empty for none.
    pub fn reaches(&self, actor: &Actor, action: &str, kind: &str) -> Vec<Reach> {
        if matches!(actor.kind, ActorKind::City { .. }) {
            return vec![Reach { procedures: Vec::new(), among: Among::All, conditional: false }];
        }
        let reach = |right: &Right| {
            Some(Reach {
                procedures: right.grant.procedures.clone(),
                among: self.among(right.grant.relation, actor)?,
                conditional: match right.condition {
                    Holds::Always => false,
                    Holds::If(_) => true,
                    Holds::Never => return None,
                },
            })
        };
        let purpose_given = |right: &&Right| purpose_fits(&right.grant, actor);
        let mut reaches: Vec<Reach> =
            self.granting(actor, action, kind).filter(purpose_given).filter_map(reach).collect();
        reaches.dedup();
        reaches
    }

    /// What the actor is granted to do to things of `kind`, whatever the thing: for menus, never for a decision.
    pub fn actions(&self, actor: &Actor, kind: &str) -> Vec<String> {
        let of_kind = |right: &&Right| right.grant.resource == kind && has_role(actor, &right.grant.role);
        let granted =
            self.grants.iter().filter(of_kind).flat_map(|right| right.grant.actions.iter().cloned());
        let mut actions: Vec<String> = granted.collect();
        actions.sort();
        actions.dedup();
        actions
    }

    /// Everything that the actor is granted to do to anything: for menus, never for a decision.
    pub fn all_actions(&self, actor: &Actor) -> Vec<String> {
        let granted = self.grants.iter().filter(|right| has_role(actor, &right.grant.role));
        let mut actions: Vec<String> =
            granted.flat_map(|right| right.grant.actions.iter().cloned()).collect();
        actions.sort();
        actions.dedup();
        actions
    }

    fn granting(&self, actor: &Actor, action: &str, kind: &str) -> impl Iterator<Item = &Right> {
        self.grants.iter().filter(move |Right { grant, .. }| {
            grant.resource == kind
                && grant.actions.iter().any(|granted| granted == action)
                && has_role(actor, &grant.role)
        })
    }

    fn may_read(&self, actor: &Actor, action: &str, resource: &Resource) -> bool {
        let Some((engine, _)) = action.split_once('.') else { return false };
        self.granting(actor, &format!("{engine}.read"), resource.kind)
            .any(|right| matches!(self.verdict(right, actor, resource), Verdict::Granted(_)))
    }

    fn verdict(&self, right: &Right, actor: &Actor, resource: &Resource) -> Verdict {
        let grant = &right.grant;
        let procedure_fits = grant.procedures.is_empty()
            || resource.procedure.as_ref().is_some_and(|procedure| grant.procedures.contains(procedure));
        if !procedure_fits
            || !self.stands(grant.relation, actor, resource)
            || !right.condition_holds(actor, resource)
        {
            return Verdict::No;
        }
        if !purpose_fits(grant, actor) {
            return Verdict::PurposeMissing;
        }
        let purpose = if grant.purposes.is_empty() { None } else { actor.purpose.clone() };
        Verdict::Granted(Permit { role: grant.role.clone(), relation: grant.relation, purpose })
    }

    fn stands(&self, relation: Relation, actor: &Actor, resource: &Resource) -> bool {
        let unit = actor.as_official().map(|official| &official.unit);
        match relation {
            Relation::Any => true,
            Relation::Own => actor.person().is_some() && actor.person() == resource.owner,
            Relation::Unit => unit.is_some_and(|unit| resource.units.contains(unit)),
            Relation::Below => {
                unit.is_some_and(|unit| resource.units.iter().any(|below| self.is_within(below, unit)))
            }
            Relation::Area => {
                let area = unit.and_then(|unit| self.units.get(unit)).and_then(|place| place.area);
                matches!((area, resource.division), (Some(area), Some(division)) if area.contains(division))
            }
        }
    }

    fn among(&self, relation: Relation, actor: &Actor) -> Option<Among> {
        let unit = || actor.as_official().map(|official| official.unit.clone());
        match relation {
            Relation::Any => Some(Among::All),
            Relation::Own => actor.person().map(Among::Person),
            Relation::Unit => unit().map(|unit| Among::Units(vec![unit])),
            Relation::Below => {
                let unit = unit()?;
                let mut units: Vec<UnitCode> =
                    self.units.keys().filter(|below| self.is_within(below, &unit)).cloned().collect();
                units.sort();
                Some(Among::Units(units))
            }
            Relation::Area => self.units.get(&unit()?)?.area.map(Among::Division),
        }
    }

    /// Whether `below` is `unit` or stands below it.
    fn is_within(&self, below: &UnitCode, unit: &UnitCode) -> bool {
        let above = |code: &&UnitCode| self.units.get(*code).and_then(|place| place.parent.as_ref());
        std::iter::successors(Some(below), above).take(UNIT_LEVELS_MAX).any(|code| code == unit)
    }
}

impl Right {
    fn new(grant: &Grant) -> Self {
        let condition = match &grant.condition {
            None => Holds::Always,
            Some(text) => Condition::compile(text, &grant_scope()).map_or_else(
                |problem| {
                    tracing::error!(role = %grant.role, text, %problem, "a grant's condition cannot be read");
                    Holds::Never
                },
                Holds::If,
            ),
        };
        Self { grant: grant.clone(), condition }
    }

    fn condition_holds(&self, actor: &Actor, resource: &Resource) -> bool {
        match &self.condition {
            Holds::Always => true,
            Holds::Never => false,
            Holds::If(condition) => condition.holds(&scope(actor, resource)).unwrap_or_else(|fault| {
                tracing::error!(role = %self.grant.role, %fault, "a grant's condition cannot be told");
                false
            }),
        }
    }
}

fn has_role(actor: &Actor, role: &RoleName) -> bool {
    role.as_str() == ANYONE
        || match &actor.kind {
            ActorKind::Resident { .. } => role.as_str() == RESIDENT,
            ActorKind::Client { .. } => role.as_str() == CLIENT,
            ActorKind::Official(official) => official.roles.contains(role),
            ActorKind::Nobody | ActorKind::City { .. } => false,
        }
}

fn purpose_fits(grant: &Grant, actor: &Actor) -> bool {
    grant.purposes.is_empty()
        || actor.purpose.as_ref().is_some_and(|purpose| grant.purposes.contains(purpose))
}

/// What conditions may look at: the records of [`grant_scope`].
fn scope(actor: &Actor, resource: &Resource) -> Value {
    let official = actor.as_official();
    let kind = match &actor.kind {
        ActorKind::Nobody => "nobody",
        ActorKind::Resident { .. } => "resident",
        ActorKind::Official(_) => "official",
        ActorKind::Client { .. } => "client",
        ActorKind::City { .. } => "city",
    };
    json!({
        "resource": {
            "kind": resource.kind,
            "procedure": resource.procedure,
            "units": resource.units,
            "division": resource.division,
            "owner": resource.owner,
            "confidential": resource.confidential,
            "status": resource.status,
            "level": resource.level,
            "category": resource.category,
        },
        "actor": {
            "unit": official.map(|official| &official.unit),
            "roles": official.map_or(&[][..], |official| &official.roles),
            "person": actor.person(),
            "kind": kind,
        },
    })
}
