//! Photos: uploaded as they are or as a form's field `file`, shown to those who may see their case.

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Multipart, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use baotu_access::http::{Anyone, Json, Path, Problem, Signed};
use baotu_vocabulary::BlobId;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::photos::{PHOTO_BYTES_MAX, PhotoRefused};
use crate::service::{Cases, KeptPhoto};

/// Bytes that a multipart form may need around the photo.
const FORM_BYTES: usize = 64 << 10;
/// How long a browser keeps a photo, in seconds; it never changes, but who may see it may.
const PHOTO_SECONDS: u32 = 3_600;

/// The routes of photos, which take larger bodies than others.
pub(super) fn routes() -> OpenApiRouter<Cases> {
    OpenApiRouter::new()
        .routes(routes!(keep))
        .routes(routes!(show))
        .layer(DefaultBodyLimit::max(PHOTO_BYTES_MAX + FORM_BYTES))
}

/// Takes a photo in: the bytes with their type, or a multipart form with a field `file`.
#[utoipa::path(post, path = "/api/blobs", tag = "cases", request_body(content = String, content_type = "image/jpeg"),
    responses((status = 201, body = KeptPhoto), (status = 401, body = Problem), (status = 413, body = Problem),
        (status = 415, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn keep(
    State(cases): State<Cases>,
    Signed(actor): Signed,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Json<KeptPhoto>), Problem> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let bytes = if kind.starts_with("multipart/form-data") {
        field(request).await?
    } else if kind.starts_with("image/") || kind.starts_with("application/octet-stream") {
        Bytes::from_request(request, &()).await.map_err(|error| refused(error.status()))?
    } else {
        return Err(PhotoRefused::UnsupportedType.into());
    };
    Ok((StatusCode::CREATED, Json(cases.keep_photo(bytes.into(), &actor).await?)))
}

/// The field `file` of a multipart form.
async fn field(request: Request) -> Result<Bytes, Problem> {
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| refused(error.status()))?;
    while let Some(field) = form.next_field().await.map_err(|error| refused(error.status()))? {
        if field.name() == Some("file") {
            return field.bytes().await.map_err(|error| refused(error.status()));
        }
    }
    Err(PhotoRefused::UnsupportedType.into())
}

/// A body that could not be read: too large, or broken off.
fn refused(status: StatusCode) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        PhotoRefused::TooLarge.into()
    } else {
        PhotoRefused::Damaged.into()
    }
}

/// A photo.
#[utoipa::path(get, path = "/api/blobs/{id}", tag = "cases", params(("id" = String, Path)), responses(
    (status = 200, description = "The bytes", content_type = "image/*"),
    (status = 404, description = "Also when the reader may not see its case", body = Problem)))]
pub(super) async fn show(
    State(cases): State<Cases>,
    Anyone(actor): Anyone,
    headers: HeaderMap,
    Path(id): Path<BlobId>,
) -> Result<Response, Problem> {
    let photo = cases.photo(id, &actor).await?;
    let ascii = |text: &str| HeaderValue::from_str(text).expect("types and digests are ASCII");
    let etag = ascii(&format!("\"{}\"", photo.digest));
    if headers.get(header::IF_NONE_MATCH) == Some(&etag) {
        return Ok((StatusCode::NOT_MODIFIED, [(header::ETAG, etag)]).into_response());
    }
    let headers = [
        (header::CONTENT_TYPE, ascii(&photo.media_type)),
        (header::ETAG, etag),
        (header::CACHE_CONTROL, ascii(&format!("private, max-age={PHOTO_SECONDS}"))),
        // Whatever the bytes are, a browser shows them as nothing but a picture.
        (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("default-src 'none'; sandbox")),
    ];
    Ok((headers, photo.bytes).into_response())
}
