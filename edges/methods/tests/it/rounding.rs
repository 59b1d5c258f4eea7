//! Half to even, on the number as it is written.

use baotu_methods::rounding::{round, steps};
use proptest::prelude::*;

#[test]
fn a_half_goes_to_the_even_neighbour() {
    for (value, decimals, rounded) in [
        (0.5, 0, 0.0),
        (1.5, 0, 2.0),
        (2.5, 0, 2.0),
        (34.5, 0, 34.0),
        (35.5, 0, 36.0),
        (35.500_000_000_000_01, 0, 36.0),
        (34.500_000_000_000_01, 0, 35.0),
        (34.499_999_999_999_99, 0, 34.0),
        (0.05, 1, 0.0),
        (0.15, 1, 0.2),
        (0.25, 1, 0.2),
        // In binary 1.05 lies above its half step and 1.15 below it; what was written are halves.
        (1.05, 1, 1.0),
        (1.15, 1, 1.2),
        (2.675, 2, 2.68),
        (1.35, 1, 1.4),
        (0.0, 1, 0.0),
        (5e-324, 1, 0.0),
        (12.0, 1, 12.0),
        (120.0, 0, 120.0),
        (-1.5, 0, -2.0),
        (-2.5, 0, -2.0),
    ] {
        assert_eq!(round(value, decimals), rounded, "{value} to {decimals}");
    }
}

#[test]
fn what_has_no_steps_has_none() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e300, f64::MAX] {
        assert_eq!(steps(value, 1), None, "{value}");
    }
    assert_eq!(round(1e300, 1), 1e300);
    assert_eq!(steps(9e17, 0), Some(900_000_000_000_000_000));
    assert_eq!(steps(1.0, u8::MAX), None);
    assert_eq!(steps(0.0, u8::MAX), Some(0));
}

proptest! {
    #[test]
    fn any_number_is_rounded_without_a_panic(value in any::<f64>(), decimals in any::<u8>()) {
        let _ = (steps(value, decimals), round(value, decimals));
    }

    #[test]
    fn tenths_written_out_are_rounded_as_by_hand(tenths in 0_i64..100_000) {
        let (whole, tenth) = (tenths / 10, tenths % 10);
        let up = tenth > 5 || (tenth == 5 && whole % 2 == 1);
        let value: f64 = format!("{whole}.{tenth}").parse().expect("a number");
        prop_assert_eq!(steps(value, 0), Some(whole + i64::from(up)));
        prop_assert_eq!(steps(value, 1), Some(tenths));
    }

    #[test]
    fn rounding_keeps_the_order(one in -1e9_f64..1e9, other in -1e9_f64..1e9, decimals in 0_u8..4) {
        let (low, high) = (one.min(other), one.max(other));
        prop_assert!(steps(low, decimals) <= steps(high, decimals));
    }
}
