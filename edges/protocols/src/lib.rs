//! Codecs of device protocols, a module each: bytes to typed messages and back.
//!
//! Nothing here opens a socket, reads a clock or knows a database: a door feeds bytes and sends what it is given.
//! Every parser takes any bytes, keeps bounded memory, and names what is odd instead of mending it in silence.

mod address;
mod bcd;
pub mod cjt188;
pub mod dlt645;
pub mod hj212;
mod line;
