//! A number is given once, over all nodes.

use std::collections::BTreeSet;

use baotu_storage::testing;
use baotu_storage::{NUMBER_BLOCK, NUMBER_SEQUENCES_MAX, Store};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_are_unique_over_nodes() {
    const CALLERS: usize = 6;
    const NUMBERS: usize = 50;
    for test in &testing::stores().await {
        let other_node = Store::open(&test.config).await.expect("a second node opens");
        let callers = (0..CALLERS).map(|caller| {
            let store = if caller % 2 == 0 { test.store.clone() } else { other_node.clone() };
            tokio::spawn(async move {
                let mut numbers = Vec::new();
                for _ in 0..NUMBERS {
                    numbers.push(store.next_number("JN20261124").await.expect("a number"));
                }
                assert!(numbers.is_sorted(), "one caller's numbers rise");
                numbers
            })
        });
        let mut given = BTreeSet::new();
        for caller in futures::future::join_all(callers).await {
            for number in caller.expect("the caller ends") {
                assert!(given.insert(number), "{number} was given twice");
            }
        }
        assert_eq!(given.len(), CALLERS * NUMBERS);
        assert_eq!(given.first(), Some(&1));
        // At most one unfinished block for each node is left over.
        let last = *given.last().expect("numbers");
        assert!(last <= (CALLERS * NUMBERS) as i64 + 2 * i64::from(NUMBER_BLOCK), "{last}");
        assert!(test.store.numbers_taken("JN20261124").await.expect("an answer") >= last);
    }
}

#[tokio::test]
async fn each_sequence_begins_with_one() {
    for test in &testing::stores().await {
        for (sequence, number) in [("JN20261124", 1), ("JN20261125", 1), ("JN20261124", 2), ("JN20261125", 2)]
        {
            assert_eq!(test.store.next_number(sequence).await.expect("a number"), number);
        }
        assert_eq!(test.store.numbers_taken("JN20261126").await.expect("an answer"), 0);
    }
}

#[tokio::test]
async fn forgetting_old_sequences_repeats_no_number() {
    let test = testing::open(baotu_storage::Engine::Sqlite).await;
    let first = test.store.next_number("kept").await.expect("a number");
    for sequence in 0..NUMBER_SEQUENCES_MAX {
        test.store.next_number(&format!("s{sequence}")).await.expect("a number");
    }
    assert!(test.store.next_number("kept").await.expect("a number") > first);
}
