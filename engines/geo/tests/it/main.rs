//! The geo engine through its public functions.

mod address;
mod city;
mod gazetteer;
mod grid;
mod locate;
mod survey;
