//! The compiler of city packs through its public functions.

mod broken;
mod condition;
mod contracts;
mod jinan;
mod lookups;
mod mistakes;
mod schemas;
mod small;
