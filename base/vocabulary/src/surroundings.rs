//! What is passed down instead of a clock and a die: the present moment, and chance for ids.
//!
//! `city` gives the real ones; the demo city and the tests give simulated ones and run the same code.

use crate::{Chance, Moment};

/// The time and the chance in which a request is served.
pub trait Surroundings: Send + Sync {
    /// The present moment.
    fn now(&self) -> Moment;

    /// Ten bytes of chance for an id or a token part; secrets draw several times.
    fn chance(&self) -> Chance;
}
