//! Telephone numbers as residents type them, kept in E.164.
//!
//! Which area code is the city's own comes in as an argument; whether a number is connected is not known.

use std::fmt;

use crate::mask;

/// Digits of the longest number that E.164 allows.
const E164_DIGITS_MAX: usize = 15;
/// Characters beyond which a text is not looked at.
const TEXT_MAX: usize = 40;

/// A telephone number. Personal data: `Debug` prints it masked.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    kept: String,
    kind: PhoneKind,
}

/// The kinds of number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PhoneKind {
    /// A Chinese mobile number, the only kind that takes a text message.
    Mobile,
    /// A Chinese fixed line with its area code.
    Landline,
    /// A Chinese 400 or 800 number.
    Service,
    /// A short number such as 110 or 12345; it has no E.164 form and is kept as dialled.
    Short,
    /// A number of another country, kept as given.
    Foreign,
}

/// A text that is no telephone number; it is not repeated in the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("电话号码格式不对：请填写 11 位手机号，或带区号的固定电话")]
pub struct PhoneError;

impl Phone {
    /// Reads a number; `area_code` (for example `0531`) completes a landline that is given without one.
    pub fn parse(text: &str, area_code: Option<&str>) -> Result<Self, PhoneError> {
        if text.len() > TEXT_MAX {
            return Err(PhoneError);
        }
        let dialled: String =
            text.trim().chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '（' | '）')).collect();
        let (foreign, national) = match dialled.strip_prefix('+').or_else(|| dialled.strip_prefix("00")) {
            Some(number) => match number.strip_prefix("86") {
                Some(national) => (false, national),
                None => (true, number),
            },
            None => (false, dialled.as_str()),
        };
        if national.is_empty() || !national.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(PhoneError);
        }
        if foreign {
            let fits = (7..=E164_DIGITS_MAX).contains(&national.len()) && !national.starts_with('0');
            return if fits {
                Ok(Self::new(format!("+{national}"), PhoneKind::Foreign))
            } else {
                Err(PhoneError)
            };
        }
        // After +86 the 0 before the area code is left out; at home it is dialled.
        let abroad = dialled.len() != national.len();
        let trunk = if abroad && !national.starts_with(['0', '1', '4', '8']) {
            format!("0{national}")
        } else {
            national.to_owned()
        };
        Self::national(&trunk, area_code)
    }

    fn national(digits: &str, area_code: Option<&str>) -> Result<Self, PhoneError> {
        let bytes = digits.as_bytes();
        match (bytes, bytes.len()) {
            ([b'1', b'3'..=b'9', ..], 11) => Ok(Self::new(format!("+86{digits}"), PhoneKind::Mobile)),
            ([b'4' | b'8', b'0', b'0', ..], 10) => Ok(Self::new(format!("+86{digits}"), PhoneKind::Service)),
            ([b'0', ..], 10..=12) if is_landline(digits) => {
                Ok(Self::new(format!("+86{}", &digits[1..]), PhoneKind::Landline))
            }
            ([b'1', ..], 3) | ([b'1', b'0' | b'2', ..], 5) => {
                Ok(Self::new(digits.to_owned(), PhoneKind::Short))
            }
            ([b'9', ..], 5) => Ok(Self::new(digits.to_owned(), PhoneKind::Short)),
            ([b'2'..=b'9', ..], 7 | 8) => match area_code {
                Some(area_code) if area_code.starts_with('0') => {
                    Self::national(&format!("{area_code}{digits}"), None)
                }
                _ => Err(PhoneError),
            },
            _ => Err(PhoneError),
        }
    }

    const fn new(kept: String, kind: PhoneKind) -> Self {
        Self { kept, kind }
    }

    /// The kind of number.
    pub const fn kind(&self) -> PhoneKind {
        self.kind
    }

    /// The whole number: E.164, or a short number as dialled. Whoever calls this shows or stores personal data.
    pub fn reveal(&self) -> &str {
        &self.kept
    }

    /// The number as everybody may see it: `138****5678`.
    pub fn masked(&self) -> String {
        if self.kind == PhoneKind::Short { self.kept.clone() } else { mask::phone(&self.kept) }
    }
}

/// Whether a number with its leading 0 has a real split in area code and subscriber number:
/// 010 and 02x with 8 digits, 03xx–09xx with 7 or 8, the subscriber's first digit 2–9.
fn is_landline(digits: &str) -> bool {
    let (area, subscribers) = match digits.as_bytes() {
        [b'0', b'1', b'0', ..] | [b'0', b'2', b'0'..=b'9', ..] => (3, 8..=8),
        [b'0', b'3'..=b'9', b'0'..=b'9', b'0'..=b'9', ..] => (4, 7..=8),
        _ => return false,
    };
    let subscriber = &digits.as_bytes()[area..];
    subscribers.contains(&subscriber.len()) && matches!(subscriber[0], b'2'..=b'9')
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}
