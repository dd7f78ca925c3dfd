//! The one row about the journal as a whole, and whether it is to be trusted.

use super::chain::{Head, JournalId, same};
use super::kept::Position;
use super::keyfile::Keys;
use super::memory::{Doubt, Seen};
use super::stored::{digest, hash_at};
use crate::kind::Digest;
use rusqlite::{Connection, OptionalExtension as _};

/// The one row about the journal as a whole.
pub struct Row {
    pub id: JournalId,
    pub key_check: Vec<u8>,
    pub head: Head,
    pub proof: Digest,
}

impl Row {
    /// Reads it. An id or a hash of another length is as good as any that does not fit: its proof fails.
    pub fn read(conn: &Connection) -> rusqlite::Result<Self> {
        let mut row = conn.prepare_cached("SELECT id, key_check, events, sum, proof FROM journal")?;
        row.query_row([], |row| {
            let (id, sum, proof): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(3)?, row.get(4)?);
            Ok(Self {
                id: JournalId(id.try_into().unwrap_or_default()),
                key_check: row.get(1)?,
                head: Head { events: row.get(2)?, sum: digest(&sum) },
                proof: digest(&proof),
            })
        })
    }

    /// True when the head was written by someone with the journal's key.
    pub fn is_proven(&self, keys: &Keys) -> bool {
        same(&keys.chain.head(self.id, &self.head), &self.proof)
    }
}

/// Why the journal is not to be trusted, if so: its head was written without its key, or it is not what this machine
/// last saw.
pub fn judge(
    conn: &Connection,
    keys: &Keys,
    row: &Row,
    seen: Option<&Seen>,
) -> rusqlite::Result<Option<Doubt>> {
    let skipped = skipped(conn, &row.head)?;
    if !row.is_proven(keys) || skipped < 0 {
        return Ok(Some(Doubt::Forged));
    }
    let Some(remembered) = seen else { return Ok(None) };
    // A position that is not proven with this key may be another journal's.
    if let Some(other) = remembered.at_path.as_ref().filter(|other| other.journal != row.id) {
        return Ok(Some(Doubt::Other { seen: other.head.events, at: other.at }));
    }
    for seen in &remembered.proven {
        let doubt = against(conn, row, skipped, seen)?;
        if doubt.is_some() {
            return Ok(doubt);
        }
    }
    Ok(None)
}

/// Whether the journal goes on from what was seen of it.
fn against(conn: &Connection, row: &Row, skipped: i64, seen: &Position) -> rusqlite::Result<Option<Doubt>> {
    let (events, at) = (seen.head.events, seen.at);
    if row.head.events < events {
        return Ok(Some(Doubt::Older { seen: events, found: row.head.events, at }));
    }
    // The event itself, too: where positions were skipped, one that was cut off shows by nothing else.
    let same_event = events == 0 || hash_of(conn, row, skipped, events)? == seen.last;
    let same_sum = row.head.events > events || row.head.sum == seen.head.sum;
    Ok((!same_event || !same_sum).then_some(Doubt::Forked { seen: events, at }))
}

/// The hash of the event that is the `nth` of the journal. Where positions were skipped, nobody knows how many of them before
/// it: it is counted from the end.
fn hash_of(conn: &Connection, row: &Row, skipped: i64, nth: i64) -> rusqlite::Result<Digest> {
    if skipped == 0 {
        return hash_at(conn, nth);
    }
    let mut hash = conn.prepare_cached("SELECT hash FROM events ORDER BY pos DESC LIMIT 1 OFFSET ?")?;
    let hash: Option<Vec<u8>> = hash.query_row([row.head.events - nth], |row| row.get(0)).optional()?;
    Ok(hash.map_or(Digest([0; 32]), |hash| digest(&hash)))
}

/// How many positions nobody has used: none, but in a journal that was copied from a server. Less than none when events are
/// missing at the end.
pub fn skipped(conn: &Connection, head: &Head) -> rusqlite::Result<i64> {
    let mut last = conn.prepare_cached("SELECT coalesce(max(pos), 0) FROM events")?;
    Ok(last.query_row([], |row| row.get::<_, i64>(0))? - head.events)
}
