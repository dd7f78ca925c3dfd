//! Values of lists as PostgreSQL has them.

use crate::kind::{Column, List, Type, Value};
use bytes::BytesMut;
use std::error::Error;
use tokio_postgres::Row;
use tokio_postgres::types::{IsNull, ToSql, to_sql_checked};

impl ToSql for Value {
    fn to_sql(
        &self,
        kind: &tokio_postgres::types::Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Nothing => Ok(IsNull::Yes),
            Self::Integer(number) => number.to_sql(kind, out),
            Self::Text(text) => text.as_str().to_sql(kind, out),
        }
    }

    fn accepts(kind: &tokio_postgres::types::Type) -> bool {
        <i64 as ToSql>::accepts(kind) || <&str as ToSql>::accepts(kind)
    }

    to_sql_checked!();
}

/// The type of a column, as SQL.
pub fn type_of(column: &Column) -> &'static str {
    match column.kind {
        Type::Integer => "bigint",
        Type::Text => "text",
    }
}

/// What is said of each column, one after the other.
pub fn each(list: &List, say: impl FnMut((usize, &Column)) -> String) -> String {
    list.columns.iter().enumerate().map(say).collect::<Vec<_>>().concat()
}

/// A row, after `before` other columns: its id, the number of the last event, and the list's own columns.
pub fn read(
    list: &List,
    row: &Row,
    before: usize,
) -> Result<(String, i64, Vec<Value>), tokio_postgres::Error> {
    let value = |(at, column): (usize, &Column)| {
        let at = before + 2 + at;
        Ok(match column.kind {
            Type::Integer => row.try_get::<_, Option<i64>>(at)?.into(),
            Type::Text => row.try_get::<_, Option<String>>(at)?.into(),
        })
    };
    let values = list.columns.iter().enumerate().map(value).collect::<Result<_, tokio_postgres::Error>>()?;
    Ok((row.try_get(before)?, row.try_get(before + 1)?, values))
}
