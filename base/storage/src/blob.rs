//! Blobs: files named after the SHA-256 of their bytes, so that the same photo is kept once and damage is noticed.
//!
//! Whose blob it is, how large it may be and who may see it is for the engines. A blob is put before the unit of
//! work that names it; one that no unit ever named is only wasted space.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

use crate::{Store, StoreFault};

/// The SHA-256 of some bytes; written as 64 lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text that is no [`Digest`].
#[derive(Debug, thiserror::Error)]
#[error("not a SHA-256 digest")]
pub struct DigestError;

impl Digest {
    /// The digest of `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The 32 bytes.
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = DigestError;

    fn from_str(text: &str) -> Result<Self, DigestError> {
        let nibble = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(DigestError),
        };
        let (pairs, rest) = text.as_bytes().as_chunks::<2>();
        if pairs.len() != 32 || !rest.is_empty() {
            return Err(DigestError);
        }
        let mut bytes = [0; 32];
        for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = nibble(*high)? << 4 | nibble(*low)?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// What an engine keeps of a blob in its own row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlobRef {
    /// What its bytes hash to, and so where it lies.
    pub digest: Digest,
    /// Bytes.
    pub length: u64,
    /// The media type its giver declared or a door has found out.
    pub media_type: String,
}

/// The folder of blobs: `ab/abcdef…`, two digits to spread the files.
#[derive(Clone, Debug)]
pub(crate) struct BlobFolder(pub(crate) PathBuf);

impl BlobFolder {
    fn path(&self, digest: Digest) -> PathBuf {
        let name = digest.to_string();
        self.0.join(&name[..2]).join(name)
    }

    /// Writes the bytes beside their place, then moves them there: a reader sees all of them or nothing.
    fn put(&self, digest: Digest, bytes: &[u8]) -> Result<(), StoreFault> {
        /// Tells the unfinished files of one process apart.
        static UNFINISHED: AtomicU64 = AtomicU64::new(0);

        let path = self.path(digest);
        let folder = path.parent().unwrap_or(&self.0);
        if !folder.exists() {
            fs::create_dir_all(folder).map_err(StoreFault::file(folder))?;
            sync_folder(&self.0)?;
        }
        if !path.exists() {
            let number = UNFINISHED.fetch_add(1, Ordering::Relaxed);
            let unfinished = folder.join(format!("{digest}.{}-{number}.part", std::process::id()));
            let written = write_durably(&unfinished, bytes)
                .and_then(|()| fs::rename(&unfinished, &path).map_err(StoreFault::file(&path)));
            if written.is_err() {
                // Nothing to do when this fails as well: the first error is the one to tell.
                fs::remove_file(&unfinished).ok();
            }
            written?;
        }
        // Also when the file was there: the caller that moved it may not have come to this line yet.
        sync_folder(folder)
    }

    fn get(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreFault> {
        let path = self.path(digest);
        match fs::read(&path) {
            Ok(bytes) if Digest::of(&bytes) == digest => Ok(Some(bytes)),
            Ok(_) => Err(StoreFault::BlobDamaged(digest)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreFault::file(path)(error)),
        }
    }
}

/// Writes a file and waits until it is on disk.
pub(crate) fn write_durably(path: &Path, bytes: &[u8]) -> Result<(), StoreFault> {
    let write = || {
        // A crashed process with the same number may have left its unfinished file here.
        let mut file = OpenOptions::new().write(true).create(true).truncate(true).open(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(StoreFault::file(path))
}

/// Makes the names in a folder durable.
pub(crate) fn sync_folder(folder: &Path) -> Result<(), StoreFault> {
    File::open(folder).and_then(|file| file.sync_all()).map_err(StoreFault::file(folder))
}

impl Store {
    /// Keeps bytes durably and says where. The limit on their length is the caller's.
    ///
    /// # Errors
    /// When the file system refuses.
    pub async fn put_blob(&self, bytes: Vec<u8>, media_type: &str) -> Result<BlobRef, StoreFault> {
        let folder = self.blob_folder().clone();
        let media_type = media_type.to_owned();
        let put = move || {
            let digest = Digest::of(&bytes);
            folder.put(digest, &bytes)?;
            Ok(BlobRef { digest, length: bytes.len() as u64, media_type })
        };
        tokio::task::spawn_blocking(put).await.map_err(|_| StoreFault::Closed)?
    }

    /// The bytes with this digest, or nothing when they were never put.
    ///
    /// # Errors
    /// [`StoreFault::BlobDamaged`] when the bytes on disk have changed; a file fault when they cannot be read.
    pub async fn get_blob(&self, digest: Digest) -> Result<Option<Vec<u8>>, StoreFault> {
        let folder = self.blob_folder().clone();
        tokio::task::spawn_blocking(move || folder.get(digest)).await.map_err(|_| StoreFault::Closed)?
    }
}
