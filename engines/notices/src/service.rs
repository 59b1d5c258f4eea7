//! [`Notices`]: makes notices and reads inboxes and the outbox.

use std::sync::{Arc, Mutex};

use baotu_storage::{CommitError, NewJob, Store, StoreFault, Work};
use baotu_vocabulary::{
    CaseId, Chance, JobId, Moment, NoticeId, PersonId, Refusal, RefusalKind, Surroundings, TemplateName,
    UnitCode,
};
use jiff::tz::TimeZone;
use uuid::Uuid;

use crate::config::{ConfigProblem, NoticesConfig};
use crate::contracts::SendArguments;
use crate::delivery::Health;
use crate::jobs::{DELIVER_JOB, Deliver};
use crate::notice::{Addresses, Channel, DeliveryState, InboxItem, Notice, OutboxItem, Recipient};
use crate::provider::Providers;
use crate::quota::{QuietHours, Quotas};
use crate::store::{self, After};
use crate::template::Templates;

/// Rows of one page of an inbox at most.
pub const INBOX_PAGE_ROWS_MAX: u32 = 100;
/// Rows of one page of the outbox at most.
pub const OUTBOX_PAGE_ROWS_MAX: u32 = 200;
/// The newest notices of a person, and of their unit, among which unread ones are counted.
pub const UNREAD_AMONG: u32 = 200;
/// Characters of a cause and of a reference to a contact at most.
pub const CAUSE_CHARACTERS_MAX: usize = 300;

/// Where the ids of notices come from: the same cause gives the same id.
const NOTICE_IDS: Uuid = Uuid::from_u128(0x2f8e_6a1c_54b7_4d0e_9c33_b1a0_7e5d_42f1);

/// What a service is made of.
pub struct Parts {
    /// Where everything is kept.
    pub store: Store,
    /// The pack's texts.
    pub templates: Templates,
    /// Who knows how to reach people.
    pub addresses: Arc<dyn Addresses>,
    /// Time and chance.
    pub surroundings: Arc<dyn Surroundings>,
    /// The city's zone, for quotas of the day and quiet hours.
    pub zone: TimeZone,
}

/// The engine of notices, ready to be asked; clones share it.
#[derive(Clone)]
pub struct Notices {
    pub(crate) shared: Arc<Shared>,
}

pub(crate) struct Shared {
    pub(crate) store: Store,
    pub(crate) templates: Templates,
    pub(crate) addresses: Arc<dyn Addresses>,
    pub(crate) surroundings: Arc<dyn Surroundings>,
    pub(crate) zone: TimeZone,
    pub(crate) providers: Providers,
    pub(crate) quotas: Quotas,
    pub(crate) quiet_hours: Option<QuietHours>,
    /// Never held over an await.
    pub(crate) health: Mutex<Health>,
}

/// Why a notice was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendRefused {
    /// The pack declares no such template.
    #[error("没有名为“{0}”的通知模板")]
    UnknownTemplate(TemplateName),
    /// None or several of person, unit and contact.
    #[error("通知必须写明一个收件人：to_person、to_unit 或 to_contact")]
    NotOneRecipient,
    /// The template uses a value that was not given.
    #[error("模板“{template}”缺少所用的值：{reason}")]
    ValueMissing {
        /// The template.
        template: TemplateName,
        /// Where and which.
        reason: String,
    },
    /// The cause or the reference to a contact is empty or too long.
    #[error("通知的缘由或联系人编号为空，或超过 {CAUSE_CHARACTERS_MAX} 字")]
    CauseUnfit,
}

impl Refusal for SendRefused {
    fn kind(&self) -> RefusalKind {
        RefusalKind::Invalid
    }

    fn code(&self) -> &'static str {
        match self {
            Self::UnknownTemplate(_) => "unknown-template",
            Self::NotOneRecipient => "not-one-recipient",
            Self::ValueMissing { .. } => "value-missing",
            Self::CauseUnfit => "cause-unfit",
        }
    }
}

/// Why a notice could not be made or marked.
#[derive(Debug, thiserror::Error)]
pub enum SendFault {
    /// What was asked is wrong.
    #[error(transparent)]
    Refused(#[from] SendRefused),
    /// Ours.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

/// Whose inbox is meant: a person and the unit they act for.
#[derive(Clone, Copy, Debug)]
pub struct Reader<'a> {
    /// The person; readings are theirs.
    pub person: PersonId,
    /// The unit whose notices they see as well.
    pub unit: Option<&'a UnitCode>,
}

impl Notices {
    /// The engine with the providers of a configuration; with none configured, nothing leaves the house.
    ///
    /// # Errors
    /// Every mistake of the configuration at once.
    pub fn new(parts: Parts, config: &NoticesConfig) -> Result<Self, Vec<ConfigProblem>> {
        let shared = Shared {
            store: parts.store,
            templates: parts.templates,
            addresses: parts.addresses,
            surroundings: parts.surroundings,
            zone: parts.zone,
            providers: Providers::build(config)?,
            quotas: config.quotas,
            quiet_hours: config.quiet_hours.clone(),
            health: Mutex::new(Health::default()),
        };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Makes a notice; asked again for the same cause it changes nothing and gives the same id.
    ///
    /// # Errors
    /// A refusal, or a fault of storage.
    pub async fn send(&self, order: &SendArguments, cause: &str) -> Result<NoticeId, SendFault> {
        let surroundings = &self.shared.surroundings;
        let work = self.prepare_send(order, cause, surroundings.now(), surroundings.chance())?;
        self.shared.store.commit(work).await?;
        Ok(notice_id(cause))
    }

    /// What to store so that a notice is made, to be committed together with what caused it.
    ///
    /// The inbox has it with the commit; other channels go out by jobs of [`DELIVER_JOB`]. Committed again for the
    /// same cause it changes nothing.
    ///
    /// # Errors
    /// When the template, a value or the recipient is missing.
    pub fn prepare_send(
        &self,
        order: &SendArguments,
        cause: &str,
        now: Moment,
        chance: Chance,
    ) -> Result<Work, SendRefused> {
        let (notice, channels) = self.compose(order, cause, now)?;
        // Somebody without an account has no inbox.
        let in_inbox =
            channels.contains(&Channel::InApp) && !matches!(notice.recipient, Recipient::Contact(_));
        let leaving: Vec<Channel> =
            channels.iter().copied().filter(|channel| *channel != Channel::InApp).collect();
        let mut work = Work::new();
        store::insert(&mut work, &notice, in_inbox, &leaving);
        for (ordinal, channel) in (0..).zip(leaving) {
            let mut chance = chance;
            chance[9] ^= ordinal;
            work.job(NewJob {
                id: JobId::new(now, chance),
                kind: DELIVER_JOB.to_owned(),
                key: Some(format!("{DELIVER_JOB}/{}", reference(notice.id, channel))),
                payload: Deliver { notice: notice.id, channel }.payload(),
                run_at: self.next_allowed(now, channel, &notice.template),
            });
        }
        Ok(work)
    }

    fn compose(
        &self,
        order: &SendArguments,
        cause: &str,
        now: Moment,
    ) -> Result<(Notice, &[Channel]), SendRefused> {
        let template = &order.template;
        let templates = &self.shared.templates;
        let channels =
            templates.channels(template).ok_or_else(|| SendRefused::UnknownTemplate(template.clone()))?;
        let recipient = match (order.to_person, &order.to_unit, &order.to_contact) {
            (Some(person), None, None) => Recipient::Person(person),
            (None, Some(unit), None) => Recipient::Unit(unit.clone()),
            (None, None, Some(contact)) => Recipient::Contact(contact.clone()),
            _ => return Err(SendRefused::NotOneRecipient),
        };
        for name in [cause.to_owned(), recipient.key()] {
            if name.is_empty() || name.contains('\0') || name.chars().count() > CAUSE_CHARACTERS_MAX {
                return Err(SendRefused::CauseUnfit);
            }
        }
        let said = templates
            .render(template, &order.values)
            .map_err(|reason| SendRefused::ValueMissing { template: template.clone(), reason })?;
        let notice = Notice {
            id: notice_id(cause),
            cause: cause.to_owned(),
            template: template.clone(),
            recipient,
            case_id: order.case_id,
            subject: said.subject,
            text: said.text,
            sms: said.sms,
            made_at: now,
        };
        Ok((notice, channels))
    }

    /// When a message that is due at `at` may go out.
    pub(crate) fn next_allowed(&self, at: Moment, channel: Channel, template: &TemplateName) -> Moment {
        let quiet_hours = self.shared.quiet_hours.as_ref();
        quiet_hours.map_or(at, |hours| hours.next_allowed(at, channel, template, &self.shared.zone))
    }

    /// An inbox, newest first, after the item `after` of the page before; at most [`INBOX_PAGE_ROWS_MAX`] rows.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn inbox(
        &self,
        reader: Reader<'_>,
        after: Option<(Moment, NoticeId)>,
        limit: u32,
    ) -> Result<Vec<InboxItem>, StoreFault> {
        let after = after.map_or_else(After::start, |(made_at, id)| After { made_at, key: id.to_string() });
        let limit = limit.min(INBOX_PAGE_ROWS_MAX);
        store::inbox(&self.shared.store, reader.person, reader.unit, &after, limit).await
    }

    /// How many of the newest notices (see [`UNREAD_AMONG`]) the person has not read.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn unread(&self, reader: Reader<'_>) -> Result<u64, StoreFault> {
        let unread = store::unread(&self.shared.store, reader.person, reader.unit, UNREAD_AMONG).await?;
        Ok(unread.unsigned_abs())
    }

    /// Marks a notice as read by the person; false when it doesn't lie in their inbox. Marked again, the first time
    /// stays.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn mark_read(&self, notice: NoticeId, reader: Reader<'_>) -> Result<bool, CommitError> {
        if !store::is_in_inbox(&self.shared.store, notice, reader.person, reader.unit).await? {
            return Ok(false);
        }
        let mut work = Work::new();
        store::read_by(&mut work, notice, reader.person, self.shared.surroundings.now());
        self.shared.store.commit(work).await?;
        Ok(true)
    }

    /// What was sent or would have been, newest first, after the item `after` of the page before; at most
    /// [`OUTBOX_PAGE_ROWS_MAX`] rows. Addresses are masked.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn outbox(
        &self,
        state: Option<DeliveryState>,
        after: Option<(Moment, NoticeId, Channel)>,
        limit: u32,
    ) -> Result<Vec<OutboxItem>, StoreFault> {
        let after = after.map_or_else(After::start, |(made_at, notice, channel)| After {
            made_at,
            key: format!("{notice}/{channel}"),
        });
        store::outbox(&self.shared.store, state, &after, limit.min(OUTBOX_PAGE_ROWS_MAX)).await
    }

    /// The templates of the notices about a case, in the order in which they were made.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn of_case(&self, case: CaseId) -> Result<Vec<TemplateName>, StoreFault> {
        store::of_case(&self.shared.store, case).await
    }
}

/// The id of the notice of a cause.
fn notice_id(cause: &str) -> NoticeId {
    NoticeId::derived(NOTICE_IDS, cause)
}

/// What providers know a message by: the same for each attempt.
pub(crate) fn reference(notice: NoticeId, channel: Channel) -> String {
    format!("{notice}.{channel}")
}
