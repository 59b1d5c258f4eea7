//! Who carries a message away. A provider gets one message and says whether it took it.
//!
//! Which provider is tried when, and what follows a fault, is decided in `delivery`; a provider knows no table.

mod gateway;
mod log;
mod smtp;

use std::sync::Arc;

use baotu_vocabulary::Moment;

use crate::config::{
    ConfigProblem, EmailConfig, NoticesConfig, PROVIDERS_MAX, SmsConfig, TIMEOUT_SECONDS_MAX,
};
use crate::notice::{Address, BoxFuture};

pub use gateway::{ANSWER_BYTES_MAX, Gateway};
pub use log::Log;
pub use smtp::Smtp;

/// One message to one address.
#[derive(Clone, Debug)]
pub struct Outgoing<'a> {
    /// Where to.
    pub address: &'a Address,
    /// One line; for e-mail only.
    pub subject: &'a str,
    /// The text.
    pub text: &'a str,
    /// The same for each attempt of the same message: the notice and its channel.
    pub reference: &'a str,
    /// The moment of the attempt.
    pub now: Moment,
}

/// A message that a provider has taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// The provider's own number of it, when it gives one.
    pub message_id: Option<String>,
}

/// A message that a provider has not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct ProviderFault {
    /// The provider works, but not for this message: trying again doesn't help.
    pub is_refusal: bool,
    /// Why, without anything that the message or its address says.
    pub reason: String,
}

impl ProviderFault {
    pub(crate) fn refusal(reason: impl Into<String>) -> Self {
        Self { is_refusal: true, reason: reason.into() }
    }

    pub(crate) fn outage(reason: impl Into<String>) -> Self {
        Self { is_refusal: false, reason: reason.into() }
    }
}

/// One who carries messages away.
pub trait Provider: Send + Sync {
    /// Its name in the configuration and in the outbox.
    fn name(&self) -> &str;

    /// Gives it a message.
    fn send<'a>(&'a self, message: &'a Outgoing<'a>) -> BoxFuture<'a, Result<Taken, ProviderFault>>;
}

/// The providers of an installation, by channel, in the order in which they are tried.
pub(crate) struct Providers {
    pub(crate) sms: Vec<Arc<dyn Provider>>,
    pub(crate) email: Vec<Arc<dyn Provider>>,
}

impl Providers {
    /// The providers of a configuration; a channel without any gets [`Log`]. Every mistake at once.
    pub(crate) fn build(config: &NoticesConfig) -> Result<Self, Vec<ConfigProblem>> {
        let mut problems = Vec::new();
        let mut sms: Vec<Arc<dyn Provider>> = Vec::new();
        for (place, entry) in config.sms.iter().enumerate() {
            let built: Result<Arc<dyn Provider>, _> = match entry {
                SmsConfig::Log => Ok(Arc::new(Log)),
                SmsConfig::Http(entry) => Gateway::new(entry).map(|gateway| Arc::new(gateway) as _),
            };
            collect(built, &mut sms, &format!("sms[{place}]"), &mut problems);
        }
        let mut email: Vec<Arc<dyn Provider>> = Vec::new();
        for (place, entry) in config.email.iter().enumerate() {
            let built: Result<Arc<dyn Provider>, _> = match entry {
                EmailConfig::Log => Ok(Arc::new(Log)),
                EmailConfig::Smtp(entry) => Smtp::new(entry).map(|smtp| Arc::new(smtp) as _),
            };
            collect(built, &mut email, &format!("email[{place}]"), &mut problems);
        }
        for (place, providers) in [("sms", &mut sms), ("email", &mut email)] {
            check_names(place, providers, &mut problems);
            if providers.is_empty() {
                providers.push(Arc::new(Log));
            }
        }
        if problems.is_empty() { Ok(Self { sms, email }) } else { Err(problems) }
    }
}

fn collect(
    built: Result<Arc<dyn Provider>, (&'static str, String)>,
    providers: &mut Vec<Arc<dyn Provider>>,
    place: &str,
    problems: &mut Vec<ConfigProblem>,
) {
    match built {
        Ok(provider) => providers.push(provider),
        Err((key, message)) => problems.push(ConfigProblem { place: format!("{place}.{key}"), message }),
    }
}

fn check_names(place: &str, providers: &[Arc<dyn Provider>], problems: &mut Vec<ConfigProblem>) {
    let mut say = |message: String| problems.push(ConfigProblem { place: place.to_owned(), message });
    if providers.len() > PROVIDERS_MAX {
        say(format!("最多 {PROVIDERS_MAX} 个服务商"));
    }
    for (index, provider) in providers.iter().enumerate() {
        if providers[..index].iter().any(|earlier| earlier.name() == provider.name()) {
            say(format!("服务商名称“{}”重复", provider.name()));
        }
    }
}

/// A time-out as configured, unless it is out of range.
fn checked_timeout(seconds: u16) -> Result<std::time::Duration, (&'static str, String)> {
    if (1..=TIMEOUT_SECONDS_MAX).contains(&seconds) {
        Ok(std::time::Duration::from_secs(seconds.into()))
    } else {
        Err(("timeout_seconds", format!("应在 1 与 {TIMEOUT_SECONDS_MAX} 秒之间")))
    }
}
