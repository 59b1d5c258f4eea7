//! What there is to open: procedures with their forms, and categories to choose from.

use baotu_access::Failure;
use baotu_pack::CompiledProcedure;
use baotu_pack::procedure::{Effect, Exit, Who};
use baotu_pack::system::CodeRow;
use baotu_vocabulary::{Actor, CategoryCode, ProcedureName, StepName, SystemName};
use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{CaseFailure, Cases};
use crate::declaration::Declaration;
use crate::refusal::OpenRefused;
use crate::view::step_title;

/// Categories of one answer at most.
pub const CATEGORIES_MAX: usize = 50;

/// A procedure that is in force.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ProcedureEntry {
    /// Its name.
    pub name: String,
    /// Shown.
    pub title: String,
    /// The system that declares it.
    pub system: String,
    /// The system's title.
    pub system_title: String,
    /// Mildest first.
    pub levels: Vec<String>,
    /// The kinds of request.
    pub kinds: Vec<String>,
    /// The channels.
    pub channels: Vec<String>,
    /// Whether residents may open cases of it.
    pub open_to_residents: bool,
    /// Whether a place is needed.
    pub needs_place: bool,
    /// The code table of its categories.
    pub category_table: String,
    /// The JSON Schema of the intake form.
    #[schema(value_type = Object)]
    pub form: Value,
    /// Whether the actor may open cases of it.
    pub may_open: bool,
    /// Its steps in order.
    pub steps: Vec<StepEntry>,
    /// The ways out of the step where a case begins, for an official who works there: what can be done with a request
    /// while the caller is still on the line.
    pub entry_exits: Vec<ExitEntry>,
}

/// A way out of a step, before there is a case.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ExitEntry {
    /// Its name.
    pub name: String,
    /// On the button.
    pub title: String,
    /// The titles of the steps it leads to.
    pub to: Vec<String>,
    /// The JSON Schema of what has to be filled in.
    #[schema(value_type = Option<Object>)]
    pub form: Option<Value>,
    /// Whether the case ends with it.
    pub closes: bool,
}

/// A step of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct StepEntry {
    /// Its name.
    pub name: String,
    /// Shown.
    pub title: String,
    /// The public status it shows as.
    pub shows: String,
}

/// A category to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CategoryEntry {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The names above it, from the top.
    pub path: Vec<String>,
    /// Whether nothing stands below it.
    pub leaf: bool,
    /// `component` or `matter`, where the standard tells them apart.
    pub kind: Option<String>,
    /// The standard it stands in.
    pub standard: String,
}

impl Cases {
    /// The procedures in force, by name.
    ///
    /// # Errors
    /// No right.
    pub fn procedures(&self, actor: &Actor) -> Result<Vec<ProcedureEntry>, CaseFailure> {
        self.permit_known(actor, "procedures.read")?;
        let pack = self.pack();
        let system_title = |name: &SystemName| {
            let declared = pack.systems().iter().find(|system| system.name == *name);
            declared.map_or_else(|| name.to_string(), |system| system.title.clone())
        };
        let entry = |procedure: &CompiledProcedure| {
            let head = procedure.head();
            let steps = procedure.declared().steps.iter().map(|step| StepEntry {
                name: step.name.to_string(),
                title: step.title.clone(),
                shows: step.shows.clone(),
            });
            ProcedureEntry {
                name: head.name.to_string(),
                title: head.title.clone(),
                system: procedure.system().to_string(),
                system_title: system_title(procedure.system()),
                levels: head.levels.clone(),
                kinds: head.kinds.clone(),
                channels: head.channels.clone(),
                open_to_residents: head.open_to_residents,
                needs_place: head.needs_place,
                category_table: head.categories.clone(),
                form: procedure.intake().schema().clone(),
                may_open: self.is_open_to(actor, &Declaration { pack, procedure }),
                steps: steps.collect(),
                entry_exits: entry_exits(procedure, actor),
            }
        };
        Ok(pack.procedures(self.today()).map(entry).collect())
    }

    /// Categories of a procedure: those whose code, name or keywords hold `q`; without it those below `parent`, at
    /// the top when there is none.
    ///
    /// # Errors
    /// No such procedure, or no right.
    pub fn categories(
        &self,
        procedure: &ProcedureName,
        q: Option<&str>,
        parent: Option<&CategoryCode>,
        actor: &Actor,
    ) -> Result<Vec<CategoryEntry>, CaseFailure> {
        self.permit_known(actor, "categories.read")?;
        let day = self.today();
        let unknown = || Failure::Refused(OpenRefused::UnknownProcedure(procedure.to_string()).into());
        let declared = self.pack().procedure(procedure, day).ok_or_else(unknown)?;
        let Some(table) = self.pack().code_table(&declared.head().categories) else { return Ok(Vec::new()) };
        let entry = |row: &CodeRow| {
            let mut path: Vec<String> =
                table.path(row.code.as_str(), day).into_iter().map(|row| row.name.clone()).collect();
            path.pop();
            CategoryEntry {
                code: row.code.to_string(),
                name: row.name.clone(),
                path,
                leaf: table.is_leaf(&row.code),
                kind: row.kind.clone(),
                standard: row.standard.clone(),
            }
        };
        let wanted = q.map(|q| q.trim().to_lowercase()).filter(|q| !q.is_empty());
        let Some(wanted) = wanted else {
            return Ok(table.children(parent, day).take(CATEGORIES_MAX).map(entry).collect());
        };
        let mut found: Vec<(u8, usize, &CodeRow)> = table
            .rows()
            .iter()
            .enumerate()
            .filter(|(_, row)| row.in_force(day))
            .filter_map(|(place, row)| Some((likeness(row, &wanted)?, place, row)))
            .collect();
        // What can be chosen first, then by likeness, then as the table has it.
        found.sort_by_key(|(likeness, place, row)| (!table.is_leaf(&row.code), *likeness, *place));
        Ok(found.into_iter().take(CATEGORIES_MAX).map(|(_, _, row)| entry(row)).collect())
    }

    pub(super) fn today(&self) -> Date {
        self.pack().calendar().date_of(self.now())
    }
}

/// The exits of the first step that the actor's roles work on.
fn entry_exits(procedure: &CompiledProcedure, actor: &Actor) -> Vec<ExitEntry> {
    let entry = procedure.entry();
    let (Some(step), Some(official)) = (procedure.step(entry), actor.as_official()) else {
        return Vec::new();
    };
    let works = |who: &Who| who.role.as_ref().is_some_and(|role| official.roles.contains(role));
    if !step.who.as_ref().is_some_and(works) {
        return Vec::new();
    }
    let open = |exit: &&Exit| exit.after.is_none() && exit.who.as_ref().is_none_or(works);
    let title = |name: &StepName| step_title(procedure, name);
    let entry_of = |exit: &Exit| {
        let rule = procedure.exit_rule(entry, &exit.name)?;
        let closes = rule.effects.iter().any(|rule| matches!(rule.effect, Effect::Close { .. }));
        Some(ExitEntry {
            name: exit.name.to_string(),
            title: exit.title.clone(),
            to: exit.to.steps().iter().map(title).collect(),
            form: rule.form.as_ref().map(|form| form.schema().clone()),
            closes,
        })
    };
    step.exits.iter().filter(open).filter_map(entry_of).collect()
}

/// How like a row is to what is looked for, 0 the most; nothing when it is not.
fn likeness(row: &CodeRow, wanted: &str) -> Option<u8> {
    let name = row.name.to_lowercase();
    let words = || row.keywords.as_deref().unwrap_or_default().split_whitespace();
    if row.code.as_str() == wanted || name == wanted || words().any(|word| word == wanted) {
        Some(0)
    } else if name.starts_with(wanted) || row.code.as_str().starts_with(wanted) {
        Some(1)
    } else if name.contains(wanted) || wanted.contains(&name) {
        Some(2)
    } else if words().any(|word| word.contains(wanted) || wanted.contains(word)) {
        Some(3)
    } else {
        None
    }
}
