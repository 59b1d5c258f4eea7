//! What an installation configures: its providers in the order in which they are tried, quotas, quiet hours.
//!
//! Secrets stand in the environment or in a file, never in the configuration itself.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;

use crate::provider::Providers;
use crate::quota::{QuietHours, Quotas};

/// Providers of one channel; more would outlast a job's lease when all of them hang.
pub const PROVIDERS_MAX: usize = 4;
/// Seconds that a provider may take, at most.
pub const TIMEOUT_SECONDS_MAX: u16 = 30;
/// Seconds that a provider may take unless configured otherwise.
pub const TIMEOUT_SECONDS: u16 = 10;

/// The section `[notices]` of the configuration. Without any provider everything goes to `log`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NoticesConfig {
    /// The SMS gateways, in the order in which they are tried.
    pub sms: Vec<SmsConfig>,
    /// The mail servers, in the order in which they are tried.
    pub email: Vec<EmailConfig>,
    /// How many messages one recipient gets in a day.
    pub quotas: Quotas,
    /// When nothing is sent.
    pub quiet_hours: Option<QuietHours>,
}

/// One way to send short messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SmsConfig {
    /// Nothing leaves; the outbox shows what would have been sent.
    Log,
    /// A gateway that takes one HTTP request for each message.
    Http(Box<HttpConfig>),
}

/// An SMS gateway over HTTP.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HttpConfig {
    /// Unique; shown in the outbox.
    pub name: String,
    /// `POST` unless given.
    #[serde(default = "post")]
    pub method: String,
    /// `https://…`; plain `http` to loopback only.
    pub url: String,
    /// Header lines; `{{ secret }}` stands for the secret.
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// The body, a template over `phone`, `text`, `reference` and `secret`, with the filters `tojson` and `urlencode`.
    pub body: String,
    /// Where the secret is.
    pub secret: Option<Secret>,
    /// Seconds to wait for the answer.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u16,
    /// Where the answer (JSON) has the gateway's message id, as a JSON pointer.
    pub message_id: Option<String>,
    /// How the answer (JSON) says that the message was taken, for gateways that answer 200 to everything.
    pub accepted: Option<AcceptedWhen>,
}

/// The sign of a taken message.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptedWhen {
    /// JSON pointer into the answer.
    pub pointer: String,
    /// The text or number that stands there.
    pub equals: String,
}

/// Where a secret is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Secret {
    /// In this environment variable.
    Env(String),
    /// In this file; blanks at its ends don't count.
    File(PathBuf),
}

/// One way to send e-mail.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum EmailConfig {
    /// Nothing leaves; the outbox shows what would have been sent.
    Log,
    /// A mail server.
    Smtp(SmtpConfig),
}

/// A mail server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpConfig {
    /// Unique; shown in the outbox.
    pub name: String,
    /// Host name or address.
    pub host: String,
    /// Usually 587 for `starttls`, 465 for `tls`.
    pub port: u16,
    /// How the connection is protected.
    pub security: SmtpSecurity,
    /// The sender, for example `济南 12345 <noreply@example.org>`.
    pub from: String,
    /// The account, when the server asks for one.
    pub user: Option<String>,
    /// Where its password is.
    pub secret: Option<Secret>,
    /// Seconds to wait for the server.
    #[serde(default = "timeout_seconds")]
    pub timeout_seconds: u16,
}

/// How a connection to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SmtpSecurity {
    /// TLS from the first byte.
    Tls,
    /// TLS after STARTTLS; never without.
    Starttls,
    /// In clear; loopback only.
    None,
}

fn post() -> String {
    "POST".to_owned()
}

const fn timeout_seconds() -> u16 {
    TIMEOUT_SECONDS
}

/// A mistake in the configuration of notices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("notices.{place}：{message}")]
pub struct ConfigProblem {
    /// Where: `sms[0].url`.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

/// Every mistake of a configuration; none when [`crate::Notices::new`] takes it.
pub fn check(config: &NoticesConfig) -> Vec<ConfigProblem> {
    Providers::build(config).err().unwrap_or_default()
}

impl Secret {
    /// The secret itself.
    pub(crate) fn read(&self) -> Result<String, String> {
        let secret = match self {
            Self::Env(name) => std::env::var(name).map_err(|_| format!("环境变量 {name} 没有设置"))?,
            Self::File(path) => std::fs::read_to_string(path)
                .map_err(|error| format!("密钥文件 {} 无法读取：{error}", path.display()))?,
        };
        Ok(secret.trim().to_owned())
    }
}

/// Whether a host is this machine: the only one to which anything goes in clear.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}
