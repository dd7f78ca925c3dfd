//! From version 1 to this one: orders alone, one chain without a key, to things of every kind and keyed chains.
//!
//! The journal as it was stays beside it, whole (`pxdesk.v1.db`). The change itself is one transaction: cut off at any
//! write, the journal is of version 1 as before.

use super::chain::Head;
use super::chain::JournalId;
use super::copy;
use super::error::Error;
use super::failure::Failure;
use super::keyfile::Keys;
use super::kinds::{Registered, counted};
use super::make;
use super::random::random;
use super::record::Record;
use super::rows;
use super::schema::VERSION;
use super::sqlite::{self, Mark};
use super::stored::{Stored, digest, records};
use crate::kind::{Digest, Kind as _};
use crate::order::Order;
use rusqlite::{Connection, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};
use std::path::{Path, PathBuf};

/// Where the journal of version 1 is kept: `pxdesk.db` has `pxdesk.v1.db`.
fn kept_at(file: &Path) -> PathBuf {
    file.with_extension("v1.db")
}

/// Brings the journal from version 1 to this one.
///
/// # Errors
/// [`Error::Damaged`] when its chain does not verify: it is left as it is.
pub fn from_1(conn: &Connection, file: &Path, keys: &Keys, kinds: &[Registered]) -> Result<(), Error> {
    let sql = |e: rusqlite::Error| Error::of(file, &e);
    // While tables change their names; it cannot be switched within a transaction.
    conn.pragma_update(None, "foreign_keys", "OFF").map_err(sql)?;
    let done = migrate(conn, file, keys, kinds).map_err(|e| e.of(file));
    conn.pragma_update(None, "foreign_keys", "ON").map_err(sql)?;
    done
}

fn migrate(conn: &Connection, file: &Path, keys: &Keys, kinds: &[Registered]) -> Result<(), Failure> {
    let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
    if sqlite::mark(&tx)?.version >= VERSION {
        return Ok(());
    }
    // Nobody else writes meanwhile, so the copy is the journal as it is.
    copy::keep(&sqlite::connect(file)?, &kept_at(file))?;
    tx.execute_batch(
        "DROP VIEW record; DROP INDEX IF EXISTS orders_most_urgent_first; DROP INDEX IF EXISTS orders_under_way;
         DROP TRIGGER IF EXISTS erasure; DROP TRIGGER IF EXISTS events_are_never_changed;
         DROP TRIGGER IF EXISTS events_are_never_removed; ALTER TABLE journal RENAME TO v1_journal;
         ALTER TABLE orders RENAME TO v1_orders; ALTER TABLE keys RENAME TO v1_keys;
         ALTER TABLE events RENAME TO v1_events;",
    )?;
    let mut id = [0; 16];
    random(&mut id)?;
    let id = JournalId(id);
    make::tables(&tx, keys, id, kinds)?;
    let head = events(&tx, file, keys)?;
    list(&tx, keys)?;
    tx.execute_batch(
        "DROP TABLE v1_events; DROP TABLE v1_keys; DROP TABLE v1_orders; DROP TABLE v1_journal;",
    )?;
    let proof = keys.chain.head(id, &head);
    tx.execute(
        "UPDATE journal SET events = ?, sum = ?, proof = ?",
        (head.events, head.sum.0.as_slice(), proof.0.as_slice()),
    )?;
    make::mark(&tx, Mark { version: VERSION, generation: 1 })?;
    Ok(tx.commit()?)
}

/// The events, each looked at as version 1 chained it, and chained anew.
fn events(tx: &Connection, file: &Path, keys: &Keys) -> Result<Head, Failure> {
    let (mut head, mut old) = (Head::EMPTY, Digest([0; 32]));
    let mut from = tx.prepare(
        "SELECT pos, order_id, seq, at, by, kind, clear, sealed, hash,
            (SELECT sealed_key FROM v1_keys WHERE v1_keys.order_id = v1_events.order_id)
         FROM v1_events ORDER BY pos",
    )?;
    let mut rows = from.query([])?;
    while let Some(row) = rows.next()? {
        let record = Record {
            pos: row.get(0)?,
            kind: Order::NAME.to_owned(),
            thing: row.get(1)?,
            seq: row.get(2)?,
            at: row.get(3)?,
            by: row.get(4)?,
            event: row.get(5)?,
            clear: row.get(6)?,
            sealed: row.get(7)?,
        };
        let hash = digest(&row.get::<_, Vec<u8>>(8)?);
        if record.pos != head.events + 1 || link_1(&old, &record) != hash {
            let why = format!("record {} does not follow from the one before it", record.pos);
            return Err(Error::Damaged { file: file.to_owned(), why }.into());
        }
        old = hash;
        head = again(tx, keys, head, &record, row.get::<_, Option<Vec<u8>>>(9)?.as_deref())?;
    }
    Ok(head)
}

/// Records an event again.
fn again(
    tx: &Connection,
    keys: &Keys,
    head: Head,
    record: &Record,
    sealed_key: Option<&[u8]>,
) -> rusqlite::Result<Head> {
    let n = if record.seq == 1 {
        rows::add_thing(tx, Order::NAME, &record.thing, sealed_key)?
    } else {
        let mut thing = tx.prepare_cached("SELECT n FROM things WHERE kind = ? AND id = ?")?;
        thing.query_row([Order::NAME, &record.thing], |row| row.get(0))?
    };
    let before = if record.seq == 1 {
        Digest([0; 32])
    } else {
        let mut last = tx.prepare_cached("SELECT hash FROM events WHERE thing = ? AND seq = ?")?;
        digest(&last.query_row([n, record.seq - 1], |row| row.get::<_, Vec<u8>>(0))?)
    };
    let hash = keys.chain.link(&before, record);
    let mut insert = tx.prepare_cached("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")?;
    insert.execute((
        record.pos,
        n,
        record.seq,
        record.at,
        &record.by,
        &record.event,
        &record.clear,
        record.sealed.as_deref(),
        hash.0.as_slice(),
    ))?;
    Ok(head.with(&hash))
}

/// The queue, from the events.
fn list(tx: &Connection, keys: &Keys) -> Result<(), Failure> {
    let kind = Registered::of::<Order>();
    let mut things = tx.prepare("SELECT n, id, sealed_key FROM things ORDER BY n")?;
    let mut found = things.query([])?;
    while let Some(row) = found.next()? {
        let (n, id): (i64, String) = (row.get(0)?, row.get(1)?);
        let records = records(tx, n, kind.name, &id)?;
        let stored = Stored { n, kind: kind.name.to_owned(), id, records, sealed_key: row.get(2)? };
        let key =
            stored.key(keys).map_err(|why| std::io::Error::other(format!("order {}: {why}", stored.id)))?;
        let read = (kind.read)(&stored.id, &stored.records, key.as_ref())
            .map_err(|why| std::io::Error::other(format!("order {}: {why}", stored.id)))?;
        rows::insert(tx, &kind.list, n, &stored.id, read.seq.cast_signed(), &read.row)?;
        rows::count(tx, &kind.list, &counted(&kind.list, &read.row), 1)?;
    }
    Ok(())
}

/// The hash of a record as version 1 made it.
fn link_1(before: &Digest, record: &Record) -> Digest {
    let mut hasher = Sha256::new();
    let mut part = |bytes: &[u8]| {
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    part(&before.0);
    part(&record.pos.to_le_bytes());
    part(record.thing.as_bytes());
    part(&record.seq.to_le_bytes());
    part(&record.at.to_le_bytes());
    part(record.by.as_bytes());
    part(record.event.as_bytes());
    part(record.clear.as_bytes());
    part(&[u8::from(record.sealed.is_some())]);
    part(record.sealed.as_deref().unwrap_or_default());
    Digest(hasher.finalize().into())
}
