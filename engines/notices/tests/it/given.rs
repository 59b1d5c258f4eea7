//! What the tests start from: a clock that is moved by hand, people with addresses, a small pack of messages, an
//! SMS gateway and a mail server of their own.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use baotu_notices::config::NoticesConfig;
use baotu_notices::contracts::SendArguments;
use baotu_notices::{
    Address, AddressFault, Addresses, BoxFuture, Channel, Notices, OutboxItem, Parts, Recipient, Templates,
};
use baotu_pack::system::Messages;
use baotu_storage::Store;
use baotu_vocabulary::{Chance, Moment, PersonId, Surroundings};
use jiff::tz::TimeZone;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

pub(crate) const PHONE: &str = "13812345678";
pub(crate) const EMAIL: &str = "zhang.san@example.org";

/// A clock that stands still until it is moved.
pub(crate) struct Clock {
    now: AtomicI64,
    chances: AtomicI64,
}

impl Clock {
    pub(crate) fn at(time: &str) -> Arc<Self> {
        let now = time.parse::<Moment>().expect("a time").micros();
        Arc::new(Self { now: AtomicI64::new(now), chances: AtomicI64::new(0) })
    }

    pub(crate) fn pass_seconds(&self, seconds: i64) {
        self.now.fetch_add(seconds * 1_000_000, Ordering::Relaxed);
    }
}

impl Surroundings for Clock {
    fn now(&self) -> Moment {
        Moment::from_micros(self.now.load(Ordering::Relaxed))
    }

    fn chance(&self) -> Chance {
        let mut chance = [0; 10];
        chance[..8].copy_from_slice(&self.chances.fetch_add(1, Ordering::Relaxed).to_be_bytes());
        chance
    }
}

/// Everybody has the same telephone and e-mail, except a contact, who has none.
pub(crate) struct Book;

impl Addresses for Book {
    fn address<'a>(
        &'a self,
        recipient: &'a Recipient,
        channel: Channel,
    ) -> BoxFuture<'a, Result<Option<Address>, AddressFault>> {
        let address = match (recipient, channel) {
            (Recipient::Contact(reference), _) if reference == "case:unreadable" => {
                Err(AddressFault("the seal is broken".to_owned()))
            }
            (Recipient::Contact(_), _) | (_, Channel::InApp) => Ok(None),
            (_, Channel::Sms) => Ok(Some(Address::new(channel, PHONE))),
            (_, Channel::Email) => Ok(Some(Address::new(channel, EMAIL))),
        };
        Box::pin(std::future::ready(address))
    }
}

pub(crate) const MESSAGES: &str = r#"
[message.dispatched]
channels = ["in-app", "sms"]
subject = "工单 {{ number }} 已派单"
text = "您的诉求“{{ title }}”已由{{ unit }}办理，{{ due_at | minute }}前答复。"
sms = "工单{{ number }}已派{{ unit }}，{{ due_at | day }}前答复。"
values = ["number", "title", "unit", "due_at"]

[message.letter]
channels = ["email"]
subject = "工单 {{ number }}"
text = "第一行 {{ number }}\n.第二行以点开头\n第三行 <b>不转义</b> & 原样"
values = ["number"]

[message.flood-warning]
channels = ["sms"]
subject = "汛情"
text = "请立即撤离。"
values = []
"#;

pub(crate) fn templates(text: &str) -> Templates {
    let messages: Messages = toml::from_str(text).expect("messages");
    let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
    Templates::compile(&messages.messages, &zone).expect("the messages have no mistakes")
}

pub(crate) fn notices(store: &Store, clock: &Arc<Clock>, config: &str) -> Notices {
    let config: NoticesConfig = toml::from_str(config).expect("a configuration");
    let parts = Parts {
        store: store.clone(),
        templates: templates(MESSAGES),
        addresses: Arc::new(Book),
        surroundings: clock.clone(),
        zone: TimeZone::get("Asia/Shanghai").expect("a zone"),
    };
    Notices::new(parts, &config).expect("the configuration has no mistakes")
}

pub(crate) fn person() -> PersonId {
    PersonId::new(Moment::from_micros(0), [7; 10])
}

/// An order of a template to the person, with every value that the test's templates use.
pub(crate) fn order(template: &str) -> SendArguments {
    SendArguments {
        template: template.into(),
        to_person: Some(person()),
        to_unit: None,
        to_contact: None,
        case_id: None,
        values: values(),
    }
}

pub(crate) fn values() -> Map<String, Value> {
    let values = json!({"number": "JN20261124000017", "title": "路灯不亮", "unit": "济南市城市管理局",
        "due_at": "2026-12-01T09:00:00Z"});
    values.as_object().expect("an object").clone()
}

/// Delivers until nothing is due; how many attempts were made.
pub(crate) async fn deliver_all(notices: &Notices) -> usize {
    let mut made = 0;
    loop {
        let now = notices.deliver_due("test").await.expect("the store answers");
        if now == 0 {
            return made;
        }
        made += now;
    }
}

pub(crate) async fn outbox(notices: &Notices) -> Vec<OutboxItem> {
    notices.outbox(None, None, 100).await.expect("the store answers")
}

/// A request as a gateway got it: headers and body.
pub(crate) type Asked = (BTreeMap<String, String>, String);

/// What a gateway was asked, and what it answers: a status and a body, or nothing for ever.
#[derive(Clone, Default)]
pub(crate) struct GatewayScript {
    pub(crate) requests: Arc<Mutex<Vec<Asked>>>,
    pub(crate) answer: Arc<Mutex<Option<(u16, String)>>>,
}

impl GatewayScript {
    pub(crate) fn answers(&self, status: u16, body: &str) {
        *self.answer.lock().expect("nobody panicked") = Some((status, body.to_owned()));
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        self.requests.lock().expect("nobody panicked").iter().map(|(_, body)| body.clone()).collect()
    }
}

/// A gateway on a port of its own that plays a script; its port.
pub(crate) async fn gateway(script: &GatewayScript) -> u16 {
    async fn answer(
        State(script): State<GatewayScript>,
        headers: HeaderMap,
        body: String,
    ) -> (StatusCode, String) {
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()));
        script.requests.lock().expect("nobody panicked").push((headers.collect(), body));
        let answer = script.answer.lock().expect("nobody panicked").clone();
        match answer {
            Some((status, body)) => (StatusCode::from_u16(status).expect("a status"), body),
            None => std::future::pending().await,
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let routes = Router::new().route("/send", axum::routing::post(answer)).with_state(script.clone());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    port
}

/// The entry of a configuration for a gateway of the tests.
pub(crate) fn gateway_entry(name: &str, port: u16) -> String {
    format!(
        r#"
[[sms]]
kind = "http"
name = "{name}"
url = "http://127.0.0.1:{port}/send"
headers = {{ "content-type" = "application/json", "x-key" = "k" }}
body = '{{"to": {{{{ phone | tojson }}}}, "text": {{{{ text | tojson }}}}, "ref": "{{{{ reference }}}}"}}'
timeout_seconds = 1
message_id = "/id"
"#
    )
}

/// A mail server that keeps what it is given, answering RCPT with a code of its own.
pub(crate) struct MailServer {
    pub(crate) port: u16,
    pub(crate) mails: Arc<Mutex<Vec<Mail>>>,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Mail {
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) data: String,
}

impl MailServer {
    pub(crate) async fn start(recipient_code: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = mails.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(converse(stream, recipient_code, kept.clone()));
            }
        });
        Self { port, mails }
    }
}

/// One SMTP conversation (RFC 5321) without extensions.
async fn converse(
    stream: TcpStream,
    recipient_code: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader).lines();
    let mut mail = Mail::default();
    writer.write_all(b"220 sink ESMTP\r\n").await?;
    while let Some(line) = lines.next_line().await? {
        let (verb, rest) = line.split_at(line.len().min(4));
        let answer = match verb.to_ascii_uppercase().as_str() {
            "EHLO" | "HELO" => "250 sink\r\n".to_owned(),
            "MAIL" => {
                mail.from = rest.to_owned();
                "250 ok\r\n".to_owned()
            }
            "RCPT" => {
                mail.to = rest.to_owned();
                format!("{recipient_code} about {rest}\r\n")
            }
            "DATA" => {
                writer.write_all(b"354 go on\r\n").await?;
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    mail.data.push_str(line.strip_prefix('.').unwrap_or(&line));
                    mail.data.push('\n');
                }
                mails.lock().expect("nobody panicked").push(std::mem::take(&mut mail));
                "250 kept as 4711\r\n".to_owned()
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 ok\r\n".to_owned(),
        };
        writer.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}
