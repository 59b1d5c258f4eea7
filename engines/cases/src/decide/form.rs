//! What was filled in, before it is believed: storable, not too long, as the form's schema wants it.

use baotu_pack::Form;
use baotu_vocabulary::{BlobId, UnitCode};
use serde_json::{Map, Value as Json};

use crate::refusal::{FORM_BYTES_MAX, FieldFault, TakeRefused};

/// Checks a filled-in form against its schema; without a schema nothing may be filled in.
pub(crate) fn check(form: Option<&Form>, filled: &Map<String, Json>) -> Result<(), TakeRefused> {
    if let Some(field) = unstorable(filled) {
        return Err(TakeRefused::NotStorable(field));
    }
    if bytes(filled) > FORM_BYTES_MAX {
        return Err(TakeRefused::TooLong(FORM_BYTES_MAX));
    }
    let faults = faults(form, filled);
    if faults.is_empty() { Ok(()) } else { Err(TakeRefused::FormInvalid(faults)) }
}

/// What is wrong with a filled-in form.
pub(crate) fn faults(form: Option<&Form>, filled: &Map<String, Json>) -> Vec<FieldFault> {
    match form {
        Some(form) => {
            let problems = form.check(&Json::Object(filled.clone()));
            problems.into_iter().map(|problem| (problem.field, problem.message)).collect()
        }
        None => filled.keys().map(|name| (name.clone(), format!("这里没有“{name}”这一项"))).collect(),
    }
}

/// The first field that holds the character NUL, which PostgreSQL cannot keep.
pub(crate) fn unstorable(filled: &Map<String, Json>) -> Option<String> {
    filled
        .iter()
        .find(|(name, value)| name.contains('\0') || has_nul(value))
        .map(|(name, _)| name.replace('\0', ""))
}

/// How long the form is as JSON, in bytes.
pub(crate) fn bytes(filled: &Map<String, Json>) -> usize {
    serde_json::to_vec(filled).map_or(usize::MAX, |bytes| bytes.len())
}

fn has_nul(value: &Json) -> bool {
    match value {
        Json::String(text) => text.contains('\0'),
        Json::Array(items) => items.iter().any(has_nul),
        Json::Object(fields) => fields.iter().any(|(name, value)| name.contains('\0') || has_nul(value)),
        Json::Null | Json::Bool(_) | Json::Number(_) => false,
    }
}

/// A text of the form; none when it is absent or blank.
pub(crate) fn text(form: &Map<String, Json>, field: &str) -> Option<String> {
    form.get(field)?.as_str().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned)
}

/// A yes-or-no answer of the form; no when it is absent.
pub(crate) fn answer(form: &Map<String, Json>, field: &str) -> bool {
    form.get(field).and_then(Json::as_bool).unwrap_or(false)
}

/// A whole number of the form, also when it was chosen from a list of texts.
pub(crate) fn number(form: &Map<String, Json>, field: &str) -> Option<u64> {
    let value = form.get(field)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// The photos of the form.
pub(crate) fn photos(form: &Map<String, Json>, field: &str) -> Vec<BlobId> {
    let items = form.get(field).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item.as_str()?.parse().ok()).collect()
}

/// The unit codes of the form, each once.
pub(crate) fn units(form: &Map<String, Json>, field: &str) -> Vec<UnitCode> {
    let items = form.get(field).and_then(Json::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut units: Vec<UnitCode> = Vec::new();
    for code in items.iter().filter_map(Json::as_str).map(UnitCode::from) {
        if !units.contains(&code) {
            units.push(code);
        }
    }
    units
}

/// The opinion given with a decision, or the reason of a request.
pub(crate) fn opinion(form: &Map<String, Json>) -> Option<String> {
    text(form, "opinion").or_else(|| text(form, "reason"))
}
