//! The last message of each topic that was published to stay (3.3.1.3).

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::time::Instant;

use super::limits::Limits;
use super::sink::Publish;
use super::topic::matches;

/// A message and when it is no longer worth delivering.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) publish: Arc<Publish>,
    pub(crate) expires: Option<Instant>,
}

impl Kept {
    /// Whether it is past delivering at `now` (3.3.2.3.3).
    pub(crate) fn is_expired(&self, now: Instant) -> bool {
        self.expires.is_some_and(|expires| expires <= now)
    }
}

/// Retained messages by topic, in memory: they do not outlive the process.
#[derive(Debug, Default)]
pub(crate) struct Retained {
    by_topic: BTreeMap<String, Kept>,
    bytes: usize,
}

impl Retained {
    /// How many topics have one.
    pub(crate) fn len(&self) -> usize {
        self.by_topic.len()
    }

    /// Keeps `kept` for its topic, or forgets what the topic had when the payload is empty (MQTT-3.3.1-6). False when
    /// there is no room.
    pub(crate) fn keep(&mut self, kept: Kept, limits: &Limits) -> bool {
        let topic = &kept.publish.topic;
        let former = self.by_topic.get(topic).map(|former| former.publish.payload.len());
        self.bytes -= former.unwrap_or(0);
        if kept.publish.payload.is_empty() {
            self.by_topic.remove(topic);
            return true;
        }
        let bytes = self.bytes + kept.publish.payload.len();
        if bytes > limits.retained_bytes_max || former.is_none() && self.len() >= limits.retained_max {
            // A topic never keeps an older message than the last one it was given.
            self.by_topic.remove(topic);
            return false;
        }
        self.bytes = bytes;
        self.by_topic.insert(topic.clone(), kept);
        true
    }

    /// The messages that `pattern` (not a shared filter) asks for and that are still worth delivering.
    pub(crate) fn asked<'a>(&'a self, pattern: &'a str, now: Instant) -> impl Iterator<Item = &'a Kept> {
        let literal = &pattern[..pattern.find(['+', '#']).unwrap_or(pattern.len())];
        // `a/#` asks for `a` too.
        let from = literal.strip_suffix('/').filter(|_| pattern.ends_with('#')).unwrap_or(literal);
        self.by_topic
            .range(from.to_owned()..)
            .take_while(move |(topic, _)| topic.starts_with(from))
            .filter(move |(topic, kept)| matches(pattern, topic) && !kept.is_expired(now))
            .map(|(_, kept)| kept)
    }
}

#[cfg(test)]
mod tests {
    use baotu_vocabulary::Moment;
    use bytes::Bytes;

    use super::super::codec::Qos;
    use super::super::sink::Extras;
    use super::*;

    fn kept(topic: &str, payload: &'static str, expires: Option<Instant>) -> Kept {
        let (qos, retain, duplicate, extras) = (Qos::AtMostOnce, true, false, Extras::default());
        let received = Moment::from_micros(0);
        let payload = Bytes::from_static(payload.as_bytes());
        let publish =
            Arc::new(Publish { topic: topic.to_owned(), payload, qos, retain, duplicate, extras, received });
        Kept { publish, expires }
    }

    #[test]
    fn a_filter_finds_what_the_rule_finds() {
        let (limits, now) = (Limits::default(), Instant::now());
        let mut retained = Retained::default();
        let topics = ["a", "a/b", "a/b/c", "a/", "/a", "ab", "b", "$SYS/a"];
        for topic in topics {
            assert!(retained.keep(kept(topic, "x", None), &limits));
        }
        for pattern in ["#", "a/#", "a/+", "+", "a", "/+", "+/b/#", "a/b/#", "$SYS/#", "+/a"] {
            let mut found: Vec<_> =
                retained.asked(pattern, now).map(|kept| kept.publish.topic.as_str()).collect();
            let mut expected: Vec<_> = topics.into_iter().filter(|topic| matches(pattern, topic)).collect();
            found.sort_unstable();
            expected.sort_unstable();
            assert_eq!(found, expected, "{pattern}");
        }
    }

    #[test]
    fn an_empty_payload_forgets_and_room_ends_by_count_and_bytes() {
        let limits = Limits { retained_max: 2, retained_bytes_max: 6, ..Limits::default() };
        let now = Instant::now();
        let mut retained = Retained::default();
        assert!(retained.keep(kept("a", "123", None), &limits));
        assert!(retained.keep(kept("b", "123", Some(now)), &limits));
        assert!(!retained.keep(kept("c", "", None), &limits) || retained.len() == 2, "nothing to forget");
        assert!(!retained.keep(kept("c", "1", None), &limits), "no room for a third");
        assert!(!retained.keep(kept("a", "1234", None), &limits), "no room for more bytes");
        assert_eq!(retained.len(), 1, "and the older word of it is not kept");
        assert_eq!(retained.asked("#", now).count(), 0, "what is expired is not found");
        assert!(retained.keep(kept("b", "", None), &limits));
        assert_eq!((retained.len(), retained.bytes), (0, 0));
    }
}
