//! Commands on their way to things.

use std::sync::Arc;

use baotu_storage::{CommitError, StoreFault, Work};
use baotu_vocabulary::{CommandId, Event, EventId, Moment, ThingId};
use serde_json::Value as Json;

use super::{Things, store};
use crate::command::{Command, CommandRefused, CommandState, RESULT_BYTES_MAX, WAITING_MAX};
use crate::contracts::{COMMAND_ENDED, CommandTold};
use crate::thing::{Thing, ThingState};

/// Commands of one page at most.
pub const COMMANDS_ROWS_MAX: u32 = 100;
/// Commands that are tried again in one round at most.
const WAITING_AT_A_TIME: u32 = 500;
/// Commands that are given up in one unit at most.
const EXPIRED_AT_A_TIME: u32 = 200;

/// Who carries commands to connected things; the doors do.
pub trait Carrier: Send + Sync {
    /// Hands a command to the thing's connection; false when it is not connected.
    fn carry(&self, thing: &Thing, command: &Command) -> bool;
}

/// Why a command was not taken.
#[derive(Debug, thiserror::Error)]
pub enum CommandFailure {
    /// What was asked is wrong.
    #[error(transparent)]
    Refused(#[from] CommandRefused),
    /// Ours.
    #[error(transparent)]
    Fault(#[from] StoreFault),
}

impl Things {
    /// Lets `carrier` carry commands from now on; the first one stays.
    pub fn carry_by(&self, carrier: Arc<dyn Carrier>) {
        self.shared.carrier.set(carrier).ok();
    }

    /// Asks a thing to do what its type declares under `name`. A thing that is not connected gets it when it comes
    /// back in time.
    ///
    /// # Errors
    /// When the thing or the command is not there or too many wait, or a fault.
    pub async fn command(&self, thing: ThingId, name: &str, by: &str) -> Result<Command, CommandFailure> {
        let standing = self.thing(thing).ok_or(CommandRefused::NoThing)?;
        if standing.thing.state != ThingState::InUse {
            return Err(CommandRefused::NotInUse.into());
        }
        let declared = self.kind_of(&standing.thing).and_then(|kind| kind.command(name));
        let declared = declared.ok_or_else(|| CommandRefused::NameUnknown(name.to_owned()))?;
        if store::commands_waiting(&self.shared.store, thing).await?.len() >= WAITING_MAX {
            return Err(CommandRefused::TooManyWaiting.into());
        }
        let now = self.shared.surroundings.now();
        let command = Command {
            id: CommandId::new(now, self.shared.surroundings.chance()),
            thing,
            name: name.to_owned(),
            body: declared.body.clone(),
            asked_by: by.to_owned(),
            asked_at: now,
            expires_at: now.plus_seconds(i64::from(declared.answer_within_seconds)),
            state: CommandState::Waiting,
            sent_at: None,
            ended_at: None,
            result: None,
        };
        let mut work = Work::new();
        store::insert_command(&mut work, &command);
        self.shared.store.commit(work).await.map_err(StoreFault::from)?;
        self.carry(&standing.thing, command).await
    }

    /// Hands a thing that has just connected what waits for it.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn carry_waiting(&self, thing: ThingId) -> Result<(), StoreFault> {
        let Some(standing) = self.thing(thing) else { return Ok(()) };
        for command in store::commands_waiting(&self.shared.store, thing).await? {
            if command.state == CommandState::Waiting {
                match self.carry(&standing.thing, command).await {
                    Ok(_) | Err(CommandFailure::Refused(_)) => {}
                    Err(CommandFailure::Fault(fault)) => return Err(fault),
                }
            }
        }
        Ok(())
    }

    /// Tries again to carry what waits for things that are not known to be connected.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn carry_all_waiting(&self) -> Result<(), StoreFault> {
        for command in store::commands_not_sent(&self.shared.store, WAITING_AT_A_TIME).await? {
            let Some(standing) = self.thing(command.thing) else { continue };
            match self.carry(&standing.thing, command).await {
                Ok(_) | Err(CommandFailure::Refused(_)) => {}
                Err(CommandFailure::Fault(fault)) => return Err(fault),
            }
        }
        Ok(())
    }

    /// Notes what a thing says of a command.
    ///
    /// # Errors
    /// When that command was not given to it or is over, or the result too long; or a fault.
    pub async fn command_ended(
        &self,
        thing: ThingId,
        id: CommandId,
        is_done: bool,
        result: Json,
    ) -> Result<(), CommandFailure> {
        if result.to_string().len() > RESULT_BYTES_MAX {
            return Err(CommandRefused::ResultTooLarge.into());
        }
        let kept = store::command(&self.shared.store, id).await?;
        let waits = |command: &Command| command.thing == thing && !command.state.is_over();
        let mut command = kept.filter(waits).ok_or(CommandRefused::NotWaited)?;
        command.state = if is_done { CommandState::Done } else { CommandState::Failed };
        command.result = Some(result);
        self.end(vec![command]).await
    }

    /// Gives up the commands that were not answered in time; how many.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn expire_commands(&self, now: Moment) -> Result<usize, StoreFault> {
        let mut over = store::commands_over(&self.shared.store, now, EXPIRED_AT_A_TIME).await?;
        over.iter_mut().for_each(|command| command.state = CommandState::Expired);
        let count = over.len();
        match self.end(over).await {
            Ok(()) | Err(CommandFailure::Refused(_)) => Ok(count),
            Err(CommandFailure::Fault(fault)) => Err(fault),
        }
    }

    /// The newest commands of a thing.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn commands(&self, thing: ThingId, rows_max: u32) -> Result<Vec<Command>, StoreFault> {
        store::commands(&self.shared.store, thing, rows_max.min(COMMANDS_ROWS_MAX)).await
    }

    async fn carry(&self, thing: &Thing, mut command: Command) -> Result<Command, CommandFailure> {
        let is_carried = self.shared.carrier.get().is_some_and(|carrier| carrier.carry(thing, &command));
        if is_carried {
            let now = self.shared.surroundings.now();
            let mut work = Work::new();
            store::command_sent(&mut work, command.id, now);
            self.shared.store.commit(work).await.map_err(StoreFault::from)?;
            command.state = CommandState::Sent;
            command.sent_at = Some(now);
        }
        Ok(command)
    }

    async fn end(&self, mut commands: Vec<Command>) -> Result<(), CommandFailure> {
        if commands.is_empty() {
            return Ok(());
        }
        let now = self.shared.surroundings.now();
        let mut work = Work::new();
        for command in &mut commands {
            command.ended_at = Some(now);
            store::command_ended(&mut work, command);
            work.event(Event {
                id: EventId::new(now, self.shared.surroundings.chance()),
                source: "observations".to_owned(),
                kind: COMMAND_ENDED.to_owned(),
                subject: command.thing.to_string(),
                time: now,
                data: CommandTold::of(command).to_json(),
            });
        }
        match self.shared.store.commit(work).await {
            Ok(_) => Ok(()),
            // Its answer and its end in time came at once: the first one stands.
            Err(CommitError::Conflict(_)) => Err(CommandRefused::NotWaited.into()),
            Err(error) => Err(StoreFault::from(error).into()),
        }
    }
}
