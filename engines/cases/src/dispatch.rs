//! Which unit should take a case in charge, and why: the rows of the function lists, in words.
//!
//! Suggestions only; who dispatches decides, and a decision keeps the explanation.

use baotu_pack::procedure::Procedure;
use baotu_pack::{ChargeQuestion, InCharge};
use baotu_vocabulary::{Moment, UnitCode};
use serde::{Deserialize, Serialize};

use crate::case::CaseState;
use crate::declaration::Declaration;

/// The most suggestions that are told.
pub const SUGGESTIONS_MAX: usize = 10;

/// A unit that could take the case in charge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    /// The unit.
    pub unit: UnitCode,
    /// Its name.
    pub name: String,
    /// The document that says so.
    pub basis: String,
    /// Why this unit for this case, in words.
    pub why: String,
    /// The case was returned from it before.
    pub returned: bool,
}

/// What a unit is sought for.
#[derive(Clone, Copy, Debug)]
pub struct Sought<'a> {
    /// The category.
    pub category: &'a str,
    /// Its name.
    pub category_name: &'a str,
    /// The level.
    pub level: &'a str,
    /// The divisions and zones that the place lies in; empty without a place.
    pub areas: &'a [&'a str],
    /// Units that returned the case before.
    pub returned_by: &'a [UnitCode],
}

/// The units that the function lists name for a case, the best first; units that returned it come last.
pub fn suggest(declaration: &Declaration<'_>, case: &CaseState, now: Moment) -> Vec<Suggestion> {
    let areas = case.place.as_ref().map(|place| place.areas()).unwrap_or_default();
    let sought = Sought {
        category: case.category.code.as_str(),
        category_name: &case.category.name,
        level: &case.level,
        areas: &areas,
        returned_by: &case.returned_by,
    };
    suggest_for(declaration, &sought, now)
}

/// The same for a case that need not be there, such as one that is still being told.
pub fn suggest_for(declaration: &Declaration<'_>, sought: &Sought<'_>, now: Moment) -> Vec<Suggestion> {
    let declared: &Procedure = declaration.procedure.declared();
    let question = ChargeQuestion {
        table: &declared.procedure.categories,
        category: sought.category,
        place: sought.areas,
        level: sought.level,
        day: declaration.day(now),
    };
    let found = declaration.pack.functions_for(&question);
    let mut suggestions: Vec<Suggestion> =
        found.iter().map(|in_charge| suggestion(declaration, sought, in_charge)).collect();
    suggestions.sort_by_key(|suggestion| suggestion.returned);
    suggestions.truncate(SUGGESTIONS_MAX);
    suggestions
}

fn suggestion(declaration: &Declaration<'_>, sought: &Sought<'_>, in_charge: &InCharge<'_>) -> Suggestion {
    let InCharge { unit, function } = in_charge;
    let mut reasons = vec![function.basis.clone()];
    reasons.push(if function.category.is_empty() {
        format!("分类 {} {} 无专门主管，由兜底单位承接", sought.category, sought.category_name)
    } else {
        format!("分类 {} {}（清单 {}）", sought.category, sought.category_name, function.category)
    });
    let divisions = declaration.pack.divisions();
    let area = function.area.as_deref().or_else(|| function.kind.as_ref().map(|_| unit.area.as_str()));
    if let Some(area) = area {
        reasons.push(divisions.get(area).map_or_else(|| area.to_owned(), |division| division.name.clone()));
    }
    if let Some(level) = &function.level {
        reasons.push(level.clone());
    }
    let returned = sought.returned_by.contains(&unit.code);
    if returned {
        reasons.push("曾退单".to_owned());
    }
    Suggestion {
        unit: unit.code.clone(),
        name: unit.name.clone(),
        basis: function.basis.clone(),
        why: reasons.join(" · "),
        returned,
    }
}
