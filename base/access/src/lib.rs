//! Who is there, and who may do what: people, posts, sessions, grants, purposes, the audit trail.
//!
//! | file | what it holds |
//! |---|---|
//! | `state` | [`AccessState`]: what every request shares; the abilities below are its methods |
//! | `grants` | [`Rights`]: the pack's grants, decided purely |
//! | `sealed` | [`Keys`], [`Sealed`]: personal data at rest |
//! | `person`, `account`, `password` | people, their user names, and how they prove who they are |
//! | `directory` | accounts as administrators see them |
//! | `session`, `holding` | who is signed in, and the posts they hold |
//! | `setting` | what people set for their own screens |
//! | `seed` | many people at once, and the first administrator |
//! | `audit` | [`AuditLine`]: the trail, written with what it tells |
//! | `client`, `idempotency` | programs with a key; requests that are sent twice |
//! | `http/` | problems, bodies, the guard, and the routes |
//! | `store/` | all SQL |
//!
//! Access knows no engine: what a thing is, an engine tells with a [`Resource`].

pub mod account;
pub mod audit;
pub mod client;
pub mod directory;
mod failure;
pub mod grants;
pub mod holding;
pub mod http;
pub mod idempotency;
pub mod password;
pub mod person;
pub mod sealed;
pub mod seed;
pub mod session;
pub mod setting;
mod state;
mod store;

pub use account::{AccountRefused, Registration, SignInRefused};
pub use audit::{AuditFilter, AuditHead, AuditLine, AuditVerified, KeptLine};
pub use client::{Client, ClientRefused};
pub use directory::{AccountFilter, AccountState, ShownAccount, ShownPost};
pub use failure::Failure;
pub use grants::{Among, Denied, Permit, Reach, Resource, Rights};
pub use holding::{Holding, HoldingRefused};
pub use idempotency::RepeatKey;
pub use password::PasswordCost;
pub use person::Contact;
pub use sealed::{Keys, Sealed};
pub use seed::{BootstrapRefused, FirstAdministrator, SeedPerson, SeedRefused};
pub use session::{Session, SessionRefused};
pub use setting::{SETTING_BYTES_MAX, SETTINGS_MAX, Setting, SettingRefused};
pub use state::{AccessParts, AccessSettings, AccessState, PostPlace};
