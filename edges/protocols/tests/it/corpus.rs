//! Odd inputs that are kept: written by us, never copied. Each test over any bytes takes them first; a file is added for
//! each input that has ever made a parser fail.

use std::path::Path;

use baotu_protocols::hj212::{Judgement, Oddity, Splitter, judge};

/// The inputs of a protocol by name.
pub(crate) fn inputs(protocol: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/corpus").join(protocol);
    let mut inputs: Vec<_> = std::fs::read_dir(folder)
        .expect("as written here")
        .map(|entry| entry.expect("as written here").path())
        .map(|path| {
            (
                path.file_stem().expect("as written here").to_str().expect("as written here").to_owned(),
                std::fs::read(&path).expect("as written here"),
            )
        })
        .collect();
    inputs.sort();
    assert!(!inputs.is_empty(), "no input of {protocol}");
    inputs
}

/// A judgement in one line.
pub(crate) fn line(judgement: &Judgement) -> String {
    let told = |oddities: &[Oddity]| {
        oddities.iter().map(|oddity| format!(" {}@{}", oddity.kind.code(), oddity.at)).collect::<String>()
    };
    match judgement {
        Judgement::Accept(_) => "accept".to_owned(),
        Judgement::Flag(_, oddities) => format!("flag{}", told(oddities)),
        Judgement::Refuse(refused, oddities) => format!("refuse {}{}", refused.code(), told(oddities)),
    }
}

#[test]
fn each_input_of_hj212_is_judged() {
    let mut lines = Vec::new();
    for (name, bytes) in inputs("hj212") {
        let mut splitter = Splitter::new();
        let mut frames = splitter.feed(&bytes);
        frames.extend(splitter.finish());
        lines.push(format!("{name}: {:?}", splitter.tally()));
        lines.extend(frames.iter().map(|frame| format!("    {}", line(&judge(frame)))));
    }
    insta::assert_snapshot!(lines.join("\n"));
}
