//! `baotu import`: another system's cases, through a declared mapping.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::bail;
use baotu_cases::statistics::ReportGroup;
use baotu_doors::import::{Import, import_file};
use baotu_pack::Pack;
use baotu_storage::StoreConfig;
use baotu_vocabulary::{ProcedureName, Surroundings};

use super::FAILED;
use super::serve::{access_settings, checked_pack};
use crate::city::{City, Founding};
use crate::intake::Intake;
use crate::settings::Settings;
use crate::surroundings::RealSurroundings;

pub(super) async fn run(
    settings: Settings,
    file: PathBuf,
    mapping: PathBuf,
    procedure: Option<String>,
) -> anyhow::Result<ExitCode> {
    let surroundings: Arc<dyn Surroundings> = Arc::new(RealSurroundings);
    let pack = checked_pack(&settings, &*surroundings)?;
    let procedure = chosen(&pack, procedure, &*surroundings)?;
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
    let sink = Intake { cases: city.cases.clone(), procedure };
    let import = Import {
        store: &city.store,
        sink: &sink,
        surroundings: &*surroundings,
        zone: city.pack.calendar().zone().clone(),
        bounds: Some(city.pack.city().bounds),
    };
    let rejects = rejects_beside(&file);
    let report = import_file(&import, &file, &mapping, &rejects).await?;
    print!("{report}");
    if let Some(counted) = city.cases.report_of_source(&report.source).await? {
        print!("{}", Recomputed(&counted));
    }
    if report.rejected.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!("退回的行写在 {}：改好后用同一命令再导入这个文件。", rejects.display());
    Ok(ExitCode::from(FAILED))
}

/// What the cases of a source amount to, recomputed from what is stored; what the source doesn't tell is said.
struct Recomputed<'a>(&'a ReportGroup);

impl fmt::Display for Recomputed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ReportGroup { counts, rates, means, .. } = self.0;
        writeln!(
            f,
            "按已入库的记录重新计算：立案 {}，办结 {}，在办 {}",
            counts.opened, counts.closed, counts.open
        )?;
        for (title, rate) in [
            ("按期办结率", &rates.on_time),
            ("响应率", &rates.response),
            ("解决率", &rates.solved),
            ("满意率", &rates.satisfied),
            ("派单准确率", &rates.dispatch_accuracy),
        ] {
            match rate.rate {
                Some(share) => {
                    writeln!(f, "  {title} {}/{} = {:.2}%", rate.numerator, rate.denominator, share * 100.0)?;
                }
                None => writeln!(f, "  {title} 来源未提供（{}）", rate.note.unwrap_or("no cases"))?,
            }
        }
        for (title, mean) in [
            ("办结用时（天）", &means.closing_days),
            ("答复用时（天）", &means.resolving_days),
            ("转办（次）", &means.transfers),
        ] {
            match mean.mean {
                Some(average) => writeln!(f, "  {title} {}/{} = {average:.2}", mean.sum, mean.count)?,
                None => writeln!(f, "  {title} 来源未提供（{}）", mean.note.unwrap_or("no cases"))?,
            }
        }
        Ok(())
    }
}

/// The procedure that was named, or the pack's only one.
fn chosen(
    pack: &Pack,
    named: Option<String>,
    surroundings: &dyn Surroundings,
) -> anyhow::Result<ProcedureName> {
    let today = pack.calendar().date_of(surroundings.now());
    let all: Vec<ProcedureName> = pack.procedures(today).map(|procedure| procedure.name().clone()).collect();
    let listed = || all.iter().map(ProcedureName::as_str).collect::<Vec<_>>().join("、");
    match (named, all.as_slice()) {
        (Some(name), _) => {
            let name = ProcedureName::from(name);
            if !all.contains(&name) {
                bail!("没有“{name}”这个流程；可用：{}", listed());
            }
            Ok(name)
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => bail!("城市包有多个流程，用 --procedure 指明导入为哪一个：{}", listed()),
    }
}

/// `requests.csv` → `requests.rejects.csv`, in the folder where the command runs: the source may be read-only.
fn rejects_beside(file: &Path) -> PathBuf {
    let name = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    PathBuf::from(format!("{name}.rejects.csv"))
}
