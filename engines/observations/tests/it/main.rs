//! The readings of a city through their public functions.

mod crashes;
mod given;
mod history;
mod lake;
mod storing;
mod transfer;
