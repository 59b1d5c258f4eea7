//! Personal data at rest: encrypted with SM4-GCM, found again by a blind index of HMAC-SM3.
//!
//! A sealed value opens only with the city's key and in the context it was sealed for, so that a row copied into
//! another does not open. Where the key lies is told by the caller; it is never shown nor logged.

use std::fmt;
use std::io::Write as _;
use std::path::Path;

use aes_gcm::AesGcm;
use aes_gcm::aead::array::typenum::U12;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use baotu_storage::Value;
use baotu_vocabulary::{Chance, Surroundings};
use hmac::{Hmac, Mac};
use sm3::{Digest as _, Sm3};

/// Bytes of the master key, and of a secret token.
const KEY_BYTES: usize = 32;
/// Bytes of a GCM nonce.
const NONCE_BYTES: usize = 12;
/// The first byte of a sealed value: SM4-GCM under the key derived below. Another scheme takes another number.
const SCHEME: u8 = 1;

type Sm4Gcm = AesGcm<sm4::Sm4, U12>;
type HmacSm3 = Hmac<Sm3>;

/// An encrypted text, as a `BYTEA` column keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// What a column held.
    pub const fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// The bytes for a column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl From<Sealed> for Value {
    fn from(sealed: Sealed) -> Self {
        Self::Bytes(sealed.0)
    }
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed({} bytes)", self.0.len())
    }
}

/// The keys of a city, derived from the one in its key file.
#[derive(Clone)]
pub struct Keys {
    cipher: Sm4Gcm,
    nonce: [u8; KEY_BYTES],
    index: [u8; KEY_BYTES],
    token: [u8; KEY_BYTES],
    audit: [u8; KEY_BYTES],
}

/// Why the key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFault {
    /// The file system refused.
    #[error("the key file {path}: {source}")]
    Files {
        /// Which file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The file does not hold a key.
    #[error("the key file {0} does not hold 64 hexadecimal digits; restore it from the backup")]
    Shape(String),
    /// Others on this machine can read the file.
    #[error("the key file {0} can be read by others; allow its owner alone (chmod 600)")]
    Readable(String),
}

/// A sealed value that does not open: changed, of another context, or sealed with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a sealed value does not open: it was changed or belongs to another key")]
pub struct SealBroken;

impl Keys {
    /// The keys derived from a master key.
    pub fn derive(master: &[u8; KEY_BYTES]) -> Self {
        let part = |label: &str| mac(master, &[b"baotu/access/", label.as_bytes()]);
        let cipher = Sm4Gcm::new_from_slice(&part("sm4-gcm")[..16]).expect("SM4 takes 16 bytes");
        Self {
            cipher,
            nonce: part("nonce"),
            index: part("blind-index"),
            token: part("token"),
            audit: part("audit"),
        }
    }

    /// Reads the key file, or makes it with fresh chance when it is not there; only its owner may read it.
    ///
    /// # Errors
    /// When the file cannot be read, written or understood, or can be read by others.
    pub fn load_or_make(path: &Path, surroundings: &dyn Surroundings) -> Result<Self, KeyFault> {
        let shown = path.display().to_string();
        let fault = |source| KeyFault::Files { path: shown.clone(), source };
        match std::fs::read_to_string(path) {
            Ok(text) => {
                only_the_owner_reads(path, &shown)?;
                let master = from_hex(text.trim()).ok_or(KeyFault::Shape(shown))?;
                Ok(Self::derive(&master))
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let master = secret(surroundings);
                let mut options = std::fs::OpenOptions::new();
                options.write(true).create_new(true);
                #[cfg(unix)]
                std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
                let mut file = options.open(path).map_err(fault)?;
                writeln!(file, "{}", to_hex(&master)).and_then(|()| file.sync_all()).map_err(fault)?;
                Ok(Self::derive(&master))
            }
            Err(error) => Err(fault(error)),
        }
    }

    /// Seals `text` for `context`, for example `cases.reporter/<case>`; opening asks for the same context.
    ///
    /// The nonce is derived from everything that goes in, so that even chance that repeats, as a seeded simulation's
    /// does after a restart, never seals two texts under one nonce.
    pub fn seal(&self, context: &str, text: &str, chance: Chance) -> Sealed {
        let length = (context.len() as u64).to_be_bytes();
        let nonce = mac(&self.nonce, &[&length, context.as_bytes(), &chance, text.as_bytes()]);
        let nonce: [u8; NONCE_BYTES] = std::array::from_fn(|index| nonce[index]);
        let payload = Payload { msg: text.as_bytes(), aad: context.as_bytes() };
        let ciphertext =
            self.cipher.encrypt(&nonce.into(), payload).expect("a text in memory is below GCM's 64 GiB");
        Sealed([&[SCHEME][..], &nonce, &ciphertext].concat())
    }

    /// Opens what was sealed for `context`.
    ///
    /// # Errors
    /// When it was changed, sealed for another context or with another key.
    pub fn open(&self, context: &str, sealed: &Sealed) -> Result<String, SealBroken> {
        let bytes = sealed.0.strip_prefix(&[SCHEME]).ok_or(SealBroken)?;
        let (nonce, ciphertext) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(SealBroken)?;
        let payload = Payload { msg: ciphertext, aad: context.as_bytes() };
        let text = self.cipher.decrypt(&(*nonce).into(), payload).map_err(|_| SealBroken)?;
        String::from_utf8(text).map_err(|_| SealBroken)
    }

    /// The blind index of `value` among values of `kind`: equal values have equal indexes, and nothing else shows.
    pub fn blind_index(&self, kind: &str, value: &str) -> String {
        to_hex(&mac(&self.index, &[kind.as_bytes(), &[0], value.as_bytes()]))
    }

    /// The MAC under which a line of the audit trail is sealed.
    pub(crate) fn audit_mac(&self, line: &[u8]) -> [u8; KEY_BYTES] {
        mac(&self.audit, &[line])
    }

    /// What a table keeps of a secret token or key: enough to know it again, not enough to use it.
    pub fn token_hash(&self, token: &str) -> String {
        to_hex(&mac(&self.token, &[token.as_bytes()]))
    }
}

impl fmt::Debug for Keys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Keys")
    }
}

/// A secret of 32 bytes: as much chance as several draws hold, mixed.
pub fn secret(surroundings: &dyn Surroundings) -> [u8; KEY_BYTES] {
    let mut mixed = Sm3::new();
    for _ in 0..4 {
        mixed.update(surroundings.chance());
    }
    mixed.finalize().into()
}

/// A fresh secret token as text: 64 hexadecimal digits.
pub fn token(surroundings: &dyn Surroundings) -> String {
    to_hex(&secret(surroundings))
}

/// Bytes as lower-case hexadecimal digits.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).expect("a nibble is below 16");
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let digits: Vec<u32> = text.chars().map(|c| c.to_digit(16)).collect::<Option<_>>()?;
    let bytes: Vec<u8> =
        digits.chunks_exact(2).filter_map(|pair| u8::try_from(pair[0] * 16 + pair[1]).ok()).collect();
    if digits.len() == KEY_BYTES * 2 { bytes.try_into().ok() } else { None }
}

fn mac(key: &[u8; KEY_BYTES], parts: &[&[u8]]) -> [u8; KEY_BYTES] {
    let mut mac = <HmacSm3 as KeyInit>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

#[cfg(unix)]
fn only_the_owner_reads(path: &Path, shown: &str) -> Result<(), KeyFault> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata =
        std::fs::metadata(path).map_err(|source| KeyFault::Files { path: shown.to_owned(), source })?;
    if metadata.permissions().mode() & 0o077 == 0 {
        Ok(())
    } else {
        Err(KeyFault::Readable(shown.to_owned()))
    }
}

#[cfg(not(unix))]
fn only_the_owner_reads(_: &Path, _: &str) -> Result<(), KeyFault> {
    Ok(())
}
