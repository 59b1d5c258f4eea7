//! The vocabulary through its public functions.

mod codes;
mod masks;
mod places;
mod time;
