//! Who asked for a topic: a tree of levels with the subscribers of each filter.

use std::collections::HashMap;
use std::sync::Arc;

use super::codec::Qos;
use super::topic::shared;

/// How a subscriber wants what it asked for (3.8.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// The greatest QoS it wants.
    pub(crate) qos: Qos,
    pub(crate) no_local: bool,
    pub(crate) retain_as_published: bool,
    /// The subscription identifier (3.8.2.1.2).
    pub(crate) id: Option<u32>,
}

/// One session's subscription.
type Subscriber = (Arc<str>, Asked);

/// The members of a shared subscription, and whose turn it is.
#[derive(Debug)]
struct Group {
    name: Box<str>,
    members: Vec<Subscriber>,
    turn: usize,
}

#[derive(Debug, Default)]
struct Node {
    children: HashMap<Box<str>, Node>,
    subscribers: Vec<Subscriber>,
    groups: Vec<Group>,
}

/// All subscriptions of a broker. It is as deep as `Limits::topic_levels_max`.
#[derive(Debug, Default)]
pub(crate) struct Tree(Node);

impl Tree {
    /// Enters `session`'s subscription to `filter`; true when it took the place of one.
    pub(crate) fn subscribe(&mut self, session: &Arc<str>, filter: &str, asked: Asked) -> bool {
        let (group, pattern) = split(filter);
        let mut node = &mut self.0;
        for level in pattern.split('/') {
            if !node.children.contains_key(level) {
                node.children.insert(level.into(), Node::default());
            }
            let Some(next) = node.children.get_mut(level) else { return false };
            node = next;
        }
        let subscribers = match group {
            None => &mut node.subscribers,
            Some(name) => {
                let place = node.groups.iter().position(|group| &*group.name == name).unwrap_or_else(|| {
                    node.groups.push(Group { name: name.into(), members: Vec::new(), turn: 0 });
                    node.groups.len() - 1
                });
                &mut node.groups[place].members
            }
        };
        if let Some(former) = subscribers.iter_mut().find(|(who, _)| who == session) {
            former.1 = asked;
            return true;
        }
        subscribers.reserve_exact(1);
        subscribers.push((Arc::clone(session), asked));
        false
    }

    /// Takes `session`'s subscription to `filter` out; false when there was none.
    pub(crate) fn unsubscribe(&mut self, session: &str, filter: &str) -> bool {
        let (group, pattern) = split(filter);
        self.0.remove(session, group, &mut pattern.split('/'))
    }

    /// Tells `take` every subscription that asks for `topic`; of a shared one, a single member, a connected one first.
    pub(crate) fn asking(
        &mut self,
        topic: &str,
        is_connected: &dyn Fn(&str) -> bool,
        take: &mut dyn FnMut(&Arc<str>, Asked),
    ) {
        let levels: Vec<&str> = topic.split('/').collect();
        self.0.visit(&levels, topic.starts_with('$'), is_connected, take);
    }
}

fn split(filter: &str) -> (Option<&str>, &str) {
    shared(filter).map_or((None, filter), |(group, pattern)| (Some(group), pattern))
}

impl Node {
    fn is_bare(&self) -> bool {
        self.children.is_empty() && self.subscribers.is_empty() && self.groups.is_empty()
    }

    fn remove(&mut self, session: &str, group: Option<&str>, levels: &mut dyn Iterator<Item = &str>) -> bool {
        let Some(level) = levels.next() else { return self.remove_here(session, group) };
        let Some(child) = self.children.get_mut(level) else { return false };
        let removed = child.remove(session, group, levels);
        if child.is_bare() {
            self.children.remove(level);
        }
        removed
    }

    fn remove_here(&mut self, session: &str, group: Option<&str>) -> bool {
        let take = |subscribers: &mut Vec<Subscriber>| {
            let place = subscribers.iter().position(|(who, _)| &**who == session);
            place.map(|place| subscribers.remove(place)).is_some()
        };
        let Some(name) = group else { return take(&mut self.subscribers) };
        let Some(group) = self.groups.iter_mut().find(|group| &*group.name == name) else { return false };
        let removed = take(&mut group.members);
        self.groups.retain(|group| !group.members.is_empty());
        removed
    }

    fn visit(
        &mut self,
        levels: &[&str],
        is_hidden: bool,
        is_connected: &dyn Fn(&str) -> bool,
        take: &mut dyn FnMut(&Arc<str>, Asked),
    ) {
        if !is_hidden && let Some(all) = self.children.get_mut("#") {
            all.tell(is_connected, take);
        }
        let Some((level, rest)) = levels.split_first() else { return self.tell(is_connected, take) };
        if let Some(child) = self.children.get_mut(*level) {
            child.visit(rest, false, is_connected, take);
        }
        if !is_hidden && let Some(child) = self.children.get_mut("+") {
            child.visit(rest, false, is_connected, take);
        }
    }

    fn tell(&mut self, is_connected: &dyn Fn(&str) -> bool, take: &mut dyn FnMut(&Arc<str>, Asked)) {
        for (session, asked) in &self.subscribers {
            take(session, *asked);
        }
        for group in &mut self.groups {
            let count = group.members.len();
            let in_turn = (0..count).map(|step| (group.turn + step) % count);
            let first = group.turn % count.max(1);
            let chosen = in_turn.into_iter().find(|&at| is_connected(&group.members[at].0)).unwrap_or(first);
            if let Some((session, asked)) = group.members.get(chosen) {
                group.turn = (chosen + 1) % count;
                take(session, *asked);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ASKED: Asked =
        Asked { qos: Qos::AtLeastOnce, no_local: false, retain_as_published: false, id: None };

    fn told(tree: &mut Tree, topic: &str, connected: &[&str]) -> Vec<String> {
        let mut told = Vec::new();
        tree.asking(topic, &|who| connected.contains(&who), &mut |who, _| told.push(who.to_string()));
        told.sort();
        told
    }

    #[test]
    fn the_tree_agrees_with_the_rule_for_one_filter() {
        let levels = ["a", "b", "", "+"];
        let mut filters = vec!["#".to_owned(), "$SYS/#".to_owned(), "$SYS/+".to_owned()];
        for one in levels {
            filters.push(one.to_owned());
            for two in levels.iter().chain(&["#"]) {
                filters.push(format!("{one}/{two}"));
            }
        }
        let mut tree = Tree::default();
        for filter in &filters {
            tree.subscribe(&Arc::from(filter.as_str()), filter, ASKED);
        }
        for topic in ["a", "b", "a/b", "/", "a/", "$SYS", "$SYS/a", "a/b/c", "/b"] {
            let mut expected: Vec<_> = filters
                .iter()
                .filter(|filter| super::super::topic::matches(filter, topic))
                .cloned()
                .collect();
            expected.sort();
            assert_eq!(told(&mut tree, topic, &[]), expected, "{topic}");
        }
        for filter in &filters {
            assert!(tree.unsubscribe(filter, filter), "{filter}");
            assert!(!tree.unsubscribe(filter, filter), "{filter}");
        }
        assert!(tree.0.is_bare(), "nothing is left of a filter that nobody asks for");
    }

    #[test]
    fn a_shared_subscription_takes_turns_among_the_connected() {
        let mut tree = Tree::default();
        for who in ["one", "two", "three"] {
            assert!(!tree.subscribe(&Arc::from(who), "$share/g/a/+", ASKED));
        }
        let turns: Vec<_> = (0..4).flat_map(|_| told(&mut tree, "a/b", &["one", "three"])).collect();
        assert_eq!(turns, ["one", "three", "one", "three"]);
        assert_eq!(told(&mut tree, "a/b", &[]).len(), 1, "one of the absent keeps it");
        assert!(tree.unsubscribe("one", "$share/g/a/+"));
        assert_eq!(told(&mut tree, "a/b", &["three"]), ["three"]);
    }
}
