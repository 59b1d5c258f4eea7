//! `baotu new-pack`: the smallest useful pack, for a city that begins.

use std::path::Path;
use std::process::ExitCode;

use super::FAILED;
use crate::starter::{Names, write};

pub(super) fn run(folder: &Path, names: &Names) -> Result<ExitCode, ExitCode> {
    match write(folder, Some(names)) {
        Ok(files) => {
            println!("已在 {} 写入 {files} 个文件。", folder.display());
            println!(
                "接着：改 places/、organisations/ 和 services/ 里的声明，用 baotu check {} 检查。",
                folder.display()
            );
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            eprintln!("{error:#}");
            Err(ExitCode::from(FAILED))
        }
    }
}
