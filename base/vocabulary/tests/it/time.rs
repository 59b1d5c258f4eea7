//! Moments and ids: their texts, their order, and that chance alone tells ids of one moment apart.

use baotu_vocabulary::{CaseId, EventId, Moment};
use proptest::prelude::*;

#[test]
fn a_moment_reads_any_offset_and_prints_utc() {
    let moment: Moment = "2026-11-24T09:00:00+08:00".parse().expect("a time");
    assert_eq!(moment.to_string(), "2026-11-24T01:00:00Z");
    assert!("2026-11-24 09:00".parse::<Moment>().is_err());
}

proptest! {
    #[test]
    fn moments_survive_their_text(micros in -60_000_000_000_000_000_i64..250_000_000_000_000_000) {
        let moment = Moment::from_micros(micros);
        prop_assert_eq!(moment.to_string().parse::<Moment>().expect("its own text"), moment);
        prop_assert_eq!(serde_json::from_str::<Moment>(&serde_json::to_string(&moment).expect("printed")).expect("read"), moment);
    }

    #[test]
    fn ids_sort_by_the_millisecond_they_were_made_in(earlier in 0_i64..4_000_000_000_000_000, later_by in 1_000_i64..1_000_000_000, a in any::<[u8; 10]>(), b in any::<[u8; 10]>()) {
        let first = CaseId::new(Moment::from_micros(earlier), a);
        let second = CaseId::new(Moment::from_micros(earlier + later_by), b);
        prop_assert!(first < second);
        prop_assert_eq!(first.to_string().parse::<CaseId>().expect("its own text"), first);
    }

    #[test]
    fn a_derived_id_is_always_the_same(name in "\\PC{0,30}") {
        let parent = CaseId::new(Moment::from_micros(0), [7; 10]).uuid();
        prop_assert_eq!(EventId::derived(parent, &name), EventId::derived(parent, &name));
    }
}
