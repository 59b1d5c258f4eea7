//! The calculations that packs may name: which there are, and how they are asked.

use std::collections::BTreeMap;

use baotu_methods::aqi::{self, HourlyMeans, Pollutant, Sample};
use baotu_methods::parking;
use baotu_methods::surface_water::{self, Grade, Item, Measured, NOT_GRADED_AS_REPORTED, WaterBody};
use baotu_vocabulary::{Contracts, Figure, MethodContract, MethodInput, MethodRefused, Methods};
use jiff::civil::Date;

/// The index of an hour's air.
const AIR: &str = "air.hourly-index";
/// The grade of a river.
const RIVER: &str = "water.river-grade";
/// How full a car park is.
const PARKING: &str = "parking.occupancy";

/// Items of a river by their names in packs.
const RIVER_ITEMS: [(&str, Item); 6] = [
    ("ph", Item::Ph),
    ("do", Item::DissolvedOxygen),
    ("codmn", Item::PermanganateIndex),
    ("nh3n", Item::AmmoniaNitrogen),
    ("tp", Item::TotalPhosphorus),
    ("cod", Item::ChemicalOxygenDemand),
];

/// Pollutants by their names in packs.
const POLLUTANTS: [(&str, Pollutant); 6] = [
    ("so2", Pollutant::So2),
    ("no2", Pollutant::No2),
    ("co", Pollutant::Co),
    ("o3", Pollutant::O3),
    ("pm10", Pollutant::Pm10),
    ("pm25", Pollutant::Pm25),
];

/// The methods of this binary.
#[derive(Clone, Copy, Debug, Default)]
pub struct CityMethods;

/// What a pack may name.
pub fn contracts() -> Contracts {
    let input = |name, unit, required| MethodInput { name, unit, required };
    let methods = vec![
        MethodContract {
            name: AIR,
            about: "小时空气质量指数（HJ 633，按日期取版本）",
            inputs: POLLUTANTS.map(|(name, pollutant)| input(name, pollutant.unit(), false)).to_vec(),
        },
        MethodContract {
            name: RIVER,
            about: "河流水质类别（GB 3838-2002，单因子评价）",
            inputs: RIVER_ITEMS.map(|(name, item)| input(name, unit_of(item), false)).to_vec(),
        },
        MethodContract {
            name: PARKING,
            about: "停车场占用率",
            inputs: vec![input("cars", "辆", true), input("places", "辆", true)],
        },
    ];
    Contracts { methods, ..Contracts::default() }
}

/// The unit of an item as packs write it: pH has none, and a property must have one.
const fn unit_of(item: Item) -> &'static str {
    match item {
        Item::Ph => "pH",
        other => other.unit(),
    }
}

impl Methods for CityMethods {
    fn calculate(
        &self,
        name: &str,
        inputs: &BTreeMap<String, f64>,
        on: Date,
    ) -> Result<Figure, MethodRefused> {
        match name {
            AIR => air(inputs, on),
            RIVER => river(inputs),
            PARKING => occupancy(inputs),
            other => Err(MethodRefused(format!("没有计算方法“{other}”"))),
        }
    }
}

fn refused(refusal: &dyn std::fmt::Display) -> MethodRefused {
    MethodRefused(refusal.to_string())
}

fn air(inputs: &BTreeMap<String, f64>, on: Date) -> Result<Figure, MethodRefused> {
    let sample = |name: &str| Sample::of(inputs.get(name).copied()).map_err(|refusal| refused(&refusal));
    let means = HourlyMeans {
        so2: sample("so2")?,
        no2: sample("no2")?,
        co: sample("co")?,
        o3: sample("o3")?,
        pm10: sample("pm10")?,
        pm25: sample("pm25")?,
        so2_day: Sample::Missing,
    };
    let report = aqi::hourly(on, &means).map_err(|refusal| refused(&refusal))?;
    let missing = report.missing.iter().map(|pollutant| pollutant.symbol().to_owned()).collect();
    let basis = report.edition.name.to_owned();
    let Some(index) = report.index else {
        return Ok(Figure { missing, basis, word: Some("NA".to_owned()), ..Figure::default() });
    };
    let row = index.level.row();
    let primary: Vec<&str> = index.primary.iter().map(|pollutant| pollutant.symbol()).collect();
    let [red, green, blue] = row.rgb;
    Ok(Figure {
        value: Some(f64::from(index.aqi)),
        word: Some(row.name.to_owned()),
        colour: Some(format!("#{red:02x}{green:02x}{blue:02x}")),
        detail: (!primary.is_empty()).then(|| format!("首要污染物 {}", primary.join("、"))),
        missing,
        basis,
    })
}

fn river(inputs: &BTreeMap<String, f64>) -> Result<Figure, MethodRefused> {
    let given = RIVER_ITEMS
        .iter()
        .filter_map(|(name, item)| inputs.get(*name).map(|value| Measured { item: *item, value: *value }));
    let measured: Vec<Measured> = given.collect();
    let verdict = surface_water::grade(WaterBody::River, &measured, &NOT_GRADED_AS_REPORTED);
    let verdict = verdict.map_err(|refusal| refused(&refusal))?;
    let missing = RIVER_ITEMS.iter().filter(|(name, _)| !inputs.contains_key(*name));
    let decided: Vec<&str> = verdict.decided_by.iter().map(|item| item.name()).collect();
    Ok(Figure {
        value: None,
        word: Some(verdict.grade.name().to_owned()),
        colour: Some(on_screen(verdict.grade).to_owned()),
        detail: Some(format!("定类项目 {}", decided.join("、"))),
        missing: missing.map(|(_, item)| item.name().to_owned()).collect(),
        basis: "GB 3838-2002 表 1（单因子评价）".to_owned(),
    })
}

/// The colour of a grade on a screen; the notice names colours (蓝、绿、黄、橙、红) and no values, these are ours.
const fn on_screen(grade: Grade) -> &'static str {
    match grade {
        Grade::I | Grade::Ii => "#1570ef",
        Grade::Iii => "#18794e",
        Grade::Iv => "#f2b705",
        Grade::V => "#e8590c",
        Grade::WorseThanV => "#d92d20",
    }
}

fn occupancy(inputs: &BTreeMap<String, f64>) -> Result<Figure, MethodRefused> {
    let whole = |name: &str| {
        let value = inputs.get(name).copied().ok_or_else(|| MethodRefused(format!("没有 {name}")))?;
        #[expect(clippy::cast_possible_truncation, reason = "checked to be a small whole number")]
        let number = value.round() as i64;
        let is_whole = value.abs() < 1e9;
        is_whole.then_some(number).ok_or_else(|| MethodRefused(format!("{name} = {value} 不是车位数")))
    };
    let (cars, places) = (whole("cars")?, whole("places")?);
    let occupancy =
        parking::occupancy(cars, places).map_err(|fault| MethodRefused(fault.name().to_owned()))?;
    Ok(Figure {
        value: Some(occupancy.rate()),
        detail: Some(format!("余位 {}", (places - cars).max(0))),
        basis: "在场车辆 ÷ 车位".to_owned(),
        ..Figure::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(name: &str, inputs: &[(&str, f64)], on: &str) -> Result<Figure, MethodRefused> {
        let inputs = inputs.iter().map(|(name, value)| ((*name).to_owned(), *value)).collect();
        CityMethods.calculate(name, &inputs, on.parse().expect("a day"))
    }

    #[test]
    fn each_method_is_asked_by_its_name_in_the_edition_of_the_day() {
        // The domain sheet's vector: PM2.5 = 68 alone is 92 (良) by HJ 633-2012 and 108 (轻度污染) by HJ 633-2026.
        let all = [("so2", 12.0), ("no2", 38.0), ("co", 0.9), ("o3", 100.0), ("pm10", 60.0), ("pm25", 68.0)];
        let told = |on| {
            let figure = figure(AIR, &all, on).expect("a figure");
            (figure.value, figure.word.expect("a word"), figure.basis)
        };
        let (value, word, basis) = told("2026-02-28");
        assert_eq!((value, word.as_str()), (Some(92.0), "良"), "{basis}");
        let (value, word, basis) = told("2026-03-01");
        assert_eq!((value, word.as_str()), (Some(108.0), "轻度污染"), "{basis}");
        let river =
            figure(RIVER, &[("ph", 7.1), ("do", 6.5), ("nh3n", 1.2)], "2026-11-29").expect("a figure");
        assert_eq!(river.word.as_deref(), Some("Ⅳ类"));
        assert_eq!(river.missing, ["高锰酸盐指数", "总磷", "化学需氧量"]);
        let park = figure(PARKING, &[("cars", 45.0), ("places", 60.0)], "2026-11-29").expect("a figure");
        assert_eq!((park.value, park.detail.as_deref()), (Some(0.75), Some("余位 15")));
        assert!(figure(PARKING, &[("cars", -1.0), ("places", 60.0)], "2026-11-29").is_err());
        assert!(figure("unknown", &[], "2026-11-29").is_err());
    }
}
