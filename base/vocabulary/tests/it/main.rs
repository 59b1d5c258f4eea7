//! The vocabulary through its public functions.
#![expect(clippy::print_stderr, reason = "a test says what it did not run")]

mod calendars;
mod codes;
mod masks;
mod places;
mod time;
