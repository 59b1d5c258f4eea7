//! Messages to people and units: what is said, through which channel, and whether it got there.
//!
//! | file | what it holds |
//! |---|---|
//! | `notice` | a notice, its recipient, its channels |
//! | `template` | the pack's texts, compiled once; strict about their values |
//! | `service` | [`Notices`]: make a notice, read an inbox |
//! | `delivery` | what to do next with a delivery, from what happened (pure) |
//! | `quota` | how many messages a day, and not at night (pure) |
//! | `provider/` | who carries a message away: an SMS gateway over HTTP, SMTP, or nobody (`log`) |
//! | `jobs` | the worker that delivers |
//! | `config` | providers, quotas and quiet hours of an installation |
//! | `store`, `http`, `contracts` | as in every engine |
//!
//! # Invariants
//!
//! - One cause gives one notice, however often it is asked for.
//! - Telephone numbers and addresses are asked for at the moment of sending ([`Addresses`]) and kept nowhere here
//!   but masked; they appear in no log line and no error.
//! - Delivery is *at least once*: a worker that dies between the provider's answer and the commit leaves the job to
//!   the next one, which sends again. Each attempt carries the same reference (the notice and its channel), so
//!   that a provider which knows references drops the second; the provider's own message id is kept.
//! - This engine knows no case: a notice carries a case's id and nothing else of it.

pub mod config;
pub mod contracts;
mod delivery;
pub mod http;
mod jobs;
mod notice;
pub mod provider;
mod quota;
mod service;
mod store;
mod template;

pub use delivery::{ATTEMPTS_MAX, BACKOFF_SECONDS, PROVIDER_FAILURES_MAX, PROVIDER_REST_SECONDS};
pub use jobs::{DELIVER_JOB, DELIVERIES_AT_ONCE, LEASE_SECONDS};
pub use notice::{
    Address, AddressFault, Addresses, BoxFuture, Channel, DeliveryState, InboxItem, Notice, OutboxItem,
    Recipient,
};
pub use quota::{EMAIL_PER_DAY, QuietHours, Quotas, SMS_PER_DAY};
pub use service::{
    CAUSE_CHARACTERS_MAX, INBOX_PAGE_ROWS_MAX, Notices, OUTBOX_PAGE_ROWS_MAX, Parts, Reader, SendFault,
    SendRefused, UNREAD_AMONG,
};
pub use template::{
    SMS_CHARACTERS_MAX, SUBJECT_CHARACTERS_MAX, TEXT_CHARACTERS_MAX, TemplateProblem, Templates,
};
