//! JSON messages of things, read by the mapping of their type.
//!
//! Without a mapping a message is `{"time": "2026-11-29T08:00:00+08:00", "values": {"pm25": 35}}`, or a list of those. A
//! value may be `{"value": 35, "unit": "µg/m³", "quality": "maintenance"}`. `null` is a probe that said nothing: it is
//! counted and left out.

use baotu_pack::sensing::{Payload, PayloadValue, ThingType, TimeForm};
use baotu_vocabulary::{Moment, PropertyName, Quality, Refusal, RefusalKind, Sample};
use jiff::tz::TimeZone;
use serde_json::Value as Json;

use super::Heard;

/// Messages in one list at most.
pub const MESSAGES_MAX: usize = 10_000;

/// Why a message is not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadRefused {
    /// It is no JSON.
    #[error("消息不是 JSON：{0}")]
    NotJson(String),
    /// It has not the shape that is read.
    #[error("消息格式不对：{0}")]
    Shape(String),
    /// Its time is none.
    #[error("时间“{0}”读不懂")]
    Time(String),
    /// A value that is no number.
    #[error("“{property}”的值不是数：{value}")]
    Value {
        /// The property.
        property: String,
        /// What stands there, shortened.
        value: String,
    },
    /// More messages than one list may hold.
    #[error("一批消息不超过 {MESSAGES_MAX} 条")]
    TooMany,
}

impl Refusal for PayloadRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooMany => RefusalKind::TooLarge,
            _ => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotJson(_) => "not-json",
            Self::Shape(_) => "message-shape",
            Self::Time(_) => "time-unreadable",
            Self::Value { .. } => "value-not-a-number",
            Self::TooMany => "batch-too-large",
        }
    }
}

/// Reads a JSON message of a thing of this type that arrived at `now`.
///
/// # Errors
/// When it can't be read; nothing of it is taken then.
pub fn of_json(kind: &ThingType, body: &[u8], now: Moment, zone: &TimeZone) -> Result<Heard, PayloadRefused> {
    let message: Json =
        serde_json::from_slice(body).map_err(|error| PayloadRefused::NotJson(error.to_string()))?;
    let mut heard = Heard::default();
    match &kind.payload {
        None => {
            for one in list(&message)? {
                plain(one, now, zone, &mut heard)?;
            }
        }
        Some(payload) => {
            let inside = match &payload.list {
                Some(pointer) => message
                    .pointer(pointer)
                    .ok_or_else(|| PayloadRefused::Shape(format!("没有 {pointer}")))?,
                None => &message,
            };
            for one in list(inside)? {
                mapped(payload, one, now, zone, &mut heard)?;
            }
        }
    }
    Ok(heard)
}

/// One message, or the messages of a list.
fn list(message: &Json) -> Result<&[Json], PayloadRefused> {
    match message {
        Json::Array(messages) if messages.len() > MESSAGES_MAX => Err(PayloadRefused::TooMany),
        Json::Array(messages) => Ok(messages),
        one => Ok(std::slice::from_ref(one)),
    }
}

fn plain(message: &Json, now: Moment, zone: &TimeZone, heard: &mut Heard) -> Result<(), PayloadRefused> {
    let shape = |what: &str| PayloadRefused::Shape(what.to_owned());
    let object = message.as_object().ok_or_else(|| shape("应为对象"))?;
    if let Some(key) = object.keys().find(|key| !["time", "values", "quality"].contains(&key.as_str())) {
        return Err(shape(&format!("多余的“{}”", short(key))));
    }
    let at = match object.get("time") {
        Some(time) => moment(time, TimeForm::Rfc3339, zone)?,
        None => now,
    };
    let of_message = quality(object.get("quality"))?.unwrap_or_default();
    let values = object.get("values").and_then(Json::as_object).ok_or_else(|| shape("没有 values"))?;
    for (property, value) in values {
        let (value, unit, own) = match value.as_object() {
            Some(told) => {
                let unit = told.get("unit").and_then(Json::as_str).map(str::to_owned);
                (told.get("value").unwrap_or(&Json::Null), unit, quality(told.get("quality"))?)
            }
            None => (value, None, None),
        };
        if let Some(value) = number(property, value, heard)? {
            let property = PropertyName::from(property.as_str());
            heard.samples.push(Sample { property, at, value, unit, quality: own.unwrap_or(of_message) });
        }
    }
    Ok(())
}

fn mapped(
    payload: &Payload,
    message: &Json,
    now: Moment,
    zone: &TimeZone,
    heard: &mut Heard,
) -> Result<(), PayloadRefused> {
    let at = match &payload.time {
        Some(pointer) => {
            let time = message.pointer(pointer);
            let time = time.ok_or_else(|| PayloadRefused::Time(format!("没有 {pointer}")))?;
            moment(time, payload.time_form, zone)?
        }
        None => now,
    };
    let before = heard.samples.len() + heard.oddities.len();
    for declared in &payload.values {
        let PayloadValue { at: pointer, property, factor, offset, .. } = declared;
        let Some(value) = message.pointer(pointer) else { continue };
        if let Some(sent) = number(property.as_str(), value, heard)? {
            let value = sent * factor.unwrap_or(1.0) + offset.unwrap_or(0.0);
            heard.samples.push(Sample::new(property.clone(), at, value));
        }
    }
    if heard.samples.len() + heard.oddities.len() == before {
        return Err(PayloadRefused::Shape("没有一个声明过的值".to_owned()));
    }
    Ok(())
}

/// A number; `null` is told as an oddity.
fn number(property: &str, value: &Json, heard: &mut Heard) -> Result<Option<f64>, PayloadRefused> {
    let as_number = match value {
        Json::Number(number) => number.as_f64(),
        Json::Bool(flag) => Some(f64::from(u8::from(*flag))),
        // Some terminals send their numbers as text.
        Json::String(text) => text.trim().parse::<f64>().ok(),
        Json::Null => {
            heard.oddities.push(("value-missing", short(property)));
            return Ok(None);
        }
        _ => None,
    };
    let wrong = || PayloadRefused::Value { property: short(property), value: short(&value.to_string()) };
    as_number.map(Some).ok_or_else(wrong)
}

fn quality(word: Option<&Json>) -> Result<Option<Quality>, PayloadRefused> {
    let Some(word) = word.filter(|word| !word.is_null()) else { return Ok(None) };
    let found = Quality::ALL.into_iter().find(|quality| word == quality.name());
    found.map(Some).ok_or_else(|| PayloadRefused::Shape(format!("没有质量标记 {}", short(&word.to_string()))))
}

fn moment(time: &Json, form: TimeForm, zone: &TimeZone) -> Result<Moment, PayloadRefused> {
    let wrong = || PayloadRefused::Time(short(&time.to_string()));
    let micros = |scale: i64| -> Option<Moment> {
        if let Some(whole) = time.as_i64() {
            return whole.checked_mul(scale).map(Moment::from_micros);
        }
        let micros = (time.as_f64()? * scale as f64).round();
        // Beyond what a day in this era may be, the clock check tells it.
        (micros.abs() < 9e17).then(|| Moment::from_micros(micros as i64))
    };
    let found = match form {
        TimeForm::Rfc3339 => time.as_str().and_then(|text| text.parse().ok()),
        TimeForm::Seconds => micros(1_000_000),
        TimeForm::Milliseconds => micros(1_000),
        TimeForm::Local => time.as_str().and_then(|text| {
            let local: jiff::civil::DateTime = text.replace('/', "-").parse().ok()?;
            zone.to_timestamp(local).ok().map(Moment::from)
        }),
    };
    found.ok_or_else(wrong)
}

/// What is shown of something foreign.
fn short(text: &str) -> String {
    const CHARACTERS: usize = 40;
    text.chars().take(CHARACTERS).collect()
}

#[cfg(test)]
mod tests {
    use baotu_pack::sensing::Sensing;
    use proptest::prelude::*;

    use super::*;

    const TYPES: &str = r#"
[[type]]
name = "plain"
title = "无映射"
about = "test"
properties = ["pm25"]
reports_every_seconds = 60
offline_after_seconds = 180

[[type]]
name = "cover"
title = "井盖"
about = "test"
properties = ["tilt", "open", "temperature"]
reports_every_seconds = 60
offline_after_seconds = 180
[type.payload]
list = "/records"
time = "/ts"
time_form = "milliseconds"
[[type.payload.value]]
at = "/d/tilt"
property = "tilt"
[[type.payload.value]]
at = "/d/open"
property = "open"
[[type.payload.value]]
at = "/d/t_f"
property = "temperature"
unit = "°F"
factor = 0.5555555555555556
offset = -17.77777777777778
"#;

    fn kind(name: &str) -> ThingType {
        let sensing: Sensing = toml::from_str(TYPES).expect("types");
        sensing.types.into_iter().find(|kind| kind.name.as_str() == name).expect("a type")
    }

    fn now() -> Moment {
        "2026-11-29T08:00:00+08:00".parse().expect("a time")
    }

    fn shanghai() -> TimeZone {
        TimeZone::get("Asia/Shanghai").expect("a zone")
    }

    fn read(name: &str, body: &str) -> Result<Heard, PayloadRefused> {
        of_json(&kind(name), body.as_bytes(), now(), &shanghai())
    }

    #[test]
    fn messages_are_read_by_their_type() {
        let table = [
            ("plain", r#"{"values":{"pm25":35}}"#, "pm25=35@0"),
            (
                "plain",
                r#"{"time":"2026-11-29T07:59:00+08:00","values":{"pm25":"35.5","pm10":true}}"#,
                "pm25=35.5@-60 pm10=1@-60",
            ),
            ("plain", r#"[{"values":{"pm25":1}},{"values":{"pm25":null}}]"#, "pm25=1@0 !value-missing"),
            (
                "cover",
                r#"{"records":[{"ts":1795910400000,"d":{"tilt":3.5,"open":false,"t_f":50}}]}"#,
                "tilt=3.5@0 open=0@0 temperature=10@0",
            ),
            ("cover", r#"{"records":[{"ts":1795910399500.0,"d":{"tilt":1,"other":9}}]}"#, "tilt=1@-1"),
        ];
        for (name, body, told) in table {
            let heard = read(name, body).unwrap_or_else(|refused| panic!("{body}: {refused}"));
            let seconds = |at: Moment| at.micros_since(now()).div_euclid(1_000_000);
            let samples = heard.samples.iter().map(|one| {
                format!("{}={}@{}", one.property, (one.value * 1e6).round() / 1e6, seconds(one.at))
            });
            let oddities = heard.oddities.iter().map(|(code, _)| format!("!{code}"));
            assert_eq!(samples.chain(oddities).collect::<Vec<_>>().join(" "), told, "{body}");
        }
    }

    #[test]
    fn what_can_not_be_read_is_refused_by_name() {
        let table = [
            ("plain", "", "not-json"),
            ("plain", r#"{"values":{"pm25":NaN}}"#, "not-json"),
            ("plain", r#"{"pm25":35}"#, "message-shape"),
            ("plain", r#"{"time":"yesterday","values":{}}"#, "time-unreadable"),
            ("plain", r#"{"values":{"pm25":[1]}}"#, "value-not-a-number"),
            ("plain", r#"{"values":{"pm25":"high"}}"#, "value-not-a-number"),
            ("plain", r#"{"values":{"pm25":1},"quality":"splendid"}"#, "message-shape"),
            ("cover", r#"{"ts":1}"#, "message-shape"),
            ("cover", r#"{"records":[{"d":{"tilt":1}}]}"#, "time-unreadable"),
            ("cover", r#"{"records":[{"ts":1e300,"d":{"tilt":1}}]}"#, "time-unreadable"),
            ("cover", r#"{"records":[{"ts":1,"d":{}}]}"#, "message-shape"),
        ];
        for (name, body, code) in table {
            assert_eq!(read(name, body).map_err(|refused| refused.code()), Err(code), "{body}");
        }
        let many = format!("[{}]", vec![r#"{"values":{}}"#; MESSAGES_MAX + 1].join(","));
        assert_eq!(read("plain", &many), Err(PayloadRefused::TooMany));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..200)) {
            for name in ["plain", "cover"] {
                of_json(&kind(name), &body, now(), &shanghai()).ok();
            }
        }

        #[test]
        fn any_json_is_read_or_refused(body in r#"\{"records":\[\{"ts":-?[0-9]{1,25},"d":\{"tilt":-?[0-9]{1,5}e[0-9]{1,3}\}\}\]\}"#) {
            of_json(&kind("cover"), body.as_bytes(), now(), &shanghai()).ok();
        }
    }
}
