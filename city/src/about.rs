//! What everybody may know of the city before signing in, and the directory of its units for officials.

use std::sync::Arc;

use axum::extract::State;
use baotu_access::AccessState;
use baotu_access::http::problem::Problem;
use baotu_access::http::session::Signed;
use baotu_access::http::{Json, Query};
use baotu_pack::Pack;
use baotu_pack::city::{Shortcut, ShortcutIcon};
use baotu_vocabulary::{Refusal, RefusalKind, Surroundings};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::demo::accounts::DemoAccount;
use crate::surroundings::SimulatedSurroundings;

/// Units that one answer holds at most.
const UNITS_MAX: usize = 50;

/// What the routes here need.
#[derive(Clone, axum::extract::FromRef)]
pub(crate) struct AboutState {
    pub(crate) pack: Pack,
    pub(crate) access: AccessState,
    pub(crate) demo: Option<Arc<Demo>>,
}

/// What a demo city tells of itself.
pub struct Demo {
    /// How much faster than the machine's clock the city's time runs.
    pub speed: f64,
    /// The accounts on the sign-in page.
    pub accounts: Vec<DemoAccount>,
    /// The city's time.
    pub surroundings: Arc<SimulatedSurroundings>,
}

/// The routes.
pub(crate) fn routes(state: AboutState) -> OpenApiRouter {
    OpenApiRouter::new().routes(routes!(city)).routes(routes!(units)).routes(routes!(demo)).with_state(state)
}

/// The city.
#[derive(Serialize, ToSchema)]
struct CityView {
    /// Kebab-case name of the pack.
    name: String,
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// Division code, 6 digits.
    division: Option<String>,
    /// Where the map opens: longitude and latitude in CGCS2000 degrees.
    centre: [f64; 2],
    /// West, south, east and north in CGCS2000 degrees.
    bounds: [f64; 4],
    /// The word that marks what is made up.
    synthetic_mark: Option<String>,
    /// The purposes for which personal data may be read.
    purposes: Vec<PurposeView>,
    /// What residents find on their first page, in the city's order.
    shortcuts: Vec<ShortcutView>,
}

/// A problem that residents can report from their first page.
#[derive(Serialize, ToSchema)]
struct ShortcutView {
    /// Shown.
    title: String,
    /// Shown in English.
    title_en: Option<String>,
    /// The picture beside it.
    #[schema(value_type = String)]
    icon: ShortcutIcon,
    /// The procedure with which a case is opened.
    procedure: String,
    /// The category that is chosen beforehand.
    category: String,
    /// The names that lead to the category, the widest first.
    category_path: Vec<String>,
}

/// A purpose for which personal data may be read.
#[derive(Serialize, ToSchema)]
struct PurposeView {
    /// Kebab-case.
    name: String,
    /// Shown.
    title: String,
}

/// The city: its name, where it lies, and the purposes for which personal data may be read.
#[utoipa::path(get, path = "/api/city", tag = "city", responses((status = 200, body = CityView)))]
async fn city(State(pack): State<Pack>, State(access): State<AccessState>) -> Json<CityView> {
    let (city, day) = (pack.city(), pack.calendar().date_of(access.now()));
    let purposes = pack.roles().purposes.iter();
    let shortcuts = city.shortcuts.iter().map(|shortcut| ShortcutView {
        title: shortcut.title.clone(),
        title_en: shortcut.title_en.clone(),
        icon: shortcut.icon,
        procedure: shortcut.procedure.to_string(),
        category: shortcut.category.to_string(),
        category_path: category_path(&pack, shortcut, day),
    });
    Json(CityView {
        name: city.name.clone(),
        title: city.title.clone(),
        title_en: city.title_en.clone(),
        division: city.division.clone(),
        centre: city.centre,
        bounds: city.bounds,
        synthetic_mark: city.synthetic_mark.clone(),
        purposes: purposes
            .map(|purpose| PurposeView { name: purpose.name.to_string(), title: purpose.title.clone() })
            .collect(),
        shortcuts: shortcuts.collect(),
    })
}

/// The names above a shortcut's category and its own.
fn category_path(pack: &Pack, shortcut: &Shortcut, day: Date) -> Vec<String> {
    let procedure = pack.procedure(&shortcut.procedure, day);
    let table = procedure.and_then(|procedure| pack.code_table(&procedure.head().categories));
    let code = shortcut.category.as_str();
    let row = table.and_then(|table| Some((table, table.newest(code)?)));
    let path = row.map(|(table, row)| table.path(code, row.valid_from)).unwrap_or_default();
    path.into_iter().map(|row| row.name.clone()).collect()
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct UnitQuestion {
    /// Part of a name or a code.
    q: Option<String>,
    /// Codes separated by commas.
    codes: Option<String>,
}

/// Units of the city.
#[derive(Serialize, ToSchema)]
struct UnitsView {
    /// At most 50.
    units: Vec<UnitView>,
}

/// A unit.
#[derive(Serialize, ToSchema)]
struct UnitView {
    /// Its code.
    code: String,
    /// Its name.
    name: String,
    /// For example `bureau`, `street-office`.
    kind: String,
}

/// Units by name or code, for those who dispatch. Signed-in people only.
#[utoipa::path(
    get, path = "/api/units", tag = "city", params(UnitQuestion),
    responses((status = 200, body = UnitsView), (status = 401, body = Problem))
)]
async fn units(
    _signed: Signed,
    State(pack): State<Pack>,
    Query(asked): Query<UnitQuestion>,
) -> Json<UnitsView> {
    let words = asked.q.as_deref().map(str::trim).filter(|words| !words.is_empty());
    let codes: Option<Vec<&str>> = asked.codes.as_deref().map(|codes| codes.split(',').collect());
    let fits = |unit: &&baotu_pack::organisations::Unit| {
        let named = words.is_none_or(|words| unit.name.contains(words) || unit.code.as_str().contains(words));
        named && codes.as_ref().is_none_or(|codes| codes.contains(&unit.code.as_str()))
    };
    let mut found: Vec<_> = pack.units().all().iter().filter(fits).collect();
    // What begins with the words, then the shorter name: the bureau before its branches.
    found.sort_by_key(|unit| {
        (!words.is_some_and(|words| unit.name.starts_with(words)), unit.name.chars().count())
    });
    let shown = found.into_iter().take(UNITS_MAX);
    let view = |unit: &baotu_pack::organisations::Unit| UnitView {
        code: unit.code.to_string(),
        name: unit.name.clone(),
        kind: unit.kind.clone(),
    };
    Json(UnitsView { units: shown.map(view).collect() })
}

/// The demo city's time and accounts.
#[derive(Serialize, ToSchema)]
struct DemoView {
    /// The city's time, RFC 3339.
    now: String,
    /// How much faster than the machine's clock it runs.
    speed: f64,
    /// Accounts that can play every part.
    accounts: Vec<DemoAccount>,
}

/// A city that is no demo offers no accounts.
#[derive(Debug, thiserror::Error)]
#[error("这不是演示城市")]
struct NoDemo;

impl Refusal for NoDemo {
    fn kind(&self) -> RefusalKind {
        RefusalKind::NotFound
    }

    fn code(&self) -> &'static str {
        "no-demo"
    }
}

/// The demo city's time and accounts; 404 in a real city.
#[utoipa::path(
    get, path = "/api/demo", tag = "city",
    responses((status = 200, body = DemoView), (status = 404, body = Problem))
)]
async fn demo(State(demo): State<Option<Arc<Demo>>>) -> Result<Json<DemoView>, Problem> {
    let demo = demo.ok_or(NoDemo)?;
    Ok(Json(DemoView {
        now: demo.surroundings.now().to_string(),
        speed: demo.speed,
        accounts: demo.accounts.clone(),
    }))
}
