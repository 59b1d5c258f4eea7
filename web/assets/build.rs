//! Builds the screens with Node and hands them to the crate, so that `cargo run` is the one command.
//!
//! The finished files are kept by the content of their sources below `target/web-cache`, where debug, release,
//! clippy and tests share them. Without Node a stub page says what to do; `BAOTU_WEB=require` makes that an error.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use sha2::{Digest, Sha256};

/// What the screens are built from, below `web/`. Never `node_modules` nor anything that the build writes:
/// that would run the build at each `cargo` call.
const INPUTS: [&str; 10] = [
    ".npmrc",
    "desk.html",
    "package-lock.json",
    "package.json",
    "public",
    "resident.html",
    "screen.html",
    "src",
    "tsconfig.json",
    "vite.config.ts",
];

/// The oldest Node that the tools run on.
const NODE_MAJOR_MIN: u32 = 20;

/// Finished builds that stay in the cache, so that going back and forth between branches builds nothing.
const BUILDS_KEPT: usize = 8;

/// Lines of a failed tool's output that are worth showing.
const LINES_SHOWN: usize = 12;

/// The pages that the crate serves; the stub stands in for each.
const PAGES: [&str; 3] = ["resident.html", "desk.html", "screen.html"];

fn main() {
    println!("cargo::rerun-if-env-changed=BAOTU_WEB");
    let web = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("..");
    for input in INPUTS {
        println!("cargo::rerun-if-changed={}", web.join(input).display());
    }
    let out = PathBuf::from(variable("OUT_DIR"));
    let dist = out.join("dist");
    let wish = std::env::var("BAOTU_WEB").unwrap_or_else(|_| "auto".to_owned());
    let state = match wish.as_str() {
        "skip" => stub(&dist, &out),
        "auto" | "require" => match built(&web, &out, &dist) {
            Ok(state) => state,
            Err(why) if wish == "require" => panic!("the screens were not built: {why}"),
            Err(why) => {
                println!("cargo::warning=the screens are not in this build: {}", why.replace('\n', " | "));
                stub(&dist, &out)
            }
        },
        other => panic!("BAOTU_WEB is “{other}”; it may be auto, require or skip"),
    };
    println!("cargo::rustc-env=BAOTU_WEB_STATE={state}");
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("cargo sets {name}"))
}

/// Fills `dist` from the cache, building into the cache first when these sources were never built.
fn built(web: &Path, out: &Path, dist: &Path) -> Result<&'static str, String> {
    let cache = target(out)?.join("web-cache");
    fs::create_dir_all(&cache).map_err(|error| told("make", &cache, &error))?;
    // Several cargo calls may run at once (an editor, a terminal): one builds, the others wait and copy.
    let lock = cache.join("lock");
    let held = File::create(&lock).map_err(|error| told("open", &lock, &error))?;
    held.lock().map_err(|error| told("lock", &lock, &error))?;

    let kept = cache.join(content(web).map_err(|error| told("read", web, &error))?);
    let state = if kept.is_dir() { "cached" } else { "built" };
    if state == "built" {
        build(web, &kept)?;
        prune(&cache, &kept).map_err(|error| told("tidy", &cache, &error))?;
    }
    empty(dist).and_then(|()| copy(&kept, dist)).map_err(|error| told("copy to", dist, &error))?;
    Ok(state)
}

fn told(act: &str, path: &Path, error: &io::Error) -> String {
    format!("cannot {act} {}: {error}", path.display())
}

/// The target folder: the nearest one above `OUT_DIR` that cargo has marked as a cache.
fn target(out: &Path) -> Result<PathBuf, String> {
    out.ancestors()
        .find(|folder| folder.join("CACHEDIR.TAG").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| format!("no CACHEDIR.TAG above {}", out.display()))
}

/// The name of a build: a hash over the names and bytes of all inputs, so that touching a file builds nothing.
fn content(web: &Path) -> io::Result<String> {
    let mut hash = Sha256::new();
    for input in INPUTS {
        for file in files(&web.join(input))? {
            let bytes = fs::read(&file)?;
            let name = file.strip_prefix(web).unwrap_or(&file).to_string_lossy().replace('\\', "/");
            hash.update(format!("{name}\0{}\0", bytes.len()));
            hash.update(bytes);
        }
    }
    Ok(hash.finalize().iter().take(16).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    }))
}

/// The files at or below `path`, in an order that does not depend on the machine.
fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_owned()]);
    }
    let mut entries =
        fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    let mut found = Vec::new();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}

/// Installs the pinned packages if they changed, and lets vite write into `kept` (whole or not at all).
fn build(web: &Path, kept: &Path) -> Result<(), String> {
    let version = run(Command::new("node").arg("--version"))?;
    let major = version.trim().trim_start_matches('v').split('.').next().and_then(|part| part.parse().ok());
    if major.is_none_or(|major: u32| major < NODE_MAJOR_MIN) {
        return Err(format!("Node {NODE_MAJOR_MIN}.19 or newer is needed, this is {}", version.trim()));
    }
    install(web)?;
    let unfinished = kept.with_extension("tmp");
    empty(&unfinished).map_err(|error| told("empty", &unfinished, &error))?;
    run(Command::new("node")
        .args(["node_modules/vite/bin/vite.js", "build", "--emptyOutDir", "--outDir"])
        .arg(&unfinished)
        .current_dir(web))?;
    fs::rename(&unfinished, kept).map_err(|error| told("rename", &unfinished, &error))
}

/// Runs `npm ci` unless the installed packages are those of the lock file.
fn install(web: &Path) -> Result<(), String> {
    let wanted = web.join("package-lock.json");
    let wanted = fs::read(&wanted).map_err(|error| told("read", &wanted, &error))?;
    let mark = web.join("node_modules/.baotu-lock");
    if fs::read(&mark).is_ok_and(|installed| installed == wanted) {
        return Ok(());
    }
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    // npm's own retries take over a minute on a machine without network; the stub should come sooner.
    run(Command::new(npm)
        .args(["ci", "--prefer-offline", "--fetch-retries=0", "--ignore-scripts", "--include=dev"])
        .args(["--no-audit", "--no-fund"])
        .current_dir(web))?;
    fs::write(&mark, wanted).map_err(|error| told("write", &mark, &error))
}

/// Runs a tool and gives its output; a failure shows the last lines of what it said.
fn run(command: &mut Command) -> Result<String, String> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{shown}: {error}"))?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    if output.status.success() {
        return Ok(text);
    }
    let all = text + &String::from_utf8_lossy(&output.stderr);
    let lines = all.lines().filter(|line| !line.trim().is_empty()).collect::<Vec<_>>();
    Err(format!(
        "{shown}: {}\n{}",
        output.status,
        lines[lines.len().saturating_sub(LINES_SHOWN)..].join("\n")
    ))
}

/// Drops the oldest builds.
fn prune(cache: &Path, newest: &Path) -> io::Result<()> {
    let mut builds = fs::read_dir(cache)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() && path != newest)
        .map(|path| {
            (fs::metadata(&path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH), path)
        })
        .collect::<Vec<_>>();
    builds.sort();
    let surplus = (builds.len() + 1).saturating_sub(BUILDS_KEPT);
    builds.iter().take(surplus).try_for_each(|(_, path)| fs::remove_dir_all(path))
}

fn empty(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let goal = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            fs::create_dir_all(&goal)?;
            copy(&entry.path(), &goal)?;
        } else {
            fs::copy(entry.path(), &goal)?;
        }
    }
    Ok(())
}

/// Puts a page in place of each face that says why there is none and what to do.
fn stub(dist: &Path, out: &Path) -> &'static str {
    let page = r#"<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>界面未构建</title>
<h1>界面未构建</h1>
<p>这个程序在没有 Node 的机器上编译，只含接口，不含界面。</p>
<p>安装 Node 20.19 或更新的版本后重新编译；或用环境变量 BAOTU_WEB_DIR 指向一份已构建的界面。</p>
<p lang="en">Built without Node: the services run, the screens are missing. Install Node 20.19 or newer and build again,
or point BAOTU_WEB_DIR at a folder with built screens.</p>
<p><a href="/api/openapi.json">/api/openapi.json</a></p>
</html>
"#;
    empty(dist).expect("OUT_DIR can be written");
    for name in PAGES.map(OsStr::new) {
        fs::write(dist.join(name), page).expect("OUT_DIR can be written");
    }
    // Cargo would keep the stub after Node was installed; a path that never exists makes it look again.
    println!("cargo::rerun-if-changed={}", out.join("never").display());
    "stub"
}
