//! One id type per noun, so that a case can never be passed where a person is meant.
//!
//! Ids are UUIDv7 made by the application: they sort by the time they were made, and no table needs a sequence.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::Moment;

/// A text that is no UUID.
#[derive(Debug, thiserror::Error)]
#[error("“{0}” is not an id")]
pub struct IdError(String);

/// Ten random bytes for the part of a UUIDv7 that is not time.
///
/// A caller that must be replayable (the demo city, tests) draws them from a seeded generator.
pub type Chance = [u8; 10];

macro_rules! id_types {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// The id made at `now` with the given chance (UUIDv7, RFC 9562).
            pub fn new(now: Moment, chance: Chance) -> Self {
                let millis = now.micros().div_euclid(1_000).max(0).unsigned_abs();
                Self(uuid::Builder::from_unix_timestamp_millis(millis, &chance).into_uuid())
            }

            /// The id that always belongs to `name` within `parent` (UUIDv5): the same question gives the same id.
            pub fn derived(parent: Uuid, name: &str) -> Self {
                Self(Uuid::new_v5(&parent, name.as_bytes()))
            }

            /// The id as a UUID.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self {
                Self(uuid)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError(text.to_owned()))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({"type": "string", "format": "uuid"})
            }
        }
    )*};
}

id_types! {
    /// A case: anything that somebody must do.
    CaseId;
    /// One decision on a case: who, when, why, on which form version.
    DecisionId;
    /// One open or finished task of a case: a step that somebody holds.
    TaskId;
    /// A request on a case that somebody else decides: extension, return, suspension, exclusion.
    RequestId;
    /// A numbered supervision of a case.
    SupervisionId;
    /// A person with an account.
    PersonId;
    /// A signed-in session.
    SessionId;
    /// An entry of the event log.
    EventId;
    /// A durable job.
    JobId;
    /// A stored file: photo, attachment.
    BlobId;
    /// A notice to a person or a unit.
    NoticeId;
    /// An entry of the audit trail.
    AuditId;
    /// One run of an import.
    ImportId;
    /// A thing that reports: a device in the register.
    ThingId;
    /// One command to a thing, with what came of it.
    CommandId;
    /// An alarm: one rule found one thing beyond its limit, once.
    AlarmId;
    /// Alarms that came close together and are told as one.
    StormId;
}
