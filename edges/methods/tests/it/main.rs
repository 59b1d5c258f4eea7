//! The methods through their public functions: the standards' own numbers, what must hold for any number, and real data.
#![expect(clippy::print_stdout, reason = "a test says what it did not run")]

mod aqi;
mod parking;
mod real_air;
mod real_data;
mod real_parking;
mod rounding;
mod surface_water;
