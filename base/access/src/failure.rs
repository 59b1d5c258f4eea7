//! Why an operation gave no answer: refused, which the actor may mend, or a fault, which is ours.

use std::error::Error;

use baotu_storage::{CommitError, RowError, StoreFault};

/// A refusal of type `R`, or a fault.
#[derive(Debug)]
pub enum Failure<R> {
    /// The actor may mend it.
    Refused(R),
    /// Ours; told in the log only.
    Fault(Box<dyn Error + Send + Sync>),
}

impl<R> Failure<R> {
    /// A fault of any kind.
    pub fn fault(error: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Fault(error.into())
    }

    /// The same with its refusal told in other words.
    pub fn map<S>(self, reword: impl FnOnce(R) -> S) -> Failure<S> {
        match self {
            Self::Refused(refusal) => Failure::Refused(reword(refusal)),
            Self::Fault(fault) => Failure::Fault(fault),
        }
    }
}

/// Conflicts that the operation has not answered itself are faults, too.
impl<R> From<CommitError> for Failure<R> {
    fn from(error: CommitError) -> Self {
        Self::fault(error)
    }
}

impl<R> From<StoreFault> for Failure<R> {
    fn from(fault: StoreFault) -> Self {
        Self::fault(fault)
    }
}

impl<R> From<RowError> for Failure<R> {
    fn from(error: RowError) -> Self {
        Self::fault(error)
    }
}
