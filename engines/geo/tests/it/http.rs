//! The routes: answers, refusals, caching.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use baotu_access::{AccessParts, AccessSettings, AccessState, Keys, PasswordCost, SeedPerson};
use baotu_geo::http::{GeoState, routes};
use baotu_geo::{
    BaseMap, Concern, GeoLive, GeoPast, OpenCase, OpenThen, PastCases, PastUnknown, TileAddress,
};
use baotu_pack::organisations::{Post, RoleList, Unit};
use baotu_storage::Engine;
use baotu_storage::testing::{self, MIGRATED_AT, TestStore};
use baotu_vocabulary::{CaseId, Chance, Event, EventId, Moment, PersonId, PostCode, Surroundings};
use geozero::mvt::{Message, Tile};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::city::{at, atlas};

/// A moment that stands still, and chances in order.
#[derive(Default)]
struct Still {
    draws: AtomicU8,
}

impl Surroundings for Still {
    fn now(&self) -> Moment {
        MIGRATED_AT
    }

    fn chance(&self) -> Chance {
        [self.draws.fetch_add(1, Ordering::SeqCst); 10]
    }
}

/// The grants of the fixture's city: whoever receives at a unit reads what concerns it.
const ROLES: &str = r#"
[[role]]
name = "unit-receiver"
title = "收件员"

[[grant]]
role = "unit-receiver"
actions = ["cases.read"]
resource = "case"
relation = "unit"
"#;

/// The routes over a store of its own, which lives as long as the answer is awaited.
struct City {
    _store: TestStore,
    state: GeoState,
}

async fn city() -> City {
    let store = testing::open(Engine::Sqlite).await;
    let atlas = Arc::new(atlas());
    let live = GeoLive::new(Arc::clone(&atlas), vec!["一般".to_owned()]);
    live.apply(&Event {
        id: EventId::new(Moment::from_micros(1), [1; 10]),
        source: "cases".to_owned(),
        kind: "cases.opened".to_owned(),
        subject: "x".to_owned(),
        time: Moment::from_micros(1),
        data: json!({
            "case_id": CaseId::new(Moment::from_micros(1), [1; 10]), "level": "一般", "status": "受理",
            "procedure": "simple-request", "place": {"lon": 117.012, "lat": 36.692}, "lead_unit": "works",
            "co_units": [],
        }),
    });
    let access = AccessState::new(AccessParts {
        store: store.store.clone(),
        keys: Keys::derive(&[7; 32]),
        roles: &toml::from_str(ROLES).expect("roles of the fixture"),
        units: &["works", "parks"].map(unit),
        posts: &["works", "parks"].map(receiver),
        surroundings: Arc::new(Still::default()),
        settings: AccessSettings { password_cost: PasswordCost::CHEAPEST, ..AccessSettings::default() },
    });
    let base_map = Arc::new(BaseMap::new(Arc::clone(&atlas)));
    let past = Arc::new(GeoPast::new(Arc::clone(&atlas), vec!["一般".to_owned()], Arc::new(OneCaseOnce)));
    City { _store: store, state: GeoState { atlas, base_map, live: Arc::new(live), past, access } }
}

/// One case was open until [`LATE`]; before [`EARLY`] nothing is known.
struct OneCaseOnce;

const EARLY: &str = "2026-11-24T01:00:00Z";
const LATE: &str = "2026-11-24T02:00:00Z";

impl PastCases for OneCaseOnce {
    fn open_at(&self, when: Moment) -> OpenThen<'_> {
        let moment = |text: &str| text.parse::<Moment>().expect("a moment of the fixture");
        let case = OpenCase {
            case: CaseId::new(Moment::from_micros(1), [2; 10]),
            place: at(117.012, 36.692),
            level: "一般".to_owned(),
            status: "受理".to_owned(),
            concern: Concern {
                procedure: "simple-request".into(),
                division: None,
                units: vec!["works".into()],
            },
        };
        let answer = if when < moment(EARLY) {
            Err(PastUnknown::NoSuchMoment)
        } else {
            Ok(if when < moment(LATE) { vec![case] } else { Vec::new() })
        };
        Box::pin(std::future::ready(answer))
    }
}

fn unit(code: &str) -> Unit {
    Unit {
        code: code.into(),
        name: format!("{code} 单位"),
        kind: "bureau".to_owned(),
        parent: None,
        area: "370100".to_owned(),
        credit_code: None,
        phone: None,
        source: "synthetic".to_owned(),
    }
}

fn receiver(unit: &str) -> Post {
    Post {
        code: format!("{unit}.receiver").into(),
        title: "收件员".to_owned(),
        unit: unit.into(),
        roles: RoleList(vec!["unit-receiver".into()]),
        holders: 1,
    }
}

impl City {
    /// A token of somebody who sits at `post`, or acts for themselves.
    async fn token(&self, user: &str, post: Option<PostCode>) -> String {
        let access = &self.state.access;
        let person = PersonId::new(access.now(), access.surroundings().chance());
        let hash = access.hash_password("spring-water-72".to_owned()).await.expect("a hash");
        let seed = SeedPerson {
            person,
            user: user.to_owned(),
            name: "王小明".to_owned(),
            phone: None,
            posts: post.iter().cloned().collect(),
        };
        access.seed([seed], &hash).await.expect("the person is entered");
        access.open_session(person, post).await.expect("a session").1
    }
}

async fn send(request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
    answered(&city().await, request).await
}

async fn answered(city: &City, request: Request<Body>) -> (StatusCode, HeaderMap, Vec<u8>) {
    let router = routes(city.state.clone()).split_for_parts().0;
    let response = router.oneshot(request).await.expect("the router answers");
    let (status, headers) = (response.status(), response.headers().clone());
    let body = to_bytes(response.into_body(), 1 << 20).await.expect("a small body");
    (status, headers, body.to_vec())
}

async fn get(path: &str) -> (StatusCode, Value) {
    let (status, _, body) = send(Request::get(path).body(Body::empty()).expect("a request")).await;
    (status, serde_json::from_slice(&body).expect("JSON"))
}

fn tile_path(layer: &str, zoom: u8) -> String {
    let side = f64::from(1_u32 << zoom);
    let point = at(117.012, 36.692);
    let x = ((point.lon() + 180.0) / 360.0 * side).floor();
    let y = ((1.0 - point.lat().to_radians().tan().asinh() / std::f64::consts::PI) / 2.0 * side).floor();
    assert!(TileAddress::of(point, zoom).is_ok());
    format!("/tiles/{layer}/{zoom}/{x}/{y}")
}

#[tokio::test]
async fn a_point_is_answered_for() {
    let (status, body) = get("/api/geo/at?lon=117.012&lat=36.692").await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn places_are_found_with_their_divisions() {
    let (status, body) = get("/api/geo/search?q=%E7%8E%8B%E5%BA%84&near=117.08,36.69").await;
    assert_eq!(status, StatusCode::OK);
    insta::assert_json_snapshot!(body);
}

#[tokio::test]
async fn divisions_are_listed_level_by_level() {
    let names = |body: Value| -> Vec<String> {
        let list = body.as_array().expect("a list").clone();
        list.iter().map(|one| format!("{} {}", one["name"].as_str().expect("a name"), one["parts"])).collect()
    };
    assert_eq!(names(get("/api/geo/divisions").await.1), ["泉城市 2"]);
    assert_eq!(names(get("/api/geo/divisions?parent=370100").await.1), ["西泉区 2", "天桥区 2"]);
    assert_eq!(names(get("/api/geo/divisions?parent=371202").await.1), ["泉水路街道 2", "柳林镇 1"]);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    for (path, status, code) in [
        ("/api/geo/at?lon=118&lat=36.69", 422, "outside-city"),
        ("/api/geo/at?lon=36.69&lat=117.01", 422, "coordinates-swapped"),
        ("/api/geo/at?lon=NaN&lat=36.69", 422, "coordinates-out-of-range"),
        ("/api/geo/at?lon=east&lat=36.69", 422, "body-invalid"),
        ("/api/geo/at?lon=117", 422, "body-invalid"),
        ("/api/geo/at?lon=117&lat=36.69&alt=3", 422, "body-invalid"),
        ("/api/geo/at?lon=%FF&lat=36.69", 400, "malformed-query"),
        ("/api/geo/search?q=", 422, "nothing-to-search"),
        ("/api/geo/search?q=x&near=117", 422, "unreadable-point"),
        ("/api/geo/search?q=x&near=217,36", 422, "coordinates-out-of-range"),
        ("/api/geo/divisions?parent=370199", 404, "unknown-division"),
        ("/api/geo/divisions?parent=%27%3B--", 404, "unknown-division"),
        ("/tiles/base/3/8/0", 404, "unknown-tile"),
        ("/tiles/base/40/0/0", 404, "unknown-tile"),
        ("/tiles/base/-1/0/0", 404, "not-found"),
        ("/tiles/live/1/a/0", 404, "not-found"),
    ] {
        let (answered, body) = get(path).await;
        assert_eq!((answered.as_u16(), body["code"].as_str()), (status, Some(code)), "{path}: {body}");
        assert_eq!(body["status"], status, "{path}: {body}");
    }
}

#[tokio::test]
async fn a_tile_is_sent_packed_or_plain_and_only_when_new() {
    let path = tile_path("base", 12);
    let request = |headers: &[(header::HeaderName, &str)]| {
        let builder = Request::get(path.as_str());
        let builder = headers.iter().fold(builder, |builder, (name, value)| builder.header(name, *value));
        builder.body(Body::empty()).expect("a request")
    };
    let (status, headers, packed) = send(request(&[(header::ACCEPT_ENCODING, "br, gzip")])).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CONTENT_ENCODING], "gzip");
    assert_eq!(headers[header::CONTENT_TYPE], "application/vnd.mapbox-vector-tile");
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=3600");
    assert_eq!(packed[..2], [0x1f, 0x8b]);
    for refusing in ["", "br", "gzip;q=0"] {
        let (_, headers, plain) = send(request(&[(header::ACCEPT_ENCODING, refusing)])).await;
        assert!(headers.get(header::CONTENT_ENCODING).is_none(), "{refusing}");
        assert!(!Tile::decode(&plain[..]).expect("a plain tile").layers.is_empty());
    }
    let etag = headers[header::ETAG].to_str().expect("ASCII").to_owned();
    let (status, again, body) = send(request(&[(header::IF_NONE_MATCH, &etag)])).await;
    assert_eq!((status, body.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(again[header::ETAG], etag.as_str());
    let (status, ..) = send(request(&[(header::IF_NONE_MATCH, "\"other\"")])).await;
    assert_eq!(status, StatusCode::OK);
}

#[tokio::test]
async fn an_empty_tile_has_no_content() {
    for layer in ["base", "live"] {
        let path = format!("/tiles/{layer}/12/0/0");
        let (status, _, body) = send(Request::get(path).body(Body::empty()).expect("a request")).await;
        assert_eq!((status, body.len()), (StatusCode::NO_CONTENT, 0));
    }
}

#[tokio::test]
async fn single_cases_are_seen_by_the_unit_in_charge_only() {
    let city = city().await;
    let concerned = city.token("clerk", Some("works.receiver".into())).await;
    let other = city.token("gardener", Some("parks.receiver".into())).await;
    let resident = city.token("resident", None).await;
    for (token, sees_case) in
        [(Some(concerned), true), (Some(other), false), (Some(resident), false), (None, false)]
    {
        let request = Request::get(tile_path("live", 14));
        let request = match &token {
            Some(token) => request.header(header::AUTHORIZATION, format!("Bearer {token}")),
            None => request,
        };
        let (status, headers, body) = answered(&city, request.body(Body::empty()).expect("a request")).await;
        assert_eq!(status, StatusCode::OK);
        assert_eq!(headers[header::CACHE_CONTROL], "private, no-cache");
        let tile = Tile::decode(&body[..]).expect("a plain tile");
        let expected: &[&str] =
            if sees_case { &["case", "level", "status", "procedure", "count"] } else { &["count", "level"] };
        assert_eq!(tile.layers[0].keys, expected);
    }
}

#[tokio::test]
async fn a_tile_of_the_past_shows_what_was_open_then_and_no_case_by_itself() {
    let city = city().await;
    let address = TileAddress::of(at(117.012, 36.692), 14).expect("within the pyramid");
    let (x, y) = address.column_and_row();
    let tile = async |query: &str, token: Option<&str>| {
        let mut request = Request::get(format!("/tiles/live/14/{x}/{y}?{query}"));
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        answered(&city, request.body(Body::empty()).expect("a request")).await
    };
    let then = "at=2026-11-24T01:30:00Z";
    let (status, headers, body) = tile(then, None).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=3600");
    let works = city.token("works", Some("works.receiver".into())).await;
    assert_eq!(tile(then, Some(&works)).await.2, body, "the unit sees no more of the past than anybody");
    let of_others = format!("{then}&procedures=other");
    assert_eq!(tile(&of_others, None).await.0, StatusCode::NO_CONTENT);
    let of_it = format!("{then}&procedures=other,simple-request");
    assert_eq!(tile(&of_it, None).await.2, body);
    assert_eq!(tile(&format!("at={LATE}"), None).await.0, StatusCode::NO_CONTENT, "it was closed by then");
    assert_eq!(tile("at=2026-11-23T00:00:00Z", None).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_routes_are_documented() {
    let (_, api) = routes(city().await.state.clone()).split_for_parts();
    let paths: Vec<&String> = api.paths.paths.keys().collect();
    assert_eq!(
        paths,
        [
            "/api/geo/at",
            "/api/geo/divisions",
            "/api/geo/search",
            "/tiles/base/{z}/{x}/{y}",
            "/tiles/live/{z}/{x}/{y}"
        ]
    );
}
