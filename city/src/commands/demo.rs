//! `baotu demo`: a city with people and a day's history, that lives on at a chosen speed.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use baotu_access::{AccessSettings, PasswordCost};
use baotu_notices::config::NoticesConfig;
use baotu_storage::StoreConfig;
use baotu_vocabulary::{Actor, Moment, Surroundings};
use clap::Args;

use super::serve::{checked_pack, open, print_addresses, print_thing_doors, public_url};
use crate::about::Demo;
use crate::city::{City, Founding, told};
use crate::demo::accounts::{PASSWORD, key_written, offered, written};
use crate::demo::devices::{Addresses, FULL, Fleet};
use crate::demo::habits::Habits;
use crate::demo::people::Cast;
use crate::demo::play::Play;
use crate::listening::{Door, allow_connections};
use crate::sensing::doors::BoundDoors;
use crate::settings::Settings;
use crate::surroundings::{SimulatedSurroundings, real_now};

/// Microseconds of a day.
const DAY_MICROS: i64 = 24 * 3_600_000_000;
/// How often the play looks whether something is due.
const TICK: Duration = Duration::from_millis(100);
/// History is written in stretches of so many microseconds, so that the city can be looked at meanwhile.
const STRETCH_MICROS: i64 = 600_000_000;
/// Most times as fast as the machine's clock.
const SPEED_MAX: f64 = 3_600.0;

/// What may be chosen of the play.
#[derive(Args, Clone, Debug)]
pub(super) struct PlayChoices {
    /// 随机种子：同样的种子演出同样的一天
    #[arg(long, default_value_t = 20_261_124, value_name = "整数")]
    seed: u64,
    /// 演出速度：城市时间是真实时间的几倍
    #[arg(long, default_value_t = 1.0, value_name = "倍数")]
    speed: f64,
    /// 每天的诉求量
    #[arg(long, default_value_t = 30_000, value_name = "件")]
    per_day: u32,
    /// 先补演多少小时的历史
    #[arg(long, default_value_t = 24, value_name = "小时")]
    history_hours: u32,
    /// 历史从何时开始，例如 2026-11-23T00:00:00+08:00；默认为现在往前推
    #[arg(long, value_name = "时间")]
    start: Option<Moment>,
    /// 模拟设备的数量：以 MQTT、HJ 212 和 HTTP 连到本城市；0 表示没有
    #[arg(long, default_value_t = FULL, value_name = "台")]
    devices: usize,
    /// 演完历史就停：打印件数后退出（用于检查与比对）
    #[arg(long)]
    history_only: bool,
}

pub(super) async fn run(settings: Settings, choices: PlayChoices) -> anyhow::Result<ExitCode> {
    let speed = choices.speed.clamp(0.0, SPEED_MAX);
    let history = i64::from(choices.history_hours) * DAY_MICROS / 24;
    let start = choices.start.unwrap_or_else(|| real_now().plus_micros(-history));
    let surroundings = Arc::new(SimulatedSurroundings::new(start, choices.seed));
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a speed between 0 and its maximum"
    )]
    let whole_speed = speed.ceil() as u32;
    let usual = AccessSettings::default();
    let pack = checked_pack(&settings, &*surroundings)?;
    let cast = Cast::of(&pack, choices.seed);
    let door = Door::bind(settings.listen).await.with_context(|| format!("不能监听 {}", settings.listen))?;
    // Each device has a socket at both ends, and both are here.
    let room = allow_connections() / 2;
    let devices = choices.devices.min(room);
    if devices < choices.devices {
        println!("系统只允许打开这么多连接：模拟设备减为 {devices} 台（用 ulimit -n 放开）");
    }
    let doors = settings.things.clone().bind().await?;
    let mut city = City::found(Founding {
        store: StoreConfig::new(settings.database.clone(), settings.data.join("blobs")),
        data: &settings.data,
        pack,
        surroundings: Arc::clone(&surroundings) as Arc<dyn Surroundings>,
        speed: whole_speed,
        access: AccessSettings {
            // Everybody shares one listed password: there is nothing for a dear hash to protect.
            password_cost: PasswordCost::CHEAPEST,
            session_idle_seconds: u32::MAX,
            session_seconds: u32::MAX,
            secure_cookie: false,
            ..usual
        },
        notices: NoticesConfig::default(),
        public_url: public_url(&settings, &door),
    })
    .await?;
    let hash = city.access.hash_password(PASSWORD.to_owned()).await.map_err(told)?;
    city.access.seed(cast.seed(), &hash).await.map_err(told)?;
    let api_key = client_key(&city, &settings.data).await?;
    city.demo = Some(Arc::new(Demo {
        speed,
        accounts: offered(&city.pack, &cast),
        surroundings: Arc::clone(&surroundings),
    }));
    write_accounts(&settings.data, &written(&cast, door.address, &api_key))?;
    print_addresses(&format!("{}（演示，{}）", city.pack.city().title, mark(&city)), door.address);
    print_thing_doors(&doors);
    println!("  演示账号列在登录页，也写在 {}", settings.data.join("demo-accounts.json").display());

    let habits = Habits::of_pack(&settings.pack)?;
    let mut play =
        Play::new(city.clone(), habits, cast, Arc::clone(&surroundings), choices.seed, choices.per_day)
            .await?;
    let fleet = play.fleet(devices);
    let addresses = addresses(&door, &doors);
    let end = start.plus_micros(history);
    if choices.history_only {
        play.advance(end).await?;
        println!("{:?}", play.tally());
        return Ok(ExitCode::SUCCESS);
    }
    city.readiness.wait_for("history");
    let readiness = city.readiness.clone();
    let devices = Devices { fleet, city: city.clone(), addresses };
    let told = tokio::spawn(async move {
        if let Err(fault) =
            live_on(play, &surroundings, (start, end), speed, devices, || readiness.arrived("history")).await
        {
            tracing::error!(fault = format!("{fault:#}"), "the play has stopped; the city still answers");
        }
    });
    open(city, door, doors).await?;
    told.abort();
    Ok(ExitCode::SUCCESS)
}

/// Plays the history as fast as it goes, then lives on at `speed`.
async fn live_on(
    mut play: Play,
    surroundings: &SimulatedSurroundings,
    (start, end): (Moment, Moment),
    speed: f64,
    devices: Devices,
    arrived: impl FnOnce(),
) -> anyhow::Result<()> {
    let mut at = start;
    while at < end {
        at = at.plus_micros(STRETCH_MICROS).min(end);
        play.advance(at).await?;
    }
    let tally = play.tally();
    tracing::info!(
        opened = tally.opened,
        decided = tally.decided,
        refused = tally.refused,
        "the history is played"
    );
    devices.fleet.install(&devices.city).await?;
    arrived();
    surroundings.run(speed);
    let Devices { fleet, city, addresses } = devices;
    let (zone, time) = (city.pack.calendar().zone().clone(), Arc::clone(&city.surroundings));
    let reporting = fleet.run(addresses, time, zone, speed);
    let playing = async {
        loop {
            play.catch_up().await?;
            tokio::time::sleep(TICK).await;
        }
    };
    tokio::select! {
        ended = playing => ended,
        () = reporting => Ok(()),
    }
}

/// The devices of a demo with the city that they speak to.
struct Devices {
    fleet: Fleet,
    city: City,
    addresses: Addresses,
}

/// Where the devices of the demo connect.
fn addresses(door: &Door, doors: &BoundDoors) -> Addresses {
    let of = |wanted: &str| {
        let found = doors.addresses().into_iter().find(|(name, _)| *name == wanted);
        found.map(|(_, address)| address)
    };
    Addresses { mqtt: of("mqtt"), hj212: of("hj212"), http: door.address }
}

fn mark(city: &City) -> &str {
    city.pack.city().synthetic_mark.as_deref().unwrap_or("合成数据")
}

fn accounts_file(data: &Path) -> PathBuf {
    data.join("demo-accounts.json")
}

/// The key of the demo's client: a city that starts again on its data keeps the one that was told before.
async fn client_key(city: &City, data: &Path) -> anyhow::Result<String> {
    let before = std::fs::read(accounts_file(data)).ok().and_then(|text| key_written(&text));
    if let Some(key) = before
        && city.access.client_of_key(&key).await?.is_some()
    {
        return Ok(key);
    }
    city.access.make_client(&Actor::city("demo"), "demo", "演示程序").await.map_err(told)
}

fn write_accounts(data: &Path, accounts: &serde_json::Value) -> anyhow::Result<()> {
    let path = accounts_file(data);
    let text = serde_json::to_string_pretty(accounts)?;
    std::fs::write(&path, text).with_context(|| path.display().to_string())
}
