//! Values as they were sent: bytes that are mostly ASCII, with Chinese in UTF-8 (the standard) or GB 18030 (older devices).

use std::fmt;

/// The bytes of a value.
///
/// Nothing is decoded: in UTF-8 and in GB 18030 the signs `;`, `,`, `=`, `&` and `#` are never part of another
/// character, so that cutting at them never cuts a character. Who knows the encoding of a device decodes.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Text(Vec<u8>);

impl Text {
    /// The bytes as they were sent.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text, when it is UTF-8.
    pub fn as_utf8(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The text with U+FFFD for what is no UTF-8; for people only.
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.0).into_owned()
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is that ASCII word, in capitals or not.
    pub fn is(&self, word: &str) -> bool {
        self.0.eq_ignore_ascii_case(word.as_bytes())
    }

    pub(crate) fn extend(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }
}

impl From<&[u8]> for Text {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl From<String> for Text {
    fn from(text: String) -> Self {
        Self(text.into_bytes())
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", String::from_utf8_lossy(&self.0))
    }
}

/// `bytes` without spaces and tabs around them, and how many stood in front.
pub(crate) fn trimmed(bytes: &[u8]) -> (usize, &[u8]) {
    let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
    let front = bytes.iter().take_while(|byte| is_blank(byte)).count();
    let rest = bytes.get(front..).unwrap_or_default();
    let back = rest.iter().rev().take_while(|byte| is_blank(byte)).count();
    (front, rest.get(..rest.len() - back).unwrap_or_default())
}

/// Where `needle` first stands in `bytes`, from `from` on.
pub(crate) fn find(bytes: &[u8], needle: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    rest.windows(needle.len()).position(|window| window == needle).map(|at| at + from)
}

/// Where `needle` last stands in `bytes`.
pub(crate) fn find_last(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    bytes.windows(needle.len()).rposition(|window| window == needle)
}

/// The number that one to nine decimal digits say.
pub(crate) fn decimal(bytes: &[u8]) -> Option<u32> {
    let is_number = (1..=9).contains(&bytes.len()) && bytes.iter().all(u8::is_ascii_digit);
    is_number.then(|| bytes.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')))
}
