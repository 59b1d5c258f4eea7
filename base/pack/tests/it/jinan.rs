//! The pack of Jinan: no problems but in what engines say, and read fast enough to be read at every start.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use baotu_pack::sensing::{Sensing, ThingIndicator};
use baotu_pack::testing::TODAY;
use baotu_pack::{ChargeQuestion, Checked, Level, Pack};
use baotu_vocabulary::contract::{MethodContract, MethodInput};
use baotu_vocabulary::{ActionContract, Contracts, EventContract, FactContract};
use serde_json::{Value, json};

/// Longest time in which the pack is read and checked, in a build without optimisation on a busy machine of two cores.
const LOAD_SECONDS_MAX: u64 = 10;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../packs/jinan")
}

/// The words of all engines with any data: their types are checked where the engines are wired.
fn open_contracts() -> Contracts {
    let any = || json!({"type": "object"});
    let keep = |word: &Value| word.as_str().expect("a word").to_owned().leak() as &'static str;
    let event = |name| EventContract { name, about: "", data: any() };
    let mut contracts = Contracts::default();
    for entry in walkdir::WalkDir::new(folder()).into_iter().filter_map(Result::ok) {
        let path = entry.path();
        let example = path.parent().is_some_and(|parent| parent.ends_with("examples"));
        if !example && !path.ends_with("reactions.toml") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("a file of the pack is text");
        let file: Value = toml::from_str(&text).expect("and TOML");
        contracts.events.extend(file["then"]["events"].as_array().into_iter().flatten().map(keep).map(event));
        for reaction in file["reaction"].as_array().into_iter().flatten() {
            contracts.events.push(event(keep(&reaction["on"])));
            contracts.actions.push(ActionContract {
                name: keep(&reaction["do"]),
                about: "",
                arguments: any(),
            });
            for fact in reaction["facts"].as_object().into_iter().flat_map(|facts| facts.values()) {
                let name = keep(&fact["ask"]);
                contracts.facts.push(FactContract { name, about: "", question: any(), answer: any() });
            }
        }
    }
    contracts.methods = open_methods();
    contracts
}

/// The methods that things name, with inputs as they are given.
fn open_methods() -> Vec<MethodContract> {
    let files = walkdir::WalkDir::new(folder()).into_iter().filter_map(Result::ok);
    let files: Vec<Sensing> = files
        .filter(|entry| entry.path().ends_with("things.toml"))
        .map(|entry| std::fs::read_to_string(entry.path()).expect("a file of the pack is text"))
        .map(|text| toml::from_str(&text).expect("and TOML"))
        .collect();
    let properties = || files.iter().flat_map(|file| &file.properties);
    let keep = |word: &str| word.to_owned().leak() as &'static str;
    let input = |(name, from): (&String, &String)| {
        let property = properties().find(|property| property.name.as_str() == from);
        let unit = property.map(|property| keep(&property.unit)).unwrap_or_default();
        MethodInput { name: keep(name), unit, required: false }
    };
    let indicators = files.iter().flat_map(|file| &file.types).flat_map(|kind| &kind.indicators);
    let method = |indicator: &ThingIndicator| MethodContract {
        name: keep(&indicator.method),
        about: "",
        inputs: indicator.with.iter().map(input).collect(),
    };
    indicators.map(method).collect()
}

fn load() -> Checked {
    Pack::load(&folder(), &open_contracts(), TODAY)
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
