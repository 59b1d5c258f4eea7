//! Storage through its public functions, each test on both engines where both have the thing.

mod backups;
mod blobs;
mod crashes;
mod events;
mod given;
mod jobs;
mod migrations;
mod numbers;
mod texts;
mod units;
mod values;
