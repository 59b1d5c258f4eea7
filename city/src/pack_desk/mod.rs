//! The city pack at the desk, for the system administrator: what is declared, what its check warned of, and where to
//! edit it; and two questions to try: which unit would be suggested, and when a limit would end.
//!
//! Read only. A pack is edited in its folder and checked with `baotu check`; a city that runs another loads it anew.
//!
//! | file | what it tells |
//! |---|---|
//! | `overview` | systems, code tables, warnings |
//! | `procedure` | one procedure as a table that officials read |
//! | `tables` | function lists, grants, a year of the calendar |
//! | `trial` | what would be decided |

mod overview;
mod procedure;
mod tables;
mod trial;

use axum::extract::FromRef;
use baotu_access::grants::Resource;
use baotu_access::http::Problem;
use baotu_access::{AccessState, Denied};
use baotu_cases::Cases;
use baotu_pack::Pack;
use baotu_vocabulary::{Actor, Refusal, RefusalKind};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What the routes here need.
#[derive(Clone, FromRef)]
pub(crate) struct PackDeskState {
    pub(crate) pack: Pack,
    pub(crate) access: AccessState,
    pub(crate) cases: Cases,
}

/// The routes.
pub(crate) fn routes(state: PackDeskState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(overview::overview))
        .routes(routes!(procedure::procedure))
        .routes(routes!(tables::functions))
        .routes(routes!(tables::grants))
        .routes(routes!(tables::year))
        .routes(routes!(trial::dispatch))
        .routes(routes!(trial::limit))
        .with_state(state)
}

/// Whether the actor may read the pack; refused attempts are on record.
async fn permit(access: &AccessState, actor: &Actor) -> Result<(), Problem> {
    let asked = access.authorise(actor, "pack.read", &Resource::known("system")).await;
    asked.map(drop).map_err(|failure: baotu_access::Failure<Denied>| failure.into())
}

/// Why a question about the pack has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PackDeskRefused {
    /// Nothing of that name is declared.
    #[error("城市包里没有这一项")]
    Unknown,
    /// A value that cannot be read.
    #[error("“{0}”写得不对")]
    Invalid(&'static str),
}

impl Refusal for PackDeskRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Unknown => RefusalKind::NotFound,
            Self::Invalid(_) => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "not-declared",
            Self::Invalid(_) => "question-invalid",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Unknown => Vec::new(),
            Self::Invalid(field) => vec![((*field).to_owned(), self.to_string())],
        }
    }
}
