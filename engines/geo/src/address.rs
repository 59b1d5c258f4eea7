//! Reading where an address is: “历下区泉城路街道…”, as a resident says it on the telephone.
//!
//! Only names of divisions and well-known places are understood; house numbers are not.

use std::collections::HashMap;

use baotu_vocabulary::{DivisionCode, DivisionLevel, Point};

use crate::atlas::Atlas;
use crate::division::{Division, Divisions};
use crate::gazetteer::{Place, bare, fold};

/// Characters of an address that are read.
pub const ADDRESS_CHARS_MAX: usize = 256;
/// A name without its suffix needs this many characters to be taken for a division by itself: “天桥” is a footbridge
/// more often than a district.
const BARE_CHARS_MIN: usize = 3;

/// What an address was understood to say.
#[derive(Clone, Debug)]
pub struct Placed<'a> {
    /// The smallest division that the text names without doubt.
    pub division: &'a Division,
    /// A well-known place that it names there.
    pub place: Option<&'a Place>,
    /// Where that is: the place, or else where the division's name stands on the map.
    pub point: Option<Point>,
}

/// The names of divisions as they occur in addresses.
#[derive(Clone, Debug, Default)]
pub(crate) struct Names {
    by_name: HashMap<String, Vec<Named>>,
    longest: usize,
}

#[derive(Clone, Copy, Debug)]
struct Named {
    division: u32,
    /// Whether the name is given without what tells a division from anything else.
    bare: bool,
}

/// A name found in a text.
struct Mention {
    division: u32,
    /// First character and the one after the last.
    from: usize,
    to: usize,
    /// Whether the text is a chain of names from its beginning up to this one.
    in_chain: bool,
    /// Whether the name can mean nothing but a division.
    firm: bool,
}

impl Names {
    pub(crate) fn new(divisions: &Divisions) -> Self {
        let mut names = Self::default();
        for (number, division) in (0_u32..).zip(divisions.iter()) {
            let full = fold(&division.name);
            let short = bare(&full).to_owned();
            let spoken = spoken(&full, &short);
            for (name, is_bare) in [(Some(full), false), (spoken, false), (Some(short), true)] {
                let Some(name) = name else { continue };
                names.longest = names.longest.max(name.chars().count());
                let held = names.by_name.entry(name).or_default();
                if held.iter().all(|named| named.division != number) {
                    held.push(Named { division: number, bare: is_bare });
                }
            }
        }
        names
    }

    /// Every division that may be meant at some position, longest name first at each; names don't overlap.
    fn mentions(&self, text: &str) -> Vec<Mention> {
        let starts: Vec<usize> = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
        let (mut mentions, mut from, mut chain) = (Vec::new(), 0, 0);
        while from + 1 < starts.len() {
            let last = (from + self.longest).min(starts.len() - 1);
            let found = (from + 2..=last)
                .rev()
                .find_map(|to| Some((to, self.by_name.get(&text[starts[from]..starts[to]])?)));
            let Some((to, named)) = found else {
                from += 1;
                continue;
            };
            let in_chain = from == chain;
            mentions.extend(named.iter().map(|named| {
                let firm = !named.bare || to - from >= BARE_CHARS_MIN;
                Mention { division: named.division, from, to, in_chain, firm }
            }));
            if in_chain {
                chain = to;
            }
            from = to;
        }
        mentions
    }
}

/// What people say for an office's full name: 王庄村 for 王庄村委会, 泉水路社区 for 泉水路社区居委会.
fn spoken(full: &str, bare: &str) -> Option<String> {
    let office = full.strip_prefix(bare)?;
    let kind = match office {
        "村委会" | "村民委员会" => "村",
        "社区居委会" | "社区居民委员会" | "居委会" | "居民委员会" => "社区",
        "街道办事处" => "街道",
        _ => return None,
    };
    Some(format!("{bare}{kind}"))
}

/// Which of the mentions count, with their number of characters.
///
/// A short name counts only beside others: a district's in a chain of names at the text's beginning, a village's
/// when its street or district is named as well.
fn counted(divisions: &Divisions, mentions: &[Mention]) -> HashMap<u32, usize> {
    let is_village =
        |mention: &Mention| divisions.get(mention.division).code.level() == DivisionLevel::Village;
    let chained = |mention: &Mention| {
        mention.in_chain && (mention.from > 0 || mentions.iter().any(|next| next.from == mention.to))
    };
    let (sure, villages): (Vec<&Mention>, Vec<&Mention>) =
        mentions.iter().partition(|mention| mention.firm || !is_village(mention));
    let mut counted: HashMap<u32, usize> = HashMap::new();
    for mention in sure.into_iter().filter(|mention| mention.firm || chained(mention)) {
        count(&mut counted, mention);
    }
    let named: Vec<u32> = counted.keys().copied().filter(|above| below_city(divisions, *above)).collect();
    for mention in villages {
        if divisions.lineage(mention.division).skip(1).any(|above| named.contains(&above)) {
            count(&mut counted, mention);
        }
    }
    counted
}

/// A name that occurs twice counts once, at its longest.
fn count(counted: &mut HashMap<u32, usize>, mention: &Mention) {
    let chars = counted.entry(mention.division).or_default();
    *chars = (mention.to - mention.from).max(*chars);
}

fn below_city(divisions: &Divisions, division: u32) -> bool {
    divisions.get(division).code.level() >= DivisionLevel::County
}

/// Whether `name` occurs in `text` other than as a part of a division's name: 泉城路街道 does not name the road.
fn stands_alone(text: &str, name: &str, mentions: &[Mention]) -> bool {
    let length = name.chars().count();
    text.match_indices(name).any(|(byte, _)| {
        let from = text[..byte].chars().count();
        let to = from + length;
        let part_of = |mention: &Mention| {
            mention.firm && mention.from <= from && to <= mention.to && length < mention.to - mention.from
        };
        !mentions.iter().any(part_of)
    })
}

impl Atlas {
    /// What `text` says of where it is; none when it names no division and no known place.
    ///
    /// The division with the longest chain of its own and its parents' names wins; where several are as good, what
    /// they have in common is the answer.
    pub fn place(&self, text: &str) -> Option<Placed<'_>> {
        let text: String = fold(text).chars().take(ADDRESS_CHARS_MAX).collect();
        let divisions = self.divisions();
        let mentions = self.names().mentions(&text);
        let best = self.best_of(&counted(divisions, &mentions));
        let place = self.well_known_in(&text, &mentions, best);
        let division = match (best, place) {
            (Some(named), None) => divisions.get(named),
            (named, Some(place)) => place
                .division
                .and_then(|code| divisions.resolve(code))
                .or_else(|| named.map(|named| divisions.get(named)))?,
            (None, None) => return None,
        };
        Some(Placed { division, place, point: place.map(|place| place.point).or(division.label) })
    }

    /// The division with the longest chain of names; what several as good ones have in common.
    fn best_of(&self, chars: &HashMap<u32, usize>) -> Option<u32> {
        let divisions = self.divisions();
        let score = |division: u32| -> usize {
            divisions.lineage(division).filter_map(|above| chars.get(&above)).sum()
        };
        let most = chars.keys().map(|division| score(*division)).max()?;
        let mut best = chars.keys().copied().filter(|division| score(*division) == most);
        let first = best.next()?;
        best.try_fold(first, |common, other| {
            divisions.lineage(common).find(|above| divisions.lineage(other).any(|one| one == *above))
        })
    }

    /// The well-known place with the longest name in `text`, if it lies in the division that the text names.
    fn well_known_in(&self, text: &str, mentions: &[Mention], division: Option<u32>) -> Option<&Place> {
        let divisions = self.divisions();
        let within = |code: DivisionCode| match (division, divisions.number(code)) {
            (Some(outer), Some(inner)) => divisions.lineage(inner).any(|above| above == outer),
            (outer, _) => outer.is_none(),
        };
        let places = self.gazetteer().well_known();
        let named = places.filter_map(|(place, names)| {
            let chars = names
                .iter()
                .filter(|name| stands_alone(text, name, mentions))
                .map(|name| name.chars().count())
                .max()?;
            (chars >= 2 && place.division.is_some_and(within)).then_some((chars, place))
        });
        // The first of equals, so that the order of the declaration decides.
        named.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, place)| place)
    }
}
