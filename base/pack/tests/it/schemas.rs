//! The committed schemas are those of the types; `UPDATE_SCHEMAS=1` writes them anew.

use std::path::Path;

#[test]
fn committed_schemas_are_those_of_the_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schemas");
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    if update {
        std::fs::create_dir_all(&folder).unwrap();
    }
    let mut known = Vec::new();
    for (name, schema) in baotu_pack::schemas::schemas() {
        let file = format!("{name}.schema.json");
        let text = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
        if update {
            std::fs::write(folder.join(&file), &text).unwrap();
        }
        let committed = std::fs::read_to_string(folder.join(&file)).unwrap_or_default();
        assert!(committed == text, "schemas/{file} is out of date: run the tests with UPDATE_SCHEMAS=1");
        known.push(file);
    }
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().file_name().into_string().unwrap();
        assert!(known.contains(&file), "schemas/{file} is of no type");
    }
}

#[test]
fn the_small_city_passes_its_schemas() {
    let schemas = baotu_pack::schemas::schemas();
    let small = baotu_pack::testing::small_folder();
    let files = [
        ("city", "city.toml"),
        ("calendar-year", "calendar/2026.toml"),
        ("roles", "roles/base.toml"),
        ("procedure", "services/simple-request/procedure.toml"),
        ("messages", "services/simple-request/messages.toml"),
        ("example", "services/simple-request/examples/whole-loop.toml"),
    ];
    for (name, file) in files {
        let (_, schema) = schemas.iter().find(|(known, _)| *known == name).unwrap();
        let validator = jsonschema::validator_for(schema).unwrap();
        let text = std::fs::read_to_string(small.join(file)).unwrap();
        let value: toml::Table = toml::from_str(&text).unwrap();
        // As an editor sees it: days are written without quotes.
        let json = without_quotes_lost(serde_json::to_value(value).unwrap());
        let wrong: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{file}: {}", wrong.join("; "));
    }
}

/// TOML's own days come through serde as a table of one text.
fn without_quotes_lost(value: serde_json::Value) -> serde_json::Value {
    match value {
        serde_json::Value::Object(fields)
            if fields.len() == 1 && fields.contains_key("$__toml_private_datetime") =>
        {
            fields["$__toml_private_datetime"].clone()
        }
        serde_json::Value::Object(fields) => {
            fields.into_iter().map(|(name, value)| (name, without_quotes_lost(value))).collect()
        }
        serde_json::Value::Array(items) => items.into_iter().map(without_quotes_lost).collect(),
        other => other,
    }
}
