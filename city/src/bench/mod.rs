//! Benches: how fast a city works, on any machine, through the doors that people use.
//!
//! | file | what it does |
//! |---|---|
//! | `load` | several clients that repeat one thing, and what came of it |
//! | `cases` | cities with few and with many cases, side by side |
//! | `ground` | a city to be measured: founded, filled, opened, cleared away |
//! | `history` | the cases that it has stored |
//! | `requests` | what people ask for |
//! | `lifecycle` | one case's way, act by act over HTTP |
//! | `looks` | what an official looks at all day |
//! | `ingest` | readings that become durable, beside PostgreSQL |
//! | `things` | things that report over MQTT, beside Mosquitto and InfluxDB |
//! | `client` | the program at the other end of the line |
//!
//! Nothing is printed here: the command does.

pub mod cases;
mod client;
mod ground;
mod history;
pub mod ingest;
mod lifecycle;
pub mod load;
mod looks;
mod requests;
pub mod things;
