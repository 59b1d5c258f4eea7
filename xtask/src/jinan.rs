//! Generates the long tables of the demo city from open lists and short hand-written heads, byte for byte the same each time.
//!
//! Whatever the open lists lack (where a street lies, who works in an office) is made up from a fixed seed and marked synthetic.

mod ground;
mod organisations;
mod places;
mod spread;

pub(crate) use organisations::write_organisations;
pub(crate) use places::write_places;

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

/// Writes rows as CSV with a header of their field names.
fn write_rows<R: Serialize>(path: &Path, rows: &[R]) -> anyhow::Result<()> {
    let mut writer =
        csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
    for row in rows {
        writer.serialize(row)?;
    }
    writer.flush()?;
    Ok(())
}

/// Reads all rows of a CSV text.
fn read_rows<R: serde::de::DeserializeOwned>(text: impl std::io::Read, name: &str) -> anyhow::Result<Vec<R>> {
    csv::Reader::from_reader(text)
        .into_deserialize()
        .collect::<Result<_, _>>()
        .with_context(|| format!("a row of {name} cannot be read"))
}
