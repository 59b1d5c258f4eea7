//! Open311 as its clients speak it: forms in, JSON and XML out, against a city that keeps requests in memory.

use std::sync::{Arc, LazyLock, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use baotu_doors::open311::{
    ApiClient, ApiKeys, BoxFuture, Fault, MEDIA_BYTES_MAX, Open311, Open311Parts, OpenFailed, Opened,
    PublicRequest, REPORTS_PER_MINUTE_MAX, Report, Requests, Search, Services, routes,
};
use baotu_pack::testing::TODAY;
use baotu_vocabulary::{BlobId, CaseId, Chance, Moment, Refusal, RefusalKind, Surroundings};
use http_body_util::BodyExt as _;
use proptest::prelude::*;
use serde_json::{Value, json};
use tower::ServiceExt as _;

use crate::packs::pack;

const NOW: &str = "2026-11-24T12:00:00Z";
const KEY: &str = "k-1";
const FORM: &str = "application/x-www-form-urlencoded";

/// A clock that stands still.
struct Still;

impl Surroundings for Still {
    fn now(&self) -> Moment {
        NOW.parse().expect("a time")
    }

    fn chance(&self) -> Chance {
        [7; 10]
    }
}

/// A city that takes every report except one from outside, and fails at one that is broken.
#[derive(Default)]
struct City {
    reports: Mutex<Vec<(Report, ApiClient)>>,
    photos: Mutex<Vec<Vec<u8>>>,
    public: Vec<PublicRequest>,
}

/// What the city says to a report it doesn't take.
#[derive(Debug, thiserror::Error)]
#[error("place outside")]
struct Outside;

impl Refusal for Outside {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        "place-outside"
    }

    fn fields(&self) -> Vec<(String, String)> {
        vec![("place".to_owned(), "不在本市范围内".to_owned())]
    }
}

impl City {
    fn case(ordinal: usize) -> CaseId {
        let ordinal = u8::try_from(ordinal).expect("few reports");
        CaseId::new(Moment::from_micros(0), [ordinal; 10])
    }
}

/// Whether the city opens a report.
fn opens(report: &Report) -> Result<(), OpenFailed> {
    match report.address.as_deref() {
        Some("outside") => Err(OpenFailed::Refused(Box::new(Outside))),
        Some("broken") => Err(OpenFailed::Fault("the disk is full at /secret".into())),
        _ => Ok(()),
    }
}

impl Requests for City {
    fn open<'a>(
        &'a self,
        report: Report,
        client: &'a ApiClient,
    ) -> BoxFuture<'a, Result<Opened, OpenFailed>> {
        Box::pin(async move {
            opens(&report)?;
            let mut reports = self.reports.lock().expect("nobody panicked");
            reports.push((report, client.clone()));
            Ok(Opened { case: Self::case(reports.len()), number: format!("BC20261124{:06}", reports.len()) })
        })
    }

    fn check<'a>(&'a self, report: Report, _: &'a ApiClient) -> BoxFuture<'a, Result<(), OpenFailed>> {
        Box::pin(std::future::ready(opens(&report)))
    }

    fn keep_photo<'a>(
        &'a self,
        bytes: Vec<u8>,
        _: &'a ApiClient,
    ) -> BoxFuture<'a, Result<BlobId, OpenFailed>> {
        self.photos.lock().expect("nobody panicked").push(bytes);
        Box::pin(std::future::ready(Ok(BlobId::new(Moment::from_micros(0), [9; 10]))))
    }

    fn search<'a>(&'a self, search: &'a Search) -> BoxFuture<'a, Result<Vec<PublicRequest>, Fault>> {
        let is_meant = |request: &&PublicRequest| {
            let kind = (request.procedure.clone(), request.category.clone());
            let is_named = match &search.numbers {
                Some(numbers) => numbers.contains(&request.number),
                None => {
                    (search.from..=search.to).contains(&request.opened_at)
                        && search.is_open.is_none_or(|is_open| is_open == request.is_open)
                }
            };
            search.kinds.contains(&kind) && is_named
        };
        let found = self.public.iter().filter(is_meant).skip(search.offset as usize);
        let found = found.take(search.limit as usize).cloned().collect();
        Box::pin(std::future::ready(Ok(found)))
    }

    fn number<'a>(&'a self, case: CaseId) -> BoxFuture<'a, Result<Option<String>, Fault>> {
        let number = (case == Self::case(1)).then(|| "BC20261124000001".to_owned());
        Box::pin(std::future::ready(Ok(number)))
    }
}

struct Keys;

impl ApiKeys for Keys {
    fn client<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ApiClient>, Fault>> {
        let client = (key == KEY).then(|| ApiClient { name: "seeclickfix".to_owned() });
        Box::pin(std::future::ready(Ok(client)))
    }
}

fn public(number: u32, category: &str, opened_at: &str, is_open: bool) -> PublicRequest {
    PublicRequest {
        number: format!("BC{number:06}"),
        procedure: "service-request".into(),
        category: category.into(),
        category_name: "…".to_owned(),
        is_open,
        status_notes: (!is_open).then(|| "Filled. <b>&</b> done\u{7}".to_owned()),
        description: None,
        agency: Some("Transportation".to_owned()),
        opened_at: opened_at.parse().expect("a time"),
        changed_at: opened_at.parse::<Moment>().expect("a time").plus_seconds(3_600),
        due_at: Some(opened_at.parse::<Moment>().expect("a time").plus_seconds(86_400)),
        address: Some("600 N Calvert St".to_owned()),
        position: baotu_vocabulary::Point::new(-76.612_345, 39.297).ok(),
        media_url: None,
    }
}

/// The pack's services, read once.
static SERVICES: LazyLock<Services> =
    LazyLock::new(|| Services::of(&pack("baltimore"), TODAY).expect("services without a problem"));

struct Door {
    city: Arc<City>,
    routes: Router,
}

impl Door {
    fn new() -> Self {
        let public = vec![
            public(4, "street-pothole", "2026-11-24T08:00:00Z", true),
            public(3, "graffiti", "2026-11-20T08:00:00Z", false),
            public(2, "street-pothole", "2026-10-01T08:00:00Z", false),
            public(1, "street-pothole", "2026-01-01T08:00:00Z", false),
            // Not a service of the pack.
            public(0, "payments", "2026-11-24T08:00:00Z", true),
        ];
        let city = Arc::new(City { public, ..City::default() });
        let parts = Open311Parts {
            services: SERVICES.clone(),
            jurisdiction_id: "baltimorecity.gov".to_owned(),
            public_url: "https://311.example.org".to_owned(),
            contact: "311@example.org".to_owned(),
            key_service: "https://311.example.org/keys".to_owned(),
            changed_at: "2026-01-01T00:00:00Z".parse().expect("a time"),
            requests: city.clone(),
            keys: Arc::new(Keys),
            surroundings: Arc::new(Still),
        };
        Self { city, routes: routes(Open311::new(parts)) }
    }

    async fn send(&self, request: Request<Body>) -> (StatusCode, String, Vec<u8>) {
        let answer = self.routes.clone().oneshot(request).await.expect("an answer");
        let kind =
            answer.headers().get(header::CONTENT_TYPE).expect("a type").to_str().expect("ASCII").to_owned();
        let status = answer.status();
        let body = answer.into_body().collect().await.expect("a body").to_bytes();
        (status, kind, body.to_vec())
    }

    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::builder().uri(format!("/open311/v2/{path}")).body(Body::empty());
        let (status, kind, body) = self.send(request.expect("a request")).await;
        let is_json = path.split('?').next().is_some_and(|path| path.ends_with(".json"));
        assert_eq!(kind, if is_json { "application/json; charset=utf-8" } else { "text/xml; charset=utf-8" });
        (status, String::from_utf8(body).expect("UTF-8"))
    }

    async fn numbers(&self, query: &str) -> Vec<String> {
        let (status, body) = self.get(&format!("requests.json?{query}")).await;
        assert_eq!(status, StatusCode::OK, "{query}: {body}");
        let requests: Vec<Value> = serde_json::from_str(&body).expect("JSON");
        requests
            .iter()
            .map(|request| request["service_request_id"].as_str().expect("a number").to_owned())
            .collect()
    }

    async fn post(&self, kind: &str, body: impl Into<Body>) -> (StatusCode, Value) {
        let request = Request::builder().method("POST").uri("/open311/v2/requests.json");
        let request = request.header(header::CONTENT_TYPE, kind).body(body.into()).expect("a request");
        let (status, _, body) = self.send(request).await;
        (status, serde_json::from_slice(&body).expect("JSON"))
    }
}

/// The sentences of an answer of errors, each of which has the code of the status.
fn sentences(status: StatusCode, errors: &Value) -> Vec<String> {
    let errors = errors.as_array().expect("errors");
    assert!(errors.iter().all(|error| error["code"] == status.as_u16()), "{errors:?}");
    errors.iter().map(|error| error["description"].as_str().expect("a sentence").to_owned()).collect()
}

#[tokio::test]
async fn services_and_their_attributes_are_the_packs_in_both_formats() {
    let door = Door::new();
    for path in ["discovery", "services", "services/pothole", "requests/BC000003"] {
        for format in ["json", "xml"] {
            let (status, body) = door.get(&format!("{path}.{format}")).await;
            assert_eq!(status, StatusCode::OK);
            let shown = match format {
                "json" => {
                    let json: Value = serde_json::from_str(&body).expect("JSON");
                    serde_json::to_string_pretty(&json).expect("JSON")
                }
                _ => body.replace("><", ">\n<"),
            };
            insta::assert_snapshot!(format!("{}.{format}", path.replace('/', "_")), shown);
        }
    }
}

#[tokio::test]
async fn a_report_becomes_a_request_with_its_attributes_in_the_form() {
    let door = Door::new();
    let form = format!(
        "api_key={KEY}&jurisdiction_id=baltimorecity.gov&service_code=pothole&lat=39.297&long=-76.612\
         &address_string=600+N+Calvert+St&description=A+large+hole+%26+deep&attribute[where]=alley\
         &attribute[dangers][]=cars&attribute[dangers][]=bicycles&attribute[across_cm]=40&first_name=Jane\
         &last_name=Doe&phone=4105550100&email=jane%40example.org&media_url=https%3A%2F%2Fexample.org%2Fa.jpg"
    );
    let (status, answer) = door.post(FORM, form).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(
        answer,
        json!([{"service_request_id": "BC20261124000001",
            "service_notice": "您的诉求已登记，编号 BC20261124000001。", "account_id": null}])
    );
    let (report, client) = door.city.reports.lock().expect("nobody panicked").remove(0);
    assert_eq!(client.name, "seeclickfix");
    assert_eq!((report.procedure.as_str(), report.category.as_str()), ("service-request", "street-pothole"));
    assert_eq!(report.title, "Pothole");
    assert_eq!(report.text, "A large hole & deep\n图片链接：https://example.org/a.jpg");
    assert_eq!(report.address.as_deref(), Some("600 N Calvert St"));
    assert_eq!(report.position.map(|position| position.lon()), Some(-76.612));
    assert_eq!(
        Value::Object(report.form),
        json!({"where": "alley", "dangers": ["cars", "bicycles"], "across_cm": 40})
    );
    assert_eq!(report.contact.name.as_deref(), Some("Jane Doe"));
    assert_eq!(format!("{:?}", report.contact), "Contact(told, told, told)");

    let (status, body) = door.get(&format!("tokens/{}.json", City::case(1))).await;
    assert_eq!(status, StatusCode::OK);
    let token: Value = serde_json::from_str(&body).expect("JSON");
    assert_eq!(token[0]["service_request_id"], "BC20261124000001");
}

#[tokio::test]
async fn a_photo_comes_with_the_form_and_stands_in_its_field() {
    let door = Door::new();
    let part = |name: &str, value: &str| {
        format!("--X\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let form = |photo: &[u8], code: &str| {
        let mut body =
            part("api_key", KEY) + &part("service_code", code) + &part("address_string", "Fells Point");
        body += "--X\r\nContent-Disposition: form-data; name=\"media\"; filename=\"a.jpg\"\r\n\
                 Content-Type: image/jpeg\r\n\r\n";
        [body.as_bytes(), photo, b"\r\n--X--\r\n"].concat()
    };
    let kind = "multipart/form-data; boundary=X";
    let (status, _) = door.post(kind, form(b"\xff\xd8\xff jpeg", "pothole")).await;
    assert_eq!(status, StatusCode::CREATED);
    assert_eq!(door.city.photos.lock().expect("nobody panicked")[0], b"\xff\xd8\xff jpeg");
    let (report, _) = door.city.reports.lock().expect("nobody panicked").remove(0);
    assert_eq!(report.form["photos"], json!([BlobId::new(Moment::from_micros(0), [9; 10])]));

    let too_large = vec![0_u8; MEDIA_BYTES_MAX + 1];
    let (status, errors) = door.post(kind, form(&too_large, "pothole")).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(sentences(status, &errors), ["media：超过 8192 KiB"]);
    // A report that is refused keeps no photo.
    let (status, _) = door.post(kind, form(b"jpeg", "no-such")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(door.city.photos.lock().expect("nobody panicked").len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_with_the_codes_of_the_standard() {
    let door = Door::new();
    let place = "address_string=Fells+Point";
    let table: [(String, u16, &[&str]); 13] = [
        (format!("service_code=pothole&{place}"), 403, &["api_key：必填"]),
        (format!("api_key=wrong&service_code=pothole&{place}"), 403, &["api_key：无效"]),
        (format!("api_key={KEY}&{place}"), 400, &["service_code：必填"]),
        (format!("api_key={KEY}&service_code=x&{place}"), 404, &["service_code：没有服务“x”"]),
        (
            format!("api_key={KEY}&jurisdiction_id=dc.gov&service_code=pothole&{place}"),
            404,
            &["jurisdiction_id：这里是“baltimorecity.gov”"],
        ),
        (format!("api_key={KEY}&service_code=pothole"), 400, &["位置必填：lat 与 long，或 address_string"]),
        (
            format!("api_key={KEY}&service_code=pothole&address_id=17"),
            400,
            &["address_id：本市没有地址编号，请用 lat 与 long 或 address_string"],
        ),
        (format!("api_key={KEY}&service_code=pothole&lat=39"), 400, &["lat 与 long 要么都填，要么都不填"]),
        (
            format!(
                "api_key={KEY}&service_code=pothole&lat=391&long=-76&attribute[where]=moon&attribute[x]=1\
                 &attribute[across_cm]=wide&media_url=file:///etc/passwd"
            ),
            400,
            &[
                "attribute[where]：不在可选的值之内",
                "attribute[across_cm]：应为整数",
                "attribute[x]：此服务没有这个属性",
                "纬度应在 −90 到 90 度之间，实为 391",
                "media_url：应为网址",
            ],
        ),
        (
            format!("api_key={KEY}&service_code=pothole&{place}&description={}", "x".repeat(4_001)),
            400,
            &["description：最多 4000 字"],
        ),
        (
            format!("api_key={KEY}&service_code=pothole&{place}&description=%00"),
            400,
            &["参数含有无法保存的空字符（U+0000）"],
        ),
        (
            format!("api_key={KEY}&service_code=pothole&address_string=outside"),
            400,
            &["place：不在本市范围内"],
        ),
        (
            format!("api_key={KEY}&service_code=pothole&address_string=broken"),
            500,
            &["系统出现故障，请稍后再试"],
        ),
    ];
    for (form, code, expected) in table {
        let (status, errors) = door.post(FORM, form.clone()).await;
        assert_eq!(status.as_u16(), code, "{form}: {errors}");
        assert_eq!(sentences(status, &errors), expected, "{form}");
    }
    let (status, _) = door.post("application/json", "{}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let (status, _) = door.post(FORM, "x".repeat(70_000)).await;
    assert_eq!(status, StatusCode::PAYLOAD_TOO_LARGE);
    assert!(door.city.reports.lock().expect("nobody panicked").is_empty());
}

#[tokio::test]
async fn a_key_reports_so_often_in_a_minute_and_no_more() {
    let door = Door::new();
    let form = format!("api_key={KEY}&service_code=graffiti&address_string=Fells+Point");
    for _ in 0..REPORTS_PER_MINUTE_MAX {
        assert_eq!(door.post(FORM, form.clone()).await.0, StatusCode::CREATED);
    }
    assert_eq!(door.post(FORM, form).await.0, StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn requests_are_searched_by_number_service_time_status_and_page() {
    let door = Door::new();
    let table: [(&str, &[&str]); 11] = [
        ("", &["BC000004", "BC000003", "BC000002"]),
        ("status=open", &["BC000004"]),
        ("status=closed,open", &["BC000004", "BC000003", "BC000002"]),
        ("service_code=graffiti", &["BC000003"]),
        ("service_code=graffiti,pothole&status=closed", &["BC000003", "BC000002"]),
        ("start_date=2026-01-01T00:00:00Z", &["BC000001"]),
        ("end_date=2026-11-20T16:00:00%2B08:00", &["BC000003", "BC000002"]),
        ("end_date=2026-11-20T16:00:00+08:00", &["BC000003", "BC000002"]),
        ("start_date=2026-10-01T08:00:00Z&end_date=2026-10-01T08:00:00Z", &["BC000002"]),
        ("page=2&page_size=2", &["BC000002"]),
        // Numbers count more than everything else; what is no service's is not public here.
        ("service_request_id=BC000001,BC000004,BC000000&status=open", &["BC000004", "BC000001"]),
    ];
    for (query, expected) in table {
        let mut numbers = door.numbers(query).await;
        numbers.sort_by(|one, other| other.cmp(one));
        assert_eq!(numbers, expected, "{query}");
    }
    let refused = [
        ("status=shut", 400),
        ("start_date=yesterday", 400),
        ("start_date=2026-01-01", 400),
        ("start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z", 400),
        ("start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z", 400),
        ("page=0", 400),
        ("page=11", 400),
        ("service_code=x", 404),
        ("jurisdiction_id=dc.gov", 404),
        ("status=%ff", 400),
    ];
    for (query, code) in refused {
        let (status, body) = door.get(&format!("requests.json?{query}")).await;
        assert_eq!(status.as_u16(), code, "{query}: {body}");
        sentences(status, &serde_json::from_str(&body).expect("JSON"));
    }
}

#[tokio::test]
async fn what_is_not_there_is_404_in_the_format_asked_for() {
    let door = Door::new();
    for path in [
        "nothing.json",
        "services/nothing.json",
        "requests/BC000000.json",
        "requests/BC999999.json",
        "tokens/nothing.json",
        "tokens/00000000-0000-0000-0000-000000000000.json",
    ] {
        let (status, body) = door.get(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        sentences(status, &serde_json::from_str(&body).expect("JSON"));
    }
    for path in ["services", "services.csv", "requests/BC000003.", "nothing.xml"] {
        let (status, body) = door.get(path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(body.contains("<errors><error><code>404</code><description>"), "{body}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn whatever_is_sent_is_answered_and_never_a_fault(
        path in prop_oneof![Just("requests.xml"), Just("services/pothole.xml"), Just("requests/BC000003.xml")],
        query in proptest::collection::vec(prop_oneof![Just(b'&'), Just(b'='), Just(b'%'), 0x21_u8..0x7f], 0..60),
        kind in prop_oneof![Just(FORM), Just("multipart/form-data; boundary=X"), Just("text/plain")],
        body in proptest::collection::vec(any::<u8>(), 0..120),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        // What no URL has never reaches a route.
        let fits = |character: &char| !"#\"<>`{}\\^|".contains(*character);
        let query: String = query.into_iter().map(char::from).filter(fits).collect();
        let door = Door::new();
        for method in ["GET", "POST"] {
            let request = Request::builder().method(method).uri(format!("/open311/v2/{path}?{query}"));
            let request = request.header(header::CONTENT_TYPE, kind).body(Body::from(body.clone()));
            let answer = runtime.block_on(door.routes.clone().oneshot(request.expect("a request"))).expect("an answer");
            prop_assert!(!answer.status().is_server_error());
        }
    }
}
