//! A city for a story: the real binary on a free port, with a data folder of its own, ended with the test.

use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long a city may take to print its addresses.
const STARTING: Duration = Duration::from_secs(60);
/// How long is waited before it is looked again at what it has printed.
const LOOKING_AGAIN: Duration = Duration::from_millis(5);

/// The repository's root.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the crate stands in the repository")
}

/// The binary with arguments, run to its end: exit code, standard output, standard error.
pub(crate) fn baotu(arguments: &[&str]) -> (i32, String, String) {
    baotu_in(root(), arguments)
}

/// The same in a folder.
pub(crate) fn baotu_in(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_baotu"))
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the binary runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (output.status.code().unwrap_or(-1), text(output.stdout), text(output.stderr))
}

/// A running city.
pub(crate) struct City {
    process: Child,
    /// `http://127.0.0.1:PORT`.
    pub(crate) address: String,
    folder: Option<tempfile::TempDir>,
    /// The data folder.
    pub(crate) data: PathBuf,
    /// What it has printed, and what it has logged.
    printed: Said,
    logged: Said,
}

/// What a process has said so far on one of its outputs.
type Said = Arc<Mutex<String>>;

/// Reads an output to its end, line by line; each is told as it comes.
fn heard(output: impl Read + Send + 'static, told: impl Fn(&str) + Send + 'static) -> Said {
    let said = Said::default();
    let hears = Arc::clone(&said);
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            let mut text = hears.lock().expect("nobody panicked");
            text.push_str(&line);
            text.push('\n');
            drop(text);
            told(&line);
        }
    });
    said
}

impl City {
    /// Starts `baotu COMMAND … --listen 127.0.0.1:0 --data FOLDER` and waits until it has printed its address.
    pub(crate) fn start(arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let data = folder.path().join("data");
        let mut city = Self::start_on(&data, arguments);
        city.folder = Some(folder);
        city
    }

    /// The same over an existing data folder.
    pub(crate) fn start_on(data: &Path, arguments: &[&str]) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_baotu")), data, arguments)
    }

    /// The same through a shell that ignores the signal of a file that may not grow: its limit then is an error of writing,
    /// as a full disk is.
    pub(crate) fn start_without_signals_of_size(data: &Path, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", "trap '' XFSZ; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_baotu")]);
        Self::start_by(shell, data, arguments)
    }

    fn start_by(mut command: Command, data: &Path, arguments: &[&str]) -> Self {
        // Thousands of devices would keep both cores from what the story is about.
        let none: &[&str] = &["--devices", "0"];
        let is_demo = arguments.first() == Some(&"demo") && !arguments.contains(&"--devices");
        let mut process = command
            .args(arguments)
            .args(if is_demo { none } else { &[] })
            .args(["--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .current_dir(root())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary starts");
        let (told, address) = mpsc::channel();
        let printed = heard(process.stdout.take().expect("piped"), move |line| {
            if let Some(start) = line.find("http://") {
                let address: String = line[start..].split('/').take(3).collect::<Vec<_>>().join("/");
                drop(told.send(address));
            }
        });
        let logged = heard(process.stderr.take().expect("piped"), |_| {});
        match address.recv_timeout(STARTING) {
            Ok(address) => Self { process, address, folder: None, data: data.to_owned(), printed, logged },
            Err(_) => {
                drop(process.kill());
                drop(process.wait());
                panic!("the city did not start: {}", logged.lock().expect("nobody panicked"));
            }
        }
    }

    /// What it has printed so far.
    pub(crate) fn printed(&self) -> String {
        self.printed.lock().expect("nobody panicked").clone()
    }

    /// What it has logged so far.
    pub(crate) fn logged(&self) -> String {
        self.logged.lock().expect("nobody panicked").clone()
    }

    /// Where things connect by this protocol (`mqtt`, `mqtts`, `hj212`): host and port.
    pub(crate) fn door(&self, name: &str) -> SocketAddr {
        let begun = Instant::now();
        let scheme = format!("{name}://");
        loop {
            // The doors are told right after the address by which the city counts as started.
            if let Some((_, rest)) = self.printed().split_once(&scheme) {
                return rest.lines().next().and_then(|told| told.parse().ok()).expect("an address");
            }
            assert!(begun.elapsed() < STARTING, "no door {name}: {}", self.printed());
            std::thread::sleep(LOOKING_AGAIN);
        }
    }

    /// The number of its process.
    pub(crate) fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// Ends the process as a power cut would.
    pub(crate) fn kill(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }

    /// The URL of a path.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.address)
    }

    /// What the demo wrote about its accounts.
    pub(crate) fn accounts(&self) -> Value {
        let text = std::fs::read_to_string(self.data.join("demo-accounts.json"))
            .expect("the demo writes its accounts");
        serde_json::from_str(&text).expect("JSON")
    }
}

impl Drop for City {
    fn drop(&mut self) {
        self.kill();
    }
}
