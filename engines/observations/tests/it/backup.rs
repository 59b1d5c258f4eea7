//! A copy of the readings tells the same as what it was made of.

use baotu_observations::{Readings, copy_readings};
use jiff::tz::TimeZone;

use crate::given::{all_of, eight, nothing, reading};

#[tokio::test]
async fn a_copy_made_while_readings_come_tells_what_was_acknowledged() {
    let (folder, readings) = nothing();
    let now = eight().plus_seconds(3_600);
    let name = |_| Some(("A".to_owned(), "b".to_owned()));
    // Yesterday in the lake, an hour that is sealed, one that is open, and something late for yesterday.
    let yesterday: Vec<_> = (0..500).map(|number| reading(1, number * 10 - 60_000, 1.0)).collect();
    readings.store(yesterday, now).await.expect("stored");
    let later = |hours: i64| now.plus_seconds(hours * 3_600);
    readings.seal(later(2)).await.expect("sealed");
    readings.compact(later(24), &TimeZone::UTC, name).await.expect("compacted");
    readings.store(vec![reading(1, -59_995, 7.0), reading(1, 100, 2.0)], now).await.expect("stored");
    readings.seal(later(2)).await.expect("sealed");
    readings.store(vec![reading(1, 3_700, 3.0)], later(1)).await.expect("stored");
    let told = all_of(&readings, 1, 1_000).await;
    assert_eq!(told.len(), 503);

    let target = folder.path().parent().expect("a folder").join(format!("copy-{}", std::process::id()));
    let bytes = copy_readings(folder.path(), &target).expect("copied");
    assert!(bytes > 0);
    // What comes afterwards is not in the copy.
    readings.store(vec![reading(1, 3_800, 4.0)], later(1)).await.expect("stored");
    let copy = Readings::open(&target).expect("the copy opens");
    assert_eq!(all_of(&copy, 1, 1_000).await, told);
    assert_eq!(copy.newest(reading(1, 0, 0.0).series).map(|newest| newest.value), Some(3.0));
    assert!(copy_readings(folder.path(), &target).is_err(), "nothing is written over");
    drop(copy);
    std::fs::remove_dir_all(&target).expect("removed");
}
