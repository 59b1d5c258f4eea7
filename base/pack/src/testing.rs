//! The smallest useful city, `tests/packs/small`, as a fixture for every engine.

use std::path::{Path, PathBuf};

use baotu_vocabulary::Contracts;
use jiff::civil::Date;

use crate::Pack;

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
