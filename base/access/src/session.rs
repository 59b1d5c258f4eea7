//! Sessions: a secret token stands for a person, who acts for themselves or at one of their posts.
//!
//! Only a hash of the token is kept. What a session may do is asked anew with every request: a post that was taken
//! away, or an account that was locked, has effect at once.

use baotu_storage::{CommitError, Work};
use baotu_vocabulary::{Actor, Moment, OfficialActor, PersonId, PostCode, Refusal, RefusalKind, SessionId};

use crate::{AccessState, AuditLine, Failure, store};

/// Seconds between two notes that a session is in use: a request more often writes nothing.
const USE_NOTED_SECONDS: i64 = 60;

/// A live session.
#[derive(Clone, PartialEq, Eq)]
pub struct Session {
    /// Its id; not its token.
    pub id: SessionId,
    /// Who it is.
    pub person: PersonId,
    /// The name by which they sign in.
    pub user: String,
    /// Their name in clear, for themselves.
    pub name: String,
    /// The person or official on whose behalf requests come in.
    pub actor: Actor,
    /// Whether the password must be changed before anything else.
    pub must_change_password: bool,
    /// When it ends at the latest.
    pub expires_at: Moment,
}

impl std::fmt::Debug for Session {
    /// Without the name: personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("id", &self.id).field("actor", &self.actor.reference()).finish()
    }
}

/// A session as it is kept, with the account and the post behind it.
#[derive(Clone, Debug)]
pub(crate) struct KeptSession {
    pub(crate) id: SessionId,
    pub(crate) person: PersonId,
    pub(crate) user: String,
    pub(crate) name: crate::sealed::Sealed,
    /// The post chosen, and whether it is still held.
    pub(crate) post: Option<(PostCode, bool)>,
    pub(crate) must_change_password: bool,
    pub(crate) disabled: bool,
    pub(crate) used_at: Moment,
    pub(crate) expires_at: Moment,
}

/// A session to be started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct FreshSession<'a> {
    pub(crate) id: SessionId,
    pub(crate) person: PersonId,
    pub(crate) token_hash: &'a str,
    pub(crate) post: Option<&'a PostCode>,
    pub(crate) expires_at: Moment,
}

/// Why a token or a key opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SessionRefused {
    /// There is none, or it has ended.
    #[error("登录已失效，请重新登录")]
    Ended,
    /// The password must be changed first.
    #[error("请先修改密码")]
    PasswordChangeNeeded,
    /// A page of another site sent the request.
    #[error("请求来自其他网站，已拒绝")]
    CrossSite,
    /// The person does not hold that post.
    #[error("您没有担任这个岗位")]
    PostNotHeld,
}

impl Refusal for SessionRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Ended => RefusalKind::Unauthenticated,
            Self::PasswordChangeNeeded | Self::CrossSite | Self::PostNotHeld => RefusalKind::Forbidden,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Ended => "sign-in-needed",
            Self::PasswordChangeNeeded => "password-change-needed",
            Self::CrossSite => "cross-site",
            Self::PostNotHeld => "post-not-held",
        }
    }
}

impl AccessState {
    /// The session behind a token, if it is live.
    ///
    /// # Errors
    /// [`SessionRefused::Ended`], or a fault.
    pub async fn session(&self, token: &str) -> Result<Session, Failure<SessionRefused>> {
        let now = self.now();
        let hash = self.keys().token_hash(token);
        let kept = self.kept_session(&hash, now).await?.ok_or(Failure::Refused(SessionRefused::Ended))?;
        let idle_until = kept.used_at.plus_seconds(self.shared.settings.session_idle_seconds.into());
        if kept.disabled || now >= kept.expires_at || now >= idle_until {
            return Err(Failure::Refused(SessionRefused::Ended));
        }
        if now.micros_since(kept.used_at) >= USE_NOTED_SECONDS * 1_000_000 {
            self.note_use(kept.id, now).await?;
        }
        let name = self.open_name(kept.person, &kept.name).map_err(Failure::fault)?;
        let post = kept.post.filter(|(_, held)| *held).map(|(post, _)| post);
        let actor = self.actor_at(kept.person, &name, post.as_ref());
        Ok(Session {
            id: kept.id,
            person: kept.person,
            user: kept.user,
            name,
            actor,
            must_change_password: kept.must_change_password,
            expires_at: kept.expires_at,
        })
    }

    /// The actor that a person is at a post; a post that is not declared leaves the person for themselves.
    pub(crate) fn actor_at(&self, person: PersonId, name: &str, post: Option<&PostCode>) -> Actor {
        match post.and_then(|post| Some((post, self.post(post)?))) {
            Some((post, place)) => Actor::official(OfficialActor {
                person,
                name: name.to_owned(),
                post: post.clone(),
                unit: place.unit.clone(),
                roles: place.roles.clone(),
            }),
            None => Actor::resident(person),
        }
    }

    /// Ends a session: signing out.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn end_session(&self, session: &Session) -> Result<(), CommitError> {
        let mut work = Work::new();
        store::session::end(&mut work, session.id);
        let line = AuditLine::new("session.end", "account", session.person).concerning(session.person);
        self.audit(&mut work, &session.actor, line);
        self.store().commit(work).await.map(|_| ())
    }

    /// Removes the rows of sessions that have ended; for a job now and then.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn forget_ended_sessions(&self) -> Result<(), CommitError> {
        let now = self.now();
        let idle_seconds = i64::from(self.shared.settings.session_idle_seconds);
        let mut work = Work::new();
        store::session::forget_ended(&mut work, now, now.plus_seconds(-idle_seconds));
        self.store().commit(work).await.map(|_| ())
    }
}
