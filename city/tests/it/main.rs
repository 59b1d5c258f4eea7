//! Stories through the real binary: processes, HTTP, files.

#![expect(
    clippy::print_stdout,
    reason = "what was counted, and what was not run, is for the reader of the test's output"
)]

mod alarms;
mod bad_input;
mod bad_things;
mod city;
mod command_line;
mod crashes;
mod devices;
mod ingest;
mod interface;
mod journeys;
mod kept;
mod mosquitto;
mod one_ticket;
mod own_history;
mod pack_desk;
mod people;
#[path = "../../../xtask/src/postgres/server.rs"]
mod postgres;
mod real_imports;
mod register_gone;
mod strangers;
mod things_crashes;
mod things_full_disk;
