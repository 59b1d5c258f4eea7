//! `baotu backup` and `baotu restore`: a copy of everything while the city runs, and back into an empty folder.
//!
//! The key of the sealed personal data goes with the copy: without it the copy could not be read. Whoever holds a
//! backup holds the city's personal data, and the command says so.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use baotu_storage::{Store, StoreConfig};

use crate::city::KEY_FILE;
use crate::sensing::READINGS_FOLDER;
use crate::settings::Settings;

pub(super) async fn back_up(settings: Settings, folder: PathBuf) -> anyhow::Result<ExitCode> {
    let config = StoreConfig::new(settings.database, settings.data.join("blobs"));
    let store = Store::open(&config).await.context("打不开数据库")?;
    store.backup(&folder).await.context("备份没有完成")?;
    copy_key(&settings.data, &folder)?;
    copy_things(&settings.data, &folder).await?;
    println!("已备份到 {}。其中有个人信息的密钥：请像保管原始数据一样保管它。", folder.display());
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn restore(settings: Settings, folder: PathBuf) -> anyhow::Result<ExitCode> {
    let config = StoreConfig::new(settings.database, settings.data.join("blobs"));
    Store::restore(&folder, &config).await.context("恢复没有完成")?;
    copy_key(&folder, &settings.data)?;
    copy_things(&folder, &settings.data).await?;
    println!("已恢复到 {}，可以启动了。", settings.data.display());
    Ok(ExitCode::SUCCESS)
}

/// Copies the readings of things, where there are any.
async fn copy_things(from: &Path, to: &Path) -> anyhow::Result<()> {
    let (from, to) = (from.join(READINGS_FOLDER), to.join(READINGS_FOLDER));
    if !from.exists() {
        return Ok(());
    }
    let copying = tokio::task::spawn_blocking(move || baotu_observations::copy_readings(&from, &to));
    copying.await?.context("读数没有复制完").map(drop)
}

/// Copies the key file, readable by its owner alone from its first byte on.
fn copy_key(from: &Path, to: &Path) -> anyhow::Result<()> {
    use std::io::Write as _;
    let source = from.join(KEY_FILE);
    if !source.exists() {
        return Ok(());
    }
    let target = to.join(KEY_FILE);
    let key = std::fs::read(&source).with_context(|| source.display().to_string())?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&target).with_context(|| target.display().to_string())?;
    file.write_all(&key).and_then(|()| file.sync_all()).with_context(|| target.display().to_string())
}
