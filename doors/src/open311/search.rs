//! A `GET requests` as a window of time, a status and a page (GeoReport v2, GET Service Requests).

use baotu_vocabulary::{CategoryCode, Moment, ProcedureName};

use super::parameters::Parameters;
use super::refused::Refused;
use super::services::Services;

/// Days that one search spans at most, and unless it says otherwise.
pub const DAYS_MAX: i64 = 90;
/// Requests of one answer at most, and unless the search says otherwise.
pub const ROWS_MAX: u32 = 1_000;
/// Requests that pages reach; who wants more narrows the window of time.
pub const ROWS_REACHED_MAX: u32 = 10_000;

const DAY_SECONDS: i64 = 86_400;

/// Which public requests are meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Only requests with these numbers; then nothing else counts but `kinds`.
    pub numbers: Option<Vec<String>>,
    /// Only cases of these procedures and categories: those of the services.
    pub kinds: Vec<(ProcedureName, CategoryCode)>,
    /// Opened at this moment or later.
    pub from: Moment,
    /// Opened at this moment or earlier.
    pub to: Moment,
    /// Only open or only closed ones.
    pub is_open: Option<bool>,
    /// Requests to pass over.
    pub offset: u32,
    /// Requests at most.
    pub limit: u32,
}

impl Search {
    pub(crate) fn new(parameters: &Parameters, services: &Services, now: Moment) -> Result<Self, Refused> {
        let numbers: Vec<String> = parameters
            .all("service_request_id")
            .flat_map(|list| list.split(','))
            .map(|number| number.trim().to_owned())
            .filter(|number| !number.is_empty())
            .collect();
        let (from, to) = window(parameters, now)?;
        let (offset, limit) = page(parameters)?;
        if numbers.len() > ROWS_MAX as usize {
            return Err(Refused::unfit(format!("service_request_id：最多 {ROWS_MAX} 个")));
        }
        Ok(Self {
            numbers: (!numbers.is_empty()).then_some(numbers),
            kinds: kinds(parameters, services)?,
            from,
            to,
            is_open: status(parameters)?,
            offset,
            limit,
        })
    }

    /// The search for one request.
    pub(crate) fn of_number(number: &str, services: &Services) -> Self {
        Self {
            numbers: Some(vec![number.to_owned()]),
            kinds: services.iter().map(|service| service.kind()).collect(),
            from: Moment::from_micros(i64::MIN),
            to: Moment::from_micros(i64::MAX),
            is_open: None,
            offset: 0,
            limit: 1,
        }
    }
}

fn kinds(
    parameters: &Parameters,
    services: &Services,
) -> Result<Vec<(ProcedureName, CategoryCode)>, Refused> {
    let codes: Vec<&str> =
        parameters.all("service_code").flat_map(|list| list.split(',')).map(str::trim).collect();
    if codes.is_empty() {
        return Ok(services.iter().map(|service| service.kind()).collect());
    }
    let find = |code: &str| {
        let service = services.get(code);
        service
            .map(|service| service.kind())
            .ok_or_else(|| Refused::not_found(format!("service_code：没有服务“{code}”")))
    };
    codes.into_iter().map(find).collect()
}

fn window(parameters: &Parameters, now: Moment) -> Result<(Moment, Moment), Refused> {
    let span = DAYS_MAX * DAY_SECONDS;
    let (from, to) = match (time(parameters, "start_date")?, time(parameters, "end_date")?) {
        (Some(from), Some(to)) => (from, to),
        (Some(from), None) => (from, from.plus_seconds(span)),
        (None, Some(to)) => (to.plus_seconds(-span), to),
        (None, None) => (now.plus_seconds(-span), now),
    };
    if to < from {
        return Err(Refused::unfit("end_date 早于 start_date"));
    }
    if to > from.plus_seconds(span) {
        return Err(Refused::unfit(format!("start_date 与 end_date 之间最多 {DAYS_MAX} 天")));
    }
    Ok((from, to))
}

/// A time of the W3C note on date and time formats, zone included.
fn time(parameters: &Parameters, name: &str) -> Result<Option<Moment>, Refused> {
    let Some(text) = parameters.get(name) else { return Ok(None) };
    // A plus sign that the client did not encode has become a space.
    let mended = text.replace(' ', "+");
    let refused = |_| Refused::unfit(format!("{name}：应为带时区的时间，如 2026-11-24T09:00:00Z"));
    mended.parse().map(Some).map_err(refused)
}

fn status(parameters: &Parameters) -> Result<Option<bool>, Refused> {
    let mut wanted = Vec::new();
    for word in parameters.all("status").flat_map(|list| list.split(',')).map(str::trim) {
        match word {
            "open" => wanted.push(true),
            "closed" => wanted.push(false),
            _ => return Err(Refused::unfit("status：应为 open 或 closed")),
        }
    }
    wanted.dedup();
    Ok(if let [only] = wanted[..] { Some(only) } else { None })
}

/// The pages that most servers offer beyond the standard: `page` from 1, `page_size`.
fn page(parameters: &Parameters) -> Result<(u32, u32), Refused> {
    let number = |name: &str| {
        let read = |text: &str| {
            let number = text.parse().ok().filter(|number: &u32| *number >= 1);
            number.ok_or_else(|| Refused::unfit(format!("{name}：应为正整数")))
        };
        parameters.get(name).map(read).transpose()
    };
    let limit = number("page_size")?.unwrap_or(ROWS_MAX).min(ROWS_MAX);
    let offset = (number("page")?.unwrap_or(1) - 1).saturating_mul(limit);
    if offset >= ROWS_REACHED_MAX {
        return Err(Refused::unfit(format!("page：最多翻到第 {ROWS_REACHED_MAX} 条，请缩短时间范围")));
    }
    Ok((offset, limit))
}
