//! What a request says, as names and values: from a query, a form, or a form with a photo.
//!
//! Works on bytes and takes any; what is no UTF-8 or can't be stored is refused by the name of its parameter.

use axum::extract::Multipart;
use percent_encoding::percent_decode;

use super::http::MEDIA_BYTES_MAX;
use super::refused::Refused;

/// Bytes of a form without its photo.
pub const FORM_BYTES_MAX: usize = 64 * 1024;
/// Parameters of one request.
pub const PARAMETERS_MAX: usize = 200;

/// Names and values in the order in which they came.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
}

impl Parameters {
    /// The parameters of a query or a form (`application/x-www-form-urlencoded`, WHATWG URL §5).
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refused> {
        let mut parameters = Self::default();
        for pair in bytes.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let middle = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match middle {
                Some(middle) => (&pair[..middle], &pair[middle + 1..]),
                None => (pair, &[][..]),
            };
            let name = decode(name).ok_or_else(|| Refused::unfit("参数名不是 UTF-8"))?;
            let value = decode(value).ok_or_else(|| Refused::unfit(format!("{name}：不是 UTF-8")))?;
            parameters.push(name, value)?;
        }
        Ok(parameters)
    }

    /// The parameters of a form with files (`multipart/form-data`), and the bytes of its file `media`.
    pub(crate) async fn read(mut form: Multipart) -> Result<(Self, Option<Vec<u8>>), Refused> {
        let broken = |_| Refused::unfit("表单没有传完，或不成形");
        let mut parameters = Self::default();
        let mut media = None;
        let mut bytes_left = FORM_BYTES_MAX;
        while let Some(mut field) = form.next_field().await.map_err(broken)? {
            let name = field.name().unwrap_or_default().to_owned();
            let is_media = name == "media" && field.file_name().is_some();
            let limit = if is_media { MEDIA_BYTES_MAX } else { bytes_left };
            let mut bytes = Vec::new();
            while let Some(chunk) = field.chunk().await.map_err(broken)? {
                if bytes.len() + chunk.len() > limit {
                    return Err(Refused::too_large(format!("{name}：超过 {} KiB", limit / 1024)));
                }
                bytes.extend_from_slice(&chunk);
            }
            if is_media {
                media = Some(bytes).filter(|bytes| !bytes.is_empty());
                continue;
            }
            bytes_left -= bytes.len();
            let value =
                String::from_utf8(bytes).map_err(|_| Refused::unfit(format!("{name}：不是 UTF-8")))?;
            parameters.push(name, value)?;
        }
        Ok((parameters, media))
    }

    fn push(&mut self, name: String, value: String) -> Result<(), Refused> {
        if self.pairs.len() == PARAMETERS_MAX {
            return Err(Refused::unfit(format!("参数超过 {PARAMETERS_MAX} 个")));
        }
        if name.contains('\0') || value.contains('\0') {
            return Err(Refused::unfit("参数含有无法保存的空字符（U+0000）"));
        }
        self.pairs.push((name, value));
        Ok(())
    }

    /// These parameters, and after them those of `others`.
    #[must_use]
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.pairs.extend(others.pairs);
        self
    }

    /// The first value of a name that says something, trimmed.
    pub(crate) fn get<'a>(&'a self, name: &str) -> Option<&'a str> {
        self.all(name).next()
    }

    /// The values of a name that say something, trimmed.
    pub(crate) fn all<'a, 'n>(&'a self, name: &'n str) -> impl Iterator<Item = &'a str> + use<'a, 'n> {
        let of_name = self.pairs.iter().filter(move |(other, _)| other == name);
        of_name.map(|(_, value)| value.trim()).filter(|value| !value.is_empty())
    }

    /// The code inside `attribute[…]` of each parameter of that shape.
    pub(crate) fn attribute_codes(&self) -> impl Iterator<Item = &str> {
        self.pairs.iter().filter_map(|(name, _)| {
            let inside = name.strip_prefix("attribute[")?;
            inside.strip_suffix("][]").or_else(|| inside.strip_suffix(']'))
        })
    }

    /// The values of an attribute, whether sent as `attribute[code]` or `attribute[code][]`.
    pub(crate) fn attribute(&self, code: &str) -> Vec<&str> {
        let (one, several) = (format!("attribute[{code}]"), format!("attribute[{code}][]"));
        let of_code = self.pairs.iter().filter(|(name, _)| *name == one || *name == several);
        of_code.map(|(_, value)| value.trim()).filter(|value| !value.is_empty()).collect()
    }
}

fn decode(bytes: &[u8]) -> Option<String> {
    let spaced: Vec<u8> = bytes.iter().map(|byte| if *byte == b'+' { b' ' } else { *byte }).collect();
    String::from_utf8(percent_decode(&spaced).collect()).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn forms_are_read_as_clients_write_them() {
        let form = b"api_key=k&attribute[WHISPAWN]=123456&attribute%5BKINDS%5D%5B%5D=a&attribute[KINDS][]=b\
                     &description=a+large+sinkhole+%26+more&empty=&lat=36.66&first&=x";
        let parameters = Parameters::parse(form).expect("a form");
        assert_eq!(parameters.get("description"), Some("a large sinkhole & more"));
        assert_eq!(parameters.attribute("KINDS"), ["a", "b"]);
        assert_eq!(parameters.attribute("WHISPAWN"), ["123456"]);
        assert_eq!(parameters.get("empty"), None);
        let codes: Vec<&str> = parameters.attribute_codes().collect();
        assert_eq!(codes, ["WHISPAWN", "KINDS", "KINDS"]);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_fail(bytes in proptest::collection::vec(
            prop_oneof![Just(b'&'), Just(b'='), Just(b'%'), Just(b'['), Just(b']'), Just(b'0'), any::<u8>()], 0..60)
        ) {
            if let Ok(parameters) = Parameters::parse(&bytes) {
                for code in parameters.attribute_codes() {
                    prop_assert!(!code.contains('\0'));
                }
            }
        }

        #[test]
        fn what_is_encoded_is_read_back(pairs in proptest::collection::vec(("[^\0]{1,8}", "[^\0]{0,12}"), 0..6)) {
            let encode = |text: &str| {
                percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
            };
            let form: Vec<String> =
                pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
            let parameters = Parameters::parse(form.join("&").as_bytes()).expect("a form");
            prop_assert_eq!(parameters.pairs, pairs);
        }
    }
}
