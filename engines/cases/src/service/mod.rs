//! The service of the engine: what others ask of cases, each with the actor who asks.
//!
//! | file | what it does |
//! |---|---|
//! | `opening` | opens cases |
//! | `supporting` | residents who have met with the same |
//! | `acting` | decisions, requests and their answers; what a decision draws after it |
//! | `reading` | one case, its contact, its suggestions |
//! | `listing` | pages, queues, cases near a place |
//! | `directory` | procedures and categories |
//! | `knowledge` | what the declarations say about a category |
//! | `caller`, `similar` | what a caller asked for before; what is like a case |
//! | `export` | a list as a workbook |
//! | `counting` | reports and indicators |
//! | `standing` | the live page, now and at a moment of the last weeks |
//! | `pictures` | photos |
//! | `public` | what everybody may know, for doors that publish it |
//! | `time` | what is due by itself |
//! | `intake` | cases of other systems |
//! | `reaction` | what reactions ask for and may know |
//! | `refused` | why not |
//!
//! Each loads, asks for permission, decides purely, and commits one unit of work. Time and chance come from access'
//! surroundings, so that a simulated city runs the same code.

mod acting;
mod caller;
mod counting;
mod directory;
mod export;
mod intake;
mod knowledge;
mod listing;
mod opening;
mod origin;
mod pictures;
mod public;
mod reaction;
mod reading;
mod refused;
mod similar;
mod standing;
mod supporting;
mod time;

use std::sync::Arc;

use baotu_access::grants::{Denied, Permit, Resource};
use baotu_access::{AccessState, Failure};
use baotu_pack::Pack;
use baotu_storage::{Store, StoreFault};
use baotu_vocabulary::{Actor, CaseId, DecisionId, DivisionCode, Facts, Moment, ProcedureName};
use uuid::Uuid;

pub use acting::{Act, Acted, RequestAnswer, RequestAsk};
pub use caller::{CallerHistory, CallerQuestion};
pub use counting::{IndicatorNumbers, ReportQuestion};
pub use directory::{CATEGORIES_MAX, CategoryEntry, ExitEntry, ProcedureEntry, StepEntry};
pub use export::{EXPORT_ROWS_MAX, Exported};
pub use intake::{Ended, ImportAnswer, ImportedCase};
pub use knowledge::{Knowledge, KnowledgeQuestion, KnownLimit};
pub use listing::{
    ListQuestion, ListRow, ListedQueue, NearCase, NearQuestion, Page, QueueNumbers, StepNumbers,
    WaitingRequestView,
};
pub use opening::{GivenPlace, OpenCase, Opened};
pub use origin::{ORIGIN_CHARACTERS_MAX, OriginCase};
pub use pictures::{KeptPhoto, PhotoBytes};
pub use public::{PUBLIC_ROWS_MAX, PublicCase, PublicQuestion};
pub use reaction::Cause;
pub use reading::SuggestionView;
pub use refused::CaseRefused;
pub use similar::{SIMILAR_DAYS, SIMILAR_METRES, SIMILAR_ROWS_MAX, SimilarCase, SimilarQuestion};
pub use standing::{CityStood, LIVE_ROWS_MAX, LiveCase, LiveCases, PartAsked, PlacedOpen};
pub use supporting::Joined;
pub use time::{SWEEP_ROWS, Swept};

use crate::case::CaseState;
use crate::declaration::Declaration;
use crate::search::Search;
use crate::store::{self, StoredCase};

/// How often something is decided again when somebody else was first and the actor named no version.
const ATTEMPTS_MAX: usize = 5;

/// Why the service gave no answer.
pub type CaseFailure = Failure<CaseRefused>;

/// What the service is made of.
pub struct CasesParts {
    /// Where cases are kept.
    pub store: Store,
    /// Who may do what; also time, chance and the keys.
    pub access: AccessState,
    /// The city's declarations.
    pub pack: Pack,
    /// Where other engines answer, such as the one of places.
    pub facts: Arc<dyn Facts>,
    /// The index of words.
    pub search: Search,
}

/// The engine of cases; clones share it.
#[derive(Clone)]
pub struct Cases {
    shared: Arc<Shared>,
}

struct Shared {
    store: Store,
    access: AccessState,
    pack: Pack,
    facts: Arc<dyn Facts>,
    search: Search,
    /// What was counted for the live page.
    counted: standing::Counted,
}

impl Cases {
    /// The engine over its parts.
    pub fn new(parts: CasesParts) -> Self {
        let shared = Shared {
            store: parts.store,
            access: parts.access,
            pack: parts.pack,
            facts: parts.facts,
            search: parts.search,
            counted: standing::Counted::default(),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The store, for whoever follows the log of cases.
    pub fn store(&self) -> &Store {
        &self.shared.store
    }

    /// The index of words, for the task that keeps it up to date.
    pub fn search_index(&self) -> &Search {
        &self.shared.search
    }

    /// Access, which guards the routes.
    pub fn access(&self) -> &AccessState {
        &self.shared.access
    }

    fn pack(&self) -> &Pack {
        &self.shared.pack
    }

    fn now(&self) -> Moment {
        self.shared.access.now()
    }

    /// A fresh id for a decision.
    fn new_decision(&self, now: Moment) -> DecisionId {
        DecisionId::new(now, self.shared.access.surroundings().chance())
    }

    /// The case with this id or number, if there is one.
    async fn find(&self, key: &str) -> Result<Option<StoredCase>, StoreFault> {
        match key.parse::<CaseId>() {
            Ok(id) => store::case(&self.shared.store, id).await,
            Err(_) => store::case_by_number(&self.shared.store, key).await,
        }
    }

    /// Whether a procedure in force declares `channel`.
    pub fn takes_channel(&self, procedure: &ProcedureName, channel: &str) -> bool {
        let declaration = Declaration::in_force(self.pack(), procedure, self.now());
        declaration.is_some_and(|found| found.procedure.head().channels.iter().any(|word| word == channel))
    }

    /// A case whole, as the city itself sees it: nobody's rights are asked, so it is for no door.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn state(&self, id: CaseId) -> Result<Option<CaseState>, StoreFault> {
        let stored = store::case(&self.shared.store, id).await?;
        Ok(stored.map(|stored| stored.state))
    }

    /// The case with this id or number, when the actor may do `action` to it.
    async fn permitted(&self, key: &str, actor: &Actor, action: &str) -> Result<StoredCase, CaseFailure> {
        let found = self.find(key).await?.ok_or(Failure::Refused(CaseRefused::NotFound))?;
        self.permit(actor, action, &found.state).map_err(|denied| Failure::Refused(denied.into()))?;
        Ok(found)
    }

    /// Whether the actor may do `action` to a case.
    fn permit(&self, actor: &Actor, action: &str, state: &CaseState) -> Result<Permit, Denied> {
        self.shared.access.rights().permit(actor, action, &resource(state))
    }

    /// The declaration under which a case runs.
    fn declaration<'a>(&'a self, state: &CaseState) -> Result<Declaration<'a>, CaseFailure> {
        Declaration::of_case(self.pack(), state).ok_or_else(|| {
            let procedure = &state.procedure;
            Failure::fault(format!(
                "case {}: the pack has no version {} of procedure {}",
                state.id, procedure.version, procedure.name
            ))
        })
    }
}

impl std::fmt::Debug for Cases {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cases")
    }
}

/// A case as rights depend on it.
fn resource(state: &CaseState) -> Resource {
    let division = state.place.as_ref().and_then(|place| place.division.as_deref());
    Resource {
        procedure: Some(state.procedure.name.clone()),
        units: state.units(),
        division: division.and_then(|code| code.parse::<DivisionCode>().ok()),
        owner: state.reporter,
        confidential: state.confidential,
        status: Some(state.status.clone()),
        level: Some(state.level.clone()).filter(|level| !level.is_empty()),
        category: Some(state.category.code.clone()),
        ..Resource::hidden("case")
    }
}

/// The context in which the contact of a case is sealed: it opens nowhere else.
fn contact_context(case: CaseId) -> String {
    format!("cases.contact/{case}")
}

/// The id that always belongs to `name` within what caused it, made as of `at` so that it sorts by time.
fn derived(cause: Uuid, name: &str, at: Moment) -> Uuid {
    let digest = Uuid::new_v5(&cause, name.as_bytes());
    let mut chance = [0; 10];
    chance.copy_from_slice(&digest.as_bytes()[6..]);
    CaseId::new(at, chance).uuid()
}
