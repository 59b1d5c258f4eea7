//! DL/T 645-2007: reading electricity meters over RS-485, infrared or a gateway.
//!
//! `68 A0…A5 68 C L DATA CS 16`, with any number of FE in front; the address in BCD lowest byte first, 33 added to each byte
//! of DATA, CS the sum from the first 68. Writing and switching (C 14, 1C) are deliberately absent: they need the meter's
//! keys.

mod frame;
mod quantity;

pub use frame::{DATA_BYTES_MAX, Frame, address_request, decode, encode, read_request, with_preamble};
pub use quantity::{Identifier, Quantity, Reply, Unit, Value, interpret};

use std::fmt;

use crate::bcd;
pub use crate::line::{Decoded, Refused};

/// Bytes of an address.
pub(crate) const ADDRESS_BYTES: usize = 6;

/// A meter's address: 12 decimal digits, kept as the bytes on the line, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeterAddress([u8; ADDRESS_BYTES]);

impl MeterAddress {
    /// AA in each byte: whatever single meter is on the line.
    pub const ANY: Self = Self([0xAA; ADDRESS_BYTES]);

    /// The address that 1 to 12 decimal digits say.
    pub fn new(digits: &str) -> Option<Self> {
        bcd::address(digits).map(Self)
    }

    /// The address of these bytes, lowest first, whether they are digits or not.
    pub const fn from_bytes(bytes: [u8; ADDRESS_BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes on the line, lowest first.
    pub const fn bytes(self) -> [u8; ADDRESS_BYTES] {
        self.0
    }
}

impl fmt::Display for MeterAddress {
    /// 12 digits, highest first; hexadecimal where they are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bcd::digits(&self.0))
    }
}

impl fmt::Debug for MeterAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
