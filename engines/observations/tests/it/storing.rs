//! What is stored, refused, late, corrected and sealed.

use baotu_observations::{Quality, ReadingRefused, ReadingsFailure, Sealed, SeriesNumber};

use crate::given::{again, all_of, eight, nothing, reading};

#[tokio::test]
async fn a_stored_reading_is_the_newest_and_in_the_history_at_once_and_after_a_restart() {
    let (folder, readings) = nothing();
    let mut faulty = reading(7, 30, 9.5);
    faulty.quality = Quality::Fault;
    readings.store(vec![reading(7, 10, 1.5), faulty, reading(8, 0, -2.0)], eight()).await.expect("stored");
    for turn in 0..2 {
        let readings = if turn == 0 { readings.clone() } else { again(&folder, readings.clone()) };
        assert_eq!(readings.newest(SeriesNumber::new(7)), Some(faulty));
        assert_eq!(readings.newest(SeriesNumber::new(9)), None);
        assert_eq!(all_of(&readings, 7, 10).await, [(10, 1.5), (30, 9.5)]);
        assert_eq!(all_of(&readings, 8, 10).await, [(0, -2.0)]);
    }
}

#[tokio::test]
async fn a_batch_with_a_reading_that_cannot_be_right_is_refused_whole() {
    let (_folder, readings) = nothing();
    let batch = vec![reading(1, 0, 1.0), reading(1, 5_000, 2.0)];
    let refused = readings.store(batch, eight()).await;
    assert!(matches!(refused, Err(ReadingsFailure::Refused(ReadingRefused::Ahead(1)))), "{refused:?}");
    assert_eq!(all_of(&readings, 1, 10).await, []);
    readings.store(vec![], eight()).await.expect("nothing is nothing wrong");
}

#[tokio::test]
async fn what_is_late_and_what_is_corrected_stand_where_they_belong_also_after_sealing() {
    let (folder, readings) = nothing();
    let noon = eight().plus_seconds(4 * 3_600);
    readings.store(vec![reading(1, 60, 1.0), reading(1, 20, 2.0)], eight()).await.expect("stored");
    readings.store(vec![reading(1, 20, 3.0)], eight()).await.expect("corrected");
    assert_eq!(all_of(&readings, 1, 10).await, [(20, 3.0), (60, 1.0)]);

    let early = eight().plus_seconds(3_600 + 599);
    assert_eq!(readings.seal(early).await.expect("too early"), Sealed::default());
    let one = Sealed { files: 1, hours: 1, joined: 0 };
    assert_eq!(readings.seal(noon).await.expect("sealed"), one);
    assert_eq!(readings.seal(noon).await.expect("nothing to do"), Sealed::default());
    readings.store(vec![reading(1, 40, 4.0), reading(1, 60, 5.0)], noon).await.expect("late and corrected");
    let expected = [(20, 3.0), (40, 4.0), (60, 5.0)];
    assert_eq!(all_of(&readings, 1, 10).await, expected);
    assert_eq!(readings.newest(SeriesNumber::new(1)).map(|newest| newest.value), Some(5.0));

    let readings = again(&folder, readings);
    assert_eq!(all_of(&readings, 1, 10).await, expected);
    assert_eq!(readings.newest(SeriesNumber::new(1)).map(|newest| newest.value), Some(5.0));
    assert_eq!(readings.seal(noon).await.expect("the late ones"), one);
    let readings = again(&folder, readings);
    assert_eq!(all_of(&readings, 1, 10).await, expected);
    assert_eq!(readings.newest(SeriesNumber::new(1)).map(|newest| newest.value), Some(5.0));
}

#[tokio::test]
async fn a_sealed_file_is_never_touched_again() {
    let (folder, readings) = nothing();
    let noon = eight().plus_seconds(4 * 3_600);
    readings.store(vec![reading(1, 60, 1.0), reading(2, 20, 2.0)], eight()).await.expect("stored");
    readings.seal(noon).await.expect("sealed");
    let file = folder.path().join("2026-11-28T08.0.sqlite");
    let sealed = std::fs::read(&file).expect("the file");
    let readings = again(&folder, readings);
    readings.store(vec![reading(1, 60, 3.0)], noon).await.expect("corrected");
    assert_eq!(all_of(&readings, 1, 10).await, [(60, 3.0)]);
    readings.seal(noon).await.expect("the correction");
    assert!(sealed == std::fs::read(&file).expect("the file"), "its bytes changed");
}

#[tokio::test]
async fn a_file_that_cannot_be_written_fails_only_what_is_for_it() {
    let (folder, readings) = nothing();
    // Where the file of nine o'clock should be lies something else.
    std::fs::create_dir(folder.path().join("2026-11-28T09.0.sqlite")).expect("a folder in its place");
    let noon = eight().plus_seconds(4 * 3_600);
    let (eight_only, both) = (vec![reading(1, 0, 1.0)], vec![reading(1, 1, 2.0), reading(1, 3_600, 3.0)]);
    let (stored, failed) = tokio::join!(readings.store(eight_only, noon), readings.store(both, noon));
    stored.expect("stored");
    assert!(matches!(failed, Err(ReadingsFailure::Fault(_))), "{failed:?}");
    std::fs::remove_dir(folder.path().join("2026-11-28T09.0.sqlite")).expect("gone");
    // Sent again it doubles nothing.
    let both = vec![reading(1, 1, 2.0), reading(1, 3_600, 3.0)];
    readings.store(both, noon).await.expect("stored");
    assert_eq!(all_of(&readings, 1, 10).await, [(0, 1.0), (1, 2.0), (3_600, 3.0)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_who_store_at_once_while_hours_are_sealed_lose_nothing() {
    let (folder, readings) = nothing();
    let noon = eight().plus_seconds(4 * 3_600);
    let tasks = (0..16_u32).map(|task| {
        let readings = readings.clone();
        tokio::spawn(async move {
            for turn in 0..50_i64 {
                let batch = (0..4).map(|hour| reading(task, hour * 3_600 + turn, f64::from(task))).collect();
                readings.store(batch, noon).await.expect("stored");
            }
        })
    });
    let tasks: Vec<_> = tasks.collect();
    let sealing = tokio::spawn({
        let readings = readings.clone();
        async move {
            for _ in 0..5 {
                readings.seal(noon).await.expect("sealed");
            }
        }
    });
    for task in tasks {
        task.await.expect("it ends");
    }
    sealing.await.expect("it ends");
    let readings = again(&folder, readings);
    for task in 0..16 {
        assert_eq!(all_of(&readings, task, 1_000).await.len(), 200, "{task}");
    }
}
