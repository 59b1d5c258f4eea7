//! The engine of rules, from outside: decisions by table, over made-up and over real readings, on each storage.

#![expect(clippy::print_stdout, reason = "a test says what it did not run")]

mod decided;
mod given;
mod replayed;
mod served;
mod walks;
