//! How the world comes in: standard interfaces over the engines, a module each.
//!
//! | module | what it speaks |
//! |---|---|
//! | [`hj212_tcp`] | HJ 212 of pollutant monitors, over TCP |
//! | [`import`] | tables of another system (CSV, XLSX, JSON) with a declared mapping |
//! | [`mqtt`] | MQTT 3.1.1 and 5: the embedded broker, and the client of one elsewhere |
//! | [`open311`] | Open311 GeoReport v2: services, requests, tokens, in JSON and XML |
//! | [`sensing`] | what things say, in JSON, meter frames, line protocol; readings by POST |
//!
//! A door turns foreign bytes into the city's words and back. It decides nothing about a case and knows no
//! engine's tables: what it needs from them is written here as a trait ([`import::CaseSink`],
//! [`open311::Requests`], [`open311::ApiKeys`]), which `city` implements.

pub mod hj212_tcp;
pub mod import;
pub mod mqtt;
pub mod open311;
pub mod sensing;
