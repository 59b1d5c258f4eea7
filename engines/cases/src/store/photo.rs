//! Photos: whose they are and which case they belong to; their bytes are blobs.

use baotu_storage::{BlobRef, Row, RowError, Store, StoreFault, Work, params};
use baotu_vocabulary::{BlobId, CaseId, Moment};

/// The expectation that fails when a photo belongs to somebody else or to another case.
pub(crate) const PHOTO_TAKEN: &str = "cases.photo";

/// What is kept of a photo beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PhotoRecord {
    pub(crate) id: BlobId,
    pub(crate) blob: BlobRef,
    /// Who brought it, as [`baotu_vocabulary::Actor::reference`] tells.
    pub(crate) uploader: String,
    pub(crate) uploaded_at: Moment,
    /// The case that names it; none until one does.
    pub(crate) case: Option<CaseId>,
}

/// Adds a photo that no case names yet.
pub(crate) fn insert(work: &mut Work, photo: &PhotoRecord) {
    let length = i64::try_from(photo.blob.length).unwrap_or(i64::MAX);
    work.run(
        "INSERT INTO cases_photo (id, digest, length, media_type, uploader, uploaded_at, case_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            photo.id,
            photo.blob.digest,
            length,
            &photo.blob.media_type,
            &photo.uploader,
            photo.uploaded_at,
            photo.case
        ],
    );
}

/// Gives photos to a case; fails with [`PHOTO_TAKEN`] unless each was brought by `uploader` or is the case's already.
pub(crate) fn attach(work: &mut Work, photos: &[BlobId], case: CaseId, uploader: &str) {
    for photo in photos {
        work.run_expecting(
            "UPDATE cases_photo SET case_id = $2
             WHERE id = $1 AND (case_id = $2 OR (case_id IS NULL AND uploader = $3))",
            params![*photo, case, uploader],
            1,
            PHOTO_TAKEN,
        );
    }
}

/// A photo, if there is one with this id.
pub(crate) async fn photo(store: &Store, id: BlobId) -> Result<Option<PhotoRecord>, StoreFault> {
    let sql = "SELECT id, digest, length, media_type, uploader, uploaded_at, case_id
               FROM cases_photo WHERE id = $1";
    let row = store.query_optional(sql, params![id]).await?;
    Ok(row.as_ref().map(read).transpose()?)
}

fn read(row: &Row) -> Result<PhotoRecord, RowError> {
    Ok(PhotoRecord {
        id: row.parse("id")?,
        blob: BlobRef {
            digest: row.parse("digest")?,
            length: u64::try_from(row.int("length")?).unwrap_or(0),
            media_type: row.text("media_type")?,
        },
        uploader: row.text("uploader")?,
        uploaded_at: row.moment("uploaded_at")?,
        case: row.opt_parse("case_id")?,
    })
}
