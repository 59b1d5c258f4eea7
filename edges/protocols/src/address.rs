//! The address of a meter, as DL/T 645 and CJ/T 188 write it: only its length differs.

use std::fmt;

use crate::bcd;

/// A meter's address: two decimal digits a byte, kept as the bytes on the line, lowest first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeterAddress<const BYTES: usize>([u8; BYTES]);

impl<const BYTES: usize> MeterAddress<BYTES> {
    /// AA in each byte: whatever meter is on the line; with CJ/T 188, every one.
    pub const ANY: Self = Self([0xAA; BYTES]);

    /// The address that decimal digits say, at least one and at most two a byte.
    pub fn new(digits: &str) -> Option<Self> {
        bcd::address(digits).map(Self)
    }

    /// The address of these bytes, lowest first, whether they are digits or not.
    pub const fn from_bytes(bytes: [u8; BYTES]) -> Self {
        Self(bytes)
    }

    /// The bytes on the line, lowest first.
    pub const fn bytes(self) -> [u8; BYTES] {
        self.0
    }
}

impl<const BYTES: usize> fmt::Display for MeterAddress<BYTES> {
    /// The digits, highest first; hexadecimal where they are none.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bcd::digits(&self.0))
    }
}

impl<const BYTES: usize> fmt::Debug for MeterAddress<BYTES> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
