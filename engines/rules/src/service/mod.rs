//! The service of the engine: what is watched and observed, and what people ask of alarms, each with the actor who asks.
//!
//! | file | what it does |
//! |---|---|
//! | `settling` | stores what has happened, with its events, many at a time |
//! | `recovering` | goes on after a restart where it was left |
//! | `reading` | pages of alarms, one alarm, storms, indicators, the rules in force |
//! | `marks` | how many alarms are open of the things of a list |
//! | `public` | open alarms without a name, for everybody |
//! | `acknowledging` | somebody has seen an alarm |
//! | `replaying` | what a rule, or a draft of one, would have raised |
//! | `telling` | what events and facts say of an alarm or storm |
//! | `refused` | why not |

mod acknowledging;
mod marks;
mod public;
mod reading;
mod recovering;
mod refused;
mod replaying;
mod settling;
mod telling;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use baotu_access::AccessState;
use baotu_access::grants::Resource;
use baotu_pack::Pack;
use baotu_storage::{CommitError, RowError, Store, StoreFault};
use baotu_vocabulary::{Moment, ThingId};
use tokio::sync::{Notify, Semaphore};

pub use acknowledging::{Acknowledgement, OPINION_CHARACTERS_MAX};
pub use marks::{MARKED_MAX, ThingMark};
pub use public::{PUBLIC_ROWS_MAX, PublicAlarm, PublicAlarms, PublicCount};
pub use reading::{
    AlarmPage, AlarmQuestion, AlarmView, ClearedView, INDICATOR_DAYS, Indicators, OpenView, PAGE_ROWS,
    PAGE_ROWS_MAX, RuleView, StormPage, StormView,
};
pub use recovering::{RECOVER_MARGIN_SECONDS, RECOVER_SPAN_SECONDS, Recovered};
pub use refused::{RulesFailure, RulesRefused};
pub use replaying::{
    REPLAY_ALARMS_MAX, REPLAY_DAYS_MAX, REPLAY_READINGS_MAX, REPLAY_SPAN_SECONDS, REPLAYS_AT_ONCE,
    ReplayAnswer, ReplayAsk,
};
pub use settling::{CHECKPOINT_SECONDS, SETTLE_AT_ONCE, TICK_MILLIS};

use crate::board::{Board, Counts};
use crate::store::{Stored, alarm as load_alarm};
use crate::thing::{History, HistoryFault, Observed, Watched};
use settling::Settling;

/// What the engine is made of.
pub struct RulesParts {
    /// Where alarms are kept.
    pub store: Store,
    /// Who may do what; also time.
    pub access: AccessState,
    /// The city's declarations.
    pub pack: Pack,
    /// Where readings of the past come from.
    pub history: Arc<dyn History>,
}

/// A fault of this engine: the database or the past cannot answer.
#[derive(Debug, thiserror::Error)]
pub enum RulesFault {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreFault),
    /// A unit of work.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The past.
    #[error(transparent)]
    History(#[from] HistoryFault),
    /// Something that can't be told in JSON.
    #[error("an alarm that is no JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl From<RowError> for RulesFault {
    fn from(error: RowError) -> Self {
        Self::Store(error.into())
    }
}

/// The engine of rules; clones share it.
#[derive(Clone)]
pub struct Rules {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    access: AccessState,
    pack: Pack,
    history: Arc<dyn History>,
    /// Held for the length of a batch, never across a wait.
    board: Mutex<Board>,
    /// Held by whoever stores what has happened.
    settling: tokio::sync::Mutex<Settling>,
    /// Something has happened.
    wake: Notify,
    /// Turns of replays.
    replays: Semaphore,
}

impl Rules {
    /// The engine over its parts. Things are watched next, then [`Rules::recover`], then readings may come.
    pub fn new(parts: RulesParts) -> Self {
        let zone = parts.pack.calendar().zone().clone();
        let board = Board::new(parts.pack.alarm_rules().clone(), zone);
        let shared = Shared {
            store: parts.store,
            access: parts.access,
            pack: parts.pack,
            history: parts.history,
            board: Mutex::new(board),
            settling: tokio::sync::Mutex::default(),
            wake: Notify::new(),
            replays: Semaphore::new(REPLAYS_AT_ONCE),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Watches a thing, or takes over what has changed about it.
    pub fn watch(&self, thing: Watched) {
        let now = self.now();
        self.board().watch(thing, now);
        self.shared.wake.notify_one();
    }

    /// Watches a thing no longer; its open alarms end.
    pub fn forget(&self, thing: ThingId) {
        let now = self.now();
        self.board().forget(thing, now);
        self.shared.wake.notify_one();
    }

    /// Weighs readings that came at `now`, in memory; what follows is stored by [`Rules::settle`]. A batch keeps the board
    /// for its length, so that a batch of thousands is better cut.
    pub fn observe(&self, readings: &[Observed], now: Moment) {
        let mut board = self.board();
        board.observe(readings, now);
        if board.has_happened() {
            self.shared.wake.notify_one();
        }
    }

    /// The series whose readings matter, in order; others need not be handed over.
    pub fn watched_series(&self) -> Vec<u32> {
        self.board().watched_series()
    }

    /// What came of the readings since the start.
    pub fn counts(&self) -> Counts {
        self.board().counts()
    }

    /// Access, which guards the routes.
    pub fn access(&self) -> &AccessState {
        &self.shared.access
    }

    fn board(&self) -> MutexGuard<'_, Board> {
        // Nothing on the board panics half-way through a change that others would see.
        self.shared.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn store(&self) -> &Store {
        &self.shared.store
    }

    fn now(&self) -> Moment {
        self.shared.access.now()
    }

    /// An alarm, when the actor may do `action` to it.
    async fn permitted(
        &self,
        id: baotu_vocabulary::AlarmId,
        actor: &baotu_vocabulary::Actor,
        action: &str,
    ) -> Result<Stored, RulesFailure> {
        let refused = |refused| RulesFailure::Refused(refused);
        let stored = load_alarm(self.store(), id).await?.ok_or(refused(RulesRefused::NotFound))?;
        let permitted = self.shared.access.rights().permit(actor, action, &resource(&stored));
        permitted.map_err(|denied| refused(denied.into()))?;
        Ok(stored)
    }
}

/// What rights depend on, of an alarm.
fn resource(alarm: &Stored) -> Resource {
    Resource {
        units: alarm.unit.iter().cloned().collect(),
        division: alarm.division,
        status: Some(alarm.state.clone()),
        level: Some(alarm.level.as_str().to_owned()),
        ..Resource::hidden("alarm")
    }
}
