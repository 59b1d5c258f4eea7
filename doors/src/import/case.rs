//! A case as it comes in from another system, and the one who takes it.

use std::future::Future;
use std::pin::Pin;

use baotu_storage::{StoreFault, Work};
use baotu_vocabulary::place::Point;
use baotu_vocabulary::{CategoryCode, Moment, UnitCode};
use serde::{Deserialize, Serialize};

use super::mapping::Field;

/// A historic case, open or closed, in the city's words and with its own times.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedCase {
    /// The system it comes from, as the mapping names it.
    pub source: String,
    /// Its number there; unique together with `source`.
    pub external_id: String,
    /// One line.
    pub title: String,
    /// What was asked, in full.
    pub text: Option<String>,
    /// Its category in the city's own table.
    pub category: CategoryCode,
    /// Its category in the words of the source.
    pub source_category: String,
    /// Its kind, for example `投诉`.
    pub kind: Option<String>,
    /// How it came in, for example `电话`.
    pub channel: Option<String>,
    /// When it was opened.
    pub opened_at: Moment,
    /// When it had to be done, where the source says so.
    pub due_at: Option<Moment>,
    /// When it was closed, where the source says so.
    pub closed_at: Option<Moment>,
    /// Where it stands.
    pub status: ImportedStatus,
    /// The unit in charge.
    pub unit: Option<UnitCode>,
    /// Where it is.
    pub position: Option<Point>,
    /// Where it is, in words.
    pub address: Option<String>,
    /// How often it was passed on to another unit.
    pub transfers: Option<u32>,
    /// Days from opening to the last reply.
    pub days_to_reply: Option<u32>,
    /// Whether the reporter gave no name. Names themselves are never imported.
    pub reporter_anonymous: Option<bool>,
    /// What was answered.
    pub reply: Option<String>,
}

/// Where an imported case stands; the words a mapping's status table may lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ImportedStatus {
    /// Still to be done.
    Open,
    /// Done or answered.
    Closed,
    /// Ended as a duplicate of another case, which the source does not name.
    Merged,
    /// Ended because the reporter took it back.
    Withdrawn,
    /// Ended because it was not for this city.
    NotAccepted,
}

impl ImportedStatus {
    /// The word of a mapping.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "open" => Some(Self::Open),
            "closed" => Some(Self::Closed),
            "merged" => Some(Self::Merged),
            "withdrawn" => Some(Self::Withdrawn),
            "not-accepted" => Some(Self::NotAccepted),
            _ => None,
        }
    }

    /// Whether nothing is left to do.
    pub const fn is_ended(self) -> bool {
        !matches!(self, Self::Open)
    }
}

/// A future that a trait object can return.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the taker of cases says to one of them.
#[derive(Clone, Debug)]
pub enum Prepared {
    /// Not known yet: this stores it.
    New(Work),
    /// A case of this source and number is stored already; nothing to do.
    Known,
    /// It can't be a case of this city, for the reason given; the row is kept for mending.
    Refused {
        /// The field that is wrong.
        field: Field,
        /// Why, for a person.
        reason: String,
    },
}

/// Whoever takes imported cases: in a city, the engine of cases.
///
/// The works of one batch are committed together, and a batch that was stored meanwhile by somebody else is asked
/// for again: so a work must fail as a duplicate when its source and number are stored already.
pub trait CaseSink: Send + Sync {
    /// What to store for each of `cases`, in their order.
    fn prepare<'a>(
        &'a self,
        cases: &'a [ImportedCase],
        now: Moment,
    ) -> BoxFuture<'a, Result<Vec<Prepared>, StoreFault>>;
}
