//! Clients and the hashes of their keys.

use baotu_storage::{Row, RowError, StoreFault, Work, params};
use baotu_vocabulary::Moment;

use crate::AccessState;
use crate::client::Client;

impl AccessState {
    /// The name of the client with this key, while it works.
    pub(crate) async fn client_with_key(&self, key_hash: &str) -> Result<Option<String>, StoreFault> {
        let sql = "SELECT name FROM access_api_client WHERE key_hash = $1 AND disabled_at IS NULL";
        let row = self.store().query_optional(sql, params![key_hash]).await?;
        Ok(row.map(|row| row.text("name")).transpose()?)
    }

    /// Every client, by name.
    ///
    /// # Errors
    /// A fault of storage.
    pub async fn clients(&self) -> Result<Vec<Client>, StoreFault> {
        let sql = "SELECT name, title, created_at, disabled_at FROM access_api_client ORDER BY name";
        let rows = self.store().query(sql, Vec::new()).await?;
        let client = |row: &Row| {
            Ok(Client {
                name: row.text("name")?,
                title: row.text("title")?,
                created_at: row.moment("created_at")?,
                disabled_at: row.opt_moment("disabled_at")?,
            })
        };
        Ok(rows.iter().map(client).collect::<Result<_, RowError>>()?)
    }
}

/// A fresh client.
pub(crate) fn add(work: &mut Work, name: &str, title: &str, key_hash: &str, now: Moment) {
    work.run(
        "INSERT INTO access_api_client (name, title, key_hash, created_at) VALUES ($1, $2, $3, $4)",
        params![name, title, key_hash, now],
    );
}

/// Disables a client that works.
pub(crate) fn disable(work: &mut Work, name: &str, now: Moment) {
    work.run_expecting(
        "UPDATE access_api_client SET disabled_at = $2 WHERE name = $1 AND disabled_at IS NULL",
        params![name, now],
        1,
        "access.client",
    );
}
