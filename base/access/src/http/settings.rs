//! Routes of what people set for their own screens.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Json, Path};
use super::problem::Problem;
use super::session::SignedSession;
use crate::AccessState;
use crate::setting::Setting;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new().routes(routes!(read_setting, write_setting))
}

/// A document to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewSetting {
    /// The document, at most 16 KiB as JSON; null forgets what was set.
    #[schema(value_type = Object, nullable)]
    value: Value,
}

/// What I have set for my own screens under a name; null when nothing.
#[utoipa::path(get, path = "/api/me/settings/{name}", tag = "access", params(("name" = String, Path)),
    responses((status = 200, body = Setting), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn read_setting(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
    Path(name): Path<String>,
) -> Result<Json<Setting>, Problem> {
    Ok(Json(access.setting(session.person, &name).await?))
}

/// Set something for my own screens; it follows me to every browser.
#[utoipa::path(put, path = "/api/me/settings/{name}", tag = "access", params(("name" = String, Path)),
    request_body = NewSetting,
    responses((status = 200, body = Setting), (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 422, body = Problem)))]
async fn write_setting(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
    Path(name): Path<String>,
    Json(body): Json<NewSetting>,
) -> Result<Json<Setting>, Problem> {
    Ok(Json(access.set_setting(session.person, &name, body.value).await?))
}
