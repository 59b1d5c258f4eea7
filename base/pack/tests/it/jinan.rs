//! The pack of Jinan: no problems but in what engines say, and read fast enough to be read at every start.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use baotu_pack::testing::{TODAY, open_contracts};
use baotu_pack::{ChargeQuestion, Checked, Level, Pack};

/// Longest time in which the pack is read and checked, in a build without optimisation on a busy machine of two cores.
const LOAD_SECONDS_MAX: u64 = 10;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jinan")
}

fn load() -> Checked {
    Pack::load(&folder(), &open_contracts(&folder()), TODAY)
}

#[test]
fn it_has_no_errors_and_is_read_fast() {
    let start = Instant::now();
    let checked = load();
    let took = start.elapsed();
    let errors: Vec<String> = checked
        .problems
        .iter()
        .filter(|problem| problem.level == Level::Error)
        .map(ToString::to_string)
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    assert!(took < Duration::from_secs(LOAD_SECONDS_MAX), "{took:?}");
}

#[test]
fn every_class_has_somebody_in_charge_in_every_street() {
    let pack = load().pack.expect("checked by the other test");
    let table = pack.code_table("hotline-classes").unwrap();
    let leaves: Vec<&str> = table
        .rows()
        .iter()
        .filter(|row| row.in_force(TODAY) && table.is_leaf(&row.code))
        .map(|row| row.code.as_str())
        .collect();
    let streets: Vec<&str> = pack
        .divisions()
        .all()
        .iter()
        .filter(|division| division.code.len() == 9 && division.in_force(TODAY))
        .map(|division| division.code.as_str())
        .collect();
    assert!(
        leaves.len() > 100 && streets.len() == 164,
        "{} classes, {} streets",
        leaves.len(),
        streets.len()
    );
    let ask = |category, street| {
        let place = [street];
        let question =
            ChargeQuestion { table: "hotline-classes", category, place: &place, level: "一般", day: TODAY };
        !pack.functions_for(&question).is_empty()
    };
    let nobody: Vec<(&str, &str)> = leaves
        .iter()
        .step_by(7)
        .flat_map(|category| streets.iter().step_by(5).map(move |street| (*category, *street)))
        .filter(|(category, street)| !ask(category, street))
        .collect();
    assert!(nobody.is_empty(), "{nobody:?}");
}
