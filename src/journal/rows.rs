//! The tables of things and of their lists: adding, changing, counting, reading rows.

use super::stored::one;
use crate::kind::{List, Type, Unique, Value};
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params_from_iter};
use std::fmt::Display;

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Nothing => ValueRef::Null,
            Self::Integer(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

/// Where a thing's chain ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The number of its last event within the thing.
    pub seq: i64,
    /// The position of that event in the journal.
    pub last: i64,
}

impl End {
    /// Before a thing's first event.
    pub const NONE: Self = Self { seq: 0, last: 0 };

    /// That of the thing numbered `n`; nothing has an end there that has no row.
    pub fn of(conn: &Connection, list: &List, n: i64) -> rusqlite::Result<Self> {
        let mut end = conn.prepare_cached(&format!("SELECT seq, last FROM {} WHERE n = ?", list.table))?;
        let end = end.query_row([n], |row| Ok(Self { seq: row.get(0)?, last: row.get(1)? })).optional()?;
        Ok(end.unwrap_or(Self::NONE))
    }
}

/// Adds a thing; returns its number.
pub fn add_thing(
    conn: &Connection,
    kind: &str,
    id: &dyn Display,
    sealed_key: Option<&[u8]>,
) -> rusqlite::Result<i64> {
    let mut insert = conn.prepare_cached("INSERT INTO things (kind, id, sealed_key) VALUES (?, ?, ?)")?;
    insert.insert((kind, id.to_string(), sealed_key))
}

/// Adds the row of a thing to its list.
pub fn insert(
    conn: &Connection,
    list: &List,
    n: i64,
    id: &str,
    End { seq, last }: End,
    row: &[Value],
) -> rusqlite::Result<()> {
    let places = vec!["?"; 4 + row.len()].join(", ");
    let columns = columns(list);
    let sql = format!("INSERT INTO {} (n, last, {columns}) VALUES ({places})", list.table);
    let mut insert = conn.prepare_cached(&sql)?;
    let first = [n.into(), last.into(), id.into(), seq.into()];
    one(insert.execute(params_from_iter(first.iter().chain(row)))?)
}

/// Changes the row of a thing where it has changed: an index whose columns stay is left alone.
pub fn update(
    conn: &Connection,
    list: &List,
    n: i64,
    End { seq, last }: End,
    before: &[Value],
    after: &[Value],
) -> rusqlite::Result<()> {
    let mut sql = format!("UPDATE {} SET seq = ?, last = ?", list.table);
    let mut values = vec![Value::from(seq), last.into()];
    for ((column, before), after) in list.columns.iter().zip(before).zip(after) {
        if before != after {
            sql.push_str(", ");
            sql.push_str(column.name);
            sql.push_str(" = ?");
            values.push(after.clone());
        }
    }
    sql.push_str(" WHERE n = ?");
    values.push(n.into());
    one(conn.prepare_cached(&sql)?.execute(params_from_iter(values))?)
}

/// Counts one thing more, or one less, with these values.
pub fn count(conn: &Connection, list: &List, of: &str, by: i64) -> rusqlite::Result<()> {
    let mut count = conn.prepare_cached(
        "INSERT INTO counts (list, of, n) VALUES (?1, ?2, ?3) ON CONFLICT (list, of) DO UPDATE SET n = n + ?3",
    )?;
    one(count.execute((list.table, of, by))?)
}

/// The thing that has the same values as `row` in the columns that no two may share.
pub fn holder(conn: &Connection, list: &List, unique: &Unique, row: &[Value]) -> rusqlite::Result<String> {
    let mut values = Vec::new();
    let mut conditions = Vec::new();
    for (column, value) in list.columns.iter().zip(row) {
        if unique.columns.contains(&column.name) {
            conditions.push(format!("{} = ?", column.name));
            values.push(value);
        }
    }
    let sql = format!("SELECT id FROM {} WHERE {}", list.table, conditions.join(" AND "));
    conn.prepare_cached(&sql)?.query_row(params_from_iter(values), |row| row.get(0))
}

/// The columns of a list, as they are selected: the id, the number of the last event, then the kind's own.
pub fn columns(list: &List) -> String {
    let own = list.columns.iter().map(|column| column.name);
    ["id", "seq"].into_iter().chain(own).collect::<Vec<_>>().join(", ")
}

/// A row as [`columns`] selects it.
pub fn read(list: &List, row: &Row<'_>) -> rusqlite::Result<(String, i64, Vec<Value>)> {
    let value = |(at, column): (usize, &crate::kind::Column)| {
        Ok(match column.kind {
            Type::Integer => row.get::<_, Option<i64>>(at + 2)?.into(),
            Type::Text => row.get::<_, Option<String>>(at + 2)?.into(),
        })
    };
    let values = list.columns.iter().enumerate().map(value).collect::<rusqlite::Result<_>>()?;
    Ok((row.get(0)?, row.get(1)?, values))
}
