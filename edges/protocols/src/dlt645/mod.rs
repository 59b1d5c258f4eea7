//! DL/T 645-2007: reading electricity meters over RS-485, infrared or a gateway.
//!
//! `68 A0…A5 68 C L DATA CS 16`, with any number of FE in front; the address in BCD lowest byte first, 33 added to each byte
//! of DATA, CS the sum from the first 68. Writing and switching (C 14, 1C) are deliberately absent: they need the meter's
//! keys.

mod frame;
mod quantity;

pub use frame::{DATA_BYTES_MAX, Frame, address_request, decode, encode, read_request, with_preamble};
pub use quantity::{Identifier, Quantity, Reply, Unit, Value, interpret};

pub use crate::line::{Decoded, Refused};

/// Bytes of an address.
pub(crate) const ADDRESS_BYTES: usize = 6;

/// A meter's address: 12 decimal digits.
pub type MeterAddress = crate::address::MeterAddress<ADDRESS_BYTES>;
