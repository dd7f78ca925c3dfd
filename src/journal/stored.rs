//! Things as they are stored: reading their records.

use super::keyfile::Keys;
use super::record::Record;
use super::seal::{Key, about_key};
use crate::kind::Digest;
use rusqlite::{Connection, OptionalExtension as _, Row};

/// Each thing has room for so many events.
const ROOM: i64 = 1 << 20;

/// The key of an event: of the thing numbered `n`, the event numbered `seq`.
///
/// # Errors
/// When the thing has no room for one more.
pub fn key_of(n: i64, seq: i64) -> rusqlite::Result<i64> {
    match n.checked_mul(ROOM) {
        Some(first) if seq < ROOM => Ok(first + seq),
        Some(_) | None => Err(rusqlite::Error::IntegralValueOutOfRange(0, seq)),
    }
}

/// Adds the event to the thing numbered `n`.
pub fn insert(conn: &Connection, n: i64, record: &Record, hash: &Digest) -> rusqlite::Result<()> {
    let mut insert = conn.prepare_cached(
        "INSERT INTO events (key, pos, at, by, event, clear, sealed, hash) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    )?;
    let Record { pos, at, by, event, clear, sealed, .. } = record;
    let key = key_of(n, record.seq)?;
    insert.execute((key, pos, at, by, event, clear, sealed.as_deref(), hash.0.as_slice())).map(|_| ())
}

/// The hash of the event before that one of the thing numbered `n`; zero for the first one, and where there is none.
pub fn hash_before(conn: &Connection, n: i64, seq: i64) -> rusqlite::Result<Digest> {
    Ok(hash_of(conn, key_of(n, seq - 1)?)?.unwrap_or(Digest([0; 32])))
}

/// The hash of the event with that key.
pub fn hash_of(conn: &Connection, key: i64) -> rusqlite::Result<Option<Digest>> {
    let mut hash = conn.prepare_cached("SELECT hash FROM events WHERE key = ?")?;
    let hash: Option<Vec<u8>> = hash.query_row([key], |row| row.get(0)).optional()?;
    Ok(hash.map(|hash| digest(&hash)))
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

/// Reads a thing's records.
pub fn stored(conn: &Connection, kind: &str, id: &str) -> rusqlite::Result<Option<Stored>> {
    let mut thing = conn.prepare_cached("SELECT n, sealed_key FROM things WHERE kind = ? AND id = ?")?;
    let found = thing.query_row([kind, id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((n, sealed_key)) = found else { return Ok(None) };
    let records = records(conn, n, kind, id)?;
    Ok(Some(Stored { n, kind: kind.to_owned(), id: id.to_owned(), records, sealed_key }))
}

/// The records of the thing with that number.
pub fn records(conn: &Connection, n: i64, kind: &str, id: &str) -> rusqlite::Result<Vec<(Record, Digest)>> {
    let mut events = conn.prepare_cached(
        "SELECT pos, seq, at, by, event, clear, sealed, hash FROM events WHERE key BETWEEN ? AND ? ORDER BY key",
    )?;
    let records = events.query_map([key_of(n, 0)?, key_of(n, ROOM - 1)?], |row| record(row, kind, id))?;
    records.collect()
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
