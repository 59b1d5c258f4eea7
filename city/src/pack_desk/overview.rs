//! What a pack declares, in one look, and what its check warned of.

use axum::extract::State;
use baotu_access::AccessState;
use baotu_access::http::{Json, Problem, Signed};
use baotu_pack::system::{System, SystemStatus};
use baotu_pack::{Level, Pack};
use serde::Serialize;
use utoipa::ToSchema;

use super::{PackDeskState, permit};

/// A pack in one look.
#[derive(Serialize, ToSchema)]
pub(super) struct PackView {
    /// The city.
    title: String,
    /// SM3 over every file: which pack this is.
    hash: String,
    /// Its systems.
    systems: Vec<SystemView>,
    /// Its code tables.
    code_tables: Vec<CodeTableView>,
    /// The years of its calendar.
    years: Vec<YearHead>,
    /// How much there is of other things.
    counts: PackCounts,
    /// What its check warned of; a pack with errors does not run.
    warnings: Vec<WarningView>,
}

/// A system.
#[derive(Serialize, ToSchema)]
struct SystemView {
    /// Its folder.
    name: String,
    /// Shown.
    title: String,
    /// The clause of the policy.
    clause: String,
    /// The unit that owns it.
    owner: String,
    /// `demo`, `trial` or `in-force`.
    status: &'static str,
    /// One paragraph.
    about: String,
    /// The file to edit.
    file: String,
    /// Its procedures in force.
    procedures: Vec<ProcedureHead>,
    /// Its reactions.
    reactions: usize,
    /// Its indicators.
    indicators: usize,
    /// Its examples, which are its tests.
    examples: usize,
}

/// A procedure, in a list.
#[derive(Serialize, ToSchema)]
struct ProcedureHead {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// The day from which it is in force.
    version: String,
    /// Its steps.
    steps: usize,
    /// The file to edit.
    file: String,
}

/// A code table.
#[derive(Serialize, ToSchema)]
struct CodeTableView {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// The standard it gives, or `demo`.
    standard: String,
    /// Whether every code of the standard is there.
    complete: bool,
    /// What is missing, or how it was made.
    note: String,
    /// Its rows.
    rows: usize,
    /// The file to edit.
    file: String,
}

/// A year of the calendar, in a list.
#[derive(Serialize, ToSchema)]
struct YearHead {
    /// The year.
    year: i16,
    /// Whether it is not announced yet.
    provisional: bool,
    /// The notice it comes from.
    source: String,
    /// The file to edit.
    file: String,
}

/// How much a pack holds.
#[derive(Serialize, ToSchema)]
struct PackCounts {
    /// Units.
    units: usize,
    /// Posts.
    posts: usize,
    /// Roles.
    roles: usize,
    /// Grants.
    grants: usize,
    /// Rows of function lists.
    functions: usize,
    /// Reactions.
    reactions: usize,
    /// Message templates.
    messages: usize,
    /// Indicators.
    indicators: usize,
    /// Places of the gazetteer.
    places: usize,
}

/// Something that the pack's author should look at.
#[derive(Serialize, ToSchema)]
struct WarningView {
    /// `warning`, or `error`.
    level: &'static str,
    /// The kind of mistake.
    code: String,
    /// The file to edit.
    file: String,
    /// The line, from 1; 0 when the file is missing.
    line: usize,
    /// What is wrong.
    message: String,
    /// How to mend it.
    hint: Option<String>,
}

/// What the running pack declares. For the system administrator.
#[utoipa::path(get, path = "/api/pack", tag = "pack", responses(
    (status = 200, body = PackView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn overview(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
) -> Result<Json<PackView>, Problem> {
    permit(&access, &actor).await?;
    let pack = &state.pack;
    let today = pack.calendar().date_of(access.now());
    let system = |system: &System| SystemView {
        name: system.name.to_string(),
        title: system.title.clone(),
        clause: system.clause.clone(),
        owner: system.owner.clone(),
        status: match system.status {
            SystemStatus::Demo => "demo",
            SystemStatus::Trial => "trial",
            SystemStatus::InForce => "in-force",
        },
        about: system.about.clone(),
        file: pack.sources().systems.get(&system.name).map(|at| at.file.clone()).unwrap_or_default(),
        procedures: pack
            .procedures(today)
            .filter(|procedure| *procedure.system() == system.name)
            .map(|procedure| ProcedureHead {
                name: procedure.name().to_string(),
                title: procedure.head().title.clone(),
                version: procedure.version().to_string(),
                steps: procedure.declared().steps.len(),
                file: file_of(pack, procedure),
            })
            .collect(),
        reactions: pack.reactions().iter().filter(|reaction| reaction.system == system.name).count(),
        indicators: pack.indicators().iter().filter(|one| one.system == system.name).count(),
        examples: pack.examples().iter().filter(|example| example.system == system.name).count(),
    };
    let tables = pack.code_tables().map(|table| {
        let head = table.head();
        CodeTableView {
            name: head.name.clone(),
            title: head.title.clone(),
            standard: head.standard.clone(),
            complete: head.complete,
            note: head.note.clone(),
            rows: table.rows().len(),
            file: head.file.clone(),
        }
    });
    let years = pack.sources().years.iter().map(|declared| YearHead {
        year: declared.year.year,
        provisional: declared.year.provisional,
        source: declared.year.source.clone(),
        file: declared.at.file.clone(),
    });
    let warnings = pack.warnings().iter().map(|problem| WarningView {
        level: match problem.level {
            Level::Error => "error",
            Level::Warning => "warning",
        },
        code: problem.code.to_owned(),
        file: problem.file.clone(),
        line: problem.line,
        message: problem.message.clone(),
        hint: problem.hint.clone(),
    });
    Ok(Json(PackView {
        title: pack.city().title.clone(),
        hash: pack.hash().to_owned(),
        systems: pack.systems().iter().map(system).collect(),
        code_tables: tables.collect(),
        years: years.collect(),
        counts: PackCounts {
            units: pack.units().all().len(),
            posts: pack.units().posts().len(),
            roles: pack.roles().roles.len(),
            grants: pack.roles().grants.len(),
            functions: pack.functions().len(),
            reactions: pack.reactions().len(),
            messages: pack.messages().len(),
            indicators: pack.indicators().len(),
            places: pack.gazetteer().len(),
        },
        warnings: warnings.collect(),
    }))
}

/// The file in which a version of a procedure stands.
pub(super) fn file_of(pack: &Pack, procedure: &baotu_pack::CompiledProcedure) -> String {
    let key = (procedure.name().clone(), procedure.version());
    pack.sources().procedures.get(&key).map(|at| at.file.clone()).unwrap_or_default()
}
