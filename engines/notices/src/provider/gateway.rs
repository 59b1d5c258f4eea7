//! An SMS gateway that takes one HTTP request for each message, wholly described by the configuration.
//!
//! Its answer may repeat the telephone number, so a fault tells the HTTP status or the gateway's short code and
//! nothing else of it.

use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;

use super::{Outgoing, Provider, ProviderFault, Taken, checked_timeout};
use crate::config::{AcceptedWhen, HttpConfig, is_loopback};
use crate::notice::BoxFuture;

/// Bytes of an answer that are read; a longer one is a fault.
pub const ANSWER_BYTES_MAX: usize = 64 * 1024;

/// Characters of a gateway's message id that are kept.
const MESSAGE_ID_CHARACTERS_MAX: usize = 100;

/// Characters of a gateway's code that a fault repeats: too few for a telephone number.
const CODE_CHARACTERS_MAX: usize = 6;

/// What stays as it is in a form-encoded body (RFC 3986, unreserved).
const FORM_ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The name of the body's template.
const BODY: &str = "body";

/// An SMS gateway over HTTP.
#[derive(Debug)]
pub struct Gateway {
    name: String,
    method: Method,
    uri: Uri,
    headers: Vec<(HeaderName, HeaderValue)>,
    templates: Environment<'static>,
    secret: Option<String>,
    timeout: Duration,
    message_id: Option<String>,
    accepted: Option<AcceptedWhen>,
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
}

impl Gateway {
    /// The gateway of a configuration; the error names the key.
    pub(crate) fn new(config: &HttpConfig) -> Result<Self, (&'static str, String)> {
        let method = config.method.parse().map_err(|_| ("method", "不是 HTTP 方法".to_owned()))?;
        let uri = checked_uri(&config.url)?;
        let timeout = checked_timeout(config.timeout_seconds)?;
        let secret =
            config.secret.as_ref().map(|secret| secret.read().map_err(|message| ("secret", message)));
        let secret = secret.transpose()?;
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.set_auto_escape_callback(|_| AutoEscape::None);
        templates.add_filter("tojson", |text: &str| Value::from(text).to_string());
        templates.add_filter("urlencode", |text: &str| utf8_percent_encode(text, FORM_ENCODED).to_string());
        templates
            .add_template_owned(BODY, config.body.clone())
            .map_err(|error| ("body", error.to_string()))?;
        let headers = headers(&templates, &config.headers, secret.as_deref())?;
        let connector =
            HttpsConnectorBuilder::new().with_webpki_roots().https_or_http().enable_http1().build();
        let gateway = Self {
            name: config.name.clone(),
            method,
            uri,
            headers,
            templates,
            secret,
            timeout,
            message_id: config.message_id.clone(),
            accepted: config.accepted.clone(),
            client: Client::builder(TokioExecutor::new()).build(connector),
        };
        // A body that uses an unknown value is told when the program starts, not with the first message.
        gateway.body("13800000000", "text", "reference").map_err(|error| ("body", error.to_string()))?;
        Ok(gateway)
    }

    fn body(&self, phone: &str, text: &str, reference: &str) -> Result<String, minijinja::Error> {
        let secret = self.secret.as_deref();
        let body = self.templates.get_template(BODY)?;
        match secret {
            Some(secret) => body.render(minijinja::context! { phone, text, reference, secret }),
            None => body.render(minijinja::context! { phone, text, reference }),
        }
    }

    async fn hand_over(&self, message: &Outgoing<'_>) -> Result<Taken, ProviderFault> {
        let body = self
            .body(message.address.clear(), message.text, message.reference)
            .map_err(|_| ProviderFault::refusal("短信网关的请求无法成文"))?;
        let mut request = Request::builder().method(self.method.clone()).uri(self.uri.clone());
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let request = request
            .body(Full::new(Bytes::from(body)))
            .map_err(|_| ProviderFault::outage("短信网关的请求不成形"))?;
        match tokio::time::timeout(self.timeout, self.exchange(request)).await {
            Err(_) => Err(ProviderFault::outage(format!("短信网关 {} 秒内没有答复", self.timeout.as_secs()))),
            Ok(answer) => {
                let (status, bytes) = answer?;
                self.verdict(status, &bytes)
            }
        }
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<(StatusCode, Bytes), ProviderFault> {
        let answer =
            self.client.request(request).await.map_err(|_| ProviderFault::outage("短信网关无法连接"))?;
        let status = answer.status();
        let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await;
        let body = body.map_err(|_| ProviderFault::outage("短信网关的答复没有读完"))?;
        Ok((status, body.to_bytes()))
    }

    /// What the gateway's answer says.
    fn verdict(&self, status: StatusCode, bytes: &[u8]) -> Result<Taken, ProviderFault> {
        let said = || format!("短信网关答复 HTTP {}", status.as_u16());
        match status {
            StatusCode::BAD_REQUEST | StatusCode::PAYLOAD_TOO_LARGE | StatusCode::UNPROCESSABLE_ENTITY => {
                return Err(ProviderFault::refusal(said()));
            }
            status if !status.is_success() => return Err(ProviderFault::outage(said())),
            _ => {}
        }
        let answer: Option<Value> = serde_json::from_slice(bytes).ok();
        let at = |pointer: &str| answer.as_ref().and_then(|answer| answer.pointer(pointer)).and_then(shown);
        if let Some(accepted) = &self.accepted {
            match at(&accepted.pointer) {
                Some(said) if said == accepted.equals => {}
                // Too long for a code: it may be a sentence with the number in it.
                Some(said) if said.chars().count() <= CODE_CHARACTERS_MAX => {
                    return Err(ProviderFault::outage(format!("短信网关没有接受（{said}）")));
                }
                _ => return Err(ProviderFault::outage("短信网关没有接受")),
            }
        }
        let message_id = self.message_id.as_ref().and_then(|pointer| at(pointer));
        let storable =
            |id: String| id.chars().filter(|c| !c.is_control()).take(MESSAGE_ID_CHARACTERS_MAX).collect();
        Ok(Taken { message_id: message_id.map(storable) })
    }
}

impl Provider for Gateway {
    fn name(&self) -> &str {
        &self.name
    }

    fn send<'a>(&'a self, message: &'a Outgoing<'a>) -> BoxFuture<'a, Result<Taken, ProviderFault>> {
        Box::pin(self.hand_over(message))
    }
}

fn checked_uri(url: &str) -> Result<Uri, (&'static str, String)> {
    let uri: Uri = url.parse().map_err(|_| ("url", "不是网址".to_owned()))?;
    match (uri.scheme_str(), uri.host()) {
        (Some("https"), Some(_)) => Ok(uri),
        (Some("http"), Some(host)) if is_loopback(host) => Ok(uri),
        (Some("http"), Some(_)) => Err(("url", "只有本机的网关可以不加密；请用 https".to_owned())),
        _ => Err(("url", "应为 https 网址".to_owned())),
    }
}

fn headers(
    templates: &Environment<'static>,
    headers: &BTreeMap<String, String>,
    secret: Option<&str>,
) -> Result<Vec<(HeaderName, HeaderValue)>, (&'static str, String)> {
    let read = |(name, value): (&String, &String)| {
        let problem = |what: &str| ("headers", format!("{name}：{what}"));
        let key: HeaderName = name.parse().map_err(|_| problem("不是首部名称"))?;
        let value = match secret {
            Some(secret) => templates.render_str(value, minijinja::context! { secret }),
            None => templates.render_str(value, minijinja::context! {}),
        };
        // The value may hold the secret, so a message never repeats it.
        let value = value.map_err(|_| problem("模板有误，或没有写 secret"))?;
        let mut value: HeaderValue = value.parse().map_err(|_| problem("含有首部不允许的字符"))?;
        value.set_sensitive(true);
        Ok((key, value))
    };
    headers.iter().map(read).collect()
}

/// A text or a number of a JSON answer as text.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}
