//! Packed decimal digits and sums of bytes, as the meter protocols write them. Which field they stand in is not known here.

/// The number that packed BCD says, lowest byte first; nothing when a nibble is no digit or there are over nine bytes.
pub(crate) fn number(bytes_low_first: &[u8]) -> Option<u64> {
    if bytes_low_first.len() > 9 {
        return None;
    }
    bytes_low_first.iter().rev().try_fold(0_u64, |number, byte| {
        let (high, low) = (byte >> 4, byte & 0x0F);
        (high < 10 && low < 10).then(|| number * 100 + u64::from(high) * 10 + u64::from(low))
    })
}

/// One byte of packed BCD as a number from 0 to 99.
pub(crate) fn pair(byte: u8) -> Option<u8> {
    number(&[byte]).and_then(|number| u8::try_from(number).ok())
}

/// The digits of an address, highest first: two hexadecimal digits a byte.
pub(crate) fn digits(bytes_low_first: &[u8]) -> String {
    bytes_low_first.iter().rev().map(|byte| format!("{byte:02X}")).collect()
}

/// The address of exactly `N` bytes that a text of up to `2 N` decimal digits says, lowest byte first; shorter ones
/// are filled up with zeros in front.
pub(crate) fn address<const N: usize>(text: &str) -> Option<[u8; N]> {
    if text.is_empty() || text.len() > 2 * N || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut bytes = [0; N];
    for (index, digit) in text.bytes().rev().enumerate() {
        let nibble = (digit - b'0') << (4 * (index % 2));
        if let Some(byte) = bytes.get_mut(index / 2) {
            *byte |= nibble;
        }
    }
    Some(bytes)
}

/// The sum of all bytes modulo 256 (CS of DL/T 645 and CJ/T 188).
pub(crate) fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_read_lowest_byte_first() {
        assert_eq!(number(&[0x89, 0x67, 0x45, 0x23]), Some(23_456_789));
        assert_eq!(number(&[0x1A]), None);
        assert_eq!(number(&[0; 10]), None);
        assert_eq!(pair(0x59), Some(59));
        assert_eq!(address::<6>("123456789012"), Some([0x12, 0x90, 0x78, 0x56, 0x34, 0x12]));
        assert_eq!(address::<6>("161"), Some([0x61, 0x01, 0, 0, 0, 0]));
        assert_eq!(address::<6>("1234567890123"), None);
        assert_eq!(digits(&[0x12, 0x90, 0x78, 0x56, 0x34, 0x12]), "123456789012");
    }
}
