//! Numbers of cases: the procedure's pattern filled with the day and a running number.

use jiff::civil::Date;

/// The most leading zeros: a pattern that asks for more is no number that anybody reads out.
const DIGITS_MAX: usize = 18;

/// A case number: `{date}` becomes YYYYMMDD, `{serial:6}` the running number of that day with leading zeros.
pub fn case_number(pattern: &str, day: Date, serial: u64) -> String {
    let date = format!("{:04}{:02}{:02}", day.year(), day.month(), day.day());
    let mut number = pattern.replace("{date}", &date);
    while let Some(start) = number.find("{serial:") {
        let Some(length) = number[start..].find('}') else { break };
        let digits = number[start + "{serial:".len()..start + length].parse().unwrap_or(0).min(DIGITS_MAX);
        number.replace_range(start..=start + length, &format!("{serial:0digits$}"));
    }
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_filled() {
        let day = jiff::civil::date(2026, 11, 4);
        for (pattern, serial, number) in [
            ("JN{date}{serial:6}", 17, "JN20261104000017"),
            ("{date}-{serial:3}", 12345, "20261104-12345"),
            ("{serial:2}/{date}/{serial:4}", 7, "07/20261104/0007"),
            ("A{serial:", 7, "A{serial:"),
            ("A{serial:x}", 7, "A7"),
        ] {
            assert_eq!(case_number(pattern, day, serial), number, "{pattern}");
        }
    }
}
