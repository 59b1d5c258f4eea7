//! What a machine can hold, so that no review has to: arrows, module docs, unfinished marks, paths of machines.
//!
//! Each rule names the file and what to do; all findings come at once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

/// What was looked at.
pub(crate) struct Checked {
    /// Source files read.
    pub(crate) files: usize,
    /// Crates whose arrows were followed.
    pub(crate) crates: usize,
}

/// Which folders a crate of a folder may depend on: base ← engines ← doors ← city; edges know the vocabulary alone.
const ARROWS: [(&str, &[&str]); 9] = [
    ("base/vocabulary", &[]),
    ("base/pack", &["base/vocabulary"]),
    ("base/storage", &["base/vocabulary"]),
    ("base/access", &["base/vocabulary", "base/pack", "base/storage"]),
    ("engines/", &["base/"]),
    ("edges/", &["base/vocabulary"]),
    ("doors", &["base/", "engines/", "edges/protocols"]),
    ("web/", &[]),
    ("city", &["base/", "engines/", "edges/", "doors", "web/"]),
];

/// Marks of unfinished work, spelled apart so that this file does not find itself.
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("dbg", "!("),
    concat!("#[ign", "ore"),
];

/// Folder names that say nothing about the city.
const EMPTY_NAMES: [&str; 7] = ["common", "core", "helper", "helpers", "manager", "misc", "utils"];

/// Lines of the longest source file; a longer one holds more than one thought.
const LINES_MAX: usize = 800;

/// Checks the tree below `root`.
///
/// # Errors
/// All findings, a line each.
pub(crate) fn check(root: &Path) -> anyhow::Result<Checked> {
    let mut findings = Vec::new();
    let crates = arrows(root, &mut findings)?;
    let files = sources(root);
    for file in &files {
        let text = std::fs::read_to_string(file).with_context(|| format!("{}", file.display()))?;
        let shown = file.strip_prefix(root).unwrap_or(file).display().to_string();
        one_file(&shown, &text, &mut findings);
    }
    if findings.is_empty() {
        return Ok(Checked { files: files.len(), crates });
    }
    let mut told = String::new();
    for finding in &findings {
        let _ = write!(told, "\n  {finding}");
    }
    bail!("{} findings:{told}", findings.len())
}

/// The Rust, TypeScript and Vue sources below `root`.
fn sources(root: &Path) -> Vec<PathBuf> {
    let skipped = |name: &str| matches!(name, "target" | "node_modules" | "dist" | ".git");
    walkdir::WalkDir::new(root)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| !entry.file_name().to_str().is_some_and(skipped))
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| {
            path.extension()
                .and_then(|extension| extension.to_str())
                .is_some_and(|extension| matches!(extension, "rs" | "ts" | "vue"))
        })
        .collect()
}

fn one_file(shown: &str, text: &str, findings: &mut Vec<String>) {
    let generated = shown.contains(".gen.");
    if shown.ends_with(".rs") && !text.trim_start().starts_with("//!") {
        findings.push(format!("{shown}: open the module with //! (what it is, what it does not know)"));
    }
    for (index, line) in text.lines().enumerate() {
        for mark in UNFINISHED {
            if line.contains(mark) {
                findings.push(format!("{shown}:{}: “{mark}”: finish it, or tell it in an issue", index + 1));
            }
        }
        for folder in ["work", "root", "home"] {
            if line.contains(&format!("\"/{folder}/")) {
                findings.push(format!("{shown}:{}: a path of one machine", index + 1));
            }
        }
    }
    let lines = text.lines().count();
    if lines > LINES_MAX && !generated {
        findings.push(format!("{shown}: {lines} lines (at most {LINES_MAX}): is it one thought?"));
    }
    let names = shown.split('/').map(|part| part.split('.').next().unwrap_or(part));
    for name in names.filter(|name| EMPTY_NAMES.contains(name)) {
        findings.push(format!("{shown}: “{name}” says nothing about the city; name it after what it holds"));
    }
    if shown.starts_with("engines/") && shown.contains("/src/") && !shown.contains("/src/store") {
        for (index, line) in text.lines().enumerate() {
            if ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM "]
                .iter()
                .any(|sql| line.contains(sql))
            {
                findings.push(format!("{shown}:{}: SQL belongs into the engine's store", index + 1));
            }
        }
    }
}

fn arrows(root: &Path, findings: &mut Vec<String>) -> anyhow::Result<usize> {
    let workspace = std::fs::read_to_string(root.join("Cargo.toml"))?.parse::<toml::Table>()?;
    let members = workspace["workspace"]["members"].as_array().context("workspace.members")?;
    let mut folder_of = BTreeMap::new();
    let mut manifests = Vec::new();
    for folder in members.iter().filter_map(toml::Value::as_str) {
        let manifest =
            std::fs::read_to_string(root.join(folder).join("Cargo.toml"))?.parse::<toml::Table>()?;
        let name = manifest["package"]["name"].as_str().context("package.name")?.to_owned();
        folder_of.insert(name, folder.to_owned());
        manifests.push((folder.to_owned(), manifest));
    }
    for (folder, manifest) in &manifests {
        let Some((_, allowed)) = ARROWS.iter().find(|(prefix, _)| folder.starts_with(prefix)) else {
            continue;
        };
        let dependencies = manifest.get("dependencies").and_then(toml::Value::as_table);
        for target in dependencies.into_iter().flatten().filter_map(|(name, _)| folder_of.get(name)) {
            if !allowed.iter().any(|prefix| target.starts_with(prefix)) {
                findings.push(format!("{folder}: must not know {target} (base ← engines ← doors ← city)"));
            }
        }
    }
    Ok(manifests.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        if let Err(findings) = check(&crate::root()) {
            panic!("{findings:#}");
        }
    }

    #[test]
    fn every_rule_finds_its_mistake() {
        let mut findings = Vec::new();
        let text =
            format!("fn x() {{}}\n// {}\nlet p = \"/{}/x\";\nlet q = \"SELECT 1\";\n", UNFINISHED[0], "work");
        one_file("engines/cases/src/utils.rs", &text, &mut findings);
        let told = findings.join("\n");
        for part in ["open the module", "finish it", "path of one machine", "says nothing", "SQL belongs"] {
            assert!(told.contains(part), "{part} not in:\n{told}");
        }
    }

    #[test]
    fn an_engine_that_knows_an_engine_is_told() {
        let tree = tempfile::tempdir().expect("a folder");
        let write = |path: &str, text: &str| {
            let path = tree.path().join(path);
            std::fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            std::fs::write(path, text).expect("written");
        };
        write("Cargo.toml", "[workspace]\nmembers = [\"engines/a\", \"engines/b\"]\n");
        write("engines/a/Cargo.toml", "[package]\nname = \"a\"\n[dependencies]\nb = { path = \"../b\" }\n");
        write("engines/b/Cargo.toml", "[package]\nname = \"b\"\n");
        let told = check(tree.path()).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(told.contains("engines/a: must not know engines/b"), "{told}");
    }
}
