//! The screens, inside the binary: the resident page, the officials' desk and the live screen.
//!
//! `build.rs` builds them with vite; here they are handed out with the right headers. This crate knows no route
//! of the services and no data: what the screens show, they ask over the public interface.

mod answer;
mod files;

use std::path::PathBuf;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;

use crate::files::Files;

/// How the screens came into this build: `built`, `cached` (same sources, built before) or `stub` (no Node).
pub const STATE: &str = env!("BAOTU_WEB_STATE");

/// The environment variable that names a folder with built screens, served in place of those inside the binary.
pub const FOLDER_VARIABLE: &str = "BAOTU_WEB_DIR";

/// Files with a fixed name: the icons of the pages, and what a phone needs to install the resident page.
const LOOSE_FILES: [&str; 5] =
    ["favicon.svg", "manifest.webmanifest", "icon-192.png", "icon-512.png", "icon-maskable-512.png"];

/// The paths of the resident page; any other path below `/` is left to the services and to their 404.
/// The same paths stand in `web/src/resident/routes.ts`.
const RESIDENT_PATHS: [&str; 8] =
    ["/", "/report", "/cases", "/cases/{*rest}", "/air", "/air/{*rest}", "/notices", "/sign-in"];

/// The screens at `/`, `/desk` and `/screen`, and their files at `/assets/`.
///
/// They come from the binary, or from the folder that `BAOTU_WEB_DIR` names.
pub fn router() -> Router {
    router_of(std::env::var_os(FOLDER_VARIABLE).map(PathBuf::from))
}

/// The same, from the given folder; from the binary without one.
pub fn router_of(folder: Option<PathBuf>) -> Router {
    let files = folder.map_or(Files::Embedded, Files::Folder);
    let mut router = Router::new().route("/assets/{*path}", get(asset)).route("/sw.js", get(worker));
    for name in LOOSE_FILES {
        router = router.route(&format!("/{name}"), get(move |files, headers| loose(name, files, headers)));
    }
    for path in RESIDENT_PATHS {
        router = router.route(path, get(|files, headers| page("resident.html", files, headers)));
    }
    for path in ["/desk", "/desk/", "/desk/{*rest}"] {
        router = router.route(path, get(|files, headers| page("desk.html", files, headers)));
    }
    for path in ["/screen", "/screen/", "/screen/{*rest}"] {
        router = router.route(path, get(|files, headers| page("screen.html", files, headers)));
    }
    router.with_state(files)
}

async fn page(name: &'static str, State(files): State<Files>, headers: HeaderMap) -> Response {
    match files.best(name, &headers).await {
        Some(file) => answer::page(file, &headers),
        None => answer::page_missing(name),
    }
}

async fn asset(Path(path): Path<String>, State(files): State<Files>, headers: HeaderMap) -> Response {
    match files.best(&format!("assets/{path}"), &headers).await {
        Some(file) => answer::asset(file, &headers),
        None => answer::not_found(),
    }
}

/// The program by which a device keeps the resident page; asked for anew each time, for it names the current files.
async fn worker(State(files): State<Files>, headers: HeaderMap) -> Response {
    match files.best("sw.js", &headers).await {
        Some(file) => answer::page(file, &headers),
        None => answer::not_found(),
    }
}

async fn loose(name: &'static str, State(files): State<Files>, headers: HeaderMap) -> Response {
    match files.best(name, &headers).await {
        Some(file) => answer::loose(file, &headers),
        None => answer::not_found(),
    }
}
