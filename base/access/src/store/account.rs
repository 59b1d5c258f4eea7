//! People, their accounts, and reset tokens.

use baotu_storage::{CommitError, StoreFault, Value, Work, params};
use baotu_vocabulary::{Moment, PersonId};

use crate::AccessState;
use crate::account::{KeptAccount, LOCK_ATTEMPTS_MAX, LOCK_SECONDS};
use crate::person::SealedPerson;
use crate::sealed::Sealed;

/// What sign-in looks at.
const ACCOUNT_COLUMNS: &str = "person, password_hash, attempts, attempts_from, disabled_at";

impl AccessState {
    /// The account of a user name.
    pub(crate) async fn account_of(&self, user: &str) -> Result<Option<KeptAccount>, StoreFault> {
        self.account_where("user_name = $1", params![user]).await
    }

    /// The account of a person.
    pub(crate) async fn account_of_person(
        &self,
        person: PersonId,
    ) -> Result<Option<KeptAccount>, StoreFault> {
        self.account_where("person = $1", params![person]).await
    }

    async fn account_where(
        &self,
        which: &str,
        params: Vec<Value>,
    ) -> Result<Option<KeptAccount>, StoreFault> {
        let sql = format!("SELECT {ACCOUNT_COLUMNS} FROM access_account WHERE {which}");
        let Some(row) = self.store().query_optional(sql, params).await? else { return Ok(None) };
        Ok(Some(KeptAccount {
            person: row.parse("person")?,
            password_hash: row.text("password_hash")?,
            attempts: row.int("attempts")?,
            attempts_from: row.moment("attempts_from")?,
            disabled: row.opt_moment("disabled_at")?.is_some(),
        }))
    }

    /// Counts a try to sign in, before it is known whether it succeeds, so that many at once are counted, too; false
    /// when the tries are used up.
    pub(crate) async fn count_try(&self, person: PersonId) -> Result<bool, StoreFault> {
        let now = self.now();
        let mut work = Work::new();
        work.run_expecting(
            "UPDATE access_account
             SET attempts = CASE WHEN attempts = 0 OR attempts_from <= $3 THEN 1 ELSE attempts + 1 END,
                 attempts_from = CASE WHEN attempts = 0 OR attempts_from <= $3 THEN $2 ELSE attempts_from END
             WHERE person = $1 AND (attempts < $4 OR attempts_from <= $3)",
            params![person, now, now.plus_seconds(-LOCK_SECONDS), LOCK_ATTEMPTS_MAX],
            1,
            "access.attempts",
        );
        match self.store().commit(work).await {
            Ok(_) => Ok(true),
            Err(CommitError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Whose reset token this is, with their user name, if it still holds at `now`.
    pub(crate) async fn person_of_reset(
        &self,
        token_hash: &str,
        now: Moment,
    ) -> Result<Option<(PersonId, String)>, StoreFault> {
        let row = self
            .store()
            .query_optional(
                "SELECT r.person, a.user_name FROM access_reset r JOIN access_account a ON a.person = r.person
                 WHERE r.token_hash = $1 AND r.expires_at > $2",
                params![token_hash, now],
            )
            .await?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some((row.parse("person")?, row.text("user_name")?)))
    }

    /// The sealed name and telephone of a person.
    pub(crate) async fn kept_contact(
        &self,
        person: PersonId,
    ) -> Result<Option<(Sealed, Option<Sealed>)>, StoreFault> {
        let sql = "SELECT name_sealed, phone_sealed FROM access_person WHERE id = $1";
        let Some(row) = self.store().query_optional(sql, params![person]).await? else { return Ok(None) };
        let name = Sealed::from_bytes(row.bytes("name_sealed")?);
        Ok(Some((name, row.opt_bytes("phone_sealed")?.map(Sealed::from_bytes))))
    }

    /// The people with this blind index of their telephone.
    pub(crate) async fn people_by_phone_index(&self, index: &str) -> Result<Vec<PersonId>, StoreFault> {
        let sql = "SELECT id FROM access_person WHERE phone_index = $1 ORDER BY id";
        let rows = self.store().query(sql, params![index]).await?;
        Ok(rows.iter().map(|row| row.parse("id")).collect::<Result<_, _>>()?)
    }
}

/// A fresh person.
pub(crate) fn add_person(work: &mut Work, id: PersonId, sealed: &SealedPerson, now: Moment) {
    let mut values = params![id, now];
    values.extend(Vec::from(sealed));
    work.run(
        "INSERT INTO access_person
             (id, version, created_at, name_sealed, citizen_id_sealed, citizen_id_index, phone_sealed, phone_index)
         VALUES ($1, 1, $2, $3, $4, $5, $6, $7)",
        values,
    );
}

/// A fresh account.
pub(crate) fn add_account(
    work: &mut Work,
    person: PersonId,
    user: &str,
    password_hash: &str,
    must_change: bool,
    now: Moment,
) {
    work.run(
        "INSERT INTO access_account
             (person, user_name, password_hash, password_at, must_change, attempts, attempts_from)
         VALUES ($1, $2, $3, $4, $5, 0, $4)",
        params![person, user, password_hash, now, must_change],
    );
}

/// A right password: tries count anew.
pub(crate) fn forget_tries(work: &mut Work, person: PersonId) {
    work.run("UPDATE access_account SET attempts = 0 WHERE person = $1", params![person]);
}

/// A new password chosen by its owner; tries count anew.
pub(crate) fn set_password(work: &mut Work, person: PersonId, password_hash: &str, now: Moment) {
    work.run(
        "UPDATE access_account SET password_hash = $2, password_at = $3, must_change = 0, attempts = 0
         WHERE person = $1",
        params![person, password_hash, now],
    );
}

/// Disables an account from a moment on, or enables it and forgets its tries.
pub(crate) fn set_disabled(work: &mut Work, person: PersonId, disabled_at: Option<Moment>) {
    work.run_expecting(
        "UPDATE access_account SET disabled_at = $2, attempts = 0 WHERE person = $1",
        params![person, disabled_at],
        1,
        "access.account",
    );
}

/// A reset token; those issued before no longer hold.
pub(crate) fn add_reset(
    work: &mut Work,
    token_hash: &str,
    person: PersonId,
    issued_by: &str,
    expires_at: Moment,
) {
    work.run("DELETE FROM access_reset WHERE person = $1", params![person]);
    work.run(
        "INSERT INTO access_reset (token_hash, person, issued_by, expires_at) VALUES ($1, $2, $3, $4)",
        params![token_hash, person, issued_by, expires_at],
    );
}

/// Uses up a reset token: it must still be there.
pub(crate) fn take_reset(work: &mut Work, token_hash: &str) {
    work.run_expecting(
        "DELETE FROM access_reset WHERE token_hash = $1",
        params![token_hash],
        1,
        "access.reset",
    );
}
