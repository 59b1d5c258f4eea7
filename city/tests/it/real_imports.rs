//! Real exports of three cities through the binary, and the demo's own history: what the platform counts is counted
//! once more here, from the bare file or from what the interface lists.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use jiff::civil::{Date, DateTime};
use serde_json::Value;

use crate::city::{City, baotu_in, root};
use crate::people::Person;

/// Days that one report may span.
const REPORT_DAYS: i64 = 1_000;

/// A file of the data folder, which is no part of the repository: `BAOTU_DATA`, else `../shared/data` beside it.
///
/// Absent, the story is listed as *not run*, unless `BAOTU_DATA_REQUIRED=1` makes that a failure.
fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("BAOTU_DATA").map_or_else(|| root().join("../shared/data"), PathBuf::from);
    let file = folder.join(path);
    if file.is_file() {
        return Some(file.canonicalize().expect("a path"));
    }
    let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
    assert!(!is_required, "BAOTU_DATA_REQUIRED=1, but {path} of BAOTU_DATA is missing");
    println!("not run: {path} of BAOTU_DATA is missing");
    None
}

fn unpacked(file: &Path) -> String {
    let mut text = String::new();
    let packed = std::fs::File::open(file).expect("the file");
    flate2::read::GzDecoder::new(packed).read_to_string(&mut text).expect("gzip");
    text
}

/// The file's rows by a reader that the platform doesn't use.
fn plain(file: &Path) -> Vec<BTreeMap<String, String>> {
    let text = unpacked(file);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().collect::<Result<_, _>>().expect("a well-formed table")
}

/// A city of `tests/packs` with what was imported into it.
struct Imported {
    folder: tempfile::TempDir,
    pack: String,
    /// What the command said.
    report: String,
    code: i32,
}

impl Imported {
    /// `baotu import --mapping MAPPING FILE` into a fresh data folder; what is rejected is written where it runs.
    fn new(pack: &str, mapping: &str, file: &Path) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let pack = root().join("tests/packs").join(pack).display().to_string();
        let mut imported = Self { folder, pack, report: String::new(), code: 0 };
        imported.import(mapping, file);
        println!("{}", imported.report);
        imported
    }

    fn import(&mut self, mapping: &str, file: &Path) {
        let mapping = root().join("packs/mappings").join(mapping).display().to_string();
        let (data, file) = (self.data().display().to_string(), file.display().to_string());
        let arguments =
            ["import", "--mapping", &mapping, &file, "--pack", &self.pack, "--data", &data, "--log", "warn"];
        let (code, report, complaints) = baotu_in(self.folder.path(), &arguments);
        assert_eq!(complaints, "");
        (self.code, self.report) = (code, report);
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The report of the whole time from one day to another, as the interface gives it to a clerk: the sum of `counted`
    /// over as many spans as are needed.
    fn served<const N: usize>(&self, from: Date, to: Date, counted: impl Fn(&Value) -> [i64; N]) -> [i64; N] {
        let city =
            City::start_on(&self.data(), &["serve", "--bootstrap", "--pack", &self.pack, "--log", "warn"]);
        let clerk = Person::first_administrator(&city).appoints("clerk-one", &self.clerk());
        let (mut sums, mut day) = ([0; N], from);
        while day <= to {
            let last = day.saturating_add(jiff::Span::new().days(REPORT_DAYS)).min(to);
            let report = clerk.get(&format!("/api/statistics?from={day}&to={last}")).with(200);
            let group = &report["groups"][0];
            if group["counts"]["opened"].as_i64() > Some(0) {
                for (sum, number) in sums.iter_mut().zip(counted(group)) {
                    *sum += number;
                }
            }
            day = last.tomorrow().expect("a day after it");
        }
        sums
    }

    /// The post of whoever may count.
    fn clerk(&self) -> String {
        let posts =
            std::fs::read_to_string(Path::new(&self.pack).join("organisations/posts.csv")).expect("posts");
        let clerk =
            posts.lines().find(|line| line.split(',').nth(3).is_some_and(|roles| roles.contains("clerk")));
        clerk.and_then(|line| line.split(',').next()).expect("a clerk").to_owned()
    }
}

fn number(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("a number: {value}"))
}

#[test]
fn baltimore_is_whole_and_its_on_time_closing_is_what_the_file_says() {
    let Some(file) = data("requests-311-baltimore/requests.csv.gz") else { return };
    let rows = plain(&file);
    let time = |row: &BTreeMap<String, String>, column: &str| {
        let text = &row[column];
        (!text.is_empty()).then(|| DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).expect("a time"))
    };
    let closed = |row: &&BTreeMap<String, String>| row["SRStatus"].starts_with("Closed");
    let due = rows.iter().filter(closed).filter(|row| time(row, "DueDate").is_some()).count() as i64;
    let in_time = |row: &&BTreeMap<String, String>| {
        time(row, "CloseDate").zip(time(row, "DueDate")).is_some_and(|(closed, due)| closed <= due)
    };
    let on_time = rows.iter().filter(closed).filter(in_time).count() as i64;
    let zone = jiff::tz::TimeZone::get("America/New_York").expect("a zone");
    let second = |time: DateTime| zone.to_timestamp(time).expect("a moment").as_second();
    let days = |row: &BTreeMap<String, String>| {
        let (opened, closed) = time(row, "CreatedDate").zip(time(row, "CloseDate")).expect("both times");
        (second(closed) - second(opened)) / 86_400
    };
    let closing_days: i64 = rows.iter().filter(closed).map(days).sum();
    let closed = rows.iter().filter(closed).count() as i64;

    let imported = Imported::new("baltimore", "baltimore-311.toml", &file);
    assert_eq!(imported.code, 0);
    let share = on_time as f64 / due as f64 * 100.0;
    for said in [
        "读取 5000 行：导入 5000，已有 0，重复 0，退回待改 0".to_owned(),
        format!("立案 5000，办结 {closed}，在办 {}", 5_000 - closed),
        format!("按期办结率 {on_time}/{due} = {share:.2}%"),
        "响应率 来源未提供（not in source）".to_owned(),
        "解决率 来源未提供（not in source）".to_owned(),
        "满意率 来源未提供（not in source）".to_owned(),
    ] {
        assert!(imported.report.contains(&said), "{said}: {}", imported.report);
    }
    let mapped: BTreeMap<&str, u64> = said_counts(&imported.report, "分类（");
    assert_eq!(mapped.values().sum::<u64>(), 5_000, "{mapped:?}");

    let served = imported.served(date("2014-01-01"), date("2016-12-31"), |group| {
        let on_time = &group["rates"]["on_time"];
        for rate in ["response", "solved", "satisfied"] {
            assert_eq!(group["rates"][rate]["note"], "not in source", "{rate}");
            assert_eq!(group["rates"][rate]["rate"], Value::Null, "{rate}");
        }
        let counts = &group["counts"];
        let days = &group["means"]["closing_days"]["sum"];
        [&counts["opened"], &counts["closed"], &on_time["numerator"], &on_time["denominator"], days]
            .map(number)
    });
    assert_eq!(served, [5_000, closed, on_time, due, closing_days]);
}

#[test]
fn chicago_is_whole_and_imported_once() {
    let Some(file) = data("requests-open311-chicago/requests.json.gz") else { return };
    let mut imported = Imported::new("chicago", "open311-requests.toml", &file);
    assert_eq!(imported.code, 0);
    for said in [
        "读取 25 行：导入 25，已有 0，重复 0，退回待改 0",
        "立案 25，办结 25，在办 0",
        "按期办结率 来源未提供（not in source）",
    ] {
        assert!(imported.report.contains(said), "{said}: {}", imported.report);
    }
    imported.import("open311-requests.toml", &file);
    assert!(imported.report.contains("导入 0，已有 25"), "{}", imported.report);
    assert!(imported.report.contains("立案 25"), "{}", imported.report);
    let rows: Value = serde_json::from_str(&unpacked(&file)).expect("JSON");
    let moment = |row: &Value, name: &str| -> jiff::Timestamp {
        row[name].as_str().expect("a time").parse().expect("RFC 3339")
    };
    let days = |row: &Value| {
        (moment(row, "updated_datetime").as_second() - moment(row, "requested_datetime").as_second()) / 86_400
    };
    let plain: i64 = rows.as_array().expect("rows").iter().map(days).sum();
    let served = imported.served(date("2014-01-01"), date("2026-11-01"), |group| {
        [&group["counts"]["closed"], &group["means"]["closing_days"]["sum"]].map(number)
    });
    assert_eq!(served, [25, plain]);
}

#[test]
fn fuzhou_is_whole_and_its_days_and_transfers_are_what_the_file_says() {
    let Some(file) = data("hotline-fuzhou-12345/tickets.csv.gz") else { return };
    let rows = plain(&file);
    let sum =
        |column: &str| rows.iter().map(|row| row[column].parse::<i64>().expect("a number")).sum::<i64>();
    let (days, transfers) = (sum("days_to_final_reply"), sum("transfers"));
    let imported = Imported::new("fuzhou", "fuzhou-12345.toml", &file);
    assert_eq!(imported.code, 0);
    for said in [
        "读取 711 行：导入 711，已有 0，重复 0，退回待改 0".to_owned(),
        "立案 711，办结 711，在办 0".to_owned(),
        "按期办结率 来源未提供（not in source）".to_owned(),
        // When a ticket was closed isn't in the table, and so no days of closing are made up.
        "办结用时（天） 来源未提供（not in source）".to_owned(),
        format!("答复用时（天） {days}/711 = "),
        format!("转办（次） {transfers}/711 = "),
    ] {
        assert!(imported.report.contains(&said), "{said}: {}", imported.report);
    }
    let served = imported.served(date("2006-01-01"), date("2020-12-31"), |group| {
        let means = &group["means"];
        assert_eq!(means["closing_days"]["mean"], Value::Null);
        [
            &group["counts"]["closed"],
            &means["resolving_days"]["sum"],
            &means["resolving_days"]["count"],
            &means["transfers"]["sum"],
            &means["transfers"]["count"],
        ]
        .map(number)
    });
    assert_eq!(served, [711, days, 711, transfers, 711]);
}

#[test]
fn of_a_file_with_one_broken_row_in_a_hundred_nothing_is_lost_and_each_is_named() {
    let Some(file) = data("requests-311-baltimore/requests.csv.gz") else { return };
    let text = unpacked(&file);
    let mut broken = Vec::new();
    let lines: Vec<String> =
        text.lines().enumerate().map(|(place, line)| broken_row(place, line, &mut broken)).collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("one-in-a-hundred.csv");
    let mut written = std::fs::File::create(&file).expect("a file");
    written.write_all(lines.join("\n").as_bytes()).expect("written");

    let mut imported = Imported::new("baltimore", "baltimore-311.toml", &file);
    assert_eq!(imported.code, 1, "a file with broken rows is not done");
    assert!(
        imported.report.contains("读取 5000 行：导入 4950，已有 0，重复 0，退回待改 50"),
        "{}",
        imported.report
    );
    assert_eq!(lines_named(&imported.report), broken);
    assert!(imported.report.contains("立案 4950"), "{}", imported.report);

    // Whole again, the file comes in with the same command; nothing comes twice.
    let rejects = imported.folder.path().join("one-in-a-hundred.rejects.csv");
    let kept = std::fs::read_to_string(&rejects).expect("the table of rejects");
    assert_eq!(csv::Reader::from_reader(kept.as_bytes()).records().count(), 50);
    std::fs::write(&file, &text).expect("written");
    imported.import("baltimore-311.toml", &file);
    assert!(imported.report.contains("导入 50，已有 4950"), "{}", imported.report);
    assert!(imported.report.contains("立案 5000"), "{}", imported.report);
}

/// Every hundredth row, broken in one of five ways; the number of its line is noted.
fn broken_row(place: usize, line: &str, broken: &mut Vec<u64>) -> String {
    if place == 0 || place % 100 != 50 {
        return line.to_owned();
    }
    broken.push(place as u64 + 1);
    match (place / 100) % 5 {
        // An open quote, which would swallow the rows after it.
        0 => line.replacen(',', ",\"", 1),
        1 => format!("{line},one cell too many"),
        2 => line.replacen("/201", "/x01", 1),
        3 => line.chars().take(20).collect(),
        _ => ["Closed", "New", "Open"]
            .iter()
            .fold(line.to_owned(), |row, word| row.replacen(word, "Vanished", 1)),
    }
}

/// The lines that a printed report names as rejected.
fn lines_named(report: &str) -> Vec<u64> {
    let (_, told) = report.split_once("退回待改：\n").expect("rejects");
    let mut lines = Vec::new();
    for row in told.lines().take_while(|row| row.starts_with("  ")) {
        let (_, from) =
            row.rsplit_once("另有").map_or(("", row), |(_, rest)| rest.split_once('：').expect("lines"));
        let (_, named) = from.split_once('第').expect("a line");
        let (named, _) = named.split_once('行').expect("its number");
        lines.extend(named.split('、').map(|line| line.trim().parse::<u64>().expect("a number")));
    }
    lines
}

/// The words and counts of one line of a printed report.
fn said_counts<'r>(report: &'r str, title: &str) -> BTreeMap<&'r str, u64> {
    let line = report.lines().find(|line| line.starts_with(title)).expect("the line");
    let (_, counts) = line.split_once('：').expect("counts");
    let pair = |pair: &'r str| {
        let (word, count) = pair.rsplit_once(' ').expect("a count");
        (word, count.parse().expect("a number"))
    };
    counts.split('，').map(pair).collect()
}

fn date(text: &str) -> Date {
    text.parse().expect("a date")
}
