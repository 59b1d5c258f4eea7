//! Binds values to a prepared statement and reads its rows.

use std::sync::Arc;

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::{Outcome, Row, StoreFault, Value};

/// Runs one statement to its end, on a connection that keeps it prepared.
pub(super) fn run(connection: &Connection, sql: &str, params: &[Value]) -> Result<Outcome, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, sql, params)?;
    if statement.column_count() == 0 {
        let touched = statement.raw_execute()?;
        return Ok(Outcome { touched: touched as u64, rows: Vec::new() });
    }
    let columns: Arc<[String]> = statement.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    let mut cursor = statement.raw_query();
    while let Some(row) = cursor.next()? {
        let values =
            (0..columns.len()).map(|place| row.get_ref(place).and_then(value)).collect::<Result<_, _>>()?;
        rows.push(Row::new(columns.clone(), values));
    }
    Ok(Outcome { touched: rows.len() as u64, rows })
}

/// What the engine said, or what was found before asking it.
pub(super) enum Failure {
    Engine(rusqlite::Error),
    Found(StoreFault),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

/// Binds `$n` to the n-th parameter. SQLite itself takes `$n` for a name and numbers names as they appear.
fn bind(statement: &mut Statement<'_>, sql: &str, params: &[Value]) -> Result<(), Failure> {
    let names = statement.parameter_count();
    if names != params.len() {
        let sql = sql.to_owned();
        return Err(Failure::Found(StoreFault::Parameters { sql, wanted: names, given: params.len() }));
    }
    for index in 1..=names {
        let number =
            statement.parameter_name(index).and_then(|name| name.strip_prefix('$')?.parse::<usize>().ok());
        let Some(value) = number.and_then(|number| params.get(number.checked_sub(1)?)) else {
            let sql = sql.to_owned();
            return Err(Failure::Found(StoreFault::Parameters { sql, wanted: names, given: params.len() }));
        };
        statement.raw_bind_parameter(index, Bound(value))?;
    }
    Ok(())
}

struct Bound<'a>(&'a Value);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self.0 {
            Value::Null => ToSqlOutput::Borrowed(ValueRef::Null),
            Value::Int(number) => ToSqlOutput::Borrowed(ValueRef::Integer(*number)),
            Value::Real(number) => ToSqlOutput::Borrowed(ValueRef::Real(*number)),
            Value::Text(text) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
            Value::Bytes(bytes) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
            Value::Json(document) => ToSqlOutput::Owned(document.to_string().into()),
        })
    }
}

fn value(field: ValueRef<'_>) -> rusqlite::Result<Value> {
    Ok(match field {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(number) => Value::Int(number),
        ValueRef::Real(number) => Value::Real(number),
        ValueRef::Text(_) => Value::Text(field.as_str()?.to_owned()),
        ValueRef::Blob(bytes) => Value::Bytes(bytes.to_vec()),
    })
}
