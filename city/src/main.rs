//! `baotu`: one city in one process.

use std::process::ExitCode;

fn main() -> ExitCode {
    baotu_city::commands::run(std::env::args_os())
}
