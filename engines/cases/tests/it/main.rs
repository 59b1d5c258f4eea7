//! Tests of the engine through its public functions: the interpreter by itself, and the service on both storages.

mod beside;
mod branches;
mod contended;
mod desk;
mod doors;
mod examples;
mod given;
mod kept;
mod loop_of_a_case;
mod run;
mod standing;
mod supported;
mod walks;
