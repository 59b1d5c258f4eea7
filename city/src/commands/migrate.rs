//! `baotu migrate`: brings the tables to this version.

use std::process::ExitCode;

use anyhow::Context;
use baotu_storage::{Store, StoreConfig};
use baotu_vocabulary::Surroundings;

use crate::settings::Settings;
use crate::surroundings::RealSurroundings;

pub(super) async fn run(settings: Settings) -> anyhow::Result<ExitCode> {
    std::fs::create_dir_all(&settings.data)
        .with_context(|| format!("建不了数据文件夹 {}", settings.data.display()))?;
    let config = StoreConfig::new(settings.database, settings.data.join("blobs"));
    let store = Store::open(&config).await.context("打不开数据库")?;
    let migrated = store.migrate(RealSurroundings.now()).await.context("升级没有完成，数据库未改动")?;
    println!("{migrated:?}");
    Ok(ExitCode::SUCCESS)
}
