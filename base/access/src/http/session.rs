//! The guard: who sends a request, told by a session cookie or a bearer token.
//!
//! A cookie is sent by the browser whoever wrote the page, so a request with one that changes something must come
//! from a page of this city itself.

use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, header};
use axum_extra::extract::CookieJar;
use baotu_vocabulary::Actor;

use super::problem::Problem;
use crate::session::{Session, SessionRefused};
use crate::{AccessSettings, AccessState, Failure};

/// The name of the cookie that holds a session's token.
pub const SESSION_COOKIE: &str = "baotu_session";

/// Extractor: the actor of a request that must be signed in and ready to act.
///
/// 401 without a live session, 403 while the password must be changed first.
#[derive(Clone, Debug)]
pub struct Signed(pub Actor);

/// Extractor: the actor of a request, nobody when there is no live session.
#[derive(Clone, Debug)]
pub struct Anyone(pub Actor);

/// Extractor: the whole session, also while the password must be changed first.
#[derive(Clone, Debug)]
pub struct SignedSession(pub Session);

/// What was found out about a request's session, kept so that it is asked only once.
#[derive(Clone)]
struct Known(Option<Session>);

impl<S: Send + Sync> FromRequestParts<S> for Signed
where
    AccessState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = session_of(parts, &AccessState::from_ref(state)).await?.ok_or(SessionRefused::Ended)?;
        if session.must_change_password {
            return Err(SessionRefused::PasswordChangeNeeded.into());
        }
        Ok(Self(session.actor))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Anyone
where
    AccessState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = session_of(parts, &AccessState::from_ref(state)).await?;
        let ready = session.filter(|session| !session.must_change_password);
        Ok(Self(ready.map_or_else(Actor::nobody, |session| session.actor)))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SignedSession
where
    AccessState: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let session = session_of(parts, &AccessState::from_ref(state)).await?;
        session.map(Self).ok_or_else(|| SessionRefused::Ended.into())
    }
}

/// The live session of a request, if it brings one.
///
/// # Errors
/// When a page of another site sent it, or storage fails.
pub(crate) async fn session_of(parts: &mut Parts, access: &AccessState) -> Result<Option<Session>, Problem> {
    if let Some(Known(session)) = parts.extensions.get() {
        return Ok(session.clone());
    }
    let session = match token_of(&parts.headers) {
        None => None,
        Some((token, by_cookie)) => {
            if by_cookie {
                check_same_site(&parts.method, &parts.headers, &access.shared.settings)?;
            }
            match access.session(&token).await {
                Ok(session) => Some(session),
                Err(Failure::Refused(_)) => None,
                Err(fault) => return Err(fault.into()),
            }
        }
    };
    parts.extensions.insert(Known(session.clone()));
    Ok(session)
}

/// The token of a request, and whether it came in a cookie.
fn token_of(headers: &HeaderMap) -> Option<(String, bool)> {
    let authorization = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    if let Some(token) = authorization.and_then(|value| value.strip_prefix("Bearer ")) {
        return Some((token.trim().to_owned(), false));
    }
    CookieJar::from_headers(headers).get(SESSION_COOKIE).map(|cookie| (cookie.value().to_owned(), true))
}

/// Refuses a changing request that a page of another site sent.
///
/// Browsers of today say so in `Sec-Fetch-Site`, older ones and plain http in `Origin`; a request with neither was
/// not sent by a page.
pub(crate) fn check_same_site(
    method: &Method,
    headers: &HeaderMap,
    settings: &AccessSettings,
) -> Result<(), SessionRefused> {
    if method.is_safe() {
        return Ok(());
    }
    let text = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let same = match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, Some(origin)) => match &settings.public_origin {
            Some(public) => origin == public,
            None => {
                let host = text("host");
                origin.split_once("://").is_some_and(|(_, authority)| Some(authority) == host)
            }
        },
        (None, None) => true,
    };
    if same { Ok(()) } else { Err(SessionRefused::CrossSite) }
}
