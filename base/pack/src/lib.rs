//! Reads a city pack, checks it whole, and hands out typed declarations.
//!
//! The types here are what a city may declare; their docs are the pack author's manual. This crate knows no
//! engine, no database and no HTTP: what engines say and can be asked comes in as `vocabulary::Contracts`.

pub mod city;
pub mod organisations;
pub mod procedure;
pub mod reactions;
pub mod roles;
pub mod system;
