//! `baotu serve`: a city for real.

use std::net::SocketAddr;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail};
use baotu_access::AccessSettings;
use baotu_pack::{Level, Pack};
use baotu_storage::StoreConfig;
use baotu_vocabulary::Surroundings;
use tokio_util::sync::CancellationToken;

use crate::city::{City, Founding, contracts, told};
use crate::listening::{Door, allow_connections, told_to_stop};
use crate::sensing::doors::BoundDoors;
use crate::settings::Settings;
use crate::surroundings::RealSurroundings;

pub(super) async fn run(settings: Settings, bootstrap: bool) -> anyhow::Result<ExitCode> {
    let surroundings: Arc<dyn Surroundings> = Arc::new(RealSurroundings);
    let pack = checked_pack(&settings, &*surroundings)?;
    let door = Door::bind(settings.listen).await.with_context(|| format!("不能监听 {}", settings.listen))?;
    allow_connections();
    let doors = settings.things.clone().bind().await?;
    let city = City::found(Founding {
        store: StoreConfig::new(settings.database.clone(), settings.data.join("blobs")),
        data: &settings.data,
        pack,
        surroundings,
        speed: 1,
        access: access_settings(&settings),
        notices: settings.notices.clone(),
        public_url: public_url(&settings, &door),
    })
    .await?;
    if bootstrap {
        match city.access.bootstrap().await.map_err(told)? {
            Some(first) => {
                println!(
                    "首位管理员：用户名 {}，口令 {}（只显示这一次，首次登录必须修改）",
                    first.user, first.password
                );
            }
            None => println!("已有管理员，没有新建。"),
        }
    }
    print_addresses(&city.pack.city().title, door.address);
    print_thing_doors(&doors);
    open(city, door, doors).await?;
    Ok(ExitCode::SUCCESS)
}

/// Answers until the process is told to stop, with everything running that runs by itself.
pub(super) async fn open(city: City, door: Door, doors: BoundDoors) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let mut tasks = city.live(&stop);
    doors.open(&city.sensing, &city.surroundings, &mut tasks, &stop)?;
    let told = stop.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        told.cancel();
    });
    let answered = door.answer(city.routes(), stop.clone()).await;
    stop.cancel();
    while tasks.join_next().await.is_some() {}
    answered.context("监听中断")
}

/// The pack of the settings, without errors.
pub(super) fn checked_pack(settings: &Settings, surroundings: &dyn Surroundings) -> anyhow::Result<Pack> {
    checked_folder(&settings.pack, surroundings)
}

/// The pack in a folder, without errors.
pub(super) fn checked_folder(folder: &Path, surroundings: &dyn Surroundings) -> anyhow::Result<Pack> {
    let today = surroundings.now().timestamp().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let checked = Pack::load(folder, &contracts(), today);
    if let Some(pack) = checked.pack {
        return Ok(pack);
    }
    for problem in checked.problems.iter().filter(|problem| problem.level == Level::Error) {
        eprintln!("{problem}");
    }
    bail!("城市包 {} 有错误，没有启动；用 baotu check 查看全部问题", folder.display())
}

/// How strict access is under these settings: cookies are for https alone where people come by https.
pub(super) fn access_settings(settings: &Settings) -> AccessSettings {
    let https = settings.public_url.as_deref().is_some_and(|url| url.starts_with("https://"));
    AccessSettings {
        secure_cookie: https,
        public_origin: settings.public_url.clone(),
        ..AccessSettings::default()
    }
}

/// Under which address the city is reached: as told, else where it listens.
pub(super) fn public_url(settings: &Settings, door: &Door) -> String {
    settings.public_url.clone().unwrap_or_else(|| format!("http://{}", door.address))
}

/// Tells where things connect.
pub(super) fn print_thing_doors(doors: &BoundDoors) {
    for (name, address) in doors.addresses() {
        println!("  设备\t{name}://{address}");
    }
}

/// Tells where the city answers; tools read the first `http://` of these lines.
pub(super) fn print_addresses(title: &str, address: SocketAddr) {
    println!("趵突 · {title}");
    for (name, path) in [
        ("居民", "/"),
        ("工作台", "/desk"),
        ("一屏", "/screen"),
        ("接口", "/api/openapi.json"),
        ("Open311", "/open311/v2/services.json"),
    ] {
        println!("  {name}\thttp://{address}{path}");
    }
}
