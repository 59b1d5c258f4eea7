//! What the declarations say about a category: the system's words for people, limits with their sources, who is in
//! charge at a place. For whoever answers a call, and for whoever tries a pack.

use baotu_access::Failure;
use baotu_pack::procedure::LimitRow;
use baotu_vocabulary::{Actor, CategoryCode, ProcedureName, UnitCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseFailure, Cases, GivenPlace, SuggestionView};
use crate::declaration::Declaration;
use crate::dispatch::{self, Sought};
use crate::refusal::OpenRefused;
use crate::view::{CategoryPath, Named, Names};

/// What is asked about.
#[derive(Clone, Debug, PartialEq)]
pub struct KnowledgeQuestion {
    /// The procedure.
    pub procedure: ProcedureName,
    /// The category; only the system's words without it.
    pub category: Option<CategoryCode>,
    /// The level; the procedure's mildest when absent.
    pub level: Option<String>,
    /// Where.
    pub place: Option<GivenPlace>,
}

/// What the declarations say.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Knowledge {
    /// The system.
    pub system: String,
    /// Shown.
    pub system_title: String,
    /// One paragraph about it.
    pub about: String,
    /// Whether its values are made up.
    pub demo: bool,
    /// Its words for people, Markdown.
    pub texts: Option<String>,
    /// The category.
    pub category: Option<CategoryPath>,
    /// The standard that it stands in.
    pub standard: Option<String>,
    /// Words by which it is found.
    pub keywords: Vec<String>,
    /// The limits that hold for it today.
    pub limits: Vec<KnownLimit>,
    /// Who is in charge of it at the place, the best first.
    pub in_charge: Vec<SuggestionView>,
}

/// A limit as it holds for a category and level today.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KnownLimit {
    /// Its key in `limits.csv`.
    pub key: String,
    /// What it limits: a clock or a step.
    pub title: String,
    /// How long.
    pub limit: String,
    /// The document it comes from.
    pub source: String,
    /// When it would end if it began now.
    pub due_at: String,
    /// Holidays that are not announced yet may move that.
    pub provisional: bool,
}

impl Cases {
    /// What the declarations in force say about a category at a place.
    ///
    /// # Errors
    /// No such procedure or place, or no right; or a fault.
    pub async fn knowledge(
        &self,
        question: &KnowledgeQuestion,
        actor: &Actor,
    ) -> Result<Knowledge, CaseFailure> {
        self.permit_known(actor, "categories.read")?;
        let (pack, now) = (self.pack(), self.now());
        let unknown =
            || Failure::Refused(OpenRefused::UnknownProcedure(question.procedure.to_string()).into());
        let declaration = Declaration::in_force(pack, &question.procedure, now).ok_or_else(unknown)?;
        let head = declaration.procedure.head();
        let level = question.level.clone().or_else(|| head.levels.first().cloned()).unwrap_or_default();
        let place = match &question.place {
            Some(given) => Some(self.located(given).await?),
            None => None,
        };
        let system = pack.system(declaration.procedure.system());
        let row = question
            .category
            .as_ref()
            .and_then(|code| pack.code(&head.categories, code.as_str(), declaration.day(now)));
        let category = row.map(|row| Names(pack).category(&head.categories, row.code.as_str()));
        let (mut limits, mut in_charge) = (Vec::new(), Vec::new());
        if let Some(row) = row {
            limits = known_limits(&declaration, row.code.as_str(), &level, now);
            let areas = place.as_ref().map(|place| place.areas()).unwrap_or_default();
            let returned_by: &[UnitCode] = &[];
            let sought = Sought {
                category: row.code.as_str(),
                category_name: &row.name,
                level: &level,
                areas: &areas,
                returned_by,
            };
            let suggested = dispatch::suggest_for(&declaration, &sought, now).into_iter();
            in_charge = suggested
                .map(|one| SuggestionView {
                    unit: Named { code: one.unit.to_string(), name: one.name },
                    basis: one.basis,
                    why: one.why,
                })
                .collect();
        }
        Ok(Knowledge {
            system: declaration.procedure.system().to_string(),
            system_title: system.map(|system| system.title.clone()).unwrap_or_default(),
            about: system.map(|system| system.about.clone()).unwrap_or_default(),
            demo: system.is_some_and(|system| system.status == baotu_pack::system::SystemStatus::Demo),
            texts: pack.texts(declaration.procedure.system()).map(str::to_owned),
            category,
            standard: row.map(|row| row.standard.clone()),
            keywords: row
                .and_then(|row| row.keywords.as_deref())
                .map(|words| words.split_whitespace().map(str::to_owned).collect())
                .unwrap_or_default(),
            limits,
            in_charge,
        })
    }
}

/// The limits of the clocks and the steps, each once, in the order of the procedure.
fn known_limits(
    declaration: &Declaration<'_>,
    category: &str,
    level: &str,
    now: baotu_vocabulary::Moment,
) -> Vec<KnownLimit> {
    let declared = declaration.procedure.declared();
    let clocks = declared.clocks.iter().map(|clock| (clock.limit.as_str(), clock.title.as_str()));
    let steps = declared.steps.iter().filter_map(|step| Some((step.limit.as_deref()?, step.title.as_str())));
    let mut seen: Vec<&str> = Vec::new();
    let mut limits = Vec::new();
    for (key, title) in clocks.chain(steps) {
        if seen.contains(&key) {
            continue;
        }
        seen.push(key);
        let day = declaration.day(now);
        let Some(chosen) = declaration.procedure.limit(key, category, level, day) else { continue };
        let due = declaration.pack.calendar().due(now, chosen.limit);
        let row: &LimitRow = chosen.row;
        limits.push(KnownLimit {
            key: key.to_owned(),
            title: title.to_owned(),
            limit: chosen.limit.to_string(),
            source: row.source.clone(),
            due_at: due.at.to_string(),
            provisional: due.provisional,
        });
    }
    limits
}
