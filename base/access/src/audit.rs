//! The audit trail: who did what to what, when, why and with what result — added to, never changed.
//!
//! A line lands in the transaction of what it tells. Sealing follows: each seal is a MAC of the line and of the seal
//! before it, so that a line that was changed, added or taken out later no longer fits. Whoever cuts off the end is
//! found out only against a head that was noted elsewhere.

use baotu_storage::{CommitError, StoreFault, Work, params};
use baotu_vocabulary::{Actor, AuditId, Moment, PersonId};
use serde::Serialize;
use serde_json::{Value, json};

use crate::sealed::to_hex;
use crate::{AccessState, Denied, Failure, Keys, Permit, Resource, store};

/// Lines sealed in one unit of work at most.
const SEAL_LINES_MAX: usize = 500;
/// Lines looked at in one query while verifying.
const VERIFY_PAGE_ROWS: i64 = 1_000;
/// Lines of a page of the trail at most.
pub const AUDIT_PAGE_ROWS_MAX: u16 = 200;

/// What an audit line tells besides who and when.
#[derive(Clone, Debug, PartialEq)]
pub struct AuditLine {
    act: &'static str,
    kind: &'static str,
    subject: String,
    concerned: Option<PersonId>,
    refused: bool,
    detail: Value,
}

impl AuditLine {
    /// `act`, such as `cases.read-personal`, was done to `subject`, a thing of `kind`; nothing here may be personal
    /// data in clear.
    pub fn new(act: &'static str, kind: &'static str, subject: impl std::fmt::Display) -> Self {
        let subject = subject.to_string();
        Self { act, kind, subject, concerned: None, refused: false, detail: json!({}) }
    }

    /// Whose data it concerned; that person can list the line.
    #[must_use]
    pub const fn concerning(mut self, person: PersonId) -> Self {
        self.concerned = Some(person);
        self
    }

    /// It was tried and refused.
    #[must_use]
    pub const fn refused(mut self) -> Self {
        self.refused = true;
        self
    }

    /// More about it.
    #[must_use]
    pub fn with(mut self, detail: Value) -> Self {
        self.detail = detail;
        self
    }
}

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct KeptLine {
    /// Its id; later lines have greater ones.
    #[schema(value_type = String, format = "uuid")]
    pub id: AuditId,
    /// When.
    #[schema(value_type = String, format = "date-time")]
    pub at: Moment,
    /// Who, as [`Actor::reference`] tells it.
    pub actor: String,
    /// The unit of an official.
    pub unit: Option<String>,
    /// What was done.
    pub act: String,
    /// What kind of thing it was done to.
    pub kind: String,
    /// Which thing.
    pub subject: String,
    /// Whose data it concerned.
    #[schema(value_type = Option<String>, format = "uuid")]
    pub concerned: Option<PersonId>,
    /// For which purpose.
    pub purpose: Option<String>,
    /// `done` or `refused`.
    pub outcome: String,
    /// More about it, a JSON document as text.
    pub detail: String,
}

/// Which lines are asked for; all that is given must fit.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// The actor's reference, or its beginning.
    pub actor: Option<String>,
    /// What was done.
    pub act: Option<String>,
    /// To which thing.
    pub subject: Option<String>,
    /// Whose data.
    pub concerned: Option<PersonId>,
    /// Not by this actor.
    pub not_by: Option<String>,
    /// Not before.
    pub from: Option<Moment>,
    /// Before.
    pub to: Option<Moment>,
    /// Older than this line.
    pub before: Option<AuditId>,
}

/// The newest seal; noted elsewhere, it proves later that nothing before it was cut off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditHead {
    /// How many lines are sealed.
    pub number: i64,
    /// The seal, in hexadecimal digits.
    pub hash: String,
}

/// What verifying the trail found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AuditVerified {
    /// Lines whose seals fit.
    pub sealed: i64,
    /// Lines that wait for their seal.
    pub waiting: i64,
    /// The number of the first seal that does not fit.
    pub broken_at: Option<i64>,
    /// The newest seal that fits.
    pub head: Option<AuditHead>,
}

/// The first seal follows this.
const GENESIS: &str = "";

impl AccessState {
    /// Adds an audit line to a unit of work.
    pub fn audit(&self, work: &mut Work, actor: &Actor, line: AuditLine) {
        let values = params![
            self.now(),
            actor.reference(),
            actor.as_official().map(|official| official.unit.as_str().to_owned()),
            line.act,
            line.kind,
            line.subject,
            line.concerned,
            actor.purpose.as_ref().map(|purpose| purpose.as_str().to_owned()),
            if line.refused { "refused" } else { "done" },
            line.detail.to_string(),
        ];
        store::audit::add_line(work, self.new_audit(), values);
    }

    /// Asks for a right; an attempt of somebody signed in that is refused leaves a line.
    ///
    /// # Errors
    /// How it is denied, or a fault.
    pub async fn authorise(
        &self,
        actor: &Actor,
        action: &'static str,
        resource: &Resource,
    ) -> Result<Permit, Failure<Denied>> {
        let denied = match self.rights().permit(actor, action, resource) {
            Ok(permit) => return Ok(permit),
            Err(denied) => denied,
        };
        if actor.person().is_some() {
            let mut work = Work::new();
            self.audit(&mut work, actor, AuditLine::new(action, resource.kind, "").refused());
            self.store().commit(work).await?;
        }
        Err(Failure::Refused(denied))
    }

    /// Seals lines that wait for it, in their order; how many. For a job every few seconds.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn seal_audit(&self) -> Result<usize, StoreFault> {
        let mut sealed = 0;
        loop {
            let head = self.audit_head().await?;
            let waiting = self.lines_waiting(SEAL_LINES_MAX).await?;
            let lines = waiting.len();
            let mut previous = head.unwrap_or_else(|| AuditHead { number: 0, hash: GENESIS.to_owned() });
            let mut work = Work::new();
            for line in &waiting {
                previous = self.keys().seal_of(&previous, line);
                store::audit::add_seal(&mut work, line.id, &previous);
            }
            match self.store().commit(work).await {
                Ok(_) => sealed += lines,
                // Another node was first; it does what is left as well.
                Err(CommitError::Conflict(_) | CommitError::Duplicate { .. }) => return Ok(sealed),
                Err(CommitError::Fault(fault)) => return Err(fault),
            }
            if lines < SEAL_LINES_MAX {
                return Ok(sealed);
            }
        }
    }

    /// Computes every seal anew and compares; with `noted`, also whether that head is still part of the trail.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn verify_audit(&self, noted: Option<&AuditHead>) -> Result<AuditVerified, StoreFault> {
        let mut head = AuditHead { number: 0, hash: GENESIS.to_owned() };
        let mut broken_at = None;
        'pages: loop {
            let page = self.sealed_lines(head.number, VERIFY_PAGE_ROWS).await?;
            if page.is_empty() {
                break;
            }
            for (kept, line) in page {
                let expected = self.keys().seal_of(&head, &line);
                let noted_fits =
                    noted.is_none_or(|noted| noted.number != kept.number || noted.hash == kept.hash);
                if kept != expected || !noted_fits {
                    broken_at = Some(head.number + 1);
                    break 'pages;
                }
                head = kept;
            }
        }
        let (lines, waiting, seals) = self.audit_counts().await?;
        let next = head.number + 1;
        // A line without a seal that does not wait for one, or a head beyond the end, tells that something is missing.
        let cut = noted.is_some_and(|noted| noted.number > head.number) || lines != seals + waiting;
        let broken_at = broken_at.or(cut.then_some(next));
        let head = (head.number > 0).then_some(head);
        Ok(AuditVerified { sealed: next - 1, waiting, broken_at, head })
    }

    /// A page of the trail, newest first.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn audit_lines(&self, filter: &AuditFilter, rows: u16) -> Result<Vec<KeptLine>, StoreFault> {
        self.lines_that_fit(filter, rows.clamp(1, AUDIT_PAGE_ROWS_MAX)).await
    }
}

impl Keys {
    /// The seal that follows `previous` and covers `line`.
    fn seal_of(&self, previous: &AuditHead, line: &KeptLine) -> AuditHead {
        let number = previous.number + 1;
        let concerned = line.concerned.map(|person| person.to_string());
        let fields = [
            Some(previous.hash.as_str()),
            Some(&number.to_string()),
            Some(&line.id.to_string()),
            Some(&line.at.micros().to_string()),
            Some(&line.actor),
            line.unit.as_deref(),
            Some(&line.act),
            Some(&line.kind),
            Some(&line.subject),
            concerned.as_deref(),
            line.purpose.as_deref(),
            Some(&line.outcome),
            Some(&line.detail),
        ]
        .map(|field| field.map(str::to_owned));
        // JSON tells the fields apart, whatever is in them.
        AuditHead { number, hash: to_hex(&self.audit_mac(json!(fields).to_string().as_bytes())) }
    }
}
