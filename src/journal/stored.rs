//! Things as they are stored: reading their records.

use super::chain::same;
use super::change::{Last, Written};
use super::keyfile::Keys;
use super::record::Record;
use super::seal::{Key, about_key};
use crate::kind::{Digest, List};
use rusqlite::{Connection, OptionalExtension as _, Row};

/// Adds the event to the thing numbered `n`; `before` is the position of the thing's event before it, 0 for its first.
pub fn insert(
    conn: &Connection,
    n: i64,
    before: i64,
    record: &Record,
    hash: &Digest,
) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    let Record { pos, seq, at, by, event, clear, sealed, .. } = record;
    let sealed = sealed.as_deref();
    one(insert.execute((pos, n, seq, before, at, by, event, clear, sealed, hash.0.as_slice()))?)
}

/// An error unless one row was written: a trigger that is not ours may have SQLite leave it out.
pub fn one(rows: usize) -> rusqlite::Result<()> {
    if rows == 1 { Ok(()) } else { Err(rusqlite::Error::StatementChangedRows(rows)) }
}

/// The hash of the event at a position; zero at 0, and where there is none.
pub fn hash_at(conn: &Connection, pos: i64) -> rusqlite::Result<Digest> {
    let mut hash = conn.prepare_cached("SELECT hash FROM events WHERE pos = ?")?;
    let hash: Option<Vec<u8>> = hash.query_row([pos], |row| row.get(0)).optional()?;
    Ok(hash.map_or(Digest([0; 32]), |hash| digest(&hash)))
}

/// A thing as it is stored: its records, each with its hash.
pub struct Stored {
    pub n: i64,
    pub kind: String,
    pub id: String,
    pub records: Vec<(Record, Digest)>,
    pub sealed_key: Option<Vec<u8>>,
}

impl Stored {
    /// Whether each event follows from the one before it, by the journal's key.
    ///
    /// # Errors
    /// Says which one does not.
    pub fn prove(&self, keys: &Keys) -> Result<(), String> {
        let mut before = Digest([0; 32]);
        for (record, hash) in &self.records {
            if !same(&keys.chain.link(&before, record), hash) {
                return Err(format!("event {} was changed by something else than pxdesk", record.seq));
            }
            before = *hash;
        }
        Ok(())
    }

    /// The key of the thing's personal data; none after an erasure.
    ///
    /// # Errors
    /// Says so, when it does not open.
    pub fn key(&self, keys: &Keys) -> Result<Option<Key>, &'static str> {
        let open = |sealed: &Vec<u8>| keys.seal.open_key(&about_key(&self.id), sealed);
        match &self.sealed_key {
            None => Ok(None),
            Some(sealed) => open(sealed).map(Some).ok_or("the key of its personal data does not open"),
        }
    }
}

/// Reads a thing's records; `list` is that of its kind.
pub fn stored(conn: &Connection, list: &List, kind: &str, id: &str) -> rusqlite::Result<Option<Stored>> {
    let mut thing = conn.prepare_cached(&format!(
        "SELECT n, sealed_key, (SELECT last FROM {} AS list WHERE list.n = things.n) FROM things WHERE kind = ? AND id = ?",
        list.table
    ))?;
    let read = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, Option<i64>>(2)?));
    let Some((n, sealed, end)) = thing.query_row([kind, id], read).optional()? else { return Ok(None) };
    let records = records(conn, n, end.unwrap_or(0), kind, id)?;
    Ok(Some(Stored { n, kind: kind.to_owned(), id: id.to_owned(), records, sealed_key: sealed }))
}

/// True when the list leads to all events of the thing that there are from its first one, at `first`, on. All that was recorded
/// since then is gone through: there is no index that somebody could have changed, too.
pub fn leads_to_all(conn: &Connection, list: &List, n: i64, first: i64) -> rusqlite::Result<bool> {
    let mut all = conn.prepare_cached(&format!(
        "SELECT (SELECT count(*) FROM events WHERE pos >= ?2 AND thing = ?1) = (SELECT seq FROM {} WHERE n = ?1)",
        list.table
    ))?;
    all.query_row((n, first), |row| row.get(0))
}

/// Where the chain of a thing ends; `list` is that of its kind.
pub fn end(conn: &Connection, list: &List, kind: &str, id: &str) -> rusqlite::Result<Option<Written>> {
    let mut thing = conn.prepare_cached(&format!(
        "SELECT things.n, list.seq, list.last, events.hash FROM things JOIN {} AS list ON list.n = things.n
         JOIN events ON events.pos = list.last WHERE things.kind = ? AND things.id = ?",
        list.table
    ))?;
    let read = |row: &Row<'_>| {
        let hash: Vec<u8> = row.get(3)?;
        Ok(Written { n: row.get(0)?, last: Last { seq: row.get(1)?, pos: row.get(2)?, hash: digest(&hash) } })
    };
    thing.query_row([kind, id], read).optional()
}

/// The records of the thing with that number, from the one at `last` back to its first; in their order. Where the way back
/// leads to no event of this thing it ends.
pub fn records(
    conn: &Connection,
    n: i64,
    last: i64,
    kind: &str,
    id: &str,
) -> rusqlite::Result<Vec<(Record, Digest)>> {
    let mut event = conn.prepare_cached(
        "SELECT pos, seq, at, by, event, clear, sealed, hash, before FROM events WHERE pos = ? AND thing = ?",
    )?;
    let (mut records, mut at) = (Vec::new(), last);
    while at > 0 {
        let read = |row: &Row<'_>| Ok((record(row, kind, id)?, row.get::<_, i64>(8)?));
        let Some((record, before)) = event.query_row([at, n], read).optional()? else { break };
        // Always back, so that it ends whatever stands there.
        at = before.min(at - 1);
        records.push(record);
    }
    records.reverse();
    Ok(records)
}

fn record(row: &Row<'_>, kind: &str, id: &str) -> rusqlite::Result<(Record, Digest)> {
    let record = Record {
        pos: row.get(0)?,
        kind: kind.to_owned(),
        thing: id.to_owned(),
        seq: row.get(1)?,
        at: row.get(2)?,
        by: row.get(3)?,
        event: row.get(4)?,
        clear: row.get(5)?,
        sealed: row.get(6)?,
    };
    let hash: Vec<u8> = row.get(7)?;
    Ok((record, digest(&hash)))
}

/// The hash stored as these bytes. One that is not 32 bytes long is as good as any that does not fit: `verify` finds it.
pub fn digest(bytes: &[u8]) -> Digest {
    Digest(bytes.try_into().unwrap_or_default())
}
