//! The description of the interface: whole, and the one from which the screens' client was generated.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::Value;

use crate::city::{City, root};

/// Set to write the description anew after the interface was changed on purpose.
const UPDATE: &str = "UPDATE_OPENAPI";

/// Every `$ref` below a value.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[test]
fn the_committed_description_is_what_the_city_tells_and_names_nothing_that_is_missing() {
    let city = City::start(&["demo", "--history-hours", "0", "--per-day", "0", "--log", "warn"]);
    let told: Value = reqwest::blocking::get(city.url("/api/openapi.json"))
        .and_then(reqwest::blocking::Response::json)
        .expect("the city tells its interface");
    assert_eq!(told["openapi"], "3.1.0");
    let mut named = BTreeSet::new();
    references(&told, &mut named);
    let missing: Vec<_> =
        named.iter().filter(|reference| told.pointer(reference.trim_start_matches('#')).is_none()).collect();
    assert!(missing.is_empty(), "{missing:?}");

    let path: PathBuf = root().join("web/openapi.json");
    let text = format!("{}\n", serde_json::to_string_pretty(&told).expect("JSON"));
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &text).expect("the description is written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "web/openapi.json is not what the city tells; after a change on purpose: \
         {UPDATE}=1 cargo nextest run -p baotu-city interface, then `npm run api` in web/"
    );
}
