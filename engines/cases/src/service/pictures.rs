//! Photos: taken in before a case names them, given out to those who may see the case.

use baotu_access::Failure;
use baotu_storage::Work;
use baotu_vocabulary::{Actor, ActorKind, BlobId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{CaseFailure, CaseRefused, Cases};
use crate::photos::Photo;
use crate::store::{self, PhotoRecord};

/// A photo that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct KeptPhoto {
    /// By this id forms name it.
    pub id: String,
    /// Its type.
    pub media_type: String,
    /// Its bytes, counted after what told who took it was removed.
    pub length: u64,
}

/// A photo to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoBytes {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its type.
    pub media_type: String,
    /// What its bytes hash to: it never changes.
    pub digest: String,
}

impl Cases {
    /// Takes a photo in; whoever brought it may name it in a form.
    ///
    /// # Errors
    /// No photo, too large, damaged; nobody known may bring one. Or a fault.
    pub async fn keep_photo(&self, bytes: Vec<u8>, actor: &Actor) -> Result<KeptPhoto, CaseFailure> {
        if actor.kind == ActorKind::Nobody {
            return Err(Failure::Refused(CaseRefused::Denied(baotu_access::Denied::SignInNeeded)));
        }
        let read = tokio::task::spawn_blocking(move || Photo::read(bytes)).await.map_err(Failure::fault)?;
        let photo = read.map_err(|refused| Failure::Refused(refused.into()))?;
        let now = self.now();
        let blob = self.shared.store.put_blob(photo.bytes, photo.media_type).await?;
        let record = PhotoRecord {
            id: BlobId::new(now, self.shared.access.surroundings().chance()),
            blob,
            uploader: actor.reference(),
            uploaded_at: now,
            case: None,
        };
        let mut work = Work::new();
        store::photos::insert(&mut work, &record);
        self.shared.store.commit(work).await?;
        Ok(KeptPhoto {
            id: record.id.to_string(),
            media_type: record.blob.media_type,
            length: record.blob.length,
        })
    }

    /// A photo, for whoever may see its case; before it has one, for whoever brought it.
    ///
    /// # Errors
    /// Not found, also when the actor may not know of it; or a fault.
    pub async fn photo(&self, id: BlobId, actor: &Actor) -> Result<PhotoBytes, CaseFailure> {
        let unknown = || Failure::Refused(CaseRefused::NotFound);
        let record = store::photos::photo(&self.shared.store, id).await?.ok_or_else(unknown)?;
        match record.case {
            Some(case) => {
                self.permitted(&case.to_string(), actor, "cases.read").await?;
            }
            None if record.uploader == actor.reference() && actor.kind != ActorKind::Nobody => {}
            None => return Err(unknown()),
        }
        let bytes = self.shared.store.get_blob(record.blob.digest).await?;
        let bytes = bytes.ok_or_else(|| Failure::fault(format!("photo {id} has no bytes")))?;
        Ok(PhotoBytes { bytes, media_type: record.blob.media_type, digest: record.blob.digest.to_string() })
    }
}
