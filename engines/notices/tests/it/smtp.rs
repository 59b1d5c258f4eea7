//! E-mail to a real SMTP server: what arrives, and what is never sent in clear.

use baotu_notices::DeliveryState;
use baotu_notices::config::{self, NoticesConfig};
use baotu_storage::testing::stores;

use crate::given::{self, Clock, EMAIL, MailServer, deliver_all, order, outbox};

const NOON: &str = "2026-11-24T12:00:00+08:00";

fn entry(name: &str, port: u16, security: &str) -> String {
    format!(
        r#"
[[email]]
kind = "smtp"
name = "{name}"
host = "127.0.0.1"
port = {port}
security = "{security}"
from = "济南 12345 <noreply@example.org>"
timeout_seconds = 2
"#
    )
}

#[tokio::test]
async fn a_letter_arrives_whole_past_a_server_that_is_down() {
    for test in stores().await {
        let server = MailServer::start(250).await;
        let closed = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let closed_port = closed.local_addr().expect("an address").port();
        drop(closed);
        let config = entry("down", closed_port, "none") + &entry("up", server.port, "none");
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &config);
        let id = notices.send(&order("letter"), "cause").await.expect("it is made");
        deliver_all(&notices).await;

        let mails = server.mails.lock().unwrap().clone();
        assert_eq!(mails.len(), 1);
        assert!(mails[0].from.contains("<noreply@example.org>"));
        assert!(mails[0].to.contains(&format!("<{EMAIL}>")));
        let (head, body) = mails[0].data.split_once("\n\n").expect("head and body");
        assert!(head.contains("Date: Tue, 24 Nov 2026 04:00:00 +0000"), "{head}");
        assert!(head.contains(&format!("Message-ID: <{id}.email@example.org>")), "{head}");
        let body = decoded(head, body);
        assert_eq!(body.trim_end(), "第一行 JN20261124000017\n.第二行以点开头\n第三行 <b>不转义</b> & 原样");

        let item = outbox(&notices).await.remove(0);
        assert_eq!((item.state, item.provider.as_deref()), (DeliveryState::Accepted, Some("up")));
        assert_eq!(item.address.as_deref(), Some("z***@example.org"));
    }
}

/// The body of a mail in whichever transfer encoding (RFC 2045 §6) its head names.
fn decoded(head: &str, body: &str) -> String {
    let encoding = head.lines().find_map(|line| line.strip_prefix("Content-Transfer-Encoding: "));
    let bytes = match encoding {
        Some("base64") => {
            use base64::Engine as _;
            let text: String = body.split_whitespace().collect();
            base64::engine::general_purpose::STANDARD.decode(text).expect("base64")
        }
        Some("7bit" | "8bit") => body.as_bytes().to_vec(),
        other => panic!("an encoding that the test can't read: {other:?}"),
    };
    String::from_utf8(bytes).expect("UTF-8").replace("\r\n", "\n")
}

#[tokio::test]
async fn an_address_that_the_server_refuses_is_not_tried_again_and_stands_in_no_reason() {
    for test in stores().await {
        let server = MailServer::start(550).await;
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &entry("only", server.port, "none"));
        notices.send(&order("letter"), "cause").await.expect("it is made");
        deliver_all(&notices).await;
        let item = outbox(&notices).await.remove(0);
        assert_eq!(item.state, DeliveryState::Failed);
        assert_eq!(item.reason.as_deref(), Some("only：邮件服务器拒收（550）"));
    }
}

#[tokio::test]
async fn without_starttls_nothing_is_sent() {
    for test in stores().await {
        let server = MailServer::start(250).await;
        let clock = Clock::at(NOON);
        let notices = given::notices(&test.store, &clock, &entry("only", server.port, "starttls"));
        notices.send(&order("letter"), "cause").await.expect("it is made");
        deliver_all(&notices).await;
        assert!(server.mails.lock().unwrap().is_empty());
        assert_eq!(outbox(&notices).await[0].state, DeliveryState::Waiting);
    }
}

#[test]
fn mistakes_of_the_configuration_are_told_all_at_once() {
    let config: NoticesConfig = toml::from_str(
        r#"
[[sms]]
kind = "http"
name = "a"
url = "http://gateway.example.org/send"
body = "{{ phone }}"
[[sms]]
kind = "http"
name = "b"
url = "https://gateway.example.org/send"
body = "{{ telephone }}"
[[sms]]
kind = "http"
name = "b"
url = "https://gateway.example.org/send"
body = "{{ phone }}"
timeout_seconds = 31
[[sms]]
kind = "http"
name = "c"
url = "https://gateway.example.org/send"
headers = { "x-key" = "{{ secret }}" }
body = "{{ phone }}"
[[sms]]
kind = "log"
[[sms]]
kind = "log"
[[email]]
kind = "smtp"
name = "m"
host = "mail.example.org"
port = 25
security = "none"
from = "noreply@example.org"
[[email]]
kind = "smtp"
name = "n"
host = "mail.example.org"
port = 587
security = "starttls"
from = "nobody"
"#,
    )
    .expect("a configuration");
    let shown: Vec<String> = config::check(&config).iter().map(ToString::to_string).collect();
    insta::assert_snapshot!(shown.join("\n"));
}
