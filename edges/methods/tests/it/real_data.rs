//! Tables of the data folder, which is no part of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The rows of a gzipped CSV: `BAOTU_DATA`, else `../shared/data` beside the repository.
///
/// Absent, the test is listed as *not run*, unless `BAOTU_DATA_REQUIRED=1` makes that a failure.
pub(crate) fn rows(path: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder =
        std::env::var_os("BAOTU_DATA").map_or_else(|| repository.join("../shared/data"), PathBuf::from);
    match std::fs::File::open(folder.join(path)) {
        Ok(packed) => {
            let mut reader = csv::Reader::from_reader(flate2::read::GzDecoder::new(packed));
            Some(reader.deserialize().collect::<Result<_, _>>().expect("a well-formed table"))
        }
        Err(error) => {
            let is_required = std::env::var("BAOTU_DATA_REQUIRED").is_ok_and(|value| value == "1");
            assert!(!is_required, "BAOTU_DATA_REQUIRED=1, but {path} of BAOTU_DATA is missing: {error}");
            println!("not run: {path} of BAOTU_DATA is missing ({error})");
            None
        }
    }
}
