//! Access at its doors, on both storages.

mod accounts;
mod asking;
mod bodies;
mod given;
mod posts;
mod repeats;
mod rights;
mod routes;
mod secrets;
mod settings;
mod trail;
