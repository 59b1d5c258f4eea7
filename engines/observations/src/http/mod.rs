//! Things and their readings over HTTP, by noun; each handler parses, asks, and answers.
//!
//! | file | routes |
//! |---|---|
//! | `things` | `/api/things…`: the register, for officials |
//! | `commands` | `/api/things/{id}/commands` |
//! | `series` | a property over time, for officials and for everybody |
//! | `stations` | `/api/stations…`: things whose type is public, open data |
//! | `map` | `/api/thing-map`: how many things there are and where the city's own stand, for everybody |
//! | `told` | how things and readings are told |

mod commands;
mod map;
mod series;
mod stations;
mod things;
mod told;

use axum::extract::FromRef;
use baotu_access::http::Problem;
use baotu_access::{AccessState, Denied, Resource};
use baotu_vocabulary::{Actor, ThingId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::register::{RegisterFailure, Standing, Things};
use crate::thing::{Thing, ThingRefused};

/// The grant that lists and shows things.
pub const READ: &str = "things.read";
/// The grant that registers things and renews their secrets.
pub const REGISTER: &str = "things.register";
/// The grant that changes what is known of things.
pub const CHANGE: &str = "things.change";
/// The grant that tells things what to do.
pub const COMMAND: &str = "things.command";
/// The grant, on the city, that shows public things to everybody.
pub const READ_PUBLIC: &str = "stations.read";

/// The grant, on the city, that shows everybody how many things there are and where the city's own stand.
pub const READ_MAP: &str = "things.read-map";

/// What the routes need.
#[derive(Clone)]
pub struct ThingsState {
    /// The engine.
    pub things: Things,
    /// Who asks, and what they may.
    pub access: AccessState,
}

impl FromRef<ThingsState> for AccessState {
    fn from_ref(state: &ThingsState) -> Self {
        state.access.clone()
    }
}

/// The routes of this engine.
pub fn routes(state: ThingsState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(things::list, things::register))
        .routes(routes!(things::types))
        .routes(routes!(things::read, things::change))
        .routes(routes!(things::renew))
        .routes(routes!(series::of_thing))
        .routes(routes!(commands::list, commands::ask))
        .routes(routes!(map::read))
        .routes(routes!(stations::list))
        .routes(routes!(stations::read))
        .routes(routes!(series::of_station))
        .with_state(state)
}

impl ThingsState {
    /// A thing that the actor may do `action` to; one that they may not know of is not found.
    fn permitted(&self, actor: &Actor, action: &str, id: ThingId) -> Result<Standing, Problem> {
        let standing = self.things.thing(id).ok_or(ThingRefused::NotFound)?;
        match self.access.rights().permit(actor, action, &resource(&standing.thing)) {
            Ok(_) => Ok(standing),
            Err(Denied::MayNotKnow) => Err(ThingRefused::NotFound.into()),
            Err(denied) => Err(denied.into()),
        }
    }
}

/// A thing, as far as rights depend on it.
fn resource(thing: &Thing) -> Resource {
    Resource {
        units: thing.unit.iter().cloned().collect(),
        division: thing.division,
        ..Resource::hidden("thing")
    }
}

impl From<RegisterFailure> for Problem {
    fn from(failure: RegisterFailure) -> Self {
        match failure {
            RegisterFailure::Refused(refused) => refused.into(),
            RegisterFailure::Fault(fault) => Self::fault(&fault),
        }
    }
}
