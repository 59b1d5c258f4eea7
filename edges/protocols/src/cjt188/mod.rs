//! CJ/T 188-2004 and -2018: reading water, heat and gas meters, and opening or closing their valve.
//!
//! `68 T A0…A6 C L DI DI SER … CS 16`, with any number of FE in front; the address in BCD lowest byte first, CS the sum from
//! the 68. Meters write the two bytes of the data identifier in either order; a reader is told which and answers likewise.

mod frame;
mod reply;

pub use frame::{DATA_BYTES_MAX, Frame, ValveMove, decode, encode, read_request, valve_command};
pub use reply::{CurrentData, Reply, Valve, Volume, VolumeUnit, interpret};

use std::fmt;

pub use crate::line::{Decoded, Refused};

/// Bytes of an address.
pub(crate) const ADDRESS_BYTES: usize = 7;

/// A meter's address: 14 decimal digits.
pub type MeterAddress = crate::address::MeterAddress<ADDRESS_BYTES>;

/// T, the type of a meter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MeterType(pub u8);

/// What a meter measures, going by the ranges of 2018.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Medium {
    /// 10 to 19.
    Water,
    /// 20 to 29.
    Heat,
    /// 30 to 39.
    Gas,
    /// 40 to 49: electricity or of the maker's own.
    Custom,
    /// Another number.
    Unknown,
}

impl MeterType {
    /// Cold water.
    pub const COLD_WATER: Self = Self(0x10);
    /// Hot water.
    pub const HOT_WATER: Self = Self(0x11);
    /// Drinking water.
    pub const DRINKING_WATER: Self = Self(0x12);
    /// Reclaimed water.
    pub const RECLAIMED_WATER: Self = Self(0x13);
    /// Heat.
    pub const HEAT: Self = Self(0x20);
    /// Cold.
    pub const COLD: Self = Self(0x21);
    /// Gas.
    pub const GAS: Self = Self(0x30);

    /// What it measures.
    pub const fn medium(self) -> Medium {
        match self.0 {
            0x10..=0x19 => Medium::Water,
            0x20..=0x29 => Medium::Heat,
            0x30..=0x39 => Medium::Gas,
            0x40..=0x49 => Medium::Custom,
            _ => Medium::Unknown,
        }
    }
}

impl fmt::Debug for MeterType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02X} ({:?})", self.0, self.medium())
    }
}

/// A data identifier, written as in the standard's tables: 901F, A017.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier(pub u16);

/// In which order the two bytes of an identifier stand on the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WireOrder {
    /// `90 1F`.
    HighFirst,
    /// `1F 90`.
    LowFirst,
}

impl Identifier {
    /// Current data of a meter.
    pub const CURRENT: Self = Self(0x901F);
    /// The valve.
    pub const VALVE: Self = Self(0xA017);

    /// As two bytes on the line.
    pub const fn bytes(self, order: WireOrder) -> [u8; 2] {
        match order {
            WireOrder::HighFirst => self.0.to_be_bytes(),
            WireOrder::LowFirst => self.0.to_le_bytes(),
        }
    }

    /// What two bytes on the line say: the order is the one in which they are a known identifier, else high byte first.
    pub const fn read(bytes: [u8; 2]) -> (Self, WireOrder) {
        let low_first = Self(u16::from_le_bytes(bytes));
        match low_first {
            Self::CURRENT | Self::VALVE => (low_first, WireOrder::LowFirst),
            _ => (Self(u16::from_be_bytes(bytes)), WireOrder::HighFirst),
        }
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}
