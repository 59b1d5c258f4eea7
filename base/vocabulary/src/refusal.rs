//! Refusals: what an actor asked for and may mend.
//!
//! Each operation has its own enum; this trait is what a door needs to answer with it. Which HTTP status belongs
//! to which kind is decided in one file, `access::http::problem`.

use std::fmt;

/// What kind of refusal, from the actor's side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// Something in the request is wrong in itself.
    Invalid,
    /// Not signed in, or a wrong password or key.
    Unauthenticated,
    /// Signed in, but not allowed; told only when the actor may know that the thing exists.
    Forbidden,
    /// There is no such thing, or the actor may not know of it.
    NotFound,
    /// The thing has changed meanwhile, or its state does not allow this.
    Conflict,
    /// More bytes or items than the limit.
    TooLarge,
    /// A media type that is not taken.
    UnsupportedType,
    /// Too many requests in too short a time.
    TooMany,
}

/// A typed refusal that a door can answer with; its `Display` is the sentence shown to the actor.
pub trait Refusal: fmt::Display + fmt::Debug + Send + Sync {
    /// The kind.
    fn kind(&self) -> RefusalKind;

    /// A stable name, kebab-case, for example `stale-version`.
    fn code(&self) -> &'static str;

    /// The fields concerned, each with its own sentence, when the refusal is about a form.
    fn fields(&self) -> Vec<(String, String)> {
        Vec::new()
    }
}
