//! Where things are: divisions, unit grid cells, who answers for a place, names of places, and maps of them.
//!
//! - [`Places`] is what a city declares; [`Atlas::build`] makes the immutable [`Atlas`] of it.
//! - [`Atlas::locate`] answers point → cell → division → units without a database, in microseconds.
//! - [`Gazetteer`] and [`Atlas::place`] go the other way, from words to a place.
//!
//! The engine stores nothing: places come from the pack, and live points from events.

mod address;
mod atlas;
mod coordinates;
mod cutting;
mod division;
mod frame;
mod gazetteer;
mod grid;
pub mod measure;
mod outline;
pub mod places;
mod responsibility;
mod survey;

pub use address::{ADDRESS_CHARS_MAX, Placed};
pub use atlas::{Atlas, Located, Zone};
pub use coordinates::PlaceRefused;
pub use division::{Division, Divisions};
pub use gazetteer::{ANSWERS_MAX, Gazetteer, Place, SEARCH_CHARS_MAX};
pub use grid::Cell;
pub use places::{PlaceProblem, Places};
pub use responsibility::{Overlap, ResponsibilityArea, ResponsibleUnit};
