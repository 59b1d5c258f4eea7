//! The doors, from outside: real files, a real store on each engine, HTTP as a client speaks it.

#![expect(
    clippy::print_stdout,
    reason = "counts of imports, and what was not run, are for the reader of the test's output"
)]

mod given;
mod hj212_tcp;
mod import_cities;
mod import_mapping;
mod import_rows;
mod mqtt_bytes;
mod mqtt_clients;
mod mqtt_durable;
mod mqtt_lab;
mod mqtt_sessions;
mod open311;
mod packs;
