//! What a rule would have raised over real readings: the same as a plain count says.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::PathBuf;

use baotu_pack::parameters::Parameters;
use baotu_pack::rules::{AlarmRule, CompiledAlarmRule, Known, KnownProperty, check};
use baotu_pack::testing::TODAY;
use baotu_rules::{Observed, Replay, Watched, replay};
use baotu_vocabulary::{Moment, ThingId};

use crate::given::{parameters, zone};

/// An hourly PM2.5 above this is an alarm, below the other it ends (µg/m³); made up for the test.
const LIMIT: f64 = 75.0;
const CLEAR: f64 = 60.0;

fn rule(text: &str) -> CompiledAlarmRule {
    let text = format!(
        "name = 'pm25'\ntitle = '细颗粒物偏高'\nversion = '2020-01-01'\nwatches = 'air-station'\nlevel = '一般'\nabout = ''\n{text}"
    );
    let rule: AlarmRule = toml::from_str(&text).expect("a rule");
    let property = |title| KnownProperty { title, unit: "µg/m³", decimals: 0 };
    let known = Known {
        properties: BTreeMap::from([("pm25", property("PM2.5"))]),
        types: BTreeMap::from([("air-station", vec!["pm25"])]),
        ..Known::default()
    };
    let rows: Parameters = parameters(
        "key,thing_type,area,value,unit,valid_from,valid_to,source,status
limit,,,75,µg/m³,2020-01-01,,GB 3095-2012 表 1 二级,in-force
clear,,,60,µg/m³,2020-01-01,,demo,demo
",
    );
    let (compiled, problems) = check(&rule, &"air".into(), &known, &rows.into(), TODAY, None);
    compiled.unwrap_or_else(|| panic!("{problems:?}"))
}

/// The readings of all stations by time: station, moment, PM2.5 (NaN where there was none). Nothing when the data are not
/// there, unless `BAOTU_DATA_REQUIRED=1` makes that a failure.
fn readings() -> Option<(BTreeMap<String, u32>, Vec<Observed>)> {
    let beside = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let folder = std::env::var_os("BAOTU_DATA").map_or_else(beside, PathBuf::from);
    let path = folder.join("air-shandong-stations-hourly/hourly.csv.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
        assert!(!is_required, "BAOTU_DATA_REQUIRED=1, but {} is missing", path.display());
        println!("not run: {} is missing", path.display());
        return None;
    };
    let mut text = String::new();
    flate2::read::GzDecoder::new(file).read_to_string(&mut text).expect("text");
    let mut stations = BTreeMap::new();
    let mut readings = Vec::new();
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let head = reader.headers().expect("a head").clone();
    let column = |name: &str| head.iter().position(|other| other == name).expect("a column");
    let (city, station, time, pm25) = (column("city"), column("station"), column("time"), column("pm25"));
    for row in reader.records() {
        let row = row.expect("a row");
        let next = u32::try_from(stations.len()).expect("few stations");
        let series = *stations.entry(format!("{} {}", &row[city], &row[station])).or_insert(next);
        let value: f64 = row[pm25].parse().unwrap_or(f64::NAN);
        let at: Moment = row[time].parse().expect("a time");
        readings.push(Observed { series, at, value, usable: !value.is_nan() });
    }
    readings.sort_by_key(|reading| (reading.at, reading.series));
    Some((stations, readings))
}

fn station(name: &str, series: u32) -> Watched {
    Watched {
        thing: ThingId::derived(ThingId::new(Moment::from_micros(0), [1; 10]).uuid(), name),
        kind: "air-station".into(),
        name: name.to_owned(),
        unit: None,
        place: None,
        division: None,
        zones: Vec::new(),
        series: vec![("pm25".into(), series)],
    }
}

/// When each station is raised and cleared, by the plainest loop over its readings.
fn recomputed(series: u32, readings: &[Observed]) -> Vec<(Moment, Option<Moment>)> {
    let mut alarms: Vec<(Moment, Option<Moment>)> = Vec::new();
    let mut last = None;
    for reading in readings.iter().filter(|reading| reading.series == series && reading.usable) {
        // A second row of the same hour is a correction, and comes too late.
        if last == Some(reading.at) {
            continue;
        }
        last = Some(reading.at);
        let open = alarms.last().is_some_and(|(_, cleared)| cleared.is_none());
        if !open && reading.value > LIMIT {
            alarms.push((reading.at, None));
        } else if let Some((_, cleared @ None)) = alarms.last_mut()
            && reading.value <= CLEAR
        {
            *cleared = Some(reading.at);
        }
    }
    alarms
}

#[test]
fn real_readings_raise_what_a_plain_count_says() {
    let Some((stations, readings)) = readings() else { return };
    let things = stations.iter().map(|(name, series)| station(name, *series));
    let (from, until) = (readings[0].at, readings[readings.len() - 1].at.plus_seconds(1));
    let special = "above = { property = 'pm25', limit = 'limit', clear = 'clear' }";
    let replayed = replay(vec![rule(special)], things, &readings, (from, until), zone());
    let mut all = 0;
    for (name, series) in &stations {
        let found: Vec<_> = replayed
            .alarms
            .iter()
            .filter(|alarm| alarm.thing_name == *name)
            .map(|alarm| (alarm.raised_at, alarm.cleared_at))
            .collect();
        let wanted = recomputed(*series, &readings);
        assert_eq!(found, wanted, "{name}");
        all += wanted.len();
    }
    // The spring of 2020 had bad hours: the test would be idle otherwise.
    assert!(all > 20, "{all} alarms of {} stations", stations.len());
    assert_eq!(replayed.alarms.len(), all);
    let unusable = readings.iter().filter(|reading| !reading.usable).count() as u64;
    assert!(replayed.counts.unusable <= unusable);
    let text = &replayed.alarms[0].why.text;
    assert!(text.contains("GB 3095-2012") && text.starts_with("PM2.5 "), "{text}");
}

#[test]
fn what_must_last_is_raised_less_often() {
    let Some((stations, readings)) = readings() else { return };
    let things = || stations.iter().map(|(name, series)| station(name, *series));
    let span = (readings[0].at, readings[readings.len() - 1].at.plus_seconds(1));
    let count = |special: &str| replay(vec![rule(special)], things(), &readings, span, zone()).alarms.len();
    let threshold = "above = { property = 'pm25', limit = 'limit', clear = 'clear' }";
    let (at_once, held) = (count(threshold), count(&format!("{threshold}\nhold_seconds = 10800")));
    assert!(0 < held && held < at_once, "{held} of {at_once}");
}

#[test]
fn parts_make_no_difference() {
    let Some((stations, readings)) = readings() else { return };
    let things = || stations.iter().map(|(name, series)| station(name, *series));
    let (from, until) = (readings[0].at, readings[readings.len() - 1].at.plus_seconds(1));
    let special = "above = { property = 'pm25', limit = 'limit' }\nhold_seconds = 5400\nclear_seconds = 3600";
    let whole = replay(vec![rule(special)], things(), &readings, (from, until), zone());
    let mut parts = Replay::new(vec![rule(special)], things(), from, zone());
    for hour in readings.chunk_by(|a, b| a.at == b.at) {
        parts.readings(hour);
    }
    assert_eq!(parts.end(until), whole);
}
