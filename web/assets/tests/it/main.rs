//! The screens as a browser asks for them: which page, which encoding, how long to keep it, what it may load.

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use tower::ServiceExt as _;

/// A folder as vite leaves it: two encodings of one script, none of a small one.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::create_dir(folder.path().join("assets")).expect("made");
    for (name, text) in [
        ("resident.html", "resident"),
        ("desk.html", "desk"),
        ("screen.html", "screen"),
        ("favicon.svg", "<svg/>"),
        ("assets/main-1a2b.js", "plain"),
        ("assets/main-1a2b.js.br", "brotli"),
        ("assets/main-1a2b.js.gz", "gzip"),
        ("assets/small-3c4d.css", "small"),
        (".secret", "secret"),
    ] {
        std::fs::write(folder.path().join(name), text).expect("written");
    }
    folder
}

async fn ask(router: &Router, path: &str, headers: &[(&str, &str)]) -> Response<Body> {
    let mut request = Request::get(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("a request");
    router.clone().oneshot(request).await.expect("an answer")
}

async fn text(response: Response<Body>) -> String {
    let bytes = axum::body::to_bytes(response.into_body(), 1 << 20).await.expect("a body");
    String::from_utf8(bytes.to_vec()).expect("text")
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> &'a str {
    response.headers().get(name).map_or("", |value| value.to_str().expect("text"))
}

#[tokio::test]
async fn each_path_opens_its_face() {
    let folder = folder();
    let router = baotu_web::router_of(Some(folder.path().to_owned()));
    for (path, face) in [
        ("/", "resident"),
        ("/report", "resident"),
        ("/cases/JN20261122000001", "resident"),
        ("/desk", "desk"),
        ("/desk/", "desk"),
        ("/desk/cases/JN20261122000001?after=x", "desk"),
        ("/screen", "screen"),
        ("/screen/flood", "screen"),
    ] {
        let response = ask(&router, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert_eq!(text(response).await, face, "{path}");
    }
    for path in ["/api/nothing", "/healthz", "/reports", "/desk.html"] {
        assert_eq!(ask(&router, path, &[]).await.status(), StatusCode::NOT_FOUND, "{path} is not a page");
    }
}

#[tokio::test]
async fn a_page_is_asked_for_again_and_loads_from_its_own_host_alone() {
    let folder = folder();
    let router = baotu_web::router_of(Some(folder.path().to_owned()));
    let page = ask(&router, "/desk", &[]).await;
    assert_eq!(header(&page, "cache-control"), "no-cache");
    assert_eq!(header(&page, "content-type"), "text/html; charset=utf-8");
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    let policy = header(&page, "content-security-policy");
    for part in ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{part} in {policy}");
    }
    for part in ["unsafe", "http", "*"] {
        assert!(!policy.contains(part), "no {part} in {policy}");
    }
}

#[tokio::test]
async fn an_unchanged_page_costs_no_bytes() {
    let folder = folder();
    let router = baotu_web::router_of(Some(folder.path().to_owned()));
    let tag = header(&ask(&router, "/", &[]).await, "etag").to_owned();
    assert!(tag.starts_with('"') && tag.len() == 34, "{tag}");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"other\", {tag}")] {
        let again = ask(&router, "/", &[("if-none-match", &known)]).await;
        assert_eq!(again.status(), StatusCode::NOT_MODIFIED, "{known}");
        assert_eq!(header(&again, "etag"), tag);
        assert!(header(&again, "content-security-policy").contains("default-src"));
        assert_eq!(text(again).await, "");
    }
    std::fs::write(folder.path().join("resident.html"), "changed").expect("written");
    let changed = ask(&router, "/", &[("if-none-match", &tag)]).await;
    assert_eq!(changed.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_asset_is_kept_for_ever_in_the_best_encoding_taken() {
    let folder = folder();
    let router = baotu_web::router_of(Some(folder.path().to_owned()));
    let mut tags = std::collections::BTreeSet::new();
    for (taken, encoding, body) in
        [("gzip, deflate, br, zstd", "br", "brotli"), ("gzip", "gzip", "gzip"), ("identity", "", "plain")]
    {
        let response = ask(&router, "/assets/main-1a2b.js", &[("accept-encoding", taken)]).await;
        assert_eq!(header(&response, "content-encoding"), encoding, "{taken}");
        assert_eq!(header(&response, "content-type"), "text/javascript; charset=utf-8");
        assert_eq!(header(&response, "cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(header(&response, "vary"), "accept-encoding");
        tags.insert(header(&response, "etag").to_owned());
        assert_eq!(text(response).await, body);
    }
    assert_eq!(tags.len(), 3, "each encoding is an entity of its own");
    let small = ask(&router, "/assets/small-3c4d.css", &[("accept-encoding", "br")]).await;
    assert_eq!(header(&small, "content-encoding"), "");
    assert_eq!(text(small).await, "small");
}

#[tokio::test]
async fn nothing_outside_the_screens_is_handed_out() {
    let folder = folder();
    let router = baotu_web::router_of(Some(folder.path().to_owned()));
    for path in ["/assets/../.secret", "/assets/%2e%2e/.secret", "/assets/..%2f.secret", "/assets/nothing.js"]
    {
        let response = ask(&router, path, &[]).await;
        assert_eq!(response.status(), StatusCode::NOT_FOUND, "{path}");
        assert_eq!(header(&response, "cache-control"), "no-store", "{path}");
    }
}

#[tokio::test]
async fn a_folder_without_pages_says_what_is_wrong() {
    let empty = tempfile::tempdir().expect("a folder");
    let router = baotu_web::router_of(Some(empty.path().to_owned()));
    let response = ask(&router, "/screen", &[]).await;
    assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
    let told = text(response).await;
    assert!(told.contains("BAOTU_WEB_DIR") && told.contains("screen.html"), "{told}");
}

#[tokio::test]
async fn the_binary_holds_every_page() {
    assert!(["built", "cached", "stub"].contains(&baotu_web::STATE));
    let router = baotu_web::router_of(None);
    for path in ["/", "/desk", "/screen"] {
        let response = ask(&router, path, &[]).await;
        assert_eq!(response.status(), StatusCode::OK, "{path}");
        assert!(text(response).await.contains("<html lang=\"zh-CN\">"), "{path}");
    }
}
