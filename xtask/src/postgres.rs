//! A throw-away PostgreSQL on a free loopback port, for tests; ended when the work is done.
//!
//! `initdb` refuses root, so as root the server belongs to the system user `postgres`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output};

use anyhow::{Context, bail};

/// Where the tests look for the server; the same name as `baotu_storage::testing::POSTGRES_VARIABLE`.
pub(crate) const URL_VARIABLE: &str = "BAOTU_TEST_POSTGRES";

/// How many connections the server takes: tests run side by side, each with its own pool.
const CONNECTIONS_MAX: u32 = 400;

/// Starts a server, does `work` with its URL, and ends the server whatever came of it.
pub(crate) fn with_server(work: impl FnOnce(&str) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let programs = programs()?;
    let folder = tempfile::Builder::new().prefix("baotu-postgres-").tempdir()?;
    let owner = if is_root()? { Some("postgres") } else { None };
    if let Some(owner) = owner {
        succeed(Command::new("chown").arg(owner).arg(folder.path()), "chown")?;
    }
    let data = folder.path().join("data");
    let as_owner = |program: &str, arguments: &[&str]| -> anyhow::Result<Output> {
        let path = programs.join(program);
        let mut command = match owner {
            Some(owner) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", owner, "--regid", owner, "--init-groups"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        succeed(command.args(arguments).current_dir(folder.path()), program)
    };
    let data_text = data.display().to_string();
    as_owner(
        "initdb",
        &["-D", &data_text, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
    )?;
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let log = folder.path().join("log").display().to_string();
    let options = format!(
        "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off -c max_connections={CONNECTIONS_MAX}"
    );
    as_owner("pg_ctl", &["-D", &data_text, "-w", "-s", "-l", &log, "-o", &options, "start"])?;
    let done = work(&format!("postgres://postgres@127.0.0.1:{port}/postgres"));
    let ended = as_owner("pg_ctl", &["-D", &data_text, "-w", "-s", "-m", "immediate", "stop"]);
    done.and(ended.map(drop))
}

/// The folder of `initdb`: the newest version under Debian's folder, else the one on the PATH.
fn programs() -> anyhow::Result<PathBuf> {
    let mut found: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .filter(|(_, folder)| folder.join("initdb").is_file())
        .collect();
    found.sort();
    if let Some((_, folder)) = found.pop() {
        return Ok(folder);
    }
    std::env::var_os("PATH")
        .iter()
        .flat_map(std::env::split_paths)
        .find(|folder| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file())
        .context("PostgreSQL is not installed (initdb not found); on Debian: apt-get install postgresql")
}

fn is_root() -> anyhow::Result<bool> {
    let output = succeed(Command::new("id").arg("-u"), "id")?;
    Ok(output.stdout.trim_ascii() == b"0")
}

fn succeed(command: &mut Command, name: &str) -> anyhow::Result<Output> {
    // pg_ctl's server inherits the pipes; only a file or nothing lets `output` return.
    let output = if name == "pg_ctl" {
        let status =
            command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null()).status()?;
        Output { status, stdout: Vec::new(), stderr: Vec::new() }
    } else {
        command.output().with_context(|| format!("{name} could not be started"))?
    };
    if output.status.success() {
        Ok(output)
    } else {
        bail!("{name} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim())
    }
}
