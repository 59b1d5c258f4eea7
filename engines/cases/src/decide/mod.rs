//! Deciding: a case, a declaration, an actor and what they ask for give the case afterwards, or a refusal.
//!
//! Pure and total: nothing here reads a clock, a table or a file, and whatever is refused has changed nothing.

mod effects;
mod form;
mod linked;
mod movement;
mod opening;
mod request;
mod take;
mod turn;

pub use linked::{EXIT_FOLLOW, follow, open_linked};
pub use opening::open;
pub use request::{Answer, Ask, decide_request, request};
pub use take::{Needs, Take, decide, needs};

pub(crate) use request::{may_ask, may_decide};
pub(crate) use take::{Taken, closes, found, handles};
pub(crate) use turn::{Recorded, Turn, TurnOf};
