//! Holding posts: who is assigned to which post, from when to when, and what never goes together.
//!
//! Three separate administrators (三员分立, GB/T 22239-2019 8.1.5): nobody holds two of them at any time, and nobody
//! assigns anything to themselves.

use std::collections::HashMap;

use baotu_pack::roles::Administrator;
use baotu_storage::{CommitError, StoreFault, Work};
use baotu_vocabulary::{Actor, Moment, PersonId, PostCode, Refusal, RefusalKind, RoleName, UnitCode};
use serde_json::json;

use crate::session::{Session, SessionRefused};
use crate::state::PostPlace;
use crate::{AccessState, AuditLine, Failure, store};

/// A post held from one moment to another; without an end while it lasts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// The post.
    pub post: PostCode,
    /// The first moment at which it is held.
    pub from: Moment,
    /// The first moment at which it is no longer held.
    pub to: Option<Moment>,
}

impl Holding {
    /// Whether both are held at some moment.
    fn overlaps(&self, other: &Self) -> bool {
        let ends_before = |one: &Self, from: Moment| one.to.is_some_and(|to| to <= from);
        !ends_before(self, other.from) && !ends_before(other, self.from)
    }
}

/// Why a post was not assigned or withdrawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HoldingRefused {
    /// There is no such person.
    #[error("没有这个账号")]
    PersonUnknown,
    /// The pack declares no such post.
    #[error("没有这个岗位")]
    PostUnknown,
    /// Nobody assigns to themselves.
    #[error("不能为自己分配或撤销岗位")]
    OnOneself,
    /// Two of the three administrators in one person.
    #[error("三员分立：系统管理员、安全管理员、审计管理员不得由同一人兼任")]
    AdministratorsApart,
    /// The person holds the post already in that time.
    #[error("此人在这段时间已担任该岗位")]
    AlreadyHeld,
    /// The person does not hold the post.
    #[error("此人没有担任该岗位")]
    NotHeld,
    /// It would end before it begins.
    #[error("结束时间须晚于开始时间")]
    Span,
    /// Somebody else changed the person's posts at the same time.
    #[error("此人的岗位刚刚被他人修改，请刷新后重试")]
    Stale,
}

impl Refusal for HoldingRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::PersonUnknown | Self::NotHeld => RefusalKind::NotFound,
            Self::PostUnknown | Self::Span => RefusalKind::Invalid,
            Self::OnOneself => RefusalKind::Forbidden,
            Self::AdministratorsApart | Self::AlreadyHeld | Self::Stale => RefusalKind::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::PersonUnknown => "account-unknown",
            Self::PostUnknown => "post-unknown",
            Self::OnOneself => "on-oneself",
            Self::AdministratorsApart => "administrators-apart",
            Self::AlreadyHeld => "already-held",
            Self::NotHeld => "post-not-held",
            Self::Span => "span-invalid",
            Self::Stale => "stale-version",
        }
    }
}

/// Whether `wanted` may stand beside what somebody holds, has held and will hold.
///
/// # Errors
/// What speaks against it.
pub(crate) fn check_beside(
    held: &[Holding],
    wanted: &Holding,
    posts: &HashMap<PostCode, PostPlace>,
) -> Result<(), HoldingRefused> {
    let place = posts.get(&wanted.post).ok_or(HoldingRefused::PostUnknown)?;
    if wanted.to.is_some_and(|to| to <= wanted.from) {
        return Err(HoldingRefused::Span);
    }
    let at_once: Vec<&Holding> = held.iter().filter(|other| other.overlaps(wanted)).collect();
    if at_once.iter().any(|other| other.post == wanted.post) {
        return Err(HoldingRefused::AlreadyHeld);
    }
    let beside =
        at_once.iter().filter_map(|other| posts.get(&other.post)).flat_map(|post| &post.administrators);
    let mut administrators: Vec<Administrator> = beside.chain(&place.administrators).copied().collect();
    administrators.sort();
    administrators.dedup();
    if !place.administrators.is_empty() && administrators.len() > 1 {
        return Err(HoldingRefused::AdministratorsApart);
    }
    Ok(())
}

impl AccessState {
    /// The declared posts that a person holds now, the longest held first.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn held_posts(&self, person: PersonId) -> Result<Vec<PostCode>, StoreFault> {
        let posts = self.posts_held(person, self.now()).await?;
        Ok(posts.into_iter().filter(|post| self.post(post).is_some()).collect())
    }

    /// The people who now hold a post of `unit`, with `role` if one is asked for.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn people_of_unit(
        &self,
        unit: &UnitCode,
        role: Option<&RoleName>,
    ) -> Result<Vec<PersonId>, StoreFault> {
        let fits =
            |place: &PostPlace| place.unit == *unit && role.is_none_or(|role| place.roles.contains(role));
        let posts: Vec<PostCode> =
            self.shared.posts.iter().filter(|(_, place)| fits(place)).map(|(post, _)| post.clone()).collect();
        self.people_holding(&posts, self.now()).await
    }

    /// Assigns a post.
    ///
    /// # Errors
    /// [`HoldingRefused`], or a fault.
    pub async fn assign_post(
        &self,
        actor: &Actor,
        person: PersonId,
        holding: Holding,
    ) -> Result<(), Failure<HoldingRefused>> {
        let version = self.version_for(actor, person).await?;
        let held = self.holdings_of(person).await?;
        check_beside(&held, &holding, &self.shared.posts).map_err(Failure::Refused)?;
        let mut work = Work::new();
        store::holding::add(&mut work, person, version, &holding, &actor.reference());
        let detail = json!({ "post": holding.post, "from": holding.from, "to": holding.to });
        let line = AuditLine::new("posts.assign", "account", person).concerning(person).with(detail);
        self.audit(&mut work, actor, line);
        self.commit_holding(work).await
    }

    /// Withdraws a post now; sessions at it go on as the person's own.
    ///
    /// # Errors
    /// [`HoldingRefused`], or a fault.
    pub async fn withdraw_post(
        &self,
        actor: &Actor,
        person: PersonId,
        post: &PostCode,
    ) -> Result<(), Failure<HoldingRefused>> {
        let version = self.version_for(actor, person).await?;
        let now = self.now();
        let lasting = |holding: &Holding| holding.post == *post && holding.to.is_none_or(|to| to > now);
        let held = self.holdings_of(person).await?;
        let holding = held.into_iter().find(lasting).ok_or(Failure::Refused(HoldingRefused::NotHeld))?;
        let mut work = Work::new();
        store::holding::end(&mut work, person, version, &holding, now);
        let line = AuditLine::new("posts.withdraw", "account", person).concerning(person);
        self.audit(&mut work, actor, line.with(json!({ "post": post })));
        self.commit_holding(work).await
    }

    /// Chooses the post at which a session acts, or none for oneself.
    ///
    /// # Errors
    /// When the post is not held, or a fault.
    pub async fn choose_post(
        &self,
        session: &Session,
        post: Option<&PostCode>,
    ) -> Result<(), Failure<SessionRefused>> {
        if let Some(post) = post
            && !self.held_posts(session.person).await?.contains(post)
        {
            return Err(Failure::Refused(SessionRefused::PostNotHeld));
        }
        let mut work = Work::new();
        store::session::choose_post(&mut work, session.id, post);
        let line =
            AuditLine::new("session.choose-post", "account", session.person).concerning(session.person);
        self.audit(&mut work, &session.actor, line.with(json!({ "post": post })));
        self.store().commit(work).await?;
        Ok(())
    }

    async fn version_for(&self, actor: &Actor, person: PersonId) -> Result<i64, Failure<HoldingRefused>> {
        if actor.person() == Some(person) {
            return Err(Failure::Refused(HoldingRefused::OnOneself));
        }
        self.person_version(person).await?.ok_or(Failure::Refused(HoldingRefused::PersonUnknown))
    }

    async fn commit_holding(&self, work: Work) -> Result<(), Failure<HoldingRefused>> {
        match self.store().commit(work).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Failure::Refused(HoldingRefused::Stale)),
            Err(error) => Err(error.into()),
        }
    }
}
