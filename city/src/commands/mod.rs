//! The commands of `baotu`, as a clerk reads them.
//!
//! This module reads the command line, gathers and checks the settings, and tells what came of it. What a command
//! does is in its own file.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "the command line speaks through these")]

mod backup;
mod bench;
mod check;
mod demo;
mod import;
mod migrate;
mod mqtt_open;
mod new_pack;
mod readings;
mod serve;

use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Arg, ArgAction, Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};

use tokio::runtime::Builder;

use self::bench::Bench;
use self::demo::PlayChoices;
use crate::settings::{Defaults, Said, Settings};
use crate::starter::Names;

/// The pack that is used when none is named.
const PACK_DEFAULT: &str = "packs/jinan";
/// The data folder of `serve` and the commands about it, when none is named.
const DATA_DEFAULT: &str = "baotu-data";

/// The data folder of `demo`, when none is named.
const DEMO_DATA_DEFAULT: &str = "baotu-demo";

/// Exit code of a command that did not do what was asked.
const FAILED: u8 = 1;

#[derive(Parser)]
#[command(
    name = "baotu",
    version,
    about = "趵突：开源城市大脑——一个程序、一个城市包、一个数据文件夹",
    long_about = "趵突：开源城市大脑。\n一个程序、一个城市包（声明一座城市的各个系统）、一个数据文件夹。\n\n先看看：baotu demo\n正式运行：baotu serve --pack 城市包 --data 数据文件夹",
    disable_help_subcommand = true,
    disable_help_flag = true,
    disable_version_flag = true,
    subcommand_help_heading = "命令",
    subcommand_value_name = "命令"
)]
struct Line {
    #[command(subcommand)]
    command: Command,
    /// 显示说明
    #[arg(short = 'h', long, global = true, action = ArgAction::Help)]
    help: Option<bool>,
    /// 显示版本
    #[arg(short = 'V', long, action = ArgAction::Version)]
    version: Option<bool>,
}

/// How the help of each command is laid out.
const HELP: &str = "{about-with-newline}\n用法：{usage}\n\n{all-args}";

/// The command line with its help in the clerk's words.
fn line() -> clap::Command {
    let headed = |arg: Arg| {
        let heading = if arg.is_positional() { "参数" } else { "选项" };
        arg.help_heading(heading)
    };
    let with_help = |command: clap::Command| command.help_template(HELP).mut_args(headed);
    with_help(Line::command()).mut_subcommands(with_help)
}

#[derive(Subcommand)]
enum Command {
    /// 启动演示城市：有人口、有一天的历史，按所选速度继续演出；不向外发送任何东西
    Demo {
        #[command(flatten)]
        said: SaidHere,
        #[command(flatten)]
        choices: PlayChoices,
    },
    /// 正式运行一座城市
    Serve {
        #[command(flatten)]
        said: SaidHere,
        /// 新城市：新建首位管理员，打印一次初始口令
        #[arg(long)]
        bootstrap: bool,
    },
    /// 检查城市包：一次列出全部问题（文件:行、原因、改法）；有错误时退出码不为 0
    Check {
        /// 城市包文件夹
        #[arg(default_value = PACK_DEFAULT, value_name = "文件夹")]
        pack: PathBuf,
        /// 同时打印“角色 × 权限”总表
        #[arg(long)]
        grants: bool,
    },
    /// 导入别的系统的工单：按映射文件逐行导入；坏行列出行号和原因，留待修改
    Import {
        /// 数据文件：CSV、XLSX 或 JSON（可为 gzip）
        #[arg(value_name = "数据文件")]
        file: PathBuf,
        /// 映射文件；随程序提供的在 packs/mappings/
        #[arg(long, value_name = "文件")]
        mapping: PathBuf,
        /// 导入为哪个流程的工单；城市包只有一个流程时可不写
        #[arg(long, value_name = "流程名")]
        procedure: Option<String>,
        #[command(flatten)]
        said: SaidHere,
    },
    /// 设备读数：在城市停着时以 CSV 导出、导入
    Readings {
        #[command(subcommand)]
        way: readings::Way,
        #[command(flatten)]
        said: SaidHere,
    },
    /// 新建城市包：写出最小可用的一座城市，在它的基础上修改
    NewPack {
        /// 写到哪里（空文件夹）
        #[arg(value_name = "文件夹")]
        folder: PathBuf,
        /// 包名：小写字母、数字和连字符
        #[arg(long, value_name = "包名")]
        name: String,
        /// 城市名，例如 济南市
        #[arg(long, value_name = "城市名")]
        title: String,
    },
    /// 备份：在运行中复制数据库、附件和密钥到一个空文件夹
    Backup {
        /// 备份到哪里（空文件夹）
        #[arg(value_name = "文件夹")]
        folder: PathBuf,
        #[command(flatten)]
        said: SaidHere,
    },
    /// 恢复：把备份放回一个空的数据文件夹
    Restore {
        /// 备份所在的文件夹
        #[arg(value_name = "文件夹")]
        folder: PathBuf,
        #[command(flatten)]
        said: SaidHere,
    },
    /// 升级数据库表结构（serve 启动时也会自动升级）
    Migrate {
        #[command(flatten)]
        said: SaidHere,
    },
    /// MQTT 试验：在本机开一个不验证身份、不保存任何东西的 MQTT 服务，供一致性测试使用
    MqttOpen {
        /// 监听地址，只能是本机；端口 0 表示任选空闲端口
        #[arg(long, default_value = mqtt_open::LISTEN_DEFAULT, value_name = "主机:端口")]
        listen: SocketAddr,
        /// 不允许订阅的主题过滤器，可写多次
        #[arg(long, default_value = mqtt_open::DENIED_DEFAULT, value_name = "过滤器")]
        denied_filter: Vec<String>,
    },
    /// 压测：在临时的城市里量这台机器办件、定位有多快；不碰正式数据
    Bench {
        #[command(subcommand)]
        bench: Bench,
    },
}

/// The settings that most commands share.
#[derive(Args, Clone, Debug, Default)]
struct SaidHere {
    /// 设置文件（TOML）；其中的键与下面的参数同名
    #[arg(long, value_name = "文件", env = "BAOTU_SETTINGS")]
    settings: Option<PathBuf>,
    /// 监听地址，默认 127.0.0.1:8343；端口 0 表示任选空闲端口 [BAOTU_LISTEN]
    #[arg(long, value_name = "主机:端口")]
    listen: Option<String>,
    /// 数据文件夹 [BAOTU_DATA_FOLDER]
    #[arg(long, value_name = "文件夹")]
    data: Option<String>,
    /// 城市包文件夹，默认 packs/jinan [BAOTU_PACK]
    #[arg(long, value_name = "文件夹")]
    pack: Option<String>,
    /// 数据库：默认用数据文件夹内的嵌入式库；或 postgres://用户@主机/库 [BAOTU_DATABASE]
    #[arg(long, value_name = "地址")]
    database: Option<String>,
    /// 日志级别，例如 info、warn、baotu_cases=debug [BAOTU_LOG]
    #[arg(long, value_name = "级别")]
    log: Option<String>,
    /// 日志格式：text 或 json [BAOTU_LOG_FORMAT]
    #[arg(long, value_name = "格式")]
    log_format: Option<String>,
    /// 对外网址，例如 https://city.example [BAOTU_PUBLIC_URL]
    #[arg(long, value_name = "网址")]
    public_url: Option<String>,
    /// 通知渠道的设置文件（短信网关、邮件服务器）；没有时不向外发送 [BAOTU_NOTICES]
    #[arg(long, value_name = "文件")]
    notices: Option<String>,
    /// 设备以 MQTT 连接的地址，默认 127.0.0.1:18830；off 表示不开 [BAOTU_MQTT]
    #[arg(long, value_name = "主机:端口")]
    mqtt: Option<String>,
    /// 设备以加密的 MQTT 连接的地址，默认不开 [BAOTU_MQTTS]
    #[arg(long, value_name = "主机:端口")]
    mqtts: Option<String>,
    /// 加密连接的证书链（PEM） [BAOTU_TLS_CHAIN]
    #[arg(long, value_name = "文件")]
    tls_chain: Option<String>,
    /// 加密连接的私钥（PEM） [BAOTU_TLS_KEY]
    #[arg(long, value_name = "文件")]
    tls_key: Option<String>,
    /// 设备以 HJ 212 连接的地址，默认 127.0.0.1:18212；off 表示不开 [BAOTU_HJ212]
    #[arg(long, value_name = "主机:端口")]
    hj212: Option<String>,
    /// 外部 MQTT 代理的设置文件：设备发到那里，本节点以共享订阅接收 [BAOTU_UPSTREAM]
    #[arg(long, value_name = "文件")]
    upstream: Option<String>,
}

impl SaidHere {
    /// Gathers and checks the settings; every mistake is printed with its place.
    fn gather(self, data_default: &str) -> Result<Settings, ExitCode> {
        let environment = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let said = Said { file: self.settings, ..Said::default() }
            .with("listen", self.listen, &environment)
            .with("data", self.data, &environment)
            .with("pack", self.pack, &environment)
            .with("database", self.database, &environment)
            .with("log", self.log, &environment)
            .with("log_format", self.log_format, &environment)
            .with("public_url", self.public_url, &environment)
            .with("notices", self.notices, &environment)
            .with("mqtt", self.mqtt, &environment)
            .with("mqtts", self.mqtts, &environment)
            .with("tls_chain", self.tls_chain, &environment)
            .with("tls_key", self.tls_key, &environment)
            .with("hj212", self.hj212, &environment)
            .with("upstream", self.upstream, &environment);
        let defaults = Defaults { data: data_default.to_owned(), pack: PACK_DEFAULT.to_owned() };
        Settings::gather(said, &defaults).map_err(|problems| {
            for problem in &problems {
                eprintln!("{problem}");
            }
            eprintln!("设置有 {} 处错误，没有启动。", problems.len());
            ExitCode::from(FAILED)
        })
    }
}

/// Runs the command line and gives the process's exit code: 0 when what was asked is done, 1 when not, 2 when it was
/// not understood.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let matches = line().try_get_matches_from(arguments);
    let line = match matches.and_then(|matches| Line::from_arg_matches(&matches)) {
        Ok(line) => line,
        Err(error) => {
            // Help and version come this way, too; clap knows which stream and code they take.
            let code = u8::try_from(error.exit_code()).unwrap_or(FAILED);
            drop(error.print());
            return ExitCode::from(code);
        }
    };
    let done = match line.command {
        Command::Demo { said, choices } => {
            settled(said, DEMO_DATA_DEFAULT, |settings| demo::run(settings, choices))
        }
        Command::Serve { said, bootstrap } => {
            settled(said, DATA_DEFAULT, |settings| serve::run(settings, bootstrap))
        }
        Command::Check { pack, grants } => check::run(&pack, grants),
        Command::Import { file, mapping, procedure, said } => {
            settled(said, DATA_DEFAULT, |settings| import::run(settings, file, mapping, procedure))
        }
        Command::Readings { way, said } => {
            settled(said, DATA_DEFAULT, |settings| readings::run(settings, way))
        }
        Command::NewPack { folder, name, title } => new_pack::run(&folder, &Names { name, title }),
        Command::Backup { folder, said } => {
            settled(said, DATA_DEFAULT, |settings| backup::back_up(settings, folder))
        }
        Command::Restore { folder, said } => {
            settled(said, DATA_DEFAULT, |settings| backup::restore(settings, folder))
        }
        Command::Migrate { said } => settled(said, DATA_DEFAULT, migrate::run),
        Command::MqttOpen { listen, denied_filter } => {
            // One thread: see `open_broker`.
            on(Builder::new_current_thread(), mqtt_open::run(listen, denied_filter))
        }
        Command::Bench { bench } => bench::run(bench),
    };
    done.unwrap_or_else(|code| code)
}

/// Checks the settings, starts logging and runs `command`.
fn settled<F, Run>(said: SaidHere, data_default: &str, command: Run) -> Result<ExitCode, ExitCode>
where
    Run: FnOnce(Settings) -> F,
    F: Future<Output = anyhow::Result<ExitCode>>,
{
    let settings = said.gather(data_default)?;
    crate::logging::start(&settings.log, settings.log_format);
    running(command(settings))
}

/// Runs a command on the asynchronous runtime; a fault is told once, whole.
fn running(command: impl Future<Output = anyhow::Result<ExitCode>>) -> Result<ExitCode, ExitCode> {
    on(Builder::new_multi_thread(), command)
}

/// The same on a runtime of this kind.
fn on(
    mut kind: Builder,
    command: impl Future<Output = anyhow::Result<ExitCode>>,
) -> Result<ExitCode, ExitCode> {
    let runtime = kind.enable_all().build().map_err(|error| {
        eprintln!("启动失败：{error}");
        ExitCode::from(FAILED)
    })?;
    runtime.block_on(command).map_err(|error| {
        eprintln!("失败：{error:#}");
        ExitCode::from(FAILED)
    })
}
