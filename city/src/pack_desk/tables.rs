//! The tables of a pack that people look things up in: function lists, grants, a year of the calendar.

use axum::extract::State;
use baotu_access::AccessState;
use baotu_access::http::{Json, Path, Problem, Query, Signed};
use baotu_pack::Pack;
use baotu_pack::organisations::Function;
use baotu_pack::roles::Relation;
use baotu_pack::sources::DeclaredAt;
use jiff::civil::{Date, Weekday, date};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{PackDeskRefused, PackDeskState, permit};

/// Rows of function lists that one answer holds at most.
const FUNCTIONS_MAX: usize = 100;

/// Which rows of the function lists.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct FunctionQuestion {
    /// Words of the category, unit, place or basis; or a code.
    q: Option<String>,
    /// Only this code table.
    table: Option<String>,
}

/// Rows of the function lists.
#[derive(Serialize, ToSchema)]
pub(super) struct FunctionsView {
    /// At most 100, in the order of the files.
    rows: Vec<FunctionView>,
    /// How many there are.
    found: usize,
}

/// A row of a function list.
#[derive(Serialize, ToSchema)]
struct FunctionView {
    /// Code table.
    table: String,
    /// Category or prefix; empty for everything.
    category: String,
    /// Its name.
    category_name: Option<String>,
    /// The unit, or which kind of unit.
    unit: String,
    /// Only for this place.
    area: Option<String>,
    /// Only for this level.
    level: Option<String>,
    /// Lower goes first.
    rank: u16,
    /// The document.
    basis: String,
    /// In force from this day.
    valid_from: String,
    /// Last day in force.
    valid_to: Option<String>,
    /// The file to edit.
    file: String,
    /// The line.
    line: usize,
}

/// Who is in charge of what, where, as the function lists say. For the system administrator.
#[utoipa::path(get, path = "/api/pack/functions", tag = "pack", params(FunctionQuestion), responses(
    (status = 200, body = FunctionsView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn functions(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
    Query(question): Query<FunctionQuestion>,
) -> Result<Json<FunctionsView>, Problem> {
    permit(&access, &actor).await?;
    let pack = &state.pack;
    let words = question.q.as_deref().map(str::trim).unwrap_or_default();
    let all = pack.functions().iter().zip(&pack.sources().functions);
    let of_table = all.filter(|(row, _)| question.table.as_ref().is_none_or(|table| *table == row.table));
    let views = of_table.map(|(row, at)| function(pack, row, at));
    let holds = |text: &str| text.contains(words);
    let fits = |view: &FunctionView| {
        words.is_empty()
            || (!view.category.is_empty() && view.category.starts_with(words))
            || view.category_name.as_deref().is_some_and(holds)
            || holds(&view.unit)
            || view.area.as_deref().is_some_and(holds)
            || holds(&view.basis)
    };
    let mut rows: Vec<FunctionView> = views.filter(fits).collect();
    let found = rows.len();
    rows.truncate(FUNCTIONS_MAX);
    Ok(Json(FunctionsView { rows, found }))
}

fn function(pack: &Pack, row: &Function, at: &DeclaredAt) -> FunctionView {
    let unit = row.unit.as_ref().map(|code| {
        pack.units().get(code.as_str()).map_or_else(|| code.to_string(), |unit| unit.name.clone())
    });
    let category = pack.code_table(&row.table).and_then(|table| table.newest(&row.category));
    FunctionView {
        table: row.table.clone(),
        category: row.category.clone(),
        category_name: category.map(|row| row.name.clone()),
        unit: unit.or_else(|| row.kind.clone()).unwrap_or_default(),
        area: row.area.as_ref().map(|code| {
            pack.divisions().get(code).map_or_else(|| code.clone(), |division| division.name.clone())
        }),
        level: row.level.clone(),
        rank: row.rank,
        basis: row.basis.clone(),
        valid_from: row.valid_from.to_string(),
        valid_to: row.valid_to.map(|day| day.to_string()),
        file: at.file.clone(),
        line: at.line,
    }
}

/// Who may do what.
#[derive(Serialize, ToSchema)]
pub(super) struct GrantsView {
    /// The roles, in the order of the files.
    roles: Vec<RoleView>,
    /// The grants, in the order of the files.
    grants: Vec<GrantView>,
}

/// A role.
#[derive(Serialize, ToSchema)]
struct RoleView {
    /// Its name.
    name: String,
    /// Shown.
    title: String,
    /// How many posts have it.
    posts: usize,
}

/// A grant.
#[derive(Serialize, ToSchema)]
struct GrantView {
    /// The role.
    role: String,
    /// The actions.
    actions: Vec<String>,
    /// What kind of thing.
    resource: String,
    /// `own`, `unit`, `below`, `area` or `any`.
    relation: &'static str,
    /// Only these procedures, by their titles; all when empty.
    procedures: Vec<String>,
    /// Only for these purposes, by their titles; none needed when empty.
    purposes: Vec<String>,
    /// The condition, as declared.
    condition: Option<String>,
    /// The file to edit.
    file: String,
    /// The line.
    line: usize,
}

/// Who may do what: roles × grants. For the system administrator.
#[utoipa::path(get, path = "/api/pack/grants", tag = "pack", responses(
    (status = 200, body = GrantsView), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub(super) async fn grants(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
) -> Result<Json<GrantsView>, Problem> {
    permit(&access, &actor).await?;
    let pack = &state.pack;
    let today = pack.calendar().date_of(access.now());
    let roles = pack.roles().roles.iter().map(|role| RoleView {
        name: role.name.to_string(),
        title: role.title.clone(),
        posts: pack.units().posts().iter().filter(|post| post.roles.0.contains(&role.name)).count(),
    });
    let grants = pack.roles().grants.iter().zip(&pack.sources().grants).map(|(grant, at)| GrantView {
        role: grant.role.to_string(),
        actions: grant.actions.clone(),
        resource: grant.resource.clone(),
        relation: match grant.relation {
            Relation::Own => "own",
            Relation::Unit => "unit",
            Relation::Below => "below",
            Relation::Area => "area",
            Relation::Any => "any",
        },
        procedures: grant
            .procedures
            .iter()
            .map(|name| {
                pack.procedure(name, today)
                    .map_or_else(|| name.to_string(), |known| known.head().title.clone())
            })
            .collect(),
        purposes: grant
            .purposes
            .iter()
            .map(|name| {
                pack.purpose(name.as_str()).map_or_else(|| name.to_string(), |purpose| purpose.title.clone())
            })
            .collect(),
        condition: grant.condition.clone(),
        file: at.file.clone(),
        line: at.line,
    });
    Ok(Json(GrantsView { roles: roles.collect(), grants: grants.collect() }))
}

/// A year of the calendar.
#[derive(Serialize, ToSchema)]
pub(super) struct YearView {
    /// The year.
    year: i16,
    /// Whether it is not announced: its days are computed Monday to Friday.
    provisional: bool,
    /// The notice it comes from; nothing when the year is not declared.
    source: Option<String>,
    /// The file to edit, or to write.
    file: String,
    /// Declared days off.
    off: Vec<String>,
    /// Saturdays and Sundays that are worked (调休).
    make_up: Vec<String>,
    /// Working days of the year.
    workdays: usize,
}

/// A year of the working-day calendar. For the system administrator.
#[utoipa::path(get, path = "/api/pack/calendar/{year}", tag = "pack", params(("year" = i16, Path)), responses(
    (status = 200, body = YearView), (status = 401, body = Problem), (status = 403, body = Problem),
    (status = 422, body = Problem)))]
pub(super) async fn year(
    Signed(actor): Signed,
    State(state): State<PackDeskState>,
    State(access): State<AccessState>,
    Path(year): Path<i16>,
) -> Result<Json<YearView>, Problem> {
    /// Years that a calendar of a city may sensibly be asked for.
    const YEARS: std::ops::RangeInclusive<i16> = 2000..=2100;
    permit(&access, &actor).await?;
    if !YEARS.contains(&year) {
        return Err(PackDeskRefused::Invalid("year").into());
    }
    let pack = &state.pack;
    let calendar = pack.calendar();
    let first = date(year, 1, 1);
    let days: Vec<Date> = std::iter::successors(Some(first), |day| day.tomorrow().ok())
        .take_while(|day| day.year() == year)
        .collect();
    let weekend = |day: &Date| matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
    let told = |fits: &dyn Fn(&Date) -> bool| -> Vec<String> {
        days.iter().filter(|day| fits(day)).map(ToString::to_string).collect()
    };
    let declared = pack.sources().years.iter().find(|declared| declared.year.year == year);
    Ok(Json(YearView {
        year,
        provisional: calendar.is_provisional(first),
        source: declared.map(|declared| declared.year.source.clone()),
        file: declared.map_or_else(|| format!("calendar/{year}.toml"), |declared| declared.at.file.clone()),
        // Declared days off at a weekend are holidays, too: they are shown as such.
        off: match declared {
            Some(declared) => declared.year.off.iter().map(ToString::to_string).collect(),
            None => Vec::new(),
        },
        make_up: told(&|day| weekend(day) && calendar.is_workday(*day)),
        workdays: days.iter().filter(|day| calendar.is_workday(**day)).count(),
    }))
}
