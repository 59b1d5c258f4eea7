//! A property over time: its readings, and where there are none.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use baotu_access::http::{Anyone, Json, Path, Problem, Query, Signed};
use baotu_pack::sensing::Property;
use baotu_vocabulary::{Moment, PropertyName, Refusal, RefusalKind, ThingId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::stations::{Format, Lines};
use super::told::{ReadingTold, told};
use super::{READ, ThingsState};
use crate::aggregate::{Aggregated, Bucket};
use crate::aggregates::BUCKETS_MAX;
use crate::reading::SeriesNumber;
use crate::register::Standing;
use crate::service::HISTORY_ROWS_MAX;

/// Readings of one answer unless the request says how many.
const ROWS: u32 = 2_000;
/// Without a word for so many times its interval, a thing is silent: that is a gap.
const GAP_INTERVALS: i64 = 2;
/// How far back an answer reaches that does not say from when, in seconds.
const SPAN_SECONDS: i64 = 86_400;

/// Which part of a series.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SeriesParams {
    /// From this moment (RFC 3339); the last day when absent.
    #[param(value_type = Option<String>)]
    from: Option<Moment>,
    /// To before this one; now when absent.
    #[param(value_type = Option<String>)]
    to: Option<Moment>,
    /// Readings or figures at most, up to 100,000.
    limit: Option<u32>,
    /// `raw` (default), or the figures of each `minute`, `hour` or `day` of the city.
    #[serde(default)]
    #[param(inline)]
    bucket: By,
    /// `json` (default) or `csv`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
}

/// How a series is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(super) enum By {
    /// Each reading.
    #[default]
    Raw,
    /// The figures of each minute.
    Minute,
    /// Of each hour.
    Hour,
    /// Of each day.
    Day,
}

/// The figures of the usable readings of a minute, an hour or a day.
#[derive(Serialize, ToSchema)]
pub(super) struct FiguresTold {
    /// Where it begins, RFC 3339.
    at: String,
    /// Usable readings in it.
    count: u64,
    /// Their mean; none without one.
    mean: Option<f64>,
    /// The smallest.
    min: Option<f64>,
    /// The largest.
    max: Option<f64>,
    /// Readings that were set aside, since the thing itself did not trust them.
    set_aside: u64,
}

/// A part of a series.
#[derive(Serialize, ToSchema)]
pub(super) struct SeriesTold {
    /// The property.
    property: String,
    /// Shown.
    title: String,
    /// The unit.
    unit: String,
    /// Decimals that are shown.
    decimals: u8,
    /// By time; empty where figures are asked for.
    readings: Vec<ReadingTold>,
    /// By time; a minute, hour or day without a reading is absent.
    figures: Vec<FiguresTold>,
    /// Where nothing was said for longer than it should be.
    gaps: Vec<GapTold>,
    /// `from` of the next part; nothing at the end.
    next: Option<String>,
}

/// A time in which nothing was said.
#[derive(Serialize, ToSchema)]
pub(super) struct GapTold {
    /// The last reading before it, RFC 3339.
    from: String,
    /// The first one after it, or the end of what was asked for.
    to: String,
}

/// Why a part of a series is not told.
#[derive(Debug, thiserror::Error)]
enum SeriesRefused {
    /// The thing has no such property, or it is not public.
    #[error("这台设备没有观测属性“{0}”")]
    NoProperty(String),
    /// It ends before it begins.
    #[error("开始时间应早于结束时间")]
    Backwards,
}

impl Refusal for SeriesRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::NoProperty(_) => RefusalKind::NotFound,
            Self::Backwards => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NoProperty(_) => "property-unknown",
            Self::Backwards => "backwards",
        }
    }
}

/// A property of a thing over time.
#[utoipa::path(get, path = "/api/things/{id}/series/{property}", operation_id = "series_of_thing", tag = "things",
    params(("id" = String, Path, description = "The thing"), ("property" = String, Path, description = "The property"),
        SeriesParams),
    responses((status = 200, body = SeriesTold, description = "Or CSV"), (status = 401, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem)))]
pub(super) async fn of_thing(
    State(state): State<ThingsState>,
    Signed(actor): Signed,
    Path((id, property)): Path<(ThingId, String)>,
    Query(params): Query<SeriesParams>,
) -> Result<Response, Problem> {
    let standing = state.permitted(&actor, READ, id)?;
    part(&state, &standing, &property, &params, false).await
}

/// A public property of a public station over time.
#[utoipa::path(get, path = "/api/stations/{code}/series/{property}", operation_id = "series_of_station", tag = "stations",
    params(("code" = String, Path, description = "The code of the station"),
        ("property" = String, Path, description = "The property"), SeriesParams),
    responses((status = 200, body = SeriesTold, description = "Or CSV"), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(super) async fn of_station(
    State(state): State<ThingsState>,
    Anyone(actor): Anyone,
    Path((code, property)): Path<(String, String)>,
    Query(params): Query<SeriesParams>,
) -> Result<Response, Problem> {
    let standing = state.station(&actor, &code)?;
    part(&state, &standing, &property, &params, true).await
}

async fn part(
    state: &ThingsState,
    standing: &Standing,
    property: &str,
    params: &SeriesParams,
    public: bool,
) -> Result<Response, Problem> {
    let things = &state.things;
    let name = PropertyName::from(property);
    let declared = things.pack().property(&name).filter(|property| property.public || !public);
    let series = standing.series.iter().find(|(own, _)| *own == name).map(|(_, number)| *number);
    let (declared, series) =
        declared.zip(series).ok_or_else(|| SeriesRefused::NoProperty(property.to_owned()))?;
    let to = params.to.unwrap_or_else(|| things.now());
    let from = params.from.unwrap_or_else(|| to.plus_seconds(-SPAN_SECONDS));
    if from >= to {
        return Err(SeriesRefused::Backwards.into());
    }
    if let Some(bucket) = params.bucket.of() {
        return figures(state, standing, declared, series, (from, to), bucket, params).await;
    }
    let rows_max = usize::try_from(params.limit.unwrap_or(ROWS))
        .map_or(HISTORY_ROWS_MAX, |rows| rows.min(HISTORY_ROWS_MAX));
    let page = things.readings().history(series, from, to, rows_max).await;
    let page = page.map_err(|fault| Problem::fault(&fault))?;
    let interval = things.kind_of(&standing.thing).map_or(0, |kind| i64::from(kind.reports_every_seconds));
    let end = page.next.unwrap_or(to).micros().min(things.now().micros());
    let times = page.readings.iter().map(|reading| reading.at);
    let readings: Vec<ReadingTold> = page.readings.iter().map(ReadingTold::of).collect();
    Ok(match params.format {
        Format::Csv => csv(&standing.thing.code, declared, &readings),
        Format::Json => Json(SeriesTold {
            property: declared.name.to_string(),
            title: declared.title.clone(),
            unit: declared.unit.clone(),
            decimals: declared.decimals,
            gaps: gaps(times, (from, Moment::from_micros(end)), interval * GAP_INTERVALS),
            readings,
            figures: Vec::new(),
            next: page.next.map(told),
        })
        .into_response(),
    })
}

impl By {
    const fn of(self) -> Option<Bucket> {
        match self {
            Self::Raw => None,
            Self::Minute => Some(Bucket::Minute),
            Self::Hour => Some(Bucket::Hour),
            Self::Day => Some(Bucket::Day),
        }
    }
}

impl FiguresTold {
    fn of(bucket: &Aggregated) -> Self {
        let figures = bucket.aggregate.figures;
        Self {
            at: told(bucket.begins),
            count: figures.map_or(0, |figures| figures.count),
            mean: figures.map(|figures| figures.mean()),
            min: figures.map(|figures| figures.min),
            max: figures.map(|figures| figures.max),
            set_aside: bucket.aggregate.set_aside,
        }
    }
}

/// The figures of a part of a series.
async fn figures(
    state: &ThingsState,
    standing: &Standing,
    declared: &Property,
    series: SeriesNumber,
    span: (Moment, Moment),
    bucket: Bucket,
    params: &SeriesParams,
) -> Result<Response, Problem> {
    let things = &state.things;
    let most =
        usize::try_from(params.limit.unwrap_or(ROWS)).map_or(BUCKETS_MAX, |rows| rows.min(BUCKETS_MAX));
    let page = things.readings().aggregates(series, span, bucket, things.zone(), most).await;
    let page = page.map_err(|fault| Problem::fault(&fault))?;
    let figures: Vec<FiguresTold> = page.buckets.iter().map(FiguresTold::of).collect();
    if params.format == Format::Csv {
        let mut lines =
            Lines::new(&["code", "property", "unit", "time", "count", "mean", "min", "max", "set_aside"]);
        let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
        for one in &figures {
            lines.add(&[
                &standing.thing.code,
                declared.name.as_str(),
                &declared.unit,
                &one.at,
                &one.count.to_string(),
                &number(one.mean),
                &number(one.min),
                &number(one.max),
                &one.set_aside.to_string(),
            ]);
        }
        return Ok(lines.answer());
    }
    Ok(Json(SeriesTold {
        property: declared.name.to_string(),
        title: declared.title.clone(),
        unit: declared.unit.clone(),
        decimals: declared.decimals,
        readings: Vec::new(),
        figures,
        gaps: Vec::new(),
        next: page.next.map(told),
    })
    .into_response())
}

/// The times in which nothing was said for longer than `seconds`.
fn gaps(times: impl Iterator<Item = Moment>, (from, to): (Moment, Moment), seconds: i64) -> Vec<GapTold> {
    let mut gaps = Vec::new();
    let mut last = from;
    for at in times.chain([to]) {
        if at.micros_since(last) > seconds * 1_000_000 {
            gaps.push(GapTold { from: told(last), to: told(at) });
        }
        last = at;
    }
    gaps
}

fn csv(code: &str, property: &Property, readings: &[ReadingTold]) -> Response {
    let mut lines = Lines::new(&["code", "property", "unit", "time", "value", "quality"]);
    for reading in readings {
        let value = reading.value.to_string();
        lines.add(&[code, property.name.as_str(), &property.unit, &reading.at, &value, reading.quality]);
    }
    lines.answer()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silence_that_is_too_long_is_a_gap_also_at_both_ends() {
        let at = |seconds: i64| Moment::from_micros(seconds * 1_000_000);
        let of = |times: &[i64]| {
            let gaps = gaps(times.iter().map(|second| at(*second)), (at(0), at(100)), 20);
            gaps.into_iter().map(|gap| (gap.from, gap.to)).collect::<Vec<_>>()
        };
        let told = |from, to| (told(at(from)), told(at(to)));
        assert_eq!(of(&[]), [told(0, 100)]);
        assert_eq!(of(&[10, 30, 50, 70, 90]), []);
        assert_eq!(of(&[10, 31, 50, 70]), [told(10, 31), told(70, 100)]);
    }
}
