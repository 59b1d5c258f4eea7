//! What access stands on, shared by every request: the store, the keys, the pack's roles and posts, time and chance.
//!
//! Sessions, accounts, posts and the audit trail are abilities of [`AccessState`], a file each.

use std::collections::HashMap;
use std::sync::Arc;

use baotu_pack::organisations::{Post, Unit};
use baotu_pack::roles::{Administrator, Roles};
use baotu_storage::Store;
use baotu_vocabulary::{AuditId, Moment, PersonId, PostCode, RoleName, SessionId, Surroundings, UnitCode};

use crate::grants::Rights;
use crate::password::{PasswordCost, Passwords};
use crate::sealed::Keys;

/// How strict access is; what the operator of a city may set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessSettings {
    /// What a password hash costs.
    pub password_cost: PasswordCost,
    /// Seconds without a request after which a session has ended.
    pub session_idle_seconds: u32,
    /// Seconds after which a session has ended in any case.
    pub session_seconds: u32,
    /// Whether the cookie is sent over https only; false only where the city is served without.
    pub secure_cookie: bool,
    /// The origin that browsers see, such as `https://12345.example.cn`, where a proxy hides it; else the `Host`.
    pub public_origin: Option<String>,
    /// The area code of the city's landlines, such as `0531`.
    pub area_code: Option<String>,
}

/// Half an hour (GB/T 22239-2019 8.1.4.1 c asks for a time-out of idle sessions).
const SESSION_IDLE_SECONDS: u32 = 30 * 60;
/// A working day with its overtime.
const SESSION_SECONDS: u32 = 12 * 3_600;

impl Default for AccessSettings {
    fn default() -> Self {
        Self {
            password_cost: PasswordCost::default(),
            session_idle_seconds: SESSION_IDLE_SECONDS,
            session_seconds: SESSION_SECONDS,
            secure_cookie: true,
            public_origin: None,
            area_code: None,
        }
    }
}

/// What an [`AccessState`] is made of.
pub struct AccessParts<'a> {
    /// Where everything is kept.
    pub store: Store,
    /// The keys for personal data and tokens.
    pub keys: Keys,
    /// The pack's roles, purposes and grants.
    pub roles: &'a Roles,
    /// The pack's units.
    pub units: &'a [Unit],
    /// The pack's posts.
    pub posts: &'a [Post],
    /// Time and chance.
    pub surroundings: Arc<dyn Surroundings>,
    /// How strict it is.
    pub settings: AccessSettings,
}

/// Access, ready to be asked; clones share it.
#[derive(Clone)]
pub struct AccessState {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) rights: Rights,
    pub(crate) grants_table: String,
    pub(crate) posts: HashMap<PostCode, PostPlace>,
    pub(crate) passwords: Passwords,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) settings: AccessSettings,
}

/// A post with what is known of its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostPlace {
    /// Shown, for example `派遣员`.
    pub title: String,
    /// Its unit.
    pub unit: UnitCode,
    /// The unit's name.
    pub unit_name: String,
    /// Its roles.
    pub roles: Vec<RoleName>,
    /// Which of the three administrators its roles make of their holder.
    pub administrators: Vec<Administrator>,
}

impl AccessState {
    /// Access over the given parts.
    pub fn new(parts: AccessParts<'_>) -> Self {
        let unit_names: HashMap<&UnitCode, &str> =
            parts.units.iter().map(|unit| (&unit.code, unit.name.as_str())).collect();
        let administrators: HashMap<&RoleName, Administrator> =
            parts.roles.roles.iter().filter_map(|role| Some((&role.name, role.administrator?))).collect();
        let place = |post: &Post| {
            let mut held: Vec<Administrator> =
                post.roles.0.iter().filter_map(|role| administrators.get(role).copied()).collect();
            held.sort();
            held.dedup();
            PostPlace {
                title: post.title.clone(),
                unit: post.unit.clone(),
                unit_name: unit_names.get(&post.unit).copied().unwrap_or_default().to_owned(),
                roles: post.roles.0.clone(),
                administrators: held,
            }
        };
        let shared = Shared {
            rights: Rights::new(parts.roles, parts.units),
            grants_table: parts.roles.table(),
            posts: parts.posts.iter().map(|post| (post.code.clone(), place(post))).collect(),
            passwords: Passwords::new(parts.settings.password_cost),
            store: parts.store,
            keys: parts.keys,
            surroundings: parts.surroundings,
            settings: parts.settings,
        };
        Self { shared: Arc::new(shared) }
    }

    /// The present moment.
    pub fn now(&self) -> Moment {
        self.shared.surroundings.now()
    }

    /// Time and chance.
    pub fn surroundings(&self) -> &Arc<dyn Surroundings> {
        &self.shared.surroundings
    }

    /// The keys, with which engines seal the personal data that they keep themselves.
    pub fn keys(&self) -> &Keys {
        &self.shared.keys
    }

    /// The grants.
    pub fn rights(&self) -> &Rights {
        &self.shared.rights
    }

    /// A declared post.
    pub fn post(&self, post: &PostCode) -> Option<&PostPlace> {
        self.shared.posts.get(post)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.shared.store
    }

    pub(crate) fn new_person(&self) -> PersonId {
        PersonId::new(self.now(), self.shared.surroundings.chance())
    }

    pub(crate) fn new_session(&self) -> SessionId {
        SessionId::new(self.now(), self.shared.surroundings.chance())
    }

    pub(crate) fn new_audit(&self) -> AuditId {
        AuditId::new(self.now(), self.shared.surroundings.chance())
    }
}
