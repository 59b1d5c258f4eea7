//! The programs that report: who knows their keys, and how often each may report.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use baotu_vocabulary::Moment;

use super::requests::{BoxFuture, Fault};

/// Reports that one key may send in a minute.
pub const REPORTS_PER_MINUTE_MAX: u32 = 60;

const MINUTE_MICROS: i64 = 60_000_000;

/// A program with a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiClient {
    /// Its declared name, the same for all its keys.
    pub name: String,
}

/// Who knows API keys; in a city, `access`, which keeps only hashes of them.
pub trait ApiKeys: Send + Sync {
    /// The program that a key belongs to; nothing when the key is unknown or withdrawn.
    fn client<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ApiClient>, Fault>>;
}

/// How many reports each program sent in the present minute; in memory, for each node by itself.
#[derive(Debug, Default)]
pub(crate) struct Allowances(Mutex<Minute>);

#[derive(Debug, Default)]
struct Minute {
    number: i64,
    reports: HashMap<String, u32>,
}

impl Allowances {
    /// Takes one report of a program's allowance; false when none is left.
    pub(crate) fn take(&self, client: &ApiClient, now: Moment) -> bool {
        let number = now.micros().div_euclid(MINUTE_MICROS);
        let mut minute = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if minute.number != number {
            *minute = Minute { number, reports: HashMap::new() };
        }
        let reports = minute.reports.entry(client.name.clone()).or_default();
        *reports += 1;
        *reports <= REPORTS_PER_MINUTE_MAX
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_its_own_minute() {
        let allowances = Allowances::default();
        let (one, other) = (ApiClient { name: "one".to_owned() }, ApiClient { name: "other".to_owned() });
        let now = Moment::from_micros(1_000_000_000);
        for _ in 0..REPORTS_PER_MINUTE_MAX {
            assert!(allowances.take(&one, now));
        }
        assert!(!allowances.take(&one, now));
        assert!(allowances.take(&other, now));
        assert!(allowances.take(&one, now.plus_seconds(60)));
    }
}
