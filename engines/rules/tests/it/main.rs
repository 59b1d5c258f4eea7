//! The engine of rules, from outside: decisions by table, over made-up and over real readings, on each storage.

mod decided;
mod given;
mod replayed;
mod walks;
