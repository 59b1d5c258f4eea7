//! What every door for things needs of the city.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use baotu_pack::sensing::ThingType;
use baotu_vocabulary::{CommandId, Moment, Sample, ThingId};
use serde_json::Value as Json;

/// Something on its way.
pub type Waiting<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A thing that a door has to do with.
#[derive(Clone, Debug)]
pub struct Known {
    /// Its id.
    pub id: ThingId,
    /// Its code, by which its topics are named.
    pub code: Arc<str>,
    /// Its type, by which its messages are read.
    pub kind: Arc<ThingType>,
}

/// Why a thing is not let in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{sentence}")]
pub struct NotLetIn {
    /// Its name for counting, for example `wrong-credentials`.
    pub code: &'static str,
    /// Told to whoever asked.
    pub sentence: String,
}

/// Why what a thing said was not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// It can't be kept, whenever it is sent again: it is counted, and may be acknowledged as refused.
    #[error("{sentence}")]
    Refused {
        /// Its name for counting.
        code: &'static str,
        /// Told to whoever asked.
        sentence: String,
    },
    /// Ours: it must not be acknowledged, and is to be sent again.
    #[error("读数没有保存，请重发")]
    Fault,
}

/// Where doors ask who a thing is and bring what it says.
pub trait Intake: Send + Sync {
    /// Lets a thing in by its code and secret.
    ///
    /// # Errors
    /// When one of both is wrong or the thing is not in use.
    fn sign_in(&self, code: &str, secret: &str) -> Result<Known, NotLetIn>;

    /// A thing by its code, for who may speak for others.
    fn by_code(&self, code: &str) -> Option<Known>;

    /// Keeps what a thing says; it is durable when this answers.
    fn accept<'a>(&'a self, thing: ThingId, samples: Vec<Sample>) -> Waiting<'a, Result<usize, NotAccepted>>;

    /// Notes what a thing says of a command that it was given.
    fn command_ended<'a>(
        &'a self,
        thing: ThingId,
        command: CommandId,
        is_done: bool,
        result: Json,
    ) -> Waiting<'a, Result<(), NotAccepted>>;

    /// Counts what was odd about a message of a thing.
    fn mishap(&self, thing: ThingId, code: &str, detail: &str);

    /// A thing has connected and can be told what waits for it.
    fn connected(&self, thing: ThingId);

    /// The present moment.
    fn now(&self) -> Moment;

    /// The zone in which things without one tell the time.
    fn zone(&self) -> &jiff::tz::TimeZone;
}
