//! A `POST request`, checked against its service (GeoReport v2, POST Service Request).

use baotu_vocabulary::{BlobId, CategoryCode, Point, ProcedureName};
use serde_json::{Map, Value};

use super::parameters::Parameters;
use super::refused::Refused;
use super::services::{Service, Services};

/// Characters of a description (the standard asks for 4,000).
pub const DESCRIPTION_CHARACTERS_MAX: usize = 4_000;
/// Characters of an address, a name, a telephone number, an e-mail address or a URL.
const LINE_CHARACTERS_MAX: usize = 500;

/// What a program reports.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// The procedure of which a case is opened.
    pub procedure: ProcedureName,
    /// The category of the case.
    pub category: CategoryCode,
    /// One line: the name of the service.
    pub title: String,
    /// The reporter's words; the URL of a picture elsewhere is its last line.
    pub text: String,
    /// Where.
    pub position: Option<Point>,
    /// Where, in words.
    pub address: Option<String>,
    /// The fields of the intake form beside title and text: attributes and photos.
    pub form: Map<String, Value>,
    /// Who reports, as far as they say so.
    pub contact: Contact,
}

/// What a reporter says of themselves. Personal: it is handed on to be sealed and never logged.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Contact {
    /// Their name.
    pub name: Option<String>,
    /// Their telephone number.
    pub phone: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
}

impl std::fmt::Debug for Contact {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let told = |value: &Option<String>| if value.is_some() { "told" } else { "-" };
        write!(f, "Contact({}, {}, {})", told(&self.name), told(&self.phone), told(&self.email))
    }
}

/// The service that a report names.
pub(crate) fn service<'a>(parameters: &Parameters, services: &'a Services) -> Result<&'a Service, Refused> {
    let code = parameters.get("service_code").ok_or_else(|| Refused::unfit("service_code：必填"))?;
    services.get(code).ok_or_else(|| Refused::not_found(format!("service_code：没有服务“{code}”")))
}

impl Report {
    /// The report that the parameters make, with photos that are kept already; or everything that is wrong.
    pub(crate) fn new(
        service: &Service,
        parameters: &Parameters,
        photos: &[BlobId],
    ) -> Result<Self, Refused> {
        let mut problems = Vec::new();
        let form = service.fill(parameters, photos).unwrap_or_else(|wrong| {
            problems.extend(wrong);
            Map::new()
        });
        let position = position(parameters).unwrap_or_else(|problem| {
            problems.push(problem);
            None
        });
        let mut line = |name: &str| {
            let value = parameters.get(name).map(str::to_owned);
            if value.as_ref().is_some_and(|value| value.chars().count() > LINE_CHARACTERS_MAX) {
                problems.push(format!("{name}：最多 {LINE_CHARACTERS_MAX} 字"));
            }
            value
        };
        let address = line("address_string");
        let name = [line("last_name"), line("first_name")].into_iter().flatten().collect::<Vec<_>>();
        let contact = Contact { name: full_name(&name), phone: line("phone"), email: line("email") };
        let media_url = line("media_url");
        if parameters.get("lat").is_none() && parameters.get("long").is_none() && address.is_none() {
            problems.push(match parameters.get("address_id") {
                Some(_) => "address_id：本市没有地址编号，请用 lat 与 long 或 address_string".to_owned(),
                None => "位置必填：lat 与 long，或 address_string".to_owned(),
            });
        }
        let description = parameters.get("description").unwrap_or_default();
        if description.chars().count() > DESCRIPTION_CHARACTERS_MAX {
            problems.push(format!("description：最多 {DESCRIPTION_CHARACTERS_MAX} 字"));
        }
        if media_url.as_ref().is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://")) {
            problems.push("media_url：应为网址".to_owned());
        }
        if !problems.is_empty() {
            return Err(Refused::all_unfit(problems));
        }
        // A picture elsewhere is named, not fetched: what lies behind a stranger's URL is not for this machine.
        let lines = [Some(description.to_owned()), media_url.map(|url| format!("图片链接：{url}"))];
        let text: Vec<String> = lines.into_iter().flatten().filter(|line| !line.is_empty()).collect();
        Ok(Self {
            procedure: service.procedure.clone(),
            category: service.category.clone(),
            title: service.name.clone(),
            text: text.join("\n"),
            position,
            address,
            form,
            contact,
        })
    }
}

/// Family name first, without a space between Chinese characters.
fn full_name(parts: &[String]) -> Option<String> {
    let is_latin = parts.iter().any(|part| part.is_ascii());
    let name = match (parts, is_latin) {
        ([], _) => return None,
        ([last, first], true) => format!("{first} {last}"),
        _ => parts.concat(),
    };
    Some(name)
}

/// WGS 84 degrees, which count as CGCS2000; both or neither.
fn position(parameters: &Parameters) -> Result<Option<Point>, String> {
    let degrees = |name: &str| {
        let read = |text: &str| text.parse::<f64>().map_err(|_| format!("{name}：应为以度为单位的数字"));
        parameters.get(name).map(read).transpose()
    };
    match (degrees("long")?, degrees("lat")?) {
        (Some(lon), Some(lat)) => Point::new(lon, lat).map(Some).map_err(|error| error.to_string()),
        (None, None) => Ok(None),
        _ => Err("lat 与 long 要么都填，要么都不填".to_owned()),
    }
}
