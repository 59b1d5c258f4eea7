//! Photos as they come in: their type found out from the bytes, and everything removed that tells who took them where.
//!
//! Pure: bytes in, bytes out. Where photos are kept and who may see them is not known here.

use baotu_vocabulary::{Refusal, RefusalKind};
use bytes::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};
use img_parts::png::Png;
use img_parts::webp::WebP;
use img_parts::{ImageEXIF as _, ImageICC as _};

/// Bytes of a photo at most: 8 MiB.
pub const PHOTO_BYTES_MAX: usize = 8 << 20;
/// Pixels of a photo at most, so that no small file unpacks into gigabytes on a desk.
pub const PHOTO_PIXELS_MAX: u64 = 100_000_000;
/// Photos that one form or one opening may name.
pub const PHOTOS_MAX: usize = 20;

/// The tag of the orientation in an EXIF directory.
const ORIENTATION_TAG: u16 = 0x0112;
/// Bytes of one entry of an EXIF directory.
const EXIF_ENTRY_BYTES: usize = 12;

/// A photo that may be kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    /// Its bytes, without place, camera, comments and thumbnails.
    pub bytes: Vec<u8>,
    /// `image/jpeg`, `image/png` or `image/webp`, as its bytes say.
    pub media_type: &'static str,
}

/// Why bytes are not taken as a photo.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhotoRefused {
    /// More bytes than [`PHOTO_BYTES_MAX`].
    #[error("照片不能超过 8 MB")]
    TooLarge,
    /// More pixels than [`PHOTO_PIXELS_MAX`].
    #[error("照片的像素过多，请缩小后再上传")]
    TooManyPixels,
    /// Neither JPEG nor PNG nor WebP.
    #[error("只接受 JPEG、PNG 或 WebP 格式的照片")]
    UnsupportedType,
    /// It begins like a photo and then is none.
    #[error("照片文件已损坏，无法读取")]
    Damaged,
}

impl Refusal for PhotoRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooLarge | Self::TooManyPixels => RefusalKind::TooLarge,
            Self::UnsupportedType => RefusalKind::UnsupportedType,
            Self::Damaged => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::TooLarge => "too-large",
            Self::TooManyPixels => "too-many-pixels",
            Self::UnsupportedType => "unsupported-type",
            Self::Damaged => "photo-damaged",
        }
    }
}

impl Photo {
    /// Reads the bytes of a photo, whatever type their giver claims.
    ///
    /// # Errors
    /// When they are no photo of a known type, damaged, or too large.
    pub fn read(bytes: Vec<u8>) -> Result<Self, PhotoRefused> {
        if bytes.len() > PHOTO_BYTES_MAX {
            return Err(PhotoRefused::TooLarge);
        }
        let (media_type, strip): (_, fn(Bytes) -> Option<Bytes>) = match bytes.as_slice() {
            [0xFF, 0xD8, 0xFF, ..] => ("image/jpeg", stripped_jpeg),
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n', ..] => ("image/png", stripped_png),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => ("image/webp", stripped_webp),
            _ => return Err(PhotoRefused::UnsupportedType),
        };
        let size = imagesize::blob_size(&bytes).map_err(|_| PhotoRefused::Damaged)?;
        let pixels = (size.width as u64).saturating_mul(size.height as u64);
        if pixels == 0 {
            return Err(PhotoRefused::Damaged);
        }
        if pixels > PHOTO_PIXELS_MAX {
            return Err(PhotoRefused::TooManyPixels);
        }
        let bytes = strip(bytes.into()).ok_or(PhotoRefused::Damaged)?;
        Ok(Self { bytes: bytes.into(), media_type })
    }
}

/// Keeps what draws the picture: no EXIF, XMP, IPTC, maker's data or comment; the orientation is put back alone.
fn stripped_jpeg(bytes: Bytes) -> Option<Bytes> {
    let mut jpeg = Jpeg::from_bytes(bytes).ok()?;
    let orientation = jpeg.exif().and_then(|exif| orientation(&exif));
    let profile = jpeg.icc_profile();
    // Application data other than JFIF's (APP0) and Adobe's colour transform (APP14), and comments.
    let told = |segment: &JpegSegment| {
        let marker = segment.marker();
        ((markers::APP1..=markers::APP15).contains(&marker) && marker != markers::APP14)
            || marker == markers::COM
    };
    jpeg.segments_mut().retain(|segment| !told(segment));
    jpeg.set_icc_profile(profile);
    jpeg.set_exif(orientation.map(|orientation| exif_of(orientation).into()));
    let mut bytes = jpeg.encoder().bytes();
    // Phones append videos and further pictures, each with data of its own.
    let end = jpeg_end(&bytes)?;
    bytes.truncate(end);
    Some(bytes)
}

/// Where the first picture of a JPEG file ends: past its EOI marker, or at the end of bytes that have none.
fn jpeg_end(bytes: &[u8]) -> Option<usize> {
    // Past the SOI marker, each part is a marker with its segment, or picture data between two markers.
    let mut at = 2;
    while at + 1 < bytes.len() {
        match (bytes[at], bytes[at + 1]) {
            (markers::P, markers::EOI) => return Some(at + 2),
            // Picture data, a stuffed byte, a restart marker or a fill byte.
            (markers::P, 0x00 | 0x01 | 0xD0..=0xD7) => at += 2,
            (markers::P, markers::P) => at += 1,
            (markers::P, _) => {
                let length: [u8; 2] = bytes.get(at + 2..at + 4)?.try_into().ok()?;
                at += 2 + usize::from(u16::from_be_bytes(length));
            }
            _ => at += 1,
        }
    }
    Some(bytes.len())
}

fn stripped_png(bytes: Bytes) -> Option<Bytes> {
    let mut png = Png::from_bytes(bytes).ok()?;
    let drawn = |kind: [u8; 4]| {
        // Critical chunks (a capital first letter) draw the picture; of the others only those on colour and size.
        kind[0].is_ascii_uppercase()
            || matches!(
                &kind,
                b"tRNS" | b"gAMA" | b"cHRM" | b"sRGB" | b"iCCP" | b"sBIT" | b"bKGD" | b"pHYs" | b"cICP"
            )
    };
    png.chunks_mut().retain(|chunk| drawn(chunk.kind()));
    Some(png.encoder().bytes())
}

fn stripped_webp(bytes: Bytes) -> Option<Bytes> {
    let mut webp = WebP::from_bytes(bytes).ok()?;
    let orientation = webp.exif().and_then(|exif| orientation(&exif));
    webp.chunks_mut().retain(|chunk| {
        matches!(&chunk.id(), b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP")
    });
    // Also keeps the flags of the header true to what follows it.
    webp.set_exif(orientation.map(|orientation| exif_of(orientation).into()));
    Some(webp.encoder().bytes())
}

/// The orientation (2–8) in the first directory of EXIF data; nothing when it is upright or cannot be told.
fn orientation(exif: &[u8]) -> Option<u16> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let short = |at: usize| {
        let bytes: [u8; 2] = exif.get(at..at.checked_add(2)?)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let directory: [u8; 4] = exif.get(4..8)?.try_into().ok()?;
    let directory = if little { u32::from_le_bytes(directory) } else { u32::from_be_bytes(directory) };
    let directory = usize::try_from(directory).ok()?;
    let entries = usize::from(short(directory)?);
    (0..entries)
        .map_while(|entry| directory.checked_add(2)?.checked_add(entry * EXIF_ENTRY_BYTES))
        .find(|at| short(*at) == Some(ORIENTATION_TAG))
        .and_then(|at| short(at.checked_add(8)?))
        .filter(|orientation| (2..=8).contains(orientation))
}

/// EXIF data that tells the orientation and nothing else.
fn exif_of(orientation: u16) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0".to_vec();
    exif.extend(ORIENTATION_TAG.to_le_bytes());
    // One value of type SHORT, in the entry itself, padded to four bytes; no further directory.
    exif.extend([3, 0, 1, 0, 0, 0]);
    exif.extend(orientation.to_le_bytes());
    exif.extend([0; 6]);
    exif
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Something that must never be found in a kept photo.
    const SECRET: &[u8] = b"36.6683N 117.0231E";

    /// A whole, tiny JPEG header with a frame of 16 × 16 pixels and no picture data worth the name.
    fn jpeg(segments: &[(u8, &[u8])]) -> Vec<u8> {
        let mut bytes = vec![0xFF, 0xD8];
        let frame: (u8, &[u8]) = (0xC0, &[8, 0, 16, 0, 16, 1, 1, 0x11, 0]);
        for (marker, content) in segments.iter().chain([&frame]) {
            bytes.extend([0xFF, *marker]);
            bytes.extend(u16::try_from(content.len() + 2).unwrap().to_be_bytes());
            bytes.extend(*content);
        }
        bytes.extend([0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0, 0x12, 0x34, 0xFF, 0xD9]);
        bytes
    }

    fn png(extra: Option<(&[u8; 4], &[u8])>) -> Vec<u8> {
        let mut bytes = b"\x89PNG\r\n\x1a\n".to_vec();
        let header: (&[u8; 4], &[u8]) = (b"IHDR", &[0, 0, 0, 2, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
        let chunks = [Some(header), extra, Some((b"IDAT", &[1, 2, 3])), Some((b"IEND", &[]))];
        for (kind, content) in chunks.into_iter().flatten() {
            let chunk = img_parts::png::PngChunk::new(*kind, Bytes::copy_from_slice(content));
            bytes.extend(chunk.encoder().bytes());
        }
        bytes
    }

    fn holds(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn what_tells_the_place_is_removed_from_a_jpeg() {
        let exif = [b"Exif\0\0".as_slice(), &exif_of(6), SECRET].concat();
        let xmp = [b"http://ns.adobe.com/xap/1.0/\0".as_slice(), SECRET].concat();
        let given = jpeg(&[(0xE1, &exif), (0xE1, &xmp), (0xED, SECRET), (0xFE, SECRET)]);
        assert!(holds(&given, SECRET));
        let photo = Photo::read(given).unwrap();
        assert_eq!(photo.media_type, "image/jpeg");
        assert!(!holds(&photo.bytes, SECRET));
        let kept = Jpeg::from_bytes(photo.bytes.into()).unwrap();
        assert_eq!(kept.exif().as_deref().and_then(orientation), Some(6), "it would lie on its side");
        assert!(kept.segments().iter().any(|segment| segment.has_entropy()), "the picture is still there");
    }

    #[test]
    fn what_tells_the_place_is_removed_from_a_png() {
        for kind in [b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"prVt"] {
            let photo = Photo::read(png(Some((kind, SECRET)))).unwrap();
            assert!(!holds(&photo.bytes, SECRET), "{}", String::from_utf8_lossy(kind));
            assert_eq!(photo.bytes, png(None));
        }
    }

    #[test]
    fn a_webp_loses_its_exif_and_keeps_its_picture() {
        let chunk = |id: &[u8; 4], content: &[u8]| {
            let mut bytes = id.to_vec();
            bytes.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
            bytes.extend(content);
            bytes.resize(bytes.len().next_multiple_of(2), 0);
            bytes
        };
        // Extended header with the EXIF flag, 2 × 2 pixels.
        let header = chunk(b"VP8X", &[0b1000, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
        let picture = chunk(b"VP8L", &[0x2F, 0x01, 0x40, 0, 0, 9, 9, 9]);
        let content = [b"WEBP".as_slice(), &header, &picture, &chunk(b"EXIF", SECRET)].concat();
        let photo = Photo::read(chunk(b"RIFF", &content)).unwrap();
        assert_eq!(photo.media_type, "image/webp");
        assert!(!holds(&photo.bytes, SECRET));
        assert!(holds(&photo.bytes, &[9, 9, 9]));
        assert_eq!(Photo::read(photo.bytes.clone()).unwrap(), photo, "reading it again changes nothing");
    }

    #[test]
    fn what_is_no_photo_is_refused() {
        let cases: [(&str, Vec<u8>, PhotoRefused); 6] = [
            ("nothing", vec![], PhotoRefused::UnsupportedType),
            ("a page", b"<html><script>".to_vec(), PhotoRefused::UnsupportedType),
            ("a GIF", b"GIF89a\x01\0\x01\0".to_vec(), PhotoRefused::UnsupportedType),
            ("half a JPEG", vec![0xFF, 0xD8, 0xFF, 0xE0, 0, 16], PhotoRefused::Damaged),
            ("too many bytes", vec![0xFF; PHOTO_BYTES_MAX + 1], PhotoRefused::TooLarge),
            ("too many pixels", huge_png(), PhotoRefused::TooManyPixels),
        ];
        for (name, bytes, refused) in cases {
            assert_eq!(Photo::read(bytes), Err(refused), "{name}");
        }
    }

    #[test]
    fn what_follows_the_end_of_a_photo_is_cut_off() {
        for given in [jpeg(&[]), png(None)] {
            let photo = Photo::read([given.as_slice(), SECRET].concat()).unwrap();
            assert!(!holds(&photo.bytes, SECRET), "{}", photo.media_type);
        }
    }

    fn huge_png() -> Vec<u8> {
        let mut bytes = png(None);
        // Width and height stand after the signature and the head of the first chunk.
        bytes[16..24].copy_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
        bytes
    }

    proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(any::<u8>(), 0..256), head in 0..4_usize) {
            let heads: [&[u8]; 4] = [b"", b"\xFF\xD8\xFF", b"\x89PNG\r\n\x1a\n", b"RIFF\x40\0\0\0WEBPVP8X"];
            let given = [heads[head], &bytes].concat();
            if let Ok(photo) = Photo::read(given) {
                prop_assert!(photo.bytes.len() <= PHOTO_BYTES_MAX);
            }
        }

        #[test]
        fn no_change_of_a_photo_breaks_the_reader(at in 0..120_usize, byte in any::<u8>()) {
            for mut given in [png(Some((b"tEXt", SECRET))), jpeg(&[(0xE1, &exif_of(3))])] {
                if let Some(place) = given.get_mut(at) {
                    *place = byte;
                }
                Photo::read(given).ok();
            }
        }

        #[test]
        fn no_exif_breaks_the_search_for_its_orientation(
            bytes in proptest::collection::vec(any::<u8>(), 0..64), big in any::<bool>(),
        ) {
            let head: &[u8] = if big { b"MM\0*" } else { b"II*\0" };
            orientation(&[head, &bytes].concat());
        }
    }
}
