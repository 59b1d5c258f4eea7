//! A PostgreSQL of one's own on a free loopback port, that can be stopped and started again on its data.
//!
//! `initdb` refuses root, so as root the server belongs to the system user `postgres`.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use anyhow::{Context, bail};

/// How many connections the server takes: tests run side by side, each with its own pool.
const CONNECTIONS_MAX: u32 = 400;

/// A server; it is ended with its data when it is dropped.
pub(crate) struct Server {
    programs: PathBuf,
    folder: tempfile::TempDir,
    owner: Option<&'static str>,
    port: u16,
}

impl Server {
    /// Makes an empty database and starts a server on it.
    pub(crate) fn start() -> anyhow::Result<Self> {
        let programs = programs()?;
        let folder = tempfile::Builder::new().prefix("baotu-postgres-").tempdir()?;
        let owner = if is_root()? { Some("postgres") } else { None };
        if let Some(owner) = owner {
            succeed(Command::new("chown").arg(owner).arg(folder.path()), "chown")?;
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let server = Self { programs, folder, owner, port };
        let locale = ["--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"];
        server.run("initdb", &[&["-D", &server.data(), "-U", "postgres"], &locale[..]].concat())?;
        server.resume()?;
        Ok(server)
    }

    /// Starts it again on the same port after [`Server::stop`].
    pub(crate) fn resume(&self) -> anyhow::Result<()> {
        let log = self.folder.path().join("log").display().to_string();
        let port = self.port;
        let options = format!(
            "-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories='' -c fsync=off -c max_connections={CONNECTIONS_MAX}"
        );
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-s", "-l", &log, "-o", &options, "start"]).map(drop)
    }

    /// Ends it at once, as a crash would.
    pub(crate) fn stop(&self) -> anyhow::Result<()> {
        self.run("pg_ctl", &["-D", &self.data(), "-w", "-s", "-m", "immediate", "stop"]).map(drop)
    }

    /// Where it is reached.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    /// Runs one of its programs as the user to whom the server belongs.
    fn run(&self, program: &str, arguments: &[&str]) -> anyhow::Result<Output> {
        let path = self.programs.join(program);
        let mut command = match self.owner {
            Some(owner) => {
                let mut command = Command::new("setpriv");
                command.args(["--reuid", owner, "--regid", owner, "--init-groups"]).arg(path);
                command
            }
            None => Command::new(path),
        };
        succeed(command.args(arguments).current_dir(self.folder.path()), program)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // One that has been stopped already has nothing to end.
        drop(self.stop());
    }
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
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status()?;
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
