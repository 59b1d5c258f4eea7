//! Reactions (联动): the one place where engines meet. An event fits a declared reaction, facts are gathered, the
//! condition is weighed, the action is prepared and stored together with the removal of its job.
//!
//! The log is followed with a durable cursor; each event × reaction becomes one keyed job in the unit that moves the
//! cursor, so nothing is lost and nothing is done twice, however often the process is killed. What an action does is
//! the engines' business.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use baotu_pack::{CompiledReaction, Pack};
use baotu_storage::{
    ClaimedJob, CommitError, FOLLOWER_MOVED, JOB_CLAIM_LOST, NewJob, Position, Store, StoreFault, Work,
};
use baotu_vocabulary::{Event, EventId, Facts, JobId, Moment, Surroundings};
use serde_json::{Map, Value, json};
use tokio_util::sync::CancellationToken;

/// The name of the cursor in the log.
const FOLLOWER: &str = "city.reactions";
/// The kind of the jobs.
const JOB: &str = "city.reaction";
/// Events taken from the log at a time.
const EVENTS_AT_A_TIME: u32 = 500;
/// Jobs that run side by side.
const JOBS_AT_A_TIME: u32 = 32;
/// How long a worker may take for a job before another takes it over, in seconds.
const LEASE_SECONDS: u32 = 60;
/// Attempts before a job is left for a person.
const ATTEMPTS_MAX: i64 = 8;
/// The pause before the second attempt, in seconds; doubled for each further one.
const RETRY_SECONDS: i64 = 2;
/// How long the follower waits for more when something was said: what happens close together is followed together.
const GATHERING: Duration = Duration::from_millis(10);
/// How long the follower sleeps at most when the log is quiet.
const PATIENCE: Duration = Duration::from_secs(2);

/// What caused an action: the event and the reaction. Ids that the action needs are derived from it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cause {
    /// The event.
    pub event: EventId,
    /// When it took place.
    pub at: Moment,
    /// The reaction, as `system/name`.
    pub reaction: String,
}

/// Why an action was not prepared.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// The engine refuses it, for example because the case has moved on: recorded, not tried again.
    #[error("{code}: {sentence}")]
    Refused {
        /// The refusal's stable name.
        code: String,
        /// Its sentence.
        sentence: String,
    },
    /// Something else was first; it is tried again.
    #[error("somebody was first")]
    Conflict,
    /// A fault of ours; it is tried again, then left for a person.
    #[error(transparent)]
    Fault(#[from] anyhow::Error),
}

/// An action on its way to be stored.
pub type Prepared<'a> = Pin<Box<dyn Future<Output = Result<Work, ActionError>> + Send + 'a>>;

/// The actions that engines offer, by name; `wiring` connects them.
pub trait Actions: Send + Sync {
    /// Prepares the action `name` with `arguments` that follow its contract, as a unit that is stored with the job.
    fn prepare<'a>(&'a self, name: &'a str, arguments: Value, cause: &'a Cause) -> Prepared<'a>;
}

/// All reactions of a pack with what they need to run.
pub struct Reactions {
    store: Store,
    pack: Pack,
    /// Where each reaction stands in the pack, by its name.
    places: HashMap<String, usize>,
    facts: Arc<dyn Facts>,
    actions: Arc<dyn Actions>,
    surroundings: Arc<dyn Surroundings>,
    /// The name under which this process holds jobs.
    worker: String,
    lease_seconds: u32,
}

impl Reactions {
    /// The reactions of `pack`, over the engines' `facts` and `actions`. Time in `surroundings` may run `speed` times
    /// as fast as a worker works.
    pub fn new(
        pack: Pack,
        store: Store,
        facts: Arc<dyn Facts>,
        actions: Arc<dyn Actions>,
        surroundings: Arc<dyn Surroundings>,
        speed: u32,
    ) -> Self {
        let places =
            pack.reactions().iter().enumerate().map(|(place, reaction)| (reaction.name(), place)).collect();
        let worker = format!("city-{}", std::process::id());
        let lease_seconds = LEASE_SECONDS.saturating_mul(speed.max(1));
        Self { store, pack, places, facts, actions, surroundings, worker, lease_seconds }
    }

    /// Follows the log and runs the jobs until `stop`.
    pub async fn run(&self, stop: CancellationToken) {
        let turn = async {
            loop {
                match self.settle().await {
                    Ok(()) => {}
                    Err(fault) => {
                        tracing::error!(fault = &fault as &dyn std::error::Error, "reactions pause");
                        tokio::time::sleep(PATIENCE).await;
                    }
                }
                if let Err(fault) = self.rest().await {
                    tracing::error!(fault = &fault as &dyn std::error::Error, "reactions pause");
                    tokio::time::sleep(PATIENCE).await;
                }
            }
        };
        tokio::select! {
            () = turn => {}
            () = stop.cancelled() => {}
        }
    }

    /// Waits for the next event or a little while.
    async fn rest(&self) -> Result<(), StoreFault> {
        let at = self.store.follower_position(FOLLOWER).await?;
        if self.store.wait_for_events(at, PATIENCE).await? {
            tokio::time::sleep(GATHERING).await;
        }
        Ok(())
    }

    /// Follows the log to its end and runs every job that is due, until there is nothing left to do now.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn settle(&self) -> Result<(), StoreFault> {
        loop {
            let followed = self.follow().await?;
            let worked = self.work().await?;
            if !followed && !worked {
                return Ok(());
            }
        }
    }

    /// Turns the next events into jobs; false at the end of the log.
    async fn follow(&self) -> Result<bool, StoreFault> {
        let from = self.store.follower_position(FOLLOWER).await?;
        let events = self.store.events_after(from, EVENTS_AT_A_TIME).await?;
        let Some(last) = events.last() else { return Ok(false) };
        let to: Position = last.position;
        let now = self.surroundings.now();
        let mut work = Work::new();
        for logged in &events {
            let said = told(&logged.event);
            for reaction in self.pack.reactions_on(&logged.event.kind) {
                if !can_fit(reaction, &said) {
                    continue;
                }
                work.job(job(reaction, &logged.event, now));
            }
        }
        work.advance(FOLLOWER, from, to);
        match self.store.commit(work).await {
            Ok(_) => Ok(true),
            // Another node has followed this part.
            Err(CommitError::Conflict(what)) if what == FOLLOWER_MOVED => Ok(true),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs the jobs that are due; false when there is none.
    async fn work(&self) -> Result<bool, StoreFault> {
        let now = self.surroundings.now();
        let jobs =
            self.store.claim_jobs(&[JOB], &self.worker, now, self.lease_seconds, JOBS_AT_A_TIME).await?;
        let some = !jobs.is_empty();
        let outcomes = futures::future::join_all(jobs.iter().map(|job| self.attempt(job))).await;
        outcomes.into_iter().collect::<Result<(), _>>()?;
        Ok(some)
    }

    /// One attempt at one job: its effect and its removal in one unit, or its failure recorded.
    async fn attempt(&self, claimed: &ClaimedJob) -> Result<(), StoreFault> {
        let outcome = self.effect(claimed).await;
        let outcome = match outcome {
            Ok(mut work) => {
                work.complete_job(claimed);
                self.store.commit(work).await.map(drop).map_err(|error| match error {
                    CommitError::Conflict(_) | CommitError::Duplicate { .. } => ActionError::Conflict,
                    CommitError::Fault(fault) => ActionError::Fault(fault.into()),
                })
            }
            Err(error) => Err(error),
        };
        let Err(error) = outcome else { return Ok(()) };
        let failed = match error {
            ActionError::Refused { code, sentence } => {
                tracing::info!(job = %claimed.id, code, "a reaction was refused");
                self.store.commit(self.refused(claimed, &code, &sentence)).await.map(drop)
            }
            error => {
                let conflict = matches!(error, ActionError::Conflict);
                let gives_up = claimed.attempts >= ATTEMPTS_MAX;
                if gives_up {
                    tracing::error!(job = %claimed.id, error = format!("{error:#}"), "a reaction waits for a person");
                }
                let pause = if conflict { 0 } else { RETRY_SECONDS << claimed.attempts.clamp(1, 12) };
                let retry_at = (!gives_up).then(|| self.surroundings.now().plus_seconds(pause));
                self.store.fail_job(claimed, &format!("{error:#}"), retry_at).await
            }
        };
        match failed {
            Ok(()) => Ok(()),
            // The lease ran out and another worker has the job.
            Err(CommitError::Conflict(what)) if what == JOB_CLAIM_LOST => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Gathers the facts, weighs the condition and prepares the action.
    async fn effect(&self, claimed: &ClaimedJob) -> Result<Work, ActionError> {
        let (name, event) = read(&claimed.payload)?;
        let place = self.places.get(name).copied();
        let Some(reaction) = place.and_then(|place| self.pack.reactions().get(place)) else {
            let sentence = format!("城市包里已没有联动“{name}”");
            return Err(ActionError::Refused { code: "reaction-gone".to_owned(), sentence });
        };
        let told = told(&event);
        let mut answers = Map::new();
        for question in &reaction.questions {
            let asked = question.question(&told).map_err(anyhow::Error::from)?;
            let answer = self.facts.ask(&question.ask, asked).await.map_err(anyhow::Error::from)?;
            answers.insert(question.name.clone(), answer);
        }
        if !reaction.holds(&told, &answers).map_err(anyhow::Error::from)? {
            return Ok(Work::new());
        }
        let mut arguments = reaction.arguments(&told, &answers).map_err(anyhow::Error::from)?;
        if let Some(arguments) = arguments.as_object_mut() {
            // An argument that is empty is one that was not given.
            arguments.retain(|_, value| !value.is_null());
        }
        let cause = Cause { event: event.id, at: event.time, reaction: name.to_owned() };
        self.actions.prepare(&reaction.declared.action, arguments, &cause).await
    }

    /// The end of a job whose action was refused: told in the log, so that somebody can see it.
    fn refused(&self, claimed: &ClaimedJob, code: &str, sentence: &str) -> Work {
        let mut work = Work::new();
        if let Ok((name, event)) = read(&claimed.payload) {
            let id = EventId::derived(event.id.uuid(), &format!("refused:{name}"));
            work.event(Event {
                id,
                source: "city".to_owned(),
                kind: "city.reaction_refused".to_owned(),
                subject: event.subject.clone(),
                time: self.surroundings.now(),
                data: json!({"reaction": name, "event": event.id, "code": code, "reason": sentence}),
            });
        }
        work.complete_job(claimed);
        work
    }
}

/// Whether a reaction can fit, whatever the facts will say; one whose condition cannot be weighed becomes a job, where
/// its fault is kept.
fn can_fit(reaction: &CompiledReaction, said: &Value) -> bool {
    reaction.can_hold(said).unwrap_or(true)
}

/// The job of one event × reaction. Its key names both, so that the pair is one job for ever while it waits.
fn job(reaction: &CompiledReaction, event: &Event, now: Moment) -> NewJob {
    let name = reaction.name();
    NewJob {
        id: JobId::derived(event.id.uuid(), &name),
        kind: JOB.to_owned(),
        key: Some(format!("{}:{name}", event.id)),
        payload: json!({"reaction": name, "event": event}),
        run_at: now,
    }
}

fn read(payload: &Value) -> Result<(&str, Event), anyhow::Error> {
    let name = payload.get("reaction").and_then(Value::as_str);
    let name = name.ok_or_else(|| anyhow::anyhow!("a reaction's job without its name"))?;
    let event = payload.get("event").cloned().unwrap_or_default();
    Ok((name, serde_json::from_value(event)?))
}

/// The event as conditions read it.
fn told(event: &Event) -> Value {
    json!({
        "id": event.id, "source": event.source, "type": event.kind, "subject": event.subject,
        "time": event.time.to_string(), "data": event.data,
    })
}
