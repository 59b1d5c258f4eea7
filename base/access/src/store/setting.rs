//! What people set for their own screens.

use baotu_storage::{StoreFault, Work, params};
use baotu_vocabulary::{Moment, PersonId};

use crate::AccessState;
use crate::setting::SETTINGS_MAX;

impl AccessState {
    /// What a person has set under a name, and when.
    pub(crate) async fn setting_of(
        &self,
        person: PersonId,
        name: &str,
    ) -> Result<Option<(String, Moment)>, StoreFault> {
        let sql = "SELECT value, changed_at FROM access_setting WHERE person = $1 AND name = $2";
        let Some(row) = self.store().query_optional(sql, params![person, name]).await? else {
            return Ok(None);
        };
        Ok(Some((row.text("value")?, row.moment("changed_at")?)))
    }
}

/// Sets a document in the place of the one before; expects that the person has room for it.
pub(crate) fn put(work: &mut Work, person: PersonId, name: &str, value: &str, now: Moment) {
    work.run_expecting(
        "INSERT INTO access_setting (person, name, value, changed_at)
         SELECT CAST($1 AS TEXT), CAST($2 AS TEXT), CAST($3 AS TEXT), CAST($4 AS BIGINT)
         WHERE (SELECT count(*) FROM access_setting WHERE person = CAST($1 AS TEXT) AND name <> CAST($2 AS TEXT))
               < CAST($5 AS BIGINT)
         ON CONFLICT (person, name) DO UPDATE SET value = excluded.value, changed_at = excluded.changed_at",
        params![person, name, value, now, SETTINGS_MAX],
        1,
        "access.settings",
    );
}

/// Forgets a document.
pub(crate) fn forget(work: &mut Work, person: PersonId, name: &str) {
    work.run("DELETE FROM access_setting WHERE person = $1 AND name = $2", params![person, name]);
}
