//! The headers with which files go out: how long they may be kept, and what a page may do.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::files::Served;

/// What a page may load: its own host alone. `blob:` images are photos before they are sent, `data:` images are
/// small patterns that the map libraries draw; a map's worker is a file of ours.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    font-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// What a page may ask of the device.
const PERMISSIONS: &str = "camera=(self), geolocation=(self), microphone=(), payment=()";

/// Files below `assets/` carry a hash of their content in their name: one name, one content, for ever.
const CACHE_FOR_EVER: &str = "public, max-age=31536000, immutable";

/// Pages name the current assets, so they are asked for each time; an unchanged one costs a 304.
const CACHE_ASK_AGAIN: &str = "no-cache";

/// Files with a fixed name outside `assets/`: a day.
const CACHE_A_DAY: &str = "public, max-age=86400";

/// A page, with the policy it runs under.
pub(crate) fn page(file: Served, asked: &HeaderMap) -> Response {
    let mut response = entity(file, asked, CACHE_ASK_AGAIN);
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::HeaderName::from_static("permissions-policy"), PERMISSIONS),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

/// A file whose name changes with its content.
pub(crate) fn asset(file: Served, asked: &HeaderMap) -> Response {
    entity(file, asked, CACHE_FOR_EVER)
}

/// A file with a fixed name.
pub(crate) fn loose(file: Served, asked: &HeaderMap) -> Response {
    entity(file, asked, CACHE_A_DAY)
}

/// The answer when a file is not there; never kept, for it may be there after the next upgrade.
pub(crate) fn not_found() -> Response {
    (StatusCode::NOT_FOUND, [(header::CACHE_CONTROL, "no-store")], "没有这个文件。\n").into_response()
}

/// The answer when the named folder holds no such page: a mistake of whoever set it, so it says which.
pub(crate) fn page_missing(name: &str) -> Response {
    let text = format!("界面文件缺失：{} 指向的文件夹中没有 {name}。\n", crate::FOLDER_VARIABLE);
    (StatusCode::SERVICE_UNAVAILABLE, [(header::CACHE_CONTROL, "no-store")], text).into_response()
}

fn entity(file: Served, asked: &HeaderMap, cache: &'static str) -> Response {
    let tag = tag(&file.digest);
    let mut response = if is_known(asked, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(match file.bytes {
            std::borrow::Cow::Borrowed(bytes) => axum::body::Bytes::from_static(bytes),
            std::borrow::Cow::Owned(bytes) => axum::body::Bytes::from(bytes),
        }));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&file.name)));
        if let Some(encoding) = file.encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        response
    };
    let headers = response.headers_mut();
    headers.insert(header::ETAG, HeaderValue::from_str(&tag).expect("hexadecimal digits in quotes"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The entity tag: from the content, so that two builds of the same sources agree.
fn tag(digest: &[u8; 32]) -> String {
    let mut tag = String::from("\"");
    for byte in &digest[..16] {
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
}

/// Whether the asker has this entity already (RFC 9110 §13.1.2, weak comparison).
fn is_known(asked: &HeaderMap, tag: &str) -> bool {
    asked
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .any(|known| known == "*" || known.trim_start_matches("W/") == tag)
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("html") => "text/html; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("json" | "map") => "application/json",
        Some("webmanifest") => "application/manifest+json",
        Some("png") => "image/png",
        Some("webp") => "image/webp",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}
