//! A pack, or parts of one, in a folder of its own that a test may change.

use std::fs;
use std::path::{Path, PathBuf};

use baotu_pack::Pack;
use baotu_pack::testing::TODAY;
use baotu_vocabulary::Contracts;
use tempfile::TempDir;

pub(crate) struct Folder(TempDir);

impl Folder {
    /// The `parts` of the pack in `from`.
    pub(crate) fn with(from: &Path, parts: &[&str]) -> Self {
        let folder = Self(tempfile::tempdir().expect("a folder for a test"));
        for part in parts {
            copy(&from.join(part), &folder.path(part));
        }
        folder
    }

    /// Replaces or adds a file.
    pub(crate) fn write(self, file: &str, text: &str) -> Self {
        fs::write(self.path(file), text).unwrap_or_else(|error| panic!("{file}: {error}"));
        self
    }

    pub(crate) fn remove(self, file: &str) -> Self {
        fs::remove_file(self.path(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
        self
    }

    pub(crate) fn load(&self) -> Pack {
        let checked = Pack::load(self.0.path(), &Contracts::default(), TODAY);
        let told: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
        checked.pack.unwrap_or_else(|| panic!("the pack has problems:\n{}", told.join("\n")))
    }

    fn path(&self, file: &str) -> PathBuf {
        self.0.path().join(file)
    }
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("a folder of the pack") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        fs::create_dir_all(to.parent().expect("a file lies in a folder")).expect("a folder");
        fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }
}
