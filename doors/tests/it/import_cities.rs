//! The real exports of three cities, whole, through the shipped mappings; what the platform computes from them is
//! computed once more here from the bare file.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use baotu_doors::import::{FileFault, Finding, Import, ImportReport, import_file};
use baotu_pack::Pack;
use baotu_storage::testing::{TestStore, stores};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::given::{Cases, Ticking, data, mapping};
use crate::packs::{assert_known, pack};

async fn import(test: &TestStore, cases: &Cases, file: &[u8], with: &str, city: &Pack) -> ImportReport {
    let surroundings = Ticking::new();
    let import = Import {
        store: &test.store,
        sink: cases,
        surroundings: &surroundings,
        zone: TimeZone::get(&city.city().time_zone).expect("the pack's zone exists"),
        bounds: Some(city.city().bounds),
    };
    let report = import.run(file, &mapping(with)).await.expect("the file is imported");
    assert_known(city, &report);
    report
}

/// The file's rows by a reader that the platform doesn't use.
fn plain(packed: &[u8]) -> Vec<BTreeMap<String, String>> {
    let mut text = Vec::new();
    flate2::read::GzDecoder::new(packed).read_to_end(&mut text).expect("gzip");
    let mut reader = csv::Reader::from_reader(text.as_slice());
    reader.deserialize().collect::<Result<_, _>>().expect("a well-formed table")
}

/// Prints the report on the first engine only; both give the same.
fn print(test: &TestStore, report: &ImportReport) {
    if test.store.engine() == baotu_storage::Engine::Sqlite {
        println!("{report}");
    }
}

#[tokio::test]
async fn baltimore_is_whole_and_on_time_is_what_the_file_says() {
    let Some(file) = data("requests-311-baltimore/requests.csv.gz") else { return };
    let city = pack("baltimore");
    let rows = plain(&file);
    let time = |row: &BTreeMap<String, String>, column: &str| {
        let text = &row[column];
        (!text.is_empty()).then(|| DateTime::strptime("%m/%d/%Y %I:%M:%S %p", text).expect("a time"))
    };
    let closed_with_due = |row: &&BTreeMap<String, String>| {
        row["SRStatus"].starts_with("Closed") && time(row, "DueDate").is_some()
    };
    let due = rows.iter().filter(closed_with_due).count();
    let on_time = rows
        .iter()
        .filter(closed_with_due)
        .filter(|row| time(row, "CloseDate").is_some_and(|closed| Some(closed) <= time(row, "DueDate")))
        .count();
    for test in stores().await {
        let cases = Cases::new(&test.store).await;
        let report = import(&test, &cases, &file, "baltimore-311.toml", &city).await;
        print(&test, &report);
        assert_eq!((report.read, report.imported), (5_000, 5_000));
        assert!(report.is_complete() && report.rejected.is_empty());
        assert_eq!(report.categories.values().sum::<u64>(), 5_000);
        assert_eq!(report.unmapped_units.len(), 0);
        let finding = |finding| report.findings.get(&finding).map_or(0, |tally| tally.rows);
        let count = |holds: &dyn Fn(&BTreeMap<String, String>) -> bool| {
            rows.iter().filter(|row| holds(row)).count() as u64
        };
        assert_eq!(finding(Finding::NoDueTime), count(&|row| row["DueDate"].is_empty()));
        assert_eq!(finding(Finding::NoPosition), count(&|row| row["Latitude"].is_empty()));
        assert_eq!(
            finding(Finding::ClosedBeforeOpened),
            count(&|row| {
                time(row, "CloseDate")
                    .is_some_and(|closed| closed < time(row, "CreatedDate").expect("a time"))
            })
        );
        let stored = cases.count("status IN ('closed', 'merged') AND due_at IS NOT NULL").await;
        let stored_on_time = cases.count("status IN ('closed', 'merged') AND closed_at <= due_at").await;
        assert_eq!((stored, stored_on_time), (due as i64, on_time as i64));
        println!("Baltimore: closed on time {stored_on_time} of {stored}");

        let again = import(&test, &cases, &file, "baltimore-311.toml", &city).await;
        assert_eq!((again.imported, again.known), (0, 5_000));
        assert_eq!(cases.count("1 = 1").await, 5_000);
    }
}

#[tokio::test]
async fn chicago_is_whole() {
    let Some(file) = data("requests-open311-chicago/requests.json.gz") else { return };
    let city = pack("chicago");
    for test in stores().await {
        let cases = Cases::new(&test.store).await;
        let report = import(&test, &cases, &file, "open311-requests.toml", &city).await;
        print(&test, &report);
        assert_eq!((report.read, report.imported), (25, 25));
        assert!(report.unmapped_categories.is_empty() && report.unmapped_units.is_empty());
        assert_eq!(cases.count("status = 'closed' AND closed_at >= opened_at AND lon < -87").await, 25);
    }
}

#[tokio::test]
async fn fuzhou_is_whole_and_days_and_transfers_are_what_the_file_says() {
    let Some(file) = data("hotline-fuzhou-12345/tickets.csv.gz") else { return };
    let city = pack("fuzhou");
    let rows = plain(&file);
    let sum =
        |column: &str| rows.iter().map(|row| row[column].parse::<i64>().expect("a number")).sum::<i64>();
    let (days, transfers) = (sum("days_to_final_reply"), sum("transfers"));
    for test in stores().await {
        let cases = Cases::new(&test.store).await;
        let report = import(&test, &cases, &file, "fuzhou-12345.toml", &city).await;
        print(&test, &report);
        assert_eq!((report.read, report.imported), (711, 711));
        let row = test
            .store
            .query_one(
                "SELECT CAST(sum(days) AS BIGINT) AS days, CAST(sum(transfers) AS BIGINT) AS transfers,
                        count(text) AS texts FROM test_case",
                Vec::new(),
            )
            .await
            .expect("sums");
        assert_eq!(row.int("days").expect("days"), days);
        assert_eq!(row.int("transfers").expect("transfers"), transfers);
        assert_eq!(row.int("texts").expect("texts"), 711);
        let named =
            rows.iter().filter(|row| !["1", "匿名", "市民", "居民"].contains(&row["anonymous"].as_str()));
        assert_eq!(cases.count("anonymous = 0").await, named.count() as i64);
        // A text over several lines is one row, and the next row's line counts them all.
        let kept = cases.count("text LIKE '%\n%'").await;
        let lines = rows.iter().filter(|row| row["detail"].trim().contains('\n')).count();
        assert_eq!(kept, lines as i64);
        println!("Fuzhou: {days} days and {transfers} transfers over {} tickets", rows.len());
    }
}

#[tokio::test]
async fn one_row_in_a_hundred_broken_loses_nothing_and_each_is_named() {
    let Some(packed) = data("requests-311-baltimore/requests.csv.gz") else { return };
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut text).expect("gzip");
    let mut broken = Vec::new();
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(place, line)| {
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
                _ => line
                    .replacen("Closed", "Vanished", 1)
                    .replacen("New", "Vanished", 1)
                    .replacen("Open", "Vanished", 1),
            }
        })
        .collect();
    let file = lines.join("\n");
    let city = pack("baltimore");
    for test in stores().await {
        let cases = Cases::new(&test.store).await;
        let report = import(&test, &cases, file.as_bytes(), "baltimore-311.toml", &city).await;
        let named: Vec<u64> = report.rejected.iter().map(|rejected| rejected.line).collect();
        assert_eq!(named, broken);
        assert_eq!((report.read, report.imported, report.rejected.len()), (5_000, 4_950, 50));
        assert_eq!(cases.count("1 = 1").await, 4_950);
        let kept = baotu_doors::import::open_rejects(&test.store, "baltimore-311").await.expect("rejects");
        assert_eq!(kept.len(), 50);
    }
}

#[tokio::test]
async fn a_file_is_imported_by_its_mapping_file_and_its_broken_rows_are_mended_in_the_table_beside() {
    for test in stores().await {
        let cases = Cases::new(&test.store).await;
        let surroundings = Ticking::new();
        let import = Import {
            store: &test.store,
            sink: &cases,
            surroundings: &surroundings,
            zone: TimeZone::UTC,
            bounds: None,
        };
        let [file, mapping, rejects] =
            ["tickets.csv", "mapping.toml", "rejects.csv"].map(|name| test.folder().join(name));
        let write = |path: &Path, text: &str| std::fs::write(path, text).expect("the file is written");
        write(&mapping, "title = 1");
        let fault = import_file(&import, &file, &mapping, &rejects).await.expect_err("no mapping");
        assert!(matches!(fault, FileFault::Mapping { .. }), "{fault}");
        write(&mapping, MAPPING);
        let fault = import_file(&import, &file, &mapping, &rejects).await.expect_err("no file");
        assert!(matches!(fault, FileFault::File { .. }), "{fault}");

        write(&file, "编号,标题,时间\n1,路灯不亮,2026-11-24\n2,井盖丢失,昨天\n");
        let report = import_file(&import, &file, &mapping, &rejects).await.expect("the file is imported");
        assert_eq!((report.imported, report.rejected.len()), (1, 1));
        let kept = std::fs::read_to_string(&rejects).expect("a table of rejects");
        write(&rejects, &kept.replace("昨天", "2026-11-23"));
        let mended = import_file(&import, &rejects, &mapping, &rejects).await.expect("the table is imported");
        assert_eq!((mended.imported, mended.mended, mended.rejected.len()), (1, 1, 0));
        assert_eq!(cases.count("1 = 1").await, 2);
    }
}

const MAPPING: &str = r#"
title = "小表"
source = "small-table"
[format]
kind = "csv"
[fields]
external_id = { column = "编号" }
title = { column = "标题" }
category = { constant = "other" }
opened_at = { column = "时间", dates = ["%Y-%m-%d"] }
status = { constant = "open" }
"#;
