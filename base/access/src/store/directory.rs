//! Lists of accounts.

use baotu_storage::{Row, RowError, StoreFault, Value};
use baotu_vocabulary::PostCode;

use crate::AccessState;
use crate::directory::{AccountFilter, ListedAccount};
use crate::sealed::Sealed;

impl AccessState {
    /// Accounts that a filter lets through, by user name; `posts` are those of which one must be held, if any.
    pub(crate) async fn accounts_that_fit(
        &self,
        filter: &AccountFilter,
        posts: Option<&[PostCode]>,
        rows: u16,
    ) -> Result<Vec<ListedAccount>, StoreFault> {
        if posts.is_some_and(<[_]>::is_empty) {
            return Ok(Vec::new());
        }
        let mut values: Vec<Value> = Vec::new();
        let mut conditions: Vec<String> = vec!["a.person = p.id".to_owned()];
        let mut place = |value: Value| {
            values.push(value);
            format!("${}", values.len())
        };
        if let Some(user) = &filter.user {
            let user = user.to_ascii_lowercase();
            // User names are ASCII without a tilde, so that every longer one lies before the given one with a tilde.
            let (from, to) = (place(user.as_str().into()), place(format!("{user}~").into()));
            conditions.push(format!("a.user_name >= {from} AND a.user_name < {to}"));
        }
        if let Some(person) = filter.person {
            conditions.push(format!("a.person = {}", place(person.into())));
        }
        if let Some(after) = &filter.after {
            conditions.push(format!("a.user_name > {}", place(after.as_str().into())));
        }
        if let Some(posts) = posts {
            let now = place(self.now().into());
            let posts: Vec<String> = posts.iter().map(|post| place(post.as_str().into())).collect();
            conditions.push(format!(
                "EXISTS (SELECT 1 FROM access_holding h
                         WHERE h.person = a.person AND h.valid_from <= {now}
                           AND (h.valid_to IS NULL OR h.valid_to > {now}) AND h.post IN ({}))",
                posts.join(", ")
            ));
        }
        let sql = format!(
            "SELECT a.person, a.user_name, a.attempts, a.attempts_from, a.disabled_at, a.must_change,
                    p.name_sealed, p.phone_sealed
             FROM access_account a, access_person p WHERE {} ORDER BY a.user_name LIMIT {rows}",
            conditions.join(" AND ")
        );
        let rows = self.store().query(sql, values).await?;
        Ok(rows.iter().map(listed).collect::<Result<_, _>>()?)
    }
}

fn listed(row: &Row) -> Result<ListedAccount, RowError> {
    Ok(ListedAccount {
        person: row.parse("person")?,
        user: row.text("user_name")?,
        name: Sealed::from_bytes(row.bytes("name_sealed")?),
        phone: row.opt_bytes("phone_sealed")?.map(Sealed::from_bytes),
        attempts: row.int("attempts")?,
        attempts_from: row.moment("attempts_from")?,
        disabled: row.opt_moment("disabled_at")?.is_some(),
        must_change_password: row.int("must_change")? == 1,
    })
}
