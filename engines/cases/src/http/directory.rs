//! Procedures and categories.

use axum::extract::State;
use baotu_access::http::{Anyone, Json, Problem, Query};
use baotu_vocabulary::{CategoryCode, ProcedureName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::service::{Cases, CategoryEntry, ProcedureEntry};

/// The procedures in force.
#[derive(Serialize, ToSchema)]
pub(super) struct Procedures {
    /// By name.
    procedures: Vec<ProcedureEntry>,
}

/// Categories to choose from.
#[derive(Serialize, ToSchema)]
pub(super) struct Categories {
    /// At most 50.
    categories: Vec<CategoryEntry>,
}

/// Which categories.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct CategoryParams {
    /// The procedure whose table is meant.
    #[param(value_type = String)]
    procedure: ProcedureName,
    /// Matches code, name and keywords.
    q: Option<String>,
    /// Those below this code; the topmost when absent.
    #[param(value_type = Option<String>)]
    parent: Option<CategoryCode>,
}

/// The procedures in force, with their forms.
#[utoipa::path(get, path = "/api/procedures", tag = "cases", responses((status = 200, body = Procedures)))]
pub(super) async fn procedures(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
) -> Result<Json<Procedures>, Problem> {
    Ok(Json(Procedures { procedures: cases.procedures(&actor)? }))
}

/// Categories of a procedure.
#[utoipa::path(get, path = "/api/categories", tag = "cases", params(CategoryParams), responses(
    (status = 200, body = Categories), (status = 404, body = Problem)))]
pub(super) async fn categories(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    Query(params): Query<CategoryParams>,
) -> Result<Json<Categories>, Problem> {
    let categories =
        cases.categories(&params.procedure, params.q.as_deref(), params.parent.as_ref(), &actor)?;
    Ok(Json(Categories { categories }))
}
