//! Finding a place by its name: divisions and well-known places, by any part of a name or alias.
//!
//! Pinyin isn't known here; words are matched as they are written.

use std::collections::HashMap;

use baotu_vocabulary::{DivisionCode, Point};

use crate::atlas::Atlas;
use crate::coordinates::PlaceRefused;
use crate::places::{PlaceDeclared, PlaceProblem};

/// Answers to one search.
pub const ANSWERS_MAX: usize = 20;
/// Characters of one search.
pub const SEARCH_CHARS_MAX: usize = 64;
/// What officials append to names and residents leave away, longest first.
const SUFFIXES: [&str; 14] = [
    "社区居民委员会",
    "街道办事处",
    "社区居委会",
    "村民委员会",
    "居民委员会",
    "村委会",
    "居委会",
    "街道",
    "社区",
    "镇",
    "乡",
    "区",
    "县",
    "市",
];

/// A place that can be named.
#[derive(Clone, Debug)]
pub struct Place {
    /// Shown.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// `district`, `street`, `village` …, or the gazetteer's own kinds.
    pub kind: String,
    /// Where it is; of a division, where its name stands on the map.
    pub point: Point,
    /// The smallest division that holds it.
    pub division: Option<DivisionCode>,
    /// Whether it is itself a division.
    pub is_division: bool,
}

/// The names of a city's places.
#[derive(Clone, Debug, Default)]
pub struct Gazetteer {
    places: Vec<Place>,
    /// Each place's names as they are compared.
    folded: Vec<Vec<String>>,
    /// The places in whose names a character occurs, in ascending order.
    by_character: HashMap<char, Vec<u32>>,
}

/// How well a name fits, best first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Exact,
    ExactButSuffix,
    Prefix,
    Contains,
}

impl Gazetteer {
    pub(crate) fn new(atlas: &Atlas, declared: Vec<PlaceDeclared>, problems: &mut Vec<PlaceProblem>) -> Self {
        let mut gazetteer = Self::default();
        for division in atlas.divisions().iter() {
            if let Some(point) = division.label {
                gazetteer.add(Place {
                    name: division.name.clone(),
                    aliases: Vec::new(),
                    kind: division.kind.clone(),
                    point,
                    division: Some(division.code),
                    is_division: true,
                });
            }
        }
        for place in declared {
            let Ok(located) = atlas.locate(place.point) else {
                problems.push(PlaceProblem {
                    about: place.name,
                    code: "place-outside",
                    message: format!("{} 不在{}范围内", place.point, atlas.city()),
                    hint: "核对坐标（CGCS2000，先经度后纬度）",
                });
                continue;
            };
            gazetteer.add(Place {
                division: located.division().map(|division| division.code),
                name: place.name,
                aliases: place.aliases,
                kind: place.kind,
                point: place.point,
                is_division: false,
            });
        }
        gazetteer
    }

    fn add(&mut self, place: Place) {
        let number = crate::division::number_of(self.places.len());
        let names: Vec<String> =
            std::iter::once(&place.name).chain(&place.aliases).map(|name| fold(name)).collect();
        for character in names.iter().flat_map(|name| name.chars()) {
            let held = self.by_character.entry(character).or_default();
            if held.last() != Some(&number) {
                held.push(number);
            }
        }
        self.folded.push(names);
        self.places.push(place);
    }

    /// All places: divisions first, then the well-known ones as declared.
    pub fn places(&self) -> &[Place] {
        &self.places
    }

    /// The places that are no divisions, each with its names as they are compared.
    pub(crate) fn well_known(&self) -> impl Iterator<Item = (&Place, &[String])> {
        let places = self.places.iter().zip(self.folded.iter().map(Vec::as_slice));
        places.filter(|(place, _)| !place.is_division)
    }

    /// The best [`ANSWERS_MAX`] places whose name or alias holds `words`: exact before prefix before middle, larger
    /// divisions before places before villages, then the nearest to `near`.
    pub fn search(&self, words: &str, near: Option<Point>) -> Result<Vec<&Place>, PlaceRefused> {
        let words = fold(words);
        if words.is_empty() {
            return Err(PlaceRefused::NothingToSearch);
        }
        if words.chars().count() > SEARCH_CHARS_MAX {
            return Err(PlaceRefused::SearchTooLong(SEARCH_CHARS_MAX));
        }
        let mut found: Vec<(Fit, u8, u64, usize, u32)> = Vec::new();
        for number in self.holding_rarest(&words) {
            let names = &self.folded[*number as usize];
            let Some((fit, length)) = names.iter().filter_map(|name| fit(name, &words)).min() else {
                continue;
            };
            let place = &self.places[*number as usize];
            let metres = near.map_or(0, |near| whole_metres(near.distance_metres(place.point)));
            found.push((fit, rank(place), metres, length, *number));
        }
        found.sort_unstable();
        found.truncate(ANSWERS_MAX);
        Ok(found.into_iter().map(|(.., number)| &self.places[number as usize]).collect())
    }

    /// The places whose names hold the rarest character of `words`: all that can match.
    fn holding_rarest(&self, words: &str) -> &[u32] {
        let held =
            words.chars().map(|character| self.by_character.get(&character).map_or(&[][..], Vec::as_slice));
        held.min_by_key(|places| places.len()).unwrap_or_default()
    }
}

/// Names as they are compared: without spaces, full-width letters and digits narrowed, Latin letters small.
pub(crate) fn fold(name: &str) -> String {
    let narrow = |character: char| match character {
        '！'..='～' => char::from_u32(u32::from(character) - 0xFEE0).unwrap_or(character),
        other => other,
    };
    name.chars()
        .filter(|character| !character.is_whitespace())
        .map(narrow)
        .flat_map(char::to_lowercase)
        .collect()
}

/// `name` without what officials append, if anything of two characters is left.
pub(crate) fn bare(name: &str) -> &str {
    let stripped = SUFFIXES.iter().find_map(|suffix| name.strip_suffix(suffix));
    stripped.filter(|rest| rest.chars().count() >= 2).unwrap_or(name)
}

fn fit(name: &str, words: &str) -> Option<(Fit, usize)> {
    let fit = match name.find(words)? {
        0 if name.len() == words.len() => Fit::Exact,
        0 if bare(name) == words => Fit::ExactButSuffix,
        0 => Fit::Prefix,
        _ => Fit::Contains,
    };
    Some((fit, name.len()))
}

fn rank(place: &Place) -> u8 {
    match (place.is_division, place.division.map(DivisionCode::level)) {
        (true, Some(level)) if level <= baotu_vocabulary::DivisionLevel::County => 0,
        (true, Some(baotu_vocabulary::DivisionLevel::Street)) => 1,
        (false, _) => 2,
        (true, _) => 3,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "distances on the globe")]
fn whole_metres(metres: f64) -> u64 {
    metres as u64
}
