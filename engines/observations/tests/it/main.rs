//! The readings of a city through their public functions.

mod crashes;
mod given;
mod history;
mod register;
mod storing;
