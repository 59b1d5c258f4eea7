//! The smallest useful city, inside the binary: what `new-pack` writes for a city that begins, and what `bench` measures.

use std::path::Path;

use anyhow::{Context, bail};
use rust_embed::RustEmbed;

/// Its files; they are also the fixture of the engines' tests.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../tests/packs/small"]
struct Files;

/// The names that a new pack gets in place of the small city's.
#[derive(Clone, Debug)]
pub struct Names {
    /// Kebab-case.
    pub name: String,
    /// Shown.
    pub title: String,
}

/// Writes the smallest useful pack into `folder`, which must be empty or absent.
///
/// # Errors
/// The folder holds something, or the disk refuses.
pub fn write(folder: &Path, names: Option<&Names>) -> anyhow::Result<usize> {
    if folder.exists() && std::fs::read_dir(folder)?.next().is_some() {
        bail!("{} 不是空文件夹；新城市包要写入空文件夹", folder.display());
    }
    let mut written = 0;
    for path in Files::iter() {
        let file = Files::get(&path).with_context(|| format!("{path} is embedded"))?;
        let target = folder.join(path.as_ref());
        if let Some(parent) = target.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        let bytes = match names {
            Some(names) if path == "city.toml" => {
                named(&String::from_utf8_lossy(&file.data), names).into_bytes()
            }
            _ => file.data.into_owned(),
        };
        std::fs::write(&target, bytes).with_context(|| target.display().to_string())?;
        written += 1;
    }
    Ok(written)
}

/// `city.toml` with its names replaced; all else, comments too, stays.
fn named(text: &str, names: &Names) -> String {
    let line = |line: &str| match line.split_once('=').map(|(key, _)| key.trim()) {
        Some("name") => format!("name = {:?}", names.name),
        Some("title") => format!("title = {:?}", names.title),
        Some("title_en") => format!("title_en = {:?}", names.name),
        _ => line.to_owned(),
    };
    let mut lines: Vec<String> = text.lines().map(line).collect();
    lines.push(String::new());
    lines.join("\n")
}
