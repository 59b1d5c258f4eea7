//! The routes below `/open311/v2`: each answers in the format that its URL ends with.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Path, RawQuery, Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use baotu_vocabulary::{BlobId, CaseId, Moment, Surroundings};

use super::answer::{Format, Node};
use super::client::{Allowances, ApiClient, ApiKeys, REPORTS_PER_MINUTE_MAX};
use super::parameters::{FORM_BYTES_MAX, Parameters};
use super::refused::Refused;
use super::report::{self, Report};
use super::requests::{Fault, OpenFailed, PublicRequest, Requests};
use super::search::Search;
use super::services::Services;

/// Bytes of the photo of a report.
pub const MEDIA_BYTES_MAX: usize = 8 << 20;

const SPECIFICATION: &str = "http://wiki.open311.org/GeoReport_v2";

/// What the door is made of.
pub struct Open311Parts {
    /// The pack's services.
    pub services: Services,
    /// The id by which clients name this city; a request that names another is refused.
    pub jurisdiction_id: String,
    /// Where the city is reached from outside, such as `https://12345.example.cn`; without a slash at its end.
    pub public_url: String,
    /// Whom the writer of a client may ask.
    pub contact: String,
    /// How one gets a key.
    pub key_service: String,
    /// Since when services and interface are as they are.
    pub changed_at: Moment,
    /// Who opens and finds requests.
    pub requests: Arc<dyn Requests>,
    /// Who knows API keys.
    pub keys: Arc<dyn ApiKeys>,
    /// The clock.
    pub surroundings: Arc<dyn Surroundings>,
}

/// The door; clones share it.
#[derive(Clone)]
pub struct Open311 {
    shared: Arc<Shared>,
}

struct Shared {
    parts: Open311Parts,
    allowances: Allowances,
}

impl Open311 {
    /// The door over the given parts.
    pub fn new(parts: Open311Parts) -> Self {
        Self { shared: Arc::new(Shared { parts, allowances: Allowances::default() }) }
    }
}

/// The routes of the door.
pub fn routes(door: Open311) -> Router {
    Router::new()
        .route("/open311/v2/{file}", get(read).post(report_request))
        .route("/open311/v2/services/{file}", get(read_definition))
        .route("/open311/v2/requests/{file}", get(read_request))
        .route("/open311/v2/tokens/{file}", get(read_token))
        .layer(DefaultBodyLimit::max(MEDIA_BYTES_MAX + 2 * FORM_BYTES_MAX))
        .with_state(door)
}

/// An answer: the name of its outermost element, and what it says.
type Said = Result<(&'static str, Node), Refused>;

/// `services`, `requests` or `discovery`.
async fn read(State(door): State<Open311>, Path(file): Path<String>, RawQuery(query): RawQuery) -> Response {
    let (name, format) = split(&file);
    answer(format, StatusCode::OK, read_named(&door, name, format.is_some(), query).await)
}

async fn read_named(door: &Open311, name: &str, is_format_known: bool, query: Option<String>) -> Said {
    let parts = &door.shared.parts;
    let parameters = queried(query)?;
    match name {
        _ if !is_format_known => Err(no_such_format()),
        "discovery" => Ok(("discovery", discovery(parts))),
        "services" => {
            check_jurisdiction(parts, &parameters)?;
            Ok(("services", parts.services.node()))
        }
        "requests" => {
            check_jurisdiction(parts, &parameters)?;
            let search = Search::new(&parameters, &parts.services, parts.surroundings.now())?;
            Ok(("service_requests", found(parts, &search).await?))
        }
        _ => Err(Refused::not_found("没有这个资源")),
    }
}

/// `services/{code}`: the attributes of a service.
async fn read_definition(
    State(door): State<Open311>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let (code, format) = split(&file);
    let parts = &door.shared.parts;
    let said = queried(query).and_then(|parameters| {
        check_jurisdiction(parts, &parameters)?;
        let service =
            parts.services.get(code).ok_or_else(|| Refused::not_found("service_code：没有这个服务"))?;
        Ok(("service_definition", service.definition()))
    });
    answer(format, StatusCode::OK, said)
}

/// `requests/{number}`.
async fn read_request(
    State(door): State<Open311>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let (number, format) = split(&file);
    let parts = &door.shared.parts;
    let said = async {
        check_jurisdiction(parts, &queried(query)?)?;
        let search = Search::of_number(number, &parts.services);
        match found(parts, &search).await? {
            Node::List(_, rows) if rows.is_empty() => {
                Err(Refused::not_found("service_request_id：没有这个编号的公开诉求"))
            }
            requests => Ok(("service_requests", requests)),
        }
    };
    answer(format, StatusCode::OK, said.await)
}

/// `tokens/{token}`: the number of a request by the id of its case. Every service answers at once with the number, so
/// reports get no token of another kind.
async fn read_token(
    State(door): State<Open311>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let (token, format) = split(&file);
    let parts = &door.shared.parts;
    let said = async {
        check_jurisdiction(parts, &queried(query)?)?;
        let number = match token.parse::<CaseId>() {
            Ok(case) => parts.requests.number(case).await.map_err(|error| fault(&error))?,
            Err(_) => None,
        };
        let number = number.ok_or_else(|| Refused::not_found("token：没有这个凭证"))?;
        let request =
            Node::Object(vec![("service_request_id", Node::text(number)), ("token", Node::text(token))]);
        Ok(("service_requests", Node::List("request", vec![request])))
    };
    answer(format, StatusCode::OK, said.await)
}

/// `POST requests`: opens a request.
async fn report_request(State(door): State<Open311>, Path(file): Path<String>, request: Request) -> Response {
    let (name, format) = split(&file);
    let said = match (name, format) {
        (_, None) => Err(no_such_format()),
        ("requests", Some(_)) => opened(&door, request).await,
        _ => Err(Refused::not_found("没有这个资源，或不能向它提交")),
    };
    answer(format, StatusCode::CREATED, said)
}

async fn opened(door: &Open311, request: Request) -> Said {
    let parts = &door.shared.parts;
    // Some clients send the key and the jurisdiction in the URL.
    let queried = queried(request.uri().query().map(str::to_owned))?;
    let (body, media) = body(request).await?;
    let parameters = body.and(queried);
    check_jurisdiction(parts, &parameters)?;
    let client = client(door, &parameters).await?;
    let service = report::service(&parameters, &parts.services)?;
    let photo = match media {
        Some(bytes) if service.form.photos.is_some() => {
            // Whatever is wrong is told before a photo is kept that nobody would need.
            let to_be = BlobId::new(parts.surroundings.now(), parts.surroundings.chance());
            let report = Report::new(service, &parameters, &[to_be])?;
            parts.requests.check(report, &client).await.map_err(refused)?;
            Some(parts.requests.keep_photo(bytes, &client).await.map_err(refused)?)
        }
        Some(_) => return Err(Refused::unfit("media：此服务不收照片")),
        None => None,
    };
    let report = Report::new(service, &parameters, photo.as_slice())?;
    let opened = parts.requests.open(report, &client).await.map_err(refused)?;
    let notice = format!("您的诉求已登记，编号 {}。", opened.number);
    let request = Node::Object(vec![
        ("service_request_id", Node::text(opened.number)),
        ("service_notice", Node::text(notice)),
        ("account_id", Node::Nothing),
    ]);
    Ok(("service_requests", Node::List("request", vec![request])))
}

/// The parameters and the photo of a body, whichever of the two kinds of form it is.
async fn body(request: Request) -> Result<(Parameters, Option<Vec<u8>>), Refused> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let essence = kind.unwrap_or_default().split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "multipart/form-data" => {
            let form = Multipart::from_request(request, &()).await;
            Parameters::read(form.map_err(|_| Refused::unfit("表单不成形"))?).await
        }
        "application/x-www-form-urlencoded" => {
            let bytes = Bytes::from_request(request, &()).await;
            let bytes = bytes.map_err(|_| Refused::too_large("表单过大，或没有传完"))?;
            if bytes.len() > FORM_BYTES_MAX {
                return Err(Refused::too_large(format!("表单超过 {} KiB", FORM_BYTES_MAX / 1024)));
            }
            Ok((Parameters::parse(&bytes)?, None))
        }
        _ => Err(Refused::unfit("请求须为表单：application/x-www-form-urlencoded 或 multipart/form-data")),
    }
}

/// The program that reports, unless it has no key or has reported too often.
async fn client(door: &Open311, parameters: &Parameters) -> Result<ApiClient, Refused> {
    let parts = &door.shared.parts;
    let key = parameters.get("api_key").ok_or_else(|| Refused::key("api_key：必填"))?;
    let client = parts.keys.client(key).await.map_err(|error| fault(&error))?;
    let client = client.ok_or_else(|| Refused::key("api_key：无效"))?;
    if !door.shared.allowances.take(&client, parts.surroundings.now()) {
        return Err(Refused::too_many(format!("每分钟最多提交 {REPORTS_PER_MINUTE_MAX} 件")));
    }
    Ok(client)
}

async fn found(parts: &Open311Parts, search: &Search) -> Result<Node, Refused> {
    let requests = parts.requests.search(search).await.map_err(|error| fault(&error))?;
    let node = |request: &PublicRequest| public(request, &parts.services);
    Ok(Node::List("request", requests.iter().map(node).collect()))
}

/// A request as the standard words it.
fn public(request: &PublicRequest, services: &Services) -> Node {
    let service = services.of_kind(&request.procedure, &request.category);
    let degrees = |degrees: Option<f64>| degrees.map_or(Node::Nothing, Node::Number);
    let optional = |text: &Option<String>| Node::optional(text.as_deref());
    Node::Object(vec![
        ("service_request_id", Node::text(request.number.as_str())),
        ("status", Node::text(if request.is_open { "open" } else { "closed" })),
        ("status_notes", optional(&request.status_notes)),
        ("service_name", Node::text(service.map_or(request.category_name.as_str(), |service| &service.name))),
        ("service_code", Node::text(service.map_or(request.category.as_str(), |service| &service.code))),
        ("description", optional(&request.description)),
        ("agency_responsible", optional(&request.agency)),
        ("service_notice", Node::Nothing),
        ("requested_datetime", Node::text(request.opened_at.to_string())),
        ("updated_datetime", Node::text(request.changed_at.to_string())),
        ("expected_datetime", Node::optional(request.due_at.map(|due| due.to_string()))),
        ("address", optional(&request.address)),
        ("address_id", Node::Nothing),
        ("zipcode", Node::Nothing),
        ("lat", degrees(request.position.map(|position| position.lat()))),
        ("long", degrees(request.position.map(|position| position.lon()))),
        ("media_url", optional(&request.media_url)),
    ])
}

/// The body `discovery` (wiki.open311.org/Service_Discovery).
fn discovery(parts: &Open311Parts) -> Node {
    let changed = || Node::text(parts.changed_at.to_string());
    let formats = [Format::Xml, Format::Json].map(|format| {
        let essence = format.media_type().split(';').next().unwrap_or_default();
        Node::text(essence)
    });
    let endpoint = Node::Object(vec![
        ("specification", Node::text(SPECIFICATION)),
        ("url", Node::text(format!("{}/open311/v2", parts.public_url))),
        ("changeset", changed()),
        ("type", Node::text("production")),
        ("formats", Node::List("format", formats.into())),
    ]);
    Node::Object(vec![
        ("changeset", changed()),
        ("contact", Node::text(parts.contact.as_str())),
        ("key_service", Node::text(parts.key_service.as_str())),
        ("endpoints", Node::List("endpoint", vec![endpoint])),
    ])
}

/// One city is one jurisdiction, so naming it is not needed; naming another is a mistake.
fn check_jurisdiction(parts: &Open311Parts, parameters: &Parameters) -> Result<(), Refused> {
    match parameters.get("jurisdiction_id") {
        Some(named) if named != parts.jurisdiction_id => {
            Err(Refused::not_found(format!("jurisdiction_id：这里是“{}”", parts.jurisdiction_id)))
        }
        _ => Ok(()),
    }
}

fn queried(query: Option<String>) -> Result<Parameters, Refused> {
    Parameters::parse(query.unwrap_or_default().as_bytes())
}

/// The name before the last dot, and the format after it.
fn split(file: &str) -> (&str, Option<Format>) {
    match file.rsplit_once('.') {
        Some((name, extension)) => (name, Format::of_extension(extension)),
        None => (file, None),
    }
}

fn no_such_format() -> Refused {
    Refused::not_found("网址应以 .json 或 .xml 结尾")
}

fn refused(failed: OpenFailed) -> Refused {
    match failed {
        OpenFailed::Refused(refusal) => Refused::of(refusal.as_ref()),
        OpenFailed::Fault(error) => fault(&error),
    }
}

fn fault(error: &Fault) -> Refused {
    tracing::error!(%error, "an Open311 request met a fault");
    Refused::fault()
}

/// Says it in the format asked for; a format that isn't known is answered in XML, which every server must speak.
fn answer(format: Option<Format>, done: StatusCode, said: Said) -> Response {
    let said = if format.is_none() { Err(no_such_format()) } else { said };
    let (status, root, node) = match said {
        Ok((root, node)) => (done, root, node),
        Err(refused) => (refused.status(), "errors", refused.node()),
    };
    let format = format.unwrap_or(Format::Xml);
    (status, [(header::CONTENT_TYPE, format.media_type())], node.write(root, format)).into_response()
}
