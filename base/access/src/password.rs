//! Passwords: argon2id (RFC 9106) with named costs, and only so many at once, since each takes a core and its memory.
//!
//! Who has which password is not known here.

use std::sync::Arc;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use argon2::{Algorithm, Argon2, Params, Version};
use baotu_vocabulary::{Refusal, RefusalKind, Surroundings};
use tokio::sync::Semaphore;

use crate::Failure;
use crate::sealed::secret;

/// Hashes computed at the same time at most, on a node.
const HASHES_AT_ONCE_MAX: usize = 2;
/// Requests that wait for a hash at most, on a node; what comes beyond is told to come again.
const HASHES_WAITING_MAX: usize = 64;
/// Characters of a password at least.
pub const PASSWORD_CHARACTERS_MIN: usize = 8;
/// Bytes of a password at most.
pub const PASSWORD_BYTES_MAX: usize = 256;
/// Kinds of characters (lower case, upper case, digits, others) in a password at least.
const PASSWORD_KINDS_MIN: usize = 2;

/// What a hash costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordCost {
    /// KiB of memory.
    pub memory_kib: u32,
    /// Passes over it.
    pub passes: u32,
}

impl PasswordCost {
    /// The least that argon2 takes: for tests and demo cities only, whose passwords protect nothing.
    pub const CHEAPEST: Self = Self { memory_kib: Params::MIN_M_COST, passes: Params::MIN_T_COST };
}

impl Default for PasswordCost {
    fn default() -> Self {
        Self { memory_kib: Params::DEFAULT_M_COST, passes: Params::DEFAULT_T_COST }
    }
}

/// Why a password is not taken as a new one, or not looked at now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordRefused {
    /// Too short.
    #[error("密码至少 {PASSWORD_CHARACTERS_MIN} 个字符")]
    TooShort,
    /// Too long.
    #[error("密码最长 {PASSWORD_BYTES_MAX} 字节")]
    TooLong,
    /// One kind of characters only.
    #[error("密码须包含小写字母、大写字母、数字、其他字符中的至少 {PASSWORD_KINDS_MIN} 种")]
    TooPlain,
    /// It holds the user's name.
    #[error("密码不能包含用户名")]
    HoldsUserName,
    /// Too many people sign in at this moment.
    #[error("现在登录的人较多，请稍后再试")]
    Busy,
}

impl Refusal for PasswordRefused {
    fn kind(&self) -> RefusalKind {
        if *self == Self::Busy { RefusalKind::TooMany } else { RefusalKind::Invalid }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooShort => "password-too-short",
            Self::TooLong => "password-too-long",
            Self::TooPlain => "password-too-plain",
            Self::HoldsUserName => "password-holds-user-name",
            Self::Busy => "busy",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        if *self == Self::Busy { Vec::new() } else { vec![("password".to_owned(), self.to_string())] }
    }
}

/// Whether `password` may become the password of `user` (GB/T 22239-2019 8.1.4.1 a: complexity).
///
/// # Errors
/// What it lacks.
pub fn check_strength(password: &str, user: &str) -> Result<(), PasswordRefused> {
    if password.len() > PASSWORD_BYTES_MAX {
        return Err(PasswordRefused::TooLong);
    }
    if password.chars().count() < PASSWORD_CHARACTERS_MIN {
        return Err(PasswordRefused::TooShort);
    }
    let kinds: [fn(char) -> bool; 4] = [
        |c| c.is_ascii_lowercase(),
        |c| c.is_ascii_uppercase(),
        |c| c.is_ascii_digit(),
        |c| !c.is_ascii_alphanumeric(),
    ];
    if kinds.iter().filter(|kind| password.contains(**kind)).count() < PASSWORD_KINDS_MIN {
        return Err(PasswordRefused::TooPlain);
    }
    if !user.is_empty() && password.to_lowercase().contains(&user.to_lowercase()) {
        return Err(PasswordRefused::HoldsUserName);
    }
    Ok(())
}

/// Hashes and verifies, on threads of their own.
pub(crate) struct Passwords {
    cost: PasswordCost,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Passwords {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        Self {
            cost,
            running: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX)),
            waiting: Arc::new(Semaphore::new(HASHES_AT_ONCE_MAX + HASHES_WAITING_MAX)),
        }
    }

    /// The hash of `password` as a PHC string with a fresh salt.
    pub(crate) async fn hash(
        &self,
        password: String,
        surroundings: &dyn Surroundings,
    ) -> Result<String, Failure<PasswordRefused>> {
        let (cost, salt) = (self.cost, secret(surroundings));
        self.alone(move || hash(cost, &password, &salt[..16])).await?.map_err(Failure::fault)
    }

    /// Whether `password` is the one that `hash` was made from. Without a hash it takes as long and is not.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash_kept: Option<String>,
    ) -> Result<bool, Failure<PasswordRefused>> {
        let cost = self.cost;
        self.alone(move || match hash_kept {
            Some(kept) => {
                let kept = PasswordHash::new(&kept)?;
                Ok(Argon2::default().verify_password(password.as_bytes(), &kept).is_ok())
            }
            None => hash(cost, &password, &[0; 16]).map(|_| false),
        })
        .await?
        .map_err(|error: argon2::password_hash::Error| Failure::fault(error))
    }

    /// Runs `work` when its turn comes; refuses when too many wait.
    async fn alone<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failure<PasswordRefused>> {
        let waiting = Arc::clone(&self.waiting).try_acquire_owned();
        let waiting = waiting.map_err(|_| Failure::Refused(PasswordRefused::Busy))?;
        let running = Arc::clone(&self.running).acquire_owned().await.map_err(Failure::fault)?;
        // The permits go with the work: whoever stops waiting does not free a core that still computes.
        let turn = move || {
            let _permits = (waiting, running);
            work()
        };
        tokio::task::spawn_blocking(turn).await.map_err(Failure::fault)
    }
}

fn hash(cost: PasswordCost, password: &str, salt: &[u8]) -> Result<String, argon2::password_hash::Error> {
    let params = Params::new(cost.memory_kib, cost.passes, 1, None)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let hash: PasswordHash = argon2.hash_password_with_salt(password.as_bytes(), salt)?;
    Ok(hash.to_string())
}
