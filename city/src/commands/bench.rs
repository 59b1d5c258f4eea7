//! `baotu bench`: how fast a city works on this machine.

use std::num::{NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use baotu_geo::measure::measure as measure_places;
use baotu_vocabulary::Surroundings;
use clap::{Args, Subcommand};

use super::serve::checked_folder;
use super::{PACK_DEFAULT, running};
use crate::bench::cases::{Choices, measure};
use crate::bench::{ingest, things};
use crate::city::atlas_of;
use crate::demo::habits::Habits;
use crate::settings::LogFormat;
use crate::surroundings::RealSurroundings;

/// What is measured.
#[derive(Subcommand)]
pub(super) enum Bench {
    /// 办件和看案：经 HTTP 每秒能办多少件，打开案件、筛选列表要多久，存量大了慢多少
    Cases(CasesChoices),
    /// 接入：传感器读数每秒能落盘多少个，旁边是 PostgreSQL 的 COPY
    Ingest(IngestChoices),
    /// 设备：经 MQTT 每秒能收多少个落盘的读数，报警多快；旁边可以是 Mosquitto 加 InfluxDB
    Things(ThingsChoices),
    /// 定位：一个坐标落在哪个网格、归谁管，要多少微秒；顺带量地名、地址和地图
    Geo(GeoChoices),
}

/// What may be chosen of the bench of cases.
#[derive(Args)]
#[command(
    long_about = "在临时数据文件夹里建一座真正的城市，存入指定数量的历史工单，再让若干客户端登录后同时办件。\n\n一次办件有七个请求：居民登记，话务员受理，派单员派单，联络员签收，承办人办结回复，派单员看一页列表（按区县筛选），话务员全文检索。\n办完再看：派单员打开新旧案件，换着条件筛选列表。\n\n各城市同时开着，轮流各测一小段，取各轮的中位数；比例都以第一座（有存量的）城市为准。只用本机回环地址，结束后删净。"
)]
pub(super) struct CasesChoices {
    /// 同时办件的客户端数
    #[arg(long, default_value = "8", value_name = "个")]
    clients: NonZeroUsize,
    /// 每轮多少秒
    #[arg(long, default_value = "10", value_name = "秒")]
    seconds: NonZeroU64,
    /// 每座城市测几轮
    #[arg(long, default_value = "3", value_name = "轮")]
    rounds: NonZeroUsize,
    /// 事先存入多少件，用逗号分开；每个数字建一座城市
    #[arg(long, default_value = "0,1000,1000000", value_delimiter = ',', value_name = "件")]
    stored: Vec<u64>,
    /// 改在 PostgreSQL 上测：postgres://用户@主机/库；在库里建临时模式（schema），测完删掉
    #[arg(long, value_name = "地址")]
    database: Option<String>,
    /// 临时数据文件夹建在哪里；应在将来正式运行所用的磁盘上，默认为系统的临时文件夹
    #[arg(long, value_name = "文件夹")]
    folder: Option<PathBuf>,
    /// 城市包文件夹
    #[arg(long, default_value = PACK_DEFAULT, value_name = "文件夹")]
    pack: PathBuf,
}

/// What may be chosen of the bench of readings.
#[derive(Args)]
#[command(
    long_about = "在临时文件夹里建一个读数库，若干客户端一批接一批存入读数，每批落盘后才得到答复。共 16 万个序列（2 万台设备，每台 8 项）。\n\n给出 --database 时，同样的批次在同一次运行里用 COPY 写入 PostgreSQL 的一张无索引临时表，每批一个事务。\n\n结束后删净。"
)]
pub(super) struct IngestChoices {
    /// 同时存入的客户端数
    #[arg(long, default_value = "8", value_name = "个")]
    clients: NonZeroUsize,
    /// 每种批量测多少秒
    #[arg(long, default_value = "5", value_name = "秒")]
    seconds: NonZeroU64,
    /// 每批多少个读数，用逗号分开
    #[arg(long, default_value = "1,100,1000,10000", value_delimiter = ',', value_name = "个")]
    batches: Vec<NonZeroUsize>,
    /// 同时测的 PostgreSQL：postgres://用户@主机/库；建一张临时表，测完删掉
    #[arg(long, value_name = "地址")]
    database: Option<String>,
    /// 临时文件夹建在哪里；应在将来正式运行所用的磁盘上，默认为系统的临时文件夹
    #[arg(long, value_name = "文件夹")]
    folder: Option<PathBuf>,
}

/// What may be chosen of the bench of things.
#[derive(Args)]
#[command(
    long_about = "在临时文件夹里建一座真正的城市，登记设备，以 MQTT QoS 1 上报，落盘后才应答；规则照常监测，同时逐个触发报警，量从发送到报警事件的时间。\n\n给出 --mosquitto 和 --influx 时，同样的消息在同一次运行里发给 Mosquitto，由本程序桥接写入 InfluxDB，InfluxDB 答复后才算数（Mosquitto 的应答不表示落盘）。Mosquitto 的队列上限应放开：max_queued_messages 0、max_inflight_messages 0。\n\n结束后删净。"
)]
pub(super) struct ThingsChoices {
    /// 同时上报的连接数
    #[arg(long, default_value = "64", value_name = "个")]
    connections: NonZeroUsize,
    /// 每条消息多少个时刻；每个时刻六个读数
    #[arg(long, default_value = "20", value_name = "个")]
    moments: NonZeroUsize,
    /// 每个连接最多多少条未应答
    #[arg(long, default_value = "8", value_name = "条")]
    window: std::num::NonZeroU16,
    /// 一共多少条消息
    #[arg(long, default_value = "20000", value_name = "条")]
    messages: NonZeroU64,
    /// 同时触发多少起报警
    #[arg(long, default_value_t = 200, value_name = "起")]
    alarms: usize,
    /// 同时测的 Mosquitto
    #[arg(long, requires = "influx", value_name = "主机:端口")]
    mosquitto: Option<std::net::SocketAddr>,
    /// 同时测的 InfluxDB 1.x（HTTP）
    #[arg(long, requires = "mosquitto", value_name = "主机:端口")]
    influx: Option<std::net::SocketAddr>,
    /// 临时文件夹建在哪里；应在将来正式运行所用的磁盘上，默认为系统的临时文件夹
    #[arg(long, value_name = "文件夹")]
    folder: Option<PathBuf>,
    /// 城市包文件夹
    #[arg(long, default_value = PACK_DEFAULT, value_name = "文件夹")]
    pack: PathBuf,
}

/// What may be chosen of the bench of places.
#[derive(Args)]
pub(super) struct GeoChoices {
    /// 定位多少个点
    #[arg(long, default_value_t = 1_000_000, value_name = "个")]
    points: usize,
    /// 城市包文件夹
    #[arg(long, default_value = PACK_DEFAULT, value_name = "文件夹")]
    pack: PathBuf,
}

pub(super) fn run(bench: Bench) -> Result<ExitCode, ExitCode> {
    // The settings of a city that may run here are not read: a bench never touches its data.
    crate::logging::start("warn", LogFormat::Text);
    match bench {
        Bench::Cases(choices) => running(cases(choices)),
        Bench::Ingest(choices) => running(ingest(choices)),
        Bench::Things(choices) => running(things(choices)),
        Bench::Geo(choices) => running(async move { geo(&choices.pack, choices.points) }),
    }
}

async fn cases(choices: CasesChoices) -> anyhow::Result<ExitCode> {
    let on = if choices.database.is_some() { "PostgreSQL" } else { "嵌入式数据库" };
    println!(
        "{}：{on}，{} 个客户端，每轮 {} 秒，{} 轮",
        choices.pack.display(),
        choices.clients,
        choices.seconds,
        choices.rounds
    );
    let choices = Choices {
        pack: checked_folder(&choices.pack, &RealSurroundings)?,
        habits: Habits::of_pack(&choices.pack)?,
        clients: choices.clients.get(),
        during: Duration::from_secs(choices.seconds.get()),
        rounds: choices.rounds.get(),
        stored: choices.stored,
        database: choices.database,
        folder: choices.folder,
    };
    let reports = measure(&choices, &|line| println!("{line}")).await?;
    print!("{reports}");
    Ok(ExitCode::SUCCESS)
}

async fn ingest(choices: IngestChoices) -> anyhow::Result<ExitCode> {
    println!("读数接入：{} 个客户端，每种批量 {} 秒", choices.clients, choices.seconds);
    let choices = ingest::Choices {
        clients: choices.clients.get(),
        during: Duration::from_secs(choices.seconds.get()),
        batches: choices.batches.into_iter().map(NonZeroUsize::get).collect(),
        database: choices.database,
        folder: choices.folder,
    };
    let report = ingest::measure(&choices, &|line| println!("{line}")).await?;
    print!("{report}");
    Ok(ExitCode::SUCCESS)
}

async fn things(choices: ThingsChoices) -> anyhow::Result<ExitCode> {
    let choices = things::Choices {
        pack: checked_folder(&choices.pack, &RealSurroundings)?,
        connections: choices.connections.get(),
        moments: choices.moments.get(),
        window: choices.window.get(),
        messages: choices.messages.get(),
        alarms: choices.alarms,
        peer: choices.mosquitto.zip(choices.influx),
        folder: choices.folder,
    };
    let report = things::measure(&choices, &|line| println!("{line}")).await?;
    print!("{report}");
    Ok(ExitCode::SUCCESS)
}

fn geo(pack: &Path, points: usize) -> anyhow::Result<ExitCode> {
    let pack = checked_folder(pack, &RealSurroundings)?;
    let (atlas, _) = atlas_of(&pack, pack.calendar().date_of(RealSurroundings.now()));
    print!("{}", measure_places(&Arc::new(atlas), points, &RealSurroundings));
    Ok(ExitCode::SUCCESS)
}
