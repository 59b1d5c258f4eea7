//! The packs of the cities whose real requests are imported: without a problem, and with a place for whatever their
//! mappings lead to.

use std::path::Path;

use baotu_doors::import::ImportReport;
use baotu_pack::Pack;
use baotu_pack::testing::TODAY;
use baotu_vocabulary::Contracts;

/// A city of `tests/packs`.
pub(crate) fn pack(name: &str) -> Pack {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/packs").join(name);
    let checked = Pack::load(&folder, &Contracts::default(), TODAY);
    let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    assert!(told.is_empty(), "{name}:\n{}", told.join("\n"));
    checked.pack.expect("a pack without problems")
}

/// Asserts that the city of the pack knows every category and unit that an import led to.
pub(crate) fn assert_known(pack: &Pack, report: &ImportReport) {
    for category in report.categories.keys() {
        let known = pack.code("service-classes", category.as_str(), TODAY);
        assert!(known.is_some(), "no category {category}");
    }
    for unit in report.units.keys() {
        assert!(pack.units().get(unit.as_str()).is_some(), "no unit {unit}");
    }
}

#[test]
fn the_cities_of_the_imports_have_no_problem() {
    for name in ["baltimore", "chicago", "fuzhou"] {
        let pack = pack(name);
        println!("{name}: {} services", pack.open311_services().len());
    }
}
