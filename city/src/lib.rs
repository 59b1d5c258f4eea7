//! The city: engines on one store with one pack, put together into what the `baotu` binary runs.
//!
//! | module | what it holds |
//! |---|---|
//! | [`city`] | the engines wired together: contracts, facts, actions, routes |
//! | [`commands`] | what the command line offers, a file each |
//! | [`settings`] | flags, environment and file, checked before anything starts |
//! | [`starter`] | the smallest useful pack |
//! | [`surroundings`] | the real clock and chance, and simulated ones |
//! | [`sensing`] | things, their readings and the doors by which they speak |
//! | [`methods`] | the calculations that packs may name |
//! | [`logging`] | log lines without personal data |
//! | [`reactions`] | where engines meet: event, condition, action |
//! | [`intake`] | imported rows become cases |
//! | [`listening`] | the socket, and what every answer carries |
//! | [`bench`] | how fast a city works, through the doors that people use |
//! | `pack_desk` | the pack at the desk of the system administrator |
//! | [`health`] | `/healthz`, `/readyz`, `/metrics` |
//!
//! Everything below receives time, chance and configuration from here and knows nothing of this crate.

#[expect(unused_qualifications, reason = "the code that utoipa generates for a route")]
mod about;
pub mod bench;
pub mod city;
pub mod commands;
pub mod demo;
pub mod health;
mod hearing;
pub mod intake;
pub mod listening;
pub mod logging;
pub mod methods;
#[expect(unused_qualifications, reason = "the code that utoipa generates for a route")]
mod pack_desk;
mod published;
pub mod reactions;
pub mod sensing;
pub mod settings;
pub mod starter;
pub mod surroundings;
mod wiring;
