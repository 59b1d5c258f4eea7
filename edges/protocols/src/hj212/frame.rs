//! A frame as it was cut from the line: what its head, its end and its checksum say, and whether they agree.
//!
//! What the data segment means is not known here; see `message`.

use std::fmt;

use super::crc::crc;
use super::oddity::{Oddities, OddityKind};
use super::text::{decimal, find_last, trimmed};

/// Bytes of a data segment in HJ 212-2017; longer ones are read and told.
pub const SEGMENT_BYTES_STANDARD: usize = 1024;
/// Bytes of the longest data segment that is read: what four digits can say.
pub const SEGMENT_BYTES_MAX: usize = 9999;
/// Digits of the longest length that is taken for one.
pub(crate) const LENGTH_DIGITS_MAX: usize = 5;
/// Bytes of the longest head, with the letter that must follow it: `##12345Q`.
pub(crate) const HEAD_BYTES_MAX: usize = 2 + LENGTH_DIGITS_MAX + 1;
/// Bytes of a checksum.
pub(crate) const CHECKSUM_BYTES: usize = 4;

/// One frame, whatever it is worth.
#[derive(Clone, PartialEq, Eq)]
pub struct Frame {
    pub(crate) head: Option<Head>,
    pub(crate) segment: Vec<u8>,
    pub(crate) checksum: SentChecksum,
    /// Something stood behind the checksum on the same line, or between segment and checksum.
    pub(crate) has_more: bool,
}

/// What stands between `##` and the data segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    /// Digits of the length.
    pub(crate) digits: usize,
    /// The length they say.
    pub(crate) length: Option<usize>,
}

/// What stands behind the data segment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SentChecksum {
    Missing,
    /// Something else than four hexadecimal digits.
    Malformed,
    Digits {
        value: u16,
        is_lower_case: bool,
    },
}

/// Why a frame is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// No checksum behind the data segment.
    ChecksumMissing,
    /// What stands behind the data segment is not four hexadecimal digits.
    ChecksumMalformed,
    /// The checksum is that of other data.
    ChecksumWrong {
        /// What the frame says.
        sent: u16,
        /// What its data segment gives.
        computed: u16,
    },
    /// The data segment is over [`SEGMENT_BYTES_MAX`].
    TooLong,
    /// No CN, or one that is no code of four digits: nothing says what is meant.
    CommandMissing,
}

impl Refused {
    /// A stable name for logs and counters, kebab-case.
    pub const fn code(self) -> &'static str {
        match self {
            Self::ChecksumMissing => "checksum-missing",
            Self::ChecksumMalformed => "checksum-malformed",
            Self::ChecksumWrong { .. } => "checksum-wrong",
            Self::TooLong => "too-long",
            Self::CommandMissing => "command-missing",
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ChecksumMissing => f.write_str("no checksum behind the data segment"),
            Self::ChecksumMalformed => f.write_str("the checksum is not four hexadecimal digits"),
            Self::ChecksumWrong { sent, computed } => {
                write!(f, "the checksum says {sent:04X}, the data segment gives {computed:04X}")
            }
            Self::TooLong => write!(f, "the data segment is over {SEGMENT_BYTES_MAX} bytes"),
            Self::CommandMissing => f.write_str("no command code (CN) of four digits"),
        }
    }
}

impl std::error::Error for Refused {}

impl Frame {
    /// Reads one line or datagram as a frame, with or without `##` in front and a line end behind.
    ///
    /// For files, logs and datagrams; a connection is cut by [`Splitter`](super::Splitter).
    pub fn from_line(line: &[u8]) -> Self {
        let (_, line) = trimmed(line);
        let (head, body) = match head_in_front(line) {
            Some((head, body)) => (Some(head), body),
            None => (None, line),
        };
        Self::from_body(head, body)
    }

    /// The frame whose body, data segment and checksum, has been cut from the line.
    pub(crate) fn from_body(head: Option<Head>, body: &[u8]) -> Self {
        let (segment, checksum, has_more) = divided(body, head.and_then(|head| head.length));
        Self { head, segment: segment.to_vec(), checksum, has_more }
    }

    /// The frame whose end its length and its checksum agree on.
    pub(crate) fn confirmed(head: Head, segment: &[u8], checksum: SentChecksum) -> Self {
        Self { head: Some(head), segment: segment.to_vec(), checksum, has_more: false }
    }

    /// The data segment: what the checksum is computed over. It holds the device's password in clear: never log it.
    pub fn segment(&self) -> &[u8] {
        &self.segment
    }

    /// Whether the frame is whole, telling what is odd around its data segment.
    pub(crate) fn check(&self, oddities: &mut Oddities) -> Result<(), Refused> {
        self.tell_length(oddities);
        oddities.tell_if(self.has_more, OddityKind::TrailingBytes, self.segment.len());
        let checked = match self.checksum {
            SentChecksum::Missing => Err(Refused::ChecksumMissing),
            SentChecksum::Malformed => Err(Refused::ChecksumMalformed),
            SentChecksum::Digits { value, is_lower_case } => {
                oddities.tell_if(is_lower_case, OddityKind::ChecksumLowerCase, self.segment.len());
                let computed = crc(&self.segment);
                if value == computed { Ok(()) } else { Err(Refused::ChecksumWrong { sent: value, computed }) }
            }
        };
        if self.segment.len() > SEGMENT_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        oddities.tell_if(
            self.segment.len() > SEGMENT_BYTES_STANDARD,
            OddityKind::SegmentLong,
            SEGMENT_BYTES_STANDARD,
        );
        checked
    }

    fn tell_length(&self, oddities: &mut Oddities) {
        let Some(head) = self.head else {
            return oddities.tell(OddityKind::HeaderMissing, 0);
        };
        let Some(length) = head.length else {
            return oddities.tell(OddityKind::LengthMissing, 0);
        };
        oddities.tell_if(head.digits != 4, OddityKind::LengthDigits, 0);
        let bytes = self.segment.len();
        if length == bytes {
            return;
        }
        let characters = std::str::from_utf8(&self.segment).map_or(bytes, |text| text.chars().count());
        let kind = match length.checked_sub(bytes) {
            Some(2 | 4 | 6) => OddityKind::LengthCountsEnd,
            _ if length == characters => OddityKind::LengthInCharacters,
            _ => OddityKind::LengthWrong,
        };
        oddities.tell(kind, 0);
    }
}

impl fmt::Debug for Frame {
    /// Without the data segment, which holds a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Frame")
            .field("head", &self.head)
            .field("segment_bytes", &self.segment.len())
            .field("checksum", &self.checksum)
            .finish_non_exhaustive()
    }
}

impl Head {
    pub(crate) fn of(digits: &[u8]) -> Self {
        Self { digits: digits.len(), length: decimal(digits).and_then(|length| usize::try_from(length).ok()) }
    }
}

/// The head at the front of a line, and what follows it.
fn head_in_front(line: &[u8]) -> Option<(Head, &[u8])> {
    let rest = line.strip_prefix(b"##")?;
    let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits > LENGTH_DIGITS_MAX {
        return None;
    }
    Some((Head::of(rest.get(..digits)?), rest.get(digits..)?))
}

/// What four bytes say as a checksum.
pub(crate) fn checksum_digits(bytes: &[u8]) -> Option<SentChecksum> {
    if bytes.len() != CHECKSUM_BYTES || !bytes.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let value = u16::from_str_radix(std::str::from_utf8(bytes).ok()?, 16).ok()?;
    let is_lower_case = bytes.iter().any(u8::is_ascii_lowercase);
    Some(SentChecksum::Digits { value, is_lower_case })
}

/// Where the last `&&` ends that closes CP and does not open it.
fn end_of_parameters(body: &[u8]) -> Option<usize> {
    let at = find_last(body, b"&&")?;
    closes(body, at).then_some(at + 2)
}

/// Whether a body ends like a frame: with `&&`, and no more than a checksum's worth behind it. Looks at the last bytes only.
pub(crate) fn looks_finished(body: &[u8]) -> bool {
    let start = body.len().saturating_sub(CHECKSUM_BYTES + 2);
    let at = body.get(start..).and_then(|end| find_last(end, b"&&"));
    at.is_some_and(|at| closes(body, start + at))
}

/// Whether the `&&` at `at` closes CP: it is not the one behind `CP=`.
fn closes(body: &[u8], at: usize) -> bool {
    let name = at.checked_sub(3).and_then(|start| body.get(start..at));
    !name.is_some_and(|name| name.eq_ignore_ascii_case(b"CP="))
}

/// The data segment and the checksum of a body, and whether there is more than these two.
fn divided(body: &[u8], length: Option<usize>) -> (&[u8], SentChecksum, bool) {
    let (front, _) = trimmed(body);
    // Blanks in front are part of the data segment, as its length counts them; those behind are not.
    let kept = front + trimmed(body).1.len();
    let body = body.get(..kept).unwrap_or(body);
    let at = |end: usize| {
        let checksum = checksum_digits(body.get(end..end.checked_add(CHECKSUM_BYTES)?)?)?;
        let segment = body.get(..end)?;
        Some((segment, checksum, body.len() > end + CHECKSUM_BYTES))
    };
    let agrees = |divided: &(&[u8], SentChecksum, bool)| matches!(divided.1, SentChecksum::Digits { value, .. } if value == crc(divided.0));
    let by_length = length.and_then(at);
    let by_mark = end_of_parameters(body).and_then(at);
    let by_end = body.len().checked_sub(CHECKSUM_BYTES).and_then(at);
    let apart = end_of_parameters(body).zip(by_end).and_then(|(end, (_, checksum, _))| {
        let is_apart = end + CHECKSUM_BYTES < body.len();
        is_apart.then_some((body.get(..end)?, checksum, true))
    });
    let candidates = [by_length, by_mark, by_end, apart];
    if let Some(found) = candidates.iter().flatten().find(|candidate| agrees(candidate)) {
        return *found;
    }
    match end_of_parameters(body) {
        Some(end) if end == body.len() => (body, SentChecksum::Missing, false),
        Some(end) => by_mark
            .filter(|divided| !divided.2)
            .unwrap_or_else(|| (body.get(..end).unwrap_or(body), SentChecksum::Malformed, false)),
        None => by_end.unwrap_or((body, SentChecksum::Missing, false)),
    }
}
