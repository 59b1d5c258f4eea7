//! Numbers, texts and lengths of MQTT (chapter 1.5).

use bytes::{BufMut, BytesMut};

use super::broken::Broken;

/// The greatest variable byte integer (1.5.5).
pub(crate) const VARINT_MAX: u32 = 268_435_455;

/// What is left to read of a packet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    /// Reads from the start of `bytes`.
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    /// Whether nothing is left.
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    /// The next `count` bytes.
    pub(crate) fn take(&mut self, count: usize) -> Result<&'a [u8], Broken> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Broken::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    /// Everything that is left.
    pub(crate) fn rest(&mut self) -> &'a [u8] {
        std::mem::take(&mut self.0)
    }

    /// A byte.
    pub(crate) fn byte(&mut self) -> Result<u8, Broken> {
        let (&first, rest) = self.0.split_first().ok_or(Broken::Truncated)?;
        self.0 = rest;
        Ok(first)
    }

    /// A two byte integer, big endian (1.5.2).
    pub(crate) fn two(&mut self) -> Result<u16, Broken> {
        Ok(u16::from_be_bytes([self.byte()?, self.byte()?]))
    }

    /// A four byte integer, big endian (1.5.3).
    pub(crate) fn four(&mut self) -> Result<u32, Broken> {
        Ok(u32::from_be_bytes([self.byte()?, self.byte()?, self.byte()?, self.byte()?]))
    }

    /// A packet identifier (2.2.1).
    pub(crate) fn packet_id(&mut self) -> Result<u16, Broken> {
        match self.two()? {
            0 => Err(Broken::PacketIdZero),
            id => Ok(id),
        }
    }

    /// A variable byte integer (1.5.5).
    pub(crate) fn varint(&mut self) -> Result<u32, Broken> {
        let (value, length) = varint(self.0)?.ok_or(Broken::Truncated)?;
        self.take(length)?;
        Ok(value)
    }

    /// Binary data with its length (1.5.6).
    pub(crate) fn binary(&mut self) -> Result<&'a [u8], Broken> {
        let length = self.two()?;
        self.take(usize::from(length))
    }

    /// A text with its length (1.5.4): UTF-8 without U+0000.
    pub(crate) fn text(&mut self) -> Result<&'a str, Broken> {
        let text = std::str::from_utf8(self.binary()?).map_err(|_| Broken::TextNotUtf8)?;
        if text.contains('\0') { Err(Broken::TextWithNul) } else { Ok(text) }
    }

    /// The part of a packet that is as long as the variable byte integer before it says.
    pub(crate) fn section(&mut self) -> Result<Reader<'a>, Broken> {
        let length = self.varint()?;
        Ok(Reader(self.take(usize::try_from(length).map_err(|_| Broken::Truncated)?)?))
    }

    /// Refuses bytes that are left.
    pub(crate) fn end(self) -> Result<(), Broken> {
        if self.0.is_empty() { Ok(()) } else { Err(Broken::Trailing) }
    }
}

/// A variable byte integer at the start of `bytes` and how many bytes it takes; none when it is not whole yet.
pub(crate) fn varint(bytes: &[u8]) -> Result<Option<(u32, usize)>, Broken> {
    let mut value = 0_u32;
    for (index, &byte) in bytes.iter().take(4).enumerate() {
        value |= u32::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            return if index > 0 && byte == 0 {
                Err(Broken::LengthPadded)
            } else {
                Ok(Some((value, index + 1)))
            };
        }
    }
    if bytes.len() >= 4 { Err(Broken::LengthOverlong) } else { Ok(None) }
}

/// Writes a variable byte integer; a value above [`VARINT_MAX`] is cut to it, which no packet of ours reaches.
pub(crate) fn put_varint(out: &mut BytesMut, value: usize) {
    let mut value = u32::try_from(value).unwrap_or(VARINT_MAX).min(VARINT_MAX);
    loop {
        let low = (value & 0x7F) as u8;
        value >>= 7;
        if value == 0 {
            out.put_u8(low);
            return;
        }
        out.put_u8(low | 0x80);
    }
}

/// Writes binary data with its length; what is beyond 65,535 bytes is cut, which no value read from a packet reaches.
pub(crate) fn put_binary(out: &mut BytesMut, bytes: &[u8]) {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    out.put_u16(length);
    out.put_slice(&bytes[..usize::from(length)]);
}

/// Writes a text with its length; cut at a character when it is longer than 65,535 bytes.
pub(crate) fn put_text(out: &mut BytesMut, text: &str) {
    put_binary(out, &text.as_bytes()[..text.floor_char_boundary(usize::from(u16::MAX))]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_as_they_are_written_and_never_padded() {
        for value in [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, VARINT_MAX] {
            let mut out = BytesMut::new();
            put_varint(&mut out, value as usize);
            assert_eq!(varint(&out), Ok(Some((value, out.len()))), "{value}");
        }
        assert_eq!(varint(&[0x80, 0x00]), Err(Broken::LengthPadded));
        assert_eq!(varint(&[0xFF, 0xFF]), Ok(None));
        assert_eq!(varint(&[0xFF, 0xFF, 0xFF, 0xFF, 0x7F]), Err(Broken::LengthOverlong));
    }

    #[test]
    fn a_text_is_utf8_without_nul() {
        assert_eq!(Reader::new(b"\x00\x03abc").text(), Ok("abc"));
        assert_eq!(Reader::new(b"\x00\x01\xFF").text(), Err(Broken::TextNotUtf8));
        assert_eq!(Reader::new(b"\x00\x03\xED\xA0\x80").text(), Err(Broken::TextNotUtf8), "a surrogate");
        assert_eq!(Reader::new(b"\x00\x03a\x00b").text(), Err(Broken::TextWithNul));
        assert_eq!(Reader::new(b"\x00\x04abc").text(), Err(Broken::Truncated));
    }
}
