//! Who holds which post, from when to when.

use baotu_storage::{StoreFault, Value, Work, params};
use baotu_vocabulary::{Moment, PersonId, PostCode};

use crate::AccessState;
use crate::holding::Holding;

impl AccessState {
    /// The posts that a person holds at `now`, the longest held first.
    pub(crate) async fn posts_held(
        &self,
        person: PersonId,
        now: Moment,
    ) -> Result<Vec<PostCode>, StoreFault> {
        let rows = self
            .store()
            .query(
                "SELECT post FROM access_holding
                 WHERE person = $1 AND valid_from <= $2 AND (valid_to IS NULL OR valid_to > $2)
                 ORDER BY valid_from, post",
                params![person, now],
            )
            .await?;
        Ok(rows.iter().map(|row| row.name("post")).collect::<Result<_, _>>()?)
    }

    /// Every holding of a person, also past and future ones, in the order of their beginning.
    pub(crate) async fn holdings_of(&self, person: PersonId) -> Result<Vec<Holding>, StoreFault> {
        let rows = self
            .store()
            .query(
                "SELECT post, valid_from, valid_to FROM access_holding WHERE person = $1
                 ORDER BY valid_from, post",
                params![person],
            )
            .await?;
        let read = |row: &baotu_storage::Row| {
            Ok(Holding {
                post: row.name("post")?,
                from: row.moment("valid_from")?,
                to: row.opt_moment("valid_to")?,
            })
        };
        rows.iter().map(read).collect::<Result<_, baotu_storage::RowError>>().map_err(Into::into)
    }

    /// The people who hold one of these posts at `now`.
    pub(crate) async fn people_holding(
        &self,
        posts: &[PostCode],
        now: Moment,
    ) -> Result<Vec<PersonId>, StoreFault> {
        if posts.is_empty() {
            return Ok(Vec::new());
        }
        let places: Vec<String> = (2..posts.len() + 2).map(|place| format!("${place}")).collect();
        let sql = format!(
            "SELECT DISTINCT h.person FROM access_holding h JOIN access_account a ON a.person = h.person
             WHERE h.post IN ({}) AND h.valid_from <= $1 AND (h.valid_to IS NULL OR h.valid_to > $1)
               AND a.disabled_at IS NULL
             ORDER BY h.person",
            places.join(", ")
        );
        let mut values = params![now];
        values.extend(posts.iter().map(|post| Value::from(post.as_str())));
        let rows = self.store().query(sql, values).await?;
        Ok(rows.iter().map(|row| row.parse("person")).collect::<Result<_, _>>()?)
    }

    /// The version of a person, which grows with every change of their holdings.
    pub(crate) async fn person_version(&self, person: PersonId) -> Result<Option<i64>, StoreFault> {
        let sql = "SELECT version FROM access_person WHERE id = $1";
        let row = self.store().query_optional(sql, params![person]).await?;
        Ok(row.map(|row| row.int("version")).transpose()?)
    }
}

/// A fresh holding, if the person's holdings are still those of `version`.
pub(crate) fn add(work: &mut Work, person: PersonId, version: i64, holding: &Holding, assigned_by: &str) {
    move_version(work, person, version);
    work.run(
        "INSERT INTO access_holding (person, post, valid_from, valid_to, assigned_by) VALUES ($1, $2, $3, $4, $5)",
        params![person, holding.post.as_str(), holding.from, holding.to, assigned_by],
    );
}

/// Ends a holding at `to`, if the person's holdings are still those of `version`; one that has not begun is removed.
pub(crate) fn end(work: &mut Work, person: PersonId, version: i64, holding: &Holding, to: Moment) {
    move_version(work, person, version);
    let key = params![person, holding.post.as_str(), holding.from];
    if holding.from >= to {
        work.run("DELETE FROM access_holding WHERE person = $1 AND post = $2 AND valid_from = $3", key);
    } else {
        let mut values = key;
        values.push(to.into());
        work.run(
            "UPDATE access_holding SET valid_to = $4 WHERE person = $1 AND post = $2 AND valid_from = $3",
            values,
        );
    }
}

fn move_version(work: &mut Work, person: PersonId, version: i64) {
    work.run_expecting(
        "UPDATE access_person SET version = version + 1 WHERE id = $1 AND version = $2",
        params![person, version],
        1,
        "access.person",
    );
}
