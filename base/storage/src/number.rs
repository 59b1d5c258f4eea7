//! Running numbers (`JN20261124-000017`), drawn in blocks so that most of them cost no write.
//!
//! A number is given once, over all nodes, and is never given back: gaps are permitted (a node that ends leaves the
//! rest of its block unused), and two nodes interleave their blocks. What a number is for, and how it is printed, is
//! not known here; a sequence per day is just a name with the day in it.

use std::collections::HashMap;
use std::ops::RangeInclusive;

use crate::work::Statement;
use crate::{Store, StoreFault, Value, params};

/// Numbers that a node takes at once.
pub const NUMBER_BLOCK: u32 = 20;

/// Sequences of which a node remembers the rest of a block; beyond it the rests are dropped (gaps).
pub const NUMBER_SEQUENCES_MAX: usize = 1_024;

/// What is left of the blocks of this node, by sequence.
pub(crate) type Blocks = HashMap<String, RangeInclusive<i64>>;

impl Store {
    /// The next number of a sequence; the first is 1.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn next_number(&self, sequence: &str) -> Result<i64, StoreFault> {
        // Held while a block is drawn, so that a burst of callers draws one block and not one each.
        let mut blocks = self.blocks().lock().await;
        if let Some(number) = blocks.get_mut(sequence).and_then(Iterator::next) {
            return Ok(number);
        }
        let sql = "INSERT INTO storage_number (name, taken) VALUES ($1, $2)
                   ON CONFLICT (name) DO UPDATE SET taken = storage_number.taken + excluded.taken
                   RETURNING taken";
        let params = vec![Value::from(sequence), NUMBER_BLOCK.into()];
        let outcome = self.run_alone(Statement::new(sql, params).expecting(1, "storage.number")).await?;
        let row = outcome.rows.first().ok_or_else(|| StoreFault::NotOne { sql: sql.to_owned(), rows: 0 })?;
        let taken = row.int("taken")?;
        let first = taken - i64::from(NUMBER_BLOCK) + 1;
        if blocks.len() >= NUMBER_SEQUENCES_MAX {
            blocks.clear();
        }
        blocks.insert(sequence.to_owned(), first + 1..=taken);
        Ok(first)
    }

    /// The highest number that any node may have given of a sequence; 0 when it was never used.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn numbers_taken(&self, sequence: &str) -> Result<i64, StoreFault> {
        let sql = "SELECT taken FROM storage_number WHERE name = $1";
        let row = self.query_optional(sql, params![sequence]).await?;
        Ok(row.map(|row| row.int("taken")).transpose()?.unwrap_or(0))
    }
}
