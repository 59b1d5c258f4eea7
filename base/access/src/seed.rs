//! Many people at once, for a demo city or a move from another system; and the first administrator of a new city.

use baotu_pack::roles::Administrator;
use baotu_storage::Work;
use baotu_vocabulary::{Actor, PersonId, Phone, PostCode, Refusal, RefusalKind};
use serde_json::json;

use crate::account::{AccountRefused, Registration, UserName};
use crate::holding::{Holding, HoldingRefused, check_beside};
use crate::person::NewPerson;
use crate::{AccessState, AuditLine, Failure, sealed, store};

/// People entered in one unit of work.
const SEED_UNIT_PEOPLE: usize = 500;
/// The user name of the first administrator.
const FIRST_USER: &str = "admin";

/// A person to be entered with others.
#[derive(Clone, Debug)]
pub struct SeedPerson {
    /// Their id; one who is there already is left as they are.
    pub person: PersonId,
    /// Their user name.
    pub user: String,
    /// Their name.
    pub name: String,
    /// Their telephone.
    pub phone: Option<Phone>,
    /// The posts that they hold from now on.
    pub posts: Vec<PostCode>,
}

/// Why people were not entered: whose entry is wrong, and how.
#[derive(Debug, thiserror::Error)]
pub enum SeedRefused {
    /// A user name of the wrong shape.
    #[error("{0}：{1}")]
    Account(String, AccountRefused),
    /// Posts that do not go together, or are not declared.
    #[error("{0}：{1}")]
    Holding(String, HoldingRefused),
}

impl Refusal for SeedRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Account(_, refused) => refused.kind(),
            Self::Holding(_, refused) => refused.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Account(_, refused) => refused.code(),
            Self::Holding(_, refused) => refused.code(),
        }
    }
}

/// The first administrator of a city, told once to whoever starts it.
#[derive(Clone)]
pub struct FirstAdministrator {
    /// The user name.
    pub user: String,
    /// The password, which must be changed at the first sign-in.
    pub password: String,
}

/// Why there is no first administrator.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BootstrapRefused {
    /// The pack declares no post of a system administrator.
    #[error("城市包没有声明系统管理员岗位（role 的 administrator = \"system\"）")]
    NoPost,
    /// The account could not be made.
    #[error(transparent)]
    Account(#[from] AccountRefused),
}

impl Refusal for BootstrapRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NoPost => RefusalKind::Invalid,
            Self::Account(refused) => refused.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoPost => "no-administrator-post",
            Self::Account(refused) => refused.code(),
        }
    }
}

impl AccessState {
    /// Enters many people who share one password, whose hash [`AccessState::hash_password`] gives; how many they are.
    ///
    /// # Errors
    /// The first whose entry is wrong; those before may be entered. Or a fault.
    pub async fn seed(
        &self,
        people: impl IntoIterator<Item = SeedPerson>,
        password_hash: &str,
    ) -> Result<usize, Failure<SeedRefused>> {
        let (mut work, mut in_work, mut entered) = (Work::new(), 0, 0);
        for person in people {
            self.seed_one(&mut work, person, password_hash).map_err(Failure::Refused)?;
            entered += 1;
            in_work += 1;
            if in_work == SEED_UNIT_PEOPLE {
                self.store().commit(std::mem::take(&mut work)).await?;
                in_work = 0;
            }
        }
        let line = AuditLine::new("accounts.create", "account", "many").with(json!({ "people": entered }));
        self.audit(&mut work, &Actor::city("seed"), line);
        self.store().commit(work).await?;
        Ok(entered)
    }

    fn seed_one(&self, work: &mut Work, seed: SeedPerson, password_hash: &str) -> Result<(), SeedRefused> {
        let user = UserName::parse(&seed.user)
            .map_err(|refused| SeedRefused::Account(seed.user.clone(), refused))?;
        let now = self.now();
        let mut held: Vec<Holding> = Vec::new();
        for post in seed.posts {
            let holding = Holding { post, from: now, to: None };
            check_beside(&held, &holding, &self.shared.posts)
                .map_err(|refused| SeedRefused::Holding(seed.user.clone(), refused))?;
            held.push(holding);
        }
        let person = NewPerson { id: seed.person, name: seed.name, citizen_id: None, phone: seed.phone };
        let sealed = self.seal_person(&person);
        store::seed::add_missing(work, &person, &sealed, user.as_str(), password_hash, &held, now);
        Ok(())
    }

    /// Makes the first administrator of a city without one; nothing when there is one.
    ///
    /// # Errors
    /// [`BootstrapRefused`], or a fault.
    pub async fn bootstrap(&self) -> Result<Option<FirstAdministrator>, Failure<BootstrapRefused>> {
        let administrative =
            self.shared.posts.iter().filter(|(_, place)| place.administrators == [Administrator::System]);
        let mut posts: Vec<PostCode> = administrative.map(|(post, _)| post.clone()).collect();
        posts.sort();
        let Some(post) = posts.first().cloned() else {
            return Err(Failure::Refused(BootstrapRefused::NoPost));
        };
        if !self.people_holding(&posts, self.now()).await?.is_empty() {
            return Ok(None);
        }
        let city = Actor::city("bootstrap");
        let password = sealed::token(self.surroundings().as_ref()).split_off(48);
        let title = self.post(&post).map_or_else(String::new, |place| place.title.clone());
        let registration = Registration {
            user: FIRST_USER.to_owned(),
            password: password.clone(),
            name: title,
            phone: None,
        };
        let made = self.make_account(&city, registration, true).await;
        let person = made.map_err(|failure| failure.map(BootstrapRefused::Account))?;
        let holding = Holding { post, from: self.now(), to: None };
        match self.assign_post(&city, person, holding).await {
            Ok(()) => Ok(Some(FirstAdministrator { user: FIRST_USER.to_owned(), password })),
            Err(Failure::Refused(refused)) => Err(Failure::fault(refused)),
            Err(Failure::Fault(fault)) => Err(Failure::Fault(fault)),
        }
    }
}
