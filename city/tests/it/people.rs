//! People of the demo city in a story: each signs in with their own account and speaks to the real interface.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::city::City;

/// How long the city may take for what it does by itself: notices, the index of words.
const BY_ITSELF: Duration = Duration::from_secs(30);
/// What a first password is changed into.
const CHANGED_PASSWORD: &str = "Herbst-und-7-Regen";
/// How long a person waits before they look again.
const LOOKING_AGAIN: Duration = Duration::from_millis(50);

/// The smallest photo: one grey pixel.
pub(crate) const PHOTO: &[u8] = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00\
    \x3a\x7e\x9b\x55\x00\x00\x00\x0aIDAT\x78\x9c\x63\x68\x00\x00\x00\x82\x00\x81\x77\xcd\x72\xb6\x00\x00\x00\x00IEND\
    \xae\x42\x60\x82";

/// A signed-in person, or nobody.
pub(crate) struct Person<'c> {
    city: &'c City,
    client: Client,
    token: Option<String>,
}

/// An answer: its status, its type, and what it says.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    /// Its `Content-Type`.
    pub(crate) kind: String,
    /// Whether it was given before, to the same request.
    pub(crate) replayed: bool,
    /// As text, whatever it was.
    pub(crate) text: String,
    /// As JSON, `null` when it was none.
    pub(crate) body: Value,
}

impl Answer {
    pub(crate) fn of(response: Response) -> Self {
        let status = response.status().as_u16();
        let header = |name: &str| {
            let value = response.headers().get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let (kind, replayed) = (header("content-type"), header("idempotency-replayed") == "true");
        let bytes = response.bytes().expect("a whole answer");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status, kind, replayed, body: serde_json::from_str(&text).unwrap_or(Value::Null), text }
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub(crate) fn with(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        self.body
    }

    /// The code of the problem.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl<'c> Person<'c> {
    /// Somebody who is not signed in.
    pub(crate) fn nobody(city: &'c City) -> Self {
        Self { city, client: Client::new(), token: None }
    }

    /// The first listed account with this role (in this unit, if one is named), signed in.
    pub(crate) fn with_role(city: &'c City, role: &str, unit: Option<&str>) -> Self {
        let accounts = city.accounts();
        let fits =
            |account: &&Value| account["role"] == role && unit.is_none_or(|unit| account["unit"] == unit);
        let account = accounts["accounts"].as_array().expect("accounts").iter().find(fits);
        let account = account.unwrap_or_else(|| panic!("nobody has the role {role} in {unit:?}"));
        Self::signed_in(
            city,
            account["user"].as_str().expect("user"),
            account["password"].as_str().expect("password"),
        )
    }

    /// This account, signed in.
    pub(crate) fn signed_in(city: &'c City, user: &str, password: &str) -> Self {
        let mut person = Self::nobody(city);
        let session = person
            .post("/api/session", &json!({"user": user, "password": password, "bearer": true}))
            .with(201);
        person.token = Some(session["token"].as_str().expect("a token").to_owned());
        if session["post"].is_null()
            && let Some(post) = session["posts"].as_array().and_then(|posts| posts.first())
        {
            person.post("/api/session/post", &json!({"post": post["code"]})).with(200);
        }
        person
    }

    /// The first administrator of a city that was started with `--bootstrap`: signed in with the printed password,
    /// which is changed as it must be.
    pub(crate) fn first_administrator(city: &'c City) -> Self {
        let printed = city.printed();
        let told = printed.split("用户名 ").nth(1).expect("the first administrator is told");
        let (user, rest) = told.split_once("，口令 ").expect("a password");
        let (password, _) = rest.split_once('（').expect("a remark");
        Self::entering(city, user, password)
    }

    /// An account with a first password, which must be changed before anything else.
    fn entering(city: &'c City, user: &str, first: &str) -> Self {
        let mut person = Self::nobody(city);
        let signed_in =
            person.post("/api/session", &json!({"user": user, "password": first, "bearer": true}));
        let session = signed_in.with(201);
        assert_eq!(session["must_change_password"], true);
        person.token = Some(session["token"].as_str().expect("a token").to_owned());
        let early = person.get("/api/cases");
        assert_eq!((early.status, early.code()), (403, "password-change-needed"), "{}", early.text);
        person.post("/api/password", &json!({"old": first, "new": CHANGED_PASSWORD})).with(204);
        Self::signed_in(city, user, CHANGED_PASSWORD)
    }

    /// This administrator makes an account, assigns it a post, and its holder signs in.
    pub(crate) fn appoints(&self, user: &str, post: &str) -> Self {
        let made = self.post("/api/accounts", &json!({"user": user, "name": user})).with(201);
        let person = made["person"].as_str().expect("a person");
        self.post(&format!("/api/accounts/{person}/holdings"), &json!({"post": post})).with(201);
        Self::entering(self.city, user, made["password"].as_str().expect("a password"))
    }

    /// The token of the session, which outlives the process that gave it.
    pub(crate) fn into_token(self) -> String {
        self.token.expect("signed in")
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        Answer::of(self.sent(self.request(Method::GET, path)))
    }

    /// Looks again and again until what the city does by itself is done; then the answer.
    #[track_caller]
    pub(crate) fn sees(&self, path: &str, done: impl Fn(&Value) -> bool) -> Value {
        self.sees_within(BY_ITSELF, path, |answer| answer.status == 200 && done(&answer.body)).body
    }

    /// The same for what takes its time.
    #[track_caller]
    pub(crate) fn sees_within(&self, time: Duration, path: &str, done: impl Fn(&Answer) -> bool) -> Answer {
        let begun = Instant::now();
        loop {
            let seen = self.get(path);
            if done(&seen) {
                return seen;
            }
            assert!(begun.elapsed() < time, "{path} still says {}", seen.text);
            std::thread::sleep(LOOKING_AGAIN);
        }
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::of(self.sent(self.request(Method::POST, path).json(body)))
    }

    /// A request to be filled in and [`Person::sent`].
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.city.url(path))
    }

    /// Takes an exit or does an act on a case, as it stands now.
    #[track_caller]
    pub(crate) fn takes(&self, case: &str, take: &str, form: Value) -> Value {
        self.post(&format!("/api/cases/{case}/decisions"), &json!({"take": take, "form": form})).with(201)
    }

    pub(crate) fn sent(&self, request: RequestBuilder) -> Response {
        let request = match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        request.send().expect("the city answers")
    }
}
