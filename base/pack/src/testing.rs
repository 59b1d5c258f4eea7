//! The smallest useful city, `tests/packs/small`, as a fixture for every engine.

use std::path::{Path, PathBuf};

use baotu_vocabulary::{ActionContract, Contracts, EventContract, FactContract, MethodContract, MethodInput};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::Pack;
use crate::sensing::{Sensing, ThingIndicator};

/// The day on which the small city is checked.
pub const TODAY: Date = jiff::civil::date(2026, 11, 24);

/// The folder of the small city.
pub fn small_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/packs/small")
}

/// The small city, checked against these contracts.
///
/// # Panics
/// The pack has errors; they are told.
pub fn small_with(contracts: &Contracts) -> Pack {
    let checked = Pack::load(&small_folder(), contracts, TODAY);
    let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    checked.pack.unwrap_or_else(|| panic!("tests/packs/small:\n{}", told.join("\n")))
}

/// The small city without reactions to check: it declares none.
///
/// # Panics
/// As for [`small_with`].
pub fn small() -> Pack {
    small_with(&Contracts::default())
}

/// The words that a pack uses of engines and methods, with any data: their types are checked where the engines are wired.
///
/// # Panics
/// A file of the pack cannot be read.
pub fn open_contracts(folder: &Path) -> Contracts {
    let any = || json!({"type": "object"});
    let keep = |word: &Value| word.as_str().expect("a word").to_owned().leak() as &'static str;
    let event = |name| EventContract { name, about: "", data: any() };
    let mut contracts = Contracts::default();
    for entry in walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok) {
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
    contracts.methods = open_methods(folder);
    contracts
}

/// The methods that things name, with inputs as they are given.
fn open_methods(folder: &Path) -> Vec<MethodContract> {
    let files = walkdir::WalkDir::new(folder).into_iter().filter_map(Result::ok);
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
