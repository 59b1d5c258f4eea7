//! Routes of the system and security administrators: accounts, posts, locks, resets, clients.

#![expect(unused_qualifications, reason = "the macro that documents a query writes its type once more")]

use std::convert::Infallible;

use axum::extract::State;
use axum::http::StatusCode;
use baotu_vocabulary::{Actor, Moment, PersonId, PostCode};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Json, Path, Query};
use super::problem::Problem;
use super::session::Signed;
use crate::account::{AccountRefused, RESET_SECONDS};
use crate::client::Client;
use crate::directory::{AccountFilter, ShownAccount};
use crate::holding::Holding;
use crate::{AccessState, Failure, Registration, Resource, sealed};

/// What these routes act on, as grants name it.
const RESOURCE: &str = "system";
/// Accounts of a page unless more are asked for.
const PAGE_ROWS: u16 = 20;
/// Characters of a first password, hexadecimal: 64 bits of chance.
const FIRST_PASSWORD_CHARACTERS: usize = 16;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(list_accounts, make_account))
        .routes(routes!(read_account))
        .routes(routes!(lock_account, unlock_account))
        .routes(routes!(issue_reset))
        .routes(routes!(list_holdings, assign_post))
        .routes(routes!(withdraw_post))
        .routes(routes!(list_clients, make_client))
        .routes(routes!(disable_client))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct AccountQuery {
    /// The beginning of the user name.
    q: Option<String>,
    /// Who holds this post.
    post: Option<String>,
    /// Who holds a post of this unit.
    unit: Option<String>,
    /// The `next` of the page before.
    after: Option<String>,
    /// Rows, at most 100.
    limit: Option<u16>,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
struct AccountPage {
    rows: Vec<ShownAccount>,
    /// What `after` asks for to go on.
    next: Option<String>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewAccount {
    /// The user name.
    user: String,
    /// The person's name.
    name: String,
    /// The telephone.
    phone: Option<String>,
}

/// A fresh account; the password is told once, here.
#[derive(Serialize, ToSchema)]
struct MadeAccount {
    #[schema(value_type = String, format = "uuid")]
    person: PersonId,
    user: String,
    /// Must be changed at the first sign-in.
    password: String,
}

/// A reset token; it is told once, here.
#[derive(Serialize, ToSchema)]
struct IssuedReset {
    token: String,
    #[schema(value_type = String, format = "date-time")]
    expires_at: Moment,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewHolding {
    /// The code of the post.
    post: String,
    /// From when; now when it is left out.
    #[schema(value_type = Option<String>, format = "date-time")]
    from: Option<Moment>,
    /// Until when; for good when it is left out.
    #[schema(value_type = Option<String>, format = "date-time")]
    to: Option<Moment>,
}

/// A post held for a time.
#[derive(Serialize, ToSchema)]
struct ShownHolding {
    post: String,
    #[schema(value_type = String, format = "date-time")]
    from: Moment,
    #[schema(value_type = Option<String>, format = "date-time")]
    to: Option<Moment>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewClient {
    /// Unique: lower-case letters, digits and `-`.
    name: String,
    /// Shown: who it is and what for.
    title: String,
}

/// A fresh client; the key is told once, here.
#[derive(Serialize, ToSchema)]
struct MadeClient {
    name: String,
    key: String,
}

/// A failure that holds no refusal.
fn fault(failure: Failure<Infallible>) -> Problem {
    match failure {
        Failure::Refused(never) => match never {},
        Failure::Fault(fault) => Problem::fault(fault.as_ref()),
    }
}

async fn may(access: &AccessState, actor: &Actor, action: &'static str) -> Result<(), Problem> {
    access.authorise(actor, action, &Resource::known(RESOURCE)).await?;
    Ok(())
}

/// Accounts, by user name.
#[utoipa::path(get, path = "/api/accounts", tag = "administration", params(AccountQuery),
    responses((status = 200, body = AccountPage), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn list_accounts(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Query(AccountQuery { q, post, unit, after, limit }): Query<AccountQuery>,
) -> Result<Json<AccountPage>, Problem> {
    may(&access, &actor, "accounts.read").await?;
    let rows = limit.unwrap_or(PAGE_ROWS).clamp(1, crate::directory::ACCOUNT_PAGE_ROWS_MAX);
    let filter = AccountFilter {
        user: q,
        person: None,
        post: post.map(Into::into),
        unit: unit.map(Into::into),
        after,
    };
    let page = access.accounts(&filter, rows).await.map_err(fault)?;
    let full = page.len() == usize::from(rows);
    let next = page.last().filter(|_| full).map(|account| account.user.clone());
    Ok(Json(AccountPage { rows: page, next }))
}

/// Make an account for an official.
#[utoipa::path(post, path = "/api/accounts", tag = "administration", request_body = NewAccount,
    responses((status = 201, body = MadeAccount), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn make_account(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Json(body): Json<NewAccount>,
) -> Result<(StatusCode, Json<MadeAccount>), Problem> {
    may(&access, &actor, "accounts.create").await?;
    let password = sealed::token(access.surroundings().as_ref()).split_off(64 - FIRST_PASSWORD_CHARACTERS);
    let NewAccount { user, name, phone } = body;
    let registration = Registration { user: user.clone(), password: password.clone(), name, phone };
    let person = access.make_account(&actor, registration, true).await?;
    Ok((StatusCode::CREATED, Json(MadeAccount { person, user: user.trim().to_ascii_lowercase(), password })))
}

/// One account.
#[utoipa::path(get, path = "/api/accounts/{person}", tag = "administration",
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 200, body = ShownAccount), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn read_account(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
) -> Result<Json<ShownAccount>, Problem> {
    may(&access, &actor, "accounts.read").await?;
    let filter = AccountFilter { person: Some(person), ..AccountFilter::default() };
    let found = access.accounts(&filter, 1).await.map_err(fault)?.pop();
    Ok(Json(found.ok_or(AccountRefused::Unknown)?))
}

/// Lock an account: it cannot sign in, and its sessions end at once.
#[utoipa::path(put, path = "/api/accounts/{person}/lock", tag = "administration",
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn lock_account(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    may(&access, &actor, "accounts.lock").await?;
    access.set_disabled(&actor, person, true).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Unlock an account that an administrator or wrong passwords locked.
#[utoipa::path(delete, path = "/api/accounts/{person}/lock", tag = "administration",
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn unlock_account(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
) -> Result<StatusCode, Problem> {
    may(&access, &actor, "accounts.unlock").await?;
    access.set_disabled(&actor, person, false).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issue a token with which the person sets a new password once.
#[utoipa::path(post, path = "/api/accounts/{person}/resets", tag = "administration",
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 201, body = IssuedReset), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn issue_reset(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
) -> Result<(StatusCode, Json<IssuedReset>), Problem> {
    may(&access, &actor, "accounts.reset").await?;
    let token = access.issue_reset(&actor, person).await?;
    let expires_at = access.now().plus_seconds(RESET_SECONDS);
    Ok((StatusCode::CREATED, Json(IssuedReset { token, expires_at })))
}

/// Every post that a person holds, has held or will hold.
#[utoipa::path(get, path = "/api/accounts/{person}/holdings", tag = "administration",
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 200, body = Vec<ShownHolding>), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn list_holdings(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
) -> Result<Json<Vec<ShownHolding>>, Problem> {
    may(&access, &actor, "accounts.read").await?;
    let holdings = access.holdings_of(person).await.map_err(|fault| Problem::fault(&fault))?;
    let shown = |held: Holding| ShownHolding { post: held.post.to_string(), from: held.from, to: held.to };
    Ok(Json(holdings.into_iter().map(shown).collect()))
}

/// Assign a post.
#[utoipa::path(post, path = "/api/accounts/{person}/holdings", tag = "administration", request_body = NewHolding,
    params(("person" = String, Path, description = "the id of the person")),
    responses((status = 201), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn assign_post(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(person): Path<PersonId>,
    Json(body): Json<NewHolding>,
) -> Result<StatusCode, Problem> {
    may(&access, &actor, "posts.assign").await?;
    let from = body.from.unwrap_or_else(|| access.now());
    access.assign_post(&actor, person, Holding { post: body.post.into(), from, to: body.to }).await?;
    Ok(StatusCode::CREATED)
}

/// Withdraw a post now.
#[utoipa::path(delete, path = "/api/accounts/{person}/holdings/{post}", tag = "administration",
    params(("person" = String, Path, description = "the id of the person"),
        ("post" = String, Path, description = "the code of the post")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn withdraw_post(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path((person, post)): Path<(PersonId, PostCode)>,
) -> Result<StatusCode, Problem> {
    may(&access, &actor, "posts.assign").await?;
    access.withdraw_post(&actor, person, &post).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Programs with an API key.
#[utoipa::path(get, path = "/api/clients", tag = "administration",
    responses((status = 200, body = Vec<Client>), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn list_clients(
    State(access): State<AccessState>,
    Signed(actor): Signed,
) -> Result<Json<Vec<Client>>, Problem> {
    may(&access, &actor, "clients.manage").await?;
    Ok(Json(access.clients().await.map_err(|fault| Problem::fault(&fault))?))
}

/// Make a client with its key.
#[utoipa::path(post, path = "/api/clients", tag = "administration", request_body = NewClient,
    responses((status = 201, body = MadeClient), (status = 401, body = Problem),
        (status = 403, body = Problem), (status = 409, body = Problem)))]
async fn make_client(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Json(body): Json<NewClient>,
) -> Result<(StatusCode, Json<MadeClient>), Problem> {
    may(&access, &actor, "clients.manage").await?;
    let key = access.make_client(&actor, &body.name, &body.title).await?;
    Ok((StatusCode::CREATED, Json(MadeClient { name: body.name.trim().to_owned(), key })))
}

/// Stop a client's key from working.
#[utoipa::path(delete, path = "/api/clients/{name}", tag = "administration",
    params(("name" = String, Path, description = "the name of the client")),
    responses((status = 204), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
async fn disable_client(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Path(name): Path<String>,
) -> Result<StatusCode, Problem> {
    may(&access, &actor, "clients.manage").await?;
    access.disable_client(&actor, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
