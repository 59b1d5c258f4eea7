//! Programs with an API key: other systems that speak for themselves, such as an Open311 app.

use baotu_storage::{CommitError, StoreFault, Work};
use baotu_vocabulary::{Actor, ActorKind, Moment, Refusal, RefusalKind};
use serde::Serialize;

use crate::{AccessState, AuditLine, Failure, sealed, store};

/// Characters of a client's name at most.
const CLIENT_NAME_CHARACTERS_MAX: usize = 64;
/// Characters of a client's title at most.
const CLIENT_TITLE_CHARACTERS_MAX: usize = 100;

/// A client as an administrator sees it; its key is known to nobody but its owner.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Client {
    /// Unique; part of what it does in the records.
    pub name: String,
    /// Shown.
    pub title: String,
    /// Since when.
    #[schema(value_type = String, format = "date-time")]
    pub created_at: Moment,
    /// When its key stopped working.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub disabled_at: Option<Moment>,
}

/// Why a client was not made or not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientRefused {
    /// A name of the wrong shape.
    #[error("名称须为 1～{CLIENT_NAME_CHARACTERS_MAX} 位小写字母、数字或 -")]
    Name,
    /// A title of the wrong shape.
    #[error("请填写说明，最多 {CLIENT_TITLE_CHARACTERS_MAX} 个字")]
    Title,
    /// The name is taken.
    #[error("这个名称已经使用")]
    Taken,
    /// There is none of that name with a working key.
    #[error("没有这个接入方")]
    Unknown,
}

impl Refusal for ClientRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Name | Self::Title => RefusalKind::Invalid,
            Self::Taken => RefusalKind::Conflict,
            Self::Unknown => RefusalKind::NotFound,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Name => "client-name-invalid",
            Self::Title => "client-title-invalid",
            Self::Taken => "client-taken",
            Self::Unknown => "client-unknown",
        }
    }

    fn fields(&self) -> Vec<(String, String)> {
        match self {
            Self::Name | Self::Taken => vec![("name".to_owned(), self.to_string())],
            Self::Title => vec![("title".to_owned(), self.to_string())],
            Self::Unknown => Vec::new(),
        }
    }
}

impl AccessState {
    /// The client behind an API key, as the actor of its requests; nothing when the key is unknown or disabled.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn client_of_key(&self, key: &str) -> Result<Option<Actor>, StoreFault> {
        let name = self.client_with_key(&self.keys().token_hash(key)).await?;
        Ok(name.map(|name| Actor { kind: ActorKind::Client { name }, purpose: None }))
    }

    /// Makes a client; its key is told once, here.
    ///
    /// # Errors
    /// [`ClientRefused`], or a fault.
    pub async fn make_client(
        &self,
        actor: &Actor,
        name: &str,
        title: &str,
    ) -> Result<String, Failure<ClientRefused>> {
        let (name, title) = (name.trim(), title.trim());
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > CLIENT_NAME_CHARACTERS_MAX || !name.bytes().all(plain) {
            return Err(Failure::Refused(ClientRefused::Name));
        }
        let characters = title.chars().count();
        if characters == 0 || characters > CLIENT_TITLE_CHARACTERS_MAX || title.chars().any(char::is_control)
        {
            return Err(Failure::Refused(ClientRefused::Title));
        }
        let key = sealed::token(self.surroundings().as_ref());
        let mut work = Work::new();
        store::client::add(&mut work, name, title, &self.keys().token_hash(&key), self.now());
        self.audit(&mut work, actor, AuditLine::new("clients.create", "client", name));
        match self.store().commit(work).await {
            Ok(_) => Ok(key),
            Err(CommitError::Duplicate { .. }) => Err(Failure::Refused(ClientRefused::Taken)),
            Err(error) => Err(error.into()),
        }
    }

    /// Stops a client's key from working, for ever.
    ///
    /// # Errors
    /// [`ClientRefused::Unknown`], or a fault.
    pub async fn disable_client(&self, actor: &Actor, name: &str) -> Result<(), Failure<ClientRefused>> {
        let mut work = Work::new();
        store::client::disable(&mut work, name, self.now());
        self.audit(&mut work, actor, AuditLine::new("clients.disable", "client", name));
        match self.store().commit(work).await {
            Ok(_) => Ok(()),
            Err(CommitError::Conflict(_)) => Err(Failure::Refused(ClientRefused::Unknown)),
            Err(error) => Err(error.into()),
        }
    }
}
