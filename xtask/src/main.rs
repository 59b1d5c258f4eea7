//! The project's own chores: `cargo xtask ci` is what CI runs, the same here and there.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command-line program talks to its user")]

mod jinan;
mod postgres;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, bail};
use clap::{Parser, Subcommand};

/// Baotu's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Checks what a machine can hold: arrows between crates, module docs, unfinished marks, paths of machines.
    Tidy,
    /// Starts a throw-away PostgreSQL, runs the command with its URL in BAOTU_TEST_POSTGRES, and ends it.
    Postgres {
        /// The command and its arguments.
        #[arg(trailing_var_arg = true, required = true)]
        command: Vec<String>,
    },
    /// Formatting, lints, tidy, the screens' checks and all tests, on both storages.
    Ci,
    /// Writes the divisions, outlines and gazetteer of packs/jinan from the open lists.
    JinanPlaces {
        /// The folder with areas.csv, streets.csv, villages.csv.gz, the Tianditu outlines and the changes of divisions.
        #[arg(long)]
        from: PathBuf,
    },
    /// Expands the hand-written heads in xtask/jinan into the units and posts of packs/jinan.
    JinanOrganisations,
}

fn main() -> ExitCode {
    let done = match Arguments::parse().chore {
        Chore::Tidy => tidy::check(&root()).map(report),
        Chore::Postgres { command } => postgres::with_server(|url| run_with(&command, url)),
        Chore::Ci => ci(),
        Chore::JinanPlaces { from } => {
            jinan::write_places(&from, &root().join("packs/jinan")).map(|written| {
                println!(
                    "{} divisions, {} places, {} cells",
                    written.divisions, written.gazetteer, written.cells
                );
            })
        }
        Chore::JinanOrganisations => jinan::write_organisations(&root().join("packs/jinan")).map(|written| {
            println!("{} units, {} posts held by {} people", written.units, written.posts, written.holders);
        }),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository's root folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map_or_else(|| PathBuf::from("."), Path::to_path_buf)
}

fn report(checked: tidy::Checked) {
    println!("tidy: {} files, {} crates", checked.files, checked.crates);
}

fn run_with(command: &[String], postgres_url: &str) -> anyhow::Result<()> {
    let (program, arguments) = command.split_first().context("no command")?;
    let status = Command::new(program)
        .args(arguments)
        .env(postgres::URL_VARIABLE, postgres_url)
        .current_dir(root())
        .status()
        .with_context(|| format!("{program} could not be started"))?;
    if status.success() { Ok(()) } else { bail!("{} ended with {status}", command.join(" ")) }
}

fn ci() -> anyhow::Result<()> {
    let cargo = |arguments: &[&str]| -> anyhow::Result<()> {
        println!("$ cargo {}", arguments.join(" "));
        // A screen that could not be built is an error here, not a placeholder.
        let command = &mut Command::new("cargo");
        let status = command.args(arguments).env("BAOTU_WEB", "require").current_dir(root()).status()?;
        if status.success() { Ok(()) } else { bail!("cargo {} ended with {status}", arguments.join(" ")) }
    };
    cargo(&["fmt", "--all", "--check"])?;
    report(tidy::check(&root())?);
    // Building brings the packages of the screens, so their own checks come after it. What cargo built of them
    // lies in its own cache; `build` writes the folder that `budget` weighs.
    cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    for script in ["check", "test", "build", "budget"] {
        println!("$ npm run {script}");
        let status =
            Command::new("npm").args(["run", "--silent", script]).current_dir(root().join("web")).status()?;
        if !status.success() {
            bail!("npm run {script} ended with {status}");
        }
    }
    postgres::with_server(|url| {
        let tests = ["cargo", "nextest", "run", "--locked", "--workspace", "--no-fail-fast"];
        println!("$ {}", tests.join(" "));
        run_with(&tests.map(str::to_owned), url)?;
        let documents = ["cargo", "test", "--locked", "--workspace", "--doc", "--quiet"];
        println!("$ {}", documents.join(" "));
        run_with(&documents.map(str::to_owned), url)
    })
}
