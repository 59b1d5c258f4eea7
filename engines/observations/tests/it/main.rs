//! The readings of a city through their public functions.

mod air;
mod backup;
mod bulk;
mod crashes;
mod given;
mod history;
mod lake;
mod register;
mod storing;
mod transfer;
