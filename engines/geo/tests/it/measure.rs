//! What `baotu bench geo` prints, by a clock that ticks once each time it is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use baotu_geo::measure::measure;
use baotu_vocabulary::{Chance, Moment, Surroundings};

use crate::city::atlas;

#[derive(Default)]
struct Ticking(AtomicI64);

impl Surroundings for Ticking {
    fn now(&self) -> Moment {
        Moment::from_micros(self.0.fetch_add(1, Ordering::SeqCst))
    }

    fn chance(&self) -> Chance {
        [0; 10]
    }
}

#[test]
fn every_kind_of_question_is_measured() {
    let atlas = Arc::new(atlas());
    let times = measure(&atlas, 1_000, &Ticking::default());
    assert_eq!((times.lookups.asked, times.lookups.micros), (1_000, 1));
    assert_eq!(times.searches.asked, atlas.gazetteer().places().len());
    insta::assert_snapshot!(times);
}
