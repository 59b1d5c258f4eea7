//! Who acts: a person for themselves, an official at a post, the city itself, or nobody known.
//!
//! How a person proves who they are is not known here; see `access`.

use serde::{Deserialize, Serialize};

use crate::{PersonId, PostCode, PurposeName, RoleName, UnitCode};

/// The one on whose behalf a request is made; always an argument, never ambient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// What kind of actor, with what they bring.
    pub kind: ActorKind,
    /// The purpose given for this request, where one is needed (reading personal data).
    pub purpose: Option<PurposeName>,
}

/// The kinds of actor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum ActorKind {
    /// Nobody known: no session, no key.
    Nobody,
    /// A resident acting for themselves.
    Resident {
        /// Their account.
        person: PersonId,
    },
    /// An official acting at a post.
    Official(OfficialActor),
    /// A program with an API key, acting for the named client.
    Client {
        /// The client's declared name.
        name: String,
    },
    /// The city itself: a reaction, a clock, an import; `by` names which.
    City {
        /// For example `clock`, `reaction:hotline/urban-case`, `import:baltimore`.
        by: String,
    },
}

/// An official at a post in a unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfficialActor {
    /// Their account.
    pub person: PersonId,
    /// Their name as shown in records (单位 + 姓名).
    pub name: String,
    /// The post they act at.
    pub post: PostCode,
    /// The unit of the post.
    pub unit: UnitCode,
    /// The roles of the post.
    pub roles: Vec<RoleName>,
}

impl Actor {
    /// Nobody known.
    pub const fn nobody() -> Self {
        Self { kind: ActorKind::Nobody, purpose: None }
    }

    /// The city itself, acting through `by`.
    pub fn city(by: impl Into<String>) -> Self {
        Self { kind: ActorKind::City { by: by.into() }, purpose: None }
    }

    /// A resident for themselves.
    pub const fn resident(person: PersonId) -> Self {
        Self { kind: ActorKind::Resident { person }, purpose: None }
    }

    /// An official at a post.
    pub const fn official(official: OfficialActor) -> Self {
        Self { kind: ActorKind::Official(official), purpose: None }
    }

    /// This actor with a purpose given.
    #[must_use]
    pub fn with_purpose(mut self, purpose: impl Into<PurposeName>) -> Self {
        self.purpose = Some(purpose.into());
        self
    }

    /// The person behind this actor, if it is a person.
    pub const fn person(&self) -> Option<PersonId> {
        match &self.kind {
            ActorKind::Resident { person } => Some(*person),
            ActorKind::Official(official) => Some(official.person),
            ActorKind::Nobody | ActorKind::Client { .. } | ActorKind::City { .. } => None,
        }
    }

    /// The official, if this actor acts at a post.
    pub const fn as_official(&self) -> Option<&OfficialActor> {
        match &self.kind {
            ActorKind::Official(official) => Some(official),
            _ => None,
        }
    }

    /// A text without personal data that names the actor in records and the audit trail:
    /// `resident:<id>`, `official:<id>@<post>`, `client:<name>`, `city:<by>`, `nobody`.
    pub fn reference(&self) -> String {
        match &self.kind {
            ActorKind::Nobody => "nobody".to_owned(),
            ActorKind::Resident { person } => format!("resident:{person}"),
            ActorKind::Official(official) => format!("official:{}@{}", official.person, official.post),
            ActorKind::Client { name } => format!("client:{name}"),
            ActorKind::City { by } => format!("city:{by}"),
        }
    }
}
