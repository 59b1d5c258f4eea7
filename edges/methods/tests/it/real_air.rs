//! The hourly reports of Shandong's state stations: index, level and primary pollutant as they were published.

use std::collections::BTreeMap;

use baotu_methods::aqi::{HourlyMeans, Pollutant, Sample, hourly};
use jiff::Timestamp;
use jiff::tz::Offset;

/// Of complete rows, the share whose published word must come out, in thousandths.
const AGREEMENT_PER_MILLE: usize = 999;

type Row = BTreeMap<String, String>;

/// A concentration of the row; none where the station gave nothing.
fn given(row: &Row, column: &str) -> Option<f64> {
    row[column].trim().parse::<f64>().ok().filter(|value| !value.is_nan())
}

/// The names of the published primary pollutants, `PM10` or `PM2.5` in brackets behind a Chinese name.
fn published_primary(row: &Row) -> Vec<&'static str> {
    let symbols = Pollutant::ALL.map(Pollutant::symbol);
    symbols.into_iter().filter(|symbol| row["primary"].contains(&format!("({symbol})"))).collect()
}

#[test]
fn the_published_index_level_and_primary_pollutant_come_out() {
    let Some(rows) = crate::real_data::rows("air-shandong-stations-hourly/hourly.csv.gz") else { return };
    let (mut complete, mut differences) = (0, [0; 3]);
    for row in &rows {
        let columns = ["so2", "no2", "co", "o3_1h", "pm10", "pm25"].map(|column| given(row, column));
        let (Ok(published), [Some(so2), Some(no2), Some(co), Some(o3), Some(pm10), Some(pm25)]) =
            (row["aqi"].parse::<u32>(), columns)
        else {
            continue;
        };
        complete += 1;
        let [so2, no2, co, o3, pm10, pm25] =
            [so2, no2, co, o3, pm10, pm25].map(|value| Sample::mean(value).expect("a concentration"));
        let timestamp: Timestamp = row["time"].parse().expect("a time");
        let date = Offset::constant(8).to_datetime(timestamp).date();
        let means = HourlyMeans { so2, no2, co, o3, pm10, pm25, so2_day: Sample::Missing };
        let index = hourly(date, &means).expect("an edition").index.expect("an index");
        let primary: Vec<_> = index.primary.iter().map(|pollutant| pollutant.symbol()).collect();
        let level = index.level.row().name;
        let found = [
            ("aqi", published.to_string(), index.aqi.to_string()),
            ("level", row["level"].clone(), level.to_owned()),
            ("primary", published_primary(row).join(" "), primary.join(" ")),
        ];
        for (count, (what, published, computed)) in differences.iter_mut().zip(found) {
            if published != computed {
                *count += 1;
                let (city, station, time) = (&row["city"], &row["station"], &row["time"]);
                println!(
                    "differs: {city} {station} {time}: {what} published {published}, computed {computed}"
                );
            }
        }
    }
    let [aqi, level, primary] = differences;
    println!(
        "{} rows, {complete} complete; differences: {aqi} of index, {level} of level, {primary} of primary pollutant",
        rows.len()
    );
    assert!(complete > 1_000, "too few complete rows: {complete}");
    for (what, count) in [("index", aqi), ("level", level), ("primary pollutant", primary)] {
        let agreed = (complete - count) * 1_000;
        assert!(agreed >= complete * AGREEMENT_PER_MILLE, "{what}: {count} of {complete} differ");
    }
}
