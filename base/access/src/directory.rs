//! Accounts as administrators see them: user names, posts and states; of residents no more than a mask.

use baotu_vocabulary::{Moment, PersonId, PostCode, UnitCode, mask};
use serde::Serialize;
use utoipa::ToSchema;

use crate::account::is_locked;
use crate::sealed::{SealBroken, Sealed};
use crate::{AccessState, Failure};

/// Accounts of a page at most.
pub const ACCOUNT_PAGE_ROWS_MAX: u16 = 100;

/// A post with its unit, as screens show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownPost {
    /// Its code.
    pub code: String,
    /// For example `派遣员`.
    pub title: String,
    /// The code of its unit.
    pub unit: String,
    /// The name of its unit.
    pub unit_name: String,
    /// Its roles.
    pub roles: Vec<String>,
}

/// Whether an account can be signed in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AccountState {
    /// It can.
    Active,
    /// Not for a while, after wrong passwords.
    Locked,
    /// Not until an administrator enables it.
    Disabled,
}

/// An account of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownAccount {
    /// Whose it is.
    #[schema(value_type = String, format = "uuid")]
    pub person: PersonId,
    /// The user name.
    pub user: String,
    /// The name; masked for those without a post.
    pub name: String,
    /// The telephone, masked.
    pub phone: Option<String>,
    /// The posts held now.
    pub posts: Vec<ShownPost>,
    /// Whether it can be signed in with.
    pub state: AccountState,
    /// Whether the password must be changed at the next sign-in.
    pub must_change_password: bool,
}

/// Which accounts are asked for; all that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct AccountFilter {
    /// The beginning of the user name.
    pub user: Option<String>,
    /// One person.
    pub person: Option<PersonId>,
    /// Who holds this post.
    pub post: Option<PostCode>,
    /// Who holds a post of this unit.
    pub unit: Option<UnitCode>,
    /// After this user name.
    pub after: Option<String>,
}

/// An account as a list needs it.
#[derive(Clone, Debug)]
pub(crate) struct ListedAccount {
    pub(crate) person: PersonId,
    pub(crate) user: String,
    pub(crate) name: Sealed,
    pub(crate) phone: Option<Sealed>,
    pub(crate) attempts: i64,
    pub(crate) attempts_from: Moment,
    pub(crate) disabled: bool,
    pub(crate) must_change_password: bool,
}

impl AccessState {
    /// A declared post as screens show it.
    pub fn shown_post(&self, code: &PostCode) -> Option<ShownPost> {
        let place = self.post(code)?;
        Some(ShownPost {
            code: code.to_string(),
            title: place.title.clone(),
            unit: place.unit.to_string(),
            unit_name: place.unit_name.clone(),
            roles: place.roles.iter().map(ToString::to_string).collect(),
        })
    }

    /// A page of accounts in the order of their user names.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn accounts(
        &self,
        filter: &AccountFilter,
        rows: u16,
    ) -> Result<Vec<ShownAccount>, Failure<std::convert::Infallible>> {
        let posts = self.posts_asked_for(filter);
        let listed = self.accounts_that_fit(filter, posts.as_deref(), rows.clamp(1, ACCOUNT_PAGE_ROWS_MAX));
        let mut shown = Vec::new();
        for account in listed.await? {
            let posts = self.held_posts(account.person).await?;
            shown.push(self.show(account, &posts).map_err(Failure::fault)?);
        }
        Ok(shown)
    }

    /// The posts that a filter speaks of; nothing when it speaks of none.
    fn posts_asked_for(&self, filter: &AccountFilter) -> Option<Vec<PostCode>> {
        if filter.post.is_none() && filter.unit.is_none() {
            return None;
        }
        let fits = |(post, place): &(&PostCode, &crate::PostPlace)| {
            filter.post.as_ref().is_none_or(|wanted| wanted == *post)
                && filter.unit.as_ref().is_none_or(|unit| *unit == place.unit)
        };
        Some(self.shared.posts.iter().filter(fits).map(|(post, _)| post.clone()).collect())
    }

    fn show(&self, account: ListedAccount, posts: &[PostCode]) -> Result<ShownAccount, SealBroken> {
        let name = self.open_name(account.person, &account.name)?;
        let phone = account.phone.map(|phone| self.open_phone(account.person, &phone)).transpose()?;
        let locked = is_locked(account.attempts, account.attempts_from, self.now());
        Ok(ShownAccount {
            person: account.person,
            user: account.user,
            name: if posts.is_empty() { mask::name(&name) } else { name },
            phone: phone.as_deref().map(mask::phone),
            posts: posts.iter().filter_map(|post| self.shown_post(post)).collect(),
            state: match (account.disabled, locked) {
                (true, _) => AccountState::Disabled,
                (false, true) => AccountState::Locked,
                (false, false) => AccountState::Active,
            },
            must_change_password: account.must_change_password,
        })
    }
}
