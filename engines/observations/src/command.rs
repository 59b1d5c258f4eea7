//! A command to a thing (指令): asked, sent, and what came of it.

use std::fmt;
use std::str::FromStr;

use baotu_vocabulary::{CommandId, Moment, Refusal, RefusalKind, ThingId};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

/// Bytes of a result at most.
pub const RESULT_BYTES_MAX: usize = 16 * 1024;
/// Commands of one thing that may wait at a time.
pub const WAITING_MAX: usize = 16;

/// A command and how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Command {
    /// Made when it was asked.
    pub id: CommandId,
    /// To which thing.
    pub thing: ThingId,
    /// Its name in the thing's type.
    pub name: String,
    /// What goes with it.
    pub body: Map<String, Json>,
    /// Who asked, as [`baotu_vocabulary::Actor::reference`] tells it.
    pub asked_by: String,
    /// When.
    pub asked_at: Moment,
    /// Until when an answer is waited for.
    pub expires_at: Moment,
    /// How far it is.
    pub state: CommandState,
    /// When it was handed to the thing's connection.
    pub sent_at: Option<Moment>,
    /// When it ended.
    pub ended_at: Option<Moment>,
    /// What the thing said of it.
    pub result: Option<Json>,
}

/// How far a command is.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema, utoipa::ToSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CommandState {
    /// The thing is not connected.
    Waiting,
    /// Handed to its connection.
    Sent,
    /// The thing says that it is done.
    Done,
    /// The thing says that it could not.
    Failed,
    /// Nothing was said in time.
    Expired,
}

impl CommandState {
    const ALL: [Self; 5] = [Self::Waiting, Self::Sent, Self::Done, Self::Failed, Self::Expired];

    /// As it is kept and told.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Expired => "expired",
        }
    }

    /// Whether nothing more can come of it.
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Done | Self::Failed | Self::Expired)
    }
}

impl fmt::Display for CommandState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A word that is no state of a command.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is no state of a command")]
pub struct CommandStateUnknown(String);

impl FromStr for CommandState {
    type Err = CommandStateUnknown;

    fn from_str(word: &str) -> Result<Self, CommandStateUnknown> {
        let found = Self::ALL.into_iter().find(|state| state.as_str() == word);
        found.ok_or_else(|| CommandStateUnknown(word.to_owned()))
    }
}

/// Why a command is not taken, or its result not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandRefused {
    /// There is no such thing, or one may not know of it.
    #[error("没有这台设备")]
    NoThing,
    /// The thing is not in use.
    #[error("设备已停用，不能下发指令")]
    NotInUse,
    /// Its type has no such command.
    #[error("这类设备没有指令“{0}”")]
    NameUnknown(String),
    /// Too many wait already.
    #[error("设备还有 {WAITING_MAX} 条指令未执行，请稍后再试")]
    TooManyWaiting,
    /// A result of a command that was not given to this thing, or that is over.
    #[error("没有等待结果的这条指令")]
    NotWaited,
    /// A result that is too long.
    #[error("指令结果超过 {RESULT_BYTES_MAX} 字节")]
    ResultTooLarge,
}

impl Refusal for CommandRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NoThing | Self::NotWaited => RefusalKind::NotFound,
            Self::NotInUse => RefusalKind::Conflict,
            Self::NameUnknown(_) => RefusalKind::Invalid,
            Self::TooManyWaiting => RefusalKind::TooMany,
            Self::ResultTooLarge => RefusalKind::TooLarge,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoThing => "thing-not-found",
            Self::NotInUse => "thing-not-in-use",
            Self::NameUnknown(_) => "command-unknown",
            Self::TooManyWaiting => "too-many-commands",
            Self::NotWaited => "command-not-waited",
            Self::ResultTooLarge => "result-too-large",
        }
    }
}
