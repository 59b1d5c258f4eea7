//! Pages of cases, the numbers of a day, and cases near a place.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use baotu_access::http::{Anyone, Json, Problem, Query, Signed};
use baotu_vocabulary::{CategoryCode, Moment, PersonId, Point, ProcedureName, StepName, UnitCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::{
    CaseRefused, Cases, ListQuestion, ListedQueue, NearCase, NearQuestion, OriginCase, Page, QueueNumbers,
};
use crate::store::{CaseFilter, Mark};

/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Which cases are asked for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ListParams {
    /// `all` (default), `unit`, `mine` or `requests`.
    #[serde(default)]
    #[param(inline)]
    queue: ListedQueue,
    /// Only this procedure.
    #[param(value_type = Option<String>)]
    procedure: Option<ProcedureName>,
    /// Only this public status.
    status: Option<String>,
    /// Only this step.
    #[param(value_type = Option<String>)]
    step: Option<StepName>,
    /// Only categories that begin with this.
    category: Option<String>,
    /// Only this level.
    level: Option<String>,
    /// Only divisions whose code begins with this.
    division: Option<String>,
    /// Only this unit in charge.
    #[param(value_type = Option<String>)]
    unit: Option<UnitCode>,
    /// Only open cases past their due time.
    #[serde(default)]
    overdue: bool,
    /// Only cases due before this (RFC 3339).
    #[param(value_type = Option<String>)]
    due_before: Option<Moment>,
    /// Only cases opened at this time or later (RFC 3339).
    #[param(value_type = Option<String>)]
    opened_from: Option<Moment>,
    /// Only cases opened before this (RFC 3339).
    #[param(value_type = Option<String>)]
    opened_to: Option<Moment>,
    /// Only cases of this reporter.
    #[param(value_type = Option<String>)]
    reporter: Option<PersonId>,
    /// Only open cases that are `supervised`, or have a `yellow` card and no red one, or a `red` card.
    #[param(inline)]
    mark: Option<Mark>,
    /// Only open (`true`) or ended (`false`) cases.
    open: Option<bool>,
    /// Words to look for, or a number.
    q: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows, at most 100.
    limit: Option<u32>,
}

/// A page of one's own cases.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OwnParams {
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows, at most 100.
    limit: Option<u32>,
}

/// Around which place.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct NearParams {
    /// Longitude in CGCS2000 degrees.
    lon: f64,
    /// Latitude in CGCS2000 degrees.
    lat: f64,
    /// Only this category.
    #[param(value_type = Option<String>)]
    category: Option<CategoryCode>,
    /// The procedure.
    #[param(value_type = String)]
    procedure: ProcedureName,
}

/// Possible duplicates.
#[derive(Serialize, ToSchema)]
pub(super) struct NearCases {
    /// The nearest first.
    cases: Vec<NearCase>,
}

/// Cases that the reader may know of.
#[utoipa::path(get, path = "/api/cases", tag = "cases", params(ListParams), responses(
    (status = 200, body = Page), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn list(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<ListParams>,
) -> Result<Json<Page>, Problem> {
    let (question, filter) = params.parts();
    Ok(Json(cases.list(&question, &filter, &actor).await?))
}

/// The cases of a list as a workbook (XLSX), at most 5,000; `after` and `limit` are not looked at. Leaves an audit line.
#[utoipa::path(get, path = "/api/cases/export", tag = "cases", params(ListParams), responses(
    (status = 200, description = "A workbook: a sheet of cases, and a sheet that says what was exported",
        content_type = WORKBOOK, body = Vec<u8>),
    (status = 401, body = Problem), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn export(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<ListParams>,
) -> Result<Response, Problem> {
    let (question, filter) = params.parts();
    let exported = cases.export(&question, &filter, &actor).await?;
    let name = format!("attachment; filename=\"cases-{}.xlsx\"", exported.stamp);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(WORKBOOK)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).expect("digits and a dash")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, exported.workbook).into_response())
}

impl ListParams {
    fn parts(self) -> (ListQuestion, CaseFilter) {
        let filter = CaseFilter {
            procedure: self.procedure,
            status: self.status,
            step: self.step,
            category: self.category,
            level: self.level,
            division: self.division,
            unit: self.unit,
            overdue: self.overdue,
            due_before: self.due_before,
            opened_from: self.opened_from,
            opened_to: self.opened_to,
            reporter: self.reporter,
            mark: self.mark,
            open: self.open,
            ..CaseFilter::default()
        };
        let question = ListQuestion { queue: self.queue, q: self.q, after: self.after, limit: self.limit };
        (question, filter)
    }
}

/// The reader's own cases, the newest first.
#[utoipa::path(get, path = "/api/my/cases", tag = "cases", params(OwnParams), responses(
    (status = 200, body = Page), (status = 401, body = Problem)))]
pub(super) async fn own(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<OwnParams>,
) -> Result<Json<Page>, Problem> {
    let question = ListQuestion { after: params.after, limit: params.limit, ..ListQuestion::default() };
    Ok(Json(cases.list_own(&question, &actor).await?))
}

/// The numbers of the reader's day.
#[utoipa::path(get, path = "/api/queues", tag = "cases", responses(
    (status = 200, body = QueueNumbers), (status = 401, body = Problem)))]
pub(super) async fn queues(
    State(cases): State<Cases>,
    Signed(actor): Signed,
) -> Result<Json<QueueNumbers>, Problem> {
    Ok(Json(cases.queues(&actor).await?))
}

/// For what.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct OriginParams {
    /// The origin, for example `thing:<id>` or `alarm:<id>`.
    origin: String,
}

/// The newest cases that were opened by a reaction for an alarm or a thing, and that the reader may read.
#[utoipa::path(get, path = "/api/cases/of-origin", tag = "cases", params(OriginParams), responses(
    (status = 200, body = Vec<OriginCase>), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn of_origin(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<OriginParams>,
) -> Result<Json<Vec<OriginCase>>, Problem> {
    Ok(Json(cases.of_origin(&params.origin, &actor).await?))
}

/// Open cases of the same kind around a place: public, without a person.
#[utoipa::path(get, path = "/api/cases/near", tag = "cases", params(NearParams), responses(
    (status = 200, body = NearCases), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn near(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(params): Query<NearParams>,
) -> Result<Json<NearCases>, Problem> {
    let point = Point::new(params.lon, params.lat).map_err(|_| CaseRefused::QueryInvalid("lon"))?;
    let question = NearQuestion { procedure: params.procedure, category: params.category, point };
    Ok(Json(NearCases { cases: cases.near(&question, &actor).await? }))
}
