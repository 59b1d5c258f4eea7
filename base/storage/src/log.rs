//! The event log and its commit-ordered cursor.
//!
//! Readers never trust `max(seq)`: a number drawn before the commit of another becomes visible after it. Positions
//! therefore follow the order in which transactions can be seen. SQLite has one writer, so the next number is that
//! order. On PostgreSQL the position is the transaction id, and readers stop before the oldest one still running:
//! whatever appears later has a higher position. An event is therefore seen once no older transaction of its database
//! is under way, usually at once. What the events mean is not known here.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use baotu_vocabulary::Event;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::work::{FOLLOWER_MOVED, Statement};
use crate::{Engine, Row, RowError, Store, StoreFault, params};

/// Events that one call hands out at most.
pub const EVENTS_MAX: u32 = 1_000;

/// How often a waiting follower looks for events of other nodes, in milliseconds.
pub const POLL_MILLIS: u64 = 250;

/// How soon a follower looks again when this node has said something that is not visible yet, in milliseconds;
/// doubled each time up to [`POLL_MILLIS`].
const POLL_MILLIS_FIRST: u64 = 2;

/// A place in the event log: opaque, comparable, the same for all readers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    tx: i64,
    seq: i64,
}

/// A text that is no [`Position`].
#[derive(Debug, thiserror::Error)]
#[error("not a position of the event log")]
pub struct PositionError;

impl Position {
    /// Before the first event.
    pub const START: Self = Self { tx: 0, seq: 0 };
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.tx, self.seq)
    }
}

impl FromStr for Position {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, PositionError> {
        let read = || {
            let (tx, seq) = text.split_once('-')?;
            Some(Self { tx: tx.parse().ok()?, seq: seq.parse().ok()? })
        };
        // A sign or a leading zero would be a second name of the same place.
        read().filter(|position| position.to_string() == text).ok_or(PositionError)
    }
}

impl Serialize for Position {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Position {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An event and its place in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// Where it stands.
    pub position: Position,
    /// What took place.
    pub event: Event,
}

/// The statement that appends the `ordinal`-th event of a unit and returns its position.
pub(crate) fn insertion(engine: Engine, event: Event, ordinal: i64) -> Statement {
    let sql = match engine {
        // $8 is 1 for the first event of a unit, which opens a new number, and 0 for the others, which share it.
        Engine::Sqlite => {
            "INSERT INTO storage_event (tx, seq, id, source, kind, subject, time, data)
             VALUES ((SELECT coalesce(max(tx), 0) + $8 FROM storage_event), $1, $2, $3, $4, $5, $6, $7)
             RETURNING tx, seq"
        }
        Engine::Postgres => {
            "INSERT INTO storage_event (tx, seq, id, source, kind, subject, time, data)
             VALUES (CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT)
                     + (SELECT base FROM storage_log WHERE id = $8), $1, $2, $3, $4, $5, $6, $7)
             RETURNING tx, seq"
        }
    };
    let last = match engine {
        Engine::Sqlite => i64::from(ordinal == 0),
        Engine::Postgres => 1,
    };
    let params =
        params![ordinal, event.id, event.source, event.kind, event.subject, event.time, event.data, last,];
    Statement::new(sql, params).expecting(1, "storage.event")
}

/// The statement that moves a follower's cursor, expecting it where the follower left it.
pub(crate) fn advance(follower: &str, from: Position, to: Position) -> Statement {
    let sql = if from == Position::START {
        // A follower's row appears with its first step.
        "INSERT INTO storage_follower (name, tx, seq) VALUES ($1, $4, $5)
         ON CONFLICT (name) DO UPDATE SET tx = excluded.tx, seq = excluded.seq
         WHERE storage_follower.tx = $2 AND storage_follower.seq = $3"
    } else {
        "UPDATE storage_follower SET tx = $4, seq = $5 WHERE name = $1 AND tx = $2 AND seq = $3"
    };
    Statement::new(sql, params![follower, from.tx, from.seq, to.tx, to.seq]).expecting(1, FOLLOWER_MOVED)
}

/// The position in a row with `tx` and `seq`.
pub(crate) fn position(row: &Row) -> Result<Position, RowError> {
    Ok(Position { tx: row.int("tx")?, seq: row.int("seq")? })
}

/// The condition under which a row of the log may be shown: nothing can still appear before it.
fn settled(engine: Engine) -> &'static str {
    match engine {
        Engine::Sqlite => "1 = 1",
        // Below the oldest transaction that was running when this statement began, or below the next id when none
        // was. Transaction ids are shared by all databases of a server; one that is seen to belong to a session of
        // another database cannot write here and does not hold back this log.
        Engine::Postgres => {
            "tx < (SELECT coalesce(min(CAST(CAST(running AS TEXT) AS BIGINT)),
                                   CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT))
                   FROM pg_snapshot_xip(pg_current_snapshot()) AS running
                   WHERE NOT EXISTS (
                       SELECT 1 FROM pg_stat_activity
                       WHERE datname <> current_database()
                         AND CAST(CAST(backend_xid AS TEXT) AS BIGINT)
                             = CAST(CAST(running AS TEXT) AS BIGINT) % 4294967296))
                  + (SELECT base FROM storage_log WHERE id = 1)"
        }
    }
}

fn logged(row: &Row) -> Result<LoggedEvent, RowError> {
    let event = Event {
        id: row.parse("id")?,
        source: row.text("source")?,
        kind: row.text("kind")?,
        subject: row.text("subject")?,
        time: row.moment("time")?,
        data: row.json("data")?,
    };
    Ok(LoggedEvent { position: position(row)?, event })
}

impl Store {
    /// The events after `after` in the order of the log, at most `limit` and never more than [`EVENTS_MAX`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_after(&self, after: Position, limit: u32) -> Result<Vec<LoggedEvent>, StoreFault> {
        self.events_of_kind_after("", after, limit).await
    }

    /// Like [`Store::events_after`], only events whose kind begins with `prefix` (`cases.`).
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_of_kind_after(
        &self,
        prefix: &str,
        after: Position,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreFault> {
        let sql = format!(
            "SELECT tx, seq, id, source, kind, subject, time, data FROM storage_event
             WHERE (tx, seq) > ($1, $2) AND substr(kind, 1, length($3)) = $3 AND {}
             ORDER BY tx, seq LIMIT $4",
            settled(self.engine())
        );
        let params = params![after.tx, after.seq, prefix, limit.min(EVENTS_MAX)];
        let rows = self.query(sql, params).await?;
        rows.iter().map(|row| logged(row).map_err(StoreFault::from)).collect()
    }

    /// The events about one subject in the order of the log, at most `limit` and never more than [`EVENTS_MAX`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn events_about(&self, subject: &str, limit: u32) -> Result<Vec<LoggedEvent>, StoreFault> {
        let sql = "SELECT tx, seq, id, source, kind, subject, time, data FROM storage_event
                   WHERE subject = $1 ORDER BY tx, seq LIMIT $2";
        let rows = self.query(sql, params![subject, limit.min(EVENTS_MAX)]).await?;
        rows.iter().map(|row| logged(row).map_err(StoreFault::from)).collect()
    }

    /// The place of the newest event that can be seen; [`Position::START`] of an empty log.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn last_position(&self) -> Result<Position, StoreFault> {
        let sql = format!(
            "SELECT tx, seq FROM storage_event WHERE {} ORDER BY tx DESC, seq DESC LIMIT 1",
            settled(self.engine())
        );
        let row = self.query_optional(sql, Vec::new()).await?;
        Ok(row.as_ref().map(position).transpose()?.unwrap_or(Position::START))
    }

    /// Waits until there are events after `after`, at most `patience`; tells whether there are.
    ///
    /// Events of this node wake the waiter at once, those of other nodes within [`POLL_MILLIS`].
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn wait_for_events(&self, after: Position, patience: Duration) -> Result<bool, StoreFault> {
        let mut said = self.said();
        let wait = async {
            let mut pause = Duration::from_millis(POLL_MILLIS);
            loop {
                said.mark_unchanged();
                if !self.events_after(after, 1).await?.is_empty() {
                    return Ok(true);
                }
                match tokio::time::timeout(pause, said.changed()).await {
                    Ok(_) => pause = Duration::from_millis(POLL_MILLIS_FIRST),
                    Err(_) => pause = (pause * 2).min(Duration::from_millis(POLL_MILLIS)),
                }
            }
        };
        tokio::time::timeout(patience, wait).await.unwrap_or(Ok(false))
    }

    /// Where a durable follower stands; [`Position::START`] when it has not begun.
    ///
    /// # Errors
    /// When the database cannot answer.
    pub async fn follower_position(&self, follower: &str) -> Result<Position, StoreFault> {
        let sql = "SELECT tx, seq FROM storage_follower WHERE name = $1";
        let row = self.query_optional(sql, params![follower]).await?;
        Ok(row.as_ref().map(position).transpose()?.unwrap_or(Position::START))
    }
}
