//! Sessions.

use baotu_storage::{CommitError, StoreFault, Work, params};
use baotu_vocabulary::{Moment, PersonId, PostCode, SessionId};

use crate::AccessState;
use crate::sealed::Sealed;
use crate::session::{FreshSession, KeptSession};

impl AccessState {
    /// The session with this token hash, with its account and whether its post is held at `now`.
    pub(crate) async fn kept_session(
        &self,
        token_hash: &str,
        now: Moment,
    ) -> Result<Option<KeptSession>, StoreFault> {
        let row = self
            .store()
            .query_optional(
                "SELECT s.id, s.person, s.post, s.used_at, s.expires_at, p.name_sealed, a.user_name,
                        a.disabled_at, a.must_change,
                        (SELECT COUNT(*) FROM access_holding h
                         WHERE h.person = s.person AND h.post = s.post AND h.valid_from <= $2
                           AND (h.valid_to IS NULL OR h.valid_to > $2)) AS held
                 FROM access_session s
                 JOIN access_person p ON p.id = s.person
                 JOIN access_account a ON a.person = s.person
                 WHERE s.token_hash = $1",
                params![token_hash, now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        let held = row.int("held")? > 0;
        Ok(Some(KeptSession {
            id: row.parse("id")?,
            person: row.parse("person")?,
            user: row.text("user_name")?,
            name: Sealed::from_bytes(row.bytes("name_sealed")?),
            post: row.opt_name::<PostCode>("post")?.map(|post| (post, held)),
            must_change_password: row.int("must_change")? == 1,
            disabled: row.opt_moment("disabled_at")?.is_some(),
            used_at: row.moment("used_at")?,
            expires_at: row.moment("expires_at")?,
        }))
    }

    /// Notes that a session was used.
    pub(crate) async fn note_use(&self, session: SessionId, now: Moment) -> Result<(), CommitError> {
        let mut work = Work::new();
        work.run("UPDATE access_session SET used_at = $2 WHERE id = $1", params![session, now]);
        self.store().commit(work).await.map(|_| ())
    }
}

/// A fresh session.
pub(crate) fn add(work: &mut Work, fresh: &FreshSession<'_>, now: Moment) {
    work.run(
        "INSERT INTO access_session (id, token_hash, person, post, created_at, used_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
        params![
            fresh.id,
            fresh.token_hash,
            fresh.person,
            fresh.post.map(PostCode::as_str),
            now,
            fresh.expires_at
        ],
    );
}

/// Chooses the post at which a session acts.
pub(crate) fn choose_post(work: &mut Work, session: SessionId, post: Option<&PostCode>) {
    work.run(
        "UPDATE access_session SET post = $2 WHERE id = $1",
        params![session, post.map(PostCode::as_str)],
    );
}

/// Ends one session.
pub(crate) fn end(work: &mut Work, session: SessionId) {
    work.run("DELETE FROM access_session WHERE id = $1", params![session]);
}

/// Ends the sessions of a person, but for one that is kept.
pub(crate) fn end_all_of(work: &mut Work, person: PersonId, kept: Option<SessionId>) {
    match kept {
        Some(kept) => {
            work.run("DELETE FROM access_session WHERE person = $1 AND id <> $2", params![person, kept])
        }
        None => work.run("DELETE FROM access_session WHERE person = $1", params![person]),
    }
}

/// Removes sessions that ended by `now`, and those that were not used since `idle_since`.
pub(crate) fn forget_ended(work: &mut Work, now: Moment, idle_since: Moment) {
    work.run("DELETE FROM access_session WHERE expires_at <= $1", params![now]);
    work.run("DELETE FROM access_session WHERE used_at <= $1", params![idle_since]);
}
