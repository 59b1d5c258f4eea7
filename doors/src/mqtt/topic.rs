//! Topic names and filters (4.7), shared subscriptions among them (4.8.2).

use super::limits::Limits;

/// Whether `topic` is a topic name (MQTT-3.3.2-2, 4.7.3-1, 4.7.3-2): not empty, no wildcard.
#[must_use]
pub fn is_topic(topic: &str) -> bool {
    !topic.is_empty() && !topic.contains(['+', '#', '\0'])
}

/// Whether `filter` is well formed (MQTT-4.7.1-1, -2; a shared one MQTT-4.8.2-1, -2).
#[must_use]
pub fn is_filter(filter: &str) -> bool {
    if filter.is_empty() || filter.contains('\0') {
        return false;
    }
    let pattern = match (shared(filter), filter.starts_with("$share/")) {
        (Some((_, pattern)), _) => pattern,
        (None, true) => return false,
        (None, false) => filter,
    };
    let last = pattern.split('/').count() - 1;
    pattern.split('/').enumerate().all(|(index, level)| match level {
        "#" => index == last,
        "+" => true,
        _ => !level.contains(['+', '#']),
    })
}

/// Whether a topic name or filter is as long and as deep as allowed.
#[must_use]
pub(crate) fn is_within(text: &str, limits: &Limits) -> bool {
    text.len() <= limits.topic_bytes_max && text.split('/').count() <= limits.topic_levels_max
}

/// The group and the filter of a shared subscription `$share/GROUP/FILTER`; none when it is not one.
#[must_use]
pub(crate) fn shared(filter: &str) -> Option<(&str, &str)> {
    let (group, pattern) = filter.strip_prefix("$share/")?.split_once('/')?;
    (!group.is_empty() && !group.contains(['+', '#']) && !pattern.is_empty()).then_some((group, pattern))
}

/// Whether `topic` is one of those that `pattern` (not a shared one) asks for. A wildcard at the first level asks for
/// no topic that begins with `$` (MQTT-4.7.2-1).
#[must_use]
pub fn matches(pattern: &str, topic: &str) -> bool {
    if topic.starts_with('$') && pattern.starts_with(['+', '#']) {
        return false;
    }
    let (mut asked, mut levels) = (pattern.split('/'), topic.split('/'));
    loop {
        match (asked.next(), levels.next()) {
            (Some("#"), _) | (None, None) => return true,
            (Some("+"), Some(_)) => {}
            (Some(level), Some(is)) if level == is => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_filters_are_told_apart() {
        for topic in ["a", "/", "a//b", "$SYS/x", "济南/泉/1", " "] {
            assert!(is_topic(topic), "{topic}");
        }
        for topic in ["", "a/+", "#", "a#", "a\0"] {
            assert!(!is_topic(topic), "{topic}");
        }
        for filter in ["#", "+", "a/#", "+/a/+", "/", "a", "$share/g/#", "$share/g/a/+", "$share/g//"] {
            assert!(is_filter(filter), "{filter}");
        }
        for filter in ["", "a#", "#/a", "a+", "a/b+/c", "$share/g", "$share//a", "$share/g/", "$share/+/a"] {
            assert!(!is_filter(filter), "{filter}");
        }
        let limits = Limits::default();
        assert!(!is_within(&"a/".repeat(limits.topic_levels_max), &limits));
        assert!(!is_within(&"a".repeat(limits.topic_bytes_max + 1), &limits));
    }

    #[test]
    fn a_filter_asks_for_topics_as_the_standard_says() {
        for (pattern, topic, asked) in [
            ("sport/tennis/player1/#", "sport/tennis/player1", true),
            ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true),
            ("sport/#", "sport", true),
            ("#", "/a", true),
            ("+", "finance", true),
            ("+", "/finance", false),
            ("/+", "/finance", true),
            ("+/+", "/finance", true),
            ("sport/+", "sport", false),
            ("sport/+", "sport/", true),
            ("#", "$SYS/a", false),
            ("+/a", "$SYS/a", false),
            ("$SYS/#", "$SYS/a", true),
            ("a", "a/b", false),
            ("a/b", "a", false),
        ] {
            assert_eq!(matches(pattern, topic), asked, "{pattern} {topic}");
        }
    }
}
