//! The worker that delivers: takes due jobs, asks for the address, gives the message to a provider, writes down
//! what came of it.

use std::sync::PoisonError;

use baotu_storage::{ClaimedJob, CommitError, JOB_CLAIM_LOST, StoreFault, Work};
use baotu_vocabulary::{Event, EventId, Moment, NoticeId};
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::task::JoinSet;

use crate::contracts::{FAILED, Failed, SENT, Sent};
use crate::delivery::{self, Next};
use crate::notice::{Address, Channel, DeliveryState, Notice};
use crate::provider::{Outgoing, Provider, ProviderFault, Taken};
use crate::quota;
use crate::service::{Notices, reference};
use crate::store::{self, Attempted, DELIVERY_MOVED, Delivery, QUOTA_USED};

/// The kind of the jobs that deliver.
pub const DELIVER_JOB: &str = "notices.deliver";

/// Deliveries that one call of [`Notices::deliver_due`] has under way at a time.
pub const DELIVERIES_AT_ONCE: u32 = 16;

/// Seconds of a job's lease: longer than all providers of a channel take when each hangs until its time-out.
pub const LEASE_SECONDS: u32 = 180;

const _: () = assert!(
    LEASE_SECONDS as usize > crate::config::PROVIDERS_MAX * crate::config::TIMEOUT_SECONDS_MAX as usize
);

/// What a job of [`DELIVER_JOB`] is about.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct Deliver {
    pub(crate) notice: NoticeId,
    pub(crate) channel: Channel,
}

impl Deliver {
    pub(crate) fn payload(self) -> serde_json::Value {
        json!({ "notice": self.notice, "channel": self.channel })
    }
}

/// What came of one attempt.
enum Outcome {
    Accepted {
        provider: String,
        taken: Taken,
    },
    /// This channel will never get it there.
    Ended {
        state: DeliveryState,
        reason: String,
    },
    Retry {
        at: Moment,
        reason: String,
    },
    /// It is not the hour for it; no attempt was made.
    Wait {
        until: Moment,
    },
}

impl Notices {
    /// Claims due deliveries for `worker` and makes an attempt at each; how many there were. The caller calls again
    /// while there are some, and sleeps otherwise.
    ///
    /// # Errors
    /// When jobs cannot be claimed. A delivery that meets a fault is claimed again when its lease ends.
    pub async fn deliver_due(&self, worker: &str) -> Result<usize, StoreFault> {
        let shared = &self.shared;
        let now = shared.surroundings.now();
        let jobs =
            shared.store.claim_jobs(&[DELIVER_JOB], worker, now, LEASE_SECONDS, DELIVERIES_AT_ONCE).await?;
        let claimed = jobs.len();
        let mut deliveries = JoinSet::new();
        for job in jobs {
            let notices = self.clone();
            deliveries.spawn(async move {
                if let Err(fault) = notices.deliver(&job).await {
                    tracing::error!(job = %job.id, error = %fault, "a delivery met a fault");
                }
            });
        }
        while let Some(ended) = deliveries.join_next().await {
            if let Err(error) = ended {
                tracing::error!(%error, "a delivery broke off");
            }
        }
        Ok(claimed)
    }

    /// Makes one attempt at a claimed job of [`DELIVER_JOB`] and completes or postpones it.
    ///
    /// # Errors
    /// When storage cannot answer; the job stays claimed until its lease ends.
    pub async fn deliver(&self, job: &ClaimedJob) -> Result<(), CommitError> {
        let store = &self.shared.store;
        let Ok(Deliver { notice: id, channel }) = serde_json::from_value(job.payload.clone()) else {
            return store.fail_job(job, "the payload names no delivery", None).await;
        };
        let notice = store::notice(store, id).await?;
        let delivery = store::delivery(store, id, channel).await?;
        let (Some(notice), Some(delivery)) = (notice, delivery) else {
            return store.fail_job(job, "there is no such delivery", None).await;
        };
        if delivery.state != DeliveryState::Waiting {
            // Asked for again after it was done.
            return self.complete(job, Work::new()).await;
        }
        let attempts = delivery.attempts + 1;
        let (outcome, address) = self.attempt(&notice, channel, &delivery, attempts).await?;
        let masked = address.map(|address| address.masked());
        self.write_down(
            job,
            &notice,
            channel,
            Attempted { attempts, address: masked, ..Attempted::default() },
            outcome,
        )
        .await
    }

    async fn attempt(
        &self,
        notice: &Notice,
        channel: Channel,
        delivery: &Delivery,
        attempts: i64,
    ) -> Result<(Outcome, Option<Address>), CommitError> {
        let now = self.shared.surroundings.now();
        let allowed = self.next_allowed(now, channel, &notice.template);
        if allowed > now {
            return Ok((Outcome::Wait { until: allowed }, None));
        }
        let address = match self.shared.addresses.address(&notice.recipient, channel).await {
            Ok(Some(address)) => address,
            Ok(None) => {
                let reason = "没有登记号码或地址".to_owned();
                return Ok((Outcome::Ended { state: DeliveryState::NoAddress, reason }, None));
            }
            Err(fault) => {
                tracing::error!(notice = %notice.id, %channel, error = %fault, "an address could not be read");
                let fault = ProviderFault::outage("地址暂时无法读取");
                return Ok((self.after(notice, channel, attempts, &[fault]), None));
            }
        };
        if !self.take_quota(notice, channel, delivery, now).await? {
            let reason = format!("当日已达 {} 条", self.shared.quotas.per_day(channel));
            return Ok((Outcome::Ended { state: DeliveryState::OverQuota, reason }, Some(address)));
        }
        let outcome = match self.hand_over(notice, channel, &address).await {
            Ok((provider, taken)) => Outcome::Accepted { provider, taken },
            Err(faults) => self.after(notice, channel, attempts, &faults),
        };
        Ok((outcome, Some(address)))
    }

    fn after(&self, notice: &Notice, channel: Channel, attempts: i64, faults: &[ProviderFault]) -> Outcome {
        let reasons: Vec<&str> = faults.iter().map(|fault| fault.reason.as_str()).collect();
        let reason = reasons.join("；");
        match delivery::after(attempts, faults, self.shared.surroundings.now()) {
            Next::RetryAt(at) => {
                Outcome::Retry { at: self.next_allowed(at, channel, &notice.template), reason }
            }
            Next::GiveUp => Outcome::Ended { state: DeliveryState::Failed, reason },
        }
    }

    /// Takes one of the recipient's messages of the day, unless this delivery has done so already; false when none
    /// is left.
    async fn take_quota(
        &self,
        notice: &Notice,
        channel: Channel,
        delivery: &Delivery,
        now: Moment,
    ) -> Result<bool, CommitError> {
        let day = quota::day(now, &self.shared.zone);
        if delivery.quota_day.as_deref() == Some(day.to_string().as_str()) {
            return Ok(true);
        }
        let per_day = self.shared.quotas.per_day(channel);
        if per_day == 0 {
            return Ok(false);
        }
        let mut work = Work::new();
        store::use_quota(&mut work, notice, channel, day, per_day);
        match self.shared.store.commit(work).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict(QUOTA_USED)) => Ok(false),
            Err(other) => Err(other),
        }
    }

    /// Gives a message to the providers of its channel until one takes it.
    async fn hand_over(
        &self,
        notice: &Notice,
        channel: Channel,
        address: &Address,
    ) -> Result<(String, Taken), Vec<ProviderFault>> {
        let providers = self.providers(channel);
        let names: Vec<&str> = providers.iter().map(|provider| provider.name()).collect();
        let order = self.health(|health, now| health.order(&names, now));
        let reference = reference(notice.id, channel);
        let mut faults = Vec::new();
        for provider in order.into_iter().map(|place| &providers[place]) {
            let message = Outgoing {
                address,
                subject: &notice.subject,
                text: if channel == Channel::Sms { &notice.sms } else { &notice.text },
                reference: &reference,
                now: self.shared.surroundings.now(),
            };
            match provider.send(&message).await {
                Ok(taken) => {
                    self.health(|health, _| health.worked(provider.name()));
                    return Ok((provider.name().to_owned(), taken));
                }
                Err(fault) => {
                    tracing::warn!(reference, provider = provider.name(), reason = fault.reason, "not taken");
                    self.health(|health, now| match fault.is_refusal {
                        true => health.worked(provider.name()),
                        false => health.failed(provider.name(), now),
                    });
                    faults.push(ProviderFault {
                        reason: format!("{}：{}", provider.name(), fault.reason),
                        ..fault
                    });
                }
            }
        }
        Err(faults)
    }

    fn providers(&self, channel: Channel) -> &[std::sync::Arc<dyn Provider>] {
        match channel {
            Channel::Sms => &self.shared.providers.sms,
            Channel::Email => &self.shared.providers.email,
            // Nobody carries anything to the inbox, and no job asks for it.
            Channel::InApp => &[],
        }
    }

    fn health<T>(&self, tell: impl FnOnce(&mut delivery::Health, Moment) -> T) -> T {
        let now = self.shared.surroundings.now();
        tell(&mut self.shared.health.lock().unwrap_or_else(PoisonError::into_inner), now)
    }

    async fn write_down(
        &self,
        job: &ClaimedJob,
        notice: &Notice,
        channel: Channel,
        attempted: Attempted<'_>,
        outcome: Outcome,
    ) -> Result<(), CommitError> {
        let store = &self.shared.store;
        let now = self.shared.surroundings.now();
        let mut work = Work::new();
        match outcome {
            Outcome::Wait { until } => ignore_lost(store.fail_job(job, "免打扰时段", Some(until)).await),
            Outcome::Retry { at, reason } => {
                let attempted = Attempted { reason: Some(reason.clone()), ..attempted };
                store::attempted(&mut work, notice.id, channel, &attempted, now);
                ignore_lost(store.commit(work).await.map(drop))?;
                ignore_lost(store.fail_job(job, &reason, Some(at)).await)
            }
            Outcome::Accepted { provider, taken } => {
                let state = Some(DeliveryState::Accepted);
                let attempted =
                    Attempted { state, provider: Some(&provider), message_id: taken.message_id, ..attempted };
                store::attempted(&mut work, notice.id, channel, &attempted, now);
                let sent = Sent {
                    notice: notice.id,
                    template: notice.template.clone(),
                    channel,
                    case_id: notice.case_id,
                    provider: provider.clone(),
                };
                work.event(self.event(SENT, notice.id, json!(sent), now));
                self.complete(job, work).await
            }
            Outcome::Ended { state, reason } => {
                let attempted = Attempted { state: Some(state), reason: Some(reason), ..attempted };
                store::attempted(&mut work, notice.id, channel, &attempted, now);
                let failed = Failed {
                    notice: notice.id,
                    template: notice.template.clone(),
                    channel,
                    case_id: notice.case_id,
                    state,
                };
                work.event(self.event(FAILED, notice.id, json!(failed), now));
                self.complete(job, work).await
            }
        }
    }

    async fn complete(&self, job: &ClaimedJob, mut work: Work) -> Result<(), CommitError> {
        work.complete_job(job);
        ignore_lost(self.shared.store.commit(work).await.map(drop))
    }

    fn event(&self, kind: &str, notice: NoticeId, data: serde_json::Value, now: Moment) -> Event {
        Event {
            id: EventId::new(now, self.shared.surroundings.chance()),
            source: "notices".to_owned(),
            kind: kind.to_owned(),
            subject: notice.to_string(),
            time: now,
            data,
        }
    }
}

/// A worker that was so slow that another took its job over has nothing more to write.
fn ignore_lost(written: Result<(), CommitError>) -> Result<(), CommitError> {
    match written {
        Err(CommitError::Conflict(JOB_CLAIM_LOST | DELIVERY_MOVED)) => Ok(()),
        other => other,
    }
}
