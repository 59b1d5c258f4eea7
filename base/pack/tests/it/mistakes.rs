//! One mistake each: what `baotu check` says about the small city with that mistake in it.
//!
//! `tests/packs/mistakes/<code>.toml` tells what is changed in a copy of `tests/packs/small`.

use std::path::{Path, PathBuf};

use baotu_pack::testing::{TODAY, small_folder};
use baotu_pack::{Level, Pack};
use serde::Deserialize;

use crate::contracts::contracts;

/// A way to spoil the small city.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Mistake {
    /// The problem that must be found; the file's name when absent.
    code: Option<String>,
    /// What is wrong, for readers.
    about: String,
    #[serde(default, rename = "edit")]
    edits: Vec<Edit>,
    #[serde(default, rename = "write")]
    writes: Vec<Write>,
    #[serde(default, rename = "remove")]
    removals: Vec<Removal>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edit {
    file: String,
    find: String,
    replace: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Write {
    file: String,
    text: Option<String>,
    /// Hexadecimal, for what is no text.
    bytes: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Removal {
    file: String,
}

fn mistakes() -> Vec<PathBuf> {
    let folder = small_folder().join("../mistakes");
    let entries = std::fs::read_dir(folder).expect("tests/packs/mistakes is there");
    let mut files: Vec<PathBuf> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.sort();
    files
}

/// Copies the small city to `target`.
pub(crate) fn copy_small(target: &Path) -> std::io::Result<()> {
    for entry in walkdir::WalkDir::new(small_folder()) {
        let entry = entry?;
        let there = target.join(entry.path().strip_prefix(small_folder()).map_err(std::io::Error::other)?);
        if entry.file_type().is_dir() {
            std::fs::create_dir_all(there)?;
        } else {
            std::fs::copy(entry.path(), there)?;
        }
    }
    Ok(())
}

impl Mistake {
    fn make(&self, folder: &Path) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        for edit in &self.edits {
            let path = folder.join(&edit.file);
            let text = std::fs::read_to_string(&path)?;
            if !text.contains(&edit.find) {
                return Err(format!("{}: nothing to replace: {}", edit.file, edit.find).into());
            }
            std::fs::write(path, text.replacen(&edit.find, &edit.replace, 1))?;
        }
        for write in &self.writes {
            let bytes = match (&write.text, &write.bytes) {
                (Some(text), None) => text.as_bytes().to_vec(),
                (None, Some(digits)) => (0..digits.len())
                    .step_by(2)
                    .map(|at| u8::from_str_radix(&digits[at..at + 2], 16))
                    .collect::<Result<_, _>>()?,
                _ => return Err(format!("{}: either text or bytes", write.file).into()),
            };
            let path = folder.join(&write.file);
            std::fs::create_dir_all(path.parent().unwrap_or(folder))?;
            std::fs::write(path, bytes)?;
        }
        for removal in &self.removals {
            std::fs::remove_file(folder.join(&removal.file))?;
        }
        Ok(())
    }
}

/// What is said of the small city with the mistake in it, or why that is not what should be said.
fn told(file: &Path) -> Result<(String, String), Box<dyn std::error::Error + Send + Sync>> {
    let stem = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mistake: Mistake = toml::from_str(&std::fs::read_to_string(file)?)?;
    let folder = tempfile::tempdir()?;
    copy_small(folder.path())?;
    mistake.make(folder.path())?;
    let checked = Pack::load(folder.path(), &contracts(), TODAY);
    let wanted = mistake.code.as_deref().unwrap_or(&stem);
    let lines: Vec<String> = checked.problems.iter().map(ToString::to_string).collect();
    if !checked.problems.iter().any(|problem| problem.code == wanted) {
        return Err(format!("{wanted} was not found:\n{}", lines.join("\n")).into());
    }
    let errors = checked.problems.iter().any(|problem| problem.level == Level::Error);
    if checked.pack.is_none() != errors {
        return Err("a pack runs exactly when it has no errors".into());
    }
    Ok((stem, format!("# {}\n{}", mistake.about, lines.join("\n"))))
}

#[test]
fn each_mistake_is_told_with_its_place() {
    let files = mistakes();
    assert!(files.len() > 100);
    let told: Vec<Result<(String, String), String>> = std::thread::scope(|scope| {
        let one = |file: &PathBuf| told(file).map_err(|reason| format!("{}: {reason}", file.display()));
        let halves: Vec<_> = files
            .chunks(files.len().div_ceil(2))
            .map(|half| scope.spawn(move || half.iter().map(one).collect::<Vec<_>>()))
            .collect();
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    let mut missed = Vec::new();
    for told in told {
        match told {
            Ok((stem, text)) => insta::assert_snapshot!(stem, text),
            Err(reason) => missed.push(reason),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n\n"));
}
