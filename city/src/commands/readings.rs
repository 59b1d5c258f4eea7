//! `baotu readings`: readings of things as CSV, out and in, while the city is stopped.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::Context;
use baotu_observations::ExportSeries;
use baotu_storage::StoreConfig;
use baotu_vocabulary::{Moment, Surroundings};
use clap::Subcommand;

use super::FAILED;
use super::serve::{access_settings, checked_pack};
use crate::city::{City, Founding};
use crate::settings::Settings;
use crate::surroundings::RealSurroundings;

/// Which way.
#[derive(Subcommand)]
pub(super) enum Way {
    /// 导出：thing,property,time,value,quality，每行一个读数
    Export {
        /// 写到哪里
        #[arg(value_name = "文件")]
        file: PathBuf,
        /// 只导出这些设备编码，用逗号分开；不写则全部
        #[arg(long, value_delimiter = ',', value_name = "编码")]
        things: Vec<String>,
        /// 从何时起，例如 2026-11-01T00:00:00+08:00
        #[arg(long, value_name = "时间")]
        from: Moment,
        /// 到何时为止（不含）
        #[arg(long, value_name = "时间")]
        to: Moment,
    },
    /// 导入：同样的列；多早的读数都可以，重复导入不会多记，有误的行列出行号和原因
    Import {
        /// 数据文件（CSV，第一行是列名）
        #[arg(value_name = "文件")]
        file: PathBuf,
    },
}

pub(super) async fn run(settings: Settings, way: Way) -> anyhow::Result<ExitCode> {
    let surroundings: Arc<dyn Surroundings> = Arc::new(RealSurroundings);
    let pack = checked_pack(&settings, &*surroundings)?;
    let city = City::found(Founding {
        store: StoreConfig::new(settings.database.clone(), settings.data.join("blobs")),
        data: &settings.data,
        pack,
        surroundings: Arc::clone(&surroundings),
        speed: 1,
        access: access_settings(&settings),
        notices: settings.notices.clone(),
        public_url: settings.public_url.clone().unwrap_or_default(),
    })
    .await?;
    let things = &city.sensing.things;
    match way {
        Way::Export { file, things: wanted, from, to } => {
            let all = things.all();
            let unknown = wanted.iter().find(|code| !all.iter().any(|one| one.thing.code == **code));
            if let Some(code) = unknown {
                anyhow::bail!("没有登记设备“{code}”");
            }
            let chosen = all.iter().filter(|one| wanted.is_empty() || wanted.contains(&one.thing.code));
            let series: Vec<ExportSeries> = chosen
                .flat_map(|one| {
                    one.series.iter().map(|(property, series)| ExportSeries {
                        series: *series,
                        thing: one.thing.code.clone(),
                        property: property.to_string(),
                    })
                })
                .collect();
            let out = File::create(&file).with_context(|| file.display().to_string())?;
            let written = things.readings().export(&series, (from, to), BufWriter::new(out)).await?;
            println!("导出 {written} 个读数到 {}", file.display());
            Ok(ExitCode::SUCCESS)
        }
        Way::Import { file } => {
            let opened = File::open(&file).with_context(|| file.display().to_string())?;
            let imported = things.import(BufReader::new(opened), things.now()).await?;
            println!("导入 {} 个读数", imported.stored);
            for (line, problem) in &imported.problems {
                println!("{}:{line} {problem}", file.display());
            }
            if imported.more_problems > 0 {
                println!("还有 {} 行有误，没有列出", imported.more_problems);
            }
            let is_whole = imported.problems.is_empty() && imported.more_problems == 0;
            Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::from(FAILED) })
        }
    }
}
