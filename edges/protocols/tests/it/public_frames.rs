//! Frames of HJ 212 found in public code, which are no part of the repository: each is judged, and the judgement agrees
//! with the checksum and length that the set's makers computed.

use std::path::{Path, PathBuf};

use baotu_protocols::hj212::{Frame, Judgement, OddityKind, Refused, Splitter, crc, judge, report};

use crate::corpus::line;

/// Frames of the set whose judgements are kept, and the checksum over them all.
const THIS_SET: (usize, u16) = (42, 0x9C01);

/// A frame and what is known of it; a blank column is nothing.
struct Row {
    number: usize,
    frame: Vec<u8>,
    is_checksum_ok: Option<bool>,
    is_length_ok: Option<bool>,
}

/// A file of the data folder: `BAOTU_DATA`, else `../shared/data` beside the repository.
///
/// Absent, the test is listed as *not run*, unless `BAOTU_DATA_REQUIRED=1` makes that a failure.
fn data(path: &str) -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data");
    let file = std::env::var_os("BAOTU_DATA").map_or_else(beside, PathBuf::from).join(path);
    if file.is_file() {
        return Some(file);
    }
    let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
    assert!(!is_required, "BAOTU_DATA_REQUIRED=1, but {path} of BAOTU_DATA is missing");
    println!("not run: {path} of BAOTU_DATA is missing");
    None
}

fn rows() -> Option<Vec<Row>> {
    let file = data("hj212-frames/frames.csv")?;
    let mut reader = csv::Reader::from_path(file).expect("as written here");
    let headers = reader.headers().expect("as written here").clone();
    let column = |name: &str| headers.iter().position(|header| header == name).expect("as written here");
    let (frame, checksum, length) = (column("frame"), column("crc_ok"), column("len_ok"));
    let rows = reader.records().enumerate().map(|(index, record)| {
        let record = record.expect("as written here");
        Row {
            number: index + 1,
            frame: record[frame].as_bytes().to_vec(),
            is_checksum_ok: record[checksum].parse().ok(),
            is_length_ok: record[length].parse().ok(),
        }
    });
    Some(rows.collect())
}

#[test]
fn judgements_agree_with_the_checksums_and_lengths_of_the_set() {
    let Some(rows) = rows() else { return };
    for row in &rows {
        let judgement = judge(&Frame::from_line(&row.frame));
        let told = format!("row {}: {}", row.number, line(&judgement));
        match (row.is_checksum_ok, &judgement) {
            (Some(true), Judgement::Accept(_) | Judgement::Flag(..))
            | (Some(false), Judgement::Refuse(Refused::ChecksumWrong { .. }, _))
            | (None, Judgement::Refuse(Refused::ChecksumMissing, _)) => {}
            _ => panic!("checksum right: {:?}, but {told}", row.is_checksum_ok),
        }
        let is_length_told = judgement.oddities().iter().any(|oddity| {
            matches!(
                oddity.kind,
                OddityKind::LengthWrong | OddityKind::LengthCountsEnd | OddityKind::LengthInCharacters
            )
        });
        assert_eq!(row.is_length_ok == Some(false), is_length_told, "{told}");
        let is_header_told =
            judgement.oddities().iter().any(|oddity| oddity.kind == OddityKind::HeaderMissing);
        assert_eq!(!row.frame.starts_with(b"##"), is_header_told, "{told}");
    }
    println!("{} public frames judged", rows.len());
}

#[test]
fn a_connection_that_carries_them_all_gives_the_same_judgements() {
    let Some(rows) = rows() else { return };
    let with_head: Vec<_> = rows.iter().filter(|row| row.frame.starts_with(b"##")).collect();
    let stream: Vec<u8> = with_head.iter().flat_map(|row| [&row.frame[..], b"\r\n"].concat()).collect();
    let mut splitter = Splitter::new();
    let mut frames = splitter.feed(&stream);
    frames.extend(splitter.finish());
    assert_eq!(frames.len(), with_head.len(), "{:?}", splitter.tally());
    for (row, frame) in with_head.iter().zip(&frames) {
        let alone = judge(&Frame::from_line(&row.frame));
        assert_eq!(line(&judge(frame)), line(&alone), "row {}", row.number);
    }
}

#[test]
fn the_judgements_are_these() {
    let Some(rows) = rows() else { return };
    // Another set of frames has other judgements; it is held to its own columns above.
    let fingerprint = crc(&rows.iter().flat_map(|row| row.frame.clone()).collect::<Vec<u8>>());
    if (rows.len(), fingerprint) != THIS_SET {
        return println!(
            "not compared: these {} frames (fingerprint {fingerprint:04X}) are another set",
            rows.len()
        );
    }
    let mut lines = Vec::new();
    for row in &rows {
        let judgement = judge(&Frame::from_line(&row.frame));
        let read = judgement.message().map_or_else(String::new, |message| {
            let report = report(message);
            format!(" | {} {} readings", message.command, report.readings.len())
        });
        lines.push(format!("{:>2} {}{read}", row.number, line(&judgement)));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
