//! The checksum of HJ 212 appendix A. It is not CRC-16/MODBUS: the low byte of the register is dropped before each
//! byte of data comes in, so that only eight bits are carried from byte to byte. Any change of one byte is noticed; of
//! greater damage one in 256 is not, so a right checksum is no proof.

/// The register before the first byte.
pub(crate) const START: u16 = 0xFFFF;
/// What is mixed in for each bit that falls out.
const POLYNOMIAL: u16 = 0xA001;

/// The register after the eight shifts, for each value of its high byte mixed with a byte of data.
const SHIFTED: [u16; 256] = shifted();

const fn shifted() -> [u16; 256] {
    let mut table = [0; 256];
    let mut index = 0;
    while index < table.len() {
        let mut register = index as u16;
        let mut bit = 0;
        while bit < 8 {
            let falls_out = register & 1;
            register >>= 1;
            if falls_out == 1 {
                register ^= POLYNOMIAL;
            }
            bit += 1;
        }
        table[index] = register;
        index += 1;
    }
    table
}

/// The register after one more byte.
pub(crate) fn step(register: u16, byte: u8) -> u16 {
    // An index of eight bits into 256 entries.
    SHIFTED[usize::from((register >> 8) as u8 ^ byte)]
}

/// The checksum of a data segment, to be written as four hexadecimal digits, high byte first.
///
/// HJ 212-2017 appendix A; the one printed in its text, `1C08`, is a misprint for `1C80`.
pub fn crc(segment: &[u8]) -> u16 {
    segment.iter().fold(START, |register, byte| step(register, *byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_appendix_a_and_not_that_of_modbus() {
        let segment = b"QN=20160801085857223;ST=32;CN=1062;PW=100000;MN=010000A8900016F000169DC0;Flag=5;\
                        CP=&&RtdInterval=30&&";
        assert_eq!(segment.len(), 101);
        assert_eq!(crc(segment), 0x1C80);
        assert_eq!(crc(b"123456789"), 0x2F80);
        assert_eq!(crc(b""), 0xFFFF);
    }

    #[test]
    fn the_high_byte_alone_is_carried_on_and_never_loses_a_difference() {
        let carried: std::collections::HashSet<u8> =
            SHIFTED.iter().map(|register| register.to_be_bytes()[0]).collect();
        assert_eq!(carried.len(), 256);
    }
}
