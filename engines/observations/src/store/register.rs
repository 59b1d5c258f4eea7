//! The SQL of the register.

use baotu_storage::{Row, RowError, Store, StoreFault, Value, Work, params};
use baotu_vocabulary::{CommandId, DivisionCode, Moment, Point, PropertyName, ThingId};
use jiff::civil::Date;

use crate::command::Command;
use crate::mishap::Mishap;
use crate::reading::SeriesNumber;
use crate::thing::{SecretDigest, Thing};

/// The sequence of the numbers of series.
pub(crate) const SERIES_NUMBERS: &str = "observations.series";
/// The name of the expectation that fails when a thing was changed meanwhile.
pub(crate) const THING_MOVED: &str = "observations.thing";
/// The constraint that fails when a code is taken.
pub(crate) const CODE_TAKEN: &str = "observations_thing.code";

/// A thing with what only the register knows of it.
pub(crate) struct Kept {
    pub(crate) thing: Thing,
    pub(crate) secret: SecretDigest,
    pub(crate) seen_at: Option<Moment>,
}

pub(crate) fn insert_thing(work: &mut Work, thing: &Thing, secret: &SecretDigest) {
    work.run(
        "INSERT INTO observations_thing (id, code, kind, name, unit, lon, lat, address, division, state, secret,
             attributes, registered_at, changed_at, version)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, $14)",
        params![
            thing.id,
            thing.code.as_str(),
            thing.kind.as_str(),
            thing.name.as_str(),
            thing.unit.as_ref().map(|unit| unit.as_str()),
            thing.place.map(Point::lon),
            thing.place.map(Point::lat),
            thing.address.as_deref(),
            thing.division.as_ref().map(ToString::to_string),
            thing.state.as_str(),
            secret.as_str(),
            Value::Json(thing.attributes.clone().into()),
            thing.registered_at,
            thing.version
        ],
    );
}

/// Writes a changed thing over the version before; another one is a conflict of [`THING_MOVED`].
pub(crate) fn update_thing(work: &mut Work, thing: &Thing, secret: &SecretDigest, now: Moment) {
    work.run_expecting(
        "UPDATE observations_thing SET name = $2, unit = $3, lon = $4, lat = $5, address = $6, division = $7,
             state = $8, secret = $9, attributes = $10, changed_at = $11, version = $12
         WHERE id = $1 AND version = $12 - 1",
        params![
            thing.id,
            thing.name.as_str(),
            thing.unit.as_ref().map(|unit| unit.as_str()),
            thing.place.map(Point::lon),
            thing.place.map(Point::lat),
            thing.address.as_deref(),
            thing.division.as_ref().map(ToString::to_string),
            thing.state.as_str(),
            secret.as_str(),
            Value::Json(thing.attributes.clone().into()),
            now,
            thing.version
        ],
        1,
        THING_MOVED,
    );
}

pub(crate) fn insert_series(work: &mut Work, thing: ThingId, property: &PropertyName, number: SeriesNumber) {
    work.run(
        "INSERT INTO observations_series (number, thing, property) VALUES ($1, $2, $3)",
        params![number.number(), thing, property.as_str()],
    );
}

pub(crate) fn write_seen(work: &mut Work, thing: ThingId, seen_at: Moment) {
    work.run("UPDATE observations_thing SET seen_at = $2 WHERE id = $1", params![thing, seen_at]);
}

pub(crate) fn add_mishap(work: &mut Work, thing: ThingId, mishap: &Mishap) {
    work.run(
        "INSERT INTO observations_mishap (thing, day, code, count, last_at, detail) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (thing, day, code) DO UPDATE SET count = observations_mishap.count + excluded.count,
             last_at = excluded.last_at, detail = excluded.detail",
        params![
            thing,
            mishap.day.to_string(),
            mishap.code.as_str(),
            i64::try_from(mishap.count).unwrap_or(i64::MAX),
            mishap.last_at,
            mishap.detail.as_str()
        ],
    );
}

/// All things, by code.
pub(crate) async fn things(store: &Store) -> Result<Vec<Kept>, StoreFault> {
    let sql = "SELECT id, code, kind, name, unit, lon, lat, address, division, state, secret, attributes,
                   registered_at, seen_at, version FROM observations_thing ORDER BY code";
    let rows = store.query(sql, params![]).await?;
    Ok(rows.iter().map(read_thing).collect::<Result<_, _>>()?)
}

fn read_thing(row: &Row) -> Result<Kept, RowError> {
    let place =
        row.opt_real("lon")?.zip(row.opt_real("lat")?).and_then(|(lon, lat)| Point::new(lon, lat).ok());
    Ok(Kept {
        thing: Thing {
            id: row.parse("id")?,
            code: row.text("code")?,
            kind: row.name("kind")?,
            name: row.text("name")?,
            unit: row.opt_name("unit")?,
            place,
            address: row.opt_text("address")?,
            division: row.opt_parse::<DivisionCode>("division")?,
            state: row.parse("state")?,
            attributes: row.document("attributes")?,
            registered_at: row.moment("registered_at")?,
            version: row.int("version")?,
        },
        secret: SecretDigest::kept(row.text("secret")?),
        seen_at: row.opt_moment("seen_at")?,
    })
}

/// All series: number, thing, property.
pub(crate) async fn series(store: &Store) -> Result<Vec<(SeriesNumber, ThingId, PropertyName)>, StoreFault> {
    let sql = "SELECT number, thing, property FROM observations_series ORDER BY number";
    let rows = store.query(sql, params![]).await?;
    let read = |row: &Row| -> Result<_, RowError> {
        let number = u32::try_from(row.int("number")?).unwrap_or(u32::MAX);
        Ok((SeriesNumber::new(number), row.parse("thing")?, row.name("property")?))
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The mishaps of a thing since a day, the newest day first.
pub(crate) async fn mishaps(store: &Store, thing: ThingId, since: Date) -> Result<Vec<Mishap>, StoreFault> {
    let sql = "SELECT day, code, count, last_at, detail FROM observations_mishap
               WHERE thing = $1 AND day >= $2 ORDER BY day DESC, code";
    let rows = store.query(sql, params![thing, since.to_string()]).await?;
    let read = |row: &Row| -> Result<Mishap, RowError> {
        Ok(Mishap {
            day: row.parse("day")?,
            code: row.text("code")?,
            count: u64::try_from(row.int("count")?).unwrap_or_default(),
            last_at: row.moment("last_at")?,
            detail: row.text("detail")?,
        })
    };
    Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
}

/// The name of the expectation that fails when a command is over already.
const COMMAND_OVER: &str = "observations.command";

const COMMAND_COLUMNS: &str =
    "id, thing, name, body, asked_by, asked_at, expires_at, state, sent_at, ended_at, result";

pub(crate) fn insert_command(work: &mut Work, command: &Command) {
    work.run(
        "INSERT INTO observations_command (id, thing, name, body, asked_by, asked_at, expires_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            command.id,
            command.thing,
            command.name.as_str(),
            Value::Json(command.body.clone().into()),
            command.asked_by.as_str(),
            command.asked_at,
            command.expires_at,
            command.state.as_str()
        ],
    );
}

pub(crate) fn command_sent(work: &mut Work, id: CommandId, now: Moment) {
    // A thing may answer before this is written; then it stays answered.
    work.run(
        "UPDATE observations_command SET sent_at = $2, state = CASE WHEN state = 'waiting' THEN 'sent' ELSE state END
         WHERE id = $1",
        params![id, now],
    );
}

/// Writes how a command ended; one that is over already is a conflict.
pub(crate) fn command_ended(work: &mut Work, command: &Command) {
    work.run_expecting(
        "UPDATE observations_command SET state = $2, ended_at = $3, result = $4
         WHERE id = $1 AND state IN ('waiting', 'sent')",
        params![
            command.id,
            command.state.as_str(),
            command.ended_at,
            command.result.clone().map_or(Value::Null, Value::Json)
        ],
        1,
        COMMAND_OVER,
    );
}

pub(crate) async fn command(store: &Store, id: CommandId) -> Result<Option<Command>, StoreFault> {
    let sql = format!("SELECT {COMMAND_COLUMNS} FROM observations_command WHERE id = $1");
    let row = store.query_optional(sql, params![id]).await?;
    Ok(row.as_ref().map(read_command).transpose()?)
}

/// The newest commands of a thing.
pub(crate) async fn commands(store: &Store, thing: ThingId, rows: u32) -> Result<Vec<Command>, StoreFault> {
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM observations_command WHERE thing = $1 ORDER BY asked_at DESC, id LIMIT $2"
    );
    read_commands(&store.query(sql, params![thing, rows]).await?)
}

/// The commands of a thing that are not over, the oldest first.
pub(crate) async fn commands_waiting(store: &Store, thing: ThingId) -> Result<Vec<Command>, StoreFault> {
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM observations_command
         WHERE thing = $1 AND state IN ('waiting', 'sent') ORDER BY asked_at, id"
    );
    read_commands(&store.query(sql, params![thing]).await?)
}

/// The commands that no connection has taken yet, the oldest first.
pub(crate) async fn commands_not_sent(store: &Store, rows: u32) -> Result<Vec<Command>, StoreFault> {
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM observations_command WHERE state = 'waiting' ORDER BY expires_at LIMIT $1"
    );
    read_commands(&store.query(sql, params![rows]).await?)
}

/// The commands that were not answered in time.
pub(crate) async fn commands_over(store: &Store, now: Moment, rows: u32) -> Result<Vec<Command>, StoreFault> {
    let sql = format!(
        "SELECT {COMMAND_COLUMNS} FROM observations_command
         WHERE state IN ('waiting', 'sent') AND expires_at < $1 ORDER BY expires_at LIMIT $2"
    );
    read_commands(&store.query(sql, params![now, rows]).await?)
}

fn read_commands(rows: &[Row]) -> Result<Vec<Command>, StoreFault> {
    Ok(rows.iter().map(read_command).collect::<Result<_, _>>()?)
}

fn read_command(row: &Row) -> Result<Command, RowError> {
    Ok(Command {
        id: row.parse("id")?,
        thing: row.parse("thing")?,
        name: row.text("name")?,
        body: row.document("body")?,
        asked_by: row.text("asked_by")?,
        asked_at: row.moment("asked_at")?,
        expires_at: row.moment("expires_at")?,
        state: row.parse("state")?,
        sent_at: row.opt_moment("sent_at")?,
        ended_at: row.opt_moment("ended_at")?,
        result: row.opt_document("result")?,
    })
}
