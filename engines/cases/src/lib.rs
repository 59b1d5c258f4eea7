//! One engine for every request to the city: hotline tickets, urban cases, grid matters.
//!
//! A procedure of the pack says how a case runs; this crate interprets it. What is decided is pure: it takes the case
//! as a value ([`CaseState`]), the declaration, who acts and what they ask for, and gives an [`Outcome`] as a value.
//!
//! | file | what it holds |
//! |---|---|
//! | `case` | [`CaseState`] and its records |
//! | `declaration` | the procedure and the pack around it; who a seat means |
//! | `decide/` | open, take an exit, do an act, ask, answer; effects and movement |
//! | `offers` | what an actor may do now |
//! | `clock`, `sweep` | limits that run, pause and are extended; what time does by itself |
//! | `dispatch` | which unit, and why |
//! | `outcome`, `refusal` | what a decision results in, or why there was none |
//! | `contracts` | events, facts and actions |
//! | `number` | numbers of cases |
//! | `rehearsal` | a pack's examples, played in memory |
//!
//! Around it stands what loads, asks for permission, stores and answers:
//!
//! | file | what it does |
//! |---|---|
//! | `service/` | [`Cases`]: open, decide, ask, read, list, import, let time act |
//! | `store/` | all SQL |
//! | `view` | a case as its readers see it |
//! | `search` | full text in Chinese |
//! | `workbook` | a list as a workbook |
//! | `standing`, `live` | the live page's numbers, now or at a moment, and the public feed |
//! | `statistics` | reports |
//! | `photos` | photos without what tells who took them |
//! | `http/` | the routes |

pub mod case;
pub mod clock;
mod conditions;
pub mod contracts;
pub mod decide;
mod declaration;
pub mod dispatch;
#[expect(unused_qualifications, reason = "the code that utoipa generates for a route")]
pub mod http;
pub mod live;
pub mod number;
pub mod offers;
pub mod outcome;
pub mod photos;
pub mod refusal;
pub mod rehearsal;
pub mod search;
pub mod service;
pub mod standing;
pub mod statistics;
mod store;
pub mod sweep;
pub mod view;
mod workbook;

pub use case::{CaseState, Task};
pub use decide::{
    Answer, Ask, Needs, Take, decide, decide_request, follow, needs, open, open_linked, request,
};
pub use declaration::{Declaration, Place, Seat};
pub use dispatch::{Suggestion, suggest};
pub use number::case_number;
pub use offers::{Offer, offers};
pub use outcome::{DecisionRecord, Gathered, LinkedOpening, Opening, Outcome};
pub use refusal::{OpenRefused, TakeRefused};
pub use rehearsal::{Mismatch, rehearse};
pub use search::Search;
pub use service::{CaseFailure, CaseRefused, Cases, CasesParts};
pub use store::{CaseFilter, Grouping, LiveKind, Mark, PAGE_ROWS, PAGE_ROWS_MAX};
pub use sweep::{recompute_provisional, sweep};
