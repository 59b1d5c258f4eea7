//! The HTTP side: an official's or resident's own inbox, and the outbox for those who run the city.

use axum::extract::{FromRef, State};
use axum::http::StatusCode;
use baotu_access::http::{Json, Path, Problem, Query, Signed};
use baotu_access::{AccessState, Denied, Resource};
use baotu_vocabulary::{Actor, Moment, NoticeId, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::notice::{Channel, DeliveryState, InboxItem, OutboxItem};
use crate::service::{Notices, Reader};

/// Rows of a page unless the request says how many.
pub const PAGE_ROWS: u32 = 20;

/// The grant that opens the outbox, on the resource `system`.
pub const READ_OUTBOX: &str = "notices.read-outbox";

/// What the routes need.
#[derive(Clone)]
pub struct NoticesState {
    /// The engine.
    pub notices: Notices,
    /// Who asks, and what they may.
    pub access: AccessState,
}

impl FromRef<NoticesState> for AccessState {
    fn from_ref(state: &NoticesState) -> Self {
        state.access.clone()
    }
}

/// The routes below `/api/notices`.
pub fn routes(state: NoticesState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(read_inbox))
        .routes(routes!(mark_read))
        .routes(routes!(read_outbox))
        .with_state(state)
}

/// Which page of a list.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Page {
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// Which page of the outbox.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct OutboxPage {
    /// Only deliveries in this state.
    state: Option<DeliveryState>,
    /// `next` of the page before.
    after: Option<String>,
    /// Rows of the page.
    limit: Option<u32>,
}

/// A page of an inbox.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Inbox {
    /// Newest first.
    rows: Vec<InboxItem>,
    /// How many of the newest are not read.
    unread: u64,
    /// Where the next page begins.
    next: Option<String>,
}

/// A page of the outbox.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Outbox {
    /// Newest first.
    rows: Vec<OutboxItem>,
    /// Where the next page begins.
    next: Option<String>,
}

/// Reads one's own inbox: notices to oneself and to the unit one acts for.
#[utoipa::path(get, path = "/api/notices", params(Page), tag = "notices",
    responses((status = 200, body = Inbox), (status = 401, body = Problem), (status = 422, body = Problem)))]
async fn read_inbox(
    State(state): State<NoticesState>,
    Signed(actor): Signed,
    Query(page): Query<Page>,
) -> Result<Json<Inbox>, Problem> {
    let reader = reader(&actor)?;
    let after = place_of(page.after.as_deref(), inbox_place)?;
    let limit = page.limit.unwrap_or(PAGE_ROWS).max(1);
    let rows = state.notices.inbox(reader, after, limit).await.map_err(|fault| Problem::fault(&fault))?;
    let unread = state.notices.unread(reader).await.map_err(|fault| Problem::fault(&fault))?;
    let is_full = rows.len() as u64 >= u64::from(limit.min(crate::service::INBOX_PAGE_ROWS_MAX));
    let next = rows.last().filter(|_| is_full).map(|item| format!("{}.{}", item.made_at.micros(), item.id));
    Ok(Json(Inbox { rows, unread, next }))
}

/// Marks a notice of one's own inbox as read.
#[utoipa::path(post, path = "/api/notices/{id}/reading", tag = "notices",
    params(("id" = String, Path, description = "The notice")),
    responses((status = 204), (status = 401, body = Problem), (status = 404, body = Problem)))]
async fn mark_read(
    State(state): State<NoticesState>,
    Signed(actor): Signed,
    Path(id): Path<NoticeId>,
) -> Result<StatusCode, Problem> {
    let reader = reader(&actor)?;
    let marked = state.notices.mark_read(id, reader).await.map_err(|fault| Problem::fault(&fault))?;
    if marked { Ok(StatusCode::NO_CONTENT) } else { Err(Denied::MayNotKnow.into()) }
}

/// Reads what was sent, or would have been sent, by SMS and e-mail; addresses are masked.
#[utoipa::path(get, path = "/api/notices/outbox", params(OutboxPage), tag = "notices",
    responses((status = 200, body = Outbox), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
async fn read_outbox(
    State(state): State<NoticesState>,
    Signed(actor): Signed,
    Query(page): Query<OutboxPage>,
) -> Result<Json<Outbox>, Problem> {
    let permitted = state.access.rights().permit(&actor, READ_OUTBOX, &Resource::known("system"));
    permitted?;
    let after = place_of(page.after.as_deref(), outbox_place)?;
    let limit = page.limit.unwrap_or(PAGE_ROWS).max(1);
    let rows =
        state.notices.outbox(page.state, after, limit).await.map_err(|fault| Problem::fault(&fault))?;
    let is_full = rows.len() as u64 >= u64::from(limit.min(crate::service::OUTBOX_PAGE_ROWS_MAX));
    let place = |item: &OutboxItem| format!("{}.{}.{}", item.made_at.micros(), item.notice, item.channel);
    let next = rows.last().filter(|_| is_full).map(place);
    Ok(Json(Outbox { rows, next }))
}

/// Programs with a key and the city itself have no inbox.
fn reader(actor: &Actor) -> Result<Reader<'_>, Denied> {
    let person = actor.person().ok_or(Denied::MayNotDo)?;
    Ok(Reader { person, unit: actor.as_official().map(|official| &official.unit) })
}

/// A place in a list that is none, told as lists of cases tell it.
#[derive(Debug, thiserror::Error)]
#[error("查询条件“after”无效")]
struct NoPlace;

impl Refusal for NoPlace {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        "query-invalid"
    }

    fn fields(&self) -> Vec<(String, String)> {
        vec![("after".to_owned(), self.to_string())]
    }
}

/// The place that a page goes on from, where one is named: a reader sent back to the beginning would turn for ever.
fn place_of<T>(after: Option<&str>, read: impl Fn(&str) -> Option<T>) -> Result<Option<T>, NoPlace> {
    after.map(|text| read(text).ok_or(NoPlace)).transpose()
}

/// A place in an inbox.
fn inbox_place(text: &str) -> Option<(Moment, NoticeId)> {
    let (micros, id) = text.split_once('.')?;
    Some((Moment::from_micros(micros.parse().ok()?), id.parse().ok()?))
}

/// A place in the outbox.
fn outbox_place(text: &str) -> Option<(Moment, NoticeId, Channel)> {
    let (place, channel) = text.rsplit_once('.')?;
    let (made_at, id) = inbox_place(place)?;
    Some((made_at, id, channel.parse().ok()?))
}
