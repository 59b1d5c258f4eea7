//! Numbers: the live page, reports by group, declared indicators.

use axum::extract::State;
use baotu_access::http::{Anyone, Json, Problem, Query, Signed};
use baotu_vocabulary::{Moment, ProcedureName};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::{Cases, IndicatorNumbers, LIVE_ROWS_MAX, LiveCases, PartAsked, ReportQuestion};
use crate::standing::{DayBrought, LiveNumbers};
use crate::statistics::ReportGroup;
use crate::store::{Grouping, LiveKind};

/// By what a report is grouped.
#[derive(Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum By {
    /// One group of all.
    #[default]
    None,
    /// The unit in charge.
    Unit,
    /// The district of the place.
    District,
    /// The category.
    Category,
    /// The day of opening.
    Day,
}

impl From<By> for Grouping {
    fn from(by: By) -> Self {
        match by {
            By::None => Self::None,
            By::Unit => Self::Unit,
            By::District => Self::District,
            By::Category => Self::Category,
            By::Day => Self::Day,
        }
    }
}

/// Which cases are counted.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportParams {
    /// The first day.
    #[param(value_type = String)]
    from: Date,
    /// The last day, inclusive.
    #[param(value_type = String)]
    to: Date,
    /// Only this procedure.
    #[param(value_type = Option<String>)]
    procedure: Option<ProcedureName>,
    /// `none` (default), `unit`, `district`, `category` or `day`.
    #[serde(default)]
    #[param(inline)]
    by: By,
}

impl ReportParams {
    fn question(self) -> ReportQuestion {
        ReportQuestion { from: self.from, to: self.to, procedure: self.procedure, grouping: self.by.into() }
    }
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(super) struct Report {
    /// The largest first.
    groups: Vec<ReportGroup>,
}

/// At which moment, and which part of the city.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LiveParams {
    /// A moment of the last 40 days (RFC 3339); now when absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Only the procedures of this system.
    system: Option<String>,
    /// Only this district, six digits.
    district: Option<String>,
}

/// Which cases behind a number, at which moment, of which part of the city.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct LiveCasesParams {
    /// `open`, `opened`, `closed`, `waiting`, `overdue`, `late` or `alerts`.
    #[param(inline)]
    kind: LiveKind,
    /// A moment of the last 40 days (RFC 3339); now when absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Only the procedures of this system.
    system: Option<String>,
    /// Only this district, six digits.
    district: Option<String>,
    /// Rows, at most 200.
    limit: Option<u32>,
}

/// How many days, before which moment's day, of which part of the city.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct DaysParams {
    /// How many days, at most 31.
    days: u16,
    /// Before the day of this moment (RFC 3339); before today when absent.
    #[param(value_type = Option<String>)]
    at: Option<Moment>,
    /// Only the procedures of this system.
    system: Option<String>,
    /// Only this district, six digits.
    district: Option<String>,
}

/// The numbers of the live page, now or as they were at a moment: public.
#[utoipa::path(get, path = "/api/statistics/live", tag = "statistics", params(LiveParams), responses(
    (status = 200, body = LiveNumbers), (status = 422, description = "no such moment or part", body = Problem)))]
pub(super) async fn live(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(LiveParams { at, system, district }): Query<LiveParams>,
) -> Result<Json<LiveNumbers>, Problem> {
    Ok(Json(cases.live_numbers(at, &PartAsked { system, district }, &actor).await?))
}

/// The cases behind a number of the live page: public, so without confidential ones, people and their words.
#[utoipa::path(get, path = "/api/statistics/live/cases", tag = "statistics", params(LiveCasesParams), responses(
    (status = 200, body = LiveCases), (status = 422, description = "no such moment or part", body = Problem)))]
pub(super) async fn live_cases(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(LiveCasesParams { kind, at, system, district, limit }): Query<LiveCasesParams>,
) -> Result<Json<LiveCases>, Problem> {
    let part = PartAsked { system, district };
    Ok(Json(cases.live_cases(kind, at, &part, limit.unwrap_or(LIVE_ROWS_MAX), &actor).await?))
}

/// What each of the last days brought, today not among them: public.
#[utoipa::path(get, path = "/api/statistics/live/days", tag = "statistics", params(DaysParams), responses(
    (status = 200, body = Vec<DayBrought>), (status = 422, description = "no such moment or part", body = Problem)))]
pub(super) async fn live_days(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(DaysParams { days, at, system, district }): Query<DaysParams>,
) -> Result<Json<Vec<DayBrought>>, Problem> {
    Ok(Json(cases.days_brought(days, at, &PartAsked { system, district }, &actor).await?))
}

/// What the cases opened in a span of days amount to.
#[utoipa::path(get, path = "/api/statistics", tag = "statistics", params(ReportParams), responses(
    (status = 200, body = Report), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn report(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<ReportParams>,
) -> Result<Json<Report>, Problem> {
    Ok(Json(Report { groups: cases.report(&params.question(), &actor).await? }))
}

/// The indicators that the pack declares, over the cases opened in a span of days.
#[utoipa::path(get, path = "/api/statistics/indicators", tag = "statistics", params(ReportParams), responses(
    (status = 200, body = Vec<IndicatorNumbers>), (status = 403, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn indicators(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    Query(params): Query<ReportParams>,
) -> Result<Json<Vec<IndicatorNumbers>>, Problem> {
    Ok(Json(cases.indicators(&params.question(), &actor).await?))
}
