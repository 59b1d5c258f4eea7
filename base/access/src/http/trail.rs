//! Routes of the audit administrator, of a legal office, and of the person whose data was looked at.

#![expect(unused_qualifications, reason = "the macro that documents a query writes its type once more")]

use axum::extract::State;
use baotu_vocabulary::{Actor, AuditId, Moment, PersonId, PostCode, PurposeName};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::body::{Json, Query};
use super::problem::Problem;
use super::session::{Signed, SignedSession};
use crate::audit::{AUDIT_PAGE_ROWS_MAX, AuditFilter, AuditHead, AuditVerified, KeptLine};
use crate::{AccessState, Resource};

/// Lines of a page unless more are asked for.
const PAGE_ROWS: u16 = 50;

/// The routes of this file.
pub(super) fn routes() -> OpenApiRouter<AccessState> {
    OpenApiRouter::new()
        .routes(routes!(list_audit))
        .routes(routes!(verify_audit))
        .routes(routes!(show_grants))
        .routes(routes!(list_my_audit))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct TrailQuery {
    /// The beginning of an actor's reference, such as `official:`.
    actor: Option<String>,
    /// What was done, such as `cases.read-personal`.
    act: Option<String>,
    /// The id of the thing it was done to.
    subject: Option<String>,
    /// The id of the person whose data it concerned.
    #[param(value_type = Option<String>)]
    concerned: Option<PersonId>,
    /// Not before this time.
    #[param(value_type = Option<String>)]
    from: Option<Moment>,
    /// Before this time.
    #[param(value_type = Option<String>)]
    to: Option<Moment>,
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<AuditId>,
    /// Rows, at most 200.
    limit: Option<u16>,
}

/// A page of the trail, newest first.
#[derive(Serialize, ToSchema)]
struct TrailPage {
    rows: Vec<KeptLine>,
    /// What `after` asks for to go on.
    #[schema(value_type = Option<String>)]
    next: Option<AuditId>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct NotedHead {
    /// The number of a head that was noted earlier.
    number: Option<i64>,
    /// Its hash.
    hash: Option<String>,
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct MyTrailQuery {
    /// The `next` of the page before.
    #[param(value_type = Option<String>)]
    after: Option<AuditId>,
}

/// The grants, for people.
#[derive(Serialize, ToSchema)]
struct ShownGrants {
    /// The table, roles × actions, as plain text of fixed width.
    table: String,
}

/// What somebody did to the data of the one who asks.
#[derive(Serialize, ToSchema)]
struct MyLine {
    #[schema(value_type = String, format = "date-time")]
    at: Moment,
    /// What was done.
    act: String,
    /// What kind of thing it was done to, such as `case`.
    kind: String,
    /// Which.
    subject: String,
    /// The unit and post of the official, or what else it was; never an official's name.
    by: String,
    /// The purpose that was given, in words.
    purpose: Option<String>,
    /// `done` or `refused`.
    outcome: String,
}

/// A page of what was done to one's own data, newest first.
#[derive(Serialize, ToSchema)]
struct MyTrail {
    rows: Vec<MyLine>,
    /// What `after` asks for to go on.
    #[schema(value_type = Option<String>)]
    next: Option<AuditId>,
}

/// The audit trail.
#[utoipa::path(get, path = "/api/audit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = TrailPage), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn list_audit(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Query(TrailQuery { actor: by, act, subject, concerned, from, to, after, limit }): Query<TrailQuery>,
) -> Result<Json<TrailPage>, Problem> {
    access.authorise(&actor, "audit.read", &Resource::known("audit")).await?;
    let rows = limit.unwrap_or(PAGE_ROWS).clamp(1, AUDIT_PAGE_ROWS_MAX);
    let filter = AuditFilter { actor: by, act, subject, concerned, not_by: None, from, to, before: after };
    let page = access.audit_lines(&filter, rows).await.map_err(|fault| Problem::fault(&fault))?;
    let full = page.len() == usize::from(rows);
    let next = page.last().filter(|_| full).map(|line| line.id);
    Ok(Json(TrailPage { rows: page, next }))
}

/// Compute every seal of the trail anew.
#[utoipa::path(get, path = "/api/audit/verification", tag = "audit", params(NotedHead),
    responses((status = 200, body = AuditVerified), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn verify_audit(
    State(access): State<AccessState>,
    Signed(actor): Signed,
    Query(NotedHead { number, hash }): Query<NotedHead>,
) -> Result<Json<AuditVerified>, Problem> {
    access.authorise(&actor, "audit.verify", &Resource::known("audit")).await?;
    let noted = number.zip(hash).map(|(number, hash)| AuditHead { number, hash });
    Ok(Json(access.verify_audit(noted.as_ref()).await.map_err(|fault| Problem::fault(&fault))?))
}

/// Who may do what, as one table.
#[utoipa::path(get, path = "/api/grants", tag = "audit",
    responses((status = 200, body = ShownGrants), (status = 401, body = Problem),
        (status = 403, body = Problem)))]
async fn show_grants(
    State(access): State<AccessState>,
    Signed(actor): Signed,
) -> Result<Json<ShownGrants>, Problem> {
    // The security administrator reads it as part of the system, the audit administrator as part of the audit.
    let by_system = access.rights().permit(&actor, "grants.read", &Resource::known("system"));
    if by_system.is_err() {
        access.authorise(&actor, "grants.read", &Resource::known("audit")).await?;
    }
    Ok(Json(ShownGrants { table: access.shared.grants_table.clone() }))
}

/// What was done to my data, and by whom.
#[utoipa::path(get, path = "/api/my/audit", tag = "audit", params(MyTrailQuery),
    responses((status = 200, body = MyTrail), (status = 401, body = Problem)))]
async fn list_my_audit(
    State(access): State<AccessState>,
    SignedSession(session): SignedSession,
    Query(MyTrailQuery { after }): Query<MyTrailQuery>,
) -> Result<Json<MyTrail>, Problem> {
    // Whoever asks about their own data asks for themselves, at whichever post they act.
    let oneself = Actor::resident(session.person);
    let own = Resource { owner: Some(session.person), ..Resource::known("account") };
    access.authorise(&oneself, "audit.read-own", &own).await?;
    let filter = AuditFilter {
        concerned: Some(session.person),
        not_by: Some(oneself.reference()),
        before: after,
        ..AuditFilter::default()
    };
    let page = access.audit_lines(&filter, PAGE_ROWS).await.map_err(|fault| Problem::fault(&fault))?;
    let full = page.len() == usize::from(PAGE_ROWS);
    let next = page.last().filter(|_| full).map(|line| line.id);
    Ok(Json(MyTrail { rows: page.into_iter().map(|line| my_line(&access, line)).collect(), next }))
}

fn my_line(access: &AccessState, line: KeptLine) -> MyLine {
    let purpose = line.purpose.map(PurposeName::from);
    let title = |purpose: PurposeName| {
        access.rights().purpose_title(&purpose).map_or_else(|| purpose.to_string(), str::to_owned)
    };
    MyLine {
        at: line.at,
        act: line.act,
        kind: line.kind,
        subject: line.subject,
        by: who(access, &line.actor),
        purpose: purpose.map(title),
        outcome: line.outcome,
    }
}

/// An actor's reference in words, without naming a person.
fn who(access: &AccessState, reference: &str) -> String {
    let (kind, rest) = reference.split_once(':').unwrap_or((reference, ""));
    match kind {
        "official" => {
            let post = rest.split_once('@').map(|(_, post)| PostCode::from(post));
            let place = post.as_ref().and_then(|post| access.post(post));
            place
                .map_or_else(|| "工作人员".to_owned(), |place| format!("{} {}", place.unit_name, place.title))
        }
        "client" => format!("接入系统 {rest}"),
        "city" => format!("系统自动处理（{rest}）"),
        "resident" => "其他居民".to_owned(),
        _ => "未登录的访问者".to_owned(),
    }
}
