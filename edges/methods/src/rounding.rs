//! Rounding of numbers by GB/T 8170-2008: half to even, in one step, on the number as it is written.
//!
//! A binary fraction is taken for the shortest decimal that stands for it, so that 1.05 is the 1.05 somebody wrote and
//! not 1.0500000000000000444. A mean that was computed in floating point carries its own error; add up exactly first.

/// `value` in steps of `10^-decimals`, rounded half to even: `steps(1.05, 1)` is 10, `steps(1.15, 1)` is 12.
///
/// None when `value` is not finite or its steps do not fit an `i64`. Source: GB/T 8170-2008, rules of rounding.
pub fn steps(value: f64, decimals: u8) -> Option<i64> {
    if !value.is_finite() {
        return None;
    }
    // The shortest digits that read back as the same number: "1.05e0" is 105 × 10^(0−2).
    let written = format!("{:e}", value.abs());
    let (mantissa, exponent) = written.split_once('e')?;
    let fraction = mantissa.split_once('.').map_or(0, |(_, fraction)| fraction.len());
    let digits = mantissa.replace('.', "").parse::<i64>().ok()?;
    let shift = exponent.parse::<i64>().ok()? - i64::try_from(fraction).ok()? + i64::from(decimals);
    let magnitude = if shift >= 0 && digits != 0 {
        digits.checked_mul(power_of_ten(shift)?)?
    } else {
        // At most seventeen digits: what is divided by more than 10^18 is below half a step.
        power_of_ten(-shift).map_or(0, |divisor| half_to_even(digits, divisor))
    };
    Some(if value.is_sign_negative() { -magnitude } else { magnitude })
}

/// `value` rounded half to even to `decimals` places; a value that has no steps (see [`steps`]) is given back as it is.
///
/// Source: GB/T 8170-2008, rules of rounding.
pub fn round(value: f64, decimals: u8) -> f64 {
    match (steps(value, decimals), power_of_ten(i64::from(decimals))) {
        (Some(steps), Some(scale)) => steps as f64 / scale as f64,
        _ => value,
    }
}

fn power_of_ten(exponent: i64) -> Option<i64> {
    10_i64.checked_pow(u32::try_from(exponent).ok()?)
}

fn half_to_even(digits: i64, divisor: i64) -> i64 {
    let (quotient, remainder) = (digits / divisor, digits % divisor);
    let is_up = match remainder.cmp(&(divisor - remainder)) {
        std::cmp::Ordering::Less => false,
        std::cmp::Ordering::Equal => quotient % 2 == 1,
        std::cmp::Ordering::Greater => true,
    };
    quotient + i64::from(is_up)
}
