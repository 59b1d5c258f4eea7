//! Repeated requests: a request with an `Idempotency-Key` is carried out once, and answered alike ever after.
//!
//! What a request does is not known here, nor how it is carried by HTTP. A run that ended without an answer, because
//! the node died, is run again when its claim has lapsed; what it then opens has to get the same id again, for which
//! [`RepeatKey`] is handed to the engines.

use baotu_storage::{CommitError, StoreFault};
use baotu_vocabulary::{Actor, Moment, Refusal, RefusalKind};
use serde::{Deserialize, Serialize};

use crate::sealed::{self, Sealed};
use crate::{AccessState, Failure};

/// Seconds for which an answer is kept.
pub const ANSWER_KEPT_SECONDS: i64 = 24 * 3_600;
/// Seconds after which a run without an answer is taken for dead.
pub const CLAIM_SECONDS: i64 = 60;
/// Characters of a key at most.
const KEY_CHARACTERS_MAX: usize = 128;

/// Why a request with a key was not carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RepeatRefused {
    /// A key of the wrong shape.
    #[error("Idempotency-Key 须为 1～{KEY_CHARACTERS_MAX} 个可见 ASCII 字符")]
    Key,
    /// The key came with another request before.
    #[error("这个 Idempotency-Key 已用于另一个不同的请求")]
    Reused,
    /// The first one still runs.
    #[error("相同的请求正在处理，请稍后再试")]
    InFlight,
}

impl Refusal for RepeatRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::Key | Self::Reused => RefusalKind::Invalid,
            Self::InFlight => RefusalKind::Conflict,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::Key => "idempotency-key-invalid",
            Self::Reused => "idempotency-key-reused",
            Self::InFlight => "idempotency-in-flight",
        }
    }
}

/// Names a request and its repetitions: whose it is, and the key. Engines derive from it the ids of what it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepeatKey {
    actor: String,
    key: String,
}

impl RepeatKey {
    /// The key as `actor` sent it.
    ///
    /// # Errors
    /// [`RepeatRefused::Key`].
    pub fn new(actor: &Actor, key: &str) -> Result<Self, RepeatRefused> {
        let visible = |byte: u8| byte.is_ascii_graphic();
        if key.is_empty() || key.len() > KEY_CHARACTERS_MAX || !key.bytes().all(visible) {
            return Err(RepeatRefused::Key);
        }
        Ok(Self { actor: actor.reference(), key: key.to_owned() })
    }

    /// Whose it is, by their reference.
    pub fn actor(&self) -> &str {
        &self.actor
    }

    /// The key as sent.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// A text that belongs to this request and its repetitions alone.
    pub fn name(&self) -> String {
        format!("{} {}", self.actor, self.key)
    }

    fn context(&self) -> String {
        format!("access.idempotency/{}", self.name())
    }
}

/// An answer as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// The status.
    pub status: u16,
    /// The headers worth keeping.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

/// A request that came before, as it is kept.
#[derive(Clone, Debug)]
pub(crate) struct KeptRequest {
    pub(crate) digest: String,
    pub(crate) claim: String,
    pub(crate) started_at: Moment,
    pub(crate) answer: Option<Sealed>,
}

/// What is to be done with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Turn {
    /// Run it; the claim is needed to keep its answer.
    Run(String),
    /// It was answered before.
    Answered(KeptAnswer),
}

/// What becomes of a repeated request.
#[derive(Debug, PartialEq, Eq)]
enum Repetition {
    Answer,
    TakeOver,
}

/// How a request with `digest` stands to the one kept under the same key.
fn judge(kept: &KeptRequest, digest: &str, now: Moment) -> Result<Repetition, RepeatRefused> {
    if now >= kept.started_at.plus_seconds(ANSWER_KEPT_SECONDS) {
        return Ok(Repetition::TakeOver);
    }
    if kept.digest != digest {
        return Err(RepeatRefused::Reused);
    }
    match &kept.answer {
        Some(_) => Ok(Repetition::Answer),
        None if now >= kept.started_at.plus_seconds(CLAIM_SECONDS) => Ok(Repetition::TakeOver),
        None => Err(RepeatRefused::InFlight),
    }
}

impl AccessState {
    /// Whether a request with this key runs now, or was answered before.
    pub(crate) async fn claim_turn(
        &self,
        key: &RepeatKey,
        digest: &str,
    ) -> Result<Turn, Failure<RepeatRefused>> {
        let claim = sealed::token(self.surroundings().as_ref());
        let now = self.now();
        match self.add_request(key, digest, &claim, now).await {
            Ok(()) => return Ok(Turn::Run(claim)),
            Err(CommitError::Conflict(_)) => {}
            Err(error) => return Err(error.into()),
        }
        // The answered one may have been forgotten in between; the next try will run.
        let in_flight = || Failure::Refused(RepeatRefused::InFlight);
        let kept = self.kept_request(key).await?.ok_or_else(in_flight)?;
        match judge(&kept, digest, now).map_err(Failure::Refused)? {
            Repetition::Answer => {
                let sealed = kept.answer.ok_or_else(in_flight)?;
                let text = self.keys().open(&key.context(), &sealed).map_err(Failure::fault)?;
                Ok(Turn::Answered(serde_json::from_str(&text).map_err(Failure::fault)?))
            }
            Repetition::TakeOver => match self.take_over(key, &kept.claim, digest, &claim, now).await {
                Ok(()) => Ok(Turn::Run(claim)),
                Err(CommitError::Conflict(_)) => Err(in_flight()),
                Err(error) => Err(error.into()),
            },
        }
    }

    /// Keeps the answer of a run, unless its claim has lapsed and another took over.
    pub(crate) async fn keep_answer(
        &self,
        key: &RepeatKey,
        claim: &str,
        answer: &KeptAnswer,
    ) -> Result<(), Failure<RepeatRefused>> {
        let text = serde_json::to_string(answer).map_err(Failure::fault)?;
        let sealed = self.keys().seal(&key.context(), &text, self.surroundings().chance());
        self.set_answer(key, claim, answer.status, sealed).await?;
        Ok(())
    }

    /// Removes answers that were kept long enough; for a job now and then.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn forget_old_answers(&self) -> Result<(), StoreFault> {
        self.remove_requests_before(self.now().plus_seconds(-ANSWER_KEPT_SECONDS)).await
    }
}

#[cfg(test)]
mod tests {
    use super::{ANSWER_KEPT_SECONDS, CLAIM_SECONDS, KeptRequest, RepeatRefused, Repetition, judge};
    use crate::sealed::Sealed;
    use baotu_vocabulary::Moment;

    #[test]
    fn a_repetition_is_answered_refused_or_run_again() {
        let start = Moment::from_micros(1_000_000_000);
        let kept = |answered: bool| KeptRequest {
            digest: "same".into(),
            claim: "first".into(),
            started_at: start,
            answer: answered.then(|| Sealed::from_bytes(vec![1])),
        };
        let after = |seconds: i64| start.plus_seconds(seconds);
        let table = [
            (true, "same", 0, Ok(Repetition::Answer)),
            (true, "same", ANSWER_KEPT_SECONDS - 1, Ok(Repetition::Answer)),
            (true, "same", ANSWER_KEPT_SECONDS, Ok(Repetition::TakeOver)),
            (true, "other", 0, Err(RepeatRefused::Reused)),
            (true, "other", ANSWER_KEPT_SECONDS, Ok(Repetition::TakeOver)),
            (false, "same", CLAIM_SECONDS - 1, Err(RepeatRefused::InFlight)),
            (false, "same", CLAIM_SECONDS, Ok(Repetition::TakeOver)),
            (false, "other", CLAIM_SECONDS, Err(RepeatRefused::Reused)),
        ];
        for (answered, digest, seconds, expected) in table {
            assert_eq!(
                judge(&kept(answered), digest, after(seconds)),
                expected,
                "{answered} {digest} {seconds}"
            );
        }
    }
}
