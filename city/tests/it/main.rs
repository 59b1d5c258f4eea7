//! Stories through the real binary: processes, HTTP, files.

#![expect(
    clippy::print_stdout,
    reason = "what was counted, and what was not run, is for the reader of the test's output"
)]

mod bad_input;
mod city;
mod command_line;
mod crashes;
mod interface;
mod journeys;
mod kept;
mod one_ticket;
mod own_history;
mod pack_desk;
mod people;
mod real_imports;
mod strangers;
