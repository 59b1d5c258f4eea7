//! Units and posts by code, kind and area, and who is in charge of a category in a place.

use std::collections::HashMap;

use baotu_vocabulary::{PostCode, UnitCode};
use jiff::civil::Date;

use crate::divisions::Divisions;
use crate::organisations::{Function, Post, Unit};

/// Units that are followed from one to the top of its tree.
const LEVELS_MAX: usize = 16;

/// The units and posts of the pack.
#[derive(Clone, Debug, Default)]
pub struct Units {
    units: Vec<Unit>,
    posts: Vec<Post>,
    unit_by_code: HashMap<UnitCode, usize>,
    post_by_code: HashMap<PostCode, usize>,
    children: HashMap<UnitCode, Vec<usize>>,
    by_kind: HashMap<String, Vec<usize>>,
    posts_by_unit: HashMap<UnitCode, Vec<usize>>,
}

impl Units {
    pub(crate) fn new(units: Vec<Unit>, posts: Vec<Post>) -> Self {
        let mut index = Self { units, posts, ..Self::default() };
        for (number, unit) in index.units.iter().enumerate() {
            index.unit_by_code.insert(unit.code.clone(), number);
            index.by_kind.entry(unit.kind.clone()).or_default().push(number);
            if let Some(parent) = &unit.parent {
                index.children.entry(parent.clone()).or_default().push(number);
            }
        }
        for (number, post) in index.posts.iter().enumerate() {
            index.post_by_code.insert(post.code.clone(), number);
            index.posts_by_unit.entry(post.unit.clone()).or_default().push(number);
        }
        index
    }

    /// All units, in the order of the files.
    pub fn all(&self) -> &[Unit] {
        &self.units
    }

    /// The unit of a code.
    pub fn get(&self, code: &str) -> Option<&Unit> {
        self.unit_by_code.get(code).map(|number| &self.units[*number])
    }

    /// The units directly below one.
    pub fn children(&self, code: &str) -> impl Iterator<Item = &Unit> {
        self.children.get(code).into_iter().flatten().map(|number| &self.units[*number])
    }

    /// The unit and those above it, itself first.
    pub fn lineage<'a>(&'a self, code: &str) -> impl Iterator<Item = &'a Unit> {
        std::iter::successors(self.get(code), |unit| self.get(unit.parent.as_ref()?.as_str()))
            .take(LEVELS_MAX)
    }

    /// Whether `code` is `above` or stands below it.
    pub fn is_below(&self, code: &str, above: &str) -> bool {
        self.lineage(code).any(|unit| unit.code.as_str() == above)
    }

    /// The units of a kind, in the order of the files.
    pub fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Unit> {
        self.by_kind.get(kind).into_iter().flatten().map(|number| &self.units[*number])
    }

    /// The unit of a kind whose area holds the place, the one with the smallest area; `place` names the divisions and
    /// zones it lies in, in any order.
    pub fn of_kind_at(&self, kind: &str, place: &[&str], divisions: &Divisions) -> Option<&Unit> {
        self.of_kind(kind)
            .filter(|unit| place.iter().any(|code| divisions.within(code, &unit.area)))
            .max_by_key(|unit| (divisions.depth(&unit.area), std::cmp::Reverse(unit.code.clone())))
    }

    /// All posts, in the order of the files.
    pub fn posts(&self) -> &[Post] {
        &self.posts
    }

    /// The post of a code.
    pub fn post(&self, code: &str) -> Option<&Post> {
        self.post_by_code.get(code).map(|number| &self.posts[*number])
    }

    /// The posts of a unit.
    pub fn posts_of(&self, unit: &str) -> impl Iterator<Item = &Post> {
        self.posts_by_unit.get(unit).into_iter().flatten().map(|number| &self.posts[*number])
    }
}

/// A unit in charge, and the row of a function list that says so.
#[derive(Clone, Copy, Debug)]
pub struct InCharge<'a> {
    /// The unit.
    pub unit: &'a Unit,
    /// The row; its `basis` is told with every dispatch.
    pub function: &'a Function,
}

/// The question who is in charge.
#[derive(Clone, Copy, Debug)]
pub struct ChargeQuestion<'a> {
    /// Code table of the category.
    pub table: &'a str,
    /// The category.
    pub category: &'a str,
    /// The divisions and zones that the place lies in, in any order; empty when there is no place.
    pub place: &'a [&'a str],
    /// The level of the case.
    pub level: &'a str,
    /// The day on which it is asked.
    pub day: Date,
}

/// The units in charge, the best first: the longest prefix of the category, then the lowest rank, then the smaller
/// area, then a row that names the level. A unit stands there once, with its best row.
pub(crate) fn in_charge<'a>(
    question: &ChargeQuestion<'_>,
    functions: &'a [Function],
    units: &'a Units,
    divisions: &Divisions,
) -> Vec<InCharge<'a>> {
    let inside = |area: &str| question.place.iter().any(|code| divisions.within(code, area));
    let mut rows: Vec<&Function> = functions
        .iter()
        .filter(|row| row.table == question.table && question.category.starts_with(&row.category))
        .filter(|row| row.in_force(question.day))
        .filter(|row| row.level.as_deref().is_none_or(|level| level == question.level))
        .filter(|row| row.area.as_deref().is_none_or(inside))
        .collect();
    rows.sort_by_key(|row| {
        let area = row.area.as_deref().map_or(0, |area| divisions.depth(area));
        (std::cmp::Reverse(row.category.len()), row.rank, std::cmp::Reverse(area), row.level.is_none())
    });
    let mut found: Vec<InCharge<'a>> = Vec::new();
    for function in rows {
        let unit = match (&function.unit, &function.kind) {
            (Some(code), _) => units.get(code.as_str()),
            (None, Some(kind)) => units.of_kind_at(kind, question.place, divisions),
            (None, None) => None,
        };
        if let Some(unit) = unit
            && !found.iter().any(|earlier| earlier.unit.code == unit.code)
        {
            found.push(InCharge { unit, function });
        }
    }
    found
}

impl Function {
    /// Whether the row holds on `day`.
    pub fn in_force(&self, day: Date) -> bool {
        self.valid_from <= day && self.valid_to.is_none_or(|last| day <= last)
    }
}
