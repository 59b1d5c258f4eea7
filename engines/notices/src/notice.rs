//! A notice: what is said to whom, and the channels by which it goes.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use baotu_vocabulary::{CaseId, Moment, NoticeId, PersonId, TemplateName, UnitCode, mask};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// A person with an account.
    Person(PersonId),
    /// Everybody at work in a unit.
    Unit(UnitCode),
    /// Somebody without an account, by a reference that [`Addresses`] understands, such as the case they reported.
    Contact(String),
}

impl Recipient {
    pub(crate) const fn kind(&self) -> &'static str {
        match self {
            Self::Person(_) => "person",
            Self::Unit(_) => "unit",
            Self::Contact(_) => "contact",
        }
    }

    pub(crate) fn key(&self) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::Unit(unit) => unit.to_string(),
            Self::Contact(reference) => reference.clone(),
        }
    }
}

/// The ways a notice goes.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
    utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Channel {
    /// The inbox on the desk and the resident page; there as soon as the notice is made.
    InApp,
    /// A short message.
    Sms,
    /// E-mail.
    Email,
}

impl Channel {
    /// The channel's word in a pack and in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InApp => "in-app",
            Self::Sms => "sms",
            Self::Email => "email",
        }
    }
}

/// A word that names no channel.
#[derive(Debug, thiserror::Error)]
#[error("“{0}”不是通知渠道；可用 in-app、sms、email")]
pub struct ChannelError(String);

impl FromStr for Channel {
    type Err = ChannelError;

    fn from_str(word: &str) -> Result<Self, ChannelError> {
        [Self::InApp, Self::Sms, Self::Email]
            .into_iter()
            .find(|channel| channel.as_str() == word)
            .ok_or_else(|| ChannelError(word.to_owned()))
    }
}

impl fmt::Display for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A notice as it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Its id.
    pub id: NoticeId,
    /// Why it was made; one cause gives one notice.
    pub cause: String,
    /// The template it was rendered from.
    pub template: TemplateName,
    /// Who is told.
    pub recipient: Recipient,
    /// The case it is about.
    pub case_id: Option<CaseId>,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The text as a short message.
    pub sms: String,
    /// When it was made.
    pub made_at: Moment,
}

/// How far a delivery is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, utoipa::ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// It waits for its time or for another attempt.
    Waiting,
    /// A provider has taken it.
    Accepted,
    /// The recipient has no address for this channel.
    NoAddress,
    /// The recipient has had enough messages today.
    OverQuota,
    /// All providers refused it, or it was tried long enough.
    Failed,
}

impl DeliveryState {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Accepted => "accepted",
            Self::NoAddress => "no-address",
            Self::OverQuota => "over-quota",
            Self::Failed => "failed",
        }
    }
}

impl FromStr for DeliveryState {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        [Self::Waiting, Self::Accepted, Self::NoAddress, Self::OverQuota, Self::Failed]
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| word.to_owned())
    }
}

/// A row of somebody's inbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InboxItem {
    /// The notice.
    #[schema(value_type = String, format = "uuid")]
    pub id: NoticeId,
    /// One line.
    pub subject: String,
    /// The text.
    pub text: String,
    /// The case it is about.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub case_id: Option<CaseId>,
    /// When it was made.
    #[schema(value_type = String, format = "date-time")]
    pub made_at: Moment,
    /// When this person read it.
    #[schema(value_type = Option<String>, format = "date-time")]
    pub read_at: Option<Moment>,
}

/// A row of the outbox: what was sent, or would have been.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct OutboxItem {
    /// The notice.
    #[schema(value_type = String, format = "uuid")]
    pub notice: NoticeId,
    /// How it goes.
    pub channel: Channel,
    /// The template it was rendered from.
    #[schema(value_type = String)]
    pub template: TemplateName,
    /// `person`, `unit` or `contact`.
    pub to_kind: String,
    /// The case it is about.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub case_id: Option<CaseId>,
    /// The address, masked; there once it was tried.
    pub address: Option<String>,
    /// What was said: the short text for SMS.
    pub text: String,
    /// How far it is.
    pub state: DeliveryState,
    /// Who took it; `log` means that nothing left the house.
    pub provider: Option<String>,
    /// The provider's number of the message.
    pub message_id: Option<String>,
    /// How often it was tried.
    pub attempts: i64,
    /// Why the last attempt failed.
    pub reason: Option<String>,
    /// When the notice was made.
    #[schema(value_type = String, format = "date-time")]
    pub made_at: Moment,
    /// When it last changed.
    #[schema(value_type = String, format = "date-time")]
    pub changed_at: Moment,
}

/// A telephone number or e-mail address in clear; `Debug` and [`Address::masked`] never show it whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    channel: Channel,
    clear: String,
}

impl Address {
    /// The address of a channel, as it is to be given to a provider.
    pub fn new(channel: Channel, clear: impl Into<String>) -> Self {
        Self { channel, clear: clear.into() }
    }

    /// The address itself, for the provider and nobody else.
    pub fn clear(&self) -> &str {
        &self.clear
    }

    /// `138****5678`, `z***@example.org`.
    pub fn masked(&self) -> String {
        match self.channel {
            Channel::Email => match self.clear.rsplit_once('@') {
                Some((name, host)) => format!("{}***@{host}", name.chars().next().unwrap_or('*')),
                None => "***".to_owned(),
            },
            Channel::Sms | Channel::InApp => mask::phone(&self.clear),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

/// Where addresses could not be asked for; a fault of ours, tried again.
#[derive(Debug, thiserror::Error)]
#[error("addresses cannot be read: {0}")]
pub struct AddressFault(pub String);

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Who knows how to reach people; in a city, `access`, which keeps addresses sealed.
pub trait Addresses: Send + Sync {
    /// The address of a recipient on a channel other than in-app; nothing when there is none.
    fn address<'a>(
        &'a self,
        recipient: &'a Recipient,
        channel: Channel,
    ) -> BoxFuture<'a, Result<Option<Address>, AddressFault>>;
}
