//! Where things are: divisions, unit grid cells, who answers for a place, names of places, and maps of them.
//!
//! - [`Places`] is what a city declares ([`Places::from_pack`]); [`Atlas::build`] makes the immutable [`Atlas`] of it.
//! - [`Atlas::locate`] answers point → cell → division → units without a database, in microseconds.
//! - [`Gazetteer`] and [`Atlas::place`] go the other way, from words to a place.
//! - [`BaseMap`] draws the city as vector tiles, [`GeoLive`] its open cases, [`GeoPast`] those of a moment; [`contracts`] answers other engines,
//!   and [`measure`] tells how long all that takes.
//!
//! The engine stores nothing: places come from the pack, live points from events, and those of the past from whoever
//! knows them.

mod address;
mod atlas;
mod base_map;
pub mod contracts;
mod coordinates;
mod cutting;
mod declaration;
mod division;
mod frame;
mod gazetteer;
mod grid;
#[expect(unused_qualifications, reason = "the code that utoipa generates for a route")]
pub mod http;
mod live;
pub mod measure;
mod open_cases;
mod outline;
mod past;
pub mod places;
mod responsibility;
mod survey;
mod tile;

pub use address::{ADDRESS_CHARS_MAX, Placed};
pub use atlas::{Atlas, Located, Zone};
pub use base_map::{BaseMap, CELLS_FROM_ZOOM, STREETS_FROM_ZOOM};
pub use coordinates::PlaceRefused;
pub use division::{Division, Divisions};
pub use gazetteer::{ANSWERS_MAX, Gazetteer, Place, SEARCH_CHARS_MAX};
pub use grid::Cell;
pub use live::{Concern, GeoLive, OpenCase, POINTS_FROM_ZOOM};
pub use past::{GeoPast, OpenThen, PastCases, PastUnknown};
pub use places::{PlaceProblem, Places};
pub use responsibility::{Overlap, ResponsibilityArea, ResponsibleUnit};
pub use tile::{BUFFER_UNITS, EXTENT, EncodedTile, TileAddress, ZOOM_MAX};
