//! What an HJ 212 message reports, as samples of a thing.

use baotu_pack::sensing::{Hj212, Hj212Factor};
use baotu_protocols::hj212::{DataFlag, Kind, Message, Stamp, report};
use baotu_vocabulary::{Moment, Quality, Sample};
use jiff::tz::TimeZone;

use super::Heard;

/// Reads what a message reports, by the factors that the thing's type declares. A message without DataTime is taken at
/// the time of its QN, or when it arrived; that is told as odd.
pub fn of_report(declared: &Hj212, message: &Message, now: Moment, zone: &TimeZone) -> Heard {
    let told = report(message);
    let mut heard = Heard::default();
    for oddity in &told.oddities {
        heard.oddities.push((oddity.kind.code(), String::new()));
    }
    let by_request = || {
        let digits = message.request_id.as_ref()?;
        Stamp::parse(digits.as_str().as_bytes())?.moment(zone)
    };
    let at = told.data_time.and_then(|time| time.moment(zone)).or_else(by_request).unwrap_or(now);
    for reading in &told.readings {
        if matches!(reading.kind, Kind::Info) {
            continue;
        }
        let code = reading.factor.shown();
        let kind = String::from_utf8_lossy(reading.kind.suffix()).into_owned();
        let fits = |factor: &&Hj212Factor| {
            factor.code.eq_ignore_ascii_case(&code)
                && factor.kind.eq_ignore_ascii_case(&kind)
                && factor.command.is_none_or(|command| command == message.command.number())
        };
        let Some(factor) = declared.factors.iter().find(fits) else {
            heard.oddities.push(("factor-undeclared", format!("{code}-{kind}")));
            continue;
        };
        let Some(sent) = reading.number() else {
            heard.oddities.push(("value-not-a-number", format!("{code}-{kind}")));
            continue;
        };
        let quality = reading.flag.as_ref().map_or(Quality::Normal, quality);
        let value = sent * factor.factor.unwrap_or(1.0);
        heard.samples.push(Sample { quality, ..Sample::new(factor.property.clone(), at, value) });
    }
    heard
}

/// HJ 212-2017 table 8. A flag that the standard does not know is no sign of health.
const fn quality(flag: &DataFlag) -> Quality {
    match flag {
        DataFlag::Normal => Quality::Normal,
        DataFlag::Stopped => Quality::Stopped,
        DataFlag::Maintenance => Quality::Maintenance,
        DataFlag::Manual => Quality::Manual,
        DataFlag::Fault | DataFlag::Other(_) => Quality::Fault,
        DataFlag::Calibrating => Quality::Calibrating,
        DataFlag::OverRange => Quality::OverRange,
        DataFlag::Communication => Quality::OutOfContact,
    }
}

#[cfg(test)]
mod tests {
    use baotu_protocols::hj212::read_segment;

    use super::*;

    fn declared() -> Hj212 {
        let factor = |code: &str, kind: &str, property: &str, factor| Hj212Factor {
            code: code.to_owned(),
            kind: kind.to_owned(),
            command: None,
            property: property.into(),
            unit: None,
            factor,
        };
        Hj212 {
            system: "32".to_owned(),
            factors: vec![factor("w01001", "Rtd", "ph", None), factor("w01018", "Rtd", "cod", Some(1_000.0))],
        }
    }

    fn read(segment: &str) -> (Vec<String>, Vec<&'static str>) {
        let zone = TimeZone::get("Asia/Shanghai").expect("a zone");
        let now = "2016-08-01T09:00:00+08:00".parse().expect("a time");
        let (message, _) = read_segment(segment.as_bytes()).expect("a segment");
        let heard = of_report(&declared(), &message, now, &zone);
        let told = |sample: &Sample| {
            format!(
                "{}={} {} {}",
                sample.property,
                sample.value,
                sample.quality.name(),
                sample.at.timestamp()
            )
        };
        let oddities = heard.oddities.iter().map(|(code, _)| *code).collect();
        (heard.samples.iter().map(told).collect(), oddities)
    }

    #[test]
    fn a_report_becomes_samples_with_the_time_and_the_flags_of_its_factors() {
        let head = "QN=20160801085857223;ST=32;CN=2011;PW=123456;MN=010000A8900016F000169DC0;Flag=5;CP=&&";
        let segment = format!(
            "{head}DataTime=20160801085857;w01001-Rtd=7.1,w01001-Flag=N;w01018-Rtd=2.2,w01018-Flag=C;w21003-Rtd=1&&"
        );
        let (samples, oddities) = read(&segment);
        assert_eq!(
            samples,
            ["ph=7.1 normal 2016-08-01T00:58:57Z", "cod=2200 calibrating 2016-08-01T00:58:57Z"]
        );
        assert_eq!(oddities, ["factor-undeclared"]);
        let (samples, oddities) = read(&format!("{head}w01001-Rtd=7.1;w01018-Rtd=---&&"));
        assert_eq!(
            samples,
            ["ph=7.1 normal 2016-08-01T00:58:57.223Z"],
            "without DataTime the QN tells the time"
        );
        assert!(oddities.contains(&"value-not-a-number"), "{oddities:?}");
        assert!(oddities.len() > 1, "that DataTime is missing is odd: {oddities:?}");
    }
}
