//! `baotu check`: everything that is wrong with a city pack, at once.

use std::path::Path;
use std::process::ExitCode;

use baotu_cases::case::CasePlace;
use baotu_cases::rehearse;
use baotu_geo::Atlas;
use baotu_pack::{Level, Pack};
use baotu_vocabulary::{Point, Surroundings};

use super::FAILED;
use crate::city::contracts;
use crate::surroundings::RealSurroundings;

pub(super) fn run(folder: &Path, grants: bool) -> Result<ExitCode, ExitCode> {
    let today = RealSurroundings.now().timestamp().to_zoned_datetime(jiff::tz::TimeZone::UTC).date();
    let checked = Pack::load(folder, &contracts(), today);
    for problem in &checked.problems {
        println!("{problem}");
    }
    let errors = checked.problems.iter().filter(|problem| problem.level == Level::Error).count();
    let warnings = checked.problems.len() - errors;
    let Some(pack) = checked.pack else {
        println!("{}：{errors} 处错误，{warnings} 处提醒。", folder.display());
        return Err(ExitCode::from(FAILED));
    };
    let (atlas, places) = crate::city::atlas_of(&pack, today);
    for problem in &places {
        println!("{problem}");
    }
    let warnings = warnings + places.len();
    let untrue = rehearsed(&pack, &atlas);
    println!(
        "{}（{}）：没有错误，{warnings} 处提醒；{} 个系统、{} 个流程、{} 个单位、{} 个岗位、{} 条联动。",
        pack.city().title,
        folder.display(),
        pack.systems().len(),
        pack.procedures(today).count(),
        pack.units().all().len(),
        pack.units().posts().len(),
        pack.reactions().len(),
    );
    println!("{} 个示例，{} 个没有成真。", pack.examples().len(), untrue);
    if grants {
        println!("{}", pack.grants_table());
    }
    if untrue > 0 { Err(ExitCode::from(FAILED)) } else { Ok(ExitCode::SUCCESS) }
}

/// Plays every example through the engine of cases, in memory and simulated time; how many did not come true.
fn rehearsed(pack: &Pack, atlas: &Atlas) -> usize {
    let locate = |point: Option<Point>, address: Option<&str>| located(pack, atlas, point, address);
    let mut untrue = 0;
    for example in pack.examples() {
        if let Err(mismatch) = rehearse(pack, &example.example, &locate) {
            untrue += 1;
            println!("{} 示例“{}”：{mismatch}", example.file, example.example.title);
        }
    }
    untrue
}

/// Where an example's point or address lies.
fn located(pack: &Pack, atlas: &Atlas, point: Option<Point>, address: Option<&str>) -> Option<CasePlace> {
    let words = address.map(str::to_owned);
    let Some(point) = point else {
        let placed = address.and_then(|address| atlas.place(address));
        let division = placed.map(|placed| placed.division.code.to_string());
        let street = division.as_deref().and_then(|code| code.get(..9)).map(str::to_owned);
        return Some(CasePlace { address: words, division, street, ..CasePlace::default() });
    };
    let located = atlas.locate(point).ok()?;
    let units = located.responsible_units();
    let responsible = units.values().filter_map(|unit| pack.units().get(unit.code.as_str()));
    let cell_unit = responsible.max_by_key(|unit| (unit.area.len(), std::cmp::Reverse(unit.code.clone())));
    Some(CasePlace {
        point: Some(point),
        address: words,
        division: located.division().map(|division| division.code.to_string()),
        street: located.street().map(|division| division.code.to_string()),
        cell: located.cell().map(|cell| cell.code.clone()),
        zones: located.zones().iter().map(|zone| zone.code.to_string()).collect(),
        cell_unit: cell_unit.map(|unit| unit.code.clone()),
    })
}
