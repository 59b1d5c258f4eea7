//! Calculations that one trade prescribes, a module each: numbers in, a result or a typed refusal out.
//!
//! Nothing here reads a clock, a file or a setting, and nothing knows an engine or a pack: `city` registers a method
//! by name. A method that follows a standard names its clauses, and where two editions differ it is told the date.

pub mod aqi;
pub mod parking;
pub mod rounding;
pub mod surface_water;
