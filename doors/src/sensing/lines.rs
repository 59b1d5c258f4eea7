//! InfluxDB's line protocol: `things,thing=370102-AQ-001 pm25=35,pm10=58 1795910400000000000`.
//!
//! The tag `thing` names the thing by its code, and each field a property. The measurement and other tags say nothing
//! here: agents write them as they are set up elsewhere.

use baotu_vocabulary::{Moment, PropertyName, Refusal, RefusalKind, Sample};
use influxdb_line_protocol::{FieldValue, parse_lines};
use serde::Deserialize;

/// Lines of one request at most.
pub const LINES_MAX: usize = 50_000;
/// The tag that names the thing.
const THING: &str = "thing";

/// What one line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// The code of the thing; who signed in when absent.
    pub thing: Option<String>,
    /// Its fields.
    pub samples: Vec<Sample>,
}

/// The unit of the times.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub enum Precision {
    /// Nanoseconds.
    #[default]
    #[serde(rename = "ns", alias = "n")]
    Nanoseconds,
    /// Microseconds.
    #[serde(rename = "us", alias = "u", alias = "µ")]
    Microseconds,
    /// Milliseconds.
    #[serde(rename = "ms")]
    Milliseconds,
    /// Seconds.
    #[serde(rename = "s")]
    Seconds,
}

/// Why the lines are not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LinesRefused {
    /// They are no text.
    #[error("不是 UTF-8 文本")]
    NotText,
    /// A line that is none.
    #[error("第 {line} 行读不懂：{reason}")]
    Line {
        /// Which of those that say something, counted from 1.
        line: usize,
        /// What is wrong.
        reason: String,
    },
    /// More lines than one request may hold.
    #[error("一次不超过 {LINES_MAX} 行")]
    TooMany,
}

impl Refusal for LinesRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::TooMany => RefusalKind::TooLarge,
            _ => RefusalKind::Invalid,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::NotText => "not-text",
            Self::Line { .. } => "line-unreadable",
            Self::TooMany => "batch-too-large",
        }
    }
}

/// Reads lines that arrived at `now`.
///
/// # Errors
/// The first line that can't be read; nothing is taken then.
pub fn of_lines(body: &[u8], precision: Precision, now: Moment) -> Result<Vec<Line>, LinesRefused> {
    let text = std::str::from_utf8(body).map_err(|_| LinesRefused::NotText)?;
    let mut lines = Vec::new();
    for (index, parsed) in parse_lines(text).enumerate() {
        let wrong = |reason: String| LinesRefused::Line { line: index + 1, reason };
        if index == LINES_MAX {
            return Err(LinesRefused::TooMany);
        }
        let parsed = parsed.map_err(|error| wrong(error.to_string()))?;
        let at = match parsed.timestamp {
            Some(time) => precision.moment(time).ok_or_else(|| wrong("时间超出范围".to_owned()))?,
            None => now,
        };
        let mut samples = Vec::with_capacity(parsed.field_set.len());
        for (field, value) in &parsed.field_set {
            let value = match value {
                FieldValue::F64(value) => *value,
                FieldValue::I64(value) => *value as f64,
                FieldValue::U64(value) => *value as f64,
                FieldValue::Boolean(flag) => f64::from(u8::from(*flag)),
                FieldValue::String(_) => return Err(wrong(format!("“{}”的值不是数", field.as_str()))),
            };
            samples.push(Sample::new(PropertyName::from(field.as_str()), at, value));
        }
        let thing = parsed.tag_value(THING).map(|code| code.as_str().to_owned());
        lines.push(Line { thing, samples });
    }
    Ok(lines)
}

impl Precision {
    fn moment(self, time: i64) -> Option<Moment> {
        let micros = match self {
            Self::Nanoseconds => time.checked_div(1_000),
            Self::Microseconds => Some(time),
            Self::Milliseconds => time.checked_mul(1_000),
            Self::Seconds => time.checked_mul(1_000_000),
        };
        micros.map(Moment::from_micros)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, precision: Precision) -> Result<Vec<String>, &'static str> {
        let lines =
            of_lines(text.as_bytes(), precision, Moment::from_micros(7)).map_err(|refused| refused.code())?;
        let told = |line: &Line| {
            let samples =
                line.samples.iter().map(|one| format!("{}={}@{}", one.property, one.value, one.at.micros()));
            let samples: Vec<String> = samples.collect();
            format!("{}: {}", line.thing.as_deref().unwrap_or("-"), samples.join(" "))
        };
        Ok(lines.iter().map(told).collect())
    }

    #[test]
    fn lines_are_read_with_their_times_or_refused_by_name() {
        let text = "# a comment\nair,thing=A-1,site=x pm25=35,pm10=58i 1500000\n\nair open=true\n";
        assert_eq!(
            read(text, Precision::Microseconds),
            Ok(vec!["A-1: pm25=35@1500000 pm10=58@1500000".to_owned(), "-: open=1@7".to_owned()])
        );
        assert_eq!(read("m v=1 2000", Precision::Nanoseconds), Ok(vec!["-: v=1@2".to_owned()]));
        assert_eq!(read("m v=1 2", Precision::Seconds), Ok(vec!["-: v=1@2000000".to_owned()]));
        for wrong in ["m", "m v=", "m v=NaN", "m v=\"high\"", "m,thing= v=1", "m v=1 9223372036854775807"] {
            assert_eq!(read(wrong, Precision::Seconds), Err("line-unreadable"), "{wrong}");
        }
        assert_eq!(of_lines(&[0xFF], Precision::Seconds, Moment::default()), Err(LinesRefused::NotText));
        let many = "m v=1\n".repeat(LINES_MAX + 1);
        assert_eq!(read(&many, Precision::Seconds), Err("batch-too-large"));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(body in prop::collection::vec(any::<u8>(), 0..300)) {
            of_lines(&body, Precision::Milliseconds, Moment::default()).ok();
        }

        #[test]
        fn anything_like_a_line_is_read_or_refused(body in "[a-z,= \\\\\"\n0-9.ie-]{0,80}") {
            of_lines(body.as_bytes(), Precision::Milliseconds, Moment::default()).ok();
        }
    }
}
