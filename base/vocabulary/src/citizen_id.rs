//! Citizen identity numbers (GB 11643-1999) and the two kinds of permit that are numbered like them.
//!
//! A number is personal data: `Debug` prints it masked, there is no `Display` and no `Serialize`, and reading it
//! whole takes an explicit call.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;

use crate::division::DivisionCode;
use crate::mask;

/// Characters of a citizen identity number.
pub const CITIZEN_ID_LENGTH: usize = 18;

/// Weights of digits 1–17 (ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// Check characters by the remainder of the weighted sum.
const CHECKS: &[u8; 11] = b"10X98765432";
/// Nobody alive was born before; an earlier year is a slip of the pen.
const BIRTH_YEAR_MIN: i16 = 1850;

/// An identity number with a real birth date and a right check character; a final X is a capital.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CitizenId([u8; CITIZEN_ID_LENGTH]);

/// Who bears the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CitizenIdKind {
    /// 居民身份证.
    Citizen,
    /// 港澳台居民居住证: prefix 810000, 820000 or 830000.
    ResidencePermit,
    /// 外国人永久居留身份证 of 2023: 18 digits that start with 9.
    PermanentResidence,
}

/// Why a text is no identity number; positions count from 1. The number itself is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CitizenIdError {
    /// Not 18 characters.
    #[error("身份证号应为 18 位，实为 {0} 位")]
    Length(usize),
    /// A character that may not stand there.
    #[error("身份证号第 {position} 位不能是“{found}”")]
    Character {
        /// Where, counted from 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// Digits 1–6 have not the shape of a division.
    #[error("身份证号第 1–6 位不是行政区划代码")]
    Division,
    /// Digits 7–14 are no day of the calendar.
    #[error("身份证号第 7–14 位不是有效的出生日期")]
    BirthDate,
    /// The check character does not match. What it should be is not told: that would finish a guessed number.
    #[error("身份证号第 18 位（校验位）不符")]
    Check,
}

impl CitizenId {
    /// The whole number. Whoever calls this shows or stores personal data and needs a purpose.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).expect("only digits and X are kept")
    }

    /// The number as everybody may see it: `3701**********0019`.
    pub fn masked(&self) -> String {
        mask::citizen_id(self.reveal())
    }

    /// Who bears it.
    pub fn kind(&self) -> CitizenIdKind {
        match &self.0[..6] {
            b"810000" | b"820000" | b"830000" => CitizenIdKind::ResidencePermit,
            [b'9', ..] => CitizenIdKind::PermanentResidence,
            _ => CitizenIdKind::Citizen,
        }
    }

    /// The division at registration; its code may long be abolished. None for a permanent residence.
    pub fn division(&self) -> Option<DivisionCode> {
        self.reveal()[..6].parse().ok()
    }

    /// The day of birth.
    pub fn birth_date(&self) -> Date {
        birth_date(&self.0).expect("checked when the number was parsed")
    }

    /// Whether the sequence number is odd, which marks men.
    pub const fn is_male(&self) -> bool {
        self.0[16] % 2 == 1
    }
}

/// The check character that belongs to the first 17 digits (GB 11643); none when one of them is no digit.
pub fn citizen_id_check(digits: [u8; 17]) -> Option<char> {
    let mut sum = 0;
    for (character, weight) in digits.into_iter().zip(WEIGHTS) {
        sum += weight * char::from(character).to_digit(10)?;
    }
    Some(char::from(CHECKS[(sum % 11) as usize]))
}

fn birth_date(number: &[u8; CITIZEN_ID_LENGTH]) -> Option<Date> {
    let digits = |from: usize, to: usize| {
        number[from..to].iter().fold(0_i16, |value, &digit| value * 10 + i16::from(digit - b'0'))
    };
    let (year, month, day) = (digits(6, 10), digits(10, 12), digits(12, 14));
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

impl FromStr for CitizenId {
    type Err = CitizenIdError;

    /// Takes surrounding blanks and a small x, as people type them.
    fn from_str(text: &str) -> Result<Self, CitizenIdError> {
        let text = text.trim();
        let length = text.chars().count();
        if length != CITIZEN_ID_LENGTH {
            return Err(CitizenIdError::Length(length));
        }
        let mut number = [0_u8; CITIZEN_ID_LENGTH];
        for (index, found) in text.chars().enumerate() {
            let upper = found.to_ascii_uppercase();
            let fits = upper.is_ascii_digit() || (index == CITIZEN_ID_LENGTH - 1 && upper == 'X');
            number[index] = u8::try_from(upper)
                .ok()
                .filter(|_| fits)
                .ok_or(CitizenIdError::Character { position: index + 1, found })?;
        }
        let id = Self(number);
        if id.kind() != CitizenIdKind::PermanentResidence && id.division().is_none() {
            return Err(CitizenIdError::Division);
        }
        if birth_date(&number).is_none_or(|date| date.year() < BIRTH_YEAR_MIN) {
            return Err(CitizenIdError::BirthDate);
        }
        let body = std::array::from_fn(|index| number[index]);
        if citizen_id_check(body) != Some(char::from(number[CITIZEN_ID_LENGTH - 1])) {
            return Err(CitizenIdError::Check);
        }
        Ok(id)
    }
}

impl fmt::Debug for CitizenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenId({})", self.masked())
    }
}
