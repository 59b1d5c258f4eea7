//! Unified social credit codes of organisations: GB 32100-2015, with the organisation code of GB 11714 inside.
//!
//! Whether the organisation exists is a register's question. Imports from foreign files may choose to keep a code
//! whose check character fails beside a warning; entry by hand refuses it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::division::DivisionCode;

/// Characters of a unified social credit code.
pub const CREDIT_CODE_LENGTH: usize = 18;

/// The 31 characters in the order of their values (no I, O, S, V, Z).
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// Weights of characters 1–17: powers of 3 modulo 31.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the eight characters of an organisation code (GB 11714).
const ORGANISATION_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// The registering authorities that may stand first.
const AUTHORITIES: &[u8] = b"123456789ANY";

/// A unified social credit code whose both check characters are right; upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CreditCode([u8; CREDIT_CODE_LENGTH]);

/// Why a text is no unified social credit code; positions count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CreditCodeError {
    /// Not 18 characters.
    #[error("统一社会信用代码应为 18 位，实为 {0} 位")]
    Length(usize),
    /// A character that may not stand there.
    #[error("统一社会信用代码第 {position} 位不能是“{found}”")]
    Character {
        /// Where, counted from 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// Characters 3–8 have not the shape of a division.
    #[error("统一社会信用代码第 3–8 位“{0}”不是行政区划代码")]
    Division(String),
    /// The check character of the organisation code (17th) does not match.
    #[error("统一社会信用代码第 17 位（组织机构代码校验）应为“{expected}”，实为“{found}”")]
    OrganisationCheck {
        /// What the first eight characters of the organisation code give.
        expected: char,
        /// What stands there.
        found: char,
    },
    /// The last check character does not match.
    #[error("统一社会信用代码第 18 位（校验位）应为“{expected}”，实为“{found}”")]
    Check {
        /// What the first seventeen characters give.
        expected: char,
        /// What stands there.
        found: char,
    },
}

impl CreditCode {
    /// The code as text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only characters of the alphabet are kept")
    }

    /// The registering authority, for example `1` 机构编制 or `9` 市场监管.
    pub fn authority(&self) -> char {
        char::from(self.0[0])
    }

    /// The kind of organisation within its authority, for example `1` 机关 or 企业.
    pub fn kind(&self) -> char {
        char::from(self.0[1])
    }

    /// The nine characters of the organisation code (GB 11714), without a hyphen.
    pub fn organisation_code(&self) -> &str {
        &self.as_str()[8..17]
    }
}

/// The check character of an organisation code's eight-character body (GB 11714); none when a character is neither
/// a digit nor a capital letter.
pub fn organisation_check(body: [u8; 8]) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in body.into_iter().zip(ORGANISATION_WEIGHTS) {
        sum += weight * char::from(character).to_digit(36).filter(|_| !character.is_ascii_lowercase())?;
    }
    match 11 - sum % 11 {
        10 => Some('X'),
        11 => Some('0'),
        digit => char::from_digit(digit, 10),
    }
}

fn value_of(character: u8) -> Option<u32> {
    ALPHABET.iter().position(|&candidate| candidate == character).and_then(|value| u32::try_from(value).ok())
}

impl FromStr for CreditCode {
    type Err = CreditCodeError;

    /// Takes surrounding blanks and small letters, as people type them.
    fn from_str(text: &str) -> Result<Self, CreditCodeError> {
        let text = text.trim();
        let length = text.chars().count();
        if length != CREDIT_CODE_LENGTH {
            return Err(CreditCodeError::Length(length));
        }
        let mut code = [0_u8; CREDIT_CODE_LENGTH];
        let mut sum = 0;
        for (index, found) in text.chars().enumerate() {
            let refused = CreditCodeError::Character { position: index + 1, found };
            let upper = u8::try_from(found).map_err(|_| refused.clone())?.to_ascii_uppercase();
            let value = value_of(upper).ok_or_else(|| refused.clone())?;
            let fits = match index {
                0 => AUTHORITIES.contains(&upper),
                2..8 => upper.is_ascii_digit(),
                _ => true,
            };
            if !fits {
                return Err(refused);
            }
            if let Some(weight) = WEIGHTS.get(index) {
                sum += value * weight;
            }
            code[index] = upper;
        }
        let code = Self(code);
        // 100000 (the state itself) is the one division that has no province digits of its own.
        let division = &code.as_str()[2..8];
        if division != "100000" && division.parse::<DivisionCode>().is_err() {
            return Err(CreditCodeError::Division(division.to_owned()));
        }
        let body = std::array::from_fn(|index| code.0[8 + index]);
        let expected = organisation_check(body).expect("the alphabet holds only digits and capitals");
        let found = char::from(code.0[16]);
        if found != expected {
            return Err(CreditCodeError::OrganisationCheck { expected, found });
        }
        let expected = char::from(ALPHABET[((31 - sum % 31) % 31) as usize]);
        let found = char::from(code.0[17]);
        if found != expected {
            return Err(CreditCodeError::Check { expected, found });
        }
        Ok(code)
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for CreditCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CreditCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
