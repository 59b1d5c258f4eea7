//! Settings: from flags, environment and a file, checked whole before anything starts.
//!
//! Each setting remembers where it was said, so that a mistake is told with its place. Flags win over the
//! environment, the environment over the file, the file over the defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use baotu_notices::config::NoticesConfig;
use baotu_storage::{Database, StoreConfig};

use crate::sensing::doors::ThingDoors;
use crate::sensing::elsewhere::Elsewhere;

/// Where a setting was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// On the command line.
    Flag(&'static str),
    /// In an environment variable.
    Environment(&'static str),
    /// In the settings file, at this line.
    File {
        /// The file.
        path: PathBuf,
        /// Its line, counted from 1.
        line: usize,
    },
    /// Nowhere: the default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => write!(f, "参数 {flag}"),
            Self::Environment(variable) => write!(f, "环境变量 {variable}"),
            Self::File { path, line } => write!(f, "{}:{line}", path.display()),
            Self::Default => f.write_str("默认值"),
        }
    }
}

/// One mistake in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingProblem {
    /// Where it was said.
    pub origin: Origin,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for SettingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.origin, self.message)
    }
}

/// The names a setting goes by: key in the file, flag, environment variable.
struct Names {
    key: &'static str,
    flag: &'static str,
    variable: &'static str,
}

const NAMES: [Names; 14] = [
    Names { key: "listen", flag: "--listen", variable: "BAOTU_LISTEN" },
    Names { key: "data", flag: "--data", variable: "BAOTU_DATA_FOLDER" },
    Names { key: "pack", flag: "--pack", variable: "BAOTU_PACK" },
    Names { key: "database", flag: "--database", variable: "BAOTU_DATABASE" },
    Names { key: "log", flag: "--log", variable: "BAOTU_LOG" },
    Names { key: "log_format", flag: "--log-format", variable: "BAOTU_LOG_FORMAT" },
    Names { key: "public_url", flag: "--public-url", variable: "BAOTU_PUBLIC_URL" },
    Names { key: "notices", flag: "--notices", variable: "BAOTU_NOTICES" },
    Names { key: "mqtt", flag: "--mqtt", variable: "BAOTU_MQTT" },
    Names { key: "mqtts", flag: "--mqtts", variable: "BAOTU_MQTTS" },
    Names { key: "tls_chain", flag: "--tls-chain", variable: "BAOTU_TLS_CHAIN" },
    Names { key: "tls_key", flag: "--tls-key", variable: "BAOTU_TLS_KEY" },
    Names { key: "hj212", flag: "--hj212", variable: "BAOTU_HJ212" },
    Names { key: "upstream", flag: "--upstream", variable: "BAOTU_UPSTREAM" },
];

/// The ports on which things connect, when the city listens on a port of its own choice.
const MQTT_PORT: u16 = 18_830;
const HJ212_PORT: u16 = 18_212;
/// The word that keeps a door shut.
const OFF: &str = "off";

const DATABASE_SCHEMES: [&str; 3] = ["postgres", "postgresql", "sqlite"];

/// What the command line and the environment say, by key; the file is read by [`Settings::gather`].
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Values with their origin, by key.
    pub values: BTreeMap<&'static str, (String, Origin)>,
    /// The settings file, if one was named.
    pub file: Option<PathBuf>,
}

impl Said {
    /// Takes the flag's value, else the environment's.
    #[must_use]
    pub fn with(
        mut self,
        key: &'static str,
        flag: Option<String>,
        environment: &dyn Fn(&str) -> Option<String>,
    ) -> Self {
        let Some(names) = NAMES.iter().find(|names| names.key == key) else { return self };
        if let Some(value) = flag {
            self.values.insert(names.key, (value, Origin::Flag(names.flag)));
        } else if let Some(value) = environment(names.variable) {
            self.values.insert(names.key, (value, Origin::Environment(names.variable)));
        }
        self
    }
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The checked settings.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen; port 0 takes a free one.
    pub listen: SocketAddr,
    /// The data folder.
    pub data: PathBuf,
    /// The city pack's folder.
    pub pack: PathBuf,
    /// The database: embedded in the data folder unless told otherwise.
    pub database: Database,
    /// Which log lines are written, in the filter words of `tracing`.
    pub log: String,
    /// How they are written.
    pub log_format: LogFormat,
    /// The address under which people reach the city, for links and cookies; `https` makes cookies secure.
    pub public_url: Option<String>,
    /// How messages leave the house; by default they do not.
    pub notices: NoticesConfig,
    /// Where things connect.
    pub things: ThingDoors,
}

impl Settings {
    /// Puts everything said together and checks it whole.
    ///
    /// # Errors
    /// All mistakes at once, each with its place.
    pub fn gather(mut said: Said, defaults: &Defaults) -> Result<Self, Vec<SettingProblem>> {
        let mut problems = Vec::new();
        if let Some(path) = said.file.clone() {
            read_file(&path, &mut said, &mut problems);
        }
        let take = |key: &'static str, default: &str| -> (String, Origin) {
            said.values.get(key).cloned().unwrap_or_else(|| (default.to_owned(), Origin::Default))
        };
        let optional = |key: &'static str| said.values.get(key).cloned();

        let (listen_text, listen_origin) = take("listen", "127.0.0.1:8343");
        let listen = listen_text.parse::<SocketAddr>().unwrap_or_else(|_| {
            problems.push(SettingProblem {
                origin: listen_origin,
                message: format!("“{listen_text}” 不是监听地址；应为 主机:端口，例如 127.0.0.1:8343（端口 0 表示任选空闲端口）"),
            });
            SocketAddr::from(([127, 0, 0, 1], 0))
        });
        let (data_text, data_origin) = take("data", &defaults.data);
        let data = PathBuf::from(&data_text);
        if data.exists() && !data.is_dir() {
            problems
                .push(SettingProblem {
                    origin: data_origin, message: format!("“{data_text}” 不是文件夹")
                });
        }
        let (pack_text, pack_origin) = take("pack", &defaults.pack);
        let pack = PathBuf::from(&pack_text);
        if !pack.join("city.toml").is_file() {
            problems.push(SettingProblem {
                origin: pack_origin,
                message: format!(
                    "“{pack_text}” 里没有 city.toml，不是城市包；用 --pack 指定，或用 baotu new-pack 新建"
                ),
            });
        }
        let database = match optional("database") {
            None => StoreConfig::embedded(&data).database,
            Some((address, origin)) => {
                let scheme = address.split_once("://").map(|(scheme, _)| scheme);
                if scheme.is_some_and(|scheme| !DATABASE_SCHEMES.contains(&scheme)) {
                    // The address may hold a password: it is not repeated.
                    let message = "数据库地址应以 postgres:// 开头，或为嵌入式库的文件路径".to_owned();
                    problems.push(SettingProblem { origin, message });
                }
                Database::parse(&address)
            }
        };
        let (log, log_origin) = take("log", "info");
        if let Some(wrong) = unknown_level(&log) {
            problems.push(SettingProblem {
                origin: log_origin,
                message: format!("“{wrong}” 不是日志级别；例如 info 或 baotu_cases=debug"),
            });
        }
        let (format_text, format_origin) = take("log_format", "text");
        let log_format = match format_text.as_str() {
            "text" => LogFormat::Text,
            "json" => LogFormat::Json,
            other => {
                problems.push(SettingProblem {
                    origin: format_origin,
                    message: format!("“{other}” 不是日志格式；应为 text 或 json"),
                });
                LogFormat::Text
            }
        };
        let public_url = optional("public_url").and_then(|(url, origin)| {
            if url.starts_with("http://") || url.starts_with("https://") {
                Some(url.trim_end_matches('/').to_owned())
            } else {
                problems.push(SettingProblem {
                    origin,
                    message: format!("“{url}” 应以 http:// 或 https:// 开头"),
                });
                None
            }
        });
        let notices = optional("notices").map_or_else(NoticesConfig::default, |(path, origin)| {
            read_notices(&path).unwrap_or_else(|told| {
                let problem = |message| SettingProblem { origin: origin.clone(), message };
                problems.extend(told.into_iter().map(problem));
                NoticesConfig::default()
            })
        });
        let things = thing_doors(&said, listen, &mut problems);
        if problems.is_empty() {
            Ok(Self { listen, data, pack, database, log, log_format, public_url, notices, things })
        } else {
            Err(problems)
        }
    }
}

/// The first part of a filter that names no level. A word alone would be taken for a part of the program, and all
/// others would say nothing.
fn unknown_level(log: &str) -> Option<&str> {
    let level = |part: &str| part.rsplit_once('=').map_or(part, |(_, level)| level).trim().to_owned();
    let known = |part: &&str| level(part).parse::<tracing_subscriber::filter::LevelFilter>().is_ok();
    log.split(',').find(|part| !known(part))
}

/// Where things connect: beside the city's own address unless told otherwise. A city on a port that the system chose takes
/// such ports for things too.
fn thing_doors(said: &Said, listen: SocketAddr, problems: &mut Vec<SettingProblem>) -> ThingDoors {
    let mut address = |key: &str, port: Option<u16>| {
        let Some((text, origin)) = said.values.get(key) else {
            let port = port?;
            return Some(SocketAddr::new(listen.ip(), if listen.port() == 0 { 0 } else { port }));
        };
        if text == OFF {
            return None;
        }
        let parsed = text.parse().ok();
        if parsed.is_none() {
            let message = format!("“{text}” 不是监听地址；应为 主机:端口，或 {OFF}");
            problems.push(SettingProblem { origin: origin.clone(), message });
        }
        parsed
    };
    let (mqtt, hj212) = (address("mqtt", Some(MQTT_PORT)), address("hj212", Some(HJ212_PORT)));
    let mqtts = address("mqtts", None);
    let file = |key: &str| said.values.get(key).map(|(path, _)| PathBuf::from(path));
    let mqtts = match (mqtts, file("tls_chain"), file("tls_key")) {
        (Some(address), Some(chain), Some(key)) => Some((address, chain, key)),
        (Some(_), _, _) => {
            let origin = said.values.get("mqtts").map_or(Origin::Default, |(_, origin)| origin.clone());
            let message = "加密的 MQTT 还需要证书链 tls_chain 和私钥 tls_key（PEM 文件）".to_owned();
            problems.push(SettingProblem { origin, message });
            None
        }
        (None, ..) => None,
    };
    let upstream = said.values.get("upstream").and_then(|(path, origin)| {
        let read = Elsewhere::read(Path::new(path));
        read.map_err(|message| problems.push(SettingProblem { origin: origin.clone(), message })).ok()
    });
    ThingDoors { mqtt, mqtts, hj212, upstream }
}

/// Reads the file that says how messages leave the house.
fn read_notices(path: &str) -> Result<NoticesConfig, Vec<String>> {
    let text = std::fs::read_to_string(path).map_err(|error| vec![format!("读不了 {path}：{error}")])?;
    let config: NoticesConfig =
        toml::from_str(&text).map_err(|error| vec![format!("{path}：{}", error.to_string().trim_end())])?;
    let problems = baotu_notices::config::check(&config);
    if problems.is_empty() {
        return Ok(config);
    }
    Err(problems.iter().map(|problem| format!("{path}：{}：{}", problem.place, problem.message)).collect())
}

/// The defaults that differ between commands.
#[derive(Clone, Debug)]
pub struct Defaults {
    /// The data folder.
    pub data: String,
    /// The pack.
    pub pack: String,
}

fn read_file(path: &Path, said: &mut Said, problems: &mut Vec<SettingProblem>) {
    let at = |line: usize| Origin::File { path: path.to_owned(), line };
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            problems
                .push(SettingProblem { origin: at(0), message: format!("读不了设置文件：{error}") });
            return;
        }
    };
    let line_of = |offset: usize| text.get(..offset).map_or(1, |before| before.matches('\n').count() + 1);
    let table = match toml::de::DeTable::parse(&text) {
        Ok(table) => table,
        Err(error) => {
            let line = error.span().map_or(1, |span| line_of(span.start));
            problems.push(SettingProblem { origin: at(line), message: error.message().to_owned() });
            return;
        }
    };
    for (key, value) in table.get_ref() {
        let line = line_of(key.span().start);
        let name = key.get_ref().as_ref();
        let Some(names) = NAMES.iter().find(|names| names.key == name) else {
            let known: Vec<&str> = NAMES.iter().map(|names| names.key).collect();
            problems.push(SettingProblem {
                origin: at(line),
                message: format!("没有“{name}”这一项；可用：{}", known.join("、")),
            });
            continue;
        };
        let Some(text) = value.get_ref().as_str() else {
            problems.push(SettingProblem {
                origin: at(line), message: format!("“{name}”应为带引号的文字")
            });
            continue;
        };
        said.values.entry(names.key).or_insert_with(|| (text.to_owned(), at(line)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack() -> (tempfile::TempDir, String) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::write(folder.path().join("city.toml"), "").expect("written");
        let path = folder.path().display().to_string();
        (folder, path)
    }

    fn defaults(pack: &str) -> Defaults {
        Defaults { data: "data".to_owned(), pack: pack.to_owned() }
    }

    #[test]
    fn a_flag_wins_over_the_environment_and_the_environment_over_the_file() {
        let (folder, pack) = pack();
        let file = folder.path().join("baotu.toml");
        std::fs::write(&file, "listen = \"127.0.0.1:1\"\nlog = \"warn\"\nlog_format = \"json\"\n")
            .expect("written");
        let environment = |name: &str| match name {
            "BAOTU_LISTEN" => Some("127.0.0.1:2".to_owned()),
            "BAOTU_LOG" => Some("debug".to_owned()),
            _ => None,
        };
        let said = Said { file: Some(file), ..Said::default() }
            .with("listen", Some("127.0.0.1:3".to_owned()), &environment)
            .with("log", None, &environment);
        let settings = Settings::gather(said, &defaults(&pack)).expect("good settings");
        assert_eq!(settings.listen.port(), 3);
        assert_eq!(settings.log, "debug");
        assert_eq!(settings.log_format, LogFormat::Json);
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("baotu.toml");
        std::fs::write(&file, "lisen = \"x\"\nlog_format = 3\npublic_url = \"city.example\"\n")
            .expect("written");
        let none = |_: &str| None;
        let said = Said { file: Some(file), ..Said::default() }
            .with("listen", Some("8343".to_owned()), &none)
            .with("database", Some("mysql://x".to_owned()), &none);
        let problems = Settings::gather(said, &defaults("nowhere")).expect_err("bad settings");
        let told: Vec<String> = problems
            .iter()
            .map(|problem| problem.to_string().replace(&folder.path().display().to_string(), "…"))
            .collect();
        insta::assert_snapshot!(told.join("\n"));
    }
}
