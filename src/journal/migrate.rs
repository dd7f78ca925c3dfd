//! From earlier versions to this one. Version 1 knew orders alone, in one chain without a key; version 2 found the events of
//! a thing by an index; version 3 said less of a thing in the row of its list; version 4 knew no report that
//! contradicts itself.
//!
//! The journal as it was stays beside it, whole (`pxdesk.v1.db`, `pxdesk.v2.db`, `pxdesk.v3.db`, `pxdesk.v4.db`). The change itself is one
//! transaction: cut off at any write, the journal is as it was before.

use super::blind;
use super::chain::{Head, JournalId, same};
use super::copy;
use super::error::Error;
use super::failure::Failure;
use super::kept::Position;
use super::keyfile::Keys;
use super::kinds::{Registered, counted};
use super::make;
use super::memory::Memory;
use super::own::{Event, OwnHistory};
use super::random::{nonce, random};
use super::record::{Parts, Record};
use super::rows::{self, End};
use super::schema::VERSION;
use super::seal::{KEY, about_key};
use super::sqlite::{self, Mark};
use super::stored::{self, Stored, digest, hash_at, records};
use crate::kind::{Digest, Kind as _, Timestamp};
use crate::order::Order;
use rusqlite::{Connection, OptionalExtension as _, Transaction, TransactionBehavior};
use sha2::{Digest as _, Sha256};
use std::path::Path;
use zeroize::Zeroizing;

/// Brings the journal from its version to this one.
///
/// # Errors
/// [`Error::Damaged`] when its chains do not verify, and [`Error::Failed`] when it is of a time before its key made chains, and
/// `memory` knows that it does: it is left as it is.
pub fn migrate(
    conn: &Connection,
    file: &Path,
    keys: &Keys,
    kinds: &[Registered],
    memory: Option<&Memory>,
) -> Result<(), Error> {
    let sql = |e: rusqlite::Error| Error::of(file, &e);
    // While tables change their names; it cannot be switched within a transaction.
    conn.pragma_update(None, "foreign_keys", "OFF").map_err(sql)?;
    let done = Migration { file, keys, kinds, memory }.run(conn).map_err(|e| e.of(file));
    conn.pragma_update(None, "foreign_keys", "ON").map_err(sql)?;
    done
}

struct Migration<'a> {
    file: &'a Path,
    keys: &'a Keys,
    kinds: &'a [Registered],
    memory: Option<&'a Memory>,
}

impl Migration<'_> {
    fn run(&self, conn: &Connection) -> Result<(), Failure> {
        let tx = Transaction::new_unchecked(conn, TransactionBehavior::Immediate)?;
        let found = sqlite::mark(&tx)?;
        if found.version >= VERSION {
            return Ok(());
        }
        if found.version == 1 {
            self.never_chained()?;
        }
        // Nobody else writes meanwhile, so the copy is the journal as it is: `pxdesk.db` has `pxdesk.v1.db`.
        let kept = self.file.with_extension(format!("v{}.db", found.version));
        copy::keep(&sqlite::connect(self.file)?, &kept)?;
        let old = set_aside(&tx)?;
        // The position of the last event of each thing.
        tx.execute_batch("CREATE TEMP TABLE ends (n INTEGER PRIMARY KEY, last INTEGER NOT NULL)")?;
        let (id, head) = match found.version {
            1 => self.bring_1(&tx)?,
            2 => self.bring(&tx, FOUND_BY_AN_INDEX)?,
            _ => self.bring(&tx, "before")?,
        };
        self.lists(&tx)?;
        tx.execute_batch("DROP TABLE temp.ends")?;
        for table in old {
            tx.execute_batch(&format!("DROP TABLE \"old_{table}\""))?;
        }
        let proof = self.keys.chain.head(id, &head);
        tx.execute(
            "UPDATE journal SET events = ?, sum = ?, proof = ?",
            (head.events, head.sum.0.as_slice(), proof.0.as_slice()),
        )?;
        make::mark(&tx, Mark { version: VERSION, ..found.next() })?;
        Ok(tx.commit()?)
    }

    /// Nothing, unless this machine knows of a journal whose chains were made with this key. Anyone can write one of version 1,
    /// and to bring it would prove what it says.
    fn never_chained(&self) -> Result<(), Failure> {
        let seen = self.memory.map(|memory| memory.of_any(&self.keys.chain)).transpose()?.flatten();
        let Some((Position { head, at, .. }, kept)) = seen else { return Ok(()) };
        let why = format!(
            "is of version 1, which had no keyed chain, and at {} this machine saw a journal of a later version with the \
             same key and {} events. It is older than that one, or was not written by pxdesk, and is left as it is. Restore \
             a backup of the later one; if this one is to be used, move {} away first",
            at.strftime("%Y-%m-%d %H:%M:%S UTC"),
            head.events,
            kept.display(),
        );
        Err(Error::Failed { file: self.file.to_owned(), why }.into())
    }

    fn damaged(&self, why: String) -> Failure {
        Error::Damaged { file: self.file.to_owned(), why }.into()
    }

    /// The events of version 1, each looked at as that version chained it, and chained anew.
    fn bring_1(&self, tx: &Connection) -> Result<(JournalId, Head), Failure> {
        let mut id = [0; 16];
        random(&mut id)?;
        let id = JournalId(id);
        make::tables(tx, self.keys, id, self.kinds)?;
        let (mut head, mut old, mut last) = (Head::EMPTY, Digest([0; 32]), 0);
        let mut from = tx.prepare(
            "SELECT pos, order_id, seq, at, by, kind, clear, sealed, hash,
                (SELECT sealed_key FROM old_keys WHERE old_keys.order_id = old_events.order_id)
             FROM old_events ORDER BY pos",
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
                return Err(self.damaged(why));
            }
            (old, last) = (hash, record.at);
            head = self.again(tx, head, &record, row.get::<_, Option<Vec<u8>>>(9)?.as_deref())?;
        }
        let head = if head == Head::EMPTY { head } else { self.note_brought(tx, id, head, last)? };
        Ok((id, head))
    }

    /// Records that all so far was chained without a key until now, at the time of the last of it.
    fn note_brought(&self, tx: &Connection, id: JournalId, head: Head, at: i64) -> Result<Head, Failure> {
        let (event, thing) =
            (Event::Brought { version: 1, events: head.events.cast_unsigned() }, id.to_string());
        let at = Timestamp::from_microsecond(at).unwrap_or_default();
        let record = Parts::of::<OwnHistory>(&event).record::<OwnHistory>(&thing, 1, at, "pxdesk", None);
        let record = Record { pos: head.events + 1, ..record };
        let mut key = Zeroizing::new([0; KEY]);
        random(key.as_mut_slice())?;
        let key = self.keys.seal.seal(nonce()?, &about_key(&thing), key.as_slice());
        let n = rows::add_thing(tx, OwnHistory::NAME, &thing, Some(&key))?;
        let hash = self.keys.chain.link(&Digest([0; 32]), &record);
        stored::insert(tx, n, 0, &record, &hash)?;
        tx.execute("INSERT INTO ends VALUES (?, ?)", [n, record.pos])?;
        Ok(head.with(&hash))
    }

    /// Records an event of version 1 again.
    fn again(
        &self,
        tx: &Connection,
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
        let mut last = tx.prepare_cached("SELECT last FROM ends WHERE n = ?")?;
        let before = last.query_row([n], |row| row.get(0)).optional()?.unwrap_or(0);
        let hash = self.keys.chain.link(&hash_at(tx, before)?, record);
        stored::insert(tx, n, before, record, &hash)?;
        tx.prepare_cached("INSERT OR REPLACE INTO ends VALUES (?, ?)")?.execute([n, record.pos])?;
        Ok(head.with(&hash))
    }

    /// The things and events of a later version in their new places, their hashes as they are; `before` is SQL for where the
    /// event before one is. Each chain is looked at, and the head: what was changed must not be proven anew.
    fn bring(&self, tx: &Connection, before: &str) -> Result<(JournalId, Head), Failure> {
        let (id, told, proof) =
            tx.query_row("SELECT id, events, sum, proof FROM old_journal", [], |row| {
                let (id, sum, proof): (Vec<u8>, Vec<u8>, Vec<u8>) = (row.get(0)?, row.get(2)?, row.get(3)?);
                let head = Head { events: row.get(1)?, sum: digest(&sum) };
                Ok((JournalId(id.try_into().unwrap_or_default()), head, digest(&proof)))
            })?;
        if !same(&self.keys.chain.head(id, &told), &proof) {
            return Err(self.damaged("its head was not written with its key".to_owned()));
        }
        make::tables(tx, self.keys, id, self.kinds)?;
        tx.execute_batch(&format!(
            "INSERT INTO things SELECT n, kind, id, sealed_key FROM old_things ORDER BY n;
             INSERT INTO events SELECT pos, thing, seq, {before}, at, by, event, clear, sealed, hash FROM old_events
                ORDER BY pos;
             INSERT INTO ends SELECT thing, max(pos) FROM old_events GROUP BY thing;",
        ))?;
        let mut head = Head::EMPTY;
        let mut things = tx.prepare("SELECT n, kind, id, last FROM things JOIN ends USING (n) ORDER BY n")?;
        let mut rows = things.query([])?;
        while let Some(row) = rows.next()? {
            let (n, kind, thing): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let mut before = Digest([0; 32]);
            for (record, hash) in records(tx, n, row.get(3)?, &kind, &thing)? {
                if !same(&self.keys.chain.link(&before, &record), &hash) {
                    return Err(self.damaged(format!("record {} was changed", record.pos)));
                }
                before = hash;
                head = head.with(&hash);
            }
        }
        if head != told {
            let why =
                format!("its head speaks of {} events, and {} others are there", told.events, head.events);
            return Err(self.damaged(why));
        }
        Ok((id, head))
    }

    /// The lists, from the events.
    fn lists(&self, tx: &Connection) -> Result<(), Failure> {
        let mut things =
            tx.prepare("SELECT n, kind, id, sealed_key, last FROM things JOIN ends USING (n) ORDER BY n")?;
        let mut found = things.query([])?;
        while let Some(row) = found.next()? {
            let (n, kind, id): (i64, String, String) = (row.get(0)?, row.get(1)?, row.get(2)?);
            let known = self.kinds.iter().find(|known| known.name == kind);
            let known =
                known.ok_or_else(|| self.damaged(format!("the kind {kind} is not known to this pxdesk")))?;
            let last = row.get(4)?;
            let records = records(tx, n, last, known.name, &id)?;
            let stored = Stored { n, kind, id, records, sealed_key: row.get(3)? };
            let told = |why: &str| self.damaged(format!("{} {}: {why}", stored.kind, stored.id));
            let key = stored.key(self.keys).map_err(told)?;
            let read = (known.read)(&stored.id, &stored.records, key.as_ref()).map_err(|why| told(&why))?;
            let end = End { seq: read.seq.cast_signed(), last };
            rows::insert(tx, &known.list, n, &stored.id, end, &read.row)?;
            rows::count(tx, &known.list, &counted(&known.list, &read.row), 1)?;
            blind::put(tx, n, &self.keys.blind.change(known.name, &[], &read.terms))?;
        }
        Ok(())
    }
}

/// Where the event before one of version 2 is.
const FOUND_BY_AN_INDEX: &str = "coalesce((SELECT pos FROM old_events AS before
    WHERE before.thing = old_events.thing AND before.seq = old_events.seq - 1), 0)";

/// Gives the tables other names and removes all that hangs on them. Returns their names before.
fn set_aside(tx: &Connection) -> rusqlite::Result<Vec<String>> {
    let named = |kind: &str| -> rusqlite::Result<Vec<String>> {
        let mut names =
            tx.prepare("SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%'")?;
        names.query_map([kind], |row| row.get(0))?.collect()
    };
    for kind in ["view", "trigger", "index"] {
        for name in named(kind)? {
            tx.execute_batch(&format!("DROP {kind} \"{name}\""))?;
        }
    }
    let tables = named("table")?;
    for table in &tables {
        tx.execute_batch(&format!("ALTER TABLE \"{table}\" RENAME TO \"old_{table}\""))?;
    }
    Ok(tables)
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
