//! Accounts: a user name and a password for a person; registration, sign-in, lock-out, change and reset.
//!
//! A wrong name, a wrong password and a locked account are answered alike and take as long, so that nobody learns
//! which accounts there are.

use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{Actor, Moment, PersonId, Phone, PostCode, Refusal, RefusalKind};
use serde_json::json;

use crate::password::{self, PasswordRefused};
use crate::person::{NAME_CHARACTERS_MAX, NewPerson};
use crate::session::{FreshSession, Session};
use crate::{AccessState, AuditLine, Failure, sealed, store};

/// Tries to sign in at most within [`LOCK_SECONDS`]; then the account stays locked until they are over.
pub const LOCK_ATTEMPTS_MAX: i64 = 5;
/// Seconds from the first failed try after which tries count anew.
pub const LOCK_SECONDS: i64 = 15 * 60;
/// Seconds in which a reset token can be used.
pub const RESET_SECONDS: i64 = 24 * 3_600;
/// Characters of a user name at least.
const USER_CHARACTERS_MIN: usize = 3;
/// Characters of a user name at most.
const USER_CHARACTERS_MAX: usize = 64;

/// An account with a name that can be signed in with: lower-case ASCII letters, digits and `. - _ @`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName(String);

impl UserName {
    /// Reads a user name as typed; upper case counts as lower case.
    ///
    /// # Errors
    /// When it is too short, too long, or has other characters.
    pub fn parse(text: &str) -> Result<Self, AccountRefused> {
        let name = text.trim().to_ascii_lowercase();
        let fits = (USER_CHARACTERS_MIN..=USER_CHARACTERS_MAX).contains(&name.len())
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_@".contains(&byte));
        if fits { Ok(Self(name)) } else { Err(AccountRefused::UserName) }
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What somebody who registers fills in.
#[derive(Clone)]
pub struct Registration {
    /// The user name they wish.
    pub user: String,
    /// The password they wish.
    pub password: String,
    /// Their name.
    pub name: String,
    /// Their telephone.
    pub phone: Option<String>,
}

/// Why an account was not made or not changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountRefused {
    /// A user name of the wrong shape.
    #[error("用户名须为 {USER_CHARACTERS_MIN}～{USER_CHARACTERS_MAX} 位小写字母、数字或 . - _ @")]
    UserName,
    /// Somebody else has it.
    #[error("这个用户名已经有人使用")]
    UserTaken,
    /// No name, or a too long one.
    #[error("请填写姓名，最多 {NAME_CHARACTERS_MAX} 个字")]
    Name,
    /// No telephone number.
    #[error(transparent)]
    Phone(#[from] baotu_vocabulary::phone::PhoneError),
    /// The password is not taken.
    #[error(transparent)]
    Password(#[from] PasswordRefused),
    /// The old password is not the right one.
    #[error("原密码不正确")]
    OldPassword,
    /// The reset token is unknown, used or too old.
    #[error("重置凭证无效或已过期，请联系安全管理员重新签发")]
    ResetToken,
    /// There is no such account.
    #[error("没有这个账号")]
    Unknown,
    /// Administrators do not do this to themselves.
    #[error("不能对自己的账号进行此操作")]
    OnOneself,
}

impl Refusal for AccountRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::UserTaken => RefusalKind::Conflict,
            Self::Password(refused) => refused.kind(),
            Self::Unknown => RefusalKind::NotFound,
            Self::OnOneself => RefusalKind::Forbidden,
            _ => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UserName => "user-name-invalid",
            Self::UserTaken => "user-taken",
            Self::Name => "name-invalid",
            Self::Phone(_) => "phone-invalid",
            Self::Password(refused) => refused.code(),
            Self::OldPassword => "old-password-wrong",
            Self::ResetToken => "reset-token-invalid",
            Self::Unknown => "account-unknown",
            Self::OnOneself => "on-oneself",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        let field = match self {
            Self::UserName | Self::UserTaken => "user",
            Self::Name => "name",
            Self::Phone(_) => "phone",
            Self::OldPassword => "old",
            Self::ResetToken => "token",
            Self::Password(refused) => return refused.fields(),
            Self::Unknown | Self::OnOneself => return Vec::new(),
        };
        vec![(field.to_owned(), self.to_string())]
    }
}

/// Why somebody was not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefused {
    /// A wrong name or password, or an account that is locked or disabled: told alike.
    #[error("用户名或密码不正确。连续输错 {LOCK_ATTEMPTS_MAX} 次后，账号锁定 {} 分钟", LOCK_SECONDS / 60)]
    NotAccepted,
    /// Too many people sign in at this moment.
    #[error(transparent)]
    Busy(PasswordRefused),
}

impl Refusal for SignInRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NotAccepted => RefusalKind::Unauthenticated,
            Self::Busy(refused) => refused.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotAccepted => "sign-in-not-accepted",
            Self::Busy(refused) => refused.code(),
        }
    }
}

/// An account as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptAccount {
    pub(crate) person: PersonId,
    pub(crate) password_hash: String,
    pub(crate) attempts: i64,
    pub(crate) attempts_from: Moment,
    pub(crate) disabled: bool,
}

impl KeptAccount {
    fn accepts_tries(&self, now: Moment) -> bool {
        !self.disabled && !is_locked(self.attempts, self.attempts_from, now)
    }
}

/// Whether so many tries since `from` keep an account locked at `now`.
pub(crate) fn is_locked(attempts: i64, from: Moment, now: Moment) -> bool {
    attempts >= LOCK_ATTEMPTS_MAX && now < from.plus_seconds(LOCK_SECONDS)
}

impl AccessState {
    /// Makes an account for a resident.
    ///
    /// # Errors
    /// What was wrong with the registration, or a fault.
    pub async fn register(&self, registration: Registration) -> Result<PersonId, Failure<AccountRefused>> {
        let person = self.make_account(&Actor::nobody(), registration, false).await?;
        Ok(person)
    }

    /// Makes an account on the wish of `actor`; its password must be changed at the first sign-in if `must_change`.
    pub(crate) async fn make_account(
        &self,
        actor: &Actor,
        registration: Registration,
        must_change: bool,
    ) -> Result<PersonId, Failure<AccountRefused>> {
        let (user, person) = self.check_registration(&registration).map_err(Failure::Refused)?;
        let hash =
            self.hash_password(registration.password).await.map_err(|f| f.map(AccountRefused::Password))?;
        let mut work = Work::new();
        let sealed = self.seal_person(&person);
        store::account::add_person(&mut work, person.id, &sealed, self.now());
        store::account::add_account(&mut work, person.id, user.as_str(), &hash, must_change, self.now());
        let acting = if matches!(actor, Actor { kind: baotu_vocabulary::ActorKind::Nobody, .. }) {
            Actor::resident(person.id)
        } else {
            actor.clone()
        };
        self.audit(
            &mut work,
            &acting,
            AuditLine::new("accounts.create", "account", person.id).concerning(person.id),
        );
        match self.store().commit(work).await {
            Ok(_) => Ok(person.id),
            Err(CommitError::Duplicate { constraint }) if constraint.contains("user_name") => {
                Err(Failure::Refused(AccountRefused::UserTaken))
            }
            Err(error) => Err(error.into()),
        }
    }

    fn check_registration(
        &self,
        registration: &Registration,
    ) -> Result<(UserName, NewPerson), AccountRefused> {
        let user = UserName::parse(&registration.user)?;
        password::check_strength(&registration.password, user.as_str())?;
        let name = registration.name.trim();
        if name.is_empty() || name.chars().count() > NAME_CHARACTERS_MAX || name.chars().any(char::is_control)
        {
            return Err(AccountRefused::Name);
        }
        let given = registration.phone.as_deref().map(str::trim).filter(|phone| !phone.is_empty());
        let area_code = self.shared.settings.area_code.as_deref();
        let phone = given.map(|phone| Phone::parse(phone, area_code)).transpose()?;
        Ok((user, NewPerson { id: self.new_person(), name: name.to_owned(), citizen_id: None, phone }))
    }

    /// The hash of a password at the city's cost, for [`AccessState::seed`].
    ///
    /// # Errors
    /// When too many wait, or a fault.
    pub async fn hash_password(&self, password: String) -> Result<String, Failure<PasswordRefused>> {
        self.shared.passwords.hash(password, self.surroundings().as_ref()).await
    }

    /// Signs in: a fresh session with its token, at the first post held.
    ///
    /// # Errors
    /// [`SignInRefused`], or a fault.
    pub async fn sign_in(
        &self,
        user: &str,
        password: String,
    ) -> Result<(Session, String), Failure<SignInRefused>> {
        let user = UserName::parse(user).ok();
        let account = match &user {
            Some(user) => self.account_of(user.as_str()).await?,
            None => None,
        };
        let accepts_tries = match &account {
            Some(account) => account.accepts_tries(self.now()) && self.count_try(account.person).await?,
            None => false,
        };
        let kept_hash =
            account.as_ref().filter(|_| accepts_tries).map(|account| account.password_hash.clone());
        let right = self
            .shared
            .passwords
            .verify(password, kept_hash)
            .await
            .map_err(|f| f.map(SignInRefused::Busy))?;
        let Some(account) = account else { return Err(Failure::Refused(SignInRefused::NotAccepted)) };
        if !right {
            let line = AuditLine::new("session.start", "account", account.person).concerning(account.person);
            let mut work = Work::new();
            self.audit(&mut work, &Actor::nobody(), line.refused().with(json!({ "locked": !accepts_tries })));
            self.store().commit(work).await?;
            return Err(Failure::Refused(SignInRefused::NotAccepted));
        }
        let post = self.held_posts(account.person).await?.into_iter().next();
        let mut work = Work::new();
        store::account::forget_tries(&mut work, account.person);
        let opened = self.start_session(work, account.person, post).await?;
        Ok(opened)
    }

    /// Changes the password of a signed-in person; their other sessions end.
    ///
    /// # Errors
    /// What is wrong with the old or the new password, or a fault.
    pub async fn change_password(
        &self,
        session: &Session,
        old: String,
        new: String,
    ) -> Result<(), Failure<AccountRefused>> {
        password::check_strength(&new, &session.user).map_err(|refused| Failure::Refused(refused.into()))?;
        let account =
            self.account_of(&session.user).await?.ok_or(Failure::Refused(AccountRefused::Unknown))?;
        if !account.accepts_tries(self.now()) || !self.count_try(account.person).await? {
            return Err(Failure::Refused(AccountRefused::OldPassword));
        }
        let busy = |failure: Failure<PasswordRefused>| failure.map(AccountRefused::Password);
        if !self.shared.passwords.verify(old, Some(account.password_hash)).await.map_err(busy)? {
            return Err(Failure::Refused(AccountRefused::OldPassword));
        }
        let hash = self.hash_password(new).await.map_err(busy)?;
        let mut work = Work::new();
        store::account::set_password(&mut work, session.person, &hash, self.now());
        store::session::end_all_of(&mut work, session.person, Some(session.id));
        let line = AuditLine::new("account.change-password", "account", session.person);
        self.audit(&mut work, &session.actor, line.concerning(session.person));
        self.store().commit(work).await?;
        Ok(())
    }

    /// Issues a token with which a person sets a new password once, within [`RESET_SECONDS`].
    ///
    /// # Errors
    /// An unknown account, one's own, or a fault.
    pub async fn issue_reset(
        &self,
        actor: &Actor,
        person: PersonId,
    ) -> Result<String, Failure<AccountRefused>> {
        if actor.person() == Some(person) {
            return Err(Failure::Refused(AccountRefused::OnOneself));
        }
        if self.account_of_person(person).await?.is_none() {
            return Err(Failure::Refused(AccountRefused::Unknown));
        }
        let token = sealed::token(self.surroundings().as_ref());
        let mut work = Work::new();
        let expires_at = self.now().plus_seconds(RESET_SECONDS);
        store::account::add_reset(
            &mut work,
            &self.keys().token_hash(&token),
            person,
            &actor.reference(),
            expires_at,
        );
        self.audit(&mut work, actor, AuditLine::new("accounts.reset", "account", person).concerning(person));
        self.store().commit(work).await?;
        Ok(token)
    }

    /// Sets a new password with a reset token; every session of the person ends, and a lock-out too.
    ///
    /// # Errors
    /// What is wrong with the token or the password, or a fault.
    pub async fn use_reset(&self, token: &str, new: String) -> Result<(), Failure<AccountRefused>> {
        let refused = || Failure::Refused(AccountRefused::ResetToken);
        let token_hash = self.keys().token_hash(token);
        let (person, user) = self.person_of_reset(&token_hash, self.now()).await?.ok_or_else(refused)?;
        password::check_strength(&new, &user).map_err(|weak| Failure::Refused(weak.into()))?;
        let hash = self.hash_password(new).await.map_err(|f| f.map(AccountRefused::Password))?;
        let mut work = Work::new();
        store::account::take_reset(&mut work, &token_hash);
        store::account::set_password(&mut work, person, &hash, self.now());
        store::session::end_all_of(&mut work, person, None);
        let line = AuditLine::new("account.change-password", "account", person).concerning(person);
        self.audit(&mut work, &Actor::resident(person), line.with(json!({ "reset": true })));
        match self.store().commit(work).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(refused()),
            Err(error) => Err(error.into()),
        }
    }

    /// Disables an account, so that it cannot sign in and its sessions end at once; or enables it again.
    ///
    /// # Errors
    /// An unknown account, one's own, or a fault.
    pub async fn set_disabled(
        &self,
        actor: &Actor,
        person: PersonId,
        disabled: bool,
    ) -> Result<(), Failure<AccountRefused>> {
        if actor.person() == Some(person) {
            return Err(Failure::Refused(AccountRefused::OnOneself));
        }
        let mut work = Work::new();
        store::account::set_disabled(&mut work, person, disabled.then(|| self.now()));
        if disabled {
            store::session::end_all_of(&mut work, person, None);
        }
        let act = if disabled { "accounts.lock" } else { "accounts.unlock" };
        self.audit(&mut work, actor, AuditLine::new(act, "account", person).concerning(person));
        match self.store().commit(work).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Failure::Refused(AccountRefused::Unknown)),
            Err(error) => Err(error.into()),
        }
    }

    /// Starts a session without a password, for a person whom the caller knows: tests, and the demo's own programs.
    ///
    /// # Errors
    /// When there is no such account, or a fault.
    pub async fn open_session(
        &self,
        person: PersonId,
        post: Option<PostCode>,
    ) -> Result<(Session, String), Failure<AccountRefused>> {
        if self.account_of_person(person).await?.is_none() {
            return Err(Failure::Refused(AccountRefused::Unknown));
        }
        self.start_session(Work::new(), person, post).await
    }

    /// Commits `work` with a fresh session in it.
    async fn start_session<R>(
        &self,
        mut work: Work,
        person: PersonId,
        post: Option<PostCode>,
    ) -> Result<(Session, String), Failure<R>> {
        let token = sealed::token(self.surroundings().as_ref());
        let now = self.now();
        let fresh = FreshSession {
            id: self.new_session(),
            person,
            token_hash: &self.keys().token_hash(&token),
            post: post.as_ref(),
            expires_at: now.plus_seconds(self.shared.settings.session_seconds.into()),
        };
        store::session::add(&mut work, &fresh, now);
        let line = AuditLine::new("session.start", "account", person).concerning(person);
        self.audit(&mut work, &Actor::resident(person), line.with(json!({ "post": post })));
        self.store().commit(work).await?;
        match self.session(&token).await {
            Ok(session) => Ok((session, token)),
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
            Err(Failure::Refused(refused)) => Err(Failure::fault(refused)),
        }
    }
}
