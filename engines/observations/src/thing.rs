//! A thing (设备): who it is, where it stands, who answers for it, whether it may speak.

use std::fmt;
use std::str::FromStr;

use baotu_vocabulary::{
    Chance, DivisionCode, Moment, Point, Refusal, RefusalKind, ThingId, ThingTypeName, UnitCode,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sm3::{Digest, Sm3};

/// Characters of a code at most.
pub const CODE_CHARACTERS_MAX: usize = 64;
/// Characters of a name or an address at most.
pub const NAME_CHARACTERS_MAX: usize = 200;
/// Characters that a secret chosen by the maker must have; HJ 212 gives six (PW).
pub const SECRET_CHARACTERS_MIN: usize = 6;
/// Characters of a secret at most.
pub const SECRET_CHARACTERS_MAX: usize = 128;

/// A thing in the register.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// Made when it was registered.
    pub id: ThingId,
    /// The code that stands on it and by which it signs in; unique. Of HJ 212 devices their MN.
    pub code: String,
    /// Its type.
    pub kind: ThingTypeName,
    /// Shown.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Where it stands.
    pub place: Option<Point>,
    /// The same in words.
    pub address: Option<String>,
    /// The division in which it stands.
    pub division: Option<DivisionCode>,
    /// Whether it may speak.
    pub state: ThingState,
    /// What else is known of it: places of a car park, diameter of a cover.
    pub attributes: Map<String, Json>,
    /// When it was registered.
    pub registered_at: Moment,
    /// Counts changes, from 1.
    pub version: i64,
}

/// Whether a thing may speak.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ThingState {
    /// In use.
    #[default]
    InUse,
    /// Not heard until it is in use again: stolen secret, repair.
    Suspended,
    /// Taken away for good; its readings stay.
    Retired,
}

impl ThingState {
    /// As it is kept and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InUse => "in-use",
            Self::Suspended => "suspended",
            Self::Retired => "retired",
        }
    }
}

impl fmt::Display for ThingState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no state of a thing.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no state of a thing")]
pub struct StateUnknown(String);

impl FromStr for ThingState {
    type Err = StateUnknown;

    fn from_str(word: &str) -> Result<Self, StateUnknown> {
        let all = [Self::InUse, Self::Suspended, Self::Retired];
        all.into_iter().find(|state| state.as_str() == word).ok_or_else(|| StateUnknown(word.to_owned()))
    }
}

/// What is told of a thing when it is registered.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NewThing {
    /// Its code.
    pub code: String,
    /// Its type.
    pub kind: String,
    /// Shown; the code when empty.
    pub name: String,
    /// The unit that answers for it.
    pub unit: Option<UnitCode>,
    /// Where it stands.
    pub place: Option<Point>,
    /// The same in words.
    pub address: Option<String>,
    /// The division in which it stands.
    pub division: Option<DivisionCode>,
    /// What else is known of it.
    pub attributes: Map<String, Json>,
    /// The secret that it has already (PW of HJ 212); one is made when absent.
    pub secret: Option<String>,
}

/// Why a thing is not registered or changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ThingRefused {
    /// The code is empty, too long, or has characters that no topic may have.
    #[error("设备编码应为 1 到 {CODE_CHARACTERS_MAX} 个字母、数字、点、横线或下划线")]
    CodeShape,
    /// Another thing has the code.
    #[error("设备编码“{0}”已登记")]
    CodeTaken(String),
    /// The pack declares no such type.
    #[error("没有设备类型“{0}”")]
    TypeUnknown(String),
    /// The pack has no such unit.
    #[error("没有单位“{0}”")]
    UnitUnknown(String),
    /// A name or an address that is too long.
    #[error("名称和地址不超过 {NAME_CHARACTERS_MAX} 个字")]
    NameTooLong,
    /// A secret that is too short or too long.
    #[error("口令应为 {SECRET_CHARACTERS_MIN} 到 {SECRET_CHARACTERS_MAX} 个字符")]
    SecretShape,
    /// There is no such thing, or one may not know of it.
    #[error("没有这台设备")]
    NotFound,
    /// It has been changed meanwhile.
    #[error("设备资料已被他人修改，请刷新后再改")]
    Stale,
    /// A retired thing does not come back.
    #[error("设备已报废，不能再改")]
    Retired,
}

impl Refusal for ThingRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::CodeTaken(_) | Self::Stale | Self::Retired => RefusalKind::Conflict,
            Self::NotFound => RefusalKind::NotFound,
            _ => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::CodeShape => "code-shape",
            Self::CodeTaken(_) => "code-taken",
            Self::TypeUnknown(_) => "thing-type-unknown",
            Self::UnitUnknown(_) => "unknown-unit",
            Self::NameTooLong => "name-too-long",
            Self::SecretShape => "secret-shape",
            Self::NotFound => "thing-not-found",
            Self::Stale => "stale-version",
            Self::Retired => "thing-retired",
        }
    }
}

/// Why a thing is not let in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// Nobody has the code, or the secret is another. Which of both is not told.
    #[error("设备编码或口令不对")]
    WrongCredentials,
    /// The thing is suspended or retired.
    #[error("设备已停用")]
    NotInUse,
}

impl SignInRefused {
    /// The same as one word.
    pub const fn code(self) -> &'static str {
        match self {
            Self::WrongCredentials => "wrong-credentials",
            Self::NotInUse => "thing-not-in-use",
        }
    }
}

/// The digest of a secret (SM3, GB/T 32905-2016, over the thing's id and the secret). A secret that the register makes
/// has eighty bits of chance, so that a slow hash, which five thousand reconnecting things could not wait for, adds
/// nothing; the six characters of HJ 212 travel in the clear with every frame and are no secret at all.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SecretDigest(String);

impl SecretDigest {
    pub(crate) fn of(thing: ThingId, secret: &str) -> Self {
        let mut hasher = Sm3::new();
        hasher.update(thing.uuid().as_bytes());
        hasher.update(secret.as_bytes());
        Self(hasher.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    pub(crate) const fn kept(text: String) -> Self {
        Self(text)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretDigest")
    }
}

/// A secret of sixteen characters (Crockford's base 32: none is mistaken for another).
pub(crate) fn new_secret(chance: Chance) -> String {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bits = 0_u32;
    let mut kept = 0;
    let mut secret = String::with_capacity(16);
    for byte in chance {
        bits = (bits << 8) | u32::from(byte);
        kept += 8;
        while kept >= 5 {
            kept -= 5;
            let index = usize::try_from((bits >> kept) & 31).unwrap_or_default();
            secret.push(char::from(LETTERS[index]));
        }
        bits &= (1 << kept) - 1;
    }
    secret
}

/// Judges what is told of a new thing by itself; whether its code is free and its type declared, the register knows.
pub(crate) fn judge(new: &NewThing) -> Result<(), ThingRefused> {
    let is_code = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    if new.code.is_empty() || new.code.len() > CODE_CHARACTERS_MAX || !new.code.chars().all(is_code) {
        return Err(ThingRefused::CodeShape);
    }
    let texts = [Some(&new.name), new.address.as_ref()];
    if texts.into_iter().flatten().any(|text| text.chars().count() > NAME_CHARACTERS_MAX) {
        return Err(ThingRefused::NameTooLong);
    }
    let fits = |secret: &String| {
        let characters = secret.chars().count();
        (SECRET_CHARACTERS_MIN..=SECRET_CHARACTERS_MAX).contains(&characters)
    };
    if new.secret.as_ref().is_some_and(|secret| !fits(secret)) {
        return Err(ThingRefused::SecretShape);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_of_a_thing_is_judged_by_name() {
        let good = NewThing { code: "370102-MH-0001".to_owned(), ..NewThing::default() };
        assert_eq!(judge(&good), Ok(()));
        let with_code = |code: &str| NewThing { code: code.to_owned(), ..NewThing::default() };
        for code in ["", "a/b", "a+b", "井盖", &"x".repeat(65)] {
            assert_eq!(judge(&with_code(code)), Err(ThingRefused::CodeShape), "{code}");
        }
        let with_secret = |secret: &str| NewThing { secret: Some(secret.to_owned()), ..good.clone() };
        assert_eq!(judge(&with_secret("12345")), Err(ThingRefused::SecretShape));
        assert_eq!(judge(&with_secret("123456")), Ok(()));
        let long = NewThing { name: "长".repeat(201), ..good };
        assert_eq!(judge(&long), Err(ThingRefused::NameTooLong));
    }

    #[test]
    fn a_secret_uses_all_of_the_chance() {
        assert_eq!(new_secret([0; 10]), "0000000000000000");
        assert_eq!(new_secret([255; 10]), "zzzzzzzzzzzzzzzz");
        let mut other = [0; 10];
        other[9] = 1;
        assert_ne!(new_secret(other), new_secret([0; 10]));
    }

    #[test]
    fn a_digest_is_of_one_thing() {
        let one = ThingId::new(Moment::from_micros(1), [1; 10]);
        let other = ThingId::new(Moment::from_micros(1), [2; 10]);
        assert_ne!(SecretDigest::of(one, "123456"), SecretDigest::of(other, "123456"));
        assert_eq!(format!("{:?}", SecretDigest::of(one, "123456")), "SecretDigest");
    }
}
