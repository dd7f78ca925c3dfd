//! An event as PostgreSQL has it.

use crate::journal::record::Record;
use crate::journal::stored::digest;
use crate::kind::Digest;
use tokio_postgres::Row;

/// The columns of an event, as [`record`] reads them.
pub const EVENT: &str = "e.pos, e.seq, e.at, e.by, e.event, e.clear, e.sealed, e.hash";

/// The record in a row that begins with [`EVENT`].
pub fn record(row: &Row, kind: &str, id: &str) -> Result<(Record, Digest), tokio_postgres::Error> {
    let record = Record {
        pos: row.try_get(0)?,
        kind: kind.to_owned(),
        thing: id.to_owned(),
        seq: row.try_get(1)?,
        at: row.try_get(2)?,
        by: row.try_get(3)?,
        event: row.try_get(4)?,
        clear: row.try_get(5)?,
        sealed: row.try_get(6)?,
    };
    Ok((record, digest(row.try_get(7)?)))
}
