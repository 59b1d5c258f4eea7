//! A file imported by a mapping file, as the command line asks for it: with the rejected rows written beside.

use std::fs::File;
use std::path::{Path, PathBuf};

use super::mapping::{Mapping, MappingProblem};
use super::reject::{open_rejects, rejects_csv};
use super::report::ImportReport;
use super::run::{Import, ImportFault};

/// Why a file was not imported, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum FileFault {
    /// A file that can't be read or written.
    #[error("文件 {} 无法读写", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The mapping has mistakes; nothing was imported.
    #[error("映射 {} 有 {} 处错误：\n{}", .path.display(), .problems.len(), lines(.problems))]
    Mapping {
        /// The mapping file.
        path: PathBuf,
        /// All of them.
        problems: Vec<MappingProblem>,
    },
    /// The source was refused, or the store failed.
    #[error(transparent)]
    Import(#[from] ImportFault),
}

fn lines(problems: &[MappingProblem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Reads a mapping file.
///
/// # Errors
/// When the file can't be read, or all mistakes in it.
pub fn read_mapping(path: &Path) -> Result<Mapping, FileFault> {
    let text = std::fs::read_to_string(path).map_err(|source| file(path, source))?;
    Mapping::parse(&text).map_err(|problems| FileFault::Mapping { path: path.to_owned(), problems })
}

/// Imports the file at `path` by the mapping file at `mapping`. All rows of this source that wait for mending, from
/// earlier files too, are then in the table at `rejects`, in the form in which they can be mended and imported
/// again; when none waits, no table is written.
///
/// # Errors
/// See [`FileFault`]; a bad row is never an error.
pub async fn import_file(
    import: &Import<'_>,
    path: &Path,
    mapping: &Path,
    rejects: &Path,
) -> Result<ImportReport, FileFault> {
    let mapping = read_mapping(mapping)?;
    let reader = File::open(path).map_err(|source| file(path, source))?;
    let report = import.run(reader, &mapping).await?;
    let open = open_rejects(import.store, &mapping.source).await;
    let open = open.map_err(|fault| ImportFault::Store { rows: report.read, fault })?;
    if !open.is_empty() {
        std::fs::write(rejects, rejects_csv(&open)).map_err(|source| file(rejects, source))?;
    }
    Ok(report)
}

fn file(path: &Path, source: std::io::Error) -> FileFault {
    FileFault::File { path: path.to_owned(), source }
}
