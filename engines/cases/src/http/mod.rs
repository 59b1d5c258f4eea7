//! The engine of cases over HTTP, by noun; each handler parses, asks the service, and answers.
//!
//! | file | routes |
//! |---|---|
//! | `case` | `/api/cases`, `/api/cases/{id}` and what belongs to one case |
//! | `decision` | decisions, requests and their answers |
//! | `list` | pages, queues, cases near a place |
//! | `desk` | the caller's history, similar cases, knowledge |
//! | `directory` | `/api/procedures`, `/api/categories` |
//! | `blob` | `/api/blobs` |
//! | `statistics` | `/api/statistics…` |
//! | `feed` | `/api/live` |

mod blob;
mod case;
mod decision;
mod desk;
mod directory;
mod feed;
mod list;
mod statistics;

use axum::extract::FromRef;
use baotu_access::AccessState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::service::Cases;

impl FromRef<Cases> for AccessState {
    fn from_ref(cases: &Cases) -> Self {
        cases.access().clone()
    }
}

/// The routes of this engine. Who may call them without a session is told by the grants of `anyone`.
pub fn routes(cases: Cases) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(list::list, case::open))
        .routes(routes!(list::near))
        .routes(routes!(list::of_origin))
        .routes(routes!(list::export))
        .routes(routes!(desk::caller))
        .routes(routes!(desk::similar))
        .routes(routes!(desk::knowledge))
        .routes(routes!(case::read))
        .routes(routes!(case::suggestions))
        .routes(routes!(case::reveal))
        .routes(routes!(decision::decide))
        .routes(routes!(decision::request))
        .routes(routes!(decision::answer))
        .routes(routes!(decision::support))
        .routes(routes!(list::own))
        .routes(routes!(list::queues))
        .routes(routes!(directory::procedures))
        .routes(routes!(directory::categories))
        .merge(blob::routes())
        .routes(routes!(statistics::live))
        .routes(routes!(statistics::live_cases))
        .routes(routes!(statistics::live_days))
        .routes(routes!(statistics::report))
        .routes(routes!(statistics::indicators))
        .routes(routes!(feed::feed))
        .with_state(cases)
}
