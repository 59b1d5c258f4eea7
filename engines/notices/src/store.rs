//! All SQL of this engine.

use baotu_storage::{Row, RowError, Store, StoreFault, Work, params};
use baotu_vocabulary::{CaseId, Moment, NoticeId, PersonId, TemplateName, UnitCode};
use jiff::civil::Date;

use crate::notice::{Channel, DeliveryState, InboxItem, Notice, OutboxItem, Recipient};

/// The name of the expectation that fails when a recipient has had enough for the day.
pub(crate) const QUOTA_USED: &str = "notices.quota";

/// The name of the expectation that fails when a delivery was finished by somebody else.
pub(crate) const DELIVERY_MOVED: &str = "notices.delivery";

/// A delivery as it stands.
#[derive(Clone, Debug)]
pub(crate) struct Delivery {
    pub(crate) state: DeliveryState,
    pub(crate) attempts: i64,
    pub(crate) quota_day: Option<String>,
}

/// What an attempt came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Attempted<'a> {
    pub(crate) state: Option<DeliveryState>,
    pub(crate) attempts: i64,
    pub(crate) address: Option<String>,
    pub(crate) provider: Option<&'a str>,
    pub(crate) message_id: Option<String>,
    pub(crate) reason: Option<String>,
}

/// A place in a list that is sorted by the time of making, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct After {
    pub(crate) made_at: Moment,
    pub(crate) key: String,
}

impl After {
    /// Before everything: the first page.
    pub(crate) fn start() -> Self {
        Self { made_at: Moment::from_micros(i64::MAX), key: String::new() }
    }
}

/// Adds a notice and its deliveries; one whose cause is known stays as it is.
pub(crate) fn insert(work: &mut Work, notice: &Notice, in_inbox: bool, leaving: &[Channel]) {
    work.run(
        "INSERT INTO notices_notice
             (id, cause, template, to_kind, to_key, case_id, in_inbox, subject, text, sms, made_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (cause) DO NOTHING",
        params![
            notice.id,
            notice.cause.as_str(),
            notice.template.as_str(),
            notice.recipient.kind(),
            notice.recipient.key(),
            notice.case_id,
            in_inbox,
            notice.subject.as_str(),
            notice.text.as_str(),
            notice.sms.as_str(),
            notice.made_at
        ],
    );
    for channel in leaving {
        work.run(
            "INSERT INTO notices_delivery (notice, channel, state, attempts, made_at, changed_at)
             VALUES ($1, $2, $3, 0, $4, $4) ON CONFLICT (notice, channel) DO NOTHING",
            params![notice.id, channel.as_str(), DeliveryState::Waiting.as_str(), notice.made_at],
        );
    }
}

pub(crate) async fn notice(store: &Store, id: NoticeId) -> Result<Option<Notice>, StoreFault> {
    let sql = "SELECT id, cause, template, to_kind, to_key, case_id, subject, text, sms, made_at
               FROM notices_notice WHERE id = $1";
    let row = store.query_optional(sql, params![id]).await?;
    Ok(row.as_ref().map(read_notice).transpose()?)
}

pub(crate) async fn delivery(
    store: &Store,
    notice: NoticeId,
    channel: Channel,
) -> Result<Option<Delivery>, StoreFault> {
    let sql = "SELECT state, attempts, quota_day FROM notices_delivery WHERE notice = $1 AND channel = $2";
    let row = store.query_optional(sql, params![notice, channel.as_str()]).await?;
    let read = |row: &Row| -> Result<Delivery, RowError> {
        Ok(Delivery {
            state: row.parse("state")?,
            attempts: row.int("attempts")?,
            quota_day: row.opt_text("quota_day")?,
        })
    };
    Ok(row.as_ref().map(read).transpose()?)
}

/// Takes one of the recipient's messages of the day for this delivery, or fails as a conflict of [`QUOTA_USED`].
pub(crate) fn use_quota(work: &mut Work, notice: &Notice, channel: Channel, day: Date, per_day: u32) {
    // The row of a fresh day is made by the same statement, so a quota of zero is asked for separately.
    work.run_expecting(
        "INSERT INTO notices_quota (to_kind, to_key, channel, day, used) VALUES ($1, $2, $3, $4, 1)
         ON CONFLICT (to_kind, to_key, channel, day)
         DO UPDATE SET used = notices_quota.used + 1 WHERE notices_quota.used < $5",
        params![notice.recipient.kind(), notice.recipient.key(), channel.as_str(), day.to_string(), per_day],
        1,
        QUOTA_USED,
    );
    work.run(
        "UPDATE notices_delivery SET quota_day = $3 WHERE notice = $1 AND channel = $2",
        params![notice.id, channel.as_str(), day.to_string()],
    );
}

/// Writes down an attempt; one that is finished already is a conflict of [`DELIVERY_MOVED`].
pub(crate) fn attempted(
    work: &mut Work,
    notice: NoticeId,
    channel: Channel,
    attempted: &Attempted<'_>,
    now: Moment,
) {
    work.run_expecting(
        "UPDATE notices_delivery SET state = $3, attempts = $4, address = coalesce($5, address), provider = $6,
                message_id = $7, reason = $8, changed_at = $9
         WHERE notice = $1 AND channel = $2 AND state = 'waiting'",
        params![
            notice,
            channel.as_str(),
            attempted.state.unwrap_or(DeliveryState::Waiting).as_str(),
            attempted.attempts,
            attempted.address.clone(),
            attempted.provider,
            attempted.message_id.clone(),
            attempted.reason.clone(),
            now
        ],
        1,
        DELIVERY_MOVED,
    );
}

/// The inbox of a person and of the unit they act for, newest first.
pub(crate) async fn inbox(
    store: &Store,
    person: PersonId,
    unit: Option<&UnitCode>,
    after: &After,
    limit: u32,
) -> Result<Vec<InboxItem>, StoreFault> {
    // Two branches that each follow the index; one condition with OR would sort the whole inbox of a unit.
    let sql = "
        SELECT n.id, n.subject, n.text, n.case_id, n.made_at, r.read_at FROM (
            SELECT * FROM (
                SELECT id, subject, text, case_id, made_at FROM notices_notice
                WHERE to_kind = 'person' AND to_key = $1 AND in_inbox = 1
                  AND (made_at < $3 OR (made_at = $3 AND id < $4))
                ORDER BY made_at DESC, id DESC LIMIT $5) AS own
            UNION ALL
            SELECT * FROM (
                SELECT id, subject, text, case_id, made_at FROM notices_notice
                WHERE to_kind = 'unit' AND to_key = $2 AND in_inbox = 1
                  AND (made_at < $3 OR (made_at = $3 AND id < $4))
                ORDER BY made_at DESC, id DESC LIMIT $5) AS of_unit
        ) AS n
        LEFT JOIN notices_reading AS r ON r.notice = n.id AND r.person = $1
        ORDER BY n.made_at DESC, n.id DESC LIMIT $5";
    // No unit has an empty code.
    let unit = unit.map_or("", UnitCode::as_str);
    let rows = store.query(sql, params![person, unit, after.made_at, after.key.as_str(), limit]).await?;
    let read = |row: &Row| -> Result<InboxItem, RowError> {
        Ok(InboxItem {
            id: row.parse("id")?,
            subject: row.text("subject")?,
            text: row.text("text")?,
            case_id: row.opt_parse("case_id")?,
            made_at: row.moment("made_at")?,
            read_at: row.opt_moment("read_at")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// How many of the newest `among` notices of a person, and of as many of their unit, this person has not read.
pub(crate) async fn unread(
    store: &Store,
    person: PersonId,
    unit: Option<&UnitCode>,
    among: u32,
) -> Result<i64, StoreFault> {
    let sql = "
        SELECT count(*) AS unread FROM (
            SELECT * FROM (
                SELECT id FROM notices_notice WHERE to_kind = 'person' AND to_key = $1 AND in_inbox = 1
                ORDER BY made_at DESC, id DESC LIMIT $3) AS own
            UNION ALL
            SELECT * FROM (
                SELECT id FROM notices_notice WHERE to_kind = 'unit' AND to_key = $2 AND in_inbox = 1
                ORDER BY made_at DESC, id DESC LIMIT $3) AS of_unit
        ) AS n
        WHERE NOT EXISTS (SELECT 1 FROM notices_reading AS r WHERE r.notice = n.id AND r.person = $1)";
    let unit = unit.map_or("", UnitCode::as_str);
    Ok(store.query_one(sql, params![person, unit, among]).await?.int("unread")?)
}

/// Whether a notice lies in the inbox of a person or of the unit they act for.
pub(crate) async fn is_in_inbox(
    store: &Store,
    notice: NoticeId,
    person: PersonId,
    unit: Option<&UnitCode>,
) -> Result<bool, StoreFault> {
    let sql = "SELECT id FROM notices_notice WHERE id = $1 AND in_inbox = 1
               AND ((to_kind = 'person' AND to_key = $2) OR (to_kind = 'unit' AND to_key = $3))";
    let unit = unit.map_or("", UnitCode::as_str);
    Ok(store.query_optional(sql, params![notice, person, unit]).await?.is_some())
}

/// Writes down that a person has read a notice; the first time counts.
pub(crate) fn read_by(work: &mut Work, notice: NoticeId, person: PersonId, now: Moment) {
    work.run(
        "INSERT INTO notices_reading (notice, person, read_at) VALUES ($1, $2, $3)
         ON CONFLICT (notice, person) DO NOTHING",
        params![notice, person, now],
    );
}

/// What was sent or would have been, newest first; only one state, unless it is empty.
pub(crate) async fn outbox(
    store: &Store,
    state: Option<DeliveryState>,
    after: &After,
    limit: u32,
) -> Result<Vec<OutboxItem>, StoreFault> {
    let sql = "
        SELECT d.notice, d.channel, d.state, d.provider, d.message_id, d.address, d.attempts, d.reason, d.made_at,
               d.changed_at, n.template, n.to_kind, n.case_id,
               CASE WHEN d.channel = 'sms' THEN n.sms ELSE n.text END AS text
        FROM notices_delivery AS d JOIN notices_notice AS n ON n.id = d.notice
        WHERE (d.state = $1 OR $1 = '')
          AND (d.made_at < $2 OR (d.made_at = $2 AND d.notice || '/' || d.channel < $3))
        ORDER BY d.made_at DESC, d.notice DESC, d.channel DESC LIMIT $4";
    let state = state.map_or("", DeliveryState::as_str);
    let rows = store.query(sql, params![state, after.made_at, after.key.as_str(), limit]).await?;
    Ok(rows.iter().map(read_outbox_item).collect::<Result<_, _>>()?)
}

fn read_outbox_item(row: &Row) -> Result<OutboxItem, RowError> {
    Ok(OutboxItem {
        notice: row.parse("notice")?,
        channel: row.parse("channel")?,
        template: row.name("template")?,
        to_kind: row.text("to_kind")?,
        case_id: row.opt_parse("case_id")?,
        address: row.opt_text("address")?,
        text: row.text("text")?,
        state: row.parse("state")?,
        provider: row.opt_text("provider")?,
        message_id: row.opt_text("message_id")?,
        attempts: row.int("attempts")?,
        reason: row.opt_text("reason")?,
        made_at: row.moment("made_at")?,
        changed_at: row.moment("changed_at")?,
    })
}

/// The templates of the notices about a case, in the order in which they were made.
pub(crate) async fn of_case(store: &Store, case: CaseId) -> Result<Vec<TemplateName>, StoreFault> {
    let sql = "SELECT template FROM notices_notice WHERE case_id = $1 ORDER BY made_at, id";
    let rows = store.query(sql, params![case]).await?;
    Ok(rows.iter().map(|row| row.name("template")).collect::<Result<_, _>>()?)
}

fn read_notice(row: &Row) -> Result<Notice, RowError> {
    let key = row.text("to_key")?;
    let recipient = match row.text("to_kind")?.as_str() {
        "person" => Recipient::Person(row.parse("to_key")?),
        "unit" => Recipient::Unit(key.into()),
        _ => Recipient::Contact(key),
    };
    Ok(Notice {
        id: row.parse("id")?,
        cause: row.text("cause")?,
        template: row.name("template")?,
        recipient,
        case_id: row.opt_parse("case_id")?,
        subject: row.text("subject")?,
        text: row.text("text")?,
        sms: row.text("sms")?,
        made_at: row.moment("made_at")?,
    })
}
