//! E-mail over SMTP.
//!
//! The connection is protected unless the server is this machine. What the server answers may repeat the address,
//! so a fault tells its reply code and nothing else of it.

use std::time::{Duration, UNIX_EPOCH};

use baotu_vocabulary::Moment;
use lettre::message::{Mailbox, SinglePart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::{Outgoing, Provider, ProviderFault, Taken, checked_timeout};
use crate::config::{SmtpConfig, SmtpSecurity, is_loopback};
use crate::notice::BoxFuture;

/// Reply codes that concern the account and not the message (RFC 4954 §6).
const ACCOUNT_CODES: [u16; 4] = [530, 534, 535, 538];

/// A mail server.
#[derive(Debug)]
pub struct Smtp {
    name: String,
    host: String,
    from: Mailbox,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    timeout: Duration,
}

impl Smtp {
    /// The server of a configuration; the error names the key.
    pub(crate) fn new(config: &SmtpConfig) -> Result<Self, (&'static str, String)> {
        let from = config.from.parse().map_err(|_| ("from", "不是邮件地址".to_owned()))?;
        let timeout = checked_timeout(config.timeout_seconds)?;
        let parameters =
            || TlsParameters::new(config.host.clone()).map_err(|error| ("host", error.to_string()));
        let tls = match config.security {
            SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
            SmtpSecurity::Starttls => Tls::Required(parameters()?),
            SmtpSecurity::None if is_loopback(&config.host) => Tls::None,
            SmtpSecurity::None => return Err(("security", "只有本机的邮件服务器可以不加密".to_owned())),
        };
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(config.host.as_str())
            .port(config.port)
            .timeout(Some(timeout))
            .tls(tls);
        match (&config.user, &config.secret) {
            (Some(user), Some(secret)) => {
                let password = secret.read().map_err(|message| ("secret", message))?;
                builder = builder.credentials(Credentials::new(user.clone(), password));
            }
            (None, None) => {}
            _ => return Err(("user", "user 与 secret 要么都写，要么都不写".to_owned())),
        }
        Ok(Self {
            name: config.name.clone(),
            host: config.host.clone(),
            from,
            transport: builder.build(),
            timeout,
        })
    }

    fn message(&self, outgoing: &Outgoing<'_>) -> Result<Message, ProviderFault> {
        let to = outgoing.address.clear().parse().map_err(|_| ProviderFault::refusal("邮件地址不成形"))?;
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(outgoing.subject)
            .date(system_time(outgoing.now))
            .message_id(Some(format!("<{}@{}>", outgoing.reference, self.from.email.domain())))
            .singlepart(SinglePart::plain(outgoing.text.to_owned()))
            .map_err(|error| ProviderFault::refusal(format!("邮件无法成文：{error}")))
    }

    async fn hand_over(&self, outgoing: &Outgoing<'_>) -> Result<Taken, ProviderFault> {
        let message = self.message(outgoing)?;
        let sending = self.transport.send(message);
        match tokio::time::timeout(self.timeout, sending).await {
            Err(_) => Err(ProviderFault::outage(format!("{} 秒内没有答复", self.timeout.as_secs()))),
            Ok(Err(error)) => Err(fault(&error)),
            // What the server says to DATA holds its queue number in no fixed form; the Message-ID is ours.
            Ok(Ok(_)) => Ok(Taken { message_id: Some(outgoing.reference.to_owned()) }),
        }
    }
}

impl Provider for Smtp {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Outgoing<'a>) -> BoxFuture<'a, Result<Taken, ProviderFault>> {
        tracing::debug!(host = self.host, reference = message.reference, "an e-mail goes out");
        Box::pin(self.hand_over(message))
    }
}

fn fault(error: &lettre::transport::smtp::Error) -> ProviderFault {
    match error.status().map(u16::from) {
        Some(code) if error.is_permanent() && !ACCOUNT_CODES.contains(&code) => {
            ProviderFault::refusal(format!("邮件服务器拒收（{code}）"))
        }
        Some(code) => ProviderFault::outage(format!("邮件服务器暂不接收（{code}）")),
        None if error.is_timeout() => ProviderFault::outage("邮件服务器没有答复"),
        None if error.is_tls() => ProviderFault::outage("与邮件服务器的加密连接没有建立"),
        None => ProviderFault::outage("邮件服务器无法连接"),
    }
}

fn system_time(now: Moment) -> std::time::SystemTime {
    UNIX_EPOCH + Duration::from_micros(now.micros().max(0).unsigned_abs())
}
