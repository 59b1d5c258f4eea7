//! The demo city: a pack peopled, a day of history, then life at a chosen speed. Nothing it does leaves the machine.
//!
//! | file | what it holds |
//! |---|---|
//! | `habits` | what is usually done, as the pack's `demo.toml` files say |
//! | `people` | who plays |
//! | `scenery` | where things happen and what they are about |
//! | `play` | the play itself, in simulated time |
//! | `accounts` | which accounts are offered to those who watch and take part |

pub mod accounts;
pub mod devices;
pub mod habits;
pub mod people;
pub mod play;
pub mod scenery;
