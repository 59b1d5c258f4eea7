//! Devices that report by POST.

use std::net::SocketAddr;

use anyhow::bail;
use axum::body::Bytes;
use axum::http::{Request, header};
use base64::Engine as _;
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Map, Value, json};

use super::fleet::{Device, Fault};
use super::{Said, Shared};

/// The connections that all of them share.
pub(super) struct Http {
    client: Client<HttpConnector, Full<Bytes>>,
    url: String,
}

impl Http {
    pub(super) fn to(address: SocketAddr) -> Self {
        let client = Client::builder(TokioExecutor::new()).build_http();
        Self { client, url: format!("http://{address}/things/readings") }
    }
}

/// The message of a type that declares no mapping.
pub(super) fn plain(said: &Said) -> Value {
    let values: Map<String, Value> =
        said.values.iter().map(|(property, value)| ((*property).to_owned(), json!(value))).collect();
    json!({ "time": said.at.timestamp().to_string(), "values": values })
}

/// Reports until something goes wrong on the line.
pub(super) async fn report_on(device: &Device, shared: &Shared) -> anyhow::Result<()> {
    let mut at = device.next_report(shared.now());
    loop {
        if !shared.wait(at).await {
            continue;
        }
        let mut body = plain(&device.says(at, &shared.zone)).to_string();
        if device.fault == Fault::Spoilt {
            body.truncate(body.len() / 2);
        }
        let pair = format!("{}:{}", device.code, device.known_secret());
        let pair = base64::engine::general_purpose::STANDARD.encode(pair);
        for _ in 0..device.times() {
            let request = Request::post(&shared.http.url)
                .header(header::AUTHORIZATION, format!("Basic {pair}"))
                .header(header::CONTENT_TYPE, "application/json")
                .body(Full::new(Bytes::from(body.clone())))?;
            let answer = shared.http.client.request(request).await?;
            let status = answer.status();
            answer.into_body().collect().await?;
            if status.is_server_error() {
                bail!("{status}");
            }
        }
        at = device.next_report(shared.now());
    }
}
