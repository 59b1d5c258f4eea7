//! Finding a meter's frame among the bytes of a line: what both meter protocols share. What a frame looks like is theirs.

use std::fmt;

/// The byte that wakes a line before a frame.
pub(crate) const PREAMBLE: u8 = 0xFE;

/// A frame, and where it stood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded<F> {
    /// The frame.
    pub frame: F,
    /// Bytes in front of it that belong to no frame; the preamble is not counted.
    pub skipped_bytes: usize,
    /// Bytes up to its end, to be taken off the front before the next one is looked for.
    pub used_bytes: usize,
}

/// Why no frame is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No frame, or only the beginning of one: more bytes may make it whole.
    Incomplete {
        /// Bytes to be taken off the front; they never will be part of one.
        unused_bytes: usize,
    },
    /// Something shaped like a frame, and no other behind it, has a wrong checksum or end.
    ChecksumWrong {
        /// What the frame says.
        sent: u8,
        /// What its bytes give.
        computed: u8,
        /// Bytes up to and with its first one, to be taken off the front.
        unused_bytes: usize,
    },
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Incomplete { .. } => f.write_str("no whole frame yet"),
            Self::ChecksumWrong { sent, computed, .. } => {
                write!(f, "the checksum or end is wrong: it says {sent:02X}, the bytes give {computed:02X}")
            }
        }
    }
}

impl std::error::Error for Refused {}

/// What stands at the front of some bytes.
pub(crate) enum Found<F> {
    /// A frame, and its bytes.
    Frame(F, usize),
    /// The shape of one, with a wrong checksum or end.
    Wrong { sent: u8, computed: u8 },
    /// What may become one.
    Beginning,
    /// What never will.
    Nothing,
}

/// The first whole frame in `bytes`.
pub(crate) fn first_frame<F>(bytes: &[u8], at_front: fn(&[u8]) -> Found<F>) -> Result<Decoded<F>, Refused> {
    let mut wrong = None;
    let mut beginning = None;
    for at in 0..bytes.len() {
        match at_front(bytes.get(at..).unwrap_or_default()) {
            Found::Frame(frame, length) => {
                let before = bytes.get(..at).unwrap_or_default();
                let preamble = before.iter().rev().take_while(|byte| **byte == PREAMBLE).count();
                return Ok(Decoded { frame, skipped_bytes: at - preamble, used_bytes: at + length });
            }
            Found::Wrong { sent, computed } => wrong = wrong.or(Some((at, sent, computed))),
            Found::Beginning => beginning = beginning.or(Some(at)),
            Found::Nothing => {}
        }
    }
    match wrong {
        // What begins before a wrong one may still become a frame around it.
        Some((at, sent, computed)) if beginning.is_none_or(|beginning| at < beginning) => {
            Err(Refused::ChecksumWrong { sent, computed, unused_bytes: at + 1 })
        }
        _ => Err(Refused::Incomplete { unused_bytes: beginning.unwrap_or(bytes.len()) }),
    }
}
