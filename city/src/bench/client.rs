//! A person's program on the other end of the line: one connection that is kept, one session.

use anyhow::{Context, bail};
use axum::body::Bytes;
use axum::http::{Method, Request, header};
use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// A connection to the city over HTTP; it stays open from request to request.
pub(super) struct Line {
    client: Client<HttpConnector, Full<Bytes>>,
    /// `http://127.0.0.1:PORT`.
    address: String,
}

/// The token of somebody who is signed in.
#[derive(Clone)]
pub(super) struct Token(String);

impl Line {
    pub(super) fn to(address: &str) -> Self {
        Self { client: Client::builder(TokioExecutor::new()).build_http(), address: address.to_owned() }
    }

    /// Signs in through the front door and chooses the first post held.
    pub(super) async fn sign_in(&self, user: &str, password: &str) -> anyhow::Result<Token> {
        let who = json!({"user": user, "password": password, "bearer": true});
        let session = self.send(Method::POST, "/api/session", None, Some(&who)).await?;
        let token = session["token"].as_str().context("no token in the answer to a sign-in")?;
        let token = Token(token.to_owned());
        if session["post"].is_null()
            && let Some(post) = session["posts"].as_array().and_then(|posts| posts.first())
        {
            self.post("/api/session/post", &token, &json!({"post": post["code"]})).await?;
        }
        Ok(token)
    }

    pub(super) async fn get(&self, path: &str, token: &Token) -> anyhow::Result<Value> {
        self.send(Method::GET, path, Some(token), None).await
    }

    pub(super) async fn post(&self, path: &str, token: &Token, body: &Value) -> anyhow::Result<Value> {
        self.send(Method::POST, path, Some(token), Some(body)).await
    }

    /// The answer's JSON; an answer that is no success is an error with the problem that it told.
    async fn send(
        &self,
        method: Method,
        path: &str,
        token: Option<&Token>,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let mut request = Request::builder().method(method.clone()).uri(format!("{}{path}", self.address));
        if let Some(Token(token)) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let bytes = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Bytes::from(serde_json::to_vec(body)?)
            }
            None => Bytes::new(),
        };
        let answer = self.client.request(request.body(Full::new(bytes))?).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        if !status.is_success() {
            bail!("{method} {path}：{status} {}", String::from_utf8_lossy(&bytes));
        }
        serde_json::from_slice(&bytes).with_context(|| format!("{method} {path}: no JSON"))
    }
}
