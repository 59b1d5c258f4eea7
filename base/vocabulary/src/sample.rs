//! A sample (采样): what a thing says of one of its properties, before it is known whether it can be kept.

use crate::{Moment, PropertyName};

/// How far a reading can be trusted, as the device itself says (HJ 212-2017, 附录 data flags).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Quality {
    /// In normal operation (`N`).
    #[default]
    Normal,
    /// While the source was stopped (`F`).
    Stopped,
    /// During maintenance (`M`).
    Maintenance,
    /// Entered by hand (`S`).
    Manual,
    /// From a device that says it is broken (`D`).
    Fault,
    /// During calibration (`C`).
    Calibrating,
    /// Beyond what the device can measure (`T`).
    OverRange,
    /// While the device did not reach its sensor (`B`).
    OutOfContact,
}

impl Quality {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Normal,
        Self::Stopped,
        Self::Maintenance,
        Self::Manual,
        Self::Fault,
        Self::Calibrating,
        Self::OverRange,
        Self::OutOfContact,
    ];

    /// Whether a reading counts: taken in normal operation, or entered by hand. What a device sends while it is stopped,
    /// maintained, calibrated or broken says nothing of what it measures.
    pub const fn is_usable(self) -> bool {
        matches!(self, Self::Normal | Self::Manual)
    }

    /// Its letter (HJ 212-2017, data flags).
    pub const fn letter(self) -> &'static str {
        match self {
            Self::Normal => "N",
            Self::Stopped => "F",
            Self::Maintenance => "M",
            Self::Manual => "S",
            Self::Fault => "D",
            Self::Calibrating => "C",
            Self::OverRange => "T",
            Self::OutOfContact => "B",
        }
    }

    /// From its letter; what this version does not know is taken as broken.
    pub fn from_letter(letter: &[u8]) -> Self {
        Self::ALL.into_iter().find(|quality| quality.letter().as_bytes() == letter).unwrap_or(Self::Fault)
    }

    /// As it is told.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::Stopped => "stopped",
            Self::Maintenance => "maintenance",
            Self::Manual => "manual",
            Self::Fault => "fault",
            Self::Calibrating => "calibrating",
            Self::OverRange => "over-range",
            Self::OutOfContact => "out-of-contact",
        }
    }

    /// As it is kept.
    pub fn code(self) -> i64 {
        self as i64
    }

    /// From how it is kept; what this version does not know is taken as broken.
    pub fn from_code(code: i64) -> Self {
        usize::try_from(code).ok().and_then(|code| Self::ALL.get(code)).copied().unwrap_or(Self::Fault)
    }
}

/// What a thing says of one of its properties.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Of what.
    pub property: PropertyName,
    /// When it was taken, by the thing's clock.
    pub at: Moment,
    /// In the unit of the property, or in `unit`.
    pub value: f64,
    /// The unit that the thing names, which must be the property's.
    pub unit: Option<String>,
    /// How far the thing trusts it.
    pub quality: Quality,
}

impl Sample {
    /// A sample in normal operation.
    pub fn new(property: PropertyName, at: Moment, value: f64) -> Self {
        Self { property, at, value, unit: None, quality: Quality::Normal }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn qualities_are_read_as_they_were_kept() {
        for quality in Quality::ALL {
            assert_eq!(Quality::from_code(quality.code()), quality);
            assert_eq!(Quality::from_letter(quality.letter().as_bytes()), quality);
        }
        assert_eq!(Quality::from_code(99), Quality::Fault);
    }
}
