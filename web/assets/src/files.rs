//! Where the files of the screens come from: the binary or a folder, plain or compressed beforehand.
//!
//! Nothing is compressed here; the build wrote `.br` and `.gz` beside each file that gains from it.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use axum::http::{HeaderMap, header};
use sha2::{Digest, Sha256};

#[derive(rust_embed::RustEmbed)]
#[folder = "$OUT_DIR/dist"]
struct Embedded;

/// The source of all files.
#[derive(Clone, Debug)]
pub(crate) enum Files {
    /// Inside the binary.
    Embedded,
    /// A folder of built screens, read at each request: it is the way of a site that mends them by hand.
    Folder(PathBuf),
}

/// One file as it goes out.
#[derive(Debug)]
pub(crate) struct Served {
    /// Its name without the ending of the compression.
    pub(crate) name: String,
    /// `br` or `gzip`; none when plain.
    pub(crate) encoding: Option<&'static str>,
    /// The bytes in that encoding.
    pub(crate) bytes: Cow<'static, [u8]>,
    /// SHA-256 of these bytes: two encodings of one file are two entities.
    pub(crate) digest: [u8; 32],
}

/// The encodings written beforehand, best first, with the ending of their files.
const ENCODINGS: [(&str, &str); 2] = [("br", ".br"), ("gzip", ".gz")];

impl Files {
    /// The file in the best encoding that the asker takes; none if there is no such file.
    pub(crate) async fn best(&self, name: &str, headers: &HeaderMap) -> Option<Served> {
        if !is_plain(name) {
            return None;
        }
        let taken = headers
            .get_all(header::ACCEPT_ENCODING)
            .iter()
            .filter_map(|value| value.to_str().ok())
            .collect::<Vec<_>>()
            .join(",");
        for (encoding, ending) in ENCODINGS {
            if takes(&taken, encoding)
                && let Some((bytes, digest)) = self.read(&format!("{name}{ending}")).await
            {
                return Some(Served { name: name.to_owned(), encoding: Some(encoding), bytes, digest });
            }
        }
        let (bytes, digest) = self.read(name).await?;
        Some(Served { name: name.to_owned(), encoding: None, bytes, digest })
    }

    async fn read(&self, name: &str) -> Option<(Cow<'static, [u8]>, [u8; 32])> {
        match self {
            Self::Embedded => {
                let file = Embedded::get(name)?;
                Some((file.data, file.metadata.sha256_hash()))
            }
            Self::Folder(folder) => {
                let bytes = tokio::fs::read(folder.join(name)).await.ok()?;
                let digest = Sha256::digest(&bytes).into();
                Some((Cow::Owned(bytes), digest))
            }
        }
    }
}

/// Whether a name stays below its folder: no `..`, no root, no drive, nothing hidden.
fn is_plain(name: &str) -> bool {
    !name.contains(['\\', '\0'])
        && Path::new(name).components().all(|part| match part {
            Component::Normal(part) => part.to_str().is_some_and(|part| !part.starts_with('.')),
            _ => false,
        })
}

/// Whether an `Accept-Encoding` value takes an encoding (RFC 9110 §12.5.3); `q=0` refuses it.
fn takes(accepted: &str, encoding: &str) -> bool {
    accepted.split(',').any(|offer| {
        let mut parts = offer.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        let refused = parts
            .filter_map(|part| part.split_once('='))
            .any(|(key, weight)| key.trim() == "q" && weight.trim().parse() == Ok(0.0_f32));
        named && !refused
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_folder_are_refused() {
        for name in ["assets/x.js", "resident.html"] {
            assert!(is_plain(name), "{name}");
        }
        for name in [
            "../x",
            "assets/../../x",
            "/etc/passwd",
            "assets/./../x",
            "a\\..\\x",
            ".npmrc",
            "assets/.git/config",
            "a\0b",
        ] {
            assert!(!is_plain(name), "{name}");
        }
    }

    #[test]
    fn an_encoding_is_taken_only_when_offered_and_not_weighed_zero() {
        for (accepted, encoding, taken) in [
            ("gzip, deflate, br", "br", true),
            ("gzip, deflate", "br", false),
            ("br;q=0, gzip", "br", false),
            ("br; q=0.000", "br", false),
            ("BR;q=0.1", "br", true),
            ("", "gzip", false),
            ("xgzip", "gzip", false),
        ] {
            assert_eq!(takes(accepted, encoding), taken, "{accepted} / {encoding}");
        }
    }
}
