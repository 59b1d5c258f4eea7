//! The geo engine through its public functions.

mod address;
mod base_map;
mod city;
mod contracts;
mod declaration;
mod folder;
mod gazetteer;
mod grid;
mod http;
mod jinan;
mod live;
mod locate;
mod measure;
mod survey;
