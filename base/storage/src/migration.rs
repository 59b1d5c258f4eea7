//! One history of migrations: every `.sql` file of the repository's `migrations/`, in the order of their names.
//!
//! Each is applied in a transaction of its own and recorded with the SHA-256 of its text. There is no way back:
//! what was applied is changed by the next file.

use std::collections::BTreeMap;

use baotu_vocabulary::Moment;

use crate::work::Statement;
use crate::{CommitError, Digest, Store, StoreFault, params};

/// One file.
struct Migration {
    name: &'static str,
    script: &'static str,
}

const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// What a call of [`Store::migrate`] did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The files applied now, in their order.
    pub applied: Vec<&'static str>,
    /// How many had been applied before.
    pub already: usize,
}

impl Store {
    /// Brings the database to the newest form; does nothing when it has it.
    ///
    /// Several nodes may do so at once: each file is applied by one of them and the others wait for it.
    ///
    /// # Errors
    /// [`StoreFault::MigrationChanged`], [`StoreFault::MigrationUnknown`], or the fault of the file that failed;
    /// the files before it stay applied.
    pub async fn migrate(&self, now: Moment) -> Result<Migrated, StoreFault> {
        self.make_history().await?;
        let history = self.history().await?;
        if let Some(name) = history.keys().find(|name| !MIGRATIONS.iter().any(|known| known.name == *name)) {
            return Err(StoreFault::MigrationUnknown(name.clone()));
        }
        let mut applied = Vec::new();
        for migration in MIGRATIONS {
            let digest = Digest::of(migration.script.as_bytes());
            match history.get(migration.name) {
                Some(recorded) if *recorded == digest => {}
                Some(_) => return Err(StoreFault::MigrationChanged(migration.name.to_owned())),
                None => {
                    if self.apply(migration, digest, now).await? {
                        tracing::info!(migration = migration.name, "migration applied");
                        applied.push(migration.name);
                    }
                }
            }
        }
        Ok(Migrated { already: MIGRATIONS.len() - applied.len(), applied })
    }

    /// Applies one file; false when another node did so in the meantime.
    async fn apply(&self, migration: &Migration, digest: Digest, now: Moment) -> Result<bool, StoreFault> {
        // The record goes first: its primary key makes a second node wait until the first has committed.
        let record = Statement::new(
            "INSERT INTO storage_migration (name, sha256, applied_at) VALUES ($1, $2, $3)",
            params![migration.name, digest, now],
        );
        let outcome = self.run_together(vec![record, Statement::script(migration.script)]).await;
        match outcome {
            Ok(_) => Ok(true),
            Err(CommitError::Duplicate { .. })
                if self.history().await?.get(migration.name) == Some(&digest) =>
            {
                Ok(false)
            }
            Err(error) => {
                Err(StoreFault::Migration { name: migration.name.to_owned(), source: Box::new(error.into()) })
            }
        }
    }

    async fn make_history(&self) -> Result<(), StoreFault> {
        let sql = "CREATE TABLE IF NOT EXISTS storage_migration (
            name TEXT NOT NULL PRIMARY KEY,
            sha256 TEXT NOT NULL,
            applied_at BIGINT NOT NULL
        )";
        match self.run_together(vec![Statement::script(sql)]).await {
            Ok(_) => Ok(()),
            // PostgreSQL's IF NOT EXISTS can lose the race with another node, in more than one way.
            Err(_) if self.history().await.is_ok() => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    async fn history(&self) -> Result<BTreeMap<String, Digest>, StoreFault> {
        let rows = self.query("SELECT name, sha256 FROM storage_migration", Vec::new()).await?;
        rows.iter().map(|row| Ok((row.text("name")?, row.parse("sha256")?))).collect()
    }
}
