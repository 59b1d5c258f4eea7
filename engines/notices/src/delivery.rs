//! What to do next with a delivery, from what happened. Pure.
//!
//! In one attempt the providers are tried in their declared order until one takes the message. A provider that
//! failed several times in a row rests: for a while it is tried last, so that one that hangs doesn't cost every
//! message its time-out.

use std::collections::BTreeMap;

use baotu_vocabulary::Moment;

use crate::provider::ProviderFault;

/// Seconds to wait after the first, second … attempt in which no provider could take the message.
pub const BACKOFF_SECONDS: [i64; 5] = [30, 120, 600, 3_600, 14_400];

/// Attempts before a channel is given up: the first, and one after each wait.
pub const ATTEMPTS_MAX: i64 = BACKOFF_SECONDS.len() as i64 + 1;

/// Failures in a row after which a provider rests.
pub const PROVIDER_FAILURES_MAX: u32 = 3;

/// How long it rests.
pub const PROVIDER_REST_SECONDS: i64 = 60;

/// What follows an attempt in which no provider took the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Try again then.
    RetryAt(Moment),
    /// This channel won't do.
    GiveUp,
}

/// What follows the `attempts`-th attempt, whose providers all failed so.
pub(crate) fn after(attempts: i64, faults: &[ProviderFault], now: Moment) -> Next {
    let is_hopeless = !faults.is_empty() && faults.iter().all(|fault| fault.is_refusal);
    let wait = usize::try_from(attempts - 1).ok().and_then(|place| BACKOFF_SECONDS.get(place));
    match wait {
        Some(seconds) if !is_hopeless => Next::RetryAt(now.plus_seconds(*seconds)),
        _ => Next::GiveUp,
    }
}

/// How the providers fared lately, by name; in memory, for each node by itself.
#[derive(Debug, Default)]
pub(crate) struct Health(BTreeMap<String, Fared>);

#[derive(Clone, Copy, Debug, Default)]
struct Fared {
    failures: u32,
    rests_until: Option<Moment>,
}

impl Health {
    /// The places of `names` in the order in which they are to be tried: the resting ones last.
    pub(crate) fn order(&self, names: &[&str], now: Moment) -> Vec<usize> {
        let rests = |name: &str| {
            self.0.get(name).and_then(|fared| fared.rests_until).is_some_and(|until| until > now)
        };
        let mut places: Vec<usize> = (0..names.len()).collect();
        places.sort_by_key(|place| rests(names[*place]));
        places
    }

    /// A provider took a message, or refused it: it works.
    pub(crate) fn worked(&mut self, name: &str) {
        self.0.remove(name);
    }

    /// A provider didn't work.
    pub(crate) fn failed(&mut self, name: &str, now: Moment) {
        let fared = self.0.entry(name.to_owned()).or_default();
        fared.failures += 1;
        if fared.failures >= PROVIDER_FAILURES_MAX {
            fared.rests_until = Some(now.plus_seconds(PROVIDER_REST_SECONDS));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(is_refusal: bool) -> ProviderFault {
        ProviderFault { is_refusal, reason: "test".to_owned() }
    }

    #[test]
    fn waits_grow_until_the_channel_is_given_up() {
        let now = Moment::from_micros(0);
        let waits: Vec<Next> =
            (1..=ATTEMPTS_MAX).map(|attempt| after(attempt, &[fault(false)], now)).collect();
        let expected: Vec<Next> = BACKOFF_SECONDS
            .iter()
            .map(|seconds| Next::RetryAt(now.plus_seconds(*seconds)))
            .chain([Next::GiveUp])
            .collect();
        assert_eq!(waits, expected);
    }

    #[test]
    fn a_message_that_all_refuse_is_not_tried_again_but_one_hope_is_enough() {
        let now = Moment::from_micros(0);
        assert_eq!(after(1, &[fault(true), fault(true)], now), Next::GiveUp);
        assert!(matches!(after(1, &[fault(true), fault(false)], now), Next::RetryAt(_)));
        assert!(matches!(after(1, &[], now), Next::RetryAt(_)), "no provider may be one that is coming");
    }

    #[test]
    fn a_provider_that_keeps_failing_goes_last_for_a_while() {
        let now = Moment::from_micros(0);
        let mut health = Health::default();
        for _ in 0..PROVIDER_FAILURES_MAX {
            assert_eq!(health.order(&["a", "b"], now), [0, 1]);
            health.failed("a", now);
        }
        assert_eq!(health.order(&["a", "b"], now), [1, 0]);
        assert_eq!(health.order(&["a", "b"], now.plus_seconds(PROVIDER_REST_SECONDS)), [0, 1]);
        health.worked("a");
        assert_eq!(health.order(&["a", "b"], now), [0, 1]);
    }
}
