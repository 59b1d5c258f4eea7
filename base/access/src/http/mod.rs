//! The HTTP side of access: problems, bodies, the guard of sessions, and its own routes.

mod accounts;
pub mod body;
pub mod idempotency;
pub mod problem;
pub mod session;
mod sessions;
mod settings;
mod trail;

pub use body::{BodyRefused, Json, Path, Query};
pub use idempotency::answer_once;
pub use problem::{FieldProblem, Problem, TRACE_HEADER, answer_with_problems};
pub use session::{Anyone, SESSION_COOKIE, Signed, SignedSession};

use utoipa_axum::router::OpenApiRouter;

use crate::AccessState;

/// The routes of access: sessions, registration, administration, the audit trail.
pub fn routes(access: AccessState) -> OpenApiRouter {
    OpenApiRouter::new()
        .merge(sessions::routes())
        .merge(settings::routes())
        .merge(accounts::routes())
        .merge(trail::routes())
        .with_state(access)
}
