//! Routes of those who come in: sessions, passwords, registration.

use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::cookie::{Cookie, SameSite};
use baotu_vocabulary::{Moment, PersonId, PostCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::Json;
use super::problem::Problem;
use super::session::{SESSION_COOKIE, SignedSession, check_same_site};
use crate::directory::ShownPost;
use crate::session::Session;
use crate::{AccessState, Registration};

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in, read_session, sign_out))
        .routes(routes!(choose_post))
        .routes(routes!(change_password))
        .routes(routes!(reset_password))
        .routes(routes!(register_resident))
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    /// The user name.
    user: String,
    /// The password.
    password: String,
    /// Whether the token is wanted in the answer, for `Authorization: Bearer`, in place of a cookie.
    #[serde(default)]
    bearer: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewResident {
    /// The wished user name: 3 to 64 lower-case letters, digits or `. - _ @`.
    user: String,
    /// The wished password.
    password: String,
    /// The person's name.
    name: String,
    /// The telephone, on which notices can reach the person.
    phone: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ChosenPost {
    /// The code of a post that is held; null to act for oneself.
    post: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordChange {
    /// The password until now.
    old: String,
    /// The new one.
    new: String,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct PasswordReset {
    /// The token that the security administrator issued.
    token: String,
    /// The new password.
    password: String,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
struct ShownSession {
    person: ShownPerson,
    /// The post at which they act; null while they act for themselves.
    post: Option<ShownPost>,
    /// The posts that they hold.
    posts: Vec<ShownPost>,
    /// What they may do to the system itself at this post, such as `pack.read`: for the menu.
    system_actions: Vec<String>,
    /// What they may do at this post at all, whatever it is done to, such as `things.read`: for the menu.
    actions: Vec<String>,
    /// Whether the password must be changed before anything else.
    must_change_password: bool,
    /// When the session ends at the latest.
    #[schema(value_type = String, format = "date-time")]
    expires_at: Moment,
    /// The token, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

#[derive(Serialize, ToSchema)]
struct ShownPerson {
    #[schema(value_type = String, format = "uuid")]
    id: PersonId,
    /// The user name.
    user: String,
    /// Their own name, in clear.
    name: String,
}

/// Sign in.
#[utoipa::path(post, path = "/api/session", tag = "access", request_body = SignIn,
    responses((status = 201, body = ShownSession), (status = 401, body = Problem),
        (status = 429, body = Problem)))]
async fn sign_in(
    State(access): State<AccessState>,
    method: Method,
    headers: HeaderMap,
    Json(body): Json<SignIn>,
) -> Result<Response, Problem> {
    check_same_site(&method, &headers, &access.shared.settings)?;
    let (session, token) = access.sign_in(&body.user, body.password).await?;
    welcome(&access, session, token, body.bearer).await
}

/// Who am I, and which posts do I hold?
#[utoipa::path(get, path = "/api/session", tag = "access",
    responses((status = 200, body = ShownSession), (status = 401, body = Problem)))]
async fn read_session(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
) -> Result<Json<ShownSession>, Problem> {
    Ok(Json(shown(&access, session, None).await?))
}

/// Sign out.
#[utoipa::path(delete, path = "/api/session", tag = "access",
    responses((status = 204), (status = 401, body = Problem)))]
async fn sign_out(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
) -> Result<Response, Problem> {
    access.end_session(&session).await.map_err(|error| Problem::fault(&error))?;
    let mut gone = Cookie::build((SESSION_COOKIE, "")).path("/").build();
    gone.make_removal();
    Ok((StatusCode::NO_CONTENT, [(header::SET_COOKIE, gone.to_string())]).into_response())
}

/// Choose the post at which to act.
#[utoipa::path(post, path = "/api/session/post", tag = "access", request_body = ChosenPost,
    responses((status = 200, body = ShownSession), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn choose_post(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
    Json(body): Json<ChosenPost>,
) -> Result<Json<ShownSession>, Problem> {
    let post = body.post.map(PostCode::from);
    access.choose_post(&session, post.as_ref()).await?;
    let actor = access.actor_at(session.person, &session.name, post.as_ref());
    Ok(Json(shown(&access, Session { actor, ..session }, None).await?))
}

/// Change one's own password.
#[utoipa::path(post, path = "/api/password", tag = "access", request_body = PasswordChange,
    responses((status = 204), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn change_password(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
    Json(body): Json<PasswordChange>,
) -> Result<StatusCode, Problem> {
    access.change_password(&session, body.old, body.new).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Set a new password with a reset token.
#[utoipa::path(post, path = "/api/password/reset", tag = "access", request_body = PasswordReset,
    responses((status = 204), (status = 422, body = Problem)))]
async fn reset_password(
    State(access): State<AccessState>,
    Json(body): Json<PasswordReset>,
) -> Result<StatusCode, Problem> {
    access.use_reset(&body.token, body.password).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Register as a resident, and be signed in.
#[utoipa::path(post, path = "/api/residents", tag = "access", request_body = NewResident,
    responses((status = 201, body = ShownSession), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
async fn register_resident(
    State(access): State<AccessState>,
    method: Method,
    headers: HeaderMap,
    Json(body): Json<NewResident>,
) -> Result<Response, Problem> {
    check_same_site(&method, &headers, &access.shared.settings)?;
    let NewResident { user, password, name, phone } = body;
    let person = access.register(Registration { user, password, name, phone }).await?;
    let (session, token) = access.open_session(person, None).await?;
    welcome(&access, session, token, false).await
}

/// The answer to somebody who came in: who they are, and the token as a cookie or in clear.
async fn welcome(
    access: &AccessState,
    session: Session,
    token: String,
    bearer: bool,
) -> Result<Response, Problem> {
    if bearer {
        return Ok((StatusCode::CREATED, Json(shown(access, session, Some(token)).await?)).into_response());
    }
    let shown = shown(access, session, None).await?;
    let cookie = Cookie::build((SESSION_COOKIE, token))
        .path("/")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(access.shared.settings.secure_cookie)
        .build();
    Ok((StatusCode::CREATED, [(header::SET_COOKIE, cookie.to_string())], Json(shown)).into_response())
}

async fn shown(
    access: &AccessState,
    session: Session,
    token: Option<String>,
) -> Result<ShownSession, Problem> {
    let held = access.held_posts(session.person).await.map_err(|fault| Problem::fault(&fault))?;
    let system_actions = access.rights().actions(&session.actor, "system");
    let actions = access.rights().all_actions(&session.actor);
    let post = session.actor.as_official().and_then(|official| access.shown_post(&official.post));
    Ok(ShownSession {
        person: ShownPerson { id: session.person, user: session.user, name: session.name },
        post,
        posts: held.iter().filter_map(|post| access.shown_post(post)).collect(),
        system_actions,
        actions,
        must_change_password: session.must_change_password,
        expires_at: session.expires_at,
        token,
    })
}
