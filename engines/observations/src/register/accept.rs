//! What a thing says becomes readings: judged whole, durable, then told.

use std::sync::Arc;

use baotu_vocabulary::{Moment, Refusal, RefusalKind, ThingId};

use super::{Entry, Things};
use crate::reading::{Quality, Reading};
use crate::sample::{OUT_OF_RANGE, Sample, SampleRefused, judge};
use crate::service::ReadingsFailure;
use crate::store::ReadingsFault;
use crate::thing::{SignInRefused, ThingState};

/// What became of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Readings that are durable now.
    pub readings: usize,
    /// Those among them that were flagged as out of range.
    pub flagged: usize,
}

/// Why a message is refused; nothing of it is stored, and sending it again changes nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AcceptRefused {
    /// There is no such thing, or it is not in use.
    #[error(transparent)]
    SignIn(#[from] SignInRefused),
    /// One of its samples cannot be kept.
    #[error(transparent)]
    Sample(#[from] SampleRefused),
}

impl Refusal for AcceptRefused {
    fn kind(&self) -> RefusalKind {
        match self {
            Self::SignIn(_) => RefusalKind::Unauthenticated,
            Self::Sample(refused) => refused.kind(),
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Self::SignIn(refused) => refused.code(),
            Self::Sample(refused) => refused.code(),
        }
    }
}

/// Why a message was not stored.
#[derive(Debug, thiserror::Error)]
pub enum AcceptFailure {
    /// It cannot be kept, and is counted among the thing's mishaps.
    #[error(transparent)]
    Refused(#[from] AcceptRefused),
    /// Ours: it must not be acknowledged, and is to be sent again.
    #[error(transparent)]
    Fault(#[from] ReadingsFault),
}

impl Things {
    /// Stores what a thing says at `now`; durable when this answers.
    ///
    /// # Errors
    /// A message that cannot be kept: nothing of it is stored. Or a fault.
    pub async fn accept(
        &self,
        thing: ThingId,
        samples: &[Sample],
        now: Moment,
    ) -> Result<Accepted, AcceptFailure> {
        let entry = self.book(|book| book.by_id(thing));
        let entry = entry.ok_or(AcceptRefused::SignIn(SignInRefused::WrongCredentials))?;
        entry.presence.seen(now);
        let readings = self.readings_of(&entry, samples).inspect_err(|refused| {
            self.mishap(thing, refused.code(), &refused.to_string());
        })?;
        let flagged = readings.iter().zip(samples).filter(|(reading, sample)| {
            reading.quality == Quality::OverRange && sample.quality == Quality::Normal
        });
        let flagged = flagged.inspect(|(_, sample)| {
            self.mishap(thing, OUT_OF_RANGE, &format!("{} = {}", sample.property, sample.value));
        });
        let accepted = Accepted { readings: readings.len(), flagged: flagged.count() };
        match self.shared.readings.store(readings.clone(), now).await {
            Ok(()) => {}
            Err(ReadingsFailure::Refused(refused)) => {
                let refused = AcceptRefused::Sample(refused.into());
                self.mishap(thing, refused.code(), &refused.to_string());
                return Err(refused.into());
            }
            Err(ReadingsFailure::Fault(fault)) => return Err(fault.into()),
        }
        if let Some(hearer) = self.shared.hearer.get() {
            hearer.heard(&readings, now);
        }
        Ok(accepted)
    }

    fn readings_of(&self, entry: &Arc<Entry>, samples: &[Sample]) -> Result<Vec<Reading>, AcceptRefused> {
        if entry.thing.state != ThingState::InUse {
            return Err(SignInRefused::NotInUse.into());
        }
        let mut readings = Vec::with_capacity(samples.len());
        for (index, sample) in samples.iter().enumerate() {
            let declared = self.shared.pack.property(&sample.property);
            let Some((property, series)) = declared.zip(entry.series(&sample.property)) else {
                let property = sample.property.to_string();
                return Err(SampleRefused::PropertyUnknown { index, property }.into());
            };
            let quality = judge(index, sample, property)?;
            readings.push(Reading { series, at: sample.at, value: sample.value, quality });
        }
        Ok(readings)
    }
}
