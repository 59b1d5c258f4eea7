//! Storage through its public functions, each test on both engines.

mod given;
mod units;
mod values;
