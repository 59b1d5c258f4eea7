//! All SQL of access: a function per question, named after it.

pub(crate) mod account;
pub(crate) mod audit;
pub(crate) mod client;
mod directory;
pub(crate) mod holding;
mod idempotency;
pub(crate) mod seed;
pub(crate) mod session;
pub(crate) mod setting;
